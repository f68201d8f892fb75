/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzz-virtio-devices has to do with: each virtio device on each
 * transport, in one machine. A target is a device through one interface of its
 * transport; transitional ones on PCI are two.
 *
 * target_init() once, then target_get() makes a device when it is first asked
 * for. The rest is a driver's: registers, in the device's order of bytes.
 */
#ifndef VIRTIO_TARGET_H
#define VIRTIO_TARGET_H

#include "exec/memory.h"
#include "hw/virtio/virtio.h"

#define RAM      0x80000000ull
#define RAM_SIZE (16 * MiB)

typedef enum {
    MMIO_LEGACY,
    MMIO_MODERN,
    PCI_LEGACY,
    PCI_MODERN,
    TRANSPORTS,
} Transport;

typedef enum {
    RNG,
    BLK,
    BLK_FILE, /* a file, and errors */
    SERIAL,
    BALLOON,
    MEM,
    PMEM,
    KINDS,
} Kind;

typedef struct Target {
    Kind kind;
    Transport transport;
    DeviceState *proxy; /* or the virtio-mmio transport */
    VirtIODevice *vdev;
    /* Ports, or the modern structures; of virtio-mmio, all of it. */
    hwaddr base, notify, isr, config;
    uint32_t notify_multiplier;
} Target;

extern GPtrArray *target_arguments; /* of the machine */
void target_init(const char *program);
unsigned target_count(void);
/* Number @n, of target_count(). */
Target *target_get(unsigned n);

bool target_legacy(const Target *t);
void target_set_status(Target *t, uint8_t status);
uint8_t target_status(Target *t);
uint64_t target_offered(Target *t);
void target_set_features(Target *t, uint64_t features);
/* How many descriptors queue @n has; 0: there is no such queue. */
unsigned target_queue_num(Target *t, unsigned n);
/* In the legacy layout, at @at; @num is a hint that some have to take. */
unsigned target_set_queue(Target *t, unsigned n, unsigned num, hwaddr at);
void target_reset_queue(Target *t, unsigned n);
/* @next: what a driver that sends notification data says. */
void target_kick(Target *t, unsigned n, uint16_t next);
/* Acknowledges what it returns. */
uint8_t target_isr(Target *t);

/* Where the used ring of a queue at @at is. */
static inline hwaddr target_used(hwaddr at, unsigned num)
{
    return at + ROUND_UP(num * 16 + 6 + num * 2, 4096);
}

#endif
