/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RISC-V harts that KVM runs: for sources that ask kvm_enabled() first. None
 * of these functions exists in a build without KVM.
 */
#ifndef QEMU_KVM_RISCV_H
#define QEMU_KVM_RISCV_H

#include "target/riscv/cpu-qom.h"

/* A line of the APLIC in the kernel; @opaque is unused. */
void riscv_kvm_aplic_request(void *opaque, int irq, int level);

#endif
