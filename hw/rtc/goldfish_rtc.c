/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Goldfish real time clock (GOLDFISH-VIRTUAL-HARDWARE.TXT, chapter VI).
 * The time is rtc_clock plus an offset; what is kept is the offset.
 */
#include "qemu/osdep.h"
#include "hw/rtc/goldfish_rtc.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "system/rtc.h"
#include "system/system.h"
#include "trace/trace-hw_rtc.h"

enum {
    RTC_TIME_LOW = 0x00,
    RTC_TIME_HIGH = 0x04,
    RTC_ALARM_LOW = 0x08,
    RTC_ALARM_HIGH = 0x0c,
    RTC_IRQ_ENABLED = 0x10,
    RTC_CLEAR_ALARM = 0x14,
    RTC_ALARM_STATUS = 0x18,
    RTC_CLEAR_INTERRUPT = 0x1c,
    RTC_SIZE = 0x24,
};

static uint64_t guest_time(GoldfishRTCState *s)
{
    return s->tick_offset + (uint64_t)qemu_clock_get_ns(rtc_clock);
}

/*** The alarm. ***/

static void update_line(GoldfishRTCState *s)
{
    qemu_set_irq(s->irq, s->irq_pending & s->irq_enabled);
}

static void alarm_rings(void *opaque)
{
    GoldfishRTCState *s = opaque;

    s->alarm_running = 0;
    s->irq_pending = 1;
    update_line(s);
}

/* One for a time that is over rings at once. */
static void start_alarm(GoldfishRTCState *s)
{
    uint64_t now = guest_time(s);
    int64_t clock;

    if (s->alarm_next <= now) {
        timer_del(s->timer);
        alarm_rings(s);
        return;
    }
    s->alarm_running = 1;
    clock = qemu_clock_get_ns(rtc_clock);
    /* What the host's clock cannot count to, never comes. */
    timer_mod(s->timer, clock + (int64_t)MIN(s->alarm_next - now,
                                             (uint64_t)(INT64_MAX - clock)));
}

static void stop_alarm(GoldfishRTCState *s)
{
    timer_del(s->timer);
    s->alarm_running = 0;
}

/*** Registers. ***/

static uint32_t rtc_register(GoldfishRTCState *s, hwaddr offset)
{
    uint64_t now;

    switch (offset) {
    case RTC_TIME_LOW:
        /* Read first: it holds the other half still. */
        now = guest_time(s);
        s->time_high = now >> 32;
        return now;
    case RTC_TIME_HIGH:
        return s->time_high;
    case RTC_ALARM_LOW:
        return s->alarm_next;
    case RTC_ALARM_HIGH:
        return s->alarm_next >> 32;
    case RTC_IRQ_ENABLED:
        return s->irq_enabled;
    case RTC_ALARM_STATUS:
        return s->alarm_running;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "%s: offset 0x%x is UNIMP.\n",
                      "goldfish_rtc_read", (unsigned)offset);
        return 0;
    }
}

static uint64_t goldfish_rtc_read(void *opaque, hwaddr offset, unsigned size)
{
    uint32_t value = rtc_register(opaque, offset);

    trace_goldfish_rtc_read(offset, value);
    return value;
}

/* The clock takes up one half of a new time, and goes on from there. */
static void set_time_half(GoldfishRTCState *s, unsigned shift, uint32_t half)
{
    uint64_t now = guest_time(s);

    s->tick_offset += deposit64(now, shift, 32, half) - now;
}

static void goldfish_rtc_write(void *opaque, hwaddr offset, uint64_t value,
                               unsigned size)
{
    GoldfishRTCState *s = opaque;

    switch (offset) {
    case RTC_TIME_LOW:
        set_time_half(s, 0, value);
        break;
    case RTC_TIME_HIGH:
        set_time_half(s, 32, value);
        break;
    case RTC_ALARM_LOW:
        /* Written last: it starts the alarm. */
        s->alarm_next = deposit64(s->alarm_next, 0, 32, value);
        start_alarm(s);
        break;
    case RTC_ALARM_HIGH:
        s->alarm_next = deposit64(s->alarm_next, 32, 32, value);
        break;
    case RTC_IRQ_ENABLED:
        s->irq_enabled = value & 1;
        update_line(s);
        break;
    case RTC_CLEAR_ALARM:
        stop_alarm(s);
        break;
    case RTC_CLEAR_INTERRUPT:
        s->irq_pending = 0;
        update_line(s);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "%s: offset 0x%x is UNIMP.\n", __func__,
                      (unsigned)offset);
        break;
    }
    trace_goldfish_rtc_write(offset, value);
}

#define RTC_OPS(order)                                                         \
    {                                                                          \
        .read = goldfish_rtc_read, .write = goldfish_rtc_write,                \
        .endianness = order,                                                   \
        .valid = { .min_access_size = 4, .max_access_size = 4 },               \
    }

static const MemoryRegionOps goldfish_rtc_ops[] = {
    [false] = RTC_OPS(DEVICE_LITTLE_ENDIAN),
    [true] = RTC_OPS(DEVICE_BIG_ENDIAN),
};

/*** Its state. ***/

/*
 * What the host's clock has at the destination is not known: before version 3
 * the offset travelled against the virtual clock, which goes on there.
 */
static uint64_t clocks_apart(void)
{
    return qemu_clock_get_ns(rtc_clock) - qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static int goldfish_rtc_pre_save(void *opaque)
{
    GoldfishRTCState *s = opaque;

    s->tick_offset_vmstate = s->tick_offset + clocks_apart();
    return 0;
}

static int goldfish_rtc_post_load(void *opaque, int version_id)
{
    GoldfishRTCState *s = opaque;

    if (version_id < 3) {
        s->tick_offset = s->tick_offset_vmstate - clocks_apart();
    }
    if (s->alarm_running) {
        start_alarm(s);
    }
    return 0;
}

static const VMStateDescription goldfish_rtc_vmstate = {
    .name = TYPE_GOLDFISH_RTC,
    .version_id = 3,
    .pre_save = goldfish_rtc_pre_save,
    .post_load = goldfish_rtc_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(tick_offset_vmstate, GoldfishRTCState),
            VMSTATE_UINT64(alarm_next, GoldfishRTCState),
            VMSTATE_UINT32(alarm_running, GoldfishRTCState),
            VMSTATE_UINT32(irq_pending, GoldfishRTCState),
            VMSTATE_UINT32(irq_enabled, GoldfishRTCState),
            VMSTATE_UINT32(time_high, GoldfishRTCState),
            VMSTATE_UINT64_V(tick_offset, GoldfishRTCState, 3),
            VMSTATE_END_OF_LIST(),
        },
};

/* The time goes on: only the alarm is as it was at the start. */
static void goldfish_rtc_reset_hold(Object *obj, ResetType type)
{
    GoldfishRTCState *s = GOLDFISH_RTC(obj);

    stop_alarm(s);
    s->alarm_next = 0;
    s->irq_pending = 0;
    s->irq_enabled = 0;
    update_line(s);
}

static void goldfish_rtc_realize(DeviceState *dev, Error **errp)
{
    GoldfishRTCState *s = GOLDFISH_RTC(dev);
    struct tm tm;

    memory_region_init_io(&s->iomem, OBJECT(s),
                          &goldfish_rtc_ops[s->big_endian], s, "goldfish_rtc",
                          RTC_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->iomem);
    sysbus_init_irq(SYS_BUS_DEVICE(dev), &s->irq);
    s->timer = timer_new_ns(rtc_clock, alarm_rings, s);

    qemu_get_timedate(&tm, 0);
    s->tick_offset = (uint64_t)mktimegm(&tm) * NANOSECONDS_PER_SECOND -
                     qemu_clock_get_ns(rtc_clock);
}

static void goldfish_rtc_unrealize(DeviceState *dev)
{
    timer_free(GOLDFISH_RTC(dev)->timer);
}

static const Property goldfish_rtc_properties[] = {
    DEFINE_PROP_BOOL("big-endian", GoldfishRTCState, big_endian, false),
};

static void goldfish_rtc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    device_class_set_props(dc, goldfish_rtc_properties);
    dc->realize = goldfish_rtc_realize;
    dc->unrealize = goldfish_rtc_unrealize;
    dc->vmsd = &goldfish_rtc_vmstate;
    RESETTABLE_CLASS(oc)->phases.hold = goldfish_rtc_reset_hold;
}

static const TypeInfo goldfish_rtc_types[] = {
    {
        .name = TYPE_GOLDFISH_RTC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(GoldfishRTCState),
        .class_init = goldfish_rtc_class_init,
    },
};

DEFINE_TYPES(goldfish_rtc_types)
