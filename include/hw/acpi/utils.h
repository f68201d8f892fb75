/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for firmware. */
#ifndef HW_ACPI_UTILS_H
#define HW_ACPI_UTILS_H

#include "exec/memory.h"
#include "hw/nvram/fw_cfg.h"

/*
 * Makes a copy of @blob the file @name of fw_cfg (one of ACPI_BUILD_*_FILE),
 * with room to grow; @update is called when the guest is about to read it.
 * Returns the memory that the guest reads.
 */
MemoryRegion *acpi_add_rom_blob(FWCfgCallback update, void *opaque,
                                GArray *blob, const char *name);

#endif
