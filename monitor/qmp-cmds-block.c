/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QMP commands of block devices and iothreads, and what an error of a
 * device leads to.
 */
#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block-core.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qapi-events-block-core.h"
#include "hw/qdev-core.h"
#include "qemu/lockable.h"
#include "system/block-backend.h"
#include "system/blockdev.h"
#include "system/iothread.h"
#include "system/runstate.h"

static BlockInfo *block_info(BlockBackend *blk)
{
    BlockInfo *info = g_new0(BlockInfo, 1);
    g_autofree char *dev = blk_get_attached_dev_id(blk);

    info->device = g_strdup(blk_name(blk));
    info->type = g_strdup("unknown");
    info->qdev = *dev ? g_steal_pointer(&dev) : NULL;
    /* Nobody's drive could be anybody's. */
    info->removable = !blk_get_attached_dev(blk);
    info->has_io_status = blk_iostatus_is_enabled(blk);
    info->io_status = blk_iostatus(blk);
    if (blk_bs(blk)) {
        info->inserted = bdrv_block_device_info(blk, blk_bs(blk));
    }
    return info;
}

BlockInfoList *qmp_query_block(Error **errp)
{
    BlockInfoList *head = NULL, **tail = &head;
    BlockBackend *blk = NULL;

    while ((blk = blk_all_next(blk))) {
        if (*blk_name(blk) || blk_get_attached_dev(blk)) {
            QAPI_LIST_APPEND(tail, block_info(blk));
        }
    }
    return head;
}

BlockDeviceInfoList *qmp_query_named_block_nodes(bool has_flat, bool flat,
                                                 Error **errp)
{
    BlockDeviceInfoList *list = NULL;
    BlockDriverState *bs = NULL;

    while ((bs = bdrv_next_node(bs))) {
        QAPI_LIST_PREPEND(list, bdrv_block_device_info(NULL, bs));
    }
    return list;
}

void qmp_blockdev_add(QDict *args, QObject **ret, Error **errp)
{
    blockdev_add_dict(args, false, errp);
}

void qmp_blockdev_del(const char *node_name, Error **errp)
{
    blockdev_del(node_name, errp);
}

void qmp_blockdev_set_active(const char *node_name, bool active, Error **errp)
{
    BlockDriverState *bs = node_name ? bdrv_find_node(node_name) : NULL;
    int ret;

    if (node_name && !bs) {
        error_setg(errp, "Failed to find node with node-name='%s'", node_name);
    } else if (bs) {
        active ? bdrv_activate(bs, errp) : bdrv_inactivate(bs, errp);
    } else if (active) {
        bdrv_activate_all(errp);
    } else {
        ret = bdrv_inactivate_all();
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Failed to inactivate all nodes");
        }
    }
}

/* A backend's or a node's; one of the two names. */
static BlockDriverState *find_image(const char *device, const char *node_name,
                                    Error **errp)
{
    BlockBackend *blk = device ? blk_by_name(device) : NULL;
    BlockDriverState *bs = node_name ? bdrv_find_node(node_name) : NULL;

    if (blk) {
        if (!blk_bs(blk)) {
            error_setg(errp, "Device '%s' has no medium", device);
        }
        return blk_bs(blk);
    }
    if (!bs) {
        error_setg(errp, "Cannot find device='%s' nor node-name='%s'",
                   device ?: "", node_name ?: "");
    }
    return bs;
}

void qmp_block_resize(const char *device, const char *node_name, int64_t size,
                      Error **errp)
{
    BlockDriverState *bs = find_image(device, node_name, errp);
    BlockBackend *blk;

    if (!bs) {
        return;
    }
    if (size < 0) {
        error_setg(errp, "Parameter 'size' expects a >0 size");
        return;
    }
    blk = blk_new_with_bs(bs, BLK_PERM_RESIZE, BLK_PERM_ALL, errp);
    if (!blk) {
        return;
    }
    bdrv_drained_begin(bs);
    if (blk_truncate(blk, size, false, PREALLOC_MODE_OFF, 0, errp) == 0) {
        blk_notify_resize(bs);
    }
    bdrv_drained_end(bs);
    blk_unref(blk);
}

static BlockDeviceStats *device_stats(BlockBackend *blk)
{
    BlockDeviceStats *d = g_new0(BlockDeviceStats, 1);
    BlockAcctStats *s;

    if (!blk) {
        return d; /* only devices are counted */
    }
    s = blk_get_stats(blk);
    WITH_QEMU_LOCK_GUARD(&s->lock) {
#define KIND(field, type)                                                      \
    d->field##_operations = s->nr_ops[type];                                   \
    d->failed_##field##_operations = s->failed_ops[type];                      \
    d->invalid_##field##_operations = s->invalid_ops[type];                    \
    d->field##_total_time_ns = s->total_time_ns[type]
#define DATA(field, type)                                                      \
    KIND(field, type);                                                         \
    d->field##_bytes = s->nr_bytes[type];                                      \
    d->field##_merged = s->merged[type]

        DATA(rd, BLOCK_ACCT_READ);
        DATA(wr, BLOCK_ACCT_WRITE);
        DATA(zone_append, BLOCK_ACCT_ZONE_APPEND);
        DATA(unmap, BLOCK_ACCT_UNMAP);
        KIND(flush, BLOCK_ACCT_FLUSH);
#undef DATA
#undef KIND
        d->has_idle_time_ns = s->last_access_time_ns > 0;
        d->account_invalid = s->account_invalid;
        d->account_failed = s->account_failed;
    }
    if (d->has_idle_time_ns) {
        d->idle_time_ns = block_acct_idle_time_ns(s);
    }
    return d;
}

/* Of @bs and those below it; of @blk, which may be NULL. */
static BlockStats *node_stats(BlockBackend *blk, BlockDriverState *bs)
{
    BlockStats *stats = g_new0(BlockStats, 1);
    BlockDriverState *below = bs ? bdrv_node_below(bs) : NULL;

    stats->stats = device_stats(blk);
    if (bs) {
        stats->node_name = g_strdup(bdrv_get_node_name(bs));
        stats->stats->wr_highest_offset = bdrv_highest_write(bs);
    }
    if (below) {
        stats->parent = node_stats(NULL, below);
    }
    return stats;
}

BlockStatsList *qmp_query_blockstats(bool has_query_nodes, bool query_nodes,
                                     Error **errp)
{
    BlockStatsList *head = NULL, **tail = &head;
    BlockDriverState *bs = NULL;
    BlockBackend *blk = NULL;

    while (query_nodes && (bs = bdrv_next_node(bs))) {
        QAPI_LIST_APPEND(tail, node_stats(NULL, bs));
    }
    while (!query_nodes && (blk = blk_all_next(blk))) {
        g_autofree char *dev = blk_get_attached_dev_id(blk);
        BlockStats *stats;

        if (!*blk_name(blk) && !blk_get_attached_dev(blk)) {
            continue;
        }
        stats = node_stats(blk, blk_bs(blk));
        stats->device = g_strdup(blk_name(blk));
        stats->qdev = *dev ? g_steal_pointer(&dev) : NULL;
        QAPI_LIST_APPEND(tail, stats);
    }
    return head;
}

static int add_iothread(Object *obj, void *opaque)
{
    IOThreadInfoList ***tail = opaque;
    IOThread *t = (IOThread *)object_dynamic_cast(obj, TYPE_IOTHREAD);
    IOThreadInfo *info;

    if (t) {
        info = g_new0(IOThreadInfo, 1);
        info->id = g_strdup(object_get_canonical_path_component(obj));
        info->thread_id = t->thread_id;
        info->poll_max_ns = t->poll_max_ns;
        info->poll_grow = t->poll_grow;
        info->poll_shrink = t->poll_shrink;
        info->aio_max_batch = t->parent_obj.aio_max_batch;
        QAPI_LIST_APPEND(*tail, info);
    }
    return 0;
}

IOThreadInfoList *qmp_query_iothreads(Error **errp)
{
    IOThreadInfoList *head = NULL, **tail = &head;

    object_child_foreach(object_get_objects_root(), add_iothread, &tail);
    return head;
}

static void send_error_event(BlockBackend *blk, BlockErrorAction action,
                             bool is_read, int error)
{
    BlockDriverState *bs = blk_bs(blk);
    DeviceState *dev = blk_get_attached_dev(blk);
    g_autofree char *path =
        dev ? object_get_canonical_path(OBJECT(dev)) : g_strdup("");

    qapi_event_send_block_io_error(
        path, blk_name(blk), bs ? bdrv_get_node_name(bs) : NULL,
        is_read ? IO_OPERATION_TYPE_READ : IO_OPERATION_TYPE_WRITE, action,
        blk_iostatus_is_enabled(blk), error == ENOSPC, g_strerror(error));
}

void blk_error_action(BlockBackend *blk, BlockErrorAction action, bool is_read,
                      int error)
{
    bool stop = action == BLOCK_ERROR_ACTION_STOP;

    assert(error >= 0);
    if (stop) {
        /*
         * Both at once for whoever looks: stopped, and this is why. The event
         * comes before STOP, and a cont in between does not get lost.
         */
        blk_iostatus_set_err(blk, error);
        qemu_system_vmstop_request_prepare();
    }
    send_error_event(blk, action, is_read, error);
    if (stop) {
        qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    }
}
