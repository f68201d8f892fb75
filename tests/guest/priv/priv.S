/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps as a guest sees them: each case provokes one and says which cause,
 * value and place it must have. Prints FAIL lines, and DONE with their number.
 *
 * A trap into M mode ends a case: its CSRs are in s2 (mcause), s3 (mtval), s4
 * (mepc) and s5 (mstatus), and the program goes on at s11, in M mode.
 */
        .equ    MPP_U, 0
        .equ    MPP_S, 1 << 11
        .equ    MPP_M, 3 << 11
        .equ    MSTATUS_MPRV, 1 << 17
        .equ    MSTATUS_SUM, 1 << 18
        .equ    MSTATUS_MXR, 1 << 19
        .equ    MSTATUS_TVM, 1 << 20
        .equ    MSTATUS_TW, 1 << 21
        .equ    MSTATUS_TSR, 1 << 22
        .equ    NAPOT, 3 << 3
        .equ    NONE, -1

/* Goes to @target in the mode MPP_*; the trap comes back to 9f. */
        .macro  enter mode, target
        la      s11, 9f
        li      t0, MPP_M
        csrc    mstatus, t0
        li      t0, \mode
        csrs    mstatus, t0
        la      t0, \target
        csrw    mepc, t0
        mret
        .balign 4
9:
        .endm

/* What the trap must have been; a value or place may be any (NONE). */
        .macro  expect name, cause, value, place
        .section .rodata
8:
        .asciz  "\name"
        .text
        la      a0, 8b
        li      a1, \cause
        la      a2, \value
        la      a3, \place
        call    check
        .endm
/* The same with a number for the value. */
        .macro  expectn name, cause, value, place
        .section .rodata
8:
        .asciz  "\name"
        .text
        la      a0, 8b
        li      a1, \cause
        li      a2, \value
        la      a3, \place
        call    check
        .endm

/* That @reg is @value. */
        .macro  equal name, reg, value
        mv      s3, \reg
        li      s2, 0
        li      s4, 0
        .section .rodata
8:
        .asciz  "\name"
        .text
        la      a0, 8b
        li      a1, 0
        li      a2, \value
        li      a3, NONE
        call    check
        .endm

        .section .text.start, "ax"
        .globl  _start
_start:
        la      sp, stack_top
        li      s10, 0
        la      t0, trap
        csrw    mtvec, t0
        /* All of memory for S and U, by the last rules. */
        li      t0, -1
        csrw    pmpaddr15, t0
        li      t0, (NAPOT | 7) << 56
        csrw    pmpcfg2, t0
        call    privileged
        call    calls
        call    protection
        call    paging
        call    triggers
        call    counters
        call    interrupts
        la      a0, done
        call    puts
        mv      a0, s10
        call    puthex
        call    newline
        mv      a0, s10
        j       finish

        .balign 4
trap:
        csrr    s2, mcause
        csrr    s3, mtval
        csrr    s4, mepc
        csrr    s5, mstatus
        jr      s11

/* a0: name, a1: cause, a2: value, a3: place. */
check:
        bne     s2, a1, 2f
        li      t0, NONE
        beq     a2, t0, 1f
        bne     s3, a2, 2f
1:
        beq     a3, t0, 1f
        bne     s4, a3, 2f
1:
        ret
2:
        addi    s10, s10, 1
        mv      s6, ra
        mv      s7, a0
        la      a0, fail
        call    puts
        mv      a0, s7
        call    puts
        mv      a0, s2
        call    puthex
        mv      a0, s3
        call    puthex
        mv      a0, s4
        call    puthex
        call    newline
        jr      s6

/* ---- instructions that a level may not execute ---------------------------- */

        .text
        .option norvc
i_wfi:  wfi
        ecall
i_sret: sret
i_mret: mret
i_sfence: sfence.vma
        ecall
i_satp: csrr    a0, satp
        ecall
i_mcsr: csrr    a0, mstatus
i_rdonly: csrw  cycle, a0
i_none: .word   0xffffffff
        .option rvc
        .balign 4
i_none16: .half 0
        .half   0
        .option norvc
        .balign 4

privileged:
        addi    sp, sp, -16
        sd      ra, (sp)
        enter   MPP_U, i_wfi
        expectn "wfi in U", 2, 0x10500073, i_wfi
        li      t0, MSTATUS_TW
        csrs    mstatus, t0
        enter   MPP_S, i_wfi
        expectn "wfi in S, TW", 2, 0x10500073, i_wfi
        csrc    mstatus, t0
        li      t0, MSTATUS_TW
        csrc    mstatus, t0
        enter   MPP_U, i_sret
        expectn "sret in U", 2, 0x10200073, i_sret
        li      t0, MSTATUS_TSR
        csrs    mstatus, t0
        enter   MPP_S, i_sret
        expectn "sret in S, TSR", 2, 0x10200073, i_sret
        li      t0, MSTATUS_TSR
        csrc    mstatus, t0
        enter   MPP_S, i_mret
        expectn "mret in S", 2, 0x30200073, i_mret
        enter   MPP_U, i_sfence
        expectn "sfence.vma in U", 2, 0x12000073, i_sfence
        enter   MPP_S, i_sfence
        expectn "sfence.vma in S", 9, 0, i_sfence + 4
        enter   MPP_S, i_satp
        expectn "satp in S", 9, 0, i_satp + 4
        li      t0, MSTATUS_TVM
        csrs    mstatus, t0
        enter   MPP_S, i_sfence
        expectn "sfence.vma in S, TVM", 2, 0x12000073, i_sfence
        enter   MPP_S, i_satp
        expectn "satp in S, TVM", 2, 0x18002573, i_satp
        li      t0, MSTATUS_TVM
        csrc    mstatus, t0
        enter   MPP_S, i_mcsr
        expectn "mstatus in S", 2, 0x30002573, i_mcsr
        la      s11, 1f
i_mrdonly:
        csrw    cycle, a0
1:
        expectn "a write to cycle", 2, 0xc0051073, i_mrdonly
        enter   MPP_U, i_none
        expectn "no instruction", 2, 0xffffffff, i_none
        enter   MPP_U, i_none16
        expectn "no instruction, 16 bits", 2, 0, i_none16
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

/* ---- calls ---------------------------------------------------------------- */

u_ecall: ecall
u_ebreak: ebreak

calls:
        addi    sp, sp, -16
        sd      ra, (sp)
        enter   MPP_U, u_ecall
        expectn "ecall in U", 8, 0, u_ecall
        enter   MPP_S, u_ecall
        expectn "ecall in S", 9, 0, u_ecall
        enter   MPP_M, u_ecall
        expectn "ecall in M", 11, 0, u_ecall
        enter   MPP_U, u_ebreak
        expect  "ebreak", 3, u_ebreak, u_ebreak
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

/* ---- PMP -------------------------------------------------------------------- */

        .balign 4096
code_page:
u_load: ld      a0, (s8)
        ecall
u_store: sd     a0, (s8)
        ecall
u_nops: nop
        nop
u_end:  ecall
        .balign 4096

        .macro  rule0 addr, size, bits
        la      t0, \addr
        srli    t0, t0, 2
        ori     t0, t0, ((\size) >> 3) - 1
        csrw    pmpaddr0, t0
        li      t0, \bits
        csrw    pmpcfg0, t0
        .endm

protection:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      s8, cell
        /* 8 bytes that may be read. */
        rule0   cell, 8, NAPOT | 1
        enter   MPP_U, u_load
        expectn "PMP: a load", 8, 0, u_load + 4
        enter   MPP_S, u_store
        expect  "PMP: a store", 7, cell, u_store
        addi    s8, s8, 8
        enter   MPP_S, u_store
        expectn "PMP: a store beside it", 9, 0, u_store + 4
        addi    s8, s8, -4
        enter   MPP_U, u_load
        expect  "PMP: a load over the end", 5, cell + 4, u_load
        addi    s8, s8, -4
        rule0   cell, 8, NAPOT
        enter   MPP_U, u_load
        expect  "PMP: no load", 5, cell, u_load
        /* Not for M, unless it is lent. */
        ld      a0, (s8)
        la      s11, 1f
        li      t0, MPP_M
        csrc    mstatus, t0
        li      t0, MSTATUS_MPRV
        csrs    mstatus, t0
p_mprv: ld      a0, (s8)
1:
        li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        expect  "PMP: a load with MPRV", 5, cell, p_mprv
        /* The second of two instructions. */
        rule0   u_nops + 0, 8, NAPOT
        enter   MPP_U, u_nops
        expect  "PMP: no code", 1, u_nops, u_nops
        la      t0, u_nops
        srli    t0, t0, 2
        addi    t0, t0, 1
        csrw    pmpaddr0, t0
        li      t0, 2 << 3
        csrw    pmpcfg0, t0
        enter   MPP_U, u_nops
        expect  "PMP: no code, 4 bytes", 1, u_nops + 4, u_nops + 4
        csrwi   pmpcfg0, 0
        enter   MPP_U, u_nops
        expectn "PMP: code", 8, 0, u_end
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

/* ---- paging: Sv39, the program mapped as itself, a page of many kinds -------- */

        .equ    V, 1
        .equ    R, 2
        .equ    W, 4
        .equ    X, 8
        .equ    U, 16
        .equ    A, 64
        .equ    D, 128
        .equ    PAGE, 0x40000000

/* The entry of the test page. */
        .macro  page bits
        la      t0, cell
        srli    t0, t0, 12
        slli    t0, t0, 10
        li      t1, \bits
        or      t0, t0, t1
        la      t1, table0
        sd      t0, (t1)
        sfence.vma
        .endm

paging:
        addi    sp, sp, -16
        sd      ra, (sp)
        /* 0x80000000: a gigabyte, twice: for S, and at 0xc0000000 for U. */
        la      t0, table2
        li      t1, 0x80000000 >> 2 | V | R | W | X | A | D
        sd      t1, 16(t0)
        ori     t1, t1, U
        sd      t1, 24(t0)
        la      t1, table1
        srli    t1, t1, 2
        ori     t1, t1, V
        sd      t1, 8(t0)
        la      t2, table0
        srli    t2, t2, 2
        ori     t2, t2, V
        la      t1, table1
        sd      t2, (t1)
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        /* No A and D from the hart. */
        li      t0, 1 << 61
        csrc    menvcfg, t0

        li      s8, PAGE + 8
        page    V | R | W | A | D
        enter   MPP_S, u_store
        expectn "paging: a store", 9, 0, u_store + 4
        page    R | W | A | D
        enter   MPP_S, u_load
        expectn "paging: not valid", 13, PAGE + 8, u_load
        page    V | W | A | D
        enter   MPP_S, u_load
        expectn "paging: W without R", 13, PAGE + 8, u_load
        page    V | R | W
        enter   MPP_S, u_load
        expectn "paging: without A", 13, PAGE + 8, u_load
        page    V | R | W | A
        enter   MPP_S, u_store
        expectn "paging: without D", 15, PAGE + 8, u_store
        page    V | X | A | D
        enter   MPP_S, u_load
        expectn "paging: X is not R", 13, PAGE + 8, u_load
        li      t0, MSTATUS_MXR
        csrs    mstatus, t0
        enter   MPP_S, u_load
        expectn "paging: X is R with MXR", 9, 0, u_load + 4
        li      t0, MSTATUS_MXR
        csrc    mstatus, t0
        page    V | R | W | U | A | D
        enter   MPP_S, u_load
        expectn "paging: U's page", 13, PAGE + 8, u_load
        li      t0, MSTATUS_SUM
        csrs    mstatus, t0
        enter   MPP_S, u_load
        expectn "paging: U's page with SUM", 9, 0, u_load + 4
        li      t0, MSTATUS_SUM
        csrc    mstatus, t0
        enter   MPP_U, u_load
        expect  "paging: S's code from U", 12, u_load, u_load
        /* An address that has no sign. */
        li      s8, 1 << 39
        enter   MPP_S, u_load
        expectn "paging: no canonical address", 13, 1 << 39, u_load
        /* The hart sets A and D. */
        li      t0, 1 << 61
        csrs    menvcfg, t0
        li      s8, PAGE + 8
        page    V | R | W
        enter   MPP_S, u_load
        expectn "paging: sets A", 9, 0, u_load + 4
        la      t0, table0
        ld      a0, (t0)
        andi    a0, a0, A | D
        equal   "paging: has set A", a0, A
        enter   MPP_S, u_store
        expectn "paging: sets D", 9, 0, u_store + 4
        la      t0, table0
        ld      a0, (t0)
        andi    a0, a0, A | D
        equal   "paging: has set D", a0, A | D
        /* Where there is nothing. */
        la      t1, table0
        li      t0, 0x200000 >> 2 | V | R | W | A | D
        sd      t0, (t1)
        sfence.vma
        enter   MPP_S, u_load
        expectn "paging: no memory", 5, PAGE + 8, u_load
        /* A table that PMP hides. */
        page    V | R | W | A | D
        rule0   table0, 4096, NAPOT
        sfence.vma
        enter   MPP_S, u_load
        expectn "paging: a hidden table", 5, PAGE + 8, u_load
        csrwi   pmpcfg0, 0
        sfence.vma
        csrw    satp, zero
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

/* ---- triggers ------------------------------------------------------------------ */

        .equ    MCONTROL, 2 << 60
        .equ    ON_LOAD, 1
        .equ    ON_STORE, 2
        .equ    ON_EXEC, 4
        .equ    IN_U, 8
        .equ    IN_S, 16
        .equ    IN_M, 64

        .macro  trigger addr, bits
        csrwi   tselect, 0
        la      t0, \addr
        csrw    tdata2, t0
        li      t0, MCONTROL | \bits
        csrw    tdata1, t0
        .endm

triggers:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      s8, cell
        trigger u_nops + 4, ON_EXEC | IN_U
        enter   MPP_U, u_nops
        expect  "trigger: code", 3, u_nops + 4, u_nops + 4
        enter   MPP_S, u_nops
        expectn "trigger: code, another level", 9, 0, u_end
        li      a0, 0x1234
        sd      zero, (s8)
        trigger cell, ON_STORE | IN_S
        enter   MPP_S, u_store
        expect  "trigger: a store", 3, cell, u_store
        ld      a0, (s8)
        equal   "trigger: before the store", a0, 0
        enter   MPP_S, u_load
        expectn "trigger: not a load", 9, 0, u_load + 4
        enter   MPP_U, u_store
        expectn "trigger: a store, another level", 8, 0, u_store + 4
        trigger cell, ON_LOAD | IN_M
        la      s11, 1f
t_load: ld      a0, (s8)
1:
        csrwi   tdata1, 0
        expect  "trigger: a load in M", 3, cell, t_load
        li      t0, MCONTROL
        csrw    tdata1, t0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

/* ---- counters --------------------------------------------------------------------- */

counters:
        addi    sp, sp, -16
        sd      ra, (sp)
        .if     exact
        csrr    t0, minstret
        nop
        nop
        csrr    t1, minstret
        sub     a0, t1, t0
        equal   "instret", a0, 3
        li      t0, 100
        csrw    minstret, t0
        csrr    a0, minstret
        equal   "instret, written", a0, 100
        li      t0, 10
        csrr    t1, minstret
1:
        addi    t0, t0, -1
        bnez    t0, 1b
        csrr    t2, minstret
        sub     a0, t2, t1
        equal   "instret, a loop", a0, 21
        /* What traps does not retire. */
        la      s11, 1f
        csrr    s8, minstret
        ecall
        .balign 4
1:
        csrr    s9, minstret
        sub     a0, s9, s8
        equal   "instret, a trap", a0, 6
        .endif
        csrwi   mcountinhibit, 5
        csrr    t0, minstret
        nop
        csrr    t1, minstret
        sub     a0, t1, t0
        csrwi   mcountinhibit, 0
        equal   "instret, inhibited", a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

/* ---- interrupts --------------------------------------------------------------------- */

/* One of SSIP (1) and STIP (5), which software can raise. */
interrupts:
        addi    sp, sp, -16
        sd      ra, (sp)
        li      t0, 0x22
        csrw    mie, t0
        csrw    mip, t0
        enter   MPP_S, u_nops
        expectn "interrupt: software before timer", (1 << 63) + 1, 0, u_nops
        csrwi   mip, 0
        li      t0, 0x20
        csrw    mip, t0
        enter   MPP_U, u_nops
        expectn "interrupt: timer", (1 << 63) + 5, 0, u_nops
        /* Delegated: S mode takes it, if it may. */
        li      t0, 0x22
        csrw    mideleg, t0
        la      t0, s_trap
        csrw    stvec, t0
        enter   MPP_S, u_nops
        expectn "interrupt: not enabled in S", 9, 0, u_end
        csrsi   sstatus, 2
        enter   MPP_S, u_nops
        expectn "interrupt: taken in S", 9, 0, s_end
        csrr    a0, scause
        equal   "interrupt: scause", a0, (1 << 63) + 5
        csrr    a0, sepc
        la      t0, u_nops
        sub     a0, a0, t0
        equal   "interrupt: sepc", a0, 0
        csrw    mideleg, zero
        csrw    mie, zero
        csrw    mip, zero
        /* wfi goes on although nothing can be taken. */
        li      t0, 0x20
        csrw    mie, t0
        csrw    mip, t0
        wfi
        csrw    mip, zero
        csrw    mie, zero
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .balign 4
s_trap: nop
s_end:  ecall

        .include "machine.inc"

        .section .rodata
done:   .asciz  "DONE"
fail:   .asciz  "FAIL "

        .bss
        .balign 4096
table2: .skip   4096
table1: .skip   4096
table0: .skip   4096
cell:   .skip   4096
stack:  .skip   4096
stack_top:
