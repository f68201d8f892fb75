/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the accelerator's classes point at. */
#ifndef ACCEL_KVM_ACCEL_H
#define ACCEL_KVM_ACCEL_H

#include "hw/core/cpu.h"

void kvm_cpu_synchronize_post_reset(CPUState *cpu);
void kvm_cpu_synchronize_post_init(CPUState *cpu);
void kvm_cpu_synchronize_pre_loadvm(CPUState *cpu);

/* @type is GDB_BREAKPOINT_* or GDB_WATCHPOINT_*; 0 or -errno. */
bool kvm_supports_guest_debug(void);
int kvm_gdbstub_sstep_flags(void);
int kvm_insert_breakpoint(CPUState *cpu, int type, vaddr addr, vaddr len);
int kvm_remove_breakpoint(CPUState *cpu, int type, vaddr addr, vaddr len);
void kvm_remove_all_breakpoints(CPUState *cpu);

#endif
