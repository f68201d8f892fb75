/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DIMMs that come and go, by ACPI: registers through which AML asks for the
 * slots, and that AML. It is part of an ACPI device, whose hotplug handler calls
 * the three callbacks; the device tells the guest of the event, the guest runs
 * MEMORY_SLOT_SCAN_METHOD.
 *
 * The registers, of 32 bits in little endian, are of the slot that was written
 * to 0: address (0, 4), size (8, 0xc), proximity domain (0x10), and at 0x14 bits
 * for enabled (0), being inserted (1), being removed (2). Written are the slot
 * (0), event (4) and status (8) of _OST, and at 0x14 bits to clear "inserted"
 * (1) and "removed" (2), and to eject (3).
 *
 * All need the big lock.
 */
#ifndef QEMU_ACPI_MEMORY_HOTPLUG_H
#define QEMU_ACPI_MEMORY_HOTPLUG_H

#include "hw/acpi/acpi.h"
#include "hw/acpi/aml-build.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qapi/qapi-types-acpi.h"

#define MEMORY_SLOT_SCAN_METHOD  "MSCN"
#define MEMORY_DEVICES_CONTAINER "\\_SB.MHPC"
#define MEMORY_HOTPLUG_IO_LEN    24

/* A slot. */
typedef struct MemStatus {
    DeviceState *dimm; /* NULL: empty */
    bool is_enabled;
    bool is_inserting;
    bool is_removing; /* the guest was asked to eject it */
    uint32_t ost_event;
    uint32_t ost_status;
} MemStatus;

typedef struct MemHotplugState {
    bool is_enabled; /* whether the board has memory hotplug */
    MemoryRegion io;
    uint32_t selector;
    uint32_t dev_count;
    MemStatus *devs;
} MemHotplugState;

/*
 * Slots for all that the machine has, and their registers at @io_base of @as;
 * nothing if it has none.
 */
void acpi_memory_hotplug_init(MemoryRegion *as, Object *owner,
                              MemHotplugState *state, hwaddr io_base);
/* Ours: at a reset, and in the end. */
void acpi_memory_hotplug_reset(MemHotplugState *state);
void acpi_memory_hotplug_finalize(MemHotplugState *state);

/* For the ACPI device @hotplug_dev, about a DIMM of the machine. */
void acpi_memory_plug_cb(HotplugHandler *hotplug_dev, MemHotplugState *mem_st,
                         DeviceState *dev, Error **errp);
void acpi_memory_unplug_request_cb(HotplugHandler *hotplug_dev,
                                   MemHotplugState *mem_st, DeviceState *dev,
                                   Error **errp);
void acpi_memory_unplug_cb(MemHotplugState *mem_st, DeviceState *dev,
                           Error **errp);

/* Appends what the guest said of each slot. */
void acpi_memory_ospm_status(MemHotplugState *mem_st, ACPIOSTInfoList ***list);

extern const VMStateDescription vmstate_memory_hotplug;
#define VMSTATE_MEMORY_HOTPLUG(memhp, state)                                   \
    VMSTATE_STRUCT(memhp, state, 1, vmstate_memory_hotplug, MemHotplugState)

/*
 * Appends MEMORY_DEVICES_CONTAINER with @nr_mem slots to @table; @res_root is
 * the scope of old guests' resources. A method @event_handler_method, if not
 * NULL, calls the scan.
 */
void build_memory_hotplug_aml(Aml *table, uint32_t nr_mem, const char *res_root,
                              const char *event_handler_method,
                              AmlRegionSpace rs, hwaddr memhp_io_base);

#endif
