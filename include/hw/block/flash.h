/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NOR flash with the Common Flash Interface and Intel's commands.
 *
 * The chip is a system bus device with one region, which reads as memory until
 * the guest writes a command there. Its contents are those of the property
 * "drive", and are written back to it; without one they last as long as the
 * machine. Properties: "num-blocks" and "sector-length" (the whole bank's),
 * "width" (of the bank, in bytes), "device-width" and "max-device-width" (of
 * one chip in it), "big-endian", "secure" (only secure accesses are commands),
 * "id0" to "id3", "name".
 */
#ifndef HW_FLASH_H
#define HW_FLASH_H

#include "exec/hwaddr.h"
#include "qom/object.h"

#define TYPE_PFLASH_CFI01 "cfi.pflash01"
OBJECT_DECLARE_SIMPLE_TYPE(PFlashCFI01, PFLASH_CFI01)

/*
 * For a board: makes, realizes and maps a bank of @size bytes at @base, of
 * sectors of @sector_len bytes, which divide @size. @blk may be NULL. Ends the
 * program with a message if @blk cannot be used.
 */
PFlashCFI01 *pflash_cfi01_register(hwaddr base, const char *name, hwaddr size,
                                   BlockBackend *blk, uint32_t sector_len,
                                   int width, uint16_t id0, uint16_t id1,
                                   uint16_t id2, uint16_t id3, int be);
/* What it is backed by, or NULL. */
BlockBackend *pflash_cfi01_get_blk(PFlashCFI01 *fl);
/* Its region, for a board that maps it. The chip owns it. */
MemoryRegion *pflash_cfi01_get_memory(PFlashCFI01 *fl);
/*
 * Before realize: takes the drive of -drive if=pflash, unless @dinfo is NULL.
 * Ends the program if the chip has a drive already.
 */
void pflash_cfi01_legacy_drive(PFlashCFI01 *dev, DriveInfo *dinfo);

/*
 * Other chips, which are not built in: a module that brings one defines these,
 * as QEMU's sources of the same names do.
 */
#define TYPE_PFLASH_CFI02 "cfi.pflash02"
OBJECT_DECLARE_SIMPLE_TYPE(PFlashCFI02, PFLASH_CFI02)

PFlashCFI02 *pflash_cfi02_register(hwaddr base, const char *name, hwaddr size,
                                   BlockBackend *blk, uint32_t sector_len,
                                   int nb_mappings, int width, uint16_t id0,
                                   uint16_t id1, uint16_t id2, uint16_t id3,
                                   uint16_t unlock_addr0,
                                   uint16_t unlock_addr1, int be);

/* NAND flash: its pins, and a byte or word in and out. */
DeviceState *nand_init(BlockBackend *blk, int manf_id, int chip_id);
void nand_setpins(DeviceState *dev, uint8_t cle, uint8_t ale, uint8_t ce,
                  uint8_t wp, uint8_t gnd);
void nand_getpins(DeviceState *dev, int *rb);
void nand_setio(DeviceState *dev, uint32_t value);
uint32_t nand_getio(DeviceState *dev);
uint32_t nand_getbuswidth(DeviceState *dev);

#define NAND_MFR_TOSHIBA  0x98
#define NAND_MFR_SAMSUNG  0xec
#define NAND_MFR_FUJITSU  0x04
#define NAND_MFR_NATIONAL 0x8f
#define NAND_MFR_RENESAS  0x07
#define NAND_MFR_STMICRO  0x20
#define NAND_MFR_HYNIX    0xad
#define NAND_MFR_MICRON   0x2c

/* Serial flash. */
#define TYPE_M25P80 "m25p80-generic"
BlockBackend *m25p80_get_blk(DeviceState *dev);

#endif
