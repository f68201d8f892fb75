/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores of the guest: see hw/core/sysemu-cpu-ops.h. */
#ifndef RISCV_ARCH_DUMP_H
#define RISCV_ARCH_DUMP_H

#include "hw/core/cpu.h"
#include "system/dump-arch.h"

/* 0, or -1 if @f fails. */
int riscv_cpu_write_elf64_note(WriteCoreDumpFunction f, CPUState *cs,
                               int cpuid, DumpState *s);
void riscv_cpu_get_dump_info(CPUState *cs, hwaddr end, ArchDumpInfo *info);

#endif
