/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine for tests of system bus devices, in a module. Its property
 * "devices" lists them: "TYPE@ADDRESS[+NAME=VALUE]..." with ';' between them,
 * the addresses in hexadecimal. Each is a child of the machine, "dev0" and so
 * on, with its first region mapped; "+chardev" alone is the serial port of the
 * same number.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/qdev-properties-system.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "system/system.h"

#define TYPE_SYSBUS_MACHINE MACHINE_TYPE_NAME("sysbus-test")
OBJECT_DECLARE_SIMPLE_TYPE(SysbusMachine, SYSBUS_MACHINE)

struct SysbusMachine {
    MachineState parent_obj;

    char *devices;
};

static void set_property(DeviceState *dev, int number, const char *text,
                         Error **errp)
{
    const char *value = strchr(text, '=');
    g_autofree char *name =
        g_strndup(text, value ? value - text : strlen(text));

    if (!value && !strcmp(text, "chardev")) {
        qdev_prop_set_chr(dev, "chardev", serial_hd(number));
    } else if (!value) {
        error_setg(errp, "'%s' has no value", text);
    } else {
        object_property_parse(OBJECT(dev), name, value + 1, errp);
    }
}

static void make_device(SysbusMachine *m, int number, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "+", -1);
    char *at = strchr(parts[0], '@');
    g_autofree char *name = g_strdup_printf("dev%d", number);
    DeviceState *dev;

    if (!at) {
        error_report("'%s' has no address", text);
        exit(EXIT_FAILURE);
    }
    *at = '\0';
    dev = qdev_try_new(parts[0]);
    if (!dev || !object_dynamic_cast(OBJECT(dev), TYPE_SYS_BUS_DEVICE)) {
        error_report("'%s' is not a system bus device", parts[0]);
        exit(EXIT_FAILURE);
    }
    object_property_add_child(OBJECT(m), name, OBJECT(dev));
    for (char **p = parts + 1; *p; p++) {
        set_property(dev, number, *p, &error_fatal);
    }
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, g_ascii_strtoull(at + 1, NULL, 16));
}

static void sysbus_machine_init(MachineState *ms)
{
    SysbusMachine *m = SYSBUS_MACHINE(ms);
    g_auto(GStrv) list = g_strsplit(m->devices ?: "", ";", -1);

    if (ms->ram) {
        memory_region_add_subregion(get_system_memory(), 0, ms->ram);
    }
    for (int i = 0; list[i]; i++) {
        if (*list[i]) {
            make_device(m, i, list[i]);
        }
    }
}

static char *get_devices(Object *obj, Error **errp)
{
    return g_strdup(SYSBUS_MACHINE(obj)->devices);
}

static void set_devices(Object *obj, const char *value, Error **errp)
{
    SysbusMachine *m = SYSBUS_MACHINE(obj);

    g_free(m->devices);
    m->devices = g_strdup(value);
}

static void sysbus_machine_finalize(Object *obj)
{
    g_free(SYSBUS_MACHINE(obj)->devices);
}

static void sysbus_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "devices for tests";
    mc->init = sysbus_machine_init;
    mc->max_cpus = 1;
    mc->default_ram_id = "ram";
    object_class_property_add_str(oc, "devices", get_devices, set_devices);
}

static const TypeInfo sysbus_machine_types[] = {
    {
        .name = TYPE_SYSBUS_MACHINE,
        .parent = TYPE_MACHINE,
        .class_init = sysbus_machine_class_init,
        .instance_size = sizeof(SysbusMachine),
        .instance_finalize = sysbus_machine_finalize,
    },
};

DEFINE_TYPES(sysbus_machine_types)
