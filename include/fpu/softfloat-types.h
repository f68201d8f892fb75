/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 754 numbers as bit patterns, and the state that their arithmetic has.
 *
 * A guest's floating point cannot be left to the host's: rounding modes, NaNs
 * and flags differ. So a float32 is a uint32_t with the number's encoding, and
 * each operation takes a float_status: how to round, which exceptions have
 * occurred. See fpu/softfloat.h for the operations.
 */
#ifndef FPU_SOFTFLOAT_TYPES_H
#define FPU_SOFTFLOAT_TYPES_H

typedef uint16_t float16;
typedef uint32_t float32;
typedef uint64_t float64;
typedef uint16_t bfloat16;

/* x87's 80 bits; high has the sign and the exponent. */
typedef struct {
    uint64_t low;
    uint16_t high;
} floatx80;

typedef struct {
#if HOST_BIG_ENDIAN
    uint64_t high, low;
#else
    uint64_t low, high;
#endif
} float128;

#define float16_val(x) (x)
#define float32_val(x) (x)
#define float64_val(x) (x)
#define make_float16(x) (x)
#define make_float32(x) (x)
#define make_float64(x) (x)
#define const_float16(x) (x)
#define const_float32(x) (x)
#define const_float64(x) (x)

/* Whether a result is tiny is decided before or after it is rounded. */
#define float_tininess_after_rounding false
#define float_tininess_before_rounding true

typedef enum __attribute__((__packed__)) {
    float_round_nearest_even = 0,
    float_round_down = 1,
    float_round_up = 2,
    float_round_to_zero = 3,
    float_round_ties_away = 4,
    /* Not in IEEE 754: what is inexact becomes odd; overflow gives the largest
     * number, or with _inf an infinity. */
    float_round_to_odd = 5,
    float_round_to_odd_inf = 6,
} FloatRoundMode;

/* The exceptions of IEEE 754, as bits of float_exception_flags */
enum {
    float_flag_invalid = 0x0001,
    float_flag_divbyzero = 0x0002,
    float_flag_overflow = 0x0004,
    float_flag_underflow = 0x0008,
    float_flag_inexact = 0x0010,
};

typedef struct float_status {
    uint16_t float_exception_flags; /* collected; nobody but the user clears */
    FloatRoundMode float_rounding_mode;
    bool tininess_before_rounding;
    /* Every NaN that results is the default NaN; else an operand's is kept,
     * the first that is one, quieted. */
    bool default_nan_mode;
    /* Bit 7: the default NaN's sign. Bits 6..0: the highest bits of its
     * fraction, of which bit 0 is repeated to the end. Never 0. */
    uint8_t default_nan_pattern;
} float_status;

/* How two numbers compare */
typedef enum {
    float_relation_less = -1,
    float_relation_equal = 0,
    float_relation_greater = 1,
    float_relation_unordered = 2,
} FloatRelation;

#endif
