/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advanced error reporting: what went wrong on a link, by bits, with the header
 * of the packet (PCI Express Base Specification, 6.2, 7.8.4).
 *
 * A model calls pcie_aer_init() in realize, pcie_aer_exit() in exit, and
 * pcie_aer_write_config() after each write to its configuration space. An error
 * that it has is given to pcie_aer_inject_error(), which records it and sends a
 * message up to the root port; there, if software wants it, an interrupt is
 * raised. Root ports call the functions with "root" in their names, too.
 */
#ifndef QEMU_PCIE_AER_H
#define QEMU_PCIE_AER_H

#include "hw/pci/pci_regs.h"

typedef struct PCIEAERErr {
    uint32_t status;    /* one bit: PCI_ERR_UNC_... or PCI_ERR_COR_... */
    uint16_t source_id; /* bus, device, function */

#define PCIE_AER_ERR_IS_CORRECTABLE     0x1
#define PCIE_AER_ERR_MAYBE_ADVISORY     0x2
#define PCIE_AER_ERR_HEADER_VALID       0x4
#define PCIE_AER_ERR_TLP_PREFIX_PRESENT 0x8
    uint16_t flags;

    uint32_t header[4];
    uint32_t prefix[4];
} PCIEAERErr;

/* Errors that wait until software has treated the one in the registers. */
typedef struct PCIEAERLog {
    uint16_t log_num; /* that are there */
#define PCIE_AER_LOG_MAX_DEFAULT 8
#define PCIE_AER_LOG_MAX_LIMIT   128
    uint16_t log_max; /* for which there is room: a property */
    PCIEAERErr *log;
} PCIEAERLog;

/* What goes up to the root port. */
typedef struct PCIEAERMsg {
    uint32_t severity; /* PCI_ERR_ROOT_CMD_..._EN */
    uint16_t source_id;
} PCIEAERMsg;

static inline bool pcie_aer_msg_is_uncor(const PCIEAERMsg *msg)
{
    return msg->severity == PCI_ERR_ROOT_CMD_NONFATAL_EN ||
           msg->severity == PCI_ERR_ROOT_CMD_FATAL_EN;
}

/* A PCIEAERLog: a field of the vmstate of each model with AER. */
extern const VMStateDescription vmstate_pcie_aer_log;

/*
 * Adds the capability at @offset (from 0x100 on); @size is PCI_ERR_SIZEOF.
 * exp.aer_log.log_max has been set; -EINVAL with @errp if it is over the limit.
 */
int pcie_aer_init(PCIDevice *dev, uint8_t cap_ver, uint16_t offset,
                  uint16_t size, Error **errp);
void pcie_aer_exit(PCIDevice *dev);
void pcie_aer_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                           int len);

/* Root ports: the message of their interrupt, their registers, and a write. */
void pcie_aer_root_set_vector(PCIDevice *dev, unsigned int vector);
void pcie_aer_root_init(PCIDevice *dev);
void pcie_aer_root_reset(PCIDevice *dev);
void pcie_aer_root_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                                int len, uint32_t root_cmd_prev);

/*
 * @dev has had the error @err. Returns 0; -ENOSYS: it is no Express device;
 * -EINVAL: status is not one bit that can be.
 */
int pcie_aer_inject_error(PCIDevice *dev, const PCIEAERErr *err);

#endif
