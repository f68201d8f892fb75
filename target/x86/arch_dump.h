/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores of the guest: see hw/core/sysemu-cpu-ops.h. */
#ifndef X86_ARCH_DUMP_H
#define X86_ARCH_DUMP_H

#include "hw/core/cpu.h"
#include "system/dump-arch.h"

/* 0, or -1 if @f fails. */
int x86_cpu_write_elf64_note(WriteCoreDumpFunction f, CPUState *cs, int cpuid,
                             DumpState *s);
int x86_cpu_write_elf32_note(WriteCoreDumpFunction f, CPUState *cs, int cpuid,
                             DumpState *s);
/* The same for either class: all of its state, for QEMU's own tools. */
int x86_cpu_write_qemunote(WriteCoreDumpFunction f, CPUState *cs,
                           DumpState *s);
void x86_cpu_get_dump_info(CPUState *cs, hwaddr end, ArchDumpInfo *info);

#endif
