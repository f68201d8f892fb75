/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-mmio slots in ACPI. */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-acpi.h"

void virtio_acpi_dsdt_add(Aml *scope, const hwaddr virtio_mmio_base,
                          const hwaddr virtio_mmio_size, uint32_t mmio_irq,
                          long int start_index, int num)
{
    for (int i = 0; i < num; i++) {
        Aml *dev = aml_device("VR%02u", (unsigned)(start_index + i));
        Aml *crs = aml_resource_template();
        uint32_t irq = mmio_irq + i;

        aml_append(dev, aml_name_decl("_HID", aml_string("LNRO0005")));
        aml_append(dev, aml_name_decl("_UID", aml_int(start_index + i)));
        aml_append(dev, aml_name_decl("_CCA", aml_int(1)));
        aml_append(crs,
                   aml_memory32_fixed(virtio_mmio_base + i * virtio_mmio_size,
                                      virtio_mmio_size, AML_READ_WRITE));
        aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_HIGH,
                                      AML_EXCLUSIVE, &irq, 1));
        aml_append(dev, aml_name_decl("_CRS", crs));
        aml_append(scope, dev);
    }
}
