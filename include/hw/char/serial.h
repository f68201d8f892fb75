/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 16550A UART, without the bus that it sits on.
 *
 * SerialState is the chip: eight registers, a receiver and a transmitter with
 * FIFOs of 16 bytes, modem lines, and a character device at the other end. It
 * is embedded in a device that gives it an address and an interrupt line
 * ("serial-mm" in hw/char/serial-mm.h, for memory): that one initializes it as
 * a child of type TYPE_SERIAL, sets @irq, realizes it, and maps its registers,
 * through serial_io_ops or callbacks that call these with the number of a
 * register as the address. All members belong to the chip; their names are
 * those of the migration stream.
 */
#ifndef HW_SERIAL_H
#define HW_SERIAL_H

#include "chardev/char-fe.h"
#include "exec/memory.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qemu/fifo8.h"
#include "qemu/timer.h"
#include "qom/object.h"

#define UART_FIFO_LENGTH 16

struct SerialState {
    DeviceState parent;

    uint16_t divider; /* of the baud base; the time of a bit */
    uint8_t rbr;      /* what was received, without FIFOs */
    uint8_t thr;      /* what to send next, without FIFOs */
    uint8_t tsr;      /* what is being sent */
    uint8_t ier;
    uint8_t iir;
    uint8_t lcr;
    uint8_t mcr;
    uint8_t lsr;
    uint8_t msr;
    uint8_t scr;
    uint8_t fcr;
    uint8_t fcr_vmstate;   /* fcr as it travels: loading it has effects */
    int thr_ipending;      /* the transmitter's interrupt was not read yet */
    qemu_irq irq;
    CharBackend chr;
    int last_break_enable; /* what the character device was told */
    uint32_t baudbase;     /* bits per second with a divider of 1 */
    uint32_t tsr_retry;    /* how often sending tsr was put off */
    guint watch_tag;       /* waits for the character device; 0: does not */
    bool wakeup;           /* what comes in wakes a suspended machine */

    uint64_t last_xmit_ts; /* virtual time when tsr became empty */
    Fifo8 recv_fifo;
    Fifo8 xmit_fifo;
    uint8_t recv_fifo_itl; /* as many bytes raise the receiver's interrupt */

    QEMUTimer *fifo_timeout_timer; /* bytes stayed too long in recv_fifo */
    int timeout_ipending;

    uint64_t char_transmit_time; /* of one character, in nanoseconds */
    int poll_msl; /* modem lines: 1 polled, 0 not now, -1 there are none */

    QEMUTimer *modem_status_poll;
    MemoryRegion io; /* for the embedding device */
};
typedef struct SerialState SerialState;

/* The chip's state, for the embedding device's own description. */
extern const VMStateDescription vmstate_serial;

/* The eight registers; the opaque value is the SerialState. Under the BQL. */
extern const MemoryRegionOps serial_io_ops;

/* A device of no bus, only ever a part of another. */
#define TYPE_SERIAL "serial"
OBJECT_DECLARE_SIMPLE_TYPE(SerialState, SERIAL)

#endif
