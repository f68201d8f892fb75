/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of rings have in common: names, a driver, a buffer. */
#ifndef TESTS_VIRTIO_RING_H
#define TESTS_VIRTIO_RING_H

#include "virtio-fixture.h"

#define V1       BIT_ULL(VIRTIO_F_VERSION_1)
#define PACKED   BIT_ULL(VIRTIO_F_RING_PACKED)
#define IN_ORDER BIT_ULL(VIRTIO_F_IN_ORDER)
#define EVENT    BIT_ULL(VIRTIO_RING_F_EVENT_IDX)
#define INDIRECT BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC)
#define RESET    BIT_ULL(VIRTIO_F_RING_RESET)

#define BUFFERS 0x200000
#define BUF     (VF_RAM_BASE + BUFFERS)

static Drv drv;

/* A buffer of one descriptor, as often as one likes. */
static const DrvChain one = {
    .nbufs = 1,
    .buf = { { VF_RAM_BASE + BUFFERS, 64, true } },
};

static inline unsigned rnd(unsigned n)
{
    return g_test_rand_int_range(0, n);
}

/* Messages about what a guest did are many, and wanted. */
static inline void quiet(void)
{
    int fd = open("/dev/null", O_WRONLY);

    if (!g_test_verbose()) {
        dup2(fd, STDERR_FILENO);
    }
    close(fd);
}

#endif
