/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an accelerator does for CPUs and their threads: a class called
 * "NAME-accel-ops", of which there are no instances. What is NULL has a
 * default, but for create_vcpu_thread.
 */
#ifndef ACCEL_OPS_H
#define ACCEL_OPS_H

#include "exec/vaddr.h"
#include "qom/object.h"

#define ACCEL_OPS_SUFFIX "-ops"
#define TYPE_ACCEL_OPS   "accel" ACCEL_OPS_SUFFIX
#define ACCEL_OPS_NAME(name) (name "-" TYPE_ACCEL_OPS)

DECLARE_CLASS_CHECKERS(AccelOpsClass, ACCEL_OPS, TYPE_ACCEL_OPS)

struct AccelOpsClass {
    ObjectClass parent_class;

    /* When the accelerator is chosen: may change the class */
    void (*ops_init)(AccelOpsClass *ops);

    bool (*cpus_are_resettable)(void);
    void (*cpu_reset_hold)(CPUState *cpu);

    /* Starts the thread (cpu->thread and cpu->halt_cond are made) */
    void (*create_vcpu_thread)(CPUState *cpu);
    /* Gets it out of the guest; default: cpus_kick_thread() */
    void (*kick_vcpu_thread)(CPUState *cpu);
    /* When nothing else keeps it awake; default: it is halted */
    bool (*cpu_thread_is_idle)(CPUState *cpu);

    /*
     * For state that is kept outside of CPUState: it was reset or set up
     * (there it goes), is wanted (here), will be overwritten.
     */
    void (*synchronize_post_reset)(CPUState *cpu);
    void (*synchronize_post_init)(CPUState *cpu);
    void (*synchronize_state)(CPUState *cpu);
    void (*synchronize_pre_loadvm)(CPUState *cpu);
    void (*synchronize_pre_resume)(bool step_pending);

    /* cpu_interrupt(); default: sets the bits and kicks */
    void (*handle_interrupt)(CPUState *cpu, int mask);

    /* The virtual clock, where the accelerator has its own */
    int64_t (*get_virtual_clock)(void);
    void (*set_virtual_clock)(int64_t time);
    int64_t (*get_elapsed_ticks)(void);

    /* Of the gdb stub; types are GDB_BREAKPOINT_* and GDB_WATCHPOINT_* */
    bool (*supports_guest_debug)(void);
    /*
     * Single stepping, or a breakpoint or watchpoint of the CPU changed: its
     * own thread, or it is stopped and the caller has the BQL
     */
    int (*update_guest_debug)(CPUState *cpu);
    int (*insert_breakpoint)(CPUState *cpu, int type, vaddr addr, vaddr len);
    int (*remove_breakpoint)(CPUState *cpu, int type, vaddr addr, vaddr len);
    void (*remove_all_breakpoints)(CPUState *cpu);
};

#endif
