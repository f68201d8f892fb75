/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the firmware configuration device share. */
#ifndef HW_NVRAM_FW_CFG_INTERNAL_H
#define HW_NVRAM_FW_CFG_INTERNAL_H

#include "hw/nvram/fw_cfg.h"

struct FWCfgEntry {
    uint8_t *data;
    uint32_t len;
    bool owned;             /* @data is freed with the entry */
    bool allow_write;
    void *callback_opaque;
    FWCfgCallback select_cb;
    FWCfgWriteCallback write_cb;
};

/* One more than the highest key, architecture bit aside. */
static inline uint32_t fw_cfg_max_entry(const FWCfgState *s)
{
    return FW_CFG_FILE_FIRST + s->file_slots;
}

/* The item of @key, which must be below fw_cfg_max_entry(). */
FWCfgEntry *fw_cfg_entry(FWCfgState *s, uint16_t key);

/* Makes the tables for file_slots; fails if there are too few or too many. */
bool fw_cfg_alloc_entries(FWCfgState *s, Error **errp);
void fw_cfg_free_entries(FWCfgState *s);

/* A file of which the copied content goes with the device. */
void fw_cfg_add_file_copy(FWCfgState *s, const char *filename,
                          const void *data, size_t len);

#endif
