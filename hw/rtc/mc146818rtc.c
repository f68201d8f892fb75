/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MC146818 clock. Nothing ticks while nobody waits for it: registers are
 * made from rtc_clock when they are read, and a timer runs only until the next
 * interrupt or flag.
 */
#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/irq.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-events-misc.h"
#include "qapi/visitor.h"
#include "qemu/bcd.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "system/rtc.h"
#include "system/runstate.h"
#include "system/system.h"

#define RTC_ISA_BASE 0x70
/* UIP is up for so long before an update. */
#define UIP_TIME (8 * NANOSECONDS_PER_SECOND / RTC_CLOCK_RATE)
/* The divider starts with half a second gone (register A). */
#define DIVIDER_START (NANOSECONDS_PER_SECOND / 2)
#define DAY           86400
#define PM            0x80

static uint8_t *reg(MC146818RtcState *s, int index)
{
    return &s->cmos_data[index];
}

/* ---- time ---------------------------------------------------------------- */

static bool divider_reset(uint8_t reg_a)
{
    return (reg_a & 0x60) == 0x60;
}

static bool divider_runs(uint8_t reg_a)
{
    return (reg_a & 0x70) <= 0x20;
}

static bool running(MC146818RtcState *s)
{
    return !(*reg(s, RTC_REG_B) & REG_B_SET) &&
           divider_runs(*reg(s, RTC_REG_A));
}

/* Since 1970, in nanoseconds. */
static uint64_t guest_ns(MC146818RtcState *s)
{
    uint64_t now = qemu_clock_get_ns(rtc_clock);

    return s->base_rtc * NANOSECONDS_PER_SECOND + now - s->last_update +
           s->offset;
}

/* A number as register B wants it in a register, and back. */
static uint8_t encode(MC146818RtcState *s, int n)
{
    return *reg(s, RTC_REG_B) & REG_B_DM ? n : to_bcd(n);
}

static int decode(MC146818RtcState *s, uint8_t value)
{
    return *reg(s, RTC_REG_B) & REG_B_DM ? value : from_bcd(value);
}

static uint8_t encode_hour(MC146818RtcState *s, int hour)
{
    if (*reg(s, RTC_REG_B) & REG_B_24H) {
        return encode(s, hour);
    }
    return encode(s, hour % 12 ?: 12) | (hour >= 12 ? PM : 0);
}

static int decode_hour(MC146818RtcState *s, uint8_t value)
{
    if (*reg(s, RTC_REG_B) & REG_B_24H) {
        return decode(s, value);
    }
    return decode(s, value & ~PM) % 12 + (value & PM ? 12 : 0);
}

static void registers_from_tm(MC146818RtcState *s, const struct tm *tm)
{
    int year = tm->tm_year + 1900 - s->base_year;

    *reg(s, RTC_SECONDS) = encode(s, tm->tm_sec);
    *reg(s, RTC_MINUTES) = encode(s, tm->tm_min);
    *reg(s, RTC_HOURS) = encode_hour(s, tm->tm_hour);
    *reg(s, RTC_DAY_OF_WEEK) = encode(s, tm->tm_wday + 1);
    *reg(s, RTC_DAY_OF_MONTH) = encode(s, tm->tm_mday);
    *reg(s, RTC_MONTH) = encode(s, tm->tm_mon + 1);
    *reg(s, RTC_YEAR) = encode(s, year % 100);
    *reg(s, RTC_CENTURY) = encode(s, year / 100);
}

static void tm_from_registers(MC146818RtcState *s, struct tm *tm)
{
    memset(tm, 0, sizeof(*tm));
    tm->tm_sec = decode(s, *reg(s, RTC_SECONDS));
    tm->tm_min = decode(s, *reg(s, RTC_MINUTES));
    tm->tm_hour = decode_hour(s, *reg(s, RTC_HOURS));
    tm->tm_wday = decode(s, *reg(s, RTC_DAY_OF_WEEK)) - 1;
    tm->tm_mday = decode(s, *reg(s, RTC_DAY_OF_MONTH));
    tm->tm_mon = decode(s, *reg(s, RTC_MONTH)) - 1;
    tm->tm_year = decode(s, *reg(s, RTC_YEAR)) + s->base_year +
                  decode(s, *reg(s, RTC_CENTURY)) * 100 - 1900;
}

/* Brings the registers up to date. */
static void update_registers(MC146818RtcState *s)
{
    time_t seconds = guest_ns(s) / NANOSECONDS_PER_SECOND;
    struct tm tm;

    if (!(*reg(s, RTC_REG_B) & REG_B_SET) && gmtime_r(&seconds, &tm)) {
        registers_from_tm(s, &tm);
    }
}

/* The time is now what the registers say. */
static void set_time(MC146818RtcState *s)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(s));
    struct tm tm;

    tm_from_registers(s, &tm);
    s->base_rtc = mktimegm(&tm);
    s->last_update = qemu_clock_get_ns(rtc_clock);
    qapi_event_send_rtc_change(qemu_timedate_diff(&tm), path);
}

/* ---- the periodic interrupt ---------------------------------------------- */

static void raise_flags(MC146818RtcState *s, uint8_t flags)
{
    uint8_t fresh = flags & ~*reg(s, RTC_REG_C);

    *reg(s, RTC_REG_C) |= flags;
    if (fresh & *reg(s, RTC_REG_B)) {
        *reg(s, RTC_REG_C) |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    }
}

/* The next multiple of the period after @now (of the virtual clock). */
static void schedule_periodic(MC146818RtcState *s, int64_t now)
{
    int64_t clock = muldiv64(now, RTC_CLOCK_RATE, NANOSECONDS_PER_SECOND);

    s->period = *reg(s, RTC_REG_B) & REG_B_PIE
                    ? periodic_period_to_clock(*reg(s, RTC_REG_A) & 0x0f)
                    : 0;
    if (!s->period) {
        timer_del(s->periodic_timer);
        return;
    }
    clock = (clock & ~(int64_t)(s->period - 1)) + s->period;
    s->next_periodic_time = periodic_clock_to_ns(clock) + 1;
    timer_mod(s->periodic_timer, s->next_periodic_time);
}

static void periodic_fires(void *opaque)
{
    MC146818RtcState *s = opaque;

    schedule_periodic(
        s, MAX(s->next_periodic_time, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL)));
    raise_flags(s, REG_C_PF);
}

void rtc_reset_reinjection(MC146818RtcState *rtc)
{
    rtc->irq_coalesced = 0;
}

/* ---- updates and the alarm ----------------------------------------------- */

static bool alarm_part_matches(uint8_t alarm, int decoded, int value)
{
    return alarm >= RTC_ALARM_DONT_CARE || decoded == value;
}

/* Seconds from @now (of the day) to the alarm, 1 to 86400; 0: never. */
static int seconds_to_alarm(MC146818RtcState *s, int now)
{
    uint8_t hour = *reg(s, RTC_HOURS_ALARM);
    uint8_t min = *reg(s, RTC_MINUTES_ALARM);
    uint8_t sec = *reg(s, RTC_SECONDS_ALARM);
    int t = now + 1;

    /* Or all of a day's would be tried, at each write of the guest's. */
    if (sec < RTC_ALARM_DONT_CARE && decode(s, sec) > 59) {
        return 0;
    }
    while (t <= now + DAY) {
        int of_day = t % DAY;

        if (!alarm_part_matches(hour, decode_hour(s, hour), of_day / 3600)) {
            t += 3600 - of_day % 3600;
        } else if (!alarm_part_matches(min, decode(s, min), of_day / 60 % 60)) {
            t += 60 - of_day % 60;
        } else if (!alarm_part_matches(sec, decode(s, sec), of_day % 60)) {
            t++;
        } else {
            return t - now;
        }
    }
    return 0;
}

/*
 * The timer runs to the next update if its flag is to be set, else to the
 * alarm if that one is to interrupt; a flag that is set tells nothing new.
 */
static void schedule_update(MC146818RtcState *s)
{
    uint8_t flags = *reg(s, RTC_REG_C);
    uint64_t ns, second, when;
    int alarm;

    if (!running(s) || (flags & REG_C_UF && flags & REG_C_AF)) {
        timer_del(s->update_timer);
        return;
    }
    ns = guest_ns(s);
    second = ns / NANOSECONDS_PER_SECOND;
    when = qemu_clock_get_ns(rtc_clock) + NANOSECONDS_PER_SECOND -
           ns % NANOSECONDS_PER_SECOND;
    alarm = seconds_to_alarm(s, second % DAY);
    s->next_alarm_time =
        alarm ? when + (alarm - 1) * (uint64_t)NANOSECONDS_PER_SECOND
              : INT64_MAX;
    if (flags & REG_C_UF) {
        if (!(*reg(s, RTC_REG_B) & REG_B_AIE) || !alarm) {
            timer_del(s->update_timer);
            return;
        }
        when = s->next_alarm_time;
    }
    if (when != timer_expire_time_ns(s->update_timer)) {
        timer_mod(s->update_timer, when);
    }
}

static void update_fires(void *opaque)
{
    MC146818RtcState *s = opaque;
    uint8_t flags = REG_C_UF;

    *reg(s, RTC_REG_A) &= ~REG_A_UIP;
    if (qemu_clock_get_ns(rtc_clock) >= s->next_alarm_time) {
        flags |= REG_C_AF;
        if (*reg(s, RTC_REG_B) & REG_B_AIE) {
            qemu_system_wakeup_request(QEMU_WAKEUP_REASON_RTC, NULL);
        }
    }
    raise_flags(s, flags);
    schedule_update(s);
}

static bool update_is_near(MC146818RtcState *s)
{
    uint64_t now = qemu_clock_get_ns(rtc_clock);

    if (!running(s)) {
        return false;
    }
    if (timer_pending(s->update_timer)) {
        uint64_t next = timer_expire_time_ns(s->update_timer);

        /* Down again when the update has been seen to be done. */
        if (now + UIP_TIME >= next) {
            *reg(s, RTC_REG_A) |= REG_A_UIP;
            return true;
        }
    }
    return guest_ns(s) % NANOSECONDS_PER_SECOND >=
           NANOSECONDS_PER_SECOND - UIP_TIME;
}

/* ---- ports --------------------------------------------------------------- */

static void write_reg_a(MC146818RtcState *s, uint8_t value)
{
    uint8_t old = *reg(s, RTC_REG_A);

    if (divider_reset(value)) {
        if (running(s)) {
            update_registers(s);
        }
        old &= ~REG_A_UIP;
    } else if (divider_reset(old) && divider_runs(value)) {
        if (!(*reg(s, RTC_REG_B) & REG_B_SET)) {
            s->offset = DIVIDER_START;
            set_time(s);
        }
        old &= ~REG_A_UIP;
    }
    *reg(s, RTC_REG_A) = (value & ~REG_A_UIP) | (old & REG_A_UIP);
    if ((value ^ old) & 0x0f) {
        schedule_periodic(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    }
    schedule_update(s);
}

static void write_reg_b(MC146818RtcState *s, uint8_t value)
{
    uint8_t old = *reg(s, RTC_REG_B);

    if (value & REG_B_SET) {
        if (running(s)) {
            update_registers(s);
        }
        *reg(s, RTC_REG_A) &= ~REG_A_UIP;
        value &= ~REG_B_UIE;
    } else if ((old & REG_B_SET) && divider_runs(*reg(s, RTC_REG_A))) {
        s->offset = guest_ns(s) % NANOSECONDS_PER_SECOND;
        set_time(s);
    }
    *reg(s, RTC_REG_B) = value;
    /* A flag that is set interrupts as soon as it may. */
    if (value & *reg(s, RTC_REG_C) & REG_C_MASK) {
        *reg(s, RTC_REG_C) |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    } else {
        *reg(s, RTC_REG_C) &= ~REG_C_IRQF;
        qemu_irq_lower(s->irq);
    }
    if ((value ^ old) & REG_B_PIE) {
        schedule_periodic(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    }
    schedule_update(s);
}

/* Whether the register is made from the time. */
static bool is_time(int index)
{
    switch (index) {
    case RTC_SECONDS:
    case RTC_MINUTES:
    case RTC_HOURS:
    case RTC_DAY_OF_WEEK:
    case RTC_DAY_OF_MONTH:
    case RTC_MONTH:
    case RTC_YEAR:
    case RTC_CENTURY:
        return true;
    default:
        return false;
    }
}

static void write_reg(MC146818RtcState *s, int index, uint8_t value)
{
    switch (index) {
    case RTC_SECONDS_ALARM:
    case RTC_MINUTES_ALARM:
    case RTC_HOURS_ALARM:
        *reg(s, index) = value;
        schedule_update(s);
        break;
    case RTC_REG_A:
        write_reg_a(s, value);
        break;
    case RTC_REG_B:
        write_reg_b(s, value);
        break;
    case RTC_REG_C:
    case RTC_REG_D:
        break;
    default:
        *reg(s, index) = value;
        if (is_time(index) && running(s)) {
            set_time(s);
            schedule_update(s);
        }
        break;
    }
}

static uint8_t read_reg(MC146818RtcState *s, int index)
{
    uint8_t value;

    switch (index) {
    case RTC_REG_A:
        value = *reg(s, RTC_REG_A);
        return update_is_near(s) ? value | REG_A_UIP : value;
    case RTC_REG_C:
        value = *reg(s, RTC_REG_C);
        qemu_irq_lower(s->irq);
        *reg(s, RTC_REG_C) = 0;
        if (value & (REG_C_UF | REG_C_AF)) {
            schedule_update(s);
        }
        return value;
    default:
        if (is_time(index) && running(s)) {
            update_registers(s);
        }
        return *reg(s, index);
    }
}

static int index_of(MC146818RtcState *s)
{
    return s->cmos_index == RTC_IBM_PS2_CENTURY_BYTE ? RTC_CENTURY
                                                     : s->cmos_index;
}

static void cmos_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
    MC146818RtcState *s = opaque;

    if (addr & 1) {
        write_reg(s, index_of(s), data);
    } else {
        s->cmos_index = data & 0x7f;
    }
}

static uint64_t cmos_read(void *opaque, hwaddr addr, unsigned size)
{
    MC146818RtcState *s = opaque;

    return addr & 1 ? read_reg(s, index_of(s)) : 0xff;
}

static const MemoryRegionOps cmos_ops = {
    .read = cmos_read,
    .write = cmos_write,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void mc146818rtc_set_cmos_data(MC146818RtcState *s, int addr, int val)
{
    assert(addr >= 0 && addr < ARRAY_SIZE(s->cmos_data));
    s->cmos_data[addr] = val;
}

int mc146818rtc_get_cmos_data(MC146818RtcState *s, int addr)
{
    assert(addr >= 0 && addr < ARRAY_SIZE(s->cmos_data));
    return s->cmos_data[addr];
}

/* ---- migration ----------------------------------------------------------- */

static int rtc_pre_save(void *opaque)
{
    update_registers(opaque);
    return 0;
}

static int rtc_post_load(void *opaque, int version_id)
{
    MC146818RtcState *s = opaque;
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (s->cmos_index >= sizeof(s->cmos_data)) {
        return -EINVAL;
    }
    /* The other host's clock was another one. */
    if (version_id <= 2 || rtc_clock == QEMU_CLOCK_REALTIME) {
        set_time(s);
        s->offset = 0;
    }
    schedule_update(s);
    if (s->period && (now < s->next_periodic_time - NANOSECONDS_PER_SECOND ||
                      now > s->next_periodic_time + NANOSECONDS_PER_SECOND)) {
        schedule_periodic(s, now);
    }
    return 0;
}

static bool reinject_needed(void *opaque)
{
    return MC146818_RTC(opaque)->irq_reinject_on_ack_count;
}

static const VMStateDescription vmstate_reinject = {
    .name = "mc146818rtc/irq_reinject_on_ack_count",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = reinject_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(irq_reinject_on_ack_count, MC146818RtcState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_rtc = {
    .name = "mc146818rtc",
    .version_id = 3,
    .minimum_version_id = 1,
    .pre_save = rtc_pre_save,
    .post_load = rtc_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_BUFFER(cmos_data, MC146818RtcState),
            VMSTATE_UINT8(cmos_index, MC146818RtcState),
            VMSTATE_UNUSED(7 * 4),
            VMSTATE_TIMER_PTR(periodic_timer, MC146818RtcState),
            VMSTATE_INT64(next_periodic_time, MC146818RtcState),
            VMSTATE_UNUSED(3 * 8),
            VMSTATE_UINT32_V(irq_coalesced, MC146818RtcState, 2),
            VMSTATE_UINT32_V(period, MC146818RtcState, 2),
            VMSTATE_UINT64_V(base_rtc, MC146818RtcState, 3),
            VMSTATE_UINT64_V(last_update, MC146818RtcState, 3),
            VMSTATE_INT64_V(offset, MC146818RtcState, 3),
            VMSTATE_TIMER_PTR_V(update_timer, MC146818RtcState, 3),
            VMSTATE_UINT64_V(next_alarm_time, MC146818RtcState, 3),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_reinject,
            NULL,
        },
};

/* ---- life ---------------------------------------------------------------- */

/* A machine that wakes up goes on where its firmware finds this. */
static void note_suspend(Notifier *notifier, void *data)
{
    MC146818RtcState *s =
        container_of(notifier, MC146818RtcState, suspend_notifier);

    mc146818rtc_set_cmos_data(s, 0x0f, 0xfe);
}

static void get_date(Object *obj, struct tm *tm, Error **errp)
{
    MC146818RtcState *s = MC146818_RTC(obj);

    update_registers(s);
    tm_from_registers(s, tm);
}

static void set_date_from_host(MC146818RtcState *s)
{
    struct tm tm;

    qemu_get_timedate(&tm, 0);
    s->base_rtc = mktimegm(&tm);
    s->last_update = qemu_clock_get_ns(rtc_clock);
    s->offset = 0;
    registers_from_tm(s, &tm);
}

static void rtc_realize(DeviceState *dev, Error **errp)
{
    MC146818RtcState *s = MC146818_RTC(dev);

    if (s->isairq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"irq\" is: %u", ISA_NUM_IRQS - 1);
        return;
    }
    *reg(s, RTC_REG_A) = 0x26;
    *reg(s, RTC_REG_B) = REG_B_24H;
    *reg(s, RTC_REG_C) = 0;
    *reg(s, RTC_REG_D) = 0x80; /* the battery is good */
    /* The century is in RAM then. */
    if (s->base_year == 2000) {
        s->base_year = 0;
    }
    set_date_from_host(s);
    s->periodic_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, periodic_fires, s);
    s->update_timer = timer_new_ns(rtc_clock, update_fires, s);
    schedule_update(s);
    s->suspend_notifier.notify = note_suspend;
    qemu_register_suspend_notifier(&s->suspend_notifier);

    memory_region_init_io(&s->io, OBJECT(s), &cmos_ops, s, "rtc", 2);
    isa_register_ioport(ISA_DEVICE(dev), &s->io, s->io_base);
    /* Writes to the index have no effect that anybody waits for. */
    memory_region_set_flush_coalesced(&s->io);
    memory_region_init_io(&s->coalesced_io, OBJECT(s), &cmos_ops, s,
                          "rtc-index", 1);
    memory_region_add_subregion(&s->io, 0, &s->coalesced_io);
    memory_region_add_coalescing(&s->coalesced_io, 0, 1);

    qdev_set_legacy_instance_id(dev, s->io_base, 3);
    object_property_add_tm(OBJECT(s), "date", get_date);
    qdev_init_gpio_out(dev, &s->irq, 1);
}

static void rtc_finalize(Object *obj)
{
    MC146818RtcState *s = MC146818_RTC(obj);

    timer_free(s->periodic_timer);
    timer_free(s->update_timer);
    if (s->suspend_notifier.notify) {
        notifier_remove(&s->suspend_notifier);
    }
}

MC146818RtcState *mc146818_rtc_init(ISABus *bus, int base_year,
                                    qemu_irq intercept_irq)
{
    ISADevice *isa = isa_new(TYPE_MC146818_RTC);
    MC146818RtcState *s = MC146818_RTC(isa);

    qdev_prop_set_int32(DEVICE(isa), "base_year", base_year);
    isa_realize_and_unref(isa, bus, &error_fatal);
    if (intercept_irq) {
        qdev_connect_gpio_out(DEVICE(isa), 0, intercept_irq);
    } else {
        isa_connect_gpio_out(isa, 0, s->isairq);
    }
    object_property_add_alias(qdev_get_machine(), "rtc-time", OBJECT(s),
                              "date");
    return s;
}

/* A reset does not stop a clock that has a battery. */
static void rtc_reset_enter(Object *obj, ResetType type)
{
    MC146818RtcState *s = MC146818_RTC(obj);

    *reg(s, RTC_REG_B) &= ~(REG_B_PIE | REG_B_AIE | REG_B_SQWE);
    *reg(s, RTC_REG_C) &= ~(REG_C_UF | REG_C_IRQF | REG_C_PF | REG_C_AF);
    schedule_periodic(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    schedule_update(s);
    rtc_reset_reinjection(s);
}

static void rtc_reset_hold(Object *obj, ResetType type)
{
    qemu_irq_lower(MC146818_RTC(obj)->irq);
}

static const Property rtc_properties[] = {
    DEFINE_PROP_INT32("base_year", MC146818RtcState, base_year, 1980),
    DEFINE_PROP_UINT16("iobase", MC146818RtcState, io_base, RTC_ISA_BASE),
    DEFINE_PROP_UINT8("irq", MC146818RtcState, isairq, RTC_ISA_IRQ),
    DEFINE_PROP_LOSTTICKPOLICY("lost_tick_policy", MC146818RtcState,
                               lost_tick_policy, LOST_TICK_POLICY_DISCARD),
};

/* A PC's clock takes eight ports, of which two do something. */
static void rtc_build_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    const MC146818RtcState *s = MC146818_RTC(adev);
    Aml *dev = aml_device("RTC"), *crs = aml_resource_template();

    aml_append(crs, aml_io(AML_DECODE16, s->io_base, s->io_base, 1, 8));
    aml_append(crs, aml_irq_no_flags(s->isairq));
    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0B00")));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(scope, dev);
}

static void rtc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->realize = rtc_realize;
    dc->vmsd = &vmstate_rtc;
    ACPI_DEV_AML_IF_CLASS(klass)->build_dev_aml = rtc_build_aml;
    rc->phases.enter = rtc_reset_enter;
    rc->phases.hold = rtc_reset_hold;
    device_class_set_props(dc, rtc_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo rtc_types[] = {
    {
        .name = TYPE_MC146818_RTC,
        .parent = TYPE_ISA_DEVICE,
        .instance_size = sizeof(MC146818RtcState),
        .instance_finalize = rtc_finalize,
        .class_init = rtc_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_ACPI_DEV_AML_IF }, {} },
    },
};

DEFINE_TYPES(rtc_types)
