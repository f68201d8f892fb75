/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two kinds of 8254 (here, and in KVM) have in common: the state, as
 * it migrates, the property and the ports. For the user see hw/timer/i8254.h.
 */
#ifndef QEMU_I8254_INTERNAL_H
#define QEMU_I8254_INTERNAL_H

#include "hw/isa/isa.h"
#include "hw/timer/i8254.h"
#include "qemu/timer.h"

typedef struct PITChannelState {
    int count; /* what was loaded: 1 to 65536 */
    uint16_t latched_count;
    uint8_t count_latched;  /* which bytes of it are to be read: PIT_RW_* */
    uint8_t status_latched;
    uint8_t status;
    uint8_t read_state;  /* which byte comes next: PIT_RW_* */
    uint8_t write_state;
    uint8_t write_latch; /* the low byte, until the high one comes */
    uint8_t rw_mode;
    uint8_t mode;
    uint8_t bcd; /* is kept, and counts in binary all the same */
    uint8_t gate;
    int64_t count_load_time; /* virtual time, in ns */
    int64_t next_transition_time; /* of the output, or -1 */
    QEMUTimer *irq_timer;
    qemu_irq irq;
    uint32_t irq_disabled;
} PITChannelState;

struct PITCommonState {
    ISADevice dev;
    MemoryRegion ioports;
    uint32_t iobase;
    PITChannelState channels[3];
};

struct PITCommonClass {
    DeviceClass parent_class;

    void (*set_channel_gate)(PITCommonState *s, PITChannelState *sc, int val);
    void (*get_channel_info)(PITCommonState *s, PITChannelState *sc,
                             PITChannelInfo *info);
    /* Fetch the state before it is saved; put it after it is loaded. */
    void (*pre_save)(PITCommonState *s);
    void (*post_load)(PITCommonState *s);
};

/* The output at @current_time (virtual, in ns). */
int pit_get_out(PITChannelState *s, int64_t current_time);
/* When it changes next; -1: not any more. */
int64_t pit_get_next_transition_time(PITChannelState *s,
                                     int64_t current_time);
void pit_get_channel_info_common(PITCommonState *s, PITChannelState *sc,
                                 PITChannelInfo *info);
/* As at power on. Timers are the caller's. */
void pit_reset_common(PITCommonState *s);

#endif
