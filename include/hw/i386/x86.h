/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What x86 boards have in common: RAM on both sides of the hole below 4 GiB,
 * CPUs with APIC ids, interrupt lines by number (GSI), firmware below 4 GiB, a
 * kernel loaded without firmware. A board derives from TYPE_X86_MACHINE.
 *
 * All functions need the BQL.
 */
#ifndef HW_I386_X86_H
#define HW_I386_X86_H

#include "exec/hwaddr.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/i386/topology.h"
#include "hw/intc/ioapic.h"
#include "hw/isa/isa.h"
#include "hw/nvram/fw_cfg.h"
#include "qom/object.h"

struct X86MachineClass {
    MachineClass parent;

    bool save_tsc_khz;
    bool fwcfg_dma_enabled;
    bool apic_xrupt_override;
};

/* How the first CPU starts when there is no firmware. */
typedef enum X86BootKind {
    X86_BOOT_RESET,  /* at its reset vector */
    X86_BOOT_PVH,    /* 32-bit protected mode, EBX: hvm_start_info */
    X86_BOOT_LINUX64 /* long mode, RSI: boot_params */
} X86BootKind;

struct X86MachineState {
    MachineState parent;

    ISADevice *rtc;
    FWCfgState *fw_cfg;
    qemu_irq *gsi;
    DeviceState *ioapic2;
    HotplugHandler *acpi_dev;

    MemoryRegion bios;     /* right below 4 GiB */
    MemoryRegion isa_bios; /* its last 128 KiB below 1 MiB */

    ram_addr_t below_4g_mem_size, above_4g_mem_size;
    uint64_t above_4g_mem_start;

    unsigned pci_irq_mask;
    unsigned apic_id_limit; /* above all ids */
    uint16_t boot_cpus;

    OnOffAuto smm;
    OnOffAuto acpi;
    OnOffAuto pit;
    OnOffAuto pic;

    char *oem_id; /* of the ACPI tables */
    char *oem_table_id;

    /* Ours: acpi=auto, and a kernel that could not use it. */
    bool acpi_useless;
    hwaddr rsdp_addr; /* without firmware; 0: no tables */
    /* Of the kernel that was loaded. */
    X86BootKind boot_kind;
    hwaddr boot_entry;
    hwaddr boot_info;
};

#define X86_MACHINE_SMM          "smm"
#define X86_MACHINE_ACPI         "acpi"
#define X86_MACHINE_PIT          "pit"
#define X86_MACHINE_PIC          "pic"
#define X86_MACHINE_OEM_ID       "x-oem-id"
#define X86_MACHINE_OEM_TABLE_ID "x-oem-table-id"

#define TYPE_X86_MACHINE MACHINE_TYPE_NAME("x86")
OBJECT_DECLARE_TYPE(X86MachineState, X86MachineClass, X86_MACHINE)

/* The topology that -smp says. */
void init_topo_info(X86CPUTopoInfo *topo_info, const X86MachineState *x86ms);
uint32_t x86_cpu_apic_id_from_index(X86MachineState *x86ms,
                                    unsigned int cpu_index);
/* Makes the CPUs that are present at start; an error ends the program. */
void x86_cpus_init(X86MachineState *x86ms, int default_cpu_version);

/*
 * A board's hotplug handlers for CPUs. Where nothing can ask the guest, a CPU
 * that it has started stays: its unplugging is an error.
 */
void x86_cpu_pre_plug(HotplugHandler *hotplug_dev, DeviceState *dev,
                      Error **errp);
void x86_cpu_plug(HotplugHandler *hotplug_dev, DeviceState *dev, Error **errp);
void x86_cpu_unplug_request_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp);
void x86_cpu_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                       Error **errp);
/*
 * Ours: whether there are slots that are empty at the start. If so, the board's
 * acpi_dev is told of CPUs that come, and unplugging is a request to it.
 */
bool x86_has_cpu_slots(const X86MachineState *x86ms);

/* Maps @bios's last 128 KiB into @isa_memory, as @isa_bios. */
void x86_isa_bios_init(MemoryRegion *isa_bios, MemoryRegion *isa_memory,
                       MemoryRegion *bios, bool read_only);
/*
 * Loads the firmware: the user's, else @default_firmware if it is installed.
 * False if there is none.
 */
bool x86_load_firmware(X86MachineState *x86ms, const char *default_firmware,
                       MemoryRegion *rom_memory);

bool x86_machine_is_smm_enabled(const X86MachineState *x86ms);
bool x86_machine_is_acpi_enabled(const X86MachineState *x86ms);
/* Ours: whether it starts a kernel (-kernel) without firmware. */
bool x86_boots_kernel(const X86MachineState *x86ms);

/* ---- interrupts ---------------------------------------------------------- */

/* Where a GSI leads to. */
typedef struct GSIState {
    qemu_irq i8259_irq[ISA_NUM_IRQS];
    qemu_irq ioapic_irq[IOAPIC_NUM_PINS];
    qemu_irq ioapic2_irq[IOAPIC_NUM_PINS];
} GSIState;

/* The line of the first CPU that a PIC drives. */
qemu_irq x86_allocate_cpu_irq(void);
/* For qemu_allocate_irqs(): @opaque is the GSIState. */
void gsi_handler(void *opaque, int n, int level);
void ioapic_init_gsi(GSIState *gsi_state, Object *parent);
DeviceState *ioapic_init_secondary(GSIState *gsi_state);

/* ---- a kernel without firmware (hw/i386/boot.c) -------------------------- */

/* A range of the memory map that a kernel is given. */
typedef struct X86MemoryRange {
    uint64_t start, size;
    uint32_t type; /* E820_RAM, E820_RESERVED */
} X86MemoryRange;

#define E820_RAM      1
#define E820_RESERVED 2

/* The map as an array of X86MemoryRange, sorted, the caller's. */
GArray *x86_memory_map(X86MachineState *x86ms);
/*
 * Loads the kernel and the initrd and what they are to know into RAM, and notes
 * where the first CPU starts: PVH for an ELF file with that note, the 64-bit
 * entry for a bzImage. Once, after all devices are there.
 */
bool x86_load_kernel(X86MachineState *x86ms, const char *cmdline, Error **errp);
/*
 * Whether there is ACPI in the kernel @filename. One that is compressed, or
 * that cannot be read, counts as one that has it.
 */
bool x86_kernel_has_acpi(const char *filename);
/* After a reset: the first CPU's registers for that. */
void x86_boot_cpu_registers(X86MachineState *x86ms);

#endif
