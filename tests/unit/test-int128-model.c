/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Int128 and wide arithmetic against schoolbook arithmetic on halves. */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"

enum { ROUNDS = 20000 };

typedef struct {
    uint64_t lo, hi;
} U128;

static uint64_t random64(void)
{
    uint64_t v =
        (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();

    switch (g_test_rand_int_range(0, 6)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return UINT64_C(1) << 63;
    case 3:
        return v >> g_test_rand_int_range(0, 64);
    default:
        return v;
    }
}

static U128 u_add(U128 a, U128 b)
{
    U128 r = { a.lo + b.lo, a.hi + b.hi };

    r.hi += r.lo < a.lo;
    return r;
}

static U128 u_neg(U128 a)
{
    return u_add((U128){ ~a.lo, ~a.hi }, (U128){ 1, 0 });
}

static int u_cmp(U128 a, U128 b)
{
    return a.hi != b.hi   ? (a.hi < b.hi ? -1 : 1)
           : a.lo != b.lo ? (a.lo < b.lo ? -1 : 1)
                          : 0;
}

static U128 u_shl(U128 a, int n)
{
    for (; n > 0; n--) {
        a = u_add(a, a);
    }
    return a;
}

static U128 u_shr(U128 a, int n, bool sign)
{
    for (; n > 0; n--) {
        a.lo = a.lo >> 1 | a.hi << 63;
        a.hi = a.hi >> 1 | (sign ? a.hi & 1ull << 63 : 0);
    }
    return a;
}

static Int128 wide(U128 a)
{
    return int128_make128(a.lo, a.hi);
}

static void same(Int128 got, U128 want)
{
    g_assert_cmphex(int128_getlo(got), ==, want.lo);
    g_assert_cmphex((uint64_t)int128_gethi(got), ==, want.hi);
}

static void test_arithmetic(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        U128 a = { random64(), random64() }, b = { random64(), random64() };
        /* Signed order is unsigned order with the top bit flipped. */
        U128 sa = { a.lo, a.hi ^ 1ull << 63 }, sb = { b.lo, b.hi ^ 1ull << 63 };
        Int128 x = wide(a), y = wide(b), z;
        int n = g_test_rand_int_range(0, 128);

        same(int128_add(x, y), u_add(a, b));
        same(int128_sub(x, y), u_add(a, u_neg(b)));
        same(int128_neg(x), u_neg(a));
        z = x;
        int128_addto(&z, y);
        int128_subfrom(&z, y);
        same(z, a);
        same(int128_lshift(x, n), u_shl(a, n));
        same(int128_rshift(x, n), u_shr(a, n, true));
        same(int128_urshift(x, n), u_shr(a, n, false));
        g_assert_cmpint(int128_lt(x, y), ==, u_cmp(sa, sb) < 0);
        g_assert_cmpint(int128_ge(x, y), ==, u_cmp(sa, sb) >= 0);
        g_assert_cmpint(int128_ult(x, y), ==, u_cmp(a, b) < 0);
        g_assert_cmpint(int128_uge(x, y), ==, u_cmp(a, b) >= 0);
        g_assert_cmpint(int128_eq(x, y), ==, u_cmp(a, b) == 0);
        same(int128_min(x, y), u_cmp(sa, sb) < 0 ? a : b);
        same(int128_max(x, y), u_cmp(sa, sb) < 0 ? b : a);
        same(bswap128(x), (U128){ bswap64(a.hi), bswap64(a.lo) });
        g_assert_cmpint(clz128(x), ==, a.hi ? clz64(a.hi) : 64 + clz64(a.lo));
    }
}

/* Quotient times divisor plus remainder is what was divided. */
static void test_divide(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        uint64_t lo = random64(), hi = random64(), d = random64() | 1;
        uint64_t qlo = lo, qhi = hi, rem, c;
        U128 product, part;

        rem = divu128(&qlo, &qhi, d);
        g_assert_cmphex(rem, <, d);
        mulu64(&product.lo, &product.hi, qlo, d);
        mulu64(&part.lo, &part.hi, qhi, d);
        g_assert_cmphex(part.hi, ==, 0);
        product.hi += part.lo;
        product = u_add(product, (U128){ rem, 0 });
        g_assert_cmphex(product.lo, ==, lo);
        g_assert_cmphex(product.hi, ==, hi);

        c = udiv_qrnnd(&rem, hi % d, lo, d);
        g_assert_cmphex(rem, <, d);
        mulu64(&product.lo, &product.hi, c, d);
        product = u_add(product, (U128){ rem, 0 });
        g_assert_cmphex(product.lo, ==, lo);
        g_assert_cmphex(product.hi, ==, hi % d);
    }
}

/* The same for 256 by 128 bits, by way of shifting and adding. */
static void test_divide256(void)
{
    for (int r = 0; r < ROUNDS / 20; r++) {
        Int128 lo = wide((U128){ random64(), random64() });
        Int128 hi = wide((U128){ random64(), random64() });
        Int128 d = wide((U128){ random64() | 1, random64() });
        Int128 qlo = lo, qhi = hi, rem = divu256(&qlo, &qhi, d);
        __uint128_t plo = 0, phi = 0, before;

        g_assert_true(int128_ult(rem, d));
        for (int i = 255; i >= 0; i--) {
            bool bit = (i >= 128 ? (__uint128_t)qhi >> (i - 128)
                                 : (__uint128_t)qlo >> i) &
                       1;

            phi = phi << 1 | plo >> 127;
            plo <<= 1;
            before = plo;
            plo += bit ? (__uint128_t)d : 0;
            phi += plo < before;
        }
        before = plo;
        plo += (__uint128_t)rem;
        phi += plo < before;
        g_assert_true(plo == (__uint128_t)lo && phi == (__uint128_t)hi);
    }
}

static void test_divide256_signed(void)
{
    static const int numbers[] = { 100, -100, 7, -7, 1, -1, 0 };

    for (int i = 0; i < ARRAY_SIZE(numbers); i++) {
        for (int j = 0; j < ARRAY_SIZE(numbers) - 1; j++) {
            Int128 lo = numbers[i], hi = numbers[i] < 0 ? -1 : 0;
            Int128 rem = divs256(&lo, &hi, numbers[j]);

            g_assert_true(lo == numbers[i] / numbers[j]);
            g_assert_true(hi == (lo < 0 ? -1 : 0));
            g_assert_true(rem == numbers[i] % numbers[j]);
        }
    }
}

static void test_shift(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        U128 a = { random64(), random64() }, b = a, want;
        int n = g_test_rand_int_range(0, 128);
        bool overflow = false;

        urshift(&b.lo, &b.hi, n);
        want = u_shr(a, n, false);
        g_assert_true(u_cmp(b, want) == 0);
        b = a;
        ulshift(&b.lo, &b.hi, n, &overflow);
        want = u_shl(a, n);
        g_assert_true(u_cmp(b, want) == 0);
        g_assert_cmpint(overflow, ==, u_cmp(u_shr(want, n, false), a) != 0);
    }
}

static void test_powers(void)
{
    g_assert_cmpuint(pow2ceil(0), ==, 1);
    g_assert_cmpuint(pow2ceil(1), ==, 1);
    g_assert_cmpuint(pow2ceil((1ull << 63) + 1), ==, 0);
    g_assert_cmpuint(pow2floor(0), ==, 0);
    g_assert_cmpuint(pow2roundup32(0), ==, 1);
    for (int n = 1; n < 64; n++) {
        uint64_t p = 1ull << n;

        g_assert_cmpuint(pow2ceil(p), ==, p);
        g_assert_cmpuint(pow2ceil(p - 1), ==, n == 1 ? 1 : p);
        g_assert_cmpuint(pow2floor(p), ==, p);
        g_assert_cmpuint(pow2floor(p + 1), ==, n == 0 ? 2 : p);
        g_assert_true(is_power_of_2(p));
        g_assert_false(is_power_of_2(p + 1));
    }
    g_assert_cmpuint(uabs64(INT64_MIN), ==, 1ull << 63);
    g_assert_cmpuint(muldiv64(UINT64_MAX, 1000, 1000), ==, UINT64_MAX);
    g_assert_cmpuint(muldiv64_round_up(10, 10, 3), ==, 34);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/int128/arithmetic", test_arithmetic);
    g_test_add_func("/host-utils/divide", test_divide);
    g_test_add_func("/host-utils/divide256", test_divide256);
    g_test_add_func("/host-utils/divide256-signed", test_divide256_signed);
    g_test_add_func("/host-utils/shift", test_shift);
    g_test_add_func("/host-utils/powers", test_powers);
    return g_test_run();
}
