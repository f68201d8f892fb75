/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 64-bit statistics that many threads update without a lock.
 *
 * No operation orders any other memory access.
 */
#ifndef QEMU_STATS64_H
#define QEMU_STATS64_H

#include "qemu/atomic.h"

typedef struct Stat64 {
    uint64_t value QEMU_ALIGNED(8);
} Stat64;

/* Sets the first value, before others see @s. */
static inline void stat64_init(Stat64 *s, uint64_t value)
{
    s->value = value;
}

static inline uint64_t stat64_get(const Stat64 *s)
{
    return __atomic_load_n(&s->value, __ATOMIC_RELAXED);
}

static inline void stat64_set(Stat64 *s, uint64_t value)
{
    __atomic_store_n(&s->value, value, __ATOMIC_RELAXED);
}

static inline void stat64_add(Stat64 *s, uint64_t value)
{
    __atomic_fetch_add(&s->value, value, __ATOMIC_RELAXED);
}

/* Makes it @value, if that is less. */
static inline void stat64_min(Stat64 *s, uint64_t value)
{
    uint64_t seen = stat64_get(s);

    while (value < seen &&
           !__atomic_compare_exchange_n(&s->value, &seen, value, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

/* Makes it @value, if that is more. */
static inline void stat64_max(Stat64 *s, uint64_t value)
{
    uint64_t seen = stat64_get(s);

    while (value > seen &&
           !__atomic_compare_exchange_n(&s->value, &seen, value, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

#endif
