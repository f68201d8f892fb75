/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encodings: numbers taken apart, rounded and put together.
 */
#include "qemu/osdep.h"
#include "internal.h"

const FloatFormat float16_format = { 5, 10 };
const FloatFormat float32_format = { 8, 23 };
const FloatFormat float64_format = { 11, 52 };

static int bias(const FloatFormat *f)
{
    return (1 << (f->exp_bits - 1)) - 1;
}

static uint64_t pack(bool sign, uint64_t exp, uint64_t frac,
                     const FloatFormat *f)
{
    return (uint64_t)sign << (f->exp_bits + f->frac_bits) |
           exp << f->frac_bits | frac;
}

static uint64_t highest_exp(const FloatFormat *f)
{
    return (1u << f->exp_bits) - 1;
}

FloatParts float_unpack(uint64_t a, const FloatFormat *f)
{
    uint64_t frac = a & ((1ull << f->frac_bits) - 1);
    uint64_t exp = a >> f->frac_bits & highest_exp(f);
    FloatParts p = { .sign = a >> (f->frac_bits + f->exp_bits) & 1 };

    if (exp == highest_exp(f)) {
        bool quiet = frac >> (f->frac_bits - 1);

        p.kind = !frac ? FLOAT_INFINITE : quiet ? FLOAT_QNAN : FLOAT_SNAN;
        p.m = frac;
        return p;
    }
    if (exp == 0 && frac == 0) {
        p.kind = FLOAT_ZERO;
        return p;
    }
    p.kind = FLOAT_FINITE;
    if (exp == 0) {
        p.exp = 1 - bias(f);
        p.m = (Wide)frac << (WIDE_POINT - f->frac_bits);
        float_normalize(&p);
    } else {
        p.exp = (int)exp - bias(f);
        p.m = (Wide)(frac | 1ull << f->frac_bits)
              << (WIDE_POINT - f->frac_bits);
    }
    return p;
}

void float_normalize(FloatParts *p)
{
    int shift = wide_highest_bit(p->m) - WIDE_POINT;

    p->m = shift > 0 ? wide_shift_right(p->m, shift) : p->m << -shift;
    p->exp += shift;
}

/*** Rounding. ***/

bool float_rounds_up(FloatRoundMode mode, bool sign, Wide m, int shift)
{
    Wide rest = m & (((Wide)1 << shift) - 1);
    Wide half = (Wide)1 << (shift - 1);
    bool odd = m >> shift & 1;

    switch (mode) {
    case float_round_nearest_even:
        return rest > half || (rest == half && odd);
    case float_round_ties_away:
        return rest >= half;
    case float_round_up:
        return rest && !sign;
    case float_round_down:
        return rest && sign;
    case float_round_to_odd:
    case float_round_to_odd_inf:
        return rest && !odd;
    case float_round_to_zero:
    default:
        return false;
    }
}

static uint64_t overflow(bool sign, const FloatFormat *f, float_status *status)
{
    bool infinite;

    switch (status->float_rounding_mode) {
    case float_round_up:
        infinite = !sign;
        break;
    case float_round_down:
        infinite = sign;
        break;
    case float_round_to_zero:
    case float_round_to_odd:
        infinite = false;
        break;
    default:
        infinite = true;
        break;
    }
    float_raise(float_flag_overflow | float_flag_inexact, status);
    return infinite
               ? pack(sign, highest_exp(f), 0, f)
               : pack(sign, highest_exp(f) - 1, (1ull << f->frac_bits) - 1, f);
}

/* Below the normal numbers: fewer bits are left, and the result may be tiny. */
static uint64_t pack_tiny(const FloatParts *p, const FloatFormat *f,
                          float_status *status)
{
    int shift = WIDE_POINT - f->frac_bits;
    int lost = 1 - bias(f) - p->exp;
    FloatRoundMode mode = status->float_rounding_mode;
    Wide m = wide_shift_right(p->m, lost);
    uint64_t frac = m >> shift;
    bool exact = !(m & (((Wide)1 << shift) - 1));
    /* With the full precision it would have become the lowest normal number */
    bool reaches_normal = lost == 1 && !status->tininess_before_rounding &&
                          p->m >> shift == (2ull << f->frac_bits) - 1 &&
                          float_rounds_up(mode, p->sign, p->m, shift);

    frac += float_rounds_up(mode, p->sign, m, shift);
    if (!exact) {
        float_raise(float_flag_inexact |
                        (reaches_normal ? 0 : float_flag_underflow),
                    status);
    }
    /* A carry into the exponent is the lowest normal number. */
    return pack(p->sign, 0, 0, f) + frac;
}

static uint64_t pack_finite(const FloatParts *p, const FloatFormat *f,
                            float_status *status)
{
    int shift = WIDE_POINT - f->frac_bits;
    int exp = p->exp + bias(f);
    uint64_t frac;

    if (exp <= 0) {
        return pack_tiny(p, f, status);
    }
    frac = p->m >> shift;
    frac += float_rounds_up(status->float_rounding_mode, p->sign, p->m, shift);
    if (frac >> (f->frac_bits + 1)) {
        frac >>= 1;
        exp++;
    }
    if (exp >= (int)highest_exp(f)) {
        return overflow(p->sign, f, status);
    }
    if (p->m & (((Wide)1 << shift) - 1)) {
        float_raise(float_flag_inexact, status);
    }
    return pack(p->sign, exp, frac & ((1ull << f->frac_bits) - 1), f);
}

uint64_t float_round_pack(const FloatParts *p, const FloatFormat *f,
                          float_status *status)
{
    switch (p->kind) {
    case FLOAT_ZERO:
        return pack(p->sign, 0, 0, f);
    case FLOAT_FINITE:
        return pack_finite(p, f, status);
    default:
        return pack(p->sign, highest_exp(f), p->m, f);
    }
}

/*** What is not a number. ***/

uint64_t float_default_nan(const FloatFormat *f, const float_status *status)
{
    uint8_t pattern = status->default_nan_pattern;
    uint64_t frac = (uint64_t)(pattern & 0x7f) << (f->frac_bits - 7);

    if (pattern & 1) {
        frac |= (1ull << (f->frac_bits - 7)) - 1;
    }
    return pack(pattern >> 7, highest_exp(f), frac, f);
}

uint64_t float_invalid(const FloatFormat *f, float_status *status)
{
    float_raise(float_flag_invalid, status);
    return float_default_nan(f, status);
}

uint64_t float_propagate_nan(const FloatParts *operands, int n,
                             const FloatFormat *f, float_status *status)
{
    const FloatParts *first = NULL;

    for (int i = 0; i < n; i++) {
        if (operands[i].kind == FLOAT_SNAN) {
            float_raise(float_flag_invalid, status);
        }
        if (float_parts_nan(&operands[i]) && !first) {
            first = &operands[i];
        }
    }
    if (status->default_nan_mode || !first) {
        return float_default_nan(f, status);
    }
    return pack(first->sign, highest_exp(f),
                first->m | 1ull << (f->frac_bits - 1), f);
}
