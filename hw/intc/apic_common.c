/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What local APICs have in common: registers of the CPU's, the timer's
 * arithmetic, reset, state. */
#include "qemu/osdep.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/reset.h"

#define VERSION_INTEGRATED 0x14
#define MIN_PERIOD         20000 /* ns */
#define LINT0_AT_PIC       (APIC_DM_EXTINT << APIC_LVT_DELIV_MOD_SHIFT)

/* ---- what the CPU has of it ---------------------------------------------- */

int cpu_set_apic_base(DeviceState *dev, uint64_t val)
{
    APICCommonState *s = (APICCommonState *)dev;

    return s ? APIC_COMMON_GET_CLASS(s)->set_base(s, val) : 0;
}

uint64_t cpu_get_apic_base(DeviceState *dev)
{
    return dev ? APIC_COMMON(dev)->apicbase : MSR_IA32_APICBASE_BSP;
}

bool cpu_is_apic_enabled(DeviceState *dev)
{
    return dev && (APIC_COMMON(dev)->apicbase & MSR_IA32_APICBASE_ENABLE);
}

bool is_x2apic_mode(DeviceState *dev)
{
    return dev && (APIC_COMMON(dev)->apicbase & MSR_IA32_APICBASE_EXTD);
}

void cpu_set_apic_tpr(DeviceState *dev, uint8_t val)
{
    if (dev) {
        APIC_COMMON_GET_CLASS(dev)->set_tpr(APIC_COMMON(dev), val);
    }
}

uint8_t cpu_get_apic_tpr(DeviceState *dev)
{
    return dev ? APIC_COMMON_GET_CLASS(dev)->get_tpr(APIC_COMMON(dev)) : 0;
}

void apic_deliver_nmi(DeviceState *dev)
{
    APIC_COMMON_GET_CLASS(dev)->external_nmi(APIC_COMMON(dev));
}

/* ---- the timer (SDM 11.5.4) ---------------------------------------------- */

bool apic_next_timer(APICCommonState *s, int64_t current_time)
{
    uint32_t lvt = s->lvt[APIC_LVT_TIMER];
    uint64_t period = (uint64_t)s->initial_count << s->count_shift;
    uint64_t gone = MAX(current_time - s->initial_count_load_time, 0);
    uint64_t next;

    s->timer_expiry = -1;
    if ((lvt & APIC_LVT_MASKED) || !s->initial_count) {
        return false;
    }
    if (lvt & APIC_LVT_TIMER_PERIODIC) {
        gone -= gone % period;
        /* A guest must not keep us busy with nothing else. */
        period = MAX(period, MIN_PERIOD);
    } else if (gone >= period) {
        return false;
    } else {
        gone = 0;
    }
    next = s->initial_count_load_time + gone + period;
    /* A stream can have it begin at the end of time. */
    if (next > INT64_MAX) {
        return false;
    }
    s->next_time = next;
    s->timer_expiry = next;
    return true;
}

uint32_t apic_get_current_count(APICCommonState *s)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    uint64_t ticks =
        (uint64_t)MAX(now - s->initial_count_load_time, 0) >> s->count_shift;

    if (!s->initial_count) {
        return 0;
    }
    if (s->lvt[APIC_LVT_TIMER] & APIC_LVT_TIMER_PERIODIC) {
        return s->initial_count - ticks % s->initial_count;
    }
    return ticks >= s->initial_count ? 0 : s->initial_count - ticks;
}

/* ---- reset --------------------------------------------------------------- */

void apic_init_reset(DeviceState *dev)
{
    APICCommonState *s = (APICCommonState *)dev;

    if (!s) {
        return;
    }
    s->tpr = 0;
    s->spurious_vec = 0xff;
    s->log_dest = 0;
    s->dest_mode = APIC_DESTMODE_LOGICAL_FLAT;
    memset(s->isr, 0, sizeof(s->isr));
    memset(s->tmr, 0, sizeof(s->tmr));
    memset(s->irr, 0, sizeof(s->irr));
    for (int i = 0; i < APIC_LVT_NB; i++) {
        s->lvt[i] = APIC_LVT_MASKED;
    }
    s->esr = 0;
    memset(s->icr, 0, sizeof(s->icr));
    s->divide_conf = 0;
    s->count_shift = 1;
    s->initial_count = 0;
    s->initial_count_load_time = 0;
    s->next_time = 0;
    s->wait_for_sipi = s->cpu && !cpu_is_bsp(s->cpu);
    s->timer_expiry = -1;
    if (s->timer) {
        timer_del(s->timer);
    }
    if (APIC_COMMON_GET_CLASS(s)->reset) {
        APIC_COMMON_GET_CLASS(s)->reset(s);
    }
}

void apic_designate_bsp(DeviceState *dev, bool bsp)
{
    APICCommonState *s = (APICCommonState *)dev;

    if (s) {
        s->apicbase &= ~(uint32_t)MSR_IA32_APICBASE_BSP;
        s->apicbase |= bsp ? MSR_IA32_APICBASE_BSP : 0;
    }
}

static void apic_common_reset_hold(Object *obj, ResetType type)
{
    APICCommonState *s = APIC_COMMON(obj);
    bool bsp = s->cpu && cpu_is_bsp(s->cpu);

    s->apicbase = APIC_DEFAULT_ADDRESS | MSR_IA32_APICBASE_ENABLE;
    s->id = s->initial_apic_id;
    s->arb_id = 0;
    s->sipi_vector = 0;
    apic_designate_bsp(DEVICE(s), bsp);
    apic_init_reset(DEVICE(s));
    /* As firmware leaves it: the PIC is there. */
    if (bsp) {
        s->lvt[APIC_LVT_LINT0] = LINT0_AT_PIC;
    }
}

/* ---- life ---------------------------------------------------------------- */

static void apic_common_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    APICCommonState *s = APIC_COMMON(dev);

    if (s->initial_apic_id >= 255) {
        error_setg(errp, "APIC ID %u: without x2APIC mode they are below 255",
                   s->initial_apic_id);
        return;
    }
    s->id = s->initial_apic_id;
    APIC_COMMON_GET_CLASS(s)->realize(dev, errp);
    if (*errp) {
        return;
    }
    /* It is on no bus by which a reset would reach it. */
    qemu_register_resettable(OBJECT(dev));
}

static void apic_common_unrealize(DeviceState *dev)
{
    qemu_unregister_resettable(OBJECT(dev));
    APIC_COMMON_GET_CLASS(dev)->unrealize(dev);
}

/* ---- migration ----------------------------------------------------------- */

static int apic_pre_load(void *opaque)
{
    /* What is not in the stream is so. */
    APIC_COMMON(opaque)->wait_for_sipi = 0;
    return 0;
}

static int apic_pre_save(void *opaque)
{
    APICCommonClass *c = APIC_COMMON_GET_CLASS(opaque);

    if (c->pre_save) {
        c->pre_save(opaque);
    }
    return 0;
}

static int apic_post_load(void *opaque, int version_id)
{
    APICCommonState *s = opaque;
    APICCommonClass *c = APIC_COMMON_GET_CLASS(s);

    s->count_shift &= 7;
    s->sipi_vector &= APIC_VECTOR_MASK;
    s->initial_count_load_time = MAX(s->initial_count_load_time, 0);
    if (c->post_load) {
        c->post_load(s);
    }
    return 0;
}

static bool sipi_needed(void *opaque)
{
    return APIC_COMMON(opaque)->wait_for_sipi != 0;
}

static const VMStateDescription vmstate_sipi = {
    .name = "apic_sipi",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = sipi_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_INT32(sipi_vector, APICCommonState),
            VMSTATE_INT32(wait_for_sipi, APICCommonState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_apic = {
    .name = "apic",
    .version_id = 3,
    .minimum_version_id = 3,
    .pre_load = apic_pre_load,
    .pre_save = apic_pre_save,
    .post_load = apic_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(apicbase, APICCommonState),
            VMSTATE_UINT8(id, APICCommonState),
            VMSTATE_UINT8(arb_id, APICCommonState),
            VMSTATE_UINT8(tpr, APICCommonState),
            VMSTATE_UINT32(spurious_vec, APICCommonState),
            VMSTATE_UINT8(log_dest, APICCommonState),
            VMSTATE_UINT8(dest_mode, APICCommonState),
            VMSTATE_UINT32_ARRAY(isr, APICCommonState, 8),
            VMSTATE_UINT32_ARRAY(tmr, APICCommonState, 8),
            VMSTATE_UINT32_ARRAY(irr, APICCommonState, 8),
            VMSTATE_UINT32_ARRAY(lvt, APICCommonState, APIC_LVT_NB),
            VMSTATE_UINT32(esr, APICCommonState),
            VMSTATE_UINT32_ARRAY(icr, APICCommonState, 2),
            VMSTATE_UINT32(divide_conf, APICCommonState),
            VMSTATE_INT32(count_shift, APICCommonState),
            VMSTATE_UINT32(initial_count, APICCommonState),
            VMSTATE_INT64(initial_count_load_time, APICCommonState),
            VMSTATE_INT64(next_time, APICCommonState),
            VMSTATE_INT64(timer_expiry, APICCommonState),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_sipi,
            NULL,
        },
};

/* ---- the type ------------------------------------------------------------ */

static const Property apic_common_properties[] = {
    DEFINE_PROP_UINT32("id", APICCommonState, initial_apic_id, UINT32_MAX),
    DEFINE_PROP_UINT8("version", APICCommonState, version, VERSION_INTEGRATED),
};

static void apic_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = apic_common_realize;
    dc->unrealize = apic_common_unrealize;
    dc->vmsd = &vmstate_apic;
    RESETTABLE_CLASS(klass)->phases.hold = apic_common_reset_hold;
    device_class_set_props(dc, apic_common_properties);
    /* A CPU makes its own. */
    dc->user_creatable = false;
}

static const TypeInfo apic_common_types[] = {
    {
        .name = TYPE_APIC_COMMON,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(APICCommonState),
        .class_size = sizeof(APICCommonClass),
        .class_init = apic_common_class_init,
        .abstract = true,
    },
};

DEFINE_TYPES(apic_common_types)
