/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all of the block layer shares.
 *
 * A node (BlockDriverState) is an image, or a part of one, with a driver that
 * reads it. A backend (BlockBackend, system/block-backend.h) is a device's end
 * of a node. Who uses a node says what it wants to do with it (a permission)
 * and what it allows others at the same time (a shared permission); locks on
 * the image file tell other processes the same, QEMU's among them.
 */
#ifndef BLOCK_COMMON_H
#define BLOCK_COMMON_H

#include "block/aio.h"
#include "qapi/qapi-types-block-core.h"
#include "qemu/iov.h"
#include "qemu/queue.h"
#include "qobject/qdict.h"

/* The size of a sector, where something is counted in them. */
#define BDRV_SECTOR_BITS 9
#define BDRV_SECTOR_SIZE (1ULL << BDRV_SECTOR_BITS)

/* The longest request. */
#define BDRV_REQUEST_MAX_SECTORS                  \
    MIN_CONST(SIZE_MAX >> BDRV_SECTOR_BITS,       \
              INT_MAX >> BDRV_SECTOR_BITS)
#define BDRV_REQUEST_MAX_BYTES (BDRV_REQUEST_MAX_SECTORS << BDRV_SECTOR_BITS)

/* The largest image. */
#define BDRV_MAX_ALIGNMENT (1L << 30)
#define BDRV_MAX_LENGTH    (QEMU_ALIGN_DOWN(INT64_MAX, BDRV_MAX_ALIGNMENT))

/* Flags of requests. Those that are only hints are ignored. */
typedef enum {
    BDRV_REQ_COPY_ON_READ = 0x1,
    BDRV_REQ_ZERO_WRITE = 0x2,
    BDRV_REQ_MAY_UNMAP = 0x4,        /* zeroes may become a hole */
    BDRV_REQ_REGISTERED_BUF = 0x8,
    BDRV_REQ_FUA = 0x10,             /* on stable storage when complete */
    BDRV_REQ_WRITE_COMPRESSED = 0x20,
    BDRV_REQ_WRITE_UNCHANGED = 0x40, /* the data are what was there */
    BDRV_REQ_SERIALISING = 0x80,
    BDRV_REQ_NO_FALLBACK = 0x100,    /* fail rather than be slow */
    BDRV_REQ_PREFETCH = 0x200,
    BDRV_REQ_NO_WAIT = 0x400,
    BDRV_REQ_NO_QUEUE = 0x800,
    BDRV_REQ_MASK = 0xfff,
} BdrvRequestFlags;

/* Flags of opening; blk_get_flags() tells those that apply. */
#define BDRV_O_NO_SHARE    0x0001
#define BDRV_O_RDWR        0x0002
#define BDRV_O_RESIZE      0x0004
#define BDRV_O_SNAPSHOT    0x0008
#define BDRV_O_TEMPORARY   0x0010
#define BDRV_O_NOCACHE     0x0020
#define BDRV_O_NATIVE_AIO  0x0080
#define BDRV_O_NO_BACKING  0x0100
#define BDRV_O_NO_FLUSH    0x0200
#define BDRV_O_ALLOW_RDWR  0x2000
#define BDRV_O_UNMAP       0x4000
#define BDRV_O_PROTOCOL    0x8000
#define BDRV_O_AUTO_RDONLY 0x20000

#define BDRV_O_CACHE_MASK (BDRV_O_NOCACHE | BDRV_O_NO_FLUSH)

/* Permissions. */
enum {
    BLK_PERM_CONSISTENT_READ = 0x01, /* what is read makes sense */
    BLK_PERM_WRITE = 0x02,
    BLK_PERM_WRITE_UNCHANGED = 0x04, /* write what is there already */
    BLK_PERM_RESIZE = 0x08,
    BLK_PERM_ALL = 0x0f,
};

/* Sizes in bytes of a device's own blocks, and its shape of old. */
typedef struct BlockSizes {
    uint32_t phys;
    uint32_t log;
} BlockSizes;

typedef struct HDGeometry {
    uint32_t heads;
    uint32_t sectors;
    uint32_t cylinders;
} HDGeometry;

/* "consistent read, write": the caller frees it. */
char *bdrv_perm_names(uint64_t perm);

#endif
