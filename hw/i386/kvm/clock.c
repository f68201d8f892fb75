/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kvmclock: read when the machine stops, set when it goes on. */
#include "qemu/osdep.h"
#include "hw/kvm/clock.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "system/kvm.h"
#include "system/kvm_abi.h"
#include "system/runstate.h"
#include "target/x86/cpu.h"

#define TYPE_KVM_CLOCK "kvmclock"
OBJECT_DECLARE_SIMPLE_TYPE(KVMClockState, KVM_CLOCK)

struct KVMClockState {
    SysBusDevice busdev;

    uint64_t clock; /* ns */
    bool clock_valid;
    VMChangeStateEntry *entry;
};

static void read_clock(KVMClockState *s)
{
    struct kvm_clock_data data = { 0 };
    int ret = kvm_vm_ioctl(kvm_state, KVM_GET_CLOCK, &data);

    if (ret < 0) {
        error_report("KVM_GET_CLOCK failed: %s", strerror(-ret));
        return;
    }
    s->clock = data.clock;
    s->clock_valid = true;
}

static void write_clock(KVMClockState *s)
{
    struct kvm_clock_data data = { .clock = s->clock };
    int ret = kvm_vm_ioctl(kvm_state, KVM_SET_CLOCK, &data);
    CPUState *cpu;

    s->clock_valid = false;
    if (ret < 0) {
        error_report("KVM_SET_CLOCK failed: %s", strerror(-ret));
        return;
    }
    /* So that the guest's watchdogs know that it was not running. */
    if (kvm_check_extension(kvm_state, KVM_CAP_KVMCLOCK_CTRL)) {
        CPU_FOREACH(cpu)
        {
            kvm_vcpu_ioctl(cpu, KVM_KVMCLOCK_CTRL, 0);
        }
    }
}

static void state_changed(void *opaque, bool running, RunState state)
{
    KVMClockState *s = opaque;

    if (!running && !s->clock_valid) {
        read_clock(s);
    } else if (running && s->clock_valid) {
        write_clock(s);
    }
}

static int clock_post_load(void *opaque, int version_id)
{
    KVM_CLOCK(opaque)->clock_valid = true;
    return 0;
}

static const VMStateDescription vmstate_clock = {
    .name = "kvmclock",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = clock_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(clock, KVMClockState),
            VMSTATE_END_OF_LIST(),
        },
};

static void clock_realize(DeviceState *dev, Error **errp)
{
    KVMClockState *s = KVM_CLOCK(dev);

    s->entry = qemu_add_vm_change_state_handler(state_changed, s);
}

static void clock_unrealize(DeviceState *dev)
{
    qemu_del_vm_change_state_handler(KVM_CLOCK(dev)->entry);
}

void kvmclock_create(bool create_always)
{
    if (!kvm_enabled() || !first_cpu ||
        !kvm_check_extension(kvm_state, KVM_CAP_ADJUST_CLOCK)) {
        return;
    }
    if (create_always ||
        (cpu_env(first_cpu)->features[FEAT_KVM] & (BIT(0) | BIT(3)))) {
        sysbus_create_simple(TYPE_KVM_CLOCK, -1, NULL);
    }
}

static void clock_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = clock_realize;
    dc->unrealize = clock_unrealize;
    dc->vmsd = &vmstate_clock;
    dc->user_creatable = false;
}

static const TypeInfo clock_types[] = {
    {
        .name = TYPE_KVM_CLOCK,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(KVMClockState),
        .class_init = clock_class_init,
    },
};

DEFINE_TYPES(clock_types)
