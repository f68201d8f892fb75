/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes that are another node, or a part of it. */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qobject/qdict.h"

static bool check_window(BlockDriverState *bs, const BlockdevOptionsRaw *r,
                         Error **errp)
{
    int64_t below = node_length(bs->child.bs);

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

    if (!node_open_child(bs, r->file, errp)) {
        return false;
    }
    if (!check_window(bs, r, errp) || !check_writable(bs, errp)) {
        node_close_child(bs);
        return false;
    }
    bs->read_only |= bs->child.bs->read_only;
    bs->direct |= bs->child.bs->direct;
    bs->align = bs->child.bs->align;
    bs->filename = g_strdup(bs->child.bs->filename);
    return true;
}

static int64_t raw_length(BlockDriverState *bs)
{
    int64_t below = node_length(bs->child.bs);

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
static int raw_map(BlockDriverState *bs, BlockReq *req)
{
    if (req->kind != REQ_FLUSH) {
        req->offset += bs->offset;
    }
    return 0;
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
    .close = node_close_child,
    .length = raw_length,
    .allocated = raw_allocated,
    .is_filter = true,
    .map = raw_map,
    .truncate = raw_truncate,
    .set_perm = raw_set_perm,
};
