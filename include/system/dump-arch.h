/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an ELF core says of the architecture; SysemuCPUOps.get_dump_info. */
#ifndef DUMP_ARCH_H
#define DUMP_ARCH_H

typedef struct ArchDumpInfo {
    int d_machine; /* EM_* */
    int d_endian;  /* ELFDATA2LSB or ELFDATA2MSB */
    int d_class;   /* ELFCLASS32 or ELFCLASS64 */
} ArchDumpInfo;

#endif
