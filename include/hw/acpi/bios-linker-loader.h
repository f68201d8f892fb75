/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The script that tells firmware what to do with the tables that it is given:
 * files are put into memory (alloc), addresses of one are added to numbers in
 * another (add_pointer), sums are made (add_checksum), addresses are told the
 * host (write_pointer). Only firmware knows where memory is free.
 *
 * The script is an array of entries of 128 bytes, in little endian, in the file
 * "etc/table-loader" of fw_cfg; what is allocated comes first. Without firmware
 * bios_linker_loader_run() does it.
 */
#ifndef BIOS_LINKER_LOADER_H
#define BIOS_LINKER_LOADER_H

#include "exec/hwaddr.h"

typedef struct BIOSLinker {
    GArray *cmd_blob;  /* the script: bytes */
    GArray *file_list; /* the files that were named so far */
} BIOSLinker;

/* Whether fw_cfg has DMA, which the firmware writes with. */
bool bios_linker_loader_can_write_pointer(void);

/* An empty script, for bios_linker_loader_cleanup(). */
BIOSLinker *bios_linker_loader_init(void);
/* Frees all but the bytes of the script. */
void bios_linker_loader_cleanup(BIOSLinker *linker);

/*
 * The file @file_name of fw_cfg, whose bytes are going to be @file_blob, is to
 * be in memory, at a multiple of @alloc_align (a power of two), between 0xe0000
 * and 0xfffff if @alloc_fseg. Each file once, before others refer to it.
 */
void bios_linker_loader_alloc(BIOSLinker *linker, const char *file_name,
                              GArray *file_blob, uint32_t alloc_align,
                              bool alloc_fseg);
/*
 * The byte at @checksum_offset of @file makes the sum of the @size bytes at
 * @start_offset zero. Both are there already; the byte is now 0.
 */
void bios_linker_loader_add_checksum(BIOSLinker *linker, const char *file,
                                     unsigned start_offset, unsigned size,
                                     unsigned checksum_offset);
/*
 * The @dst_patched_size bytes (1, 2, 4, 8) at @dst_patched_offset of @dest_file
 * become the address of @src_offset in @src_file.
 */
void bios_linker_loader_add_pointer(BIOSLinker *linker, const char *dest_file,
                                    uint32_t dst_patched_offset,
                                    uint8_t dst_patched_size,
                                    const char *src_file, uint32_t src_offset);
/* The same in a file that stays with fw_cfg: the firmware writes it there. */
void bios_linker_loader_write_pointer(BIOSLinker *linker, const char *dest_file,
                                      uint32_t dst_patched_offset,
                                      uint8_t dst_patched_size,
                                      const char *src_file,
                                      uint32_t src_offset);

/*
 * Ours: the firmware's part, for a machine without one. Places the files from
 * @addr on, below @end, and carries the script out in their blobs, but for
 * write_pointer. Then they are to be copied to where
 * bios_linker_loader_file() says. False with @errp set if they do not fit.
 */
bool bios_linker_loader_run(BIOSLinker *linker, hwaddr addr, hwaddr end,
                            Error **errp);
/* Ours: after that, where @file is, and its bytes, which are the linker's. */
hwaddr bios_linker_loader_file(BIOSLinker *linker, const char *file,
                               GArray **blob);

#endif
