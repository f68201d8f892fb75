/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breakpoints, watchpoints, and what -d prints. */
#include "qemu/osdep.h"
#include "exec/cpu-interrupt.h"
#include "exec/cputlb.h"
#include "disas/disas.h"
#include "exec/log.h"
#include "gdbstub/enums.h"
#include "hw/core/cpu.h"
#include "qemu/main-loop.h"
#include "qemu/range.h"
#include "soft-internal.h"

/* ---- breakpoints --------------------------------------------------------- */

bool soft_supports_guest_debug(void)
{
    return true;
}

int soft_update_guest_debug(CPUState *cpu)
{
    if (cpu->accel) {
        /* Blocks must not run over a breakpoint, nor tags hide a watchpoint. */
        qatomic_set(&cpu->accel->flush_pending, 1);
        tlb_flush(cpu);
        cpu_exit(cpu);
    }
    return 0;
}

bool soft_check_breakpoint(CPUState *cpu, vaddr pc)
{
    const SoftCPUOps *ops = cpu->accel->ops;
    CPUBreakpoint *bp;
    bool page = false;

    /* A step from a breakpoint goes on. */
    if (cpu->singlestep_enabled) {
        return true;
    }
    QTAILQ_FOREACH(bp, &cpu->breakpoints, entry) {
        if (bp->pc == pc &&
            ((bp->flags & BP_GDB) ||
             ((bp->flags & BP_CPU) && ops->debug_check_breakpoint &&
              ops->debug_check_breakpoint(cpu)))) {
            cpu->exception_index = EXCP_DEBUG;
            cpu_loop_exit(cpu);
        }
        page |= ((bp->pc ^ pc) & TARGET_PAGE_MASK) == 0;
    }
    return page;
}

static int gdb_to_flags(int type)
{
    switch (type) {
    case GDB_WATCHPOINT_WRITE:
        return BP_GDB | BP_MEM_WRITE;
    case GDB_WATCHPOINT_READ:
        return BP_GDB | BP_MEM_READ;
    default:
        return BP_GDB | BP_MEM_ACCESS;
    }
}

static bool is_watchpoint(int type)
{
    return type == GDB_WATCHPOINT_WRITE || type == GDB_WATCHPOINT_READ ||
           type == GDB_WATCHPOINT_ACCESS;
}

/* The debugger's are set on all CPUs. */
int soft_insert_breakpoint(CPUState *cs, int type, vaddr addr, vaddr len)
{
    CPUState *cpu;
    int err = 0;

    if (type != GDB_BREAKPOINT_SW && type != GDB_BREAKPOINT_HW &&
        !is_watchpoint(type)) {
        return -ENOSYS;
    }
    CPU_FOREACH(cpu)
    {
        if (is_watchpoint(type)) {
            int flags = gdb_to_flags(type);

            if (cpu->cc->gdb_stop_before_watchpoint) {
                flags |= BP_STOP_BEFORE_ACCESS;
            }
            err = cpu_watchpoint_insert(cpu, addr, len, flags, NULL);
        } else {
            err = cpu_breakpoint_insert(cpu, addr, BP_GDB, NULL);
        }
        if (err) {
            break;
        }
    }
    return err;
}

int soft_remove_breakpoint(CPUState *cs, int type, vaddr addr, vaddr len)
{
    CPUState *cpu;
    int err = 0;

    if (type != GDB_BREAKPOINT_SW && type != GDB_BREAKPOINT_HW &&
        !is_watchpoint(type)) {
        return -ENOSYS;
    }
    CPU_FOREACH(cpu)
    {
        if (is_watchpoint(type)) {
            int flags = gdb_to_flags(type);

            if (cpu->cc->gdb_stop_before_watchpoint) {
                flags |= BP_STOP_BEFORE_ACCESS;
            }
            err = cpu_watchpoint_remove(cpu, addr, len, flags);
        } else {
            err = cpu_breakpoint_remove(cpu, addr, BP_GDB);
        }
        if (err) {
            break;
        }
    }
    return err;
}

void soft_remove_all_breakpoints(CPUState *cpu)
{
    cpu_breakpoint_remove_all(cpu, BP_GDB);
    cpu_watchpoint_remove_all(cpu, BP_GDB);
}

/* ---- watchpoints --------------------------------------------------------- */

int cpu_watchpoint_address_matches(CPUState *cpu, vaddr addr, vaddr len)
{
    CPUWatchpoint *wp;
    int flags = 0;

    QTAILQ_FOREACH(wp, &cpu->watchpoints, entry) {
        if (ranges_overlap(addr, len, wp->vaddr, wp->len)) {
            flags |= wp->flags;
        }
    }
    return flags;
}

void cpu_check_watchpoint(CPUState *cpu, vaddr addr, vaddr len,
                          MemTxAttrs attrs, int flags, uintptr_t ra)
{
    const SoftCPUOps *ops = cpu->accel->ops;
    CPUWatchpoint *wp;

    if (cpu->watchpoint_hit) {
        /* The access that has hit is being made again, to be stopped after. */
        BQL_LOCK_GUARD();
        cpu_interrupt(cpu, CPU_INTERRUPT_DEBUG);
        return;
    }
    QTAILQ_FOREACH(wp, &cpu->watchpoints, entry) {
        if (!ranges_overlap(addr, len, wp->vaddr, wp->len) ||
            !(wp->flags & flags)) {
            wp->flags &= ~BP_WATCHPOINT_HIT;
            continue;
        }
        if ((wp->flags & BP_CPU) && ops->debug_check_watchpoint &&
            !ops->debug_check_watchpoint(cpu, wp)) {
            wp->flags &= ~BP_WATCHPOINT_HIT;
            continue;
        }
        wp->flags |= flags == BP_MEM_READ ? BP_WATCHPOINT_HIT_READ
                                          : BP_WATCHPOINT_HIT_WRITE;
        wp->hitaddr = MAX(addr, wp->vaddr);
        wp->hitattrs = attrs;
        cpu->watchpoint_hit = wp;
        /* All targets of ours stop before the access. */
        cpu->exception_index = EXCP_DEBUG;
        cpu_loop_exit_restore(cpu, ra);
    }
}

/* ---- logs ---------------------------------------------------------------- */

void soft_log_block(CPUState *cpu, vaddr pc, const void *code, unsigned size)
{
    FILE *f;

    if (!qemu_log_in_addr_range(pc)) {
        return;
    }
    f = qemu_log_trylock();
    if (f) {
        fprintf(f, "----------------\nIN: \n");
        soft_disas(f, cpu, code, pc, size);
        fprintf(f, "\n");
        qemu_log_unlock(f);
    }
}

void soft_log_exec(CPUState *cpu)
{
    vaddr pc = cpu->cc->get_pc(cpu);
    FILE *f;

    if (!qemu_log_in_addr_range(pc)) {
        return;
    }
    f = qemu_log_trylock();
    if (f) {
        if (qemu_loglevel_mask(CPU_LOG_EXEC)) {
            fprintf(f, "Trace %d: [%08x/%016" VADDR_PRIx "/%08x]\n",
                    cpu->cpu_index, 0, pc, cpu->accel->flags);
        }
        if (qemu_loglevel_mask(CPU_LOG_TB_CPU)) {
            cpu_dump_state(cpu, f, 0);
        }
        qemu_log_unlock(f);
    }
}
