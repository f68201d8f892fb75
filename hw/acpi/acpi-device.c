/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of ACPI devices, and its command. */
#include "qemu/osdep.h"
#include "hw/acpi/acpi.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-acpi.h"
#include "qemu/module.h"

bool acpi_builtin(void)
{
    return true;
}

void acpi_send_event(DeviceState *dev, AcpiEventStatusBits event)
{
    ACPI_DEVICE_IF_GET_CLASS(dev)->send_event(ACPI_DEVICE_IF(dev), event);
}

ACPIOSTInfoList *qmp_query_acpi_ospm_status(Error **errp)
{
    Object *obj = object_resolve_path_type("", TYPE_ACPI_DEVICE_IF, NULL);
    ACPIOSTInfoList *list = NULL, **end = &list;

    if (!obj) {
        error_setg(errp, "command is not supported, missing ACPI device");
        return NULL;
    }
    ACPI_DEVICE_IF_GET_CLASS(obj)->ospm_status(ACPI_DEVICE_IF(obj), &end);
    return list;
}

static const TypeInfo acpi_device_types[] = {
    {
        .name = TYPE_ACPI_DEVICE_IF,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(AcpiDeviceIfClass),
    },
};

DEFINE_TYPES(acpi_device_types)
