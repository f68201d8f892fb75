/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real time clock of the Goldfish platform (Android's virtual board): a
 * counter of nanoseconds since 1970 in two registers, and one alarm with an
 * interrupt line. A system bus device with one region and one line; the
 * property "big-endian" is for m68k boards.
 */
#ifndef HW_RTC_GOLDFISH_RTC_H
#define HW_RTC_GOLDFISH_RTC_H

#include "hw/irq.h"
#include "hw/sysbus.h"
#include "qemu/timer.h"
#include "qom/object.h"

#define TYPE_GOLDFISH_RTC "goldfish_rtc"
OBJECT_DECLARE_SIMPLE_TYPE(GoldfishRTCState, GOLDFISH_RTC)

/* The members' names are those of the migration stream. */
struct GoldfishRTCState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    QEMUTimer *timer;
    qemu_irq irq;

    uint64_t tick_offset;         /* guest's time - rtc_clock, in ns */
    uint64_t tick_offset_vmstate; /* the same, against the virtual clock */
    uint64_t alarm_next;
    uint32_t alarm_running;
    uint32_t irq_pending;
    uint32_t irq_enabled;
    uint32_t time_high; /* the high half at the last read of the low one */

    bool big_endian;
};

#endif
