/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What guests and the firmware configuration device agree upon
 * (docs/specs/fw_cfg.rst of QEMU): keys, the directory, the DMA interface.
 */
#ifndef _LINUX_FW_CFG_H
#define _LINUX_FW_CFG_H

#include "qemu/osdep.h"

/* The ACPI identifier of the device. */
#define FW_CFG_ACPI_DEVICE_ID "QEMU0002"

/* Keys of items. */
#define FW_CFG_SIGNATURE      0x00
#define FW_CFG_ID             0x01
#define FW_CFG_UUID           0x02
#define FW_CFG_RAM_SIZE       0x03
#define FW_CFG_NOGRAPHIC      0x04
#define FW_CFG_NB_CPUS        0x05
#define FW_CFG_MACHINE_ID     0x06
#define FW_CFG_KERNEL_ADDR    0x07
#define FW_CFG_KERNEL_SIZE    0x08
#define FW_CFG_KERNEL_CMDLINE 0x09
#define FW_CFG_INITRD_ADDR    0x0a
#define FW_CFG_INITRD_SIZE    0x0b
#define FW_CFG_BOOT_DEVICE    0x0c
#define FW_CFG_NUMA           0x0d
#define FW_CFG_BOOT_MENU      0x0e
#define FW_CFG_MAX_CPUS       0x0f
#define FW_CFG_KERNEL_ENTRY   0x10
#define FW_CFG_KERNEL_DATA    0x11
#define FW_CFG_INITRD_DATA    0x12
#define FW_CFG_CMDLINE_ADDR   0x13
#define FW_CFG_CMDLINE_SIZE   0x14
#define FW_CFG_CMDLINE_DATA   0x15
#define FW_CFG_SETUP_ADDR     0x16
#define FW_CFG_SETUP_SIZE     0x17
#define FW_CFG_SETUP_DATA     0x18
#define FW_CFG_FILE_DIR       0x19

#define FW_CFG_FILE_FIRST     0x20
#define FW_CFG_FILE_SLOTS_MIN 0x10

/* Bits of a key, and none at all. */
#define FW_CFG_WRITE_CHANNEL  0x4000
#define FW_CFG_ARCH_LOCAL     0x8000
#define FW_CFG_ENTRY_MASK     (~(FW_CFG_WRITE_CHANNEL | FW_CFG_ARCH_LOCAL))
#define FW_CFG_INVALID        0xffff

/* Bytes of the selector register. */
#define FW_CFG_CTL_SIZE       0x02

/* What FW_CFG_SIGNATURE has. */
#define FW_CFG_SIG_SIZE       4

/* Bits of FW_CFG_ID. */
#define FW_CFG_VERSION        0x01
#define FW_CFG_VERSION_DMA    0x02

/* The longest name of a file, with its NUL. */
#define FW_CFG_MAX_FILE_PATH  56

/* An entry of the directory, big endian. */
struct fw_cfg_file {
    uint32_t size;
    uint16_t select;
    uint16_t reserved;
    char name[FW_CFG_MAX_FILE_PATH];
};

/* What the DMA address register reads as: "QEMU CFG". */
#define FW_CFG_DMA_SIGNATURE  0x51454d5520434647ULL

/* Bits of fw_cfg_dma_access.control. */
#define FW_CFG_DMA_CTL_ERROR  0x01
#define FW_CFG_DMA_CTL_READ   0x02
#define FW_CFG_DMA_CTL_SKIP   0x04
#define FW_CFG_DMA_CTL_SELECT 0x08
#define FW_CFG_DMA_CTL_WRITE  0x10

/* A request by DMA, big endian. */
struct fw_cfg_dma_access {
    uint32_t control;
    uint32_t length;
    uint64_t address;
};

#define FW_CFG_VMCOREINFO_FILENAME      "etc/vmcoreinfo"
#define FW_CFG_VMCOREINFO_FORMAT_NONE   0x0
#define FW_CFG_VMCOREINFO_FORMAT_ELF    0x1

/* The content of that file, little endian. */
struct fw_cfg_vmcoreinfo {
    uint16_t host_format;
    uint16_t guest_format;
    uint32_t size;
    uint64_t paddr;
};

#endif
