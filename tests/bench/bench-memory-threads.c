/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an access costs in reader threads, alone and while another thread
 * changes the topology:
 *
 *   ram.ldl      address_space_ldl_le() of RAM
 *   io.ldl       of a device that does without the big lock
 *   io.random    of many such devices, a random one each time
 *
 * bench-memory-threads [READERS [REGIONS]]: one reader, and 4000 regions beside
 * what is read. Times are the readers' processor time.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"

#define RAM_SIZE  0x100000
#define IO_BASE   0x10000000
#define IO_STRIDE 0x2000
#define ADDRS     4096
#define RUN_NS    (300 * SCALE_MS)

static MemoryRegion root, ram, toggled, *io;
static AddressSpace as;
static unsigned nr_readers = 1, nr_io = 4000;
static bool stop;
static uint64_t commits;

/* What readers read, and the sum of their times per access. */
static hwaddr addrs[ADDRS];
static double *reader_ns;
static uint64_t sink;

static uint64_t io_read(void *opaque, hwaddr addr, unsigned size)
{
    return addr;
}

static void io_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
}

static const MemoryRegionOps io_ops = {
    .read = io_read,
    .write = io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Readers never wait: what others do with the processor does not count. */
static int64_t thread_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return ts.tv_sec * NANOSECONDS_PER_SECOND + ts.tv_nsec;
}

static void *reader(void *opaque)
{
    uint64_t n = 0, sum = 0;
    int64_t start;

    rcu_register_thread();
    start = thread_ns();
    while (!qatomic_read(&stop)) {
        for (int i = 0; i < ADDRS; i++) {
            sum += address_space_ldl_le(&as, addrs[i], MEMTXATTRS_UNSPECIFIED,
                                        NULL);
        }
        n += ADDRS;
    }
    *(double *)opaque = (double)(thread_ns() - start) / n;
    qatomic_add(&sink, sum);
    rcu_unregister_thread();
    return NULL;
}

static void *writer(void *opaque)
{
    rcu_register_thread();
    while (!qatomic_read(&stop)) {
        BQL_LOCK_GUARD();
        memory_region_set_enabled(&toggled, commits++ & 1);
    }
    rcu_unregister_thread();
    return NULL;
}

/* The mean time of an access over all readers, in ns. */
static double run(bool with_writer)
{
    g_autofree QemuThread *threads = g_new(QemuThread, nr_readers);
    QemuThread w;
    double sum = 0;

    stop = false;
    commits = 0;
    if (with_writer) {
        qemu_thread_create(&w, "writer", writer, NULL, QEMU_THREAD_JOINABLE);
    }
    for (unsigned i = 0; i < nr_readers; i++) {
        qemu_thread_create(&threads[i], "reader", reader, &reader_ns[i],
                           QEMU_THREAD_JOINABLE);
    }
    g_usleep(RUN_NS / 1000);
    qatomic_set(&stop, true);
    for (unsigned i = 0; i < nr_readers; i++) {
        qemu_thread_join(&threads[i]);
        sum += reader_ns[i];
    }
    if (with_writer) {
        qemu_thread_join(&w);
    }
    return sum / nr_readers;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(bool with_writer)
{
    double runs[5];

    for (int i = 0; i < ARRAY_SIZE(runs); i++) {
        runs[i] = run(with_writer);
    }
    qsort(runs, ARRAY_SIZE(runs), sizeof(runs[0]), compare);
    return runs[ARRAY_SIZE(runs) / 2];
}

static void measure(const char *name)
{
    double alone = median(false), beside = median(true);

    printf("%-12s %8.1f %8.1f %8.2f %10.0f\n", name, alone, beside,
           beside / alone, commits / (RUN_NS / 1e9));
}

static void make_regions(void)
{
    memory_region_init(&root, NULL, "root", UINT64_MAX);
    memory_region_init_ram_nomigrate(&ram, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_init_io(&toggled, NULL, &io_ops, NULL, "toggled", 0x1000);
    io = g_new0(MemoryRegion, nr_io);

    memory_region_transaction_begin();
    memory_region_add_subregion(&root, 0, &ram);
    memory_region_add_subregion(&root, 0x8000000, &toggled);
    for (unsigned i = 0; i < nr_io; i++) {
        memory_region_init_io(&io[i], NULL, &io_ops, NULL, "io", 0x1000);
        memory_region_clear_global_locking(&io[i]);
        memory_region_add_subregion(&root, IO_BASE + (hwaddr)i * IO_STRIDE,
                                    &io[i]);
    }
    memory_region_transaction_commit();
    address_space_init(&as, &root, "bench");
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        nr_readers = atoi(argv[1]);
    }
    if (argc > 2) {
        nr_io = atoi(argv[2]);
    }
    if (nr_readers < 1 || nr_readers > 1024 || nr_io < 1 || nr_io > 1000000) {
        fprintf(stderr, "usage: %s [READERS [REGIONS]]\n", argv[0]);
        return 1;
    }
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    make_regions();
    bql_unlock();
    reader_ns = g_new0(double, nr_readers);

    printf("%u readers, %u regions; ns per access\n", nr_readers, nr_io);
    printf("%-12s %8s %8s %8s %10s\n", "", "alone", "beside", "ratio",
           "commits/s");
    for (int i = 0; i < ADDRS; i++) {
        addrs[i] = i * 68 % RAM_SIZE;
    }
    measure("ram.ldl");
    for (int i = 0; i < ADDRS; i++) {
        addrs[i] = IO_BASE + i * 4 % 0x1000;
    }
    measure("io.ldl");
    for (int i = 0; i < ADDRS; i++) {
        addrs[i] = IO_BASE + (hwaddr)g_random_int_range(0, nr_io) * IO_STRIDE;
    }
    measure("io.random");
    return 0;
}
