/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio driver for one queue, in the test's own process: it writes rings of
 * both formats into the guest's memory, as virtio 1.2 tells drivers to, and
 * knows what it has made available and has not got back.
 */
#ifndef TESTS_VIRTIO_DRIVER_H
#define TESTS_VIRTIO_DRIVER_H

#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_ring.h"

#define DRV_MAX      256
#define DRV_MAX_BUFS 8
#define DRV_DESC     0x1000
#define DRV_AVAIL    0x4000
#define DRV_USED     0x6000
/* An indirect table for each id. */
#define DRV_TABLES   0x10000

typedef struct DrvBuf {
    uint64_t addr;
    uint32_t len;
    bool write;
} DrvBuf;

typedef struct DrvChain {
    bool busy;
    unsigned nbufs;
    unsigned ndescs; /* in the ring */
    DrvBuf buf[DRV_MAX_BUFS];
} DrvChain;

typedef struct Drv {
    uint8_t *ram; /* of guest address @base */
    uint64_t base;
    bool packed, event_idx;
    unsigned num;
    unsigned num_free;
    DrvChain chain[DRV_MAX]; /* by head, or buffer id */
    /* Split: the descriptors that are free. */
    uint16_t free[DRV_MAX];
    uint64_t avail, used; /* how many ever; split: indexes, modulo 2^16 */
    /* Packed: where each side is. */
    unsigned next_avail, next_used;
    bool avail_wrap, used_wrap;
} Drv;

static inline void drv_init(Drv *d, uint8_t *ram, uint64_t base, bool packed,
                            bool event_idx, unsigned num)
{
    *d = (Drv) {
        .ram = ram,
        .base = base,
        .packed = packed,
        .event_idx = event_idx,
        .num = num,
        .num_free = num,
        .avail_wrap = true,
        .used_wrap = true,
    };
    for (unsigned i = 0; i < num; i++) {
        d->free[i] = i;
    }
    memset(ram, 0, DRV_TABLES);
}

static inline void drv_desc(Drv *d, uint64_t at, const DrvBuf *b,
                            uint16_t flags, uint16_t link)
{
    uint8_t *p = d->ram + at;

    stq_le_p(p, b->addr);
    stl_le_p(p + 8, b->len);
    flags |= b->write ? VRING_DESC_F_WRITE : 0;
    /* Split: flags, next. Packed: id, flags. */
    stw_le_p(p + 12, d->packed ? link : flags);
    stw_le_p(p + 14, d->packed ? flags : link);
}

/* A table of @c's buffers, and the buffer that stands for it. */
static inline DrvBuf drv_table(Drv *d, const DrvChain *c, unsigned id)
{
    uint64_t at = DRV_TABLES + id * DRV_MAX_BUFS * 16;

    for (unsigned i = 0; i < c->nbufs; i++) {
        bool next = i + 1 < c->nbufs && !d->packed;

        drv_desc(d, at + i * 16, &c->buf[i], next ? VRING_DESC_F_NEXT : 0,
                 next ? i + 1 : 0);
    }
    return (DrvBuf) { d->base + at, c->nbufs * 16, false };
}

static inline unsigned drv_add_split(Drv *d, const DrvChain *c, bool indirect)
{
    const DrvBuf *bufs = c->buf;
    unsigned n = indirect ? 1 : c->nbufs, head = d->free[d->num_free - 1];
    DrvBuf table;

    if (indirect) {
        table = drv_table(d, c, head);
        bufs = &table;
    }
    for (unsigned i = 0; i < n; i++) {
        uint16_t at = d->free[--d->num_free];

        drv_desc(d, DRV_DESC + at * 16, &bufs[i],
                 indirect ? VRING_DESC_F_INDIRECT
                          : i + 1 < n ? VRING_DESC_F_NEXT : 0,
                 i + 1 < n ? d->free[d->num_free - 1] : 0);
    }
    stw_le_p(d->ram + DRV_AVAIL + 4 + d->avail % d->num * 2, head);
    d->avail++;
    stw_le_p(d->ram + DRV_AVAIL + 2, d->avail);
    return head;
}

static inline unsigned drv_add_packed(Drv *d, const DrvChain *c, bool indirect)
{
    const DrvBuf *bufs = c->buf;
    unsigned n = indirect ? 1 : c->nbufs, id = 0;
    DrvBuf table;

    while (d->chain[id].busy) {
        id++;
    }
    if (indirect) {
        table = drv_table(d, c, id);
        bufs = &table;
    }
    for (unsigned i = 0; i < n; i++) {
        uint16_t flags = 1u << (d->avail_wrap ? VRING_PACKED_DESC_F_AVAIL
                                              : VRING_PACKED_DESC_F_USED);

        flags |= indirect ? VRING_DESC_F_INDIRECT
                          : i + 1 < n ? VRING_DESC_F_NEXT : 0;
        drv_desc(d, DRV_DESC + d->next_avail * 16, &bufs[i], flags, id);
        if (++d->next_avail == d->num) {
            d->next_avail = 0;
            d->avail_wrap = !d->avail_wrap;
        }
    }
    d->num_free -= n;
    d->avail++;
    return id;
}

/* Makes @c available, if there is room; its id, or -1. */
static inline int drv_add(Drv *d, const DrvChain *c, bool indirect)
{
    unsigned n = indirect ? 1 : c->nbufs, id;

    if (n > d->num_free) {
        return -1;
    }
    id = d->packed ? drv_add_packed(d, c, indirect)
                   : drv_add_split(d, c, indirect);
    g_assert_false(d->chain[id].busy);
    d->chain[id] = *c;
    d->chain[id].busy = true;
    d->chain[id].ndescs = n;
    return id;
}

/* The next that the device has used: its id, or -1. */
static inline int drv_get(Drv *d, uint32_t *len)
{
    DrvChain *c;
    unsigned id;

    if (d->packed) {
        uint8_t *p = d->ram + DRV_DESC + d->next_used * 16;
        uint16_t flags = lduw_le_p(p + 14);

        if (!(flags >> VRING_PACKED_DESC_F_AVAIL & 1) == d->used_wrap ||
            !(flags >> VRING_PACKED_DESC_F_USED & 1) == d->used_wrap) {
            return -1;
        }
        id = lduw_le_p(p + 12);
        *len = ldl_le_p(p + 8);
    } else {
        uint8_t *p = d->ram + DRV_USED + 4 + d->used % d->num * 8;

        if ((uint16_t)d->used == lduw_le_p(d->ram + DRV_USED + 2)) {
            return -1;
        }
        id = ldl_le_p(p);
        *len = ldl_le_p(p + 4);
    }
    g_assert_cmpuint(id, <, d->num);
    c = &d->chain[id];
    g_assert_true(c->busy);
    c->busy = false;
    d->used++;
    if (d->packed) {
        d->next_used += c->ndescs;
        if (d->next_used >= d->num) {
            d->next_used -= d->num;
            d->used_wrap = !d->used_wrap;
        }
        d->num_free += c->ndescs;
    } else {
        /* Its descriptors are free again, in any order. */
        uint16_t at = id;

        for (unsigned i = 0; i < c->ndescs; i++) {
            uint16_t next = lduw_le_p(d->ram + DRV_DESC + at * 16 + 14);

            d->free[d->num_free++] = at;
            at = next;
        }
    }
    return id;
}

/* Asks for interrupts: always, never, or (EVENT_IDX) when the one @after those
 * that it has taken so far is used. */
static inline void drv_want(Drv *d, bool on)
{
    if (d->packed) {
        stw_le_p(d->ram + DRV_AVAIL + 2,
                 on ? VRING_PACKED_EVENT_FLAG_ENABLE
                    : VRING_PACKED_EVENT_FLAG_DISABLE);
    } else {
        stw_le_p(d->ram + DRV_AVAIL, on ? 0 : VRING_AVAIL_F_NO_INTERRUPT);
    }
}

static inline void drv_want_event(Drv *d, unsigned descs)
{
    if (d->packed) {
        unsigned at = d->next_used + descs;
        bool wrap = d->used_wrap;

        if (at >= d->num) {
            at -= d->num;
            wrap = !wrap;
        }
        stw_le_p(d->ram + DRV_AVAIL, at | wrap << 15);
        stw_le_p(d->ram + DRV_AVAIL + 2, VRING_PACKED_EVENT_FLAG_DESC);
    } else {
        stw_le_p(d->ram + DRV_AVAIL + 4 + d->num * 2, d->used + descs);
    }
}

#endif
