/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps against the plainest model there is: an array of bool. Sizes and
 * ranges are random, with a liking for the edges of words.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"

enum { MAX_BITS = 700, ROUNDS = 4000 };

typedef struct {
    DECLARE_BITMAP(bits, MAX_BITS);
    bool model[MAX_BITS];
} Pair;

static long random_below(long n)
{
    return n > 0 ? g_test_rand_int_range(0, n) : 0;
}

/* 1..MAX_BITS, often a multiple of the word or one off. */
static long random_size(void)
{
    long n = 1 + random_below(MAX_BITS);

    if (random_below(2)) {
        n = ROUND_UP(n, (long)BITS_PER_LONG) + random_below(3) - 1;
    }
    return MIN(MAX(n, 1L), (long)MAX_BITS);
}

/* Sparse, dense, or half and half. What is beyond is noise. */
static void randomize(Pair *p)
{
    int odds = 1 + random_below(40), invert = random_below(2);

    for (int i = 0; i < MAX_BITS; i++) {
        p->model[i] = (random_below(odds) == 0) ^ invert;
        if (p->model[i]) {
            set_bit(i, p->bits);
        } else {
            clear_bit(i, p->bits);
        }
    }
}

static void check_same(const Pair *p)
{
    for (int i = 0; i < MAX_BITS; i++) {
        g_assert_cmpint(test_bit(i, p->bits), ==, p->model[i]);
    }
}

static unsigned long model_next(const Pair *p, long size, long from, bool v)
{
    for (long i = from; i < size; i++) {
        if (p->model[i] == v) {
            return i;
        }
    }
    return size;
}

static void test_find(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        Pair p = { 0 };
        long size = random_size(), from = random_below(size + 3), last = size;

        randomize(&p);
        g_assert_cmpuint(find_next_bit(p.bits, size, from), ==,
                         from > size ? size : model_next(&p, size, from, 1));
        g_assert_cmpuint(find_next_zero_bit(p.bits, size, from), ==,
                         from > size ? size : model_next(&p, size, from, 0));
        g_assert_cmpuint(find_first_bit(p.bits, size), ==,
                         model_next(&p, size, 0, 1));
        g_assert_cmpuint(find_first_zero_bit(p.bits, size), ==,
                         model_next(&p, size, 0, 0));
        for (long i = 0; i < size; i++) {
            last = p.model[i] ? i : last;
        }
        g_assert_cmpuint(find_last_bit(p.bits, size), ==, last);
    }
    g_assert_cmpuint(find_next_bit(NULL, 0, 0), ==, 0);
    g_assert_cmpuint(find_last_bit(NULL, 0), ==, 0);
}

static void test_ranges(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        Pair p = { 0 };
        long start = random_below(MAX_BITS);
        long len = random_below(MAX_BITS - start + 1);
        int op = random_below(5);
        bool any = false, got = false;

        randomize(&p);
        for (long i = start; i < start + len; i++) {
            any |= p.model[i];
            p.model[i] = op < 2;
        }
        if (op == 0) {
            bitmap_set(p.bits, start, len);
        } else if (op == 1) {
            bitmap_set_atomic(p.bits, start, len);
        } else if (op == 2) {
            bitmap_clear(p.bits, start, len);
        } else if (op == 3) {
            got = bitmap_test_and_clear(p.bits, start, len);
        } else {
            got = bitmap_test_and_clear_atomic(p.bits, start, len);
        }
        check_same(&p);
        g_assert_cmpint(got, ==, op >= 3 && any);
    }
}

static void test_single(void)
{
    Pair p = { 0 };

    for (int r = 0; r < ROUNDS; r++) {
        long i = random_below(MAX_BITS);
        bool old = p.model[i];

        switch (random_below(6)) {
        case 0:
            g_assert_cmpint(test_and_set_bit(i, p.bits), ==, old);
            p.model[i] = true;
            break;
        case 1:
            g_assert_cmpint(test_and_clear_bit(i, p.bits), ==, old);
            p.model[i] = false;
            break;
        case 2:
            g_assert_cmpint(test_and_change_bit(i, p.bits), ==, old);
            p.model[i] = !old;
            break;
        case 3:
            set_bit_atomic(i, p.bits);
            p.model[i] = true;
            break;
        case 4:
            clear_bit_atomic(i, p.bits);
            p.model[i] = false;
            break;
        default:
            change_bit(i, p.bits);
            p.model[i] = !old;
            break;
        }
    }
    check_same(&p);
}

static void test_logic(void)
{
    for (int r = 0; r < ROUNDS / 2; r++) {
        Pair a = { 0 }, b = { 0 };
        DECLARE_BITMAP(out, MAX_BITS);
        long size = random_size();
        bool any_and = false, any_andnot = false, equal = true;
        long count = 0;
        int got;

        randomize(&a);
        if (random_below(4)) {
            randomize(&b);
        } else {
            b = a;
            change_bit(random_below(MAX_BITS), b.bits);
            for (int i = 0; i < MAX_BITS; i++) {
                b.model[i] = test_bit(i, b.bits);
            }
        }
        for (long i = 0; i < size; i++) {
            any_and |= a.model[i] && b.model[i];
            any_andnot |= a.model[i] && !b.model[i];
            equal &= a.model[i] == b.model[i];
            count += a.model[i];
        }
        g_assert_cmpint(bitmap_equal(a.bits, b.bits, size), ==, equal);
        g_assert_cmpint(bitmap_intersects(a.bits, b.bits, size), ==, any_and);
        g_assert_cmpint(bitmap_count_one(a.bits, size), ==, count);
        g_assert_cmpint(bitmap_empty(a.bits, size), ==, count == 0);
        g_assert_cmpint(bitmap_full(a.bits, size), ==, count == size);

        got = bitmap_and(out, a.bits, b.bits, size);
        g_assert_cmpint(got, ==, any_and);
        for (long i = 0; i < size; i++) {
            g_assert_cmpint(test_bit(i, out), ==, a.model[i] && b.model[i]);
        }
        got = bitmap_andnot(out, a.bits, b.bits, size);
        g_assert_cmpint(got, ==, any_andnot);
        bitmap_or(out, a.bits, b.bits, size);
        for (long i = 0; i < size; i++) {
            g_assert_cmpint(test_bit(i, out), ==, a.model[i] || b.model[i]);
        }
        bitmap_xor(out, a.bits, b.bits, size);
        for (long i = 0; i < size; i++) {
            g_assert_cmpint(test_bit(i, out), ==, a.model[i] != b.model[i]);
        }
        bitmap_complement(out, a.bits, size);
        for (long i = 0; i < size; i++) {
            g_assert_cmpint(test_bit(i, out), ==, !a.model[i]);
        }
    }
}

static void test_count_offset(void)
{
    for (int r = 0; r < ROUNDS / 4; r++) {
        Pair p = { 0 };
        long start = random_below(MAX_BITS);
        long len = random_below(MAX_BITS - start + 1), count = 0;

        randomize(&p);
        for (long i = start; i < start + len; i++) {
            count += p.model[i];
        }
        g_assert_cmpint(bitmap_count_one_with_offset(p.bits, start, len), ==,
                        count);
    }
}

static void test_copy(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        Pair src = { 0 }, dst = { 0 };
        long len = 1 + random_below(MAX_BITS / 2);
        long at = random_below(MAX_BITS / 2);
        bool from = random_below(2);

        randomize(&src);
        randomize(&dst);
        if (from) {
            bitmap_copy_with_src_offset(dst.bits, src.bits, at, len);
        } else {
            bitmap_copy_with_dst_offset(dst.bits, src.bits, at, len);
        }
        for (long i = 0; i < len; i++) {
            dst.model[from ? i : at + i] = src.model[from ? at + i : i];
        }
        check_same(&dst);
    }
}

static void test_zero_area(void)
{
    for (int r = 0; r < ROUNDS / 4; r++) {
        Pair p = { 0 };
        unsigned long size = random_size(), start = random_below(size);
        unsigned long nr = 1 + random_below(30);
        unsigned long mask = (1ul << random_below(5)) - 1, want = ULONG_MAX;
        unsigned long got;

        randomize(&p);
        for (unsigned long i = start; i + nr <= size; i++) {
            if (!(i & mask) && model_next(&p, i + nr, i, 1) == i + nr) {
                want = i;
                break;
            }
        }
        got = bitmap_find_next_zero_area(p.bits, size, start, nr, mask);
        if (want == ULONG_MAX) {
            g_assert_cmpuint(got, >, size);
        } else {
            g_assert_cmpuint(got, ==, want);
        }
    }
}

/* Threads that set and take ranges at once lose no bit. */
static unsigned long shared[BITS_TO_LONGS(MAX_BITS)];
static int taken;

static void *take_thread(void *stop)
{
    bool last;

    do {
        last = qatomic_read((int *)stop);
        for (int i = 0; i < MAX_BITS; i += 7) {
            if (bitmap_test_and_clear_atomic(shared, i, 1)) {
                qatomic_inc(&taken);
            }
        }
    } while (!last);
    return NULL;
}

static void test_atomic(void)
{
    int stop = 0, set = 0;
    GThread *thread = g_thread_new("take", take_thread, &stop);

    for (int r = 0; r < ROUNDS; r++) {
        int i = random_below(MAX_BITS / 7) * 7;

        if (!(qatomic_fetch_or(&shared[BIT_WORD(i)], BIT_MASK(i)) &
              BIT_MASK(i))) {
            set++;
        }
        bitmap_set_atomic(shared, MIN(i + 1, MAX_BITS - 1), 1);
    }
    qatomic_set(&stop, 1);
    g_thread_join(thread);
    g_assert_cmpint(taken, ==, set);
}

static void test_fields(void)
{
    for (int r = 0; r < ROUNDS; r++) {
        uint64_t v = (uint64_t)g_test_rand_int() << 32 | g_test_rand_int();
        uint64_t f = (uint64_t)g_test_rand_int() << 32 | g_test_rand_int();
        int start = random_below(64), len = 1 + random_below(64 - start);
        uint64_t got = extract64(v, start, len),
                 d = deposit64(v, start, len, f), s = 0;

        for (int i = 0; i < 64; i++) {
            int in = i >= start && i < start + len;

            g_assert_cmpint(got >> i & 1, ==,
                            i < len ? v >> (start + i) & 1 : 0);
            g_assert_cmpint(d >> i & 1, ==,
                            (in ? f >> (i - start) : v >> i) & 1);
            g_assert_cmpint((uint64_t)sextract64(v, start, len) >> i & 1, ==,
                            v >> (start + MIN(i, len - 1)) & 1);
            g_assert_cmpint(rol64(v, start) >> i & 1, ==,
                            v >> ((i - start) & 63) & 1);
            g_assert_cmpint(revbit64(v) >> i & 1, ==, v >> (63 - i) & 1);
            s |= (i < 32 ? v >> i & 1 : 0) << 2 * (i & 31);
        }
        g_assert_cmphex(half_shuffle64(v), ==, s);
        g_assert_cmphex(half_unshuffle64(s | (f & ~(UINT64_MAX / 3))), ==,
                        (uint32_t)v);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bitmap/find", test_find);
    g_test_add_func("/bitmap/ranges", test_ranges);
    g_test_add_func("/bitmap/single", test_single);
    g_test_add_func("/bitmap/logic", test_logic);
    g_test_add_func("/bitmap/count-offset", test_count_offset);
    g_test_add_func("/bitmap/copy", test_copy);
    g_test_add_func("/bitmap/zero-area", test_zero_area);
    g_test_add_func("/bitmap/atomic", test_atomic);
    g_test_add_func("/bitops/fields", test_fields);
    return g_test_run();
}
