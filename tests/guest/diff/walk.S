/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation and protection: operations (OPS, made by walkfuzz.py), one
 * after the other, and what became of each (RESULTS): cause, tval, pc, value.
 * This program keeps all it needs in s0..s3, and in SAVE while other code runs;
 * entry 0 of the PMP keeps S and U away from it.
 */
#define OPS 0x81000000         /* how many, then 48 bytes each */
#define RESULTS 0x84000000
#define SAVE 0x80008000
#define O_KIND 0
#define O_ADDRESS 8
#define O_VALUE 16
#define O_OTHER 24
#define O_STATUS 32            /* for mstatus */
#define O_SIZE 48
#define R_SIZE 32
#define MPRV 1 << 17

    .section .text
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la t0, trap
    csrw mtvec, t0
    csrw medeleg, zero
    li s0, OPS
    ld s1, 0(s0)
    addi s0, s0, 8
    li s2, RESULTS
    la s3, table
next:
    beqz s1, done
    li t0, SAVE
    sd s0, 0(t0)
    sd s1, 8(t0)
    sd s2, 16(t0)
    sd s3, 24(t0)
    li t0, -1                  /* no trap */
    sd t0, 0(s2)
    sd zero, 8(s2)
    sd zero, 16(s2)
    sd zero, 24(s2)
    ld t0, O_KIND(s0)
    ld a1, O_ADDRESS(s0)
    ld a0, O_VALUE(s0)
    ld a2, O_OTHER(s0)
    ld s5, O_STATUS(s0)
    slli t0, t0, 2
    add t0, t0, s3
    jr t0

    /* One jump for each kind, in walkfuzz.py's order */
    .balign 4
    .option norvc
table:
    j o_store_physical
    j o_satp
    j o_envcfg
    j o_pmpaddr
    j o_pmpcfg
    j o_go
    j o_lb
    j o_lh
    j o_lw
    j o_ld
    j o_sb
    j o_sh
    j o_sw
    j o_sd
    j o_amoadd_w
    j o_amoadd_d
    j o_lr_d
    j o_fence
    j o_zero
    j o_flush
    j o_fld

o_store_physical:
    sd a0, 0(a1)
    j fence
o_satp:
    csrw satp, a0
    csrr a0, satp
    sd a0, 24(s2)
    j over                     /* each root has an ASID */
fence:
    sfence.vma
    j over
o_fence:
    sfence.vma a1, zero
    j over
o_envcfg:
    csrw 0x30a, a0
    csrr a0, 0x30a
    sd a0, 24(s2)
    li a0, -1
    csrw senvcfg, a0
    j fence

    /* pmpaddr<a1>, pmpcfg<a1>; no entry is locked */
o_pmpaddr:
    la t0, 1f
    slli a1, a1, 3
    add t0, t0, a1
    jr t0
1:
    .altmacro
    .macro one n
    csrw pmpaddr\n, a0
    j fence
    .endm
    .set i, 0
    .rept 16
    one %i
    .set i, i+1
    .endr
o_pmpcfg:
    bnez a1, 1f
    csrw pmpcfg0, a0
    csrr a0, pmpcfg0
    j 2f
1:  csrw pmpcfg2, a0
    csrr a0, pmpcfg2
2:  sd a0, 24(s2)
    j fence

    /* To a1, in the mode of the status; a2 is what the code there uses */
o_go:
    fence.i
    csrw mstatus, s5
    csrw mepc, a1
    mv a1, a2
    mret

    /* An access as the mode of the status; behind it, a trap returns too */
    .macro access name, insn
o_\name:
    csrw mstatus, s5
    \insn a0, (a1)
    j good
    .endm
    access lb, lb
    access lh, lh
    access lw, lw
    access ld, ld
    access sb, sb
    access sh, sh
    access sw, sw
    access sd, sd
o_amoadd_w:
    csrw mstatus, s5
    amoadd.w a0, a0, (a1)
    j good
o_amoadd_d:
    csrw mstatus, s5
    amoadd.d a0, a0, (a1)
    j good
o_lr_d:
    csrw mstatus, s5
    lr.d a0, (a1)
    j good
o_zero:
    csrw mstatus, s5
    .word 4 << 20 | 11 << 15 | 2 << 12 | 0xf    /* cbo.zero (a1) */
    j good
o_flush:
    csrw mstatus, s5
    .word 2 << 20 | 11 << 15 | 2 << 12 | 0xf    /* cbo.flush (a1) */
    j good
o_fld:
    csrw mstatus, s5
    fld fa0, (a1)
    li t0, 3 << 13
    csrw mstatus, t0
    fmv.x.d a0, fa0
good:
    li t0, 3 << 13
    csrw mstatus, t0
    sd a0, 24(s2)
over:
    addi s0, s0, O_SIZE
    addi s2, s2, R_SIZE
    addi s1, s1, -1
    j next

    .balign 4
trap:
    csrr t0, mcause
    li t1, SAVE
    ld s0, 0(t1)
    ld s1, 8(t1)
    ld s2, 16(t1)
    ld s3, 24(t1)
    sd t0, 0(s2)
    csrr t0, mtval
    sd t0, 8(s2)
    csrr t0, mepc
    sd t0, 16(s2)
    j good

#include "end.S"
