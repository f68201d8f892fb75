/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 16550A UART in memory: a system bus device with one region of
 * 8 << regshift bytes and one interrupt line. Its registers stand 1 << regshift
 * bytes apart and can be accessed with 1, 2, 4 or 8 bytes; only the low 8 bits
 * mean something. Properties "regshift" (0 to 2 in practice) and "endianness"
 * (an enum device_endian) are its own; those of the chip are "serial"'s.
 */
#ifndef HW_SERIAL_MM_H
#define HW_SERIAL_MM_H

#include "chardev/char.h"
#include "exec/memory.h"
#include "hw/char/serial.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_SERIAL_MM "serial-mm"
OBJECT_DECLARE_SIMPLE_TYPE(SerialMM, SERIAL_MM)

struct SerialMM {
    SysBusDevice parent;

    SerialState serial;

    uint8_t regshift;
    uint8_t endianness;
};

/*
 * For a board: makes and realizes one, maps it in @address_space at @base, and
 * connects it to @irq and to @chr (NULL: to nothing, what is sent is lost).
 * @baudbase is the number of bits per second with a divider of 1. The machine
 * owns the device. Ends the program if @chr is in use already.
 */
SerialMM *serial_mm_init(MemoryRegion *address_space, hwaddr base, int regshift,
                         qemu_irq irq, int baudbase, Chardev *chr,
                         enum device_endian end);

#endif
