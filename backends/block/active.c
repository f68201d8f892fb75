/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes that are not in use here now, since another process has them: that of
 * the other end of a migration. They hold no locks, and nobody writes to them.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

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

static bool has_active_parent(BlockDriverState *bs)
{
    NodeUser *u;

    QTAILQ_FOREACH(u, &bs->users, next) {
        if (u->parent && !bdrv_is_inactive(u->parent)) {
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

/*
 * Requests are drained. What only @bs uses goes with it. What was active before
 * is added to @done.
 */
static int inactivate(BlockDriverState *bs, GPtrArray *done)
{
    BlockDriverState *below = bdrv_node_below(bs);

    if (!bdrv_is_inactive(bs)) {
        int ret = bdrv_flush(bs);

        if (ret < 0) {
            return ret;
        }
        take_back(bs);
        g_ptr_array_add(done, bs);
    }
    return below && !has_active_parent(below) ? inactivate(below, done) : 0;
}

/* What is below another was done later, and must be active before it. */
static void activate_again(const GPtrArray *done)
{
    Error *err = NULL;

    for (guint i = done->len; i--;) {
        if (!bdrv_activate(g_ptr_array_index(done, i), &err)) {
            warn_report_err(g_steal_pointer(&err));
        }
    }
}

bool bdrv_inactivate(BlockDriverState *bs, Error **errp)
{
    g_autoptr(GPtrArray) done = g_ptr_array_new();
    int ret;

    if (has_active_parent(bs)) {
        error_setg(errp, "Node has active parent node");
        return false;
    }
    bdrv_drained_begin(bs);
    ret = inactivate(bs, done);
    if (ret < 0) {
        activate_again(done);
        error_setg_errno(errp, -ret, "Failed to inactivate node");
    }
    bdrv_drained_end(bs);
    return ret >= 0;
}

int bdrv_inactivate_all(void)
{
    g_autoptr(GPtrArray) done = g_ptr_array_new();
    BlockDriverState *bs = NULL;
    int ret = 0;

    bdrv_drain_all_begin();
    while (ret >= 0 && (bs = bdrv_next_node(bs))) {
        if (!has_active_parent(bs)) {
            ret = inactivate(bs, done);
        }
    }
    if (ret < 0) {
        activate_again(done);
    }
    bdrv_drain_all_end();
    return ret;
}
