/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the ports of a console device carry (virtio 1.2, section 5.3.6). A
 * port that is throttled keeps the element it is in the middle of.
 */
#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "trace/trace-hw_char.h"
#include "virtio-serial-internal.h"

/*** To the guest. ***/

ssize_t virtio_serial_write(VirtIOSerialPort *port, const uint8_t *buf,
                            size_t size)
{
    VirtQueueElement *elem;
    size_t done = 0;

    if (!port->host_connected || !port->guest_connected ||
        !virtio_queue_ready(port->ivq)) {
        return 0;
    }
    while (done < size &&
           (elem = virtqueue_pop(port->ivq, sizeof(*elem)))) {
        size_t part = iov_from_buf(elem->in_sg, elem->in_num, 0, buf + done,
                                   size - done);

        virtqueue_push(port->ivq, elem, part);
        g_free(elem);
        done += part;
    }
    virtio_notify(VIRTIO_DEVICE(port->vser), port->ivq);
    return done;
}

size_t virtio_serial_guest_ready(VirtIOSerialPort *port)
{
    unsigned int bytes;

    if (!virtio_queue_ready(port->ivq) ||
        !(VIRTIO_DEVICE(port->vser)->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return 0;
    }
    /* A guest without the feature has a port that is always open. */
    if (virtio_serial_is_multiport(port->vser) && !port->guest_connected) {
        return 0;
    }
    if (virtqueue_get_avail_bytes(port->ivq, &bytes, NULL, 4096, 0) < 0) {
        return 0;
    }
    return bytes;
}

static VirtIOSerialPort *port_of_queue(VirtIOSerial *vser, VirtQueue *vq)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->ivq == vq || port->ovq == vq) {
            return port;
        }
    }
    return NULL;
}

/* The guest has given buffers for input. */
void virtio_serial_handle_input(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerialPort *port = port_of_queue(VIRTIO_SERIAL(vdev), vq);
    VirtIOSerialPortClass *vsc;

    if (!port) {
        return;
    }
    vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    /* A driver that fills its queues before it opens the port is no news. */
    if (port->guest_connected && port->host_connected && vsc->guest_writable) {
        vsc->guest_writable(port);
    }
}

/*** From the guest. ***/

void virtio_serial_drop_element(VirtIOSerialPort *port)
{
    if (port->elem) {
        virtqueue_detach_element(port->ovq, port->elem, 0);
        g_free(g_steal_pointer(&port->elem));
    }
}

static void drop_all(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtQueueElement *elem;

    if (!virtio_queue_ready(vq)) {
        return;
    }
    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        virtqueue_push(vq, elem, 0);
        g_free(elem);
    }
    virtio_notify(vdev, vq);
}

void virtio_serial_drop_output(VirtIOSerialPort *port)
{
    virtio_serial_drop_element(port);
    drop_all(VIRTIO_DEVICE(port->vser), port->ovq);
}

/* Whether all of the element was taken: not if the port was throttled. */
static bool take_element(VirtIOSerialPort *port)
{
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    for (; port->iov_idx < port->elem->out_num; port->iov_idx++) {
        const struct iovec *iov = &port->elem->out_sg[port->iov_idx];
        size_t size = iov->iov_len - MIN(port->iov_offset, iov->iov_len);
        ssize_t taken;

        taken = vsc->have_data(port,
                               (uint8_t *)iov->iov_base + port->iov_offset,
                               size);
        if (!port->elem) {
            return false; /* closed meanwhile */
        }
        if (port->throttled) {
            port->iov_offset += MAX(taken, 0);
            return false;
        }
        port->iov_offset = 0;
    }
    return true;
}

void virtio_serial_flush_port(void *opaque)
{
    VirtIOSerialPort *port = opaque;
    VirtQueue *vq = port->ovq;

    if (!virtio_queue_ready(vq)) {
        return;
    }
    while (!port->throttled) {
        if (!port->elem) {
            port->elem = virtqueue_pop(vq, sizeof(*port->elem));
            port->iov_idx = 0;
            port->iov_offset = 0;
        }
        if (!port->elem || !take_element(port)) {
            break;
        }
        virtqueue_push(vq, port->elem, 0);
        g_free(g_steal_pointer(&port->elem));
    }
    virtio_notify(VIRTIO_DEVICE(port->vser), vq);
}

void virtio_serial_handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerialPort *port = port_of_queue(VIRTIO_SERIAL(vdev), vq);

    if (!port || !port->host_connected) {
        drop_all(vdev, vq);
    } else if (!port->throttled) {
        virtio_serial_flush_port(port);
    }
}

void virtio_serial_throttle_port(VirtIOSerialPort *port, bool throttle)
{
    trace_virtio_serial_throttle_port(port->id, throttle);
    port->throttled = throttle;
    if (!throttle) {
        qemu_bh_schedule(port->bh);
    }
}
