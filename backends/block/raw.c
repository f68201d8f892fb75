/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes that are another node, or a part of it. */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qobject/qdict.h"

static bool check_window(BlockDriverState *bs, const BlockdevOptionsRaw *r,
                         Error **errp)
{
    int64_t below = bs->child.bs->drv->length(bs->child.bs);

    bs->offset = r->has_offset ? r->offset : 0;
    bs->size = r->has_size ? r->size : -1;
    if (below < 0) {
        error_setg_errno(errp, -below, "Could not get the length of '%s'",
                         bs->child.bs->node_name);
        return false;
    }
    if (bs->offset < 0 || (r->has_size && bs->size < 0)) {
        error_setg(errp, "offset and size must not be negative");
        return false;
    }
    if (bs->offset > below) {
        error_setg(errp,
                   "offset (%" PRId64 ") cannot be greater than size of the "
                   "containing file (%" PRId64 ")",
                   bs->offset, below);
        return false;
    }
    if (r->has_size && bs->size > below - bs->offset) {
        error_setg(errp,
                   "The sum of offset (%" PRId64 ") and size (%" PRId64 ") "
                   "has to be smaller or equal to the actual size of the "
                   "containing file (%" PRId64 ")",
                   bs->offset, bs->size, below);
        return false;
    }
    if (r->has_size && bs->size % BDRV_SECTOR_SIZE) {
        error_setg(errp, "Specified size is not multiple of %llu",
                   BDRV_SECTOR_SIZE);
        return false;
    }
    return true;
}

static bool check_writable(BlockDriverState *bs, Error **errp)
{
    if (bs->child.bs->read_only && !bs->read_only && !bs->auto_read_only) {
        error_setg(errp, "Block node is read-only");
        return false;
    }
    return true;
}

static bool raw_open(BlockDriverState *bs, const BlockdevOptions *o,
                     Error **errp)
{
    const BlockdevOptionsRaw *r = &o->u.raw;
    BlockDriverState *below = node_from_ref(r->file, errp);
    bool ok;

    if (!below) {
        return false;
    }
    bs->child.who = g_strdup_printf("node '%s'", bs->node_name);
    bs->child.role = "file";
    ok = node_user_attach(&bs->child, below, 0, BLK_PERM_ALL, errp);
    bdrv_unref(below);
    if (ok && !(check_window(bs, r, errp) && check_writable(bs, errp))) {
        node_user_detach(&bs->child);
        ok = false;
    }
    if (!ok) {
        g_free(bs->child.who);
        return false;
    }
    bs->read_only |= below->read_only;
    bs->direct |= below->direct;
    bs->filename = g_strdup(below->filename);
    return true;
}

static void raw_close(BlockDriverState *bs)
{
    node_user_detach(&bs->child);
    g_free(bs->child.who);
}

static int64_t raw_length(BlockDriverState *bs)
{
    int64_t below = bs->child.bs->drv->length(bs->child.bs);

    return bs->size >= 0 ? bs->size
           : below < 0   ? below
                         : MAX(below - bs->offset, 0);
}

static int64_t raw_allocated(BlockDriverState *bs)
{
    return bdrv_get_allocated_file_size(bs->child.bs);
}

/*
 * The part is within the other node, but for the rest of the last sector when
 * the offset is not a multiple of one.
 */
static int raw_pread(BlockDriverState *bs, int64_t offset, int64_t bytes,
                     void *buf)
{
    BlockDriverState *below = bs->child.bs;

    return below->drv->pread(below, bs->offset + offset, bytes, buf);
}

static int raw_pwrite(BlockDriverState *bs, int64_t offset, int64_t bytes,
                      const void *buf)
{
    BlockDriverState *below = bs->child.bs;

    return below->drv->pwrite(below, bs->offset + offset, bytes, buf);
}

static int raw_zero(BlockDriverState *bs, int64_t offset, int64_t bytes,
                    bool unmap)
{
    BlockDriverState *below = bs->child.bs;

    return below->drv->zero ? below->drv->zero(below, bs->offset + offset,
                                               bytes, unmap && below->unmap)
                            : -ENOTSUP;
}

static int raw_discard(BlockDriverState *bs, int64_t offset, int64_t bytes)
{
    return bdrv_pdiscard(bs->child.bs, bs->offset + offset, bytes);
}

static int raw_flush(BlockDriverState *bs)
{
    return bdrv_flush(bs->child.bs);
}

static int raw_truncate(BlockDriverState *bs, int64_t length)
{
    return bs->size >= 0 || bs->offset
               ? -ENOTSUP
               : bdrv_truncate(bs->child.bs, length, NULL);
}

static bool raw_set_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                         Error **errp)
{
    return node_user_set_perm(&bs->child, perm, shared, errp);
}

const NodeDriver node_driver_raw = {
    .open = raw_open,
    .close = raw_close,
    .length = raw_length,
    .allocated = raw_allocated,
    .pread = raw_pread,
    .pwrite = raw_pwrite,
    .zero = raw_zero,
    .discard = raw_discard,
    .flush = raw_flush,
    .truncate = raw_truncate,
    .set_perm = raw_set_perm,
};
