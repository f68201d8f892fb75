/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disassembling one instruction: the caller fills a disassemble_info with
 * where to read and how to print, CPUClass.disas_set_info adds the target's
 * printer, and print_insn(address, info) prints one instruction and returns
 * its length in bytes, or -1 when memory could not be read.
 */
#ifndef DISAS_DIS_ASM_H
#define DISAS_DIS_ASM_H

#include "qemu/bswap.h"

typedef uint64_t bfd_vma;
typedef int64_t bfd_signed_vma;
typedef uint8_t bfd_byte;

enum bfd_endian {
    BFD_ENDIAN_BIG,
    BFD_ENDIAN_LITTLE,
    BFD_ENDIAN_UNKNOWN
};

typedef int (*fprintf_function)(FILE *f, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

typedef struct disassemble_info {
    /* Where the text goes. */
    fprintf_function fprintf_func;
    FILE *stream;
    void *application_data;

    /* The machine variant; the target's own. */
    unsigned long mach;
    enum bfd_endian endian;

    /* 0, or an errno value: reads @length bytes at @memaddr. */
    int (*read_memory_func)(bfd_vma memaddr, bfd_byte *myaddr, int length,
                            struct disassemble_info *info);
    /* Says that reading failed with @status. */
    void (*memory_error_func)(int status, bfd_vma memaddr,
                              struct disassemble_info *info);
    void (*print_address_func)(bfd_vma addr, struct disassemble_info *info);
    int (*print_insn)(bfd_vma addr, struct disassemble_info *info);

    /* For reading from a buffer of the host. */
    const bfd_byte *buffer;
    bfd_vma buffer_vma;
    int buffer_length;

    /* The printer may put the instruction's bytes first. */
    bool show_opcodes;
    /* The target's own: for RISC-V its configuration. */
    void *target_info;
} disassemble_info;

#endif
