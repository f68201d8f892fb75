/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The accelerator "soft", which is also called "tcg" so that command lines made
 * for QEMU's translator work: its type, its options, the threads of its CPUs,
 * and how it hears of the memory map and of the debugger.
 */
#include "qemu/osdep.h"
#include "accel/soft-insn.h"
#include "exec/cputlb.h"
#include "exec/address-spaces.h"
#include "exec/cpu-interrupt.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "memory/address-space.h"
#include "memory/listener.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/accel.h"
#include "qemu/guest-random.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "qemu/rcu.h"
#include "soft-internal.h"
#include "system/cpus.h"
#include "system/tcg.h"

#define TYPE_SOFT_ACCEL ACCEL_CLASS_NAME("soft")
#define TYPE_TCG_ACCEL  ACCEL_CLASS_NAME("tcg")

typedef struct SoftAccelState {
    AccelState parent_obj;
    char *thread;
    uint32_t tb_size;
    bool split_wx;
} SoftAccelState;

DECLARE_INSTANCE_CHECKER(SoftAccelState, SOFT_ACCEL, TYPE_SOFT_ACCEL)

static bool soft_allowed;
bool soft_one_insn_per_tb;
SoftTLBEntry *soft_empty_tlb;

bool soft_enabled(void)
{
    return soft_allowed;
}

/* ---- a CPU's part -------------------------------------------------------- */

static void force_rcu(Notifier *n, void *data)
{
    AccelCPUState *s = container_of(n, AccelCPUState, force_rcu);

    cpu_exit(s->cpu);
}

/* The memory map was changed: what the TLB knows may be wrong. */
static void map_changed(MemoryListener *listener)
{
    AccelCPUState *s = container_of(listener, AccelCPUState, listener);

    tlb_flush(s->cpu);
    cpu_exit(s->cpu);
}

static bool soft_cpu_realize(CPUState *cpu, Error **errp)
{
    AccelCPUState *s;
    SoftHot *hot = &cpu->neg.soft;

    if (!cpu->cc->soft_ops) {
        error_setg(errp, "CPU type '%s' cannot be run by this accelerator",
                   object_get_typename(OBJECT(cpu)));
        return false;
    }
    s = g_new0(AccelCPUState, 1);
    s->cpu = cpu;
    s->ops = cpu->cc->soft_ops;
    s->max_insns = SOFT_BLOCK_MAX;
    s->written = g_array_new(false, false, sizeof(ram_addr_t));
    s->force_rcu.notify = force_rcu;
    qemu_mutex_init(&s->written_lock);
    soft_tlb_init(s);
    soft_blocks_init(s);
    cpu->accel = s;
    *hot = (SoftHot){ .jumps = s->jumps };
    return true;
}

static void soft_cpu_free(AccelCPUState *s)
{
    soft_tlb_destroy(s);
    soft_blocks_destroy(s);
    qemu_mutex_destroy(&s->written_lock);
    g_array_free(s->written, true);
    g_free(s);
}

static void soft_cpu_unrealize(CPUState *cpu)
{
    AccelCPUState *s = cpu->accel;

    if (!s) {
        return;
    }
    if (s->listener.address_space) {
        memory_listener_unregister(&s->listener);
    }
    qatomic_set(&cpu->accel, NULL);
    /* Other CPUs may just be flushing tags of its TLB, or telling of code. */
    call_rcu(s, soft_cpu_free, rcu);
}

/* ---- threads ------------------------------------------------------------- */

static void *cpu_thread(void *arg)
{
    CPUState *cpu = arg;
    AccelCPUState *s = cpu->accel;

    rcu_register_thread();
    rcu_add_force_rcu_notifier(&s->force_rcu);

    bql_lock();
    qemu_thread_get_self(cpu->thread);
    cpu->thread_id = qemu_get_thread_id();
    cpu->neg.can_do_io = true;
    current_cpu = cpu;
    cpu_thread_signal_created(cpu);
    qemu_guest_random_seed_thread_part2(cpu->random_seed);

    /* What was sent before it was there. */
    cpu->exit_request = true;
    do {
        if (cpu_can_run(cpu)) {
            int r;

            bql_unlock();
            r = soft_cpu_exec(cpu);
            bql_lock();
            if (r == EXCP_DEBUG) {
                cpu_handle_guest_debug(cpu);
            }
        }
        qatomic_set_mb(&cpu->exit_request, false);
        qemu_wait_io_event(cpu);
    } while (!cpu->unplug || cpu_can_run(cpu));

    cpu_thread_signal_destroyed(cpu);
    bql_unlock();
    rcu_remove_force_rcu_notifier(&s->force_rcu);
    rcu_unregister_thread();
    return NULL;
}

static void soft_create_thread(CPUState *cpu)
{
    AccelCPUState *s = cpu->accel;
    char name[VCPU_THREAD_NAME_SIZE];

    s->listener = (MemoryListener){
        .name = "soft",
        .commit = map_changed,
        .priority = MEMORY_LISTENER_PRIORITY_ACCEL,
    };
    memory_listener_register(&s->listener, cpu->as);
    snprintf(name, sizeof(name), "CPU %d/SOFT", cpu->cpu_index);
    qemu_thread_create(cpu->thread, name, cpu_thread, cpu,
                       QEMU_THREAD_JOINABLE);
}

static void soft_kick(CPUState *cpu)
{
    cpu_exit(cpu);
}

static void soft_reset_hold(CPUState *cpu)
{
    if (cpu->accel) {
        cpu->neg.soft.insn = NULL;
        tlb_flush(cpu);
        qatomic_set(&cpu->accel->flush_pending, 1);
    }
}

/* ---- the accelerator ----------------------------------------------------- */

/*
 * A store looks at its TLB entry, then writes. Between the two, others may take
 * the page's dirty bit: that page may only be read once each CPU has come to
 * the end of the instruction that it was in. All leave the guest at once: one by
 * one, each would wait for its turn on the host. The BQL is given up meanwhile,
 * but not where no CPU runs, as at the end of a migration.
 */
static void wait_for_stores(MemoryListener *listener)
{
    CPUState *cpu;

    /* Asked by a device that the guest has called: others may wait for it. */
    if (current_cpu) {
        return;
    }
    /* The bits are taken: a CPU that starts now finds them so. */
    smp_mb();
    CPU_FOREACH(cpu)
    {
        if (qatomic_load_acquire(&cpu->running)) {
            bql_unlock();
            start_exclusive();
            end_exclusive();
            bql_lock();
            return;
        }
    }
}

static void listen_for_syncs(void)
{
    static MemoryListener listener = {
        .name = "soft",
        .log_global_after_sync = wait_for_stores,
    };

    if (!listener.address_space) {
        memory_listener_register(&listener, &address_space_memory);
    }
}

static int soft_init_machine(MachineState *ms)
{
    listen_for_syncs();
    if (!soft_empty_tlb) {
        soft_empty_tlb =
            qemu_memalign(64, SOFT_TLB_SIZE * sizeof(SoftTLBEntry));
        memset(soft_empty_tlb, 0xff, SOFT_TLB_SIZE * sizeof(SoftTLBEntry));
    }
    soft_code_init();
    return 0;
}

static char *get_thread(Object *obj, Error **errp)
{
    SoftAccelState *s = SOFT_ACCEL(obj);

    return g_strdup(s->thread ? s->thread : "multi");
}

static void set_thread(Object *obj, const char *value, Error **errp)
{
    SoftAccelState *s = SOFT_ACCEL(obj);

    if (strcmp(value, "multi") && strcmp(value, "single")) {
        error_setg(errp, "Invalid 'thread' setting %s", value);
        return;
    }
    g_free(s->thread);
    s->thread = g_strdup(value);
}

static void get_tb_size(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    visit_type_uint32(v, name, &SOFT_ACCEL(obj)->tb_size, errp);
}

static void set_tb_size(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    visit_type_uint32(v, name, &SOFT_ACCEL(obj)->tb_size, errp);
}

static bool get_split_wx(Object *obj, Error **errp)
{
    return SOFT_ACCEL(obj)->split_wx;
}

static void set_split_wx(Object *obj, bool value, Error **errp)
{
    SOFT_ACCEL(obj)->split_wx = value;
}

static bool get_one_insn(Object *obj, Error **errp)
{
    return soft_one_insn_per_tb;
}

static void set_one_insn(Object *obj, bool value, Error **errp)
{
    qatomic_set(&soft_one_insn_per_tb, value);
}

static int sstep_flags(void)
{
    return SSTEP_ENABLE | SSTEP_NOIRQ | SSTEP_NOTIMER;
}

static void soft_accel_finalize(Object *obj)
{
    g_free(SOFT_ACCEL(obj)->thread);
}

static void soft_accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "soft";
    ac->init_machine = soft_init_machine;
    ac->cpu_common_realize = soft_cpu_realize;
    ac->cpu_common_unrealize = soft_cpu_unrealize;
    ac->allowed = &soft_allowed;
    ac->gdbstub_supported_sstep_flags = sstep_flags;

    object_class_property_add_str(oc, "thread", get_thread, set_thread);
    object_class_property_set_description(
        oc, "thread", "accepted, without effect: each CPU has its own thread");
    object_class_property_add(oc, "tb-size", "int", get_tb_size, set_tb_size,
                              NULL, NULL);
    object_class_property_set_description(
        oc, "tb-size", "accepted, without effect: decoded code is bounded");
    object_class_property_add_bool(oc, "split-wx", get_split_wx, set_split_wx);
    object_class_property_set_description(
        oc, "split-wx", "accepted, without effect: no host code is made");
    object_class_property_add_bool(oc, "one-insn-per-tb", get_one_insn,
                                   set_one_insn);
    object_class_property_set_description(oc, "one-insn-per-tb",
                                          "run each instruction by itself");
}

static void tcg_accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "tcg";
}

static void soft_accel_ops_class_init(ObjectClass *oc, void *data)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(oc);

    ops->create_vcpu_thread = soft_create_thread;
    ops->kick_vcpu_thread = soft_kick;
    ops->cpu_reset_hold = soft_reset_hold;
    ops->supports_guest_debug = soft_supports_guest_debug;
    ops->update_guest_debug = soft_update_guest_debug;
    ops->insert_breakpoint = soft_insert_breakpoint;
    ops->remove_breakpoint = soft_remove_breakpoint;
    ops->remove_all_breakpoints = soft_remove_all_breakpoints;
}

static const TypeInfo soft_types[] = {
    {
        .name = TYPE_SOFT_ACCEL,
        .parent = TYPE_ACCEL,
        .instance_size = sizeof(SoftAccelState),
        .instance_finalize = soft_accel_finalize,
        .class_init = soft_accel_class_init,
    },
    {
        .name = TYPE_TCG_ACCEL,
        .parent = TYPE_SOFT_ACCEL,
        .class_init = tcg_accel_class_init,
    },
    {
        .name = ACCEL_OPS_NAME("soft"),
        .parent = TYPE_ACCEL_OPS,
        .abstract = true,
        .class_init = soft_accel_ops_class_init,
    },
};

DEFINE_TYPES(soft_types)
