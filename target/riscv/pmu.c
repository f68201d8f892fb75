/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters and their CSRs (privileged architecture, 3.1.10 to 3.1.12;
 * Zicntr, Zihpm).
 */
#include "qemu/osdep.h"

#include "accel/soft.h"
#include "csr.h"
#include "pmu.h"
#include "system/device_tree.h"

#define CTR_CYCLE   0
#define CTR_TIME    1
#define CTR_INSTRET 2

/* Counters that always exist and can be inhibited. */
#define FIXED_COUNTERS (COUNTEREN_CY | COUNTEREN_IR)

/* ---- counting ------------------------------------------------------------ */

/* How often the event of counter @index has happened in this hart's life. */
static uint64_t events(CPURISCVState *env, int index)
{
    uint64_t event = env->mhpmevent_val[index] & MHPMEVENT_IDX_MASK;

    if (index == CTR_CYCLE || index == CTR_INSTRET) {
        event = RISCV_PMU_EVENT_HW_INSTRUCTIONS;
    }
    switch (event) {
    case RISCV_PMU_EVENT_HW_CPU_CYCLES:
    case RISCV_PMU_EVENT_HW_INSTRUCTIONS:
        return soft_insns_retired(env_cpu(env));
    case RISCV_PMU_EVENT_CACHE_DTLB_READ_MISS:
        return env->tlb_misses[MMU_DATA_LOAD];
    case RISCV_PMU_EVENT_CACHE_DTLB_WRITE_MISS:
        return env->tlb_misses[MMU_DATA_STORE];
    case RISCV_PMU_EVENT_CACHE_ITLB_PREFETCH_MISS:
        return env->tlb_misses[MMU_INST_FETCH];
    default:
        return 0;
    }
}

static uint64_t value(CPURISCVState *env, int index)
{
    PMUCTRState *counter = &env->pmu_ctrs[index];

    if (env->mcountinhibit & BIT(index)) {
        return counter->mhpmcounter_val;
    }
    return counter->mhpmcounter_val + events(env, index) -
           counter->mhpmcounter_prev;
}

/* The counter has the value @val, and counts from now on. */
static void fix(CPURISCVState *env, int index, uint64_t val)
{
    env->pmu_ctrs[index].mhpmcounter_val = val;
    env->pmu_ctrs[index].mhpmcounter_prev = events(env, index);
}

void riscv_pmu_save(CPURISCVState *env)
{
    for (int i = 0; i < RV_MAX_MHPMCOUNTERS; i++) {
        fix(env, i, value(env, i));
    }
}

void riscv_pmu_load(CPURISCVState *env)
{
    for (int i = 0; i < RV_MAX_MHPMCOUNTERS; i++) {
        fix(env, i, env->pmu_ctrs[i].mhpmcounter_val);
    }
}

/* ---- predicates ---------------------------------------------------------- */

static bool exists(CPURISCVState *env, int index)
{
    if (index <= CTR_INSTRET) {
        return riscv_cpu_cfg(env)->ext_zicntr;
    }
    return env_archcpu(env)->pmu_avail_ctrs & BIT(index);
}

/* cycle, time, instret, hpmcounter*: mcounteren and scounteren let through. */
static RISCVException ctr(CPURISCVState *env, int csrno)
{
    int index = csrno - CSR_CYCLE;
    uint32_t bit = BIT(index);
    bool allowed = true;

    if (!exists(env, index)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    if (riscv_debugger) {
        return RISCV_EXCP_NONE;
    }
    if (env->priv < PRV_M) {
        allowed = env->mcounteren & bit;
    }
    if (env->priv == PRV_U && riscv_has_ext(env, RVS)) {
        allowed = allowed && (env->scounteren & bit);
    }
    return allowed ? RISCV_EXCP_NONE : RISCV_EXCP_ILLEGAL_INST;
}

static RISCVException mctr(CPURISCVState *env, int csrno)
{
    return exists(env, csrno - CSR_MCYCLE) ? RISCV_EXCP_NONE
                                           : RISCV_EXCP_ILLEGAL_INST;
}

/* ---- registers ----------------------------------------------------------- */

static RISCVException read_counter(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    /* Both ranges begin at a multiple of 32. */
    *val = value(env, csrno & (RV_MAX_MHPMCOUNTERS - 1));
    return RISCV_EXCP_NONE;
}

static RISCVException write_counter(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    int index = csrno - CSR_MCYCLE;

    fix(env, index, val);
    if (index <= CTR_INSTRET && !riscv_debugger) {
        /* The write itself is not counted: the next reads @val. */
        env->pmu_ctrs[index].mhpmcounter_prev++;
    }
    return RISCV_EXCP_NONE;
}

static RISCVException read_time(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    if (!env->rdtime_fn) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    *val = env->rdtime_fn(env->rdtime_fn_arg);
    return RISCV_EXCP_NONE;
}

static RISCVException read_mcountinhibit(CPURISCVState *env, int csrno,
                                         target_ulong *val)
{
    *val = env->mcountinhibit;
    return RISCV_EXCP_NONE;
}

static RISCVException write_mcountinhibit(CPURISCVState *env, int csrno,
                                          target_ulong val)
{
    uint32_t present = env_archcpu(env)->pmu_avail_ctrs | FIXED_COUNTERS;
    uint32_t changed = (env->mcountinhibit ^ val) & present;

    for (int i = 0; i < RV_MAX_MHPMCOUNTERS; i++) {
        if (changed & BIT(i)) {
            fix(env, i, value(env, i));
        }
    }
    env->mcountinhibit = val & present;
    return RISCV_EXCP_NONE;
}

static RISCVException read_mcounteren(CPURISCVState *env, int csrno,
                                      target_ulong *val)
{
    *val = env->mcounteren;
    return RISCV_EXCP_NONE;
}

static RISCVException write_mcounteren(CPURISCVState *env, int csrno,
                                       target_ulong val)
{
    env->mcounteren = val & (env_archcpu(env)->pmu_avail_ctrs | FIXED_COUNTERS |
                             COUNTEREN_TM);
    return RISCV_EXCP_NONE;
}

static RISCVException read_mhpmevent(CPURISCVState *env, int csrno,
                                     target_ulong *val)
{
    *val = env->mhpmevent_val[csrno - CSR_MCOUNTINHIBIT];
    return RISCV_EXCP_NONE;
}

static RISCVException write_mhpmevent(CPURISCVState *env, int csrno,
                                      target_ulong val)
{
    int index = csrno - CSR_MCOUNTINHIBIT;
    uint64_t now = value(env, index);
    uint64_t absent = MHPMEVENT_BIT_VSINH | MHPMEVENT_BIT_VUINH;

    if (!riscv_has_ext(env, RVU)) {
        absent |= MHPMEVENT_BIT_UINH;
    }
    if (!riscv_has_ext(env, RVS)) {
        absent |= MHPMEVENT_BIT_SINH;
    }
    env->mhpmevent_val[index] = val & ~absent;
    fix(env, index, now);
    return RISCV_EXCP_NONE;
}

const RISCVCSRRow riscv_csrs_counters[] = {
    { CSR_CYCLE, "cycle", ctr, read_counter },
    { CSR_TIME, "time", ctr, read_time },
    { CSR_INSTRET, "instret", ctr, read_counter },
    { CSR_HPMCOUNTER3, "hpmcounter", ctr, read_counter, .count = 29,
      .base = 3 },
    { CSR_MCYCLE, "mcycle", riscv_csr_any, read_counter, write_counter },
    { CSR_MINSTRET, "minstret", riscv_csr_any, read_counter, write_counter },
    { CSR_MHPMCOUNTER3, "mhpmcounter", mctr, read_counter, write_counter,
      .count = 29, .base = 3 },
    { CSR_MCOUNTEREN, "mcounteren", riscv_csr_umode, read_mcounteren,
      write_mcounteren },
    { CSR_MCOUNTINHIBIT, "mcountinhibit", riscv_csr_any, read_mcountinhibit,
      write_mcountinhibit, .min_priv_ver = PRIV_VERSION_1_11_0 },
    { CSR_MHPMEVENT3, "mhpmevent", riscv_csr_any, read_mhpmevent,
      write_mhpmevent, .count = 29, .base = 3 },
    {}
};

/* ---- the device tree ----------------------------------------------------- */

void riscv_pmu_generate_fdt_node(void *fdt, uint32_t cmask, char *pmu_name)
{
    /* First and last event (SBI, 11.1), counters. */
    uint32_t map[][3] = {
        { RISCV_PMU_EVENT_HW_CPU_CYCLES, RISCV_PMU_EVENT_HW_CPU_CYCLES,
          cmask | BIT(CTR_CYCLE) },
        { RISCV_PMU_EVENT_HW_INSTRUCTIONS, RISCV_PMU_EVENT_HW_INSTRUCTIONS,
          cmask | BIT(CTR_INSTRET) },
        { RISCV_PMU_EVENT_CACHE_DTLB_READ_MISS,
          RISCV_PMU_EVENT_CACHE_DTLB_READ_MISS, cmask },
        { RISCV_PMU_EVENT_CACHE_DTLB_WRITE_MISS,
          RISCV_PMU_EVENT_CACHE_DTLB_WRITE_MISS, cmask },
        { RISCV_PMU_EVENT_CACHE_ITLB_PREFETCH_MISS,
          RISCV_PMU_EVENT_CACHE_ITLB_PREFETCH_MISS, cmask },
    };

    for (int i = 0; i < ARRAY_SIZE(map); i++) {
        for (int j = 0; j < 3; j++) {
            map[i][j] = cpu_to_be32(map[i][j]);
        }
    }
    qemu_fdt_setprop(fdt, pmu_name, "riscv,event-to-mhpmcounters", map,
                     sizeof(map));
}
