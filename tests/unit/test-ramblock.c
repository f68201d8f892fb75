/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM blocks: the kinds, the list, lookups, names, resizing, notifiers. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "ram-helpers.h"

/* ---- kinds --------------------------------------------------------------- */

static uint64_t no_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void no_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
}

static const MemoryRegionOps rom_ops = { .read = no_read, .write = no_write };

/* What is true of every kind; and ends it. */
static void check_kind(MemoryRegion *mr, uint64_t size, bool ours)
{
    RAMBlock *rb = mr->ram_block;
    uint8_t *host = memory_region_get_ram_ptr(mr);
    ram_addr_t offset;

    g_assert_true(mr->terminates);
    g_assert_cmpuint(memory_region_size(mr), ==, size);
    g_assert_true(rb->mr == mr && rb->host == host);
    g_assert_cmpuint(rb->used_length, ==, ROUND_UP(size, 4096));
    g_assert_cmpuint(memory_region_get_ram_addr(mr), ==, rb->offset);
    g_assert_true(memory_region_from_host(host + size - 1, &offset) == mr);
    g_assert_cmpuint(offset, ==, size - 1);
    g_assert_true(cpu_physical_memory_all_dirty(rb->offset, size,
                                                DIRTY_MEMORY_MIGRATION));
    host[0] = host[size - 1] = 1;
    if (rb->idstr[0]) {
        g_assert_true(qemu_ram_block_by_name(rb->idstr) == rb);
    }
    region_end(mr);
    g_assert_true(ours != is_mapped(host));
    g_assert_null(memory_region_from_host(host, &offset));
}

static void test_kinds(void)
{
    MemoryRegion *mr = region_new();
    g_autofree uint8_t *buf = NULL;

    memory_region_init_ram(mr, owner, "ram", 64 * KiB, &error_abort);
    g_assert_true(memory_region_is_ram(mr) && !memory_region_is_rom(mr));
    g_assert_true(qemu_ram_is_migratable(mr->ram_block));
    g_assert_cmpstr(mr->ram_block->idstr, ==, "ram");
    g_assert_cmpint(memory_region_get_fd(mr), ==, -1);
    g_assert_true(QEMU_PTR_IS_ALIGNED(memory_region_get_ram_ptr(mr), 2 * MiB));
    check_kind(mr, 64 * KiB, true);

    mr = region_new();
    memory_region_init_ram_nomigrate(mr, owner, "odd", 5000, &error_abort);
    g_assert_false(qemu_ram_is_migratable(mr->ram_block));
    g_assert_cmpstr(mr->ram_block->idstr, ==, "");
    check_kind(mr, 5000, true);

    mr = region_new();
    memory_region_init_ram_flags_nomigrate(mr, owner, "shared", 64 * KiB,
                                           RAM_SHARED, &error_abort);
    g_assert_true(qemu_ram_is_shared(mr->ram_block));
    g_assert_cmpint(memory_region_get_fd(mr), >=, 0);
    check_kind(mr, 64 * KiB, true);

    mr = region_new();
    memory_region_init_ram_flags_nomigrate(mr, owner, "nores", 64 * KiB,
                                           RAM_PRIVATE | RAM_NORESERVE,
                                           &error_abort);
    g_assert_true(qemu_ram_is_noreserve(mr->ram_block));
    g_assert_false(qemu_ram_is_shared(mr->ram_block));
    check_kind(mr, 64 * KiB, true);

    mr = region_new();
    memory_region_init_rom(mr, owner, "rom", 64 * KiB, &error_abort);
    g_assert_true(memory_region_is_rom(mr));
    check_kind(mr, 64 * KiB, true);

    mr = region_new();
    memory_region_init_rom_device(mr, owner, &rom_ops, NULL, "flash", 64 * KiB,
                                  &error_abort);
    g_assert_true(memory_region_is_romd(mr) && !memory_region_is_ram(mr));
    g_assert_true(mr->ops == &rom_ops);
    check_kind(mr, 64 * KiB, true);

    buf = g_malloc(64 * KiB);
    mr = region_new();
    memory_region_init_ram_ptr(mr, owner, "ptr", 64 * KiB, buf);
    g_assert_true(memory_region_get_ram_ptr(mr) == buf);
    check_kind(mr, 64 * KiB, false);

    mr = region_new();
    memory_region_init_ram_device_ptr(mr, owner, "bar", 64 * KiB, buf);
    g_assert_true(memory_region_is_ram_device(mr));
    for (unsigned size = 1; size <= 8; size *= 2) {
        mr->ops->write(mr->opaque, 8, UINT64_C(0x1122334455667788), size);
        g_assert_cmpuint(mr->ops->read(mr->opaque, 8, size), ==,
                         UINT64_C(0x1122334455667788) &
                             MAKE_64BIT_MASK(0, size * 8));
    }
    check_kind(mr, 64 * KiB, false);

    mr = region_new();
    memory_region_init_resizeable_ram(mr, owner, "res", 64 * KiB, 1 * MiB, NULL,
                                      &error_abort);
    g_assert_cmpuint(qemu_ram_get_max_length(mr->ram_block), ==, 1 * MiB);
    check_kind(mr, 64 * KiB, true);
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
}

/* The machine's default; who says private has it so. */
static void test_default_shared(void)
{
    MemoryRegion *a = region_new(), *b = region_new();

    ram_set_default_shared(true);
    memory_region_init_ram(a, owner, "a", 64 * KiB, &error_abort);
    memory_region_init_ram_flags_nomigrate(b, owner, "b", 64 * KiB, RAM_PRIVATE,
                                           &error_abort);
    ram_set_default_shared(false);
    g_assert_true(qemu_ram_is_shared(a->ram_block));
    g_assert_cmpint(memory_region_get_fd(a), >=, 0);
    g_assert_false(qemu_ram_is_shared(b->ram_block));
    g_assert_cmpint(memory_region_get_fd(b), ==, -1);
    region_end(a);
    region_end(b);
}

static void test_alias(void)
{
    MemoryRegion *mr = region_new(), *alias = region_new();
    uint8_t *host;

    memory_region_init_ram(mr, owner, "ram", 64 * KiB, &error_abort);
    memory_region_init_alias(alias, owner, "alias", mr, 4096, 4096);
    host = memory_region_get_ram_ptr(mr);
    g_assert_true(memory_region_get_ram_ptr(alias) == host + 4096);
    g_assert_cmpint(memory_region_get_fd(alias), ==, -1);
    g_assert_cmpuint(memory_region_get_ram_addr(alias), ==, RAM_ADDR_INVALID);
    region_end(alias);
    region_end(mr);
}

/* ---- names --------------------------------------------------------------- */

static char *fake_path(DeviceState *dev)
{
    return g_strdup((const char *)dev);
}

static void test_names(void)
{
    g_autofree char *name = g_strnfill(300, 'x');
    MemoryRegion *a = region_new(), *b = region_new();
    Error *err = NULL;
    RAMBlock *rb;

    memory_region_init_ram(a, owner, "same", 4096, &error_abort);
    g_assert_false(memory_region_init_ram(b, owner, "same", 4096, &err));
    expect_error(err, "RAMBlock \"same\" already registered");
    err = NULL;
    g_assert_true(qemu_ram_block_by_name("same") == a->ram_block);
    g_assert_null(QLIST_NEXT(QLIST_FIRST(&ram_list.blocks), next));
    drain_call_rcu();
    g_free(b);

    b = region_new();
    g_assert_false(memory_region_init_ram(b, owner, name, 4096, &err));
    expect_error(err, "is longer than the 255 characters");
    drain_call_rcu();
    g_free(b);

    /* A device's path comes first. */
    b = region_new();
    memory_region_init_ram_nomigrate(b, owner, "same", 4096, &error_abort);
    rb = b->ram_block;
    qemu_ram_set_dev_path_hook(fake_path);
    vmstate_register_ram(b, (DeviceState *)"0000:00:01.0");
    qemu_ram_set_dev_path_hook(NULL);
    g_assert_cmpstr(qemu_ram_get_idstr(rb), ==, "0000:00:01.0/same");
    g_assert_true(qemu_ram_block_by_name("0000:00:01.0/same") == rb);
    g_assert_true(qemu_ram_is_migratable(rb));
    vmstate_unregister_ram(b, NULL);
    g_assert_false(qemu_ram_is_migratable(rb));
    g_assert_null(qemu_ram_block_by_name("0000:00:01.0/same"));
    g_assert_cmpstr(qemu_ram_get_idstr(rb), ==, "");
    region_end(b);

    /* A name is free again when its block has gone. */
    region_end(a);
    a = region_new();
    memory_region_init_ram(a, owner, "same", 4096, &error_abort);
    region_end(a);
    g_assert_null(qemu_ram_block_by_name("same"));
}

static void test_mapping_name(void)
{
    MemoryRegion *mr = region_new();
    g_autofree char *maps = NULL;

    memory_region_init_ram(mr, owner, "na[m]e", 1 * MiB, &error_abort);
    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    if (strstr(maps, "[anon:")) {
        g_assert_nonnull(strstr(maps, "[anon:ram:na_m_e]"));
    } else {
        g_test_skip("this kernel has no names for mappings");
    }
    region_end(mr);
}

/* ---- info ramblock ------------------------------------------------------- */

static void test_format(void)
{
    MemoryRegion *a = region_new(), *b = region_new(), *c = region_new();
    g_autofree char *expect = NULL;
    GString *s;

    memory_region_init_resizeable_ram(a, owner, "a", 4 * KiB, 2 * MiB, NULL,
                                      &error_abort);
    vmstate_register_ram_global(a);
    memory_region_init_rom(b, owner, "pc.bios", 128 * KiB, &error_abort);
    memory_region_init_ram(c, owner, "pc.ram", 8 * MiB, &error_abort);
    expect = g_strdup_printf(
        "              Block Name    PSize              Offset               "
        "Used              Total                HVA  RO\n"
        "                  pc.ram    4 KiB  0x0000000000240000 "
        "0x0000000000800000 0x0000000000800000 0x%016zx  rw\n"
        "                       a    4 KiB  0x0000000000000000 "
        "0x0000000000001000 0x0000000000200000 0x%016zx  rw\n"
        "                 pc.bios    4 KiB  0x0000000000200000 "
        "0x0000000000020000 0x0000000000020000 0x%016zx  ro\n",
        (size_t)memory_region_get_ram_ptr(c),
        (size_t)memory_region_get_ram_ptr(a),
        (size_t)memory_region_get_ram_ptr(b));
    s = ram_block_format();
    g_assert_cmpstr(s->str, ==, expect);
    g_string_free(s, true);
    region_end(a);
    region_end(b);
    region_end(c);
}

/* ---- resizing and notifiers ---------------------------------------------- */

static GString *heard;

static void on_added(RAMBlockNotifier *n, void *host, size_t size,
                     size_t max_size)
{
    g_string_append_printf(heard, "add %zx/%zx;", size, max_size);
}

static void on_removed(RAMBlockNotifier *n, void *host, size_t size,
                       size_t max_size)
{
    g_string_append_printf(heard, "del %zx/%zx;", size, max_size);
}

static void on_resized(RAMBlockNotifier *n, void *host, size_t old_size,
                       size_t new_size)
{
    g_string_append_printf(heard, "%zx->%zx;", old_size, new_size);
}

static void on_callback(const char *name, uint64_t length, void *host)
{
    g_string_append_printf(heard, "%s=%" PRIx64 ";", name, length);
}

static void check_heard(const char *expect)
{
    g_assert_cmpstr(heard->str, ==, expect);
    g_string_truncate(heard, 0);
}

static void test_resize(void)
{
    RAMBlockNotifier n = {
        .ram_block_added = on_added,
        .ram_block_removed = on_removed,
        .ram_block_resized = on_resized,
    };
    MemoryRegion *mr = region_new(), *plain = region_new();
    Error *err = NULL;
    RAMBlock *rb;

    heard = g_string_new(NULL);
    memory_region_init_resizeable_ram(mr, owner, "res", 0x10000, 0x40000,
                                      on_callback, &error_abort);
    vmstate_register_ram_global(mr);
    rb = mr->ram_block;
    ram_block_notifier_add(&n);
    check_heard("add 10000/40000;");
    memory_region_init_ram(plain, owner, "plain", 0x2000, &error_abort);
    check_heard("add 2000/2000;");

    cpu_physical_memory_clear_dirty_range(rb->offset, 0x40000);
    memory_region_ram_resize(mr, 0x20000, &error_abort);
    check_heard("10000->20000;res=20000;");
    g_assert_cmpuint(rb->used_length, ==, 0x20000);
    g_assert_cmpuint(memory_region_size(mr), ==, 0x20000);
    g_assert_true(cpu_physical_memory_all_dirty(rb->offset, 0x20000,
                                                DIRTY_MEMORY_MIGRATION));
    g_assert_false(cpu_physical_memory_get_dirty(rb->offset + 0x20000, 0x20000,
                                                 DIRTY_MEMORY_MIGRATION));
    /* The region has the exact size, which alone may differ. */
    memory_region_ram_resize(mr, 0x1fff1, &error_abort);
    check_heard("res=1fff1;");
    g_assert_cmpuint(memory_region_size(mr), ==, 0x1fff1);
    memory_region_ram_resize(mr, 0x1fff1, &error_abort);
    check_heard("");
    memory_region_ram_resize(mr, 0x3001, &error_abort);
    check_heard("20000->4000;res=3001;");

    memory_region_ram_resize(mr, 0x41000, &err);
    expect_error(err, "Size too large: res: 0x41000 > 0x40000: Invalid");
    err = NULL;
    memory_region_ram_resize(mr, UINT64_MAX, &err);
    expect_error(err, "is larger than any host's address space");
    err = NULL;
    g_assert_cmpint(qemu_ram_resize(plain->ram_block, 0x1000, &err), ==,
                    -EINVAL);
    expect_error(err, "Size mismatch: plain: 0x1000 != 0x2000: Invalid");
    g_assert_cmpint(qemu_ram_resize(plain->ram_block, 0x2000, NULL), ==, 0);
    check_heard("");

    region_end(plain);
    check_heard("del 2000/2000;");
    ram_block_notifier_remove(&n);
    check_heard("del 4000/40000;");
    region_end(mr);
    check_heard("");
    g_string_free(heard, true);
}

/* ---- grace periods ------------------------------------------------------- */

static void test_grace(void)
{
    MemoryRegion *mr = region_new();
    ram_addr_t offset;
    uint8_t *host;
    uint32_t version = ram_list.version;

    memory_region_init_ram(mr, owner, "ram", 64 * KiB, &error_abort);
    g_assert_cmpuint(ram_list.version, ==, version + 1);
    host = memory_region_get_ram_ptr(mr);
    rcu_read_lock();
    g_assert_nonnull(qemu_ram_block_from_host(host, false, &offset));
    object_unparent(OBJECT(mr));
    /* Nobody finds it, but who has it may go on. */
    g_assert_null(qemu_ram_block_from_host(host, false, &offset));
    g_assert_cmpuint(ram_list.version, ==, version + 2);
    g_usleep(20 * 1000);
    memset(host, 1, 64 * KiB);
    rcu_read_unlock();
    drain_call_rcu();
    g_assert_false(is_mapped(host));
    g_free(mr);
}

static void test_remap(void)
{
    MemoryRegion *mr = region_new(), *shared = region_new();
    uint8_t *host;

    memory_region_init_ram(mr, owner, "ram", 64 * KiB, &error_abort);
    host = memory_region_get_ram_ptr(mr);
    memset(host, 1, 64 * KiB);
    qemu_ram_remap(mr->ram_block->offset + 4096 + 5);
    g_assert_true(host[4095] == 1 && host[8192] == 1);
    g_assert_true(buffer_is_zero(host + 4096, 4096));
    region_end(mr);

    memory_region_init_ram_flags_nomigrate(shared, owner, "ram", 64 * KiB,
                                           RAM_SHARED, &error_abort);
    host = memory_region_get_ram_ptr(shared);
    memset(host, 1, 64 * KiB);
    qemu_ram_remap(shared->ram_block->offset + 4096);
    g_assert_true(host[4095] == 1 && host[8192] == 1);
    g_assert_true(buffer_is_zero(host + 4096, 4096));
    region_end(shared);
    qemu_ram_remap(UINT64_C(1) << 40);
}

/* ---- the model ----------------------------------------------------------- */

enum { MODEL_BLOCKS = 60 };

static MemoryRegion *model[MODEL_BLOCKS];

static int count_block(RAMBlock *rb, void *opaque)
{
    int *left = opaque;

    return --*left == 0 ? 7 : 0;
}

static void check_list(void)
{
    RAMBlock *rb, *other, *before = NULL;
    int n = 0, there = 0, left = 1000;

    RAMBLOCK_FOREACH(rb)
    {
        g_assert_true(QEMU_IS_ALIGNED(rb->offset, 64 * 4096));
        g_assert_true(!before || before->max_length >= rb->max_length);
        before = rb;
        RAMBLOCK_FOREACH(other)
        {
            g_assert_true(rb == other ||
                          rb->offset + rb->max_length <= other->offset ||
                          other->offset + other->max_length <= rb->offset);
        }
        n++;
    }
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        there += model[i] != NULL;
    }
    g_assert_cmpint(n, ==, there);
    g_assert_cmpint(qemu_ram_foreach_block(count_block, &left), ==, 0);
    g_assert_cmpint(left, ==, 1000 - n);
    left = n;
    if (n) {
        g_assert_cmpint(qemu_ram_foreach_block(count_block, &left), ==, 7);
    }
}

/* Any block that has @host; caller's memory may belong to several. */
static void check_lookup(uint8_t *host)
{
    ram_addr_t offset = 12345;
    RAMBlock *found = qemu_ram_block_from_host(host, false, &offset);
    ram_addr_t addr = qemu_ram_addr_from_host(host);
    bool any = false, valid = !found;

    for (int i = 0; i < MODEL_BLOCKS; i++) {
        RAMBlock *rb = model[i] ? model[i]->ram_block : NULL;

        if (rb && host >= rb->host && host < rb->host + rb->max_length) {
            any = true;
            valid |= rb == found;
        }
    }
    g_assert_true(valid && any == !!found);
    if (found) {
        g_assert_true(found->host + offset == host);
        g_assert_cmpuint(addr, ==, found->offset + offset);
        g_assert_cmpuint(qemu_ram_block_host_offset(found, host), ==, offset);
        g_assert_true(qemu_map_ram_ptr(NULL, addr) == host);
        g_assert_true(qemu_map_ram_ptr(found, offset) == host);
        qemu_ram_block_from_host(host, true, &offset);
        g_assert_cmpuint(offset & 4095, ==, 0);
    } else {
        g_assert_cmpuint(addr, ==, RAM_ADDR_INVALID);
    }
}

/* Where the next block of @size bytes must come to lie, by looking at all. */
static ram_addr_t expected_offset(uint64_t size)
{
    const uint64_t align = 64 * 4096;
    uint64_t best = 0, best_room = 0;

    /* A gap begins at 0, or behind a block. */
    for (int i = -1; i < MODEL_BLOCKS; i++) {
        uint64_t start = 0, end = RAM_ADDR_MAX;

        if (i >= 0) {
            if (!model[i]) {
                continue;
            }
            start = ROUND_UP(model[i]->ram_block->offset +
                                 model[i]->ram_block->max_length,
                             align);
        }
        for (int j = 0; j < MODEL_BLOCKS; j++) {
            if (model[j] && model[j]->ram_block->offset >= start) {
                end = MIN(end, model[j]->ram_block->offset);
            }
        }
        if (end - start >= size &&
            (best_room == 0 || end - start < best_room ||
             (end - start == best_room && start < best))) {
            best = start;
            best_room = end - start;
        }
    }
    return best;
}

static void test_model(void)
{
    uint8_t *buf = qemu_memalign(4096, 1 * MiB);

    for (int step = 0; step < 1000; step++) {
        int i = g_test_rand_int_range(0, MODEL_BLOCKS);
        uint64_t size = g_test_rand_int_range(1, 3 * 256) * 4 * KiB;
        g_autofree char *name = g_strdup_printf("block%d", i);
        RAMBlock *rb;

        if (model[i]) {
            region_end(model[i]);
            model[i] = NULL;
            g_assert_null(qemu_ram_block_by_name(name));
        } else if (g_test_rand_bit()) {
            ram_addr_t at;

            at = expected_offset(size);
            model[i] = region_new();
            memory_region_init_ram(model[i], owner, name, size, &error_abort);
            g_assert_cmpuint(model[i]->ram_block->offset, ==, at);
            g_assert_true(qemu_ram_block_by_name(name) == model[i]->ram_block);
        } else {
            /* May overlap others. */
            uint64_t at = g_test_rand_int_range(0, 256) * 4 * KiB;

            size = g_test_rand_int_range(1, 257 - at / 4096) * 4 * KiB;
            model[i] = region_new();
            memory_region_init_ram_ptr(model[i], owner, name, size, buf + at);
        }
        check_list();
        for (int j = 0; j < 10; j++) {
            check_lookup(buf - 4096 + g_test_rand_int_range(0, MiB + 8192));
        }
        for (int j = 0; j < MODEL_BLOCKS; j++) {
            rb = model[j] ? model[j]->ram_block : NULL;
            if (rb) {
                check_lookup(rb->host);
                check_lookup(rb->host + rb->max_length - 1);
                check_lookup(rb->host +
                             g_test_rand_int_range(0, rb->max_length));
            }
        }
    }
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        if (model[i]) {
            region_end(model[i]);
            model[i] = NULL;
        }
    }
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
    qemu_vfree(buf);
}

/* Where blocks come to lie: the smallest gap that is large enough. */
static void test_best_fit(void)
{
    static const unsigned mib[] = { 4, 8, 1, 3, 1, 6, 1 };
    MemoryRegion *mr[ARRAY_SIZE(mib)], *next;
    ram_addr_t at[ARRAY_SIZE(mib)];

    for (size_t i = 0; i < ARRAY_SIZE(mib); i++) {
        g_autofree char *name = g_strdup_printf("block%zu", i);

        mr[i] = region_new();
        memory_region_init_ram(mr[i], owner, name, mib[i] * MiB, &error_abort);
        at[i] = mr[i]->ram_block->offset;
        g_assert_cmpuint(at[i], ==, i ? at[i - 1] + mib[i - 1] * MiB : 0);
    }
    /* Gaps of 8, 3 and 6. */
    region_end(mr[1]);
    region_end(mr[3]);
    region_end(mr[5]);
    mr[1] = mr[3] = mr[5] = NULL;
    for (int i = 0; i < 4; i++) {
        static const unsigned size[] = { 3, 4, 7, 9 };
        static const unsigned where[] = { 3, 5, 1, 6 };

        next = region_new();
        memory_region_init_ram(next, owner, "next", size[i] * MiB,
                               &error_abort);
        g_assert_cmpuint(next->ram_block->offset, ==,
                         at[where[i]] + (where[i] == 6 ? MiB : 0));
        region_end(next);
    }
    for (size_t i = 0; i < ARRAY_SIZE(mib); i++) {
        if (mr[i]) {
            region_end(mr[i]);
        }
    }
}

/* ---- threads ------------------------------------------------------------- */

static bool stop;
static uint8_t *lasting;

static void *reader(void *opaque)
{
    size_t *seen = opaque;

    rcu_register_thread();
    while (!qatomic_read(&stop)) {
        RAMBlock *rb;
        ram_addr_t offset;

        WITH_RCU_READ_LOCK_GUARD() {
            RAMBLOCK_FOREACH(rb)
            {
                *seen += *(volatile uint8_t *)rb->host;
                g_assert_cmpuint(rb->max_length, !=, 0);
            }
            rb = qemu_ram_block_from_host(lasting, false, &offset);
            g_assert_true(rb && offset == 5);
        }
    }
    rcu_unregister_thread();
    return NULL;
}

static void test_threads(void)
{
    MemoryRegion *fixed = region_new();
    QemuThread threads[3];
    size_t seen[3] = { 0 };

    memory_region_init_ram(fixed, owner, "fixed", 64 * KiB, &error_abort);
    lasting = (uint8_t *)memory_region_get_ram_ptr(fixed) + 5;
    stop = false;
    for (int i = 0; i < 3; i++) {
        qemu_thread_create(&threads[i], "reader", reader, &seen[i],
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < 300; i++) {
        MemoryRegion *mr = region_new();

        memory_region_init_ram(mr, owner, "coming", 4096 << (i % 5),
                               &error_abort);
        region_end(mr);
    }
    qatomic_set(&stop, true);
    for (int i = 0; i < 3; i++) {
        qemu_thread_join(&threads[i]);
    }
    region_end(fixed);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    g_test_add_func("/ramblock/kinds", test_kinds);
    g_test_add_func("/ramblock/default-shared", test_default_shared);
    g_test_add_func("/ramblock/alias", test_alias);
    g_test_add_func("/ramblock/names", test_names);
    g_test_add_func("/ramblock/mapping-name", test_mapping_name);
    g_test_add_func("/ramblock/format", test_format);
    g_test_add_func("/ramblock/resize", test_resize);
    g_test_add_func("/ramblock/grace", test_grace);
    g_test_add_func("/ramblock/remap", test_remap);
    g_test_add_func("/ramblock/model", test_model);
    g_test_add_func("/ramblock/best-fit", test_best_fit);
    g_test_add_func("/ramblock/threads", test_threads);
    return g_test_run();
}
