/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM on x86: the virtual machine's part, CPUs, exits. What the accelerator
 * wants of an architecture (system/kvm.h).
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "hw/i386/apic-msidef.h"
#include "hw/intc/ioapic_internal.h"
#include "hw/pci/msi.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "system/hw_accel.h"
#include "system/runstate.h"

#define IDENTITY_PAGE 0xfeffc000 /* one page, and three for a TSS after it */
#define APIC_MEMORY   0xfee00000
#define OUR_GSIS      (MAX_IOAPICS * IOAPIC_NUM_PINS) /* in split mode */

const KVMCapabilityInfo kvm_arch_required_capabilities[] = {
    KVM_CAP_INFO(SET_TSS_ADDR), KVM_CAP_INFO(EXT_CPUID),
    KVM_CAP_INFO(MP_STATE),     KVM_CAP_INFO(SET_IDENTITY_MAP_ADDR),
    KVM_CAP_INFO(VCPU_EVENTS),  KVM_CAP_INFO(DEBUGREGS),
    KVM_CAP_INFO(XSAVE),        KVM_CAP_INFO(XCRS),
    KVM_CAP_LAST_INFO,
};

/* ---- messages to APICs --------------------------------------------------- */

static void send_msi(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
    MSIMessage msg = { .address = APIC_MEMORY + addr, .data = data };
    int ret = kvm_irqchip_send_msi(kvm_state, msg);

    if (ret < 0) {
        error_report_once(
            "KVM does not take message 0x%x for 0x%" PRIx64 ": %s",
            (unsigned)data, (uint64_t)msg.address, strerror(-ret));
    }
}

static uint64_t no_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static const MemoryRegionOps msi_ops = {
    .read = no_read,
    .write = send_msi,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* Where devices write; a CPU's own accesses do not leave the kernel. */
static void map_apic_memory(void)
{
    static MemoryRegion region;

    if (region.ops || !kvm_irqchip_in_kernel()) {
        return;
    }
    memory_region_init_io(&region, NULL, &msi_ops, NULL, "kvm-apic-msi",
                          0x100000);
    memory_region_add_subregion_overlap(get_system_memory(), APIC_MEMORY,
                                        &region, 0x1000);
}

/* ---- the virtual machine ------------------------------------------------- */

int kvm_arch_get_default_type(MachineState *ms)
{
    return 0;
}

static int set_shadow_mem(KVMState *s)
{
    unsigned long pages = s->kvm_shadow_mem / 4096;
    int ret = 0;

    if (s->kvm_shadow_mem != -1) {
        ret = kvm_vm_ioctl(s, KVM_SET_NR_MMU_PAGES, pages);
    }
    if (ret < 0) {
        error_report("kvm-shadow-mem: KVM cannot do with %lu pages: %s", pages,
                     strerror(-ret));
    }
    return ret;
}

int kvm_arch_init(MachineState *ms, KVMState *s)
{
    uint64_t identity = IDENTITY_PAGE;
    int ret = kvm_vm_ioctl(s, KVM_SET_IDENTITY_MAP_ADDR, &identity);

    if (ret < 0) {
        error_report("KVM_SET_IDENTITY_MAP_ADDR failed: %s", strerror(-ret));
        return ret;
    }
    ret = kvm_vm_ioctl(s, KVM_SET_TSS_ADDR, IDENTITY_PAGE + 0x1000);
    if (ret < 0) {
        error_report("KVM_SET_TSS_ADDR failed: %s", strerror(-ret));
        return ret;
    }
    return set_shadow_mem(s);
}

void kvm_arch_accel_class_init(ObjectClass *oc)
{
}

bool kvm_has_x2apic_api(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_X2APIC_API);
}

bool kvm_enable_x2apic(void)
{
    return kvm_has_x2apic_api() &&
           kvm_vm_enable_cap(kvm_state, KVM_CAP_X2APIC_API, 0,
                             KVM_X2APIC_API_USE_32BIT_IDS |
                                 KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK) == 0;
}

/* Split: the kernel has the local APICs and leaves us some of its GSIs. */
int kvm_arch_irqchip_create(KVMState *s)
{
    int ret;

    if (!kvm_kernel_irqchip_split() ||
        kvm_check_extension(s, KVM_CAP_SPLIT_IRQCHIP) <= 0) {
        return 0; /* all of it: KVM_CREATE_IRQCHIP */
    }
    ret = kvm_vm_enable_cap(s, KVM_CAP_SPLIT_IRQCHIP, 0, OUR_GSIS);
    if (ret < 0) {
        error_report("Could not enable split IRQ mode: %s", strerror(-ret));
        return ret;
    }
    kvm_split_irqchip = true;
    return 1;
}

/* One for each input of our I/O APICs, which say what it is. */
static void reserve_routes(KVMState *s)
{
    KVMRouteChange c = kvm_irqchip_begin_route_changes(s);

    for (int i = 0; i < OUR_GSIS; i++) {
        if (kvm_irqchip_add_msi_route(&c, 0, NULL) < 0) {
            error_report("KVM has no route for interrupt %d", i);
            exit(EXIT_FAILURE);
        }
    }
    kvm_irqchip_commit_route_changes(&c);
}

/* As a PC's lines go: to both PICs, and to the I/O APIC. */
void kvm_arch_init_irq_routing(KVMState *s)
{
    kvm_msi_via_irqfd_allowed = true;
    kvm_gsi_routing_allowed = true;
    msi_nonbroken = true;
    if (kvm_irqchip_is_split()) {
        reserve_routes(s);
        return;
    }
    for (int i = 0; i < 8; i++) {
        if (i != 2) {
            kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_PIC_MASTER, i);
        }
        kvm_irqchip_add_irq_route(s, i + 8, KVM_IRQCHIP_PIC_SLAVE, i);
    }
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        if (i != 2) {
            kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_IOAPIC, i ?: 2);
        }
    }
    kvm_irqchip_commit_routes(s);
}

int kvm_arch_fixup_msi_route(struct kvm_irq_routing_entry *route,
                             uint64_t address, uint32_t data, PCIDevice *dev)
{
    return 0;
}

int kvm_arch_add_msi_route_post(struct kvm_irq_routing_entry *route, int vector,
                                PCIDevice *dev)
{
    return 0;
}

int kvm_arch_release_virq_post(int virq)
{
    return 0;
}

int kvm_arch_msi_data_to_gsi(uint32_t data)
{
    return -ENOTSUP;
}

/* ---- CPUs ---------------------------------------------------------------- */

unsigned long kvm_arch_vcpu_id(CPUState *cs)
{
    return X86_CPU(cs)->apic_id;
}

static int set_up_mce(X86CPU *cpu)
{
    uint64_t host = 0;
    CPUX86State *env = &cpu->env;

    if (!env->mcg_cap || kvm_check_extension(kvm_state, KVM_CAP_MCE) <= 0 ||
        kvm_ioctl(kvm_state, KVM_X86_GET_MCE_CAP_SUPPORTED, &host) < 0) {
        env->mcg_cap = 0;
    }
    env->mcg_cap &= host | MCG_CAP_BANKS_MASK;
    if (env->mcg_cap &&
        kvm_vcpu_ioctl(CPU(cpu), KVM_X86_SETUP_MCE, &env->mcg_cap) < 0) {
        env->mcg_cap = 0;
    }
    if (cpu->enable_lmce && !(env->mcg_cap & MCG_LMCE_P)) {
        error_report("lmce=on: KVM on this host has no local machine checks");
        return -ENOTSUP;
    }
    return 0;
}

/* KVM's services that CPUID does not tell of are not there at all. */
static int enforce_pv_cpuid(X86CPU *cpu)
{
    int ret = 0;

    if (cpu->kvm_pv_enforce_cpuid) {
        ret = kvm_vcpu_enable_cap(CPU(cpu), KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 0,
                                  1);
    }
    if (ret < 0) {
        error_report("kvm-pv-enforce-cpuid=on: KVM on this host cannot: %s",
                     strerror(-ret));
    }
    return ret;
}

int kvm_x86_set_tsc_khz(X86CPU *cpu)
{
    int64_t khz = cpu->env.tsc_khz;

    if (!khz || kvm_vcpu_ioctl(CPU(cpu), KVM_GET_TSC_KHZ) == khz) {
        return 0;
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_TSC_KHZ, (unsigned long)khz);
}

/* The frequency that the user asks for; else the state gets the host's. */
static int init_tsc_khz(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    int ret;

    if (!env->tsc_khz) {
        ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_TSC_KHZ);
        env->tsc_khz = MAX(ret, 0);
        return 0;
    }
    ret = kvm_x86_set_tsc_khz(cpu);
    if (ret < 0) {
        error_report("this host cannot give a guest a TSC of %" PRId64
                     " kHz: leave out 'tsc-frequency'",
                     env->tsc_khz);
    }
    return ret;
}

/* The TSC goes on when the machine does: what was read is not it then. */
static void run_state_changed(void *opaque, bool running, RunState state)
{
    if (running) {
        X86_CPU(opaque)->env.tsc_valid = false;
    }
}

int kvm_arch_init_vcpu(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    int ret;

    if (!kvm_irqchip_in_kernel() && !cpu->apic_state) {
        error_report("kernel-irqchip=off: this program has no local APIC of "
                     "its own; use kernel-irqchip=on");
        return -ENOTSUP;
    }
    map_apic_memory();
    ret = init_tsc_khz(cpu);
    if (ret < 0) {
        return ret;
    }
    ret = kvm_x86_set_cpuid(cpu);
    if (ret < 0) {
        error_report("KVM_SET_CPUID2 failed: %s", strerror(-ret));
        return ret;
    }
    ret = enforce_pv_cpuid(cpu);
    if (ret == 0) {
        ret = set_up_mce(cpu);
    }
    if (ret < 0) {
        return ret;
    }
    cpu->vmsentry = qemu_add_vm_change_state_handler(run_state_changed, cpu);
    return 0;
}

int kvm_arch_destroy_vcpu(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);

    g_clear_pointer(&cpu->vmsentry, qemu_del_vm_change_state_handler);
    g_clear_pointer(&cpu->kvm_msr_buf, g_free);
    return 0;
}

void kvm_arch_reset_vcpu(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);

    /* Without an APIC in the kernel, that knows of no other state. */
    cpu->env.mp_state = cpu_is_bsp(cpu) || !kvm_irqchip_in_kernel()
                            ? KVM_MP_STATE_RUNNABLE
                            : KVM_MP_STATE_UNINITIALIZED;
    cpu->env.sipi_vector = 0;
    if (cpu->env.features[FEAT_KVM] & CPUID_KVM_POLL_CONTROL) {
        cpu->env.poll_control_msr = 1;
    }
    kvm_x86_reset_lapic(cpu);
}

/* ---- into the guest and out ---------------------------------------------- */

/* What KVM calls them, and how it is told. */
static void inject(CPUState *cs, int request, const char *name)
{
    int ret;

    if (!(qatomic_read(&cs->interrupt_request) & request)) {
        return;
    }
    bql_lock();
    cpu_reset_interrupt(cs, request);
    bql_unlock();
    ret = request == CPU_INTERRUPT_SMI ? kvm_x86_send_smi(cs)
                                       : kvm_vcpu_ioctl(cs, KVM_NMI);
    if (ret < 0) {
        warn_report_once("KVM does not take an %s: %s", name, strerror(-ret));
    }
}

void kvm_arch_pre_run(CPUState *cs, struct kvm_run *run)
{
    inject(cs, CPU_INTERRUPT_NMI, "NMI");
    inject(cs, CPU_INTERRUPT_SMI, "SMI");
    if (!kvm_pic_in_kernel()) {
        kvm_x86_give_interrupt(cs, run);
    }
}

MemTxAttrs kvm_arch_post_run(CPUState *cs, struct kvm_run *run)
{
    X86CPU *cpu = X86_CPU(cs);

    if (run->if_flag) {
        cpu->env.eflags |= IF_MASK;
    } else {
        cpu->env.eflags &= ~(target_ulong)IF_MASK;
    }
    cpu->cr8 = run->cr8;
    cpu->apic_base = run->apic_base;
    if (cpu->apic_state) {
        kvm_x86_take_apic(cpu, run);
    }
    if (run->flags & KVM_RUN_X86_SMM) {
        cpu->env.hflags |= HF_SMM_MASK;
    } else {
        cpu->env.hflags &= ~HF_SMM_MASK;
    }
    return (MemTxAttrs){ .secure = !!(run->flags & KVM_RUN_X86_SMM) };
}

bool kvm_arch_stop_on_emulation_error(CPUState *cs)
{
    cpu_synchronize_state(cs);
    return !(cpu_env(cs)->cr[0] & CR0_PE_MASK) || x86_cpl(cpu_env(cs)) != 3;
}

int kvm_arch_handle_exit(CPUState *cs, struct kvm_run *run)
{
    int ret = -1;

    switch (run->exit_reason) {
    case KVM_EXIT_HLT:
        bql_lock();
        ret = kvm_x86_handle_halt(cs);
        bql_unlock();
        return ret;
    case KVM_EXIT_SET_TPR:
    case KVM_EXIT_TPR_ACCESS:
    case KVM_EXIT_X86_BUS_LOCK:
        return 0;
    case KVM_EXIT_IOAPIC_EOI:
        bql_lock();
        ioapic_eoi_broadcast(run->eoi.vector);
        bql_unlock();
        return 0;
    case KVM_EXIT_DEBUG:
        bql_lock();
        ret = kvm_x86_handle_debug(cs, &run->debug.arch);
        bql_unlock();
        return ret;
    case KVM_EXIT_FAIL_ENTRY:
        error_report("KVM: entry failed, hardware error 0x%" PRIx64,
                     (uint64_t)run->fail_entry.hardware_entry_failure_reason);
        return -1;
    case KVM_EXIT_EXCEPTION:
        error_report("KVM: exception %d exit (error code 0x%x)",
                     run->ex.exception, run->ex.error_code);
        return -1;
    default:
        error_report("KVM: unknown exit reason %d", run->exit_reason);
        return -1;
    }
}
