/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CPU's local APIC where KVM has none: a child of the CPU's. */
#include "qemu/osdep.h"
#include "cpu-features.h"
#include "hw/i386/apic_internal.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "system/kvm.h"

bool x86_cpu_apic_create(X86CPU *cpu, Error **errp)
{
    DeviceState *dev;

    /* A program that has no interrupt controllers needs none. */
    if (kvm_irqchip_in_kernel() || !object_class_by_name("apic")) {
        return true;
    }
    dev = qdev_new("apic");
    cpu->apic_state = dev;
    object_property_add_child(OBJECT(cpu), "lapic", OBJECT(dev));
    APIC_COMMON(dev)->cpu = cpu;
    qdev_prop_set_uint32(dev, "id", cpu->apic_id);
    object_unref(OBJECT(dev));
    if (!qdev_realize(dev, NULL, errp)) {
        return false;
    }
    device_cold_reset(dev);
    return true;
}
