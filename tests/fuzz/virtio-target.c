/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine, its virtio devices, and how a driver reaches them. */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/virtio/virtio-mmio.h"
#include "hw/virtio/virtio-pci.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "standard-headers/linux/virtio_pci.h"
#include "system/balloon.h"
#include "system/system.h"
#include "virtio-target.h"

#define SLOTS     0x11000000ull /* where no device of the board is */
#define ECAM      0x30000000ull
#define PCI_MMIO  0x40000000ull
#define PCI_PORTS 0x03000000ull
/* Of virtio-mmio; in no header of Linux. */
#define QUEUE_RESET 0xc0

/* ---- devices ------------------------------------------------------------- */

static const struct {
    const char *mmio;
    const char *pci;
    const char *props; /* %d: which of the transports */
    bool only_modern;
} kinds[] = {
    [RNG] = { "virtio-rng-device", "virtio-rng-pci",
              "max-bytes=4096,period=1" },
    [BLK] = { "virtio-blk-device", "virtio-blk-pci",
              "drive=null%d,num-queues=2,queue-size=64" },
    [BLK_FILE] = { "virtio-blk-device", "virtio-blk-pci",
                   "drive=bad%d,num-queues=2,queue-size=64,discard=on,"
                   "write-zeroes=on,request-merging=on" },
    [SERIAL] = { "virtio-serial-device", "virtio-serial-pci", "max_ports=3" },
    [BALLOON] = { "virtio-balloon-device", "virtio-balloon-pci",
                  "deflate-on-oom=on,free-page-reporting=on,page-poison=on" },
    [MEM] = { .only_modern = true },
    [PMEM] = { .only_modern = true },
};

/* Both interfaces of PCI are to one device. */
static Target targets[KINDS * TRANSPORTS];
static unsigned num_targets;

/* Options point into them. */
GPtrArray *target_arguments;

static void set_properties(DeviceState *dev, const char *props)
{
    g_auto(GStrv) list = g_strsplit(props, ",", -1);

    for (char **p = list; *p; p++) {
        char *value = strchr(*p, '=');

        *value++ = '\0';
        object_property_parse(OBJECT(dev), *p, value, &error_abort);
    }
}

static void add_port(VirtIODevice *vdev, const char *type, int n, int port)
{
    DeviceState *dev = qdev_new(type);
    g_autofree char *props =
        g_strdup_printf("chardev=chr%d%d,nr=%d", n, port, port);

    set_properties(dev, props);
    qdev_realize_and_unref(dev, QLIST_FIRST(&DEVICE(vdev)->child_bus),
                           &error_abort);
}

static hwaddr slot_address(const Target *t)
{
    return SLOTS + (t->kind * 2 + (t->transport == MMIO_MODERN)) * 0x1000;
}

/* Some kick by them, the others can say what is new with the kick. */
static bool has_eventfds(const Target *t)
{
    return t->kind % 2;
}

static BusState *make_mmio(Target *t)
{
    DeviceState *mmio = qdev_new(TYPE_VIRTIO_MMIO);

    qdev_prop_set_bit(mmio, "force-legacy", t->transport == MMIO_LEGACY);
    qdev_prop_set_bit(mmio, "ioeventfd", has_eventfds(t));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(mmio), &error_abort);
    sysbus_mmio_map(SYS_BUS_DEVICE(mmio), 0, slot_address(t));
    t->proxy = mmio;
    t->base = slot_address(t);
    t->config = t->base + VIRTIO_MMIO_CONFIG;
    return BUS(&VIRTIO_MMIO(mmio)->bus);
}

static void pci_write(const Target *t, int reg, uint32_t value)
{
    address_space_stl_le(&address_space_memory,
                         ECAM + (PCI_DEVICE(t->proxy)->devfn << 12) + reg,
                         value, MEMTXATTRS_UNSPECIFIED, NULL);
}

/* Where its regions are; what an input has done to them is undone. */
static void map_pci(Target *t)
{
    PCIDevice *d = PCI_DEVICE(t->proxy);
    uint32_t slot = PCI_SLOT(d->devfn);
    uint32_t ports = 0x1000 + slot * 0x100, mem = PCI_MMIO + slot * 0x100000;

    pci_write(t, PCI_BASE_ADDRESS_0, ports);
    pci_write(t, PCI_BASE_ADDRESS_1, mem + 0x80000);
    pci_write(t, PCI_BASE_ADDRESS_4, mem);
    pci_write(t, PCI_BASE_ADDRESS_5, 0);
    pci_write(t, PCI_COMMAND,
              PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    if (t->transport == PCI_LEGACY) {
        t->base = PCI_PORTS + ports;
        t->isr = t->base + VIRTIO_PCI_ISR;
        t->config = t->base + VIRTIO_PCI_CONFIG_OFF(false);
        t->notify = t->base + VIRTIO_PCI_QUEUE_NOTIFY;
    } else {
        VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

        t->base = mem + proxy->common.offset;
        t->isr = mem + proxy->isr.offset;
        t->config = mem + proxy->device.offset;
        t->notify = mem + proxy->notify.offset;
        t->notify_multiplier = 4;
    }
}

static BusState *pci_bus(void)
{
    bool ambiguous;
    Object *obj = object_resolve_path_type("", TYPE_PCIE_BUS, &ambiguous);

    g_assert(obj && !ambiguous);
    return BUS(obj);
}

/* Memory devices have to be there before the machine is. */
static void find_memory_device(Target *t)
{
    g_autofree char *id =
        g_strdup_printf("d%d%d", t->kind, t->transport == PCI_MODERN);
    Object *obj = object_resolve_path_component(
        object_resolve_path("/machine/peripheral", NULL), id);

    if (t->transport == PCI_MODERN) {
        t->proxy = DEVICE(obj);
        t->vdev = virtio_bus_get_device(&VIRTIO_PCI(obj)->bus);
    } else {
        t->vdev = VIRTIO_DEVICE(obj);
        t->proxy = DEVICE(obj)->parent_bus->parent;
        t->base = SYS_BUS_DEVICE(t->proxy)->mmio[0].addr;
        t->config = t->base + VIRTIO_MMIO_CONFIG;
    }
    t->vdev->host_features |= BIT_ULL(VIRTIO_F_NOTIFICATION_DATA);
}

/* @props of the device with backends number @n. */
static char *properties(const char *props, int n)
{
    g_autofree char *number = g_strdup_printf("%d", n);
    g_auto(GStrv) parts = g_strsplit(props, "%d", -1);

    return g_strjoinv(number, parts);
}

static void make(Target *t)
{
    bool on_pci = t->transport >= PCI_LEGACY;
    DeviceState *dev =
        qdev_new(on_pci ? kinds[t->kind].pci : kinds[t->kind].mmio);
    int n = MIN(t->transport, PCI_LEGACY);
    g_autofree char *props = properties(kinds[t->kind].props, n);

    set_properties(dev, props);
    if (t->kind == BLK_FILE && t->transport == MMIO_MODERN) {
        set_properties(dev, "werror=stop,rerror=stop");
    }
    if (on_pci) {
        set_properties(dev, "disable-legacy=off,packed=on,in_order=on");
        if (object_property_find(OBJECT(dev), "ioeventfd")) {
            set_properties(dev,
                           has_eventfds(t) ? "ioeventfd=on" : "ioeventfd=off");
        }
        t->proxy = dev;
        qdev_realize(dev, pci_bus(), &error_abort);
        t->vdev = virtio_bus_get_device(&VIRTIO_PCI(dev)->bus);
    } else {
        if (t->transport == MMIO_MODERN) {
            set_properties(dev, "packed=on,in_order=on");
        }
        qdev_realize(dev, make_mmio(t), &error_abort);
        t->vdev = VIRTIO_DEVICE(dev);
    }
    /* There is no property for it. */
    if (t->transport != MMIO_LEGACY && !has_eventfds(t)) {
        t->vdev->host_features |= BIT_ULL(VIRTIO_F_NOTIFICATION_DATA);
    }
    if (t->kind == SERIAL) {
        add_port(t->vdev, "virtconsole", n, 0);
        add_port(t->vdev, "virtserialport", n, 1);
    } else if (t->kind == BALLOON) {
        /* There can be one only. */
        qemu_remove_balloon_handler(t->vdev);
    }
}

Target *target_get(unsigned n)
{
    Target *t = &targets[n];

    if (!t->vdev) {
        Target *other = t->transport == PCI_LEGACY ? t + 1 : t - 1;

        if (kinds[t->kind].only_modern) {
            find_memory_device(t);
        } else if (t->transport >= PCI_LEGACY && other->vdev) {
            t->proxy = other->proxy;
            t->vdev = other->vdev;
        } else {
            make(t);
        }
    }
    if (t->transport >= PCI_LEGACY) {
        map_pci(t);
    }
    return t;
}

unsigned target_count(void)
{
    return num_targets;
}

/* ---- the machine --------------------------------------------------------- */

static void add(GPtrArray *args, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static void add(GPtrArray *args, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_ptr_array_add(args, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

/* The disks, chardevs and memory of one transport's devices. */
static void add_backends(GPtrArray *args, int n)
{
    int fd = memfd_create("disk", 0);

    g_assert(fd >= 0 && ftruncate(fd, 256 * KiB) == 0);
    add(args, "-blockdev");
    add(args, "driver=null-co,node-name=null%d,size=1048576,read-zeroes=on", n);
    add(args, "-blockdev");
    add(args,
        "{\"driver\": \"file\", \"node-name\": \"file%d\","
        " \"discard\": \"unmap\", \"filename\": \"/proc/self/fd/%d\"}",
        n, fd);
    add(args, "-blockdev");
    add(args,
        "{\"driver\": \"blkdebug\", \"node-name\": \"bad%d\","
        " \"image\": \"file%d\", \"inject-error\": ["
        "{\"event\": \"read_aio\", \"sector\": 3},"
        "{\"event\": \"pwritev\", \"sector\": 5, \"errno\": 28},"
        "{\"event\": \"none\", \"iotype\": \"discard\", \"sector\": 9},"
        "{\"event\": \"none\", \"iotype\": \"write-zeroes\", \"sector\": 9},"
        "{\"event\": \"flush_to_disk\", \"once\": true}]}",
        n, n);
    for (int port = 0; port < 2; port++) {
        add(args, "-chardev");
        add(args, "ringbuf,id=chr%d%d,size=1024", n, port);
    }
    add(args, "-object");
    add(args, "memory-backend-ram,id=mem%d,size=128M,reserve=off", n);
    add(args, "-object");
    add(args, "memory-backend-ram,id=pmem%d,size=4M,reserve=off", n);
}

static void list_targets(void)
{
    for (Kind k = 0; k < KINDS; k++) {
        for (Transport t = 0; t < TRANSPORTS; t++) {
            if (kinds[k].only_modern && (t == MMIO_LEGACY || t == PCI_LEGACY)) {
                continue;
            }
            targets[num_targets++] = (Target){ .kind = k, .transport = t };
        }
    }
}

void target_init(const char *program)
{
    static const char *const fixed[] = {
        "-machine",    "virt",
        "-accel",      "qtest",
        "-m",          "16M,maxmem=4G",
        "-nodefaults", "-display",
        "none",        "-bios",
        "none",        "-serial",
        "null",        "-no-shutdown",
        "-global",     "virtio-mmio.force-legacy=off",
        "-global",     "virtio-mmio.ioeventfd=off",
    };
    GPtrArray *args = g_ptr_array_new();

    target_arguments = args;

    add(args, "%s", program);
    for (unsigned i = 0; i < ARRAY_SIZE(fixed); i++) {
        add(args, "%s", fixed[i]);
    }
    for (int n = 0; n <= PCI_LEGACY; n++) {
        add_backends(args, n);
    }
    for (int n = 0; n < 2; n++) {
        const char *where = n ? "-pci" : "";

        add(args, "-device");
        add(args,
            "virtio-mem%s,id=d%d%d,memdev=mem%d,block-size=2M,packed=on,"
            "in_order=on",
            where, MEM, n, n);
        add(args, "-device");
        add(args, "virtio-pmem%s,id=d%d%d,memdev=pmem%d,packed=on,in_order=on",
            where, PMEM, n, n);
    }
    qemu_init(args->len, (char **)args->pdata);
    list_targets();
}

/* ---- a driver's accesses ------------------------------------------------- */

static void put(hwaddr at, unsigned size, uint32_t value)
{
    uint8_t bytes[4];

    stl_le_p(bytes, value);
    address_space_write(&address_space_memory, at, MEMTXATTRS_UNSPECIFIED,
                        bytes, size);
}

static uint32_t get(hwaddr at, unsigned size)
{
    uint8_t bytes[4] = { 0 };

    address_space_read(&address_space_memory, at, MEMTXATTRS_UNSPECIFIED, bytes,
                       size);
    return ldl_le_p(bytes);
}

static void put64(hwaddr at, uint64_t value)
{
    put(at, 4, value);
    put(at + 4, 4, value >> 32);
}

bool target_legacy(const Target *t)
{
    return t->transport == MMIO_LEGACY || t->transport == PCI_LEGACY;
}

static hwaddr status_address(const Target *t)
{
    switch (t->transport) {
    case PCI_LEGACY:
        return t->base + VIRTIO_PCI_STATUS;
    case PCI_MODERN:
        return t->base + VIRTIO_PCI_COMMON_STATUS;
    default:
        return t->base + VIRTIO_MMIO_STATUS;
    }
}

static unsigned status_size(const Target *t)
{
    return t->transport >= PCI_LEGACY ? 1 : 4;
}

void target_set_status(Target *t, uint8_t status)
{
    put(status_address(t), status_size(t), status);
}

uint8_t target_status(Target *t)
{
    return get(status_address(t), status_size(t));
}

uint64_t target_offered(Target *t)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(t->vdev);

    return target_legacy(t) ? (uint32_t)t->vdev->host_features
                            : t->vdev->host_features & ~vdc->legacy_features;
}

void target_set_features(Target *t, uint64_t features)
{
    switch (t->transport) {
    case PCI_LEGACY:
        put(t->base + VIRTIO_PCI_GUEST_FEATURES, 4, features);
        break;
    case PCI_MODERN:
        for (int i = 0; i < 2; i++) {
            put(t->base + VIRTIO_PCI_COMMON_GFSELECT, 4, i);
            put(t->base + VIRTIO_PCI_COMMON_GF, 4, features >> 32 * i);
        }
        break;
    default:
        for (int i = 0; i < 2; i++) {
            put(t->base + VIRTIO_MMIO_DRIVER_FEATURES_SEL, 4, i);
            put(t->base + VIRTIO_MMIO_DRIVER_FEATURES, 4, features >> 32 * i);
        }
    }
}

unsigned target_queue_num(Target *t, unsigned n)
{
    return virtio_queue_get_num(t->vdev, n);
}

static void select_queue(Target *t, unsigned n)
{
    switch (t->transport) {
    case PCI_LEGACY:
        put(t->base + VIRTIO_PCI_QUEUE_SEL, 2, n);
        break;
    case PCI_MODERN:
        put(t->base + VIRTIO_PCI_COMMON_Q_SELECT, 2, n);
        break;
    default:
        put(t->base + VIRTIO_MMIO_QUEUE_SEL, 4, n);
    }
}

unsigned target_set_queue(Target *t, unsigned n, unsigned num, hwaddr at)
{
    select_queue(t, n);
    switch (t->transport) {
    case PCI_LEGACY:
        num = target_queue_num(t, n);
        put(t->base + VIRTIO_PCI_QUEUE_PFN, 4, at >> 12);
        break;
    case PCI_MODERN:
        put(t->base + VIRTIO_PCI_COMMON_Q_SIZE, 2, num);
        put64(t->base + VIRTIO_PCI_COMMON_Q_DESCLO, at);
        put64(t->base + VIRTIO_PCI_COMMON_Q_AVAILLO, at + num * 16);
        put64(t->base + VIRTIO_PCI_COMMON_Q_USEDLO, target_used(at, num));
        put(t->base + VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
        break;
    case MMIO_LEGACY:
        put(t->base + VIRTIO_MMIO_GUEST_PAGE_SIZE, 4, 4096);
        put(t->base + VIRTIO_MMIO_QUEUE_NUM, 4, num);
        put(t->base + VIRTIO_MMIO_QUEUE_ALIGN, 4, 4096);
        put(t->base + VIRTIO_MMIO_QUEUE_PFN, 4, at >> 12);
        break;
    default:
        put(t->base + VIRTIO_MMIO_QUEUE_NUM, 4, num);
        put64(t->base + VIRTIO_MMIO_QUEUE_DESC_LOW, at);
        put64(t->base + VIRTIO_MMIO_QUEUE_AVAIL_LOW, at + num * 16);
        put64(t->base + VIRTIO_MMIO_QUEUE_USED_LOW, target_used(at, num));
        put(t->base + VIRTIO_MMIO_QUEUE_READY, 4, 1);
    }
    return num;
}

void target_reset_queue(Target *t, unsigned n)
{
    select_queue(t, n);
    if (t->transport == PCI_MODERN) {
        put(t->base + VIRTIO_PCI_COMMON_Q_RESET, 2, 1);
    } else if (t->transport == MMIO_MODERN) {
        put(t->base + QUEUE_RESET, 4, 1);
    }
}

void target_kick(Target *t, unsigned n, uint16_t next)
{
    uint32_t value = n;
    unsigned size = t->transport >= PCI_LEGACY ? 2 : 4;

    if (virtio_vdev_has_feature(t->vdev, VIRTIO_F_NOTIFICATION_DATA)) {
        value |= (uint32_t)next << 16;
        size = 4;
    }
    if (t->transport >= PCI_LEGACY) {
        put(t->notify + n * t->notify_multiplier, size, value);
    } else {
        put(t->base + VIRTIO_MMIO_QUEUE_NOTIFY, size, value);
    }
}

uint8_t target_isr(Target *t)
{
    uint8_t isr;

    if (t->transport >= PCI_LEGACY) {
        return get(t->isr, 1);
    }
    isr = get(t->base + VIRTIO_MMIO_INTERRUPT_STATUS, 4);
    put(t->base + VIRTIO_MMIO_INTERRUPT_ACK, 4, isr);
    return isr;
}
