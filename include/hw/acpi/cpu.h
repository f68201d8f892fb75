/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that come and go, by ACPI: registers through which AML asks for the
 * machine's CPU slots, and that AML. They are part of an ACPI device, whose
 * hotplug handler calls the three callbacks; the device tells the guest of the
 * event, and the guest runs \_SB.CPUS.CSCN, which looks for slots with one.
 *
 * The registers, in little endian, are of the slot whose number was written to
 * 0. At 4 a byte of flags: enabled (0), being inserted (1), being removed (2),
 * the firmware is to eject it (4); written, 1 and 2 clear these, 3 ejects, 4
 * hands ejecting to the firmware. At 5 a command, which says what the 32 bits
 * at 8 are: 0 goes to the next slot with an event, whose number they are; 1 and
 * 2, event and status of _OST, to be written; 3, the CPU's id on its
 * architecture, whose upper half is at 0.
 *
 * All need the big lock.
 */
#ifndef ACPI_CPU_H
#define ACPI_CPU_H

#include "hw/acpi/acpi.h"
#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qapi/qapi-types-acpi.h"

#define ACPI_CPU_HOTPLUG_REG_LEN 12

/* A slot. */
typedef struct AcpiCpuStatus {
    CPUState *cpu; /* NULL: empty */
    uint64_t arch_id;
    bool is_inserting;
    bool is_removing; /* the guest is to be asked to eject it */
    bool fw_remove;
    uint32_t ost_event;
    uint32_t ost_status;
    /* Ours: ejected by the guest, and soon gone. */
    bool is_ejected;
} AcpiCpuStatus;

typedef struct CPUHotplugState {
    MemoryRegion ctrl_reg;
    uint32_t selector;
    uint8_t command;
    uint32_t dev_count;
    AcpiCpuStatus *devs;
    /* Ours: where ejected CPUs go, in the main loop. */
    QEMUBH *eject_bh;
} CPUHotplugState;

/*
 * For the ACPI device @hotplug_dev, about a CPU in a slot of the machine; an
 * error if it has none. The guest is told of a CPU that comes while it runs.
 * What a request leads to is the guest's matter: it ejects the CPU, after which
 * hotplug_handler_unplug() is called from the main loop, or says by _OST that
 * it does not, for which there is the event DEVICE_UNPLUG_GUEST_ERROR.
 */
void acpi_cpu_plug_cb(HotplugHandler *hotplug_dev, CPUHotplugState *cpu_st,
                      DeviceState *dev, Error **errp);
void acpi_cpu_unplug_request_cb(HotplugHandler *hotplug_dev,
                                CPUHotplugState *cpu_st, DeviceState *dev,
                                Error **errp);
void acpi_cpu_unplug_cb(CPUHotplugState *cpu_st, DeviceState *dev,
                        Error **errp);

/*
 * Slots for all CPUs that are possible in the machine, whose class has
 * possible_cpu_arch_ids, and their registers at @base_addr of @as.
 */
void cpu_hotplug_hw_init(MemoryRegion *as, Object *owner,
                         CPUHotplugState *state, hwaddr base_addr);
/* Ours: at a reset, and in the end (also without cpu_hotplug_hw_init()). */
void acpi_cpu_hotplug_reset(CPUHotplugState *state);
void acpi_cpu_hotplug_finalize(CPUHotplugState *state);

/* What a board's AML needs beyond the usual. */
typedef struct CPUHotplugFeatures {
    bool acpi_1_compatible; /* Processor() for ids below 255 */
    bool has_legacy_cphp;   /* cpu_hotplug.h's registers are to be left */
    bool fw_unplugs_cpu;    /* ejecting is the firmware's, by @smi_path */
    const char *smi_path;   /* the port that calls the firmware, or NULL */
} CPUHotplugFeatures;

/*
 * Appends slot @uid's entry of the MADT; with @force_enabled as it is when
 * there is a CPU.
 */
typedef void (*build_madt_cpu_fn)(int uid, const CPUArchIdList *apic_ids,
                                  GArray *entry, bool force_enabled);

/*
 * Appends to @table: the registers at @base_addr as @res_root.PRES, \_SB.CPUS
 * with a device for each slot, and a method @event_handler_method, for the
 * board's event, that scans the slots.
 */
void build_cpus_aml(Aml *table, MachineState *machine, CPUHotplugFeatures opts,
                    build_madt_cpu_fn build_madt_cpu, hwaddr base_addr,
                    const char *res_root, const char *event_handler_method,
                    AmlRegionSpace rs);

/* Appends what the guest said of each slot. */
void acpi_cpu_ospm_status(CPUHotplugState *cpu_st, ACPIOSTInfoList ***list);

extern const VMStateDescription vmstate_cpu_hotplug;
#define VMSTATE_CPU_HOTPLUG(cpuhp, state)                                      \
    VMSTATE_STRUCT(cpuhp, state, 1, vmstate_cpu_hotplug, CPUHotplugState)

#endif
