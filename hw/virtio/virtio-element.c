/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements: a chain of a guest's buffers, mapped, from when a device takes it
 * until it gives it back or saves it.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "system/dma.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-internal.h"

/* ---- memory of elements -------------------------------------------------- */

/* One piece of memory: the request of @sz bytes, then the four arrays. */
static void *alloc_element(size_t sz, unsigned int out_num, unsigned int in_num)
{
    size_t num = in_num + out_num;
    size_t addr_at = QEMU_ALIGN_UP(sz, __alignof__(hwaddr));
    size_t sg_at = QEMU_ALIGN_UP(addr_at + num * sizeof(hwaddr),
                                 __alignof__(struct iovec));
    char *mem;
    VirtQueueElement *elem;

    assert(sz >= sizeof(VirtQueueElement));
    mem = g_malloc(sg_at + num * sizeof(struct iovec));
    elem = (VirtQueueElement *)mem;
    trace_virtqueue_alloc_element(elem, sz, in_num, out_num);
    *elem = (VirtQueueElement) {
        .out_num = out_num,
        .in_num = in_num,
        .ndescs = 1,
        .in_addr = (hwaddr *)(mem + addr_at),
        .in_sg = (struct iovec *)(mem + sg_at),
    };
    elem->out_addr = elem->in_addr + in_num;
    elem->out_sg = elem->in_sg + in_num;
    return elem;
}

/* ---- mapping ------------------------------------------------------------- */

/* Pieces of memory as they are collected; those to write come last. */
typedef struct Pieces {
    unsigned int out_num;
    unsigned int in_num;
    hwaddr addr[VIRTQUEUE_MAX_SIZE];
    struct iovec iov[VIRTQUEUE_MAX_SIZE];
} Pieces;

static void unmap(VirtIODevice *vdev, const struct iovec *iov, bool is_write,
                  size_t accessed)
{
    dma_memory_unmap(vdev->dma_as, iov->iov_base, iov->iov_len,
                     is_write ? DMA_DIRECTION_FROM_DEVICE
                              : DMA_DIRECTION_TO_DEVICE,
                     accessed);
}

static void unmap_pieces(VirtIODevice *vdev, Pieces *p)
{
    for (unsigned int i = 0; i < p->out_num + p->in_num; i++) {
        unmap(vdev, &p->iov[i], i >= p->out_num, 0);
    }
}

/* A buffer of the guest can be several pieces of the host's memory. */
static bool map_buffer(VirtIODevice *vdev, Pieces *p, const VirtDesc *d)
{
    bool is_write = d->flags & VRING_DESC_F_WRITE;
    hwaddr addr = d->addr, left = d->len;

    if (!left) {
        virtio_error(vdev, "virtio: zero sized buffers are not allowed");
        return false;
    }
    while (left) {
        unsigned int n = p->out_num + p->in_num;
        dma_addr_t len = left;

        if (n == VIRTQUEUE_MAX_SIZE) {
            virtio_error(vdev, "virtio: too many write descriptors in "
                               "indirect table");
            return false;
        }
        p->iov[n].iov_base = dma_memory_map(
            vdev->dma_as, addr, &len,
            is_write ? DMA_DIRECTION_FROM_DEVICE : DMA_DIRECTION_TO_DEVICE,
            MEMTXATTRS_UNSPECIFIED);
        if (!p->iov[n].iov_base) {
            virtio_error(vdev, "virtio: bogus descriptor or out of resources");
            return false;
        }
        p->iov[n].iov_len = len;
        p->addr[n] = addr;
        if (is_write) {
            p->in_num++;
        } else {
            p->out_num++;
        }
        addr += len;
        left -= len;
    }
    return true;
}

static bool map_chain(VirtIODevice *vdev, VirtChain *c, Pieces *p)
{
    VirtDesc d;
    int more;

    while ((more = virtio_chain_next(c, &d)) > 0) {
        if (p->in_num && !(d.flags & VRING_DESC_F_WRITE)) {
            virtio_error(vdev, "Incorrect order for descriptors");
            return false;
        }
        if (!map_buffer(vdev, p, &d)) {
            return false;
        }
    }
    return more == 0;
}

/* The request of what was collected. */
static void *element_of(Pieces *p, const VirtChain *c, size_t sz)
{
    VirtQueueElement *elem = alloc_element(sz, p->out_num, p->in_num);

    elem->index = c->index;
    elem->ndescs = c->ndescs;
    memcpy(elem->out_addr, p->addr, p->out_num * sizeof(p->addr[0]));
    memcpy(elem->out_sg, p->iov, p->out_num * sizeof(p->iov[0]));
    memcpy(elem->in_addr, p->addr + p->out_num,
           p->in_num * sizeof(p->addr[0]));
    memcpy(elem->in_sg, p->iov + p->out_num, p->in_num * sizeof(p->iov[0]));
    return elem;
}

/* Ends the mapping; of the buffers to write, the first @len bytes were. */
static void unmap_element(VirtIODevice *vdev, const VirtQueueElement *elem,
                          size_t len)
{
    for (unsigned int i = 0; i < elem->in_num; i++) {
        size_t written = MIN(len, elem->in_sg[i].iov_len);

        unmap(vdev, &elem->in_sg[i], true, written);
        len -= written;
    }
    for (unsigned int i = 0; i < elem->out_num; i++) {
        unmap(vdev, &elem->out_sg[i], false, elem->out_sg[i].iov_len);
    }
}

/* ---- taking -------------------------------------------------------------- */

/* The head of the next chain, and where to look for more: 1, 0 or -1. */
static int next_head(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                     VirtCursor at, unsigned int *head)
{
    const VirtRingOps *ops = virtio_ring_ops(vq);
    int found = ops->head(vq, caches, at, head);

    if (found == 0 && vq->notification) {
        /* What was written about when to kick, before a last look. */
        smp_mb();
        found = ops->head(vq, caches, at, head);
    }
    return found;
}

static VirtCursor cursor_of(VirtQueue *vq)
{
    return (VirtCursor) { vq->last_avail_idx, vq->last_avail_wrap_counter };
}

static void set_cursor(VirtQueue *vq, VirtCursor at)
{
    vq->last_avail_idx = at.idx;
    vq->last_avail_wrap_counter = at.wrap;
}

/* The chain belongs to the device now. */
static void take(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                 const VirtChain *c)
{
    const VirtRingOps *ops = virtio_ring_ops(vq);
    VirtCursor at = cursor_of(vq);

    ops->advance(vq, &at, c->ndescs);
    set_cursor(vq, at);
    vq->inuse += c->ndescs;
    ops->taken(vq, caches);
    if (virtio_queue_in_order(vq)) {
        virtio_order_popped(vq, c->index, c->ndescs);
    }
}

/*
 * Begins the next chain, for virtqueue_pop() and the like. False: there is
 * none, or after virtio_error().
 */
static bool begin_next(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                       VirtChain *c)
{
    unsigned int head;

    if (!caches || next_head(vq, caches, cursor_of(vq), &head) <= 0) {
        return false;
    }
    if (vq->inuse >= vq->vring.num) {
        virtio_error(vq->vdev, "Virtqueue size exceeded");
        return false;
    }
    if (caches->desc.len < vq->vring.num * sizeof(struct vring_desc)) {
        virtio_error(vq->vdev, "Cannot map descriptor ring");
        return false;
    }
    virtio_chain_begin(c, vq, caches, head);
    return true;
}

/* Descriptors that the device still has cannot be available as well. */
static bool check_inuse(VirtQueue *vq, const VirtChain *c)
{
    if (vq->inuse + c->ndescs > vq->vring.num) {
        virtio_error(vq->vdev, "Virtqueue size exceeded");
        return false;
    }
    return true;
}

void *virtqueue_pop(VirtQueue *vq, size_t sz)
{
    VirtIODevice *vdev = vq->vdev;
    VRingMemoryRegionCaches *caches;
    VirtQueueElement *elem = NULL;
    VirtChain c;
    Pieces p;

    if (virtio_device_disabled(vdev)) {
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    if (!begin_next(vq, caches, &c)) {
        return NULL;
    }
    p.in_num = p.out_num = 0;
    if (map_chain(vdev, &c, &p) && check_inuse(vq, &c)) {
        take(vq, caches, &c);
        elem = element_of(&p, &c, sz);
        trace_virtqueue_pop(vq, elem, elem->in_num, elem->out_num);
    } else {
        unmap_pieces(vdev, &p);
    }
    virtio_chain_end(&c);
    return elem;
}

unsigned int virtqueue_drop_all(VirtQueue *vq)
{
    VirtIODevice *vdev = vq->vdev;
    unsigned int dropped = 0;

    RCU_READ_LOCK_GUARD();
    while (!virtio_device_disabled(vdev)) {
        VRingMemoryRegionCaches *caches = virtio_queue_caches(vq);
        VirtQueueElement elem = { 0 };
        VirtChain c;
        VirtDesc d;
        int more;

        if (!begin_next(vq, caches, &c)) {
            break;
        }
        do {
            more = virtio_chain_next(&c, &d);
        } while (more > 0);
        if (more == 0 && check_inuse(vq, &c)) {
            take(vq, caches, &c);
            elem.index = c.index;
            elem.ndescs = c.ndescs;
            virtqueue_push(vq, &elem, 0);
            dropped++;
        }
        virtio_chain_end(&c);
    }
    return dropped;
}

/* ---- counting ------------------------------------------------------------ */

typedef struct Bytes {
    unsigned int in;
    unsigned int out;
    unsigned int max_in;
    unsigned int max_out;
} Bytes;

static unsigned int add_saturating(unsigned int a, unsigned int b)
{
    return a + b < a ? UINT_MAX : a + b;
}

static bool enough(const Bytes *b)
{
    return b->in >= b->max_in && b->out >= b->max_out;
}

/* 1: enough; 0: not yet; -1: after virtio_error(). */
static int count_chain(VirtChain *c, Bytes *b)
{
    VirtDesc d;
    int more;

    while ((more = virtio_chain_next(c, &d)) > 0) {
        if (d.flags & VRING_DESC_F_WRITE) {
            b->in = add_saturating(b->in, d.len);
        } else {
            b->out = add_saturating(b->out, d.len);
        }
        if (enough(b)) {
            return 1;
        }
    }
    return more;
}

static bool count_available(VirtQueue *vq, Bytes *b)
{
    VRingMemoryRegionCaches *caches = virtio_queue_caches(vq);
    const VirtRingOps *ops = virtio_ring_ops(vq);
    VirtCursor at = cursor_of(vq);
    unsigned int ndescs = 0, head;
    int found, done = 0;

    if (!caches) {
        return false;
    }
    if (caches->desc.len < vq->vring.num * sizeof(struct vring_desc)) {
        virtio_error(vq->vdev, "Cannot map descriptor ring");
        return false;
    }
    while (!done && (found = ops->head(vq, caches, at, &head)) != 0) {
        VirtChain c;

        if (found < 0) {
            return false;
        }
        if (ndescs >= vq->vring.num) {
            virtio_error(vq->vdev, "Looped descriptor");
            return false;
        }
        virtio_chain_begin(&c, vq, caches, head);
        done = count_chain(&c, b);
        ndescs += c.ndescs;
        ops->advance(vq, &at, c.ndescs);
        virtio_chain_end(&c);
    }
    return done >= 0;
}

int virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                              unsigned int *out_bytes, unsigned max_in_bytes,
                              unsigned max_out_bytes)
{
    Bytes b = { .max_in = max_in_bytes, .max_out = max_out_bytes };
    bool ok;

    RCU_READ_LOCK_GUARD();
    ok = vq->vring.desc && !virtio_device_disabled(vq->vdev) &&
         count_available(vq, &b);
    if (in_bytes) {
        *in_bytes = ok ? b.in : 0;
    }
    if (out_bytes) {
        *out_bytes = ok ? b.out : 0;
    }
    return ok ? virtio_ring_ops(vq)->bookmark(vq) : -1;
}

int virtqueue_avail_bytes(VirtQueue *vq, unsigned int in_bytes,
                          unsigned int out_bytes)
{
    unsigned int in, out;

    virtqueue_get_avail_bytes(vq, &in, &out, in_bytes, out_bytes);
    return in_bytes <= in && out_bytes <= out;
}

/* ---- giving back --------------------------------------------------------- */

/* The entry of an element that is in order; -1 if it is not there. */
static int find_in_order(VirtQueue *vq, unsigned int index)
{
    for (unsigned int i = 0; i < vq->order_count; i++) {
        VirtUsed *used = virtio_used_at(vq, vq->order_first + i);

        if (used->index == index && !used->filled) {
            return i;
        }
    }
    return -1;
}

void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx)
{
    VirtUsed *used;

    trace_virtqueue_fill(vq, elem, len, idx);
    unmap_element(vq->vdev, elem, len);
    if (virtio_device_disabled(vq->vdev) || !vq->used) {
        return;
    }
    if (virtio_queue_in_order(vq)) {
        int i = find_in_order(vq, elem->index);

        if (i < 0) {
            qemu_log_mask(LOG_GUEST_ERROR, "%s: %s cannot fill buffer id %u\n",
                          __func__, vq->vdev->name, elem->index);
            return;
        }
        used = virtio_used_at(vq, vq->order_first + i);
    } else {
        used = virtio_used_at(vq, idx);
    }
    *used = (VirtUsed) {
        .index = elem->index,
        .ndescs = elem->ndescs,
        .len = len,
        .filled = true,
    };
}

/* Those at the start that are filled leave; returns how many. */
static unsigned int take_filled(VirtQueue *vq)
{
    unsigned int count = 0;

    while (count < vq->order_count &&
           virtio_used_at(vq, vq->order_first + count)->filled) {
        count++;
    }
    vq->order_first = (vq->order_first + count) % VIRTQUEUE_MAX_SIZE;
    vq->order_count -= count;
    return count;
}

void virtqueue_flush(VirtQueue *vq, unsigned int count)
{
    VRingMemoryRegionCaches *caches;
    unsigned int first = 0;

    if (virtio_device_disabled(vq->vdev)) {
        vq->inuse -= MIN(count, vq->inuse);
        return;
    }
    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    if (!caches || !vq->used) {
        return;
    }
    trace_virtqueue_flush(vq, count);
    if (virtio_queue_in_order(vq)) {
        first = vq->order_first;
        count = take_filled(vq);
    }
    if (count) {
        virtio_ring_ops(vq)->publish(vq, caches, first, count);
    }
}

void virtqueue_push(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len)
{
    virtqueue_fill(vq, elem, len, 0);
    virtqueue_flush(vq, 1);
}

/* ---- not giving back ----------------------------------------------------- */

/* In order, @elem does not come any more. */
static void forget_in_order(VirtQueue *vq, unsigned int index)
{
    int i = find_in_order(vq, index);

    if (i < 0) {
        return;
    }
    for (unsigned int at = vq->order_first + i;
         at + 1 < vq->order_first + vq->order_count; at++) {
        *virtio_used_at(vq, at) = *virtio_used_at(vq, at + 1);
    }
    vq->order_count--;
}

void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len)
{
    vq->inuse -= MIN(elem->ndescs, vq->inuse);
    if (virtio_queue_in_order(vq)) {
        forget_in_order(vq, elem->index);
    }
    unmap_element(vq->vdev, elem, len);
}

static void put_back(VirtQueue *vq, unsigned int ndescs)
{
    VirtCursor at = cursor_of(vq);

    virtio_ring_ops(vq)->retreat(vq, &at, ndescs);
    set_cursor(vq, at);
    if (virtio_queue_packed(vq)) {
        vq->shadow_avail_idx = vq->last_avail_idx;
        vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
    }
}

void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len)
{
    put_back(vq, elem->ndescs);
    virtqueue_detach_element(vq, elem, len);
}

bool virtqueue_rewind(VirtQueue *vq, unsigned int num)
{
    if (num > vq->inuse) {
        return false;
    }
    vq->inuse -= num;
    vq->order_count -= MIN(num, vq->order_count);
    while (num--) {
        put_back(vq, 1);
    }
    return true;
}

/* ---- saving and loading -------------------------------------------------- */

/*
 * As QEMU's streams have it: this struct, in the host's byte order. What the
 * addresses of the host were is not in it.
 */
typedef struct SavedElement {
    unsigned int index;
    unsigned int out_num;
    unsigned int in_num;
    hwaddr in_addr[VIRTQUEUE_MAX_SIZE];
    hwaddr out_addr[VIRTQUEUE_MAX_SIZE];
    struct iovec in_sg[VIRTQUEUE_MAX_SIZE];
    struct iovec out_sg[VIRTQUEUE_MAX_SIZE];
} SavedElement;

static void save_pieces(hwaddr *to_addr, struct iovec *to_sg,
                        const hwaddr *addr, const struct iovec *sg,
                        unsigned int num)
{
    for (unsigned int i = 0; i < num; i++) {
        to_addr[i] = addr[i];
        to_sg[i] = (struct iovec) { .iov_len = sg[i].iov_len };
    }
}

void qemu_put_virtqueue_element(VirtIODevice *vdev, QEMUFile *f,
                                VirtQueueElement *elem)
{
    g_autofree SavedElement *s = g_new0(SavedElement, 1);

    s->index = elem->index;
    s->in_num = elem->in_num;
    s->out_num = elem->out_num;
    save_pieces(s->in_addr, s->in_sg, elem->in_addr, elem->in_sg,
                elem->in_num);
    save_pieces(s->out_addr, s->out_sg, elem->out_addr, elem->out_sg,
                elem->out_num);
    if (virtio_host_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
        qemu_put_be32(f, elem->ndescs);
    }
    qemu_put_buffer(f, (uint8_t *)s, sizeof(*s));
}

/* Maps pieces that are known to be whole; how many of @num that worked for. */
static unsigned int map_loaded(VirtIODevice *vdev, const hwaddr *addr,
                               struct iovec *sg, unsigned int num,
                               bool is_write)
{
    for (unsigned int i = 0; i < num; i++) {
        dma_addr_t len = sg[i].iov_len;

        sg[i].iov_base = len ? dma_memory_map(
            vdev->dma_as, addr[i], &len,
            is_write ? DMA_DIRECTION_FROM_DEVICE : DMA_DIRECTION_TO_DEVICE,
            MEMTXATTRS_UNSPECIFIED) : NULL;
        if (!sg[i].iov_base) {
            error_report("virtio: error trying to map MMIO memory");
            return i;
        }
        if (len != sg[i].iov_len) {
            error_report("virtio: unexpected memory split");
            sg[i].iov_len = len;
            return i + 1;
        }
    }
    return num;
}

/* An element that cannot be mapped has no buffers, and the device is broken. */
void virtqueue_map(VirtIODevice *vdev, VirtQueueElement *elem)
{
    unsigned int in_num = elem->in_num, out_num = elem->out_num;

    elem->in_num = map_loaded(vdev, elem->in_addr, elem->in_sg, in_num, true);
    elem->out_num = map_loaded(vdev, elem->out_addr, elem->out_sg, out_num,
                               false);
    if (elem->in_num != in_num || elem->out_num != out_num) {
        unmap_element(vdev, elem, 0);
        elem->in_num = elem->out_num = 0;
        virtio_error(vdev, "virtio: a request was loaded that cannot be "
                           "mapped");
    }
}

void *qemu_get_virtqueue_element(VirtIODevice *vdev, QEMUFile *f, size_t sz)
{
    g_autofree SavedElement *s = g_new0(SavedElement, 1);
    VirtQueueElement *elem;
    unsigned int ndescs = 1;

    if (virtio_host_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
        ndescs = qemu_get_be32(f);
    }
    qemu_get_buffer(f, (uint8_t *)s, sizeof(*s));
    if (s->in_num > VIRTQUEUE_MAX_SIZE || s->out_num > VIRTQUEUE_MAX_SIZE ||
        s->index >= 0x10000 || !ndescs || ndescs > VIRTQUEUE_MAX_SIZE) {
        error_report("virtio: a request in the stream is damaged");
        qemu_file_set_error(f, -EINVAL);
        s->in_num = s->out_num = s->index = 0;
        ndescs = 1;
    }
    elem = alloc_element(sz, s->out_num, s->in_num);
    elem->index = s->index;
    elem->ndescs = ndescs;
    save_pieces(elem->in_addr, elem->in_sg, s->in_addr, s->in_sg, s->in_num);
    save_pieces(elem->out_addr, elem->out_sg, s->out_addr, s->out_sg,
                s->out_num);
    virtqueue_map(vdev, elem);
    return elem;
}
