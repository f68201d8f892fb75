/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the files that implement CSRs hang together: each has a table of rows,
 * which csr.c enters into csr_ops[] before the first CPU is made. A row may
 * stand for several registers with consecutive numbers.
 */
#ifndef RISCV_CSR_H
#define RISCV_CSR_H

#include "cpu.h"

typedef struct RISCVCSRRow {
    uint16_t csrno;
    /* A printf format with one %d if there are several. */
    const char *name;
    riscv_csr_predicate_fn predicate;
    riscv_csr_read_fn read;
    riscv_csr_write_fn write;
    riscv_csr_op_fn op;
    uint32_t min_priv_ver;
    /*
     * A register that is nothing but a field of CPURISCVState, 64 bits wide:
     * its offset (read, write and op are NULL then).
     */
    uint16_t field;
    /* How many there are (0: 1), the number in the first one's name. */
    uint8_t count;
    uint8_t base;
} RISCVCSRRow;

/* Each ends with a row without a name. */
extern const RISCVCSRRow riscv_csrs_user[];
extern const RISCVCSRRow riscv_csrs_supervisor[];
extern const RISCVCSRRow riscv_csrs_machine[];
extern const RISCVCSRRow riscv_csrs_counters[];
extern const RISCVCSRRow riscv_csrs_aia[];

/* Enters the tables. */
void riscv_csr_init(void);

/*
 * This thread's CSR accesses are a debugger's: privilege does not matter. Of
 * the thread and not of the hart, which may be running.
 */
extern __thread bool riscv_debugger;

/* Predicates: it exists; in CPUs with U, with S. */
RISCVException riscv_csr_any(CPURISCVState *env, int csrno);
RISCVException riscv_csr_umode(CPURISCVState *env, int csrno);
RISCVException riscv_csr_smode(CPURISCVState *env, int csrno);

/* A register that is always 0; a write that changes nothing. */
RISCVException riscv_csr_read_zero(CPURISCVState *env, int csrno,
                                   target_ulong *val);
RISCVException riscv_csr_write_ignore(CPURISCVState *env, int csrno,
                                      target_ulong val);

/* mstatus with SD. */
target_ulong riscv_status_with_sd(target_ulong status);
/* Writes mstatus; sstatus is a part of it. */
RISCVException riscv_csr_write_mstatus(CPURISCVState *env, int csrno,
                                       target_ulong val);
/* mip and mie, with all 64 bits: for sip, sie and AIA's registers. */
RISCVException riscv_csr_rmw_mip(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask);
RISCVException riscv_csr_rmw_mie(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask);
/* What xepc can hold: instructions are 2 or 4 bytes aligned. */
target_ulong riscv_epc_mask(CPURISCVState *env);

/* Interrupts from 16 on: the platform's. */
#define RISCV_LOCAL_INTERRUPTS (~0xffffULL)

#endif
