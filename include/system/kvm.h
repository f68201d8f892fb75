/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether KVM runs the guest, and what of it is in the kernel. For device
 * sources that ask: there is no KVM accelerator in this build, so the answers
 * are constants and the compiler drops what depends on them.
 */
#ifndef QEMU_KVM_H
#define QEMU_KVM_H

#include "exec/memattrs.h"
#include "hw/core/cpu.h"
#include "qemu/accel.h"
#include "qom/object.h"

#define kvm_enabled()                  (0)
#define kvm_irqchip_in_kernel()        (false)
#define kvm_irqchip_is_split()         (false)
#define kvm_async_interrupts_enabled() (false)
#define kvm_halt_in_kernel()           (false)
#define kvm_irqfds_enabled()           (false)
#define kvm_resamplefds_enabled()      (false)
#define kvm_msi_via_irqfd_enabled()    (false)
#define kvm_gsi_routing_allowed()      (false)
#define kvm_gsi_direct_mapping()       (false)
#define kvm_readonly_mem_enabled()     (false)
#define kvm_msi_devid_required()       (false)

struct kvm_run;
typedef struct KVMState KVMState;

#define TYPE_KVM_ACCEL ACCEL_CLASS_NAME("kvm")

/* Whether the user asked for an interrupt controller in two parts. */
static inline bool kvm_kernel_irqchip_split(void)
{
    return false;
}

/* Whether the kernel has the interrupt controller that the machine may use. */
static inline bool kvm_kernel_irqchip_allowed(void)
{
    return false;
}

static inline bool kvm_kernel_irqchip_required(void)
{
    return false;
}

#endif
