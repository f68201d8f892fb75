/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the transport has in a migration stream, as QEMU orders it. */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/virtio/virtio.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "virtio-pci-internal.h"

static VirtIODevice *device_of(VirtIOPCIProxy *proxy)
{
    return virtio_bus_get_device(&proxy->bus);
}

/* ---- the function and its vectors ---------------------------------------- */

static void save_config(DeviceState *d, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    pci_device_save(&proxy->pci_dev, f);
    msix_save(&proxy->pci_dev, f);
    if (msix_present(&proxy->pci_dev)) {
        qemu_put_be16(f, device_of(proxy)->config_vector);
    }
}

/* A vector from the stream, which is used from now on; -EINVAL. */
static int load_vector(VirtIOPCIProxy *proxy, QEMUFile *f, uint16_t *vector)
{
    *vector = VIRTIO_NO_VECTOR;
    if (!msix_present(&proxy->pci_dev)) {
        return 0;
    }
    *vector = qemu_get_be16(f);
    if (*vector == VIRTIO_NO_VECTOR) {
        return 0;
    }
    if (*vector >= proxy->nvectors) {
        return -EINVAL;
    }
    msix_vector_use(&proxy->pci_dev, *vector);
    return 0;
}

static int load_config(DeviceState *d, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    uint16_t vector;
    int ret = pci_device_load(&proxy->pci_dev, f);

    if (ret) {
        return ret;
    }
    msix_unuse_all_vectors(&proxy->pci_dev);
    msix_load(&proxy->pci_dev, f);
    ret = load_vector(proxy, f, &vector);
    if (!ret) {
        device_of(proxy)->config_vector = vector;
    }
    return ret;
}

static void save_queue(DeviceState *d, int n, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (msix_present(&proxy->pci_dev)) {
        qemu_put_be16(f, virtio_queue_vector(device_of(proxy), n));
    }
}

static int load_queue(DeviceState *d, int n, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    uint16_t vector;
    int ret = load_vector(proxy, f, &vector);

    if (!ret) {
        virtio_queue_set_vector(device_of(proxy), n, vector);
    }
    return ret;
}

/* ---- modern devices ------------------------------------------------------ */

static const VMStateDescription vmstate_queue = {
    .name = "virtio_pci/modern_queue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(num, VirtIOPCIQueue),
            VMSTATE_UNUSED(1), /* the first byte of the next one, once */
            VMSTATE_BOOL(enabled, VirtIOPCIQueue),
            VMSTATE_UINT32_ARRAY(desc, VirtIOPCIQueue, 2),
            VMSTATE_UINT32_ARRAY(avail, VirtIOPCIQueue, 2),
            VMSTATE_UINT32_ARRAY(used, VirtIOPCIQueue, 2),
            VMSTATE_END_OF_LIST(),
        },
};

static bool modern_needed(void *opaque)
{
    return virtio_pci_modern(opaque);
}

static const VMStateDescription vmstate_modern = {
    .name = "virtio_pci/modern_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = modern_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(dfselect, VirtIOPCIProxy),
            VMSTATE_UINT32(gfselect, VirtIOPCIProxy),
            VMSTATE_UINT32_ARRAY(guest_features, VirtIOPCIProxy, 2),
            VMSTATE_STRUCT_ARRAY(vqs, VirtIOPCIProxy, VIRTIO_QUEUE_MAX, 0,
                                 vmstate_queue, VirtIOPCIQueue),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_virtio_pci = {
    .name = "virtio_pci",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]){ VMSTATE_END_OF_LIST() },
    .subsections = (const VMStateDescription *const[]){ &vmstate_modern, NULL },
};

static bool has_extra_state(DeviceState *d)
{
    return VIRTIO_PCI(d)->flags & VIRTIO_PCI_FLAG_MIGRATE_EXTRA;
}

static void save_extra_state(DeviceState *d, QEMUFile *f)
{
    vmstate_save_state(f, &vmstate_virtio_pci, VIRTIO_PCI(d), NULL);
}

static int load_extra_state(DeviceState *d, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_virtio_pci, VIRTIO_PCI(d), 1);
}

void virtio_pci_state_class_init(VirtioBusClass *k)
{
    k->save_config = save_config;
    k->load_config = load_config;
    k->save_queue = save_queue;
    k->load_queue = load_queue;
    k->has_extra_state = has_extra_state;
    k->save_extra_state = save_extra_state;
    k->load_extra_state = load_extra_state;
}
