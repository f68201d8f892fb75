/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The date and time that a machine's clock starts with, as -rtc says: the
 * host's time in UTC or in the local zone, or a given date, and from then on
 * as the clock rtc_clock (system/system.h) goes.
 */
#ifndef SYSTEM_RTC_H
#define SYSTEM_RTC_H

/* The date and time of now, @offset seconds later, broken down into @tm. */
void qemu_get_timedate(struct tm *tm, time_t offset);

/* How many seconds @tm is later than now. @tm is normalized. */
time_t qemu_timedate_diff(struct tm *tm);

#endif
