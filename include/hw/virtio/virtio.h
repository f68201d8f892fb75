/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio core: devices and their queues, whatever carries them.
 *
 * A device (a subclass of "virtio-device") calls virtio_init() and
 * virtio_add_queue() in its realize, and sits on a virtio bus
 * (hw/virtio/virtio-bus.h) that a transport provides: virtio-mmio, virtio-pci.
 * The transport turns registers into the calls of "Transports" below. A device
 * takes a guest's buffers with virtqueue_pop(), reads @out_sg and writes
 * @in_sg of the element, gives it back with virtqueue_push(), and calls
 * virtio_notify().
 *
 * Nothing that a guest puts into its rings can do more harm than
 * virtio_error(): the device is broken, has NEEDS_RESET set, and does nothing
 * until it is reset.
 *
 * Functions need the big lock unless they say otherwise. Those of one queue
 * ("Elements", and the notifications of the queue) may be called in an iothread
 * that the queue's host notifier is attached to, by one thread at a time.
 *
 * Implemented in hw/virtio/virtio.c (device), virtio-queue.c (addresses and
 * sizes of queues), virtio-element.c, -chain.c, -split.c, -packed.c (rings),
 * virtio-notify.c (notifiers) and virtio-vmstate.c. Sections are of the virtio
 * 1.2 specification.
 */
#ifndef QEMU_VIRTIO_H
#define QEMU_VIRTIO_H

#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties-system.h" /* as QEMU's, for devices */
#include "migration/vmstate.h"
#include "qemu/atomic.h"
#include "qemu/event_notifier.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ring.h"
#include "qom/object.h"
#include "block/aio.h"

/* Only a driver that does not negotiate accepts this one. */
#define VIRTIO_F_BAD_FEATURE 30

/* The bits that a modern device does not offer. */
#define VIRTIO_LEGACY_FEATURES                \
    ((0x1ULL << VIRTIO_F_BAD_FEATURE) |       \
     (0x1ULL << VIRTIO_F_NOTIFY_ON_EMPTY) |   \
     (0x1ULL << VIRTIO_F_ANY_LAYOUT))

/* @addr up to a multiple of @align: where a legacy used ring starts. */
static inline hwaddr vring_align(hwaddr addr, unsigned long align)
{
    return QEMU_ALIGN_UP(addr, align);
}

/*** Configurations whose size depends on features. ***/

/* With any of @flags, the configuration has at least @end bytes. */
typedef struct VirtIOFeature {
    uint64_t flags;
    size_t end;
} VirtIOFeature;

/* @feature_sizes ends with an entry without flags. */
typedef struct VirtIOConfigSizeParams {
    size_t min_size;
    size_t max_size;
    const VirtIOFeature *feature_sizes;
} VirtIOConfigSizeParams;

/* The size that @host_features need, at least min_size. */
size_t virtio_get_config_size(const VirtIOConfigSizeParams *params,
                              uint64_t host_features);

/*** Queues and elements. ***/

typedef struct VirtQueue VirtQueue;

/* Most descriptors in a queue, and queues in a device. */
#define VIRTQUEUE_MAX_SIZE 1024
#define VIRTIO_QUEUE_MAX 1024

/*
 * A chain of buffers from the guest, @out_* for the device to read, @in_* to
 * write. Devices embed it first in their request. @index is the head (split)
 * or the buffer id (packed), @ndescs how many descriptors of the ring it took,
 * @len and @in_order_filled what virtqueue_fill() keeps for in-order queues.
 */
typedef struct VirtQueueElement {
    unsigned int index;
    unsigned int len;
    unsigned int ndescs;
    unsigned int out_num;
    unsigned int in_num;
    bool in_order_filled;
    hwaddr *in_addr;
    hwaddr *out_addr;
    struct iovec *in_sg;
    struct iovec *out_sg;
} VirtQueueElement;

/* The vector of a queue that has none. */
#define VIRTIO_NO_VECTOR 0xffff

/* Stands for the configuration interrupt where a queue's number would. */
#define VIRTIO_CONFIG_IRQ_IDX -1

#define TYPE_VIRTIO_DEVICE "virtio-device"
OBJECT_DECLARE_TYPE(VirtIODevice, VirtioDeviceClass, VIRTIO_DEVICE)

/* A feature or status bit, and what the monitor says of it. */
typedef struct {
    int virtio_bit;
    const char *feature_desc;
} qmp_virtio_feature_map_t;

enum virtio_device_endian {
    VIRTIO_DEVICE_ENDIAN_UNKNOWN,
    VIRTIO_DEVICE_ENDIAN_LITTLE,
    VIRTIO_DEVICE_ENDIAN_BIG,
};

/*
 * What all devices have. @host_features are offered, @guest_features accepted;
 * @backend_features is what a vhost backend has. @config holds @config_len
 * bytes as the guest last saw them, @generation counts their changes.
 * @started is whether the driver lets the device work (virtio_set_started()).
 */
struct VirtIODevice {
    DeviceState parent_obj;
    const char *name;
    uint8_t status;
    uint8_t isr;
    uint16_t queue_sel;
    uint64_t host_features;
    uint64_t guest_features;
    uint64_t backend_features;

    size_t config_len;
    void *config;
    uint16_t config_vector;
    uint32_t generation;
    int nvectors;
    VirtQueue *vq;
    MemoryListener listener;
    uint16_t device_id;
    /* Whether the machine runs. */
    bool vm_running;
    /* After virtio_error(), until a reset. */
    bool broken;
    /* Whether virtio_set_disabled() has an effect; then, what it set. */
    bool use_disabled_flag;
    bool disabled;
    /* Properties: track @started; allow legacy drivers of modern devices. */
    bool use_started;
    bool started;
    /* A legacy driver may kick before DRIVER_OK; the kick starts the device. */
    bool start_on_kick;
    bool disable_legacy_check;
    bool vhost_started;
    VMChangeStateEntry *vmstate;
    char *bus_name;
    /* enum virtio_device_endian, of a legacy guest. */
    uint8_t device_endian;
    /* Whether class->guest_notifier_mask may be called. */
    bool use_guest_notifier_mask;
    /* What the addresses of rings and buffers are in. */
    AddressSpace *dma_as;
    /* For each vector, its queues; NULL if the transport has no vectors. */
    QLIST_HEAD(, VirtQueue) *vector_queues;
    QTAILQ_ENTRY(VirtIODevice) next;
    EventNotifier config_notifier;
    bool device_iotlb_enabled;
};

/*
 * What a device implements; what is NULL does nothing.
 *
 * get_features: the features offered, out of @requested_features and those
 * that the backend has. set_features: what was negotiated, before the queues
 * are used. validate_features: whether FEATURES_OK may stick (0 or negative).
 * bad_features: those of a guest that accepts VIRTIO_F_BAD_FEATURE.
 *
 * get_config fills, set_config takes, the configuration of config_len bytes.
 *
 * queue_reset, queue_enable: one queue of a running device (2.6.1); the device
 * checks the number. legacy_features: offered to legacy drivers only.
 *
 * guest_notifier_mask, guest_notifier_pending: vector @n is masked by the
 * guest; something happened meanwhile. @n may be VIRTIO_CONFIG_IRQ_IDX.
 *
 * start_ioeventfd, stop_ioeventfd: the device's own, set by the core, which
 * calls the queues' handlers in the main loop.
 *
 * pre_load_queues is told the number of queues in a stream before they are
 * loaded. save and load (old style) or vmsd add the device's own state;
 * post_load comes when everything has been loaded.
 */
struct VirtioDeviceClass {
    /*< private >*/
    DeviceClass parent;
    /*< public >*/
    DeviceRealize realize;
    DeviceUnrealize unrealize;
    uint64_t (*get_features)(VirtIODevice *vdev, uint64_t requested_features,
                             Error **errp);
    uint64_t (*bad_features)(VirtIODevice *vdev);
    void (*set_features)(VirtIODevice *vdev, uint64_t val);
    int (*validate_features)(VirtIODevice *vdev);
    void (*get_config)(VirtIODevice *vdev, uint8_t *config);
    void (*set_config)(VirtIODevice *vdev, const uint8_t *config);
    void (*reset)(VirtIODevice *vdev);
    void (*set_status)(VirtIODevice *vdev, uint8_t val);
    void (*queue_reset)(VirtIODevice *vdev, uint32_t queue_index);
    void (*queue_enable)(VirtIODevice *vdev, uint32_t queue_index);
    uint64_t legacy_features;
    bool (*guest_notifier_pending)(VirtIODevice *vdev, int n);
    void (*guest_notifier_mask)(VirtIODevice *vdev, int n, bool mask);
    int (*start_ioeventfd)(VirtIODevice *vdev);
    void (*stop_ioeventfd)(VirtIODevice *vdev);
    int (*pre_load_queues)(VirtIODevice *vdev, uint32_t n);
    void (*save)(VirtIODevice *vdev, QEMUFile *f);
    int (*load)(VirtIODevice *vdev, QEMUFile *f, int version_id);
    int (*post_load)(VirtIODevice *vdev);
    const VMStateDescription *vmsd;
    bool (*primary_unplug_pending)(void *opaque);
    struct vhost_dev *(*get_vhost)(VirtIODevice *vdev);
    void (*toggle_device_iotlb)(VirtIODevice *vdev);
};

/*** Life. ***/

/*
 * For instance_init of a proxy: makes @data, a device of @vdev_size bytes and
 * type @vdev_name, its child "virtio-backend", with the same properties.
 */
void virtio_instance_init_common(Object *proxy_obj, void *data,
                                 size_t vdev_size, const char *vdev_name);

/*
 * First thing in a device's realize: @device_id of virtio_ids.h, and a
 * configuration of @config_size bytes, zero. virtio_cleanup() undoes it, last
 * thing in unrealize.
 */
void virtio_init(VirtIODevice *vdev, uint16_t device_id, size_t config_size);
void virtio_cleanup(VirtIODevice *vdev);

/*
 * The guest has done what it must not: reports the message, sets NEEDS_RESET
 * in a modern device with an interrupt for the configuration, and breaks the
 * device. Any thread that may use a queue.
 */
void virtio_error(VirtIODevice *vdev, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* The name of the bus a device provides (virtio-serial); @bus_name is copied. */
void virtio_device_set_child_bus_name(VirtIODevice *vdev, char *bus_name);

/* Told that the driver has kicked the queue. */
typedef void (*VirtIOHandleOutput)(VirtIODevice *, VirtQueue *);

/*
 * The next queue. @queue_size, at most VIRTQUEUE_MAX_SIZE, is how many
 * descriptors the device can do with; drivers are offered the maximum. More
 * than VIRTIO_QUEUE_MAX queues are a bug of the device.
 */
VirtQueue *virtio_add_queue(VirtIODevice *vdev, int queue_size,
                            VirtIOHandleOutput handle_output);
void virtio_del_queue(VirtIODevice *vdev, int n);
void virtio_delete_queue(VirtQueue *vq);

/*** Elements: for the device, in the queue's thread. ***/

/*
 * The next chain, or NULL when there is none or the device is broken. @sz is
 * the size of the request to allocate, which begins with a VirtQueueElement;
 * the caller frees it with g_free() after one of the functions below.
 */
void *virtqueue_pop(VirtQueue *vq, size_t sz);

/* Gives @elem back, used, with @len bytes written: fill and flush in one. */
void virtqueue_push(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len);
/* The same for several: @idx counts from 0; then flush of @count of them. */
void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx);
void virtqueue_flush(VirtQueue *vq, unsigned int count);

/* Forgets @elem, which the driver gets with the reset of the queue. */
void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len);
/* Puts back the last one popped. */
void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len);
/* Puts back the last @num, which are detached; false if there are not as many.
 * Not for packed rings whose chains have several descriptors. */
bool virtqueue_rewind(VirtQueue *vq, unsigned int num);
/* Gives back all that is available, with nothing written; returns how many. */
unsigned int virtqueue_drop_all(VirtQueue *vq);

/* Maps the addresses of a loaded @elem; a failure is a bug of the stream. */
void virtqueue_map(VirtIODevice *vdev, VirtQueueElement *elem);
/* Save a request in flight, and load it, mapped; as virtqueue_pop(). */
void *qemu_get_virtqueue_element(VirtIODevice *vdev, QEMUFile *f, size_t sz);
void qemu_put_virtqueue_element(VirtIODevice *vdev, QEMUFile *f,
                                VirtQueueElement *elem);

/* Whether so much space is available, without popping it: 1 or 0. */
int virtqueue_avail_bytes(VirtQueue *vq, unsigned int in_bytes,
                          unsigned int out_bytes);
/*
 * How much is available, counted until both maxima are reached. Negative on
 * error, else something for virtio_queue_enable_notification_and_check().
 */
int virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                              unsigned int *out_bytes, unsigned max_in_bytes,
                              unsigned max_out_bytes);

/*
 * Tells the driver that there are used buffers, if it wants to know: by the
 * transport's interrupt; the irqfd form by the guest notifier, any thread.
 */
void virtio_notify_irqfd(VirtIODevice *vdev, VirtQueue *vq);
void virtio_notify(VirtIODevice *vdev, VirtQueue *vq);

/*
 * The configuration has changed: a new generation, and an interrupt if the
 * driver runs.
 */
void virtio_notify_config(VirtIODevice *vdev);

/* Whether the driver is asked to kick; asks it to, or not to. */
bool virtio_queue_get_notification(VirtQueue *vq);
void virtio_queue_set_notification(VirtQueue *vq, int enable);
/* Whether the driver has given it memory; whether nothing is available. */
int virtio_queue_ready(VirtQueue *vq);
int virtio_queue_empty(VirtQueue *vq);
/*
 * Asks for kicks; whether something became available since the call of
 * virtqueue_get_avail_bytes() that returned @opaque.
 */
bool virtio_queue_enable_notification_and_check(VirtQueue *vq, int opaque);
void virtio_queue_set_shadow_avail_idx(VirtQueue *vq, uint16_t idx);

/*** Saving and loading. ***/

/* The state of the transport, the core, the queues and the device. */
int virtio_save(VirtIODevice *vdev, QEMUFile *f);
int virtio_load(VirtIODevice *vdev, QEMUFile *f, int version_id);

extern const VMStateInfo virtio_vmstate_info;

/* The only field of a device's description: all of the above. */
#define VMSTATE_VIRTIO_DEVICE                 \
    {                                         \
        .name = "virtio",                     \
        .info = &virtio_vmstate_info,         \
        .flags = VMS_SINGLE,                  \
    }

/*** Transports. ***/

/*
 * The configuration at @addr: beyond its end, reads give all ones and writes
 * nothing. The first ones in the guest's byte order, as legacy drivers see it;
 * the modern ones little-endian.
 */
uint32_t virtio_config_readb(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_readw(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_readl(VirtIODevice *vdev, uint32_t addr);
void virtio_config_writeb(VirtIODevice *vdev, uint32_t addr, uint32_t data);
void virtio_config_writew(VirtIODevice *vdev, uint32_t addr, uint32_t data);
void virtio_config_writel(VirtIODevice *vdev, uint32_t addr, uint32_t data);
uint32_t virtio_config_modern_readb(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_modern_readw(VirtIODevice *vdev, uint32_t addr);
uint32_t virtio_config_modern_readl(VirtIODevice *vdev, uint32_t addr);
void virtio_config_modern_writeb(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);
void virtio_config_modern_writew(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);
void virtio_config_modern_writel(VirtIODevice *vdev, uint32_t addr,
                                 uint32_t data);

/* Legacy: where the whole ring is. */
void virtio_queue_set_addr(VirtIODevice *vdev, int n, hwaddr addr);
hwaddr virtio_queue_get_addr(VirtIODevice *vdev, int n);
/*
 * The size of queue @n. A size that is too large, or that turns a queue off or
 * on, is not taken. The one that the device has offered is the maximum.
 */
void virtio_queue_set_num(VirtIODevice *vdev, int n, int num);
int virtio_queue_get_num(VirtIODevice *vdev, int n);
int virtio_queue_get_max_num(VirtIODevice *vdev, int n);
/* How many queues there are. */
int virtio_get_num_queues(VirtIODevice *vdev);
/* Modern: where its three parts are. */
void virtio_queue_set_rings(VirtIODevice *vdev, int n, hwaddr desc,
                            hwaddr avail, hwaddr used);
/* Legacy: computes the three parts from the address and the size. */
void virtio_queue_update_rings(VirtIODevice *vdev, int n);
/* Maps the parts of queue @n again; breaks the device if that fails. */
void virtio_init_region_cache(VirtIODevice *vdev, int n);
/* Legacy: what the used ring is aligned to, a power of two. */
void virtio_queue_set_align(VirtIODevice *vdev, int n, int align);
/* The driver kicks queue @n. */
void virtio_queue_notify(VirtIODevice *vdev, int n);
/* The interrupt vector of queue @n, VIRTIO_NO_VECTOR if none. */
uint16_t virtio_queue_vector(VirtIODevice *vdev, int n);
void virtio_queue_set_vector(VirtIODevice *vdev, int n, uint16_t vector);
/* A page of a device to kick queue @n with; negative if not possible. */
int virtio_queue_set_host_notifier_mr(VirtIODevice *vdev, int n,
                                      MemoryRegion *mr, bool assign);
/* The driver writes the status (2.1); 0, or negative if it does not stick. */
int virtio_set_status(VirtIODevice *vdev, uint8_t val);
/* Resets the device, @opaque. */
void virtio_reset(void *opaque);
/* Resets or starts one queue (2.6.1). */
void virtio_queue_reset(VirtIODevice *vdev, uint32_t queue_index);
void virtio_queue_enable(VirtIODevice *vdev, uint32_t queue_index);
/* Brings the interrupt line in step with the ISR. */
void virtio_update_irq(VirtIODevice *vdev);
/*
 * The driver's features. 0, or -EINVAL after FEATURES_OK, or -1 when some are
 * not on offer; those are left out.
 */
int virtio_set_features(VirtIODevice *vdev, uint64_t val);

/*** Devices have these settings. ***/

typedef struct VirtIOBlkConf VirtIOBlkConf;
struct virtio_net_conf;
typedef struct virtio_serial_conf virtio_serial_conf;
typedef struct virtio_input_conf virtio_input_conf;
typedef struct VirtIOSCSIConf VirtIOSCSIConf;
typedef struct VirtIORNGConf VirtIORNGConf;

#define DEFINE_VIRTIO_COMMON_FEATURES(_state, _field)     \
    DEFINE_PROP_BIT64("indirect_desc", _state, _field,    \
                      VIRTIO_RING_F_INDIRECT_DESC, true), \
    DEFINE_PROP_BIT64("event_idx", _state, _field,        \
                      VIRTIO_RING_F_EVENT_IDX, true),     \
    DEFINE_PROP_BIT64("notify_on_empty", _state, _field,  \
                      VIRTIO_F_NOTIFY_ON_EMPTY, true),    \
    DEFINE_PROP_BIT64("any_layout", _state, _field,       \
                      VIRTIO_F_ANY_LAYOUT, true),         \
    DEFINE_PROP_BIT64("iommu_platform", _state, _field,   \
                      VIRTIO_F_IOMMU_PLATFORM, false),    \
    DEFINE_PROP_BIT64("packed", _state, _field,           \
                      VIRTIO_F_RING_PACKED, false),       \
    DEFINE_PROP_BIT64("queue_reset", _state, _field,      \
                      VIRTIO_F_RING_RESET, true),         \
    DEFINE_PROP_BIT64("in_order", _state, _field,         \
                      VIRTIO_F_IN_ORDER, false)

/*** Queues from outside: vhost, the monitor. ***/

/* Addresses and sizes of the parts; 0 as address if it is not set up. */
hwaddr virtio_queue_get_desc_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_avail_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_used_addr(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_desc_size(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_avail_size(VirtIODevice *vdev, int n);
hwaddr virtio_queue_get_used_size(VirtIODevice *vdev, int n);
/* Whether it is set up; whether the driver has enabled it. */
bool virtio_queue_enabled_legacy(VirtIODevice *vdev, int n);
bool virtio_queue_enabled(VirtIODevice *vdev, int n);
/*
 * The index where the device looks next. For packed rings: bits 0-14 the
 * index, 15 its wrap counter, 16-30 and 31 the same for used buffers.
 */
unsigned int virtio_queue_get_last_avail_idx(VirtIODevice *vdev, int n);
void virtio_queue_set_last_avail_idx(VirtIODevice *vdev, int n,
                                     unsigned int idx);
/* From the used index in memory; forgetting what was last signalled. */
void virtio_queue_restore_last_avail_idx(VirtIODevice *vdev, int n);
void virtio_queue_invalidate_signalled_used(VirtIODevice *vdev, int n);
void virtio_queue_update_used_idx(VirtIODevice *vdev, int n);
VirtQueue *virtio_get_queue(VirtIODevice *vdev, int n);
uint16_t virtio_get_queue_index(VirtQueue *vq);

/* The queues of a vector, one after another. */
VirtQueue *virtio_vector_first_queue(VirtIODevice *vdev, uint16_t vector);
VirtQueue *virtio_vector_next_queue(VirtQueue *vq);

/*** Notifiers: the host's is a kick, the guest's an interrupt. ***/

EventNotifier *virtio_queue_get_guest_notifier(VirtQueue *vq);
/* Opens or closes watching it: with irqfd, the accelerator watches it. */
void virtio_queue_set_guest_notifier_fd_handler(VirtQueue *vq, bool assign,
                                                bool with_irqfd);
EventNotifier *virtio_config_get_guest_notifier(VirtIODevice *vdev);
void virtio_config_set_guest_notifier_fd_handler(VirtIODevice *vdev,
                                                 bool assign, bool with_irqfd);

/* Kicks by eventfd, if the transport can: 0 or a negative errno. */
int virtio_device_start_ioeventfd(VirtIODevice *vdev);
/* Takes them from the core, for vhost; gives them back. */
int virtio_device_grab_ioeventfd(VirtIODevice *vdev);
void virtio_device_release_ioeventfd(VirtIODevice *vdev);
bool virtio_device_ioeventfd_enabled(VirtIODevice *vdev);
EventNotifier *virtio_queue_get_host_notifier(VirtQueue *vq);
void virtio_queue_set_host_notifier_enabled(VirtQueue *vq, bool enabled);
/* Its handler: takes the kick and calls the queue's. */
void virtio_queue_host_notifier_read(EventNotifier *n);
/* Handles kicks of @vq in @ctx, with busy polling of the ring or without. */
void virtio_queue_aio_attach_host_notifier(VirtQueue *vq, AioContext *ctx);
void virtio_queue_aio_attach_host_notifier_no_poll(VirtQueue *vq,
                                                   AioContext *ctx);
void virtio_queue_aio_detach_host_notifier(VirtQueue *vq, AioContext *ctx);

/*** Small things. ***/

static inline void virtio_add_feature(uint64_t *features, unsigned int fbit)
{
    assert(fbit < 64);
    *features |= 1ULL << fbit;
}

static inline void virtio_clear_feature(uint64_t *features, unsigned int fbit)
{
    assert(fbit < 64);
    *features &= ~(1ULL << fbit);
}

static inline bool virtio_has_feature(uint64_t features, unsigned int fbit)
{
    assert(fbit < 64);
    return features >> fbit & 1;
}

/* Negotiated; offered. */
static inline bool virtio_vdev_has_feature(const VirtIODevice *vdev,
                                           unsigned int fbit)
{
    return virtio_has_feature(vdev->guest_features, fbit);
}

static inline bool virtio_host_has_feature(VirtIODevice *vdev,
                                           unsigned int fbit)
{
    return virtio_has_feature(vdev->host_features, fbit);
}

/* Whether rings and configuration are big-endian: legacy drivers only. */
static inline bool virtio_is_big_endian(VirtIODevice *vdev)
{
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        return false;
    }
    assert(vdev->device_endian != VIRTIO_DEVICE_ENDIAN_UNKNOWN);
    return vdev->device_endian == VIRTIO_DEVICE_ENDIAN_BIG;
}

/* Whether the device has been started. */
static inline bool virtio_device_started(VirtIODevice *vdev, uint8_t status)
{
    return vdev->use_started ? vdev->started :
           status & VIRTIO_CONFIG_S_DRIVER_OK;
}

/* Whether @status and the machine let it work. */
static inline bool virtio_device_should_start(VirtIODevice *vdev,
                                              uint8_t status)
{
    return vdev->vm_running && (status & VIRTIO_CONFIG_S_DRIVER_OK);
}

static inline void virtio_set_started(VirtIODevice *vdev, bool started)
{
    vdev->start_on_kick = vdev->start_on_kick && !started;
    if (vdev->use_started) {
        vdev->started = started;
    }
}

/* For the transport: a device that must not touch memory (bus master off). */
static inline void virtio_set_disabled(VirtIODevice *vdev, bool disable)
{
    if (vdev->use_disabled_flag) {
        vdev->disabled = disable;
    }
}

static inline bool virtio_device_disabled(VirtIODevice *vdev)
{
    return unlikely(qatomic_read(&vdev->disabled) ||
                    qatomic_read(&vdev->broken));
}

/* Whether the device type may have a legacy driver (5). */
bool virtio_legacy_allowed(VirtIODevice *vdev);
bool virtio_legacy_check_disabled(VirtIODevice *vdev);

/*
 * A bottom half of the main loop with @dev's guard against reentrancy: in the
 * thread that has the big lock, or (io) in the main loop's own.
 */
QEMUBH *virtio_bh_new_guarded_full(DeviceState *dev, QEMUBHFunc *cb,
                                   void *opaque, const char *name);
#define virtio_bh_new_guarded(dev, cb, opaque) \
    virtio_bh_new_guarded_full((dev), (cb), (opaque), (stringify(cb)))
QEMUBH *virtio_bh_io_new_guarded_full(DeviceState *dev, QEMUBHFunc *cb,
                                      void *opaque, const char *name);
#define virtio_bh_io_new_guarded(dev, cb, opaque) \
    virtio_bh_io_new_guarded_full((dev), (cb), (opaque), (stringify(cb)))

#endif
