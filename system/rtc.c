/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -rtc: which clock the machine's date follows, and what it starts with. Each
 * clock has the number of seconds that its own time is behind the date.
 */
#include "qemu/osdep.h"
#include "system/rtc.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/option.h"
#include "qemu/timer.h"
#include "qom/object.h"
#include "system/cmdline.h"
#include "system/system.h"

static bool local_time;
static time_t behind[QEMU_CLOCK_MAX];

static time_t clock_seconds(QEMUClockType clock)
{
    return qemu_clock_get_ms(clock) / 1000;
}

static time_t date_of(QEMUClockType clock)
{
    return clock_seconds(clock) + behind[clock];
}

void qemu_get_timedate(struct tm *tm, time_t offset)
{
    time_t t = date_of(rtc_clock) + offset;

    if (local_time) {
        localtime_r(&t, tm);
    } else {
        gmtime_r(&t, tm);
    }
}

/* Against the host's clock, whatever the machine's follows: that is stable. */
time_t qemu_timedate_diff(struct tm *tm)
{
    struct tm copy = *tm;
    time_t t;

    copy.tm_isdst = -1;
    t = local_time ? mktime(&copy) : mktimegm(&copy);
    return t - date_of(QEMU_CLOCK_HOST);
}

/* All clocks show @date now. The virtual one may run already, if only just. */
static void start_with(time_t date)
{
    static const QEMUClockType clocks[] = { QEMU_CLOCK_HOST,
                                            QEMU_CLOCK_REALTIME,
                                            QEMU_CLOCK_VIRTUAL };

    for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
        behind[clocks[i]] = date - clock_seconds(clocks[i]);
    }
}

static bool parse_date(const char *text, time_t *date)
{
    struct tm tm = { 0 };
    int end = 0;

    if (sscanf(text, "%d-%d-%dT%d:%d:%d%n", &tm.tm_year, &tm.tm_mon,
               &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6) {
        tm = (struct tm){ 0 };
        end = 0;
        if (sscanf(text, "%d-%d-%d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                   &end) != 3) {
            return false;
        }
    }
    if (text[end] || tm.tm_year < 1900 || tm.tm_year > 9999 || tm.tm_mon < 1 ||
        tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31) {
        return false;
    }
    tm.tm_year -= 1900;
    tm.tm_mon--;
    *date = mktimegm(&tm);
    return *date != -1;
}

static bool set_base(const char *base, Error **errp)
{
    time_t date;

    local_time = false;
    start_with(clock_seconds(QEMU_CLOCK_HOST));
    if (!base || !strcmp(base, "utc")) {
        return true;
    }
    if (!strcmp(base, "localtime")) {
        local_time = true;
        return true;
    }
    if (!parse_date(base, &date)) {
        error_setg(errp, "invalid datetime format");
        error_append_hint(errp, "valid formats: '2006-06-17T16:01:21' or "
                                "'2006-06-17'\n");
        return false;
    }
    start_with(date);
    return true;
}

static bool set_clock(const char *clock, Error **errp)
{
    if (!clock || !strcmp(clock, "host")) {
        rtc_clock = QEMU_CLOCK_HOST;
    } else if (!strcmp(clock, "rt")) {
        rtc_clock = QEMU_CLOCK_REALTIME;
    } else if (!strcmp(clock, "vm")) {
        rtc_clock = QEMU_CLOCK_VIRTUAL;
    } else {
        error_setg(errp,
                   "parameter 'clock' expects 'host', 'rt' or 'vm', not '%s'",
                   clock);
        return false;
    }
    return true;
}

void rtc_configure(QemuOpts *opts, Error **errp)
{
    ERRP_GUARD();
    const char *fix = qemu_opt_get(opts, "driftfix");

    if (!set_base(qemu_opt_get(opts, "base"), errp) ||
        !set_clock(qemu_opt_get(opts, "clock"), errp)) {
        return;
    }
    if (fix && !strcmp(fix, "slew")) {
        object_register_sugar_prop("mc146818rtc", "lost_tick_policy", fix,
                                   false);
    } else if (fix && strcmp(fix, "none")) {
        error_setg(errp,
                   "parameter 'driftfix' expects 'none' or 'slew', not '%s'",
                   fix);
    }
}
