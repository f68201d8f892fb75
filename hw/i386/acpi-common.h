/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables that boards of PCs share. */
#ifndef HW_I386_ACPI_COMMON_H
#define HW_I386_ACPI_COMMON_H

#include "hw/acpi/bios-linker-loader.h"
#include "hw/boards.h"
#include "hw/i386/x86.h"

#define ACPI_BUILD_IOAPIC_ID 0x0

/*
 * Appends CPU @uid of @apic_ids to a MADT: enabled if it is there, or
 * @force_enabled.
 */
void pc_madt_cpu_entry(int uid, const CPUArchIdList *apic_ids, GArray *entry,
                       bool force_enabled);
/* All CPUs, I/O APICs and special lines. */
void acpi_build_madt(GArray *table_data, BIOSLinker *linker,
                     X86MachineState *x86ms, const char *oem_id,
                     const char *oem_table_id);
/*
 * Ours: which node CPUs and memory belong to, and where memory may come to be
 * later. One node, 0, if the machine has none.
 */
void x86_build_srat(GArray *table_data, BIOSLinker *linker,
                    X86MachineState *x86ms, const char *oem_id,
                    const char *oem_table_id);

#endif
