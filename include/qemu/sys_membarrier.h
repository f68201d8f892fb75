/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A full barrier whose frequent side may be cheap on some hosts.
 *
 * smp_mb_placeholder() on one side pairs with smp_mb_global() on the other.
 * Here both are full barriers; RCU, the usual user, has its own way.
 */
#ifndef QEMU_SYS_MEMBARRIER_H
#define QEMU_SYS_MEMBARRIER_H

#include "qemu/atomic.h"

static inline void smp_mb_global_init(void)
{
}
#define smp_mb_global()      smp_mb()
#define smp_mb_placeholder() smp_mb()

#endif
