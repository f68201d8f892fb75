/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder that is made of the instruction tables (insns/), for
 * SoftCPUOps.
 */
#ifndef RISCV_INSN_DECODE_H
#define RISCV_INSN_DECODE_H

#include "accel/soft.h"

/* Bits of SoftMode.flags: floating point is on (mstatus.FS). */
#define RISCV_MODE_FP 1u

/* SoftCPUOps.decode_block and insn_size. */
void riscv_decode_block(CPUState *cpu, SoftDecode *d);
unsigned riscv_insn_size(const uint8_t *code);

#endif
