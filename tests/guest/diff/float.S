/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs floating-point instructions over tables of operands; floatfuzz.py puts a
 * `run` for each instruction behind this text. A row of a table has three
 * operands and fcsr; what becomes of it is stored in 16 bytes at s2: the
 * result, then fcsr with the cause of a trap above.
 */
#define TABLES 0x80400000
#define RESULTS 0x84000000

    /* The instruction @word takes 10, 11 and 12 and gives 13. */
    .macro run word, fp, table, rows
    li s0, \table
    li s1, \rows
1:  fld f10, 0(s0)
    fld f11, 8(s0)
    fld f12, 16(s0)
    ld a0, 0(s0)
    ld t0, 24(s0)
    fmv.d.x f13, zero
    li a3, 0
    li t6, 0
    csrw fcsr, t0
    .word \word
    csrr t0, fcsr
    .if \fp
    fsd f13, 0(s2)
    .else
    sd a3, 0(s2)
    .endif
    slli t6, t6, 32
    or t0, t0, t6
    sd t0, 8(s2)
    addi s0, s0, 32
    addi s2, s2, 16
    addi s1, s1, -1
    bnez s1, 1b
    .endm

    .section .text
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la t0, trap
    csrw mtvec, t0
    li t0, 3 << 13
    csrw mstatus, t0
    li s2, RESULTS
    j begin

    .balign 4
trap:
    csrr t6, mcause
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    mret

#include "end.S"
begin:
