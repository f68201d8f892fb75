/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base class of CPUs: from instance_init over realize to unrealize, reset,
 * and the state that all CPUs save.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/gdbstub.h"
#include "exec/log.h"
#include "hw/boards.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/qdev-properties.h"
#include "cpu-internal.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "system/cpus.h"
#include "system/hw_accel.h"

/* State that is saved */

static int cpu_common_pre_load(void *opaque)
{
    CPUState *cpu = opaque;

    cpu->exception_index = -1;
    return 0;
}

static int cpu_common_post_load(void *opaque, int version_id)
{
    CPUState *cpu = opaque;

    /* Bit 0 was once a request to leave the loop. */
    cpu->interrupt_request &= ~1;
    /* What was cached of the guest's memory and code is of another guest. */
    cpu_exec_reset_hold(cpu);
    return 0;
}

static bool exception_index_needed(void *opaque)
{
    CPUState *cpu = opaque;

    return cpu->exception_index != -1;
}

static bool crash_occurred_needed(void *opaque)
{
    CPUState *cpu = opaque;

    return cpu->crash_occurred;
}

static const VMStateDescription vmstate_exception_index = {
    .name = "cpu_common/exception_index",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = exception_index_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_INT32(exception_index, CPUState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_crash_occurred = {
    .name = "cpu_common/crash_occurred",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = crash_occurred_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_BOOL(crash_occurred, CPUState),
            VMSTATE_END_OF_LIST(),
        },
};

const VMStateDescription vmstate_cpu_common = {
    .name = "cpu_common",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = cpu_common_pre_load,
    .post_load = cpu_common_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(halted, CPUState),
            VMSTATE_UINT32(interrupt_request, CPUState),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_exception_index,
            &vmstate_crash_occurred,
            NULL,
        },
};

void cpu_vmstate_register(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    /* A device's vmsd includes the common state (VMSTATE_CPU). */
    if (!qdev_get_vmsd(DEVICE(cpu))) {
        vmstate_register(NULL, cpu->cpu_index, &vmstate_cpu_common, cpu);
    }
    if (ops && ops->legacy_vmsd) {
        vmstate_register(NULL, cpu->cpu_index, ops->legacy_vmsd, cpu);
    }
}

void cpu_vmstate_unregister(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    if (ops && ops->legacy_vmsd) {
        vmstate_unregister(NULL, ops->legacy_vmsd, cpu);
    }
    if (!qdev_get_vmsd(DEVICE(cpu))) {
        vmstate_unregister(NULL, &vmstate_cpu_common, cpu);
    }
}

/* Making and ending it */

void cpu_exec_initfn(CPUState *cpu)
{
    cpu->as = NULL;
    cpu->num_ases = 0;
    cpu->memory = get_system_memory();
    if (cpu->memory) {
        object_ref(OBJECT(cpu->memory));
    }
}

static void cpu_instance_init(Object *obj)
{
    CPUState *cpu = CPU(obj);

    cpu->cc = CPU_GET_CLASS(cpu);
    cpu->cpu_index = UNASSIGNED_CPU_INDEX;
    cpu->cluster_index = UNASSIGNED_CLUSTER_INDEX;
    cpu->nr_threads = 1;
    cpu->cflags_next_tb = -1;
    cpu->exception_index = -1;
    cpu->kvm_fd = -1;
    cpu->thread_id = qemu_get_thread_id();
    cpu->thread = g_new0(QemuThread, 1);
    cpu->halt_cond = g_new0(QemuCond, 1);
    qemu_cond_init(cpu->halt_cond);
    qemu_event_init(&cpu->wake, false);
    qemu_mutex_init(&cpu->work_mutex);
    qemu_lockcnt_init(&cpu->in_ioctl_lock);
    QSIMPLEQ_INIT(&cpu->work_list);
    QTAILQ_INIT(&cpu->breakpoints);
    QTAILQ_INIT(&cpu->watchpoints);
    gdb_init_cpu(cpu);
    cpu_exec_initfn(cpu);
}

static void cpu_instance_finalize(Object *obj)
{
    CPUState *cpu = CPU(obj);

    cpu_breakpoint_remove_all(cpu, BP_ANY);
    cpu_watchpoint_remove_all(cpu, BP_ANY);
    free_queued_cpu_work(cpu);
    if (cpu->gdb_regs) {
        g_array_unref(cpu->gdb_regs);
    }
    qemu_lockcnt_destroy(&cpu->in_ioctl_lock);
    qemu_mutex_destroy(&cpu->work_mutex);
    qemu_event_destroy(&cpu->wake);
    qemu_cond_destroy(cpu->halt_cond);
    g_free(cpu->halt_cond);
    g_free(cpu->thread);
}

bool cpu_exec_realizefn(CPUState *cpu, Error **errp)
{
    if (!accel_cpu_common_realize(cpu, errp)) {
        return false;
    }
    cpu_list_add(cpu);
    cpu_vmstate_register(cpu);
    return true;
}

void cpu_exec_unrealizefn(CPUState *cpu)
{
    if (!QTAILQ_IN_USE(cpu, node)) {
        return;
    }
    cpu_vmstate_unregister(cpu);
    cpu_list_remove(cpu);
    accel_cpu_common_unrealize(cpu);
}

static void cpu_common_realize(DeviceState *dev, Error **errp)
{
    CPUState *cpu = CPU(dev);

    if (current_machine) {
        MachineClass *mc = MACHINE_GET_CLASS(current_machine);

        cpu->ignore_memory_transaction_failures =
            mc->ignore_memory_transaction_failures;
    }
    if (dev->hotplugged) {
        cpu_synchronize_post_init(cpu);
        cpu_resume(cpu);
    }
}

/* Keeps a CPU for those who have found it in the list, under RCU. */
typedef struct LateUnref {
    struct rcu_head rcu;
    CPUState *cpu;
} LateUnref;

static void unref_cpu(void *opaque)
{
    object_unref(OBJECT(opaque));
}

static void read_sections_over(LateUnref *late)
{
    /* Finalizers run in the main loop. */
    aio_bh_schedule_oneshot(qemu_get_aio_context(), unref_cpu, late->cpu);
    g_free(late);
}

static void unref_later(CPUState *cpu)
{
    LateUnref *late = g_new0(LateUnref, 1);

    late->cpu = cpu;
    object_ref(OBJECT(cpu));
    call_rcu(late, read_sections_over, rcu);
}

static void cpu_common_unrealize(DeviceState *dev)
{
    CPUState *cpu = CPU(dev);

    if (cpu->created) {
        cpu_remove_sync(cpu);
    }
    if (QTAILQ_IN_USE(cpu, node)) {
        unref_later(cpu);
    }
    cpu_exec_unrealizefn(cpu);
    gdb_forget_cpu(cpu);
    cpu_destroy_address_spaces(cpu);
}

/* Reset */

void cpu_exec_reset_hold(CPUState *cpu)
{
    const AccelOpsClass *ops = cpus_get_accel();

    if (ops && ops->cpu_reset_hold) {
        ops->cpu_reset_hold(cpu);
    }
}

static void cpu_common_reset_hold(Object *obj, ResetType type)
{
    CPUState *cpu = CPU(obj);

    if (qemu_loglevel_mask(CPU_LOG_RESET)) {
        qemu_log("CPU Reset (CPU %d)\n", cpu->cpu_index);
        log_cpu_state(cpu, cpu->cc->reset_dump_flags);
    }
    qatomic_set(&cpu->interrupt_request, 0);
    cpu->halted = cpu->start_powered_off;
    cpu->mem_io_pc = 0;
    cpu->icount_extra = 0;
    qatomic_set(&cpu->neg.icount_decr.u32, 0);
    cpu->neg.can_do_io = true;
    cpu->exception_index = -1;
    cpu->crash_occurred = false;
    cpu->cflags_next_tb = -1;
    cpu_exec_reset_hold(cpu);
}

void cpu_reset(CPUState *cpu)
{
    device_cold_reset(DEVICE(cpu));
}

/* Small things that a class may know better */

static int64_t cpu_common_get_arch_id(CPUState *cpu)
{
    return cpu->cpu_index;
}

static int cpu_common_gdb_read_register(CPUState *cpu, GByteArray *buf, int reg)
{
    return 0;
}

static int cpu_common_gdb_write_register(CPUState *cpu, uint8_t *buf, int reg)
{
    return 0;
}

bool cpu_has_work(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    return ops && ops->has_work && ops->has_work(cpu);
}

bool cpu_virtio_is_big_endian(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    return ops && ops->virtio_is_big_endian && ops->virtio_is_big_endian(cpu);
}

GuestPanicInformation *cpu_get_crash_info(CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    return ops && ops->get_crash_info ? ops->get_crash_info(cpu) : NULL;
}

#define DEFINE_WRITE_NOTE(bits)                                                \
    int cpu_write_elf##bits##_note(WriteCoreDumpFunction f, CPUState *cpu,     \
                                   int cpuid, void *opaque)                    \
    {                                                                          \
        const SysemuCPUOps *ops = cpu->cc->sysemu_ops;                         \
                                                                               \
        return ops && ops->write_elf##bits##_note                              \
                   ? ops->write_elf##bits##_note(f, cpu, cpuid, opaque)        \
                   : -1;                                                       \
    }                                                                          \
                                                                               \
    int cpu_write_elf##bits##_qemunote(WriteCoreDumpFunction f, CPUState *cpu, \
                                       void *opaque)                           \
    {                                                                          \
        const SysemuCPUOps *ops = cpu->cc->sysemu_ops;                         \
                                                                               \
        return ops && ops->write_elf##bits##_qemunote                          \
                   ? ops->write_elf##bits##_qemunote(f, cpu, opaque)           \
                   : 0;                                                        \
    }

DEFINE_WRITE_NOTE(32)
DEFINE_WRITE_NOTE(64)

/* The class */

static const Property cpu_common_properties[] = {
    /* Another view of memory than the system's, for cores of their own. */
    DEFINE_PROP_LINK("memory", CPUState, memory, TYPE_MEMORY_REGION,
                     MemoryRegion *),
};

static bool get_start_powered_off(Object *obj, Error **errp)
{
    return CPU(obj)->start_powered_off;
}

static void set_start_powered_off(Object *obj, bool value, Error **errp)
{
    CPU(obj)->start_powered_off = value;
}

void cpu_class_init_props(DeviceClass *dc)
{
    ObjectClass *oc = OBJECT_CLASS(dc);

    /* A board may set this one after realize. */
    object_class_property_add_bool(
        oc, "start-powered-off", get_start_powered_off, set_start_powered_off);
    device_class_set_props(dc, cpu_common_properties);
}

void cpu_exec_class_post_init(CPUClass *cc)
{
    /* There is nothing that depends on the accelerator. */
}

static void cpu_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    CPUClass *cc = CPU_CLASS(oc);

    cc->parse_features = cpu_common_parse_features;
    cc->get_arch_id = cpu_common_get_arch_id;
    cc->gdb_read_register = cpu_common_gdb_read_register;
    cc->gdb_write_register = cpu_common_gdb_write_register;
    set_bit(DEVICE_CATEGORY_CPU, dc->categories);
    dc->realize = cpu_common_realize;
    dc->unrealize = cpu_common_unrealize;
    rc->phases.hold = cpu_common_reset_hold;
    cpu_class_init_props(dc);
    /* A board wires it up; machines with CPU slots allow it again. */
    dc->user_creatable = false;
}

static const TypeInfo cpu_types[] = {
    {
        .name = TYPE_CPU,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(CPUState),
        .instance_init = cpu_instance_init,
        .instance_finalize = cpu_instance_finalize,
        .abstract = true,
        .class_size = sizeof(CPUClass),
        .class_init = cpu_class_init,
    },
};

DEFINE_TYPES(cpu_types)
