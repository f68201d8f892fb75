/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a debugger asks of CPUs in KVM. Breakpoints in memory are instructions
 * that the architecture's part writes and takes back; the others, and stepping,
 * are the kernel's.
 */
#include "qemu/osdep.h"
#include "gdbstub/enums.h"
#include "kvm-accel.h"
#include "kvm-internal.h"
#include "qemu/error-report.h"

struct kvm_sw_breakpoint *kvm_find_sw_breakpoint(CPUState *cpu, vaddr pc)
{
    struct kvm_sw_breakpoint *bp;

    QTAILQ_FOREACH(bp, &kvm_state->kvm_sw_breakpoints, entry) {
        if (bp->pc == pc) {
            return bp;
        }
    }
    return NULL;
}

int kvm_sw_breakpoints_active(CPUState *cpu)
{
    return !QTAILQ_EMPTY(&kvm_state->kvm_sw_breakpoints);
}

typedef struct DebugUpdate {
    struct kvm_guest_debug dbg;
    int ret;
} DebugUpdate;

static void set_guest_debug(CPUState *cpu, run_on_cpu_data data)
{
    DebugUpdate *update = data.host_ptr;

    update->ret = kvm_vcpu_ioctl(cpu, KVM_SET_GUEST_DEBUG, &update->dbg);
}

int kvm_update_guest_debug(CPUState *cpu, unsigned long reinject_trap)
{
    DebugUpdate update = { .dbg.control = reinject_trap };

    if (cpu->singlestep_enabled) {
        update.dbg.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
        if (cpu->singlestep_enabled & SSTEP_NOIRQ) {
            update.dbg.control |= KVM_GUESTDBG_BLOCKIRQ;
        }
    }
    kvm_arch_update_guest_debug(cpu, &update.dbg);
    run_on_cpu(cpu, set_guest_debug, RUN_ON_CPU_HOST_PTR(&update));
    return update.ret;
}

bool kvm_supports_guest_debug(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_SET_GUEST_DEBUG) > 0;
}

int kvm_gdbstub_sstep_flags(void)
{
    int flags = SSTEP_ENABLE;

    if (!kvm_supports_guest_debug()) {
        return 0;
    }
    if (kvm_vm_check_extension(kvm_state, KVM_CAP_SET_GUEST_DEBUG2) &
        KVM_GUESTDBG_BLOCKIRQ) {
        flags |= SSTEP_NOIRQ;
    }
    return flags;
}

static int update_all(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        int ret = kvm_update_guest_debug(cpu, 0);

        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

static int insert_sw(CPUState *cpu, vaddr pc)
{
    struct kvm_sw_breakpoint *bp = kvm_find_sw_breakpoint(cpu, pc);
    int ret;

    if (bp) {
        bp->use_count++;
        return 0;
    }
    bp = g_new(struct kvm_sw_breakpoint, 1);
    *bp = (struct kvm_sw_breakpoint){ .pc = pc, .use_count = 1 };
    ret = kvm_arch_insert_sw_breakpoint(cpu, bp);
    if (ret < 0) {
        g_free(bp);
        return ret;
    }
    QTAILQ_INSERT_HEAD(&kvm_state->kvm_sw_breakpoints, bp, entry);
    return 0;
}

static int remove_sw(CPUState *cpu, vaddr pc)
{
    struct kvm_sw_breakpoint *bp = kvm_find_sw_breakpoint(cpu, pc);
    int ret;

    if (!bp) {
        return -ENOENT;
    }
    if (bp->use_count > 1) {
        bp->use_count--;
        return 0;
    }
    ret = kvm_arch_remove_sw_breakpoint(cpu, bp);
    if (ret < 0) {
        return ret;
    }
    QTAILQ_REMOVE(&kvm_state->kvm_sw_breakpoints, bp, entry);
    g_free(bp);
    return 0;
}

static int forget(CPUState *cpu, int type, vaddr addr, vaddr len)
{
    return type == GDB_BREAKPOINT_SW
               ? remove_sw(cpu, addr)
               : kvm_arch_remove_hw_breakpoint(addr, len, type);
}

/* All CPUs have it, or none. */
int kvm_insert_breakpoint(CPUState *cpu, int type, vaddr addr, vaddr len)
{
    int ret = type == GDB_BREAKPOINT_SW
                  ? insert_sw(cpu, addr)
                  : kvm_arch_insert_hw_breakpoint(addr, len, type);

    if (ret == 0) {
        ret = update_all();
        if (ret < 0) {
            forget(cpu, type, addr, len);
            update_all();
        }
    }
    return ret;
}

int kvm_remove_breakpoint(CPUState *cpu, int type, vaddr addr, vaddr len)
{
    int ret = forget(cpu, type, addr, len);

    return ret < 0 ? ret : update_all();
}

/* Some CPU can write to where the breakpoint is, if this one cannot. */
static void remove_somehow(CPUState *cpu, struct kvm_sw_breakpoint *bp)
{
    CPUState *other;

    if (kvm_arch_remove_sw_breakpoint(cpu, bp) == 0) {
        return;
    }
    CPU_FOREACH(other)
    {
        if (kvm_arch_remove_sw_breakpoint(other, bp) == 0) {
            return;
        }
    }
}

void kvm_remove_all_breakpoints(CPUState *cpu)
{
    struct kvm_sw_breakpoint *bp, *next;
    int ret;

    QTAILQ_FOREACH_SAFE(bp, &kvm_state->kvm_sw_breakpoints, entry, next) {
        remove_somehow(cpu, bp);
        QTAILQ_REMOVE(&kvm_state->kvm_sw_breakpoints, bp, entry);
        g_free(bp);
    }
    kvm_arch_remove_all_hw_breakpoints();
    ret = update_all();
    if (ret < 0) {
        warn_report("KVM keeps breakpoints that the debugger left: %s",
                    strerror(-ret));
    }
}
