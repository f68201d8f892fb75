/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 8259A controllers have in common, whoever emulates them. */
#include "qemu/osdep.h"
#include "hw/isa/i8259_internal.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

/* Of both controllers: interrupts are counted for the machine. */
static uint64_t irq_count[ISA_NUM_IRQS];
static int irq_level[ISA_NUM_IRQS];

void pic_stat_update_irq(int irq, int level)
{
    if (level && !irq_level[irq]) {
        irq_count[irq]++;
    }
    irq_level[irq] = level;
}

void pic_reset_common(PICCommonState *s)
{
    s->last_irr = 0;
    s->irr &= s->elcr;
    s->imr = 0;
    s->isr = 0;
    s->priority_add = 0;
    s->irq_base = 0;
    s->read_reg_select = 0;
    s->poll = 0;
    s->special_mask = 0;
    s->init_state = 0;
    s->auto_eoi = 0;
    s->rotate_on_auto_eoi = 0;
    s->special_fully_nested_mode = 0;
    s->init4 = 0;
    s->single_mode = 0;
}

static void pic_common_realize(DeviceState *dev, Error **errp)
{
    PICCommonState *s = PIC_COMMON(dev);
    ISADevice *isa = ISA_DEVICE(dev);

    if (s->iobase != -1) {
        isa_register_ioport(isa, &s->base_io, s->iobase);
    }
    if (s->elcr_addr != -1) {
        isa_register_ioport(isa, &s->elcr_io, s->elcr_addr);
    }
    qdev_set_legacy_instance_id(dev, s->iobase, 1);
}

ISADevice *i8259_init_chip(const char *name, ISABus *bus, bool master)
{
    ISADevice *isa = isa_new(name);
    DeviceState *dev = DEVICE(isa);

    /* Inputs 0, 1, 2 (and 8, 13) of a PC are edge-triggered for ever. */
    qdev_prop_set_uint32(dev, "iobase", master ? 0x20 : 0xa0);
    qdev_prop_set_uint32(dev, "elcr_addr", master ? 0x4d0 : 0x4d1);
    qdev_prop_set_uint8(dev, "elcr_mask", master ? 0xf8 : 0xde);
    qdev_prop_set_bit(dev, "master", master);
    isa_realize_and_unref(isa, bus, &error_fatal);
    return isa;
}

/* ---- what it tells ------------------------------------------------------- */

static bool pic_get_statistics(InterruptStatsProvider *obj,
                               uint64_t **irq_counts, unsigned int *nb_irqs)
{
    if (!PIC_COMMON(obj)->master) {
        return false;
    }
    *irq_counts = irq_count;
    *nb_irqs = ISA_NUM_IRQS;
    return true;
}

static void pic_print_info(InterruptStatsProvider *obj, GString *buf)
{
    PICCommonState *s = PIC_COMMON(obj);
    PICCommonClass *pc = PIC_COMMON_GET_CLASS(s);

    if (pc->pre_save) {
        pc->pre_save(s);
    }
    g_string_append_printf(buf,
                           "pic%d: irr=%02x imr=%02x isr=%02x hprio=%d "
                           "irq_base=%02x rr_sel=%d elcr=%02x fnm=%d\n",
                           s->master ? 0 : 1, s->irr, s->imr, s->isr,
                           s->priority_add, s->irq_base, s->read_reg_select,
                           s->elcr, s->special_fully_nested_mode);
}

/* ---- migration ----------------------------------------------------------- */

static int pic_pre_save(void *opaque)
{
    PICCommonClass *pc = PIC_COMMON_GET_CLASS(opaque);

    if (pc->pre_save) {
        pc->pre_save(opaque);
    }
    return 0;
}

/* What a stream says must not lead anywhere. */
static bool pic_state_valid(PICCommonState *s)
{
    return s->priority_add < 8 && s->init_state < 4;
}

static int pic_post_load(void *opaque, int version_id)
{
    PICCommonClass *pc = PIC_COMMON_GET_CLASS(opaque);

    if (!pic_state_valid(opaque)) {
        return -EINVAL;
    }
    if (pc->post_load) {
        pc->post_load(opaque);
    }
    return 0;
}

static bool ltim_needed(void *opaque)
{
    return PIC_COMMON(opaque)->ltim;
}

static const VMStateDescription vmstate_ltim = {
    .name = "i8259/ltim",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = ltim_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(ltim, PICCommonState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_pic = {
    .name = "i8259",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = pic_pre_save,
    .post_load = pic_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(last_irr, PICCommonState),
            VMSTATE_UINT8(irr, PICCommonState),
            VMSTATE_UINT8(imr, PICCommonState),
            VMSTATE_UINT8(isr, PICCommonState),
            VMSTATE_UINT8(priority_add, PICCommonState),
            VMSTATE_UINT8(irq_base, PICCommonState),
            VMSTATE_UINT8(read_reg_select, PICCommonState),
            VMSTATE_UINT8(poll, PICCommonState),
            VMSTATE_UINT8(special_mask, PICCommonState),
            VMSTATE_UINT8(init_state, PICCommonState),
            VMSTATE_UINT8(auto_eoi, PICCommonState),
            VMSTATE_UINT8(rotate_on_auto_eoi, PICCommonState),
            VMSTATE_UINT8(special_fully_nested_mode, PICCommonState),
            VMSTATE_UINT8(init4, PICCommonState),
            VMSTATE_UINT8(single_mode, PICCommonState),
            VMSTATE_UINT8(elcr, PICCommonState),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_ltim,
            NULL,
        },
};

static const Property pic_properties[] = {
    DEFINE_PROP_UINT32("iobase", PICCommonState, iobase, -1),
    DEFINE_PROP_UINT32("elcr_addr", PICCommonState, elcr_addr, -1),
    DEFINE_PROP_UINT8("elcr_mask", PICCommonState, elcr_mask, -1),
    DEFINE_PROP_BIT("master", PICCommonState, master, 0, false),
};

static void pic_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);

    dc->vmsd = &vmstate_pic;
    dc->realize = pic_common_realize;
    device_class_set_props(dc, pic_properties);
    /* A board connects its lines. */
    dc->user_creatable = false;
    ic->get_statistics = pic_get_statistics;
    ic->print_info = pic_print_info;
}

static const TypeInfo pic_common_types[] = {
    {
        .name = TYPE_PIC_COMMON,
        .parent = TYPE_ISA_DEVICE,
        .instance_size = sizeof(PICCommonState),
        .class_size = sizeof(PICCommonClass),
        .class_init = pic_common_class_init,
        .abstract = true,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_INTERRUPT_STATS_PROVIDER },
                {},
            },
    },
};

DEFINE_TYPES(pic_common_types)
