/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block nodes: their list, their users and permissions. */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/id.h"
#include "qemu/cutils.h"

static QTAILQ_HEAD(, BlockDriverState) nodes = QTAILQ_HEAD_INITIALIZER(nodes);

/*** The list. ***/

BlockDriverState *bdrv_find_node(const char *name)
{
    BlockDriverState *bs;

    QTAILQ_FOREACH(bs, &nodes, next) {
        if (!strcmp(bs->node_name, name)) {
            return bs;
        }
    }
    return NULL;
}

BlockDriverState *bdrv_next_node(BlockDriverState *bs)
{
    return bs ? QTAILQ_NEXT(bs, next) : QTAILQ_FIRST(&nodes);
}

static bool name_is_free(const char *name, Error **errp)
{
    if (!id_wellformed(name)) {
        error_setg(errp, "Invalid node-name: '%s'", name);
        return false;
    }
    if (bdrv_find_node(name)) {
        error_setg(errp, "Duplicate nodes with node-name='%s'", name);
        return false;
    }
    if (blk_by_name(name)) {
        error_setg(errp, "node-name=%s is conflicting with a device id", name);
        return false;
    }
    return true;
}

/*** Opening and closing. ***/

static const NodeDriver *const drivers[] = {
    [BLOCKDEV_DRIVER_BLKDEBUG] = &node_driver_blkdebug,
    [BLOCKDEV_DRIVER_FILE] = &node_driver_file,
    [BLOCKDEV_DRIVER_HOST_DEVICE] = &node_driver_file,
    [BLOCKDEV_DRIVER_NULL_AIO] = &node_driver_null,
    [BLOCKDEV_DRIVER_NULL_CO] = &node_driver_null,
    [BLOCKDEV_DRIVER_RAW] = &node_driver_raw,
};

static bool check_options(const BlockdevOptions *o, Error **errp)
{
    if (o->has_force_share && o->force_share &&
        !(o->has_read_only && o->read_only)) {
        error_setg(errp, "force-share=on can only be used with read-only "
                         "images");
        return false;
    }
    if (o->has_detect_zeroes &&
        o->detect_zeroes == BLOCKDEV_DETECT_ZEROES_OPTIONS_UNMAP &&
        !(o->has_discard && o->discard == BLOCKDEV_DISCARD_OPTIONS_UNMAP)) {
        error_setg(errp, "setting detect-zeroes to unmap is not allowed "
                         "without setting discard operation to unmap");
        return false;
    }
    return !o->node_name || name_is_free(o->node_name, errp);
}

static void free_node(BlockDriverState *bs)
{
    qemu_cond_destroy(&bs->range_gone);
    qemu_mutex_destroy(&bs->range_lock);
    g_free(bs->node_name);
    g_free(bs->filename);
    g_free(bs);
}

BlockDriverState *bdrv_open_options(const BlockdevOptions *o, Error **errp)
{
    BlockDriverState *bs;

    if (!check_options(o, errp)) {
        return NULL;
    }
    bs = g_new0(BlockDriverState, 1);
    bs->kind = o->driver;
    bs->drv = drivers[o->driver];
    bs->refcnt = 1;
    bs->fd = -1;
    bs->read_only = o->has_read_only && o->read_only;
    bs->auto_read_only = o->has_auto_read_only && o->auto_read_only;
    bs->inactive = node_starts_inactive(o);
    bs->force_share = o->has_force_share && o->force_share;
    bs->direct = o->cache && o->cache->has_direct && o->cache->direct;
    bs->no_flush = o->cache && o->cache->has_no_flush && o->cache->no_flush;
    bs->unmap = o->has_discard && o->discard == BLOCKDEV_DISCARD_OPTIONS_UNMAP;
    bs->detect_zeroes = o->has_detect_zeroes
                            ? o->detect_zeroes
                            : BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF;
    QTAILQ_INIT(&bs->users);
    bs->align = 1;
    qemu_mutex_init(&bs->range_lock);
    qemu_cond_init(&bs->range_gone);
    bs->node_name =
        o->node_name ? g_strdup(o->node_name) : id_generate(ID_BLOCK);
    if (!bs->drv->open(bs, o, errp)) {
        free_node(bs);
        return NULL;
    }
    node_refresh_length(bs);
    QTAILQ_INSERT_TAIL(&nodes, bs, next);
    return bs;
}

void bdrv_ref(BlockDriverState *bs)
{
    bs->refcnt++;
}

void bdrv_unref(BlockDriverState *bs)
{
    if (!bs || --bs->refcnt) {
        return;
    }
    bdrv_flush(bs);
    QTAILQ_REMOVE(&nodes, bs, next);
    if (bs->drv->close) {
        bs->drv->close(bs);
    }
    free_node(bs);
}

int bdrv_flush_all(void)
{
    BlockDriverState *bs;
    int ret = 0;

    QTAILQ_FOREACH(bs, &nodes, next) {
        int r = bdrv_flush(bs);

        ret = ret ?: r;
    }
    return ret;
}

void bdrv_close_all(void)
{
    BlockDriverState *bs, *next;

    bdrv_flush_all();
    /* A node that the monitor owns may hold the last reference of another. */
    for (bs = QTAILQ_FIRST(&nodes); bs; bs = next) {
        next = QTAILQ_NEXT(bs, next);
        if (bs->monitor_owned) {
            bs->monitor_owned = false;
            bdrv_unref(bs);
            next = QTAILQ_FIRST(&nodes);
        }
    }
}

/*** Permissions. ***/

char *bdrv_perm_names(uint64_t perm)
{
    static const struct {
        uint64_t bit;
        const char *name;
    } names[] = {
        { BLK_PERM_CONSISTENT_READ, "consistent read" },
        { BLK_PERM_WRITE, "write" },
        { BLK_PERM_WRITE_UNCHANGED, "write unchanged" },
        { BLK_PERM_RESIZE, "resize" },
    };
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (perm & names[i].bit) {
            g_string_append_printf(text, "%s%s", text->len ? ", " : "",
                                   names[i].name);
        }
    }
    return g_string_free(text, false);
}

static void set_conflict(const NodeUser *taker, const NodeUser *owner,
                         uint64_t perm, Error **errp)
{
    g_autofree char *names = bdrv_perm_names(perm);
    const char *node = taker->bs->node_name;

    error_setg(errp,
               "Permission conflict on node '%s': permissions '%s' are both "
               "required by %s (uses node '%s' as '%s' child) and unshared by "
               "%s (uses node '%s' as '%s' child).",
               node, names, taker->who, node, taker->role, owner->who, node,
               owner->role);
}

/*
 * Can @user have that, with what the other users have? Where two are against
 * each other, the message is of what the older one needs.
 */
static bool users_agree(NodeUser *user, uint64_t perm, uint64_t shared,
                        Error **errp)
{
    NodeUser *other;
    bool newer = false;

    QTAILQ_FOREACH(other, &user->bs->users, next) {
        uint64_t refused = perm & ~other->shared;
        uint64_t lost = other->perm & ~shared;

        if (other == user) {
            newer = true;
        } else if (lost && (!newer || !refused)) {
            set_conflict(other, user, lost, errp);
            return false;
        } else if (refused) {
            set_conflict(user, other, refused, errp);
            return false;
        }
    }
    return true;
}

/* Tells the driver what all users do and allow, @user as given. */
static bool refresh_driver(BlockDriverState *bs, const NodeUser *user,
                           uint64_t perm, uint64_t shared, Error **errp)
{
    NodeUser *u;

    QTAILQ_FOREACH(u, &bs->users, next) {
        if (u != user) {
            perm |= u->perm;
            shared &= u->shared;
        }
    }
    if ((perm & (BLK_PERM_WRITE | BLK_PERM_WRITE_UNCHANGED)) && bs->read_only) {
        error_setg(errp, "Block node is read-only");
        return false;
    }
    if (bdrv_is_inactive(bs)) {
        perm = 0;
        shared = BLK_PERM_ALL;
    }
    return !bs->drv->set_perm || bs->drv->set_perm(bs, perm, shared, errp);
}

bool node_refresh_perm(BlockDriverState *bs, Error **errp)
{
    return refresh_driver(bs, NULL, 0, BLK_PERM_ALL, errp);
}

bool node_user_set_perm(NodeUser *user, uint64_t perm, uint64_t shared,
                        Error **errp)
{
    if (!users_agree(user, perm, shared, errp) ||
        !refresh_driver(user->bs, user, perm, shared, errp)) {
        return false;
    }
    user->perm = perm;
    user->shared = shared;
    return true;
}

bool node_user_attach(NodeUser *user, BlockDriverState *bs, uint64_t perm,
                      uint64_t shared, Error **errp)
{
    bdrv_ref(bs);
    user->bs = bs;
    user->perm = 0;
    user->shared = BLK_PERM_ALL;
    QTAILQ_INSERT_TAIL(&bs->users, user, next);
    if (!node_user_set_perm(user, perm, shared, errp)) {
        node_user_detach(user);
        return false;
    }
    return true;
}

void node_user_detach(NodeUser *user)
{
    BlockDriverState *bs = user->bs;

    QTAILQ_REMOVE(&bs->users, user, next);
    user->bs = NULL;
    user->perm = 0;
    /* Less is always allowed. */
    node_refresh_perm(bs, NULL);
    bdrv_unref(bs);
}

bool node_open_child(BlockDriverState *bs, const BlockdevRef *ref, Error **errp)
{
    BlockDriverState *below = node_from_ref(ref, errp);
    bool ok;

    if (!below) {
        return false;
    }
    if (bdrv_is_inactive(bs) && QTAILQ_EMPTY(&below->users) &&
        ref->type == QTYPE_QDICT) {
        below->inactive = true; /* it is only a part of this one */
    } else if (bdrv_is_inactive(below) && !bdrv_is_inactive(bs)) {
        error_setg(errp, "Node '%s' is inactive, as '%s' above it must be, too",
                   below->node_name, bs->node_name);
        bdrv_unref(below);
        return false;
    }
    bs->child.who = g_strdup_printf("node '%s'", bs->node_name);
    bs->child.role = "file";
    bs->child.parent = bs;
    ok = node_user_attach(&bs->child, below, 0, BLK_PERM_ALL, errp);
    bdrv_unref(below);
    if (!ok) {
        g_clear_pointer(&bs->child.who, g_free);
    }
    return ok;
}

void node_close_child(BlockDriverState *bs)
{
    node_user_detach(&bs->child);
    g_clear_pointer(&bs->child.who, g_free);
}

/*** What can be asked. ***/

BlockDriverState *bdrv_node_below(BlockDriverState *bs)
{
    return bs->drv->is_filter ? bs->child.bs : NULL;
}

uint64_t bdrv_highest_write(BlockDriverState *bs)
{
    return qatomic_read(&bs->highest_write);
}

const char *bdrv_get_node_name(const BlockDriverState *bs)
{
    return bs->node_name;
}

const char *bdrv_get_format_name(BlockDriverState *bs)
{
    return BlockdevDriver_str(bs->kind);
}

const char *bdrv_get_filename(BlockDriverState *bs)
{
    return bs->filename ?: "";
}

bool bdrv_is_read_only(BlockDriverState *bs)
{
    return bs->read_only;
}

bool bdrv_is_writable(BlockDriverState *bs)
{
    return !bs->read_only;
}

int64_t node_length(BlockDriverState *bs)
{
    return bs->drv->is_filter ? bs->drv->length(bs) : qatomic_read(&bs->length);
}

int64_t node_refresh_length(BlockDriverState *bs)
{
    if (bs->drv->is_filter) {
        node_refresh_length(bs->child.bs);
    } else {
        qatomic_set(&bs->length, bs->drv->length(bs));
    }
    return node_length(bs);
}

/* In whole sectors; what is beyond the end of a file reads as zeroes. */
int64_t bdrv_getlength(BlockDriverState *bs)
{
    int64_t length = node_length(bs);

    return length < 0 ? length : QEMU_ALIGN_UP(length, BDRV_SECTOR_SIZE);
}

int bdrv_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz)
{
    while (bs->drv->is_filter) {
        bs = bs->child.bs;
    }
    return bs->kind == BLOCKDEV_DRIVER_HOST_DEVICE ? file_probe(bs, bsz)
                                                   : -ENOTSUP;
}

int64_t bdrv_nb_sectors(BlockDriverState *bs)
{
    int64_t length = bdrv_getlength(bs);

    return length < 0 ? length : length >> BDRV_SECTOR_BITS;
}

int64_t bdrv_get_allocated_file_size(BlockDriverState *bs)
{
    return bs->drv->allocated ? bs->drv->allocated(bs) : -ENOTSUP;
}

BlockDeviceInfo *bdrv_block_device_info(BlockBackend *blk, BlockDriverState *bs)
{
    BlockDeviceInfo *info = g_new0(BlockDeviceInfo, 1);
    int64_t allocated = bdrv_get_allocated_file_size(bs);
    int64_t length = bdrv_getlength(bs);

    info->file = g_strdup(bdrv_get_filename(bs));
    info->node_name = g_strdup(bs->node_name);
    info->drv = g_strdup(bdrv_get_format_name(bs));
    info->ro = bs->read_only;
    info->active = !bdrv_is_inactive(bs);
    info->detect_zeroes = bs->detect_zeroes;

    info->image = g_new0(ImageInfo, 1);
    info->image->filename = g_strdup(info->file);
    info->image->format = g_strdup(info->drv);
    info->image->virtual_size = MAX(length, 0);
    info->image->has_actual_size = allocated >= 0;
    info->image->actual_size = allocated;

    info->cache = g_new0(BlockdevCacheInfo, 1);
    info->cache->writeback = blk ? blk_enable_write_cache(blk) : true;
    info->cache->direct = bs->direct;
    info->cache->no_flush = bs->no_flush;
    return info;
}
