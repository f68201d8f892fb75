/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums, products, quotients and roots.
 */
#include "qemu/osdep.h"
#include <math.h>
#include "internal.h"

/*** Parts. ***/

static FloatParts infinity(bool sign)
{
    return (FloatParts){ .kind = FLOAT_INFINITE, .sign = sign };
}

static FloatParts zero(bool sign)
{
    return (FloatParts){ .kind = FLOAT_ZERO, .sign = sign };
}

/* The sum of numbers that are not NaNs; infinity - infinity is the caller's. */
static FloatParts add_parts(FloatParts a, FloatParts b, FloatRoundMode mode)
{
    if (a.kind == FLOAT_INFINITE || b.kind == FLOAT_ZERO) {
        if (a.kind == FLOAT_ZERO && a.sign != b.sign) {
            a.sign = mode == float_round_down;
        }
        return a;
    }
    if (b.kind == FLOAT_INFINITE || a.kind == FLOAT_ZERO) {
        return b;
    }
    if (a.exp < b.exp || (a.exp == b.exp && a.m < b.m)) {
        FloatParts larger = b;

        b = a;
        a = larger;
    }
    b.m = wide_shift_right(b.m, MIN(a.exp - b.exp, 128));
    a.m = a.sign == b.sign ? a.m + b.m : a.m - b.m;
    if (!a.m) {
        return zero(mode == float_round_down);
    }
    float_normalize(&a);
    return a;
}

/* Of finite numbers that are not zero: exact. */
static FloatParts multiply_finite(FloatParts a, FloatParts b)
{
    /* 64 significant bits of each are more than there are. */
    Wide product = (Wide)(uint64_t)(a.m >> 63) * (uint64_t)(b.m >> 63);

    a.sign ^= b.sign;
    a.exp += b.exp;
    a.m = product;
    float_normalize(&a);
    return a;
}

/* A product that is no NaN: zero times infinity is the caller's. */
static FloatParts multiply_parts(FloatParts a, FloatParts b)
{
    bool sign = a.sign ^ b.sign;

    if (a.kind == FLOAT_INFINITE || b.kind == FLOAT_INFINITE) {
        return infinity(sign);
    }
    if (a.kind == FLOAT_ZERO || b.kind == FLOAT_ZERO) {
        return zero(sign);
    }
    return multiply_finite(a, b);
}

static bool zero_times_infinity(const FloatParts *a, const FloatParts *b)
{
    return (a->kind == FLOAT_ZERO && b->kind == FLOAT_INFINITE) ||
           (a->kind == FLOAT_INFINITE && b->kind == FLOAT_ZERO);
}

static FloatParts divide_finite(FloatParts a, FloatParts b)
{
    /* 2^63 <= divisor < 2^64; the quotient has 63 or 64 bits. */
    uint64_t divisor = b.m >> 63;
    Wide dividend = a.m;
    Wide quotient = dividend / divisor;

    a.sign ^= b.sign;
    a.exp -= b.exp;
    a.m = quotient << 63 | (dividend % divisor != 0);
    float_normalize(&a);
    return a;
}

/* The highest @r with r * r <= @n. */
static uint64_t integer_root(Wide n, Wide *rest)
{
    Wide root = 0;
    Wide left = n;

    for (int bit = 63; bit >= 0; bit--) {
        Wide next = (root << 1 | (Wide)1 << bit) << bit;

        if (left >= next) {
            left -= next;
            root |= (Wide)1 << bit;
        }
    }
    *rest = left;
    return root;
}

static FloatParts root_finite(FloatParts a)
{
    Wide rest;
    uint64_t root;

    if (a.exp & 1) {
        a.m <<= 1;
        a.exp--;
    }
    root = integer_root(a.m, &rest);
    a.m = (Wide)root << 63 | (rest != 0);
    a.exp /= 2;
    float_normalize(&a);
    return a;
}

/*** Operations. ***/

static uint64_t add_bits(uint64_t a, uint64_t b, bool subtract,
                         const FloatFormat *f, float_status *status)
{
    FloatParts p[2] = { float_unpack(a, f), float_unpack(b, f) };
    FloatParts sum;

    if (float_parts_nan(&p[0]) || float_parts_nan(&p[1])) {
        return float_propagate_nan(p, 2, f, status);
    }
    p[1].sign ^= subtract;
    if (p[0].kind == FLOAT_INFINITE && p[1].kind == FLOAT_INFINITE &&
        p[0].sign != p[1].sign) {
        return float_invalid(f, status);
    }
    sum = add_parts(p[0], p[1], status->float_rounding_mode);
    return float_round_pack(&sum, f, status);
}

static uint64_t multiply_bits(uint64_t a, uint64_t b, const FloatFormat *f,
                              float_status *status)
{
    FloatParts p[2] = { float_unpack(a, f), float_unpack(b, f) };
    FloatParts product;

    if (float_parts_nan(&p[0]) || float_parts_nan(&p[1])) {
        return float_propagate_nan(p, 2, f, status);
    }
    if (zero_times_infinity(&p[0], &p[1])) {
        return float_invalid(f, status);
    }
    product = multiply_parts(p[0], p[1]);
    return float_round_pack(&product, f, status);
}

static uint64_t divide_bits(uint64_t a, uint64_t b, const FloatFormat *f,
                            float_status *status)
{
    FloatParts p[2] = { float_unpack(a, f), float_unpack(b, f) };
    bool sign = p[0].sign ^ p[1].sign;
    FloatParts quotient;

    if (float_parts_nan(&p[0]) || float_parts_nan(&p[1])) {
        return float_propagate_nan(p, 2, f, status);
    }
    if (p[0].kind == p[1].kind && p[0].kind != FLOAT_FINITE) {
        return float_invalid(f, status);
    }
    if (p[0].kind == FLOAT_INFINITE) {
        quotient = infinity(sign);
    } else if (p[0].kind == FLOAT_ZERO || p[1].kind == FLOAT_INFINITE) {
        quotient = zero(sign);
    } else if (p[1].kind == FLOAT_ZERO) {
        float_raise(float_flag_divbyzero, status);
        quotient = infinity(sign);
    } else {
        quotient = divide_finite(p[0], p[1]);
    }
    return float_round_pack(&quotient, f, status);
}

static uint64_t root_bits(uint64_t a, const FloatFormat *f,
                          float_status *status)
{
    FloatParts p = float_unpack(a, f);

    if (float_parts_nan(&p)) {
        return float_propagate_nan(&p, 1, f, status);
    }
    if (p.kind == FLOAT_ZERO) {
        return a;
    }
    if (p.sign) {
        return float_invalid(f, status);
    }
    if (p.kind == FLOAT_FINITE) {
        p = root_finite(p);
    }
    return float_round_pack(&p, f, status);
}

static uint64_t muladd_bits(uint64_t a, uint64_t b, uint64_t c, int flags,
                            const FloatFormat *f, float_status *status)
{
    FloatParts p[3] = { float_unpack(a, f), float_unpack(b, f),
                        float_unpack(c, f) };
    FloatParts sum;

    if (zero_times_infinity(&p[0], &p[1])) {
        float_raise(float_flag_invalid, status);
        if (!float_parts_nan(&p[2])) {
            return float_default_nan(f, status);
        }
    }
    if (float_parts_nan(&p[0]) || float_parts_nan(&p[1]) ||
        float_parts_nan(&p[2])) {
        return float_propagate_nan(p, 3, f, status);
    }
    sum = multiply_parts(p[0], p[1]);
    sum.sign ^= !!(flags & float_muladd_negate_product);
    p[2].sign ^= !!(flags & float_muladd_negate_c);
    if (sum.kind == FLOAT_INFINITE && p[2].kind == FLOAT_INFINITE &&
        sum.sign != p[2].sign) {
        return float_invalid(f, status);
    }
    sum = add_parts(sum, p[2], status->float_rounding_mode);
    sum.sign ^= !!(flags & float_muladd_negate_result);
    return float_round_pack(&sum, f, status);
}

static uint64_t scale_bits(uint64_t a, int n, const FloatFormat *f,
                           float_status *status)
{
    FloatParts p = float_unpack(a, f);

    if (float_parts_nan(&p)) {
        return float_propagate_nan(&p, 1, f, status);
    }
    /* Further than any format reaches, and the sum stays an int. */
    p.exp += MAX(MIN(n, 0x10000), -0x10000);
    return float_round_pack(&p, f, status);
}

/*** By the host. ***/

/*
 * Where the result is the host's: rounded to nearest, so not by the mode;
 * inexact is collected already, so it need not be found out; operands and
 * result are normal (or exact zeros), so that there is nothing else to raise.
 */
static inline bool host_may(const float_status *status)
{
    return status->float_rounding_mode == float_round_nearest_even &&
           status->float_exception_flags & float_flag_inexact;
}

#define HOST_OPERATIONS(type, host, fma_function, root_function)               \
    typedef union {                                                            \
        type bits;                                                             \
        host value;                                                            \
    } host_##type;                                                             \
                                                                               \
    static inline bool type##_takes(type a)                                    \
    {                                                                          \
        return type##_is_zero_or_normal(a);                                    \
    }                                                                          \
                                                                               \
    /* Above the lowest normal number, which a tiny one may have become. */    \
    static inline bool type##_trusts(host value)                               \
    {                                                                          \
        host_##type r = { .value = value };                                    \
        type lowest = (type)1 << type##_format.frac_bits;                      \
                                                                               \
        return type##_is_normal(r.bits) && type##_abs(r.bits) > lowest;        \
    }                                                                          \
                                                                               \
    type type##_add(type a, type b, float_status *s)                           \
    {                                                                          \
        if (host_may(s) && type##_takes(a) && type##_takes(b)) {               \
            host_##type x = { a }, y = { b }, r;                               \
                                                                               \
            r.value = x.value + y.value;                                       \
            if (type##_trusts(r.value)) {                                      \
                return r.bits;                                                 \
            }                                                                  \
        }                                                                      \
        return add_bits(a, b, false, &type##_format, s);                       \
    }                                                                          \
                                                                               \
    type type##_sub(type a, type b, float_status *s)                           \
    {                                                                          \
        if (host_may(s) && type##_takes(a) && type##_takes(b)) {               \
            host_##type x = { a }, y = { b }, r;                               \
                                                                               \
            r.value = x.value - y.value;                                       \
            if (type##_trusts(r.value)) {                                      \
                return r.bits;                                                 \
            }                                                                  \
        }                                                                      \
        return add_bits(a, b, true, &type##_format, s);                        \
    }                                                                          \
                                                                               \
    type type##_mul(type a, type b, float_status *s)                           \
    {                                                                          \
        if (host_may(s) && type##_is_normal(a) && type##_is_normal(b)) {       \
            host_##type x = { a }, y = { b }, r;                               \
                                                                               \
            r.value = x.value * y.value;                                       \
            if (type##_trusts(r.value)) {                                      \
                return r.bits;                                                 \
            }                                                                  \
        }                                                                      \
        return multiply_bits(a, b, &type##_format, s);                         \
    }                                                                          \
                                                                               \
    type type##_div(type a, type b, float_status *s)                           \
    {                                                                          \
        if (host_may(s) && type##_is_normal(a) && type##_is_normal(b)) {       \
            host_##type x = { a }, y = { b }, r;                               \
                                                                               \
            r.value = x.value / y.value;                                       \
            if (type##_trusts(r.value)) {                                      \
                return r.bits;                                                 \
            }                                                                  \
        }                                                                      \
        return divide_bits(a, b, &type##_format, s);                           \
    }                                                                          \
                                                                               \
    type type##_sqrt(type a, float_status *s)                                  \
    {                                                                          \
        if (host_may(s) && type##_is_normal(a) && !type##_is_neg(a)) {         \
            host_##type x = { a }, r;                                          \
                                                                               \
            r.value = root_function(x.value);                                  \
            return r.bits;                                                     \
        }                                                                      \
        return root_bits(a, &type##_format, s);                                \
    }                                                                          \
                                                                               \
    type type##_muladd(type a, type b, type c, int flags, float_status *s)     \
    {                                                                          \
        if (host_may(s) && type##_is_normal(a) && type##_is_normal(b) &&       \
            type##_takes(c)) {                                                 \
            bool negate_a = flags & float_muladd_negate_product;               \
            bool negate_c = flags & float_muladd_negate_c;                     \
            host_##type x = { negate_a ? type##_chs(a) : a }, y = { b };       \
            host_##type z = { negate_c ? type##_chs(c) : c }, r;               \
                                                                               \
            r.value = fma_function(x.value, y.value, z.value);                 \
            if (type##_trusts(r.value)) {                                      \
                return flags & float_muladd_negate_result ? type##_chs(r.bits) \
                                                          : r.bits;            \
            }                                                                  \
        }                                                                      \
        return muladd_bits(a, b, c, flags, &type##_format, s);                 \
    }

HOST_OPERATIONS(float32, float, fmaf, sqrtf)
HOST_OPERATIONS(float64, double, fma, sqrt)

float16 float16_add(float16 a, float16 b, float_status *s)
{
    return add_bits(a, b, false, &float16_format, s);
}

float16 float16_sub(float16 a, float16 b, float_status *s)
{
    return add_bits(a, b, true, &float16_format, s);
}

float16 float16_mul(float16 a, float16 b, float_status *s)
{
    return multiply_bits(a, b, &float16_format, s);
}

float16 float16_div(float16 a, float16 b, float_status *s)
{
    return divide_bits(a, b, &float16_format, s);
}

float16 float16_sqrt(float16 a, float_status *s)
{
    return root_bits(a, &float16_format, s);
}

float16 float16_muladd(float16 a, float16 b, float16 c, int flags,
                       float_status *s)
{
    return muladd_bits(a, b, c, flags, &float16_format, s);
}

#define SCALE(type)                                                            \
    type type##_scalbn(type a, int n, float_status *s)                         \
    {                                                                          \
        return scale_bits(a, n, &type##_format, s);                            \
    }

SCALE(float16)
SCALE(float32)
SCALE(float64)
