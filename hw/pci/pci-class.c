/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What class codes are called, for people and for firmware. */
#include "qemu/osdep.h"
#include "pci-internal.h"

static const PCIClassName class_names[] = {
    { 0x0001, "VGA controller", "display" },
    { 0x0100, "SCSI controller", "scsi" },
    { 0x0101, "IDE controller", "ide" },
    { 0x0102, "Floppy controller", "fdc" },
    { 0x0103, "IPI controller", "ipi" },
    { 0x0104, "RAID controller", "raid" },
    { 0x0106, "SATA controller" },
    { 0x0107, "SAS controller" },
    { 0x0180, "Storage controller" },
    { 0x0200, "Ethernet controller", "ethernet" },
    { 0x0201, "Token Ring controller", "token-ring" },
    { 0x0202, "FDDI controller", "fddi" },
    { 0x0203, "ATM controller", "atm" },
    { 0x0280, "Network controller" },
    { 0x0300, "VGA controller", "display", 0x00ff },
    { 0x0301, "XGA controller" },
    { 0x0302, "3D controller" },
    { 0x0380, "Display controller" },
    { 0x0400, "Video controller", "video" },
    { 0x0401, "Audio controller", "sound" },
    { 0x0402, "Phone" },
    { 0x0403, "Audio controller", "sound" },
    { 0x0480, "Multimedia controller" },
    { 0x0500, "RAM controller", "memory" },
    { 0x0501, "Flash controller", "flash" },
    { 0x0580, "Memory controller" },
    { 0x0600, "Host bridge", "host" },
    { 0x0601, "ISA bridge", "isa" },
    { 0x0602, "EISA bridge", "eisa" },
    { 0x0603, "MC bridge", "mca" },
    { 0x0604, "PCI bridge", "pci-bridge" },
    { 0x0605, "PCMCIA bridge", "pcmcia" },
    { 0x0606, "NUBUS bridge", "nubus" },
    { 0x0607, "CARDBUS bridge", "cardbus" },
    { 0x0608, "RACEWAY bridge" },
    { 0x0680, "Bridge" },
    { 0x0700, "Serial port", "serial" },
    { 0x0701, "Parallel port", "parallel" },
    { 0x0800, "Interrupt controller", "interrupt-controller" },
    { 0x0801, "DMA controller", "dma-controller" },
    { 0x0802, "Timer", "timer" },
    { 0x0803, "RTC", "rtc" },
    { 0x0900, "Keyboard", "keyboard" },
    { 0x0901, "Pen", "pen" },
    { 0x0902, "Mouse", "mouse" },
    { 0x0A00, "Dock station", "dock", 0x00ff },
    { 0x0B00, "i386 cpu", "cpu", 0x00ff },
    { 0x0c00, "Firewire controller", "firewire" },
    { 0x0c01, "Access bus controller", "access-bus" },
    { 0x0c02, "SSA controller", "ssa" },
    { 0x0c03, "USB controller", "usb" },
    { 0x0c04, "Fibre channel controller", "fibre-channel" },
    { 0x0c05, "SMBus" },
};

static const PCIClassName no_name;

const PCIClassName *pci_class_name(uint16_t class)
{
    for (size_t i = 0; i < ARRAY_SIZE(class_names); i++) {
        if (class_names[i].class == class) {
            return &class_names[i];
        }
    }
    return &no_name;
}

const char *pci_class_fw_name(uint16_t class, char *buf, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(class_names); i++) {
        const PCIClassName *n = &class_names[i];

        if (n->fw_name && n->class == (class & ~n->fw_ign_bits)) {
            return n->fw_name;
        }
    }
    snprintf(buf, len, "pci%04x", class);
    return buf;
}
