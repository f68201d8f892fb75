/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device for the tests of qtest, in a module: an OR of three inputs, a named
 * output that follows a named input, and one that goes up when a timer ends.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "qemu/module.h"
#include "qemu/timer.h"

#define TYPE_QTEST_LINES "qtest-lines"
OBJECT_DECLARE_SIMPLE_TYPE(QTestLines, QTEST_LINES)

struct QTestLines {
    DeviceState parent_obj;

    bool level[3];
    qemu_irq out;
    qemu_irq echo;
    qemu_irq bell[300];
    uint32_t after_ns;
    QEMUTimer *timer;
};

static void or_input(void *opaque, int n, int level)
{
    QTestLines *s = opaque;

    s->level[n] = level;
    qemu_set_irq(s->out, s->level[0] || s->level[1] || s->level[2]);
}

static void echo_input(void *opaque, int n, int level)
{
    qemu_set_irq(QTEST_LINES(opaque)->echo, level);
}

static void ring(void *opaque)
{
    qemu_irq_raise(QTEST_LINES(opaque)->bell[299]);
}

static void lines_init(Object *obj)
{
    QTestLines *s = QTEST_LINES(obj);

    qdev_init_gpio_in(DEVICE(obj), or_input, 3);
    qdev_init_gpio_out(DEVICE(obj), &s->out, 1);
    qdev_init_gpio_in_named(DEVICE(obj), echo_input, "shout", 1);
    qdev_init_gpio_out_named(DEVICE(obj), &s->echo, "echo", 1);
    qdev_init_gpio_out_named(DEVICE(obj), s->bell, "bell", 300);
}

static void lines_realize(DeviceState *dev, Error **errp)
{
    QTestLines *s = QTEST_LINES(dev);

    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ring, s);
    if (s->after_ns) {
        timer_mod(s->timer,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + s->after_ns);
    }
}

static void lines_unrealize(DeviceState *dev)
{
    timer_free(QTEST_LINES(dev)->timer);
}

static const Property lines_properties[] = {
    DEFINE_PROP_UINT32("after-ns", QTestLines, after_ns, 0),
};

static void lines_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "lines for the tests of qtest";
    dc->realize = lines_realize;
    dc->unrealize = lines_unrealize;
    device_class_set_props(dc, lines_properties);
}

static const TypeInfo lines_types[] = {
    {
        .name = TYPE_QTEST_LINES,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(QTestLines),
        .instance_init = lines_init,
        .class_init = lines_class_init,
    },
};

DEFINE_TYPES(lines_types)
