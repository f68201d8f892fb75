/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio driver for tests, over the virtio-mmio transports of the board
 * `virt' or over PCI: negotiates, sets up queues of both formats, sends
 * requests. The registers of virtio-mmio name those of all transports.
 *
 *     QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
 *     qvirtio_start(dev, features);
 *     QVirtQueue *vq = qvirtio_queue_new(dev, 0, 8);
 *     qvirtio_driver_ok(dev);
 *     qvirtio_add(vq, &buffer, 1); qvirtio_kick(vq); qvirtio_wait_used(vq, ..);
 */
#ifndef VIRTIO_HELPERS_H
#define VIRTIO_HELPERS_H

#include "libqtest.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "standard-headers/linux/virtio_ring.h"

#define QV_V1       BIT_ULL(VIRTIO_F_VERSION_1)
#define QV_PACKED   BIT_ULL(VIRTIO_F_RING_PACKED)
#define QV_EVENT    BIT_ULL(VIRTIO_RING_F_EVENT_IDX)
#define QV_INDIRECT BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC)
#define QV_RESET    BIT_ULL(VIRTIO_F_RING_RESET)

/* In the specification since 1.2, and in no header of Linux. */
#define QV_QUEUE_RESET 0xc0

/* Where the transports of `virt' are; slot @n has interrupt n + 1. */
#define QV_SLOT(n) (0x10001000 + (n)*0x1000)
#define QV_SLOTS   8

/* What a test may use of the guest's RAM; it needs -m 64M. */
#define QV_RAM 0x82000000ull

typedef struct QVirtioMMIO {
    QTestState *s;
    uint64_t base; /* PCI: of the ports, or of the common configuration */
    bool legacy;
    int slot;
    int irq; /* of the PLIC */
    bool pci;
    uint8_t devfn;
    /* Modern PCI: where it is kicked, and the rest. */
    uint64_t notify, isr, config;
    uint32_t notify_multiplier;
    uint64_t features; /* negotiated */
    uint64_t alloc;    /* the next free page */
} QVirtioMMIO;

typedef struct QVirtQueue {
    QVirtioMMIO *dev;
    int index;
    unsigned num;
    bool packed;
    uint64_t desc, avail, used;
    uint16_t avail_idx, used_idx;
    unsigned next; /* descriptor */
    bool wrap, used_wrap;
    unsigned next_used;
} QVirtQueue;

typedef struct QVirtBuf {
    uint64_t addr;
    uint32_t len;
    bool write;
} QVirtBuf;

uint32_t qvirtio_read(QVirtioMMIO *dev, uint64_t reg);
void qvirtio_write(QVirtioMMIO *dev, uint64_t reg, uint32_t value);

/* The first transport with this device; the test fails without. */
QVirtioMMIO *qvirtio_mmio_find(QTestState *s, uint16_t device_id);

/* The same of PCI's bus 0, whose regions it maps; @legacy: by its ports. */
QVirtioMMIO *qvirtio_pci_find(QTestState *s, uint16_t device_id, bool legacy);
/* For the above: what a register is on PCI. */
uint32_t qvirtio_pci_read(QVirtioMMIO *dev, uint64_t reg);
void qvirtio_pci_write(QVirtioMMIO *dev, uint64_t reg, uint32_t value);

/* What the device offers. */
uint64_t qvirtio_offered(QVirtioMMIO *dev);
/* Resets, and negotiates @features, which must be accepted. */
void qvirtio_start(QVirtioMMIO *dev, uint64_t features);
void qvirtio_driver_ok(QVirtioMMIO *dev);
void qvirtio_reset(QVirtioMMIO *dev);
/* Zeroed memory of the guest. */
uint64_t qvirtio_alloc(QVirtioMMIO *dev, uint64_t size);

/* Sets up queue @index, to be freed with g_free(). The ports of PCI leave it
 * the size that the device gives it. */
QVirtQueue *qvirtio_queue_new(QVirtioMMIO *dev, int index, unsigned num);
/* Makes a chain available, without telling; its id. */
unsigned qvirtio_add(QVirtQueue *vq, const QVirtBuf *bufs, unsigned count);
void qvirtio_kick(QVirtQueue *vq);
/* The next used one, waited for: its id. */
unsigned qvirtio_wait_used(QVirtQueue *vq, unsigned ndescs, uint32_t *len);
bool qvirtio_get_used(QVirtQueue *vq, unsigned ndescs, unsigned *id,
                      uint32_t *len);

/* A raw descriptor at guest address @at. */
void qvirtio_desc(QTestState *s, uint64_t at, uint64_t addr, uint32_t len,
                  uint16_t third, uint16_t fourth);

/* Waits until the status has @bits. */
void qvirtio_wait_status(QVirtioMMIO *dev, uint8_t bits);

#endif
