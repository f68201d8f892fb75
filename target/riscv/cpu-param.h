/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rest of the emulator must know of a 64-bit RISC-V target. */
#ifndef RISCV_CPU_PARAM_H
#define RISCV_CPU_PARAM_H

#ifndef TARGET_RISCV64
#define TARGET_RISCV64 1
#endif

/* A page table entry has a physical page number of 44 bits. */
#define TARGET_PHYS_ADDR_SPACE_BITS 56
/* Sv57. */
#define TARGET_VIRT_ADDR_SPACE_BITS 57

#include "exec/target_page.h"

#endif
