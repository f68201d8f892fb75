/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a board's ACPI device can do, whichever it is: tell the guest of an
 * event, and tell the user what the guest said of its slots (_OST).
 */
#ifndef ACPI_DEV_INTERFACE_H
#define ACPI_DEV_INTERFACE_H

#include "hw/qdev-core.h"
#include "qapi/qapi-types-acpi.h"
#include "qom/object.h"

/* Events; of some devices they are bits of a register. */
typedef enum {
    ACPI_PCI_HOTPLUG_STATUS = 2,
    ACPI_CPU_HOTPLUG_STATUS = 4,
    ACPI_MEMORY_HOTPLUG_STATUS = 8,
    ACPI_NVDIMM_HOTPLUG_STATUS = 16,
    ACPI_VMGENID_CHANGE_STATUS = 32,
    ACPI_POWER_DOWN_STATUS = 64,
} AcpiEventStatusBits;

#define TYPE_ACPI_DEVICE_IF "acpi-device-interface"

typedef struct AcpiDeviceIfClass AcpiDeviceIfClass;
DECLARE_CLASS_CHECKERS(AcpiDeviceIfClass, ACPI_DEVICE_IF, TYPE_ACPI_DEVICE_IF)
#define ACPI_DEVICE_IF(obj)                                                    \
    INTERFACE_CHECK(AcpiDeviceIf, (obj), TYPE_ACPI_DEVICE_IF)

typedef struct AcpiDeviceIf AcpiDeviceIf;

struct AcpiDeviceIfClass {
    InterfaceClass parent_class;

    /* Appends to the list, whose end **@list is, and moves that. */
    void (*ospm_status)(AcpiDeviceIf *adev, ACPIOSTInfoList ***list);
    void (*send_event)(AcpiDeviceIf *adev, AcpiEventStatusBits ev);
};

/* Has @dev, which is such a device, send @event. Big lock. */
void acpi_send_event(DeviceState *dev, AcpiEventStatusBits event);

#endif
