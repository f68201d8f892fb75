/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory protection (privileged architecture, 3.7; Smepmp).
 *
 * A hart has MAX_RISCV_PMPS rules. pmpaddr and pmpcfg are kept as the guest
 * wrote them (addr_reg, cfg_reg); from them the range [sa, ea] of each rule is
 * derived, and num_rules, the number of rules that are not off. The first
 * rule that matches any byte of an access decides; it must match all of it.
 *
 * Every function here runs on the hart's own thread, or while it is stopped.
 * Whoever changes a rule flushes the TLB: the CSR writers below do.
 */
#ifndef RISCV_PMP_H
#define RISCV_PMP_H

#include "cpu.h"

/* Bits of a pmpcfg byte. */
typedef enum {
    PMP_READ = 1 << 0,
    PMP_WRITE = 1 << 1,
    PMP_EXEC = 1 << 2,
    PMP_AMATCH = 3 << 3,
    PMP_LOCK = 1 << 7
} pmp_priv_t;

/* The field PMP_AMATCH: how pmpaddr is to be read. */
typedef enum {
    PMP_AMATCH_OFF,
    PMP_AMATCH_TOR,
    PMP_AMATCH_NA4,
    PMP_AMATCH_NAPOT
} pmp_am_t;

/* mseccfg. */
typedef enum {
    MSECCFG_MML = 1 << 0,
    MSECCFG_MMWP = 1 << 1,
    MSECCFG_RLB = 1 << 2,
    MSECCFG_USEED = 1 << 8,
    MSECCFG_SSEED = 1 << 9,
    MSECCFG_MLPE = 1 << 10,
    MSECCFG_PMM = 3ULL << 32,
} mseccfg_field_t;

typedef struct {
    target_ulong addr_reg;
    uint8_t cfg_reg;
} pmp_entry_t;

/* First and last byte of a rule. */
typedef struct {
    hwaddr sa;
    hwaddr ea;
} pmp_addr_t;

typedef struct {
    pmp_entry_t pmp[MAX_RISCV_PMPS];
    pmp_addr_t addr[MAX_RISCV_PMPS];
    uint32_t num_rules;
} pmp_table_t;

/*
 * pmpcfg @reg_index (even, 8 rules each); writes to locked rules are logged
 * as the guest's error and ignored.
 */
void pmpcfg_csr_write(CPURISCVState *env, uint32_t reg_index, target_ulong val);
target_ulong pmpcfg_csr_read(CPURISCVState *env, uint32_t reg_index);
void pmpaddr_csr_write(CPURISCVState *env, uint32_t addr_index,
                       target_ulong val);
target_ulong pmpaddr_csr_read(CPURISCVState *env, uint32_t addr_index);
/* mseccfg: MML and MMWP are sticky, RLB only while no rule is locked. */
void mseccfg_csr_write(CPURISCVState *env, target_ulong val);
target_ulong mseccfg_csr_read(CPURISCVState *env);

/*
 * Whether an access of @size bytes (0: up to the end of the page) at @addr
 * from privilege level @mode has all of @privs; what else would be allowed
 * is in *@allowed_privs either way.
 */
bool pmp_hart_has_privs(CPURISCVState *env, hwaddr addr, target_ulong size,
                        pmp_priv_t privs, pmp_priv_t *allowed_privs,
                        target_ulong mode);
/*
 * How large a TLB entry around @addr may be: TARGET_PAGE_SIZE when one rule
 * (or none) covers the whole page, 1 when rules part it.
 */
target_ulong pmp_get_tlb_size(CPURISCVState *env, hwaddr addr);
/* Derive a rule's range, and the number of rules, afresh. */
void pmp_update_rule_addr(CPURISCVState *env, uint32_t pmp_index);
void pmp_update_rule_nums(CPURISCVState *env);
uint32_t pmp_get_num_rules(CPURISCVState *env);
/* PMP_READ... as PAGE_READ... */
int pmp_priv_to_page_prot(pmp_priv_t pmp_priv);
/* Reset: rules are off and unlocked. */
void pmp_unlock_entries(CPURISCVState *env);

#define MSECCFG_MML_ISSET(env)  get_field(env->mseccfg, MSECCFG_MML)
#define MSECCFG_MMWP_ISSET(env) get_field(env->mseccfg, MSECCFG_MMWP)
#define MSECCFG_RLB_ISSET(env)  get_field(env->mseccfg, MSECCFG_RLB)

#endif
