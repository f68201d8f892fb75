/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two kinds of 8259A (here, and in KVM) have in common: the state, as
 * it migrates, the properties and the ports. A kind derives from
 * TYPE_PIC_COMMON, initializes base_io and elcr_io in its realize and calls
 * the parent's, which maps them. For the user see hw/intc/i8259.h.
 */
#ifndef QEMU_I8259_INTERNAL_H
#define QEMU_I8259_INTERNAL_H

#include "hw/intc/i8259.h"
#include "hw/intc/intc.h"
#include "hw/isa/isa.h"
#include "qom/object.h"

#define TYPE_PIC_COMMON "pic-common"
OBJECT_DECLARE_TYPE(PICCommonState, PICCommonClass, PIC_COMMON)

struct PICCommonClass {
    DeviceClass parent_class;

    /* Fetch the state before it is saved; put it after it is loaded. */
    void (*pre_save)(PICCommonState *s);
    void (*post_load)(PICCommonState *s);
};

struct PICCommonState {
    ISADevice parent_obj;

    uint8_t last_irr;        /* the inputs' levels, to see edges */
    uint8_t irr;             /* requested */
    uint8_t imr;             /* masked */
    uint8_t isr;             /* in service */
    uint8_t priority_add;    /* the input with the highest priority */
    uint8_t irq_base;        /* the vector of input 0 */
    uint8_t read_reg_select; /* port 0 reads as 0: irr, 1: isr */
    uint8_t poll;            /* the next read polls */
    uint8_t special_mask;
    uint8_t init_state;      /* the initialization word due next, less 1 */
    uint8_t auto_eoi;
    uint8_t rotate_on_auto_eoi;
    uint8_t special_fully_nested_mode;
    uint8_t init4;           /* a fourth initialization word comes */
    uint8_t single_mode;     /* and the third does not */
    uint8_t elcr;            /* inputs that are level-triggered */
    uint8_t elcr_mask;       /* and those that may be */
    uint8_t ltim;            /* all inputs are */
    qemu_irq int_out[1];
    uint32_t master;         /* the pin SP: bit 0 */
    uint32_t iobase;
    uint32_t elcr_addr;
    MemoryRegion base_io;
    MemoryRegion elcr_io;
};

/* As ICW1 does: all but the trigger modes and what levels hold. */
void pic_reset_common(PICCommonState *s);
/* Makes the first or the second of the pair, of type @name, on @bus. */
ISADevice *i8259_init_chip(const char *name, ISABus *bus, bool master);
/* Counts an input that goes up, for `info irq'. @irq is 0 to 15. */
void pic_stat_update_irq(int irq, int level);

#endif
