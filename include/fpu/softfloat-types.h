/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bits of IEEE 754 numbers, as guests have them. These are no host types:
 * nothing can be computed with them by operators.
 */
#ifndef SOFTFLOAT_TYPES_H
#define SOFTFLOAT_TYPES_H

typedef uint16_t float16;
typedef uint32_t float32;
typedef uint64_t float64;
typedef uint16_t bfloat16;

#define float16_val(x)  (x)
#define float32_val(x)  (x)
#define float64_val(x)  (x)
#define make_float16(x) (x)
#define make_float32(x) (x)
#define make_float64(x) (x)

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

#endif
