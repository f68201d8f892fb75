/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The architecture's part where there is none for this host: KVM says so when
 * it is to start, and nothing else of this is reached. All are weak, so that a
 * target's own take their place one by one.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "hw/target.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "system/kvm_int.h"

#define WEAK __attribute__((weak))

WEAK const KVMCapabilityInfo kvm_arch_required_capabilities[] = {
    KVM_CAP_LAST_INFO,
};

WEAK void kvm_arch_accel_class_init(ObjectClass *oc)
{
}

WEAK int kvm_arch_get_default_type(MachineState *ms)
{
    return 0;
}

WEAK int kvm_arch_init(MachineState *ms, KVMState *s)
{
    error_report("this program has no CPUs of the host's architecture, %s, "
                 "that KVM could run",
                 target_host());
    return -ENODEV;
}

WEAK int kvm_arch_init_vcpu(CPUState *cpu)
{
    return -ENODEV;
}

WEAK int kvm_arch_destroy_vcpu(CPUState *cpu)
{
    return 0;
}

WEAK unsigned long kvm_arch_vcpu_id(CPUState *cpu)
{
    return cpu->cpu_index;
}

WEAK int kvm_arch_get_registers(CPUState *cpu, Error **errp)
{
    return -ENODEV;
}

WEAK int kvm_arch_put_registers(CPUState *cpu, int level, Error **errp)
{
    return -ENODEV;
}

WEAK void kvm_arch_pre_run(CPUState *cpu, struct kvm_run *run)
{
}

WEAK MemTxAttrs kvm_arch_post_run(CPUState *cpu, struct kvm_run *run)
{
    return MEMTXATTRS_UNSPECIFIED;
}

WEAK int kvm_arch_handle_exit(CPUState *cpu, struct kvm_run *run)
{
    return -1;
}

WEAK int kvm_arch_process_async_events(CPUState *cpu)
{
    return 0;
}

WEAK bool kvm_arch_stop_on_emulation_error(CPUState *cpu)
{
    return true;
}

WEAK void kvm_arch_on_sigbus_vcpu(CPUState *cpu, int code, void *addr)
{
}

WEAK int kvm_arch_irqchip_create(KVMState *s)
{
    return 0;
}

WEAK void kvm_arch_init_irq_routing(KVMState *s)
{
}

WEAK int kvm_arch_fixup_msi_route(struct kvm_irq_routing_entry *route,
                                  uint64_t address, uint32_t data,
                                  PCIDevice *dev)
{
    return 0;
}

WEAK int kvm_arch_add_msi_route_post(struct kvm_irq_routing_entry *route,
                                     int vector, PCIDevice *dev)
{
    return 0;
}

WEAK int kvm_arch_release_virq_post(int virq)
{
    return 0;
}

WEAK int kvm_arch_msi_data_to_gsi(uint32_t data)
{
    return -ENOSYS;
}

WEAK int kvm_arch_insert_sw_breakpoint(CPUState *cpu,
                                       struct kvm_sw_breakpoint *bp)
{
    return -ENOSYS;
}

WEAK int kvm_arch_remove_sw_breakpoint(CPUState *cpu,
                                       struct kvm_sw_breakpoint *bp)
{
    return -ENOSYS;
}

WEAK int kvm_arch_insert_hw_breakpoint(vaddr addr, vaddr len, int type)
{
    return -ENOSYS;
}

WEAK int kvm_arch_remove_hw_breakpoint(vaddr addr, vaddr len, int type)
{
    return -ENOSYS;
}

WEAK void kvm_arch_remove_all_hw_breakpoints(void)
{
}

WEAK void kvm_arch_update_guest_debug(CPUState *cpu,
                                      struct kvm_guest_debug *dbg)
{
}

/* ---- programs without PCI ------------------------------------------------ */

WEAK MSIMessage pci_get_msi_message(PCIDevice *dev, int vector)
{
    return (MSIMessage){ 0 };
}

WEAK uint16_t pci_requester_id(PCIDevice *dev)
{
    return 0;
}
