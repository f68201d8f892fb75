/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI, for device sources that ask whether there is any. */
#ifndef QEMU_HW_ACPI_H
#define QEMU_HW_ACPI_H

#include "exec/memory.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "qemu/notify.h"

/* The most DIMM slots that a machine can describe. */
#define ACPI_MAX_RAM_SLOTS 256

/* Whether the program can give a guest ACPI tables: it can. */
bool acpi_builtin(void);

#endif
