/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of target/x86/kvm. */
#ifndef TARGET_X86_KVM_INTERNAL_H
#define TARGET_X86_KVM_INTERNAL_H

#include "kvm_i386.h"
#include <asm/kvm_para.h>
#include "system/kvm_abi.h"
#include "system/kvm_int.h"
#include "target/x86/cpu.h"

/* Whether the host's KVM knows the MSR (KVM_GET_MSR_INDEX_LIST). */
bool kvm_x86_has_msr(uint32_t index);
/* The MSRs of @cpu into its state, and from there; 0 or -errno. */
int kvm_x86_get_msrs(X86CPU *cpu);
int kvm_x86_put_msrs(X86CPU *cpu, int level);
/* KVM_SET_CPUID2 as the CPU's features say. */
int kvm_x86_set_cpuid(X86CPU *cpu);
/* Gives the TSC the frequency of @cpu's state, if it has one; 0 or -errno. */
int kvm_x86_set_tsc_khz(X86CPU *cpu);
/* The LAPIC as after a reset. */
void kvm_x86_reset_lapic(X86CPU *cpu);

/* Whether kvm_x86_enable_smm() was called. */
bool kvm_x86_smm_is_enabled(void);
/* 0 or -errno. */
int kvm_x86_send_smi(CPUState *cs);
/* A debug exit, with the BQL: nonzero if the debugger wants to hear of it. */
int kvm_x86_handle_debug(CPUState *cs, const struct kvm_debug_exit_arch *arch);

/* ---- kvm-apic.c: with a PIC of ours -------------------------------------- */

/* Before and after the guest runs; the second with an APIC of ours. */
void kvm_x86_give_interrupt(CPUState *cs, struct kvm_run *run);
void kvm_x86_take_apic(X86CPU *cpu, const struct kvm_run *run);
/* The exit for a HLT, with the BQL: 0 or EXCP_HLT. */
int kvm_x86_handle_halt(CPUState *cs);

#endif
