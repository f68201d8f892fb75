/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MC146818 clock of a PC: date and time, an alarm, a periodic interrupt,
 * and RAM that firmware finds facts about the machine in (CMOS), all behind an
 * index port and a data port.
 *
 * The time is base_rtc seconds (since 1970) at last_update of rtc_clock, plus
 * offset nanoseconds; the registers are made from it when they are read. All
 * functions need the BQL.
 */
#ifndef HW_RTC_MC146818RTC_H
#define HW_RTC_MC146818RTC_H

#include "hw/isa/isa.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/notify.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "qom/object.h"

#define TYPE_MC146818_RTC "mc146818rtc"
OBJECT_DECLARE_SIMPLE_TYPE(MC146818RtcState, MC146818_RTC)

struct MC146818RtcState {
    ISADevice parent_obj;

    MemoryRegion io;
    MemoryRegion coalesced_io; /* the index port */
    uint8_t cmos_data[128];
    uint8_t cmos_index;
    uint8_t isairq;
    uint16_t io_base;
    int32_t base_year; /* added to the register's two digits */
    uint64_t base_rtc;
    uint64_t last_update;
    int64_t offset;
    qemu_irq irq;
    int it_shift;
    QEMUTimer *periodic_timer;
    int64_t next_periodic_time;
    QEMUTimer *update_timer;  /* runs when somebody waits for an update */
    uint64_t next_alarm_time; /* of rtc_clock */
    uint16_t irq_reinject_on_ack_count;
    uint32_t irq_coalesced;
    uint32_t period; /* in clocks; 0: off */
    QEMUTimer *coalesced_timer;
    Notifier clock_reset_notifier;
    LostTickPolicy lost_tick_policy;
    Notifier suspend_notifier;
    QLIST_ENTRY(MC146818RtcState) link;
};

#define RTC_ISA_IRQ 8

/*
 * The clock on @bus, connected to @intercept_irq or, if that is NULL, to its
 * line of the bus. @base_year 2000 means that the century is in RAM.
 */
MC146818RtcState *mc146818_rtc_init(ISABus *bus, int base_year,
                                    qemu_irq intercept_irq);
/* The RAM, for a board to put facts into; @addr is 0 to 127. */
void mc146818rtc_set_cmos_data(MC146818RtcState *s, int addr, int val);
int mc146818rtc_get_cmos_data(MC146818RtcState *s, int addr);
/* Forgets ticks that the guest has missed. */
void rtc_reset_reinjection(MC146818RtcState *rtc);

#endif
