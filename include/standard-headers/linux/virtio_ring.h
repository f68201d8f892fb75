/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rings of virtio in memory.
 *
 * Split (virtio 1.2, section 2.7): a table of descriptors, a ring of the heads
 * that the driver makes available, and a ring of those that the device has
 * used. Packed (section 2.8): one ring of descriptors that both write, and two
 * structures that say who wants to be notified.
 */
#ifndef _LINUX_VIRTIO_RING_H
#define _LINUX_VIRTIO_RING_H

#include <stdint.h>
#include "standard-headers/linux/types.h"
#include "standard-headers/linux/virtio_types.h"

/* Flags of a descriptor: more follow; the device writes; a table of others. */
#define VRING_DESC_F_NEXT 1
#define VRING_DESC_F_WRITE 2
#define VRING_DESC_F_INDIRECT 4
/* Numbers of the bits that make a packed descriptor available or used. */
#define VRING_PACKED_DESC_F_AVAIL 7
#define VRING_PACKED_DESC_F_USED 15

/* Hints to the other side, in the flags of the split rings. */
#define VRING_USED_F_NO_NOTIFY 1
#define VRING_AVAIL_F_NO_INTERRUPT 1

/* Flags of vring_packed_desc_event; DESC: at the place that off_wrap names. */
#define VRING_PACKED_EVENT_FLAG_ENABLE 0x0
#define VRING_PACKED_EVENT_FLAG_DISABLE 0x1
#define VRING_PACKED_EVENT_FLAG_DESC 0x2
/* The bit of off_wrap that is the wrap counter. */
#define VRING_PACKED_EVENT_F_WRAP_CTR 15

/* Feature bits of rings. */
#define VIRTIO_RING_F_INDIRECT_DESC 28
#define VIRTIO_RING_F_EVENT_IDX 29

#define VRING_AVAIL_ALIGN_SIZE 2
#define VRING_USED_ALIGN_SIZE 4
#define VRING_DESC_ALIGN_SIZE 16

struct vring_desc {
    __virtio64 addr;
    __virtio32 len;
    __virtio16 flags;
    __virtio16 next;
};

struct vring_avail {
    __virtio16 flags;
    __virtio16 idx;
    __virtio16 ring[];
};

struct vring_used_elem {
    /* The head of the chain, and how many bytes were written into it. */
    __virtio32 id;
    __virtio32 len;
};

typedef struct vring_used_elem
    __attribute__((aligned(VRING_USED_ALIGN_SIZE))) vring_used_elem_t;

struct vring_used {
    __virtio16 flags;
    __virtio16 idx;
    vring_used_elem_t ring[];
};

typedef struct vring_desc
    __attribute__((aligned(VRING_DESC_ALIGN_SIZE))) vring_desc_t;
typedef struct vring_avail
    __attribute__((aligned(VRING_AVAIL_ALIGN_SIZE))) vring_avail_t;
typedef struct vring_used
    __attribute__((aligned(VRING_USED_ALIGN_SIZE))) vring_used_t;

/* A split ring as a driver has it. */
struct vring {
    unsigned int num;
    vring_desc_t *desc;
    vring_avail_t *avail;
    vring_used_t *used;
};

#ifndef VIRTIO_RING_NO_LEGACY

/* With EVENT_IDX, each ring ends with what its writer waits for. */
#define vring_used_event(vr) ((vr)->avail->ring[(vr)->num])
#define vring_avail_event(vr) (*(__virtio16 *)&(vr)->used->ring[(vr)->num])

/* How far the used ring is from the start of a ring of the legacy layout. */
static inline unsigned long vring_used_offset(unsigned int num,
                                              unsigned long align)
{
    unsigned long end = num * sizeof(struct vring_desc) +
                        sizeof(struct vring_avail) +
                        (num + 1) * sizeof(__virtio16);

    return (end + align - 1) & ~(align - 1);
}

/* A ring of the legacy layout: everything in one piece at @p. */
static inline void vring_init(struct vring *vr, unsigned int num, void *p,
                              unsigned long align)
{
    char *start = p;

    vr->num = num;
    vr->desc = p;
    vr->avail = (void *)(start + num * sizeof(struct vring_desc));
    vr->used = (void *)(start + vring_used_offset(num, align));
}

/* The bytes that it takes. */
static inline unsigned vring_size(unsigned int num, unsigned long align)
{
    return vring_used_offset(num, align) + sizeof(struct vring_used) +
           num * sizeof(struct vring_used_elem) + sizeof(__virtio16);
}

#endif /* VIRTIO_RING_NO_LEGACY */

/*
 * Whether the other side, who asked to hear of @event_idx, is to be told now
 * that the index goes from @old to @new_idx: @event_idx is in [@old, @new_idx),
 * all modulo 2^16.
 */
static inline int vring_need_event(uint16_t event_idx, uint16_t new_idx,
                                   uint16_t old)
{
    uint16_t behind = new_idx - event_idx;
    uint16_t step = new_idx - old;

    return (uint16_t)(behind - 1) < step;
}

struct vring_packed_desc_event {
    uint16_t off_wrap;
    uint16_t flags;
};

struct vring_packed_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t id;
    uint16_t flags;
};

#endif
