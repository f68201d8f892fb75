/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types that are in a module: loaded when somebody asks for them, and only
 * then. Every case runs in a process of its own.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

static const QemuModinfo modules[] = {
    {
        .name = "test-qom-plugin",
        .objs = (const char *[]){ "plugin-parent", "plugin-child", NULL },
    },
    {
        .name = "test-qom-missing",
        .objs = (const char *[]){ "plugin-missing", NULL },
    },
    { NULL },
};

/* A type of the program's whose parent is in a module. */
static const TypeInfo heir_info = {
    .name = "test-heir",
    .parent = "plugin-child",
};

static void start(void)
{
    g_setenv("PLATEAU_MODULE_DIR", g_test_get_dir(G_TEST_BUILT), true);
    module_call_init(MODULE_INIT_QOM);
    module_init_info(modules);
    type_register_static(&heir_info);
}

static void by_name(void)
{
    start();
    g_assert(!object_class_by_name("plugin-child"));
    g_assert(!module_object_class_by_name("no-such-type"));
    g_assert(module_object_class_by_name("plugin-child"));
    g_assert(object_class_by_name("plugin-child"));
    g_assert(object_class_by_name("plugin-parent"));
}

static void by_new(void)
{
    Object *obj;

    start();
    obj = object_new("plugin-child");
    g_assert(object_dynamic_cast(obj, "plugin-parent"));
    object_unref(obj);
}

static void by_parent(void)
{
    Object *obj;

    start();
    obj = object_new("test-heir");
    g_assert(object_dynamic_cast(obj, "plugin-parent"));
    object_unref(obj);
}

static void missing(void)
{
    Error *err = NULL;

    start();
    g_assert(!module_object_class_by_name("plugin-missing"));
    g_assert(!object_new_with_props("plugin-missing", NULL, NULL, &err, NULL));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "invalid object type: plugin-missing");
    error_free(err);
}

static void listed(void)
{
    GSList *list;

    start();
    module_load_qom_all();
    list = object_class_get_list("plugin-parent", false);
    g_assert_cmpint(g_slist_length(list), ==, 3);
    g_slist_free(list);
}

static void run_alone(gconstpointer fn)
{
    if (g_test_subprocess()) {
        ((void (*)(void))fn)();
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/qom/module/by-name", by_name, run_alone);
    g_test_add_data_func("/qom/module/by-new", by_new, run_alone);
    g_test_add_data_func("/qom/module/by-parent", by_parent, run_alone);
    g_test_add_data_func("/qom/module/missing", missing, run_alone);
    g_test_add_data_func("/qom/module/listed", listed, run_alone);
    return g_test_run();
}
