/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the memory core: regions with short names that belong to one
 * scene, and views as text.
 */
#ifndef TESTS_UNIT_MEMORY_HELPERS_H
#define TESTS_UNIT_MEMORY_HELPERS_H

#include "exec/memory.h"
#include "memory/flatmap.h"
#include "memory/view.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

static inline void memory_test_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    bql_lock();
}

static uint64_t helper_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void helper_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
}

static const MemoryRegionOps helper_ops = {
    .read = helper_read,
    .write = helper_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Regions of the test: without owner, freed by free_regions(). */
static GPtrArray *test_regions;

static inline MemoryRegion *new_region(void)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    if (!test_regions) {
        test_regions = g_ptr_array_new();
    }
    g_ptr_array_add(test_regions, mr);
    return mr;
}

static inline MemoryRegion *new_container(const char *name, uint64_t size)
{
    MemoryRegion *mr = new_region();

    memory_region_init(mr, NULL, NULL, size);
    mr->name = g_strdup(name);
    return mr;
}

static inline MemoryRegion *new_io(const char *name, uint64_t size)
{
    MemoryRegion *mr = new_region();

    memory_region_init_io(mr, NULL, &helper_ops, NULL, NULL, size);
    mr->name = g_strdup(name);
    return mr;
}

static inline MemoryRegion *new_alias(const char *name, MemoryRegion *of,
                                      hwaddr offset, uint64_t size)
{
    MemoryRegion *mr = new_region();

    memory_region_init_alias(mr, NULL, NULL, of, offset, size);
    mr->name = g_strdup(name);
    return mr;
}

/* Adds @child to @c, which it returns for the next. */
static inline MemoryRegion *add(MemoryRegion *c, hwaddr addr,
                                MemoryRegion *child, int priority)
{
    memory_region_add_subregion_overlap(c, addr, child, priority);
    return c;
}

/* All that the test has made; no address space shows it any more. */
static inline void free_regions(void)
{
    drain_call_rcu();
    memory_region_transaction_begin();
    for (guint i = 0; i < test_regions->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(test_regions, i);

        if (mr->container) {
            memory_region_del_subregion(mr->container, mr);
        }
    }
    memory_region_transaction_commit();
    drain_call_rcu();
    for (guint i = test_regions->len; i-- > 0;) {
        MemoryRegion *mr = g_ptr_array_index(test_regions, i);

        object_unref(OBJECT(mr));
        g_free(mr);
    }
    g_ptr_array_free(test_regions, true);
    test_regions = NULL;
}

static inline void free_space(AddressSpace *as)
{
    address_space_destroy(as);
    drain_call_rcu();
}

/* "start-last name[@offset][ flags]", a range a line. */
static inline void print_range(GString *out, const FlatRange *fr)
{
    g_string_append_printf(out, "%" PRIx64 "-%" PRIx64 " %s", fr->start,
                           fr->last, fr->mr->name);
    if (fr->offset_in_region) {
        g_string_append_printf(out, "@%" PRIx64, fr->offset_in_region);
    }
    if (fr->readonly || fr->nonvolatile || fr->unmergeable) {
        g_string_append_printf(out, " %s%s%s", fr->readonly ? "r" : "",
                               fr->nonvolatile ? "n" : "",
                               fr->unmergeable ? "u" : "");
    }
    g_string_append_c(out, '\n');
}

static inline char *render_text(MemoryRegion *root, hwaddr start, hwaddr last)
{
    g_autoptr(GArray) ranges = g_array_new(false, false, sizeof(FlatRange));
    GString *out = g_string_new("");

    memory_render(root, start, last, ranges);
    for (guint i = 0; i < ranges->len; i++) {
        print_range(out, &g_array_index(ranges, FlatRange, i));
    }
    return g_string_free(out, false);
}

static inline char *view_text(AddressSpace *as)
{
    FlatView *fv = address_space_to_flatview(as);
    GString *out = g_string_new("");
    const FlatRange *fr;
    FlatMapIter it;

    for (fr = flatmap_iter_from(&it, &fv->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        print_range(out, fr);
    }
    return g_string_free(out, false);
}

#define assert_render(root, expected)                               \
    do {                                                            \
        g_autofree char *text_ = render_text(root, 0, UINT64_MAX);  \
        g_assert_cmpstr(text_, ==, expected);                       \
    } while (0)

#define assert_view(as, expected)                                   \
    do {                                                            \
        g_autofree char *text_ = view_text(as);                     \
        g_assert_cmpstr(text_, ==, expected);                       \
    } while (0)

#endif
