/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two types of ports of a console device, each with a character device of
 * the host: "virtconsole", a terminal, and "virtserialport", which loses
 * nothing and tells each side when the other opens and closes.
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-serial.h"
#include "qapi/error.h"
#include "qapi/qapi-events-char.h"
#include "qemu/module.h"
#include "trace/trace-hw_char.h"

#define TYPE_VIRTIO_CONSOLE "virtserialport"
OBJECT_DECLARE_SIMPLE_TYPE(VirtConsole, VIRTIO_CONSOLE)

/* @watch waits until @chr can be written to again; 0 if not needed. */
struct VirtConsole {
    VirtIOSerialPort parent_obj;
    CharBackend chr;
    guint watch;
};

static bool is_console(VirtConsole *vcon)
{
    return VIRTIO_SERIAL_PORT_GET_CLASS(vcon)->is_console;
}

/*** From the guest to the host. ***/

static gboolean writable_again(void *do_not_use, GIOCondition cond,
                               void *opaque)
{
    VirtConsole *vcon = opaque;

    vcon->watch = 0;
    virtio_serial_throttle_port(VIRTIO_SERIAL_PORT(vcon), false);
    return G_SOURCE_REMOVE;
}

static void watch(VirtConsole *vcon)
{
    vcon->watch = qemu_chr_fe_add_watch(&vcon->chr, G_IO_OUT | G_IO_HUP,
                                        writable_again, vcon);
}

static void stop_watching(VirtConsole *vcon)
{
    if (vcon->watch) {
        g_source_remove(vcon->watch);
        vcon->watch = 0;
    }
}

static ssize_t console_have_data(VirtIOSerialPort *port, const uint8_t *buf,
                                 ssize_t len)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(port);
    ssize_t written;

    if (!qemu_chr_fe_backend_connected(&vcon->chr)) {
        return len;
    }
    written = qemu_chr_fe_write(&vcon->chr, buf, len);
    trace_virtio_console_flush_buf(port->id, len, written);
    /*
     * A terminal loses what its host cannot take: Linux writes to it with
     * interrupts off, and would stand still until it can.
     */
    if (written < len && !is_console(vcon)) {
        virtio_serial_throttle_port(port, true);
        if (!vcon->watch) {
            watch(vcon);
        }
    }
    return MAX(written, 0);
}

static void console_set_guest_connected(VirtIOSerialPort *port, int connected)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(port);

    if (!is_console(vcon)) {
        qemu_chr_fe_set_open(&vcon->chr, connected);
    }
    if (DEVICE(port)->id) {
        qapi_event_send_vserport_change(DEVICE(port)->id, connected);
    }
}

static void console_guest_writable(VirtIOSerialPort *port)
{
    qemu_chr_fe_accept_input(&VIRTIO_CONSOLE(port)->chr);
}

/*** From the host to the guest. ***/

static int chr_can_read(void *opaque)
{
    return virtio_serial_guest_ready(VIRTIO_SERIAL_PORT(opaque));
}

static void chr_read(void *opaque, const uint8_t *buf, int size)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(opaque);

    trace_virtio_console_chr_read(port->id, size);
    virtio_serial_write(port, buf, size);
}

static void chr_event(void *opaque, QEMUChrEvent event)
{
    VirtConsole *vcon = opaque;
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(vcon);

    trace_virtio_console_chr_event(port->id, event);
    if (event == CHR_EVENT_OPENED) {
        virtio_serial_open(port);
    } else if (event == CHR_EVENT_CLOSED) {
        stop_watching(vcon);
        virtio_serial_close(port);
    }
}

static int chr_change(void *opaque);

/* A terminal is open whatever the other end of its character device does. */
static void set_handlers(VirtConsole *vcon, bool set_open)
{
    qemu_chr_fe_set_handlers(&vcon->chr, chr_can_read, chr_read,
                             is_console(vcon) ? NULL : chr_event, chr_change,
                             vcon, NULL, set_open);
}

/* The user has put another character device in its place. */
static int chr_change(void *opaque)
{
    VirtConsole *vcon = opaque;

    set_handlers(vcon, is_console(vcon));
    if (vcon->watch) {
        stop_watching(vcon);
        watch(vcon);
    }
    return 0;
}

/*** Life. ***/

static void console_enable_backend(VirtIOSerialPort *port, bool enable)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(port);

    if (!qemu_chr_fe_backend_connected(&vcon->chr)) {
        return;
    }
    if (enable) {
        set_handlers(vcon, false);
    } else {
        qemu_chr_fe_set_handlers(&vcon->chr, NULL, NULL, NULL, NULL, NULL,
                                 NULL, false);
    }
}

static void console_realize(DeviceState *dev, Error **errp)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(dev);
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);

    if (port->id == 0 && !is_console(vcon)) {
        error_setg(errp, "Port number 0 on virtio-serial devices reserved "
                         "for virtconsole devices for backward "
                         "compatibility.");
        return;
    }
    if (qemu_chr_fe_backend_connected(&vcon->chr)) {
        set_handlers(vcon, is_console(vcon));
        if (is_console(vcon)) {
            virtio_serial_open(port);
        }
    }
}

static void console_unrealize(DeviceState *dev)
{
    stop_watching(VIRTIO_CONSOLE(dev));
}

static const Property console_properties[] = {
    DEFINE_PROP_CHR("chardev", VirtConsole, chr),
};

static void serialport_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_CLASS(klass);

    vsc->realize = console_realize;
    vsc->unrealize = console_unrealize;
    vsc->have_data = console_have_data;
    vsc->set_guest_connected = console_set_guest_connected;
    vsc->enable_backend = console_enable_backend;
    vsc->guest_writable = console_guest_writable;
    device_class_set_props(dc, console_properties);
}

static void console_class_init(ObjectClass *klass, void *data)
{
    VIRTIO_SERIAL_PORT_CLASS(klass)->is_console = true;
}

static const TypeInfo virtio_console_types[] = {
    {
        .name = TYPE_VIRTIO_CONSOLE,
        .parent = TYPE_VIRTIO_SERIAL_PORT,
        .instance_size = sizeof(VirtConsole),
        .class_init = serialport_class_init,
    },
    {
        .name = "virtconsole",
        .parent = TYPE_VIRTIO_CONSOLE,
        .class_init = console_class_init,
    },
};

DEFINE_TYPES(virtio_console_types)
