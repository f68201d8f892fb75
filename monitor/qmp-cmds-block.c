/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QMP commands of block devices, and what an error of one leads to. */
#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block-core.h"
#include "system/block-backend.h"
#include "system/blockdev.h"
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

void blk_error_action(BlockBackend *blk, BlockErrorAction action, bool is_read,
                      int error)
{
    if (action == BLOCK_ERROR_ACTION_STOP) {
        /* Both at once for whoever looks: stopped, and this is why. */
        blk_iostatus_set_err(blk, error);
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    }
}
