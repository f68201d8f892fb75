/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From accesses to callbacks: every combination of what a device accepts and
 * implements, against a model in which the device is an array of bytes.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "qemu/event_notifier.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qapi/error.h"

#define DEV_SIZE 64

/* A device that is an array of bytes, and notes how it is called. */
typedef struct Bytes {
    uint8_t mem[DEV_SIZE];
    bool big_endian;
    unsigned calls;
    hwaddr addr[16];
    unsigned size[16];
    MemTxAttrs attrs;
    MemTxResult result[16]; /* of each call */
} Bytes;

static uint64_t get_bytes(const uint8_t *p, unsigned size, bool be)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < size; i++) {
        val |= (uint64_t)p[i] << 8 * (be ? size - 1 - i : i);
    }
    return val;
}

static void put_bytes(uint8_t *p, uint64_t val, unsigned size, bool be)
{
    for (unsigned i = 0; i < size; i++) {
        p[i] = val >> 8 * (be ? size - 1 - i : i);
    }
}

static void note(Bytes *b, hwaddr addr, unsigned size)
{
    g_assert_cmpuint(b->calls, <, 16);
    b->addr[b->calls] = addr;
    b->size[b->calls++] = size;
}

static uint64_t bytes_read(void *opaque, hwaddr addr, unsigned size)
{
    Bytes *b = opaque;

    note(b, addr, size);
    return get_bytes(b->mem + addr, size, b->big_endian);
}

static void bytes_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    Bytes *b = opaque;

    note(b, addr, size);
    put_bytes(b->mem + addr, val, size, b->big_endian);
}

static MemTxResult bytes_read_attrs(void *opaque, hwaddr addr, uint64_t *val,
                                    unsigned size, MemTxAttrs attrs)
{
    Bytes *b = opaque;

    *val = bytes_read(b, addr, size);
    b->attrs = attrs;
    return b->result[b->calls - 1];
}

static MemTxResult bytes_write_attrs(void *opaque, hwaddr addr, uint64_t val,
                                     unsigned size, MemTxAttrs attrs)
{
    Bytes *b = opaque;

    bytes_write(b, addr, val, size);
    b->attrs = attrs;
    return b->result[b->calls - 1];
}

static void init_region(MemoryRegion *mr, const MemoryRegionOps *ops, Bytes *b)
{
    memory_region_init_io(mr, NULL, ops, b, "dev", DEV_SIZE);
}

static void fill(Bytes *b)
{
    for (int i = 0; i < DEV_SIZE; i++) {
        b->mem[i] = 0x10 + i;
    }
}

/* ---- all combinations ---------------------------------------------------- */

/* What is expected of one access. */
typedef struct Expect {
    bool valid;
    unsigned size; /* of each call */
    unsigned calls;
} Expect;

static Expect expect(const MemoryRegionOps *ops, hwaddr addr, unsigned size)
{
    unsigned min = ops->impl.min_access_size, max = ops->impl.max_access_size;
    unsigned vmin = ops->valid.min_access_size;
    unsigned vmax = ops->valid.max_access_size;
    Expect e = { .valid = true };

    if (addr % size && !ops->valid.unaligned) {
        e.valid = false;
    }
    if (vmax && (size < vmin || size > vmax)) {
        e.valid = false;
    }
    e.size = size;
    if (e.size > (max ?: 4)) {
        e.size = max ?: 4;
    }
    if (e.size < (min ?: 1)) {
        e.size = min ?: 1;
    }
    e.calls = size > e.size ? size / e.size : 1;
    return e;
}

static void check_calls(const Bytes *b, Expect e, hwaddr addr)
{
    g_assert_cmpuint(b->calls, ==, e.calls);
    for (unsigned i = 0; i < e.calls; i++) {
        g_assert_cmpuint(b->addr[i], ==, addr + i * e.size);
        g_assert_cmpuint(b->size[i], ==, e.size);
    }
}

static void check_read(MemoryRegion *mr, hwaddr addr, MemOp op)
{
    Bytes *b = mr->opaque;
    unsigned size = memop_size(op);
    Expect e = expect(mr->ops, addr, size);
    bool be = (op & MO_BSWAP) == MO_BE;
    uint64_t val = 0x5555;
    MemTxResult r;

    b->calls = 0;
    r = memory_region_dispatch_read(mr, addr, &val, op, MEMTXATTRS_UNSPECIFIED);
    if (!e.valid) {
        g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
        g_assert_cmpuint(val, ==, 0);
        g_assert_cmpuint(b->calls, ==, 0);
        return;
    }
    g_assert_cmpuint(r, ==, MEMTX_OK);
    check_calls(b, e, addr);
    g_assert_cmphex(val, ==, get_bytes(b->mem + addr, size, be));
}

static void check_write(MemoryRegion *mr, hwaddr addr, MemOp op)
{
    Bytes *b = mr->opaque;
    unsigned size = memop_size(op);
    Expect e = expect(mr->ops, addr, size);
    bool be = (op & MO_BSWAP) == MO_BE;
    uint64_t val = 0x8191a1b1c1d1e1f1;
    uint8_t want[DEV_SIZE];
    MemTxResult r;

    fill(b);
    b->calls = 0;
    memcpy(want, b->mem, sizeof(want));
    r = memory_region_dispatch_write(mr, addr, val, op, MEMTXATTRS_UNSPECIFIED);
    g_assert_cmpuint(r, ==, e.valid ? MEMTX_OK : MEMTX_DECODE_ERROR);
    if (e.valid) {
        check_calls(b, e, addr);
        put_bytes(want + addr, val, size, be);
        if (e.size > size) {
            /* A call that is larger than the access fills with zeros. */
            memset(want + addr + size, 0, e.size - size);
        }
    } else {
        g_assert_cmpuint(b->calls, ==, 0);
    }
    g_assert_cmpmem(b->mem, DEV_SIZE, want, DEV_SIZE);
}

static void check_device(MemoryRegionOps *ops, Bytes *b)
{
    MemoryRegion mr;

    init_region(&mr, ops, b);
    for (int op = 0; op < 8; op++) {
        MemOp memop = (MemOp)(op & 3) | (op & 4 ? MO_BE : MO_LE);

        fill(b);
        for (hwaddr addr = 0; addr < 18; addr++) {
            check_read(&mr, addr, memop);
        }
        for (hwaddr addr = 0; addr < 18; addr++) {
            check_write(&mr, addr, memop);
        }
    }
    object_unref(OBJECT(&mr));
}

static void test_all(gconstpointer data)
{
    static const unsigned sizes[] = { 0, 1, 2, 4, 8 };
    bool attrs = GPOINTER_TO_INT(data) & 1;
    bool unaligned = GPOINTER_TO_INT(data) & 2;

    for (int i = 0; i < 5 * 5 * 5 * 5 * 3; i++) {
        Bytes b = { 0 };
        MemoryRegionOps ops = {
            .endianness = (enum device_endian)(i % 3),
            .valid.min_access_size = sizes[i / 3 % 5],
            .valid.max_access_size = sizes[i / 15 % 5],
            .valid.unaligned = unaligned,
            .impl.min_access_size = sizes[i / 75 % 5],
            .impl.max_access_size = sizes[i / 375 % 5],
        };

        b.big_endian = ops.endianness == DEVICE_BIG_ENDIAN;
        if (attrs) {
            ops.read_with_attrs = bytes_read_attrs;
            ops.write_with_attrs = bytes_write_attrs;
        } else {
            ops.read = bytes_read;
            ops.write = bytes_write;
        }
        check_device(&ops, &b);
    }
}

/* ---- results, attributes, accepts ---------------------------------------- */

static const MemoryRegionOps attr_ops = {
    .read_with_attrs = bytes_read_attrs,
    .write_with_attrs = bytes_write_attrs,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.max_access_size = 8,
    .impl.max_access_size = 2,
};

/* Of several calls, the results are ORed, and all of them are made. */
static void test_results(void)
{
    Bytes b = { .result = { [1] = MEMTX_ERROR, [3] = MEMTX_ACCESS_ERROR } };
    MemTxAttrs attrs = { .secure = 1, .requester_id = 0x1234 };
    MemoryRegion mr;
    uint64_t val;

    fill(&b);
    init_region(&mr, &attr_ops, &b);
    g_assert_cmpuint(memory_region_dispatch_read(&mr, 0, &val, MO_LEUQ, attrs),
                     ==, MEMTX_ERROR | MEMTX_ACCESS_ERROR);
    g_assert_cmphex(val, ==, 0x1716151413121110);
    g_assert_cmpuint(b.calls, ==, 4);
    g_assert_cmpuint(b.attrs.requester_id, ==, 0x1234);
    g_assert_true(b.attrs.secure && !b.attrs.unspecified);

    b.calls = 0;
    g_assert_cmpuint(memory_region_dispatch_write(&mr, 8, val, MO_LEUL,
                                                  MEMTXATTRS_UNSPECIFIED),
                     ==, MEMTX_ERROR);
    g_assert_cmpuint(b.calls, ==, 2);
    g_assert_true(b.attrs.unspecified);
    object_unref(OBJECT(&mr));
}

static bool accepts_even(void *opaque, hwaddr addr, unsigned size,
                         bool is_write, MemTxAttrs attrs)
{
    return addr % 2 == 0 && (!is_write || attrs.user);
}

static void test_accepts(void)
{
    static const MemoryRegionOps ops = {
        .read = bytes_read,
        .write = bytes_write,
        .valid.accepts = accepts_even,
    };
    const MemTxAttrs none = MEMTXATTRS_UNSPECIFIED;
    Bytes b = { 0 };
    MemoryRegion mr;
    uint64_t val;

    init_region(&mr, &ops, &b);
    g_assert_true(memory_region_access_valid(&mr, 2, 1, false, none));
    g_assert_false(memory_region_access_valid(&mr, 3, 1, false, none));
    g_assert_cmpuint(memory_region_dispatch_read(&mr, 3, &val, MO_8, none), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpuint(memory_region_dispatch_write(&mr, 2, 0, MO_8, none), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpuint(b.calls, ==, 0);
    g_assert_cmpuint(memory_region_dispatch_write(&mr, 2, 0, MO_8,
                                                  (MemTxAttrs){ .user = 1 }),
                     ==, MEMTX_OK);
    object_unref(OBJECT(&mr));
}

/* A region without callbacks of a direction refuses it. */
static void test_no_callbacks(void)
{
    static const MemoryRegionOps ops = { .read = bytes_read };
    const MemTxAttrs none = MEMTXATTRS_UNSPECIFIED;
    MemoryRegion mr;
    Bytes b = { 0 };

    init_region(&mr, &ops, &b);
    g_assert_cmpuint(memory_region_dispatch_write(&mr, 0, 0, MO_32, none), ==,
                     MEMTX_DECODE_ERROR);
    object_unref(OBJECT(&mr));
}

static void test_log(void)
{
    static const MemoryRegionOps ops = {
        .read = bytes_read,
        .write = bytes_write,
        .valid.min_access_size = 2,
        .valid.max_access_size = 4,
        .valid.accepts = NULL,
    };
    const MemTxAttrs none = MEMTXATTRS_UNSPECIFIED;
    g_autofree char *name = NULL, *text = NULL;
    MemoryRegion mr, nothing;
    Bytes b = { 0 };
    int fd = g_file_open_tmp("test-dispatch-XXXXXX", &name, NULL);

    close(fd);
    init_region(&mr, &ops, &b);
    memory_region_init_io(&nothing, NULL, NULL, NULL, "nothing", 16);
    qemu_set_log_filename_flags(name, LOG_INVALID_MEM, &error_abort);
    g_assert_false(memory_region_access_valid(&mr, 0x1d, 4, true, none));
    g_assert_false(memory_region_access_valid(&mr, 0x1d, 1, false, none));
    g_assert_false(memory_region_access_valid(&nothing, 4, 4, false, none));
    qemu_set_log_filename_flags("", 0, &error_abort);
    g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "Invalid write at addr 0x1D, size 4, region 'dev', "
                    "reason: unaligned\n"
                    "Invalid read at addr 0x1D, size 1, region 'dev', "
                    "reason: invalid size (min:2 max:4)\n"
                    "Invalid read at addr 0x4, size 4, region 'nothing', "
                    "reason: rejected\n");
    unlink(name);
    object_unref(OBJECT(&mr));
    object_unref(OBJECT(&nothing));
}

/* ---- re-entrancy --------------------------------------------------------- */

typedef struct Reentrant {
    MemoryRegion mr;
    MemTxResult inner;
    uint64_t value;
} Reentrant;

static uint64_t reentrant_read(void *opaque, hwaddr addr, unsigned size)
{
    Reentrant *s = opaque;

    if (addr == 0) {
        s->inner = memory_region_dispatch_read(&s->mr, 4, &s->value, MO_LEUL,
                                               MEMTXATTRS_UNSPECIFIED);
    }
    return 0x11 + addr;
}

static void reentrant_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    Reentrant *s = opaque;

    if (addr == 0) {
        s->inner = memory_region_dispatch_write(&s->mr, 4, 1, MO_LEUL,
                                                MEMTXATTRS_UNSPECIFIED);
    } else {
        s->value = val;
    }
}

static MemReentrancyGuard the_guard;

static MemReentrancyGuard *find_guard(Object *owner)
{
    return &the_guard;
}

static void test_reentrancy(void)
{
    static const MemoryRegionOps ops = {
        .read = reentrant_read,
        .write = reentrant_write,
    };
    const MemTxAttrs none = MEMTXATTRS_UNSPECIFIED;
    Object *owner = object_new("container");
    Reentrant s = { 0 };
    uint64_t val;

    memory_region_set_guard_hook(find_guard);
    memory_region_init_io(&s.mr, owner, &ops, &s, "dev", 16);
    g_assert_true(s.mr.guard == &the_guard);

    g_assert_cmpuint(memory_region_dispatch_read(&s.mr, 0, &val, MO_LEUL, none),
                     ==, MEMTX_OK);
    g_assert_cmphex(val, ==, 0x11);
    g_assert_cmpuint(s.inner, ==, MEMTX_ACCESS_ERROR);
    g_assert_cmphex(s.value, ==, 0);
    g_assert_false(the_guard.engaged_in_io);
    memory_region_dispatch_write(&s.mr, 0, 0, MO_LEUL, none);
    g_assert_cmpuint(s.inner, ==, MEMTX_ACCESS_ERROR);
    g_assert_cmphex(s.value, ==, 0);

    s.mr.disable_reentrancy_guard = true;
    memory_region_dispatch_read(&s.mr, 0, &val, MO_LEUL, none);
    g_assert_cmpuint(s.inner, ==, MEMTX_OK);
    g_assert_cmphex(s.value, ==, 0x15);
    s.mr.disable_reentrancy_guard = false;

    /* Without the big lock, several threads may be inside. */
    memory_region_clear_global_locking(&s.mr);
    memory_region_dispatch_write(&s.mr, 0, 0, MO_LEUL, none);
    g_assert_cmpuint(s.inner, ==, MEMTX_OK);
    g_assert_cmphex(s.value, ==, 1);
    memory_region_set_guard_hook(NULL);
    object_unref(owner);
}

/* ---- aliases, sizes, eventfds -------------------------------------------- */

static void test_alias(void)
{
    const MemTxAttrs none = MEMTXATTRS_UNSPECIFIED;
    MemoryRegion mr, alias, twice;
    Bytes b = { 0 };
    uint64_t val;

    fill(&b);
    init_region(&mr, &attr_ops, &b);
    memory_region_init_alias(&alias, NULL, "alias", &mr, 0x10, 16);
    memory_region_init_alias(&twice, NULL, "twice", &alias, 4, 8);
    memory_region_dispatch_read(&twice, 2, &val, MO_LEUW, none);
    g_assert_cmphex(val, ==, 0x2726);
    memory_region_dispatch_write(&twice, 2, 0xaabb, MO_BEUW, none);
    g_assert_cmphex(b.mem[0x16], ==, 0xaa);
    object_unref(OBJECT(&twice));
    object_unref(OBJECT(&alias));
    object_unref(OBJECT(&mr));
}

static void test_access_size(void)
{
    static MemoryRegionOps ops = { 0 };
    MemoryRegion mr;

    init_region(&mr, &ops, NULL);
    /* Up to four bytes unless said otherwise, aligned, a power of two. */
    g_assert_cmpint(memory_access_size(&mr, 8, 0), ==, 4);
    g_assert_cmpint(memory_access_size(&mr, 3, 0), ==, 2);
    g_assert_cmpint(memory_access_size(&mr, 8, 2), ==, 2);
    g_assert_cmpint(memory_access_size(&mr, 8, 7), ==, 1);
    ops.valid.max_access_size = 8;
    g_assert_cmpint(memory_access_size(&mr, 100, 16), ==, 8);
    g_assert_cmpint(memory_access_size(&mr, 7, 16), ==, 4);
    g_assert_cmpint(memory_access_size(&mr, 8, 12), ==, 4);
    ops.impl.unaligned = true;
    g_assert_cmpint(memory_access_size(&mr, 8, 13), ==, 8);
    object_unref(OBJECT(&mr));
}

static void test_eventfd(void)
{
    static const MemoryRegionOps ops = {
        .read = bytes_read,
        .write = bytes_write,
        .valid.max_access_size = 8,
    };
    const MemTxAttrs none = MEMTXATTRS_UNSPECIFIED;
    EventNotifier any, seven, wide;
    MemoryRegion mr;
    Bytes b = { 0 };

    event_notifier_init(&any, false);
    event_notifier_init(&seven, false);
    event_notifier_init(&wide, false);
    init_region(&mr, &ops, &b);
    memory_region_add_eventfd(&mr, 8, 4, true, 7, &seven);
    memory_region_add_eventfd(&mr, 12, 4, false, 0, &any);
    memory_region_add_eventfd(&mr, 16, 0, false, 0, &wide);

    memory_region_dispatch_write(&mr, 8, 7, MO_LEUL, none);
    g_assert_true(event_notifier_test_and_clear(&seven));
    g_assert_cmpuint(b.calls, ==, 0);
    /* Another value or size is for the device. */
    memory_region_dispatch_write(&mr, 8, 8, MO_LEUL, none);
    memory_region_dispatch_write(&mr, 8, 7, MO_LEUW, none);
    g_assert_false(event_notifier_test_and_clear(&seven));
    g_assert_cmpuint(b.calls, ==, 2);

    memory_region_dispatch_write(&mr, 12, 99, MO_LEUL, none);
    g_assert_true(event_notifier_test_and_clear(&any));
    memory_region_dispatch_write(&mr, 16, 1, MO_8, none);
    g_assert_true(event_notifier_test_and_clear(&wide));
    g_assert_cmpuint(b.calls, ==, 2);

    memory_region_del_eventfd(&mr, 8, 4, true, 7, &seven);
    memory_region_del_eventfd(&mr, 12, 4, false, 0, &any);
    memory_region_del_eventfd(&mr, 16, 0, false, 0, &wide);
    memory_region_dispatch_write(&mr, 12, 99, MO_LEUL, none);
    g_assert_false(event_notifier_test_and_clear(&any));
    object_unref(OBJECT(&mr));
    event_notifier_cleanup(&any);
    event_notifier_cleanup(&seven);
    event_notifier_cleanup(&wide);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    for (int i = 0; i < 4; i++) {
        g_autofree char *path =
            g_strdup_printf("/dispatch/all/%s/%s", i & 1 ? "attrs" : "plain",
                            i & 2 ? "unaligned" : "aligned");

        g_test_add_data_func(path, GINT_TO_POINTER(i), test_all);
    }
    g_test_add_func("/dispatch/results", test_results);
    g_test_add_func("/dispatch/accepts", test_accepts);
    g_test_add_func("/dispatch/no-callbacks", test_no_callbacks);
    g_test_add_func("/dispatch/log", test_log);
    g_test_add_func("/dispatch/reentrancy", test_reentrancy);
    g_test_add_func("/dispatch/alias", test_alias);
    g_test_add_func("/dispatch/access-size", test_access_size);
    g_test_add_func("/dispatch/eventfd", test_eventfd);
    return g_test_run();
}
