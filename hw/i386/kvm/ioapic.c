/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I/O APIC that KVM has in the kernel: its reset and its state. */
#include "qemu/osdep.h"
#include "hw/intc/ioapic_internal.h"
#include "hw/qdev-properties.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "system/kvm.h"
#include "system/kvm_abi.h"

OBJECT_DECLARE_SIMPLE_TYPE(KVMIOAPICState, KVM_IOAPIC)

struct KVMIOAPICState {
    IOAPICCommonState ioapic;

    uint32_t kvm_gsi_base; /* the GSI of input 0 */
};

static void kvm_ioapic_get(IOAPICCommonState *s)
{
    struct kvm_irqchip chip = { .chip_id = KVM_IRQCHIP_IOAPIC };
    struct kvm_ioapic_state *k = &chip.chip.ioapic;
    int ret = kvm_vm_ioctl(kvm_state, KVM_GET_IRQCHIP, &chip);

    if (ret < 0) {
        error_report("KVM_GET_IRQCHIP failed: %s", strerror(-ret));
        return;
    }
    s->id = k->id;
    s->ioregsel = k->ioregsel;
    s->irr = k->irr;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        s->ioredtbl[i] = k->redirtbl[i].bits;
    }
}

static void kvm_ioapic_put(IOAPICCommonState *s)
{
    struct kvm_irqchip chip = { .chip_id = KVM_IRQCHIP_IOAPIC };
    struct kvm_ioapic_state *k = &chip.chip.ioapic;
    int ret;

    k->id = s->id;
    k->ioregsel = s->ioregsel;
    k->base_address = IO_APIC_DEFAULT_ADDRESS;
    k->irr = s->irr;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        k->redirtbl[i].bits = s->ioredtbl[i];
    }
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_IRQCHIP, &chip);
    if (ret < 0) {
        error_report("KVM_SET_IRQCHIP failed: %s", strerror(-ret));
    }
}

static void kvm_ioapic_reset_hold(Object *obj, ResetType type)
{
    ioapic_reset_common(DEVICE(obj));
    kvm_ioapic_put(IOAPIC_COMMON(obj));
}

static void kvm_ioapic_set_irq(void *opaque, int irq, int level)
{
    KVMIOAPICState *s = opaque;

    ioapic_stat_update_irq(&s->ioapic, irq, level);
    kvm_set_irq(kvm_state, s->kvm_gsi_base + irq, level);
}

static void kvm_ioapic_realize(DeviceState *dev, Error **errp)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    /* Nothing of ours answers there. The kernel's is of version 0x11. */
    memory_region_init(&s->io_memory, OBJECT(dev), "kvm-ioapic", 0x1000);
    s->version = 0x11;
    qdev_init_gpio_in(dev, kvm_ioapic_set_irq, IOAPIC_NUM_PINS);
}

static const Property kvm_ioapic_properties[] = {
    DEFINE_PROP_UINT32("gsi_base", KVMIOAPICState, kvm_gsi_base, 0),
};

static void kvm_ioapic_class_init(ObjectClass *klass, void *data)
{
    IOAPICCommonClass *c = IOAPIC_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    c->realize = kvm_ioapic_realize;
    c->pre_save = kvm_ioapic_get;
    c->post_load = kvm_ioapic_put;
    RESETTABLE_CLASS(klass)->phases.hold = kvm_ioapic_reset_hold;
    device_class_set_props(dc, kvm_ioapic_properties);
    dc->user_creatable = false;
}

static const TypeInfo kvm_ioapic_types[] = {
    {
        .name = TYPE_KVM_IOAPIC,
        .parent = TYPE_IOAPIC_COMMON,
        .instance_size = sizeof(KVMIOAPICState),
        .class_init = kvm_ioapic_class_init,
    },
};

DEFINE_TYPES(kvm_ioapic_types)
