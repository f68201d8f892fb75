/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills the RAM from memtest_start to memtest_end, every memtest_stride bytes
 * (symbols that the linker is given), and reads it back: addresses, their
 * complements, two patterns, hashes in order, and hashes in another order. The
 * number of places is a power of two. Prints DONE, passes and errors.
 */
        .equ    PASSES, 6

        .section .text.start, "ax"
        .globl  _start
_start:
        csrr    t0, mhartid
        bnez    t0, park
        la      sp, stack_top
        la      t0, trap
        csrw    mtvec, t0
        la      s11, parameters
        ld      s0, 0(s11)              /* start */
        ld      s1, 8(s11)              /* end */
        ld      s2, 16(s11)             /* stride */
        sub     s3, s1, s0
        divu    s3, s3, s2              /* places */
        li      s4, 0                   /* the pass */
        li      s5, 0                   /* errors */
        li      s6, 0x9e3779b97f4a7c15
        li      s7, 0x5555555555555555
next_pass:
        /* Write. s10: where; s9: places left; s8: the index, of the last pass */
        li      s8, 0
        mv      s9, s3
        mv      s10, s0
1:
        call    place
        call    value
        sd      a0, (s10)
        add     s10, s10, s2
        addi    s8, s8, 1
        addi    s9, s9, -1
        bnez    s9, 1b
        /* Read, always in order. */
        mv      s10, s0
        mv      s9, s3
2:
        call    value
        ld      a1, (s10)
        bne     a0, a1, wrong
3:
        add     s10, s10, s2
        addi    s9, s9, -1
        bnez    s9, 2b
        addi    s4, s4, 1
        li      t0, PASSES
        bne     s4, t0, next_pass

        call    pieces
        la      a0, text_done
        call    puts
        mv      a0, s4
        call    puthex
        mv      a0, s5
        call    puthex
        call    newline
        mv      a0, s5
        j       finish

/* In the last pass the place is a permutation of the index. */
place:
        li      t0, PASSES - 1
        bne     s4, t0, 1f
        li      t0, 0x2545f491          /* odd: all places in turn */
        mul     t0, t0, s8
        addi    t1, s3, -1
        and     t0, t0, t1
        mul     t0, t0, s2
        add     s10, s0, t0
1:
        ret

/* What belongs at s10 in this pass. */
value:
        mv      a0, s10
        beqz    s4, 1f
        li      t0, 1
        not     a0, s10
        beq     s4, t0, 1f
        li      t0, 2
        mv      a0, s7
        beq     s4, t0, 1f
        li      t0, 3
        not     a0, s7
        beq     s4, t0, 1f
        add     a0, s10, s4
        mul     a0, a0, s6
        srli    t0, a0, 29
        xor     a0, a0, t0
1:
        ret

wrong:
        addi    s5, s5, 1
        li      t0, 20
        bgtu    s5, t0, 3b
        mv      t6, a0
        mv      t5, a1
        la      a0, text_fail
        call    puts
        mv      a0, s10
        call    puthex
        mv      a0, t5
        call    puthex
        mv      a0, t6
        call    puthex
        call    newline
        j       3b

/* Bytes, halves and words make up doublewords, at odd addresses too. */
pieces:
        mv      s10, ra
        addi    t6, s0, 4
        andi    t6, t6, -8
        li      t5, 4096
        ld      t4, (t6)
1:
        mul     t0, t5, s6
        sb      t0, 3(t6)
        srli    t1, t0, 8
        sh      t1, 4(t6)
        srli    t1, t0, 24
        sw      t1, 6(t6)
        srli    t1, t0, 56
        sb      t1, 10(t6)
        ld      t2, 3(t6)
        beq     t2, t0, 2f
        addi    s5, s5, 1
2:
        addi    t6, t6, 9
        addi    t5, t5, -1
        bnez    t5, 1b
        jr      s10

park:
        wfi
        j       park

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

        .data
        .balign 8
parameters:
        .dword  memtest_start, memtest_end, memtest_stride
text_done:
        .asciz  "DONE"
text_fail:
        .asciz  "FAIL"
text_stray:
        .asciz  "STRAY"

        .bss
        .balign 16
        .zero   4096
stack_top:
