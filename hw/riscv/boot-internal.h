/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that start RISC-V boards have in common. */
#ifndef HW_RISCV_BOOT_INTERNAL_H
#define HW_RISCV_BOOT_INTERNAL_H

#include "hw/riscv/boot.h"

/* Where the RAM ends that has a byte at @addr; @addr if there is none. */
hwaddr riscv_ram_end(hwaddr addr);

/*
 * Fails unless there is RAM, or flash, at all of [@low, @high): what @file,
 * which is a @what, is loaded to.
 */
bool riscv_check_room(const char *what, const char *file, hwaddr low,
                      hwaddr high, Error **errp);

/*
 * Loads an ELF file for a hart of 64 bits (32 if @is_32bit). On success the
 * addresses are set and its size is returned; else -1 and an error. What of it
 * lies outside of RAM and flash is left out, with a warning; if that is all of
 * it, it is an error.
 */
ssize_t riscv_load_elf(const char *what, const char *file, bool is_32bit,
                       uint64_t *entry, uint64_t *low, uint64_t *high,
                       symbol_fn_t sym_cb, Error **errp);

#endif
