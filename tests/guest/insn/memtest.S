/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills the RAM from memtest_start to memtest_end, every memtest_stride bytes
 * (symbols that the linker is given), and reads it back: addresses, their
 * complements, two patterns, hashes in order, and hashes in another order. The
 * number of places is a power of two. Prints DONE, passes and errors.
 */
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

        /* Fills in order, then reads; \compute makes a0 of the address s10. */
        .macro  pass compute:vararg
        mv      s10, s0
1:
        \compute
        sd      a0, (s10)
        add     s10, s10, s2
        bltu    s10, s1, 1b
        mv      s10, s0
2:
        \compute
        ld      a1, (s10)
        beq     a0, a1, 3f
        call    wrong
3:
        add     s10, s10, s2
        bltu    s10, s1, 2b
        addi    s4, s4, 1
        .endm
        .macro  hash
        mul     a0, s10, s6
        srli    t0, a0, 29
        xor     a0, a0, t0
        .endm

        pass    mv a0, s10
        pass    not a0, s10
        pass    mv a0, s7
        pass    not a0, s7
        pass    hash

        /* In another order: an odd factor permutes the places. */
        add     s6, s6, s6
        addi    s6, s6, 1
        li      s8, 0
        addi    t5, s3, -1
        li      t6, 0x2545f491
4:
        mul     s10, t6, s8
        and     s10, s10, t5
        mul     s10, s10, s2
        add     s10, s10, s0
        hash
        sd      a0, (s10)
        addi    s8, s8, 1
        bne     s8, s3, 4b
        mv      s10, s0
5:
        hash
        ld      a1, (s10)
        beq     a0, a1, 6f
        call    wrong
6:
        add     s10, s10, s2
        bltu    s10, s1, 5b
        addi    s4, s4, 1

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

/* At s10 is a1 and should be a0. */
wrong:
        addi    s5, s5, 1
        li      t0, 20
        bgtu    s5, t0, 1f
        mv      s8, ra
        mv      s9, a0
        mv      t6, a1
        la      a0, text_fail
        call    puts
        mv      a0, s10
        call    puthex
        mv      a0, t6
        call    puthex
        mv      a0, s9
        call    puthex
        call    newline
        jr      s8
1:
        ret

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
