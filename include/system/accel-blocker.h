/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping CPUs out of the kernel for a moment.
 *
 * Around each ioctl of an accelerator its thread calls accel_ioctl_begin() and
 * _end(), around one of a CPU (running it, too) accel_cpu_ioctl_begin() and
 * _end(). Between accel_ioctl_inhibit_begin() and _end(), which need the BQL,
 * nobody else is in an ioctl: CPUs are kicked out and wait. Who holds the BQL is
 * let in at any time, so the inhibiting thread's own ioctls work.
 */
#ifndef ACCEL_BLOCKER_H
#define ACCEL_BLOCKER_H

#include "system/cpus.h"

/* When the accelerator starts; may be called again. */
void accel_blocker_init(void);

/* Any thread; waits while ioctls are inhibited, unless it has the BQL. */
void accel_ioctl_begin(void);
void accel_ioctl_end(void);
void accel_cpu_ioctl_begin(CPUState *cpu);
void accel_cpu_ioctl_end(CPUState *cpu);

/* Returns when no other thread is in an ioctl. Pairs do not nest. BQL. */
void accel_ioctl_inhibit_begin(void);
void accel_ioctl_inhibit_end(void);
/* Ours: whether that is so. BQL. */
bool accel_ioctl_inhibited(void);

#endif
