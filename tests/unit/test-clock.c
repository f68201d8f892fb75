/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock tree against a model that computes every period from the root. */
#include "qemu/osdep.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/module.h"

enum { N = 40 };

typedef struct Node {
    Clock *clk;
    int source; /* -1: the root of its tree */
    uint32_t mul, div;
    uint64_t told; /* what the callback has seen last */
    unsigned before, after;
} Node;

static Node nodes[N];

static void on_event(void *opaque, ClockEvent event)
{
    Node *node = opaque;

    if (event == ClockPreUpdate) {
        g_assert_cmphex(clock_get(node->clk), ==, node->told);
        node->before++;
    } else {
        node->told = clock_get(node->clk);
        node->after++;
    }
}

static uint64_t model_period(int n, const uint64_t *root)
{
    const Node *node = &nodes[n], *src;
    unsigned __int128 wide;

    if (node->source < 0) {
        return root[n];
    }
    src = &nodes[node->source];
    wide = model_period(node->source, root);
    return wide * src->mul / src->div;
}

static void test_tree(void)
{
    Object *owner = object_new(TYPE_CONTAINER);
    uint64_t root[N] = { 0 };

    for (int i = 0; i < N; i++) {
        g_autofree char *name = g_strdup_printf("c%d", i);
        Node *node = &nodes[i];

        *node = (Node){ .source = -1, .mul = 1, .div = 1 };
        node->clk = clock_new(owner, name);
        if (i % 7 != 0) {
            node->source = g_test_rand_int_range(0, i);
            clock_set_source(node->clk, nodes[node->source].clk);
        }
        clock_set_callback(node->clk, on_event, node,
                           ClockUpdate | ClockPreUpdate);
    }

    for (int round = 0; round < 300; round++) {
        int n = g_test_rand_int_range(0, N);
        Node *node = &nodes[n];
        int r = n;

        if (g_test_rand_bit()) {
            uint32_t mul = g_test_rand_int_range(0, 9);
            uint32_t div = g_test_rand_int_range(1, 9);

            g_assert_cmpint(clock_set_mul_div(node->clk, mul, div), ==,
                            mul != node->mul || div != node->div);
            node->mul = mul;
            node->div = div;
        }
        while (nodes[r].source >= 0) {
            r = nodes[r].source;
        }
        root[r] = (uint64_t)g_test_rand_int() << 20;
        nodes[r].told = root[r]; /* it is not told of its own change */
        clock_set(nodes[r].clk, root[r]);
        clock_propagate(nodes[r].clk);

        for (int i = 0; i < N; i++) {
            int top = i;

            while (nodes[top].source >= 0) {
                top = nodes[top].source;
            }
            if (top == r) {
                g_assert_cmphex(clock_get(nodes[i].clk), ==,
                                model_period(i, root));
                g_assert_cmphex(nodes[i].told, ==, clock_get(nodes[i].clk));
            }
            g_assert_cmpuint(nodes[i].before, ==, nodes[i].after);
        }
    }
    object_unref(owner);
}

static void test_numbers(void)
{
    Object *owner = object_new(TYPE_CONTAINER);
    Clock *clk = clock_new(owner, "clk");
    g_autofree char *text = NULL;

    g_assert_false(clock_is_enabled(clk));
    g_assert_cmpuint(clock_ns_to_ticks(clk, 12345), ==, 0);
    clock_update_hz(clk, 33333333);
    g_assert_true(clock_is_enabled(clk));
    text = clock_display_freq(clk);
    g_assert_cmpstr(text, ==, "33.3 MHz");

    clock_update_ns(clk, 10);
    g_assert_cmpuint(clock_get_hz(clk), ==, 100000000);
    g_assert_cmpuint(clock_ticks_to_ns(clk, 7), ==, 70);
    g_assert_cmpuint(clock_ns_to_ticks(clk, 79), ==, 7);
    g_assert_cmpuint(clock_ticks_to_ns(clk, UINT64_MAX), ==, INT64_MAX);
    g_assert_cmpuint(clock_ticks_to_ns(clk, INT64_MAX / 10), ==,
                     INT64_MAX / 10 * 10);
    g_assert_false(clock_set_ns(clk, 10));
    object_unref(owner);
}

/* Devices: table of clocks, connection, alias, finalization in any order. */
#define TYPE_TICKER "test-ticker"
OBJECT_DECLARE_SIMPLE_TYPE(Ticker, TICKER)

struct Ticker {
    DeviceState parent_obj;

    Clock *in;
    Clock *out;
    int updates;
};

static void ticker_update(void *opaque, ClockEvent event)
{
    Ticker *t = TICKER(opaque);

    g_assert_cmpint(event, ==, ClockUpdate);
    t->updates++;
    clock_update(t->out, clock_get(t->in) * 2);
}

static const ClockPortInitArray ticker_clocks = {
    QDEV_CLOCK_IN(Ticker, in, ticker_update, ClockUpdate),
    QDEV_CLOCK_OUT(Ticker, out),
    QDEV_CLOCK_END,
};

static void ticker_init(Object *obj)
{
    qdev_init_clocks(DEVICE(obj), ticker_clocks);
}

static void test_devices(void)
{
    DeviceState *a = qdev_new(TYPE_TICKER);
    DeviceState *b = qdev_new(TYPE_TICKER);
    Object *owner = object_new(TYPE_CONTAINER);
    Clock *osc = clock_new(owner, "osc");

    g_assert_true(qdev_get_clock_in(a, "in") == TICKER(a)->in);
    g_assert_null(qdev_get_clock_in(a, "none"));
    qdev_connect_clock_in(a, "in", osc);
    qdev_connect_clock_in(b, "in", qdev_get_clock_out(a, "out"));
    g_assert_true(clock_has_source(TICKER(b)->in));
    g_assert_true(qdev_alias_clock(a, "out", b, "a-out") == TICKER(a)->out);
    g_assert_true(qdev_get_clock_out(b, "a-out") == TICKER(a)->out);
    qdev_realize(a, NULL, &error_abort);
    qdev_realize(b, NULL, &error_abort);

    clock_update_ns(osc, 5);
    g_assert_cmpint(TICKER(a)->updates, ==, 1);
    g_assert_cmpint(TICKER(b)->updates, ==, 1);
    g_assert_cmphex(clock_get(TICKER(b)->out), ==, CLOCK_PERIOD_FROM_NS(20));
    clock_update_ns(osc, 5);
    g_assert_cmpint(TICKER(a)->updates, ==, 1);

    object_unparent(OBJECT(a));
    object_unref(OBJECT(a));
    clock_update_ns(osc, 6);
    object_unref(owner);
    object_unparent(OBJECT(b));
    object_unref(OBJECT(b));
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_TICKER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Ticker),
        .instance_init = ticker_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));
    qdev_create_fake_machine();

    g_test_add_func("/clock/tree", test_tree);
    g_test_add_func("/clock/numbers", test_numbers);
    g_test_add_func("/clock/devices", test_devices);
    return g_test_run();
}
