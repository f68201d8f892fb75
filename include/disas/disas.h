/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disassembly of guest code, for the log and the monitor. The instructions are
 * printed by the CPU class (CPUClass.disas_set_info).
 */
#ifndef QEMU_DISAS_H
#define QEMU_DISAS_H

#include "qemu/typedefs.h"

/*
 * Prints @nb_insn instructions from @pc on, a virtual or a physical address,
 * on the monitor.
 */
void monitor_disas(Monitor *mon, CPUState *cpu, uint64_t pc, int nb_insn,
                   bool is_physical);

/*
 * Prints the @size bytes of guest code at @code, whose address in the guest is
 * @pc, to @out: a line for each instruction.
 */
void soft_disas(FILE *out, CPUState *cpu, const void *code, uint64_t pc,
                size_t size);

/* The name of the guest's symbol at @orig_addr, or "". */
const char *lookup_symbol(uint64_t orig_addr);

#endif
