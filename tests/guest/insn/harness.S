/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs instruction cases, each in the modes that it names, and compares all
 * registers, the trap and the memory window with what the case expects.
 *
 * A case is CASE_SIZE bytes (cases.py packs them):
 *     0  where its code starts; it ends in a trap, EBREAK if all goes well
 *     8  four numbers of input registers, three of output registers (0xff:
 *        none; 32 and up: f registers; 64: sscratch), its modes
 *    16  four input values
 *    48  three output values
 *    72  mcause, mepc, mtval
 *    96  the expected window, 0: as it was
 *   104  fcsr before, fcsr after (32 bits each)
 *   112  flags
 *   120  its number
 * A mode is a bit: M, S and U without translation; S and U with Sv39; S with
 * Sv39 and the window's second page unmapped, or read-only.
 *
 * The window is the last 32 bytes of one page and the first 32 of the next one,
 * which with translation lies elsewhere in physical memory.
 */
        .include "machine.inc"

        .equ    CASE_SIZE, 128
        .equ    FLAG_FS_OFF, 1          /* run with mstatus.FS = 0 */
        .equ    FLAG_DIRTY, 2           /* FS becomes dirty, else not */
        .equ    FLAG_ANY_TVAL, 4
        .equ    FLAG_ANY_FS, 8

        .equ    MODE_M, 1
        .equ    MODE_U, 4
        .equ    MODE_SV, 8              /* the first with translation */
        .equ    MODE_UV, 16
        .equ    MODE_SV_UNMAPPED, 32
        .equ    MODE_SV_READ_ONLY, 64
        .equ    MODES, 128

        .equ    CTX_F, 256              /* offsets in a context */
        .equ    CTX_FCSR, 512
        .equ    CTX_SIZE, 520

        .section .text.start, "ax"
        .globl  _start
_start:
        csrr    t0, mhartid
        bnez    t0, park
        la      sp, stack_top
        la      t0, trap
        csrw    mtvec, t0
        csrw    medeleg, zero
        csrw    mideleg, zero
        csrw    mie, zero
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        /* Cache block operations may be used below. */
        li      t0, 0xf0
        csrw    menvcfg, t0
        csrw    senvcfg, t0
        li      t0, -1
        csrw    mcounteren, t0
        csrw    scounteren, t0
        la      t0, modes_to_run
        ld      s11, (t0)               /* modes */
        li      s10, 0                  /* failures */
        li      s9, 0                   /* cases */
        li      s8, MODE_M              /* the mode */
next_mode:
        and     t0, s8, s11
        beqz    t0, mode_done
        call    enter_mode
        la      s0, cases
        la      s1, cases_end
next_case:
        bgeu    s0, s1, mode_done
        lbu     t0, 15(s0)
        and     t0, t0, s8
        beqz    t0, skip_case
        addi    s9, s9, 1
        call    run_case
skip_case:
        addi    s0, s0, CASE_SIZE
        j       next_case
mode_done:
        slli    s8, s8, 1
        li      t0, MODES
        bne     s8, t0, next_mode

        la      a0, text_done
        call    puts
        mv      a0, s9
        call    puthex
        mv      a0, s10
        call    puthex
        call    newline
        mv      a0, s10
        j       finish
park:
        wfi
        j       park

/* Translation for the mode s8; s7 becomes the second half of the window. */
enter_mode:
        la      s7, window_second
        li      t0, MODE_SV
        bltu    s8, t0, 1f
        la      s7, window_translated
        /* What every page of the code may be: RWX A D, and U in U mode. */
        li      t1, 0xcf
        li      t0, MODE_UV
        bne     s8, t0, 2f
        ori     t1, t1, 0x10
2:
        /* 1 GiB at 0x80000000: a table; 2 MiB of code; then a table. */
        la      t2, root_table
        la      t3, middle_table
        srli    t4, t3, 2
        ori     t4, t4, 1
        sd      t4, 16(t2)
        la      t4, _start
        srli    t4, t4, 2
        or      t4, t4, t1
        sd      t4, 0(t3)
        la      t4, leaf_table
        srli    t4, t4, 2
        ori     t4, t4, 1
        sd      t4, 8(t3)
        /* Page 0 as it is; page 1 is page 3, or not; 4: read-only. */
        la      t3, leaf_table
        la      t4, window_pages
        srli    t4, t4, 2
        or      t5, t4, t1
        sd      t5, 0(t3)
        li      t0, MODE_SV_UNMAPPED
        li      t5, 0
        beq     s8, t0, 3f
        la      t5, window_translated
        srli    t5, t5, 2
        or      t5, t5, t1
        li      t0, MODE_SV_READ_ONLY
        bne     s8, t0, 3f
        andi    t5, t5, ~4
3:
        sd      t5, 8(t3)
        srli    t2, t2, 12
        li      t0, 8
        slli    t0, t0, 60
        or      t0, t0, t2
        csrw    satp, t0
        sfence.vma
        ret
1:
        csrw    satp, zero
        sfence.vma
        ret

/* Runs the case s0. */
run_case:
        addi    sp, sp, -16
        sd      ra, 8(sp)

        la      t0, window
        mv      t1, s7
        la      t2, window_before
        call    copy_window

        /* The registers before are also what is expected after. */
        la      t0, context
        la      t1, pattern
        la      t2, expected
        li      t3, CTX_FCSR / 8
1:
        ld      t4, (t1)
        sd      t4, (t0)
        sd      t4, (t2)
        addi    t0, t0, 8
        addi    t1, t1, 8
        addi    t2, t2, 8
        addi    t3, t3, -1
        bnez    t3, 1b
        li      t0, 0x5ca7c4
        csrw    sscratch, t0
        la      t0, expected_sscratch
        li      t1, 0x5ca7c4
        sd      t1, (t0)

        la      t0, context
        la      t1, expected
        addi    t2, s0, 8               /* numbers */
        addi    t3, s0, 16              /* values */
        li      t4, 4
2:
        lbu     t5, (t2)
        ld      t6, (t3)
        li      a0, 64
        bgtu    t5, a0, 3f
        beq     t5, a0, 4f
        slli    t5, t5, 3
        add     a0, t0, t5
        sd      t6, (a0)
        add     a0, t1, t5
        sd      t6, (a0)
        j       3f
4:
        csrw    sscratch, t6
        la      a0, expected_sscratch
        sd      t6, (a0)
3:
        addi    t2, t2, 1
        addi    t3, t3, 8
        addi    t4, t4, -1
        bnez    t4, 2b
        li      t4, 3
5:
        lbu     t5, (t2)
        ld      t6, (t3)
        li      a0, 64
        bgtu    t5, a0, 6f
        beq     t5, a0, 7f
        slli    t5, t5, 3
        add     a0, t1, t5
        sd      t6, (a0)
        j       6f
7:
        la      a0, expected_sscratch
        sd      t6, (a0)
6:
        addi    t2, t2, 1
        addi    t3, t3, 8
        addi    t4, t4, -1
        bnez    t4, 5b
        sd      zero, (t0)
        sd      zero, (t1)

        /* The harness's own registers. */
        la      t0, saved
        sd      sp, 0(t0)
        sd      gp, 8(t0)
        sd      tp, 16(t0)
        sd      s0, 24(t0)
        sd      s1, 32(t0)
        sd      s7, 40(t0)
        sd      s8, 48(t0)
        sd      s9, 56(t0)
        sd      s10, 64(t0)
        sd      s11, 72(t0)

        /* FS is on, to load the registers; then clean or off. */
        li      t0, 0x6000
        csrs    mstatus, t0
        lwu     t1, 104(s0)
        csrw    fcsr, t1
        la      t1, context + CTX_F
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        fld     f\n, 8*\n(t1)
        .endr
        .irp    n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fld     f\n, 8*\n(t1)
        .endr
        li      t0, 0x78a0              /* FS, MPP, MPIE, SPIE */
        csrc    mstatus, t0
        lwu     t0, 112(s0)
        li      t1, 0x4000              /* clean */
        andi    t0, t0, FLAG_FS_OFF
        beqz    t0, 8f
        li      t1, 0
8:
        li      t2, 0x1800
        andi    t0, s8, MODE_M
        bnez    t0, 9f
        li      t2, 0
        andi    t0, s8, MODE_U | MODE_UV
        bnez    t0, 9f
        li      t2, 0x800
9:
        or      t1, t1, t2
        csrs    mstatus, t1
        ld      t0, (s0)
        csrw    mepc, t0
        la      x31, context
        csrw    mscratch, x31
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        ld      x\n, 8*\n(x31)
        .endr
        .irp    n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 8*\n(x31)
        .endr
        mret

        .balign 4
trap:
        csrrw   x31, mscratch, x31
        .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        sd      x\n, 8*\n(x31)
        .endr
        .irp    n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        sd      x\n, 8*\n(x31)
        .endr
        csrr    t0, mscratch
        sd      t0, 8*31(x31)
        la      t0, saved
        ld      sp, 0(t0)
        ld      gp, 8(t0)
        ld      tp, 16(t0)
        ld      s0, 24(t0)
        ld      s1, 32(t0)
        ld      s7, 40(t0)
        ld      s8, 48(t0)
        ld      s9, 56(t0)
        ld      s10, 64(t0)
        ld      s11, 72(t0)
        csrr    s6, mstatus
        csrw    mie, zero
        csrw    mip, zero
        li      t0, 0x6000
        csrs    mstatus, t0
        la      t1, context + CTX_F
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        fsd     f\n, 8*\n(t1)
        .endr
        .irp    n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fsd     f\n, 8*\n(t1)
        .endr
        /* The next trap may be a bug of ours: let it end the run. */
        la      t0, stray_trap
        csrw    mtvec, t0

        li      s2, 0                   /* whether something differs */
        li      a0, 256
        csrr    a1, mcause
        ld      a2, 72(s0)
        call    compare
        li      a0, 257
        csrr    a1, mepc
        ld      a2, 80(s0)
        call    compare
        lwu     t0, 112(s0)
        andi    t0, t0, FLAG_ANY_TVAL
        bnez    t0, 1f
        li      a0, 258
        csrr    a1, mtval
        ld      a2, 88(s0)
        call    compare
1:
        li      a0, 259
        csrr    a1, fcsr
        lwu     a2, 108(s0)
        call    compare
        li      a0, 64
        csrr    a1, sscratch
        la      a2, expected_sscratch
        ld      a2, (a2)
        call    compare
        lwu     t0, 112(s0)
        andi    t1, t0, FLAG_ANY_FS
        bnez    t1, 2f
        li      a0, 260
        srli    a1, s6, 13
        andi    a1, a1, 3
        li      a2, 0
        andi    t1, t0, FLAG_FS_OFF
        bnez    t1, 7f
        andi    a2, t0, FLAG_DIRTY
        srli    a2, a2, 1
        addi    a2, a2, 2
7:
        call    compare
2:
        la      s3, context
        la      s4, expected
        li      s5, 0
3:
        mv      a0, s5
        ld      a1, (s3)
        ld      a2, (s4)
        call    compare
        addi    s3, s3, 8
        addi    s4, s4, 8
        addi    s5, s5, 1
        li      t0, 64
        bne     s5, t0, 3b

        ld      s4, 96(s0)
        bnez    s4, 4f
        la      s4, window_before
4:
        la      s3, window
        li      s5, 0
5:
        li      t0, 4
        bne     s5, t0, 6f
        mv      s3, s7
6:
        addi    a0, s5, 512
        ld      a1, (s3)
        ld      a2, (s4)
        call    compare
        addi    s3, s3, 8
        addi    s4, s4, 8
        addi    s5, s5, 1
        li      t0, 8
        bne     s5, t0, 5b

        la      t0, trap
        csrw    mtvec, t0
        add     s10, s10, s2
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret

        .balign 4
stray_trap:
        la      sp, stack_top
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

/* Says that a0 (a register, or one of the above) is a1 and should be a2. */
compare:
        beq     a1, a2, 1f
        li      s2, 1
        li      t0, 40
        bgtu    s10, t0, 1f
        addi    sp, sp, -32
        sd      ra, 0(sp)
        sd      a0, 8(sp)
        sd      a1, 16(sp)
        sd      a2, 24(sp)
        la      a0, text_fail
        call    puts
        ld      a0, 120(s0)
        call    puthex
        mv      a0, s8
        call    puthex
        ld      a0, 8(sp)
        call    puthex
        ld      a0, 16(sp)
        call    puthex
        ld      a0, 24(sp)
        call    puthex
        call    newline
        ld      ra, 0(sp)
        addi    sp, sp, 32
1:
        ret

/* 32 bytes each from t2 to t0 and t1. */
copy_window:
        .irp    n, 0,8,16,24
        ld      t3, \n(t2)
        sd      t3, \n(t0)
        ld      t3, 32+\n(t2)
        sd      t3, \n(t1)
        .endr
        ret

        .data
text_done:
        .asciz  "DONE"
text_fail:
        .asciz  "FAIL"
text_stray:
        .asciz  "STRAY"

        .balign 8
pattern:
        .set    n, 0
        .rept   64
        .dword  0x0123456789abcd00 + n * 0x1001001
        .set    n, n + 1
        .endr
        .globl  window_before
window_before:
        .set    n, 0
        .rept   64
        .byte   0x80 + n
        .set    n, n + 1
        .endr

        .bss
        .balign 4096
root_table:
        .zero   4096
middle_table:
        .zero   4096
leaf_table:
        .zero   4096
        .globl  context
context:
        .zero   CTX_SIZE
expected:
        .zero   CTX_SIZE
expected_sscratch:
        .zero   8
saved:
        .zero   80
        .zero   4096
stack_top:

        .section .window, "aw"
        .globl  window
        .balign 4096
window_pages:
        .zero   4096 - 32
window:
        .zero   32
window_second:
        .zero   4096
        .zero   4096
window_translated:
        .zero   4096
        .zero   4096
