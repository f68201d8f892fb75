/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 8254 timers have in common, whoever emulates them: how they count. */
#include "qemu/osdep.h"
#include "hw/timer/i8254_internal.h"
#include "migration/vmstate.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"

/* ---- the output, as a function of time ----------------------------------- */

/* Ticks since the counter was loaded. */
static uint64_t ticks(PITChannelState *s, int64_t now)
{
    return muldiv64(now - s->count_load_time, PIT_FREQ, NANOSECONDS_PER_SECOND);
}

/* Modes 6 and 7 are 2 and 3. */
static int mode_of(PITChannelState *s)
{
    return s->mode > 5 ? s->mode - 4 : s->mode;
}

int pit_get_out(PITChannelState *s, int64_t current_time)
{
    uint64_t t = ticks(s, current_time);

    switch (mode_of(s)) {
    case 0: /* interrupt on terminal count */
        return t >= s->count;
    case 1: /* one-shot */
        return t < s->count;
    case 2: /* rate generator */
        return t && t % s->count == 0;
    case 3: /* square wave */
        return t % s->count < (s->count + 1) / 2;
    default: /* strobes */
        return t == s->count;
    }
}

/* The tick of the next change after tick @t, or -1. */
static int64_t next_change(PITChannelState *s, uint64_t t)
{
    uint64_t phase = t % s->count;
    uint64_t start = t - phase;
    uint64_t half = (s->count + 1) / 2;

    switch (mode_of(s)) {
    case 0:
    case 1:
        return t < s->count ? s->count : -1;
    case 2:
        return phase || !t ? start + s->count : t + 1;
    case 3:
        return start + (phase < half ? half : s->count);
    default:
        return t <= s->count ? s->count + (t == s->count) : -1;
    }
}

int64_t pit_get_next_transition_time(PITChannelState *s, int64_t current_time)
{
    int64_t tick = next_change(s, ticks(s, current_time));
    int64_t when;

    if (tick < 0) {
        return -1;
    }
    when =
        s->count_load_time + muldiv64(tick, NANOSECONDS_PER_SECOND, PIT_FREQ);
    /* A tick is no whole number of nanoseconds. */
    return MAX(when, current_time + 1);
}

/* ---- the loudspeaker's side ---------------------------------------------- */

void pit_get_channel_info_common(PITCommonState *s, PITChannelState *sc,
                                 PITChannelInfo *info)
{
    info->gate = sc->gate;
    info->mode = sc->mode;
    info->initial_count = sc->count;
    info->out = pit_get_out(sc, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

void pit_set_gate(ISADevice *dev, int channel, int val)
{
    PITCommonState *s = PIT_COMMON(dev);

    PIT_COMMON_GET_CLASS(s)->set_channel_gate(s, &s->channels[channel], val);
}

void pit_get_channel_info(ISADevice *dev, int channel, PITChannelInfo *info)
{
    PITCommonState *s = PIT_COMMON(dev);

    PIT_COMMON_GET_CLASS(s)->get_channel_info(s, &s->channels[channel], info);
}

/* ---- life ---------------------------------------------------------------- */

void pit_reset_common(PITCommonState *s)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    for (int i = 0; i < ARRAY_SIZE(s->channels); i++) {
        PITChannelState *sc = &s->channels[i];

        sc->mode = 3;
        sc->gate = i != 2;
        sc->count = 0x10000;
        sc->count_load_time = now;
        sc->count_latched = 0;
        sc->status_latched = 0;
        if (i == 0 && !sc->irq_disabled) {
            sc->next_transition_time = pit_get_next_transition_time(sc, now);
        }
    }
}

static void pit_common_realize(DeviceState *dev, Error **errp)
{
    PITCommonState *s = PIT_COMMON(dev);

    isa_register_ioport(ISA_DEVICE(dev), &s->ioports, s->iobase);
    qdev_set_legacy_instance_id(dev, s->iobase, 2);
}

/* ---- migration ----------------------------------------------------------- */

static int pit_pre_save(void *opaque)
{
    PITCommonClass *c = PIT_COMMON_GET_CLASS(opaque);

    if (c->pre_save) {
        c->pre_save(opaque);
    }
    return 0;
}

static int pit_post_load(void *opaque, int version_id)
{
    PITCommonClass *c = PIT_COMMON_GET_CLASS(opaque);

    if (c->post_load) {
        c->post_load(opaque);
    }
    return 0;
}

/* Time is divided by the count. */
static int channel_post_load(void *opaque, int version_id)
{
    PITChannelState *sc = opaque;

    return sc->count > 0 && sc->count <= 0x10000 ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_channel = {
    .name = "pit channel",
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = channel_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_INT32(count, PITChannelState),
            VMSTATE_UINT16(latched_count, PITChannelState),
            VMSTATE_UINT8(count_latched, PITChannelState),
            VMSTATE_UINT8(status_latched, PITChannelState),
            VMSTATE_UINT8(status, PITChannelState),
            VMSTATE_UINT8(read_state, PITChannelState),
            VMSTATE_UINT8(write_state, PITChannelState),
            VMSTATE_UINT8(write_latch, PITChannelState),
            VMSTATE_UINT8(rw_mode, PITChannelState),
            VMSTATE_UINT8(mode, PITChannelState),
            VMSTATE_UINT8(bcd, PITChannelState),
            VMSTATE_UINT8(gate, PITChannelState),
            VMSTATE_INT64(count_load_time, PITChannelState),
            VMSTATE_INT64(next_transition_time, PITChannelState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_pit = {
    .name = "i8254",
    .version_id = 3,
    .minimum_version_id = 2,
    .pre_save = pit_pre_save,
    .post_load = pit_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_V(channels[0].irq_disabled, PITCommonState, 3),
            VMSTATE_STRUCT_ARRAY(channels, PITCommonState, 3, 2,
                                 vmstate_channel, PITChannelState),
            VMSTATE_INT64(channels[0].next_transition_time, PITCommonState),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property pit_properties[] = {
    DEFINE_PROP_UINT32("iobase", PITCommonState, iobase, -1),
};

static void pit_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = pit_common_realize;
    dc->vmsd = &vmstate_pit;
    device_class_set_props(dc, pit_properties);
    /* A board connects its line. */
    dc->user_creatable = false;
}

static const TypeInfo pit_common_types[] = {
    {
        .name = TYPE_PIT_COMMON,
        .parent = TYPE_ISA_DEVICE,
        .instance_size = sizeof(PITCommonState),
        .class_size = sizeof(PITCommonClass),
        .class_init = pit_common_class_init,
        .abstract = true,
    },
};

DEFINE_TYPES(pit_common_types)
