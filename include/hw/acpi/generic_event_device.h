/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Generic Event Device (ACPI 6.5, 5.6.9): on hardware-reduced platforms, one
 * interrupt for all events. Its AML, build_ged_aml(), reads a register that has
 * a bit for each event, which clears it, and calls a method for each that is
 * set. Beside it are registers of the platform: to sleep, and to reset.
 *
 * MMIO regions: 0 the events, 1 memory slots (memory_hotplug.h), 2 the registers
 * ACPI_GED_REG_*, and 3, if there are such events, CPU slots (cpu.h). The
 * property "ged-event" says which events the board has.
 */
#ifndef HW_ACPI_GENERIC_EVENT_DEVICE_H
#define HW_ACPI_GENERIC_EVENT_DEVICE_H

#include "hw/acpi/cpu.h"
#include "hw/acpi/memory_hotplug.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define ACPI_POWER_BUTTON_DEVICE "PWRB"

#define TYPE_ACPI_GED "acpi-ged"
OBJECT_DECLARE_SIMPLE_TYPE(AcpiGedState, ACPI_GED)

#define ACPI_GED_EVT_SEL_OFFSET 0x0
#define ACPI_GED_EVT_SEL_LEN    0x4

#define ACPI_GED_REG_SLEEP_CTL 0x00
#define ACPI_GED_REG_SLEEP_STS 0x01
#define ACPI_GED_REG_RESET     0x02
#define ACPI_GED_REG_COUNT     0x03

/* Written to the reset register, resets. */
#define ACPI_GED_RESET_VALUE 0x42

/* The sleep control register (4.8.3.7). */
#define ACPI_GED_SLP_TYP_POS  0x2
#define ACPI_GED_SLP_TYP_MASK 0x07
#define ACPI_GED_SLP_TYP_S5   0x05
#define ACPI_GED_SLP_EN       0x20

/* Names in AML. */
#define GED_DEVICE      "GED"
#define AML_GED_EVT_REG "EREG"
#define AML_GED_EVT_SEL "ESEL"
/* For a board with CPU slots: build_cpus_aml()'s event_handler_method. */
#define AML_GED_EVT_CPU_SCAN_METHOD "\\_SB.GED.CSCN"

/* Events. */
#define ACPI_GED_MEM_HOTPLUG_EVT    0x1
#define ACPI_GED_PWR_DOWN_EVT       0x2
#define ACPI_GED_NVDIMM_HOTPLUG_EVT 0x4
#define ACPI_GED_CPU_HOTPLUG_EVT    0x8

typedef struct GEDState {
    MemoryRegion evt;
    MemoryRegion regs;
    uint32_t sel; /* events that the guest has not read yet */
} GEDState;

struct AcpiGedState {
    SysBusDevice parent_obj;
    MemHotplugState memhp_state;
    MemoryRegion container_memhp;
    CPUHotplugState cpuhp_state;
    MemoryRegion container_cpuhp;
    GEDState ged_state;
    uint32_t ged_event_bitmap;
    qemu_irq irq;
};

/*
 * Appends the device @name, which is @hotplug_dev, with the GSI @ged_irq and its
 * events at @ged_base.
 */
void build_ged_aml(Aml *table, const char *name, HotplugHandler *hotplug_dev,
                   uint32_t ged_irq, AmlRegionSpace rs, hwaddr ged_base);
/* Appends ACPI_POWER_BUTTON_DEVICE, which the GED notifies. */
void acpi_dsdt_add_power_button(Aml *scope);

#endif
