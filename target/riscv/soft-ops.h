/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hart as the engine sees it: see accel/soft.h. */
#ifndef RISCV_SOFT_OPS_H
#define RISCV_SOFT_OPS_H

#include "accel/soft.h"

extern const SoftCPUOps riscv_soft_ops;

#endif
