/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A logical or of interrupt lines, as a device ("or-irq").
 *
 * Property "num-lines" gives the number of unnamed GPIO inputs; the one
 * unnamed GPIO output is high while any input is.
 */
#ifndef HW_OR_IRQ_H
#define HW_OR_IRQ_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_OR_IRQ "or-irq"

/* Part of the migration format: may grow, must stay above 15. */
#define MAX_OR_LINES 48

OBJECT_DECLARE_SIMPLE_TYPE(OrIRQState, OR_IRQ)

struct OrIRQState {
    DeviceState parent_obj;

    qemu_irq out_irq;
    bool levels[MAX_OR_LINES];
    uint16_t num_lines;
};

#endif
