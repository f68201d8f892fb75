/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between formats, and to and from integers.
 */
#include "qemu/osdep.h"
#include "internal.h"

/*** Between formats. ***/

static uint64_t convert_bits(uint64_t a, const FloatFormat *from,
                             const FloatFormat *to, float_status *status)
{
    FloatParts p = float_unpack(a, from);
    int wider = to->frac_bits - from->frac_bits;

    if (float_parts_nan(&p)) {
        p.m = wider > 0 ? p.m << wider : p.m >> -wider;
        return float_propagate_nan(&p, 1, to, status);
    }
    return float_round_pack(&p, to, status);
}

float32 float16_to_float32(float16 a, bool ieee, float_status *s)
{
    g_assert(ieee);
    return convert_bits(a, &float16_format, &float32_format, s);
}

float64 float16_to_float64(float16 a, bool ieee, float_status *s)
{
    g_assert(ieee);
    return convert_bits(a, &float16_format, &float64_format, s);
}

float16 float32_to_float16(float32 a, bool ieee, float_status *s)
{
    g_assert(ieee);
    return convert_bits(a, &float32_format, &float16_format, s);
}

float16 float64_to_float16(float64 a, bool ieee, float_status *s)
{
    g_assert(ieee);
    return convert_bits(a, &float64_format, &float16_format, s);
}

float64 float32_to_float64(float32 a, float_status *s)
{
    return convert_bits(a, &float32_format, &float64_format, s);
}

float32 float64_to_float32(float64 a, float_status *s)
{
    return convert_bits(a, &float64_format, &float32_format, s);
}

/*** To integers. ***/

/*
 * Rounds a finite number to an integer: its magnitude, and whether that was
 * exact. What has more than 127 bits is answered by 2^127, out of any range.
 */
static Wide integer_of(const FloatParts *p, FloatRoundMode mode, bool *exact)
{
    int shift = WIDE_POINT - p->exp;
    Wide m;

    *exact = true;
    if (shift < 0) {
        return (Wide)1 << 127;
    }
    if (shift == 0) {
        return p->m;
    }
    m = p->m;
    if (shift > 127) {
        m = wide_shift_right(m, shift - 127);
        shift = 127;
    }
    *exact = !(m & (((Wide)1 << shift) - 1));
    return (m >> shift) + float_rounds_up(mode, p->sign, m, shift);
}

/* The integer, between -@low and @high (magnitudes), two's complement */
static uint64_t to_integer(uint64_t a, FloatRoundMode mode, uint64_t low,
                           uint64_t high, const FloatFormat *f,
                           float_status *status)
{
    FloatParts p = float_unpack(a, f);
    bool exact = true;
    Wide m;

    if (float_parts_nan(&p)) {
        float_raise(float_flag_invalid, status);
        return high;
    }
    if (p.kind == FLOAT_ZERO) {
        return 0;
    }
    m = p.kind == FLOAT_INFINITE ? (Wide)1 << 127
                                 : integer_of(&p, mode, &exact);
    if (m > (p.sign ? low : high)) {
        float_raise(float_flag_invalid, status);
        return p.sign ? -low : high;
    }
    if (!exact) {
        float_raise(float_flag_inexact, status);
    }
    return p.sign ? -(uint64_t)m : (uint64_t)m;
}

/* Of an integer without bounds, the low 64 bits; invalid beyond @low, @high. */
static uint64_t to_modulo(uint64_t a, FloatRoundMode mode, uint64_t low,
                          uint64_t high, const FloatFormat *f,
                          float_status *status)
{
    FloatParts p = float_unpack(a, f);
    bool exact;
    Wide m;

    if (p.kind == FLOAT_ZERO) {
        return 0;
    }
    if (p.kind != FLOAT_FINITE) {
        float_raise(float_flag_invalid, status);
        return 0;
    }
    m = integer_of(&p, mode, &exact);
    if (m > (p.sign ? low : high)) {
        float_raise(float_flag_invalid, status);
    } else if (!exact) {
        float_raise(float_flag_inexact, status);
    }
    if (p.exp > WIDE_POINT) {
        /* All its bits are above those of the fraction. */
        int left = p.exp - f->frac_bits;

        m = left >= 64 ? 0 : (p.m >> (WIDE_POINT - f->frac_bits)) << left;
    }
    return p.sign ? -(uint64_t)m : (uint64_t)m;
}

static uint64_t round_bits(uint64_t a, const FloatFormat *f,
                           float_status *status)
{
    FloatParts p = float_unpack(a, f);
    bool exact;
    Wide m;

    if (float_parts_nan(&p)) {
        return float_propagate_nan(&p, 1, f, status);
    }
    if (p.kind != FLOAT_FINITE || p.exp >= f->frac_bits) {
        return a;
    }
    m = integer_of(&p, status->float_rounding_mode, &exact);
    if (!exact) {
        float_raise(float_flag_inexact, status);
    }
    p.kind = m ? FLOAT_FINITE : FLOAT_ZERO;
    if (m) {
        p.m = m;
        p.exp = WIDE_POINT;
        float_normalize(&p);
    }
    return float_round_pack(&p, f, status);
}

/*** From integers. ***/

static uint64_t from_integer(uint64_t magnitude, bool sign,
                             const FloatFormat *f, float_status *status)
{
    FloatParts p = {
        .kind = FLOAT_FINITE, .sign = sign, .exp = WIDE_POINT, .m = magnitude
    };

    if (!magnitude) {
        return 0;
    }
    float_normalize(&p);
    return float_round_pack(&p, f, status);
}

static uint64_t from_signed(int64_t a, const FloatFormat *f,
                            float_status *status)
{
    return from_integer(a < 0 ? -(uint64_t)a : (uint64_t)a, a < 0, f, status);
}

#define TO_SIGNED(type, bits)                                                  \
    int##bits##_t type##_to_int##bits(type a, float_status *s)                 \
    {                                                                          \
        return to_integer(a, s->float_rounding_mode, 1ull << (bits - 1),       \
                          INT##bits##_MAX, &type##_format, s);                 \
    }                                                                          \
    type int##bits##_to_##type(int##bits##_t a, float_status *s)               \
    {                                                                          \
        return from_signed(a, &type##_format, s);                              \
    }

#define TO_UNSIGNED(type, bits)                                                \
    uint##bits##_t type##_to_uint##bits(type a, float_status *s)               \
    {                                                                          \
        return to_integer(a, s->float_rounding_mode, 0, UINT##bits##_MAX,      \
                          &type##_format, s);                                  \
    }                                                                          \
    type uint##bits##_to_##type(uint##bits##_t a, float_status *s)             \
    {                                                                          \
        return from_integer(a, false, &type##_format, s);                      \
    }

#define TO_OTHERS(type, bits)                                                  \
    int##bits##_t type##_to_int##bits##_round_to_zero(type a, float_status *s) \
    {                                                                          \
        return to_integer(a, float_round_to_zero, 1ull << (bits - 1),          \
                          INT##bits##_MAX, &type##_format, s);                 \
    }                                                                          \
    uint##bits##_t type##_to_uint##bits##_round_to_zero(type a,                \
                                                        float_status *s)       \
    {                                                                          \
        return to_integer(a, float_round_to_zero, 0, UINT##bits##_MAX,         \
                          &type##_format, s);                                  \
    }                                                                          \
    int##bits##_t type##_to_int##bits##_modulo(type a, FloatRoundMode mode,    \
                                               float_status *s)                \
    {                                                                          \
        return to_modulo(a, mode, 1ull << (bits - 1), INT##bits##_MAX,         \
                         &type##_format, s);                                   \
    }

#define CONVERSIONS(type)                                                      \
    TO_SIGNED(type, 16)                                                        \
    TO_SIGNED(type, 32)                                                        \
    TO_SIGNED(type, 64)                                                        \
    TO_UNSIGNED(type, 16)                                                      \
    TO_UNSIGNED(type, 32)                                                      \
    TO_UNSIGNED(type, 64)                                                      \
    TO_OTHERS(type, 32)                                                        \
    TO_OTHERS(type, 64)                                                        \
    type type##_round_to_int(type a, float_status *s)                          \
    {                                                                          \
        return round_bits(a, &type##_format, s);                               \
    }

CONVERSIONS(float16)
CONVERSIONS(float32)
CONVERSIONS(float64)
