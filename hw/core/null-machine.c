/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine "none": no CPU, no memory, no devices. A client that only wants
 * to ask what this program can do starts it.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"

static void machine_none_class_setup(MachineClass *mc)
{
    mc->desc = "empty machine";
    mc->max_cpus = 1;
    mc->default_ram_size = 0;
    mc->no_serial = 1;
    mc->no_parallel = 1;
    mc->no_floppy = 1;
    mc->no_cdrom = 1;
}

DEFINE_MACHINE("none", machine_none_class_setup)
