/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tiny guest on the host's KVM: exits for memory and ports, writes that do not
 * make any, kinds of memory, kicks, CPUs that go and come, interrupts.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/guest-ram.h"
#include "exec/ramblock.h"
#include "hw/pci/msi.h"
#include "kvm-guest.h"
#include "qapi/error.h"
#include "qemu/event_notifier.h"
#include "qemu/rcu.h"
#include "system/cpus.h"

/* ---- exits --------------------------------------------------------------- */

static void check_access(unsigned i, hwaddr addr, unsigned size, bool is_write,
                         uint64_t value)
{
    const Access *a = &g_array_index(kg_accesses, Access, i);

    g_assert_cmpuint(i, <, kg_accesses->len);
    g_assert_cmphex(a->addr, ==, addr);
    g_assert_cmpuint(a->size, ==, size);
    g_assert_cmpint(a->is_write, ==, is_write);
    g_assert_cmphex(a->value, ==, value);
}

static void test_exits(gconstpointer opaque)
{
    kg_cpl = GPOINTER_TO_INT(opaque);
    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    g_array_set_size(kg_accesses, 0);
    kg_put(0, STORE8, MMIO + 1, 0x81, 0);
    kg_put(1, STORE16, MMIO + 2, 0x8182, 0);
    kg_put(2, STORE32, MMIO + 4, 0x81828384, 0);
    kg_put(3, STORE64, MMIO + 8, 0x8182838485868788, 0);
    kg_put(4, LOAD32, MMIO + 0x10, 0, 0);
    kg_put(5, OUT, PORT + 4, 0xcafe, 0);
    kg_put(6, IN, PORT + 8, 0, 0);
    kg_put(7, STORE64, BIG + 0x40, 0x1234567890, 0);
    kg_put(8, LOAD32, BIG + 0x40, 0, 0);
    kg_run_list();
    check_access(0, MMIO + 1, 1, true, 0x81);
    check_access(1, MMIO + 2, 2, true, 0x8182);
    check_access(2, MMIO + 4, 4, true, 0x81828384);
    check_access(3, MMIO + 8, 8, true, 0x8182838485868788);
    check_access(4, MMIO + 0x10, 4, false, 0);
    check_access(5, PORT + 4, 4, true, 0xcafe);
    check_access(6, PORT + 8, 4, false, 0);
    g_assert_cmpuint(kg_accesses->len, ==, 7);
    g_assert_cmphex(kg_entry(4)[3], ==, 0x11223354);
    g_assert_cmphex(kg_entry(6)[3], ==, 0x1122334c);
    g_assert_cmphex(kg_entry(8)[3], ==, 0x34567890);
    g_assert_cmphex(*(uint64_t *)(kg_big_ram + 0x40), ==, 0x1234567890);
    kg_finish();
}

/* ---- writes that do not wake us ------------------------------------------ */

static void test_eventfd(void)
{
    EventNotifier on_mmio, on_port;

    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    kg_cpl = 3;
    event_notifier_init(&on_mmio, 0);
    event_notifier_init(&on_port, 0);
    memory_region_add_eventfd(&kg_mmio, 0x20, 4, true, 7, &on_mmio);
    memory_region_add_eventfd(&kg_ports, 4, 4, false, 0, &on_port);
    g_array_set_size(kg_accesses, 0);
    kg_put(0, STORE32, MMIO + 0x20, 6, 0);
    kg_put(1, OUT, PORT + 8, 1, 0);
    kg_run_list();
    g_assert_cmpuint(kg_accesses->len, ==, 2);
    g_assert_false(event_notifier_test_and_clear(&on_mmio));
    g_assert_false(event_notifier_test_and_clear(&on_port));
    kg_put(0, STORE32, MMIO + 0x20, 7, 0);
    kg_put(1, OUT, PORT + 4, 1, 0);
    kg_run_list();
    g_assert_cmpuint(kg_accesses->len, ==, 2);
    g_assert_true(event_notifier_test_and_clear(&on_mmio));
    g_assert_true(event_notifier_test_and_clear(&on_port));
    memory_region_del_eventfd(&kg_mmio, 0x20, 4, true, 7, &on_mmio);
    memory_region_del_eventfd(&kg_ports, 4, 4, false, 0, &on_port);
    kg_run_list();
    g_assert_cmpuint(kg_accesses->len, ==, 4);
    event_notifier_cleanup(&on_mmio);
    event_notifier_cleanup(&on_port);
    kg_finish();
}

static void test_coalesced(void)
{
    enum { N = 20 };

    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    kg_cpl = 0;
    memory_region_add_coalescing(&kg_mmio, 0x100, 0x100);
    g_array_set_size(kg_accesses, 0);
    for (unsigned i = 0; i < N; i++) {
        kg_put(i, STORE32, MMIO + 0x100 + 4 * i, i, 0);
    }
    kg_run_list();
    g_assert_cmpuint(kg_accesses->len, ==, 0);
    qemu_flush_coalesced_mmio_buffer();
    g_assert_cmpuint(kg_accesses->len, ==, N);
    for (unsigned i = 0; i < N; i++) {
        check_access(i, MMIO + 0x100 + 4 * i, 4, true, i);
    }
    /* A read, and a write beside it, come after those that wait. */
    g_array_set_size(kg_accesses, 0);
    kg_put(0, STORE32, MMIO + 0x100, 1, 0);
    kg_put(1, LOAD32, MMIO + 0x20, 0, 0);
    kg_put(2, STORE32, MMIO + 0x104, 2, 0);
    kg_put(3, STORE32, MMIO + 0x24, 3, 0);
    kg_run_list();
    check_access(0, MMIO + 0x100, 4, true, 1);
    check_access(1, MMIO + 0x20, 4, false, 0);
    check_access(2, MMIO + 0x104, 4, true, 2);
    check_access(3, MMIO + 0x24, 4, true, 3);
    memory_region_clear_coalescing(&kg_mmio);
    kg_finish();
}

/* ---- kinds of memory ----------------------------------------------------- */

/* What can only be read is read without us, and writes come to us. */
static void test_readonly(void)
{
    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    kg_cpl = 0;
    *(uint64_t *)(kg_big_ram + 0x40) = 0x55;
    memory_region_set_readonly(&kg_big, true);
    kg_put(0, STORE64, BIG + 0x40, 0x99, 0);
    kg_put(1, LOAD32, BIG + 0x40, 0, 0);
    kg_run_list();
    g_assert_cmphex(kg_entry(1)[3], ==, 0x55);
    g_assert_cmphex(*(uint64_t *)(kg_big_ram + 0x40), ==, 0x55);
    memory_region_set_readonly(&kg_big, false);
    kg_run_list();
    g_assert_cmphex(kg_entry(1)[3], ==, 0x99);
    kg_finish();
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

    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    fd = kvm_vm_ioctl(kvm_state, KVM_CREATE_GUEST_MEMFD, &create);
    if (fd < 0 || !kvm_state->has_user_memory2) {
        kg_finish();
        g_test_skip("the host has no guest_memfd that it can map");
        return;
    }
    kg_cpl = 3;
    ptr = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    g_assert_true(ptr != MAP_FAILED);
    memory_region_init_ram_ptr(&mr, NULL, "two-sided", create.size, ptr);
    mr.ram_block->guest_memfd = fd;
    memory_region_add_subregion(get_system_memory(), MMIO + 0x100000, &mr);
    g_assert_cmphex(fake_slot_at(0, MMIO + 0x100000)->flags, ==,
                    KVM_MEM_GUEST_MEMFD);
    kg_put(0, STORE64, MMIO + 0x100000 + 3 * PAGE, 0x1234, 0);
    kg_put(1, LOAD32, MMIO + 0x100000 + 3 * PAGE, 0, 0);
    kg_run_list();
    g_assert_cmphex(kg_entry(1)[3], ==, 0x1234);
    g_assert_cmphex(*(uint64_t *)(ptr + 3 * PAGE), ==, 0x1234);
    memory_region_del_subregion(get_system_memory(), &mr);
    mr.ram_block->guest_memfd = -1;
    kg_finish();
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

    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    kg_cpl = 3;
    memset(kg_big_ram, 0, PAGES * PAGE);
    kg_put(0, SWEEP, BIG, PAGES, ROUNDS);
    kg_start_list();
    for (; !qatomic_read(&kg_cpu->stopped) && kicks < 2000; kicks++) {
        run_on_cpu(kg_cpu, count_call, RUN_ON_CPU_HOST_PTR(&calls));
        if (kicks % 3 == 0) {
            async_run_on_cpu(kg_cpu, count_call, RUN_ON_CPU_HOST_PTR(&calls));
            kicks++;
        }
        qemu_cpu_kick(kg_cpu);
    }
    kg_finish_list();
    g_assert_cmpuint(calls, ==, kicks);
    for (unsigned i = 0; i < PAGES; i++) {
        g_assert_cmpuint(*(uint64_t *)(kg_big_ram + i * PAGE), ==, ROUNDS);
    }
    kg_finish();
}

/* One that goes leaves what the next one of its number takes. */
static void test_parked(void)
{
    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    kg_cpl = 0;
    for (unsigned i = 0; i < 5; i++) {
        kg_put(0, STORE32, BIG, i, 0);
        kg_run_list();
        g_assert_cmpuint(*(uint32_t *)kg_big_ram, ==, i);
        cpu_remove_sync(kg_cpu);
        qdev_unrealize(DEVICE(kg_cpu));
        g_assert_false(QLIST_EMPTY(&kvm_state->kvm_parked_vcpus));
        g_assert_null(kvm_state->coalesced_mmio_ring);
        kg_was_parked = true;
        kg_cpu = cpu_create("kvmtest-cpu");
        kg_was_parked = false;
        g_assert_true(QLIST_EMPTY(&kvm_state->kvm_parked_vcpus));
    }
    kg_finish();
}

/* A CPU that the kernel refuses is an error of who plugs it. */
static void test_no_vcpu(void)
{
    Error *err = NULL;
    DeviceState *dev;

    if (!kg_begin(kg_bitmaps)) {
        return;
    }
    dev = qdev_new("kvmtest-cpu");
    fake_fail(1, ENOMEM, KVM_CREATE_VCPU, 1);
    g_assert_false(qdev_realize(dev, NULL, &err));
    fake_fail(0, 0, 0, 0);
    g_assert_nonnull(strstr(error_get_pretty(err), "KVM cannot make CPU"));
    error_free(err);
    object_unref(OBJECT(dev));
    kg_finish();
}

/* ---- interrupts ---------------------------------------------------------- */

static bool is_requested(unsigned vector)
{
    struct kvm_lapic_state lapic;
    uint32_t irr;

    g_assert_cmpint(kvm_vcpu_ioctl(kg_cpu, KVM_GET_LAPIC, &lapic), ==, 0);
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

    if (!kg_begin(kg_irqchip)) {
        return;
    }
    g_assert_cmpint(kvm_vcpu_ioctl(kg_cpu, KVM_GET_LAPIC, &lapic), ==, 0);
    memcpy(lapic.regs + 0xf0, &enabled, sizeof(enabled));
    g_assert_cmpint(kvm_vcpu_ioctl(kg_cpu, KVM_SET_LAPIC, &lapic), ==, 0);
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
    kg_finish();
}
int main(int argc, char **argv)
{
    fake_setup(&argc, &argv);
    kg_make_world();
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
    return g_test_run();
}
