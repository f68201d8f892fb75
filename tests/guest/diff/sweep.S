/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one piece of code (CODE, made by csrsweep.py) once for each row of
 * PHASES: the row tells mstatus, with MPP the mode, and other registers. The
 * code stores what it reads at s0 and ends by an ecall; every other trap is
 * added to s4 and skipped. Traps go to M level and need no memory.
 */
#define PHASES 0x80100000      /* how many, then rows of 8 doublewords */
#define CODE 0x81000000
#define RESULTS 0x84000000

    .section .text
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la t0, trap
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr15, t0
    li t0, 0x1f << 56          /* the last entry: all of memory */
    csrw pmpcfg2, t0
    li s5, PHASES
    ld s6, 0(s5)
    addi s5, s5, 8
    li s0, RESULTS
phase:
    beqz s6, done
    .macro row csr, offset
    ld t2, \offset(s5)
    csrw \csr, t2
    .endm
    csrw medeleg, zero
    csrw satp, zero
    row mcounteren, 8
    row mideleg, 16
    row 0x30a, 24              /* menvcfg */
    row 0x30c, 32              /* mstateen0 */
    row scounteren, 40
    ld s2, 48(s5)
    ld s3, 56(s5)
    row mstatus, 0
    addi s5, s5, 64
    addi s6, s6, -1
    li s1, -1
    li t0, CODE
    csrw mepc, t0
    mret

    .balign 4
trap:
    csrr t0, mcause
    addi t1, t0, -8
    sltiu t1, t1, 4
    bnez t1, phase             /* an ecall */
    slli t1, s4, 5
    sub s4, t1, s4
    add s4, s4, t0
    csrr t1, mtval
    add s4, s4, t1
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    mret

#include "end.S"
