/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's floating point against the host's, in every rounding mode that
 * the host has, with its flags, on random and special operands; rounding of
 * ties away from zero against products and sums that are exact in 128 bits.
 *
 * PLATEAU_FLOAT_CASES=N: so many operands for each operation and mode.
 */
#include "qemu/osdep.h"
#include <fenv.h>
#include <math.h>
#include "fpu/softfloat.h"

static int cases;

static const struct {
    FloatRoundMode mode;
    int fenv;
} modes[] = {
    { float_round_nearest_even, FE_TONEAREST },
    { float_round_down, FE_DOWNWARD },
    { float_round_up, FE_UPWARD },
    { float_round_to_zero, FE_TOWARDZERO },
};

static float_status new_status(FloatRoundMode mode)
{
    return (float_status){ .float_rounding_mode = mode,
                           .default_nan_mode = true,
                           .default_nan_pattern = 0x40 };
}

static int host_flags(void)
{
    int f = fetestexcept(FE_ALL_EXCEPT);

    return (f & FE_INVALID ? float_flag_invalid : 0) |
           (f & FE_DIVBYZERO ? float_flag_divbyzero : 0) |
           (f & FE_OVERFLOW ? float_flag_overflow : 0) |
           (f & FE_UNDERFLOW ? float_flag_underflow : 0) |
           (f & FE_INEXACT ? float_flag_inexact : 0);
}

/*** Operands. ***/

static uint64_t random64(void)
{
    return (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

/* Bits with long runs, exponents near each other, near the limits, anything. */
static uint64_t random_bits(int exp_bits, int frac_bits)
{
    uint64_t frac = random64() & ((1ull << frac_bits) - 1);
    uint64_t exp_max = (1u << exp_bits) - 1;
    uint64_t bias = exp_max >> 1;
    uint64_t exp;

    switch (g_test_rand_int_range(0, 6)) {
    case 0:
        exp = random64() & exp_max;
        break;
    case 1:
        exp = bias + g_test_rand_int_range(-4, 5);
        break;
    case 2:
        exp = g_test_rand_int_range(0, 4);
        break;
    case 3:
        exp = exp_max - g_test_rand_int_range(0, 4);
        break;
    case 4:
        exp = bias + g_test_rand_int_range(-frac_bits - 3, frac_bits + 4);
        break;
    default:
        exp = bias / 2 + g_test_rand_int_range(-3, 4);
        break;
    }
    switch (g_test_rand_int_range(0, 5)) {
    case 0:
        frac = 0;
        break;
    case 1:
        frac = (1ull << g_test_rand_int_range(0, frac_bits)) - 1;
        break;
    case 2:
        frac = ~((1ull << g_test_rand_int_range(0, frac_bits)) - 1) &
               ((1ull << frac_bits) - 1);
        break;
    default:
        break;
    }
    return (random64() & 1) << (exp_bits + frac_bits) | exp << frac_bits | frac;
}

static uint32_t random_float32(void)
{
    return random_bits(8, 23);
}

static uint64_t random_float64(void)
{
    return random_bits(11, 52);
}

/*** The host's operations against ours. ***/

#define AGAINST_HOST(type, host, fma_function, root_function, quiet)           \
    typedef union {                                                            \
        type bits;                                                             \
        host value;                                                            \
    } operand_##type;                                                          \
                                                                               \
    static type type##_by_host(int op, type a, type b, type c)                 \
    {                                                                          \
        volatile operand_##type x = { a }, y = { b }, z = { c }, r;            \
                                                                               \
        switch (op) {                                                          \
        case 0:                                                                \
            r.value = x.value + y.value;                                       \
            break;                                                             \
        case 1:                                                                \
            r.value = x.value - y.value;                                       \
            break;                                                             \
        case 2:                                                                \
            r.value = x.value * y.value;                                       \
            break;                                                             \
        case 3:                                                                \
            r.value = x.value / y.value;                                       \
            break;                                                             \
        case 4:                                                                \
            r.value = root_function(x.value);                                  \
            break;                                                             \
        default:                                                               \
            r.value = fma_function(x.value, y.value, z.value);                 \
            break;                                                             \
        }                                                                      \
        return type##_is_any_nan(r.bits) ? quiet : r.bits;                     \
    }                                                                          \
                                                                               \
    static type type##_by_us(int op, type a, type b, type c, float_status *s)  \
    {                                                                          \
        switch (op) {                                                          \
        case 0:                                                                \
            return type##_add(a, b, s);                                        \
        case 1:                                                                \
            return type##_sub(a, b, s);                                        \
        case 2:                                                                \
            return type##_mul(a, b, s);                                        \
        case 3:                                                                \
            return type##_div(a, b, s);                                        \
        case 4:                                                                \
            return type##_sqrt(a, s);                                          \
        default:                                                               \
            return type##_muladd(a, b, c, 0, s);                               \
        }                                                                      \
    }                                                                          \
                                                                               \
    static bool type##_host_differs(type a, type b, type c)                    \
    {                                                                          \
        /* Whether 0 * inf + NaN is invalid is up to the implementation. */    \
        return (type##_is_zero(a) || type##_is_zero(b)) &&                     \
               (type##_is_infinity(a) || type##_is_infinity(b)) &&             \
               type##_is_any_nan(c);                                           \
    }                                                                          \
                                                                               \
    static void type##_case(int op, int m, type a, type b, type c, bool fast)  \
    {                                                                          \
        float_status s = new_status(modes[m].mode);                            \
        type expected, got;                                                    \
        int flags;                                                             \
                                                                               \
        feclearexcept(FE_ALL_EXCEPT);                                          \
        fesetround(modes[m].fenv);                                             \
        expected = type##_by_host(op, a, b, c);                                \
        flags = host_flags();                                                  \
        fesetround(FE_TONEAREST);                                              \
        if (fast) {                                                            \
            float_raise(float_flag_inexact, &s);                               \
            flags |= float_flag_inexact;                                       \
        }                                                                      \
        got = type##_by_us(op, a, b, c, &s);                                   \
        if (got != expected || s.float_exception_flags != flags) {             \
            g_error(#type " op %d mode %d: %" PRIx64 " %" PRIx64 " %" PRIx64   \
                          ": %" PRIx64 " flags %x, host %" PRIx64 " flags %x", \
                    op, m, (uint64_t)a, (uint64_t)b, (uint64_t)c,              \
                    (uint64_t)got, s.float_exception_flags,                    \
                    (uint64_t)expected, flags);                                \
        }                                                                      \
    }                                                                          \
                                                                               \
    static void test_##type(void)                                              \
    {                                                                          \
        for (int op = 0; op < 6; op++) {                                       \
            for (int i = 0; i < cases; i++) {                                  \
                type a = random_##type(), b = random_##type();                 \
                type c = random_##type();                                      \
                                                                               \
                if (i % 16 == 0) {                                             \
                    /* A product that nearly cancels the addend */             \
                    float_status s = new_status(float_round_nearest_even);     \
                    c = type##_chs(type##_mul(a, b, &s)) + (i / 16 % 3) - 1;   \
                }                                                              \
                if (op == 5 && type##_host_differs(a, b, c)) {                 \
                    continue;                                                  \
                }                                                              \
                type##_case(op, i % G_N_ELEMENTS(modes), a, b, c, i & 8);      \
            }                                                                  \
        }                                                                      \
    }

AGAINST_HOST(float32, float, fmaf, sqrtf, 0x7fc00000)
AGAINST_HOST(float64, double, fma, sqrt, 0x7ff8000000000000)

/*** Ties away from zero: exact in 128 bits, then the nearer neighbour. ***/

typedef __float128 Quad;

static Quad quad_of(float64 bits)
{
    union {
        uint64_t bits;
        double value;
    } u = { bits };

    return u.value;
}

/* Of the neighbours of @exact, both representable, the one that is nearer. */
static float64 nearest_away(Quad exact, float64 down, float64 up)
{
    Quad below = exact - quad_of(down), above = quad_of(up) - exact;

    if (below == above) {
        return exact < 0 ? down : up;
    }
    return below < above ? down : up;
}

static void test_ties_away(void)
{
    for (int i = 0; i < cases; i++) {
        float_status near = new_status(float_round_ties_away);
        float_status down = new_status(float_round_down);
        float_status up = new_status(float_round_up);
        /* Between 2^-200 and 2^200, with few bits: ties are frequent. */
        uint64_t mask = ~0ull << g_test_rand_int_range(0, 50);
        float64 a = (random64() & 0x800fffffffffffffull & mask) |
                    (uint64_t)g_test_rand_int_range(823, 1223) << 52;
        float64 b = (random64() & 0x800fffffffffffffull & mask) |
                    (uint64_t)g_test_rand_int_range(823, 1223) << 52;
        Quad product = quad_of(a) * quad_of(b);
        float64 expected = nearest_away(product, float64_mul(a, b, &down),
                                        float64_mul(a, b, &up));

        g_assert_cmphex(float64_mul(a, b, &near), ==, expected);
        /* So near that the sum is exact in 113 bits */
        b = (b & 0x800fffffffffffffull) |
            ((a >> 52 & 0x7ff) + g_test_rand_int_range(-58, 59)) << 52;
        expected =
            nearest_away(quad_of(a) + quad_of(b), float64_add(a, b, &down),
                         float64_add(a, b, &up));
        if (float64_is_zero(expected)) {
            continue;
        }
        g_assert_cmphex(float64_add(a, b, &near), ==, expected);
    }
}

/*** Conversions. ***/

static void test_to_integer(void)
{
    for (int i = 0; i < cases; i++) {
        int m = i % G_N_ELEMENTS(modes);
        float64 a = random_float64();
        union {
            uint64_t bits;
            double value;
        } u = { a };
        float_status s = new_status(modes[m].mode);
        int64_t got = float64_to_int64(a, &s);
        volatile double rounded;

        if (float64_is_any_nan(a)) {
            g_assert_cmpint(got, ==, INT64_MAX);
            g_assert_cmpint(s.float_exception_flags, ==, float_flag_invalid);
            continue;
        }
        fesetround(modes[m].fenv);
        rounded = nearbyint(u.value);
        fesetround(FE_TONEAREST);
        if (rounded >= 0x1p63 || rounded < -0x1p63) {
            g_assert_cmpint(got, ==, rounded < 0 ? INT64_MIN : INT64_MAX);
            g_assert_cmpint(s.float_exception_flags, ==, float_flag_invalid);
        } else {
            g_assert_cmpint(got, ==, (int64_t)rounded);
            g_assert_cmpint(s.float_exception_flags, ==,
                            rounded == u.value ? 0 : float_flag_inexact);
        }

        s = new_status(modes[m].mode);
        if (rounded < 0 || rounded > UINT32_MAX) {
            g_assert_cmpuint(float64_to_uint32(a, &s), ==,
                             rounded < 0 ? 0 : UINT32_MAX);
            g_assert_cmpint(s.float_exception_flags, ==, float_flag_invalid);
        } else {
            g_assert_cmpuint(float64_to_uint32(a, &s), ==, (uint32_t)rounded);
        }
        s = new_status(modes[m].mode);
        u.value = rounded;
        if (!float64_is_zero(a)) {
            g_assert_cmphex(float64_round_to_int(a, &s), ==, u.bits);
        }
    }
}

static void test_from_integer(void)
{
    for (int i = 0; i < cases; i++) {
        int m = i % G_N_ELEMENTS(modes);
        uint64_t n = random64() >> g_test_rand_int_range(0, 64);
        float_status s = new_status(modes[m].mode);
        volatile union {
            uint32_t bits;
            float value;
        } f;
        volatile union {
            uint64_t bits;
            double value;
        } d;
        volatile int64_t host = n;
        volatile uint64_t host_unsigned = n;

        fesetround(modes[m].fenv);
        f.value = host;
        d.value = host;
        fesetround(FE_TONEAREST);
        g_assert_cmphex(int64_to_float32(n, &s), ==, f.bits);
        g_assert_cmphex(int64_to_float64(n, &s), ==, d.bits);
        if (modes[m].mode == float_round_nearest_even) {
            f.value = host_unsigned;
            d.value = host_unsigned;
            g_assert_cmphex(uint64_to_float32(n, &s), ==, f.bits);
            g_assert_cmphex(uint64_to_float64(n, &s), ==, d.bits);
        }
    }
}

static void test_formats(void)
{
    for (int i = 0; i < cases; i++) {
        int m = i % G_N_ELEMENTS(modes);
        float64 a = random_float64();
        float_status s = new_status(modes[m].mode);
        volatile union {
            uint64_t bits;
            double value;
        } d = { a };
        volatile union {
            uint32_t bits;
            float value;
        } f;
        float32 narrow;
        int flags;

        feclearexcept(FE_ALL_EXCEPT);
        fesetround(modes[m].fenv);
        f.value = d.value;
        flags = host_flags();
        fesetround(FE_TONEAREST);
        narrow = float64_to_float32(a, &s);
        g_assert_cmphex(narrow, ==,
                        float32_is_any_nan(f.bits) ? 0x7fc00000 : f.bits);
        g_assert_cmphex(s.float_exception_flags, ==, flags);

        d.value = f.value;
        s = new_status(modes[m].mode);
        g_assert_cmphex(float32_to_float64(narrow, &s), ==,
                        float64_is_any_nan(d.bits) ? 0x7ff8000000000000
                                                   : d.bits);
    }
}

/* Every float16 there is: to the wider formats and back is the same. */
static void test_half(void)
{
    float_status s = new_status(float_round_nearest_even);

    for (int i = 0; i < 0x10000; i++) {
        float16 back =
            float32_to_float16(float16_to_float32(i, true, &s), true, &s);

        g_assert_cmphex(back, ==, float16_is_any_nan(i) ? 0x7e00 : i);
        back = float64_to_float16(float16_to_float64(i, true, &s), true, &s);
        g_assert_cmphex(back, ==, float16_is_any_nan(i) ? 0x7e00 : i);
    }
    /* 1 + 2^-11 is between 1 and the next: a tie, to even */
    g_assert_cmphex(float32_to_float16(0x3f801000, true, &s), ==, 0x3c00);
    g_assert_cmphex(float32_to_float16(0x3f803000, true, &s), ==, 0x3c02);
}

static void test_modulo(void)
{
    float_status s = new_status(float_round_to_zero);

    /* 2^32 + 5, 2^40 * 3 + 7, 2^100, -1.5 */
    g_assert_cmpint(
        float64_to_int32_modulo(0x41f0000000500000, float_round_to_zero, &s),
        ==, 5);
    g_assert_cmphex(s.float_exception_flags, ==, float_flag_invalid);
    g_assert_cmpint(
        float64_to_int32_modulo(0x4630000000000000, float_round_to_zero, &s),
        ==, 0);
    set_float_exception_flags(0, &s);
    g_assert_cmpint(
        float64_to_int32_modulo(0xbff8000000000000, float_round_to_zero, &s),
        ==, -1);
    g_assert_cmphex(s.float_exception_flags, ==, float_flag_inexact);
}

/*** Comparisons. ***/

static void test_compare(void)
{
    for (int i = 0; i < cases; i++) {
        float64 a = random_float64();
        float64 b = i % 8 ? random_float64() : a;
        float_status s = new_status(0);
        union {
            uint64_t bits;
            double value;
        } x = { a }, y = { b };
        bool signaling =
            float64_is_signaling_nan(a, &s) || float64_is_signaling_nan(b, &s);
        bool unordered = isunordered(x.value, y.value);

        g_assert_cmpint(float64_eq_quiet(a, b, &s), ==, x.value == y.value);
        g_assert_cmphex(s.float_exception_flags, ==,
                        signaling ? float_flag_invalid : 0);
        set_float_exception_flags(0, &s);
        g_assert_cmpint(float64_lt(a, b, &s), ==, isless(x.value, y.value));
        g_assert_cmpint(float64_le(a, b, &s), ==,
                        islessequal(x.value, y.value));
        g_assert_cmphex(s.float_exception_flags, ==,
                        unordered ? float_flag_invalid : 0);
        if (!unordered && x.value != y.value) {
            bool less = x.value < y.value;

            g_assert_cmphex(float64_minimum_number(a, b, &s), ==, less ? a : b);
            g_assert_cmphex(float64_maxnum(a, b, &s), ==, less ? b : a);
        }
    }
}

static void test_least_and_greatest(void)
{
    float_status s = new_status(0);
    const float32 one = float32_one, quiet = 0x7fc00001, loud = 0x7f800001;
    const float32 minus_zero = 0x80000000;

    g_assert_cmphex(float32_minimum_number(0, minus_zero, &s), ==, minus_zero);
    g_assert_cmphex(float32_minimum_number(minus_zero, 0, &s), ==, minus_zero);
    g_assert_cmphex(float32_maximum_number(0, minus_zero, &s), ==, 0);
    g_assert_cmphex(float32_maximum_number(minus_zero, 0, &s), ==, 0);
    g_assert_cmphex(float32_minimum_number(one, quiet, &s), ==, one);
    g_assert_cmphex(float32_maximum_number(quiet, quiet, &s), ==, 0x7fc00000);
    g_assert_cmphex(s.float_exception_flags, ==, 0);
    g_assert_cmphex(float32_maximum_number(loud, one, &s), ==, one);
    g_assert_cmphex(s.float_exception_flags, ==, float_flag_invalid);
    g_assert_cmphex(float32_maxnum(loud, one, &s), ==, 0x7fc00000);
    g_assert_cmphex(float32_min(quiet, one, &s), ==, 0x7fc00000);
}

/*** NaNs. ***/

static void test_nan(void)
{
    float_status s = new_status(0);

    g_assert_cmphex(float32_muladd(float32_infinity, 0, 0x7fc00001, 0, &s), ==,
                    0x7fc00000);
    g_assert_cmphex(s.float_exception_flags, ==, float_flag_invalid);
    g_assert_cmphex(float64_default_nan(&s), ==, 0x7ff8000000000000);
    s.default_nan_mode = false;
    s.float_exception_flags = 0;
    g_assert_cmphex(float32_add(0xff801234, float32_one, &s), ==, 0xffc01234);
    g_assert_cmphex(float32_to_float64(0x7fc12345, &s), ==, 0x7ff82468a0000000);
}

int main(int argc, char **argv)
{
    const char *wanted = g_getenv("PLATEAU_FLOAT_CASES");

    cases = wanted ? atoi(wanted) : 200000;
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/softfloat/float32", test_float32);
    g_test_add_func("/softfloat/float64", test_float64);
    g_test_add_func("/softfloat/ties-away", test_ties_away);
    g_test_add_func("/softfloat/to-integer", test_to_integer);
    g_test_add_func("/softfloat/from-integer", test_from_integer);
    g_test_add_func("/softfloat/formats", test_formats);
    g_test_add_func("/softfloat/half", test_half);
    g_test_add_func("/softfloat/modulo", test_modulo);
    g_test_add_func("/softfloat/compare", test_compare);
    g_test_add_func("/softfloat/least-and-greatest", test_least_and_greatest);
    g_test_add_func("/softfloat/nan", test_nan);
    return g_test_run();
}
