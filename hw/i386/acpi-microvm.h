/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ACPI tables of the board microvm. */
#ifndef HW_I386_ACPI_MICROVM_H
#define HW_I386_ACPI_MICROVM_H

#include "hw/i386/microvm.h"

/*
 * Makes the tables, if the machine has ACPI, for firmware; and if it has none,
 * in guest memory, noting where in the machine's rsdp_addr. Once, when all
 * devices are there. False with @errp set if there is no room for them.
 */
bool acpi_setup_microvm(MicrovmMachineState *mms, Error **errp);

#endif
