/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions as objects: names and owners, references, properties, kinds, what
 * setters leave behind, the end of a region that others still know.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/region-index.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qom/object.h"

#define TYPE_TEST_OWNER "test-region-owner"
OBJECT_DECLARE_SIMPLE_TYPE(TestOwner, TEST_OWNER)

struct TestOwner {
    Object parent_obj;
    MemReentrancyGuard guard;
    MemoryRegion mr, other;
};

static unsigned owners;

static void owner_init(Object *obj)
{
    owners++;
}

static void owner_finalize(Object *obj)
{
    owners--;
}

static MemReentrancyGuard *test_guard(Object *owner)
{
    Object *obj = object_dynamic_cast(owner, TYPE_TEST_OWNER);

    return obj ? &TEST_OWNER(obj)->guard : NULL;
}

/* An owner below /test, which has its only reference. */
static TestOwner *new_owner(const char *name)
{
    Object *obj = object_new(TYPE_TEST_OWNER);

    object_property_add_child(object_get_root(), name, obj);
    object_unref(obj);
    return TEST_OWNER(obj);
}

static void assert_path(MemoryRegion *mr, const char *expected)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(mr));

    g_assert_cmpstr(path, ==, expected);
}

/* ---- names and owners ---- */

static void test_names(void)
{
    TestOwner *o = new_owner("o");

    memory_region_init(&o->mr, OBJECT(o), "regs", 16);
    memory_region_init(&o->other, OBJECT(o), "regs", 16);
    g_assert_cmpstr(memory_region_name(&o->mr), ==, "regs");
    g_assert_true(memory_region_owner(&o->mr) == OBJECT(o));
    assert_path(&o->mr, "/o/regs[0]");
    assert_path(&o->other, "/o/regs[1]");
    object_unparent(OBJECT(&o->other));
    memory_region_init(&o->other, OBJECT(o), "a/b[c]\\d", 16);
    g_assert_cmpstr(memory_region_name(&o->other), ==, "a/b[c]\\d");
    assert_path(&o->other, "/o/a\\x2fb\\x5bc\\x5d\\x5cd[0]");
    object_unparent(OBJECT(o));
    g_assert_cmpuint(owners, ==, 0);
}

static void test_nameless(void)
{
    TestOwner *o = new_owner("o");
    Object *named;

    memory_region_init(&o->mr, OBJECT(o), NULL, 16);
    g_assert_null(memory_region_name(&o->mr));
    assert_path(&o->mr, NULL);
    object_unref(OBJECT(&o->mr));

    /* Its path names it. */
    named = object_new(TYPE_MEMORY_REGION);
    object_property_add_child(OBJECT(o), "by-path", named);
    object_unref(named);
    g_assert_cmpstr(memory_region_name(MEMORY_REGION(named)), ==, "by-path");
    object_unparent(OBJECT(o));
    g_assert_cmpuint(owners, ==, 0);
}

static void test_ownerless(void)
{
    Object *machine;
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    /* Without a machine there is nowhere to put it. */
    memory_region_init(mr, NULL, "lonely", 16);
    assert_path(mr, NULL);
    memory_region_ref(mr);
    memory_region_unref(mr);
    memory_region_ref(NULL);
    memory_region_unref(NULL);
    object_unref(OBJECT(mr));

    machine = object_property_add_new_container(object_get_root(), "machine");
    object_property_add_new_container(machine, "unattached");
    memory_region_init(mr, NULL, "lonely", 16);
    assert_path(mr, "/machine/unattached/lonely[0]");
    object_unparent(OBJECT(mr));
    object_unparent(machine);
    g_free(mr);
}

static void test_refs(void)
{
    TestOwner *o = new_owner("o");

    memory_region_init(&o->mr, OBJECT(o), "mr", 16);
    memory_region_init(&o->other, OBJECT(o), "other", 16);
    g_assert_true(o->mr.owner == OBJECT(o));
    g_assert_cmpuint(OBJECT(o)->ref, ==, 1);
    memory_region_ref(&o->mr);
    g_assert_cmpuint(OBJECT(o)->ref, ==, 2);
    memory_region_add_subregion(&o->mr, 0, &o->other);
    g_assert_cmpuint(OBJECT(o)->ref, ==, 3);
    memory_region_set_address(&o->other, 4);
    g_assert_cmpuint(OBJECT(o)->ref, ==, 3);
    memory_region_del_subregion(&o->mr, &o->other);
    g_assert_cmpuint(OBJECT(o)->ref, ==, 2);
    object_unparent(OBJECT(o));
    g_assert_cmpuint(owners, ==, 1);
    memory_region_unref(&o->mr);
    g_assert_cmpuint(owners, ==, 0);
}

static void test_guard_hook(void)
{
    TestOwner *o = new_owner("o");

    memory_region_init_io(&o->mr, OBJECT(o), NULL, NULL, "mr", 16);
    g_assert_true(o->mr.guard == &o->guard);
    memory_region_init_io(&o->other, object_get_root(), NULL, NULL, "mr", 16);
    g_assert_null(o->other.guard);
    object_unparent(OBJECT(&o->other));
    object_unparent(OBJECT(o));
}

/* ---- kinds and properties ---- */

static const MemoryRegionOps some_ops;

static void test_kinds(void)
{
    TestOwner *o = new_owner("o");

    memory_region_init(&o->mr, OBJECT(o), "container", UINT64_MAX);
    g_assert_true(o->mr.enabled && !o->mr.terminates);
    g_assert_true(o->mr.ops == &unassigned_mem_ops);
    g_assert_true(o->mr.size == int128_2_64());
    g_assert_cmphex(memory_region_size(&o->mr), ==, UINT64_MAX);
    g_assert_false(memory_region_is_ram(&o->mr));
    g_assert_false(memory_region_is_rom(&o->mr));
    g_assert_false(memory_region_is_romd(&o->mr));
    g_assert_false(memory_region_is_ram_device(&o->mr));
    g_assert_false(memory_region_is_nonvolatile(&o->mr));
    g_assert_false(memory_region_is_mapped(&o->mr));
    object_unparent(OBJECT(&o->mr));

    memory_region_init_io(&o->mr, OBJECT(o), &some_ops, o, "io", 0x1000);
    g_assert_true(o->mr.terminates && o->mr.ops == &some_ops &&
                  o->mr.opaque == o);
    g_assert_true(o->mr.global_locking);
    memory_region_enable_lockless_io(&o->mr);
    g_assert_false(o->mr.global_locking);
    object_unparent(OBJECT(&o->mr));

    memory_region_init_io(&o->mr, OBJECT(o), NULL, NULL, "nothing", 0x1000);
    g_assert_true(o->mr.ops == &unassigned_mem_ops);
    g_assert_false(unassigned_mem_ops.valid.accepts(NULL, 0, 4, false,
                                                    MEMTXATTRS_UNSPECIFIED));
    g_assert_cmphex(unassigned_mem_ops.read(NULL, 0, 4), ==, 0);
    object_unparent(OBJECT(o));
}

static void test_properties(void)
{
    TestOwner *o = new_owner("o");
    g_autofree char *none = NULL, *path = NULL;

    memory_region_init(&o->mr, OBJECT(o), "c", UINT64_MAX);
    memory_region_init_io(&o->other, OBJECT(o), NULL, NULL, "io", 0x1000);
    none =
        object_property_get_str(OBJECT(&o->other), "container", &error_abort);
    g_assert_cmpstr(none, ==, "");
    g_assert_null(
        object_resolve_path_component(OBJECT(&o->other), "container"));
    memory_region_add_subregion_overlap(&o->mr, 0x2000, &o->other, -7);
    path =
        object_property_get_str(OBJECT(&o->other), "container", &error_abort);
    g_assert_cmpstr(path, ==, "/o/c[0]");
    g_assert_true(object_resolve_path("/o/io[0]/container", NULL) ==
                  OBJECT(&o->mr));
    g_assert_cmphex(
        object_property_get_uint(OBJECT(&o->other), "addr", &error_abort), ==,
        0x2000);
    g_assert_cmphex(
        object_property_get_uint(OBJECT(&o->other), "size", &error_abort), ==,
        0x1000);
    g_assert_cmphex(
        object_property_get_uint(OBJECT(&o->mr), "size", &error_abort), ==,
        UINT64_MAX);
    g_assert_cmpint(
        object_property_get_int(OBJECT(&o->other), "priority", &error_abort),
        ==, -7);
    g_assert_cmpstr(
        object_property_get_type(OBJECT(&o->other), "container", &error_abort),
        ==, "link<memory-region>");
    g_assert_cmpstr(
        object_property_get_type(OBJECT(&o->other), "priority", &error_abort),
        ==, "uint32");
    g_assert_false(
        object_property_set_uint(OBJECT(&o->other), "addr", 1, NULL));
    memory_region_del_subregion(&o->mr, &o->other);
    object_unparent(OBJECT(o));
}

/* ---- the tree ---- */

typedef struct Pair {
    MemoryRegion root, a, b, alias;
} Pair;

static Pair *pair_new(void)
{
    Pair *p = g_new0(Pair, 1);

    memory_region_init(&p->root, NULL, NULL, UINT64_MAX);
    memory_region_init_io(&p->a, NULL, NULL, NULL, NULL, 0x1000);
    memory_region_init_io(&p->b, NULL, NULL, NULL, NULL, 0x1000);
    memory_region_init_alias(&p->alias, NULL, NULL, &p->a, 0, 0x1000);
    return p;
}

static void pair_free(Pair *p)
{
    MemoryRegion *all[] = { &p->alias, &p->b, &p->a, &p->root };

    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (all[i]->container) {
            memory_region_del_subregion(all[i]->container, all[i]);
        }
        object_unref(OBJECT(all[i]));
    }
    g_free(p);
}

static MemoryRegion *top(Pair *p, hwaddr addr)
{
    return subregion_find_top(&p->root, addr, SUBREGION_KEY_TOP);
}

/* The newest of equal priority wins; moving makes new, the rest does not. */
static void test_order(void)
{
    Pair *p = pair_new();

    memory_region_add_subregion(&p->root, 0, &p->a);
    memory_region_add_subregion(&p->root, 0, &p->b);
    g_assert_true(top(p, 0) == &p->b);
    memory_region_set_enabled(&p->a, false);
    memory_region_set_enabled(&p->a, true);
    memory_region_set_size(&p->a, 0x2000);
    memory_region_set_address(&p->a, 0);
    g_assert_true(top(p, 0) == &p->b);
    memory_region_set_address(&p->a, 4);
    g_assert_true(top(p, 0) == &p->b);
    g_assert_true(top(p, 4) == &p->a);
    memory_region_del_subregion(&p->root, &p->b);
    memory_region_add_subregion_overlap(&p->root, 0, &p->b, 1);
    memory_region_set_address(&p->a, 0);
    g_assert_true(top(p, 0) == &p->b);
    memory_region_set_enabled(&p->b, false);
    g_assert_true(top(p, 0) == &p->a);
    pair_free(p);
}

static void test_mapped(void)
{
    Pair *p = pair_new();
    MemoryRegion *second = g_new0(MemoryRegion, 1);

    memory_region_init_alias(second, NULL, NULL, &p->alias, 0, 0x1000);
    g_assert_false(memory_region_is_mapped(&p->a));
    memory_region_add_subregion(&p->root, 0, second);
    g_assert_true(memory_region_is_mapped(second));
    g_assert_true(memory_region_is_mapped(&p->alias));
    g_assert_true(memory_region_is_mapped(&p->a));
    memory_region_add_subregion(&p->root, 0, &p->alias);
    memory_region_del_subregion(&p->root, second);
    g_assert_true(memory_region_is_mapped(&p->a));
    memory_region_del_subregion(&p->root, &p->alias);
    g_assert_false(memory_region_is_mapped(&p->a));
    object_unref(OBJECT(second));
    g_free(second);
    pair_free(p);
}

/* An alias of what is gone shows nothing; children are put out. */
static void test_finalize(void)
{
    Pair *p = pair_new();
    MemoryRegion *target = g_new0(MemoryRegion, 1);
    MemoryRegion *alias = g_new0(MemoryRegion, 1);

    memory_region_init(target, NULL, NULL, 0x10000);
    memory_region_init_alias(alias, NULL, NULL, target, 0, 0x10000);
    memory_region_add_subregion(target, 0x1000, &p->a);
    memory_region_add_subregion(&p->root, 0, alias);
    g_assert_true(top(p, 0x1000) == alias);
    object_unref(OBJECT(target));
    g_free(target);
    g_assert_null(top(p, 0x1000));
    g_assert_null(alias->alias);
    g_assert_null(p->a.container);
    memory_region_del_subregion(&p->root, alias);
    object_unref(OBJECT(alias));
    g_free(alias);
    pair_free(p);
}

/* ---- effective roots ---- */

static void test_through(void)
{
    Pair *p = pair_new();
    MemoryRegion *root = &p->root;

    g_assert_null(memory_region_effective_root(root));
    memory_region_add_subregion(root, 0, &p->a);
    g_assert_true(memory_region_effective_root(root) == &p->a);
    memory_region_add_subregion(root, 0x8000, &p->b);
    g_assert_true(memory_region_effective_root(root) == root);
    memory_region_set_enabled(&p->a, false);
    g_assert_true(memory_region_effective_root(root) == root);
    memory_region_set_address(&p->b, 0);
    g_assert_true(memory_region_effective_root(root) == &p->b);

    /* Cut by the container, it is not what the container shows. */
    memory_region_set_size(root, 0xfff);
    g_assert_true(memory_region_effective_root(root) == root);
    memory_region_set_size(root, 0x1000);
    g_assert_true(memory_region_effective_root(root) == &p->b);
    memory_region_set_enabled(root, false);
    g_assert_null(memory_region_effective_root(root));
    memory_region_set_enabled(root, true);
    memory_region_set_enabled(&p->b, false);
    g_assert_null(memory_region_effective_root(root));

    /* Attributes of a container hold for what is in it. */
    memory_region_set_enabled(&p->b, true);
    memory_region_set_unmergeable(root, true);
    g_assert_true(memory_region_effective_root(root) == root);
    memory_region_set_unmergeable(root, false);
    memory_region_set_nonvolatile(root, true);
    g_assert_true(memory_region_effective_root(root) == root);
    memory_region_set_nonvolatile(root, false);
    g_assert_true(memory_region_effective_root(root) == &p->b);
    pair_free(p);
}

/* An alias that is larger than its target shows all of it. */
static void test_through_alias(void)
{
    Pair *p = pair_new();
    MemoryRegion *alias = &p->alias;

    g_assert_true(memory_region_effective_root(alias) == &p->a);
    memory_region_set_size(alias, 0x800);
    g_assert_true(memory_region_effective_root(alias) == alias);
    memory_region_set_size(&p->a, 0x800);
    g_assert_true(memory_region_effective_root(alias) == &p->a);
    memory_region_set_alias_offset(alias, 0x100);
    g_assert_true(memory_region_effective_root(alias) == alias);
    memory_region_set_alias_offset(alias, 0);
    memory_region_set_enabled(&p->a, false);
    g_assert_null(memory_region_effective_root(alias));
    pair_free(p);
}

/* A region that answers in its children's holes is never passed through. */
static void test_through_terminating(void)
{
    Pair *p = pair_new();

    memory_region_add_subregion(&p->a, 0, &p->b);
    g_assert_true(memory_region_effective_root(&p->a) == &p->a);
    pair_free(p);
}

int main(int argc, char **argv)
{
    static const TypeInfo owner_info = {
        .name = TYPE_TEST_OWNER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(TestOwner),
        .instance_init = owner_init,
        .instance_finalize = owner_finalize,
    };

    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&owner_info);
    memory_region_set_guard_hook(test_guard);
    bql_lock();
    g_test_add_func("/region/names", test_names);
    g_test_add_func("/region/nameless", test_nameless);
    g_test_add_func("/region/ownerless", test_ownerless);
    g_test_add_func("/region/refs", test_refs);
    g_test_add_func("/region/guard", test_guard_hook);
    g_test_add_func("/region/kinds", test_kinds);
    g_test_add_func("/region/properties", test_properties);
    g_test_add_func("/region/order", test_order);
    g_test_add_func("/region/mapped", test_mapped);
    g_test_add_func("/region/finalize", test_finalize);
    g_test_add_func("/region/through/container", test_through);
    g_test_add_func("/region/through/alias", test_through_alias);
    g_test_add_func("/region/through/terminating", test_through_terminating);
    return g_test_run();
}
