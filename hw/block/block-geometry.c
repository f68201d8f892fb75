/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of old of a disk: cylinders, heads and sectors, of which nothing
 * depends but what some drivers and firmware want to see.
 */
#include "qemu/osdep.h"
#include "hw/block/block.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "system/block-backend.h"

/* An ATA disk has no others. */
#define ATA_CYLS_MAX 16383
#define ATA_HEADS    16
#define ATA_SECS     63

/* What whoever made the partitions believed. */
static bool from_partitions(BlockBackend *blk, BlockConf *conf)
{
    uint8_t mbr[BDRV_SECTOR_SIZE];
    uint64_t sectors;

    blk_get_geometry(blk, &sectors);
    if (blk_pread(blk, 0, sizeof(mbr), mbr, 0) < 0 || mbr[510] != 0x55 ||
        mbr[511] != 0xaa) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        const uint8_t *part = mbr + 446 + 16 * i;
        uint32_t heads = part[5] + 1, secs = part[6] & 63;
        uint64_t cyls;

        /* The last head and sector of a partition that is not empty. */
        if (!ldl_le_p(part + 12) || !part[5] || !secs) {
            continue;
        }
        cyls = sectors / (heads * secs);
        if (cyls >= 1 && cyls <= ATA_CYLS_MAX) {
            conf->cyls = cyls;
            conf->heads = heads;
            conf->secs = secs;
            return true;
        }
    }
    return false;
}

static void from_size(BlockBackend *blk, BlockConf *conf)
{
    uint64_t sectors;

    blk_get_geometry(blk, &sectors);
    conf->cyls = MAX(2, MIN(ATA_CYLS_MAX, sectors / (ATA_HEADS * ATA_SECS)));
    conf->heads = ATA_HEADS;
    conf->secs = ATA_SECS;
}

static int auto_translation(const BlockConf *conf)
{
    return conf->cyls <= 1024 && conf->heads <= 16 && conf->secs <= 63
               ? BIOS_ATA_TRANSLATION_NONE
           : conf->cyls * conf->heads <= 131072 ? BIOS_ATA_TRANSLATION_LARGE
                                                : BIOS_ATA_TRANSLATION_LBA;
}

static int guess(BlockBackend *blk, BlockConf *conf)
{
    HDGeometry geo;

    if (blk_probe_geometry(blk, &geo) == 0) {
        conf->cyls = geo.cylinders;
        conf->heads = geo.heads;
        conf->secs = geo.sectors;
        return BIOS_ATA_TRANSLATION_NONE;
    }
    if (!from_partitions(blk, conf)) {
        from_size(blk, conf);
        return auto_translation(conf);
    }
    if (conf->heads <= ATA_HEADS) {
        return BIOS_ATA_TRANSLATION_NONE;
    }
    /* So many heads are a translation's, not the disk's. */
    from_size(blk, conf);
    return conf->cyls * conf->heads <= 131072 ? BIOS_ATA_TRANSLATION_LARGE
                                              : BIOS_ATA_TRANSLATION_LBA;
}

static bool in_range(const char *name, uint32_t value, unsigned max,
                     Error **errp)
{
    if (value < 1 || value > max) {
        error_setg(errp, "%s must be between 1 and %u", name, max);
        return false;
    }
    return true;
}

bool blkconf_geometry(BlockConf *conf, int *ptrans, unsigned cyls_max,
                      unsigned heads_max, unsigned secs_max, Error **errp)
{
    int trans;

    if (!conf->cyls && !conf->heads && !conf->secs) {
        trans = guess(conf->blk, conf);
    } else {
        trans = auto_translation(conf);
    }
    if (ptrans && *ptrans == BIOS_ATA_TRANSLATION_AUTO) {
        *ptrans = trans;
    }
    return in_range("cyls", conf->cyls, cyls_max, errp) &&
           in_range("heads", conf->heads, heads_max, errp) &&
           in_range("secs", conf->secs, secs_max, errp);
}
