/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of ACPI devices, its command and its events. */
#include "qemu/osdep.h"
#include "hw/acpi/acpi.h"
#include "migration/misc.h"
#include "ospm.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-acpi.h"
#include "qapi/qapi-events-acpi.h"
#include "qapi/qapi-events-qdev.h"
#include "qemu/log.h"
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

ACPIOSTInfo *acpi_ospm_info(ACPISlotType type, uint32_t slot, DeviceState *dev,
                            uint32_t event, uint32_t status)
{
    ACPIOSTInfo *info = g_new0(ACPIOSTInfo, 1);

    info->slot_type = type;
    info->slot = g_strdup_printf("%" PRIu32, slot);
    info->source = event;
    info->status = status;
    info->device = dev ? g_strdup(dev->id) : NULL;
    return info;
}

void acpi_ospm_report(ACPIOSTInfo *info)
{
    qapi_event_send_acpi_device_ost(info);
    qapi_free_ACPIOSTInfo(info);
}

void acpi_ospm_unplug_failed(DeviceState *dev)
{
    qapi_event_send_device_unplug_guest_error(dev->id, dev->canonical_path);
}

bool acpi_ospm_may_eject(DeviceState *dev)
{
    if (!migration_is_running()) {
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "acpi: '%s' is not ejected while the machine migrates\n",
                  dev->canonical_path);
    acpi_ospm_unplug_failed(dev);
    return false;
}

static const TypeInfo acpi_device_types[] = {
    {
        .name = TYPE_ACPI_DEVICE_IF,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(AcpiDeviceIfClass),
    },
};

DEFINE_TYPES(acpi_device_types)
