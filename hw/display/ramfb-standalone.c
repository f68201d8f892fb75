/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device "ramfb": a screen that has only include/hw/display/ramfb.h. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "ui/console.h"
#include "ramfb-internal.h"

#define TYPE_RAMFB TYPE_RAMFB_DEVICE
OBJECT_DECLARE_SIMPLE_TYPE(RAMFBStandaloneState, RAMFB)

struct RAMFBStandaloneState {
    SysBusDevice parent_obj;

    QemuConsole *con;
    RAMFBState *state;
    bool migrate;
};

static void ramfb_update(void *opaque)
{
    RAMFBStandaloneState *s = opaque;

    ramfb_display_update(s->con, s->state);
}

static const GraphicHwOps ramfb_ops = {
    .gfx_update = ramfb_update,
};

static void ramfb_hold_reset(Object *obj, ResetType type)
{
    RAMFBStandaloneState *s = RAMFB(obj);

    ramfb_reset(s->con, s->state);
}

static void ramfb_realize(DeviceState *dev, Error **errp)
{
    RAMFBStandaloneState *s = RAMFB(dev);

    s->state = ramfb_setup(errp);
    if (s->state) {
        s->con = graphic_console_init(dev, 0, &ramfb_ops, s);
    }
}

static bool migrate_needed(void *opaque)
{
    RAMFBStandaloneState *s = opaque;

    return s->migrate;
}

static const VMStateDescription vmstate_ramfb_standalone = {
    .name = "ramfb-dev",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = migrate_needed,
    .fields = (const VMStateField[]){ VMSTATE_STRUCT_POINTER(
                                          state, RAMFBStandaloneState,
                                          ramfb_vmstate, RAMFBState),
                                      VMSTATE_END_OF_LIST() },
};

static const Property ramfb_properties[] = {
    DEFINE_PROP_BOOL("x-migrate", RAMFBStandaloneState, migrate, true),
};

static void ramfb_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    set_bit(DEVICE_CATEGORY_DISPLAY, dc->categories);
    dc->desc = "ram framebuffer standalone device";
    dc->realize = ramfb_realize;
    dc->vmsd = &vmstate_ramfb_standalone;
    device_class_set_props(dc, ramfb_properties);
    RESETTABLE_CLASS(oc)->phases.hold = ramfb_hold_reset;
}

static const TypeInfo ramfb_types[] = {
    {
        .name = TYPE_RAMFB_DEVICE,
        .parent = TYPE_DYNAMIC_SYS_BUS_DEVICE,
        .instance_size = sizeof(RAMFBStandaloneState),
        .class_init = ramfb_class_init,
    },
};

DEFINE_TYPES(ramfb_types)
