/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of virtio-pci have in common. */
#ifndef VIRTIO_PCI_INTERNAL_H
#define VIRTIO_PCI_INTERNAL_H

#include "hw/virtio/virtio-pci.h"

/* ---- virtio-pci.c -------------------------------------------------------- */

/* As if there had been no driver. */
void virtio_pci_soft_reset(VirtIOPCIProxy *proxy);
/* As if the driver had done it. */
void virtio_pci_make_master(VirtIOPCIProxy *proxy);
/* The status register, of either kind. */
void virtio_pci_write_status(VirtIOPCIProxy *proxy, uint8_t val);
/* What VIRTIO_NO_VECTOR or a vector that is not there becomes; counts uses. */
uint16_t virtio_pci_change_vector(VirtIOPCIProxy *proxy, uint16_t from,
                                  uint16_t to);

/* ---- virtio-pci-modern.c ------------------------------------------------- */

/* Makes the structures; then each has its place and its capability. */
void virtio_pci_modern_init(VirtIOPCIProxy *proxy, VirtIODevice *vdev);
void virtio_pci_modern_exit(VirtIOPCIProxy *proxy);
/* How far apart the kicks of queues are. */
uint32_t virtio_pci_notify_stride(VirtIOPCIProxy *proxy);
/* The window in the configuration space: around an access there. */
void virtio_pci_window_read(VirtIOPCIProxy *proxy, uint32_t addr, int len);
void virtio_pci_window_written(VirtIOPCIProxy *proxy, uint32_t addr, int len);

/* ---- virtio-pci-legacy.c ------------------------------------------------- */

void virtio_pci_legacy_init(VirtIOPCIProxy *proxy);

/* ---- virtio-pci-state.c -------------------------------------------------- */

void virtio_pci_state_class_init(VirtioBusClass *k);

#endif
