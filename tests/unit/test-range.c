/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges and their lists against sets of small numbers, and at 2^64 - 1. */
#include "qemu/osdep.h"
#include "qemu/range.h"

enum { SPACE = 40, ROUNDS = 3000 };

static Range *random_range(void)
{
    uint64_t a = g_test_rand_int_range(0, SPACE);
    uint64_t b = g_test_rand_int_range(0, SPACE);
    Range *r = g_new(Range, 1);

    range_set_bounds(r, MIN(a, b), MIN(MAX(a, b), MIN(a, b) + 6));
    return r;
}

static void test_list(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool model[SPACE + 2] = { false };
        GList *list = NULL, *gaps = NULL;
        uint64_t low = g_test_rand_int_range(0, SPACE), next = 0;
        uint64_t high = g_test_rand_int_range(low, SPACE);

        for (int n = g_test_rand_int_range(0, 8); n > 0; n--) {
            Range *r = random_range();

            for (uint64_t i = range_lob(r); i <= range_upb(r); i++) {
                model[i] = true;
            }
            list = range_list_insert(list, r);
        }
        for (GList *l = list; l; l = l->next) {
            uint64_t lob = range_lob(l->data), upb = range_upb(l->data);

            /* Sorted, exact, and as few as possible. */
            for (; next < lob; next++) {
                g_assert_false(model[next]);
            }
            for (; next <= upb; next++) {
                g_assert_true(model[next]);
            }
            g_assert_false(model[next]);
        }
        for (; next < SPACE; next++) {
            g_assert_false(model[next]);
        }

        range_inverse_array(list, &gaps, low, high);
        next = low;
        for (GList *l = gaps; l; l = l->next) {
            for (; next < range_lob(l->data); next++) {
                g_assert_true(model[next]);
            }
            for (; next <= range_upb(l->data); next++) {
                g_assert_false(model[next]);
            }
            g_assert_cmpuint(next, <=, high + 1);
        }
        for (; next <= high; next++) {
            g_assert_true(model[next]);
        }
        g_list_free_full(list, g_free);
        g_list_free_full(gaps, g_free);
    }
}

static void test_pairs(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        g_autofree Range *a = random_range(), *b = random_range();
        bool overlap = false, contains = true;
        Range both = *a;

        for (uint64_t i = 0; i < SPACE; i++) {
            overlap |= range_contains(a, i) && range_contains(b, i);
            contains &= range_contains(a, i) || !range_contains(b, i);
        }
        g_assert_cmpint(range_overlaps_range(a, b), ==, overlap);
        g_assert_cmpint(range_contains_range(a, b), ==, contains);
        g_assert_cmpint(ranges_overlap(range_lob(a), range_size(a),
                                       range_lob(b), range_size(b)),
                        ==, overlap);
        range_extend(&both, b);
        g_assert_cmpuint(range_lob(&both), ==, MIN(range_lob(a), range_lob(b)));
        g_assert_cmpuint(range_upb(&both), ==, MAX(range_upb(a), range_upb(b)));
    }
}

static void test_edges(void)
{
    Range r = range_empty, all;
    GList *list = NULL, *gaps = NULL;

    g_assert_true(range_is_empty(&r));
    g_assert_cmpuint(range_size(&r), ==, 0);
    g_assert_cmpint(range_get_last_bit(&r), ==, -1);
    g_assert_cmpint(range_init(&r, UINT64_MAX, 2), ==, -ERANGE);
    g_assert_cmpint(range_init(&r, UINT64_MAX - 1, 1), ==, 0);
    g_assert_cmpuint(range_upb(&r), ==, UINT64_MAX - 1);
    range_init_nofail(&r, UINT64_MAX, 1);
    g_assert_true(range_contains(&r, UINT64_MAX));
    g_assert_cmpint(range_get_last_bit(&r), ==, 63);
    range_set_bounds1(&r, 5, 0);
    g_assert_cmpuint(range_upb(&r), ==, UINT64_MAX);
    range_set_bounds1(&r, 0, 0);
    g_assert_true(range_is_empty(&r));
    range_set_bounds(&all, 0, UINT64_MAX);
    g_assert_cmpuint(range_size(&all), ==, 0);
    g_assert_false(range_is_empty(&all));
    g_assert_true(range_covers_byte(UINT64_MAX, 1, UINT64_MAX));

    for (int i = 0; i < 2; i++) {
        Range *edge = g_new(Range, 1);

        range_set_bounds(edge, i ? UINT64_MAX - 1 : 0, i ? UINT64_MAX : 3);
        list = range_list_insert(list, edge);
    }
    g_assert_cmpint(g_list_length(list), ==, 2);
    range_inverse_array(list, &gaps, 0, UINT64_MAX);
    g_assert_cmpint(g_list_length(gaps), ==, 1);
    g_assert_cmpuint(range_lob(gaps->data), ==, 4);
    g_assert_cmpuint(range_upb(gaps->data), ==, UINT64_MAX - 2);
    g_list_free_full(list, g_free);
    g_list_free_full(gaps, g_free);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/range/list", test_list);
    g_test_add_func("/range/pairs", test_pairs);
    g_test_add_func("/range/edges", test_edges);
    return g_test_run();
}
