/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts: a device writes a word to memory instead of
 * raising a line (PCI Local Bus Specification 3.0, 6.8). An interrupt
 * controller that takes such words says so by msi_nonbroken, in its class or
 * when it is realized; devices offer MSI only then.
 *
 * A device calls msi_init() in realize and msi_uninit() in exit; to interrupt,
 * msi_notify() if msi_enabled(), else it sets its line. The capability is kept
 * in step with the default configuration accesses and the reset of the core.
 */
#ifndef QEMU_MSI_H
#define QEMU_MSI_H

#include "hw/pci/pci_device.h"

struct MSIMessage {
    uint64_t address;
    uint32_t data;
};

extern bool msi_nonbroken;

/*
 * Adds the capability at @offset (0: anywhere), for @nr_vectors vectors (a
 * power of two up to 32), with addresses of 64 bits and a mask for each vector
 * if asked for. -ENOTSUP with @errp if the machine takes no messages; else 0 or
 * as pci_add_capability().
 */
int msi_init(PCIDevice *dev, uint8_t offset, unsigned int nr_vectors,
             bool msi64bit, bool msi_per_vector_mask, Error **errp);
/* Does nothing if there is none. */
void msi_uninit(PCIDevice *dev);

static inline bool msi_present(const PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_MSI;
}

/* Whether the guest has enabled it; and doing so for it. */
bool msi_enabled(const PCIDevice *dev);
void msi_set_enabled(PCIDevice *dev);
/* How many vectors the guest has given the device. */
unsigned int msi_nr_vectors_allocated(const PCIDevice *dev);

/*
 * Sends the message of @vector, which must be less than the former, or notes it
 * as pending while it is masked.
 */
void msi_notify(PCIDevice *dev, unsigned int vector);
/* Sends any message in the name of the device. */
void msi_send_message(PCIDevice *dev, MSIMessage msg);

MSIMessage msi_get_message(PCIDevice *dev, unsigned int vector);
void msi_set_message(PCIDevice *dev, MSIMessage msg);
bool msi_is_masked(const PCIDevice *dev, unsigned int vector);
void msi_set_mask(PCIDevice *dev, int vector, bool mask, Error **errp);

/* The core's: after a write to the configuration space, and on reset. */
void msi_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len);
void msi_reset(PCIDevice *dev);

#endif
