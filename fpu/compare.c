/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comparisons, the lesser and the greater, and what kind of NaN one is.
 */
#include "qemu/osdep.h"
#include "internal.h"

static FloatRelation compare_parts(const FloatParts *a, const FloatParts *b)
{
    int direction = a->sign ? -1 : 1;

    if (a->kind == FLOAT_ZERO && b->kind == FLOAT_ZERO) {
        return float_relation_equal;
    }
    if (a->sign != b->sign) {
        return direction;
    }
    if (a->kind != b->kind) {
        return a->kind > b->kind ? direction : -direction;
    }
    if (a->kind != FLOAT_FINITE || (a->exp == b->exp && a->m == b->m)) {
        return float_relation_equal;
    }
    if (a->exp != b->exp) {
        return a->exp > b->exp ? direction : -direction;
    }
    return a->m > b->m ? direction : -direction;
}

static FloatRelation compare_bits(uint64_t a, uint64_t b, bool quiet,
                                  const FloatFormat *f, float_status *status)
{
    FloatParts p = float_unpack(a, f);
    FloatParts q = float_unpack(b, f);

    if (float_parts_nan(&p) || float_parts_nan(&q)) {
        if (!quiet || p.kind == FLOAT_SNAN || q.kind == FLOAT_SNAN) {
            float_raise(float_flag_invalid, status);
        }
        return float_relation_unordered;
    }
    return compare_parts(&p, &q);
}

/* What a NaN operand means to the lesser and the greater */
typedef enum {
    NAN_WINS,         /* min, max */
    QUIET_NAN_YIELDS, /* minnum, maxnum: a signaling one wins */
    EVERY_NAN_YIELDS, /* minimum_number, maximum_number */
} NaNRule;

static uint64_t select_bits(uint64_t a, uint64_t b, bool greater, NaNRule rule,
                            const FloatFormat *f, float_status *status)
{
    FloatParts p[2] = { float_unpack(a, f), float_unpack(b, f) };
    bool nan_a = float_parts_nan(&p[0]);
    bool nan_b = float_parts_nan(&p[1]);
    bool signaling = p[0].kind == FLOAT_SNAN || p[1].kind == FLOAT_SNAN;
    FloatRelation relation;

    if (nan_a || nan_b) {
        bool yields = rule == EVERY_NAN_YIELDS ||
                      (rule == QUIET_NAN_YIELDS && !signaling);

        if (yields && nan_a != nan_b) {
            float_raise(signaling ? float_flag_invalid : 0, status);
            return nan_a ? b : a;
        }
        return float_propagate_nan(p, 2, f, status);
    }
    relation = compare_parts(&p[0], &p[1]);
    if (relation == float_relation_equal) {
        /* Zeros of both signs are equal; the negative one is the lesser. */
        return p[0].sign == greater ? b : a;
    }
    return (relation == float_relation_greater) == greater ? a : b;
}

static bool is_nan_of(uint64_t a, FloatClass kind, const FloatFormat *f)
{
    return float_unpack(a, f).kind == kind;
}

#define COMPARISONS(type)                                                      \
    FloatRelation type##_compare(type a, type b, float_status *s)              \
    {                                                                          \
        return compare_bits(a, b, false, &type##_format, s);                   \
    }                                                                          \
    FloatRelation type##_compare_quiet(type a, type b, float_status *s)        \
    {                                                                          \
        return compare_bits(a, b, true, &type##_format, s);                    \
    }                                                                          \
    type type##_min(type a, type b, float_status *s)                           \
    {                                                                          \
        return select_bits(a, b, false, NAN_WINS, &type##_format, s);          \
    }                                                                          \
    type type##_max(type a, type b, float_status *s)                           \
    {                                                                          \
        return select_bits(a, b, true, NAN_WINS, &type##_format, s);           \
    }                                                                          \
    type type##_minnum(type a, type b, float_status *s)                        \
    {                                                                          \
        return select_bits(a, b, false, QUIET_NAN_YIELDS, &type##_format, s);  \
    }                                                                          \
    type type##_maxnum(type a, type b, float_status *s)                        \
    {                                                                          \
        return select_bits(a, b, true, QUIET_NAN_YIELDS, &type##_format, s);   \
    }                                                                          \
    type type##_minimum_number(type a, type b, float_status *s)                \
    {                                                                          \
        return select_bits(a, b, false, EVERY_NAN_YIELDS, &type##_format, s);  \
    }                                                                          \
    type type##_maximum_number(type a, type b, float_status *s)                \
    {                                                                          \
        return select_bits(a, b, true, EVERY_NAN_YIELDS, &type##_format, s);   \
    }                                                                          \
    bool type##_is_quiet_nan(type a, float_status *s)                          \
    {                                                                          \
        return is_nan_of(a, FLOAT_QNAN, &type##_format);                       \
    }                                                                          \
    bool type##_is_signaling_nan(type a, float_status *s)                      \
    {                                                                          \
        return is_nan_of(a, FLOAT_SNAN, &type##_format);                       \
    }                                                                          \
    type type##_silence_nan(type a, float_status *s)                           \
    {                                                                          \
        return a | (type)1 << (type##_format.frac_bits - 1);                   \
    }                                                                          \
    type type##_default_nan(float_status *s)                                   \
    {                                                                          \
        return float_default_nan(&type##_format, s);                           \
    }

COMPARISONS(float16)
COMPARISONS(float32)
COMPARISONS(float64)
