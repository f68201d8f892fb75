/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI, for device sources that ask whether there is any: no board has tables
 * yet.
 */
#ifndef QEMU_HW_ACPI_H
#define QEMU_HW_ACPI_H

/* Whether the program can give a guest ACPI tables. */
static inline bool acpi_builtin(void)
{
    return false;
}

#endif
