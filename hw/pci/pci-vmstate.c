/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a PCI device goes into a migration stream: its configuration space,
 * from which the rest follows, and its lines.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "pci-internal.h"
#include "qemu/error-report.h"

/* ---- the configuration space --------------------------------------------- */

/*
 * What must be the same is what neither guest nor stream can change: the two
 * sides have different devices otherwise.
 */
static bool same_device(PCIDevice *d, const uint8_t *loaded, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((loaded[i] ^ d->config[i]) & d->cmask[i] & ~d->wmask[i] &
            ~d->w1cmask[i]) {
            error_report("%s: Bad config data: i=0x%zx read: %x device: %x "
                         "cmask: %x wmask: %x w1cmask:%x",
                         d->name, i, loaded[i], d->config[i], d->cmask[i],
                         d->wmask[i], d->w1cmask[i]);
            return false;
        }
    }
    /* It leads to a line; drivers cannot change it. */
    if (loaded[PCI_INTERRUPT_PIN] != d->config[PCI_INTERRUPT_PIN]) {
        error_report("%s: Bad config data: interrupt pin %u, device: %u",
                     d->name, loaded[PCI_INTERRUPT_PIN],
                     d->config[PCI_INTERRUPT_PIN]);
        return false;
    }
    return true;
}

static int get_config(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    PCIDevice *d = container_of(pv, PCIDevice, config);
    g_autofree uint8_t *loaded = g_malloc(size);

    assert(size == pci_config_size(d));
    if (qemu_get_buffer(f, loaded, size) != size ||
        !same_device(d, loaded, size)) {
        return -EINVAL;
    }
    memcpy(d->config, loaded, size);
    pci_update_mappings(d);
    pci_config_update_master(d);
    return 0;
}

static int put_config(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    uint8_t **config = pv;

    qemu_put_buffer(f, *config, size);
    return 0;
}

static const VMStateInfo vmstate_info_pci_config = {
    .name = "pci config",
    .get = get_config,
    .put = put_config,
};

/* ---- lines --------------------------------------------------------------- */

/* The inputs' counts are in the stream of the bus: only the device's side. */
static int get_irq_state(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field)
{
    PCIDevice *d = container_of(pv, PCIDevice, irq_state);
    uint8_t state = 0;

    for (int i = 0; i < PCI_NUM_PINS; i++) {
        uint32_t level = qemu_get_be32(f);

        if (level > 1) {
            error_report("%s: line %d has level %u, which is neither 0 nor 1",
                         d->name, i, level);
            return -EINVAL;
        }
        state |= level << i;
    }
    d->irq_state = state;
    return 0;
}

static int put_irq_state(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field, JSONWriter *vmdesc)
{
    PCIDevice *d = container_of(pv, PCIDevice, irq_state);

    for (int i = 0; i < PCI_NUM_PINS; i++) {
        qemu_put_be32(f, (d->irq_state >> i) & 1);
    }
    return 0;
}

static const VMStateInfo vmstate_info_pci_irq_state = {
    .name = "pci irq state",
    .get = get_irq_state,
    .put = put_irq_state,
};

/* ---- the description ----------------------------------------------------- */

static bool is_express(void *opaque, int version_id)
{
    return pci_is_express(opaque);
}

static bool is_not_express(void *opaque, int version_id)
{
    return !pci_is_express(opaque);
}

/* Streams of QEMU do not have the bit, which follows from the lines. */
static int post_load(void *opaque, int version_id)
{
    PCIDevice *d = opaque;

    /* What it will be saved as, whatever came. */
    d->version_id = vmstate_pci_device.version_id;
    pci_update_irq_status(d);
    return 0;
}

const VMStateDescription vmstate_pci_device = {
    .name = "PCIDevice",
    .version_id = 2,
    .minimum_version_id = 1,
    .post_load = post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_INT32_POSITIVE_LE(version_id, PCIDevice),
            VMSTATE_BUFFER_UNSAFE_INFO_TEST(config, PCIDevice, is_not_express,
                                            0, vmstate_info_pci_config,
                                            PCI_CONFIG_SPACE_SIZE),
            VMSTATE_BUFFER_UNSAFE_INFO_TEST(config, PCIDevice, is_express, 0,
                                            vmstate_info_pci_config,
                                            PCIE_CONFIG_SPACE_SIZE),
            VMSTATE_BUFFER_UNSAFE_INFO(irq_state, PCIDevice, 2,
                                       vmstate_info_pci_irq_state,
                                       PCI_NUM_PINS * sizeof(int32_t)),
            VMSTATE_END_OF_LIST(),
        },
};

void pci_device_save(PCIDevice *s, QEMUFile *f)
{
    /* The bit of the status register is not in streams. */
    s->config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
    vmstate_save_state(f, &vmstate_pci_device, s, NULL);
    pci_update_irq_status(s);
}

int pci_device_load(PCIDevice *s, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_pci_device, s,
                              vmstate_pci_device.version_id);
}
