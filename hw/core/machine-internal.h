/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the machine base type share. */
#ifndef HW_CORE_MACHINE_INTERNAL_H
#define HW_CORE_MACHINE_INTERNAL_H

#include "hw/boards.h"

/* machine-ram.c */
void machine_add_ram_properties(ObjectClass *oc);
/*
 * Gives the machine its RAM: the backend that the user named, or one that is
 * made here, of @mem_path if that is not NULL.
 */
bool machine_prepare_ram(MachineState *ms, const char *mem_path, Error **errp);
bool machine_create_default_memdev(MachineState *ms, const char *path,
                                   Error **errp);

/* What -numa says when the machine has no HMAT. */
#define NUMA_HMAT_DISABLED                                               \
    "ACPI Heterogeneous Memory Attribute Table (HMAT) is disabled, "     \
    "enable it with -machine hmat=on before using any of hmat specific " \
    "options"

/* numa.c: frees it with all that hangs on it; may be NULL. */
void numa_state_free(struct NumaState *state);

#endif
