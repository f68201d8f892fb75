/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breakpoints, watchpoints and single stepping: the lists of a CPU. The
 * accelerator hears of each change.
 */
#include "qemu/osdep.h"
#include "exec/log.h"
#include "hw/core/cpu.h"
#include "qemu/error-report.h"
#include "system/accel-ops.h"
#include "system/cpus.h"
#include "system/hw_accel.h"

static void debug_changed(CPUState *cpu)
{
    const AccelOpsClass *ops = cpus_get_accel();

    if (ops && ops->update_guest_debug) {
        ops->update_guest_debug(cpu);
    }
}

int cpu_breakpoint_insert(CPUState *cpu, vaddr pc, int flags,
                          CPUBreakpoint **breakpoint)
{
    CPUBreakpoint *bp = g_new0(CPUBreakpoint, 1);

    if (cpu->cc->gdb_adjust_breakpoint) {
        pc = cpu->cc->gdb_adjust_breakpoint(cpu, pc);
    }
    bp->pc = pc;
    bp->flags = flags;
    if (flags & BP_GDB) {
        QTAILQ_INSERT_HEAD(&cpu->breakpoints, bp, entry);
    } else {
        QTAILQ_INSERT_TAIL(&cpu->breakpoints, bp, entry);
    }
    if (breakpoint) {
        *breakpoint = bp;
    }
    debug_changed(cpu);
    return 0;
}

int cpu_breakpoint_remove(CPUState *cpu, vaddr pc, int flags)
{
    CPUBreakpoint *bp;

    if (cpu->cc->gdb_adjust_breakpoint) {
        pc = cpu->cc->gdb_adjust_breakpoint(cpu, pc);
    }
    QTAILQ_FOREACH(bp, &cpu->breakpoints, entry) {
        if (bp->pc == pc && bp->flags == flags) {
            cpu_breakpoint_remove_by_ref(cpu, bp);
            return 0;
        }
    }
    return -ENOENT;
}

void cpu_breakpoint_remove_by_ref(CPUState *cpu, CPUBreakpoint *breakpoint)
{
    QTAILQ_REMOVE(&cpu->breakpoints, breakpoint, entry);
    g_free(breakpoint);
    debug_changed(cpu);
}

void cpu_breakpoint_remove_all(CPUState *cpu, int mask)
{
    CPUBreakpoint *bp, *next;

    QTAILQ_FOREACH_SAFE(bp, &cpu->breakpoints, entry, next) {
        if (bp->flags & mask) {
            cpu_breakpoint_remove_by_ref(cpu, bp);
        }
    }
}

int cpu_watchpoint_insert(CPUState *cpu, vaddr addr, vaddr len, int flags,
                          CPUWatchpoint **watchpoint)
{
    CPUWatchpoint *wp;

    if (len == 0 || addr + len - 1 < addr) {
        error_report("tried to set invalid watchpoint at %" VADDR_PRIx
                     ", len=%" VADDR_PRIu,
                     addr, len);
        return -EINVAL;
    }
    wp = g_new0(CPUWatchpoint, 1);
    wp->vaddr = addr;
    wp->len = len;
    wp->flags = flags;
    if (flags & BP_GDB) {
        QTAILQ_INSERT_HEAD(&cpu->watchpoints, wp, entry);
    } else {
        QTAILQ_INSERT_TAIL(&cpu->watchpoints, wp, entry);
    }
    if (watchpoint) {
        *watchpoint = wp;
    }
    debug_changed(cpu);
    return 0;
}

int cpu_watchpoint_remove(CPUState *cpu, vaddr addr, vaddr len, int flags)
{
    CPUWatchpoint *wp;

    QTAILQ_FOREACH(wp, &cpu->watchpoints, entry) {
        if (wp->vaddr == addr && wp->len == len &&
            (wp->flags & ~BP_WATCHPOINT_HIT) == flags) {
            cpu_watchpoint_remove_by_ref(cpu, wp);
            return 0;
        }
    }
    return -ENOENT;
}

void cpu_watchpoint_remove_by_ref(CPUState *cpu, CPUWatchpoint *watchpoint)
{
    QTAILQ_REMOVE(&cpu->watchpoints, watchpoint, entry);
    if (cpu->watchpoint_hit == watchpoint) {
        cpu->watchpoint_hit = NULL;
    }
    g_free(watchpoint);
    debug_changed(cpu);
}

void cpu_watchpoint_remove_all(CPUState *cpu, int mask)
{
    CPUWatchpoint *wp, *next;

    QTAILQ_FOREACH_SAFE(wp, &cpu->watchpoints, entry, next) {
        if (wp->flags & mask) {
            cpu_watchpoint_remove_by_ref(cpu, wp);
        }
    }
}

void cpu_single_step(CPUState *cpu, int enabled)
{
    if (cpu->singlestep_enabled != enabled) {
        cpu->singlestep_enabled = enabled;
        debug_changed(cpu);
    }
}

void cpu_dump_state(CPUState *cpu, FILE *f, int flags)
{
    if (cpu->cc->dump_state) {
        cpu_synchronize_state(cpu);
        cpu->cc->dump_state(cpu, f, flags);
    }
}

void cpu_abort(CPUState *cpu, const char *fmt, ...)
{
    va_list ap;
    g_autofree char *text = NULL;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    fprintf(stderr, "qemu: fatal: %s\n", text);
    cpu_dump_state(cpu, stderr, CPU_DUMP_FPU | CPU_DUMP_CCOP);
    if (qemu_log_separate()) {
        FILE *log = qemu_log_trylock();

        if (log) {
            fprintf(log, "qemu: fatal: %s\n", text);
            cpu_dump_state(cpu, log, CPU_DUMP_FPU | CPU_DUMP_CCOP);
            qemu_log_unlock(log);
        }
    }
    abort();
}
