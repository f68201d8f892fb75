/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps: which interrupt is taken when, where an exception or interrupt goes,
 * and what it leaves in the CSRs (privileged architecture, 3.1.6 to 3.1.16 and
 * 12.1; Advanced Interrupt Architecture, chapters 4 and 5).
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "exec/exec-all.h"
#include "exec/log.h"
#include "internals.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "trace.h"

/* ---- names --------------------------------------------------------------- */

static const char *const exception_names[] = {
    [RISCV_EXCP_INST_ADDR_MIS] = "misaligned_fetch",
    [RISCV_EXCP_INST_ACCESS_FAULT] = "fault_fetch",
    [RISCV_EXCP_ILLEGAL_INST] = "illegal_instruction",
    [RISCV_EXCP_BREAKPOINT] = "breakpoint",
    [RISCV_EXCP_LOAD_ADDR_MIS] = "misaligned_load",
    [RISCV_EXCP_LOAD_ACCESS_FAULT] = "fault_load",
    [RISCV_EXCP_STORE_AMO_ADDR_MIS] = "misaligned_store",
    [RISCV_EXCP_STORE_AMO_ACCESS_FAULT] = "fault_store",
    [RISCV_EXCP_U_ECALL] = "user_ecall",
    [RISCV_EXCP_S_ECALL] = "supervisor_ecall",
    [RISCV_EXCP_VS_ECALL] = "hypervisor_ecall",
    [RISCV_EXCP_M_ECALL] = "machine_ecall",
    [RISCV_EXCP_INST_PAGE_FAULT] = "exec_page_fault",
    [RISCV_EXCP_LOAD_PAGE_FAULT] = "load_page_fault",
    [0xe] = "reserved",
    [RISCV_EXCP_STORE_PAGE_FAULT] = "store_page_fault",
};

static const char *const interrupt_names[] = {
    [IRQ_U_SOFT] = "u_software",   [IRQ_S_SOFT] = "s_software",
    [IRQ_VS_SOFT] = "vs_software", [IRQ_M_SOFT] = "m_software",
    [IRQ_U_TIMER] = "u_timer",     [IRQ_S_TIMER] = "s_timer",
    [IRQ_VS_TIMER] = "vs_timer",   [IRQ_M_TIMER] = "m_timer",
    [IRQ_U_EXT] = "u_external",    [IRQ_S_EXT] = "s_external",
    [IRQ_VS_EXT] = "vs_external",  [IRQ_M_EXT] = "m_external",
    [IRQ_S_GEXT] = "reserved",     [IRQ_PMU_OVF] = "counter_overflow",
};

const char *riscv_cpu_get_trap_name(target_ulong cause, bool async)
{
    const char *name = NULL;

    if (async) {
        name =
            cause < ARRAY_SIZE(interrupt_names) ? interrupt_names[cause] : NULL;
    } else {
        name =
            cause < ARRAY_SIZE(exception_names) ? exception_names[cause] : NULL;
    }
    return name ?: "(unknown)";
}

/* ---- order of interrupts ------------------------------------------------- */

/* From the most urgent on: AIA, table 4.1 (local interrupts around ours). */
/* clang-format off */
static const uint8_t default_order[] = {
    63, 31, 62, 61, 30, 60, 59, 29, 58, 57, 28, 56, 55, 27, 54, 53, 26, 52, 51,
    25, 50, 49, 24, 48, 47, 23, 46, 45, 22, 44, 43, 21, 42, 41, 20, 40,
    IRQ_M_EXT, IRQ_M_SOFT, IRQ_M_TIMER, IRQ_S_EXT, IRQ_S_SOFT, IRQ_S_TIMER,
    IRQ_S_GEXT, IRQ_VS_EXT, IRQ_VS_SOFT, IRQ_VS_TIMER, IRQ_PMU_OVF,
    39, 19, 38, 37, 18, 36, 35, 17, 34, 33, 16, 32, 15, 14, 8, 4, 0,
};
/* clang-format on */

QEMU_BUILD_BUG_ON(ARRAY_SIZE(default_order) != 64);

uint8_t riscv_cpu_default_priority(int irq)
{
    switch (irq) {
    case IRQ_M_EXT:
        return IPRIO_DEFAULT_M;
    case IRQ_M_SOFT:
        return IPRIO_DEFAULT_M + 1;
    case IRQ_M_TIMER:
        return IPRIO_DEFAULT_M + 2;
    case IRQ_S_EXT:
        return IPRIO_DEFAULT_S;
    case IRQ_S_SOFT:
        return IPRIO_DEFAULT_S + 1;
    case IRQ_S_TIMER:
        return IPRIO_DEFAULT_S + 2;
    case IRQ_S_GEXT:
        return IPRIO_DEFAULT_SGEXT;
    case IRQ_VS_EXT:
        return IPRIO_DEFAULT_VS;
    case IRQ_VS_SOFT:
        return IPRIO_DEFAULT_VS + 1;
    case IRQ_VS_TIMER:
        return IPRIO_DEFAULT_VS + 2;
    default:
        break;
    }
    /* The custom and local ones: above all or below all of these. */
    for (int i = 0; i < ARRAY_SIZE(default_order); i++) {
        if (default_order[i] == irq) {
            return i < 36 ? IPRIO_DEFAULT_UPPER + i / 3 : IPRIO_MMAXIPRIO;
        }
    }
    return IPRIO_MMAXIPRIO;
}

/*
 * The most urgent of @pending, 0 if there is none. @iprio, if AIA is on, has
 * priorities by number: 0 stands for the default order around the external
 * interrupt @extirq of the level, of which the default priority is @ext_prio.
 */
static int most_urgent(uint64_t pending, const uint8_t *iprio, int extirq,
                       int ext_prio)
{
    int best = 0, best_prio = INT_MAX;

    if (!pending) {
        return 0;
    }
    for (int i = 0; i < ARRAY_SIZE(default_order); i++) {
        int irq = default_order[i];
        int prio = iprio ? iprio[irq] : 1;

        if (!(pending & BIT_ULL(irq))) {
            continue;
        }
        if (prio == 0 && irq == extirq) {
            prio = ext_prio;
        } else if (prio == 0) {
            prio = riscv_cpu_default_priority(irq) < ext_prio
                       ? 0
                       : IPRIO_MMAXIPRIO + 1;
        }
        if (prio < best_prio) {
            best = irq;
            best_prio = prio;
        }
    }
    return best;
}

uint64_t riscv_cpu_all_pending(CPURISCVState *env)
{
    return qatomic_read(&env->mip) & env->mie;
}

/* Interrupts that only software at M level raises, for S level (AIA 5.3). */
static uint64_t injected(CPURISCVState *env)
{
    return env->mvip & env->mvien & ~env->mideleg & env->sie;
}

static int most_urgent_m(CPURISCVState *env, uint64_t pending)
{
    return most_urgent(pending,
                       riscv_cpu_cfg(env)->ext_smaia ? env->miprio : NULL,
                       IRQ_M_EXT, IPRIO_DEFAULT_M);
}

static int most_urgent_s(CPURISCVState *env, uint64_t pending)
{
    return most_urgent(pending,
                       riscv_cpu_cfg(env)->ext_ssaia ? env->siprio : NULL,
                       IRQ_S_EXT, IPRIO_DEFAULT_S);
}

int riscv_cpu_mirq_pending(CPURISCVState *env)
{
    return most_urgent_m(env, riscv_cpu_all_pending(env) & ~env->mideleg);
}

int riscv_cpu_sirq_pending(CPURISCVState *env)
{
    return most_urgent_s(env, (riscv_cpu_all_pending(env) & env->mideleg) |
                                  injected(env));
}

/* The interrupt that the hart takes now, 0 if none. */
static int interrupt_to_take(CPURISCVState *env)
{
    bool m_on = env->priv < PRV_M || (env->mstatus & MSTATUS_MIE);
    bool s_on = env->priv < PRV_S ||
                (env->priv == PRV_S && (env->mstatus & MSTATUS_SIE));
    int irq = m_on ? riscv_cpu_mirq_pending(env) : 0;

    if (irq == 0 && s_on) {
        irq = riscv_cpu_sirq_pending(env);
    }
    return irq;
}

bool riscv_cpu_has_work(CPUState *cs)
{
    CPURISCVState *env = cpu_env(cs);

    return riscv_cpu_all_pending(env) || injected(env);
}

bool riscv_cpu_exec_interrupt(CPUState *cs, int interrupt_request)
{
    int irq;

    if (!(interrupt_request & CPU_INTERRUPT_HARD)) {
        return false;
    }
    irq = interrupt_to_take(cpu_env(cs));
    if (irq == 0) {
        return false;
    }
    cs->exception_index = (int)(RISCV_EXCP_INT_FLAG | irq);
    riscv_cpu_do_interrupt(cs);
    return true;
}

/* ---- pending bits -------------------------------------------------------- */

void riscv_cpu_interrupt(CPURISCVState *env)
{
    CPUState *cs = env_cpu(env);

    /*
     * The enable bits and delegation are looked at when one may be taken: who
     * writes those tells nobody.
     */
    if (env->mip || (env->mvip & env->mvien)) {
        cpu_interrupt(cs, CPU_INTERRUPT_HARD);
    } else {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_HARD);
    }
}

uint64_t riscv_cpu_update_mip(CPURISCVState *env, uint64_t mask, uint64_t value)
{
    uint64_t old, new;

    BQL_LOCK_GUARD();
    old = env->mip;
    new = (old & ~mask) | (value & mask);
    if (new != old) {
        qatomic_set(&env->mip, new);
        riscv_cpu_interrupt(env);
    }
    return old;
}

int riscv_cpu_claim_interrupts(RISCVCPU *cpu, uint64_t interrupts)
{
    CPURISCVState *env = &cpu->env;

    if (env->miclaim & interrupts) {
        return -1;
    }
    env->miclaim |= interrupts;
    return 0;
}

void riscv_cpu_set_rnmi(RISCVCPU *cpu, uint32_t irq, bool level)
{
}

void riscv_cpu_set_rdtime_fn(CPURISCVState *env, uint64_t (*fn)(void *),
                             void *arg)
{
    env->rdtime_fn = fn;
    env->rdtime_fn_arg = arg;
}

void riscv_cpu_set_aia_ireg_rmw_fn(CPURISCVState *env, uint32_t priv,
                                   int (*rmw_fn)(void *arg, target_ulong reg,
                                                 target_ulong *val,
                                                 target_ulong new_val,
                                                 target_ulong write_mask),
                                   void *rmw_fn_arg)
{
    if (priv <= PRV_M) {
        env->aia_ireg_rmw_fn[priv] = rmw_fn;
        env->aia_ireg_rmw_fn_arg[priv] = rmw_fn_arg;
    }
}

target_ulong riscv_cpu_get_geilen(CPURISCVState *env)
{
    return 0;
}

void riscv_cpu_set_geilen(CPURISCVState *env, target_ulong geilen)
{
    /* Guest interrupt files are the hypervisor extension's. */
}

/* ---- taking a trap ------------------------------------------------------- */

bool riscv_cpu_fp_enabled(CPURISCVState *env)
{
    return env->mstatus & MSTATUS_FS;
}

void riscv_cpu_set_mode(CPURISCVState *env, target_ulong newpriv, bool virt_en)
{
    env->priv = newpriv;
    /* A reservation does not outlive a trap or a return from one. */
    env->load_res = -1;
}

void riscv_raise_exception(CPURISCVState *env, RISCVException exception,
                           uintptr_t pc)
{
    CPUState *cs = env_cpu(env);

    cs->exception_index = exception;
    cpu_loop_exit_restore(cs, pc);
}

/* What mtval or stval says of an exception (3.1.16). */
static target_ulong trap_value(CPUState *cs, CPURISCVState *env,
                               target_ulong cause)
{
    target_ulong value;

    switch (cause) {
    case RISCV_EXCP_INST_ADDR_MIS:
    case RISCV_EXCP_INST_ACCESS_FAULT:
    case RISCV_EXCP_LOAD_ADDR_MIS:
    case RISCV_EXCP_LOAD_ACCESS_FAULT:
    case RISCV_EXCP_STORE_AMO_ADDR_MIS:
    case RISCV_EXCP_STORE_AMO_ACCESS_FAULT:
    case RISCV_EXCP_INST_PAGE_FAULT:
    case RISCV_EXCP_LOAD_PAGE_FAULT:
    case RISCV_EXCP_STORE_PAGE_FAULT:
        return env->badaddr;
    case RISCV_EXCP_ILLEGAL_INST:
        return env->bins;
    case RISCV_EXCP_BREAKPOINT:
        value = env->badaddr;
        if (cs->watchpoint_hit) {
            value = cs->watchpoint_hit->hitaddr;
            cs->watchpoint_hit = NULL;
        }
        return value;
    default:
        return 0;
    }
}

static target_ulong vector(target_ulong tvec, target_ulong cause, bool async)
{
    bool vectored = async && (tvec & 3) == 1;

    return (tvec & ~(target_ulong)3) + (vectored ? cause * 4 : 0);
}

static void trap_to_s(CPURISCVState *env, target_ulong cause, bool async,
                      target_ulong value)
{
    uint64_t status = env->mstatus;

    status = set_field(status, MSTATUS_SPIE, get_field(status, MSTATUS_SIE));
    status = set_field(status, MSTATUS_SPP, env->priv);
    status &= ~(uint64_t)MSTATUS_SIE;
    env->mstatus = status;
    env->scause = cause | (target_ulong)async << (TARGET_LONG_BITS - 1);
    env->sepc = env->pc;
    env->stval = value;
    env->pc = vector(env->stvec, cause, async);
    riscv_cpu_set_mode(env, PRV_S, false);
}

static void trap_to_m(CPURISCVState *env, target_ulong cause, bool async,
                      target_ulong value)
{
    uint64_t status = env->mstatus;

    status = set_field(status, MSTATUS_MPIE, get_field(status, MSTATUS_MIE));
    status = set_field(status, MSTATUS_MPP, env->priv);
    status &= ~(uint64_t)MSTATUS_MIE;
    env->mstatus = status;
    env->mcause = cause | (target_ulong)async << (TARGET_LONG_BITS - 1);
    env->mepc = env->pc;
    env->mtval = value;
    env->mtval2 = 0;
    env->mtinst = 0;
    env->pc = vector(env->mtvec, cause, async);
    riscv_cpu_set_mode(env, PRV_M, false);
}

/* Whether the trap goes to S level: it never does from M. */
static bool delegated(CPURISCVState *env, target_ulong cause, bool async)
{
    uint64_t bit = cause < 64 ? BIT_ULL(cause) : 0;
    uint64_t deleg = async ? env->mideleg : env->medeleg;

    if (env->priv > PRV_S || !riscv_has_ext(env, RVS)) {
        return false;
    }
    if (async && (env->mvip & env->mvien & bit) &&
        !(env->mip & env->mie & bit)) {
        return true;
    }
    return deleg & bit;
}

void riscv_cpu_do_interrupt(CPUState *cs)
{
    CPURISCVState *env = cpu_env(cs);
    bool async = cs->exception_index & RISCV_EXCP_INT_FLAG;
    target_ulong cause = cs->exception_index & RISCV_EXCP_INT_MASK;
    target_ulong value = 0;

    if (!async) {
        if (cause == RISCV_EXCP_U_ECALL) {
            /* Raised by that name whatever the level is. */
            cause += env->priv;
        }
        value = trap_value(cs, env, cause);
    }
    trace_riscv_trap(env->mhartid, async, cause, env->pc, value,
                     riscv_cpu_get_trap_name(cause, async));
    qemu_log_mask(CPU_LOG_INT,
                  "%s: hart:" TARGET_FMT_ld ", async:%d, cause:" TARGET_FMT_lx
                  ", epc:0x" TARGET_FMT_lx ", tval:0x" TARGET_FMT_lx
                  ", desc=%s\n",
                  __func__, (target_long)env->mhartid, async, cause, env->pc,
                  value, riscv_cpu_get_trap_name(cause, async));
    if (delegated(env, cause, async)) {
        trap_to_s(env, cause, async, value);
    } else {
        trap_to_m(env, cause, async, value);
    }
    cs->exception_index = RISCV_EXCP_NONE;
}
