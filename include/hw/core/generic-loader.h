/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "-device loader": a file or a number into guest memory, or a CPU's program
 * counter, at every reset.
 *
 *   addr=A,data=D,data-len=N[,data-be=on][,cpu-num=C]
 *   file=F[,addr=A][,cpu-num=C][,force-raw=on]
 *   addr=A,cpu-num=C
 *
 * A file is an ELF file, a uImage, or Intel HEX; anything else, or with
 * force-raw, goes to addr as it is. With cpu-num that CPU begins at its entry.
 */
#ifndef GENERIC_LOADER_H
#define GENERIC_LOADER_H

#include "elf.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_GENERIC_LOADER "loader"
OBJECT_DECLARE_SIMPLE_TYPE(GenericLoaderState, GENERIC_LOADER)

struct GenericLoaderState {
    /* <private> */
    DeviceState parent_obj;

    /* <public> */
    CPUState *cpu; /* whose address space it is; NULL: the system's */

    uint64_t addr;
    uint64_t data; /* as it will be in memory */
    uint8_t data_len;
    uint32_t cpu_num;

    char *file;

    bool force_raw;
    bool data_be;
    bool set_pc;
};

#endif
