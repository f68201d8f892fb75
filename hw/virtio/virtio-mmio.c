/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio over memory-mapped registers (virtio 1.2, section 4.2), modern and
 * legacy. The registers of a queue are those of the one that QueueSel names.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/virtio/virtio-mmio.h"
#include "hw/virtio/virtio.h"
#include "migration/qemu-file-types.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "trace/trace-hw_virtio.h"

#define MMIO_SIZE 0x200

/* In the specification since 1.2, and in no header of Linux. */
#define QUEUE_RESET 0x0c0

/* ---- which registers there are ------------------------------------------- */

enum {
    READ = 1,
    WRITE = 2,
    LEGACY = 4, /* one of these two: only there */
    MODERN = 8,
};

static const uint8_t registers[VIRTIO_MMIO_CONFIG / 4] = {
    [VIRTIO_MMIO_MAGIC_VALUE / 4] = READ,
    [VIRTIO_MMIO_VERSION / 4] = READ,
    [VIRTIO_MMIO_DEVICE_ID / 4] = READ,
    [VIRTIO_MMIO_VENDOR_ID / 4] = READ,
    [VIRTIO_MMIO_DEVICE_FEATURES / 4] = READ,
    [VIRTIO_MMIO_DEVICE_FEATURES_SEL / 4] = WRITE,
    [VIRTIO_MMIO_DRIVER_FEATURES / 4] = WRITE,
    [VIRTIO_MMIO_DRIVER_FEATURES_SEL / 4] = WRITE,
    [VIRTIO_MMIO_GUEST_PAGE_SIZE / 4] = WRITE | LEGACY,
    [VIRTIO_MMIO_QUEUE_SEL / 4] = WRITE,
    [VIRTIO_MMIO_QUEUE_NUM_MAX / 4] = READ,
    [VIRTIO_MMIO_QUEUE_NUM / 4] = WRITE,
    [VIRTIO_MMIO_QUEUE_ALIGN / 4] = WRITE | LEGACY,
    [VIRTIO_MMIO_QUEUE_PFN / 4] = READ | WRITE | LEGACY,
    [VIRTIO_MMIO_QUEUE_READY / 4] = READ | WRITE | MODERN,
    [VIRTIO_MMIO_QUEUE_NOTIFY / 4] = WRITE,
    [VIRTIO_MMIO_INTERRUPT_STATUS / 4] = READ,
    [VIRTIO_MMIO_INTERRUPT_ACK / 4] = WRITE,
    [VIRTIO_MMIO_STATUS / 4] = READ | WRITE,
    [VIRTIO_MMIO_QUEUE_DESC_LOW / 4] = WRITE | MODERN,
    [VIRTIO_MMIO_QUEUE_DESC_HIGH / 4] = WRITE | MODERN,
    [VIRTIO_MMIO_QUEUE_AVAIL_LOW / 4] = WRITE | MODERN,
    [VIRTIO_MMIO_QUEUE_AVAIL_HIGH / 4] = WRITE | MODERN,
    [VIRTIO_MMIO_QUEUE_USED_LOW / 4] = WRITE | MODERN,
    [VIRTIO_MMIO_QUEUE_USED_HIGH / 4] = WRITE | MODERN,
    [VIRTIO_MMIO_SHM_SEL / 4] = WRITE,
    [VIRTIO_MMIO_SHM_LEN_LOW / 4] = READ,
    [VIRTIO_MMIO_SHM_LEN_HIGH / 4] = READ,
    [VIRTIO_MMIO_SHM_BASE_LOW / 4] = READ,
    [VIRTIO_MMIO_SHM_BASE_HIGH / 4] = READ,
    [QUEUE_RESET / 4] = READ | WRITE | MODERN,
    [VIRTIO_MMIO_CONFIG_GENERATION / 4] = READ | MODERN,
};

/* Whether the access makes sense; says why not. */
static bool check_access(VirtIOMMIOProxy *proxy, hwaddr offset, unsigned size,
                         uint8_t access)
{
    const char *verb = access == READ ? "read" : "write";
    const char *func =
        access == READ ? "virtio_mmio_read" : "virtio_mmio_write";
    uint8_t is = registers[offset / 4];

    if (size != 4) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: wrong size access to register!\n",
                      func);
    } else if (offset % 4 || !is) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: bad register offset (0x%" HWADDR_PRIx ")\n", func,
                      offset);
    } else if (!(is & access)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: %s register (0x%" HWADDR_PRIx ")\n", func,
                      access == READ ? "read of write-only"
                                     : "write to read-only",
                      offset);
    } else if (is & (proxy->legacy ? MODERN : LEGACY)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: %s %s %s register (0x%" HWADDR_PRIx
                      ") in %s mode\n", func, verb,
                      access == READ ? "from" : "to",
                      proxy->legacy ? "non-legacy" : "legacy", offset,
                      proxy->legacy ? "legacy" : "non-legacy");
    } else {
        return true;
    }
    return false;
}

/* ---- reading ------------------------------------------------------------- */

static uint32_t version(VirtIOMMIOProxy *proxy)
{
    return proxy->legacy ? VIRT_VERSION_LEGACY : VIRT_VERSION;
}

/* Without a device: enough to find that there is none. */
static uint64_t read_empty(VirtIOMMIOProxy *proxy, hwaddr offset)
{
    switch (offset) {
    case VIRTIO_MMIO_MAGIC_VALUE:
        return VIRT_MAGIC;
    case VIRTIO_MMIO_VERSION:
        return version(proxy);
    case VIRTIO_MMIO_VENDOR_ID:
        return VIRT_VENDOR;
    default:
        return 0;
    }
}

static uint64_t read_config(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                            hwaddr offset, unsigned size)
{
    switch (size) {
    case 1:
        return proxy->legacy ? virtio_config_readb(vdev, offset)
                             : virtio_config_modern_readb(vdev, offset);
    case 2:
        return proxy->legacy ? virtio_config_readw(vdev, offset)
                             : virtio_config_modern_readw(vdev, offset);
    default:
        return proxy->legacy ? virtio_config_readl(vdev, offset)
                             : virtio_config_modern_readl(vdev, offset);
    }
}

static uint32_t device_features(VirtIOMMIOProxy *proxy, VirtIODevice *vdev)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (proxy->legacy) {
        return proxy->host_features_sel ? 0 : vdev->host_features;
    }
    return (vdev->host_features & ~vdc->legacy_features) >>
           (proxy->host_features_sel ? 32 : 0);
}

static uint32_t read_register(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                              hwaddr offset)
{
    uint16_t n = vdev->queue_sel;

    switch (offset) {
    case VIRTIO_MMIO_MAGIC_VALUE:
    case VIRTIO_MMIO_VERSION:
    case VIRTIO_MMIO_VENDOR_ID:
        return read_empty(proxy, offset);
    case VIRTIO_MMIO_DEVICE_ID:
        return vdev->device_id;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return device_features(proxy, vdev);
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        return virtio_queue_get_num(vdev, n) ? VIRTQUEUE_MAX_SIZE : 0;
    case VIRTIO_MMIO_QUEUE_PFN:
        return virtio_queue_get_addr(vdev, n) >> proxy->guest_page_shift;
    case VIRTIO_MMIO_QUEUE_READY:
        return proxy->vqs[n].enabled;
    case VIRTIO_MMIO_INTERRUPT_STATUS:
        return qatomic_read(&vdev->isr);
    case VIRTIO_MMIO_STATUS:
        return vdev->status;
    case VIRTIO_MMIO_CONFIG_GENERATION:
        return vdev->generation;
    case VIRTIO_MMIO_SHM_LEN_LOW:
    case VIRTIO_MMIO_SHM_LEN_HIGH:
    case VIRTIO_MMIO_SHM_BASE_LOW:
    case VIRTIO_MMIO_SHM_BASE_HIGH:
        /* There is no shared memory. */
        return -1;
    default:
        /* QueueReset: it is over before the driver can look. */
        return 0;
    }
}

static uint64_t virtio_mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    VirtIOMMIOProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    trace_virtio_mmio_read(offset);
    if (!vdev) {
        return read_empty(proxy, offset);
    }
    if (offset >= VIRTIO_MMIO_CONFIG) {
        return read_config(proxy, vdev, offset - VIRTIO_MMIO_CONFIG, size);
    }
    if (!check_access(proxy, offset, size, READ)) {
        return 0;
    }
    return read_register(proxy, vdev, offset);
}

/* ---- queues -------------------------------------------------------------- */

static uint64_t both_halves(const uint32_t half[2])
{
    return (uint64_t)half[1] << 32 | half[0];
}

static void set_queue_ready(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                            bool ready)
{
    uint16_t n = vdev->queue_sel;
    VirtIOMMIOQueue *q = &proxy->vqs[n];

    if (ready) {
        virtio_queue_set_num(vdev, n, q->num);
        virtio_queue_set_rings(vdev, n, both_halves(q->desc),
                               both_halves(q->avail), both_halves(q->used));
    }
    q->enabled = ready;
}

static void set_queue_num(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                          uint32_t num)
{
    uint16_t n = vdev->queue_sel;

    trace_virtio_mmio_queue_write(num, VIRTQUEUE_MAX_SIZE);
    virtio_queue_set_num(vdev, n, MIN(num, INT_MAX));
    if (proxy->legacy) {
        virtio_queue_update_rings(vdev, n);
    } else {
        virtio_init_region_cache(vdev, n);
        proxy->vqs[n].num = num;
    }
}

static void reset_queue(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                        uint32_t value)
{
    uint16_t n = vdev->queue_sel;

    if (!virtio_vdev_has_feature(vdev, VIRTIO_F_RING_RESET)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio_mmio_write: reset of queue %u without "
                      "VIRTIO_F_RING_RESET\n", n);
    } else if (value == 1 && virtio_queue_get_num(vdev, n)) {
        virtio_queue_reset(vdev, n);
        proxy->vqs[n].enabled = false;
    }
}

/*
 * What came since the driver looked at the status would be lost to a controller
 * that takes edges, as a PC's PIC: the line falls even if it is to stay high.
 * One that takes levels asks again at the end of the interrupt.
 */
static void acknowledge(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                        uint32_t bits)
{
    qatomic_and(&vdev->isr, ~bits);
    if (qatomic_read(&vdev->isr)) {
        qemu_irq_lower(proxy->irq);
    }
    virtio_update_irq(vdev);
}

static void notify_queue(VirtIODevice *vdev, uint32_t value)
{
    uint16_t n = value;

    if (n >= VIRTIO_QUEUE_MAX || !virtio_queue_get_num(vdev, n)) {
        return;
    }
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_NOTIFICATION_DATA)) {
        virtio_queue_set_shadow_avail_idx(virtio_get_queue(vdev, n),
                                          value >> 16);
    }
    virtio_queue_notify(vdev, n);
}

/* ---- writing ------------------------------------------------------------- */

static void soft_reset(VirtIOMMIOProxy *proxy)
{
    virtio_bus_reset(&proxy->bus);
    if (!proxy->legacy) {
        for (int n = 0; n < VIRTIO_QUEUE_MAX; n++) {
            proxy->vqs[n].enabled = false;
        }
    }
}

static void set_driver_features(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                                uint32_t value)
{
    if (!proxy->legacy) {
        proxy->guest_features[proxy->guest_features_sel ? 1 : 0] = value;
    } else if (!proxy->guest_features_sel) {
        virtio_set_features(vdev, value);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio_mmio_write: attempt to write guest features "
                      "with guest_features_sel > 0 in legacy mode\n");
    }
}

static void set_page_size(VirtIOMMIOProxy *proxy, uint32_t value)
{
    proxy->guest_page_shift = value ? ctz32(value) : 0;
    trace_virtio_mmio_guest_page(value, proxy->guest_page_shift);
}

static void set_pfn(VirtIOMMIOProxy *proxy, VirtIODevice *vdev, uint64_t pfn)
{
    if (pfn) {
        virtio_queue_set_addr(vdev, vdev->queue_sel,
                              pfn << proxy->guest_page_shift);
    } else {
        soft_reset(proxy);
    }
}

static void set_status(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                       uint8_t value)
{
    if (!(value & VIRTIO_CONFIG_S_DRIVER_OK)) {
        virtio_bus_stop_ioeventfd(&proxy->bus);
    }
    if (!proxy->legacy && (value & VIRTIO_CONFIG_S_FEATURES_OK)) {
        virtio_set_features(vdev, both_halves(proxy->guest_features));
    }
    virtio_set_status(vdev, value);
    if (value & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_bus_start_ioeventfd(&proxy->bus);
    }
    if (vdev->status == 0) {
        soft_reset(proxy);
    }
}

static void write_config(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                         hwaddr offset, uint32_t value, unsigned size)
{
    switch (size) {
    case 1:
        if (proxy->legacy) {
            virtio_config_writeb(vdev, offset, value);
        } else {
            virtio_config_modern_writeb(vdev, offset, value);
        }
        break;
    case 2:
        if (proxy->legacy) {
            virtio_config_writew(vdev, offset, value);
        } else {
            virtio_config_modern_writew(vdev, offset, value);
        }
        break;
    default:
        if (proxy->legacy) {
            virtio_config_writel(vdev, offset, value);
        } else {
            virtio_config_modern_writel(vdev, offset, value);
        }
    }
}

/* The addresses of the selected queue. */
static void write_queue_address(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                                hwaddr offset, uint32_t value)
{
    VirtIOMMIOQueue *q = &proxy->vqs[vdev->queue_sel];

    switch (offset) {
    case VIRTIO_MMIO_QUEUE_DESC_LOW:
        q->desc[0] = value;
        break;
    case VIRTIO_MMIO_QUEUE_DESC_HIGH:
        q->desc[1] = value;
        break;
    case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
        q->avail[0] = value;
        break;
    case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
        q->avail[1] = value;
        break;
    case VIRTIO_MMIO_QUEUE_USED_LOW:
        q->used[0] = value;
        break;
    case VIRTIO_MMIO_QUEUE_USED_HIGH:
        q->used[1] = value;
        break;
    }
}

static void write_register(VirtIOMMIOProxy *proxy, VirtIODevice *vdev,
                           hwaddr offset, uint32_t value)
{
    switch (offset) {
    case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
        proxy->host_features_sel = value ? 1 : 0;
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES:
        set_driver_features(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
        proxy->guest_features_sel = value ? 1 : 0;
        break;
    case VIRTIO_MMIO_GUEST_PAGE_SIZE:
        set_page_size(proxy, value);
        break;
    case VIRTIO_MMIO_QUEUE_SEL:
        if (value < VIRTIO_QUEUE_MAX) {
            vdev->queue_sel = value;
        }
        break;
    case VIRTIO_MMIO_QUEUE_NUM:
        set_queue_num(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_QUEUE_ALIGN:
        virtio_queue_set_align(vdev, vdev->queue_sel, value);
        break;
    case VIRTIO_MMIO_QUEUE_PFN:
        set_pfn(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_QUEUE_READY:
        set_queue_ready(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_QUEUE_NOTIFY:
        notify_queue(vdev, value);
        break;
    case VIRTIO_MMIO_INTERRUPT_ACK:
        acknowledge(proxy, vdev, value);
        break;
    case VIRTIO_MMIO_STATUS:
        set_status(proxy, vdev, value);
        break;
    case QUEUE_RESET:
        reset_queue(proxy, vdev, value);
        break;
    default:
        write_queue_address(proxy, vdev, offset, value);
    }
}

static void virtio_mmio_write(void *opaque, hwaddr offset, uint64_t value,
                              unsigned size)
{
    VirtIOMMIOProxy *proxy = opaque;
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    trace_virtio_mmio_write_offset(offset, value);
    if (!vdev) {
        return;
    }
    if (offset >= VIRTIO_MMIO_CONFIG) {
        write_config(proxy, vdev, offset - VIRTIO_MMIO_CONFIG, value, size);
    } else if (check_access(proxy, offset, size, WRITE)) {
        write_register(proxy, vdev, offset, value);
    }
}

static const MemoryRegionOps legacy_ops = {
    .read = virtio_mmio_read,
    .write = virtio_mmio_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

static const MemoryRegionOps modern_ops = {
    .read = virtio_mmio_read,
    .write = virtio_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* ---- interrupts and eventfds --------------------------------------------- */

static void update_irq(DeviceState *d, uint16_t vector)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (vdev) {
        int level = qatomic_read(&vdev->isr) != 0;

        trace_virtio_mmio_setting_irq(level);
        qemu_set_irq(proxy->irq, level);
    }
}

static bool ioeventfd_enabled(DeviceState *d)
{
    return VIRTIO_MMIO(d)->flags & VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD;
}

static int ioeventfd_assign(DeviceState *d, EventNotifier *notifier, int n,
                            bool assign)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    if (assign) {
        memory_region_add_eventfd(&proxy->iomem, VIRTIO_MMIO_QUEUE_NOTIFY, 4,
                                  true, n, notifier);
    } else {
        memory_region_del_eventfd(&proxy->iomem, VIRTIO_MMIO_QUEUE_NOTIFY, 4,
                                  true, n, notifier);
    }
    return 0;
}

static void vmstate_change(DeviceState *d, bool running)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    if (running) {
        virtio_bus_start_ioeventfd(&proxy->bus);
    } else {
        virtio_bus_stop_ioeventfd(&proxy->bus);
    }
}

static int set_guest_notifiers(DeviceState *d, int nvqs, bool assign)
{
    return virtio_bus_set_guest_notifiers(&VIRTIO_MMIO(d)->bus, nvqs, assign);
}

/* ---- state --------------------------------------------------------------- */

static void save_config(DeviceState *d, QEMUFile *f)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    qemu_put_be32(f, proxy->host_features_sel);
    qemu_put_be32(f, proxy->guest_features_sel);
    qemu_put_be32(f, proxy->guest_page_shift);
}

static int load_config(DeviceState *d, QEMUFile *f)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    proxy->host_features_sel = qemu_get_be32(f) ? 1 : 0;
    proxy->guest_features_sel = qemu_get_be32(f) ? 1 : 0;
    proxy->guest_page_shift = qemu_get_be32(f) & 31;
    return 0;
}

static const VMStateDescription vmstate_queue = {
    .name = "virtio_mmio/queue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(num, VirtIOMMIOQueue),
        VMSTATE_BOOL(enabled, VirtIOMMIOQueue),
        VMSTATE_UINT32_ARRAY(desc, VirtIOMMIOQueue, 2),
        VMSTATE_UINT32_ARRAY(avail, VirtIOMMIOQueue, 2),
        VMSTATE_UINT32_ARRAY(used, VirtIOMMIOQueue, 2),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_state = {
    .name = "virtio_mmio/state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(guest_features, VirtIOMMIOProxy, 2),
        VMSTATE_STRUCT_ARRAY(vqs, VirtIOMMIOProxy, VIRTIO_QUEUE_MAX, 0,
                             vmstate_queue, VirtIOMMIOQueue),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_mmio = {
    .name = "virtio_mmio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() },
    .subsections = (const VMStateDescription *const[]) { &vmstate_state, NULL },
};

static bool has_extra_state(DeviceState *d)
{
    return !VIRTIO_MMIO(d)->legacy;
}

static void save_extra_state(DeviceState *d, QEMUFile *f)
{
    vmstate_save_state(f, &vmstate_mmio, VIRTIO_MMIO(d), NULL);
}

static int load_extra_state(DeviceState *d, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_mmio, VIRTIO_MMIO(d), 1);
}

/* ---- the transport ------------------------------------------------------- */

static void mmio_reset_hold(Object *obj, ResetType type)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(obj);

    soft_reset(proxy);
    proxy->host_features_sel = 0;
    proxy->guest_features_sel = 0;
    proxy->guest_page_shift = 0;
    memset(proxy->guest_features, 0, sizeof(proxy->guest_features));
    memset(proxy->vqs, 0, sizeof(proxy->vqs));
}

static void mmio_realize(DeviceState *d, Error **errp)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);
    SysBusDevice *sbd = SYS_BUS_DEVICE(d);

    qbus_init(&proxy->bus, sizeof(proxy->bus), TYPE_VIRTIO_MMIO_BUS, d, NULL);
    sysbus_init_irq(sbd, &proxy->irq);
    memory_region_init_io(&proxy->iomem, OBJECT(d),
                          proxy->legacy ? &legacy_ops : &modern_ops, proxy,
                          TYPE_VIRTIO_MMIO, MMIO_SIZE);
    sysbus_init_mmio(sbd, &proxy->iomem);
}

static const Property mmio_properties[] = {
    DEFINE_PROP_BOOL("format_transport_address", VirtIOMMIOProxy,
                     format_transport_address, true),
    DEFINE_PROP_BOOL("force-legacy", VirtIOMMIOProxy, legacy, true),
    DEFINE_PROP_BIT("ioeventfd", VirtIOMMIOProxy, flags,
                    VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD_BIT, true),
};

static void mmio_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = mmio_realize;
    RESETTABLE_CLASS(oc)->phases.hold = mmio_reset_hold;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, mmio_properties);
}

/* ---- its bus ------------------------------------------------------------- */

static void pre_plugged(DeviceState *d, Error **errp)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!proxy->legacy) {
        virtio_add_feature(&vdev->host_features, VIRTIO_F_VERSION_1);
    }
}

/* With the address, so that each transport has a path of its own. */
static char *bus_get_dev_path(DeviceState *dev)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(qdev_get_parent_bus(dev)->parent);
    g_autofree char *path = qdev_get_dev_path(DEVICE(proxy));
    MemoryRegionSection section;
    char *full;

    if (!proxy->format_transport_address) {
        return g_steal_pointer(&path);
    }
    section = memory_region_find(&proxy->iomem, 0, MMIO_SIZE);
    if (!section.mr) {
        return g_steal_pointer(&path);
    }
    full = g_strdup_printf("%s%svirtio-mmio@" HWADDR_FMT_plx,
                           path ? path : "", path ? "/" : "",
                           section.offset_within_address_space);
    memory_region_unref(section.mr);
    return full;
}

static void bus_class_init(ObjectClass *oc, void *data)
{
    BusClass *bc = BUS_CLASS(oc);
    VirtioBusClass *k = VIRTIO_BUS_CLASS(oc);

    k->notify = update_irq;
    k->save_config = save_config;
    k->load_config = load_config;
    k->has_extra_state = has_extra_state;
    k->save_extra_state = save_extra_state;
    k->load_extra_state = load_extra_state;
    k->set_guest_notifiers = set_guest_notifiers;
    k->ioeventfd_enabled = ioeventfd_enabled;
    k->ioeventfd_assign = ioeventfd_assign;
    k->pre_plugged = pre_plugged;
    k->vmstate_change = vmstate_change;
    k->has_variable_vring_alignment = true;
    bc->max_dev = 1;
    bc->get_dev_path = bus_get_dev_path;
}

static const TypeInfo types[] = {
    {
        .name = TYPE_VIRTIO_MMIO_BUS,
        .parent = TYPE_VIRTIO_BUS,
        .instance_size = sizeof(VirtioBusState),
        .class_init = bus_class_init,
    },
    {
        .name = TYPE_VIRTIO_MMIO,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(VirtIOMMIOProxy),
        .class_init = mmio_class_init,
    },
};

DEFINE_TYPES(types)
