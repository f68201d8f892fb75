/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines: bare ones, those of devices, or-irq and split-irq. */
#include "qemu/osdep.h"
#include "hw/core/split-irq.h"
#include "hw/irq.h"
#include "hw/or-irq.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

typedef struct Seen {
    int level[64];
    int calls;
} Seen;

static void see(void *opaque, int n, int level)
{
    Seen *seen = opaque;

    seen->level[n] = level;
    seen->calls++;
}

static void test_bare(void)
{
    Seen seen = { 0 };
    qemu_irq *lines = qemu_allocate_irqs(see, &seen, 3);
    IRQState embedded[2];

    qemu_irq_raise(lines[2]);
    g_assert_cmpint(seen.level[2], ==, 1);
    qemu_set_irq(lines[1], 7);
    g_assert_cmpint(seen.level[1], ==, 7);
    seen.calls = 0;
    qemu_irq_pulse(lines[0]);
    g_assert_cmpint(seen.calls, ==, 2);
    g_assert_cmpint(seen.level[0], ==, 0);
    qemu_irq_raise(NULL);
    g_assert_false(qemu_irq_is_connected(NULL));

    lines = qemu_extend_irqs(lines, 3, see, &seen, 2);
    qemu_irq_raise(lines[4]);
    g_assert_cmpint(seen.level[4], ==, 1);
    qemu_free_irqs(lines, 5);

    qemu_init_irqs(embedded, 2, see, &seen);
    qemu_irq_raise(&embedded[1]);
    g_assert_cmpint(seen.level[1], ==, 1);
    object_unref(OBJECT(&embedded[0]));
    object_unref(OBJECT(&embedded[1]));
}

static void test_invert(void)
{
    Seen seen = { 0 };
    qemu_irq line = qemu_allocate_irq(see, &seen, 5);
    qemu_irq inverse = qemu_irq_invert(line);

    g_assert_cmpint(seen.level[5], ==, 1);
    qemu_irq_raise(inverse);
    g_assert_cmpint(seen.level[5], ==, 0);
    qemu_irq_lower(inverse);
    g_assert_cmpint(seen.level[5], ==, 1);
    qemu_free_irq(inverse);
    qemu_free_irq(line);
}

static Seen intercepted;
static qemu_irq *former_lines;

static void intercept(void *opaque, int n, int level)
{
    qemu_irq *former = opaque;

    former_lines = former - n;
    see(&intercepted, n, level);
    qemu_set_irq(*former, level);
}

static void test_intercept_in(void)
{
    Seen seen = { 0 };
    qemu_irq *lines = qemu_allocate_irqs(see, &seen, 2);

    qemu_irq_intercept_in(lines, intercept, 2);
    qemu_set_irq(lines[1], 3);
    g_assert_cmpint(intercepted.level[1], ==, 3);
    g_assert_cmpint(seen.level[1], ==, 3);
    qemu_free_irqs(lines, 2);
    qemu_free_irqs(former_lines, 2);
}

static void set_lines(void *dev, int n)
{
    object_property_set_uint(OBJECT(dev), "num-lines", n, &error_abort);
}

static void test_or(void)
{
    enum { N = 11 };
    Seen seen = { 0 };
    DeviceState *dev = qdev_new(TYPE_OR_IRQ);
    qemu_irq out = qemu_allocate_irq(see, &seen, 0);
    uint32_t model = 0;

    set_lines(dev, N);
    qdev_realize(dev, NULL, &error_abort);
    qdev_connect_gpio_out(dev, 0, out);
    for (int i = 0; i < 2000; i++) {
        int n = g_test_rand_int_range(0, N);
        bool level = g_test_rand_bit();

        model = level ? model | 1u << n : model & ~(1u << n);
        qemu_set_irq(qdev_get_gpio_in(dev, n), level);
        g_assert_cmpint(seen.level[0], ==, model != 0);
    }
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    object_unparent(OBJECT(out));
    qemu_free_irq(out);
}

static void test_split(void)
{
    Seen seen = { 0 };
    DeviceState *dev = qdev_new(TYPE_SPLIT_IRQ);
    qemu_irq *out = qemu_allocate_irqs(see, &seen, 4);

    set_lines(dev, 4);
    qdev_realize(dev, NULL, &error_abort);
    for (int i = 0; i < 4; i++) {
        qdev_connect_gpio_out(dev, i, out[i]);
    }
    qemu_irq_raise(qdev_get_gpio_in(dev, 0));
    for (int i = 0; i < 4; i++) {
        g_assert_cmpint(seen.level[i], ==, 1);
    }
    g_assert_cmpint(seen.calls, ==, 4);

    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    for (int i = 0; i < 4; i++) {
        object_unparent(OBJECT(out[i]));
    }
    qemu_free_irqs(out, 4);
}

static void test_too_many(void)
{
    static const struct {
        const char *type;
        int lines;
    } cases[] = {
        { TYPE_OR_IRQ, MAX_OR_LINES + 1 },
        { TYPE_SPLIT_IRQ, 0 },
        { TYPE_SPLIT_IRQ, MAX_SPLIT_LINES + 1 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        DeviceState *dev = qdev_new(cases[i].type);
        Error *err = NULL;

        set_lines(dev, cases[i].lines);
        g_assert_false(qdev_realize_and_unref(dev, NULL, &err));
        error_free_or_abort(&err);
    }
}

/* A device with named lines, whose one output follows its one input. */
#define TYPE_WIRE "test-wire"
OBJECT_DECLARE_SIMPLE_TYPE(Wire, WIRE)

struct Wire {
    DeviceState parent_obj;

    qemu_irq out[2];
};

static void wire_set(void *opaque, int n, int level)
{
    qemu_set_irq(WIRE(opaque)->out[n], level);
}

static void wire_init(Object *obj)
{
    qdev_init_gpio_in_named(DEVICE(obj), wire_set, "in", 2);
    qdev_init_gpio_out_named(DEVICE(obj), WIRE(obj)->out, "out", 2);
}

static void test_named_and_passed(void)
{
    Seen seen = { 0 };
    DeviceState *inner = qdev_new(TYPE_WIRE);
    DeviceState *outer = qdev_new(TYPE_OR_IRQ);
    qemu_irq line = qemu_allocate_irq(see, &seen, 9);
    qemu_irq icpt = qemu_allocate_irq(see, &intercepted, 9);

    object_property_add_child(OBJECT(outer), "inner", OBJECT(inner));
    qdev_pass_gpios(inner, outer, "in");
    qdev_pass_gpios(inner, outer, "out");
    qdev_realize(outer, NULL, &error_abort);

    g_assert_null(qdev_get_gpio_out_connector(outer, "out", 1));
    qdev_connect_gpio_out_named(outer, "out", 1, line);
    g_assert_true(qdev_get_gpio_out_connector(outer, "out", 1) == line);
    g_assert_true(WIRE(inner)->out[1] == line);
    qemu_irq_raise(qdev_get_gpio_in_named(outer, "in", 1));
    g_assert_cmpint(seen.level[9], ==, 1);

    g_assert_true(qdev_intercept_gpio_out(outer, icpt, "out", 1) == line);
    intercepted.level[9] = 5;
    qemu_irq_lower(qdev_get_gpio_in_named(outer, "in", 1));
    g_assert_cmpint(intercepted.level[9], ==, 0);
    g_assert_cmpint(seen.level[9], ==, 1);

    object_unparent(OBJECT(outer));
    object_unref(OBJECT(outer));
    object_unref(OBJECT(inner));
    object_unparent(OBJECT(line));
    object_unparent(OBJECT(icpt));
    qemu_free_irq(line);
    qemu_free_irq(icpt);
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_WIRE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Wire),
        .instance_init = wire_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));
    qdev_create_fake_machine();

    g_test_add_func("/irq/bare", test_bare);
    g_test_add_func("/irq/invert", test_invert);
    g_test_add_func("/irq/intercept-in", test_intercept_in);
    g_test_add_func("/irq/or", test_or);
    g_test_add_func("/irq/split", test_split);
    g_test_add_func("/irq/too-many-lines", test_too_many);
    g_test_add_func("/irq/named-and-passed", test_named_and_passed);
    return g_test_run();
}
