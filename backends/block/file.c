/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes that are files and block devices of the host. Locks on single bytes
 * tell other processes what is done with the file and what it may not be used
 * for meanwhile; the bytes are those that QEMU uses.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/memalign.h"

/* A byte per permission: taken, and not shared. */
#define LOCK_PERM   100
#define LOCK_SHARED 200
#define PERM_BITS   4

/* O_DIRECT wants this of offsets, sizes and memory, wherever it matters. */
#define DIRECT_ALIGN 4096

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

static bool file_open(BlockDriverState *bs, const BlockdevOptions *o,
                      Error **errp)
{
    const BlockdevOptionsFile *f = &o->u.file; /* host_device's are the same */

    bs->filename = g_strdup(f->filename);
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
    bs->punch = true;
    return true;
}

static void file_close(BlockDriverState *bs)
{
    qemu_close(bs->fd); /* which unlocks */
}

/*** Requests. ***/

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

/* Zeroes after the end of the file. */
static int read_all(int fd, uint8_t *buf, int64_t offset, int64_t bytes)
{
    while (bytes) {
        ssize_t n = RETRY_ON_EINTR(pread(fd, buf, bytes, offset));

        if (n < 0) {
            return -errno;
        }
        if (n == 0) {
            memset(buf, 0, bytes);
            return 0;
        }
        buf += n;
        offset += n;
        bytes -= n;
    }
    return 0;
}

static int write_all(int fd, const uint8_t *buf, int64_t offset, int64_t bytes)
{
    while (bytes) {
        ssize_t n = RETRY_ON_EINTR(pwrite(fd, buf, bytes, offset));

        if (n <= 0) {
            return n < 0 ? -errno : -ENOSPC;
        }
        buf += n;
        offset += n;
        bytes -= n;
    }
    return 0;
}

/* Reads, and with @from writes back, whole units around what is asked for. */
static int direct_request(BlockDriverState *bs, int64_t offset, int64_t bytes,
                          void *to, const void *from)
{
    int64_t begin = QEMU_ALIGN_DOWN(offset, DIRECT_ALIGN);
    int64_t length = QEMU_ALIGN_UP(offset + bytes, DIRECT_ALIGN) - begin;
    uint8_t *bounce = qemu_try_memalign(DIRECT_ALIGN, length);
    int64_t end = file_length(bs);
    int ret = bounce ? read_all(bs->fd, bounce, begin, length) : -ENOMEM;

    if (!ret && to) {
        memcpy(to, bounce + (offset - begin), bytes);
    } else if (!ret) {
        memcpy(bounce + (offset - begin), from, bytes);
        ret = write_all(bs->fd, bounce, begin, length);
        if (!ret && begin + length > end && end >= 0 &&
            bs->kind == BLOCKDEV_DRIVER_FILE &&
            ftruncate(bs->fd, MAX(end, offset + bytes)) < 0) {
            ret = -errno; /* the unit's end is not ours to add */
        }
    }
    qemu_vfree(bounce);
    return ret;
}

static int file_pread(BlockDriverState *bs, int64_t offset, int64_t bytes,
                      void *buf)
{
    return bs->direct ? direct_request(bs, offset, bytes, buf, NULL)
                      : read_all(bs->fd, buf, offset, bytes);
}

static int file_pwrite(BlockDriverState *bs, int64_t offset, int64_t bytes,
                       const void *buf)
{
    return bs->direct ? direct_request(bs, offset, bytes, NULL, buf)
                      : write_all(bs->fd, buf, offset, bytes);
}

static int file_fallocate(BlockDriverState *bs, int mode, int64_t offset,
                          int64_t bytes)
{
    if (bs->kind != BLOCKDEV_DRIVER_FILE || !bs->punch) {
        return -ENOTSUP;
    }
    if (RETRY_ON_EINTR(fallocate(bs->fd, mode, offset, bytes)) == 0) {
        return 0;
    }
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == ENOTTY) {
        bs->punch = false;
        return -ENOTSUP;
    }
    return -errno;
}

static int file_zero(BlockDriverState *bs, int64_t offset, int64_t bytes,
                     bool unmap)
{
    int64_t end = file_length(bs);

    if (!unmap || end < offset + bytes) {
        return -ENOTSUP; /* a hole does not make the file longer */
    }
    return file_fallocate(bs, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                          offset, bytes);
}

static int file_discard(BlockDriverState *bs, int64_t offset, int64_t bytes)
{
    return file_fallocate(bs, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                          offset, bytes);
}

static int file_flush(BlockDriverState *bs)
{
    return RETRY_ON_EINTR(fdatasync(bs->fd)) < 0 ? -errno : 0;
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
    .pread = file_pread,
    .pwrite = file_pwrite,
    .zero = file_zero,
    .discard = file_discard,
    .flush = file_flush,
    .truncate = file_truncate,
    .set_perm = file_set_perm,
};
