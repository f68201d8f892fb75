/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers for guests: see include/qemu/guest-random.h. */
#include "qemu/osdep.h"
#include <sys/random.h>
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/cutils.h"
#include "qemu/guest-random.h"

/* -seed was given. Set before other threads start. */
static bool deterministic;
/* The thread's generator: any state but one that nobody seeded. */
static __thread uint64_t state;

/* splitmix64, for its short state and because any seed is good. */
static uint64_t next_u64(void)
{
    uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

int qemu_guest_random_seed_main(const char *seedstr, Error **errp)
{
    uint64_t seed;

    if (parse_uint_full(seedstr, 0, &seed) < 0) {
        error_setg(errp,
                   "Invalid seed number '%s': a number of up to 64 "
                   "bits is needed",
                   seedstr);
        return -1;
    }
    deterministic = true;
    qemu_guest_random_seed_thread_part2(seed);
    return 0;
}

uint64_t qemu_guest_random_seed_thread_part1(void)
{
    return deterministic ? next_u64() : 0;
}

void qemu_guest_random_seed_thread_part2(uint64_t seed)
{
    if (deterministic) {
        state = seed;
    }
}

int qemu_guest_getrandom(void *buf, size_t len, Error **errp)
{
    uint8_t *p = buf;

    while (deterministic && len > 0) {
        uint64_t x = next_u64();
        size_t n = MIN(len, sizeof(x));

        memcpy(p, &x, n);
        p += n;
        len -= n;
    }
    while (len > 0) {
        ssize_t n = RETRY_ON_EINTR(getrandom(p, len, 0));

        if (n < 0) {
            error_setg_errno(errp, errno,
                             "Could not get random numbers from "
                             "the kernel");
            return -1;
        }
        p += n;
        len -= n;
    }
    return 0;
}

void qemu_guest_getrandom_nofail(void *buf, size_t len)
{
    qemu_guest_getrandom(buf, len, &error_fatal);
}
