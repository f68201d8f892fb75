/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entropy device (virtio 1.2, section 5.4): fills the driver's buffers. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-rng.h"
#include "hw/virtio/virtio.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qom/object_interfaces.h"
#include "standard-headers/linux/virtio_ids.h"
#include "system/rng.h"
#include "system/runstate.h"
#include "trace/trace-hw_virtio.h"

/* ---- requests ------------------------------------------------------------ */

static bool guest_ready(VirtIORNG *s)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    if (virtio_queue_ready(s->vq) &&
        (vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return true;
    }
    trace_virtio_rng_guest_not_ready(s);
    return false;
}

static void receive_entropy(void *opaque, const void *data, size_t size);

/* Asks the backend for what the driver has room for, within the quota. */
static void request(VirtIORNG *s)
{
    unsigned int quota, in;

    if (!guest_ready(s)) {
        return;
    }
    if (s->activate_timer) {
        timer_mod(s->rate_limit_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + s->conf.period_ms);
        s->activate_timer = false;
    }
    quota = MIN(MAX(s->quota_remaining, 0), UINT32_MAX);
    virtqueue_get_avail_bytes(s->vq, &in, NULL, quota, 0);
    trace_virtio_rng_request(s, in, quota);
    in = MIN(in, quota);
    if (in) {
        rng_backend_request_entropy(s->rng, in, receive_entropy, s);
    }
}

/* The next chain, which may have nothing to write to; false if there is none. */
static bool fill_next(VirtIORNG *s, const char *data, size_t size, size_t *len)
{
    VirtQueueElement *elem = virtqueue_pop(s->vq, sizeof(*elem));

    if (!elem) {
        return false;
    }
    trace_virtio_rng_popped(s);
    *len = iov_from_buf(elem->in_sg, elem->in_num, 0, data, size);
    virtqueue_push(s->vq, elem, *len);
    trace_virtio_rng_pushed(s, *len);
    g_free(elem);
    return true;
}

static void receive_entropy(void *opaque, const void *data, size_t size)
{
    VirtIORNG *s = opaque;
    size_t done = 0, len;
    bool used = false;

    if (!guest_ready(s)) {
        return;
    }
    if (!runstate_check(RUN_STATE_RUNNING)) {
        /* The guest's memory is being saved: asked for again later. */
        trace_virtio_rng_cpu_is_stopped(s, size);
        return;
    }
    s->quota_remaining -= size;
    while (done < size &&
           fill_next(s, (const char *)data + done, size - done, &len)) {
        done += len;
        used = true;
    }
    /* Two kicks may have asked for the same buffers. */
    if (used) {
        virtio_notify(VIRTIO_DEVICE(s), s->vq);
    }
    if (!virtio_queue_empty(s->vq)) {
        request(s);
    }
}

static void handle_kick(VirtIODevice *vdev, VirtQueue *vq)
{
    request(VIRTIO_RNG(vdev));
}

/* ---- when to try again --------------------------------------------------- */

static void period_over(void *opaque)
{
    VirtIORNG *s = opaque;

    s->quota_remaining = s->conf.max_bytes;
    request(s);
    s->activate_timer = true;
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    VirtIORNG *s = opaque;

    trace_virtio_rng_vm_state_change(s, running, state);
    if (running) {
        request(s);
    }
}

static void set_status(VirtIODevice *vdev, uint8_t status)
{
    if (vdev->vm_running) {
        vdev->status = status;
        request(VIRTIO_RNG(vdev));
    }
}

static uint64_t get_features(VirtIODevice *vdev, uint64_t features,
                             Error **errp)
{
    return features;
}

/* ---- type ---------------------------------------------------------------- */

/* Without a backend of the user's, the device has one of its own. */
static bool make_backend(VirtIORNG *s, Error **errp)
{
    Object *backend = object_new(TYPE_RNG_BUILTIN);

    if (!user_creatable_complete(USER_CREATABLE(backend), errp)) {
        object_unref(backend);
        return false;
    }
    object_property_add_child(OBJECT(s), "default-backend", backend);
    object_unref(backend);
    object_property_set_link(OBJECT(s), "rng", backend, &error_abort);
    return true;
}

static void rng_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIORNG *s = VIRTIO_RNG(dev);

    if (!s->conf.period_ms) {
        error_setg(errp, "'period' parameter expects a positive integer");
        return;
    }
    if (!s->conf.max_bytes || s->conf.max_bytes > INT64_MAX) {
        error_setg(errp, "'max-bytes' parameter must be positive, "
                         "and less than 2^63");
        return;
    }
    if (!s->conf.rng && !make_backend(s, errp)) {
        return;
    }
    s->rng = s->conf.rng;
    virtio_init(vdev, VIRTIO_ID_RNG, 0);
    s->vq = virtio_add_queue(vdev, 8, handle_kick);
    s->quota_remaining = s->conf.max_bytes;
    s->rate_limit_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, period_over, s);
    s->activate_timer = true;
    s->vmstate = qemu_add_vm_change_state_handler(vm_state_changed, s);
}

static void rng_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIORNG *s = VIRTIO_RNG(dev);

    rng_backend_cancel_requests(s->rng, receive_entropy, s);
    qemu_del_vm_change_state_handler(s->vmstate);
    timer_free(s->rate_limit_timer);
    virtio_del_queue(vdev, 0);
    virtio_cleanup(vdev);
}

static const VMStateDescription vmstate_virtio_rng = {
    .name = "virtio-rng",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

/* The default limit is none: 2^63 bytes in a minute. */
static const Property rng_properties[] = {
    DEFINE_PROP_UINT64("max-bytes", VirtIORNG, conf.max_bytes, INT64_MAX),
    DEFINE_PROP_UINT32("period", VirtIORNG, conf.period_ms, 1 << 16),
    DEFINE_PROP_LINK("rng", VirtIORNG, conf.rng, TYPE_RNG_BACKEND,
                     RngBackend *),
};

static void class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);

    device_class_set_props(dc, rng_properties);
    dc->vmsd = &vmstate_virtio_rng;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = rng_realize;
    vdc->unrealize = rng_unrealize;
    vdc->get_features = get_features;
    vdc->set_status = set_status;
}

static const TypeInfo virtio_rng_info = {
    .name = TYPE_VIRTIO_RNG,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIORNG),
    .class_init = class_init,
};

static void register_types(void)
{
    type_register_static(&virtio_rng_info);
}

type_init(register_types)
