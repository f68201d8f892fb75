/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of legacy and transitional devices, in ports (virtio 1.2,
 * 4.1.4.10). With MSI-X enabled there are two more before the device's own.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/virtio/virtio.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

/* How many registers there are, before the device's configuration. */
static uint32_t config_offset(VirtIOPCIProxy *proxy)
{
    return VIRTIO_PCI_CONFIG_OFF(msix_enabled(&proxy->pci_dev));
}

/* ---- reading ------------------------------------------------------------- */

static uint32_t read_register(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                              uint32_t addr)
{
    uint32_t isr;

    switch (addr) {
    case VIRTIO_PCI_HOST_FEATURES:
        return vdev->host_features;
    case VIRTIO_PCI_GUEST_FEATURES:
        return vdev->guest_features;
    case VIRTIO_PCI_QUEUE_PFN:
        return virtio_queue_get_addr(vdev, vdev->queue_sel) >>
               VIRTIO_PCI_QUEUE_ADDR_SHIFT;
    case VIRTIO_PCI_QUEUE_NUM:
        return virtio_queue_get_num(vdev, vdev->queue_sel);
    case VIRTIO_PCI_QUEUE_SEL:
        return vdev->queue_sel;
    case VIRTIO_PCI_STATUS:
        return vdev->status;
    case VIRTIO_PCI_ISR:
        isr = qatomic_xchg(&vdev->isr, 0);
        pci_irq_deassert(&proxy->pci_dev);
        return isr;
    case VIRTIO_MSI_CONFIG_VECTOR:
        return vdev->config_vector;
    case VIRTIO_MSI_QUEUE_VECTOR:
        return virtio_queue_vector(vdev, vdev->queue_sel);
    default:
        return UINT32_MAX;
    }
}

static uint64_t legacy_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint32_t config = config_offset(proxy);
    uint32_t val;

    if (!vdev) {
        return UINT64_MAX;
    }
    if (addr < config) {
        return read_register(proxy, vdev, addr);
    }
    addr -= config;
    switch (size) {
    case 1:
        return virtio_config_readb(vdev, addr);
    case 2:
        val = virtio_config_readw(vdev, addr);
        return virtio_is_big_endian(vdev) ? bswap16(val) : val;
    default:
        val = virtio_config_readl(vdev, addr);
        return virtio_is_big_endian(vdev) ? bswap32(val) : val;
    }
}

/* ---- writing ------------------------------------------------------------- */

/* What a driver for modern devices cannot be is one for these. */
static void set_features(VirtIODevice *vdev, uint32_t val)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    /* Some drivers acknowledge what they should not. */
    if (val & (1u << VIRTIO_F_BAD_FEATURE)) {
        val = vdc->bad_features ? vdc->bad_features(vdev) : 0;
    }
    virtio_set_features(vdev, val);
}

static void set_pfn(VirtIOPCIProxy *proxy, VirtIODevice *vdev, uint32_t val)
{
    if (val) {
        virtio_queue_set_addr(vdev, vdev->queue_sel,
                              (hwaddr)val << VIRTIO_PCI_QUEUE_ADDR_SHIFT);
    } else {
        virtio_pci_soft_reset(proxy);
    }
}

static void set_status(VirtIOPCIProxy *proxy, uint8_t val)
{
    virtio_pci_write_status(proxy, val);
    /* Linux before 2.6.34 uses the device without making it bus master. */
    if (val == (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER)) {
        virtio_pci_make_master(proxy);
    }
}

static void write_register(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                           uint32_t addr, uint32_t val)
{
    uint16_t n = vdev->queue_sel;

    switch (addr) {
    case VIRTIO_PCI_GUEST_FEATURES:
        set_features(vdev, val);
        break;
    case VIRTIO_PCI_QUEUE_PFN:
        set_pfn(proxy, vdev, val);
        break;
    case VIRTIO_PCI_QUEUE_SEL:
        if (val < VIRTIO_QUEUE_MAX) {
            vdev->queue_sel = val;
        }
        break;
    case VIRTIO_PCI_QUEUE_NOTIFY:
        if (val < VIRTIO_QUEUE_MAX) {
            virtio_queue_notify(vdev, val);
        }
        break;
    case VIRTIO_PCI_STATUS:
        set_status(proxy, val);
        break;
    case VIRTIO_MSI_CONFIG_VECTOR:
        vdev->config_vector =
            virtio_pci_change_vector(proxy, vdev->config_vector, val);
        break;
    case VIRTIO_MSI_QUEUE_VECTOR:
        virtio_queue_set_vector(
            vdev, n,
            virtio_pci_change_vector(proxy, virtio_queue_vector(vdev, n), val));
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio_ioport_write: unexpected address 0x%x value "
                      "0x%x\n",
                      addr, val);
    }
}

static void legacy_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint32_t config = config_offset(proxy);

    if (!vdev) {
        return;
    }
    if (addr < config) {
        write_register(proxy, vdev, addr, val);
        return;
    }
    addr -= config;
    switch (size) {
    case 1:
        virtio_config_writeb(vdev, addr, val);
        break;
    case 2:
        virtio_config_writew(vdev, addr,
                             virtio_is_big_endian(vdev) ? bswap16(val) : val);
        break;
    default:
        virtio_config_writel(vdev, addr,
                             virtio_is_big_endian(vdev) ? bswap32(val) : val);
    }
}

static const MemoryRegionOps legacy_ops = {
    .read = legacy_read,
    .write = legacy_write,
    .impl = { .min_access_size = 1, .max_access_size = 4 },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void virtio_pci_legacy_init(VirtIOPCIProxy *proxy)
{
    uint32_t size = VIRTIO_PCI_CONFIG_OFF(msix_present(&proxy->pci_dev)) +
                    virtio_bus_get_vdev_config_len(&proxy->bus);

    memory_region_init_io(&proxy->bar, OBJECT(proxy), &legacy_ops, proxy,
                          "virtio-pci", pow2ceil(size));
    pci_register_bar(&proxy->pci_dev, proxy->legacy_io_bar_idx,
                     PCI_BASE_ADDRESS_SPACE_IO, &proxy->bar);
}
