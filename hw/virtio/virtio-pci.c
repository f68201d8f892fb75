/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio over PCI: the PCI function, its bus, interrupts, eventfds, reset. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

/* ---- ids ----------------------------------------------------------------- */

/* Transitional devices have ids of their own, by the order they came. */
static const struct {
    uint16_t id;
    uint16_t transitional;
    uint16_t class;
} known_ids[] = {
    { VIRTIO_ID_NET, PCI_DEVICE_ID_VIRTIO_NET, PCI_CLASS_NETWORK_ETHERNET },
    { VIRTIO_ID_BLOCK, PCI_DEVICE_ID_VIRTIO_BLOCK, PCI_CLASS_STORAGE_SCSI },
    { VIRTIO_ID_CONSOLE, PCI_DEVICE_ID_VIRTIO_CONSOLE,
      PCI_CLASS_COMMUNICATION_OTHER },
    { VIRTIO_ID_SCSI, PCI_DEVICE_ID_VIRTIO_SCSI, PCI_CLASS_STORAGE_SCSI },
    { VIRTIO_ID_9P, PCI_DEVICE_ID_VIRTIO_9P, PCI_BASE_CLASS_NETWORK },
    { VIRTIO_ID_BALLOON, PCI_DEVICE_ID_VIRTIO_BALLOON, PCI_CLASS_OTHERS },
    { VIRTIO_ID_RNG, PCI_DEVICE_ID_VIRTIO_RNG, PCI_CLASS_OTHERS },
    { VIRTIO_ID_VSOCK, PCI_DEVICE_ID_VIRTIO_VSOCK,
      PCI_CLASS_COMMUNICATION_OTHER },
};

uint16_t virtio_pci_get_trans_devid(uint16_t device_id)
{
    for (int i = 0; i < ARRAY_SIZE(known_ids); i++) {
        if (known_ids[i].id == device_id) {
            return known_ids[i].transitional;
        }
    }
    return 0;
}

uint16_t virtio_pci_get_class_id(uint16_t device_id)
{
    for (int i = 0; i < ARRAY_SIZE(known_ids); i++) {
        if (known_ids[i].id == device_id) {
            return known_ids[i].class;
        }
    }
    return 0;
}

unsigned virtio_pci_optimal_num_queues(unsigned fixed_queues)
{
    /* One for each CPU, as far as vectors go round: one is the rest's. */
    unsigned num = current_machine ? current_machine->smp.cpus : 1;

    num = MIN(num, PCI_MSIX_FLAGS_QSIZE - fixed_queues);
    return MIN(num, VIRTIO_QUEUE_MAX - fixed_queues);
}

/* ---- interrupts ---------------------------------------------------------- */

static void notify(DeviceState *d, uint16_t vector)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (msix_enabled(&proxy->pci_dev)) {
        if (vector != VIRTIO_NO_VECTOR) {
            msix_notify(&proxy->pci_dev, vector);
        }
    } else {
        VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

        pci_set_irq(&proxy->pci_dev, qatomic_read(&vdev->isr) & 1);
    }
}

uint16_t virtio_pci_change_vector(VirtIOPCIProxy *proxy, uint16_t from,
                                  uint16_t to)
{
    if (from != VIRTIO_NO_VECTOR) {
        msix_vector_unuse(&proxy->pci_dev, from);
    }
    if (to >= proxy->nvectors) {
        return VIRTIO_NO_VECTOR;
    }
    msix_vector_use(&proxy->pci_dev, to);
    return to;
}

static int query_nvectors(DeviceState *d)
{
    return VIRTIO_PCI(d)->nvectors;
}

void virtio_pci_set_guest_notifier_fd_handler(VirtIODevice *vdev, VirtQueue *vq,
                                              int n, bool assign,
                                              bool with_irqfd)
{
    if (n == VIRTIO_CONFIG_IRQ_IDX) {
        virtio_config_set_guest_notifier_fd_handler(vdev, assign, with_irqfd);
    } else {
        virtio_queue_set_guest_notifier_fd_handler(vq, assign, with_irqfd);
    }
}

static bool query_guest_notifiers(DeviceState *d)
{
    return msix_enabled(&VIRTIO_PCI(d)->pci_dev);
}

static int set_guest_notifiers(DeviceState *d, int nvqs, bool assign)
{
    return virtio_bus_set_guest_notifiers(&VIRTIO_PCI(d)->bus, nvqs, assign);
}

/* ---- kicks by eventfd ---------------------------------------------------- */

static bool ioeventfd_enabled(DeviceState *d)
{
    return VIRTIO_PCI(d)->flags & VIRTIO_PCI_FLAG_USE_IOEVENTFD;
}

static void change_eventfd(MemoryRegion *mr, hwaddr addr, bool match, int n,
                           EventNotifier *notifier, bool assign)
{
    if (assign) {
        memory_region_add_eventfd(mr, addr, 2, match, n, notifier);
    } else {
        memory_region_del_eventfd(mr, addr, 2, match, n, notifier);
    }
}

static int ioeventfd_assign(DeviceState *d, EventNotifier *notifier, int n,
                            bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (virtio_pci_modern(proxy)) {
        change_eventfd(&proxy->notify.mr, virtio_pci_notify_stride(proxy) * n,
                       false, n, notifier, assign);
        if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
            change_eventfd(&proxy->notify_pio.mr, 0, true, n, notifier, assign);
        }
    }
    if (virtio_pci_legacy(proxy)) {
        change_eventfd(&proxy->bar, VIRTIO_PCI_QUEUE_NOTIFY, true, n, notifier,
                       assign);
    }
    return 0;
}

static void vmstate_change(DeviceState *d, bool running)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (running) {
        uint8_t command = proxy->pci_dev.config[PCI_COMMAND];

        /* Streams of an old QEMU, which did not do it for legacy drivers. */
        if ((proxy->flags & VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION) &&
            !(command & PCI_COMMAND_MASTER)) {
            virtio_pci_make_master(proxy);
        }
        virtio_bus_start_ioeventfd(&proxy->bus);
    } else {
        virtio_bus_stop_ioeventfd(&proxy->bus);
    }
}

/* ---- status and reset ---------------------------------------------------- */

void virtio_pci_make_master(VirtIOPCIProxy *proxy)
{
    PCIDevice *d = &proxy->pci_dev;

    pci_default_write_config(d, PCI_COMMAND,
                             d->config[PCI_COMMAND] | PCI_COMMAND_MASTER, 1);
}

void virtio_pci_write_status(VirtIOPCIProxy *proxy, uint8_t val)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!(val & VIRTIO_CONFIG_S_DRIVER_OK)) {
        virtio_bus_stop_ioeventfd(&proxy->bus);
    }
    virtio_set_status(vdev, val);
    if (val & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_bus_start_ioeventfd(&proxy->bus);
    }
    if (vdev->status == 0) {
        virtio_pci_soft_reset(proxy);
    }
}

void virtio_pci_soft_reset(VirtIOPCIProxy *proxy)
{
    virtio_bus_reset(&proxy->bus);
    msix_unuse_all_vectors(&proxy->pci_dev);
    memset(proxy->vqs, 0, sizeof(proxy->vqs));
    memset(proxy->guest_features, 0, sizeof(proxy->guest_features));
}

/* In D3hot, one that says so does not forget: a driver resumes with it. */
static bool keeps_state(const PCIDevice *d)
{
    const uint16_t asleep = PCI_PM_CTRL_NO_SOFT_RESET | PCI_PM_CTRL_STATE_MASK;

    return (d->cap_present & QEMU_PCI_CAP_PM) &&
           (pci_get_word(d->config + d->pm_cap + PCI_PM_CTRL) & asleep) ==
               asleep;
}

static void pci_reset_hold(Object *obj, ResetType type)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);
    PCIDevice *d = &proxy->pci_dev;

    if (keeps_state(d)) {
        return;
    }
    virtio_pci_soft_reset(proxy);
    proxy->dfselect = 0;
    proxy->gfselect = 0;
    if (pci_is_express(d) && d->exp.exp_cap) {
        pcie_cap_deverr_reset(d);
        pcie_cap_lnkctl_reset(d);
    }
}

/* ---- configuration space ------------------------------------------------- */

static void write_config(PCIDevice *d, uint32_t address, uint32_t val, int len)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    pci_default_write_config(d, address, val, len);
    if ((proxy->flags & VIRTIO_PCI_FLAG_INIT_FLR) && pci_is_express(d)) {
        pcie_cap_flr_write_config(d, address, val, len);
    }
    pcie_aer_write_config(d, address, val, len);
    if (vdev && range_covers_byte(address, len, PCI_COMMAND)) {
        if (!(d->config[PCI_COMMAND] & PCI_COMMAND_MASTER)) {
            /* Without memory there is nothing that it could do. */
            virtio_set_disabled(vdev, true);
            virtio_bus_stop_ioeventfd(&proxy->bus);
            virtio_set_status(vdev, vdev->status & ~VIRTIO_CONFIG_S_DRIVER_OK);
        } else {
            virtio_set_disabled(vdev, false);
        }
    }
    virtio_pci_window_written(proxy, address, len);
}

static uint32_t read_config(PCIDevice *d, uint32_t address, int len)
{
    virtio_pci_window_read(VIRTIO_PCI(d), address, len);
    return pci_default_read_config(d, address, len);
}

/* ---- a device is plugged ------------------------------------------------- */

static void pre_plugged(DeviceState *d, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (virtio_pci_modern(proxy)) {
        virtio_add_feature(&vdev->host_features, VIRTIO_F_VERSION_1);
    }
    virtio_add_feature(&vdev->host_features, VIRTIO_F_BAD_FEATURE);
}

static bool check_kinds(VirtIOPCIProxy *proxy, VirtIODevice *vdev, Error **errp)
{
    if (!virtio_pci_legacy(proxy) && !virtio_pci_modern(proxy)) {
        error_setg(errp, "device cannot work as neither modern nor legacy mode"
                         " is enabled");
        error_append_hint(errp, "Set either disable-modern or disable-legacy"
                                " to off\n");
        return false;
    }
    /* The structures of modern devices without the feature confuse drivers. */
    if (virtio_pci_modern(proxy) && !proxy->ignore_backend_features &&
        !virtio_host_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        if (!virtio_pci_legacy(proxy)) {
            error_setg(errp, "Device doesn't support modern mode, and legacy"
                             " mode is disabled");
            error_append_hint(errp, "Set disable-legacy to off\n");
            return false;
        }
        virtio_pci_disable_modern(proxy);
    }
    if (virtio_pci_legacy(proxy) && !virtio_legacy_allowed(vdev) &&
        !virtio_legacy_check_disabled(vdev)) {
        error_setg(errp, "device is modern-only, use disable-legacy=on");
        return false;
    }
    if (virtio_pci_legacy(proxy) &&
        virtio_host_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM)) {
        error_setg(errp, "VIRTIO_F_IOMMU_PLATFORM was supported by"
                         " neither legacy nor transitional device");
        return false;
    }
    return true;
}

static void set_identity(VirtIOPCIProxy *proxy)
{
    uint8_t *config = proxy->pci_dev.config;
    uint16_t id = virtio_bus_get_vdev_id(&proxy->bus);

    if (virtio_pci_legacy(proxy)) {
        pci_set_word(config + PCI_SUBSYSTEM_VENDOR_ID,
                     pci_get_word(config + PCI_VENDOR_ID));
        pci_set_word(config + PCI_SUBSYSTEM_ID, id);
        proxy->trans_devid = virtio_pci_get_trans_devid(id);
        if (proxy->trans_devid) {
            pci_config_set_device_id(config, proxy->trans_devid);
        }
    } else {
        pci_config_set_vendor_id(config, PCI_VENDOR_ID_REDHAT_QUMRANET);
        pci_config_set_device_id(config, PCI_DEVICE_ID_VIRTIO_10_BASE + id);
        pci_config_set_revision(config, 1);
    }
    config[PCI_INTERRUPT_PIN] = 1;
    if (proxy->class_code) {
        pci_config_set_class(config, proxy->class_code);
    }
}

static void add_vectors(VirtIOPCIProxy *proxy)
{
    Error *err = NULL;
    int ret;

    if (!proxy->nvectors) {
        return;
    }
    ret = msix_init_exclusive_bar(&proxy->pci_dev, proxy->nvectors,
                                  proxy->msix_bar_idx, &err);
    if (ret) {
        /* A machine without messages has a line. */
        if (ret != -ENOTSUP) {
            warn_report_err(err);
            warn_report("unable to init msix vectors to %" PRIu32,
                        proxy->nvectors);
        } else {
            error_free(err);
        }
        proxy->nvectors = 0;
    }
}

static void device_plugged(DeviceState *d, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (!check_kinds(proxy, vdev, errp)) {
        return;
    }
    set_identity(proxy);
    if (virtio_pci_modern(proxy)) {
        virtio_pci_modern_init(proxy, vdev);
    }
    add_vectors(proxy);
    proxy->pci_dev.config_write = write_config;
    proxy->pci_dev.config_read = read_config;
    if (virtio_pci_legacy(proxy)) {
        virtio_pci_legacy_init(proxy);
    }
}

static void device_unplugged(DeviceState *d)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    virtio_bus_stop_ioeventfd(&proxy->bus);
    if (virtio_pci_modern(proxy)) {
        virtio_pci_modern_exit(proxy);
    }
}

static bool queue_enabled(DeviceState *d, int n)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (virtio_pci_modern(proxy) &&
        virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        return proxy->vqs[n].enabled;
    }
    return virtio_queue_enabled_legacy(vdev, n);
}

static AddressSpace *get_dma_as(DeviceState *d)
{
    return pci_get_address_space(PCI_DEVICE(d));
}

static bool iommu_enabled(DeviceState *d)
{
    return pci_device_iommu_address_space(PCI_DEVICE(d)) !=
           &address_space_memory;
}

/* ---- realize ------------------------------------------------------------- */

/* Where the structures are: these places are what drivers have seen. */
static void place_regions(VirtIOPCIProxy *proxy)
{
    uint32_t notify_size = virtio_pci_notify_stride(proxy) * VIRTIO_QUEUE_MAX;

    proxy->legacy_io_bar_idx = 0;
    proxy->msix_bar_idx = 1;
    proxy->modern_io_bar_idx = 2;
    proxy->modern_mem_bar_idx = 4;

#define PLACE(_region, _offset, _size, _type)                                  \
    do {                                                                       \
        proxy->_region.offset = (_offset);                                     \
        proxy->_region.size = (_size);                                         \
        proxy->_region.type = (_type);                                         \
    } while (0)
    PLACE(common, 0, 4 * KiB, VIRTIO_PCI_CAP_COMMON_CFG);
    PLACE(isr, 4 * KiB, 4 * KiB, VIRTIO_PCI_CAP_ISR_CFG);
    PLACE(device, 8 * KiB, 4 * KiB, VIRTIO_PCI_CAP_DEVICE_CFG);
    PLACE(notify, 12 * KiB, notify_size, VIRTIO_PCI_CAP_NOTIFY_CFG);
    PLACE(notify_pio, 0, 4, VIRTIO_PCI_CAP_NOTIFY_CFG);
#undef PLACE
}

static bool add_express(VirtIOPCIProxy *proxy, Error **errp)
{
    PCIDevice *d = &proxy->pci_dev;
    uint16_t extended = PCI_CONFIG_SPACE_SIZE;
    int pos;

    if (pcie_endpoint_cap_init(d, 0) < 0) {
        error_setg(errp, "no room for the PCI Express capability");
        return false;
    }
    pos = pci_pm_init(d, 0, errp);
    if (pos < 0) {
        return false;
    }
    pci_set_word(d->config + pos + PCI_PM_PMC, PCI_PM_CAP_VER_1_2);
    pci_set_word(d->wmask + pos + PCI_PM_CTRL,
                 proxy->flags & VIRTIO_PCI_FLAG_INIT_PM ? PCI_PM_CTRL_STATE_MASK
                                                        : 0);
    if (proxy->flags & VIRTIO_PCI_FLAG_PM_NO_SOFT_RESET) {
        pci_set_word(d->config + pos + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_AER) {
        if (pcie_aer_init(d, PCI_ERR_VER, extended, PCI_ERR_SIZEOF, errp)) {
            return false;
        }
        extended += PCI_ERR_SIZEOF;
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_DEVERR) {
        pcie_cap_deverr_init(d);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_LNKCTL) {
        pcie_cap_lnkctl_init(d);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_ATS) {
        pcie_ats_init(d, extended,
                      proxy->flags & VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED);
    }
    if (proxy->flags & VIRTIO_PCI_FLAG_INIT_FLR) {
        pcie_cap_flr_init(d);
    }
    return true;
}

static void virtio_pci_exit(PCIDevice *d)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if ((proxy->flags & VIRTIO_PCI_FLAG_AER) && pci_is_express(d)) {
        pcie_aer_exit(d);
    }
    msix_uninit_exclusive_bar(d);
}

static void virtio_pci_realize(PCIDevice *d, Error **errp)
{
    ERRP_GUARD();
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtioPCIClass *k = VIRTIO_PCI_GET_CLASS(d);
    PCIBus *bus = pci_get_bus(d);
    bool behind_port = pci_bus_is_express(bus) && !pci_bus_is_root(bus);

    place_regions(proxy);
    memory_region_init(&proxy->modern_bar, OBJECT(proxy), "virtio-pci",
                       pow2ceil(proxy->notify.offset + proxy->notify.size));
    if (proxy->disable_legacy == ON_OFF_AUTO_AUTO) {
        proxy->disable_legacy = behind_port ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    }
    if (behind_port && pci_is_express(d)) {
        if (!add_express(proxy, errp)) {
            return;
        }
    } else {
        /* A conventional function from now on. */
        d->cap_present &= ~QEMU_PCI_CAP_EXPRESS;
    }
    qbus_init(&proxy->bus, sizeof(proxy->bus), TYPE_VIRTIO_PCI_BUS, DEVICE(d),
              "virtio-bus");
    if (k->realize) {
        k->realize(proxy, errp);
        if (*errp) {
            virtio_pci_exit(d);
        }
    }
}

/* Before the core looks at it: whether this can be an Express function. */
static void virtio_pci_dc_realize(DeviceState *dev, Error **errp)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);

    if (!(proxy->flags & VIRTIO_PCI_FLAG_DISABLE_PCIE) &&
        virtio_pci_modern(proxy)) {
        proxy->pci_dev.cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    VIRTIO_PCI_GET_CLASS(dev)->parent_dc_realize(dev, errp);
}

/* ---- the types ----------------------------------------------------------- */

static const Property virtio_pci_properties[] = {
    DEFINE_PROP_BIT("virtio-pci-bus-master-bug-migration", VirtIOPCIProxy,
                    flags, VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT, false),
    DEFINE_PROP_BIT("migrate-extra", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT, true),
    DEFINE_PROP_BIT("modern-pio-notify", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT, false),
    DEFINE_PROP_BIT("x-disable-pcie", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT, false),
    DEFINE_PROP_BIT("page-per-vq", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT, false),
    DEFINE_PROP_BOOL("x-ignore-backend-features", VirtIOPCIProxy,
                     ignore_backend_features, false),
    DEFINE_PROP_BIT("ats", VirtIOPCIProxy, flags, VIRTIO_PCI_FLAG_ATS_BIT,
                    false),
    DEFINE_PROP_BIT("x-ats-page-aligned", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED_BIT, true),
    DEFINE_PROP_BIT("x-pcie-deverr-init", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_INIT_DEVERR_BIT, true),
    DEFINE_PROP_BIT("x-pcie-lnkctl-init", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_INIT_LNKCTL_BIT, true),
    DEFINE_PROP_BIT("x-pcie-pm-init", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_INIT_PM_BIT, true),
    DEFINE_PROP_BIT("x-pcie-pm-no-soft-reset", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_PM_NO_SOFT_RESET_BIT, false),
    DEFINE_PROP_BIT("x-pcie-flr-init", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_INIT_FLR_BIT, true),
    DEFINE_PROP_BIT("aer", VirtIOPCIProxy, flags, VIRTIO_PCI_FLAG_AER_BIT,
                    false),
};

static void virtio_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_pci_properties);
    k->realize = virtio_pci_realize;
    k->exit = virtio_pci_exit;
    k->vendor_id = PCI_VENDOR_ID_REDHAT_QUMRANET;
    k->revision = VIRTIO_PCI_ABI_VERSION;
    k->class_id = PCI_CLASS_OTHERS;
    device_class_set_parent_realize(
        dc, virtio_pci_dc_realize, &VIRTIO_PCI_CLASS(klass)->parent_dc_realize);
    RESETTABLE_CLASS(klass)->phases.hold = pci_reset_hold;
}

static void bus_class_init(ObjectClass *klass, void *data)
{
    VirtioBusClass *k = VIRTIO_BUS_CLASS(klass);

    BUS_CLASS(klass)->max_dev = 1;
    k->notify = notify;
    virtio_pci_state_class_init(k);
    k->query_guest_notifiers = query_guest_notifiers;
    k->set_guest_notifiers = set_guest_notifiers;
    k->vmstate_change = vmstate_change;
    k->pre_plugged = pre_plugged;
    k->device_plugged = device_plugged;
    k->device_unplugged = device_unplugged;
    k->query_nvectors = query_nvectors;
    k->ioeventfd_enabled = ioeventfd_enabled;
    k->ioeventfd_assign = ioeventfd_assign;
    k->get_dma_as = get_dma_as;
    k->iommu_enabled = iommu_enabled;
    k->queue_enabled = queue_enabled;
}

static const TypeInfo virtio_pci_types[] = {
    {
        .name = TYPE_VIRTIO_PCI_BUS,
        .parent = TYPE_VIRTIO_BUS,
        .instance_size = sizeof(VirtioPCIBusState),
        .class_size = sizeof(VirtioPCIBusClass),
        .class_init = bus_class_init,
    },
    {
        .name = TYPE_VIRTIO_PCI,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(VirtIOPCIProxy),
        .class_init = virtio_pci_class_init,
        .class_size = sizeof(VirtioPCIClass),
        .abstract = true,
    },
};

DEFINE_TYPES(virtio_pci_types)
