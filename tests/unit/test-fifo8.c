/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fifo8 at random against a byte array that is shifted along. */
#include "qemu/osdep.h"
#include "qemu/fifo8.h"

enum { CAPACITY = 11, STEPS = 50000 };

static uint8_t model[CAPACITY];
static uint32_t len;

static void model_drop(uint32_t n)
{
    memmove(model, model + n, len - n);
    len -= n;
}

static void push_some(Fifo8 *f)
{
    uint32_t n = g_test_rand_int_range(0, CAPACITY - len + 1);

    for (uint32_t i = 0; i < n; i++) {
        model[len + i] = g_test_rand_int();
    }
    if (n == 1) {
        fifo8_push(f, model[len]);
    } else {
        fifo8_push_all(f, model + len, n);
    }
    len += n;
}

static void pop_some(Fifo8 *f)
{
    uint8_t buf[CAPACITY + 5];
    uint32_t want = g_test_rand_int_range(0, sizeof(buf)), n;
    const uint8_t *ptr;

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        g_assert_cmpuint(fifo8_peek_buf(f, buf, want), ==, MIN(want, len));
        g_assert_cmpmem(buf, MIN(want, len), model, MIN(want, len));
        break;
    case 1:
        n = fifo8_pop_buf(f, want % 3 ? buf : NULL, want);
        g_assert_cmpuint(n, ==, MIN(want, len));
        if (want % 3) {
            g_assert_cmpmem(buf, n, model, n);
        }
        model_drop(n);
        break;
    case 2:
        fifo8_drop(f, MIN(want, len));
        model_drop(MIN(want, len));
        break;
    default:
        want = MIN(want, len);
        if (!want) {
            break;
        }
        ptr = fifo8_peek_bufptr(f, want, &n);
        g_assert_cmpuint(n, >, 0);
        g_assert_cmpuint(n, <=, want);
        g_assert_cmpmem(ptr, n, model, n);
        g_assert_true(fifo8_pop_bufptr(f, want, NULL) == ptr);
        model_drop(n);
        break;
    }
}

static void test_model(void)
{
    Fifo8 f;

    fifo8_create(&f, CAPACITY);
    for (int step = 0; step < STEPS; step++) {
        if (g_test_rand_bit()) {
            push_some(&f);
        } else {
            pop_some(&f);
        }
        g_assert_cmpuint(fifo8_num_used(&f), ==, len);
        g_assert_cmpuint(fifo8_num_free(&f), ==, CAPACITY - len);
        g_assert_cmpint(fifo8_is_empty(&f), ==, len == 0);
        g_assert_cmpint(fifo8_is_full(&f), ==, len == CAPACITY);
        if (len) {
            g_assert_cmpuint(fifo8_peek(&f), ==, model[0]);
        }
        if (len && step % 5 == 0) {
            g_assert_cmpuint(fifo8_pop(&f), ==, model[0]);
            model_drop(1);
        }
    }
    fifo8_reset(&f);
    g_assert_true(fifo8_is_empty(&f));
    fifo8_destroy(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fifo8/model", test_model);
    return g_test_run();
}
