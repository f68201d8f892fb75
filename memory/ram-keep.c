/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM that outlives this process: its descriptors are known to a keeper, which
 * hands them to the next one, and which hears of blocks that cannot be kept.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "ramblock-internal.h"

static const RamKeeper *keeper;

void ram_set_keeper(const RamKeeper *new_keeper)
{
    keeper = new_keeper;
}

int ram_take_kept_fd(const char *name)
{
    return keeper ? keeper->take(name) : -1;
}

void ram_keep_fd(const char *name, int fd)
{
    if (keeper) {
        keeper->keep(name, fd);
    }
}

void ram_forget_fd(int fd)
{
    if (keeper && fd >= 0) {
        keeper->forget(fd);
    }
}

bool memory_region_is_kept(const MemoryRegion *mr)
{
    return mr->ram_block && mr->ram_block->flags & RAM_KEPT;
}

/* ---- what cannot be kept ------------------------------------------------- */

/* A file's or a memfd's memory is there again; a private copy of it is not. */
static bool can_be_kept(const RAMBlock *rb)
{
    return memory_region_is_ram_device(rb->mr) ||
           (rb->fd >= 0 && rb->flags & RAM_SHARED);
}

bool ram_block_check_cpr(RAMBlock *rb, Error **errp)
{
    const char *name = memory_region_name(rb->mr);

    if (!keeper || rb->cpr_blocker) {
        return true;
    }
    if (!can_be_kept(rb)) {
        error_setg(&rb->cpr_blocker,
                   "Memory region %s is not compatible with CPR. share=on is "
                   "required for memory-backend objects, and aux-ram-share=on "
                   "is required.",
                   name);
    } else if (rb->flags & RAM_GUEST_MEMFD) {
        error_setg(&rb->cpr_blocker,
                   "Memory region %s uses guest_memfd, which is not supported "
                   "with CPR.",
                   name);
    } else {
        return true;
    }
    return keeper->block(&rb->cpr_blocker, errp);
}

void ram_block_add_cpr_blocker(RAMBlock *rb, Error **errp)
{
    ram_block_check_cpr(rb, errp);
}

void ram_block_del_cpr_blocker(RAMBlock *rb)
{
    if (rb->cpr_blocker) {
        keeper->unblock(&rb->cpr_blocker);
    }
}
