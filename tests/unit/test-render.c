/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The renderer: trees made by hand, and what they show.
 */
#include "qemu/osdep.h"
#include "memory-helpers.h"

/* The example of QEMU's documentation, docs/devel/memory.rst. */
static void test_documented(void)
{
    MemoryRegion *a = new_container("A", 0x8000);
    MemoryRegion *b = new_container("B", 0x4000);

    add(a, 0, new_io("C", 0x6000), 1);
    add(a, 0x2000, b, 2);
    add(b, 0, new_io("D", 0x1000), 0);
    add(b, 0x2000, new_io("E", 0x1000), 0);
    assert_render(a, "0-1fff C\n"
                     "2000-2fff D\n"
                     "3000-3fff C@3000\n"
                     "4000-4fff E\n"
                     "5000-5fff C@5000\n");
    free_regions();
}

static void test_nothing(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *off = new_io("off", 0x1000);

    assert_render(NULL, "");
    assert_render(root, "");
    add(root, 0, off, 0);
    memory_region_set_enabled(off, false);
    assert_render(root, "");
    memory_region_set_enabled(off, true);
    assert_render(root, "0-fff off\n");
    memory_region_set_enabled(root, false);
    assert_render(root, "");
    free_regions();
}

/* The last added wins among equals; an address that is set counts as adding. */
static void test_equal_priorities(void)
{
    MemoryRegion *root = new_container("root", 0x10000);
    MemoryRegion *a = new_io("a", 0x3000), *b = new_io("b", 0x3000);

    add(root, 0, a, 0);
    add(root, 0x1000, b, 0);
    assert_render(root, "0-fff a\n1000-3fff b\n");
    memory_region_set_address(a, 0x2000);
    assert_render(root, "1000-1fff b\n2000-4fff a\n");
    memory_region_set_enabled(b, false);
    memory_region_set_enabled(b, true);
    assert_render(root, "1000-1fff b\n2000-4fff a\n");
    memory_region_set_size(b, 0x8000);
    assert_render(root, "1000-1fff b\n2000-4fff a\n5000-8fff b@4000\n");
    free_regions();
}

/* A winner in the middle of another, and priorities below zero. */
static void test_priorities(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);

    add(root, 0, new_io("back", 0x10000), -5);
    add(root, 0x1000, new_io("mid", 0x4000), 0);
    add(root, 0x2000, new_io("top", 0x1000), INT_MAX);
    add(root, 0x4000, new_io("low", 0x4000), INT_MIN);
    assert_render(root, "0-fff back\n"
                        "1000-1fff mid\n"
                        "2000-2fff top\n"
                        "3000-4fff mid@2000\n"
                        "5000-ffff back@5000\n");
    free_regions();
}

static void test_lowest_of_all(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *holes = new_container("holes", 0x10000);

    add(root, 0x2000, new_io("low", 0x1000), INT_MIN);
    add(root, 0, holes, 0);
    add(holes, 0x1000, new_io("a", 0x1000), 0);
    add(holes, 0x4000, new_io("b", 0x1000), 0);
    assert_render(root, "1000-1fff a\n2000-2fff low\n4000-4fff b\n");
    free_regions();
}

/* What terminates shows itself where its children do not, at its rank. */
static void test_terminating_parent(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *dev = new_io("dev", 0x5000);
    MemoryRegion *part = new_container("part", 0x3000);

    add(root, 0, new_io("below", 0x10000), 0);
    add(root, 0x1000, dev, 1);
    add(dev, 0x1000, part, 0);
    add(part, 0x1000, new_io("reg", 0x1000), 0);
    assert_render(root, "0-fff below\n"
                        "1000-2fff dev\n"
                        "3000-3fff reg\n"
                        "4000-5fff dev@3000\n"
                        "6000-ffff below@6000\n");
    free_regions();
}

static void test_clipping(void)
{
    MemoryRegion *root = new_container("root", 0x3000);
    MemoryRegion *c = new_container("c", 0x1000);

    add(root, 0x1000, c, 1);
    add(c, 0x800, new_io("wide", 0x10000), 0);
    add(root, 0x2800, new_io("end", 0x10000), 0);
    add(root, 0x3000, new_io("beyond", 0x1000), 0);
    assert_render(root, "1800-1fff wide\n2800-2fff end\n");
    free_regions();
}

static void test_aliases(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *pci = new_container("pci", UINT64_MAX);
    MemoryRegion *ram = new_io("ram", 0x8000);
    MemoryRegion *target = new_container("target", 0x4000);

    add(root, 0, new_alias("low", ram, 0, 0x4000), 0);
    add(root, 0x10000, new_alias("high", ram, 0x4000, 0x10000), 0);
    add(root, 0x20000, new_alias("hole", pci, 0x20000, 0x10000), 1);
    add(pci, 0x21000, new_io("bar", 0x1000), 0);
    add(root, 0x2f000, new_io("under", 0x2000), 0);
    assert_render(root, "0-3fff ram\n"
                        "10000-13fff ram@4000\n"
                        "21000-21fff bar\n"
                        "2f000-30fff under\n");
    /* Where the target lies in its own container does not matter. */
    add(pci, 0x50000, target, 0);
    add(target, 0x1000, new_io("t", 0x1000), 0);
    add(root, 0x60000, new_alias("x", target, 0, 0x4000), 0);
    memory_region_set_enabled(ram, false);
    assert_render(root, "21000-21fff bar\n"
                        "2f000-30fff under\n"
                        "61000-61fff t\n");
    memory_region_set_enabled(target, false);
    assert_render(root, "21000-21fff bar\n2f000-30fff under\n");
    free_regions();
}

static void test_alias_root(void)
{
    MemoryRegion *ram = new_io("ram", 0x8000);
    MemoryRegion *root = new_alias("root", ram, 0x2000, 0x10000);
    MemoryRegion *beyond = new_alias("beyond", ram, 0x8000, 0x1000);

    assert_render(root, "0-5fff ram@2000\n");
    assert_render(beyond, "");
    free_regions();
}

/* Pieces that touch join; neighbours that differ do not. */
static void test_merging(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *ram = new_io("ram", 0x8000);
    MemoryRegion *b;

    add(root, 0, new_alias("a", ram, 0, 0x1000), 0);
    add(root, 0x1000, b = new_alias("b", ram, 0x1000, 0x1000), 0);
    add(root, 0x2000, new_alias("c", ram, 0x2000, 0x1000), 0);
    add(root, 0x3000, new_alias("d", ram, 0x4000, 0x1000), 0);
    assert_render(root, "0-2fff ram\n3000-3fff ram@4000\n");
    memory_region_set_readonly(b, true);
    assert_render(root, "0-fff ram\n1000-1fff ram@1000 r\n"
                        "2000-2fff ram@2000\n3000-3fff ram@4000\n");
    memory_region_set_readonly(b, false);
    memory_region_set_unmergeable(b, true);
    assert_render(root, "0-fff ram\n1000-1fff ram@1000 u\n"
                        "2000-2fff ram@2000\n3000-3fff ram@4000\n");
    memory_region_set_unmergeable(ram, true);
    assert_render(root, "0-fff ram u\n1000-1fff ram@1000 u\n"
                        "2000-2fff ram@2000 u\n3000-3fff ram@4000 u\n");
    free_regions();
}

static void test_inherited(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *outer = new_container("outer", 0x10000);
    MemoryRegion *inner = new_container("inner", 0x8000);
    MemoryRegion *back = new_io("back", 0x20000);

    add(root, 0, back, -1);
    add(root, 0, outer, 0);
    add(outer, 0, inner, 0);
    add(inner, 0, new_io("a", 0x1000), 0);
    add(outer, 0x9000, new_io("b", 0x1000), 0);
    memory_region_set_nonvolatile(outer, true);
    memory_region_set_readonly(inner, true);
    assert_render(root, "0-fff a rn\n"
                        "1000-8fff back@1000\n"
                        "9000-9fff b n\n"
                        "a000-1ffff back@a000\n");
    free_regions();
}

/* 2^64 bytes, the last byte, and what would lie beyond. */
static void test_edges(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *all = new_io("all", UINT64_MAX);
    MemoryRegion *shifted = new_alias("shifted", all, 0x1000, UINT64_MAX);
    MemoryRegion *big = new_container("big", UINT64_MAX);

    assert_render(all, "0-ffffffffffffffff all\n");
    add(root, 0, all, 0);
    assert_render(root, "0-ffffffffffffffff all\n");
    add(root, UINT64_MAX, new_io("last", 0x1000), 1);
    assert_render(root, "0-fffffffffffffffe all\n"
                        "ffffffffffffffff-ffffffffffffffff last\n");
    add(root, 0, shifted, 2);
    assert_render(root, "0-ffffffffffffefff all@1000\n"
                        "fffffffffffff000-fffffffffffffffe "
                        "all@fffffffffffff000\n"
                        "ffffffffffffffff-ffffffffffffffff last\n");
    /* A container of which nearly all lies beyond. */
    add(root, UINT64_MAX - 0xfff, big, 3);
    add(big, 0x800, new_io("in", 0x1000), 0);
    add(big, 0x2000, new_io("out", 0x1000), 0);
    assert_render(root, "0-ffffffffffffefff all@1000\n"
                        "fffffffffffff000-fffffffffffff7ff "
                        "all@fffffffffffff000\n"
                        "fffffffffffff800-ffffffffffffffff in\n");
    free_regions();
}

/* An alias whose target begins below 0 of the view. */
static void test_negative_base(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *big = new_container("big", UINT64_MAX);

    add(big, 0xff000, new_io("cut", 0x2000), 0);
    add(big, 0x1ffff00, new_io("end", 0x1000), 0);
    add(big, UINT64_MAX - 0xff, new_io("far", 0x100), 0);
    add(root, 0x1000, new_alias("win", big, 0x100000, UINT64_MAX), 0);
    assert_render(root, "1000-1fff cut@1000\n"
                        "1f00f00-1f01eff end\n"
                        "fffffffffff00f00-fffffffffff00fff far\n");
    free_regions();
}

/* Any interval shows what the whole shows there. */
static void test_intervals(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *c = new_container("c", 0x100);
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(FlatRange));
    g_autoptr(GArray) part = g_array_new(false, false, sizeof(FlatRange));

    add(root, 0x10, new_io("a", 0x40), 0);
    add(root, 0x20, c, 1);
    add(c, 0x08, new_io("b", 0x10), 0);
    add(c, 0x20, new_alias("d", new_io("e", 0x30), 8, 0x40), 0);
    add(root, 0x60, new_io("f", 0x10), 2);
    memory_render(root, 0, UINT64_MAX, all);
    for (hwaddr start = 0; start < 0x90; start++) {
        for (hwaddr last = start; last < 0x90; last++) {
            guint j = 0;

            g_array_set_size(part, 0);
            memory_render(root, start, last, part);
            for (guint i = 0; i < all->len; i++) {
                FlatRange *x = &g_array_index(all, FlatRange, i);
                FlatRange *y = &g_array_index(part, FlatRange, j);

                if (x->last < start || x->start > last) {
                    continue;
                }
                g_assert_cmpuint(j++, <, part->len);
                g_assert_cmphex(y->start, ==, MAX(x->start, start));
                g_assert_cmphex(y->last, ==, MIN(x->last, last));
                g_assert_true(x->mr == y->mr);
                g_assert_cmphex(y->offset_in_region - x->offset_in_region, ==,
                                y->start - x->start);
            }
            g_assert_cmpuint(j, ==, part->len);
        }
    }
    free_regions();
}

/* Two aliases of one region, and one alias that is seen twice. */
static void test_paths(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *ram = new_io("ram", 0x2000);
    MemoryRegion *c = new_container("c", 0x1000);
    MemoryRegion *half = new_alias("half", ram, 0, 0x1000);
    g_autoptr(GArray) a = g_array_new(false, false, sizeof(FlatRange));
    FlatRange *fr;

    memory_region_set_unmergeable(half, true);
    add(c, 0, half, 0);
    add(root, 0, c, 0);
    add(root, 0x1000, new_alias("again", c, 0, 0x1000), 0);
    memory_render(root, 0, 0x7ff, a);
    memory_render(root, 0x800, UINT64_MAX, a);
    g_assert_cmpuint(a->len, ==, 3);
    fr = (FlatRange *)a->data;
    g_assert_true(flat_range_can_merge(&fr[0], &fr[1]));
    g_assert_false(flat_range_can_merge(&fr[1], &fr[2]));
    g_assert_true(fr[1].path != fr[2].path);
    free_regions();
}

/* Tens of thousands of levels, of containers and of aliases. */
static void test_deep(void)
{
    enum { LEVELS = 30000 };
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *outer = root;
    g_autofree char *text = NULL;

    for (int i = 0; i < LEVELS; i++) {
        MemoryRegion *c = new_container("c", 0x1000000);

        add(outer, 0x10, i % 2 ? new_alias("a", c, 0, 0x1000000) : c, 0);
        outer = c;
    }
    add(outer, 0, new_io("x", 0x10), 0);
    add(outer, 0x20, new_io("y", 0x10), 0);
    add(root, 0, new_io("back", 0x1000000), -1);
    text = render_text(root, LEVELS * 0x10 - 0x10, LEVELS * 0x10 + 0x3f);
    g_assert_cmpstr(text, ==,
                    "752f0-752ff back@752f0\n"
                    "75300-7530f x\n"
                    "75310-7531f back@75310\n"
                    "75320-7532f y\n"
                    "75330-7533f back@75330\n");
    free_regions();
}

/* Layers that all cover everything, each with a hole in one place. */
static void test_layers(void)
{
    enum { LAYERS = 1000 };
    MemoryRegion *root = new_container("root", UINT64_MAX);
    g_autoptr(GArray) out = g_array_new(false, false, sizeof(FlatRange));

    for (int i = 0; i < LAYERS; i++) {
        MemoryRegion *c = new_container("c", 0x10000);

        add(c, 0, new_io("head", 8), 0);
        add(c, 16 + i * 8, new_io("reg", 8), 0);
        add(c, 0xfff8, new_io("tail", 8), 0);
        add(root, 0, c, i % 7);
    }
    add(root, 0, new_io("back", 0x10000), -1);
    memory_render(root, 0, UINT64_MAX, out);
    g_assert_cmpuint(out->len, ==, LAYERS + 4);
    for (guint i = 1; i < out->len; i++) {
        FlatRange *fr = &g_array_index(out, FlatRange, i);

        g_assert_cmphex(fr->start, ==, fr[-1].last + 1);
    }
    free_regions();
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/render/documented", test_documented);
    g_test_add_func("/render/nothing", test_nothing);
    g_test_add_func("/render/equal-priorities", test_equal_priorities);
    g_test_add_func("/render/priorities", test_priorities);
    g_test_add_func("/render/lowest", test_lowest_of_all);
    g_test_add_func("/render/terminating-parent", test_terminating_parent);
    g_test_add_func("/render/clipping", test_clipping);
    g_test_add_func("/render/aliases", test_aliases);
    g_test_add_func("/render/alias-root", test_alias_root);
    g_test_add_func("/render/merging", test_merging);
    g_test_add_func("/render/inherited", test_inherited);
    g_test_add_func("/render/edges", test_edges);
    g_test_add_func("/render/negative-base", test_negative_base);
    g_test_add_func("/render/intervals", test_intervals);
    g_test_add_func("/render/paths", test_paths);
    g_test_add_func("/render/deep", test_deep);
    g_test_add_func("/render/layers", test_layers);
    return g_test_run();
}
