/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU class tells of its memory and its state: CPUClass.sysemu_ops.
 * All may be NULL but has_work.
 */
#ifndef SYSTEM_CPU_OPS_H
#define SYSTEM_CPU_OPS_H

#include "hw/core/cpu.h"

struct ArchDumpInfo;

typedef struct SysemuCPUOps {
    /* Whether a halted CPU would go on. Any thread. */
    bool (*has_work)(CPUState *cpu);
    bool (*get_memory_mapping)(CPUState *cpu, MemoryMappingList *list,
                               Error **errp);
    bool (*get_paging_enabled)(const CPUState *cpu);
    /* The page of @addr, or -1; the second form is asked first. */
    hwaddr (*get_phys_page_debug)(CPUState *cpu, vaddr addr);
    hwaddr (*get_phys_page_attrs_debug)(CPUState *cpu, vaddr addr,
                                        MemTxAttrs *attrs);
    /* Which address space; NULL: the first. */
    int (*asidx_from_attrs)(CPUState *cpu, MemTxAttrs attrs);
    /* For the event GUEST_PANICKED; the caller's. */
    GuestPanicInformation *(*get_crash_info)(CPUState *cpu);
    int (*write_elf32_note)(WriteCoreDumpFunction f, CPUState *cpu, int cpuid,
                            DumpState *s);
    int (*write_elf64_note)(WriteCoreDumpFunction f, CPUState *cpu, int cpuid,
                            DumpState *s);
    int (*write_elf32_qemunote)(WriteCoreDumpFunction f, CPUState *cpu,
                                DumpState *s);
    int (*write_elf64_qemunote)(WriteCoreDumpFunction f, CPUState *cpu,
                                DumpState *s);
    bool (*virtio_is_big_endian)(CPUState *cpu);
    /* State that is not the device's vmsd. */
    const VMStateDescription *legacy_vmsd;
    /*
     * private: what a core of a guest with RAM up to @end has in its header,
     * by the first CPU (ours: QEMU has a function for each target).
     */
    void (*get_dump_info)(CPUState *cpu, hwaddr end,
                          struct ArchDumpInfo *info);
} SysemuCPUOps;

#endif
