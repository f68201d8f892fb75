/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory order between two harts: litmus tests of the RISC-V memory model, each
 * with an outcome that it forbids; then counters and a lock that both change,
 * and code that one writes and the other runs.
 *
 * A test has a body for each hart, run for every cell of the arrays x and y: a0
 * and a1 point at the cells, t0 is 1. What it leaves in a2 and a3 of either
 * hart goes to r0 and r1 unless it is -1. Prints for each test a line: FAIL if
 * the forbidden outcome was seen, how often, its number, and how often both
 * harts ran at the same time as seen by a result that needs that.
 */
        .equ    CELLS, 2048
        .equ    COUNT, 20000
        .equ    PATCHES, 500

        .section .text.start, "ax"
        .globl  _start
_start:
        csrr    s0, mhartid
        li      t0, 1
        bgtu    s0, t0, park
        la      sp, stack_top
        slli    t0, s0, 12
        sub     sp, sp, t0
        la      t0, trap
        csrw    mtvec, t0
        li      s11, 0                  /* failures, of hart 0 */
        la      s1, tests
next_test:
        la      t0, tests_end
        beq     s1, t0, orders_done
        li      s3, litmus_rounds
next_round:
        bnez    s0, 1f
        call    clear
1:
        call    barrier
        la      s4, x
        la      s5, y
        la      s6, r0
        la      s7, r1
        li      s8, CELLS
        ld      s9, 0(s1)
        beqz    s0, 2f
        ld      s9, 8(s1)
2:
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        li      a3, -1
        li      t0, 1
        jalr    s9
        li      t1, -1
        beq     a2, t1, 3f
        sd      a2, (s6)
3:
        beq     a3, t1, 4f
        sd      a3, (s7)
4:
        addi    s4, s4, 8
        addi    s5, s5, 8
        addi    s6, s6, 8
        addi    s7, s7, 8
        addi    s8, s8, -1
        bnez    s8, 2b
        call    barrier
        bnez    s0, 5f
        call    judge
5:
        addi    s3, s3, -1
        bnez    s3, next_round
        addi    s1, s1, 32
        j       next_test

orders_done:
        call    barrier
        /* Both count to COUNT in three ways. */
        la      a0, counters
        li      t1, COUNT
        li      t0, 1
1:
        amoadd.w zero, t0, (a0)
        addi    t1, t1, -1
        bnez    t1, 1b
        addi    a0, a0, 64
        li      t1, COUNT
2:
        lr.d.aq t2, (a0)
        addi    t2, t2, 1
        sc.d.rl t3, t2, (a0)
        bnez    t3, 2b
        addi    t1, t1, -1
        bnez    t1, 2b
        addi    a1, a0, 64              /* the lock */
        addi    a2, a0, 128             /* what it guards */
        li      t1, COUNT
3:
        amoswap.w.aq t2, t0, (a1)
        bnez    t2, 3b
        ld      t3, (a2)
        addi    t3, t3, 1
        sd      t3, (a2)
        amoswap.w.rl zero, zero, (a1)
        addi    t1, t1, -1
        bnez    t1, 3b
        call    barrier
        bnez    s0, 4f
        la      s2, counters
        lw      a0, (s2)
        call    judge_count
        ld      a0, 64(s2)
        call    judge_count
        ld      a0, 192(s2)
        call    judge_count
4:
        /* Hart 0 writes code that hart 1 runs. */
        call    barrier
        la      s4, flag
        la      s5, patch
        li      s6, 1
        li      s7, PATCHES
        bnez    s0, runner
writer:
        slli    t0, s6, 20              /* li a0, s6 */
        ori     t0, t0, 0x513
        sw      t0, (s5)
        fence   rw, rw
        sd      s6, (s4)
1:
        ld      t0, 8(s4)               /* the answer */
        bne     t0, s6, 1b
        addi    s6, s6, 1
        bne     s6, s7, writer
        call    barrier
        la      t0, wrong_patches
        ld      t0, (t0)
        beqz    t0, 2f
        li      s2, 100
        call    say_fail
2:
        la      a0, text_done
        call    puts
        mv      a0, s11
        call    puthex
        call    newline
        mv      a0, s11
        j       finish
runner:
        ld      t0, (s4)
        bne     t0, s6, runner
        fence   r, rw
        fence.i
        jalr    s5
        beq     a0, s6, 1f
        la      t0, wrong_patches
        ld      t1, (t0)
        addi    t1, t1, 1
        sd      t1, (t0)
1:
        fence   rw, rw
        sd      s6, 8(s4)
        addi    s6, s6, 1
        bne     s6, s7, runner
        call    barrier
park:
        wfi
        j       park

/* Hart 0: all cells 0. */
clear:
        la      t0, x
        li      t1, CELLS * 4
1:
        sd      zero, (t0)
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        ret

/* Both harts have come here. */
barrier:
        la      t0, arrived
        fence   rw, rw
        li      t1, 1
        ld      t2, 8(t0)               /* the generation */
        amoadd.d.aqrl t3, t1, (t0)
        beqz    t3, 1f
        sd      zero, (t0)
        fence   rw, rw
        addi    t2, t2, 1
        sd      t2, 8(t0)
        fence   rw, rw
        ret
1:
        pause
        ld      t3, 8(t0)
        beq     t3, t2, 1b
        fence   rw, rw
        ret

/* Hart 0: has the forbidden outcome of the test s1 occurred? */
judge:
        la      t0, r0
        la      t1, r1
        li      t2, CELLS
        ld      t3, 16(s1)
        ld      t4, 24(s1)
1:
        ld      t5, (t0)
        ld      t6, (t1)
        bne     t5, t3, 2f
        beq     t6, t4, 3f
2:
        addi    t0, t0, 8
        addi    t1, t1, 8
        addi    t2, t2, -1
        bnez    t2, 1b
        ret
3:
        la      t0, tests
        sub     s2, s1, t0
        srli    s2, s2, 5
        j       say_fail

judge_count:
        li      t0, 2 * COUNT
        beq     a0, t0, 1f
        li      s2, 99
        j       say_fail
1:
        ret

/* The test s2 has failed. */
say_fail:
        mv      s10, ra
        addi    s11, s11, 1
        la      a0, text_fail
        call    puts
        mv      a0, s2
        call    puthex
        call    newline
        jr      s10

        .balign 4
trap:
        la      a0, text_stray
        call    puts
        csrr    a0, mcause
        call    puthex
        csrr    a0, mepc
        call    puthex
        csrr    a0, mtval
        call    puthex
        call    newline
        li      a0, 1
        j       finish

        .include "machine.inc"

/* ---- the bodies ---------------------------------------------------------- */

sb_fence_0:                             /* store buffering */
        sd      t0, (a0)
        fence   rw, rw
        ld      a2, (a1)
        ret
sb_fence_1:
        sd      t0, (a1)
        fence   rw, rw
        ld      a3, (a0)
        ret

sb_wr_0:                                /* the least that is needed */
        sd      t0, (a0)
        fence   w, r
        ld      a2, (a1)
        ret
sb_wr_1:
        sd      t0, (a1)
        fence   w, r
        ld      a3, (a0)
        ret

sb_amo_0:
        amoswap.d.aqrl zero, t0, (a0)
        amoor.d.aqrl a2, zero, (a1)
        ret
sb_amo_1:
        amoswap.d.aqrl zero, t0, (a1)
        amoor.d.aqrl a3, zero, (a0)
        ret

mp_fence_0:                             /* message passing */
        sd      t0, (a0)
        fence   w, w
        sd      t0, (a1)
        ret
mp_fence_1:
        ld      a2, (a1)
        fence   r, r
        ld      a3, (a0)
        ret

mp_order_0:
        sd      t0, (a0)
        amoswap.d.rl zero, t0, (a1)
        ret
mp_order_1:
        lr.d.aq a2, (a1)
        ld      a3, (a0)
        ret

mp_tso_0:
        sd      t0, (a0)
        fence.tso
        sd      t0, (a1)
        ret
mp_tso_1:
        ld      a2, (a1)
        fence.tso
        ld      a3, (a0)
        ret

lb_0:                                   /* load buffering */
        ld      a2, (a0)
        fence   r, w
        sd      t0, (a1)
        ret
lb_1:
        ld      a3, (a1)
        fence   r, w
        sd      t0, (a0)
        ret

rr_0:                                   /* reads of one place */
        sd      t0, (a0)
        ret
rr_1:
        ld      a2, (a0)
        ld      a3, (a0)
        ret

mixed_0:                                /* a store is seen whole */
        li      t1, -2
        sd      t1, (a0)
        ret
mixed_1:
        lwu     a2, (a0)
        fence   r, r
        lwu     a3, 4(a0)
        ret

        .section .data
        .balign 8
/* Bodies, and the outcome that is forbidden. */
tests:
        .dword  sb_fence_0, sb_fence_1, 0, 0
        .dword  sb_wr_0, sb_wr_1, 0, 0
        .dword  sb_amo_0, sb_amo_1, 0, 0
        .dword  mp_fence_0, mp_fence_1, 1, 0
        .dword  mp_order_0, mp_order_1, 1, 0
        .dword  mp_tso_0, mp_tso_1, 1, 0
        .dword  lb_0, lb_1, 1, 1
        .dword  rr_0, rr_1, 1, 0
        .dword  mixed_0, mixed_1, 0xfffffffe, 0
tests_end:
patch:
        .4byte  0x513
        ret
        .4byte  0
text_done:
        .asciz  "DONE"
text_fail:
        .asciz  "FAIL"
text_stray:
        .asciz  "STRAY"

        .bss
        .balign 4096
x:
        .zero   CELLS * 8
y:
        .zero   CELLS * 8
r0:
        .zero   CELLS * 8
r1:
        .zero   CELLS * 8
counters:
        .zero   256
        .balign 64
arrived:
        .zero   64
flag:
        .zero   64
wrong_patches:
        .zero   64
        .zero   8192
stack_top:
