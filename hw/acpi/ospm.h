/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest's operating system says of a slot that things are plugged into,
 * for all kinds of slots: to who asks, and as an event. */
#ifndef HW_ACPI_OSPM_H
#define HW_ACPI_OSPM_H

#include "hw/qdev-core.h"
#include "qapi/qapi-types-acpi.h"

/*
 * What _OST (ACPI 6.5, 6.3.5) said last of slot @slot of kind @type: @status of
 * @event. @dev is what is in it, or NULL. The caller frees it.
 */
ACPIOSTInfo *acpi_ospm_info(ACPISlotType type, uint32_t slot, DeviceState *dev,
                            uint32_t event, uint32_t status);

/* Sends ACPI_DEVICE_OST, and frees @info. */
void acpi_ospm_report(ACPIOSTInfo *info);

/*
 * Whether the guest may have @dev, which it ejects, taken away now: not while
 * the machine migrates, as the user may not then. What was sent has it, and the
 * other side has it, too. It stays; the user hears of it, and may ask again.
 */
bool acpi_ospm_may_eject(DeviceState *dev);

/* Says by an event that @dev, of which it was asked, does not go. */
void acpi_ospm_unplug_failed(DeviceState *dev);

#endif
