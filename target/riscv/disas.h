/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The disassembler: for the log (-d in_asm) and the monitor (x/i) through
 * CPUClass.disas_set_info, which sets riscv_print_insn(); and by itself.
 */
#ifndef RISCV_DISAS_H
#define RISCV_DISAS_H

#include "disas/dis-asm.h"

/*
 * Appends the text of the instruction @bits at @pc, which matters for the
 * targets of jumps: its name, a tab if there are operands, and the operands.
 * Of 16-bit instructions the upper half of @bits does not matter.
 */
void riscv_disas(GString *out, uint64_t pc, uint32_t bits);
/* The length in bytes of the instruction that begins with @first. */
unsigned riscv_disas_size(uint16_t first);
/* As disassemble_info.print_insn has it. */
int riscv_print_insn(bfd_vma pc, disassemble_info *info);

#endif
