/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU regions: accesses through one and several, what they forbid, notifiers,
 * entries for IOTLBs.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-all.h"
#include "memory-fixture.h"

/*
 * An IOMMU with a table of 16 pages of 4 KiB for each of two indexes: 0 for
 * all, 1 for secure accesses.
 */
#define TYPE_TEST_IOMMU "test-iommu"
#define PAGES           16

typedef struct TestIOMMU {
    IOMMUMemoryRegion parent_obj;
    IOMMUTLBEntry table[2][PAGES];
    IOMMUNotifierFlag flags;
    IOMMUNotifierFlag refuse; /* to notify */
    unsigned translated;
    IOMMUAccessFlags asked;
} TestIOMMU;

static IOMMUTLBEntry test_translate(IOMMUMemoryRegion *iommu, hwaddr addr,
                                    IOMMUAccessFlags flag, int iommu_idx)
{
    TestIOMMU *s = container_of(iommu, TestIOMMU, parent_obj);

    s->translated++;
    s->asked = flag;
    return s->table[iommu_idx][addr >> 12];
}

static int test_attrs_to_index(IOMMUMemoryRegion *iommu, MemTxAttrs attrs)
{
    return attrs.secure;
}

static int test_num_indexes(IOMMUMemoryRegion *iommu)
{
    return 2;
}

static int test_flag_changed(IOMMUMemoryRegion *iommu,
                             IOMMUNotifierFlag old_flags,
                             IOMMUNotifierFlag new_flags, Error **errp)
{
    TestIOMMU *s = container_of(iommu, TestIOMMU, parent_obj);

    g_assert_cmpint(s->flags, ==, old_flags);
    if (new_flags & s->refuse) {
        error_setg(errp, "cannot tell");
        return -EINVAL;
    }
    s->flags = new_flags;
    return 0;
}

static void test_iommu_class_init(ObjectClass *klass, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = test_translate;
    imrc->attrs_to_index = test_attrs_to_index;
    imrc->num_indexes = test_num_indexes;
    imrc->notify_flag_changed = test_flag_changed;
}

static const TypeInfo test_iommu_info = {
    .name = TYPE_TEST_IOMMU,
    .parent = TYPE_IOMMU_MEMORY_REGION,
    .instance_size = sizeof(TestIOMMU),
    .class_init = test_iommu_class_init,
};

static void put(TestIOMMU *s, int idx, int page, AddressSpace *as, hwaddr to,
                hwaddr size, IOMMUAccessFlags perm)
{
    s->table[idx][page] = (IOMMUTLBEntry){
        .target_as = as,
        .iova = (hwaddr)page << 12,
        .translated_addr = to,
        .addr_mask = size - 1,
        .perm = perm,
    };
}

/* A bus master behind one IOMMU, and one behind two. */
typedef struct Fixture {
    MemFixture mem;
    TestIOMMU iommu, outer;
    AddressSpace as, outer_as;
} Fixture;

static void setup(Fixture *f, gconstpointer unused)
{
    AddressSpace *mem = &f->mem.as;

    mem_setup(&f->mem, NULL);
    memory_region_init_iommu(&f->iommu, sizeof(f->iommu), TYPE_TEST_IOMMU, NULL,
                             "iommu", PAGES << 12);
    memory_region_init_iommu(&f->outer, sizeof(f->outer), TYPE_TEST_IOMMU, NULL,
                             "outer", PAGES << 12);
    address_space_init(&f->as, MEMORY_REGION(&f->iommu), "master");
    address_space_init(&f->outer_as, MEMORY_REGION(&f->outer), "outer-master");
    put(&f->iommu, 0, 0, mem, 0x1000, 0x1000, IOMMU_RW);
    put(&f->iommu, 0, 1, mem, 0x3000, 0x1000, IOMMU_RO);
    put(&f->iommu, 0, 2, mem, MEM_DEV, 0x1000, IOMMU_RW);
    put(&f->iommu, 0, 3, mem, MEM_HOLE, 0x1000, IOMMU_RW);
    put(&f->iommu, 0, 4, mem, 0x2000, 0x1000, IOMMU_WO);
    /* Large pages of 16 KiB. */
    for (int i = 8; i < 12; i++) {
        put(&f->iommu, 0, i, mem, 0, 0x4000, IOMMU_RW);
        f->iommu.table[0][i].iova = 0x8000;
    }
    put(&f->iommu, 1, 0, mem, 0x2000, 0x1000, IOMMU_RW);
    put(&f->outer, 0, 5, &f->as, 0, 0x1000, IOMMU_RW);
    put(&f->outer, 0, 6, &f->as, 0x8000, 0x2000, IOMMU_RW);
    f->outer.table[0][6].iova = 0x6000;
    /* Leads to itself. */
    put(&f->outer, 0, 9, &f->outer_as, 0x9000, 0x1000, IOMMU_RW);
}

static void teardown(Fixture *f, gconstpointer unused)
{
    address_space_destroy(&f->as);
    address_space_destroy(&f->outer_as);
    drain_call_rcu();
    object_unref(OBJECT(&f->iommu));
    object_unref(OBJECT(&f->outer));
    mem_teardown(&f->mem, NULL);
}

/* ---- accesses ------------------------------------------------------------ */

static void test_access(Fixture *f, gconstpointer unused)
{
    uint8_t *ram = f->mem.ram_host, buf[0x2000];
    MemTxAttrs secure = { .secure = 1 };
    MemTxResult r;

    g_assert_true(memory_region_is_iommu(MEMORY_REGION(&f->iommu)));
    g_assert_false(memory_region_is_iommu(&f->mem.ram));
    stl_le_phys(&f->as, 0x10, 0x12345678);
    g_assert_cmphex(ldl_le_p(ram + 0x1010), ==, 0x12345678);
    g_assert_cmpint(f->iommu.asked, ==, IOMMU_WO);
    g_assert_cmphex(ldl_le_phys(&f->as, 0x10), ==, 0x12345678);
    g_assert_cmpint(f->iommu.asked, ==, IOMMU_RO);
    /* By attributes another table. */
    address_space_stb(&f->as, 0x10, 0x99, secure, &r);
    g_assert_cmpuint(r, ==, MEMTX_OK);
    g_assert_cmphex(ram[0x2010], ==, 0x99);
    /* A device behind it. */
    stl_le_phys(&f->as, 0x2020, 0xabcd);
    g_assert_cmphex(ldl_le_p(f->mem.dev_mem + 0x20), ==, 0xabcd);

    /* Over a page's end, to places apart. */
    memset(ram + 0x1ff0, 0x11, 0x10);
    memset(ram + 0x3000, 0x22, 0x10);
    g_assert_cmpuint(address_space_read(&f->as, 0xff0, NONE, buf, 0x20), ==, 0);
    g_assert_cmphex(buf[0xf], ==, 0x11);
    g_assert_cmphex(buf[0x10], ==, 0x22);
    g_assert_cmphex(address_space_ldq_le(&f->as, 0xffc, NONE, &r), ==,
                    0x2222222211111111);
    g_assert_cmpuint(r, ==, MEMTX_OK);
}

static void test_forbidden(Fixture *f, gconstpointer unused)
{
    uint8_t buf[0x20] = { 0 };
    MemTxResult r = 0;

    f->mem.ram_host[0x3000] = 0x44;
    address_space_stb(&f->as, 0x1000, 0x55, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(f->mem.ram_host[0x3000], ==, 0x44);
    g_assert_cmphex(address_space_ldub(&f->as, 0x4000, NONE, &r), ==, 0);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    /* No entry; an entry that leads to nothing. */
    address_space_ldl_le(&f->as, 0xf000, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    address_space_ldl_le(&f->as, 0x3000, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    /* Half of it. */
    memset(f->mem.ram_host + 0x1ff0, 0, 0x10);
    memset(buf, 0xcc, sizeof(buf));
    g_assert_cmpuint(address_space_write(&f->as, 0xff0, NONE, buf, 0x20), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmphex(f->mem.ram_host[0x1fff], ==, 0xcc);
    g_assert_cmphex(f->mem.ram_host[0x3000], ==, 0x44);

    g_assert_true(address_space_access_valid(&f->as, 0, 0x1000, true, NONE));
    g_assert_true(address_space_access_valid(&f->as, 0, 0x3000, false, NONE));
    g_assert_false(address_space_access_valid(&f->as, 0, 0x1001, true, NONE));
    g_assert_false(address_space_access_valid(&f->as, 0x4000, 1, false, NONE));
}

static void test_two(Fixture *f, gconstpointer unused)
{
    MemTxResult r;

    f->mem.ram_host[0x1080] = 0x66;
    f->mem.ram_host[0x1234] = 0x67;
    g_assert_cmphex(ldub_phys(&f->outer_as, 0x5080), ==, 0x66);
    g_assert_cmphex(ldub_phys(&f->outer_as, 0x6000 + 0x1234), ==, 0x0);
    put(&f->outer, 0, 7, &f->as, 0x8000, 0x2000, IOMMU_RW);
    g_assert_cmphex(ldub_phys(&f->outer_as, 0x6000 + 0x1234), ==, 0x67);
    address_space_ldub(&f->outer_as, 0x9000, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
}

static void test_translation(Fixture *f, gconstpointer unused)
{
    hwaddr xlat, len = 0x10000;
    MemoryRegion *mr;
    IOMMUTLBEntry e;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&f->as, 0x8100, &xlat, &len, false, NONE);
    g_assert_true(mr == &f->mem.ram);
    g_assert_cmphex(xlat, ==, 0x100);
    g_assert_cmphex(len, ==, 0x1f00); /* to the end of the range */
    len = 0x10000;
    address_space_translate(&f->outer_as, 0x6100, &xlat, &len, false, NONE);
    g_assert_cmphex(len, ==, 0x1f00);

    e = address_space_get_iotlb_entry(&f->as, 0x9100, true, NONE);
    g_assert_true(e.target_as == &f->mem.as);
    g_assert_cmphex(e.iova, ==, 0x8000);
    g_assert_cmphex(e.translated_addr, ==, 0);
    g_assert_cmphex(e.addr_mask, ==, 0x3fff);
    g_assert_cmpint(e.perm, ==, IOMMU_RW);
    /* The smaller of two. */
    e = address_space_get_iotlb_entry(&f->outer_as, 0x6100, true, NONE);
    g_assert_cmphex(e.addr_mask, ==, 0x1fff);
    g_assert_cmphex(e.iova, ==, 0x6000);
    /* No IOMMU: a page. */
    e = address_space_get_iotlb_entry(&f->mem.as, 0x3123, true, NONE);
    g_assert_true(e.target_as == &f->mem.as);
    g_assert_cmphex(e.iova, ==, 0x3000);
    g_assert_cmphex(e.translated_addr, ==, 0x3000);
    g_assert_cmphex(e.addr_mask, ==, 0xfff);
    e = address_space_get_iotlb_entry(&f->as, 0x1000, true, NONE);
    g_assert_cmpint(e.perm, ==, IOMMU_NONE);
    g_assert_null(e.target_as);
}

static void test_map(Fixture *f, gconstpointer unused)
{
    hwaddr len = 0x10000;
    uint8_t *p = address_space_map(&f->as, 0x8100, &len, true, NONE);

    g_assert_true(p == f->mem.ram_host + 0x100);
    g_assert_cmphex(len, ==, 0x3f00);
    address_space_unmap(&f->as, p, len, true, len);
    len = 0x2000;
    p = address_space_map(&f->as, 0, &len, false, NONE);
    g_assert_true(p == f->mem.ram_host + 0x1000);
    g_assert_cmphex(len, ==, 0x1000);
    address_space_unmap(&f->as, p, len, false, len);
}

/* A cache asks the IOMMU each time. */
static void test_cache(Fixture *f, gconstpointer unused)
{
    MemoryRegionCache c;
    MemTxResult r;
    uint8_t buf[16];

    g_assert_cmpint(address_space_cache_init(&c, &f->as, 0xf00, 0x200, true),
                    ==, 0x200);
    g_assert_null(c.ptr);
    stl_le_phys_cached(&c, 4, 0x33445566);
    g_assert_cmphex(ldl_le_p(f->mem.ram_host + 0x1f04), ==, 0x33445566);
    memcpy(f->mem.ram_host + 0x1ffc, "abcd", 4);
    memcpy(f->mem.ram_host + 0x3000, "efgh", 4);
    g_assert_cmphex(address_space_ldq_be_cached(&c, 0xfc, NONE, &r), ==,
                    0x6162636465666768);
    g_assert_cmpuint(r, ==, MEMTX_OK);
    g_assert_cmpuint(address_space_read_cached(&c, 0xfc, buf, 8), ==, 0);
    g_assert_cmpmem(buf, 8, "abcdefgh", 8);
    address_space_stq_be_cached(&c, 0xfc, 0, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmpmem(f->mem.ram_host + 0x1ffc, 4, "\0\0\0\0", 4);
    g_assert_cmphex(f->mem.ram_host[0x3000], ==, 'e');
    put(&f->iommu, 0, 0, &f->mem.as, 0, 0x1000, IOMMU_RW);
    f->mem.ram_host[0xf00] = 0x5a;
    g_assert_cmphex(ldub_phys_cached(&c, 0), ==, 0x5a);
    address_space_cache_destroy(&c);
}

/* ---- notifiers ----------------------------------------------------------- */

typedef struct Listener {
    IOMMUNotifier n;
    unsigned heard;
    IOMMUTLBEntry last;
    uint64_t pages;
} Listener;

static void heard(IOMMUNotifier *n, IOMMUTLBEntry *data)
{
    Listener *l = container_of(n, Listener, n);

    l->heard++;
    l->last = *data;
    l->pages += (data->addr_mask + 1) >> 12;
}

static void test_notify(Fixture *f, gconstpointer unused)
{
    MemoryRegion *mr = MEMORY_REGION(&f->iommu);
    Listener unmap = { 0 }, both = { 0 }, other = { 0 };
    IOMMUTLBEvent ev = {
        .type = IOMMU_NOTIFIER_MAP,
        .entry = { .iova = 0x3000,
                   .translated_addr = 0x70000,
                   .addr_mask = 0xfff,
                   .perm = IOMMU_RW },
    };

    iommu_notifier_init(&unmap.n, heard, IOMMU_NOTIFIER_UNMAP, 0x2000, 0x5fff,
                        0);
    iommu_notifier_init(&both.n, heard, IOMMU_NOTIFIER_IOTLB_EVENTS, 0,
                        HWADDR_MAX, 0);
    iommu_notifier_init(&other.n, heard, IOMMU_NOTIFIER_ALL, 0, HWADDR_MAX, 1);
    g_assert_cmpint(
        memory_region_register_iommu_notifier(mr, &unmap.n, &error_abort), ==,
        0);
    g_assert_cmpint(f->iommu.flags, ==, IOMMU_NOTIFIER_UNMAP);
    memory_region_register_iommu_notifier(mr, &both.n, &error_abort);
    memory_region_register_iommu_notifier(mr, &other.n, &error_abort);
    g_assert_cmpint(f->iommu.flags, ==, IOMMU_NOTIFIER_ALL);

    memory_region_notify_iommu(&f->iommu.parent_obj, 0, ev);
    g_assert_cmpuint(unmap.heard, ==, 0);
    g_assert_cmpuint(both.heard, ==, 1);
    g_assert_cmpuint(other.heard, ==, 0);
    g_assert_cmphex(both.last.translated_addr, ==, 0x70000);

    /* More than one listens to: it hears its part. */
    ev.type = IOMMU_NOTIFIER_UNMAP;
    ev.entry = (IOMMUTLBEntry){ .addr_mask = 0xffff };
    memory_region_notify_iommu(&f->iommu.parent_obj, 0, ev);
    g_assert_cmpuint(unmap.heard, ==, 1);
    g_assert_cmphex(unmap.last.iova, ==, 0x2000);
    g_assert_cmphex(unmap.last.addr_mask, ==, 0x3fff);
    g_assert_cmphex(both.last.addr_mask, ==, 0xffff);
    ev.entry.iova = 0x6000;
    ev.entry.addr_mask = 0xfff;
    memory_region_notify_iommu(&f->iommu.parent_obj, 0, ev);
    g_assert_cmpuint(unmap.heard, ==, 1);

    memory_region_unmap_iommu_notifier_range(&unmap.n);
    g_assert_cmpuint(unmap.heard, ==, 2);
    g_assert_true(unmap.last.target_as == &address_space_memory);
    g_assert_cmphex(unmap.last.addr_mask, ==, 0x3fff);

    memory_region_unregister_iommu_notifier(mr, &other.n);
    g_assert_cmpint(f->iommu.flags, ==, IOMMU_NOTIFIER_IOTLB_EVENTS);
    memory_region_unregister_iommu_notifier(mr, &both.n);
    memory_region_unregister_iommu_notifier(mr, &unmap.n);
    g_assert_cmpint(f->iommu.flags, ==, IOMMU_NOTIFIER_NONE);
}

static void test_notify_refused(Fixture *f, gconstpointer unused)
{
    MemoryRegion alias;
    Listener l = { 0 };
    Error *err = NULL;

    memory_region_init_alias(&alias, NULL, "alias", MEMORY_REGION(&f->iommu), 0,
                             0x1000);
    f->iommu.refuse = IOMMU_NOTIFIER_MAP;
    iommu_notifier_init(&l.n, heard, IOMMU_NOTIFIER_MAP, 0, 0xfff, 0);
    g_assert_cmpint(memory_region_register_iommu_notifier(&alias, &l.n, &err),
                    ==, -EINVAL);
    g_assert_cmpstr(error_get_pretty(err), ==, "cannot tell");
    error_free(err);
    g_assert_true(QLIST_EMPTY(&f->iommu.parent_obj.iommu_notify));
    g_assert_cmpint(f->iommu.flags, ==, IOMMU_NOTIFIER_NONE);
    object_unref(OBJECT(&alias));
}

static void test_replay(Fixture *f, gconstpointer unused)
{
    Listener l = { 0 };

    iommu_notifier_init(&l.n, heard, IOMMU_NOTIFIER_MAP, 0, HWADDR_MAX, 0);
    /* As many IOMMUs say that nothing is there. */
    for (int i = 0; i < PAGES; i++) {
        if (f->iommu.table[0][i].perm == IOMMU_NONE) {
            f->iommu.table[0][i].addr_mask = HWADDR_MAX;
        }
    }
    memory_region_iommu_replay(&f->iommu.parent_obj, &l.n);
    /* Five pages and a large one. */
    g_assert_cmpuint(l.heard, ==, 6);
    g_assert_cmpuint(l.pages, ==, 9);
    g_assert_cmpint(f->iommu.asked, ==, IOMMU_NONE);
    g_assert_cmpuint(
        memory_region_iommu_get_min_page_size(&f->iommu.parent_obj), ==, 4096);
    g_assert_cmpint(memory_region_iommu_num_indexes(&f->iommu.parent_obj), ==,
                    2);
    g_assert_cmpint(memory_region_iommu_attrs_to_index(
                        &f->iommu.parent_obj, (MemTxAttrs){ .secure = 1 }),
                    ==, 1);
    g_assert_cmpint(memory_region_iommu_get_attr(&f->iommu.parent_obj,
                                                 IOMMU_ATTR_SPAPR_TCE_FD, NULL),
                    ==, -EINVAL);
}

/* ---- the RAM behind an entry --------------------------------------------- */

static void test_xlat_addr(Fixture *f, gconstpointer unused)
{
    IOMMUTLBEntry e = { .translated_addr = 0x101000,
                        .addr_mask = 0xfff,
                        .perm = IOMMU_RW };
    bool ro = true, rdm = true;
    MemoryRegion view;
    ram_addr_t ram;
    Error *err = NULL;
    void *p;

    memory_region_init_alias(&view, NULL, "view", &f->mem.root, 0, 0x10000);
    memory_region_add_subregion(get_system_memory(), 0x100000, &view);
    WITH_RCU_READ_LOCK_GUARD() {
        g_assert_true(
            memory_get_xlat_addr(&e, &p, &ram, &ro, &rdm, &error_abort));
        g_assert_true(p == f->mem.ram_host + 0x1000);
        g_assert_cmphex(ram, ==,
                        memory_region_get_ram_addr(&f->mem.ram) + 0x1000);
        g_assert_false(ro);
        g_assert_false(rdm);
        e.perm = IOMMU_RO;
        memory_get_xlat_addr(&e, NULL, NULL, &ro, NULL, &error_abort);
        g_assert_true(ro);
        e.translated_addr = 0x100000 + MEM_DEV;
        g_assert_false(memory_get_xlat_addr(&e, &p, NULL, NULL, NULL, &err));
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "iommu map to non memory area 0");
        error_free(err);
        err = NULL;
        e.translated_addr = 0x101000;
        e.addr_mask = 0x1fff;
        g_assert_false(memory_get_xlat_addr(&e, &p, NULL, NULL, NULL, &err));
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "iommu has granularity incompatible with target AS");
        error_free(err);
    }
    memory_region_del_subregion(get_system_memory(), &view);
    object_unref(OBJECT(&view));
}

static void add(const char *path, void (*fn)(Fixture *f, gconstpointer unused))
{
    g_test_add(path, Fixture, NULL, setup, fn, teardown);
}

int main(int argc, char **argv)
{
    mem_fixture_init(&argc, &argv);
    type_register_static(&test_iommu_info);
    memory_map_init();
    add("/iommu/access", test_access);
    add("/iommu/forbidden", test_forbidden);
    add("/iommu/two", test_two);
    add("/iommu/translation", test_translation);
    add("/iommu/map", test_map);
    add("/iommu/cache", test_cache);
    add("/iommu/notify", test_notify);
    add("/iommu/notify-refused", test_notify_refused);
    add("/iommu/replay", test_replay);
    add("/iommu/xlat-addr", test_xlat_addr);
    return g_test_run();
}
