/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a serial port asks of a chardev that is one: qemu_chr_fe_ioctl(). */
#ifndef CHAR_SERIAL_H
#define CHAR_SERIAL_H

#include "chardev/char.h"

/* The argument is a QEMUSerialSetParams. */
#define CHR_IOCTL_SERIAL_SET_PARAMS 1
typedef struct {
    int speed;     /* baud */
    int parity;    /* 'N', 'E' or 'O' */
    int data_bits; /* 5 to 8 */
    int stop_bits; /* 1 or 2 */
} QEMUSerialSetParams;

/* The argument is an int: on or off. */
#define CHR_IOCTL_SERIAL_SET_BREAK 2

/* The argument is an int of CHR_TIOCM_* bits. */
#define CHR_IOCTL_SERIAL_SET_TIOCM 13
#define CHR_IOCTL_SERIAL_GET_TIOCM 14

#define CHR_TIOCM_CTS 0x020
#define CHR_TIOCM_CAR 0x040
#define CHR_TIOCM_DSR 0x100
#define CHR_TIOCM_RI  0x080
#define CHR_TIOCM_DTR 0x002
#define CHR_TIOCM_RTS 0x004

#endif
