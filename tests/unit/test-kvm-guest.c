/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tiny guest on the host's KVM, without a board: exits for memory and ports,
 * and dirty logs, by bitmaps and by rings, against what it is known to write,
 * while the memory map changes. Its CPU has what long mode needs and no more.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/guest-ram.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/pci/msi.h"
#include "kvm-fixture.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "system/cpus.h"

#define PAGE      0x1000
#define LOW_SIZE  0x100000 /* page tables, the program, its list */
#define CODE      0x8000
#define LIST      0x10000
#define BIG       0x1000000
#define BIG_PAGES 256
#define HOLES     8
#define MMIO      0x2000000
#define PORT      0x100
#define END_PORT  0xf4

enum { END, STORE8, STORE16, STORE32, STORE64, LOAD32, OUT, IN, SWEEP };

extern const uint8_t kvm_guest_start[], kvm_guest_end[];

static MemoryRegion low, big, mmio, ports, end_port, hole[HOLES];
static uint8_t *low_ram, *big_ram;
static CPUState *cpu;
static QemuEvent ended;
static int cpl;
static bool was_parked;

/* ---- the guest's devices ------------------------------------------------- */

typedef struct Access {
    hwaddr addr;
    unsigned size;
    bool is_write;
    uint64_t value;
} Access;

static GArray *accesses;

static void note(hwaddr addr, unsigned size, bool is_write, uint64_t value)
{
    Access a = { addr, size, is_write, value };

    g_array_append_val(accesses, a);
}

static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{
    note((uintptr_t)opaque + addr, size, false, 0);
    return 0x11223344 + addr;
}

static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    note((uintptr_t)opaque + addr, size, true, value);
}

static const MemoryRegionOps dev_ops = {
    .read = dev_read,
    .write = dev_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* The list is done: the CPU stops until the test goes on. */
static void end_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    cpu_pause(current_cpu);
    qemu_event_set(&ended);
}

static const MemoryRegionOps end_ops = {
    .write = end_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* ---- its CPU ------------------------------------------------------------- */

static bool has_work(CPUState *cs)
{
    return true;
}

static const SysemuCPUOps cpu_ops = { .has_work = has_work };

static void cpu_realize(DeviceState *dev, Error **errp)
{
    DeviceClass *parent = DEVICE_CLASS(object_class_by_name(TYPE_CPU));

    if (!cpu_exec_realizefn(CPU(dev), errp)) {
        return;
    }
    qemu_init_vcpu(CPU(dev));
    parent->realize(dev, errp);
}

static void cpu_class_init(ObjectClass *oc, void *data)
{
    CPU_CLASS(oc)->sysemu_ops = &cpu_ops;
    DEVICE_CLASS(oc)->realize = cpu_realize;
}

typedef struct ArchCPU {
    CPUState parent_obj;
    uint64_t env;
} TestCPU;

static const TypeInfo cpu_type = {
    .name = "kvmtest-cpu",
    .parent = TYPE_CPU,
    .instance_size = sizeof(TestCPU),
    .class_init = cpu_class_init,
};

unsigned long kvm_arch_vcpu_id(CPUState *cs)
{
    return 0;
}

int kvm_arch_init_vcpu(CPUState *cs)
{
    enum { ENTRIES = 256 };
    g_autofree struct kvm_cpuid2 *cpuid =
        g_malloc0(sizeof(*cpuid) + ENTRIES * sizeof(cpuid->entries[0]));
    int ret;

    cpuid->nent = ENTRIES;
    ret = kvm_ioctl(kvm_state, KVM_GET_SUPPORTED_CPUID, cpuid);
    if (ret < 0) {
        return ret;
    }
    ret = kvm_vcpu_ioctl(cs, KVM_SET_CPUID2, cpuid);
    /* One that was parked has run with these, and they stay. */
    return ret == -EINVAL && was_parked ? 0 : ret;
}

int kvm_arch_get_registers(CPUState *cs, Error **errp)
{
    return 0;
}

static struct kvm_segment segment(unsigned selector, unsigned type, bool code)
{
    return (struct kvm_segment){
        .limit = 0xffffffff,
        .selector = selector | cpl,
        .type = type,
        .present = 1,
        .dpl = cpl,
        .db = !code,
        .s = 1,
        .l = code,
        .g = 1,
    };
}

/* To the beginning of the list, in ring @cpl. */
int kvm_arch_put_registers(CPUState *cs, int level, Error **errp)
{
    struct kvm_regs regs = {
        .rip = CODE,
        .rdi = LIST,
        .rsi = LIST,
        .rsp = CODE,
        .rflags = 2 | 3 << 12, /* ports are for all rings */
    };
    struct kvm_sregs sregs;
    int ret = kvm_vcpu_ioctl(cs, KVM_GET_SREGS, &sregs);

    if (ret < 0) {
        return ret;
    }
    sregs.cr0 = 0x80000011; /* PG, ET, PE */
    sregs.cr3 = 0x1000;
    sregs.cr4 = 0x20;   /* PAE */
    sregs.efer = 0x500; /* LMA, LME */
    sregs.cs = segment(0x08, 11, true);
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss =
        segment(0x10, 3, false);
    ret = kvm_vcpu_ioctl(cs, KVM_SET_SREGS, &sregs);
    return ret < 0 ? ret : kvm_vcpu_ioctl(cs, KVM_SET_REGS, &regs);
}

/* ---- running a list ------------------------------------------------------ */

static uint64_t *entry(unsigned i)
{
    return (uint64_t *)(low_ram + LIST) + i * 4;
}

static void put(unsigned i, uint64_t what, uint64_t addr, uint64_t value,
                uint64_t more)
{
    uint64_t words[4] = { what, addr, value, more };

    g_assert_cmpuint(LIST + (i + 2) * 32, <, LOW_SIZE);
    memcpy(entry(i), words, sizeof(words));
    memset(entry(i + 1), 0, sizeof(words));
}

static void start_list(void)
{
    qemu_event_reset(&ended);
    cpu->vcpu_dirty = true;
    cpu_resume(cpu);
}

static void do_nothing(CPUState *cs, run_on_cpu_data data)
{
}

static void finish_list(void)
{
    bql_unlock();
    qemu_event_wait(&ended);
    bql_lock();
    /* Until its thread waits, the last instruction is not complete. */
    run_on_cpu(cpu, do_nothing, RUN_ON_CPU_NULL);
}

static void run_list(void)
{
    start_list();
    finish_list();
}

/* ---- set-up -------------------------------------------------------------- */

/* All of the first GiB, one to one, for every ring. */
static void make_page_tables(void)
{
    uint64_t *pml4 = (uint64_t *)(low_ram + 0x1000);
    uint64_t *pdpt = (uint64_t *)(low_ram + 0x2000);
    uint64_t *pd = (uint64_t *)(low_ram + 0x3000);

    pml4[0] = 0x2007;
    pdpt[0] = 0x3007;
    for (unsigned i = 0; i < 512; i++) {
        pd[i] = i * 0x200000 + 0x87;
    }
}

static MemoryRegion *map_io(MemoryRegion *mr, MemoryRegion *parent, hwaddr addr,
                            uint64_t size, const MemoryRegionOps *ops)
{
    memory_region_init_io(mr, NULL, ops, (void *)(uintptr_t)addr, "io", size);
    memory_region_add_subregion_overlap(parent, addr, mr, 1);
    return mr;
}

static unsigned hole_page(unsigned i)
{
    return 7 + i * 30;
}

static void make_world(void)
{
    MemoryRegion *sys = get_system_memory();

    memory_region_init_ram_nomigrate(&low, NULL, "low", LOW_SIZE, &error_abort);
    memory_region_init_ram_nomigrate(&big, NULL, "big", BIG_PAGES * PAGE,
                                     &error_abort);
    memory_region_add_subregion(sys, 0, &low);
    memory_region_add_subregion(sys, BIG, &big);
    low_ram = memory_region_get_ram_ptr(&low);
    big_ram = memory_region_get_ram_ptr(&big);
    map_io(&mmio, sys, MMIO, PAGE, &dev_ops);
    map_io(&ports, get_system_io(), PORT, 16, &dev_ops);
    map_io(&end_port, get_system_io(), END_PORT, 1, &end_ops);
    for (unsigned i = 0; i < HOLES; i++) {
        map_io(&hole[i], sys, BIG + hole_page(i) * PAGE, PAGE, &dev_ops);
        memory_region_set_enabled(&hole[i], false);
    }
    make_page_tables();
    memcpy(low_ram + CODE, kvm_guest_start, kvm_guest_end - kvm_guest_start);
    accesses = g_array_new(false, false, sizeof(Access));
    qemu_event_init(&ended, false);
    type_register_static(&cpu_type);
}

static const char *const bitmaps[] = { "kernel-irqchip", "off", NULL };
static const char *const rings[] = { "kernel-irqchip", "off", "dirty-ring-size",
                                     "4096", NULL };
static const char *const irqchip[] = { "kernel-irqchip", "on", NULL };

static bool begin(const char *const *props)
{
    const char *why = fake_no_kvm();

    if (why) {
        g_autofree char *text = g_strdup_printf("/dev/kvm: %s", why);

        g_test_skip(text);
        return false;
    }
    g_assert_cmpint(fake_start(true, props), ==, 0);
    if (props == rings && !kvm_dirty_ring_enabled()) {
        fake_stop();
        g_test_skip("the host's KVM has no dirty rings");
        return false;
    }
    accel_init_interfaces(ACCEL_GET_CLASS(current_accel()));
    cpu = cpu_create("kvmtest-cpu");
    g_assert_nonnull(cpu);
    return true;
}

static void finish(void)
{
    cpu_remove_sync(cpu);
    qdev_unrealize(DEVICE(cpu));
    cpu = NULL;
    drain_call_rcu();
    fake_stop();
}

/* ---- exits --------------------------------------------------------------- */

static void check_access(unsigned i, hwaddr addr, unsigned size, bool is_write,
                         uint64_t value)
{
    const Access *a = &g_array_index(accesses, Access, i);

    g_assert_cmpuint(i, <, accesses->len);
    g_assert_cmphex(a->addr, ==, addr);
    g_assert_cmpuint(a->size, ==, size);
    g_assert_cmpint(a->is_write, ==, is_write);
    g_assert_cmphex(a->value, ==, value);
}

static void test_exits(gconstpointer opaque)
{
    cpl = GPOINTER_TO_INT(opaque);
    if (!begin(bitmaps)) {
        return;
    }
    g_array_set_size(accesses, 0);
    put(0, STORE8, MMIO + 1, 0x81, 0);
    put(1, STORE16, MMIO + 2, 0x8182, 0);
    put(2, STORE32, MMIO + 4, 0x81828384, 0);
    put(3, STORE64, MMIO + 8, 0x8182838485868788, 0);
    put(4, LOAD32, MMIO + 0x10, 0, 0);
    put(5, OUT, PORT + 4, 0xcafe, 0);
    put(6, IN, PORT + 8, 0, 0);
    put(7, STORE64, BIG + 0x40, 0x1234567890, 0);
    put(8, LOAD32, BIG + 0x40, 0, 0);
    run_list();
    check_access(0, MMIO + 1, 1, true, 0x81);
    check_access(1, MMIO + 2, 2, true, 0x8182);
    check_access(2, MMIO + 4, 4, true, 0x81828384);
    check_access(3, MMIO + 8, 8, true, 0x8182838485868788);
    check_access(4, MMIO + 0x10, 4, false, 0);
    check_access(5, PORT + 4, 4, true, 0xcafe);
    check_access(6, PORT + 8, 4, false, 0);
    g_assert_cmpuint(accesses->len, ==, 7);
    g_assert_cmphex(entry(4)[3], ==, 0x11223354);
    g_assert_cmphex(entry(6)[3], ==, 0x1122334c);
    g_assert_cmphex(entry(8)[3], ==, 0x34567890);
    g_assert_cmphex(*(uint64_t *)(big_ram + 0x40), ==, 0x1234567890);
    finish();
}

/* ---- writes that do not wake us ------------------------------------------ */

static void test_eventfd(void)
{
    EventNotifier on_mmio, on_port;

    if (!begin(bitmaps)) {
        return;
    }
    cpl = 3;
    event_notifier_init(&on_mmio, 0);
    event_notifier_init(&on_port, 0);
    memory_region_add_eventfd(&mmio, 0x20, 4, true, 7, &on_mmio);
    memory_region_add_eventfd(&ports, 4, 4, false, 0, &on_port);
    g_array_set_size(accesses, 0);
    put(0, STORE32, MMIO + 0x20, 6, 0);
    put(1, OUT, PORT + 8, 1, 0);
    run_list();
    g_assert_cmpuint(accesses->len, ==, 2);
    g_assert_false(event_notifier_test_and_clear(&on_mmio));
    g_assert_false(event_notifier_test_and_clear(&on_port));
    put(0, STORE32, MMIO + 0x20, 7, 0);
    put(1, OUT, PORT + 4, 1, 0);
    run_list();
    g_assert_cmpuint(accesses->len, ==, 2);
    g_assert_true(event_notifier_test_and_clear(&on_mmio));
    g_assert_true(event_notifier_test_and_clear(&on_port));
    memory_region_del_eventfd(&mmio, 0x20, 4, true, 7, &on_mmio);
    memory_region_del_eventfd(&ports, 4, 4, false, 0, &on_port);
    run_list();
    g_assert_cmpuint(accesses->len, ==, 4);
    event_notifier_cleanup(&on_mmio);
    event_notifier_cleanup(&on_port);
    finish();
}

static void test_coalesced(void)
{
    enum { N = 20 };

    if (!begin(bitmaps)) {
        return;
    }
    cpl = 0;
    memory_region_add_coalescing(&mmio, 0x100, 0x100);
    g_array_set_size(accesses, 0);
    for (unsigned i = 0; i < N; i++) {
        put(i, STORE32, MMIO + 0x100 + 4 * i, i, 0);
    }
    run_list();
    g_assert_cmpuint(accesses->len, ==, 0);
    qemu_flush_coalesced_mmio_buffer();
    g_assert_cmpuint(accesses->len, ==, N);
    for (unsigned i = 0; i < N; i++) {
        check_access(i, MMIO + 0x100 + 4 * i, 4, true, i);
    }
    /* A read, and a write beside it, come after those that wait. */
    g_array_set_size(accesses, 0);
    put(0, STORE32, MMIO + 0x100, 1, 0);
    put(1, LOAD32, MMIO + 0x20, 0, 0);
    put(2, STORE32, MMIO + 0x104, 2, 0);
    put(3, STORE32, MMIO + 0x24, 3, 0);
    run_list();
    check_access(0, MMIO + 0x100, 4, true, 1);
    check_access(1, MMIO + 0x20, 4, false, 0);
    check_access(2, MMIO + 0x104, 4, true, 2);
    check_access(3, MMIO + 0x24, 4, true, 3);
    memory_region_clear_coalescing(&mmio);
    finish();
}

/* ---- kinds of memory ----------------------------------------------------- */

/* What can only be read is read without us, and writes come to us. */
static void test_readonly(void)
{
    if (!begin(bitmaps)) {
        return;
    }
    cpl = 0;
    *(uint64_t *)(big_ram + 0x40) = 0x55;
    memory_region_set_readonly(&big, true);
    put(0, STORE64, BIG + 0x40, 0x99, 0);
    put(1, LOAD32, BIG + 0x40, 0, 0);
    run_list();
    g_assert_cmphex(entry(1)[3], ==, 0x55);
    g_assert_cmphex(*(uint64_t *)(big_ram + 0x40), ==, 0x55);
    memory_region_set_readonly(&big, false);
    run_list();
    g_assert_cmphex(entry(1)[3], ==, 0x99);
    finish();
}

static void test_guest_memfd(void)
{
    static MemoryRegion mr;
    struct kvm_create_guest_memfd create = {
        .size = 16 * PAGE,
        .flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED,
    };
    uint8_t *ptr;
    int fd;

    if (!begin(bitmaps)) {
        return;
    }
    fd = kvm_vm_ioctl(kvm_state, KVM_CREATE_GUEST_MEMFD, &create);
    if (fd < 0 || !kvm_state->has_user_memory2) {
        finish();
        g_test_skip("the host has no guest_memfd that it can map");
        return;
    }
    cpl = 3;
    ptr = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    g_assert_true(ptr != MAP_FAILED);
    memory_region_init_ram_ptr(&mr, NULL, "two-sided", create.size, ptr);
    mr.ram_block->guest_memfd = fd;
    memory_region_add_subregion(get_system_memory(), MMIO + 0x100000, &mr);
    g_assert_cmphex(fake_slot_at(0, MMIO + 0x100000)->flags, ==,
                    KVM_MEM_GUEST_MEMFD);
    put(0, STORE64, MMIO + 0x100000 + 3 * PAGE, 0x1234, 0);
    put(1, LOAD32, MMIO + 0x100000 + 3 * PAGE, 0, 0);
    run_list();
    g_assert_cmphex(entry(1)[3], ==, 0x1234);
    g_assert_cmphex(*(uint64_t *)(ptr + 3 * PAGE), ==, 0x1234);
    memory_region_del_subregion(get_system_memory(), &mr);
    mr.ram_block->guest_memfd = -1;
    finish();
    close(fd);
}

/* ---- CPUs ---------------------------------------------------------------- */

static void count_call(CPUState *cs, run_on_cpu_data data)
{
    ++*(unsigned *)data.host_ptr;
}

/* Stopped and asked for things while it runs, it goes on as if nothing was. */
static void test_kicks(void)
{
    enum { PAGES = 3, ROUNDS = 3000000 };
    unsigned calls = 0, kicks = 0;

    if (!begin(bitmaps)) {
        return;
    }
    cpl = 3;
    memset(big_ram, 0, PAGES * PAGE);
    put(0, SWEEP, BIG, PAGES, ROUNDS);
    start_list();
    for (; !qatomic_read(&cpu->stopped) && kicks < 2000; kicks++) {
        run_on_cpu(cpu, count_call, RUN_ON_CPU_HOST_PTR(&calls));
        if (kicks % 3 == 0) {
            async_run_on_cpu(cpu, count_call, RUN_ON_CPU_HOST_PTR(&calls));
            kicks++;
        }
        qemu_cpu_kick(cpu);
    }
    finish_list();
    g_assert_cmpuint(calls, ==, kicks);
    for (unsigned i = 0; i < PAGES; i++) {
        g_assert_cmpuint(*(uint64_t *)(big_ram + i * PAGE), ==, ROUNDS);
    }
    finish();
}

/* One that goes leaves what the next one of its number takes. */
static void test_parked(void)
{
    if (!begin(bitmaps)) {
        return;
    }
    cpl = 0;
    for (unsigned i = 0; i < 5; i++) {
        put(0, STORE32, BIG, i, 0);
        run_list();
        g_assert_cmpuint(*(uint32_t *)big_ram, ==, i);
        cpu_remove_sync(cpu);
        qdev_unrealize(DEVICE(cpu));
        g_assert_false(QLIST_EMPTY(&kvm_state->kvm_parked_vcpus));
        g_assert_null(kvm_state->coalesced_mmio_ring);
        was_parked = true;
        cpu = cpu_create("kvmtest-cpu");
        was_parked = false;
        g_assert_true(QLIST_EMPTY(&kvm_state->kvm_parked_vcpus));
    }
    finish();
}

/* A CPU that the kernel refuses is an error of who plugs it. */
static void test_no_vcpu(void)
{
    Error *err = NULL;
    DeviceState *dev;

    if (!begin(bitmaps)) {
        return;
    }
    dev = qdev_new("kvmtest-cpu");
    fake_fail(1, ENOMEM, KVM_CREATE_VCPU, 1);
    g_assert_false(qdev_realize(dev, NULL, &err));
    fake_fail(0, 0, 0, 0);
    g_assert_nonnull(strstr(error_get_pretty(err), "KVM cannot make CPU"));
    error_free(err);
    object_unref(OBJECT(dev));
    finish();
}

/* ---- interrupts ---------------------------------------------------------- */

static bool is_requested(unsigned vector)
{
    struct kvm_lapic_state lapic;
    uint32_t irr;

    g_assert_cmpint(kvm_vcpu_ioctl(cpu, KVM_GET_LAPIC, &lapic), ==, 0);
    memcpy(&irr, lapic.regs + 0x200 + 16 * (vector / 32), sizeof(irr));
    return irr & 1u << vector % 32;
}

/* An eventfd raises a vector along a route that then leads elsewhere. */
static void test_irqfd(void)
{
    MSIMessage msg = { .address = 0xfee00000, .data = 0x41 };
    struct kvm_lapic_state lapic;
    uint32_t enabled = 0x1ff;
    KVMRouteChange c;
    EventNotifier n;
    int virq;

    if (!begin(irqchip)) {
        return;
    }
    g_assert_cmpint(kvm_vcpu_ioctl(cpu, KVM_GET_LAPIC, &lapic), ==, 0);
    memcpy(lapic.regs + 0xf0, &enabled, sizeof(enabled));
    g_assert_cmpint(kvm_vcpu_ioctl(cpu, KVM_SET_LAPIC, &lapic), ==, 0);
    event_notifier_init(&n, 0);
    c = kvm_irqchip_begin_route_changes(kvm_state);
    virq = kvm_irqchip_add_msi_route(&c, 0, NULL);
    g_assert_cmpint(virq, >=, 0);
    g_assert_cmpint(kvm_irqchip_update_msi_route(kvm_state, virq, msg, NULL),
                    ==, 0);
    kvm_irqchip_commit_route_changes(&c);
    g_assert_cmpint(
        kvm_irqchip_add_irqfd_notifier_gsi(kvm_state, &n, NULL, virq), ==, 0);
    for (unsigned vector = 0x41; vector < 0x44; vector++) {
        g_assert_false(is_requested(vector));
        event_notifier_set(&n);
        for (unsigned i = 0; i < 1000 && !is_requested(vector); i++) {
            g_usleep(1000);
        }
        g_assert_true(is_requested(vector));
        msg.data = vector + 1;
        kvm_irqchip_update_msi_route(kvm_state, virq, msg, NULL);
        kvm_irqchip_commit_routes(kvm_state);
    }
    msg.data = 0x51;
    g_assert_cmpint(kvm_irqchip_send_msi(kvm_state, msg), >, 0);
    g_assert_true(is_requested(0x51));
    g_assert_cmpint(kvm_irqchip_remove_irqfd_notifier_gsi(kvm_state, &n, virq),
                    ==, 0);
    kvm_irqchip_release_virq(kvm_state, virq);
    event_notifier_cleanup(&n);
    finish();
}

/* ---- dirty logs ---------------------------------------------------------- */

static DECLARE_BITMAP(written, BIG_PAGES);
static DECLARE_BITMAP(seen, BIG_PAGES);

static void snapshot(void)
{
    DirtyBitmapSnapshot *snap = memory_region_snapshot_and_clear_dirty(
        &big, 0, BIG_PAGES * PAGE, DIRTY_MEMORY_VGA);

    for (unsigned i = 0; i < BIG_PAGES; i++) {
        if (memory_region_snapshot_get_dirty(&big, snap, i * PAGE, PAGE)) {
            set_bit(i, seen);
        }
    }
    g_free(snap);
}

static void check_seen(void)
{
    for (unsigned i = 0; i < BIG_PAGES; i++) {
        g_assert_cmpint(test_bit(i, seen), ==, test_bit(i, written));
    }
    bitmap_zero(seen, BIG_PAGES);
    bitmap_zero(written, BIG_PAGES);
}

static bool is_hole(unsigned page)
{
    for (unsigned i = 0; i < HOLES; i++) {
        if (hole_page(i) == page && memory_region_is_mapped(&hole[i]) &&
            hole[i].enabled) {
            return true;
        }
    }
    return false;
}

static void toggle_holes(void)
{
    memory_region_transaction_begin();
    for (unsigned n = g_test_rand_int_range(1, 4); n--;) {
        MemoryRegion *mr = &hole[g_test_rand_int_range(0, HOLES)];

        memory_region_set_enabled(mr, !mr->enabled);
    }
    memory_region_transaction_commit();
}

static void begin_log(void)
{
    memory_region_set_log(&big, true, DIRTY_MEMORY_VGA);
    snapshot();
    bitmap_zero(seen, BIG_PAGES);
    bitmap_zero(written, BIG_PAGES);
}

static void end_log(void)
{
    memory_region_set_log(&big, false, DIRTY_MEMORY_VGA);
    for (unsigned i = 0; i < HOLES; i++) {
        memory_region_set_enabled(&hole[i], false);
    }
}

/* Between lists of writes the map changes, and the log is read. */
static void test_dirty(bool ring)
{
    if (!begin(ring ? rings : bitmaps)) {
        return;
    }
    begin_log();
    for (unsigned round = 0; round < 60; round++) {
        unsigned n = g_test_rand_int_range(0, 40), holes = 0;

        cpl = g_test_rand_int_range(0, 2) ? 3 : 0;
        g_array_set_size(accesses, 0);
        put(0, END, 0, 0, 0);
        for (unsigned i = 0; i < n; i++) {
            unsigned page = g_test_rand_int_range(0, BIG_PAGES);

            put(i, g_test_rand_int_range(STORE8, STORE64 + 1),
                BIG + page * PAGE + 8 * g_test_rand_int_range(0, 512), i, 0);
            if (is_hole(page)) {
                holes++;
            } else {
                set_bit(page, written);
            }
        }
        run_list();
        g_assert_cmpuint(accesses->len, ==, holes);
        if (g_test_rand_int_range(0, 2)) {
            toggle_holes();
        }
        if (g_test_rand_int_range(0, 2)) {
            snapshot();
            check_seen();
        }
    }
    snapshot();
    check_seen();
    end_log();
    finish();
}

/*
 * The guest writes all the time while holes come and go beside its pages, which
 * makes the slot that has them go and come back, and while the log is read: no
 * write is lost, and all are seen.
 */
static void test_sweep(bool ring, int level, unsigned rounds)
{
    unsigned first = hole_page(2) + 1, nr = 29, changes = 0;

    if (!begin(ring ? rings : bitmaps)) {
        return;
    }
    cpl = level;
    memset(big_ram, 0, BIG_PAGES * PAGE);
    begin_log();
    g_array_set_size(accesses, 0);
    put(0, SWEEP, BIG + first * PAGE, nr, rounds);
    start_list();
    while (!qatomic_read(&cpu->stopped)) {
        toggle_holes();
        if (++changes % 4 == 0) {
            snapshot();
        }
        bql_unlock();
        g_usleep(200);
        bql_lock();
    }
    finish_list();
    snapshot();
    bitmap_set(written, first, nr);
    check_seen();
    for (unsigned i = 0; i < nr; i++) {
        g_assert_cmpuint(*(uint64_t *)(big_ram + (first + i) * PAGE), ==,
                         rounds);
    }
    g_assert_cmpuint(accesses->len, ==, 0);
    printf("# %u changes of the map\n", changes);
    end_log();
    finish();
}

static void test_dirty_bitmap(void)
{
    test_dirty(false);
}

static void test_dirty_ring(void)
{
    test_dirty(true);
}

static void test_sweep_bitmap_user(void)
{
    test_sweep(false, 3, 400000);
}

static void test_sweep_bitmap_kernel(void)
{
    test_sweep(false, 0, 3000);
}

static void test_sweep_ring_user(void)
{
    test_sweep(true, 3, 400000);
}

int main(int argc, char **argv)
{
    fake_setup(&argc, &argv);
    make_world();
    g_test_add_data_func("/kvm/guest/exits/kernel", GINT_TO_POINTER(0),
                         test_exits);
    g_test_add_data_func("/kvm/guest/exits/user", GINT_TO_POINTER(3),
                         test_exits);
    g_test_add_func("/kvm/guest/eventfd", test_eventfd);
    g_test_add_func("/kvm/guest/coalesced", test_coalesced);
    g_test_add_func("/kvm/guest/readonly", test_readonly);
    g_test_add_func("/kvm/guest/memfd", test_guest_memfd);
    g_test_add_func("/kvm/guest/kicks", test_kicks);
    g_test_add_func("/kvm/guest/parked", test_parked);
    g_test_add_func("/kvm/guest/refused", test_no_vcpu);
    g_test_add_func("/kvm/guest/irqfd", test_irqfd);
    g_test_add_func("/kvm/guest/dirty/bitmap", test_dirty_bitmap);
    g_test_add_func("/kvm/guest/dirty/ring", test_dirty_ring);
    g_test_add_func("/kvm/guest/sweep/bitmap/user", test_sweep_bitmap_user);
    g_test_add_func("/kvm/guest/sweep/bitmap/kernel", test_sweep_bitmap_kernel);
    g_test_add_func("/kvm/guest/sweep/ring/user", test_sweep_ring_user);
    return g_test_run();
}
