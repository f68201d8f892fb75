/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of the MC146818 clock, as its datasheet numbers them. */
#ifndef HW_RTC_MC146818RTC_REGS_H
#define HW_RTC_MC146818RTC_REGS_H

#include "qemu/host-utils.h"
#include "qemu/timer.h"

#define RTC_SECONDS         0
#define RTC_SECONDS_ALARM   1
#define RTC_MINUTES         2
#define RTC_MINUTES_ALARM   3
#define RTC_HOURS           4
#define RTC_HOURS_ALARM     5
#define RTC_ALARM_DONT_CARE 0xC0 /* and above: any value */

#define RTC_DAY_OF_WEEK  6
#define RTC_DAY_OF_MONTH 7
#define RTC_MONTH        8
#define RTC_YEAR         9

#define RTC_REG_A 10
#define RTC_REG_B 11
#define RTC_REG_C 12
#define RTC_REG_D 13

/* PCs keep the century here, in RAM that the chip knows nothing of. */
#define RTC_CENTURY              0x32
#define RTC_IBM_PS2_CENTURY_BYTE 0x37

#define REG_A_UIP 0x80 /* an update is near */

#define REG_B_SET  0x80 /* updates stop */
#define REG_B_PIE  0x40
#define REG_B_AIE  0x20
#define REG_B_UIE  0x10
#define REG_B_SQWE 0x08
#define REG_B_DM   0x04 /* binary, not BCD */
#define REG_B_24H  0x02

#define REG_C_UF   0x10
#define REG_C_IRQF 0x80
#define REG_C_PF   0x40
#define REG_C_AF   0x20
#define REG_C_MASK 0x70

#define RTC_CLOCK_RATE 32768

/* The period that the low four bits of register A choose, in clocks; 0: off. */
static inline uint32_t periodic_period_to_clock(int period_code)
{
    if (!period_code) {
        return 0;
    }
    /* 1 and 2 are for slower oscillators. */
    return 1 << (period_code + (period_code <= 2 ? 7 : 0) - 1);
}

static inline int64_t periodic_clock_to_ns(int64_t clocks)
{
    return muldiv64(clocks, NANOSECONDS_PER_SECOND, RTC_CLOCK_RATE);
}

#endif
