/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bus between a transport and its virtio device.
 *
 * A transport (virtio-mmio, virtio-pci) has a bus of a subclass of
 * "virtio-bus", for one device. The class says what the transport can do; its
 * functions get the transport as @d. When a device is plugged, the features of
 * the two are put together (pre_plugged adds the transport's), and
 * device_plugged tells the transport.
 *
 * ioeventfd: while the driver runs, kicks come through eventfds that the
 * transport assigns to its doorbells. vhost can grab them.
 *
 * Implemented in hw/virtio/virtio-bus.c; the big lock is held throughout.
 */
#ifndef VIRTIO_BUS_H
#define VIRTIO_BUS_H

#include "hw/qdev-core.h"
#include "hw/virtio/virtio.h"
#include "qom/object.h"

#define TYPE_VIRTIO_BUS "virtio-bus"
typedef struct VirtioBusClass VirtioBusClass;
typedef struct VirtioBusState VirtioBusState;
DECLARE_OBJ_CHECKERS(VirtioBusState, VirtioBusClass,
                     VIRTIO_BUS, TYPE_VIRTIO_BUS)

/*
 * notify: an interrupt, of @vector where there are any; VIRTIO_NO_VECTOR else.
 * save_*, load_*: the transport's part of the stream, each where virtio_save()
 * has it. has_extra_state: whether to save_extra_state.
 * query_guest_notifiers: whether set_guest_notifiers makes sense now; that one
 * switches the first @nvqs queues.
 * query_nvectors: how many vectors there are.
 * queue_enabled: whether the driver has enabled queue @n.
 * has_variable_vring_alignment: virtio_queue_set_align() is used.
 * get_dma_as: the address space of rings and buffers, iommu_enabled: whether
 * there is an IOMMU between.
 */
struct VirtioBusClass {
    BusClass parent;
    void (*notify)(DeviceState *d, uint16_t vector);
    void (*save_config)(DeviceState *d, QEMUFile *f);
    void (*save_queue)(DeviceState *d, int n, QEMUFile *f);
    void (*save_extra_state)(DeviceState *d, QEMUFile *f);
    int (*load_config)(DeviceState *d, QEMUFile *f);
    int (*load_queue)(DeviceState *d, int n, QEMUFile *f);
    int (*load_done)(DeviceState *d, QEMUFile *f);
    int (*load_extra_state)(DeviceState *d, QEMUFile *f);
    bool (*has_extra_state)(DeviceState *d);
    bool (*query_guest_notifiers)(DeviceState *d);
    int (*set_guest_notifiers)(DeviceState *d, int nvqs, bool assign);
    int (*set_host_notifier_mr)(DeviceState *d, int n, MemoryRegion *mr,
                                bool assign);
    void (*vmstate_change)(DeviceState *d, bool running);
    void (*pre_plugged)(DeviceState *d, Error **errp);
    void (*device_plugged)(DeviceState *d, Error **errp);
    void (*device_unplugged)(DeviceState *d);
    int (*query_nvectors)(DeviceState *d);
    /* Both or none: whether eventfds are used; one for queue @n, on or off. */
    bool (*ioeventfd_enabled)(DeviceState *d);
    int (*ioeventfd_assign)(DeviceState *d, EventNotifier *notifier, int n,
                            bool assign);
    bool (*queue_enabled)(DeviceState *d, int n);
    bool has_variable_vring_alignment;
    AddressSpace *(*get_dma_as)(DeviceState *d);
    bool (*iommu_enabled)(DeviceState *d);
};

struct VirtioBusState {
    BusState parent_obj;
    bool ioeventfd_started;
    /* How often vhost has grabbed them: started then means "when released". */
    int ioeventfd_grabbed;
};

/* The device on @bus, NULL if there is none. */
static inline VirtIODevice *virtio_bus_get_device(VirtioBusState *bus)
{
    BusChild *kid = QTAILQ_FIRST(&bus->parent_obj.children);

    /* The bus takes no others, and this is used for every interrupt. */
    return kid ? (VirtIODevice *)kid->child : NULL;
}

/* For the core: a device comes (its realize fails with @errp), or goes. */
void virtio_bus_device_plugged(VirtIODevice *vdev, Error **errp);
void virtio_bus_device_unplugged(VirtIODevice *bus);

/* Resets the device and stops its ioeventfds. */
void virtio_bus_reset(VirtioBusState *bus);

/* Of the device that is there. */
uint16_t virtio_bus_get_vdev_id(VirtioBusState *bus);
size_t virtio_bus_get_vdev_config_len(VirtioBusState *bus);
uint32_t virtio_bus_get_vdev_bad_features(VirtioBusState *bus);
void virtio_bus_get_vdev_config(VirtioBusState *bus, uint8_t *config);
void virtio_bus_set_vdev_config(VirtioBusState *bus, uint8_t *config);

/* Whether the transport allows them; starts them, 0 or a negative errno. */
bool virtio_bus_ioeventfd_enabled(VirtioBusState *bus);
int virtio_bus_start_ioeventfd(VirtioBusState *bus);
void virtio_bus_stop_ioeventfd(VirtioBusState *bus);
/* For vhost: from now on nobody handles them here; and again. */
int virtio_bus_grab_ioeventfd(VirtioBusState *bus);
void virtio_bus_release_ioeventfd(VirtioBusState *bus);
/*
 * Opens queue @n's notifier and assigns it, or takes it from the doorbell; it
 * is closed by the cleanup, which hands on a last kick.
 */
int virtio_bus_set_host_notifier(VirtioBusState *bus, int n, bool assign);
void virtio_bus_cleanup_host_notifier(VirtioBusState *bus, int n);

/*
 * For transports' set_guest_notifiers: opens or closes those of the
 * configuration and of @nvqs queues, watched by the main loop.
 */
int virtio_bus_set_guest_notifiers(VirtioBusState *bus, int nvqs, bool assign);

/* Whether an IOMMU translates what the device accesses. */
bool virtio_bus_device_iommu_enabled(VirtIODevice *vdev);

#endif
