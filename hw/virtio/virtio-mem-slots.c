/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem: dynamic-memslots.
 *
 * An accelerator keeps data for every page of a memory slot, also of pages that
 * are not plugged. A large device of which little is plugged therefore shows
 * its region in parts of at least 1 GiB, each a slot, and maps a part while a
 * block in it is plugged. How many parts there may be is the machine's decision
 * (hw/mem/memory-device.h).
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "virtio-mem-internal.h"

#define MIN_MEMSLOT_SIZE (1 * GiB)

void virtio_mem_prepare_mr(VirtIOMEM *vmem)
{
    assert(!vmem->mr && vmem->dynamic_memslots);
    vmem->mr = g_new0(MemoryRegion, 1);
    memory_region_init(vmem->mr, OBJECT(vmem), "virtio-mem",
                       virtio_mem_region_size(vmem));
    vmem->mr->align = memory_region_get_alignment(&vmem->memdev->mr);
}

/* The last one can be shorter than the others. */
static uint64_t slot_size(const VirtIOMEM *vmem, unsigned int i)
{
    return MIN(vmem->memslot_size,
               virtio_mem_region_size(vmem) - i * vmem->memslot_size);
}

void virtio_mem_prepare_memslots(VirtIOMEM *vmem)
{
    if (!vmem->dynamic_memslots || vmem->memslots) {
        return;
    }
    if (!vmem->mr) {
        virtio_mem_prepare_mr(vmem);
    }
    if (vmem->nb_memslots <= 1) {
        vmem->nb_memslots = 1;
        vmem->memslot_size = virtio_mem_region_size(vmem);
    }
    vmem->memslots = g_new0(MemoryRegion, vmem->nb_memslots);
    for (unsigned int i = 0; i < vmem->nb_memslots; i++) {
        g_autofree char *name = g_strdup_printf("memslot-%u", i);

        memory_region_init_alias(&vmem->memslots[i], OBJECT(vmem), name,
                                 &vmem->memdev->mr, i * vmem->memslot_size,
                                 slot_size(vmem, i));
        /* Listeners see each come and go, whatever its neighbours do. */
        memory_region_set_unmergeable(&vmem->memslots[i], true);
    }
}

/* Their owner has let them go. */
void virtio_mem_free_memslots(VirtIOMEM *vmem)
{
    g_free(vmem->memslots);
    g_free(vmem->mr);
    vmem->memslots = NULL;
    vmem->mr = NULL;
}

bool virtio_mem_activate_memslots(VirtIOMEM *vmem, uint64_t offset,
                                  uint64_t size, Error **errp)
{
    if (!vmem->dynamic_memslots) {
        return true;
    }
    memory_region_transaction_begin_undoable();
    for (unsigned int i = offset / vmem->memslot_size;
         i * vmem->memslot_size < offset + size; i++) {
        if (!memory_region_is_mapped(&vmem->memslots[i])) {
            memory_region_add_subregion(vmem->mr, i * vmem->memslot_size,
                                        &vmem->memslots[i]);
        }
    }
    return memory_region_transaction_commit_undoable(errp);
}

void virtio_mem_deactivate_memslots(VirtIOMEM *vmem, uint64_t offset,
                                    uint64_t size)
{
    if (!vmem->dynamic_memslots) {
        return;
    }
    memory_region_transaction_begin();
    for (unsigned int i = offset / vmem->memslot_size;
         i * vmem->memslot_size < offset + size; i++) {
        if (memory_region_is_mapped(&vmem->memslots[i]) &&
            virtio_mem_all(vmem, i * vmem->memslot_size, slot_size(vmem, i),
                           false)) {
            memory_region_del_subregion(vmem->mr, &vmem->memslots[i]);
        }
    }
    memory_region_transaction_commit();
}

void virtio_mem_decide_memslots(VirtIOMEM *vmem, unsigned int limit)
{
    uint64_t region_size, least, slot;
    RAMBlock *rb;

    if (!vmem->dynamic_memslots) {
        return;
    }
    assert(!vmem->nb_memslots);
    vmem->nb_memslots = 1;
    /* What realize will refuse has one slot. */
    if (limit <= 1 || !vmem->memdev || !virtio_mem_ram_block(vmem)) {
        return;
    }
    rb = virtio_mem_ram_block(vmem);
    region_size = virtio_mem_region_size(vmem);
    if (!vmem->block_size) {
        vmem->block_size = virtio_mem_default_block_size(rb);
    }
    if (vmem->block_size < qemu_ram_pagesize(rb) ||
        !QEMU_IS_ALIGNED(region_size, vmem->block_size)) {
        return;
    }
    least = MAX(vmem->block_size, MIN_MEMSLOT_SIZE);
    slot = MAX(QEMU_ALIGN_UP(region_size / limit, vmem->block_size), least);
    vmem->nb_memslots = DIV_ROUND_UP(region_size, slot);
    if (vmem->nb_memslots > 1) {
        vmem->memslot_size = slot;
    }
}

unsigned int virtio_mem_get_memslots(VirtIOMEM *vmem)
{
    return vmem->dynamic_memslots ? MAX(vmem->nb_memslots, 1) : 1;
}
