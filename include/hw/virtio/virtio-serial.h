/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console device (virtio 1.2, section 5.3): one device, a bus, and ports
 * on it, each with a queue in either direction. "virtconsole" is a port that
 * the guest uses as a terminal (hvc), "virtserialport" one for a program.
 * Control messages, in two queues of their own, tell of ports that come, go,
 * are opened and closed, by either side.
 *
 * A port's class gets what the guest writes (have_data) and sends with
 * virtio_serial_write(). All functions need the big lock.
 *
 * Implemented in hw/char/virtio-serial-bus.c (device and bus),
 * virtio-serial-control.c, virtio-serial-data.c, virtio-serial-vmstate.c and
 * virtio-console.c (the two types of ports).
 */
#ifndef QEMU_VIRTIO_SERIAL_H
#define QEMU_VIRTIO_SERIAL_H

#include "standard-headers/linux/virtio_console.h"
#include "hw/virtio/virtio.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qom/object.h"

struct virtio_serial_conf {
    uint32_t max_virtserial_ports;
};

#define TYPE_VIRTIO_SERIAL_PORT "virtio-serial-port"
OBJECT_DECLARE_TYPE(VirtIOSerialPort, VirtIOSerialPortClass,
                    VIRTIO_SERIAL_PORT)

typedef struct VirtIOSerial VirtIOSerial;

#define TYPE_VIRTIO_SERIAL_BUS "virtio-serial-bus"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSerialBus, VIRTIO_SERIAL_BUS)

/*
 * What a type of port implements; have_data is a must.
 *
 * is_console: the guest shall use it as a terminal.
 * set_guest_connected: the guest has opened or closed it.
 * enable_backend: the machine runs (again), or stops.
 * guest_ready: the guest has set its queues up.
 * guest_writable: it has given buffers to write to, both sides being open.
 * have_data: it has written @len bytes. Returns how many were taken; with
 * fewer, the port is to be throttled by the class, and the rest comes later.
 */
struct VirtIOSerialPortClass {
    DeviceClass parent_class;

    bool is_console;
    DeviceRealize realize;
    DeviceUnrealize unrealize;
    void (*set_guest_connected)(VirtIOSerialPort *port, int guest_connected);
    void (*enable_backend)(VirtIOSerialPort *port, bool enable);
    void (*guest_ready)(VirtIOSerialPort *port);
    void (*guest_writable)(VirtIOSerialPort *port);
    ssize_t (*have_data)(VirtIOSerialPort *port, const uint8_t *buf,
                         ssize_t len);
};

/*
 * @id is the property "nr"; @name is sent to the guest, which makes a link of
 * it below /dev/virtio-ports. @elem is what the guest wrote and was not taken
 * yet, from byte @iov_offset of part @iov_idx. @throttled: have_data is not
 * to be called.
 */
struct VirtIOSerialPort {
    DeviceState dev;
    QTAILQ_ENTRY(VirtIOSerialPort) next;
    VirtIOSerial *vser;
    VirtQueue *ivq, *ovq;
    char *name;
    uint32_t id;
    VirtQueueElement *elem;
    uint32_t iov_idx;
    uint64_t iov_offset;
    QEMUBH *bh;
    bool guest_connected;
    bool host_connected;
    bool throttled;
};

struct VirtIOSerialBus {
    BusState qbus;
    VirtIOSerial *vser;
    uint32_t max_nr_ports;
};

/* What is done about the ports once all has been loaded and the clock runs. */
typedef struct VirtIOSerialPostLoad {
    QEMUTimer *timer;
    uint32_t nr_active_ports;
    struct {
        VirtIOSerialPort *port;
        uint8_t host_connected;
    } *connected;
} VirtIOSerialPostLoad;

/*
 * @ports_map has a bit for each id that is taken. @control_out are control
 * messages (GBytes) for which the guest had no buffer yet.
 */
struct VirtIOSerial {
    VirtIODevice parent_obj;

    VirtQueue *c_ivq, *c_ovq;
    VirtQueue **ivqs, **ovqs;
    VirtIOSerialBus bus;
    QTAILQ_HEAD(, VirtIOSerialPort) ports;
    QLIST_ENTRY(VirtIOSerial) next;
    uint32_t *ports_map;
    struct VirtIOSerialPostLoad *post_load;
    virtio_serial_conf serial;
    uint64_t host_features;
    GQueue control_out;
};

/* The host's side of the port is open, or closed. They return 0. */
int virtio_serial_open(VirtIOSerialPort *port);
int virtio_serial_close(VirtIOSerialPort *port);

/* Writes to the guest; returns how much it had room for. */
ssize_t virtio_serial_write(VirtIOSerialPort *port, const uint8_t *buf,
                            size_t size);

/* How many bytes the guest has room for, counted up to 4096 or more. */
size_t virtio_serial_guest_ready(VirtIOSerialPort *port);

/* Stops what the guest writes from coming to have_data, or lets it. */
void virtio_serial_throttle_port(VirtIOSerialPort *port, bool throttle);

#define TYPE_VIRTIO_SERIAL "virtio-serial-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSerial, VIRTIO_SERIAL)

#endif
