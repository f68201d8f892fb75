/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects as users see them: object-add and -object, the QMP commands, and
 * the tree as text.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-qom.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qstring.h"
#include "qom/object_interfaces.h"
#include "qom/qom-monitor.h"

#define TYPE_GADGET "test-gadget"
OBJECT_DECLARE_SIMPLE_TYPE(Gadget, GADGET)

struct Gadget {
    Object parent_obj;
    bool on, completed;
    char *label;
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(Gadget, gadget, GADGET, OBJECT,
                                          { TYPE_USER_CREATABLE }, { NULL })

#define TYPE_LAZY_GADGET "test-gadget-lazy"

static int live;
static GString *order;

static bool gadget_get_on(Object *obj, Error **errp)
{
    return GADGET(obj)->on;
}

static void gadget_set_on(Object *obj, bool value, Error **errp)
{
    GADGET(obj)->on = value;
}

static char *gadget_get_label(Object *obj, Error **errp)
{
    if (!GADGET(obj)->label) {
        error_setg(errp, "no label yet");
    }
    return g_strdup(GADGET(obj)->label);
}

static void gadget_set_label(Object *obj, const char *value, Error **errp)
{
    g_free(GADGET(obj)->label);
    GADGET(obj)->label = g_strdup(value);
}

static void gadget_complete(UserCreatable *uc, Error **errp)
{
    Gadget *g = GADGET(uc);

    if (!g->label) {
        error_setg(errp, "a gadget needs a 'label'");
        return;
    }
    g->completed = true;
}

static bool gadget_can_be_deleted(UserCreatable *uc)
{
    return !GADGET(uc)->on;
}

static void gadget_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);
    ObjectProperty *prop;

    ucc->complete = gadget_complete;
    ucc->can_be_deleted = gadget_can_be_deleted;
    prop =
        object_class_property_add_bool(oc, "on", gadget_get_on, gadget_set_on);
    object_property_set_default_bool(prop, false);
    object_class_property_set_description(oc, "on", "Cannot be deleted");
    object_class_property_add_str(oc, "label", gadget_get_label,
                                  gadget_set_label);
}

static void gadget_init(Object *obj)
{
    live++;
}

static void gadget_finalize(Object *obj)
{
    g_string_append(order, GADGET(obj)->label ?: "-");
    g_free(GADGET(obj)->label);
    live--;
}

static const TypeInfo lazy_gadget_info = {
    .name = TYPE_LAZY_GADGET,
    .parent = TYPE_GADGET,
    .abstract = true,
};

static QDict *dict(const char *json)
{
    return qobject_to(QDict, qobject_from_json(json, &error_abort));
}

/* object-add; the message of its error, "" if there is none. */
static const char *add(const char *json)
{
    static char *message;
    QDict *args = dict(json);
    QObject *ret = NULL;
    Error *err = NULL;

    qmp_object_add(args, &ret, &err);
    qobject_unref(args);
    g_free(message);
    message = g_strdup(err ? error_get_pretty(err) : "");
    error_free(err);
    return message;
}

static const char *from_str(const char *str)
{
    static char *message;
    Error *err = NULL;
    bool ok = user_creatable_add_from_str(str, &err);

    g_assert(ok == !err);
    g_free(message);
    message = g_strdup(err ? error_get_pretty(err) : "");
    error_free(err);
    return message;
}

static Object *find(const char *id)
{
    return object_resolve_path_component(object_get_objects_root(), id);
}

static void test_add(void)
{
    Error *err = NULL;

    g_assert_cmpstr(add("{'qom-type':'test-gadget','id':'g0','label':'a'}"), ==,
                    "");
    g_assert(GADGET(find("g0"))->completed);
    g_assert_cmpuint(find("g0")->ref, ==, 1);
    g_assert_cmpstr(add("{'qom-type':'test-gadget','id':'g0','label':'b'}"), ==,
                    "attempt to add duplicate property 'g0' to object "
                    "(type 'container')");
    g_assert_cmpstr(add("{'qom-type':'test-gadget','id':'g1'}"), ==,
                    "a gadget needs a 'label'");
    g_assert_cmpstr(add("{'qom-type':'test-gadget','id':'g1','label':1}"), ==,
                    "Invalid parameter type for 'label', expected: string");
    g_assert_cmpstr(add("{'qom-type':'test-gadget','id':'g1','lable':'x'}"), ==,
                    "Property 'test-gadget.lable' not found");
    g_assert_cmpstr(add("{'qom-type':'test-gadget-lazy','id':'g1'}"), ==,
                    "object type 'test-gadget-lazy' is abstract");
    g_assert_cmpstr(add("{'qom-type':'container','id':'g1'}"), ==,
                    "object type 'container' isn't supported by object-add");
    g_assert_cmpstr(add("{'qom-type':'nothing','id':'g1'}"), ==,
                    "invalid object type: nothing");
    g_assert_cmpstr(add("{'qom-type':'test-gadget','id':'/x','label':'b'}"), ==,
                    "Parameter 'id' expects an identifier");
    g_assert_cmpstr(add("{'qom-type':'test-gadget'}"), ==,
                    "Parameter 'id' is missing");
    g_assert_cmpstr(add("{'id':'x'}"), ==, "Parameter 'qom-type' is missing");
    g_assert_cmpstr(add("{'qom-type':3,'id':'x'}"), ==,
                    "Invalid parameter type for 'qom-type', expected: string");
    g_assert_cmpint(live, ==, 1);
    g_assert(!find("g1"));

    object_property_set_bool(find("g0"), "on", true, &error_abort);
    qmp_object_del("g0", &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "object 'g0' is in use, can not be deleted");
    error_free(err);
    err = NULL;
    object_property_set_bool(find("g0"), "on", false, &error_abort);
    qmp_object_del("g0", &error_abort);
    g_assert_cmpint(live, ==, 0);
    qmp_object_del("g0", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "object 'g0' not found");
    error_free(err);
    g_assert(!user_creatable_del("type", NULL));
}

static void test_from_str(void)
{
    g_assert_cmpstr(from_str("test-gadget,id=s0,label=x,on=on"), ==, "");
    g_assert(GADGET(find("s0"))->on);
    g_assert_cmpstr(from_str("{'qom-type':'test-gadget','id':'s1',"
                             "'label':'y','on':true}"),
                    ==, "");
    g_assert(GADGET(find("s1"))->on);
    g_assert_cmpstr(from_str("test-gadget,label=x"), ==,
                    "Parameter 'id' is missing");
    g_assert_cmpstr(from_str("id=x,label=x"), ==,
                    "Parameter 'qom-type' is missing");
    g_assert_cmpstr(from_str("[]"), !=, "");
    g_assert_cmpstr(from_str("{"), !=, "");
    g_assert_cmpstr(from_str("{'qom-type':'test-gadget','id':'s2','on':'on',"
                             "'label':'z'}"),
                    ==, "Invalid parameter type for 'on', expected: boolean");
    g_assert_cmpint(live, ==, 2);
    object_unparent(find("s0"));
    object_unparent(find("s1"));
}

static void test_help_line(void)
{
    ObjectProperty *prop =
        object_class_property_find(object_class_by_name(TYPE_GADGET), "on");
    g_autofree char *line = object_property_help(
        prop->name, prop->type, prop->defval, prop->description);
    g_autofree char *bare = object_property_help("x", "y", NULL, NULL);

    g_assert_cmpstr(line, ==,
                    "  on=<bool>              - Cannot be deleted "
                    "(default: off)");
    g_assert_cmpstr(bare, ==, "  x=<y>");
}

static void test_qmp_lists(void)
{
    strList none = { .value = (char *)"/objects/none" };
    strList second = { .value = (char *)"/objects" };
    strList first = { .value = (char *)"/objects/q0", .next = &second };
    ObjectPropertiesValuesList *values;
    ObjectPropertyInfoList *infos;
    ObjectTreeEntryList *tree;
    ObjectTypeInfoList *type_list;
    Error *err = NULL;
    QObject *value;
    int n = 0;

    g_assert_cmpstr(from_str("test-gadget,id=q0,label=q"), ==, "");
    infos = qmp_qom_list("/objects/q0", &error_abort);
    for (ObjectPropertyInfoList *e = infos; e; e = e->next) {
        n++;
    }
    g_assert_cmpint(n, ==, 3);
    qapi_free_ObjectPropertyInfoList(infos);
    infos = qmp_qom_list_properties("test-gadget-lazy", &error_abort);
    g_assert(infos);
    qapi_free_ObjectPropertyInfoList(infos);
    g_assert_cmpint(live, ==, 1);
    g_assert(!qmp_qom_list_properties("user-creatable", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 'typename' expects a QOM type");
    error_free(err);
    err = NULL;
    g_assert(!qmp_qom_list_properties("nothing", &err));
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_DEVICE_NOT_FOUND);
    error_free(err);
    err = NULL;

    values = qmp_qom_list_get(&first, &error_abort);
    g_assert(values && values->next && !values->next->next);
    g_assert_cmpstr(values->next->value->properties->value->name, ==, "q0");
    qapi_free_ObjectPropertiesValuesList(values);
    second.next = &none;
    g_assert(!qmp_qom_list_get(&first, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Device '/objects/none' not found");
    error_free(err);
    err = NULL;

    tree = qmp_qom_tree_get("/", true, 1, &error_abort);
    for (ObjectTreeEntryList *e = tree; e; e = e->next) {
        g_assert(!strchr(e->value->path + 1, '/'));
    }
    qapi_free_ObjectTreeEntryList(tree);
    tree = qmp_qom_tree_get("/objects", false, 0, &error_abort);
    g_assert_cmpstr(tree->value->path, ==, "/objects");
    g_assert_cmpstr(tree->next->value->path, ==, "/objects/q0");
    g_assert_cmpstr(tree->next->value->qom_type, ==, TYPE_GADGET);
    qapi_free_ObjectTreeEntryList(tree);

    value = qmp_qom_get("q0", "label", &error_abort);
    g_assert_cmpstr(qstring_get_str(qobject_to(QString, value)), ==, "q");
    qmp_qom_set("/objects/q0", "label", value, &error_abort);
    qobject_unref(value);
    g_assert(!qmp_qom_get("/objects/q0", "nope", &err));
    error_free(err);
    err = NULL;
    qmp_qom_set("/nope", "label", NULL, &err);
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_DEVICE_NOT_FOUND);
    error_free(err);

    type_list = qmp_qom_list_types(TYPE_GADGET, false, false, &error_abort);
    g_assert(type_list && !type_list->next);
    g_assert_cmpstr(type_list->value->parent, ==, TYPE_OBJECT);
    qapi_free_ObjectTypeInfoList(type_list);
    type_list = qmp_qom_list_types("user-creatable", true, true, &error_abort);
    n = 0;
    for (ObjectTypeInfoList *e = type_list; e; e = e->next) {
        n += g_str_has_prefix(e->value->name, TYPE_GADGET);
    }
    g_assert_cmpint(n, ==, 2);
    qapi_free_ObjectTypeInfoList(type_list);
    object_unparent(find("q0"));
}

static void append_text(void *opaque, const char *text)
{
    g_string_append(opaque, text);
}

static void test_text(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Error *err = NULL;

    g_assert_cmpstr(from_str("test-gadget,id=zz,label=1"), ==, "");
    g_assert_cmpstr(from_str("test-gadget,id=aa,label=2"), ==, "");
    g_assert(qom_tree_print_path("/objects", append_text, text, &error_abort));
    g_assert_cmpstr(text->str, ==,
                    "/objects (container)\n"
                    "  /aa (test-gadget)\n"
                    "  /zz (test-gadget)\n");
    g_string_truncate(text, 0);
    g_assert(qom_tree_print_path("/", append_text, text, &error_abort));
    g_assert(g_str_has_prefix(text->str, "/ (container)\n  /backend "));
    g_string_truncate(text, 0);
    g_assert(!qom_tree_print_path("/nope", append_text, text, &err));
    error_free(err);
    g_assert(qom_list_print("/objects", append_text, text, &error_abort));
    g_assert_cmpstr(text->str, ==,
                    "zz (child<test-gadget>)\n"
                    "aa (child<test-gadget>)\n"
                    "type (string)\n");
    g_string_truncate(text, 0);
    qom_complete_path("/objects/a", append_text, text);
    g_assert_cmpstr(text->str, ==, "/objects/aa");
    g_string_truncate(text, 0);
    qom_complete_property("/objects/aa", "l", append_text, text);
    g_assert_cmpstr(text->str, ==, "label");
    g_string_truncate(text, 0);
    qom_complete_user_object("z", append_text, text);
    g_assert_cmpstr(text->str, ==, "zz");
    object_unparent(find("zz"));
    object_unparent(find("aa"));
}

/* The last test: there are no user's objects afterwards. */
static void test_cleanup(void)
{
    for (int i = 0; i < 5; i++) {
        g_autofree char *s =
            g_strdup_printf("test-gadget,id=c%d,label=%d", i, i);

        g_assert_cmpstr(from_str(s), ==, "");
    }
    g_string_truncate(order, 0);
    user_creatable_cleanup();
    g_assert_cmpstr(order->str, ==, "43210");
    g_assert_cmpint(live, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&lazy_gadget_info);
    order = g_string_new(NULL);
    g_test_add_func("/qom/user/add", test_add);
    g_test_add_func("/qom/user/from-str", test_from_str);
    g_test_add_func("/qom/user/help-line", test_help_line);
    g_test_add_func("/qom/user/qmp-lists", test_qmp_lists);
    g_test_add_func("/qom/user/text", test_text);
    g_test_add_func("/qom/user/cleanup", test_cleanup);
    return g_test_run();
}
