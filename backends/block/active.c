/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes that are not in use here now, since another process has them: that of
 * the other end of a migration. They hold no locks, and nobody writes to them.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"

bool (*bdrv_starts_inactive_hook)(void);

bool bdrv_is_inactive(const BlockDriverState *bs)
{
    return qatomic_read(&bs->inactive);
}

bool node_starts_inactive(const BlockdevOptions *o)
{
    return (o->has_active && !o->active) ||
           (bdrv_starts_inactive_hook && bdrv_starts_inactive_hook());
}

static bool is_active_parent(BlockDriverState *parent, BlockDriverState *bs)
{
    return bdrv_node_below(parent) == bs && !bdrv_is_inactive(parent);
}

static bool has_active_parent(BlockDriverState *bs)
{
    BlockDriverState *other = NULL;

    while ((other = bdrv_next_node(other))) {
        if (is_active_parent(other, bs)) {
            return true;
        }
    }
    return false;
}

/* ---- activating ---------------------------------------------------------- */

/* @bs, which nobody uses but us as far as we know, is ours: what is new? */
static void refresh(BlockDriverState *bs)
{
    if (bs->fd >= 0 && !bs->direct) {
        /* Another host may have written what our page cache knows older. */
        posix_fadvise(bs->fd, 0, 0, POSIX_FADV_DONTNEED);
    }
    node_refresh_length(bs);
}

/* What was inactive before, and is active now, is added to @done. */
static bool activate(BlockDriverState *bs, GPtrArray *done, Error **errp)
{
    BlockDriverState *below = bdrv_node_below(bs);

    if (!bdrv_is_inactive(bs)) {
        return true;
    }
    if (below && !activate(below, done, errp)) {
        return false;
    }
    qatomic_set(&bs->inactive, false);
    if (!node_refresh_perm(bs, errp)) {
        qatomic_set(&bs->inactive, true);
        error_prepend(errp, "Node '%s' cannot be activated: ", bs->node_name);
        return false;
    }
    refresh(bs);
    g_ptr_array_add(done, bs);
    return true;
}

static void take_back(BlockDriverState *bs)
{
    qatomic_set(&bs->inactive, true);
    node_refresh_perm(bs, NULL); /* less is always allowed */
}

/* All or nothing. @bs is NULL for all nodes. */
static bool activate_some(BlockDriverState *bs, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GPtrArray) done = g_ptr_array_new();
    BlockDriverState *at = bs;
    bool ok = true;

    while (ok && (bs ? at : (at = bdrv_next_node(at)))) {
        ok = activate(at, done, errp);
        if (bs) {
            break;
        }
    }
    for (guint i = done->len; !ok && i--;) {
        take_back(g_ptr_array_index(done, i));
    }
    return ok;
}

bool bdrv_activate(BlockDriverState *bs, Error **errp)
{
    return activate_some(bs, errp);
}

bool bdrv_activate_all(Error **errp)
{
    return activate_some(NULL, errp);
}

/* ---- inactivating -------------------------------------------------------- */

/* Requests are drained. What only @bs uses goes with it. */
static int inactivate(BlockDriverState *bs)
{
    BlockDriverState *below = bdrv_node_below(bs);
    int ret = bdrv_is_inactive(bs) ? 0 : bdrv_flush(bs);

    if (ret < 0) {
        return ret;
    }
    if (!bdrv_is_inactive(bs)) {
        take_back(bs);
    }
    return below && !has_active_parent(below) ? inactivate(below) : 0;
}

bool bdrv_inactivate(BlockDriverState *bs, Error **errp)
{
    int ret;

    if (has_active_parent(bs)) {
        error_setg(errp, "Node has active parent node");
        return false;
    }
    bdrv_drained_begin(bs);
    ret = inactivate(bs);
    bdrv_drained_end(bs);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to inactivate node");
    }
    return ret >= 0;
}

int bdrv_inactivate_all(void)
{
    BlockDriverState *bs = NULL;
    int ret = 0;

    bdrv_drain_all_begin();
    while (ret >= 0 && (bs = bdrv_next_node(bs))) {
        if (!has_active_parent(bs)) {
            ret = inactivate(bs);
        }
    }
    bdrv_drain_all_end();
    return ret;
}
