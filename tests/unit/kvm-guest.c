/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "kvm-guest.h"
#include "exec/address-spaces.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "system/cpus.h"

#define LOW_SIZE 0x100000 /* page tables, the program, its list */
#define CODE     0x8000
#define LIST     0x10000

extern const uint8_t kvm_guest_start[], kvm_guest_end[];

MemoryRegion kg_big, kg_mmio, kg_ports, kg_hole[HOLES];
uint8_t *kg_big_ram;
CPUState *kg_cpu;
int kg_cpl;
bool kg_was_parked;
GArray *kg_accesses;

static MemoryRegion low, end_port;
static uint8_t *low_ram;
static QemuEvent ended;

/* ---- the guest's devices ------------------------------------------------- */

static void note(hwaddr addr, unsigned size, bool is_write, uint64_t value)
{
    Access a = { addr, size, is_write, value };

    g_array_append_val(kg_accesses, a);
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
    return ret == -EINVAL && kg_was_parked ? 0 : ret;
}

int kvm_arch_get_registers(CPUState *cs, Error **errp)
{
    return 0;
}

static struct kvm_segment segment(unsigned selector, unsigned type, bool code)
{
    return (struct kvm_segment){
        .limit = 0xffffffff,
        .selector = selector | kg_cpl,
        .type = type,
        .present = 1,
        .dpl = kg_cpl,
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

uint64_t *kg_entry(unsigned i)
{
    return (uint64_t *)(low_ram + LIST) + i * 4;
}

void kg_put(unsigned i, uint64_t what, uint64_t addr, uint64_t value,
            uint64_t more)
{
    uint64_t words[4] = { what, addr, value, more };

    g_assert_cmpuint(LIST + (i + 2) * 32, <, LOW_SIZE);
    memcpy(kg_entry(i), words, sizeof(words));
    memset(kg_entry(i + 1), 0, sizeof(words));
}

void kg_start_list(void)
{
    qemu_event_reset(&ended);
    kg_cpu->vcpu_dirty = true;
    cpu_resume(kg_cpu);
}

static void do_nothing(CPUState *cs, run_on_cpu_data data)
{
}

void kg_finish_list(void)
{
    bql_unlock();
    qemu_event_wait(&ended);
    bql_lock();
    /* Until its thread waits, the last instruction is not complete. */
    run_on_cpu(kg_cpu, do_nothing, RUN_ON_CPU_NULL);
}

void kg_run_list(void)
{
    kg_start_list();
    kg_finish_list();
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

unsigned kg_hole_page(unsigned i)
{
    return 7 + i * 30;
}

void kg_make_world(void)
{
    MemoryRegion *sys = get_system_memory();

    memory_region_init_ram_nomigrate(&low, NULL, "low", LOW_SIZE, &error_abort);
    memory_region_init_ram_nomigrate(&kg_big, NULL, "big", BIG_PAGES * PAGE,
                                     &error_abort);
    memory_region_add_subregion(sys, 0, &low);
    memory_region_add_subregion(sys, BIG, &kg_big);
    low_ram = memory_region_get_ram_ptr(&low);
    kg_big_ram = memory_region_get_ram_ptr(&kg_big);
    map_io(&kg_mmio, sys, MMIO, PAGE, &dev_ops);
    map_io(&kg_ports, get_system_io(), PORT, 16, &dev_ops);
    map_io(&end_port, get_system_io(), END_PORT, 1, &end_ops);
    for (unsigned i = 0; i < HOLES; i++) {
        map_io(&kg_hole[i], sys, BIG + kg_hole_page(i) * PAGE, PAGE, &dev_ops);
        memory_region_set_enabled(&kg_hole[i], false);
    }
    make_page_tables();
    memcpy(low_ram + CODE, kvm_guest_start, kvm_guest_end - kvm_guest_start);
    kg_accesses = g_array_new(false, false, sizeof(Access));
    qemu_event_init(&ended, false);
    type_register_static(&cpu_type);
}

const char *const kg_bitmaps[] = { "kernel-irqchip", "off", NULL };
const char *const kg_rings[] = { "kernel-irqchip", "off", "dirty-ring-size",
                                 "4096", NULL };
const char *const kg_irqchip[] = { "kernel-irqchip", "on", NULL };

static void make_cpu(void)
{
    accel_init_interfaces(ACCEL_GET_CLASS(current_accel()));
    kg_cpu = cpu_create("kvmtest-cpu");
    g_assert_nonnull(kg_cpu);
}

bool kg_begin(const char *const *props)
{
    const char *why = fake_no_kvm();

    if (why) {
        g_autofree char *text = g_strdup_printf("/dev/kvm: %s", why);

        g_test_skip(text);
        return false;
    }
    g_assert_cmpint(fake_start(true, props), ==, 0);
    if (props == kg_rings && !kvm_dirty_ring_enabled()) {
        fake_stop();
        g_test_skip("the host's KVM has no dirty rings");
        return false;
    }
    make_cpu();
    return true;
}

void kg_begin_table(const char *const *props)
{
    g_assert_cmpint(fake_start(false, props), ==, 0);
    make_cpu();
}

void kg_finish(void)
{
    cpu_remove_sync(kg_cpu);
    qdev_unrealize(DEVICE(kg_cpu));
    kg_cpu = NULL;
    drain_call_rcu();
    fake_stop();
}
