/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CSRs of the Advanced Interrupt Architecture (AIA 1.0, chapters 2 and 5):
 * indirect registers with priorities of major interrupts and with the hart's
 * interrupt file (an IMSIC), the most urgent interrupt, and interrupts that M
 * mode filters or makes up for S mode.
 *
 * All are of the types of a CSR table's line (cpu.h), and for the CSRs that
 * the comments name.
 */
#ifndef RISCV_AIA_H
#define RISCV_AIA_H

#include "cpu.h"

/* Predicates: with Smaia; with Ssaia and S mode, if mstateen0 lets it pass. */
RISCVException riscv_aia_any(CPURISCVState *env, int csrno);
RISCVException riscv_aia_smode(CPURISCVState *env, int csrno);

/* miselect, siselect */
RISCVException riscv_rmw_xiselect(CPURISCVState *env, int csrno,
                                  target_ulong *ret_value,
                                  target_ulong new_value,
                                  target_ulong write_mask);
/* mireg, sireg */
RISCVException riscv_rmw_xireg(CPURISCVState *env, int csrno,
                               target_ulong *ret_value, target_ulong new_value,
                               target_ulong write_mask);
/* mtopei, stopei: only with an IMSIC; a write claims. */
RISCVException riscv_rmw_xtopei(CPURISCVState *env, int csrno,
                                target_ulong *ret_value, target_ulong new_value,
                                target_ulong write_mask);
/* mtopi, stopi */
RISCVException riscv_read_mtopi(CPURISCVState *env, int csrno,
                                target_ulong *ret_value);
RISCVException riscv_read_stopi(CPURISCVState *env, int csrno,
                                target_ulong *ret_value);
/* mvien, mvip */
RISCVException riscv_rmw_mvien(CPURISCVState *env, int csrno,
                               target_ulong *ret_value, target_ulong new_value,
                               target_ulong write_mask);
RISCVException riscv_rmw_mvip(CPURISCVState *env, int csrno,
                              target_ulong *ret_value, target_ulong new_value,
                              target_ulong write_mask);

/* Interrupts that mvien and mvip can have: 1, 9, and local ones. */
#define RISCV_MVIEN_MASK (MIP_SSIP | MIP_SEIP | ~0xffffull)

#endif
