/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter: counts the rising edges of its line "tick" and drives its line
 * "overflow" when it passes 0xffffffff. A reset brings it back to "start".
 *
 * A whole device that is built outside the tree: state, behaviour, reset,
 * properties, type, from top to bottom.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/reset.h"

#define TYPE_DEMO_COUNTER "demo-counter"
OBJECT_DECLARE_SIMPLE_TYPE(DemoCounter, DEMO_COUNTER)

/* More than this does not fit on the imaginary front panel. */
#define LABEL_MAX 16

struct DemoCounter {
    DeviceState parent_obj;

    uint32_t start;
    bool saturating;
    char *label;

    uint32_t count;
    bool tick; /* the level of the input */
    qemu_irq overflow;
};

/*** Behaviour. ***/

static void demo_counter_tick(void *opaque, int n, int level)
{
    DemoCounter *s = opaque;
    bool rising = level && !s->tick;

    s->tick = level;
    if (!rising) {
        return;
    }
    if (s->count < UINT32_MAX) {
        s->count++;
        return;
    }
    s->count = s->saturating ? UINT32_MAX : 0;
    qemu_irq_raise(s->overflow);
}

/*** Reset: state first, lines only when everybody has entered. ***/

static void demo_counter_reset_enter(Object *obj, ResetType type)
{
    DemoCounter *s = DEMO_COUNTER(obj);

    s->count = s->start;
    s->tick = false;
}

static void demo_counter_reset_hold(Object *obj, ResetType type)
{
    qemu_irq_lower(DEMO_COUNTER(obj)->overflow);
}

/*** Life. ***/

static void demo_counter_init(Object *obj)
{
    DemoCounter *s = DEMO_COUNTER(obj);
    DeviceState *dev = DEVICE(obj);

    qdev_init_gpio_in_named(dev, demo_counter_tick, "tick", 1);
    qdev_init_gpio_out_named(dev, &s->overflow, "overflow", 1);
    object_property_add_uint32_ptr(obj, "count", &s->count,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void demo_counter_realize(DeviceState *dev, Error **errp)
{
    DemoCounter *s = DEMO_COUNTER(dev);

    if (s->label && strlen(s->label) > LABEL_MAX) {
        error_setg(errp, "demo-counter: label '%s' is longer than %d bytes",
                   s->label, LABEL_MAX);
        return;
    }
    s->count = s->start;
    /* It is on no bus, so nobody else would reset it. */
    qemu_register_resettable(OBJECT(dev));
}

static void demo_counter_unrealize(DeviceState *dev)
{
    qemu_unregister_resettable(OBJECT(dev));
}

/*** Type. ***/

static const Property demo_counter_properties[] = {
    DEFINE_PROP_UINT32("start", DemoCounter, start, 0),
    DEFINE_PROP_BOOL("saturating", DemoCounter, saturating, false),
    DEFINE_PROP_STRING("label", DemoCounter, label),
};

static void demo_counter_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "Counter of edges";
    dc->realize = demo_counter_realize;
    dc->unrealize = demo_counter_unrealize;
    dc->user_creatable = true;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, demo_counter_properties);
    rc->phases.enter = demo_counter_reset_enter;
    rc->phases.hold = demo_counter_reset_hold;
}

static const TypeInfo demo_counter_types[] = {
    {
        .name = TYPE_DEMO_COUNTER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(DemoCounter),
        .instance_init = demo_counter_init,
        .class_init = demo_counter_class_init,
    },
};

DEFINE_TYPES(demo_counter_types)
module_obj(TYPE_DEMO_COUNTER);
