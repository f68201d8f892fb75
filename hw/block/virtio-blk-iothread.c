/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-blk in an iothread: kicks arrive there by eventfd, requests and their
 * callbacks run there without the BQL, and interrupts leave by eventfd. Needs a
 * transport with both; without an iothread the core's own handling is used.
 */
#include "qemu/osdep.h"
#include "virtio-blk-internal.h"
#include "block/aio-wait.h"
#include "exec/memory.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

static VirtioBusState *bus_of(VirtIODevice *vdev)
{
    return VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
}

/* The core's way, in the main loop. */
static VirtioDeviceClass *core_class(VirtIODevice *vdev)
{
    return VIRTIO_DEVICE_CLASS(object_class_by_name(TYPE_VIRTIO_DEVICE));
}

bool virtio_blk_place_queues(VirtIOBlock *s, Error **errp)
{
    IOThread *iothread = s->conf.iothread;
    VirtioBusState *bus = bus_of(VIRTIO_DEVICE(s));
    AioContext *ctx = qemu_get_aio_context();

    if (iothread) {
        VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

        if (!k->set_guest_notifiers || !k->ioeventfd_assign) {
            error_setg(errp, "device is incompatible with iothread (transport "
                             "does not support notifiers)");
            return false;
        }
        if (!virtio_bus_ioeventfd_enabled(bus)) {
            error_setg(errp, "ioeventfd is required for iothread");
            return false;
        }
        object_ref(OBJECT(iothread));
        ctx = iothread_get_aio_context(iothread);
    }
    s->vq_aio_context = g_new(AioContext *, s->conf.num_queues);
    for (unsigned i = 0; i < s->conf.num_queues; i++) {
        s->vq_aio_context[i] = ctx;
    }
    return true;
}

void virtio_blk_forget_queues(VirtIOBlock *s)
{
    if (s->conf.iothread && s->vq_aio_context) {
        object_unref(OBJECT(s->conf.iothread));
    }
    g_clear_pointer(&s->vq_aio_context, g_free);
}

/* Switches the doorbells of the first @num queues; 0 or a negative errno. */
static int set_doorbells(VirtioBusState *bus, unsigned num, bool on)
{
    int ret = 0;
    unsigned n;

    memory_region_transaction_begin();
    for (n = 0; n < num && ret >= 0; n++) {
        ret = virtio_bus_set_host_notifier(bus, n, on);
    }
    if (ret < 0) {
        for (unsigned i = 0; i + 1 < n; i++) {
            virtio_bus_set_host_notifier(bus, i, false);
        }
    }
    memory_region_transaction_commit();
    /* The notifiers are closed when nobody can set them any more. */
    for (unsigned i = 0; (!on || ret < 0) && i < n; i++) {
        virtio_bus_cleanup_host_notifier(bus, i);
    }
    return MIN(ret, 0);
}

static void attach(VirtIOBlock *s)
{
    for (unsigned i = 0; i < s->conf.num_queues; i++) {
        VirtQueue *vq = virtio_get_queue(VIRTIO_DEVICE(s), i);

        virtio_queue_aio_attach_host_notifier(vq, s->vq_aio_context[i]);
    }
}

int virtio_blk_start_ioeventfd(VirtIODevice *vdev)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    VirtioBusState *bus = bus_of(vdev);
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    int ret;

    if (!s->conf.iothread) {
        return core_class(vdev)->start_ioeventfd(vdev);
    }
    if (s->ioeventfd_started || s->ioeventfd_starting) {
        return 0;
    }
    s->ioeventfd_starting = true;
    ret = k->set_guest_notifiers(bus->parent_obj.parent, s->conf.num_queues,
                                 true);
    if (ret == 0) {
        ret = set_doorbells(bus, s->conf.num_queues, true);
        if (ret < 0) {
            k->set_guest_notifiers(bus->parent_obj.parent, s->conf.num_queues,
                                   false);
        }
    }
    s->ioeventfd_starting = false;
    if (ret < 0) {
        s->ioeventfd_disabled = true; /* the BQL's thread does it then */
        return -ENOSYS;
    }
    blk_set_aio_context(s->blk, s->vq_aio_context[0], &error_abort);
    s->ioeventfd_started = true;
    if (!blk_in_drain(s->blk)) {
        attach(s);
    }
    return 0;
}

static void detach_here(void *opaque)
{
    VirtIOBlock *s = opaque;
    AioContext *ctx = qemu_get_current_aio_context();

    for (unsigned i = 0; i < s->conf.num_queues; i++) {
        if (s->vq_aio_context[i] == ctx) {
            VirtQueue *vq = virtio_get_queue(VIRTIO_DEVICE(s), i);

            virtio_queue_aio_detach_host_notifier(vq, ctx);
            /* What was kicked in the last moment: nobody else will look. */
            virtio_queue_host_notifier_read(virtio_queue_get_host_notifier(vq));
        }
    }
}

void virtio_blk_stop_ioeventfd(VirtIODevice *vdev)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    VirtioBusState *bus = bus_of(vdev);
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    if (!s->conf.iothread) {
        core_class(vdev)->stop_ioeventfd(vdev);
        return;
    }
    if (!s->ioeventfd_started) {
        s->ioeventfd_disabled = false;
        return;
    }
    if (s->ioeventfd_stopping) {
        return;
    }
    s->ioeventfd_stopping = true;
    if (!blk_in_drain(s->blk)) {
        aio_wait_bh_oneshot(s->vq_aio_context[0], detach_here, s);
    }
    set_doorbells(bus, s->conf.num_queues, false);
    s->ioeventfd_started = false;
    blk_drain(s->blk);
    blk_set_aio_context(s->blk, qemu_get_aio_context(), &error_abort);
    k->set_guest_notifiers(bus->parent_obj.parent, s->conf.num_queues, false);
    s->ioeventfd_stopping = false;
}

void virtio_blk_drained_begin(void *opaque)
{
    VirtIOBlock *s = opaque;

    for (unsigned i = 0; s->ioeventfd_started && i < s->conf.num_queues; i++) {
        virtio_queue_aio_detach_host_notifier(
            virtio_get_queue(VIRTIO_DEVICE(s), i), s->vq_aio_context[i]);
    }
}

void virtio_blk_drained_end(void *opaque)
{
    VirtIOBlock *s = opaque;

    if (s->ioeventfd_started) {
        attach(s);
    }
}
