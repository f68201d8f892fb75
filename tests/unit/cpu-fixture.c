/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "cpu-fixture.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "exec/target_page.h"
#include "hw/boards.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "system/cpus.h"

static bool toy_has_work(CPUState *cs)
{
    return qatomic_read(&cs->interrupt_request) != 0;
}

static hwaddr toy_get_phys_page(CPUState *cs, vaddr addr)
{
    vaddr page = addr / TARGET_PAGE_SIZE;

    return page == TOY_UNMAPPED_PAGE ? (hwaddr)-1
                                     : (page + 1) * TARGET_PAGE_SIZE;
}

static const SysemuCPUOps toy_ops = {
    .has_work = toy_has_work,
    .get_phys_page_debug = toy_get_phys_page,
};

static ObjectClass *toy_class_by_name(const char *model)
{
    g_autofree char *type = g_strdup_printf("%s-" TYPE_TOY_CPU, model);

    return object_class_by_name(type);
}

static void toy_set_pc(CPUState *cs, vaddr value)
{
    TOY_CPU(cs)->pc = value;
}

static vaddr toy_get_pc(CPUState *cs)
{
    return TOY_CPU(cs)->pc;
}

static void toy_reset_hold(Object *obj, ResetType type)
{
    ResettableClass *parent = RESETTABLE_CLASS(object_class_by_name(TYPE_CPU));

    parent->phases.hold(obj, type);
    TOY_CPU(obj)->resets++;
    TOY_CPU(obj)->pc = 0x100;
}

static void toy_realize(DeviceState *dev, Error **errp)
{
    DeviceClass *parent = DEVICE_CLASS(object_class_by_name(TYPE_CPU));

    if (!cpu_exec_realizefn(CPU(dev), errp)) {
        return;
    }
    qemu_init_vcpu(CPU(dev));
    cpu_reset(CPU(dev));
    parent->realize(dev, errp);
}

static const Property toy_properties[] = {
    DEFINE_PROP_BOOL("feature", ToyCPU, feature, false),
    DEFINE_PROP_INT32("node-id", ToyCPU, node_id, CPU_UNSET_NUMA_NODE_ID),
    DEFINE_PROP_INT32("socket-id", ToyCPU, socket_id, 0),
    DEFINE_PROP_INT32("core-id", ToyCPU, core_id, 0),
};

static void toy_class_init(ObjectClass *oc, void *data)
{
    CPUClass *cc = CPU_CLASS(oc);

    cc->class_by_name = toy_class_by_name;
    cc->set_pc = toy_set_pc;
    cc->get_pc = toy_get_pc;
    cc->sysemu_ops = &toy_ops;
    DEVICE_CLASS(oc)->realize = toy_realize;
    DEVICE_CLASS(oc)->user_creatable = true; /* where a machine has slots */
    RESETTABLE_CLASS(oc)->phases.hold = toy_reset_hold;
    device_class_set_props(DEVICE_CLASS(oc), toy_properties);
}

/* The guest: until the CPU is asked for. */
static void toy_run(CPUState *cs)
{
    ToyCPU *cpu = TOY_CPU(cs);

    cpu_exec_start(cs);
    qatomic_set(&cpu->in_guest, true);
    while (!cpu_loop_exit_requested(cs)) {
        cpu->private ++;
        qatomic_set(&cpu->counter, cpu->counter + 1);
    }
    qatomic_set(&cpu->in_guest, false);
    cpu_exec_end(cs);
    qatomic_set(&cs->neg.icount_decr.u16.high, 0);
    qatomic_set(&cs->exit_request, false);
}

static void *toy_thread(void *opaque)
{
    CPUState *cs = opaque;

    rcu_register_thread();
    bql_lock();
    cs->thread_id = qemu_get_thread_id();
    current_cpu = cs;
    cpu_thread_signal_created(cs);
    while (!cs->unplug || cpu_can_run(cs)) {
        if (cpu_can_run(cs) && !cs->halted) {
            bql_unlock();
            toy_run(cs);
            bql_lock();
        }
        qemu_wait_io_event(cs);
        if (cs->halted && cpu_has_work(cs)) {
            cs->halted = 0;
        }
    }
    cpu_thread_signal_destroyed(cs);
    bql_unlock();
    rcu_unregister_thread();
    return NULL;
}

static void toy_create_thread(CPUState *cs)
{
    qemu_thread_create(cs->thread, "toy", toy_thread, cs, QEMU_THREAD_JOINABLE);
}

static int toy_update_guest_debug(CPUState *cs)
{
    TOY_CPU(cs)->debug_changes++;
    return 0;
}

static void toy_accel_ops_class_init(ObjectClass *oc, void *data)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(oc);

    ops->create_vcpu_thread = toy_create_thread;
    ops->kick_vcpu_thread = cpu_exit;
    ops->update_guest_debug = toy_update_guest_debug;
}

static const TypeInfo toy_types[] = {
    {
        .name = TYPE_TOY_CPU,
        .parent = TYPE_CPU,
        .instance_size = sizeof(ToyCPU),
        .abstract = true,
        .class_init = toy_class_init,
    },
    {
        .name = TOY_CPU_MODEL,
        .parent = TYPE_TOY_CPU,
    },
    {
        .name = ACCEL_OPS_NAME("toy"),
        .parent = TYPE_ACCEL_OPS,
        .abstract = true,
        .class_init = toy_accel_ops_class_init,
    },
};

const char *toy_machine = "none";

void toy_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(toy_types, ARRAY_SIZE(toy_types));
    memory_map_init();
    machine_run_board_init(
        machine_create(machine_find_class(toy_machine, &error_abort)), NULL,
        &error_abort);
}

void toy_use_accel(void)
{
    cpus_register_accel(
        ACCEL_OPS_CLASS(object_class_by_name(ACCEL_OPS_NAME("toy"))));
}

ToyCPU *toy_new(void)
{
    return TOY_CPU(cpu_create(TOY_CPU_MODEL));
}

void toy_free(ToyCPU *cpu)
{
    object_unparent(OBJECT(cpu));
    object_unref(OBJECT(cpu));
}
