/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem: saving and loading.
 *
 * What cannot change while RAM is migrated, the plugged blocks, goes in a
 * section of its own before RAM ("early"), so that the destination can allocate
 * memory for them, or fail, in time. With x-early-migration=off it goes with
 * the rest, as old machines have it. The properties that both sides must agree
 * on go along and are compared.
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "migration/misc.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "virtio-mem-internal.h"

/* ---- what both sides must agree on --------------------------------------- */

typedef struct Agreement {
    VirtIOMEM *parent;
    uint64_t addr;
    uint64_t region_size;
    uint64_t block_size;
    uint32_t node;
} Agreement;

static int agreement_pre_save(void *opaque)
{
    Agreement *a = opaque;
    const VirtIOMEM *vmem = a->parent;

    a->addr = vmem->addr;
    a->region_size = virtio_mem_region_size(vmem);
    a->block_size = vmem->block_size;
    a->node = vmem->node;
    return 0;
}

static bool same_size(const char *what, uint64_t then, uint64_t now)
{
    if (then != now) {
        error_report("Property '%s changed from 0x%" PRIx64 " to 0x%" PRIx64,
                     what, then, now);
    }
    return then == now;
}

static int agreement_post_load(void *opaque, int version_id)
{
    const Agreement *a = opaque;
    const VirtIOMEM *vmem = a->parent;

    if (!same_size(VIRTIO_MEM_ADDR_PROP "'", a->addr, vmem->addr) ||
        !same_size(VIRTIO_MEM_MEMDEV_PROP "' size", a->region_size,
                   virtio_mem_region_size(vmem)) ||
        !same_size(VIRTIO_MEM_BLOCK_SIZE_PROP "'", a->block_size,
                   vmem->block_size)) {
        return -EINVAL;
    }
    if (a->node != vmem->node) {
        error_report("Property '%s' changed from %" PRIu32 " to %" PRIu32,
                     VIRTIO_MEM_NODE_PROP, a->node, vmem->node);
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_agreement = {
    .name = "virtio-mem-device/sanity-checks",
    .pre_save = agreement_pre_save,
    .post_load = agreement_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(addr, Agreement),
            VMSTATE_UINT64(region_size, Agreement),
            VMSTATE_UINT64(block_size, Agreement),
            VMSTATE_UINT32(node, Agreement),
            VMSTATE_END_OF_LIST(),
        },
};

/* ---- the bitmap ---------------------------------------------------------- */

typedef int (*RunFn)(VirtIOMEM *vmem, uint64_t offset, uint64_t size);

/* Calls @fn for each run of blocks that is plugged, or unplugged. */
static int for_each_run(VirtIOMEM *vmem, bool plugged, RunFn fn)
{
    VirtIOMEMRun run;

    BLOCKS_FOR_EACH_RUN(vmem->bitmap, 0, vmem->bitmap_size, plugged, &run)
    {
        int ret =
            fn(vmem, run.first * vmem->block_size, run.nr * vmem->block_size);

        if (ret) {
            return ret;
        }
    }
    return 0;
}

static int activate_run(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    Error *err = NULL;

    if (!virtio_mem_activate_memslots(vmem, offset, size, &err)) {
        error_report_err(err);
        return -ENOMEM;
    }
    return 0;
}

static int prealloc_run(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    Error *err = NULL;

    if (!virtio_mem_prealloc(vmem, offset, size, &err)) {
        error_report_err(err);
        return -ENOMEM;
    }
    return 0;
}

static int discard_run(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    return ram_block_discard_range(virtio_mem_ram_block(vmem), offset, size)
               ? -EINVAL
               : 0;
}

/* The size must be what the bitmap says. */
static int check_bitmap(const VirtIOMEM *vmem)
{
    uint64_t size =
        bitmap_count_one(vmem->bitmap, vmem->bitmap_size) * vmem->block_size;

    if (size != vmem->size) {
        error_report("virtio-mem: 0x%" PRIx64 " bytes of blocks are plugged, "
                     "but the size is 0x%" PRIx64,
                     size, vmem->size);
        return -EINVAL;
    }
    return 0;
}

/*
 * Nothing was plugged here before, and the region is mapped: slots and
 * listeners follow the bitmap. Listeners register with slots that appear.
 */
static int apply_bitmap(VirtIOMEM *vmem)
{
    int ret = check_bitmap(vmem);

    if (!ret) {
        ret = for_each_run(vmem, true, activate_run);
    }
    return ret ?: virtio_mem_notify_all_plugged(vmem);
}

static int early_post_load(void *opaque, int version_id)
{
    VirtIOMEM *vmem = VIRTIO_MEM(opaque);
    RAMBlock *rb = virtio_mem_ram_block(vmem);
    int ret = check_bitmap(vmem);

    if (!ret && vmem->prealloc && !migrate_ram_is_ignored(rb)) {
        ret = for_each_run(vmem, true, prealloc_run);
        /*
         * Postcopy must begin with nothing there. It has discarded all before
         * this, so it is done again; at least there has been enough once.
         */
        if (!ret && migration_incoming_postcopy_advised()) {
            ret = ram_block_discard_range(rb, 0, qemu_ram_get_used_length(rb))
                      ? -EBUSY
                      : 0;
        }
    }
    return ret ?: apply_bitmap(vmem);
}

static int device_post_load(void *opaque, int version_id)
{
    VirtIOMEM *vmem = VIRTIO_MEM(opaque);
    int ret = 0;

    if (vmem->usable_region_size > virtio_mem_region_size(vmem) ||
        !QEMU_IS_ALIGNED(vmem->usable_region_size, vmem->block_size)) {
        error_report("virtio-mem: a usable region of 0x%" PRIx64
                     " bytes is not of blocks, or not within the region",
                     vmem->usable_region_size);
        return -EINVAL;
    }
    if (vmem->requested_size > virtio_mem_region_size(vmem) ||
        !QEMU_IS_ALIGNED(vmem->requested_size, vmem->block_size)) {
        error_report("virtio-mem: a requested size of 0x%" PRIx64
                     " bytes is not of blocks, or more than the region",
                     vmem->requested_size);
        return -EINVAL;
    }
    if (!vmem->early_migration) {
        ret = apply_bitmap(vmem);
    }
    /* Shared RAM that is migrated as a file is as it is. */
    if (ret || migrate_ram_is_ignored(virtio_mem_ram_block(vmem))) {
        return ret;
    }
    if (vmem->prealloc && !vmem->early_migration) {
        warn_report("Proper preallocation with migration requires a newer QEMU "
                    "machine");
    }
    if (migration_in_incoming_postcopy()) {
        return 0;
    }
    return for_each_run(vmem, false, discard_run);
}

/* ---- the sections -------------------------------------------------------- */

static bool goes_late(void *opaque, int version_id)
{
    return !VIRTIO_MEM(opaque)->early_migration;
}

const VMStateDescription vmstate_virtio_mem_device = {
    .name = "virtio-mem-device",
    .minimum_version_id = 1,
    .version_id = 1,
    .priority = MIG_PRI_VIRTIO_MEM,
    .post_load = device_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_WITH_TMP_TEST(VirtIOMEM, goes_late, Agreement,
                                  vmstate_agreement),
            VMSTATE_UINT64(usable_region_size, VirtIOMEM),
            VMSTATE_UINT64_TEST(size, VirtIOMEM, goes_late),
            VMSTATE_UINT64(requested_size, VirtIOMEM),
            VMSTATE_BITMAP_TEST(bitmap, VirtIOMEM, goes_late, 0, bitmap_size),
            VMSTATE_END_OF_LIST(),
        },
};

const VMStateDescription vmstate_virtio_mem_device_early = {
    .name = "virtio-mem-device-early",
    .minimum_version_id = 1,
    .version_id = 1,
    .early_setup = true,
    .post_load = early_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_WITH_TMP(VirtIOMEM, Agreement, vmstate_agreement),
            VMSTATE_UINT64(size, VirtIOMEM),
            VMSTATE_BITMAP(bitmap, VirtIOMEM, 0, bitmap_size),
            VMSTATE_END_OF_LIST(),
        },
};

const VMStateDescription vmstate_virtio_mem = {
    .name = "virtio-mem",
    .minimum_version_id = 1,
    .version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_VIRTIO_DEVICE,
            VMSTATE_END_OF_LIST(),
        },
};
