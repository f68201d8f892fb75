/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings that a hostile driver writes, of both formats: what is refused breaks
 * the device until a reset, the rest is survived.
 *
 * test-virtio-ring-hostile [--seed N]: g_test's seed.
 */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "virtio-ring.h"

typedef struct Hostile {
    const char *name;
    bool packed;
    void (*write)(void);
} Hostile;

static void raw_desc(uint64_t at, uint64_t addr, uint32_t len, uint16_t flags,
                     uint16_t link)
{
    drv_desc(&drv, at, &(DrvBuf){ addr, len, false }, flags, link);
}

static void avail_heads(uint16_t idx, uint16_t head)
{
    for (unsigned i = 0; i < drv.num; i++) {
        stw_le_p(vf_ram + DRV_AVAIL + 4 + i * 2, head);
    }
    stw_le_p(vf_ram + DRV_AVAIL + 2, idx);
}

#define NEXT    VRING_DESC_F_NEXT
#define WRITE   VRING_DESC_F_WRITE
#define TABLE   VRING_DESC_F_INDIRECT
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

            while (
                (e = virtqueue_pop(vf_dev->vq[0], sizeof(VirtQueueElement)))) {
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
            g_assert_null(
                virtqueue_pop(vf_dev->vq[0], sizeof(VirtQueueElement)));
            g_assert_cmpint(
                virtqueue_get_avail_bytes(vf_dev->vq[0], NULL, NULL, 1, 1), <,
                0);
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
        same_head,
        table_outside,
        packed_table_outside,
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
        0,
        VF_RAM_BASE + VF_RAM_SIZE - DRV_DESC - 32,
        VF_RAM_BASE + VF_RAM_SIZE,
        0xfffff000,
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

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    vf_init();
    vf_create(false);
    quiet();
    for (unsigned i = 0; i < ARRAY_SIZE(hostile); i++) {
        g_autofree char *path =
            g_strdup_printf("/virtio/hostile/%s", hostile[i].name);

        g_test_add_data_func(path, &hostile[i], test_hostile);
    }
    g_test_add_func("/virtio/hostile/harmless", test_harmless);
    g_test_add_func("/virtio/hostile/rings-outside", test_rings_outside);
    g_test_add_func("/virtio/hostile/resized", test_resized);
    ret = g_test_run();
    vf_destroy();
    drain_call_rcu();
    return ret;
}
