/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 754 arithmetic in integers: exact, the same on every host.
 *
 * Formats: float16, float32, float64 (see softfloat-types.h). Each function
 * works as the standard defines the operation of that name, rounds once as
 * status->float_rounding_mode says, and adds the exceptions that occur to
 * status->float_exception_flags. A signaling NaN as operand raises invalid;
 * which NaN results is up to the status.
 *
 * The common cases (all operands and the result normal, rounding to nearest,
 * and inexact already collected) are computed by the host where that gives the
 * same bits. No locking: a status belongs to one thread.
 *
 * The declarations are made by one macro for all formats, since a function
 * exists for each of them or for none.
 */
#ifndef FPU_SOFTFLOAT_H
#define FPU_SOFTFLOAT_H

#include "fpu/softfloat-types.h"
#include "fpu/softfloat-helpers.h"

/* Adds to the collected exceptions. */
static inline void float_raise(uint16_t flags, float_status *status)
{
    status->float_exception_flags |= flags;
}

/* For muladd: what is negated. The whole result before it is rounded. */
enum {
    float_muladd_negate_c = 1,
    float_muladd_negate_product = 2,
    float_muladd_negate_result = 4,
};

#define FLOAT_DECLARE(type, sign_bit, exp_mask)                                \
    /* The NaN that status asks for. */                                        \
    type type##_default_nan(float_status *status);                             \
    bool type##_is_quiet_nan(type a, float_status *status);                    \
    bool type##_is_signaling_nan(type a, float_status *status);                \
    /* A NaN with the quiet bit set; raises nothing. */                        \
    type type##_silence_nan(type a, float_status *status);                     \
                                                                               \
    type type##_add(type a, type b, float_status *status);                     \
    type type##_sub(type a, type b, float_status *status);                     \
    type type##_mul(type a, type b, float_status *status);                     \
    type type##_div(type a, type b, float_status *status);                     \
    type type##_sqrt(type a, float_status *status);                            \
    /* a * b + c, rounded once. flags: float_muladd_*. Infinity times zero is  \
     * invalid whatever c is. */                                               \
    type type##_muladd(type a, type b, type c, int flags,                      \
                       float_status *status);                                  \
    /* a * 2^n */                                                              \
    type type##_scalbn(type a, int n, float_status *status);                   \
    /* To an integer of the same format; raises inexact. */                    \
    type type##_round_to_int(type a, float_status *status);                    \
                                                                               \
    /* minNum and maxNum of IEEE 754-2008; minimumNumber and maximumNumber of  \
     * 754-2019 (a signaling NaN raises invalid, the number is the result);    \
     * min and max: a NaN operand gives a NaN. -0 is less than +0. */          \
    type type##_min(type a, type b, float_status *status);                     \
    type type##_max(type a, type b, float_status *status);                     \
    type type##_minnum(type a, type b, float_status *status);                  \
    type type##_maxnum(type a, type b, float_status *status);                  \
    type type##_minimum_number(type a, type b, float_status *status);          \
    type type##_maximum_number(type a, type b, float_status *status);          \
                                                                               \
    /* _compare raises invalid for any NaN, _compare_quiet for signaling ones. \
     */                                                                        \
    FloatRelation type##_compare(type a, type b, float_status *status);        \
    FloatRelation type##_compare_quiet(type a, type b, float_status *status);  \
                                                                               \
    /* To integers. What does not fit is invalid, and not inexact, and gives   \
     * the nearest limit; a NaN gives the highest. */                          \
    int16_t type##_to_int16(type a, float_status *status);                     \
    int32_t type##_to_int32(type a, float_status *status);                     \
    int64_t type##_to_int64(type a, float_status *status);                     \
    uint16_t type##_to_uint16(type a, float_status *status);                   \
    uint32_t type##_to_uint32(type a, float_status *status);                   \
    uint64_t type##_to_uint64(type a, float_status *status);                   \
    int32_t type##_to_int32_round_to_zero(type a, float_status *status);       \
    int64_t type##_to_int64_round_to_zero(type a, float_status *status);       \
    uint32_t type##_to_uint32_round_to_zero(type a, float_status *status);     \
    uint64_t type##_to_uint64_round_to_zero(type a, float_status *status);     \
    /* Rounded; then the low bits, as JavaScript converts. What does not fit   \
     * is invalid; a NaN or an infinity gives 0. */                            \
    int32_t type##_to_int32_modulo(type a, FloatRoundMode mode,                \
                                   float_status *status);                      \
    int64_t type##_to_int64_modulo(type a, FloatRoundMode mode,                \
                                   float_status *status);                      \
                                                                               \
    type int16_to_##type(int16_t a, float_status *status);                     \
    type int32_to_##type(int32_t a, float_status *status);                     \
    type int64_to_##type(int64_t a, float_status *status);                     \
    type uint16_to_##type(uint16_t a, float_status *status);                   \
    type uint32_to_##type(uint32_t a, float_status *status);                   \
    type uint64_to_##type(uint64_t a, float_status *status);                   \
                                                                               \
    static inline bool type##_is_any_nan(type a)                               \
    {                                                                          \
        return (a & ~(type)sign_bit) > (type)exp_mask;                         \
    }                                                                          \
    static inline bool type##_is_neg(type a)                                   \
    {                                                                          \
        return (a & sign_bit) != 0;                                            \
    }                                                                          \
    static inline bool type##_is_infinity(type a)                              \
    {                                                                          \
        return (a & ~(type)sign_bit) == (type)exp_mask;                        \
    }                                                                          \
    static inline bool type##_is_zero(type a)                                  \
    {                                                                          \
        return (a & ~(type)sign_bit) == 0;                                     \
    }                                                                          \
    static inline bool type##_is_zero_or_denormal(type a)                      \
    {                                                                          \
        return (a & exp_mask) == 0;                                            \
    }                                                                          \
    static inline bool type##_is_denormal(type a)                              \
    {                                                                          \
        return type##_is_zero_or_denormal(a) && !type##_is_zero(a);            \
    }                                                                          \
    static inline bool type##_is_normal(type a)                                \
    {                                                                          \
        return (a & exp_mask) != 0 && (a & exp_mask) != exp_mask;              \
    }                                                                          \
    static inline bool type##_is_zero_or_normal(type a)                        \
    {                                                                          \
        return type##_is_normal(a) || type##_is_zero(a);                       \
    }                                                                          \
    static inline type type##_abs(type a)                                      \
    {                                                                          \
        return a & ~(type)sign_bit;                                            \
    }                                                                          \
    static inline type type##_chs(type a)                                      \
    {                                                                          \
        return a ^ sign_bit;                                                   \
    }                                                                          \
    static inline type type##_set_sign(type a, int sign)                       \
    {                                                                          \
        return sign ? a | sign_bit : a & ~(type)sign_bit;                      \
    }                                                                          \
    static inline bool type##_eq(type a, type b, float_status *s)              \
    {                                                                          \
        return type##_compare(a, b, s) == float_relation_equal;                \
    }                                                                          \
    static inline bool type##_le(type a, type b, float_status *s)              \
    {                                                                          \
        return type##_compare(a, b, s) <= float_relation_equal;                \
    }                                                                          \
    static inline bool type##_lt(type a, type b, float_status *s)              \
    {                                                                          \
        return type##_compare(a, b, s) < float_relation_equal;                 \
    }                                                                          \
    static inline bool type##_unordered(type a, type b, float_status *s)       \
    {                                                                          \
        return type##_compare(a, b, s) == float_relation_unordered;            \
    }                                                                          \
    static inline bool type##_eq_quiet(type a, type b, float_status *s)        \
    {                                                                          \
        return type##_compare_quiet(a, b, s) == float_relation_equal;          \
    }                                                                          \
    static inline bool type##_le_quiet(type a, type b, float_status *s)        \
    {                                                                          \
        return type##_compare_quiet(a, b, s) <= float_relation_equal;          \
    }                                                                          \
    static inline bool type##_lt_quiet(type a, type b, float_status *s)        \
    {                                                                          \
        return type##_compare_quiet(a, b, s) < float_relation_equal;           \
    }                                                                          \
    static inline bool type##_unordered_quiet(type a, type b, float_status *s) \
    {                                                                          \
        return type##_compare_quiet(a, b, s) == float_relation_unordered;      \
    }

FLOAT_DECLARE(float16, 0x8000, 0x7c00)
FLOAT_DECLARE(float32, 0x80000000u, 0x7f800000)
FLOAT_DECLARE(float64, 0x8000000000000000ull, 0x7ff0000000000000ull)
#undef FLOAT_DECLARE

#define float16_zero 0
#define float16_half 0x3800
#define float16_one 0x3c00
#define float16_infinity 0x7c00
#define float32_zero 0
#define float32_half 0x3f000000
#define float32_one 0x3f800000
#define float32_infinity 0x7f800000
#define float64_zero 0
#define float64_half 0x3fe0000000000000ull
#define float64_one 0x3ff0000000000000ull
#define float64_infinity 0x7ff0000000000000ull

/* Between formats. @ieee: as IEEE 754 has float16; the other form that Arm
 * has, without infinities and NaNs, is not implemented: pass true. */
float32 float16_to_float32(float16 a, bool ieee, float_status *status);
float64 float16_to_float64(float16 a, bool ieee, float_status *status);
float16 float32_to_float16(float32 a, bool ieee, float_status *status);
float16 float64_to_float16(float64 a, bool ieee, float_status *status);
float64 float32_to_float64(float32 a, float_status *status);
float32 float64_to_float32(float64 a, float_status *status);

#endif
