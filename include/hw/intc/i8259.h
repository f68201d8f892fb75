/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pair of 8259A interrupt controllers of a PC, as its CPU sees them.
 *
 * i8259_init() makes both: the 16 inputs are those of the ISA bus, the output
 * asks the CPU for an interrupt, which then takes the vector with
 * pic_read_irq(isa_pic). All functions need the BQL.
 */
#ifndef HW_I8259_H
#define HW_I8259_H

typedef struct PICCommonState PICCommonState;

/* The one that the CPU talks to; NULL if the machine has none. */
extern PICCommonState *isa_pic;

/*
 * Both controllers on @bus, the first one's output connected to
 * @parent_irq_in. An array of 16 inputs, which is the caller's to free; the
 * lines are the devices'.
 */
qemu_irq *i8259_init(ISABus *bus, qemu_irq parent_irq_in);
/* The same with controllers that KVM has in the kernel. */
qemu_irq *kvm_i8259_init(ISABus *bus);
/* Whether an interrupt is asked for. */
int pic_get_output(PICCommonState *s);
/* Acknowledges the interrupt and gives its vector; a spurious one if there is
 * none any more. */
int pic_read_irq(PICCommonState *s);

#endif
