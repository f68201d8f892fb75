/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating point beyond what softfloat has: FCLASS, FLI, FROUND, FCVTMOD, and
 * fflags as the CSR shows them (unprivileged architecture, chapters F, D, Zfh,
 * Zfa).
 */
#include "qemu/osdep.h"

#include "insn-ops.h"

const int8_t riscv_rounding_modes[8] = {
    [RISCV_FRM_RNE] = float_round_nearest_even,
    [RISCV_FRM_RTZ] = float_round_to_zero,
    [RISCV_FRM_RDN] = float_round_down,
    [RISCV_FRM_RUP] = float_round_up,
    [RISCV_FRM_RMM] = float_round_ties_away,
    [5] = -1,
    [6] = -1,
    [7] = -1,
};

/* ---- flags --------------------------------------------------------------- */

static const struct {
    uint8_t fflag;
    uint16_t float_flag;
} flags_map[] = {
    { FPEXC_NX, float_flag_inexact }, /* in the order of the bits */
    { FPEXC_UF, float_flag_underflow }, { FPEXC_OF, float_flag_overflow },
    { FPEXC_DZ, float_flag_divbyzero }, { FPEXC_NV, float_flag_invalid },
};

target_ulong riscv_cpu_get_fflags(CPURISCVState *env)
{
    int soft = get_float_exception_flags(&env->fp_status);
    target_ulong flags = 0;

    for (size_t i = 0; i < ARRAY_SIZE(flags_map); i++) {
        if (soft & flags_map[i].float_flag) {
            flags |= flags_map[i].fflag;
        }
    }
    return flags;
}

void riscv_cpu_set_fflags(CPURISCVState *env, target_ulong flags)
{
    int soft = 0;

    for (size_t i = 0; i < ARRAY_SIZE(flags_map); i++) {
        if (flags & flags_map[i].fflag) {
            soft |= flags_map[i].float_flag;
        }
    }
    set_float_exception_flags(soft, &env->fp_status);
}

/* ---- classes ------------------------------------------------------------- */

/* Bits of FCLASS. */
enum {
    CLASS_NEG_INF,
    CLASS_NEG_NORMAL,
    CLASS_NEG_SUBNORMAL,
    CLASS_NEG_ZERO,
    CLASS_POS_ZERO,
    CLASS_POS_SUBNORMAL,
    CLASS_POS_NORMAL,
    CLASS_POS_INF,
    CLASS_SNAN,
    CLASS_QNAN,
};

/* Of a number with @frac bits of fraction and @exp bits of exponent. */
static target_ulong classify(uint64_t a, int frac, int exp)
{
    uint64_t fraction = extract64(a, 0, frac);
    uint64_t exponent = extract64(a, frac, exp);
    bool sign = extract64(a, frac + exp, 1);
    int positive;

    if (exponent == (1ULL << exp) - 1) {
        if (fraction) {
            return 1 << (fraction >> (frac - 1) ? CLASS_QNAN : CLASS_SNAN);
        }
        positive = CLASS_POS_INF;
    } else if (exponent) {
        positive = CLASS_POS_NORMAL;
    } else {
        positive = fraction ? CLASS_POS_SUBNORMAL : CLASS_POS_ZERO;
    }
    /* The negative classes are the mirror image. */
    return 1 << (sign ? CLASS_POS_INF - positive : positive);
}

target_ulong fclass_h(uint64_t frs1)
{
    return classify(frs1, 10, 5);
}

target_ulong fclass_s(uint64_t frs1)
{
    return classify(frs1, 23, 8);
}

target_ulong fclass_d(uint64_t frs1)
{
    return classify(frs1, 52, 11);
}

/* ---- Zfa ----------------------------------------------------------------- */

/*
 * -1, the smallest normal number, 2^-16, 2^-15, 2^-8, 2^-7, 2^-4, 2^-3, 0.25 to
 * 3 as listed, 4, 8, 16, 128, 256, 2^15, 2^16, infinity, the default NaN.
 */
const float32 riscv_fli_s[32] = {
    0xbf800000, 0x00800000, 0x37800000, 0x38000000, 0x3b800000, 0x3c000000,
    0x3d800000, 0x3e000000, 0x3e800000, 0x3ea00000, 0x3ec00000, 0x3ee00000,
    0x3f000000, 0x3f200000, 0x3f400000, 0x3f600000, 0x3f800000, 0x3fa00000,
    0x3fc00000, 0x3fe00000, 0x40000000, 0x40200000, 0x40400000, 0x40800000,
    0x41000000, 0x41800000, 0x43000000, 0x43800000, 0x47000000, 0x47800000,
    0x7f800000, 0x7fc00000,
};

const float64 riscv_fli_d[32] = {
    0xbff0000000000000, 0x0010000000000000, 0x3ef0000000000000,
    0x3f00000000000000, 0x3f70000000000000, 0x3f80000000000000,
    0x3fb0000000000000, 0x3fc0000000000000, 0x3fd0000000000000,
    0x3fd4000000000000, 0x3fd8000000000000, 0x3fdc000000000000,
    0x3fe0000000000000, 0x3fe4000000000000, 0x3fe8000000000000,
    0x3fec000000000000, 0x3ff0000000000000, 0x3ff4000000000000,
    0x3ff8000000000000, 0x3ffc000000000000, 0x4000000000000000,
    0x4004000000000000, 0x4008000000000000, 0x4010000000000000,
    0x4020000000000000, 0x4030000000000000, 0x4060000000000000,
    0x4070000000000000, 0x40e0000000000000, 0x40f0000000000000,
    0x7ff0000000000000, 0x7ff8000000000000,
};

/* 2^-16 and 2^-15 are subnormal, 2^16 is infinity. */
const float16 riscv_fli_h[32] = {
    0xbc00, 0x0400, 0x0100, 0x0200, 0x1c00, 0x2000, 0x2c00, 0x3000,
    0x3400, 0x3500, 0x3600, 0x3700, 0x3800, 0x3900, 0x3a00, 0x3b00,
    0x3c00, 0x3d00, 0x3e00, 0x3f00, 0x4000, 0x4100, 0x4200, 0x4400,
    0x4800, 0x4c00, 0x5800, 0x5c00, 0x7800, 0x7c00, 0x7c00, 0x7e00,
};

/* Flags other than inexact stay; inexact as it was. */
#define FROUND(format, suffix)                                                 \
    format riscv_fround_##suffix(CPURISCVState *env, format a)                 \
    {                                                                          \
        int before = get_float_exception_flags(&env->fp_status);               \
        format r = format##_round_to_int(a, &env->fp_status);                  \
        int after = get_float_exception_flags(&env->fp_status);                \
                                                                               \
        after = (after & ~float_flag_inexact) | (before & float_flag_inexact); \
        set_float_exception_flags(after, &env->fp_status);                     \
        return r;                                                              \
    }

FROUND(float16, h)
FROUND(float32, s)
FROUND(float64, d)

uint64_t riscv_fcvtmod_w_d(CPURISCVState *env, float64 a)
{
    uint64_t bits = a;
    uint64_t fraction = extract64(bits, 0, 52);
    int exponent = extract64(bits, 52, 11);
    bool negative = bits >> 63;
    uint64_t whole, flags = 0;

    if (exponent == 0x7ff) {
        float_raise(float_flag_invalid, &env->fp_status);
        return 0;
    }
    if (exponent < 1023) {
        if (exponent || fraction) {
            float_raise(float_flag_inexact, &env->fp_status);
        }
        return 0;
    }
    fraction |= 1ULL << 52;
    exponent -= 1023 + 52;
    if (exponent >= 0) {
        whole = exponent < 32 ? fraction << exponent : 0;
        flags = float_flag_invalid;
    } else {
        whole = fraction >> -exponent;
        if (whole << -exponent != fraction) {
            flags = float_flag_inexact;
        }
        if (whole > (uint64_t)INT32_MAX + negative) {
            flags = float_flag_invalid;
        }
    }
    if (flags) {
        float_raise(flags, &env->fp_status);
    }
    return (int32_t)(negative ? -whole : whole);
}
