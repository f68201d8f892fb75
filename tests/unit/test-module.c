/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up hooks and modules. The modules are copies of one shared object,
 * under several names in directories of the test.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qemu/module.h"

void test_module_note(const char *what);

static GString *notes;
static char *dirs[2];
static const char *plugin;

void test_module_note(const char *what)
{
    g_string_append_printf(notes, "%s;", what);
}

static void expect_notes(const char *want)
{
    g_assert_cmpstr(notes->str, ==, want);
    g_string_truncate(notes, 0);
}

static void late_hook(void)
{
    test_module_note("late");
}

static void first_hook(void)
{
    test_module_note("first");
    register_module_init(late_hook, MODULE_INIT_LIBQOS);
}
libqos_init(first_hook)

    static void test_hooks(void)
{
    module_call_init(MODULE_INIT_LIBQOS);
    expect_notes("first;late;");
    module_call_init(MODULE_INIT_LIBQOS);
    expect_notes("");
    register_module_init(late_hook, MODULE_INIT_LIBQOS);
    module_call_init(MODULE_INIT_LIBQOS);
    expect_notes("late;");
}

static void add_file(int dir, const char *name, const char *text, gssize len)
{
    g_autofree char *path = g_build_filename(dirs[dir], name, NULL);

    g_assert_true(g_file_set_contents(path, text, len, NULL));
}

static void add_object(int dir, const char *name)
{
    g_autofree char *code = NULL;
    g_autofree char *file = g_strconcat(name, ".so", NULL);
    gsize len;

    g_assert_true(g_file_get_contents(plugin, &code, &len, NULL));
    add_file(dir, file, code, len);
}

static void set_up(void)
{
    g_autofree char *path = NULL;

    for (int i = 0; i < 2; i++) {
        dirs[i] = g_dir_make_tmp("plateau-module-XXXXXX", NULL);
    }
    path = g_strconcat(dirs[0], ":", dirs[1], NULL);
    g_setenv("PLATEAU_MODULE_DIR", path, TRUE);
    add_object(0, "one");
    add_file(0, "one.modinfo",
             "# text\nobj type-a\nobj type-b # b\n"
             "\ndep base\nopts group\n  kconfig PCI\nodd\n",
             -1);
    add_object(1, "base");
    add_file(1, "one.modinfo", "obj not-this-one\n", -1);
    add_file(0, "arm.modinfo", "obj arm-type\n\0\0\0arch arm\n", 25);
    add_object(0, "arm");
    add_file(0, "broken.modinfo", "obj broken-type\n", -1);
    add_file(0, "broken.so", "no ELF file", -1);
    add_file(0, "lonely.modinfo", "obj lonely-type\ndep missing\n", -1);
    add_object(0, "lonely");
    add_file(0, "ring-a.modinfo", "obj ring-type\ndep ring-b\n", -1);
    add_file(0, "ring-b.modinfo", "dep ring-a\n", -1);
    add_object(0, "ring-a");
    add_object(0, "ring-b");
    add_object(1, "ui-plain");
}

static void clean_up(void)
{
    for (int i = 0; i < 2; i++) {
        g_autoptr(GDir) d = g_dir_open(dirs[i], 0, NULL);
        const char *name;

        while ((name = g_dir_read_name(d))) {
            g_autofree char *path = g_build_filename(dirs[i], name, NULL);

            g_unlink(path);
        }
        g_rmdir(dirs[i]);
        g_free(dirs[i]);
    }
}

static void note_type(const char *type, void *opaque)
{
    GPtrArray *types = opaque;

    g_ptr_array_add(types, (char *)type);
}

static bool lists_type(const char *type)
{
    g_autoptr(GPtrArray) types = g_ptr_array_new();

    module_foreach_qom(note_type, types);
    return g_ptr_array_find_with_equal_func(types, type, g_str_equal, NULL);
}

static void test_qom(void)
{
    module_call_init(MODULE_INIT_QOM);
    g_assert_cmpint(module_load_qom("unknown", &error_abort), ==, 0);
    g_assert_cmpint(module_load_qom("not-this-one", &error_abort), ==, 0);
    expect_notes("");
    g_assert_true(lists_type("type-a"));

    /* Two objects: the one asked for and the one it needs, in that order. */
    g_assert_cmpint(module_load_qom("type-b", &error_abort), ==, 1);
    expect_notes("plugin qom;plugin qom;");
    g_assert_cmpint(module_load_qom("type-a", &error_abort), ==, 2);
    g_assert_cmpint(module_load("", "base", &error_abort), ==, 2);
    expect_notes("");
    g_assert_false(lists_type("type-a"));

    /* Hooks of a kind that comes later wait for it. */
    module_call_init(MODULE_INIT_OPTS);
    expect_notes("plugin opts;plugin opts;");
}

static void test_refused(void)
{
    Error *err = NULL;

    module_allow_arch("riscv64");
    g_assert_cmpint(module_load_qom("arm-type", &error_abort), ==, 0);
    g_assert_false(lists_type("arm-type"));
    g_assert_cmpint(module_load("", "arm", &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "module arch does not match: "
                    "expected 'riscv64', got 'arm'");
    error_free_or_abort(&err);

    g_assert_cmpint(module_load_qom("broken-type", &err), ==, -1);
    g_assert_nonnull(strstr(error_get_pretty(err), "broken.so"));
    error_free_or_abort(&err);
    g_assert_cmpint(module_load_qom("broken-type", NULL), ==, -1);

    g_assert_cmpint(module_load_qom("lonely-type", &error_abort), ==, 0);
    g_assert_cmpint(module_load("", "../base", &error_abort), ==, 0);
    g_assert_cmpint(module_load("", "nothing", &error_abort), ==, 0);
    expect_notes("");
}

static void test_ring(void)
{
    g_assert_cmpint(module_load_qom("ring-type", &error_abort), ==, 1);
    g_assert_cmpint(module_load("", "ring-b", &error_abort), ==, 2);
    g_string_truncate(notes, 0);
}

static void test_prefix(void)
{
    g_assert_cmpint(ui_module_load("plain", &error_abort), ==, 1);
    expect_notes("plugin opts;plugin qom;");
}

static void test_table(void)
{
    static const char *objs[] = { "table-type", NULL };
    static const QemuModinfo table[] = { { .name = "table", .objs = objs },
                                         { NULL } };

    module_init_info(table);
    g_assert_true(lists_type("table-type"));
    g_assert_cmpint(module_load_qom("table-type", &error_abort), ==, 0);
    add_object(1, "table");
    g_assert_cmpint(module_load_qom("table-type", &error_abort), ==, 1);
    g_string_truncate(notes, 0);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    plugin = g_getenv("TEST_MODULE_PLUGIN");
    notes = g_string_new(NULL);
    g_test_add_func("/module/hooks", test_hooks);
    if (plugin) {
        set_up();
        g_test_add_func("/module/qom", test_qom);
        g_test_add_func("/module/refused", test_refused);
        g_test_add_func("/module/ring", test_ring);
        g_test_add_func("/module/prefix", test_prefix);
        g_test_add_func("/module/table", test_table);
    }
    ret = g_test_run();
    if (plugin) {
        clean_up();
    }
    g_string_free(notes, TRUE);
    return ret;
}
