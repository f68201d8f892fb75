/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long virtio-mem takes for a request, from the guest's kick to the
 * response in the ring, for devices of 1 GiB to 16 TiB with blocks of 2 MiB.
 * The host's discard is part of an unplug; it is measured alone, too. Medians.
 *
 *     bench-virtio-mem [REQUESTS]
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "qemu/timer.h"
#include "../unit/virtio-mem-fixture.h"

static unsigned rounds = 2000;

static void start(uint64_t size, bool slots)
{
    const char *const props[] = { "dynamic-memslots", slots ? "on" : "off",
                                  NULL };

    create(size, props);
    want(size);
    start_driver(false);
}

static void acknowledged(unsigned type, uint64_t block, unsigned nb_blocks)
{
    g_assert_cmpuint(request(type, vmem->addr + block * BLOCK, nb_blocks), ==,
                     VIRTIO_MEM_RESP_ACK);
}

/* Where request @i goes: all over the device. */
static uint64_t place(unsigned i, unsigned nb)
{
    uint64_t places = vmem->bitmap_size / nb;

    return i * 2654435761ULL % places * nb;
}

enum { PLUG, STATE, UNPLUG, DISCARD, KINDS };

static int64_t *samples[KINDS];

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* In microseconds. */
static double median(int kind)
{
    qsort(samples[kind], rounds, sizeof(int64_t), compare);
    return samples[kind][rounds / 2] / 1000.0;
}

static void measure(unsigned nb)
{
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t at = place(i, nb);
        int64_t t[KINDS + 1];

        t[0] = get_clock();
        acknowledged(VIRTIO_MEM_REQ_PLUG, at, nb);
        t[1] = get_clock();
        acknowledged(VIRTIO_MEM_REQ_STATE, at, nb);
        t[2] = get_clock();
        acknowledged(VIRTIO_MEM_REQ_UNPLUG, at, nb);
        t[3] = get_clock();
        ram_block_discard_range(vmem->memdev->mr.ram_block, at * BLOCK,
                                nb * BLOCK);
        t[4] = get_clock();
        for (int k = 0; k < KINDS; k++) {
            samples[k][i] = t[k + 1] - t[k];
        }
    }
}

static void report(uint64_t size, bool slots, unsigned nb)
{
    start(size, slots);
    nb = MIN(nb, vmem->bitmap_size);
    measure(nb);
    printf("%6" PRIu64 " GiB %s %6u blocks: plug %5.2f  state %5.2f  unplug "
           "%5.2f us, of which the discard is %5.2f\n",
           size / GiB, slots ? "slots" : "     ", nb, median(PLUG),
           median(STATE), median(UNPLUG), median(DISCARD));
    destroy();
}

static int count_part(MemoryRegionSection *s, void *opaque)
{
    ++*(unsigned *)opaque;
    return 0;
}

/* All of the largest device: what is told to a listener, and unplugged. */
static void report_whole(void)
{
    const uint64_t size = 16 * TiB;
    unsigned parts = 0;
    int64_t a, b, c;

    start(size, false);
    for (uint64_t at = 0; at < size / BLOCK; at += 32768) {
        acknowledged(VIRTIO_MEM_REQ_PLUG, at, 32767);
    }
    a = get_clock();
    ram_discard_manager_replay_populated(
        RAM_DISCARD_MANAGER(vmem),
        &(MemoryRegionSection){ .mr = &vmem->memdev->mr,
                                .size = int128_make64(size) },
        count_part, &parts);
    b = get_clock();
    acknowledged(VIRTIO_MEM_REQ_UNPLUG_ALL, 0, 0);
    c = get_clock();
    printf("16 TiB plugged in %u parts: replay %.0f us, unplug all %.0f us\n",
           parts, (b - a) / 1000.0, (c - b) / 1000.0);
    destroy();
}

int main(int argc, char **argv)
{
    static const uint64_t sizes[] = { GiB, 64 * GiB, TiB, 16 * TiB };

    if (argc > 1) {
        rounds = MAX(1, atoi(argv[1]));
    }
    for (int k = 0; k < KINDS; k++) {
        samples[k] = g_new(int64_t, rounds);
    }
    init(1 * TiB, 32 * TiB);
    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        report(sizes[i], false, 1);
        report(sizes[i], false, 64);
        report(sizes[i], false, 65535);
    }
    report(TiB, true, 64);
    report(16 * TiB, true, 64);
    report_whole();
    return 0;
}
