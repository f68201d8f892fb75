/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rings against a driver that keeps books: random chains, taken, put back
 * and used in random order, both formats, each set of features, with the
 * notifications that have to come; the device saved and loaded in between; and
 * rings that a hostile driver writes.
 *
 * test-virtio-ring [--seed N]: g_test's seed.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/rcu.h"
#include "vmstate-helpers.h"
#include "virtio-fixture.h"

#define ROUNDS 1500

#define V1       BIT_ULL(VIRTIO_F_VERSION_1)
#define PACKED   BIT_ULL(VIRTIO_F_RING_PACKED)
#define IN_ORDER BIT_ULL(VIRTIO_F_IN_ORDER)
#define EVENT    BIT_ULL(VIRTIO_RING_F_EVENT_IDX)
#define INDIRECT BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC)
#define RESET    BIT_ULL(VIRTIO_F_RING_RESET)

#define BUFFERS 0x200000

static Drv drv;

/* What the driver has made available, in order: ids. */
typedef struct Ids {
    unsigned id[DRV_MAX];
    unsigned count;
} Ids;

static unsigned ids_take(Ids *q, unsigned at)
{
    unsigned id = q->id[at];

    q->count--;
    memmove(&q->id[at], &q->id[at + 1], (q->count - at) * sizeof(q->id[0]));
    return id;
}

/* ---- the model ----------------------------------------------------------- */

typedef struct Model {
    uint64_t features;
    VirtQueue *vq;
    Ids waiting;               /* available */
    Ids held;                  /* popped */
    VirtQueueElement *elem[DRV_MAX]; /* of held, by place */
    Ids returned;              /* used, in the order the driver shall see */
    Ids done;                  /* in order: held back until those before */
    uint32_t len[DRV_MAX];     /* by id */
    bool used_early[DRV_MAX];
} Model;

static unsigned rnd(unsigned n)
{
    return g_test_rand_int_range(0, n);
}

static void add_random(Model *m)
{
    bool indirect = (m->features & INDIRECT) && rnd(2);
    DrvChain c = { .nbufs = 1 + rnd(DRV_MAX_BUFS) };
    unsigned out = rnd(c.nbufs + 1);
    int id;

    for (unsigned i = 0; i < c.nbufs; i++) {
        c.buf[i] = (DrvBuf) {
            .addr = VF_RAM_BASE + BUFFERS + rnd(0x100000),
            .len = 1 + rnd(5000),
            .write = i >= out,
        };
    }
    id = drv_add(&drv, &c, indirect);
    if (id >= 0) {
        m->waiting.id[m->waiting.count++] = id;
    }
}

static void check_element(const VirtQueueElement *e, const DrvChain *c)
{
    g_assert_cmpuint(e->in_num + e->out_num, ==, c->nbufs);
    for (unsigned i = 0; i < c->nbufs; i++) {
        bool in = i >= e->out_num;
        unsigned at = in ? i - e->out_num : i;
        const struct iovec *iov = in ? &e->in_sg[at] : &e->out_sg[at];
        hwaddr addr = in ? e->in_addr[at] : e->out_addr[at];

        g_assert_true(in == c->buf[i].write);
        g_assert_cmphex(addr, ==, c->buf[i].addr);
        g_assert_cmphex(iov->iov_len, ==, c->buf[i].len);
        g_assert_true(iov->iov_base == vf_ram + (addr - VF_RAM_BASE));
    }
}

static void pop(Model *m)
{
    VirtQueueElement *e = virtqueue_pop(m->vq, sizeof(*e));
    unsigned id;

    g_assert_false(vf_vdev->broken);
    g_assert_true(!e == !m->waiting.count);
    if (!e) {
        g_assert_true(virtio_queue_empty(m->vq));
        return;
    }
    id = ids_take(&m->waiting, 0);
    g_assert_cmpuint(e->index, ==, id);
    check_element(e, &drv.chain[id]);
    m->elem[m->held.count] = e;
    m->held.id[m->held.count++] = id;
}

static VirtQueueElement *take_held(Model *m, unsigned at)
{
    VirtQueueElement *e = m->elem[at];

    memmove(&m->elem[at], &m->elem[at + 1],
            (m->held.count - at - 1) * sizeof(e));
    ids_take(&m->held, at);
    return e;
}

/* In order, what is used waits for those that were popped before it. */
static void note_used(Model *m, unsigned id)
{
    if (!(m->features & IN_ORDER)) {
        m->returned.id[m->returned.count++] = id;
        return;
    }
    m->used_early[id] = true;
    while (m->done.count && m->used_early[m->done.id[0]]) {
        unsigned first = ids_take(&m->done, 0);

        m->used_early[first] = false;
        m->returned.id[m->returned.count++] = first;
    }
}

static void push(Model *m)
{
    unsigned count = 1 + rnd(MIN(m->held.count, 4));

    rcu_read_lock();
    for (unsigned i = 0; i < count; i++) {
        VirtQueueElement *e = take_held(m, rnd(m->held.count));

        m->len[e->index] = rnd(100);
        virtqueue_fill(m->vq, e, m->len[e->index], i);
        note_used(m, e->index);
        g_free(e);
    }
    virtqueue_flush(m->vq, count);
    rcu_read_unlock();
}

static void unpop(Model *m)
{
    unsigned at = m->held.count - 1;
    VirtQueueElement *e = take_held(m, at);

    memmove(&m->waiting.id[1], &m->waiting.id[0],
            m->waiting.count++ * sizeof(m->waiting.id[0]));
    m->waiting.id[0] = e->index;
    virtqueue_unpop(m->vq, e, 0);
    g_free(e);
}

static void get_used(Model *m)
{
    uint32_t len;
    int id = drv_get(&drv, &len);

    g_assert_true((id < 0) == !m->returned.count);
    if (id >= 0) {
        g_assert_cmpuint(id, ==, ids_take(&m->returned, 0));
        g_assert_cmpuint(len, ==, m->len[id]);
    }
}

/* What is available, counted as the device would have to. */
static void check_bytes(Model *m)
{
    uint64_t in = 0, out = 0;
    unsigned got_in, got_out;

    for (unsigned i = 0; i < m->waiting.count; i++) {
        const DrvChain *c = &drv.chain[m->waiting.id[i]];

        for (unsigned b = 0; b < c->nbufs; b++) {
            *(c->buf[b].write ? &in : &out) += c->buf[b].len;
        }
    }
    virtqueue_get_avail_bytes(m->vq, &got_in, &got_out, UINT_MAX, UINT_MAX);
    g_assert_cmpuint(got_in, ==, in);
    g_assert_cmpuint(got_out, ==, out);
    g_assert_true(virtqueue_avail_bytes(m->vq, in, out));
    g_assert_false(virtqueue_avail_bytes(m->vq, in + 1, 0));
    g_assert_true(virtio_queue_empty(m->vq) == !m->waiting.count);
}

/* Everything back to the driver. */
static void finish(Model *m)
{
    while (m->held.count) {
        push(m);
    }
    while (m->returned.count) {
        get_used(m);
    }
    get_used(m);
    g_assert_cmpuint(m->done.count, ==, 0);
}

/* In flight: nothing but what is in the ring, so nothing may be held. */
static void save_and_load(Model *m)
{
    const VMStateDescription *vmsd = &vmstate_test_virtio;
    GByteArray *before, *after;

    g_assert_cmpint(save_to_bytes(vmsd, vf_dev, 1, NULL, &before,
                                  &error_abort), ==, 0);
    g_byte_array_append(before, (const uint8_t[]) { 0 }, 1);
    virtio_reset(vf_vdev);
    g_assert_cmpint(load_from_bytes(vmsd, vf_dev, 1, before->data,
                                    before->len), ==, 0);
    g_assert_cmpint(save_to_bytes(vmsd, vf_dev, 1, NULL, &after,
                                  &error_abort), ==, 0);
    g_byte_array_append(after, (const uint8_t[]) { 0 }, 1);
    g_assert_cmpmem(before->data, before->len, after->data, after->len);
    g_byte_array_unref(before);
    g_byte_array_unref(after);
}

static void step(Model *m)
{
    unsigned held = m->held.count;

    switch (rnd(12)) {
    case 0 ... 3:
        add_random(m);
        break;
    case 4 ... 6:
        pop(m);
        if ((m->features & IN_ORDER) && m->held.count > held) {
            m->done.id[m->done.count++] = m->held.id[held];
        }
        break;
    case 7 ... 8:
        if (m->held.count) {
            push(m);
        }
        break;
    case 9:
        /* Only what was popped last can go back. */
        pop(m);
        if (m->held.count > held) {
            unpop(m);
        }
        break;
    case 10:
        get_used(m);
        break;
    case 11:
        check_bytes(m);
        break;
    }
}

static void setup(Model *m, uint64_t features, unsigned num)
{
    drv_init(&drv, vf_ram, VF_RAM_BASE, features & PACKED, features & EVENT,
             num);
    *m = (Model) { .features = features, .vq = vf_dev->vq[0] };
    vf_negotiate(features);
    vf_start_queue(&drv, 0);
}

static void test_model(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    g_autofree Model *m = g_new(Model, 1);

    for (int run = 0; run < 4; run++) {
        unsigned num = features & PACKED ? 1 + rnd(DRV_MAX)
                                         : 1u << rnd(9);

        setup(m, features, num);
        for (int i = 0; i < ROUNDS; i++) {
            step(m);
            if (!m->held.count && rnd(50) == 0) {
                save_and_load(m);
            }
        }
        finish(m);
        g_assert_cmpuint(virtqueue_drop_all(m->vq), ==, m->waiting.count);
    }
    vf_write(VIRTIO_MMIO_STATUS, 0);
}

/* ---- notifications ------------------------------------------------------- */

/* A buffer of one descriptor, as often as one likes. */
static const DrvChain one = {
    .nbufs = 1,
    .buf = { { VF_RAM_BASE + BUFFERS, 64, true } },
};

static bool interrupted(VirtQueue *vq)
{
    bool yes;

    virtio_notify(vf_vdev, vq);
    yes = vf_read(VIRTIO_MMIO_INTERRUPT_STATUS) & VIRTIO_MMIO_INT_VRING;
    vf_write(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
    return yes;
}

static void use(VirtQueue *vq, unsigned count)
{
    while (count--) {
        VirtQueueElement *e = virtqueue_pop(vq, sizeof(*e));

        g_assert_nonnull(e);
        virtqueue_push(vq, e, 1);
        g_free(e);
    }
}

static void test_interrupts(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    g_autofree Model *m = g_new(Model, 1);
    unsigned num = 1u << (2 + rnd(6));
    bool known = false;
    uint32_t len;

    setup(m, features, num);
    for (int i = 0; i < 600; i++) {
        unsigned count = 1 + rnd(num), after = rnd(num);
        unsigned wraps = drv.next_used + count >= num;

        for (unsigned k = 0; k < count; k++) {
            g_assert_cmpint(drv_add(&drv, &one, false), >=, 0);
        }
        if (!(features & EVENT) || (drv.packed && rnd(3) == 0)) {
            bool on = rnd(2);

            drv_want(&drv, on);
            use(m->vq, count);
            g_assert_true(interrupted(m->vq) == on);
            known = true;
        } else {
            drv_want_event(&drv, after);
            use(m->vq, count);
            /* The driver knew of all before: the event is passed or not. After
             * a turn of the packed ring the device does not know. */
            if (known && !(drv.packed && wraps)) {
                g_assert_true(interrupted(m->vq) == (after < count));
            } else if (after < count) {
                g_assert_true(interrupted(m->vq));
            } else {
                interrupted(m->vq);
            }
            known = true;
        }
        while (drv_get(&drv, &len) >= 0) {
        }
    }
    vf_write(VIRTIO_MMIO_STATUS, 0);
}

/* Whether the driver would kick for what it has added, from @old on. */
static bool kicks(uint64_t old, unsigned old_at, bool old_wrap)
{
    uint16_t flags, event;

    if (!drv.packed) {
        if (!drv.event_idx) {
            return !(lduw_le_p(vf_ram + DRV_USED) & VRING_USED_F_NO_NOTIFY);
        }
        event = lduw_le_p(vf_ram + DRV_USED + 4 + drv.num * 8);
        return vring_need_event(event, drv.avail, old);
    }
    flags = lduw_le_p(vf_ram + DRV_USED + 2);
    if (flags != VRING_PACKED_EVENT_FLAG_DESC) {
        return flags == VRING_PACKED_EVENT_FLAG_ENABLE;
    }
    event = lduw_le_p(vf_ram + DRV_USED);
    return event == (old_at | old_wrap << 15);
}

static void test_kicks(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    g_autofree Model *m = g_new(Model, 1);
    uint32_t len;

    setup(m, features, 8);
    for (int i = 0; i < 200; i++) {
        uint64_t old = drv.avail;
        unsigned at = drv.next_avail;
        bool wrap = drv.avail_wrap;
        int mark;

        /* The device has seen the end: it must hear of the next one. */
        g_assert_null(virtqueue_pop(m->vq, sizeof(VirtQueueElement)));
        mark = virtqueue_get_avail_bytes(m->vq, NULL, NULL, 1, 1);
        g_assert_cmpint(mark, >=, 0);
        g_assert_false(virtio_queue_enable_notification_and_check(m->vq, mark));
        drv_add(&drv, &one, false);
        g_assert_true(kicks(old, at, wrap));
        g_assert_true(virtio_queue_enable_notification_and_check(m->vq, mark));
        /* Not while it is at it. */
        virtio_queue_set_notification(m->vq, 0);
        g_assert_false(virtio_queue_get_notification(m->vq));
        use(m->vq, 1);
        old = drv.avail;
        at = drv.next_avail;
        wrap = drv.avail_wrap;
        drv_add(&drv, &one, false);
        /* A split ring with events: the one asked for before may still come. */
        if (drv.packed || !drv.event_idx) {
            g_assert_false(kicks(old, at, wrap));
        }
        use(m->vq, 1);
        virtio_queue_set_notification(m->vq, 1);
        while (drv_get(&drv, &len) >= 0) {
        }
    }
    vf_write(VIRTIO_MMIO_STATUS, 0);
}

/* ---- hostile rings ------------------------------------------------------- */

typedef struct Hostile {
    const char *name;
    bool packed;
    void (*write)(void);
} Hostile;

static void raw_desc(uint64_t at, uint64_t addr, uint32_t len, uint16_t flags,
                     uint16_t link)
{
    drv_desc(&drv, at, &(DrvBuf) { addr, len, false }, flags, link);
}

static void avail_heads(uint16_t idx, uint16_t head)
{
    for (unsigned i = 0; i < drv.num; i++) {
        stw_le_p(vf_ram + DRV_AVAIL + 4 + i * 2, head);
    }
    stw_le_p(vf_ram + DRV_AVAIL + 2, idx);
}

#define BUF (VF_RAM_BASE + BUFFERS)
#define NEXT VRING_DESC_F_NEXT
#define WRITE VRING_DESC_F_WRITE
#define TABLE VRING_DESC_F_INDIRECT
#define P_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)

static void split_one(uint64_t addr, uint32_t len, uint16_t flags,
                      uint16_t next)
{
    raw_desc(DRV_DESC, addr, len, flags, next);
    avail_heads(1, 0);
}

static void self_loop(void)
{
    split_one(BUF, 4, NEXT, 0);
}

static void long_loop(void)
{
    for (unsigned i = 0; i < drv.num; i++) {
        raw_desc(DRV_DESC + i * 16, BUF, 4, NEXT, (i + 1) % drv.num);
    }
    avail_heads(1, 0);
}

static void next_outside(void)
{
    split_one(BUF, 4, NEXT, drv.num);
}

static void head_outside(void)
{
    avail_heads(1, drv.num);
}

static void index_backwards(void)
{
    split_one(BUF, 4, 0, 0);
    avail_heads(0xffff, 0);
}

static void too_many_heads(void)
{
    split_one(BUF, 4, 0, 0);
    avail_heads(drv.num + 1, 0);
}

static void same_head(void)
{
    split_one(BUF, 4, 0, 0);
    avail_heads(drv.num, 0);
}

static void empty_buffer(void)
{
    split_one(BUF, 0, 0, 0);
}

static void wrong_order(void)
{
    raw_desc(DRV_DESC + 16, BUF, 4, 0, 0);
    split_one(BUF, 4, NEXT | WRITE, 1);
}

static void table_of_nothing(void)
{
    split_one(BUF, 0, TABLE, 0);
}

static void table_of_odd_size(void)
{
    split_one(BUF, 17, TABLE, 0);
}

static void table_outside(void)
{
    split_one(VF_RAM_BASE + VF_RAM_SIZE - 16, 32, TABLE, 0);
}

static void table_in_itself(void)
{
    raw_desc(BUFFERS, BUF, 16, TABLE, 0);
    split_one(BUF, 16, TABLE, 0);
}

static void table_of_65536(void)
{
    for (unsigned i = 0; i < 65536; i++) {
        raw_desc(BUFFERS + i * 16, BUF, 4, NEXT, i + 1);
    }
    split_one(BUF, 65536 * 16, TABLE, 0);
}

static void table_that_loops(void)
{
    raw_desc(BUFFERS, BUF, 4, NEXT, 1);
    raw_desc(BUFFERS + 16, BUF, 4, NEXT, 0);
    split_one(BUF, 32, TABLE, 0);
}

static void huge_buffers(void)
{
    /* Over all of RAM, of what is not there, and of what wraps. */
    raw_desc(DRV_DESC + 16, 0xffffffffffff0000ull, 0xffffffff, WRITE, 0);
    split_one(0, 0xffffffff, NEXT, 1);
}

static void packed_one(uint64_t addr, uint32_t len, uint16_t flags)
{
    raw_desc(DRV_DESC, addr, len, flags | P_AVAIL, 0);
}

static void packed_loop(void)
{
    for (unsigned i = 0; i < drv.num; i++) {
        raw_desc(DRV_DESC + i * 16, BUF, 4, NEXT | P_AVAIL, i);
    }
}

static void packed_empty_buffer(void)
{
    packed_one(BUF, 0, 0);
}

static void packed_wrong_order(void)
{
    raw_desc(DRV_DESC + 16, BUF, 4, P_AVAIL, 0);
    packed_one(BUF, 4, NEXT | WRITE);
}

static void packed_table_of_odd_size(void)
{
    packed_one(BUF, 15, TABLE);
}

static void packed_table_outside(void)
{
    packed_one(0xfffffffffffff000ull, 0x10000, TABLE);
}

static void packed_table_of_65536(void)
{
    for (unsigned i = 0; i < 65536; i++) {
        raw_desc(BUFFERS + i * 16, BUF, 4, 0, 0);
    }
    packed_one(BUF, 65536 * 16, TABLE);
}

static void packed_table_in_itself(void)
{
    raw_desc(BUFFERS, BUF, 16, TABLE, 0);
    packed_one(BUF, 16, TABLE);
}

static const Hostile hostile[] = {
    { "self-loop", false, self_loop },
    { "long-loop", false, long_loop },
    { "next-outside", false, next_outside },
    { "head-outside", false, head_outside },
    { "index-backwards", false, index_backwards },
    { "too-many-heads", false, too_many_heads },
    { "empty-buffer", false, empty_buffer },
    { "wrong-order", false, wrong_order },
    { "table-of-nothing", false, table_of_nothing },
    { "table-of-odd-size", false, table_of_odd_size },
    { "table-in-itself", false, table_in_itself },
    { "table-of-65536", false, table_of_65536 },
    { "table-that-loops", false, table_that_loops },
    { "huge-buffers", false, huge_buffers },
    { "packed/loop", true, packed_loop },
    { "packed/empty-buffer", true, packed_empty_buffer },
    { "packed/wrong-order", true, packed_wrong_order },
    { "packed/table-of-odd-size", true, packed_table_of_odd_size },
    { "packed/table-of-65536", true, packed_table_of_65536 },
    { "packed/table-in-itself", true, packed_table_in_itself },
};

/* What is refused: the device is broken, says so, and a reset mends it. */
static void test_hostile(gconstpointer data)
{
    const Hostile *h = data;
    uint64_t features = V1 | INDIRECT | (h->packed ? PACKED : 0);

    for (int how = 0; how < 3; how++) {
        drv_init(&drv, vf_ram, VF_RAM_BASE, h->packed, false, 16);
        vf_negotiate(features);
        vf_start_queue(&drv, 0);
        h->write();
        if (how == 0) {
            void *e;
            unsigned taken = 0;

            while ((e = virtqueue_pop(vf_dev->vq[0],
                                      sizeof(VirtQueueElement)))) {
                virtqueue_detach_element(vf_dev->vq[0], e, 0);
                g_free(e);
                g_assert_cmpuint(++taken, <=, 64);
            }
        } else if (how == 1) {
            virtqueue_get_avail_bytes(vf_dev->vq[0], NULL, NULL, UINT_MAX,
                                      UINT_MAX);
        } else {
            virtqueue_drop_all(vf_dev->vq[0]);
        }
        if (how == 0) {
            g_assert_true(vf_vdev->broken);
        }
        if (vf_vdev->broken) {
            g_assert_true(vf_read(VIRTIO_MMIO_STATUS) &
                          VIRTIO_CONFIG_S_NEEDS_RESET);
            g_assert_true(vf_read(VIRTIO_MMIO_INTERRUPT_STATUS) &
                          VIRTIO_MMIO_INT_CONFIG);
            /* And from then on, nothing. */
            g_assert_null(virtqueue_pop(vf_dev->vq[0],
                                        sizeof(VirtQueueElement)));
            g_assert_cmpint(virtqueue_get_avail_bytes(vf_dev->vq[0], NULL,
                                                      NULL, 1, 1), <, 0);
        }
        vf_write(VIRTIO_MMIO_STATUS, 0);
        g_assert_false(vf_vdev->broken);
        g_assert_cmphex(vf_read(VIRTIO_MMIO_STATUS), ==, 0);
    }
}

/* What is not refused, but must be survived. */
static void test_harmless(void)
{
    static void (*const rings[])(void) = {
        same_head, table_outside, packed_table_outside,
    };

    for (int i = 0; i < 3; i++) {
        void *e;

        drv_init(&drv, vf_ram, VF_RAM_BASE, i == 2, false, 16);
        vf_negotiate(V1 | INDIRECT | (i == 2 ? PACKED : 0));
        vf_start_queue(&drv, 0);
        rings[i]();
        while ((e = virtqueue_pop(vf_dev->vq[0], sizeof(VirtQueueElement)))) {
            virtqueue_push(vf_dev->vq[0], e, 0);
            g_free(e);
        }
        vf_write(VIRTIO_MMIO_STATUS, 0);
    }
}

/* Rings where there is no memory, or only part of one. */
static void test_rings_outside(void)
{
    static const uint64_t bases[] = {
        0, VF_RAM_BASE + VF_RAM_SIZE - DRV_DESC - 32,
        VF_RAM_BASE + VF_RAM_SIZE, 0xfffff000,
        VF_MMIO - DRV_DESC,
    };

    for (int packed = 0; packed < 2; packed++) {
        for (unsigned i = 0; i < ARRAY_SIZE(bases); i++) {
            Drv d = { .base = bases[i], .num = 16, .packed = packed };

            vf_negotiate(V1 | (packed ? PACKED : 0));
            vf_start_queue(&d, 0);
            g_free(virtqueue_pop(vf_dev->vq[0], sizeof(VirtQueueElement)));
            virtqueue_drop_all(vf_dev->vq[0]);
            virtio_queue_set_notification(vf_dev->vq[0], 0);
            virtio_queue_set_notification(vf_dev->vq[0], 1);
            virtio_notify(vf_vdev, vf_dev->vq[0]);
            vf_write(VIRTIO_MMIO_STATUS, 0);
        }
    }
}

/* A ring that becomes larger or smaller while it is used. */
static void test_resized(void)
{
    for (int packed = 0; packed < 2; packed++) {
        drv_init(&drv, vf_ram, VF_RAM_BASE, packed, true, 16);
        vf_negotiate(V1 | EVENT | (packed ? PACKED : 0));
        vf_start_queue(&drv, 0);
        for (int i = 0; i < 300; i++) {
            void *e;

            drv_add(&drv, &one, false);
            vf_write(VIRTIO_MMIO_QUEUE_NUM, rnd(3) ? rnd(1030) : 16);
            e = virtqueue_pop(vf_dev->vq[0], sizeof(VirtQueueElement));
            if (e) {
                virtqueue_push(vf_dev->vq[0], e, 1);
                g_free(e);
            }
            virtio_notify(vf_vdev, vf_dev->vq[0]);
        }
        vf_write(VIRTIO_MMIO_STATUS, 0);
    }
}

/* ---- requests in flight -------------------------------------------------- */

/* The element that @size of the bytes make, and the stream's error. */
static VirtQueueElement *get_element(const uint8_t *bytes, size_t size,
                                     int *error)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(size + 1);
    VirtQueueElement *e;
    QEMUFile *f;

    memcpy(buf->data, bytes, size);
    buf->usage = size;
    f = qemu_file_new_input(QIO_CHANNEL(buf));
    e = qemu_get_virtqueue_element(vf_vdev, f, sizeof(*e));
    *error = qemu_file_get_error(f);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return e;
}

static void test_saved_element(void)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(0);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(buf));
    g_autofree Model *m = g_new(Model, 1);
    VirtQueueElement *e, *again;
    int error;
    DrvChain c = {
        .nbufs = 3,
        .buf = { { BUF, 10, false }, { BUF + 0x1000, 20, true },
                 { BUF + 0x2000, 30, true } },
    };

    setup(m, V1 | PACKED, 8);
    drv_add(&drv, &c, false);
    e = virtqueue_pop(m->vq, sizeof(*e));
    g_assert_cmpuint(e->ndescs, ==, 3);
    qemu_put_virtqueue_element(vf_vdev, f, e);
    qemu_fflush(f);
    again = get_element(buf->data, buf->usage, &error);
    g_assert_cmpint(error, ==, 0);
    g_assert_cmpuint(again->ndescs, ==, 3);
    g_assert_cmpuint(again->index, ==, e->index);
    check_element(again, &c);
    virtqueue_detach_element(m->vq, e, 0);
    g_free(e);
    virtqueue_detach_element(m->vq, again, 0);
    g_free(again);

    /* A stream that ends, or is nonsense. */
    memset(buf->data + 4, 0xff, 12);
    for (size_t size = 0; size <= buf->usage; size += buf->usage / 3) {
        again = get_element(buf->data, size, &error);
        g_assert_cmpint(error, <, 0);
        g_assert_cmpuint(again->in_num + again->out_num, ==, 0);
        g_free(again);
    }
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    vf_write(VIRTIO_MMIO_STATUS, 0);
}

/* A stream with any byte changed: refused, or harmless. */
static void test_hostile_stream(void)
{
    const VMStateDescription *vmsd = &vmstate_test_virtio;
    g_autofree Model *m = g_new(Model, 1);
    GByteArray *bytes;

    setup(m, V1 | PACKED | EVENT, 8);
    drv_add(&drv, &one, false);
    save_to_bytes(vmsd, vf_dev, 1, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t[]) { 0 }, 1);
    for (int i = 0; i < 1500; i++) {
        guint at = i < 600 ? i % bytes->len : rnd(bytes->len);
        uint8_t old = bytes->data[at];
        void *e;

        bytes->data[at] ^= 1 + rnd(255);
        load_from_bytes(vmsd, vf_dev, 1, bytes->data, bytes->len);
        bytes->data[at] = old;
        e = virtqueue_pop(vf_dev->vq[0], sizeof(VirtQueueElement));
        if (e) {
            virtqueue_push(vf_dev->vq[0], e, 1);
            g_free(e);
        }
        virtio_reset(vf_vdev);
        drv_init(&drv, vf_ram, VF_RAM_BASE, true, true, 8);
        drv_add(&drv, &one, false);
    }
    g_assert_cmpint(load_from_bytes(vmsd, vf_dev, 1, bytes->data, bytes->len),
                    ==, 0);
    g_byte_array_unref(bytes);
    vf_write(VIRTIO_MMIO_STATUS, 0);
}

/* ---- reset of one queue -------------------------------------------------- */

static void test_queue_reset(void)
{
    g_autofree Model *m = g_new(Model, 1);
    unsigned resets = vf_dev->queue_resets;

    setup(m, V1 | RESET, 8);
    drv_add(&drv, &one, false);
    use(m->vq, 1);
    vf_write(VIRTIO_MMIO_QUEUE_SEL, 0);
    vf_write(0xc0, 1);
    g_assert_cmpuint(vf_dev->queue_resets, ==, resets + 1);
    g_assert_cmphex(vf_read(0xc0), ==, 0);
    g_assert_cmphex(vf_read(VIRTIO_MMIO_QUEUE_READY), ==, 0);
    g_assert_null(virtqueue_pop(m->vq, sizeof(VirtQueueElement)));
    /* And again, from the start. */
    drv_init(&drv, vf_ram, VF_RAM_BASE, false, false, 4);
    vf_start_queue(&drv, 0);
    drv_add(&drv, &one, false);
    use(m->vq, 1);
    g_assert_false(vf_vdev->broken);
    vf_write(VIRTIO_MMIO_STATUS, 0);

    /* Not without the feature. */
    setup(m, V1, 8);
    vf_write(0xc0, 1);
    g_assert_cmpuint(vf_dev->queue_resets, ==, resets + 1);
    vf_write(VIRTIO_MMIO_STATUS, 0);
}

/* Messages about what a guest did are many, and wanted. */
static void quiet(void)
{
    int fd = open("/dev/null", O_WRONLY);

    if (!g_test_verbose()) {
        dup2(fd, STDERR_FILENO);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        uint64_t features;
    } sets[] = {
        { "split", V1 },
        { "split/event", V1 | EVENT },
        { "split/indirect", V1 | INDIRECT | EVENT },
        { "split/in-order", V1 | INDIRECT | IN_ORDER },
        { "packed", V1 | PACKED },
        { "packed/event", V1 | PACKED | EVENT },
        { "packed/indirect", V1 | PACKED | INDIRECT | EVENT },
        { "packed/in-order", V1 | PACKED | INDIRECT | IN_ORDER },
    };
    int ret;

    g_test_init(&argc, &argv, NULL);
    vf_init();
    vf_create(false);
    quiet();
    for (unsigned i = 0; i < ARRAY_SIZE(sets); i++) {
        const struct {
            const char *name;
            GTestDataFunc run;
        } kinds[] = {
            { "model", test_model },
            { "interrupts", test_interrupts },
            { "kicks", test_kicks },
        };

        for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
            g_autofree char *path = g_strdup_printf("/virtio/%s/%s",
                                                    kinds[k].name,
                                                    sets[i].name);

            g_test_add_data_func(path, &sets[i].features, kinds[k].run);
        }
    }
    for (unsigned i = 0; i < ARRAY_SIZE(hostile); i++) {
        g_autofree char *path = g_strdup_printf("/virtio/hostile/%s",
                                                hostile[i].name);

        g_test_add_data_func(path, &hostile[i], test_hostile);
    }
    g_test_add_func("/virtio/hostile/harmless", test_harmless);
    g_test_add_func("/virtio/hostile/rings-outside", test_rings_outside);
    g_test_add_func("/virtio/hostile/resized", test_resized);
    g_test_add_func("/virtio/hostile/stream", test_hostile_stream);
    g_test_add_func("/virtio/saved-element", test_saved_element);
    g_test_add_func("/virtio/queue-reset", test_queue_reset);
    ret = g_test_run();
    vf_destroy();
    drain_call_rcu();
    return ret;
}
