/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that read and write an address space while its tree changes: eight
 * of them load, store, copy, map, cache and look up; the main thread adds,
 * removes, moves and switches RAM and devices that need the big lock or not,
 * makes their owners and lets go of them.
 *
 * A device that is called, or that a lookup gives, is alive; RAM has what was
 * put there before it was mapped; owners are finalized under the big lock, and
 * by a thread that may run anything.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/flatmap.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qom/object.h"

#define READERS   8
#define SLOTS     24
#define SLOT_SIZE 0x10000
#define SIZE      0x8000
#define ALIVE     0xa11fe000u
#define PATTERN   0x5a5a5a5au
/* From here on reader @who writes to 256 bytes of its own; below, nobody. */
#define WRITABLE(who) (0x4000 + 0x100 * (who))

#define TYPE_THREADS_DEVICE "memory-threads-device"
OBJECT_DECLARE_SIMPLE_TYPE(ThreadsDevice, THREADS_DEVICE)

typedef enum { DEV_RAM, DEV_IO, DEV_IO_LOCKLESS, DEV_KINDS } DeviceKind;

struct ThreadsDevice {
    Object parent_obj;

    MemoryRegion mr;
    DeviceKind kind;
    uint32_t alive;
    uint32_t reg;
    unsigned in_use; /* callbacks that run now */
};

static unsigned created, finalized;
/* Of the main thread and the readers; not of RCU's. */
static __thread bool may_finalize;

static MemoryRegion root;
static AddressSpace space;
static AddressSpace *passing; /* one that comes and goes; under RCU */
static ThreadsDevice *slot[SLOTS];
static bool stop;
static uint64_t accesses[READERS], hits[READERS];

static void device_finalize(Object *obj)
{
    ThreadsDevice *d = THREADS_DEVICE(obj);

    g_assert_true(bql_locked());
    g_assert_true(may_finalize);
    g_assert_cmphex(d->alive, ==, ALIVE);
    g_assert_cmpuint(qatomic_read(&d->in_use), ==, 0);
    d->alive = 0;
    finalized++;
}

static const TypeInfo device_info = {
    .name = TYPE_THREADS_DEVICE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(ThreadsDevice),
    .instance_finalize = device_finalize,
};

static uint64_t device_read(void *opaque, hwaddr addr, unsigned size)
{
    ThreadsDevice *d = opaque;

    qatomic_inc(&d->in_use);
    g_assert_cmphex(d->alive, ==, ALIVE);
    g_assert_true(d->kind == DEV_IO_LOCKLESS || bql_locked());
    qatomic_dec(&d->in_use);
    return PATTERN;
}

static void device_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
    ThreadsDevice *d = opaque;

    qatomic_inc(&d->in_use);
    g_assert_cmphex(d->alive, ==, ALIVE);
    if (d->kind == DEV_IO) {
        g_assert_true(bql_locked());
        d->reg = data;
    } else {
        qatomic_set(&d->reg, data);
    }
    qatomic_dec(&d->in_use);
}

static const MemoryRegionOps device_ops = {
    .read = device_read,
    .write = device_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 1, .max_access_size = 8 },
};

/* ---- readers ------------------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void check_value(uint32_t value, MemTxResult result)
{
    /* Nobody is there: zeros, and an error. */
    g_assert_cmphex(value, ==, result == MEMTX_OK ? PATTERN : 0);
}

static void read_one(AddressSpace *as, hwaddr addr, unsigned who)
{
    MemTxResult result;
    uint32_t value =
        address_space_ldl_le(as, addr, MEMTXATTRS_UNSPECIFIED, &result);

    check_value(value, result);
    hits[who] += result == MEMTX_OK;
}

static void copy_some(hwaddr addr, uint32_t length, unsigned who)
{
    uint32_t buf[64];
    MemTxResult result;

    length = 4 + length % (sizeof(buf) - 4);
    memset(buf, 0, sizeof(buf));
    address_space_write(&space, addr + WRITABLE(who), MEMTXATTRS_UNSPECIFIED,
                        buf, 4);
    result =
        address_space_read(&space, addr, MEMTXATTRS_UNSPECIFIED, buf, length);
    check_value(buf[0], result);
}

/* What a lookup gives is alive as long as the read section lasts. */
static void look_up(hwaddr addr)
{
    hwaddr xlat, len = 4;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&space, addr, &xlat, &len, false,
                                 MEMTXATTRS_UNSPECIFIED);
    if (mr->owner) {
        g_assert_cmphex(THREADS_DEVICE(mr->owner)->alive, ==, ALIVE);
        g_assert_cmphex(xlat, ==, addr % SLOT_SIZE);
    }
}

/* And with a reference to the version also behind it. */
static void hold_view(hwaddr addr)
{
    FlatView *fv = address_space_get_flatview(&space);
    const FlatRange *range;
    FlatMapIter it;
    unsigned n = 0;

    for (range = flatmap_iter_from(&it, &fv->map, 0); range;
         range = flatmap_iter_next(&it)) {
        g_assert_cmphex(THREADS_DEVICE(range->mr->owner)->alive, ==, ALIVE);
        n++;
    }
    g_assert_cmpuint(n, ==, fv->map.nr);
    flatview_unref(fv);
}

static void use_cache(hwaddr addr)
{
    MemoryRegionCache cache;
    int64_t len;

    address_space_cache_init_empty(&cache);
    len = address_space_cache_init(&cache, &space, addr, 64, false);
    if (len >= 4) {
        uint32_t value = address_space_ldl_le_cached(
            &cache, 0, MEMTXATTRS_UNSPECIFIED, NULL);

        g_assert_true(value == PATTERN || value == 0);
    }
    /* It may have the last reference to the owner. */
    bql_lock();
    address_space_cache_destroy(&cache);
    bql_unlock();
}

static void map_some(hwaddr addr)
{
    hwaddr len = 64;
    void *p =
        address_space_map(&space, addr, &len, false, MEMTXATTRS_UNSPECIFIED);

    if (p) {
        uint32_t value = ldl_le_p(p);

        g_assert_true(value == PATTERN || value == 0);
        bql_lock();
        address_space_unmap(&space, p, len, false, 0);
        bql_unlock();
    }
}

static void *reader(void *opaque)
{
    unsigned who = GPOINTER_TO_UINT(opaque);
    uint32_t state = 12345 + who * 7919;

    rcu_register_thread();
    may_finalize = true;
    while (!qatomic_read(&stop)) {
        uint32_t r = next_random(&state);
        hwaddr addr = (hwaddr)(next_random(&state) % SLOTS) * SLOT_SIZE +
                      next_random(&state) % 64 * 4;

        accesses[who]++;
        switch (r % 16) {
        case 0:
            look_up(addr);
            break;
        case 1:
            address_space_stl_le(&space, addr + WRITABLE(who), r,
                                 MEMTXATTRS_UNSPECIFIED, NULL);
            break;
        case 2:
            copy_some(addr, r >> 8, who);
            break;
        case 3:
            hold_view(addr);
            break;
        case 4:
            use_cache(addr);
            break;
        case 5:
            map_some(addr);
            break;
        case 6:
            WITH_RCU_READ_LOCK_GUARD() {
                AddressSpace *as = qatomic_rcu_read(&passing);

                if (as) {
                    read_one(as, addr, who);
                }
            }
            break;
        default:
            read_one(&space, addr, who);
        }
    }
    rcu_unregister_thread();
    return NULL;
}

/* ---- the writer ---------------------------------------------------------- */

static void add_device(unsigned i)
{
    ThreadsDevice *d = THREADS_DEVICE(object_new(TYPE_THREADS_DEVICE));

    d->alive = ALIVE;
    d->kind = g_test_rand_int_range(0, DEV_KINDS);
    if (d->kind == DEV_RAM) {
        memory_region_init_ram_nomigrate(&d->mr, OBJECT(d), "ram", SIZE,
                                         &error_abort);
        memset(memory_region_get_ram_ptr(&d->mr), 0x5a, SIZE);
    } else {
        memory_region_init_io(&d->mr, OBJECT(d), &device_ops, d, "io", SIZE);
        if (d->kind == DEV_IO_LOCKLESS) {
            memory_region_clear_global_locking(&d->mr);
        }
    }
    memory_region_add_subregion(&root, (hwaddr)i * SLOT_SIZE, &d->mr);
    slot[i] = d;
    created++;
}

static void remove_device(unsigned i)
{
    ThreadsDevice *d = slot[i];

    slot[i] = NULL;
    memory_region_del_subregion(&root, &d->mr);
    object_unref(d);
}

static void move_device(unsigned from, unsigned to)
{
    slot[to] = slot[from];
    slot[from] = NULL;
    memory_region_set_address(&slot[to]->mr, (hwaddr)to * SLOT_SIZE);
}

static void change_passing(void)
{
    AddressSpace *as = passing;

    if (as) {
        qatomic_rcu_set(&passing, NULL);
        address_space_destroy_free(as);
    } else {
        as = g_new0(AddressSpace, 1);
        address_space_init(as, &root, "passing");
        qatomic_rcu_set(&passing, as);
    }
}

static void change_something(void)
{
    unsigned i = g_test_rand_int_range(0, SLOTS);
    unsigned j = g_test_rand_int_range(0, SLOTS);

    if (!g_test_rand_int_range(0, 10)) {
        change_passing();
    } else if (!slot[i]) {
        add_device(i);
    } else if (!slot[j] && g_test_rand_bit()) {
        move_device(i, j);
    } else if (g_test_rand_bit()) {
        memory_region_set_enabled(&slot[i]->mr, !slot[i]->mr.enabled);
    } else {
        remove_device(i);
    }
}

static void change_much(void)
{
    memory_region_transaction_begin();
    for (int n = g_test_rand_int_range(1, 10); n; n--) {
        change_something();
    }
    memory_region_transaction_commit();
}

static void test_threads(void)
{
    QemuThread thread[READERS];
    int64_t end = g_get_monotonic_time() + 2 * G_TIME_SPAN_SECOND;
    unsigned commits = 0, before;
    uint64_t sum = 0, hit = 0;

    memory_region_init(&root, NULL, "root", UINT64_MAX);
    address_space_init(&space, &root, "space");
    for (unsigned i = 0; i < READERS; i++) {
        qemu_thread_create(&thread[i], "reader", reader, GUINT_TO_POINTER(i),
                           QEMU_THREAD_JOINABLE);
    }
    while (g_get_monotonic_time() < end && commits < 30000) {
        if (g_test_rand_int_range(0, 8)) {
            change_something();
        } else {
            change_much();
        }
        commits++;
        /* Devices that need the lock get it. */
        bql_unlock();
        if (!g_test_rand_int_range(0, 200)) {
            g_usleep(1000);
        }
        bql_lock();
        if (!g_test_rand_int_range(0, 500)) {
            drain_call_rcu();
        }
    }
    before = finalized;
    qatomic_set(&stop, true);
    bql_unlock();
    for (unsigned i = 0; i < READERS; i++) {
        qemu_thread_join(&thread[i]);
        sum += accesses[i];
        hit += hits[i];
    }
    bql_lock();
    for (unsigned i = 0; i < SLOTS; i++) {
        if (slot[i]) {
            remove_device(i);
        }
    }
    if (passing) {
        change_passing();
    }
    address_space_destroy(&space);
    for (int i = 0; i < 5 && finalized != created; i++) {
        drain_call_rcu();
    }
    g_assert_cmpuint(finalized, ==, created);
    g_test_message("%u commits, %" PRIu64 " accesses, %" PRIu64
                   " loads that hit, %u devices, %u went meanwhile",
                   commits, sum, hit, created, before);
    g_assert_cmpuint(hit, >, 0);
    object_unparent(OBJECT(&root));
}

int main(int argc, char **argv)
{
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&device_info);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    may_finalize = true;
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/threads", test_threads);
    return g_test_run();
}
