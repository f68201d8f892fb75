/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes that are files and block devices of the host: opening them. Locks on
 * single bytes tell other processes what is done with the file and what it may
 * not be used for meanwhile; the bytes are those that QEMU uses.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"

/* A byte per permission: taken, and not shared. */
#define LOCK_PERM   100
#define LOCK_SHARED 200
#define PERM_BITS   4

/*** Locks. ***/

/* Bit i: byte LOCK_PERM + i; bit PERM_BITS + i: byte LOCK_SHARED + i. */
static uint64_t lock_bits(uint64_t perm, uint64_t shared)
{
    return perm | (~shared & BLK_PERM_ALL) << PERM_BITS;
}

static int64_t lock_byte(int bit)
{
    return bit < PERM_BITS ? LOCK_PERM + bit : LOCK_SHARED + bit - PERM_BITS;
}

/* Has the locks @wanted, and no others. */
static int take_locks(BlockDriverState *bs, uint64_t wanted)
{
    for (int bit = 0; bit < 2 * PERM_BITS; bit++) {
        uint64_t mask = 1ULL << bit;
        int ret = 0;

        if ((wanted & mask) && !(bs->locked & mask)) {
            ret = qemu_lock_fd(bs->fd, lock_byte(bit), 1, false);
        } else if (!(wanted & mask) && (bs->locked & mask)) {
            ret = qemu_unlock_fd(bs->fd, lock_byte(bit), 1);
        }
        if (ret) {
            return ret;
        }
        bs->locked = (bs->locked & ~mask) | (wanted & mask);
    }
    return 0;
}

/* Does another process do what we do not share, or not share what we do? */
static bool check_others(BlockDriverState *bs, uint64_t bits, Error **errp)
{
    for (int bit = 0; bit < 2 * PERM_BITS; bit++) {
        int theirs = (bit + PERM_BITS) % (2 * PERM_BITS);
        int ret;

        if (!(bits & 1ULL << bit)) {
            continue;
        }
        ret = qemu_lock_fd_test(bs->fd, lock_byte(theirs), 1, true);
        if (ret) {
            g_autofree char *name = bdrv_perm_names(1ULL << bit % PERM_BITS);

            error_setg(errp, "Failed to get %s\"%s\" lock",
                       bit < PERM_BITS ? "" : "shared ", name);
            error_append_hint(errp,
                              "Is another process using the image [%s]?\n",
                              bs->filename);
            return false;
        }
    }
    return true;
}

static bool file_set_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                          Error **errp)
{
    ERRP_GUARD();
    uint64_t before = bs->locked;
    uint64_t wanted = lock_bits(perm, bs->force_share ? BLK_PERM_ALL : shared);
    int ret;

    if (!bs->locking || wanted == before) {
        return true;
    }
    /* First all that either needs; what is new is checked against others. */
    ret = take_locks(bs, before | wanted);
    if (ret) {
        error_setg_errno(errp, -ret, "Failed to lock '%s'", bs->filename);
    } else if (check_others(bs, wanted & ~before, errp)) {
        take_locks(bs, wanted);
        return true;
    }
    take_locks(bs, before);
    return false;
}

/*** Opening. ***/

static int open_fd(BlockDriverState *bs, Error **errp)
{
    int flags = O_CLOEXEC | (bs->direct ? O_DIRECT : 0);
    Error *err = NULL;
    int fd;

    if (!bs->read_only) {
        fd = qemu_open(bs->filename, flags | O_RDWR, &err);
        if (fd >= 0) {
            return fd;
        }
        if (!bs->auto_read_only ||
            (errno != EACCES && errno != EROFS && errno != EPERM)) {
            error_propagate(errp, err);
            return -1;
        }
        error_free(err);
        bs->read_only = true;
    }
    return qemu_open(bs->filename, flags | O_RDONLY, errp);
}

static bool check_kind(BlockDriverState *bs, Error **errp)
{
    bool device = bs->kind == BLOCKDEV_DRIVER_HOST_DEVICE;
    struct stat st;

    if (fstat(bs->fd, &st) < 0) {
        error_setg_errno(errp, errno, "Could not stat '%s'", bs->filename);
        return false;
    }
    if (device ? S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode)
               : S_ISREG(st.st_mode)) {
        return true;
    }
    error_setg(errp, "'%s' driver requires '%s' to be %s",
               bdrv_get_format_name(bs), bs->filename,
               device ? "either a character or block device"
                      : "a regular file");
    return false;
}

/* What O_DIRECT wants of offsets, sizes and memory. */
static uint32_t direct_align(BlockDriverState *bs)
{
    int sector = 0;

#ifdef STATX_DIOALIGN
    struct statx st;

    if (statx(bs->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) == 0 &&
        (st.stx_mask & STATX_DIOALIGN) && st.stx_dio_offset_align &&
        is_power_of_2(st.stx_dio_offset_align) &&
        st.stx_dio_offset_align <= 64 * KiB) {
        return MAX(st.stx_dio_offset_align,
                   pow2ceil(MAX(st.stx_dio_mem_align, 512)));
    }
#endif
    if (bs->kind == BLOCKDEV_DRIVER_HOST_DEVICE &&
        ioctl(bs->fd, BLKSSZGET, &sector) == 0 && sector >= 512 &&
        is_power_of_2(sector)) {
        return sector;
    }
    return 4096;
}

static FileSpeed file_speed(BlockDriverState *bs)
{
    struct statfs st;

    if (bs->direct) {
        return FILE_SLOW;
    }
    if (fstatfs(bs->fd, &st) == 0 &&
        (st.f_type == TMPFS_MAGIC || st.f_type == RAMFS_MAGIC)) {
        return FILE_MEMORY;
    }
    /* io_uring looks into the page cache itself. */
    return bs->aio == BLOCKDEV_AIO_OPTIONS_THREADS ? FILE_CACHED : FILE_SLOW;
}

static bool check_aio(BlockDriverState *bs, Error **errp)
{
    if (bs->aio == BLOCKDEV_AIO_OPTIONS_NATIVE) {
        error_setg(errp, "aio=native was specified, but is not supported in "
                         "this build.");
        error_append_hint(errp, "aio=io_uring and aio=threads are.\n");
        return false;
    }
    return bs->aio != BLOCKDEV_AIO_OPTIONS_IO_URING || uring_available(errp);
}

static bool file_open(BlockDriverState *bs, const BlockdevOptions *o,
                      Error **errp)
{
    const BlockdevOptionsFile *f = &o->u.file; /* host_device's are the same */

    bs->filename = g_strdup(f->filename);
    bs->aio = f->has_aio ? f->aio : BLOCKDEV_AIO_OPTIONS_THREADS;
    if (!check_aio(bs, errp)) {
        return false;
    }
    bs->fd = open_fd(bs, errp);
    if (bs->fd < 0) {
        return false;
    }
    if (!check_kind(bs, errp)) {
        qemu_close(bs->fd);
        return false;
    }
    bs->locking = !(f->has_locking && f->locking == ON_OFF_AUTO_OFF) &&
                  bs->kind == BLOCKDEV_DRIVER_FILE && qemu_has_ofd_lock();
    bs->punch = bs->zero_range = true;
    bs->align = bs->direct ? direct_align(bs) : 1;
    bs->speed = file_speed(bs);
    return true;
}

static void file_close(BlockDriverState *bs)
{
    qemu_close(bs->fd); /* which unlocks */
}

/*** Sizes. ***/

int file_probe(BlockDriverState *bs, BlockSizes *bsz)
{
    int log;
    unsigned phys;

    if (ioctl(bs->fd, BLKSSZGET, &log) < 0 ||
        ioctl(bs->fd, BLKPBSZGET, &phys) < 0) {
        return -errno;
    }
    *bsz = (BlockSizes){ .log = log, .phys = MAX(phys, log) };
    return 0;
}

static int64_t file_length(BlockDriverState *bs)
{
    off_t end = lseek(bs->fd, 0, SEEK_END);

    return end < 0 ? -errno : end;
}

static int64_t file_allocated(BlockDriverState *bs)
{
    struct stat st;

    return fstat(bs->fd, &st) < 0 ? -errno : (int64_t)st.st_blocks * 512;
}

static int file_truncate(BlockDriverState *bs, int64_t length)
{
    if (bs->kind != BLOCKDEV_DRIVER_FILE) {
        return length <= file_length(bs) ? 0 : -EINVAL;
    }
    return RETRY_ON_EINTR(ftruncate(bs->fd, length)) < 0 ? -errno : 0;
}

const NodeDriver node_driver_file = {
    .open = file_open,
    .close = file_close,
    .length = file_length,
    .allocated = file_allocated,
    .run = file_run,
    .truncate = file_truncate,
    .set_perm = file_set_perm,
};
