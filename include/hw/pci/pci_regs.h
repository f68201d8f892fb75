/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of the configuration space, by the names of Linux's pci_regs.h: the
 * kernel's own header, which every Linux system has.
 */
#ifndef HW_PCI_PCI_REGS_H
#define HW_PCI_PCI_REGS_H

#include <linux/pci_regs.h>

/* Version field of the power management capability. */
#define PCI_PM_CAP_VER_1_1 0x0002
#define PCI_PM_CAP_VER_1_2 0x0003

#endif
