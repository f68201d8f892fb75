/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flattened device trees: built, read back, loaded from good and bad files. */
#include "qemu/osdep.h"
#include <libfdt.h>
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "system/device_tree.h"

static void expect_prop(void *fdt, const char *node, const char *name,
                        const void *value, int size)
{
    int len;
    const void *is = qemu_fdt_getprop(fdt, node, name, &len, &error_abort);

    g_assert_cmpmem(is, len, value, size);
}

static void test_build(void)
{
    static const uint8_t cells[] = { 0, 0, 0, 1, 0xff, 0, 0, 2 };
    static const uint8_t sized[] = { 0, 0, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 9 };
    char *strings[] = { (char *)"one", (char *)"two" };
    int size, node;
    void *fdt = create_device_tree(&size);
    uint32_t handle = qemu_fdt_alloc_phandle(fdt);

    g_assert_cmpint(size, ==, 0x100000);
    g_assert_cmpint(fdt_totalsize(fdt), ==, size);
    g_assert_cmpint(qemu_fdt_add_subnode(fdt, "/soc"), >, 0);
    g_assert_cmpint(qemu_fdt_add_subnode(fdt, "/soc/uart@10000000"), >, 0);
    qemu_fdt_setprop_string(fdt, "/soc/uart@10000000", "compatible",
                            "ns16550a");
    qemu_fdt_setprop_cell(fdt, "/soc/uart@10000000", "clock", 0x384000);
    qemu_fdt_setprop_u64(fdt, "/soc", "wide", 0x123456789abcdef0);
    qemu_fdt_setprop_cells(fdt, "/soc", "cells", 1, 0xff000002);
    qemu_fdt_setprop_string_array(fdt, "/soc", "strings", strings, 2);
    qemu_fdt_setprop(fdt, "/", "empty", NULL, 0);
    qemu_fdt_setprop_cell(fdt, "/soc", "phandle", handle);
    qemu_fdt_setprop_phandle(fdt, "/", "parent", "/soc");
    g_assert_cmpint(
        qemu_fdt_setprop_sized_cells(fdt, "/soc", "reg", 2, 0x180000000, 1, 9),
        ==, 0);
    g_assert_cmpint(
        qemu_fdt_setprop_sized_cells(fdt, "/soc", "bad", 1, 0x180000000), ==,
        -1);
    g_assert_cmpint(qemu_fdt_setprop_sized_cells(fdt, "/soc", "bad", 3, 1), ==,
                    -1);

    expect_prop(fdt, "/soc/uart@10000000", "compatible", "ns16550a", 9);
    expect_prop(fdt, "/soc/uart@10000000", "clock", "\0\x38\x40\0", 4);
    expect_prop(fdt, "/soc", "wide", "\x12\x34\x56\x78\x9a\xbc\xde\xf0", 8);
    expect_prop(fdt, "/soc", "cells", cells, sizeof(cells));
    expect_prop(fdt, "/soc", "strings", "one\0two", 8);
    expect_prop(fdt, "/soc", "reg", sized, sizeof(sized));
    expect_prop(fdt, "/", "empty", "", 0);
    g_assert_cmphex(
        qemu_fdt_getprop_cell(fdt, "/", "parent", NULL, &error_abort), ==,
        handle);
    g_assert_cmphex(qemu_fdt_get_phandle(fdt, "/soc"), ==, handle);
    g_assert_cmphex(qemu_fdt_alloc_phandle(fdt), ==, handle + 1);

    node = qemu_fdt_add_path(fdt, "/a/b/c");
    g_assert_cmpint(node, ==, fdt_path_offset(fdt, "/a/b/c"));
    g_assert_cmpint(qemu_fdt_add_path(fdt, "/a/b/c"), ==, node);
    g_assert_cmpint(qemu_fdt_add_path(fdt, "/a/b/d"), >, 0);
    g_assert_cmpint(qemu_fdt_add_path(fdt, "a"), <, 0);
    qemu_fdt_nop_node(fdt, "/a/b");
    g_assert_cmpint(fdt_path_offset(fdt, "/a/b"), ==, -FDT_ERR_NOTFOUND);
    g_assert_cmpint(fdt_path_offset(fdt, "/a"), >, 0);
    g_assert_cmpint(fdt_check_full(fdt, size), ==, 0);
    g_free(fdt);
}

static void test_getprop_errors(void)
{
    int size, len;
    void *fdt = create_device_tree(&size);
    Error *err = NULL;

    qemu_fdt_setprop_u64(fdt, "/", "wide", 1);
    g_assert_null(qemu_fdt_getprop(fdt, "/", "x", &len, &err));
    g_assert_cmpint(len, ==, -FDT_ERR_NOTFOUND);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Device tree: cannot get /, property x: FDT_ERR_NOTFOUND");
    error_free_or_abort(&err);
    g_assert_null(qemu_fdt_getprop(fdt, "/nowhere", "x", &len, &err));
    g_assert_cmpint(len, ==, -FDT_ERR_NOTFOUND);
    error_free_or_abort(&err);
    g_assert_cmpint(qemu_fdt_getprop_cell(fdt, "/", "wide", &len, &err), ==, 0);
    g_assert_cmpint(len, ==, -EINVAL);
    error_free_or_abort(&err);
    g_assert_cmpint(qemu_fdt_getprop_cell(fdt, "/", "x", NULL, &err), ==, 0);
    error_free_or_abort(&err);
    g_free(fdt);
}

static void expect_paths(char **paths, const char *joined)
{
    g_autofree char *is = g_strjoinv(" ", paths);

    g_assert_cmpstr(is, ==, joined);
    g_strfreev(paths);
}

static void test_paths(void)
{
    int size;
    void *fdt = create_device_tree(&size);

    qemu_fdt_add_path(fdt, "/memory@1");
    qemu_fdt_add_path(fdt, "/soc/memory");
    qemu_fdt_add_path(fdt, "/soc/memory2@3");
    qemu_fdt_setprop_string(fdt, "/memory@1", "compatible", "x,y");
    qemu_fdt_setprop_string(fdt, "/soc/memory", "compatible", "x,y");
    expect_paths(qemu_fdt_node_unit_path(fdt, "memory", &error_abort),
                 "/soc/memory /memory@1");
    expect_paths(qemu_fdt_node_path(fdt, NULL, "x,y", &error_abort),
                 "/soc/memory /memory@1");
    expect_paths(qemu_fdt_node_path(fdt, "memory", "x,y", &error_abort),
                 "/soc/memory");
    expect_paths(qemu_fdt_node_path(fdt, "memory", "z", &error_abort), "");
    g_free(fdt);
}

static void test_seeds(void)
{
    static const uint8_t zeros[32];
    int size, len;
    void *fdt = create_device_tree(&size);

    qemu_fdt_add_subnode(fdt, "/chosen");
    qemu_fdt_setprop(fdt, "/chosen", "rng-seed", zeros, 32);
    qemu_fdt_setprop(fdt, "/chosen", "other", zeros, 32);
    qemu_fdt_randomize_seeds(fdt);
    g_assert_cmpint(
        memcmp(qemu_fdt_getprop(fdt, "/chosen", "rng-seed", &len, &error_abort),
               zeros, 32),
        !=, 0);
    expect_prop(fdt, "/chosen", "other", zeros, 32);
    g_free(fdt);
}

static void test_files(void)
{
    g_autofree char *dir = g_dir_make_tmp("test-device-tree-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "x.dtb", NULL);
    g_autofree uint8_t *blob = NULL;
    Error *err = NULL;
    int size;
    void *fdt = create_device_tree(&size), *loaded;
    gsize len;

    qemu_fdt_add_path(fdt, "/soc/uart");
    qemu_fdt_setprop_string(fdt, "/soc/uart", "compatible", "x");
    fdt_pack(fdt);
    g_assert_true(device_tree_dump(fdt, path, &error_abort));
    g_assert_false(device_tree_dump(fdt, "/nonexistent/x", &err));
    error_free_or_abort(&err);
    g_free(fdt);

    loaded = load_device_tree(path, &size);
    g_assert_nonnull(loaded);
    g_assert_cmpint(size, >, 20000);
    expect_prop(loaded, "/soc/uart", "compatible", "x", 2);
    qemu_fdt_setprop_string(loaded, "/soc", "compatible", "there is room");
    g_free(loaded);

    /* Cut anywhere, and changed at random: a tree, or an error. */
    g_assert_true(g_file_get_contents(path, (char **)&blob, &len, NULL));
    for (gsize i = 0; i < len; i++) {
        g_assert_true(g_file_set_contents(path, (char *)blob, i, NULL));
        g_assert_null(load_device_tree_or_error(path, &size, &err));
        error_free_or_abort(&err);
    }
    for (int i = 0; i < 1000; i++) {
        g_autofree uint8_t *bad = g_memdup2(blob, len);

        bad[g_test_rand_int_range(0, len)] = g_test_rand_int();
        g_assert_true(g_file_set_contents(path, (char *)bad, len, NULL));
        loaded = load_device_tree_or_error(path, &size, NULL);
        if (loaded) {
            g_strfreev(qemu_fdt_node_unit_path(loaded, "uart", NULL));
            qemu_fdt_getprop(loaded, "/soc/uart", "compatible", NULL, NULL);
        }
        g_free(loaded);
    }
    unlink(path);
    g_assert_null(load_device_tree_or_error(path, &size, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "No such file"));
    error_free_or_abort(&err);
    rmdir(dir);
}

static void test_die(void)
{
    int size;

    if (g_test_subprocess()) {
        qemu_fdt_add_subnode(create_device_tree(&size), "/no/where");
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*Device tree: cannot find node /no: "
                              "FDT_ERR_NOTFOUND*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device-tree/build", test_build);
    g_test_add_func("/device-tree/getprop-errors", test_getprop_errors);
    g_test_add_func("/device-tree/paths", test_paths);
    g_test_add_func("/device-tree/seeds", test_seeds);
    g_test_add_func("/device-tree/files", test_files);
    g_test_add_func("/device-tree/die", test_die);
    return g_test_run();
}
