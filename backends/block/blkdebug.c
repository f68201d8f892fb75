/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes that fail as they are told: for tests of what happens then. Rules are
 * looked through in order, and the first that fits a request gives its result.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/lockable.h"

typedef struct Rule {
    uint32_t kinds; /* bit of ReqKind */
    int error;
    int64_t offset; /* -1: anywhere */
    bool once;
    bool gone;
} Rule;

struct Blkdebug {
    QemuMutex lock;
    Rule *rules;
    size_t num;
};

/* What an event stands for, in requests. */
static uint32_t event_kinds(BlkdebugEvent event)
{
    switch (event) {
    case BLKDBG_READ_AIO:
        return 1 << REQ_READ;
    case BLKDBG_WRITE_AIO:
    case BLKDBG_PWRITEV:
        return 1 << REQ_WRITE;
    case BLKDBG_PWRITEV_ZERO:
        return 1 << REQ_ZERO;
    case BLKDBG_FLUSH_TO_DISK:
    case BLKDBG_FLUSH_TO_OS:
        return 1 << REQ_FLUSH;
    default:
        return ~0u;
    }
}

static uint32_t type_kind(BlkdebugIOType type)
{
    switch (type) {
    case BLKDEBUG_IO_TYPE_READ:
        return 1 << REQ_READ;
    case BLKDEBUG_IO_TYPE_WRITE:
        return 1 << REQ_WRITE;
    case BLKDEBUG_IO_TYPE_WRITE_ZEROES:
        return 1 << REQ_ZERO;
    case BLKDEBUG_IO_TYPE_DISCARD:
        return 1 << REQ_DISCARD;
    default:
        return 1 << REQ_FLUSH;
    }
}

static void add_rule(struct Blkdebug *d, const BlkdebugInjectErrorOptions *o)
{
    uint32_t kinds = event_kinds(o->event);

    if (o->has_iotype) {
        kinds &= type_kind(o->iotype);
    } else if (o->event == BLKDBG_NONE) {
        kinds = 1 << REQ_READ | 1 << REQ_WRITE | 1 << REQ_ZERO |
                1 << REQ_DISCARD | 1 << REQ_FLUSH;
    }
    d->rules = g_renew(Rule, d->rules, d->num + 1);
    d->rules[d->num++] = (Rule){
        .kinds = kinds,
        .error = o->has_q_errno ? o->q_errno : EIO,
        .offset = o->has_sector && o->sector >= 0
                      ? o->sector * (int64_t)BDRV_SECTOR_SIZE
                      : -1,
        .once = o->has_once && o->once,
    };
}

static bool blkdebug_open(BlockDriverState *bs, const BlockdevOptions *opts,
                          Error **errp)
{
    const BlockdevOptionsBlkdebug *o = &opts->u.blkdebug;

    for (BlkdebugInjectErrorOptionsList *l = o->inject_error; l; l = l->next) {
        if (l->value->has_q_errno &&
            (l->value->q_errno <= 0 || l->value->q_errno > 4095)) {
            error_setg(errp, "errno must be 1 to 4095");
            return false;
        }
        if (l->value->has_sector &&
            l->value->sector > BDRV_MAX_LENGTH >> BDRV_SECTOR_BITS) {
            error_setg(errp, "sector is too large");
            return false;
        }
    }
    if (!node_open_child(bs, o->image, errp)) {
        return false;
    }
    bs->blkdebug = g_new0(struct Blkdebug, 1);
    qemu_mutex_init(&bs->blkdebug->lock);
    for (BlkdebugInjectErrorOptionsList *l = o->inject_error; l; l = l->next) {
        add_rule(bs->blkdebug, l->value);
    }
    bs->read_only |= bs->child.bs->read_only;
    bs->direct |= bs->child.bs->direct;
    bs->align = bs->child.bs->align;
    bs->filename = g_strdup(bs->child.bs->filename);
    return true;
}

static void blkdebug_close(BlockDriverState *bs)
{
    node_close_child(bs);
    qemu_mutex_destroy(&bs->blkdebug->lock);
    g_free(bs->blkdebug->rules);
    g_free(bs->blkdebug);
}

static bool fits(const Rule *rule, const BlockReq *req)
{
    return !rule->gone && (rule->kinds & 1u << req->kind) &&
           (rule->offset < 0 || req->kind == REQ_FLUSH ||
            (rule->offset < req->offset + req->bytes &&
             rule->offset + (int64_t)BDRV_SECTOR_SIZE > req->offset));
}

static int blkdebug_map(BlockDriverState *bs, BlockReq *req)
{
    struct Blkdebug *d = bs->blkdebug;

    QEMU_LOCK_GUARD(&d->lock);
    for (size_t i = 0; i < d->num; i++) {
        if (fits(&d->rules[i], req)) {
            d->rules[i].gone = d->rules[i].once;
            return -d->rules[i].error;
        }
    }
    return 0;
}

static int64_t blkdebug_length(BlockDriverState *bs)
{
    return node_length(bs->child.bs);
}

static int64_t blkdebug_allocated(BlockDriverState *bs)
{
    return bdrv_get_allocated_file_size(bs->child.bs);
}

static int blkdebug_truncate(BlockDriverState *bs, int64_t length)
{
    return bdrv_truncate(bs->child.bs, length, NULL);
}

static bool blkdebug_set_perm(BlockDriverState *bs, uint64_t perm,
                              uint64_t shared, Error **errp)
{
    return node_user_set_perm(&bs->child, perm, shared, errp);
}

const NodeDriver node_driver_blkdebug = {
    .open = blkdebug_open,
    .close = blkdebug_close,
    .length = blkdebug_length,
    .allocated = blkdebug_allocated,
    .is_filter = true,
    .map = blkdebug_map,
    .truncate = blkdebug_truncate,
    .set_perm = blkdebug_set_perm,
};
