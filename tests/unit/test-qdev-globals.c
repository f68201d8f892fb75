/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Global and compat properties: their syntax, who wins, who is warned of. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"

#define TYPE_BASE "test-base"
#define TYPE_SUB  "test-sub"
OBJECT_DECLARE_SIMPLE_TYPE(Base, BASE)

struct Base {
    DeviceState parent_obj;

    uint32_t a, b, c;
    char *text;
};

static const Property base_properties[] = {
    DEFINE_PROP_UINT32("a", Base, a, 1),
    DEFINE_PROP_UINT32("b", Base, b, 2),
    DEFINE_PROP_UINT32("c", Base, c, 3),
    DEFINE_PROP_STRING("text", Base, text),
};

static void base_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), base_properties);
}

static void test_syntax(void)
{
    static const char *const bad[] = {
        "test-base",
        "test-base.a",
        "driver=test-base",
        "",
        "driver=test-base,value=3",
        "driver=test-base,propety=a",
        "=",
    };
    Base *obj;

    qdev_parse_global("test-base.a=10", &error_abort);
    qdev_parse_global("driver=test-base,property=text,value=a.b=c",
                      &error_abort);
    qdev_parse_global("test-sub.b=20", &error_abort);
    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        Error *err = NULL;

        g_assert_false(qdev_parse_global(bad[i], &err));
        error_free_or_abort(&err);
    }

    obj = BASE(object_new(TYPE_BASE));
    g_assert_cmpuint(obj->a, ==, 10);
    g_assert_cmpuint(obj->b, ==, 2);
    g_assert_cmpstr(obj->text, ==, "a.b=c");
    object_unref(OBJECT(obj));
    obj = BASE(object_new(TYPE_SUB));
    g_assert_cmpuint(obj->a, ==, 10);
    g_assert_cmpuint(obj->b, ==, 20);

    g_assert_cmpstr(qdev_find_global_prop(OBJECT(obj), "b")->value, ==, "20");
    g_assert_null(qdev_find_global_prop(OBJECT(obj), "c"));
    qdev_parse_global("test-base.b=30", &error_abort);
    g_assert_cmpstr(qdev_find_global_prop(OBJECT(obj), "b")->value, ==, "30");
    object_unref(OBJECT(obj));
    g_assert_cmpint(qdev_prop_check_globals(), ==, 0);
}

static void test_compat(void)
{
    static GlobalProperty machine[] = {
        { TYPE_BASE, "a", "1000" }, /* the user's wins */
        { TYPE_BASE, "c", "3000" },
        { TYPE_BASE, "not-any-more", "1", .optional = true },
    };
    GPtrArray *props = g_ptr_array_new();
    Base *obj;

    compat_props_add(props, machine, ARRAY_SIZE(machine));
    object_set_machine_compat_props(props);
    obj = BASE(object_new(TYPE_BASE));
    g_assert_cmpuint(obj->a, ==, 10);
    g_assert_cmpuint(obj->c, ==, 3000);
    object_unref(OBJECT(obj));
}

/* A wrong value ends the program at start, and names what it was about. */
static void test_wrong_value(void)
{
    if (g_test_subprocess()) {
        qdev_parse_global("test-base.a=nonsense", &error_abort);
        object_unref(object_new(TYPE_BASE));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*can't apply global test-base.a=nonsense:*");
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_BASE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Base),
        .class_init = base_class_init,
    },
    {
        .name = TYPE_SUB,
        .parent = TYPE_BASE,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));

    g_test_add_func("/globals/syntax", test_syntax);
    g_test_add_func("/globals/compat", test_compat);
    g_test_add_func("/globals/wrong-value", test_wrong_value);
    return g_test_run();
}
