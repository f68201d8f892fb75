/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wide shifts and divisions: see include/qemu/host-utils.h. */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"

static __uint128_t join(uint64_t low, uint64_t high)
{
    return (__uint128_t)high << 64 | low;
}

void urshift(uint64_t *plow, uint64_t *phigh, int32_t shift)
{
    __uint128_t n = join(*plow, *phigh) >> (shift & 127);

    *plow = (uint64_t)n;
    *phigh = (uint64_t)(n >> 64);
}

void ulshift(uint64_t *plow, uint64_t *phigh, int32_t shift, bool *overflow)
{
    __uint128_t n = join(*plow, *phigh);
    __uint128_t shifted = n << (shift & 127);

    if (shifted >> (shift & 127) != n) {
        *overflow = true;
    }
    *plow = (uint64_t)shifted;
    *phigh = (uint64_t)(shifted >> 64);
}

/*
 * (rem:low) / d for rem < d, bit by bit: the remainder grows by one bit of
 * the dividend at a time and gives d back when it holds it. The quotient's
 * bits take the place of those of the dividend.
 */
static __uint128_t divide_half(__uint128_t *low, __uint128_t rem, __uint128_t d)
{
    for (int i = 0; i < 128; i++) {
        bool carry = rem >> 127;

        rem = rem << 1 | *low >> 127;
        *low <<= 1;
        if (carry || rem >= d) {
            rem -= d;
            *low |= 1;
        }
    }
    return rem;
}

static __uint128_t divide256(__uint128_t *low, __uint128_t *high, __uint128_t d)
{
    __uint128_t rem = *high % d;

    *high /= d;
    if (rem == 0) {
        rem = *low % d;
        *low /= d;
        return rem;
    }
    return divide_half(low, rem, d);
}

Int128 divu256(Int128 *plow, Int128 *phigh, Int128 divisor)
{
    __uint128_t low = *plow, high = *phigh;
    __uint128_t rem = divide256(&low, &high, divisor);

    *plow = (Int128)low;
    *phigh = (Int128)high;
    return (Int128)rem;
}

/* -(high:low), in place. */
static void negate256(__uint128_t *low, __uint128_t *high)
{
    *low = -*low;
    *high = ~*high + (*low == 0);
}

Int128 divs256(Int128 *plow, Int128 *phigh, Int128 divisor)
{
    __uint128_t low = *plow, high = *phigh, rem;
    bool negative = *phigh < 0;

    if (negative) {
        negate256(&low, &high);
    }
    rem = divide256(&low, &high, divisor < 0 ? -(__uint128_t)divisor : divisor);
    if (negative != (divisor < 0)) {
        negate256(&low, &high);
    }
    *plow = (Int128)low;
    *phigh = (Int128)high;
    /* The remainder has the sign of the dividend. */
    return (Int128)(negative ? -rem : rem);
}
