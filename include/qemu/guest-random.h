/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers that a guest gets to see.
 *
 * They come from the kernel, unless -seed made them reproducible; then each
 * thread has a generator of its own, seeded from that of its creator.
 */
#ifndef QEMU_GUEST_RANDOM_H
#define QEMU_GUEST_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include "qemu/typedefs.h"

/* -seed @seedstr; 0, or -1 with @errp set. Main thread, at start. */
int qemu_guest_random_seed_main(const char *seedstr, Error **errp);
/* Called by the creator of a thread, and by the new one with its result. */
uint64_t qemu_guest_random_seed_thread_part1(void);
void qemu_guest_random_seed_thread_part2(uint64_t seed);

/* Fills @buf. 0, or a negative value with @errp set. */
int qemu_guest_getrandom(void *buf, size_t len, Error **errp);
/* Ends the program when there are no random numbers. */
void qemu_guest_getrandom_nofail(void *buf, size_t len);

#endif
