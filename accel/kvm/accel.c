/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The accelerator "kvm": its type, its options, the threads of its CPUs.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "kvm-accel.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-common.h"
#include "qemu/error-report.h"
#include "qemu/guest-random.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "slots.h"
#include "system/cpus.h"

/* ---- threads ------------------------------------------------------------- */

/* One that is plugged is refused, by who waits for it: cpu_has_started(). */
static void fail_to_start(CPUState *cpu, Error *err)
{
    if (!DEVICE(cpu)->hotplugged) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
    cpu->start_error = err;
    cpu_thread_signal_created(cpu);
    while (!cpu->unplug) {
        qemu_wait_io_event(cpu);
    }
    cpu_thread_signal_destroyed(cpu);
    bql_unlock();
    rcu_unregister_thread();
}

static void *cpu_thread(void *arg)
{
    CPUState *cpu = arg;
    Error *err = NULL;

    rcu_register_thread();
    bql_lock();
    qemu_thread_get_self(cpu->thread);
    cpu->thread_id = qemu_get_thread_id();
    cpu->neg.can_do_io = true;
    current_cpu = cpu;
    if (kvm_init_vcpu(cpu, &err) < 0) {
        fail_to_start(cpu, err);
        return NULL;
    }
    kvm_init_cpu_signals(cpu);
    cpu_thread_signal_created(cpu);
    qemu_guest_random_seed_thread_part2(cpu->random_seed);

    do {
        if (cpu_can_run(cpu)) {
            if (kvm_cpu_exec(cpu) == EXCP_DEBUG) {
                cpu_handle_guest_debug(cpu);
            }
        }
        qemu_wait_io_event(cpu);
    } while (!cpu->unplug || cpu_can_run(cpu));

    kvm_destroy_vcpu(cpu);
    cpu_thread_signal_destroyed(cpu);
    bql_unlock();
    rcu_unregister_thread();
    return NULL;
}

static void create_thread(CPUState *cpu)
{
    char name[VCPU_THREAD_NAME_SIZE];

    snprintf(name, sizeof(name), "CPU %d/KVM", cpu->cpu_index);
    qemu_thread_create(cpu->thread, name, cpu_thread, cpu,
                       QEMU_THREAD_JOINABLE);
}

/* A halted one may wait in the kernel, which knows of its interrupts. */
static bool thread_is_idle(CPUState *cpu)
{
    return !kvm_halt_in_kernel();
}

static bool cpus_can_be_reset(void)
{
    return !kvm_state || !kvm_state->guest_state_protected;
}

static int update_debug(CPUState *cpu)
{
    return kvm_update_guest_debug(cpu, 0);
}

/* What most often fails for a CPU that is plugged, while it can be refused. */
static bool cpu_realize(CPUState *cpu, Error **errp)
{
    int ret = kvm_create_and_park_vcpu(cpu);

    if (ret < 0) {
        error_setg_errno(errp, -ret, "KVM cannot make CPU %lu",
                         kvm_arch_vcpu_id(cpu));
        return false;
    }
    return true;
}

/* ---- properties ---------------------------------------------------------- */

static bool may_set(KVMState *s, Error **errp)
{
    if (s->fd >= 0) {
        error_setg(errp, "Cannot set properties after the accelerator has "
                         "been initialized");
    }
    return s->fd < 0;
}

static void set_kernel_irqchip(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    KVMState *s = KVM_STATE(obj);
    OnOffSplit mode;

    if (!may_set(s, errp) || !visit_type_OnOffSplit(v, name, &mode, errp)) {
        return;
    }
    s->kernel_irqchip_allowed = mode != ON_OFF_SPLIT_OFF;
    s->kernel_irqchip_required = mode != ON_OFF_SPLIT_OFF;
    s->kernel_irqchip_split =
        mode == ON_OFF_SPLIT_SPLIT ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
}

static void get_shadow_mem(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    int64_t value = KVM_STATE(obj)->kvm_shadow_mem;

    visit_type_int(v, name, &value, errp);
}

static void set_shadow_mem(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    KVMState *s = KVM_STATE(obj);
    int64_t value;

    if (may_set(s, errp) && visit_type_int(v, name, &value, errp)) {
        s->kvm_shadow_mem = value;
    }
}

static void get_ring_size(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &KVM_STATE(obj)->kvm_dirty_ring_size, errp);
}

static void set_ring_size(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    KVMState *s = KVM_STATE(obj);
    uint32_t value;

    if (!may_set(s, errp) || !visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (value & (value - 1)) {
        error_setg(errp, "dirty-ring-size must be a power of two.");
        return;
    }
    s->kvm_dirty_ring_size = value;
}

static char *get_device(Object *obj, Error **errp)
{
    return g_strdup(KVM_STATE(obj)->device);
}

static void set_device(Object *obj, const char *value, Error **errp)
{
    KVMState *s = KVM_STATE(obj);

    if (may_set(s, errp)) {
        g_free(s->device);
        s->device = g_strdup(value);
    }
}

static void add_properties(ObjectClass *oc)
{
    object_class_property_add(oc, "kernel-irqchip", "on|off|split", NULL,
                              set_kernel_irqchip, NULL, NULL);
    object_class_property_set_description(oc, "kernel-irqchip",
                                          "Configure KVM in-kernel irqchip");
    object_class_property_add(oc, "kvm-shadow-mem", "int", get_shadow_mem,
                              set_shadow_mem, NULL, NULL);
    object_class_property_set_description(oc, "kvm-shadow-mem",
                                          "KVM shadow MMU size");
    object_class_property_add(oc, "dirty-ring-size", "uint32", get_ring_size,
                              set_ring_size, NULL, NULL);
    object_class_property_set_description(
        oc, "dirty-ring-size",
        "Size of KVM dirty page ring buffer (default: 0, i.e. use bitmap)");
    object_class_property_add_str(oc, "device", get_device, set_device);
    object_class_property_set_description(
        oc, "device", "Path to the device node to use (default: /dev/kvm)");
}

/* ---- types --------------------------------------------------------------- */

static void accel_instance_init(Object *obj)
{
    KVMState *s = KVM_STATE(obj);

    s->fd = -1;
    s->vmfd = -1;
    s->kvm_shadow_mem = -1;
    s->kernel_irqchip_allowed = true;
    s->kernel_irqchip_split = ON_OFF_AUTO_AUTO;
    s->sigmask_len = 8;
    s->notify_vmexit = NOTIFY_VMEXIT_OPTION_RUN;
    s->xen_gnttab_max_frames = 64;
    s->xen_evtchn_max_pirq = 256;
    QTAILQ_INIT(&s->kvm_sw_breakpoints);
    QLIST_INIT(&s->kvm_parked_vcpus);
    qemu_mutex_init(&s->slots_lock);
    s->reaped = g_array_new(false, false, sizeof(struct kvm_dirty_gfn));
}

static void accel_instance_finalize(Object *obj)
{
    KVMState *s = KVM_STATE(obj);

    kvm_fini(s);
    g_array_free(s->reaped, true);
    qemu_mutex_destroy(&s->slots_lock);
    g_free(s->device);
}

static void accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "KVM";
    ac->init_machine = kvm_init_machine;
    ac->cpu_common_realize = cpu_realize;
    ac->gdbstub_supported_sstep_flags = kvm_gdbstub_sstep_flags;
    ac->allowed = &kvm_allowed;
    add_properties(oc);
    kvm_arch_accel_class_init(oc);
}

static void ops_class_init(ObjectClass *oc, void *data)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(oc);

    ops->create_vcpu_thread = create_thread;
    ops->cpu_thread_is_idle = thread_is_idle;
    ops->cpus_are_resettable = cpus_can_be_reset;
    ops->synchronize_post_reset = kvm_cpu_synchronize_post_reset;
    ops->synchronize_post_init = kvm_cpu_synchronize_post_init;
    ops->synchronize_state = kvm_cpu_synchronize_state;
    ops->synchronize_pre_loadvm = kvm_cpu_synchronize_pre_loadvm;
    ops->supports_guest_debug = kvm_supports_guest_debug;
    ops->update_guest_debug = update_debug;
    ops->insert_breakpoint = kvm_insert_breakpoint;
    ops->remove_breakpoint = kvm_remove_breakpoint;
    ops->remove_all_breakpoints = kvm_remove_all_breakpoints;
}

static const TypeInfo kvm_types[] = {
    {
        .name = TYPE_KVM_ACCEL,
        .parent = TYPE_ACCEL,
        .instance_size = sizeof(KVMState),
        .instance_init = accel_instance_init,
        .instance_finalize = accel_instance_finalize,
        .class_init = accel_class_init,
    },
    {
        .name = ACCEL_OPS_NAME("kvm"),
        .parent = TYPE_ACCEL_OPS,
        .abstract = true,
        .class_init = ops_class_init,
    },
};

DEFINE_TYPES(kvm_types)
