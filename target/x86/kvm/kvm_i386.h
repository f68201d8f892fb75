/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM on x86: what the host can give to a guest. Where the build has no KVM for
 * x86 these are stubs that say "nothing". Functions need the BQL.
 */
#ifndef QEMU_KVM_I386_H
#define QEMU_KVM_I386_H

#include "system/kvm.h"

#define kvm_pit_in_kernel() \
    (kvm_irqchip_in_kernel() && !kvm_irqchip_is_split())
#define kvm_pic_in_kernel() \
    (kvm_irqchip_in_kernel() && !kvm_irqchip_is_split())
#define kvm_ioapic_in_kernel() \
    (kvm_irqchip_in_kernel() && !kvm_irqchip_is_split())

/* Register @reg (R_EAX to R_EDX) of CPUID leaf @function, @index, as the host's
 * KVM can give it to a guest. */
uint32_t kvm_arch_get_supported_cpuid(KVMState *env, uint32_t function,
                                      uint32_t index, int reg);
/* What a guest may find in a MSR that lists features. */
uint64_t kvm_arch_get_supported_msr_feature(KVMState *s, uint32_t index);

/* Whether the host has System Management Mode, with memory of its own. */
bool kvm_has_smm(void);
/*
 * Gives CPUs that mode: a second address space, once the machine is made. A
 * board calls it in its init; false with an error if the host cannot.
 */
bool kvm_x86_enable_smm(Error **errp);
bool kvm_has_x2apic_api(void);
bool kvm_enable_x2apic(void);

/* Sets what KVM keeps of a CPU that is reset. */
void kvm_arch_reset_vcpu(CPUState *cpu);

/* The local APIC of @cpu in the kernel: into @regs (1 KiB), and from there. */
int kvm_get_lapic_regs(CPUState *cpu, void *regs);
int kvm_put_lapic_regs(CPUState *cpu, const void *regs);

#endif
