/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of every kind: values, defaults, links, aliases, children, and
 * what is said when something is wrong.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qom/global-property.h"
#include "qom/object.h"
#include "qom/qom-qobject.h"

#define TYPE_THING "test-thing"
OBJECT_DECLARE_TYPE(Thing, ThingClass, THING)

struct ThingClass {
    ObjectClass parent_class;
};

struct Thing {
    Object parent_obj;
    bool flag;
    char *text;
    int state;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    Object *strong, *weak, *fixed;
};

OBJECT_DEFINE_TYPE(Thing, thing, THING, OBJECT)

static int live_things;
static Object *vetoed;
static int unparented;
static char *path_at_unparent;

static bool thing_get_flag(Object *obj, Error **errp)
{
    return THING(obj)->flag;
}

static void thing_set_flag(Object *obj, bool value, Error **errp)
{
    THING(obj)->flag = value;
}

static char *thing_get_text(Object *obj, Error **errp)
{
    return g_strdup(THING(obj)->text);
}

static void thing_set_text(Object *obj, const char *value, Error **errp)
{
    if (!strcmp(value, "wrong")) {
        error_setg(errp, "not that");
        return;
    }
    g_free(THING(obj)->text);
    THING(obj)->text = g_strdup(value);
}

static int thing_get_state(Object *obj, Error **errp)
{
    return THING(obj)->state;
}

static void thing_set_state(Object *obj, int value, Error **errp)
{
    THING(obj)->state = value;
}

static void thing_get_date(Object *obj, struct tm *tm, Error **errp)
{
    *tm = (struct tm){ .tm_year = 126,
                       .tm_mon = 10,
                       .tm_mday = 21,
                       .tm_hour = 5,
                       .tm_min = 51,
                       .tm_sec = 7 };
}

static void thing_check(const Object *obj, const char *name, Object *val,
                        Error **errp)
{
    if (val && val == vetoed) {
        error_setg(errp, "%s may not be that", name);
    }
}

static void thing_unparent(Object *obj)
{
    unparented++;
    g_free(path_at_unparent);
    path_at_unparent = object_get_canonical_path(obj);
}

static void thing_class_init(ObjectClass *oc, void *data)
{
    ObjectProperty *prop;

    oc->unparent = thing_unparent;
    prop = object_class_property_add_bool(oc, "flag", thing_get_flag,
                                          thing_set_flag);
    object_property_set_default_bool(prop, true);
    prop = object_class_property_add_str(oc, "text", thing_get_text,
                                         thing_set_text);
    object_property_set_default_str(prop, "hello");
    object_class_property_set_description(oc, "text", "What it says");
    prop = object_class_property_add_enum(oc, "state", "RunState",
                                          &RunState_lookup, thing_get_state,
                                          thing_set_state);
    object_property_set_default_str(prop, "paused");
    object_class_property_add_tm(oc, "date", thing_get_date);
    object_class_property_add_link(oc, "strong", TYPE_THING,
                                   offsetof(Thing, strong), thing_check,
                                   OBJ_PROP_LINK_STRONG);
}

static void thing_init(Object *obj)
{
    Thing *t = THING(obj);

    /* Default values are there before instance_init. */
    g_assert(t->flag);
    g_assert_cmpstr(t->text, ==, "hello");
    live_things++;
    object_property_add_uint8_ptr(obj, "u8", &t->u8, OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint16_ptr(obj, "u16", &t->u16,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "u32", &t->u32, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "u64", &t->u64,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_link(obj, "weak", TYPE_THING, &t->weak, thing_check, 0);
    object_property_add_link(obj, "fixed", TYPE_OBJECT, &t->fixed, NULL,
                             OBJ_PROP_LINK_STRONG);
}

static void thing_finalize(Object *obj)
{
    g_free(THING(obj)->text);
    live_things--;
}

static Object *new_child(const char *name)
{
    Object *obj = object_new(TYPE_THING);

    object_property_add_child(object_get_objects_root(), name, obj);
    object_unref(obj);
    return obj;
}

#define ASSERT_ERROR(err, text)                                                \
    do {                                                                       \
        g_assert(err);                                                         \
        g_assert_cmpstr(error_get_pretty(err), ==, text);                      \
        error_free(err);                                                       \
        err = NULL;                                                            \
    } while (0)

static void test_values(void)
{
    Object *obj = object_new(TYPE_THING);
    Thing *t = THING(obj);
    Error *err = NULL;
    char *s;

    s = object_property_get_str(obj, "type", &error_abort);
    g_assert_cmpstr(s, ==, TYPE_THING);
    g_free(s);
    g_assert_cmpint(t->state, ==, RUN_STATE_PAUSED);
    g_assert(object_property_set_bool(obj, "flag", false, &error_abort));
    g_assert(!object_property_get_bool(obj, "flag", &error_abort));
    g_assert(object_property_parse(obj, "flag", "on", &error_abort));
    g_assert(t->flag);
    object_property_set_str(obj, "text", "x", &error_abort);
    s = object_property_print(obj, "text", true, &error_abort);
    g_assert_cmpstr(s, ==, "\"x\"");
    g_free(s);
    object_property_set_uint(obj, "u64", UINT64_MAX, &error_abort);
    g_assert_cmpuint(t->u64, ==, UINT64_MAX);
    g_assert_cmpuint(object_property_get_uint(obj, "u64", &error_abort), ==,
                     UINT64_MAX);
    g_assert_cmpint(object_property_get_int(obj, "u64", &err), ==, -1);
    ASSERT_ERROR(err, "Invalid parameter type for 'u64', expected: int");
    object_property_set_int(obj, "u8", 255, &error_abort);
    g_assert_cmpint(object_property_get_int(obj, "u8", NULL), ==, 255);
    g_assert(!object_property_set_int(obj, "u8", 256, &err));
    g_assert(err && t->u8 == 255);
    error_free(err);
    err = NULL;
    g_assert(!object_property_set_int(obj, "u16", 65536, NULL));
    g_assert(object_property_parse(obj, "u16", "0x1234", &error_abort));
    g_assert_cmpint(t->u16, ==, 0x1234);
    g_assert_cmpint(
        object_property_get_enum(obj, "state", "RunState", &error_abort), ==,
        RUN_STATE_PAUSED);
    object_property_set_str(obj, "state", "running", &error_abort);
    g_assert_cmpint(t->state, ==, RUN_STATE_RUNNING);
    g_assert_cmpstr(object_property_get_type(obj, "state", NULL), ==,
                    "RunState");
    object_unref(obj);
    g_assert_cmpint(live_things, ==, 0);
}

static void test_tm(void)
{
    Object *obj = object_new(TYPE_THING);
    QObject *value = object_property_get_qobject(obj, "date", &error_abort);
    QDict *dict = qobject_to(QDict, value);

    g_assert_cmpint(qdict_size(dict), ==, 6);
    g_assert_cmpint(qdict_get_int(dict, "tm_year"), ==, 126);
    g_assert_cmpint(qdict_get_int(dict, "tm_sec"), ==, 7);
    qobject_unref(value);
    object_unref(obj);
}

static void test_errors(void)
{
    Object *obj = object_new(TYPE_THING);
    Error *err = NULL;

    g_assert(!object_property_get_str(obj, "nope", &err));
    ASSERT_ERROR(err, "Property 'test-thing.nope' not found");
    g_assert(!object_property_set_str(obj, "nope", "", &err));
    ASSERT_ERROR(err, "Property 'test-thing.nope' not found");
    g_assert(!object_property_set_str(obj, "type", "x", &err));
    ASSERT_ERROR(err, "Property 'test-thing.type' is not writable");
    g_assert(!object_property_set_int(obj, "u32", 1, &err));
    ASSERT_ERROR(err, "Property 'test-thing.u32' is not writable");
    g_assert(!object_property_get_str(obj, "flag", &err));
    ASSERT_ERROR(err, "Invalid parameter type for 'flag', expected: string");
    g_assert(!object_property_get_bool(obj, "text", &err));
    ASSERT_ERROR(err, "Invalid parameter type for 'text', expected: boolean");
    g_assert(!object_property_get_uint(obj, "text", &err));
    ASSERT_ERROR(err, "Invalid parameter type for 'text', expected: uint");
    g_assert_cmpint(object_property_get_enum(obj, "state", "X", &err), ==, -1);
    ASSERT_ERROR(err, "Property state on test-thing is not 'X' enum type");
    g_assert(!object_property_set_str(obj, "text", "wrong", &err));
    ASSERT_ERROR(err, "not that");
    g_assert(!object_property_parse(obj, "state", "flying", &err));
    ASSERT_ERROR(err, "Parameter 'state' does not accept value 'flying'");
    g_assert(!object_property_try_add(obj, "text", "int", NULL, NULL, NULL,
                                      NULL, &err));
    ASSERT_ERROR(err, "attempt to add duplicate property 'text' to object "
                      "(type 'test-thing')");
    g_assert(
        !object_class_property_find_err(object_get_class(obj), "nope", &err));
    ASSERT_ERROR(err, "Property '.nope' not found");
    g_assert(!object_new_with_props("test-nothing", NULL, NULL, &err, NULL));
    ASSERT_ERROR(err, "invalid object type: test-nothing");
    g_assert(!object_new_with_props(TYPE_OBJECT, NULL, NULL, &err, NULL));
    ASSERT_ERROR(err, "object type 'object' is abstract");
    g_assert(!object_new_with_props(TYPE_THING, NULL, NULL, &err, "u8", "9",
                                    "u16", "x", NULL));
    g_assert(err);
    error_free(err);
    object_unref(obj);
    g_assert_cmpint(live_things, ==, 0);
}

static void test_links(void)
{
    Object *a = new_child("a"), *b = new_child("b"), *other;
    Error *err = NULL;
    char *s;

    /* A strong link counts, a weak one does not. */
    object_property_set_link(a, "strong", b, &error_abort);
    g_assert_cmpuint(b->ref, ==, 2);
    object_property_set_link(a, "strong", b, &error_abort);
    g_assert_cmpuint(b->ref, ==, 2);
    object_property_set_str(a, "weak", "/objects/b", &error_abort);
    g_assert_cmpuint(b->ref, ==, 2);
    g_assert(THING(a)->weak == b && THING(a)->strong == b);
    g_assert(object_property_get_link(a, "weak", &error_abort) == b);
    s = object_property_get_str(a, "strong", &error_abort);
    g_assert_cmpstr(s, ==, "/objects/b");
    g_free(s);
    g_assert(object_resolve_path("/objects/a/strong/weak", NULL) == NULL);
    g_assert(object_resolve_path("/objects/a/strong", NULL) == b);
    object_property_set_link(a, "strong", NULL, &error_abort);
    g_assert_cmpuint(b->ref, ==, 1);
    object_property_set_str(a, "weak", "", &error_abort);
    g_assert(!THING(a)->weak);

    /* Vetoes, read-only links, wrong paths and types change nothing. */
    vetoed = b;
    g_assert(!object_property_set_link(a, "strong", b, &err));
    ASSERT_ERROR(err, "strong may not be that");
    g_assert(!object_property_set_str(a, "weak", "/objects/b", &err));
    ASSERT_ERROR(err, "weak may not be that");
    vetoed = NULL;
    g_assert(!object_property_set_link(a, "fixed", b, &err));
    ASSERT_ERROR(err, "Property 'test-thing.fixed' is not writable");
    g_assert(!object_property_set_str(a, "strong", "/objects/c", &err));
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_DEVICE_NOT_FOUND);
    ASSERT_ERROR(err, "Device '/objects/c' not found");
    other = object_get_objects_root();
    g_assert(!object_property_set_link(a, "strong", other, &err));
    ASSERT_ERROR(err, "Invalid parameter type for 'strong', expected: "
                      "test-thing");
    g_assert(!object_property_set_str(a, "strong", "/objects", &err));
    ASSERT_ERROR(err, "Invalid parameter type for 'strong', expected: "
                      "test-thing");
    g_assert(!THING(a)->strong && b->ref == 1);

    /* The object at the end of a strong link goes with it. */
    object_property_set_link(a, "strong", b, &error_abort);
    object_unparent(b);
    g_assert_cmpint(live_things, ==, 2);
    g_assert(object_property_get_link(a, "strong", &error_abort) == b);
    object_unparent(a);
    g_assert_cmpint(live_things, ==, 0);
}

static void test_const_link(void)
{
    Object *a = new_child("a"), *b = new_child("b");
    Error *err = NULL;

    object_property_add_const_link(a, "peer", b);
    g_assert_cmpstr(object_property_get_type(a, "peer", NULL), ==,
                    "link<test-thing>");
    g_assert(object_property_get_link(a, "peer", &error_abort) == b);
    g_assert_cmpuint(b->ref, ==, 1);
    g_assert(!object_property_set_link(a, "peer", a, &err));
    error_free(err);
    object_unparent(a);
    object_unparent(b);
}

static void test_aliases(void)
{
    Object *obj[8];
    char *s;

    /* A chain: each one's "alias" is the next one's. */
    for (int i = 7; i >= 0; i--) {
        g_autofree char *name = g_strdup_printf("alias%d", i);

        obj[i] = new_child(name);
        object_property_add_alias(obj[i], "far", obj[i < 7 ? i + 1 : 7],
                                  i < 7 ? "far" : "text");
        object_property_add_alias(obj[i], "far-number", obj[i < 7 ? i + 1 : 7],
                                  i < 7 ? "far-number" : "u64");
    }
    object_property_set_str(obj[0], "far", "distant", &error_abort);
    g_assert_cmpstr(THING(obj[7])->text, ==, "distant");
    g_assert_cmpstr(THING(obj[1])->text, ==, "hello");
    s = object_property_get_str(obj[3], "far", &error_abort);
    g_assert_cmpstr(s, ==, "distant");
    g_free(s);
    g_assert(object_property_parse(obj[2], "far-number", "77", &error_abort));
    g_assert_cmpuint(THING(obj[7])->u64, ==, 77);
    g_assert_cmpstr(object_property_find(obj[0], "far")->description, ==,
                    "What it says");
    g_assert_cmpstr(object_property_get_type(obj[0], "far-number", NULL), ==,
                    "uint64");

    /* To others, a child is a link. */
    object_property_add_child(obj[0], "kid", object_new(TYPE_CONTAINER));
    object_property_add_alias(obj[1], "nephew", obj[0], "kid");
    g_assert_cmpstr(object_property_get_type(obj[1], "nephew", NULL), ==,
                    "link<container>");
    g_assert(object_resolve_path("/objects/alias1/nephew", NULL) ==
             object_resolve_path("/objects/alias0/kid", NULL));
    g_assert(object_property_get_link(obj[1], "nephew", &error_abort) ==
             object_resolve_path("/objects/alias0/kid", NULL));
    object_unref(object_resolve_path("/objects/alias0/kid", NULL));
    for (int i = 0; i < 8; i++) {
        object_unparent(obj[i]);
    }
    g_assert_cmpint(live_things, ==, 0);
}

static void test_unparent(void)
{
    Object *obj = object_ref(new_child("leaving"));

    unparented = 0;
    object_unparent(obj);
    g_assert_cmpint(unparented, ==, 1);
    g_assert_cmpstr(path_at_unparent, ==, "/objects/leaving");
    g_assert(!object_get_canonical_path(obj));
    object_unparent(obj);
    g_assert_cmpint(unparented, ==, 1);
    object_property_add_child(object_get_objects_root(), "back", obj);
    object_property_del(object_get_objects_root(), "back");
    g_assert_cmpint(unparented, ==, 2);
    object_unref(obj);
    g_assert_cmpint(live_things, ==, 0);
    g_free(path_at_unparent);
    path_at_unparent = NULL;
}

static void test_embedded(void)
{
    struct {
        Thing thing;
        uint64_t guard;
    } mem = { .guard = 99 };
    Object *parent = object_new(TYPE_CONTAINER);

    object_initialize_child(parent, "inside", &mem.thing, TYPE_THING);
    g_assert_cmpuint(mem.thing.parent_obj.ref, ==, 1);
    g_assert(object_resolve_path_component(parent, "inside") ==
             OBJECT(&mem.thing));
    object_unref(parent);
    g_assert_cmpint(live_things, ==, 0);
    g_assert_cmpuint(mem.guard, ==, 99);
}

static void test_globals(void)
{
    GlobalProperty good = { .driver = TYPE_THING,
                            .property = "u8",
                            .value = "7" };
    GlobalProperty bad = { .driver = TYPE_OBJECT,
                           .property = "nope",
                           .value = "7" };
    GlobalProperty optional = {
        .driver = TYPE_THING, .property = "nope", .value = "7", .optional = true
    };
    GlobalProperty foreign = { .driver = TYPE_CONTAINER,
                               .property = "x",
                               .value = "7" };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    Object *obj = object_new(TYPE_THING);
    Error *err = NULL;

    g_ptr_array_add(list, &good);
    g_ptr_array_add(list, &optional);
    g_ptr_array_add(list, &foreign);
    g_assert(object_apply_global_props(obj, list, &error_abort));
    g_assert_cmpint(THING(obj)->u8, ==, 7);
    g_assert(good.used && !optional.used && !foreign.used);
    g_ptr_array_add(list, &bad);
    g_assert(!object_apply_global_props(obj, list, &err));
    ASSERT_ERROR(err, "can't apply global object.nope=7: Property "
                      "'test-thing.nope' not found");
    g_assert(object_apply_global_props(obj, NULL, &error_abort));
    object_register_sugar_prop(TYPE_THING, "u16", "512", false);
    object_apply_compat_props(obj);
    g_assert_cmpint(THING(obj)->u16, ==, 512);
    object_unref(obj);
}

static int count_child(Object *child, void *opaque)
{
    ++*(int *)opaque;
    return 0;
}

/* Linear work; quadratic would take minutes. */
static void test_many_children(void)
{
    const int n = 100000;
    Object *parent =
        object_property_add_new_container(object_get_root(), "many");
    Object **child = g_new(Object *, n);
    g_autofree char *path = NULL;
    int count = 0;

    for (int i = 0; i < n; i++) {
        child[i] = object_new(TYPE_CONTAINER);
        object_property_add_child(parent, "c[*]", child[i]);
        object_unref(child[i]);
    }
    object_child_foreach(parent, count_child, &count);
    g_assert_cmpint(count, ==, n);
    for (int i = 0; i < n; i += 2) {
        object_unparent(child[i]);
    }
    /* The free numbers come again, the lowest first. */
    for (int i = 0; i < n; i += 2) {
        g_autofree char *name = g_strdup_printf("c[%d]", i);

        child[i] = object_property_add_new_container(parent, "c[*]");
        g_assert_cmpstr(object_get_canonical_path_component(child[i]), ==,
                        name);
    }
    path = object_get_canonical_path(child[n - 1]);
    g_assert_cmpstr(path, ==, "/many/c[99999]");
    g_assert(object_resolve_path(path, NULL) == child[n - 1]);
    object_unparent(parent);
    g_free(child);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/qom/properties/values", test_values);
    g_test_add_func("/qom/properties/tm", test_tm);
    g_test_add_func("/qom/properties/errors", test_errors);
    g_test_add_func("/qom/properties/links", test_links);
    g_test_add_func("/qom/properties/const-link", test_const_link);
    g_test_add_func("/qom/properties/aliases", test_aliases);
    g_test_add_func("/qom/properties/unparent", test_unparent);
    g_test_add_func("/qom/properties/embedded", test_embedded);
    g_test_add_func("/qom/properties/globals", test_globals);
    g_test_add_func("/qom/properties/many-children", test_many_children);
    return g_test_run();
}
