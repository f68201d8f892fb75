/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the console device have in common. */
#ifndef HW_CHAR_VIRTIO_SERIAL_INTERNAL_H
#define HW_CHAR_VIRTIO_SERIAL_INTERNAL_H

#include "hw/virtio/virtio-serial.h"

/* virtio-serial-bus.c: NULL if there is none. */
VirtIOSerialPort *virtio_serial_find_port(VirtIOSerial *vser, uint32_t id);
/* Whether the guest knows of more than port 0, and of control messages. */
bool virtio_serial_is_multiport(VirtIOSerial *vser);

/* virtio-serial-control.c: handlers of its queues; sending a message. */
void virtio_serial_control_in(VirtIODevice *vdev, VirtQueue *vq);
void virtio_serial_control_out(VirtIODevice *vdev, VirtQueue *vq);
void virtio_serial_send_event(VirtIOSerial *vser, uint32_t id, uint16_t event,
                              uint16_t value);
/* Forgets the messages that the guest has had no room for. */
void virtio_serial_drop_control(VirtIOSerial *vser);

/* virtio-serial-data.c: handlers of the ports' queues. */
void virtio_serial_handle_input(VirtIODevice *vdev, VirtQueue *vq);
void virtio_serial_handle_output(VirtIODevice *vdev, VirtQueue *vq);
/* A QEMUBHFunc: gives the port what has waited. */
void virtio_serial_flush_port(void *port);
/* Forgets the rest of a write that was not taken; or all that is written. */
void virtio_serial_drop_element(VirtIOSerialPort *port);
void virtio_serial_drop_output(VirtIOSerialPort *port);

/* virtio-serial-vmstate.c: of the class. */
void virtio_serial_save_ports(VirtIODevice *vdev, QEMUFile *f);
int virtio_serial_load_ports(VirtIODevice *vdev, QEMUFile *f, int version_id);
/* Forgets what loading has left to do. */
void virtio_serial_end_post_load(VirtIOSerial *vser);

#endif
