/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board "microvm": RAM, virtio-mmio slots, and of a PC's devices as few as
 * the user wants. The numbers are part of the guest's interface.
 */
#ifndef HW_I386_MICROVM_H
#define HW_I386_MICROVM_H

#include "exec/hwaddr.h"
#include "hw/boards.h"
#include "hw/i386/x86.h"
#include "hw/pci-host/gpex.h"
#include "qemu/notify.h"
#include "qom/object.h"

/* Slots of 512 bytes each. */
#define VIRTIO_MMIO_BASE      0xfeb00000
#define VIRTIO_CMDLINE_MAXLEN 64

#define GED_MMIO_BASE       0xfea00000
#define GED_MMIO_BASE_MEMHP (GED_MMIO_BASE + 0x100)
#define GED_MMIO_BASE_REGS  (GED_MMIO_BASE + 0x200)
#define GED_MMIO_BASE_CPUHP (GED_MMIO_BASE + 0x300) /* QEMU has none */
#define GED_MMIO_IRQ        9

#define PCIE_MMIO_BASE 0xc0000000
#define PCIE_MMIO_SIZE 0x20000000
#define PCIE_ECAM_BASE 0xe0000000
#define PCIE_ECAM_SIZE 0x10000000

#define MICROVM_MACHINE_RTC                 "rtc"
#define MICROVM_MACHINE_PCIE                "pcie"
#define MICROVM_MACHINE_IOAPIC2             "ioapic2"
#define MICROVM_MACHINE_ISA_SERIAL          "isa-serial"
#define MICROVM_MACHINE_OPTION_ROMS         "x-option-roms"
#define MICROVM_MACHINE_AUTO_KERNEL_CMDLINE "auto-kernel-cmdline"

struct MicrovmMachineClass {
    X86MachineClass parent;
};

struct MicrovmMachineState {
    X86MachineState parent;

    OnOffAuto rtc;
    OnOffAuto pcie;
    OnOffAuto ioapic2;
    bool isa_serial;
    bool option_roms;
    bool auto_kernel_cmdline;

    /* GSIs: of PCI's four lines, of the first virtio-mmio slot. */
    uint32_t pcie_irq_base;
    uint32_t virtio_irq_base;
    uint32_t virtio_num_transports;
    Notifier machine_done;
    Notifier powerdown_req;
    /* Where PCI is; all sizes are 0 with pcie=off. */
    struct GPEXConfig gpex;
};

#define TYPE_MICROVM_MACHINE MACHINE_TYPE_NAME("microvm")
OBJECT_DECLARE_TYPE(MicrovmMachineState, MicrovmMachineClass, MICROVM_MACHINE)

#endif
