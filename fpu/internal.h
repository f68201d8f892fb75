/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers taken apart, of whatever format, and put together again.
 *
 * A finite number that is not zero is
 *
 *     (-1)^sign * m * 2^(exp - 126),    2^126 <= m < 2^127
 *
 * so that 1.0 is m = 2^126 with exp 0. One more bit is left for a sum to carry
 * into. No operand has more than 53 significant bits: a product is exact, and
 * of what is shifted out at the right only "something was there" matters,
 * which stays as the lowest bit ("sticky").
 */
#ifndef FPU_INTERNAL_H
#define FPU_INTERNAL_H

#include "fpu/softfloat.h"

typedef unsigned __int128 Wide;

#define WIDE_POINT 126
#define WIDE_ONE ((Wide)1 << WIDE_POINT)

typedef enum {
    FLOAT_ZERO,
    FLOAT_FINITE, /* and not zero */
    FLOAT_INFINITE,
    FLOAT_QNAN,
    FLOAT_SNAN,
} FloatClass;

typedef struct FloatParts {
    FloatClass kind;
    bool sign;
    int exp;
    Wide m;
} FloatParts;

typedef struct FloatFormat {
    int exp_bits;
    int frac_bits;
} FloatFormat;

extern const FloatFormat float16_format;
extern const FloatFormat float32_format;
extern const FloatFormat float64_format;

static inline bool float_parts_nan(const FloatParts *p)
{
    return p->kind >= FLOAT_QNAN;
}

/* @m shifted right by @n >= 0, sticky. */
static inline Wide wide_shift_right(Wide m, int n)
{
    if (n == 0) {
        return m;
    }
    if (n > 127) {
        return m != 0;
    }
    return m >> n | ((m << (128 - n)) != 0);
}

/* The place of the highest bit of @m, which is not 0. */
static inline int wide_highest_bit(Wide m)
{
    uint64_t high = m >> 64;

    return high ? 127 - __builtin_clzll(high)
                : 63 - __builtin_clzll((uint64_t)m);
}

/* Taken apart; for a NaN, m is its fraction as encoded. Raises nothing. */
FloatParts float_unpack(uint64_t a, const FloatFormat *format);

/* m > 0 of any size becomes normal (2^126 <= m < 2^127), sticky. */
void float_normalize(FloatParts *p);

/*
 * Rounds a normal number to @format and encodes it, with overflow, underflow
 * and inexact raised. Also encodes zeros and infinities; a NaN as it is.
 */
uint64_t float_round_pack(const FloatParts *p, const FloatFormat *format,
                          float_status *status);

/* Whether rounding away from zero is due: @m has the fraction in its low
 * @shift bits (1 <= shift <= 127). */
bool float_rounds_up(FloatRoundMode mode, bool sign, Wide m, int shift);

uint64_t float_default_nan(const FloatFormat *format,
                           const float_status *status);

/*
 * The result of an operation of which at least one of the @n operands is a NaN
 * (in the format of the result); raises invalid for a signaling one.
 */
uint64_t float_propagate_nan(const FloatParts *operands, int n,
                             const FloatFormat *format, float_status *status);

/* The default NaN, with invalid raised. */
uint64_t float_invalid(const FloatFormat *format, float_status *status);

#endif
