/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtio devices on PCI, for the driver of virtio-helpers.h. */
#include "qemu/osdep.h"
#include "pci-helpers.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-helpers.h"

#define VENDOR 0x1af4
#define PORTS  0x1000
#define IRQ    32 /* of slots whose number divides by 4 */
/* BAR 4 of a slot, with room for 1024 pages to kick. */
#define WINDOW(slot) (PCI_MMIO + (slot)*0x1000000)

/* A register: where it is, and its size; 0: there is none. */
typedef struct Where {
    uint8_t offset;
    uint8_t size;
} Where;

static const Where modern[0x200] = {
    [VIRTIO_MMIO_DEVICE_FEATURES_SEL] = { VIRTIO_PCI_COMMON_DFSELECT, 4 },
    [VIRTIO_MMIO_DEVICE_FEATURES] = { VIRTIO_PCI_COMMON_DF, 4 },
    [VIRTIO_MMIO_DRIVER_FEATURES_SEL] = { VIRTIO_PCI_COMMON_GFSELECT, 4 },
    [VIRTIO_MMIO_DRIVER_FEATURES] = { VIRTIO_PCI_COMMON_GF, 4 },
    [VIRTIO_MMIO_QUEUE_SEL] = { VIRTIO_PCI_COMMON_Q_SELECT, 2 },
    [VIRTIO_MMIO_QUEUE_NUM_MAX] = { VIRTIO_PCI_COMMON_Q_SIZE, 2 },
    [VIRTIO_MMIO_QUEUE_NUM] = { VIRTIO_PCI_COMMON_Q_SIZE, 2 },
    [VIRTIO_MMIO_QUEUE_READY] = { VIRTIO_PCI_COMMON_Q_ENABLE, 2 },
    [VIRTIO_MMIO_QUEUE_DESC_LOW] = { VIRTIO_PCI_COMMON_Q_DESCLO, 4 },
    [VIRTIO_MMIO_QUEUE_DESC_HIGH] = { VIRTIO_PCI_COMMON_Q_DESCHI, 4 },
    [VIRTIO_MMIO_QUEUE_AVAIL_LOW] = { VIRTIO_PCI_COMMON_Q_AVAILLO, 4 },
    [VIRTIO_MMIO_QUEUE_AVAIL_HIGH] = { VIRTIO_PCI_COMMON_Q_AVAILHI, 4 },
    [VIRTIO_MMIO_QUEUE_USED_LOW] = { VIRTIO_PCI_COMMON_Q_USEDLO, 4 },
    [VIRTIO_MMIO_QUEUE_USED_HIGH] = { VIRTIO_PCI_COMMON_Q_USEDHI, 4 },
    [VIRTIO_MMIO_STATUS] = { VIRTIO_PCI_COMMON_STATUS, 1 },
    [VIRTIO_MMIO_CONFIG_GENERATION] = { VIRTIO_PCI_COMMON_CFGGENERATION, 1 },
    [QV_QUEUE_RESET] = { VIRTIO_PCI_COMMON_Q_RESET, 2 },
};

static const Where legacy[0x200] = {
    [VIRTIO_MMIO_DEVICE_FEATURES] = { VIRTIO_PCI_HOST_FEATURES, 4 },
    [VIRTIO_MMIO_DRIVER_FEATURES] = { VIRTIO_PCI_GUEST_FEATURES, 4 },
    [VIRTIO_MMIO_QUEUE_PFN] = { VIRTIO_PCI_QUEUE_PFN, 4 },
    [VIRTIO_MMIO_QUEUE_NUM_MAX] = { VIRTIO_PCI_QUEUE_NUM, 2 },
    [VIRTIO_MMIO_QUEUE_SEL] = { VIRTIO_PCI_QUEUE_SEL, 2 },
    [VIRTIO_MMIO_QUEUE_NOTIFY] = { VIRTIO_PCI_QUEUE_NOTIFY, 2 },
    [VIRTIO_MMIO_STATUS] = { VIRTIO_PCI_STATUS, 1 },
};

static Where where(QVirtioMMIO *dev, uint64_t reg)
{
    g_assert_cmpuint(reg, <, ARRAY_SIZE(modern));
    return dev->legacy ? legacy[reg] : modern[reg];
}

uint32_t qvirtio_pci_read(QVirtioMMIO *dev, uint64_t reg)
{
    Where w = where(dev, reg);
    uint64_t at = dev->base + w.offset;

    if (reg == VIRTIO_MMIO_INTERRUPT_STATUS) {
        /* Which acknowledges. */
        return qtest_readb(dev->s, dev->isr);
    }
    switch (w.size) {
    case 1:
        return qtest_readb(dev->s, at);
    case 2:
        return qtest_readw(dev->s, at);
    case 4:
        return qtest_readl(dev->s, at);
    default:
        return 0;
    }
}

void qvirtio_pci_write(QVirtioMMIO *dev, uint64_t reg, uint32_t value)
{
    Where w = where(dev, reg);
    uint64_t at = dev->base + w.offset;

    if (reg == VIRTIO_MMIO_QUEUE_NOTIFY && !dev->legacy) {
        qtest_writew(dev->s,
                     dev->notify + (uint16_t)value * dev->notify_multiplier,
                     value);
        return;
    }
    /* Its size cannot be set, and is not written to a register to read. */
    switch (w.size) {
    case 1:
        qtest_writeb(dev->s, at, value);
        break;
    case 2:
        qtest_writew(dev->s, at, value);
        break;
    case 4:
        qtest_writel(dev->s, at, value);
        break;
    }
}

/* Where the structures are (virtio 1.2, 4.1.4). */
static void find_structures(QVirtioMMIO *dev, QPci d)
{
    uint64_t bar4 = WINDOW(dev->slot);

    for (int at = qpci_find_cap(d, PCI_CAP_ID_VNDR); at;
         at = qpci_next_cap(d, PCI_CAP_ID_VNDR, at)) {
        uint64_t addr = bar4 + qpci_readl(d, at + VIRTIO_PCI_CAP_OFFSET);

        if (qpci_readb(d, at + VIRTIO_PCI_CAP_BAR) != 4) {
            continue;
        }
        switch (qpci_readb(d, at + VIRTIO_PCI_CAP_CFG_TYPE)) {
        case VIRTIO_PCI_CAP_COMMON_CFG:
            dev->base = addr;
            break;
        case VIRTIO_PCI_CAP_NOTIFY_CFG:
            dev->notify = addr;
            dev->notify_multiplier =
                qpci_readl(d, at + VIRTIO_PCI_NOTIFY_CAP_MULT);
            break;
        case VIRTIO_PCI_CAP_ISR_CFG:
            dev->isr = addr;
            break;
        case VIRTIO_PCI_CAP_DEVICE_CFG:
            dev->config = addr;
            break;
        }
    }
    g_assert_true(dev->base && dev->notify && dev->isr);
}

static void map_regions(QVirtioMMIO *dev, QPci d)
{
    uint32_t ports = PORTS + dev->slot * 0x100;

    if (dev->legacy) {
        g_assert_cmphex(qpci_readl(d, PCI_BASE_ADDRESS_0) & 1, ==, 1);
        qpci_map(d, 0, ports);
        dev->base = PCI_PORTS + ports;
        dev->isr = dev->base + VIRTIO_PCI_ISR;
        dev->config = dev->base + VIRTIO_PCI_CONFIG_OFF(false);
    } else {
        qpci_map(d, 4, WINDOW(dev->slot));
        qpci_map(d, 5, 0);
        find_structures(dev, d);
    }
    qpci_command(d, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* Modern ones have their own numbers, transitional ones the subsystem's. */
static uint16_t device_id_of(QPci d)
{
    uint16_t id = qpci_readw(d, PCI_DEVICE_ID);

    return id >= 0x1040 ? id - 0x1040 : qpci_readw(d, PCI_SUBSYSTEM_ID);
}

QVirtioMMIO *qvirtio_pci_find(QTestState *s, uint16_t device_id, bool legacy)
{
    for (int slot = 0; slot < 32; slot++) {
        QPci d = qpci(s, 0, slot, 0);
        QVirtioMMIO *dev;

        if (qpci_readw(d, PCI_VENDOR_ID) != VENDOR ||
            device_id_of(d) != device_id) {
            continue;
        }
        dev = g_new0(QVirtioMMIO, 1);
        *dev = (QVirtioMMIO){
            .s = s,
            .pci = true,
            .legacy = legacy,
            .slot = slot,
            .devfn = d.devfn,
            .irq = IRQ + slot % 4,
            .alloc = QV_RAM,
        };
        map_regions(dev, d);
        return dev;
    }
    g_assert_not_reached();
}
