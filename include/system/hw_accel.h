/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between CPUState and where an accelerator keeps the state (KVM: in the
 * kernel). Nothing where it has none elsewhere. With the BQL, CPU stopped or
 * its own thread.
 */
#ifndef QEMU_HW_ACCEL_H
#define QEMU_HW_ACCEL_H

#include "hw/core/cpu.h"

/* Fetches the state, if it is not here. */
void cpu_synchronize_state(CPUState *cpu);
/* It was reset, or set up for the first time: hands it over. */
void cpu_synchronize_post_reset(CPUState *cpu);
void cpu_synchronize_post_init(CPUState *cpu);
/* It is going to be loaded: what is elsewhere does not count. */
void cpu_synchronize_pre_loadvm(CPUState *cpu);

#endif
