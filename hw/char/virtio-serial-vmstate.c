/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a console device: which ports there are, and of each whether
 * it is open and what of a write it has not taken.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "virtio-serial-internal.h"

static uint32_t map_words(const VirtIOSerial *vser)
{
    return DIV_ROUND_UP(vser->serial.max_virtserial_ports, 32);
}

/*** Saving. ***/

static void save_port(VirtIODevice *vdev, QEMUFile *f, VirtIOSerialPort *port)
{
    qemu_put_be32(f, port->id);
    qemu_put_byte(f, port->guest_connected);
    qemu_put_byte(f, port->host_connected);
    qemu_put_be32(f, port->elem != NULL);
    if (port->elem) {
        qemu_put_be32(f, port->iov_idx);
        qemu_put_be64(f, port->iov_offset);
        qemu_put_virtqueue_element(vdev, f, port->elem);
    }
}

void virtio_serial_save_ports(VirtIODevice *vdev, QEMUFile *f)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port;
    uint32_t count = 0;

    /* The configuration once was saved: columns, rows, number of ports. */
    qemu_put_be16(f, 0);
    qemu_put_be16(f, 0);
    qemu_put_be32(f, vser->serial.max_virtserial_ports);
    for (uint32_t i = 0; i < map_words(vser); i++) {
        qemu_put_be32(f, vser->ports_map[i]);
    }
    QTAILQ_FOREACH(port, &vser->ports, next) {
        count++;
    }
    qemu_put_be32(f, count);
    QTAILQ_FOREACH(port, &vser->ports, next) {
        save_port(vdev, f, port);
    }
}

/*** Loading. ***/

void virtio_serial_end_post_load(VirtIOSerial *vser)
{
    if (vser->post_load) {
        timer_free(vser->post_load->timer);
        g_free(vser->post_load->connected);
        g_free(g_steal_pointer(&vser->post_load));
    }
}

/* The clock runs: the guest hears what is different on this host. */
static void tell_both_sides(void *opaque)
{
    VirtIOSerial *vser = opaque;
    VirtIOSerialPostLoad *todo = vser->post_load;

    for (uint32_t i = 0; i < todo->nr_active_ports; i++) {
        VirtIOSerialPort *port = todo->connected[i].port;
        VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        if (todo->connected[i].host_connected != port->host_connected) {
            virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_OPEN,
                                     port->host_connected);
        }
        if (vsc->set_guest_connected) {
            vsc->set_guest_connected(port, port->guest_connected);
        }
    }
    virtio_serial_end_post_load(vser);
}

static int load_port(VirtIODevice *vdev, QEMUFile *f, uint32_t i)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    uint32_t id = qemu_get_be32(f);
    VirtIOSerialPort *port = virtio_serial_find_port(vser, id);

    if (!port) {
        error_report("virtio-serial: the state has port %u, which %s has not",
                     id, vser->bus.qbus.name);
        return -EINVAL;
    }
    port->guest_connected = qemu_get_byte(f);
    vser->post_load->connected[i].port = port;
    vser->post_load->connected[i].host_connected = qemu_get_byte(f);
    if (qemu_get_be32(f)) {
        port->iov_idx = qemu_get_be32(f);
        port->iov_offset = qemu_get_be64(f);
        g_free(port->elem);
        port->elem = qemu_get_virtqueue_element(vdev, f, sizeof(*port->elem));
        if (!port->elem) {
            return -EINVAL;
        }
        if (port->iov_idx > port->elem->out_num ||
            (port->iov_idx < port->elem->out_num &&
             port->iov_offset > port->elem->out_sg[port->iov_idx].iov_len)) {
            error_report("virtio-serial: the state of port %u is in the "
                         "middle of a write that is not as long", id);
            return -EINVAL;
        }
        /* It could not write on the other host: let it try on this one. */
        virtio_serial_throttle_port(port, false);
    }
    return 0;
}

static int load_ports(VirtIODevice *vdev, QEMUFile *f, uint32_t count)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPostLoad *todo = g_new0(VirtIOSerialPostLoad, 1);

    virtio_serial_end_post_load(vser);
    vser->post_load = todo;
    todo->connected = g_malloc0_n(count, sizeof(*todo->connected));
    todo->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, tell_both_sides, vser);
    for (uint32_t i = 0; i < count; i++) {
        int ret = load_port(vdev, f, i);

        if (ret) {
            virtio_serial_end_post_load(vser);
            return ret;
        }
        todo->nr_active_ports++;
    }
    timer_mod(todo->timer, 1);
    return 0;
}

int virtio_serial_load_ports(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    uint32_t count;

    qemu_get_be16(f);
    qemu_get_be16(f);
    qemu_get_be32(f);
    for (uint32_t i = 0; i < map_words(vser); i++) {
        if (qemu_get_be32(f) != vser->ports_map[i]) {
            error_report("virtio-serial: the state has other ports than %s",
                         vser->bus.qbus.name);
            return -EINVAL;
        }
    }
    count = qemu_get_be32(f);
    if (count > vser->serial.max_virtserial_ports) {
        error_report("virtio-serial: the state has %u ports, %s at most %u",
                     count, vser->bus.qbus.name,
                     vser->serial.max_virtserial_ports);
        return -EINVAL;
    }
    return count ? load_ports(vdev, f, count) : 0;
}
