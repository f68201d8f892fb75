/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps of the guest's memory: an ELF core with a note for each CPU, which its
 * class writes (SysemuCPUOps.write_elf64_note and others), and a segment for
 * each range of RAM. The commands are in dump/dump.c.
 */
#ifndef DUMP_H
#define DUMP_H

#include "elf.h"
#include "qemu/bswap.h"
#include "system/dump-arch.h"

/* What a class sees of it while it writes a note. */
struct DumpState {
    ArchDumpInfo dump_info;
    /* private: */
    GByteArray *notes; /* what was written */
};

/* Numbers in the file's order of bytes. */
static inline uint16_t cpu_to_dump16(DumpState *s, uint16_t val)
{
    return s->dump_info.d_endian == ELFDATA2LSB ? cpu_to_le16(val)
                                                : cpu_to_be16(val);
}

static inline uint32_t cpu_to_dump32(DumpState *s, uint32_t val)
{
    return s->dump_info.d_endian == ELFDATA2LSB ? cpu_to_le32(val)
                                                : cpu_to_be32(val);
}

static inline uint64_t cpu_to_dump64(DumpState *s, uint64_t val)
{
    return s->dump_info.d_endian == ELFDATA2LSB ? cpu_to_le64(val)
                                                : cpu_to_be64(val);
}

#endif
