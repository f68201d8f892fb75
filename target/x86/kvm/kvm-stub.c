/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where there is no KVM for x86. Weak: kvm.c has the real ones. */
#include "qemu/osdep.h"
#include "kvm_i386.h"
#include "qapi/error.h"

#define WEAK __attribute__((weak))

WEAK uint32_t kvm_arch_get_supported_cpuid(KVMState *env, uint32_t function,
                                           uint32_t index, int reg)
{
    return 0;
}

WEAK uint64_t kvm_arch_get_supported_msr_feature(KVMState *s, uint32_t index)
{
    return 0;
}

WEAK bool kvm_has_smm(void)
{
    return false;
}

WEAK bool kvm_x86_enable_smm(Error **errp)
{
    error_setg(errp, "System Management Mode not supported by this build.");
    return false;
}

WEAK void kvm_arch_reset_vcpu(CPUState *cpu)
{
}

WEAK int kvm_get_lapic_regs(CPUState *cpu, void *regs)
{
    return -ENOSYS;
}

WEAK int kvm_put_lapic_regs(CPUState *cpu, const void *regs)
{
    return -ENOSYS;
}
