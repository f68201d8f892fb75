/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What block devices have in common: the properties by which a user describes
 * one (BlockConf and DEFINE_BLOCK_PROPERTIES), and helpers that check these in
 * realize().
 */
#ifndef HW_BLOCK_H
#define HW_BLOCK_H

#include "exec/hwaddr.h"
#include "hw/qdev-properties-system.h"
#include "qapi/qapi-types-block-core.h"

typedef struct BlockConf {
    BlockBackend *blk;
    OnOffAuto backend_defaults; /* take the sizes of the host's device */
    uint32_t physical_block_size;
    uint32_t logical_block_size;
    uint32_t min_io_size;
    uint32_t opt_io_size;
    int32_t bootindex;
    uint32_t discard_granularity; /* -1: the device's own */
    uint32_t cyls, heads, secs;
    uint32_t lcyls, lheads, lsecs;
    OnOffAuto wce;
    bool share_rw; /* others may write as well */
    OnOffAuto account_invalid, account_failed;
    BlockdevOnError rerror;
    BlockdevOnError werror;
} BlockConf;

/* log2 of the logical blocks in a physical one. */
static inline unsigned int get_physical_block_exp(BlockConf *conf)
{
    unsigned int exp = 0;

    while (conf->physical_block_size >> exp > conf->logical_block_size) {
        exp++;
    }
    return exp;
}

#define DEFAULT_BLOCK_CONF                        \
    (BlockConf){                                  \
        .bootindex = -1,                          \
        .discard_granularity = -1,                \
        .backend_defaults = ON_OFF_AUTO_AUTO,     \
        .wce = ON_OFF_AUTO_AUTO,                  \
        .account_invalid = ON_OFF_AUTO_AUTO,      \
        .account_failed = ON_OFF_AUTO_AUTO,       \
        .rerror = BLOCKDEV_ON_ERROR_AUTO,         \
        .werror = BLOCKDEV_ON_ERROR_AUTO,         \
    }

#define DEFINE_BLOCK_PROPERTIES_BASE(_state, _conf)                       \
    DEFINE_PROP_ON_OFF_AUTO("backend_defaults", _state,                   \
                            _conf.backend_defaults, ON_OFF_AUTO_AUTO),    \
    DEFINE_PROP_BLOCKSIZE("logical_block_size", _state,                   \
                          _conf.logical_block_size),                      \
    DEFINE_PROP_BLOCKSIZE("physical_block_size", _state,                  \
                          _conf.physical_block_size),                     \
    DEFINE_PROP_SIZE32("min_io_size", _state, _conf.min_io_size, 0),      \
    DEFINE_PROP_SIZE32("opt_io_size", _state, _conf.opt_io_size, 0),      \
    DEFINE_PROP_SIZE32("discard_granularity", _state,                     \
                       _conf.discard_granularity, -1),                    \
    DEFINE_PROP_ON_OFF_AUTO("write-cache", _state, _conf.wce,             \
                            ON_OFF_AUTO_AUTO),                            \
    DEFINE_PROP_BOOL("share-rw", _state, _conf.share_rw, false),          \
    DEFINE_PROP_ON_OFF_AUTO("account-invalid", _state,                    \
                            _conf.account_invalid, ON_OFF_AUTO_AUTO),     \
    DEFINE_PROP_ON_OFF_AUTO("account-failed", _state,                     \
                            _conf.account_failed, ON_OFF_AUTO_AUTO)

#define DEFINE_BLOCK_PROPERTIES(_state, _conf)                            \
    DEFINE_PROP_DRIVE("drive", _state, _conf.blk),                        \
    DEFINE_BLOCK_PROPERTIES_BASE(_state, _conf)

#define DEFINE_BLOCK_CHS_PROPERTIES(_state, _conf)                        \
    DEFINE_PROP_UINT32("cyls", _state, _conf.cyls, 0),                    \
    DEFINE_PROP_UINT32("heads", _state, _conf.heads, 0),                  \
    DEFINE_PROP_UINT32("secs", _state, _conf.secs, 0),                    \
    DEFINE_PROP_UINT32("lcyls", _state, _conf.lcyls, 0),                  \
    DEFINE_PROP_UINT32("lheads", _state, _conf.lheads, 0),                \
    DEFINE_PROP_UINT32("lsecs", _state, _conf.lsecs, 0)

#define DEFINE_BLOCK_ERROR_PROPERTIES(_state, _conf)                      \
    DEFINE_PROP_BLOCKDEV_ON_ERROR("rerror", _state, _conf.rerror,         \
                                  BLOCKDEV_ON_ERROR_AUTO),                \
    DEFINE_PROP_BLOCKDEV_ON_ERROR("werror", _state, _conf.werror,         \
                                  BLOCKDEV_ON_ERROR_AUTO)

/*
 * For devices that keep a whole image in memory: reads the @size bytes of @blk,
 * which must have as many, into @buf. False with @errp set otherwise.
 */
bool blk_check_size_and_read_all(BlockBackend *blk, DeviceState *dev,
                                 void *buf, hwaddr size, Error **errp);

/* Fills in the sizes that nobody gave, and checks those that were given. */
bool blkconf_blocksizes(BlockConf *conf, Error **errp);

/*
 * Fills in the shape of old of a disk, from its partition table or its size,
 * where none was given; checks one that was. @ptrans, unless NULL, gets the
 * translation (BIOS_ATA_TRANSLATION_*).
 */
bool blkconf_geometry(BlockConf *conf, int *ptrans, unsigned cyls_max,
                      unsigned heads_max, unsigned secs_max, Error **errp);

enum {
    BIOS_ATA_TRANSLATION_NONE = 0,
    BIOS_ATA_TRANSLATION_LBA = 1,
    BIOS_ATA_TRANSLATION_LARGE = 2,
    BIOS_ATA_TRANSLATION_AUTO = 3,
};

/*
 * Takes the permissions that the device needs, and hands its error and cache
 * settings to the backend. False with @errp set when that cannot be.
 */
bool blkconf_apply_backend_options(BlockConf *conf, bool readonly,
                                   bool resizable, Error **errp);

#endif
