/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-mmio slots in ACPI: the guest knows them by the id LNRO0005. */
#ifndef VIRTIO_ACPI_H
#define VIRTIO_ACPI_H

#include "exec/hwaddr.h"
#include "hw/acpi/aml-build.h"

/*
 * Appends @num devices VRnn to @scope, from the number @start_index on: each of
 * @virtio_mmio_size bytes behind the one before, and with the next line.
 */
void virtio_acpi_dsdt_add(Aml *scope, const hwaddr virtio_mmio_base,
                          const hwaddr virtio_mmio_size, uint32_t mmio_irq,
                          long int start_index, int num);

#endif
