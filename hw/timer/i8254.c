/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 8254 programmable interval timer (Intel 231164): its ports, and the
 * line of counter 0.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/timer/i8254_internal.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"

typedef struct PITClass PITClass;
DECLARE_CLASS_CHECKERS(PITClass, PIT, TYPE_I8254)

struct PITClass {
    PITCommonClass parent_class;

    DeviceRealize parent_realize;
};

/* How a count is read and written; also which byte of it comes next. */
enum {
    PIT_RW_LATCH = 0, /* in a control word only */
    PIT_RW_LOW = 1,
    PIT_RW_HIGH = 2,
    PIT_RW_BOTH = 3,      /* the low byte first */
    PIT_RW_BOTH_HIGH = 4, /* the high byte is due */
};

#define CONTROL_PORT    3
#define READ_BACK       3
#define NO_LATCH_COUNT  0x20
#define NO_LATCH_STATUS 0x10

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/* ---- the line ------------------------------------------------------------ */

/* The line as it is at @now, and a timer for its next change. */
static void update_line(PITChannelState *sc, int64_t now)
{
    if (!sc->irq_timer || sc->irq_disabled) {
        return;
    }
    qemu_set_irq(sc->irq, pit_get_out(sc, now));
    sc->next_transition_time = pit_get_next_transition_time(sc, now);
    if (sc->next_transition_time < 0) {
        timer_del(sc->irq_timer);
    } else {
        timer_mod(sc->irq_timer, sc->next_transition_time);
    }
}

/* At the time that was asked for, however late it is. */
static void transition(void *opaque)
{
    PITChannelState *sc = opaque;

    update_line(sc, sc->next_transition_time);
}

/* A HPET that takes interrupt 0 over switches ours off. */
static void enable_line(void *opaque, int n, int enable)
{
    PITChannelState *sc = &PIT_COMMON(opaque)->channels[0];

    sc->irq_disabled = !enable;
    if (enable) {
        update_line(sc, now_ns());
    } else {
        timer_del(sc->irq_timer);
    }
}

/* ---- counters ------------------------------------------------------------ */

static unsigned current_count(PITChannelState *sc)
{
    uint64_t t = muldiv64(now_ns() - sc->count_load_time, PIT_FREQ,
                          NANOSECONDS_PER_SECOND);

    switch (sc->mode) {
    case 2:
    case 6:
        return sc->count - t % sc->count;
    case 3:
    case 7: /* counts down by two, twice in a period */
        return sc->count - 2 * t % sc->count;
    default:
        return (sc->count - t) & 0xffff;
    }
}

static void restart(PITChannelState *sc)
{
    sc->count_load_time = now_ns();
    update_line(sc, sc->count_load_time);
}

static void load(PITChannelState *sc, unsigned count)
{
    sc->count = count ?: 0x10000;
    restart(sc);
}

static void latch_count(PITChannelState *sc)
{
    if (!sc->count_latched) {
        sc->latched_count = current_count(sc);
        sc->count_latched = sc->rw_mode;
    }
}

static void latch_status(PITChannelState *sc)
{
    if (!sc->status_latched) {
        sc->status = pit_get_out(sc, now_ns()) << 7 | sc->rw_mode << 4 |
                     sc->mode << 1 | sc->bcd;
        sc->status_latched = 1;
    }
}

/* Modes 1, 2, 3 and 5 begin again when the gate goes up. */
static void set_channel_gate(PITCommonState *s, PITChannelState *sc, int val)
{
    bool rises = val && !sc->gate;

    sc->gate = val;
    if (rises && sc->mode != 0 && sc->mode != 4) {
        restart(sc);
    }
}

/* ---- ports --------------------------------------------------------------- */

static void control_word(PITCommonState *s, uint8_t val)
{
    PITChannelState *sc;
    int rw = val >> 4 & 3;

    if (val >> 6 == READ_BACK) {
        for (int i = 0; i < ARRAY_SIZE(s->channels); i++) {
            if (!(val & 2 << i)) {
                continue;
            }
            if (!(val & NO_LATCH_COUNT)) {
                latch_count(&s->channels[i]);
            }
            if (!(val & NO_LATCH_STATUS)) {
                latch_status(&s->channels[i]);
            }
        }
        return;
    }
    sc = &s->channels[val >> 6];
    if (rw == PIT_RW_LATCH) {
        latch_count(sc);
        return;
    }
    sc->rw_mode = rw;
    sc->read_state = rw;
    sc->write_state = rw;
    sc->mode = val >> 1 & 7;
    sc->bcd = val & 1;
}

static void pit_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PITCommonState *s = opaque;
    PITChannelState *sc;

    if (addr == CONTROL_PORT) {
        control_word(s, val);
        return;
    }
    sc = &s->channels[addr];
    switch (sc->write_state) {
    case PIT_RW_HIGH:
        load(sc, val << 8);
        break;
    case PIT_RW_BOTH:
        sc->write_latch = val;
        sc->write_state = PIT_RW_BOTH_HIGH;
        break;
    case PIT_RW_BOTH_HIGH:
        load(sc, val << 8 | sc->write_latch);
        sc->write_state = PIT_RW_BOTH;
        break;
    default:
        load(sc, val);
        break;
    }
}

/* The byte of @count that @state names. */
static uint8_t count_byte(unsigned count, uint8_t state)
{
    return state == PIT_RW_HIGH || state == PIT_RW_BOTH_HIGH ? count >> 8
                                                             : count;
}

static uint64_t pit_read(void *opaque, hwaddr addr, unsigned size)
{
    PITCommonState *s = opaque;
    PITChannelState *sc;
    uint8_t byte;

    if (addr == CONTROL_PORT) {
        return 0; /* cannot be read */
    }
    sc = &s->channels[addr];
    if (sc->status_latched) {
        sc->status_latched = 0;
        return sc->status;
    }
    if (sc->count_latched) {
        byte = count_byte(sc->latched_count, sc->count_latched);
        sc->count_latched = sc->count_latched == PIT_RW_BOTH ? PIT_RW_HIGH : 0;
        return byte;
    }
    byte = count_byte(current_count(sc), sc->read_state);
    if (sc->read_state == PIT_RW_BOTH) {
        sc->read_state = PIT_RW_BOTH_HIGH;
    } else if (sc->read_state == PIT_RW_BOTH_HIGH) {
        sc->read_state = PIT_RW_BOTH;
    }
    return byte;
}

static const MemoryRegionOps pit_ops = {
    .read = pit_read,
    .write = pit_write,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* ---- life ---------------------------------------------------------------- */

static void pit_reset_hold(Object *obj, ResetType type)
{
    PITCommonState *s = PIT_COMMON(obj);
    PITChannelState *sc = &s->channels[0];

    pit_reset_common(s);
    if (!sc->irq_disabled) {
        timer_mod(sc->irq_timer, sc->next_transition_time);
    }
}

static void pit_post_load(PITCommonState *s)
{
    PITChannelState *sc = &s->channels[0];

    if (sc->next_transition_time != -1 && !sc->irq_disabled) {
        timer_mod(sc->irq_timer, sc->next_transition_time);
    } else {
        timer_del(sc->irq_timer);
    }
}

static void pit_realize(DeviceState *dev, Error **errp)
{
    PITCommonState *s = PIT_COMMON(dev);
    PITChannelState *sc = &s->channels[0];

    sc->irq_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, transition, sc);
    qdev_init_gpio_out(dev, &sc->irq, 1);
    qdev_init_gpio_in(dev, enable_line, 1);
    memory_region_init_io(&s->ioports, OBJECT(s), &pit_ops, s, "pit", 4);
    PIT_GET_CLASS(dev)->parent_realize(dev, errp);
}

static void pit_finalize(Object *obj)
{
    timer_free(PIT_COMMON(obj)->channels[0].irq_timer);
}

static void pit_class_init(ObjectClass *klass, void *data)
{
    PITCommonClass *c = PIT_COMMON_CLASS(klass);

    device_class_set_parent_realize(DEVICE_CLASS(klass), pit_realize,
                                    &PIT_CLASS(klass)->parent_realize);
    RESETTABLE_CLASS(klass)->phases.hold = pit_reset_hold;
    c->set_channel_gate = set_channel_gate;
    c->get_channel_info = pit_get_channel_info_common;
    c->post_load = pit_post_load;
}

static const TypeInfo pit_types[] = {
    {
        .name = TYPE_I8254,
        .parent = TYPE_PIT_COMMON,
        .instance_size = sizeof(PITCommonState),
        .instance_finalize = pit_finalize,
        .class_size = sizeof(PITClass),
        .class_init = pit_class_init,
    },
};

DEFINE_TYPES(pit_types)
