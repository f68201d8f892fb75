/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V Advanced Core Local Interruptor: MTIMER, MSWI and SSWI.
 */
#include "qemu/osdep.h"
#include "hw/intc/riscv_aclint.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "target/riscv/cpu.h"
#include "target/riscv/time_helper.h"

/*
 * A register of 32 bits a hart is no harder to find for one hart than for
 * 4095, but the hart is: so its presence is noted once, in realize. No machine
 * plugs or unplugs RISC-V harts.
 */
struct RISCVAclintMTimerHart {
    RISCVAclintMTimerState *s;
    uint32_t n;
    bool present;
};

/*
 * Claims @interrupts (mip bits) of a hart for a device. Returns whether there
 * is such a hart; an error if the bits are another device's.
 */
static bool claim_of_hart(uint32_t hartid, uint64_t interrupts,
                          const char *name, Error **errp)
{
    CPUState *cpu = cpu_by_arch_id(hartid);

    if (!cpu) {
        return false;
    }
    if (riscv_cpu_claim_interrupts(RISCV_CPU(cpu), interrupts) < 0) {
        error_setg(errp, "%s already claimed", name);
    }
    return true;
}

static bool check_harts(uint32_t num_harts, Error **errp)
{
    if (num_harts < 1 || num_harts > RISCV_ACLINT_MAX_HARTS) {
        error_setg(errp, "num-harts is %u, must be 1 to %d", num_harts,
                   RISCV_ACLINT_MAX_HARTS);
        return false;
    }
    return true;
}

/*** The counter. ***/

static uint64_t ns_to_ticks(const RISCVAclintMTimerState *s, uint64_t ns)
{
    if (NANOSECONDS_PER_SECOND % s->timebase_freq == 0) {
        return ns / (NANOSECONDS_PER_SECOND / s->timebase_freq);
    }
    return muldiv64(ns, s->timebase_freq, NANOSECONDS_PER_SECOND);
}

static uint64_t clock_ticks(const RISCVAclintMTimerState *s)
{
    return ns_to_ticks(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

/* mtime; a hart's thread reads it without the BQL. */
static uint64_t mtime(void *opaque)
{
    RISCVAclintMTimerState *s = opaque;

    return clock_ticks(s) + qatomic_read(&s->time_delta);
}

/* When the clock has seen @ticks; the end of time if it never will. */
static int64_t ticks_to_deadline(const RISCVAclintMTimerState *s,
                                 uint64_t ticks)
{
    __uint128_t ns = (__uint128_t)ticks * NANOSECONDS_PER_SECOND;

    ns = (ns + s->timebase_freq - 1) / s->timebase_freq;
    return MIN(ns, (__uint128_t)INT64_MAX);
}

/*** The comparators. ***/

static void start_timer(RISCVAclintMTimerState *s, uint32_t n)
{
    uint64_t clock = clock_ticks(s);
    uint64_t left = s->timecmp[n] - (clock + s->time_delta);
    uint64_t end = clock + left;

    if (end < clock) {
        /* Beyond 64 bits of ticks: the counter never gets there. */
        timer_del(s->timers[n]);
    } else {
        timer_mod(s->timers[n], ticks_to_deadline(s, end));
    }
}

static void compare(RISCVAclintMTimerState *s, uint32_t n)
{
    bool due = mtime(s) >= s->timecmp[n];

    qemu_set_irq(s->timer_irqs[n], due);
    if (due) {
        timer_del(s->timers[n]);
    } else {
        start_timer(s, n);
    }
}

/* The clock may have been set back since the timer was started. */
static void mtimer_expired(void *opaque)
{
    RISCVAclintMTimerHart *hart = opaque;

    compare(hart->s, hart->n);
}

static void set_mtime(RISCVAclintMTimerState *s, uint64_t value)
{
    qatomic_set(&s->time_delta, value - clock_ticks(s));
    for (uint32_t i = 0; i < s->num_harts; i++) {
        CPUState *cpu = cpu_by_arch_id(s->hartid_base + i);

        if (!s->harts[i].present) {
            continue;
        }
        compare(s, i);
        if (cpu_env(cpu)->rdtime_fn_arg == s) {
            riscv_timer_update(cpu_env(cpu)); /* stimecmp's */
        }
    }
}

/*** The registers of an MTIMER. ***/

/* What an access in 32 bits makes of a register of 64. */
static uint64_t half_of(uint64_t reg, hwaddr addr, unsigned size)
{
    return size == 8 ? reg : extract64(reg, (addr & 4) * 8, 32);
}

static uint64_t with_half(uint64_t reg, hwaddr addr, uint64_t value,
                          unsigned size)
{
    return size == 8 ? value : deposit64(reg, (addr & 4) * 8, 32, value);
}

typedef enum MTimerRegister {
    MTIMER_NONE,
    MTIMER_CMP,
    MTIMER_TIME
} MTimerRegister;

static MTimerRegister mtimer_register(RISCVAclintMTimerState *s, hwaddr addr,
                                      uint32_t *n)
{
    hwaddr from_cmp = addr - s->timecmp_base;
    hwaddr from_time = addr - s->time_base;

    if (addr >= s->timecmp_base && from_cmp / 8 < s->num_harts) {
        *n = from_cmp / 8;
        if (s->harts[*n].present) {
            return MTIMER_CMP;
        }
        qemu_log_mask(LOG_GUEST_ERROR, "aclint-mtimer: invalid hartid: %u\n",
                      s->hartid_base + *n);
        return MTIMER_NONE;
    }
    if (addr >= s->time_base && from_time < 8) {
        return MTIMER_TIME;
    }
    qemu_log_mask(LOG_UNIMP, "aclint-mtimer: invalid access: %08" PRIx64 "\n",
                  addr);
    return MTIMER_NONE;
}

static uint64_t mtimer_read(void *opaque, hwaddr addr, unsigned size)
{
    RISCVAclintMTimerState *s = opaque;
    uint32_t n;

    switch (mtimer_register(s, addr, &n)) {
    case MTIMER_CMP:
        return half_of(s->timecmp[n], addr, size);
    case MTIMER_TIME:
        return half_of(mtime(s), addr, size);
    default:
        return 0;
    }
}

static void mtimer_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
    RISCVAclintMTimerState *s = opaque;
    uint32_t n;

    switch (mtimer_register(s, addr, &n)) {
    case MTIMER_CMP:
        s->timecmp[n] = with_half(s->timecmp[n], addr, value, size);
        compare(s, n);
        break;
    case MTIMER_TIME:
        set_mtime(s, with_half(mtime(s), addr, value, size));
        break;
    default:
        break;
    }
}

static const MemoryRegionOps mtimer_ops = {
    .read = mtimer_read,
    .write = mtimer_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

/*** The MTIMER as a device. ***/

/*
 * Reset clears mtime and leaves mtimecmp (ACLINT 1.0, 2.1), so that a
 * comparator that nobody has set yet holds its line up.
 */
static void mtimer_reset(Object *obj, ResetType type)
{
    set_mtime(RISCV_ACLINT_MTIMER(obj), 0);
}

static bool check_mtimer(RISCVAclintMTimerState *s, Error **errp)
{
    if (!s->timebase_freq) {
        error_setg(errp, "timebase-freq is 0, must be the counter's Hz");
        return false;
    }
    if (s->timecmp_base % 8 || s->time_base % 8) {
        error_setg(errp,
                   "timecmp-base 0x%x and time-base 0x%x must be "
                   "multiples of 8",
                   s->timecmp_base, s->time_base);
        return false;
    }
    return check_harts(s->num_harts, errp);
}

static void mtimer_unrealize(DeviceState *dev)
{
    RISCVAclintMTimerState *s = RISCV_ACLINT_MTIMER(dev);

    for (uint32_t i = 0; i < s->num_harts; i++) {
        timer_del(s->timers[i]);
    }
}

/* Not in unrealize: the outputs are properties until the object goes. */
static void mtimer_finalize(Object *obj)
{
    RISCVAclintMTimerState *s = RISCV_ACLINT_MTIMER(obj);

    for (uint32_t i = 0; s->timers && i < s->num_harts; i++) {
        timer_free(s->timers[i]);
    }
    g_free(s->timers);
    g_free(s->timecmp);
    g_free(s->harts);
    g_free(s->timer_irqs);
}

static void mtimer_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    RISCVAclintMTimerState *s = RISCV_ACLINT_MTIMER(dev);

    if (!check_mtimer(s, errp)) {
        return;
    }
    s->timer_irqs = g_new0(qemu_irq, s->num_harts);
    s->timecmp = g_new0(uint64_t, s->num_harts);
    s->timers = g_new0(QEMUTimer *, s->num_harts);
    s->harts = g_new0(RISCVAclintMTimerHart, s->num_harts);
    for (uint32_t i = 0; i < s->num_harts; i++) {
        s->harts[i].s = s;
        s->harts[i].n = i;
        s->harts[i].present =
            claim_of_hart(s->hartid_base + i, MIP_MTIP, "MTIP", errp);
        s->timers[i] =
            timer_new_ns(QEMU_CLOCK_VIRTUAL, mtimer_expired, &s->harts[i]);
    }
    if (*errp) {
        return;
    }
    qdev_init_gpio_out(dev, s->timer_irqs, s->num_harts);
    memory_region_init_io(&s->mmio, OBJECT(dev), &mtimer_ops, s,
                          TYPE_RISCV_ACLINT_MTIMER, s->aperture_size);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mmio);
}

/* The lines are the harts' state, and come with them. */
static int mtimer_post_load(void *opaque, int version_id)
{
    RISCVAclintMTimerState *s = opaque;

    for (uint32_t i = 0; i < s->num_harts; i++) {
        if (s->harts[i].present && mtime(s) < s->timecmp[i]) {
            start_timer(s, i);
        } else {
            timer_del(s->timers[i]);
        }
    }
    return 0;
}

static int mtimer_pre_load(void *opaque)
{
    RISCVAclintMTimerState *s = opaque;

    qatomic_set(&s->time_delta, 0);
    return 0;
}

static bool mtimer_delta_needed(void *opaque)
{
    RISCVAclintMTimerState *s = opaque;

    return s->time_delta != 0;
}

/* Ours: QEMU 10.0 forgets that the counter has been set. */
static const VMStateDescription vmstate_mtimer_delta = {
    .name = "riscv_mtimer/delta",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = mtimer_delta_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(time_delta, RISCVAclintMTimerState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_mtimer = {
    .name = "riscv_mtimer",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = mtimer_pre_load,
    .post_load = mtimer_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_VARRAY_UINT32(timecmp, RISCVAclintMTimerState, num_harts, 0,
                                  vmstate_info_uint64, uint64_t),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_mtimer_delta,
            NULL,
        },
};

static const Property mtimer_properties[] = {
    DEFINE_PROP_UINT32("hartid-base", RISCVAclintMTimerState, hartid_base, 0),
    DEFINE_PROP_UINT32("num-harts", RISCVAclintMTimerState, num_harts, 1),
    DEFINE_PROP_UINT32("timecmp-base", RISCVAclintMTimerState, timecmp_base,
                       RISCV_ACLINT_DEFAULT_MTIMECMP),
    DEFINE_PROP_UINT32("time-base", RISCVAclintMTimerState, time_base,
                       RISCV_ACLINT_DEFAULT_MTIME),
    DEFINE_PROP_UINT32("aperture-size", RISCVAclintMTimerState, aperture_size,
                       RISCV_ACLINT_DEFAULT_MTIMER_SIZE),
    DEFINE_PROP_UINT32("timebase-freq", RISCVAclintMTimerState, timebase_freq,
                       0),
};

static void mtimer_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "RISC-V ACLINT machine timer";
    dc->realize = mtimer_realize;
    dc->unrealize = mtimer_unrealize;
    dc->vmsd = &vmstate_mtimer;
    device_class_set_props(dc, mtimer_properties);
    RESETTABLE_CLASS(oc)->phases.enter = mtimer_reset;
}

DeviceState *
riscv_aclint_mtimer_create(hwaddr addr, hwaddr size, uint32_t hartid_base,
                           uint32_t num_harts, uint32_t timecmp_base,
                           uint32_t time_base, uint32_t timebase_freq,
                           bool provide_rdtime)
{
    DeviceState *dev = qdev_new(TYPE_RISCV_ACLINT_MTIMER);

    assert(addr % 8 == 0);
    qdev_prop_set_uint32(dev, "hartid-base", hartid_base);
    qdev_prop_set_uint32(dev, "num-harts", num_harts);
    qdev_prop_set_uint32(dev, "timecmp-base", timecmp_base);
    qdev_prop_set_uint32(dev, "time-base", time_base);
    qdev_prop_set_uint32(dev, "aperture-size", size);
    qdev_prop_set_uint32(dev, "timebase-freq", timebase_freq);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, addr);

    for (uint32_t i = 0; i < num_harts; i++) {
        CPUState *cpu = cpu_by_arch_id(hartid_base + i);

        if (!cpu) {
            continue;
        }
        if (provide_rdtime) {
            riscv_cpu_set_rdtime_fn(cpu_env(cpu), mtime, dev);
            cpu_env(cpu)->timebase_freq = timebase_freq;
        }
        qdev_connect_gpio_out(dev, i,
                              qdev_get_gpio_in(DEVICE(cpu), IRQ_M_TIMER));
    }
    return dev;
}

/*** MSWI and SSWI. ***/

/* The hart that a register is for; NULL, and a message, if it is none's. */
static CPUState *swi_hart(RISCVAclintSwiState *s, hwaddr addr)
{
    CPUState *cpu = NULL;

    if (addr / 4 >= s->num_harts) {
        qemu_log_mask(LOG_UNIMP, "aclint-swi: invalid access: %08" PRIx64 "\n",
                      addr);
        return NULL;
    }
    cpu = cpu_by_arch_id(s->hartid_base + addr / 4);
    if (!cpu) {
        qemu_log_mask(LOG_GUEST_ERROR, "aclint-swi: invalid hartid: %u\n",
                      (uint32_t)(s->hartid_base + addr / 4));
    }
    return cpu;
}

/* SETSSIP always reads 0; MSIP is the bit in mip. */
static uint64_t swi_read(void *opaque, hwaddr addr, unsigned size)
{
    RISCVAclintSwiState *s = opaque;
    CPUState *cpu = swi_hart(s, addr);

    return cpu && !s->sswi && (qatomic_read(&cpu_env(cpu)->mip) & MIP_MSIP);
}

static void swi_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    RISCVAclintSwiState *s = opaque;

    if (!swi_hart(s, addr)) {
        return;
    }
    if (value & 1) {
        qemu_irq_raise(s->soft_irqs[addr / 4]);
    } else if (!s->sswi) {
        qemu_irq_lower(s->soft_irqs[addr / 4]);
    }
}

static const MemoryRegionOps swi_ops = {
    .read = swi_read,
    .write = swi_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void swi_reset(Object *obj, ResetType type)
{
    RISCVAclintSwiState *s = RISCV_ACLINT_SWI(obj);

    for (uint32_t i = 0; i < s->num_harts && !s->sswi; i++) {
        qemu_irq_lower(s->soft_irqs[i]);
    }
}

static void swi_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    RISCVAclintSwiState *s = RISCV_ACLINT_SWI(dev);

    if (!check_harts(s->num_harts, errp)) {
        return;
    }
    /* mip.SSIP stays unclaimed: software may write it, too. */
    for (uint32_t i = 0; i < s->num_harts && !s->sswi; i++) {
        claim_of_hart(s->hartid_base + i, MIP_MSIP, "MSIP", errp);
        if (*errp) {
            return;
        }
    }
    s->soft_irqs = g_new0(qemu_irq, s->num_harts);
    qdev_init_gpio_out(dev, s->soft_irqs, s->num_harts);
    memory_region_init_io(&s->mmio, OBJECT(dev), &swi_ops, s,
                          TYPE_RISCV_ACLINT_SWI, RISCV_ACLINT_SWI_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mmio);
}

static void swi_finalize(Object *obj)
{
    g_free(RISCV_ACLINT_SWI(obj)->soft_irqs);
}

static const Property swi_properties[] = {
    DEFINE_PROP_UINT32("hartid-base", RISCVAclintSwiState, hartid_base, 0),
    DEFINE_PROP_UINT32("num-harts", RISCVAclintSwiState, num_harts, 1),
    DEFINE_PROP_UINT32("sswi", RISCVAclintSwiState, sswi, false),
};

/* No vmstate: all that it knows is in the harts' mip. */
static void swi_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "RISC-V ACLINT software interrupts";
    dc->realize = swi_realize;
    device_class_set_props(dc, swi_properties);
    RESETTABLE_CLASS(oc)->phases.enter = swi_reset;
}

DeviceState *riscv_aclint_swi_create(hwaddr addr, uint32_t hartid_base,
                                     uint32_t num_harts, bool sswi)
{
    DeviceState *dev = qdev_new(TYPE_RISCV_ACLINT_SWI);

    assert(addr % 4 == 0);
    qdev_prop_set_uint32(dev, "hartid-base", hartid_base);
    qdev_prop_set_uint32(dev, "num-harts", num_harts);
    qdev_prop_set_uint32(dev, "sswi", sswi);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, addr);

    for (uint32_t i = 0; i < num_harts; i++) {
        CPUState *cpu = cpu_by_arch_id(hartid_base + i);

        if (cpu) {
            qdev_connect_gpio_out(
                dev, i,
                qdev_get_gpio_in(DEVICE(cpu), sswi ? IRQ_S_SOFT : IRQ_M_SOFT));
        }
    }
    return dev;
}

static const TypeInfo aclint_types[] = {
    {
        .name = TYPE_RISCV_ACLINT_MTIMER,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RISCVAclintMTimerState),
        .instance_finalize = mtimer_finalize,
        .class_init = mtimer_class_init,
    },
    {
        .name = TYPE_RISCV_ACLINT_SWI,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RISCVAclintSwiState),
        .instance_finalize = swi_finalize,
        .class_init = swi_class_init,
    },
};

DEFINE_TYPES(aclint_types)
