/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 16550A UART (hw/char/serial.h) on the ISA bus: COM1 to COM4, by the
 * property "index", or at the port and line that "iobase" and "irq" say.
 */
#ifndef HW_SERIAL_ISA_H
#define HW_SERIAL_ISA_H

#include "hw/isa/isa.h"

#define MAX_ISA_SERIAL_PORTS 4

#define TYPE_ISA_SERIAL "isa-serial"

/* Makes one for each of the serial ports @from to @to - 1 that the command
 * line gives a character device to. */
void serial_hds_isa_init(ISABus *bus, int from, int to);
/* For chip sets that move their UARTs and switch them off. */
void isa_serial_set_iobase(ISADevice *serial, hwaddr iobase);
void isa_serial_set_enabled(ISADevice *serial, bool enabled);

#endif
