/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notifications: kicks of the driver by a register or an eventfd, interrupts
 * for it by the transport or an eventfd.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/virtio/virtio-bus.h"
#include "qemu/main-loop.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-internal.h"

/* Bits of the interrupt status (4.1.4.5, 4.2.2). */
#define ISR_QUEUE  1
#define ISR_CONFIG 2

/* ---- kicks --------------------------------------------------------------- */

static void handle_kick(VirtQueue *vq)
{
    VirtIODevice *vdev = vq->vdev;

    if (!vq->vring.desc || !vq->handle_output || unlikely(vdev->broken)) {
        return;
    }
    trace_virtio_queue_notify(vdev, vq->queue_index, vq);
    vq->handle_output(vdev, vq);
    if (unlikely(vdev->start_on_kick)) {
        virtio_set_started(vdev, true);
    }
}

void virtio_queue_notify(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (vq->host_notifier_enabled && vq->vring.desc && !vdev->broken) {
        trace_virtio_queue_notify(vdev, n, vq);
        event_notifier_set(&vq->host_notifier);
    } else {
        handle_kick(vq);
    }
}

void virtio_queue_host_notifier_read(EventNotifier *n)
{
    if (event_notifier_test_and_clear(n)) {
        handle_kick(container_of(n, VirtQueue, host_notifier));
    }
}

EventNotifier *virtio_queue_get_host_notifier(VirtQueue *vq)
{
    return &vq->host_notifier;
}

void virtio_queue_set_host_notifier_enabled(VirtQueue *vq, bool enabled)
{
    vq->host_notifier_enabled = enabled;
}

int virtio_queue_set_host_notifier_mr(VirtIODevice *vdev, int n,
                                      MemoryRegion *mr, bool assign)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    return k->set_host_notifier_mr
               ? k->set_host_notifier_mr(qbus->parent, n, mr, assign)
               : -1;
}

/* ---- kicks in an AioContext ---------------------------------------------- */

static void poll_begin(EventNotifier *n)
{
    virtio_queue_set_notification(container_of(n, VirtQueue, host_notifier), 0);
}

static bool poll_ring(void *opaque)
{
    EventNotifier *n = opaque;
    VirtQueue *vq = container_of(n, VirtQueue, host_notifier);

    return vq->vring.desc && !virtio_queue_empty(vq);
}

static void poll_ready(EventNotifier *n)
{
    handle_kick(container_of(n, VirtQueue, host_notifier));
}

static void poll_end(EventNotifier *n)
{
    virtio_queue_set_notification(container_of(n, VirtQueue, host_notifier), 1);
}

/* A detached queue may have been left without notifications, and kicks may
 * have come before it was attached. */
static void attached(VirtQueue *vq)
{
    event_notifier_set(&vq->host_notifier);
}

void virtio_queue_aio_attach_host_notifier(VirtQueue *vq, AioContext *ctx)
{
    if (!vq->notification) {
        virtio_queue_set_notification(vq, 1);
    }
    aio_set_event_notifier(ctx, &vq->host_notifier,
                           virtio_queue_host_notifier_read, poll_ring,
                           poll_ready);
    aio_set_event_notifier_poll(ctx, &vq->host_notifier, poll_begin, poll_end);
    attached(vq);
}

void virtio_queue_aio_attach_host_notifier_no_poll(VirtQueue *vq,
                                                   AioContext *ctx)
{
    if (!vq->notification) {
        virtio_queue_set_notification(vq, 1);
    }
    aio_set_event_notifier(ctx, &vq->host_notifier,
                           virtio_queue_host_notifier_read, NULL, NULL);
    attached(vq);
}

void virtio_queue_aio_detach_host_notifier(VirtQueue *vq, AioContext *ctx)
{
    aio_set_event_notifier(ctx, &vq->host_notifier, NULL, NULL, NULL);
}

/* ---- ioeventfds of all queues -------------------------------------------- */

/*
 * An eventfd is closed only after the transaction: until then the address
 * space has it.
 */
static void close_notifiers(VirtIODevice *vdev, int count)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));

    for (int n = 0; n < count; n++) {
        if (virtio_queue_get_num(vdev, n)) {
            virtio_bus_cleanup_host_notifier(bus, n);
        }
    }
}

static void unassign(VirtIODevice *vdev, int count)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));

    for (int n = 0; n < count; n++) {
        if (virtio_queue_get_num(vdev, n)) {
            event_notifier_set_handler(&vdev->vq[n].host_notifier, NULL);
            virtio_bus_set_host_notifier(bus, n, false);
        }
    }
}

int virtio_device_start_ioeventfd_impl(VirtIODevice *vdev)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    int ret = 0, n;

    memory_region_transaction_begin();
    for (n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        if (!virtio_queue_get_num(vdev, n)) {
            continue;
        }
        ret = virtio_bus_set_host_notifier(bus, n, true);
        if (ret < 0) {
            break;
        }
        /* It is set: what is in the ring already is handled at once. */
        event_notifier_set_handler(&vdev->vq[n].host_notifier,
                                   virtio_queue_host_notifier_read);
    }
    if (ret < 0) {
        unassign(vdev, n);
    }
    memory_region_transaction_commit();
    if (ret < 0) {
        close_notifiers(vdev, n);
    }
    return ret;
}

void virtio_device_stop_ioeventfd_impl(VirtIODevice *vdev)
{
    memory_region_transaction_begin();
    unassign(vdev, VIRTIO_QUEUE_MAX);
    memory_region_transaction_commit();
    close_notifiers(vdev, VIRTIO_QUEUE_MAX);
}

static VirtioBusState *bus_of(VirtIODevice *vdev)
{
    return VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
}

int virtio_device_start_ioeventfd(VirtIODevice *vdev)
{
    return virtio_bus_start_ioeventfd(bus_of(vdev));
}

int virtio_device_grab_ioeventfd(VirtIODevice *vdev)
{
    return virtio_bus_grab_ioeventfd(bus_of(vdev));
}

void virtio_device_release_ioeventfd(VirtIODevice *vdev)
{
    virtio_bus_release_ioeventfd(bus_of(vdev));
}

bool virtio_device_ioeventfd_enabled(VirtIODevice *vdev)
{
    return virtio_bus_ioeventfd_enabled(bus_of(vdev));
}

/* ---- interrupts ---------------------------------------------------------- */

void virtio_notify_vector(VirtIODevice *vdev, uint16_t vector)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (!virtio_device_disabled(vdev) && k->notify) {
        k->notify(qbus->parent, vector);
    }
}

void virtio_update_irq(VirtIODevice *vdev)
{
    virtio_notify_vector(vdev, VIRTIO_NO_VECTOR);
}

/* Written only for a change: queues in several threads share it. */
static void set_isr(VirtIODevice *vdev, uint8_t bits)
{
    if ((qatomic_read(&vdev->isr) & bits) != bits) {
        qatomic_or(&vdev->isr, bits);
    }
}

static bool should_notify(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches;

    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    return caches && virtio_ring_ops(vq)->should_notify(vq, caches);
}

static void interrupt(VirtQueue *vq)
{
    set_isr(vq->vdev, ISR_QUEUE);
    virtio_notify_vector(vq->vdev, vq->vector);
}

void virtio_notify(VirtIODevice *vdev, VirtQueue *vq)
{
    if (should_notify(vq)) {
        trace_virtio_notify(vdev, vq);
        interrupt(vq);
    }
}

void virtio_notify_irqfd(VirtIODevice *vdev, VirtQueue *vq)
{
    if (should_notify(vq)) {
        trace_virtio_notify_irqfd(vdev, vq);
        /* Some drivers poll the status even when they have vectors. */
        set_isr(vdev, ISR_QUEUE);
        event_notifier_set(&vq->guest_notifier);
    }
}

void virtio_notify_config(VirtIODevice *vdev)
{
    if (vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) {
        set_isr(vdev, ISR_QUEUE | ISR_CONFIG);
        vdev->generation++;
        virtio_notify_vector(vdev, vdev->config_vector);
    }
}

/* ---- guest notifiers ----------------------------------------------------- */

static void guest_notifier_read(EventNotifier *n)
{
    if (event_notifier_test_and_clear(n)) {
        interrupt(container_of(n, VirtQueue, guest_notifier));
    }
}

static void config_notifier_read(EventNotifier *n)
{
    if (event_notifier_test_and_clear(n)) {
        virtio_notify_config(container_of(n, VirtIODevice, config_notifier));
    }
}

/* The last one that came is not lost. */
static void watch(EventNotifier *n, EventNotifierHandler *read, bool assign,
                  bool with_irqfd)
{
    event_notifier_set_handler(n, assign && !with_irqfd ? read : NULL);
    if (!assign) {
        read(n);
    }
}

void virtio_queue_set_guest_notifier_fd_handler(VirtQueue *vq, bool assign,
                                                bool with_irqfd)
{
    watch(&vq->guest_notifier, guest_notifier_read, assign, with_irqfd);
}

void virtio_config_set_guest_notifier_fd_handler(VirtIODevice *vdev,
                                                 bool assign, bool with_irqfd)
{
    watch(&vdev->config_notifier, config_notifier_read, assign, with_irqfd);
}

EventNotifier *virtio_queue_get_guest_notifier(VirtQueue *vq)
{
    return &vq->guest_notifier;
}

EventNotifier *virtio_config_get_guest_notifier(VirtIODevice *vdev)
{
    return &vdev->config_notifier;
}
