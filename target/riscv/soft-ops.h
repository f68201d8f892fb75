/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hart as the engine sees it: see accel/soft.h. */
#ifndef RISCV_SOFT_OPS_H
#define RISCV_SOFT_OPS_H

#include "accel/soft.h"

/*
 * SoftMode.flags: what the decoder needs to know beyond the configuration.
 * Floating point is on (mstatus.FS).
 */
#define RISCV_MODE_FP (1 << 0)

extern const SoftCPUOps riscv_soft_ops;

/* decode.c; see SoftDecode. */
void riscv_decode_block(CPUState *cs, SoftDecode *d);
/* 2 or 4, by the first two bytes. */
unsigned riscv_insn_size(const uint8_t *code);

#endif
