/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces: which view they are on, and when views come and go.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "memory-helpers.h"

static void test_life(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *a = new_io("a", 0x10);
    AddressSpace as, *heap = g_new(AddressSpace, 1);

    memset(&as, 0xff, sizeof(as)); /* what is there does not matter */
    address_space_init(&as, root, NULL);
    g_assert_cmpstr(as.name, ==, "anonymous");
    assert_view(&as, "");
    add(root, 0x10, a, 0);
    assert_view(&as, "10-1f a\n");
    address_space_init(heap, root, "heap");
    g_assert_cmpstr(heap->name, ==, "heap");
    assert_view(heap, "10-1f a\n");
    g_assert_true(heap->view == as.view);
    address_space_destroy(&as);
    g_assert_nonnull(root->view);
    address_space_destroy_free(heap);
    g_assert_null(root->view);
    drain_call_rcu();
    free_regions();
}

/* Made within a transaction, it shows at once what there is by then. */
static void test_in_transaction(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    AddressSpace as, late;

    address_space_init(&as, root, "as");
    memory_region_transaction_begin();
    add(root, 0x10, new_io("a", 0x10), 0);
    assert_view(&as, "");
    address_space_init(&late, root, "late");
    assert_view(&late, "10-1f a\n");
    add(root, 0x30, new_io("b", 0x10), 0);
    assert_view(&late, "10-1f a\n");
    memory_region_transaction_commit();
    assert_view(&as, "10-1f a\n30-3f b\n");
    g_assert_true(as.view == late.view);

    /* Destroyed within one, it shows nothing from then on. */
    memory_region_transaction_begin();
    address_space_destroy(&late);
    assert_view(&late, "");
    memory_region_transaction_commit();
    assert_view(&as, "10-1f a\n30-3f b\n");
    drain_call_rcu();
    free_space(&as);
    free_regions();
}

/* Bus masters share what they all see. */
static void test_sharing(void)
{
    enum { N = 50 };
    MemoryRegion *system = new_container("system", UINT64_MAX);
    MemoryRegion *leaf = new_io("leaf", 0x10), *own = new_io("own", 0x10);
    MemoryRegion *master[N], *root[N];
    AddressSpace as[N], cpu;

    add(system, 0x10, leaf, 0);
    address_space_init(&cpu, system, "cpu");
    for (int i = 0; i < N; i++) {
        root[i] = new_container("root", UINT64_MAX);
        master[i] = new_alias("master", system, 0, UINT64_MAX);
        memory_region_set_enabled(master[i], false);
        add(root[i], 0, master[i], 0);
        address_space_init(&as[i], root[i], "as");
        assert_view(&as[i], "");
        g_assert_true(as[i].view == as[0].view);
    }
    for (int i = 0; i < N; i++) {
        memory_region_set_enabled(master[i], true);
        g_assert_true(as[i].view == cpu.view);
    }
    memory_region_set_size(leaf, 0x20);
    assert_view(&as[N - 1], "10-2f leaf\n");
    add(root[3], 0x18, own, 1);
    g_assert_true(as[3].view != cpu.view);
    assert_view(&as[3], "10-17 leaf\n18-27 own\n28-2f leaf@18\n");
    memory_region_set_enabled(leaf, false);
    assert_view(&as[3], "18-27 own\n");
    assert_view(&as[4], "");
    memory_region_set_enabled(leaf, true);
    memory_region_del_subregion(root[3], own);
    g_assert_true(as[3].view == cpu.view);
    for (int i = 0; i < N; i++) {
        address_space_destroy(&as[i]);
    }
    drain_call_rcu();
    assert_view(&cpu, "10-2f leaf\n");
    free_space(&cpu);
    free_regions();
}

/* A view that all leave and that one comes back to is right. */
static void test_come_back(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    AddressSpace as, other;

    add(root, 0x10, a, 0);
    address_space_init(&as, root, "as");
    for (int i = 0; i < 3; i++) {
        /* Nothing is left in it: the empty view. */
        memory_region_transaction_begin();
        memory_region_set_address(a, 0x20 + i);
        memory_region_set_enabled(a, false);
        address_space_init(&other, root, "other");
        memory_region_transaction_commit();
        assert_view(&as, "");
        assert_view(&other, "");
        memory_region_transaction_begin();
        address_space_destroy(&other);
        memory_region_set_enabled(a, true);
        add(root, 0x100, b, 0);
        memory_region_transaction_commit();
        drain_call_rcu();
        memory_region_set_address(a, 0x10);
        assert_view(&as, "10-1f a\n100-10f b\n");
        memory_region_del_subregion(root, b);
        assert_view(&as, "10-1f a\n");
    }
    free_space(&as);
    free_regions();
}

/* The owner of a root stays while an address space or a view needs it. */
static void test_root_owner(void)
{
    Object *owner = object_new(TYPE_CONTAINER);
    MemoryRegion *root = g_new0(MemoryRegion, 1);
    AddressSpace as;

    memory_region_init(root, owner, "root", UINT64_MAX);
    address_space_init(&as, root, "as");
    g_assert_cmpuint(owner->ref, >, 1);
    object_ref(owner);
    address_space_destroy(&as);
    drain_call_rcu();
    drain_call_rcu();
    g_assert_cmpuint(owner->ref, ==, 2);
    object_unref(owner);
    object_unref(owner);
    g_free(root);
}

/*
 * Containers and aliases may end while their owner lives on, also within the
 * transaction in which they are taken out, and also if a view was theirs.
 */
static void test_root_ends(gconstpointer opaque)
{
    bool alias = GPOINTER_TO_INT(opaque);
    Object *owner = object_new(TYPE_CONTAINER);
    MemoryRegion *root = new_container("root", UINT64_MAX);
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    MemoryRegion *box = new_container("box", UINT64_MAX);
    MemoryRegion *inner = g_new0(MemoryRegion, 1);
    AddressSpace as, other;

    add(box, 0x110, a, 0);
    if (alias) {
        memory_region_init_alias(inner, owner, "inner", box, 0x100, 0x1000);
    } else {
        memory_region_init(inner, owner, "inner", 0x1000);
        add(inner, 0x80, new_io("c", 0x10), 0);
        add(inner, 0x10, new_io("d", 0x10), 0);
    }
    add(root, 0, inner, 0);
    address_space_init(&as, root, "as");
    address_space_init(&other, root, "other");
    g_assert_true(as.view == inner->view);

    memory_region_transaction_begin();
    memory_region_set_readonly(inner, true);
    memory_region_del_subregion(root, inner);
    object_unparent(OBJECT(inner));
    memset(inner, 0xaa, sizeof(*inner));
    g_free(inner);
    address_space_destroy(&other);
    add(root, 0x30, b, 0);
    memory_region_transaction_commit();
    assert_view(&as, "30-3f b\n");
    drain_call_rcu();
    drain_call_rcu();
    g_assert_cmpuint(owner->ref, ==, 1);
    free_space(&as);
    free_regions();
    object_unref(owner);
}

static bool count_range(Int128 start, Int128 len, const MemoryRegion *mr,
                        hwaddr offset, void *opaque)
{
    unsigned *n = opaque;

    g_assert_cmphex(int128_get64(start), ==, 0x10 + *n * 0x20);
    g_assert_cmphex(int128_get64(len), ==, 0x10);
    return ++*n == 2;
}

static void test_walk(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);
    AddressSpace as;
    FlatView *fv;
    unsigned n = 0;

    for (int i = 0; i < 3; i++) {
        add(root, 0x10 + i * 0x20, new_io("a", 0x10), 0);
    }
    address_space_init(&as, root, "as");
    fv = address_space_get_flatview(&as);
    flatview_for_each_range(fv, count_range, &n);
    g_assert_cmpuint(n, ==, 2);
    flatview_unref(fv);
    free_space(&as);
    free_regions();
}

static void test_section_copy(void)
{
    Object *owner = object_new(TYPE_CONTAINER);
    MemoryRegion *root = new_container("root", UINT64_MAX), *mr;
    MemoryRegionSection *copy, section;
    AddressSpace as;
    FlatView *fv;

    mr = g_new0(MemoryRegion, 1);
    memory_region_init_io(mr, owner, &helper_ops, NULL, "io", 0x100);
    add(root, 0x1000, mr, 0);
    address_space_init(&as, root, "as");
    fv = address_space_to_flatview(&as);
    section = section_from_flat_range(flatmap_find(&fv->map, 0x1000), fv);
    copy = memory_region_section_new_copy(&section);
    g_assert_true(MemoryRegionSection_eq(copy, &section));
    memory_region_del_subregion(root, mr);
    drain_call_rcu();
    /* The copy keeps what it speaks of. */
    g_assert_cmpuint(owner->ref, >, 1);
    g_assert_true(flatmap_find(&copy->fv->map, 0x1000)->mr == mr);
    section.readonly = true;
    g_assert_false(MemoryRegionSection_eq(copy, &section));
    memory_region_section_free_copy(copy);
    drain_call_rcu();
    drain_call_rcu();
    g_assert_cmpuint(owner->ref, ==, 1);
    object_unref(owner);
    g_free(mr);
    free_space(&as);
    free_regions();
}

static void test_system(void)
{
    memory_map_init();
    memory_map_init();
    g_assert_cmpstr(memory_region_name(get_system_memory()), ==, "system");
    g_assert_cmpuint(memory_region_size(get_system_memory()), ==, UINT64_MAX);
    g_assert_true(address_space_memory.root == get_system_memory());
    g_assert_cmpstr(address_space_memory.name, ==, "memory");
    assert_view(&address_space_memory, "");
    g_assert_cmpstr(address_space_io.name, ==, "I/O");
    assert_view(&address_space_io, "0-ffff io\n");
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/address-space/life", test_life);
    g_test_add_func("/address-space/in-transaction", test_in_transaction);
    g_test_add_func("/address-space/sharing", test_sharing);
    g_test_add_func("/address-space/come-back", test_come_back);
    g_test_add_func("/address-space/root-owner", test_root_owner);
    g_test_add_data_func("/address-space/root-ends/container",
                         GINT_TO_POINTER(false), test_root_ends);
    g_test_add_data_func("/address-space/root-ends/alias",
                         GINT_TO_POINTER(true), test_root_ends);
    g_test_add_func("/address-space/walk", test_walk);
    g_test_add_func("/address-space/section-copy", test_section_copy);
    g_test_add_func("/address-space/system", test_system);
    return g_test_run();
}
