/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breakpoints of a debugger. Those in memory are INT3; the others, and
 * watchpoints, take the four debug registers (Intel SDM volume 3, 18.2), which
 * the kernel then keeps from the guest.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "gdbstub/enums.h"
#include "kvm-internal.h"
#include "system/hw_accel.h"

#define INT3        0xcc
#define DR7_EXACT   0x300 /* LE and GE */
#define DR7_FIELD   4     /* bits of type and length for each */
#define DR7_ENABLES 2     /* bits of enables for each */

typedef struct HwBreakpoint {
    vaddr addr, len;
    int type; /* GDB_BREAKPOINT_HW, GDB_WATCHPOINT_* */
} HwBreakpoint;

/* All CPUs have the same. */
static HwBreakpoint hw[DR7_MAX_BP];
static int nr_hw;

/* ---- in memory ----------------------------------------------------------- */

int kvm_arch_insert_sw_breakpoint(CPUState *cs, struct kvm_sw_breakpoint *bp)
{
    uint8_t insn, int3 = INT3;

    if (cpu_memory_rw_debug(cs, bp->pc, &insn, 1, false) ||
        cpu_memory_rw_debug(cs, bp->pc, &int3, 1, true)) {
        return -EINVAL;
    }
    bp->saved_insn = insn;
    return 0;
}

int kvm_arch_remove_sw_breakpoint(CPUState *cs, struct kvm_sw_breakpoint *bp)
{
    uint8_t insn = bp->saved_insn, now;

    if (cpu_memory_rw_debug(cs, bp->pc, &now, 1, false)) {
        return -EINVAL;
    }
    /* The guest has put something else there. */
    if (now != INT3) {
        return 0;
    }
    return cpu_memory_rw_debug(cs, bp->pc, &insn, 1, true) ? -EINVAL : 0;
}

/* ---- in registers -------------------------------------------------------- */

static int find(vaddr addr, vaddr len, int type)
{
    for (int i = 0; i < nr_hw; i++) {
        if (hw[i].addr == addr && hw[i].len == len && hw[i].type == type) {
            return i;
        }
    }
    return -1;
}

/* What DR7 knows them by. */
static uint64_t type_code(int type)
{
    switch (type) {
    case GDB_WATCHPOINT_WRITE:
        return DR7_TYPE_DATA_WR;
    case GDB_WATCHPOINT_ACCESS:
        return DR7_TYPE_DATA_RW;
    default:
        return DR7_TYPE_BP_INST;
    }
}

static uint64_t length_code(vaddr len)
{
    return len == 8 ? 2 : len - 1;
}

int kvm_arch_insert_hw_breakpoint(vaddr addr, vaddr len, int type)
{
    switch (type) {
    case GDB_BREAKPOINT_HW:
        len = 1;
        break;
    case GDB_WATCHPOINT_WRITE:
    case GDB_WATCHPOINT_ACCESS:
        if ((len != 1 && len != 2 && len != 4 && len != 8) ||
            addr & (len - 1)) {
            return -EINVAL;
        }
        break;
    default:
        return -ENOSYS; /* no register sees reads alone */
    }
    if (nr_hw == DR7_MAX_BP) {
        return -ENOBUFS;
    }
    if (find(addr, len, type) >= 0) {
        return -EEXIST;
    }
    hw[nr_hw++] = (HwBreakpoint){ addr, len, type };
    return 0;
}

int kvm_arch_remove_hw_breakpoint(vaddr addr, vaddr len, int type)
{
    int i = find(addr, type == GDB_BREAKPOINT_HW ? 1 : len, type);

    if (i < 0) {
        return -ENOENT;
    }
    hw[i] = hw[--nr_hw];
    return 0;
}

void kvm_arch_remove_all_hw_breakpoints(void)
{
    nr_hw = 0;
}

void kvm_arch_update_guest_debug(CPUState *cs, struct kvm_guest_debug *dbg)
{
    if (kvm_sw_breakpoints_active(cs)) {
        dbg->control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP;
    }
    if (!nr_hw) {
        return;
    }
    dbg->control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
    dbg->arch.debugreg[7] = DR7_FIXED_1 | DR7_EXACT;
    for (int i = 0; i < nr_hw; i++) {
        uint64_t field = type_code(hw[i].type) | length_code(hw[i].len) << 2;

        dbg->arch.debugreg[i] = hw[i].addr;
        dbg->arch.debugreg[7] |=
            2ULL << i * DR7_ENABLES | field << (DR7_TYPE_SHIFT + i * DR7_FIELD);
    }
}

/* ---- what came of it ----------------------------------------------------- */

/* Whether it is one of ours that DR6 tells of; a watchpoint is noted. */
static bool is_hw_hit(CPUState *cs, uint64_t dr6)
{
    static CPUWatchpoint watchpoints[DR7_MAX_BP]; /* CPUs may hit several */

    for (int i = 0; i < nr_hw; i++) {
        if (!(dr6 & 1ULL << i)) {
            continue;
        }
        if (hw[i].type != GDB_BREAKPOINT_HW) {
            watchpoints[i].vaddr = hw[i].addr;
            watchpoints[i].flags = hw[i].type == GDB_WATCHPOINT_WRITE
                                       ? BP_MEM_WRITE
                                       : BP_MEM_ACCESS;
            cs->watchpoint_hit = &watchpoints[i];
        }
        return true;
    }
    return false;
}

int kvm_x86_handle_debug(CPUState *cs, const struct kvm_debug_exit_arch *arch)
{
    CPUX86State *env = cpu_env(cs);
    bool ours;

    if (arch->exception == EXCP01_DB) {
        ours = ((arch->dr6 & DR6_BS) && cs->singlestep_enabled) ||
               is_hw_hit(cs, arch->dr6);
    } else {
        ours = kvm_find_sw_breakpoint(cs, arch->pc) != NULL;
    }
    if (ours) {
        return EXCP_DEBUG;
    }
    /* The guest's own. */
    cpu_synchronize_state(cs);
    env->exception_nr = arch->exception;
    env->exception_injected = 1;
    env->has_error_code = 0;
    if (arch->exception == EXCP01_DB) {
        env->dr[6] = arch->dr6;
    }
    return 0;
}
