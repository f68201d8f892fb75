/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A logical or of interrupt lines. */
#include "qemu/osdep.h"
#include "hw/or-irq.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

static void or_irq_set(void *opaque, int n, int level)
{
    OrIRQState *s = OR_IRQ(opaque);
    bool any = false;

    s->levels[n] = level;
    for (int i = 0; i < s->num_lines; i++) {
        any |= s->levels[i];
    }
    qemu_set_irq(s->out_irq, any);
}

static void or_irq_reset(DeviceState *dev)
{
    OrIRQState *s = OR_IRQ(dev);

    memset(s->levels, 0, sizeof(s->levels));
}

static void or_irq_realize(DeviceState *dev, Error **errp)
{
    OrIRQState *s = OR_IRQ(dev);

    if (s->num_lines > MAX_OR_LINES) {
        error_setg(errp, "num-lines %u is too large, at most %d", s->num_lines,
                   MAX_OR_LINES);
        return;
    }
    qdev_init_gpio_in(dev, or_irq_set, s->num_lines);
}

static void or_irq_init(Object *obj)
{
    qdev_init_gpio_out(DEVICE(obj), &OR_IRQ(obj)->out_irq, 1);
}

/* So many lines there were at most, once. */
#define OLD_MAX_LINES 16

static bool or_irq_more_lines(void *opaque)
{
    return OR_IRQ(opaque)->num_lines > OLD_MAX_LINES;
}

static const VMStateDescription vmstate_or_irq_more = {
    .name = "or-irq-extras",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = or_irq_more_lines,
    .fields =
        (const VMStateField[]){
            VMSTATE_VARRAY_UINT16_UNSAFE(levels, OrIRQState, num_lines, 0,
                                         vmstate_info_bool, bool),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_or_irq = {
    .name = TYPE_OR_IRQ,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_BOOL_SUB_ARRAY(levels, OrIRQState, 0, OLD_MAX_LINES),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){ &vmstate_or_irq_more, NULL },
};

static const Property or_irq_properties[] = {
    DEFINE_PROP_UINT16("num-lines", OrIRQState, num_lines, 1),
};

static void or_irq_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_legacy_reset(dc, or_irq_reset);
    device_class_set_props(dc, or_irq_properties);
    dc->realize = or_irq_realize;
    dc->vmsd = &vmstate_or_irq;
    /* Its lines can be connected in code only. */
    dc->user_creatable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo or_irq_types[] = {
    {
        .name = TYPE_OR_IRQ,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(OrIRQState),
        .instance_init = or_irq_init,
        .class_init = or_irq_class_init,
    },
};

DEFINE_TYPES(or_irq_types)
