/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A virtio driver for tests (virtio-helpers.h). */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "virtio-helpers.h"

#define PAGE     4096
#define PATIENCE 2000 /* milliseconds, before a test fails */

uint32_t qvirtio_read(QVirtioMMIO *dev, uint64_t reg)
{
    if (dev->pci) {
        return qvirtio_pci_read(dev, reg);
    }
    return qtest_readl(dev->s, dev->base + reg);
}

void qvirtio_write(QVirtioMMIO *dev, uint64_t reg, uint32_t value)
{
    if (dev->pci) {
        qvirtio_pci_write(dev, reg, value);
        return;
    }
    qtest_writel(dev->s, dev->base + reg, value);
}

QVirtioMMIO *qvirtio_mmio_find(QTestState *s, uint16_t device_id)
{
    for (int i = 0; i < QV_SLOTS; i++) {
        uint64_t base = QV_SLOT(i);
        QVirtioMMIO *dev;

        g_assert_cmphex(qtest_readl(s, base), ==, 0x74726976);
        if (qtest_readl(s, base + VIRTIO_MMIO_DEVICE_ID) != device_id) {
            continue;
        }
        dev = g_new0(QVirtioMMIO, 1);
        dev->s = s;
        dev->base = base;
        dev->slot = i;
        dev->irq = i + 1;
        dev->legacy = qtest_readl(s, base + VIRTIO_MMIO_VERSION) == 1;
        dev->alloc = QV_RAM;
        return dev;
    }
    g_assert_not_reached();
}

uint64_t qvirtio_alloc(QVirtioMMIO *dev, uint64_t size)
{
    uint64_t at = dev->alloc;

    size = ROUND_UP(size, PAGE);
    dev->alloc += size;
    qtest_memset(dev->s, at, 0, size);
    return at;
}

/* ---- the device ---------------------------------------------------------- */

uint64_t qvirtio_offered(QVirtioMMIO *dev)
{
    uint64_t features = 0;

    for (int i = 0; i < 2; i++) {
        qvirtio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, i);
        features |= (uint64_t)qvirtio_read(dev, VIRTIO_MMIO_DEVICE_FEATURES)
                    << 32 * i;
    }
    return features;
}

void qvirtio_reset(QVirtioMMIO *dev)
{
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, 0);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==, 0);
    dev->alloc = QV_RAM;
}

static uint8_t status_so_far(QVirtioMMIO *dev)
{
    return VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
           (dev->legacy ? 0 : VIRTIO_CONFIG_S_FEATURES_OK);
}

void qvirtio_start(QVirtioMMIO *dev, uint64_t features)
{
    qvirtio_reset(dev);
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    qvirtio_write(dev, VIRTIO_MMIO_STATUS,
                  VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    for (int i = 0; i < (dev->legacy ? 1 : 2); i++) {
        qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
        qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, features >> 32 * i);
    }
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, status_so_far(dev));
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==,
                    status_so_far(dev));
    if (dev->legacy) {
        qvirtio_write(dev, VIRTIO_MMIO_GUEST_PAGE_SIZE, PAGE);
    }
    dev->features = features;
}

void qvirtio_driver_ok(QVirtioMMIO *dev)
{
    qvirtio_write(dev, VIRTIO_MMIO_STATUS,
                  status_so_far(dev) | VIRTIO_CONFIG_S_DRIVER_OK);
}

void qvirtio_wait_status(QVirtioMMIO *dev, uint8_t bits)
{
    for (int i = 0; i < PATIENCE; i++) {
        if ((qvirtio_read(dev, VIRTIO_MMIO_STATUS) & bits) == bits) {
            return;
        }
        g_usleep(1000);
    }
    g_assert_not_reached();
}

/* ---- queues -------------------------------------------------------------- */

QVirtQueue *qvirtio_queue_new(QVirtioMMIO *dev, int index, unsigned num)
{
    QVirtQueue *vq = g_new0(QVirtQueue, 1);
    uint64_t used_at;

    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_SEL, index);
    if (dev->pci && dev->legacy) {
        num = qvirtio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX);
    }
    used_at = ROUND_UP(num * 16 + 6 + num * 2, PAGE);
    vq->dev = dev;
    vq->index = index;
    vq->num = num;
    vq->packed = dev->features & QV_PACKED;
    vq->wrap = vq->used_wrap = true;
    /* The layout of legacy devices, which is good for all. */
    vq->desc = qvirtio_alloc(dev, used_at + 6 + num * 8);
    vq->avail = vq->desc + num * 16;
    vq->used = vq->desc + used_at;
    g_assert_cmpuint(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX), >=, num);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NUM, num);
    if (dev->legacy) {
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_ALIGN, PAGE);
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_PFN, vq->desc / PAGE);
        return vq;
    }
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_DESC_LOW, vq->desc);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_DESC_HIGH, vq->desc >> 32);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_AVAIL_LOW, vq->avail);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_AVAIL_HIGH, vq->avail >> 32);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_USED_LOW, vq->used);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_USED_HIGH, vq->used >> 32);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_READY, 1);
    g_assert_cmpuint(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_READY), ==, 1);
    return vq;
}

void qvirtio_desc(QTestState *s, uint64_t at, uint64_t addr, uint32_t len,
                  uint16_t third, uint16_t fourth)
{
    qtest_writeq(s, at, addr);
    qtest_writel(s, at + 8, len);
    qtest_writew(s, at + 12, third);
    qtest_writew(s, at + 14, fourth);
}

static void add_desc(QVirtQueue *vq, const QVirtBuf *b, bool more, unsigned id)
{
    uint16_t flags =
        (b->write ? VRING_DESC_F_WRITE : 0) | (more ? VRING_DESC_F_NEXT : 0);
    uint64_t at = vq->desc + vq->next * 16;
    unsigned next = (vq->next + 1) % vq->num;

    if (vq->packed) {
        flags |= 1u << (vq->wrap ? VRING_PACKED_DESC_F_AVAIL
                                 : VRING_PACKED_DESC_F_USED);
        qvirtio_desc(vq->dev->s, at, b->addr, b->len, id, flags);
        vq->wrap ^= !next;
    } else {
        qvirtio_desc(vq->dev->s, at, b->addr, b->len, flags, next);
    }
    vq->next = next;
}

unsigned qvirtio_add(QVirtQueue *vq, const QVirtBuf *bufs, unsigned count)
{
    QTestState *s = vq->dev->s;
    unsigned id = vq->next;

    for (unsigned i = 0; i < count; i++) {
        add_desc(vq, &bufs[i], i + 1 < count, id);
    }
    if (!vq->packed) {
        qtest_writew(s, vq->avail + 4 + vq->avail_idx % vq->num * 2, id);
        qtest_writew(s, vq->avail + 2, ++vq->avail_idx);
    }
    return id;
}

void qvirtio_kick(QVirtQueue *vq)
{
    qvirtio_write(vq->dev, VIRTIO_MMIO_QUEUE_NOTIFY, vq->index);
}

bool qvirtio_get_used(QVirtQueue *vq, unsigned ndescs, unsigned *id,
                      uint32_t *len)
{
    QTestState *s = vq->dev->s;

    if (vq->packed) {
        uint64_t at = vq->desc + vq->next_used * 16;
        uint16_t flags = qtest_readw(s, at + 14);

        if (!(flags >> VRING_PACKED_DESC_F_AVAIL & 1) == vq->used_wrap ||
            !(flags >> VRING_PACKED_DESC_F_USED & 1) == vq->used_wrap) {
            return false;
        }
        *len = qtest_readl(s, at + 8);
        *id = qtest_readw(s, at + 12);
        vq->next_used += ndescs;
        if (vq->next_used >= vq->num) {
            vq->next_used -= vq->num;
            vq->used_wrap = !vq->used_wrap;
        }
        return true;
    }
    if (qtest_readw(s, vq->used + 2) == vq->used_idx) {
        return false;
    }
    *id = qtest_readl(s, vq->used + 4 + vq->used_idx % vq->num * 8);
    *len = qtest_readl(s, vq->used + 8 + vq->used_idx % vq->num * 8);
    vq->used_idx++;
    return true;
}

unsigned qvirtio_wait_used(QVirtQueue *vq, unsigned ndescs, uint32_t *len)
{
    unsigned id;

    for (int i = 0; i < PATIENCE; i++) {
        if (qvirtio_get_used(vq, ndescs, &id, len)) {
            return id;
        }
        qtest_clock_step(vq->dev->s, 1000);
        g_usleep(1000);
    }
    g_assert_not_reached();
}
