/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 8259A programmable interrupt controller (Intel 231468), and the
 * edge/level register that chip sets put beside it.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/isa/i8259_internal.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"

#define TYPE_I8259 "isa-i8259"
typedef struct PICClass PICClass;
DECLARE_CLASS_CHECKERS(PICClass, PIC, TYPE_I8259)

struct PICClass {
    PICCommonClass parent_class;

    DeviceRealize parent_realize;
};

/* The first controller's input that the second one's output leads to. */
#define CASCADE 2

#define ICW1_IC4  0x01 /* a fourth word comes */
#define ICW1_SNGL 0x02 /* and no third */
#define ICW1_LTIM 0x08 /* level-triggered */
#define ICW1      0x10 /* a first word: not an OCW */
#define ICW4_AEOI 0x02
#define ICW4_SFNM 0x10
#define OCW3      0x08 /* not OCW2 */
#define OCW3_POLL 0x04

PICCommonState *isa_pic;
static PICCommonState *slave_pic;

/* ---- who is next --------------------------------------------------------- */

/* How far the first input of @mask is from the highest priority; 8: none. */
static int rank(PICCommonState *s, uint8_t mask)
{
    uint8_t turned = mask >> s->priority_add | mask << (8 - s->priority_add);

    return turned ? ctz32(turned) : 8;
}

static int input_of_rank(PICCommonState *s, int r)
{
    return (r + s->priority_add) & 7;
}

/* The input that wants to and may interrupt, or -1. */
static int pending_input(PICCommonState *s)
{
    uint8_t blocking = s->isr;
    int r = rank(s, s->irr & ~s->imr);

    if (s->special_mask) {
        blocking &= ~s->imr;
    }
    /* The other controller sorts out its own nesting. */
    if (s->special_fully_nested_mode && s->master) {
        blocking &= ~BIT(CASCADE);
    }
    return r < rank(s, blocking) ? input_of_rank(s, r) : -1;
}

static void update_output(PICCommonState *s)
{
    qemu_set_irq(s->int_out[0], pending_input(s) >= 0);
}

int pic_get_output(PICCommonState *s)
{
    return pending_input(s) >= 0;
}

static bool is_level(PICCommonState *s, int input)
{
    return s->ltim || s->elcr & BIT(input);
}

static void pic_set_irq(void *opaque, int irq, int level)
{
    PICCommonState *s = opaque;
    uint8_t mask = BIT(irq);

    pic_stat_update_irq(s->master ? irq : irq + 8, level);
    if (level && (is_level(s, irq) || !(s->last_irr & mask))) {
        s->irr |= mask;
    } else if (!level && is_level(s, irq)) {
        s->irr &= ~mask;
    }
    s->last_irr = level ? s->last_irr | mask : s->last_irr & ~mask;
    update_output(s);
}

/* ---- acknowledge and end ------------------------------------------------- */

static void acknowledge(PICCommonState *s, int input)
{
    if (!s->auto_eoi) {
        s->isr |= BIT(input);
    } else if (s->rotate_on_auto_eoi) {
        s->priority_add = (input + 1) & 7;
    }
    if (!is_level(s, input)) {
        s->irr &= ~BIT(input);
    }
    /* Another request is another edge. */
    qemu_irq_lower(s->int_out[0]);
    update_output(s);
}

/* The vector of a request that went away comes from input 7. */
static int take_vector(PICCommonState *s)
{
    int input = pending_input(s);

    if (input < 0) {
        return s->irq_base + 7;
    }
    acknowledge(s, input);
    return s->irq_base + input;
}

int pic_read_irq(PICCommonState *s)
{
    if (s != isa_pic || !slave_pic || pending_input(s) != CASCADE) {
        return take_vector(s);
    }
    acknowledge(s, CASCADE);
    return take_vector(slave_pic);
}

static void end_of_interrupt(PICCommonState *s, int input, bool rotate)
{
    s->isr &= ~BIT(input);
    if (rotate) {
        s->priority_add = (input + 1) & 7;
    }
}

/* ---- commands ------------------------------------------------------------ */

static void start_init(PICCommonState *s, uint8_t icw1)
{
    pic_reset_common(s);
    s->init_state = 1;
    s->init4 = icw1 & ICW1_IC4;
    s->single_mode = icw1 & ICW1_SNGL;
    s->ltim = icw1 & ICW1_LTIM;
}

static void operation_word_3(PICCommonState *s, uint8_t val)
{
    if (val & OCW3_POLL) {
        s->poll = 1;
    }
    if (val & 0x02) {
        s->read_reg_select = val & 1;
    }
    if (val & 0x40) {
        s->special_mask = val >> 5 & 1;
    }
}

static void operation_word_2(PICCommonState *s, uint8_t val)
{
    bool rotate = val & 0x80;
    bool specific = val & 0x40;
    bool eoi = val & 0x20;

    if (eoi && specific) {
        end_of_interrupt(s, val & 7, rotate);
    } else if (eoi) {
        int r = rank(s, s->isr);

        if (r < 8) {
            end_of_interrupt(s, input_of_rank(s, r), rotate);
        }
    } else if (!specific) {
        s->rotate_on_auto_eoi = rotate;
    } else if (rotate) {
        s->priority_add = (val + 1) & 7;
    }
}

/* The words after the first one, in the order in which they come. */
static void init_word(PICCommonState *s, uint8_t val)
{
    switch (s->init_state) {
    case 1:
        s->irq_base = val & 0xf8;
        s->init_state = !s->single_mode ? 2 : s->init4 ? 3 : 0;
        break;
    case 2: /* who is where: fixed in a PC */
        s->init_state = s->init4 ? 3 : 0;
        break;
    case 3:
        s->auto_eoi = !!(val & ICW4_AEOI);
        s->special_fully_nested_mode = !!(val & ICW4_SFNM);
        s->init_state = 0;
        break;
    }
}

static void pic_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PICCommonState *s = opaque;

    if (addr == 0) {
        if (val & ICW1) {
            start_init(s, val);
        } else if (val & OCW3) {
            operation_word_3(s, val);
        } else {
            operation_word_2(s, val);
        }
    } else if (s->init_state) {
        init_word(s, val);
    } else {
        s->imr = val;
    }
    update_output(s);
}

static uint8_t poll_word(PICCommonState *s)
{
    int input = pending_input(s);

    s->poll = 0;
    if (input < 0) {
        return 0;
    }
    acknowledge(s, input);
    return 0x80 | input;
}

static uint64_t pic_read(void *opaque, hwaddr addr, unsigned size)
{
    PICCommonState *s = opaque;

    if (s->poll) {
        return poll_word(s);
    }
    if (addr) {
        return s->imr;
    }
    return s->read_reg_select ? s->isr : s->irr;
}

static void elcr_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PICCommonState *s = opaque;

    s->elcr = val & s->elcr_mask;
}

static uint64_t elcr_read(void *opaque, hwaddr addr, unsigned size)
{
    return PIC_COMMON(opaque)->elcr;
}

static const MemoryRegionOps pic_ops = {
    .read = pic_read,
    .write = pic_write,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

static const MemoryRegionOps elcr_ops = {
    .read = elcr_read,
    .write = elcr_write,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

/* ---- life ---------------------------------------------------------------- */

static void pic_reset_hold(Object *obj, ResetType type)
{
    PICCommonState *s = PIC_COMMON(obj);

    s->elcr = 0;
    s->ltim = 0;
    pic_reset_common(s);
    update_output(s);
}

static void pic_realize(DeviceState *dev, Error **errp)
{
    PICCommonState *s = PIC_COMMON(dev);

    memory_region_init_io(&s->base_io, OBJECT(s), &pic_ops, s, "pic", 2);
    memory_region_init_io(&s->elcr_io, OBJECT(s), &elcr_ops, s, "elcr", 1);
    qdev_init_gpio_out(dev, s->int_out, ARRAY_SIZE(s->int_out));
    qdev_init_gpio_in(dev, pic_set_irq, 8);
    PIC_GET_CLASS(dev)->parent_realize(dev, errp);
}

static void pic_unrealize(DeviceState *dev)
{
    if (isa_pic == PIC_COMMON(dev)) {
        isa_pic = NULL;
    }
    if (slave_pic == PIC_COMMON(dev)) {
        slave_pic = NULL;
    }
}

qemu_irq *i8259_init(ISABus *bus, qemu_irq parent_irq_in)
{
    qemu_irq *inputs = g_new0(qemu_irq, ISA_NUM_IRQS);
    DeviceState *first, *second;

    first = DEVICE(i8259_init_chip(TYPE_I8259, bus, true));
    second = DEVICE(i8259_init_chip(TYPE_I8259, bus, false));
    for (int i = 0; i < 8; i++) {
        inputs[i] = qdev_get_gpio_in(first, i);
        inputs[i + 8] = qdev_get_gpio_in(second, i);
    }
    qdev_connect_gpio_out(first, 0, parent_irq_in);
    qdev_connect_gpio_out(second, 0, inputs[CASCADE]);
    isa_pic = PIC_COMMON(first);
    slave_pic = PIC_COMMON(second);
    return inputs;
}

static void pic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_parent_realize(dc, pic_realize,
                                    &PIC_CLASS(klass)->parent_realize);
    dc->unrealize = pic_unrealize;
    RESETTABLE_CLASS(klass)->phases.hold = pic_reset_hold;
}

static const TypeInfo pic_types[] = {
    {
        .name = TYPE_I8259,
        .parent = TYPE_PIC_COMMON,
        .class_size = sizeof(PICClass),
        .class_init = pic_class_init,
    },
};

DEFINE_TYPES(pic_types)
