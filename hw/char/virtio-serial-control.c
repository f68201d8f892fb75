/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control messages between console device and driver (virtio 1.2, section
 * 5.3.6.2). What the driver has no buffer for waits until it has one.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/log.h"
#include "trace/trace-hw_char.h"
#include "virtio-serial-internal.h"

/* For each port: added, name, console, opened, closed... and added again. */
#define PENDING_PER_PORT 8

/*** To the driver. ***/

static bool send_message(VirtIOSerial *vser, GBytes *message)
{
    VirtQueueElement *elem = virtqueue_pop(vser->c_ivq, sizeof(*elem));
    size_t size, sent;
    const void *data = g_bytes_get_data(message, &size);

    if (!elem) {
        return false;
    }
    sent = iov_from_buf(elem->in_sg, elem->in_num, 0, data, size);
    if (sent < size) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio-serial: a buffer of %zu bytes for a control "
                      "message of %zu\n", sent, size);
    }
    virtqueue_push(vser->c_ivq, elem, sent);
    g_free(elem);
    return true;
}

void virtio_serial_control_in(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    GBytes *message;
    bool any = false;

    while ((message = g_queue_peek_head(&vser->control_out)) &&
           send_message(vser, message)) {
        g_bytes_unref(g_queue_pop_head(&vser->control_out));
        any = true;
    }
    if (any) {
        virtio_notify(vdev, vq);
    }
}

void virtio_serial_drop_control(VirtIOSerial *vser)
{
    g_queue_clear_full(&vser->control_out, (GDestroyNotify)g_bytes_unref);
}

/* A message is a header and, for some, more bytes. */
static void queue_message(VirtIOSerial *vser, uint32_t id, uint16_t event,
                          uint16_t value, const char *more, size_t more_size)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vser);
    struct virtio_console_control header;
    uint8_t *message;

    if (!virtio_queue_ready(vser->c_ivq) ||
        !virtio_serial_is_multiport(vser)) {
        return;
    }
    virtio_stl_p(vdev, &header.id, id);
    virtio_stw_p(vdev, &header.event, event);
    virtio_stw_p(vdev, &header.value, value);
    message = g_malloc(sizeof(header) + more_size);
    memcpy(message, &header, sizeof(header));
    if (more_size) {
        memcpy(message + sizeof(header), more, more_size);
    }
    if (vser->control_out.length >=
        PENDING_PER_PORT * vser->bus.max_nr_ports) {
        warn_report_once("virtio-serial: the guest takes no control messages; "
                         "the oldest is lost");
        g_bytes_unref(g_queue_pop_head(&vser->control_out));
    }
    g_queue_push_tail(&vser->control_out,
                      g_bytes_new_take(message, sizeof(header) + more_size));
    virtio_serial_control_in(vdev, vser->c_ivq);
}

void virtio_serial_send_event(VirtIOSerial *vser, uint32_t id, uint16_t event,
                              uint16_t value)
{
    trace_virtio_serial_send_control_event(id, event, value);
    queue_message(vser, id, event, value, NULL, 0);
}

/*** From the driver. ***/

/* The driver has its queues: it is told all that there is about the port. */
static void port_is_ready(VirtIOSerial *vser, VirtIOSerialPort *port)
{
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    if (vsc->is_console) {
        virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_CONSOLE_PORT,
                                 1);
    }
    if (port->name) {
        queue_message(vser, port->id, VIRTIO_CONSOLE_PORT_NAME, 1, port->name,
                      strlen(port->name) + 1);
    }
    if (port->host_connected) {
        virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_OPEN, 1);
    }
    if (vsc->guest_ready) {
        vsc->guest_ready(port);
    }
}

static void driver_is_ready(VirtIOSerial *vser, bool ready)
{
    VirtIOSerialPort *port;

    if (!ready) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio-serial: the driver failed to add %s\n",
                      vser->bus.qbus.name);
        return;
    }
    QTAILQ_FOREACH(port, &vser->ports, next) {
        virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_ADD, 1);
    }
}

static void port_message(VirtIOSerial *vser, uint32_t id, uint16_t event,
                         uint16_t value)
{
    VirtIOSerialPort *port = virtio_serial_find_port(vser, id);
    VirtIOSerialPortClass *vsc;

    if (!port) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio-serial: control message for port %u, of which "
                      "%s has none\n", id, vser->bus.qbus.name);
        return;
    }
    trace_virtio_serial_handle_control_message_port(port->id);
    vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    switch (event) {
    case VIRTIO_CONSOLE_PORT_READY:
        if (value) {
            port_is_ready(vser, port);
        } else {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "virtio-serial: the driver failed to add port %u of "
                          "%s\n", id, vser->bus.qbus.name);
        }
        break;
    case VIRTIO_CONSOLE_PORT_OPEN:
        port->guest_connected = value;
        if (vsc->set_guest_connected) {
            vsc->set_guest_connected(port, value);
        }
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "virtio-serial: control message %u is not the driver's\n",
                      event);
    }
}

void virtio_serial_control_out(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        struct virtio_console_control message;

        if (iov_to_buf(elem->out_sg, elem->out_num, 0, &message,
                       sizeof(message)) == sizeof(message)) {
            uint32_t id = virtio_ldl_p(vdev, &message.id);
            uint16_t event = virtio_lduw_p(vdev, &message.event);
            uint16_t value = virtio_lduw_p(vdev, &message.value);

            trace_virtio_serial_handle_control_message(event, value);
            if (event == VIRTIO_CONSOLE_DEVICE_READY) {
                driver_is_ready(vser, value);
            } else {
                port_message(vser, id, event, value);
            }
        }
        virtqueue_push(vq, elem, 0);
        g_free(elem);
    }
    virtio_notify(vdev, vq);
}
