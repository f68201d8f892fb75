/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory protection: the registers, the ranges they stand for, and
 * the decision about an access.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "exec/cputlb.h"
#include "exec/page-protection.h"
#include "qemu/log.h"

/* pmpaddr has the bits 55:2 of an address. */
#define PMPADDR_MASK MAKE_64BIT_MASK(0, 54)
/* The bits of a pmpcfg byte that exist. */
#define PMPCFG_MASK (PMP_READ | PMP_WRITE | PMP_EXEC | PMP_AMATCH | PMP_LOCK)
#define PMP_RWX     (PMP_READ | PMP_WRITE | PMP_EXEC)

static pmp_am_t pmp_mode(uint8_t cfg)
{
    return (cfg & PMP_AMATCH) >> 3;
}

/* ---- rules and ranges ---------------------------------------------------- */

static void set_empty(pmp_addr_t *range)
{
    range->sa = 1;
    range->ea = 0;
}

void pmp_update_rule_addr(CPURISCVState *env, uint32_t index)
{
    const pmp_entry_t *rule = &env->pmp_state.pmp[index];
    pmp_addr_t *range = &env->pmp_state.addr[index];
    hwaddr reg = rule->addr_reg & PMPADDR_MASK, below, low;

    switch (pmp_mode(rule->cfg_reg)) {
    case PMP_AMATCH_OFF:
        set_empty(range);
        break;
    case PMP_AMATCH_TOR:
        below = index ? rule[-1].addr_reg & PMPADDR_MASK : 0;
        if (below < reg) {
            range->sa = below << 2;
            range->ea = (reg << 2) - 1;
        } else {
            set_empty(range);
        }
        break;
    case PMP_AMATCH_NA4:
        range->sa = reg << 2;
        range->ea = range->sa + 3;
        break;
    case PMP_AMATCH_NAPOT:
        /* n ones at the low end: 2^(n + 3) bytes. */
        low = (reg ^ (reg + 1)) << 2 | 3;
        range->sa = (reg << 2) & ~low;
        range->ea = range->sa | low;
        break;
    }
}

void pmp_update_rule_nums(CPURISCVState *env)
{
    uint32_t count = 0;

    for (int i = 0; i < MAX_RISCV_PMPS; i++) {
        count += pmp_mode(env->pmp_state.pmp[i].cfg_reg) != PMP_AMATCH_OFF;
    }
    env->pmp_state.num_rules = count;
}

uint32_t pmp_get_num_rules(CPURISCVState *env)
{
    return env->pmp_state.num_rules;
}

void pmp_unlock_entries(CPURISCVState *env)
{
    for (int i = 0; i < MAX_RISCV_PMPS; i++) {
        env->pmp_state.pmp[i].cfg_reg &= ~(PMP_LOCK | PMP_AMATCH);
        pmp_update_rule_addr(env, i);
    }
    env->pmp_state.num_rules = 0;
}

/* ---- registers ----------------------------------------------------------- */

static bool is_locked(CPURISCVState *env, uint32_t index)
{
    return env->pmp_state.pmp[index].cfg_reg & PMP_LOCK;
}

static bool is_readonly(CPURISCVState *env, uint32_t index)
{
    return is_locked(env, index) && !MSECCFG_RLB_ISSET(env);
}

/*
 * Smepmp: with MML and without RLB, no rule may be added that lets M mode
 * execute: L=1 and X, or the shared code regions L=1, W without R.
 */
static bool adds_machine_code(CPURISCVState *env, uint8_t cfg)
{
    if (!MSECCFG_MML_ISSET(env) || MSECCFG_RLB_ISSET(env) ||
        !(cfg & PMP_LOCK)) {
        return false;
    }
    switch (cfg & PMP_RWX) {
    case PMP_EXEC:
    case PMP_WRITE:
    case PMP_WRITE | PMP_EXEC:
    case PMP_READ | PMP_EXEC:
        return true;
    default:
        return false;
    }
}

/* Whether the rule has changed. */
static bool write_cfg(CPURISCVState *env, uint32_t index, uint8_t cfg)
{
    pmp_entry_t *rule = &env->pmp_state.pmp[index];

    cfg &= PMPCFG_MASK;
    if (cfg == rule->cfg_reg) {
        return false;
    }
    if (is_readonly(env, index)) {
        qemu_log_mask(LOG_GUEST_ERROR, "ignoring pmpcfg write - read only\n");
        return false;
    }
    if (adds_machine_code(env, cfg)) {
        qemu_log_mask(LOG_GUEST_ERROR, "ignoring pmpcfg write - invalid\n");
        return false;
    }
    rule->cfg_reg = cfg;
    pmp_update_rule_addr(env, index);
    return true;
}

void pmpcfg_csr_write(CPURISCVState *env, uint32_t reg_index, target_ulong val)
{
    uint32_t first = reg_index * 4;
    bool changed = false;

    for (int i = 0; i < 8 && first + i < MAX_RISCV_PMPS; i++) {
        changed |= write_cfg(env, first + i, extract64(val, i * 8, 8));
    }
    if (changed) {
        pmp_update_rule_nums(env);
        tlb_flush(env_cpu(env));
    }
}

target_ulong pmpcfg_csr_read(CPURISCVState *env, uint32_t reg_index)
{
    uint32_t first = reg_index * 4;
    target_ulong val = 0;

    for (int i = 0; i < 8 && first + i < MAX_RISCV_PMPS; i++) {
        val |= (target_ulong)env->pmp_state.pmp[first + i].cfg_reg << (i * 8);
    }
    return val;
}

void pmpaddr_csr_write(CPURISCVState *env, uint32_t index, target_ulong val)
{
    pmp_entry_t *rule = &env->pmp_state.pmp[index];
    bool bounds_next;

    if (index >= MAX_RISCV_PMPS) {
        return;
    }
    bounds_next = index + 1 < MAX_RISCV_PMPS &&
                  pmp_mode(rule[1].cfg_reg) == PMP_AMATCH_TOR;
    if (is_readonly(env, index) ||
        (bounds_next && is_readonly(env, index + 1))) {
        qemu_log_mask(LOG_GUEST_ERROR, "ignoring pmpaddr write - read only\n");
        return;
    }
    if (rule->addr_reg == val) {
        return;
    }
    rule->addr_reg = val;
    pmp_update_rule_addr(env, index);
    if (bounds_next) {
        pmp_update_rule_addr(env, index + 1);
    }
    tlb_flush(env_cpu(env));
}

target_ulong pmpaddr_csr_read(CPURISCVState *env, uint32_t index)
{
    return index < MAX_RISCV_PMPS ? env->pmp_state.pmp[index].addr_reg : 0;
}

void mseccfg_csr_write(CPURISCVState *env, target_ulong val)
{
    const RISCVCPUConfig *cfg = riscv_cpu_cfg(env);
    target_ulong sticky = MSECCFG_MML | MSECCFG_MMWP;
    target_ulong mask = 0;

    if (cfg->ext_smepmp) {
        mask |= sticky | MSECCFG_RLB;
        for (int i = 0; i < MAX_RISCV_PMPS && !MSECCFG_RLB_ISSET(env); i++) {
            if (is_locked(env, i)) {
                val &= ~(target_ulong)MSECCFG_RLB;
            }
        }
        val |= env->mseccfg & sticky;
        if ((val ^ env->mseccfg) & sticky) {
            tlb_flush(env_cpu(env));
        }
    }
    if (cfg->ext_zkr) {
        mask |= MSECCFG_SSEED | MSECCFG_USEED;
    }
    env->mseccfg = val & mask;
}

target_ulong mseccfg_csr_read(CPURISCVState *env)
{
    return env->mseccfg;
}

/* ---- the decision -------------------------------------------------------- */

/* What the rule allows level @mode, by the table of Smepmp with MML set. */
static pmp_priv_t allowed_lockdown(uint8_t cfg, target_ulong mode)
{
    bool m = mode == PRV_M;

    switch (cfg & (PMP_LOCK | PMP_RWX)) {
    /* Shared: data, code, data that only M mode writes. */
    case PMP_WRITE:
        return m ? PMP_READ | PMP_WRITE : PMP_READ;
    case PMP_WRITE | PMP_EXEC:
        return PMP_READ | PMP_WRITE;
    case PMP_LOCK | PMP_WRITE:
        return PMP_EXEC;
    case PMP_LOCK | PMP_WRITE | PMP_EXEC:
        return m ? PMP_READ | PMP_EXEC : PMP_EXEC;
    case PMP_LOCK | PMP_RWX:
        return PMP_READ;
    default:
        return m == !!(cfg & PMP_LOCK) ? cfg & PMP_RWX : 0;
    }
}

static pmp_priv_t allowed_by_rule(CPURISCVState *env, uint8_t cfg,
                                  target_ulong mode)
{
    if (MSECCFG_MML_ISSET(env)) {
        return allowed_lockdown(cfg, mode);
    }
    if (mode == PRV_M && !(cfg & PMP_LOCK)) {
        return PMP_RWX;
    }
    return cfg & PMP_RWX;
}

/* Where no rule matches. */
static pmp_priv_t allowed_by_default(CPURISCVState *env, target_ulong mode)
{
    if (!riscv_cpu_cfg(env)->pmp) {
        return PMP_RWX;
    }
    if (mode != PRV_M || MSECCFG_MMWP_ISSET(env)) {
        return 0;
    }
    return MSECCFG_MML_ISSET(env) ? PMP_READ | PMP_WRITE : PMP_RWX;
}

bool pmp_hart_has_privs(CPURISCVState *env, hwaddr addr, target_ulong size,
                        pmp_priv_t privs, pmp_priv_t *allowed_privs,
                        target_ulong mode)
{
    const pmp_table_t *table = &env->pmp_state;
    hwaddr last;

    *allowed_privs = 0;
    if (size == 0) {
        size = TARGET_PAGE_SIZE - (addr & ~TARGET_PAGE_MASK);
    }
    last = addr + size - 1;
    for (int i = 0; table->num_rules && i < MAX_RISCV_PMPS; i++) {
        const pmp_addr_t *range = &table->addr[i];

        if (range->sa > last || range->ea < addr || range->sa > range->ea) {
            continue;
        }
        if (range->sa > addr || range->ea < last) {
            /* It must match all bytes: 3.7.1, "Priority and Matching". */
            qemu_log_mask(LOG_GUEST_ERROR,
                          "pmp violation - access is partially inside\n");
            return false;
        }
        *allowed_privs = allowed_by_rule(env, table->pmp[i].cfg_reg, mode);
        return (privs & ~*allowed_privs) == 0;
    }
    *allowed_privs = allowed_by_default(env, mode);
    return (privs & ~*allowed_privs) == 0;
}

target_ulong pmp_get_tlb_size(CPURISCVState *env, hwaddr addr)
{
    const pmp_table_t *table = &env->pmp_state;
    hwaddr first = addr & TARGET_PAGE_MASK;
    hwaddr last = first + TARGET_PAGE_SIZE - 1;

    for (int i = 0; table->num_rules && i < MAX_RISCV_PMPS; i++) {
        const pmp_addr_t *range = &table->addr[i];

        if (range->sa > last || range->ea < first || range->sa > range->ea) {
            continue;
        }
        return range->sa <= first && range->ea >= last ? TARGET_PAGE_SIZE : 1;
    }
    return TARGET_PAGE_SIZE;
}

int pmp_priv_to_page_prot(pmp_priv_t privs)
{
    return (privs & PMP_READ ? PAGE_READ : 0) |
           (privs & PMP_WRITE ? PAGE_WRITE : 0) |
           (privs & PMP_EXEC ? PAGE_EXEC : 0);
}
