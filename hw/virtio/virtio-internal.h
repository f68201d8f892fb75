/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the virtio core share.
 *
 * A VirtQueue is the state of one queue, whatever its format. What depends on
 * the format is behind VirtRingOps: virtio-split.c and virtio-packed.c. Both
 * hand out descriptors through a VirtChain, so that popping, counting and
 * dropping are written once (virtio-element.c, virtio-queue.c).
 *
 * Everything that touches the ring's memory runs in an RCU read section and
 * may find that there are no caches: the queue is not set up, or its memory
 * has just gone.
 */
#ifndef HW_VIRTIO_INTERNAL_H
#define HW_VIRTIO_INTERNAL_H

#include "hw/virtio/virtio.h"
#include "qemu/rcu.h"

/* The three parts of a ring, mapped. Packed: avail and used are the driver's
 * and the device's event suppression. */
typedef struct VRingMemoryRegionCaches {
    struct rcu_head rcu;
    MemoryRegionCache desc;
    MemoryRegionCache avail;
    MemoryRegionCache used;
} VRingMemoryRegionCaches;

typedef struct VRing {
    unsigned int num;
    unsigned int num_default;
    unsigned int align;
    hwaddr desc;
    hwaddr avail;
    hwaddr used;
    VRingMemoryRegionCaches *caches;
} VRing;

/* What will be written about an element that is given back. */
typedef struct VirtUsed {
    unsigned int index;
    unsigned int ndescs;
    unsigned int len;
    bool filled;
} VirtUsed;

struct VirtQueue {
    VRing vring;

    /* Filled and not yet flushed; or in order, everything that was popped: a
     * queue of @order_count from @order_first, modulo VIRTQUEUE_MAX_SIZE. */
    VirtUsed *used;
    unsigned int order_first;
    unsigned int order_count;

    /* Where the next available chain is looked for. */
    uint16_t last_avail_idx;
    bool last_avail_wrap_counter;
    /* Split: the driver's index as last read. Packed: the same as above. */
    uint16_t shadow_avail_idx;
    bool shadow_avail_wrap_counter;

    uint16_t used_idx;
    bool used_wrap_counter;

    /* used_idx when the driver was last told, if that is known. */
    uint16_t signalled_used;
    bool signalled_used_valid;

    /* Whether the driver is asked to kick. */
    bool notification;

    uint16_t queue_index;

    /* Popped and not given back: elements (split) or descriptors (packed). */
    uint32_t inuse;

    uint16_t vector;
    VirtIOHandleOutput handle_output;
    VirtIODevice *vdev;
    EventNotifier guest_notifier;
    EventNotifier host_notifier;
    bool host_notifier_enabled;
    QLIST_ENTRY(VirtQueue) node;
};

/* A descriptor in the host's byte order; @link is next, or the packed id. */
typedef struct VirtDesc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t link;
} VirtDesc;

/* Descriptor @i of a ring or table, which is as large. */
void virtio_read_desc(VirtQueue *vq, MemoryRegionCache *from, unsigned int i,
                      VirtDesc *d);

/*
 * A walk over the buffers of one chain, into a table of descriptors elsewhere
 * if it has one. After virtio_chain_next() has returned 0, @index and @ndescs
 * are what an element needs.
 */
typedef struct VirtChain {
    VirtQueue *vq;
    bool packed;
    bool more;
    bool in_table;
    MemoryRegionCache *from;
    MemoryRegionCache table;
    unsigned int size; /* of the ring, or of the table */
    unsigned int next;
    unsigned int seen;
    unsigned int index;
    unsigned int ndescs;
} VirtChain;

/* From descriptor @head of the ring. Always ended by virtio_chain_end(). */
void virtio_chain_begin(VirtChain *c, VirtQueue *vq,
                        VRingMemoryRegionCaches *caches, unsigned int head);
/* 1: the next buffer; 0: no more; -1: after virtio_error(). */
int virtio_chain_next(VirtChain *c, VirtDesc *d);
void virtio_chain_end(VirtChain *c);

/* A place in the ring from which chains are taken. */
typedef struct VirtCursor {
    uint16_t idx;
    bool wrap;
} VirtCursor;

typedef struct VirtRingOps {
    /* The sizes of a ring's parts. */
    hwaddr (*avail_size)(VirtQueue *vq);
    hwaddr (*used_size)(VirtQueue *vq);
    /* Whether the driver has made nothing available. */
    bool (*empty)(VirtQueue *vq, VRingMemoryRegionCaches *caches);
    /* The head of the chain at @at: 1, 0 none, -1 after virtio_error(). */
    int (*head)(VirtQueue *vq, VRingMemoryRegionCaches *caches, VirtCursor at,
                unsigned int *head);
    /* Where the chain after one of @ndescs descriptors is; or before. */
    void (*advance)(VirtQueue *vq, VirtCursor *at, unsigned int ndescs);
    void (*retreat)(VirtQueue *vq, VirtCursor *at, unsigned int ndescs);
    /* Chains were taken: tells the driver when to kick next. */
    void (*taken)(VirtQueue *vq, VRingMemoryRegionCaches *caches);
    /* Writes @count used elements, from @first of vq->used, modulo its size,
     * and lets the driver see them; what they took is free. */
    void (*publish)(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                    unsigned int first, unsigned int count);
    void (*set_notification)(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                             bool enable);
    /* Whether the driver wants to hear of what was published. */
    bool (*should_notify)(VirtQueue *vq, VRingMemoryRegionCaches *caches);
    /* What virtqueue_get_avail_bytes() returns; whether more came since. */
    int (*bookmark)(VirtQueue *vq);
    bool (*poll)(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                 unsigned int bookmark);
} VirtRingOps;

extern const VirtRingOps virtio_split_ops;
extern const VirtRingOps virtio_packed_ops;

static inline bool virtio_queue_packed(const VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_F_RING_PACKED);
}

static inline const VirtRingOps *virtio_ring_ops(const VirtQueue *vq)
{
    return virtio_queue_packed(vq) ? &virtio_packed_ops : &virtio_split_ops;
}

static inline bool virtio_queue_in_order(const VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_F_IN_ORDER);
}

/* In an RCU read section, as long as it lasts; NULL if there are none. */
static inline VRingMemoryRegionCaches *virtio_queue_caches(VirtQueue *vq)
{
    return qatomic_rcu_read(&vq->vring.caches);
}

/* The used entry at place @i of what is in order, or to be flushed. */
static inline VirtUsed *virtio_used_at(VirtQueue *vq, unsigned int i)
{
    return &vq->used[i % VIRTQUEUE_MAX_SIZE];
}

/* virtio-split.c: one number of the rings; they give 0 without caches. */
uint16_t virtio_split_avail_idx(VirtQueue *vq,
                                VRingMemoryRegionCaches *caches);
uint16_t virtio_split_avail_entry(VirtQueue *vq,
                                  VRingMemoryRegionCaches *caches,
                                  unsigned int i);
uint16_t virtio_split_used_idx(VirtQueue *vq, VRingMemoryRegionCaches *caches);

/* virtio-queue.c: notes that an element was popped, in order. */
void virtio_order_popped(VirtQueue *vq, unsigned int index,
                         unsigned int ndescs);
/* After loading: finds what was popped, in the ring. */
void virtio_order_restore(VirtQueue *vq);
/* As after the reset of a queue. */
void virtio_queue_clear(VirtQueue *vq);
void virtio_queue_drop_caches(VirtQueue *vq);

/* virtio.c */
void virtio_notify_vector(VirtIODevice *vdev, uint16_t vector);
int virtio_set_features_nocheck(VirtIODevice *vdev, uint64_t val);
enum virtio_device_endian virtio_default_endian(void);

/* virtio-notify.c: what a device's class has unless it says otherwise. */
int virtio_device_start_ioeventfd_impl(VirtIODevice *vdev);
void virtio_device_stop_ioeventfd_impl(VirtIODevice *vdev);

#endif
