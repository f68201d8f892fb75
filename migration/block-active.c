/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "block-active.h"
#include "block/block.h"
#include "qapi/error.h"
#include "trace.h"

bool migration_block_activate(Error **errp)
{
    trace_migration_block_activation("active");
    return bdrv_activate_all(errp);
}

bool migration_block_inactivate(Error **errp)
{
    int ret;

    trace_migration_block_activation("inactive");
    ret = bdrv_inactivate_all();
    if (ret < 0) {
        error_setg_errno(errp, -ret,
                         "the disks cannot be handed to the destination");
    }
    return ret >= 0;
}
