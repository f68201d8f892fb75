/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signed 128-bit integers, on the compiler's own __int128.
 *
 * Code calls these functions rather than using operators, as in QEMU, so that
 * it also compiles where Int128 is a structure. Addition and the like wrap
 * around. A shift count is 0..127. Int128 holds sizes of address ranges, for
 * which 2^64 is a valid value: int128_2_64().
 */
#ifndef INT128_H
#define INT128_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include "qemu/bswap.h"

typedef __int128_t Int128;
typedef __int128_t __attribute__((aligned(16))) Int128Aligned;

/* Any of the two native types, as a parameter. */
typedef union {
    __uint128_t u;
    __int128_t i;
    Int128 s;
} Int128Alias __attribute__((transparent_union));

/* From an unsigned and from a signed 64-bit value, and from halves. */
static inline Int128 int128_make64(uint64_t a)
{
    return a;
}

static inline Int128 int128_makes64(int64_t a)
{
    return a;
}

static inline Int128 int128_exts64(int64_t a)
{
    return a;
}

static inline Int128 int128_make128(uint64_t lo, uint64_t hi)
{
    return (Int128)(((__uint128_t)hi << 64) + lo);
}

static inline Int128 int128_zero(void)
{
    return 0;
}

static inline Int128 int128_one(void)
{
    return 1;
}

static inline Int128 int128_2_64(void)
{
    return int128_make128(0, 1);
}

#define UINT128_MAX int128_make128(UINT64_MAX, UINT64_MAX)
#define INT128_MAX  int128_make128(UINT64_MAX, INT64_MAX)
#define INT128_MIN  int128_make128(0, INT64_MIN)

/* @a must be within 0 .. 2^64 - 1. */
static inline uint64_t int128_get64(Int128 a)
{
    assert(a >> 64 == 0);
    return (uint64_t)a;
}

static inline uint64_t int128_getlo(Int128 a)
{
    return (uint64_t)a;
}

static inline int64_t int128_gethi(Int128 a)
{
    return (int64_t)(a >> 64);
}

static inline Int128 int128_not(Int128 a)
{
    return ~a;
}

static inline Int128 int128_and(Int128 a, Int128 b)
{
    return a & b;
}

static inline Int128 int128_or(Int128 a, Int128 b)
{
    return a | b;
}

static inline Int128 int128_xor(Int128 a, Int128 b)
{
    return a ^ b;
}

/* Right with the sign, right with zeroes, left. */
static inline Int128 int128_rshift(Int128 a, int n)
{
    return a >> n;
}

static inline Int128 int128_urshift(Int128 a, int n)
{
    return (Int128)((__uint128_t)a >> n);
}

static inline Int128 int128_lshift(Int128 a, int n)
{
    return (Int128)((__uint128_t)a << n);
}

static inline Int128 int128_add(Int128 a, Int128 b)
{
    return (Int128)((__uint128_t)a + (__uint128_t)b);
}

static inline Int128 int128_sub(Int128 a, Int128 b)
{
    return (Int128)((__uint128_t)a - (__uint128_t)b);
}

static inline Int128 int128_neg(Int128 a)
{
    return int128_sub(0, a);
}

static inline void int128_addto(Int128 *a, Int128 b)
{
    *a = int128_add(*a, b);
}

static inline void int128_subfrom(Int128 *a, Int128 b)
{
    *a = int128_sub(*a, b);
}

static inline bool int128_nonneg(Int128 a)
{
    return a >= 0;
}

static inline bool int128_nz(Int128 a)
{
    return a != 0;
}

static inline bool int128_eq(Int128 a, Int128 b)
{
    return a == b;
}

static inline bool int128_ne(Int128 a, Int128 b)
{
    return a != b;
}

static inline bool int128_ge(Int128 a, Int128 b)
{
    return a >= b;
}

static inline bool int128_gt(Int128 a, Int128 b)
{
    return a > b;
}

static inline bool int128_le(Int128 a, Int128 b)
{
    return a <= b;
}

static inline bool int128_lt(Int128 a, Int128 b)
{
    return a < b;
}

/* Compared as unsigned numbers. */
static inline bool int128_uge(Int128 a, Int128 b)
{
    return (__uint128_t)a >= (__uint128_t)b;
}

static inline bool int128_ult(Int128 a, Int128 b)
{
    return (__uint128_t)a < (__uint128_t)b;
}

static inline Int128 int128_min(Int128 a, Int128 b)
{
    return a < b ? a : b;
}

static inline Int128 int128_max(Int128 a, Int128 b)
{
    return a > b ? a : b;
}

/* Quotient and remainder, unsigned and signed; @b is not zero. */
static inline Int128 int128_divu(Int128 a, Int128 b)
{
    return (Int128)((__uint128_t)a / (__uint128_t)b);
}

static inline Int128 int128_remu(Int128 a, Int128 b)
{
    return (Int128)((__uint128_t)a % (__uint128_t)b);
}

static inline Int128 int128_divs(Int128 a, Int128 b)
{
    return a / b;
}

static inline Int128 int128_rems(Int128 a, Int128 b)
{
    return a % b;
}

static inline Int128 bswap128(Int128 a)
{
    return int128_make128(bswap64((uint64_t)int128_gethi(a)),
                          bswap64(int128_getlo(a)));
}

static inline void bswap128s(Int128 *s)
{
    *s = bswap128(*s);
}

/* Leading zeroes; 128 for 0. */
static inline int clz128(Int128 a)
{
    uint64_t hi = (uint64_t)int128_gethi(a), lo = int128_getlo(a);

    if (hi != 0) {
        return __builtin_clzll(hi);
    }
    return lo != 0 ? 64 + __builtin_clzll(lo) : 128;
}

#endif
