/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 8254 programmable interval timer of a PC: three counters of 1.193182 MHz
 * in four ports. Counter 0 has an output line, for interrupt 0; counter 2 is
 * the loudspeaker's, which asks for its state and sets its gate.
 * All functions need the BQL.
 */
#ifndef HW_I8254_H
#define HW_I8254_H

#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qom/object.h"

#define PIT_FREQ 1193182 /* Hz */

/* A counter as the loudspeaker sees it. */
typedef struct PITChannelInfo {
    int gate;
    int mode;
    int initial_count;
    int out;
} PITChannelInfo;

#define TYPE_PIT_COMMON "pit-common"
OBJECT_DECLARE_TYPE(PITCommonState, PITCommonClass, PIT_COMMON)

#define TYPE_I8254     "isa-pit"
#define TYPE_KVM_I8254 "kvm-pit"

/*
 * The timer at port @base of @bus, counter 0 connected to line @isa_irq of the
 * bus, or to @alt_irq if that is negative.
 */
static inline ISADevice *i8254_pit_init(ISABus *bus, int base, int isa_irq,
                                        qemu_irq alt_irq)
{
    ISADevice *d = isa_new(TYPE_I8254);

    qdev_prop_set_uint32(DEVICE(d), "iobase", base);
    isa_realize_and_unref(d, bus, &error_fatal);
    qdev_connect_gpio_out(
        DEVICE(d), 0, isa_irq < 0 ? alt_irq : isa_bus_get_irq(bus, isa_irq));
    return d;
}

/* The same for one that KVM has in the kernel; its line is there, too. */
static inline ISADevice *kvm_pit_init(ISABus *bus, int base)
{
    ISADevice *d = isa_new(TYPE_KVM_I8254);

    qdev_prop_set_uint32(DEVICE(d), "iobase", base);
    isa_realize_and_unref(d, bus, &error_fatal);
    return d;
}

/* Sets the gate of counter @channel, 0 to 2, to @val. */
void pit_set_gate(ISADevice *dev, int channel, int val);
/* Fills @info in for counter @channel. */
void pit_get_channel_info(ISADevice *dev, int channel, PITChannelInfo *info);

#endif
