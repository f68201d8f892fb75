/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI in ACPI: where configuration spaces are. */
#ifndef HW_ACPI_PCI_H
#define HW_ACPI_PCI_H

#include "hw/acpi/aml-build.h"
#include "hw/acpi/bios-linker-loader.h"

typedef struct AcpiMcfgInfo {
    uint64_t base;
    uint32_t size; /* 1 MiB for each bus, from 0 on */
} AcpiMcfgInfo;

/* MCFG (PCI Firmware Specification 3.3, 4.1.2): one ECAM, of segment 0. */
void build_mcfg(GArray *table_data, BIOSLinker *linker, AcpiMcfgInfo *info,
                const char *oem_id, const char *oem_table_id);

#endif
