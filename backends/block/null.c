/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes that hold nothing: all zeroes, and what is written is lost. */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/units.h"

static bool null_open(BlockDriverState *bs, const BlockdevOptions *o,
                      Error **errp)
{
    const BlockdevOptionsNull *n = &o->u.null_co; /* null-aio's are the same */

    bs->filename = g_strdup_printf("%s://", BlockdevDriver_str(o->driver));
    bs->size = n->has_size ? n->size : 1 * GiB;
    if (bs->size < 0 || bs->size > BDRV_MAX_LENGTH) {
        error_setg(errp, "size is invalid");
        return false;
    }
    if (n->has_latency_ns && n->latency_ns) {
        error_setg(errp, "latency-ns is not supported; leave it out");
        return false;
    }
    return true;
}

static int64_t null_length(BlockDriverState *bs)
{
    return bs->size;
}

static int null_run(BlockDriverState *bs, const BlockReq *req)
{
    for (int i = 0; req->kind == REQ_READ && i < req->niov; i++) {
        memset(req->iov[i].iov_base, 0, req->iov[i].iov_len);
    }
    return 0;
}

static int null_truncate(BlockDriverState *bs, int64_t length)
{
    bs->size = length;
    return 0;
}

const NodeDriver node_driver_null = {
    .open = null_open,
    .length = null_length,
    .run = null_run,
    .truncate = null_truncate,
};
