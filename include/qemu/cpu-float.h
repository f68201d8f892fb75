/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point numbers and the integers that have the same bits. */
#ifndef QEMU_CPU_FLOAT_H
#define QEMU_CPU_FLOAT_H

#include "fpu/softfloat-types.h"

typedef union {
    float32 f;
    uint32_t l;
} CPU_FloatU;

typedef union {
    float64 d;
    struct {
#if HOST_BIG_ENDIAN
        uint32_t upper, lower;
#else
        uint32_t lower, upper;
#endif
    } l;
    uint64_t ll;
} CPU_DoubleU;

typedef union {
    floatx80 d;
    struct {
        uint64_t lower;
        uint16_t upper;
    } l;
} CPU_LDoubleU;

typedef union {
    float128 q;
#if HOST_BIG_ENDIAN
    struct {
        uint32_t upmost, upper, lower, lowest;
    } l;
    struct {
        uint64_t upper, lower;
    } ll;
#else
    struct {
        uint32_t lowest, lower, upper, upmost;
    } l;
    struct {
        uint64_t lower, upper;
    } ll;
#endif
} CPU_QuadU;

#endif
