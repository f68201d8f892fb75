/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of virtio-mem share:
 *
 * virtio-mem.c          the device: properties, features, realize, reset
 * virtio-mem-request.c  what the guest asks for, and what becomes of it
 * virtio-mem-discard.c  who is told (RamDiscardManager)
 * virtio-mem-slots.c    memory slots that are mapped on demand
 * virtio-mem-vmstate.c  saving and loading
 * virtio-mem-memdev.c   the memory device of a device that is not on PCI
 * virtio-mem-blocks.h   the bitmap
 *
 * Offsets and sizes are bytes in the region, multiples of the block size
 * unless it says otherwise.
 */
#ifndef HW_VIRTIO_MEM_INTERNAL_H
#define HW_VIRTIO_MEM_INTERNAL_H

#include "hw/mem/memory-device.h"
#include "hw/virtio/virtio-mem.h"
#include "virtio-mem-blocks.h"

/* Smaller blocks would make for a large bitmap. */
#define VIRTIO_MEM_MIN_BLOCK_SIZE ((uint32_t)(1 * 1024 * 1024))

static inline uint64_t virtio_mem_region_size(const VirtIOMEM *vmem)
{
    return memory_region_size(&vmem->memdev->mr);
}

static inline RAMBlock *virtio_mem_ram_block(const VirtIOMEM *vmem)
{
    return vmem->memdev->mr.ram_block;
}

static inline bool virtio_mem_all(const VirtIOMEM *vmem, uint64_t offset,
                                  uint64_t size, bool plugged)
{
    return blocks_all(vmem->bitmap, offset / vmem->block_size,
                      size / vmem->block_size, plugged);
}

/* ---- virtio-mem.c -------------------------------------------------------- */

/* What a block should be for this backend: no huge page is cut in pieces. */
uint64_t virtio_mem_default_block_size(RAMBlock *rb);
/* The usable region for a requested size; never smaller unless @can_shrink. */
void virtio_mem_resize_usable_region(VirtIOMEM *vmem, uint64_t requested_size,
                                     bool can_shrink);

/* ---- virtio-mem-request.c ------------------------------------------------ */

void virtio_mem_handle_request(VirtIODevice *vdev, VirtQueue *vq);
/* 0; -EBUSY if nothing may be discarded now, or the host refuses. */
int virtio_mem_unplug_all(VirtIOMEM *vmem);
/*
 * The response for a request to plug or unplug @nb_blocks at @gpa; for tests
 * and benchmarks, too.
 */
uint16_t virtio_mem_change(VirtIOMEM *vmem, uint64_t gpa, uint16_t nb_blocks,
                           bool plug);
/* The response to a request for the state, and the state if it is ACK. */
uint16_t virtio_mem_state(const VirtIOMEM *vmem, uint64_t gpa,
                          uint16_t nb_blocks, uint16_t *state);
/*
 * Gives the host what it needs to keep the blocks available; false if there is
 * not enough memory.
 */
bool virtio_mem_prealloc(VirtIOMEM *vmem, uint64_t offset, uint64_t size,
                         Error **errp);

/* ---- virtio-mem-discard.c ------------------------------------------------ */

/* A -errno of a listener that refuses; those before it heard a discard. */
int virtio_mem_notify_plug(VirtIOMEM *vmem, uint64_t offset, uint64_t size);
void virtio_mem_notify_unplug(VirtIOMEM *vmem, uint64_t offset, uint64_t size);
/* Before the bitmap is cleared. */
void virtio_mem_notify_unplug_all(VirtIOMEM *vmem);
/* Tells all listeners what is plugged, after a bitmap was loaded. */
int virtio_mem_notify_all_plugged(VirtIOMEM *vmem);
void virtio_mem_discard_class_init(RamDiscardManagerClass *rdmc);

/* ---- virtio-mem-slots.c: nothing happens without dynamic-memslots -------- */

void virtio_mem_prepare_mr(VirtIOMEM *vmem);
/* In realize, when the block size is known. */
void virtio_mem_prepare_memslots(VirtIOMEM *vmem);
void virtio_mem_free_memslots(VirtIOMEM *vmem);
/*
 * Maps the slots of the range, before it is plugged. False, and none is, if an
 * accelerator or the like cannot take them.
 */
bool virtio_mem_activate_memslots(VirtIOMEM *vmem, uint64_t offset,
                                  uint64_t size, Error **errp);
/* Unmaps slots of the range that have no plugged block left. */
void virtio_mem_deactivate_memslots(VirtIOMEM *vmem, uint64_t offset,
                                    uint64_t size);
void virtio_mem_decide_memslots(VirtIOMEM *vmem, unsigned int limit);
unsigned int virtio_mem_get_memslots(VirtIOMEM *vmem);

/* ---- virtio-mem-vmstate.c ------------------------------------------------ */

extern const VMStateDescription vmstate_virtio_mem;
extern const VMStateDescription vmstate_virtio_mem_device;
extern const VMStateDescription vmstate_virtio_mem_device_early;

/* ---- virtio-mem-memdev.c ------------------------------------------------- */

void virtio_mem_memory_device_class_init(MemoryDeviceClass *mdc);

#endif
