/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every hart gets a stack and calls run(hart). Others than 0 wait for "go". */
    .section .text.start, "ax"
    .globl _start
_start:
    csrr    a0, mhartid
    la      t0, trap
    csrw    mtvec, t0
    li      t0, 0x6000
    csrs    mstatus, t0
    la      sp, stacks
    addi    t0, a0, 1
    slli    t0, t0, 14
    add     sp, sp, t0
    call    run
1:  wfi
    j       1b

    .balign 4
trap:
    csrr    a0, mcause
    csrr    a1, mepc
    csrr    a2, mtval
    call    trapped
1:  j       1b
