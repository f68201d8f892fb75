/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rings against a driver that keeps books: random chains, taken, put back
 * and used in random order, both formats, each set of features, with the
 * notifications that have to come; the device saved and loaded in between.
 * Rings that a hostile driver writes are in test-virtio-ring-hostile.c.
 *
 * test-virtio-ring [--seed N]: g_test's seed.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "qemu/log.h"
#include "qemu/rcu.h"
#include "vmstate-helpers.h"
#include "virtio-ring.h"

#define ROUNDS 1500

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

static int line, edges;

static void on_line(void *opaque, int n, int level)
{
    edges += !line && level;
    line = level;
}

/*
 * What comes between the driver's look and its acknowledgement is told by
 * another edge: a controller may know no levels, as a PC's first ones.
 */
static void test_interrupt_meanwhile(void)
{
    g_autofree Model *m = g_new(Model, 1);

    setup(m, V1, 8);
    sysbus_connect_irq(SYS_BUS_DEVICE(vf_mmio), 0,
                       qemu_allocate_irq(on_line, NULL, 0));
    virtio_notify_config(vf_vdev);
    g_assert_cmpint(edges, ==, 1);
    g_assert_true(interrupted(m->vq));
    g_assert_true(line);
    g_assert_cmpint(edges, ==, 2);
    vf_write(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_CONFIG);
    g_assert_false(line);
    vf_write(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_CONFIG);
    g_assert_cmpint(edges, ==, 2);
    qemu_free_irq(sysbus_get_connected_irq(SYS_BUS_DEVICE(vf_mmio), 0));
    sysbus_connect_irq(SYS_BUS_DEVICE(vf_mmio), 0, NULL);
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
    g_test_add_func("/virtio/hostile/stream", test_hostile_stream);
    g_test_add_func("/virtio/interrupt-meanwhile", test_interrupt_meanwhile);
    g_test_add_func("/virtio/saved-element", test_saved_element);
    g_test_add_func("/virtio/queue-reset", test_queue_reset);
    ret = g_test_run();
    vf_destroy();
    drain_call_rcu();
    return ret;
}
