/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8259A that KVM has in the kernel: its reset and its state. */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/isa/i8259_internal.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "system/kvm.h"
#include "system/kvm_abi.h"

#define TYPE_KVM_I8259 "kvm-i8259"
typedef struct KVMPICClass KVMPICClass;
DECLARE_CLASS_CHECKERS(KVMPICClass, KVM_PIC, TYPE_KVM_I8259)

struct KVMPICClass {
    PICCommonClass parent_class;

    DeviceRealize parent_realize;
};

/* What both forms of the state have, under the same names. */
#define PIC_FIELDS(_copy)                                                      \
    _copy(last_irr) _copy(irr) _copy(imr) _copy(isr) _copy(priority_add)       \
        _copy(irq_base) _copy(read_reg_select) _copy(poll) _copy(special_mask) \
            _copy(init_state) _copy(auto_eoi) _copy(rotate_on_auto_eoi)        \
                _copy(special_fully_nested_mode) _copy(init4) _copy(elcr)      \
                    _copy(elcr_mask)

static void kvm_pic_get(PICCommonState *s)
{
    struct kvm_irqchip chip = {
        .chip_id = s->master ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE,
    };
    struct kvm_pic_state *k = &chip.chip.pic;
    int ret = kvm_vm_ioctl(kvm_state, KVM_GET_IRQCHIP, &chip);

    if (ret < 0) {
        error_report("KVM_GET_IRQCHIP failed: %s", strerror(-ret));
        return;
    }
#define COPY(_name) s->_name = k->_name;
    PIC_FIELDS(COPY)
#undef COPY
}

static void kvm_pic_put(PICCommonState *s)
{
    struct kvm_irqchip chip = {
        .chip_id = s->master ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE,
    };
    struct kvm_pic_state *k = &chip.chip.pic;
    int ret;

#define COPY(_name) k->_name = s->_name;
    PIC_FIELDS(COPY)
#undef COPY
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_IRQCHIP, &chip);
    if (ret < 0) {
        error_report("KVM_SET_IRQCHIP failed: %s", strerror(-ret));
    }
}

static void kvm_pic_reset_hold(Object *obj, ResetType type)
{
    PICCommonState *s = PIC_COMMON(obj);

    s->elcr = 0;
    pic_reset_common(s);
    kvm_pic_put(s);
}

static void kvm_pic_realize(DeviceState *dev, Error **errp)
{
    PICCommonState *s = PIC_COMMON(dev);

    /* Nothing of ours answers there. */
    memory_region_init(&s->base_io, OBJECT(dev), "kvm-pic", 2);
    memory_region_init(&s->elcr_io, OBJECT(dev), "kvm-elcr", 1);
    KVM_PIC_GET_CLASS(dev)->parent_realize(dev, errp);
}

static void kvm_pic_set_irq(void *opaque, int irq, int level)
{
    pic_stat_update_irq(irq, level);
    kvm_set_irq(kvm_state, irq, level);
}

qemu_irq *kvm_i8259_init(ISABus *bus)
{
    i8259_init_chip(TYPE_KVM_I8259, bus, true);
    i8259_init_chip(TYPE_KVM_I8259, bus, false);
    return qemu_allocate_irqs(kvm_pic_set_irq, NULL, ISA_NUM_IRQS);
}

static void kvm_pic_class_init(ObjectClass *klass, void *data)
{
    PICCommonClass *c = PIC_COMMON_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = kvm_pic_reset_hold;
    device_class_set_parent_realize(DEVICE_CLASS(klass), kvm_pic_realize,
                                    &KVM_PIC_CLASS(klass)->parent_realize);
    c->pre_save = kvm_pic_get;
    c->post_load = kvm_pic_put;
}

static const TypeInfo kvm_pic_types[] = {
    {
        .name = TYPE_KVM_I8259,
        .parent = TYPE_PIC_COMMON,
        .instance_size = sizeof(PICCommonState),
        .class_size = sizeof(KVMPICClass),
        .class_init = kvm_pic_class_init,
    },
};

DEFINE_TYPES(kvm_pic_types)
