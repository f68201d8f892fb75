/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Integer arithmetic that C has no operator for: products and quotients wider
 * than their operands, counting and reversing bits, overflow checks, powers
 * of two. Those that do not fit on a line are in util/host-utils.c.
 */
#ifndef HOST_UTILS_H
#define HOST_UTILS_H

#include <limits.h>
#include "qemu/bswap.h"
#include "qemu/int128.h"

/* The 128-bit product, unsigned and signed. */
static inline void mulu64(uint64_t *plow, uint64_t *phigh, uint64_t a,
                          uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;

    *plow = (uint64_t)product;
    *phigh = (uint64_t)(product >> 64);
}

static inline void muls64(uint64_t *plow, uint64_t *phigh, int64_t a,
                          int64_t b)
{
    __int128_t product = (__int128_t)a * b;

    *plow = (uint64_t)product;
    *phigh = (uint64_t)(product >> 64);
}

/* a * b / c with a 96-bit product, rounded down and rounded up. */
static inline uint64_t muldiv64(uint64_t a, uint32_t b, uint32_t c)
{
    return (uint64_t)((__uint128_t)a * b / c);
}

static inline uint64_t muldiv64_round_up(uint64_t a, uint32_t b, uint32_t c)
{
    return (uint64_t)(((__uint128_t)a * b + (c - 1)) / c);
}

/* Divide the 128-bit number in place; the remainder. */
static inline uint64_t divu128(uint64_t *plow, uint64_t *phigh,
                               uint64_t divisor)
{
    __uint128_t n = (__uint128_t)*phigh << 64 | *plow;
    __uint128_t quotient = n / divisor;

    *plow = (uint64_t)quotient;
    *phigh = (uint64_t)(quotient >> 64);
    return (uint64_t)(n - quotient * divisor);
}

static inline int64_t divs128(uint64_t *plow, int64_t *phigh, int64_t divisor)
{
    __int128_t n = int128_make128(*plow, (uint64_t)*phigh);
    __int128_t quotient = n / divisor;

    *plow = (uint64_t)quotient;
    *phigh = (int64_t)(quotient >> 64);
    return (int64_t)(n % divisor);
}

/* n1:n0 / d; the remainder in *r. n1 < d, or the quotient does not fit. */
static inline uint64_t udiv_qrnnd(uint64_t *r, uint64_t n1, uint64_t n0,
                                  uint64_t d)
{
    __uint128_t n = (__uint128_t)n1 << 64 | n0;

    *r = (uint64_t)(n % d);
    return (uint64_t)(n / d);
}

/* Leading zeroes (ones); the width of the type when there is nothing else. */
static inline int clz8(uint8_t val)
{
    return val ? __builtin_clz(val) - 24 : 8;
}

static inline int clz16(uint16_t val)
{
    return val ? __builtin_clz(val) - 16 : 16;
}

static inline int clz32(uint32_t val)
{
    return val ? __builtin_clz(val) : 32;
}

static inline int clz64(uint64_t val)
{
    return val ? __builtin_clzll(val) : 64;
}

static inline int clo32(uint32_t val)
{
    return clz32(~val);
}

static inline int clo64(uint64_t val)
{
    return clz64(~val);
}

/* Trailing zeroes (ones), likewise. */
static inline int ctz8(uint8_t val)
{
    return val ? __builtin_ctz(val) : 8;
}

static inline int ctz16(uint16_t val)
{
    return val ? __builtin_ctz(val) : 16;
}

static inline int ctz32(uint32_t val)
{
    return val ? __builtin_ctz(val) : 32;
}

static inline int ctz64(uint64_t val)
{
    return val ? __builtin_ctzll(val) : 64;
}

static inline int cto32(uint32_t val)
{
    return ctz32(~val);
}

static inline int cto64(uint64_t val)
{
    return ctz64(~val);
}

/* How many bits after the top one are equal to it. */
static inline int clrsb32(uint32_t val)
{
    return __builtin_clrsb((int)val);
}

static inline int clrsb64(uint64_t val)
{
    return __builtin_clrsbll((long long)val);
}

/* The number of ones, and whether it is odd. */
static inline int ctpop8(uint8_t val)
{
    return __builtin_popcount(val);
}

static inline int ctpop16(uint16_t val)
{
    return __builtin_popcount(val);
}

static inline int ctpop32(uint32_t val)
{
    return __builtin_popcount(val);
}

static inline int ctpop64(uint64_t val)
{
    return __builtin_popcountll(val);
}

static inline int parity8(uint8_t val)
{
    return __builtin_parity(val);
}

/* Bits in reverse order. */
static inline uint64_t revbit64(uint64_t x)
{
    static const uint64_t even[] = { 0x5555555555555555ull,
                                     0x3333333333333333ull,
                                     0x0f0f0f0f0f0f0f0full };

    for (int i = 0; i < 3; i++) {
        x = (x & even[i]) << (1 << i) | (x >> (1 << i) & even[i]);
    }
    return bswap64(x);
}

static inline uint32_t revbit32(uint32_t x)
{
    return (uint32_t)(revbit64(x) >> 32);
}

static inline uint16_t revbit16(uint16_t x)
{
    return (uint16_t)(revbit64(x) >> 48);
}

static inline uint8_t revbit8(uint8_t x)
{
    return (uint8_t)(revbit64(x) >> 56);
}

/* The absolute value, also of INT64_MIN. */
static inline uint64_t uabs64(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* The wrapped result in *ret; true when it is not the true one. */
#define HOST_UTILS_OVERFLOW_(name, op, type)                             \
    static inline bool name##_overflow(type x, type y, type *ret)        \
    {                                                                    \
        return __builtin_##op##_overflow(x, y, ret);                     \
    }
HOST_UTILS_OVERFLOW_(sadd32, add, int32_t)
HOST_UTILS_OVERFLOW_(sadd64, add, int64_t)
HOST_UTILS_OVERFLOW_(uadd32, add, uint32_t)
HOST_UTILS_OVERFLOW_(uadd64, add, uint64_t)
HOST_UTILS_OVERFLOW_(ssub32, sub, int32_t)
HOST_UTILS_OVERFLOW_(ssub64, sub, int64_t)
HOST_UTILS_OVERFLOW_(usub32, sub, uint32_t)
HOST_UTILS_OVERFLOW_(usub64, sub, uint64_t)
HOST_UTILS_OVERFLOW_(smul32, mul, int32_t)
HOST_UTILS_OVERFLOW_(smul64, mul, int64_t)
HOST_UTILS_OVERFLOW_(umul32, mul, uint32_t)
HOST_UTILS_OVERFLOW_(umul64, mul, uint64_t)
#undef HOST_UTILS_OVERFLOW_

/* Multiplies the 128-bit number in place; true when it wrapped. */
static inline bool mulu128(uint64_t *plow, uint64_t *phigh, uint64_t factor)
{
    __uint128_t n = (__uint128_t)*phigh << 64 | *plow;
    bool wrapped = __builtin_mul_overflow(n, factor, &n);

    *plow = (uint64_t)n;
    *phigh = (uint64_t)(n >> 64);
    return wrapped;
}

/* x + y + *pcarry and x - y - *pborrow, with the carry out of bit 63. */
static inline uint64_t uadd64_carry(uint64_t x, uint64_t y, bool *pcarry)
{
    __uint128_t sum = (__uint128_t)x + y + *pcarry;

    *pcarry = sum >> 64 != 0;
    return (uint64_t)sum;
}

static inline uint64_t usub64_borrow(uint64_t x, uint64_t y, bool *pborrow)
{
    __uint128_t diff = (__uint128_t)x - y - *pborrow;

    *pborrow = diff >> 64 != 0;
    return (uint64_t)diff;
}

#if ULONG_MAX == UINT32_MAX
#define clzl    clz32
#define ctzl    ctz32
#define clol    clo32
#define ctol    cto32
#define ctpopl  ctpop32
#define revbitl revbit32
#else
#define clzl    clz64
#define ctzl    ctz64
#define clol    clo64
#define ctol    cto64
#define ctpopl  ctpop64
#define revbitl revbit64
#endif

static inline bool is_power_of_2(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* The largest power of two that is not greater; 0 for 0. */
static inline uint64_t pow2floor(uint64_t value)
{
    return value ? UINT64_C(1) << (63 - clz64(value)) : 0;
}

/* The smallest that is not less; 1 for 0; 0 when it has 65 bits. */
static inline uint64_t pow2ceil(uint64_t value)
{
    if (value <= 1) {
        return 1;
    }
    return value > UINT64_C(1) << 63 ? 0 : pow2floor(value - 1) << 1;
}

/* The smallest power of two that is greater than @x; 0 for 32 bits. */
static inline uint32_t pow2roundup32(uint32_t x)
{
    return (uint32_t)(UINT64_C(1) << (32 - clz32(x)));
}

/*
 * Shift the 128-bit number *phigh:*plow in place, by @shift mod 128. *overflow
 * is set when ones were lost, and is otherwise left alone.
 */
void urshift(uint64_t *plow, uint64_t *phigh, int32_t shift);
void ulshift(uint64_t *plow, uint64_t *phigh, int32_t shift, bool *overflow);

/*
 * Divide the 256-bit number *phigh:*plow in place; the remainder. @divisor is
 * not zero.
 */
Int128 divu256(Int128 *plow, Int128 *phigh, Int128 divisor);
Int128 divs256(Int128 *plow, Int128 *phigh, Int128 divisor);

#endif
