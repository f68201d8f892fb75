/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The structures of modern devices (virtio 1.2, 4.1.4). */
#include "qemu/osdep.h"
#include "exec/ioport.h"
#include "hw/virtio/virtio.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

#define STRIDE      4
#define STRIDE_PAGE 0x1000

uint32_t virtio_pci_notify_stride(VirtIOPCIProxy *proxy)
{
    return proxy->flags & VIRTIO_PCI_FLAG_PAGE_PER_VQ ? STRIDE_PAGE : STRIDE;
}

/* ---- common configuration: reading --------------------------------------- */

static uint32_t device_features(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (proxy->dfselect > 1) {
        return 0;
    }
    return (vdev->host_features & ~vdc->legacy_features) >>
           (32 * proxy->dfselect);
}

static unsigned count_queues(VirtIODevice *vdev)
{
    unsigned n = 0;

    for (int i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (virtio_queue_get_num(vdev, i)) {
            n = i + 1;
        }
    }
    return n;
}

static uint64_t common_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtIOPCIQueue *q;

    if (!vdev) {
        return UINT64_MAX;
    }
    q = &proxy->vqs[vdev->queue_sel];
    switch (addr) {
    case VIRTIO_PCI_COMMON_DFSELECT:
        return proxy->dfselect;
    case VIRTIO_PCI_COMMON_DF:
        return device_features(proxy, vdev);
    case VIRTIO_PCI_COMMON_GFSELECT:
        return proxy->gfselect;
    case VIRTIO_PCI_COMMON_GF:
        return proxy->gfselect < 2 ? proxy->guest_features[proxy->gfselect] : 0;
    case VIRTIO_PCI_COMMON_MSIX:
        return vdev->config_vector;
    case VIRTIO_PCI_COMMON_NUMQ:
        return count_queues(vdev);
    case VIRTIO_PCI_COMMON_STATUS:
        return vdev->status;
    case VIRTIO_PCI_COMMON_CFGGENERATION:
        return (uint8_t)vdev->generation;
    case VIRTIO_PCI_COMMON_Q_SELECT:
        return vdev->queue_sel;
    case VIRTIO_PCI_COMMON_Q_SIZE:
        return virtio_queue_get_num(vdev, vdev->queue_sel);
    case VIRTIO_PCI_COMMON_Q_MSIX:
        return virtio_queue_vector(vdev, vdev->queue_sel);
    case VIRTIO_PCI_COMMON_Q_ENABLE:
        return q->enabled;
    case VIRTIO_PCI_COMMON_Q_NOFF:
    case VIRTIO_PCI_COMMON_Q_NDATA:
        /* The queue's number is where it is kicked, and with what. */
        return vdev->queue_sel;
    case VIRTIO_PCI_COMMON_Q_DESCLO:
        return q->desc[0];
    case VIRTIO_PCI_COMMON_Q_DESCHI:
        return q->desc[1];
    case VIRTIO_PCI_COMMON_Q_AVAILLO:
        return q->avail[0];
    case VIRTIO_PCI_COMMON_Q_AVAILHI:
        return q->avail[1];
    case VIRTIO_PCI_COMMON_Q_USEDLO:
        return q->used[0];
    case VIRTIO_PCI_COMMON_Q_USEDHI:
        return q->used[1];
    case VIRTIO_PCI_COMMON_Q_RESET:
        return q->reset;
    default:
        return 0;
    }
}

/* ---- common configuration: writing --------------------------------------- */

static uint64_t both_halves(const uint32_t half[2])
{
    return (uint64_t)half[1] << 32 | half[0];
}

static void set_features(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                         uint32_t val)
{
    if (proxy->gfselect < 2) {
        proxy->guest_features[proxy->gfselect] = val;
        virtio_set_features(vdev, both_halves(proxy->guest_features));
    }
}

static void enable_queue(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                         uint32_t val)
{
    uint16_t n = vdev->queue_sel;
    VirtIOPCIQueue *q = &proxy->vqs[n];

    if (val != 1) {
        virtio_error(vdev, "wrong value for queue_enable %" PRIx32, val);
        return;
    }
    virtio_queue_set_num(vdev, n, q->num);
    virtio_queue_set_rings(vdev, n, both_halves(q->desc), both_halves(q->avail),
                           both_halves(q->used));
    q->enabled = true;
    q->reset = false;
    virtio_queue_enable(vdev, n);
}

static void reset_queue(VirtIOPCIProxy *proxy, VirtIODevice *vdev, uint32_t val)
{
    VirtIOPCIQueue *q = &proxy->vqs[vdev->queue_sel];

    if (val != 1 || !virtio_queue_get_num(vdev, vdev->queue_sel)) {
        return;
    }
    q->reset = true;
    virtio_queue_reset(vdev, vdev->queue_sel);
    q->reset = false;
    q->enabled = false;
}

static void set_queue_size(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                           uint16_t num)
{
    uint16_t n = vdev->queue_sel;

    proxy->vqs[n].num = num;
    virtio_queue_set_num(vdev, n, num);
    virtio_init_region_cache(vdev, n);
}

static void common_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtIOPCIQueue *q;
    uint16_t n;

    if (!vdev) {
        return;
    }
    n = vdev->queue_sel;
    q = &proxy->vqs[n];
    switch (addr) {
    case VIRTIO_PCI_COMMON_DFSELECT:
        proxy->dfselect = val;
        break;
    case VIRTIO_PCI_COMMON_GFSELECT:
        proxy->gfselect = val;
        break;
    case VIRTIO_PCI_COMMON_GF:
        set_features(proxy, vdev, val);
        break;
    case VIRTIO_PCI_COMMON_MSIX:
        vdev->config_vector =
            virtio_pci_change_vector(proxy, vdev->config_vector, val);
        break;
    case VIRTIO_PCI_COMMON_STATUS:
        virtio_pci_write_status(proxy, val);
        break;
    case VIRTIO_PCI_COMMON_Q_SELECT:
        if (val < VIRTIO_QUEUE_MAX) {
            vdev->queue_sel = val;
        }
        break;
    case VIRTIO_PCI_COMMON_Q_SIZE:
        set_queue_size(proxy, vdev, val);
        break;
    case VIRTIO_PCI_COMMON_Q_MSIX:
        virtio_queue_set_vector(
            vdev, n,
            virtio_pci_change_vector(proxy, virtio_queue_vector(vdev, n), val));
        break;
    case VIRTIO_PCI_COMMON_Q_ENABLE:
        enable_queue(proxy, vdev, val);
        break;
    case VIRTIO_PCI_COMMON_Q_DESCLO:
        q->desc[0] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_DESCHI:
        q->desc[1] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_AVAILLO:
        q->avail[0] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_AVAILHI:
        q->avail[1] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_USEDLO:
        q->used[0] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_USEDHI:
        q->used[1] = val;
        break;
    case VIRTIO_PCI_COMMON_Q_RESET:
        reset_queue(proxy, vdev, val);
        break;
    }
}

/* ---- kicks, interrupts, the device's configuration ----------------------- */

static void kick(VirtIOPCIProxy *proxy, unsigned n, uint64_t val, unsigned size)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!vdev || n >= VIRTIO_QUEUE_MAX || !virtio_queue_get_num(vdev, n)) {
        return;
    }
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_NOTIFICATION_DATA)) {
        virtio_queue_set_shadow_avail_idx(virtio_get_queue(vdev, n), val >> 16);
    }
    virtio_queue_notify(vdev, n);
}

static void notify_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    kick(opaque, addr / virtio_pci_notify_stride(opaque), val, size);
}

static void notify_pio_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    kick(opaque, val & 0xffff, val, size);
}

static uint64_t read_zero(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void write_nothing(void *opaque, hwaddr addr, uint64_t val,
                          unsigned size)
{
}

/* Reading acknowledges. */
static uint64_t isr_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint64_t isr;

    if (!vdev) {
        return UINT64_MAX;
    }
    isr = qatomic_xchg(&vdev->isr, 0);
    pci_irq_deassert(&proxy->pci_dev);
    return isr;
}

static uint64_t device_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!vdev) {
        return UINT64_MAX;
    }
    switch (size) {
    case 1:
        return virtio_config_modern_readb(vdev, addr);
    case 2:
        return virtio_config_modern_readw(vdev, addr);
    default:
        return virtio_config_modern_readl(vdev, addr);
    }
}

static void device_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    VirtIOPCIProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!vdev) {
        return;
    }
    switch (size) {
    case 1:
        virtio_config_modern_writeb(vdev, addr, val);
        break;
    case 2:
        virtio_config_modern_writew(vdev, addr, val);
        break;
    default:
        virtio_config_modern_writel(vdev, addr, val);
    }
}

#define OPS(_name, _read, _write)                                              \
    static const MemoryRegionOps _name = {                                     \
        .read = _read,                                                         \
        .write = _write,                                                       \
        .impl = { .min_access_size = 1, .max_access_size = 4 },                \
        .endianness = DEVICE_LITTLE_ENDIAN,                                    \
    }

OPS(common_ops, common_read, common_write);
OPS(isr_ops, isr_read, write_nothing);
OPS(device_ops, device_read, device_write);
OPS(notify_ops, read_zero, notify_write);
OPS(notify_pio_ops, read_zero, notify_pio_write);

/* ---- capabilities -------------------------------------------------------- */

static int add_cap(VirtIOPCIProxy *proxy, uint8_t type, uint8_t bar,
                   uint32_t offset, uint32_t length, uint8_t cap_len)
{
    PCIDevice *d = &proxy->pci_dev;
    int pos = pci_add_capability(d, PCI_CAP_ID_VNDR, 0, cap_len, &error_abort);
    uint8_t *cap = d->config + pos;

    cap[VIRTIO_PCI_CAP_LEN] = cap_len;
    cap[VIRTIO_PCI_CAP_CFG_TYPE] = type;
    cap[VIRTIO_PCI_CAP_BAR] = bar;
    pci_set_long(cap + VIRTIO_PCI_CAP_OFFSET, offset);
    pci_set_long(cap + VIRTIO_PCI_CAP_LENGTH, length);
    return pos;
}

int virtio_pci_add_shm_cap(VirtIOPCIProxy *proxy, uint8_t bar, uint64_t offset,
                           uint64_t length, uint8_t id)
{
    int pos = add_cap(proxy, VIRTIO_PCI_CAP_SHARED_MEMORY_CFG, bar, offset,
                      length, sizeof(struct virtio_pci_cap64));
    uint8_t *cap = proxy->pci_dev.config + pos;

    cap[offsetof(struct virtio_pci_cap, id)] = id;
    pci_set_long(cap + offsetof(struct virtio_pci_cap64, offset_hi),
                 offset >> 32);
    pci_set_long(cap + offsetof(struct virtio_pci_cap64, length_hi),
                 length >> 32);
    return pos;
}

static void add_region(VirtIOPCIProxy *proxy, VirtIOPCIRegion *r,
                       const MemoryRegionOps *ops, const char *what,
                       MemoryRegion *bar, uint8_t bar_nr)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    g_autofree char *name =
        g_strdup_printf("virtio-pci-%s-%s", what, vdev->name);
    bool kicks = r->type == VIRTIO_PCI_CAP_NOTIFY_CFG;
    int pos;

    memory_region_init_io(&r->mr, OBJECT(proxy), ops, proxy, name, r->size);
    memory_region_add_subregion(bar, r->offset, &r->mr);
    pos = add_cap(proxy, r->type, bar_nr, r->offset, r->size,
                  kicks ? sizeof(struct virtio_pci_notify_cap)
                        : sizeof(struct virtio_pci_cap));
    if (kicks) {
        /* Through the port the number says which queue. */
        pci_set_long(proxy->pci_dev.config + pos + VIRTIO_PCI_NOTIFY_CAP_MULT,
                     r == &proxy->notify ? virtio_pci_notify_stride(proxy) : 0);
    }
}

static void add_window(VirtIOPCIProxy *proxy)
{
    int pos = add_cap(proxy, VIRTIO_PCI_CAP_PCI_CFG, 0, 0, 0,
                      sizeof(struct virtio_pci_cfg_cap));
    uint8_t *wmask = proxy->pci_dev.wmask + pos;

    proxy->config_cap = pos;
    pci_set_byte(wmask + VIRTIO_PCI_CAP_BAR, 0xff);
    pci_set_long(wmask + VIRTIO_PCI_CAP_OFFSET, 0xffffffff);
    pci_set_long(wmask + VIRTIO_PCI_CAP_LENGTH, 0xffffffff);
    pci_set_long(wmask + offsetof(struct virtio_pci_cfg_cap, pci_cfg_data),
                 0xffffffff);
}

void virtio_pci_modern_init(VirtIOPCIProxy *proxy, VirtIODevice *vdev)
{
    MemoryRegion *bar = &proxy->modern_bar;
    uint32_t nr = proxy->modern_mem_bar_idx;

    add_region(proxy, &proxy->common, &common_ops, "common", bar, nr);
    add_region(proxy, &proxy->isr, &isr_ops, "isr", bar, nr);
    add_region(proxy, &proxy->device, &device_ops, "device", bar, nr);
    add_region(proxy, &proxy->notify, &notify_ops, "notify", bar, nr);
    if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        memory_region_init(&proxy->io_bar, OBJECT(proxy), "virtio-pci-io", 4);
        add_region(proxy, &proxy->notify_pio, &notify_pio_ops, "notify-pio",
                   &proxy->io_bar, proxy->modern_io_bar_idx);
        pci_register_bar(&proxy->pci_dev, proxy->modern_io_bar_idx,
                         PCI_BASE_ADDRESS_SPACE_IO, &proxy->io_bar);
    }
    pci_register_bar(&proxy->pci_dev, nr,
                     PCI_BASE_ADDRESS_SPACE_MEMORY |
                         PCI_BASE_ADDRESS_MEM_PREFETCH |
                         PCI_BASE_ADDRESS_MEM_TYPE_64,
                     bar);
    add_window(proxy);
}

void virtio_pci_modern_exit(VirtIOPCIProxy *proxy)
{
    memory_region_del_subregion(&proxy->modern_bar, &proxy->common.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->isr.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->device.mr);
    memory_region_del_subregion(&proxy->modern_bar, &proxy->notify.mr);
    if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        memory_region_del_subregion(&proxy->io_bar, &proxy->notify_pio.mr);
    }
}

/* ---- the window (4.1.4.9) ------------------------------------------------ */

/*
 * Where the guest has put it: the structure, and the offset in that; NULL if it
 * is not all within one, or has another length than 1, 2, 4.
 */
static MemoryRegion *window_target(VirtIOPCIProxy *proxy, uint32_t addr,
                                   int len, uint32_t *offset, uint32_t *count,
                                   uint8_t **data)
{
    PCIDevice *d = &proxy->pci_dev;
    uint8_t *cap = d->config + proxy->config_cap;
    uint32_t at =
        proxy->config_cap + offsetof(struct virtio_pci_cfg_cap, pci_cfg_data);

    if (!proxy->config_cap || !ranges_overlap(addr, len, at, 4)) {
        return NULL;
    }
    *data = d->config + at;
    *offset = pci_get_long(cap + VIRTIO_PCI_CAP_OFFSET);
    *count = pci_get_long(cap + VIRTIO_PCI_CAP_LENGTH);
    if ((*count != 1 && *count != 2 && *count != 4) || *offset % *count) {
        return NULL;
    }
    for (int i = 0; i < ARRAY_SIZE(proxy->regs); i++) {
        VirtIOPCIRegion *r = &proxy->regs[i];

        if (r != &proxy->notify_pio && *offset >= r->offset &&
            *offset - r->offset < r->size &&
            *count <= r->size - (*offset - r->offset)) {
            *offset -= r->offset;
            return &r->mr;
        }
    }
    return NULL;
}

void virtio_pci_window_read(VirtIOPCIProxy *proxy, uint32_t addr, int len)
{
    uint32_t offset, count;
    uint64_t val = 0;
    uint8_t *data;
    MemoryRegion *mr = window_target(proxy, addr, len, &offset, &count, &data);

    if (mr) {
        memory_region_dispatch_read(mr, offset, &val, size_memop(count) | MO_LE,
                                    MEMTXATTRS_UNSPECIFIED);
        for (int i = 0; i < count; i++) {
            data[i] = val >> (8 * i);
        }
    }
}

void virtio_pci_window_written(VirtIOPCIProxy *proxy, uint32_t addr, int len)
{
    uint32_t offset, count;
    uint64_t val = 0;
    uint8_t *data;
    MemoryRegion *mr = window_target(proxy, addr, len, &offset, &count, &data);

    if (mr) {
        for (int i = 0; i < count; i++) {
            val |= (uint64_t)data[i] << (8 * i);
        }
        memory_region_dispatch_write(mr, offset, val, size_memop(count) | MO_LE,
                                     MEMTXATTRS_UNSPECIFIED);
    }
}
