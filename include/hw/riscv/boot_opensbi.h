/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a firmware of OpenSBI's kind "fw_dynamic" is told about what to start
 * next: a2 has the address of one of these (OpenSBI, docs/firmware/
 * fw_dynamic.md). All members are as wide as the hart's registers.
 */
#ifndef RISCV_BOOT_OPENSBI_H
#define RISCV_BOOT_OPENSBI_H

#include "exec/cpu-defs.h"

#define FW_DYNAMIC_INFO_MAGIC_VALUE     0x4942534f /* "OSBI" */
#define FW_DYNAMIC_INFO_VERSION         0x2

/* The privilege mode in which the next stage begins. */
#define FW_DYNAMIC_INFO_NEXT_MODE_U     0x0
#define FW_DYNAMIC_INFO_NEXT_MODE_S     0x1
#define FW_DYNAMIC_INFO_NEXT_MODE_M     0x3

enum sbi_scratch_options {
    SBI_SCRATCH_NO_BOOT_PRINTS = (1 << 0),
    SBI_SCRATCH_DEBUG_PRINTS = (1 << 1),
};

struct fw_dynamic_info {
    target_long magic;
    target_long version;
    target_long next_addr;      /* of the next stage */
    target_long next_mode;
    target_long options;        /* enum sbi_scratch_options */
    /* The hart that boots, or -1: whichever comes first. */
    target_long boot_hart;
};

struct fw_dynamic_info32 {
    int32_t magic;
    int32_t version;
    int32_t next_addr;
    int32_t next_mode;
    int32_t options;
    int32_t boot_hart;
};

#endif
