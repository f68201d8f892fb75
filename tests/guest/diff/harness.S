/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs blocks of random instructions and leaves what became of each.
 *
 * The image is followed by a table of blocks (difffuzz.py writes it at BLOCKS):
 * a header, then for each block its mode, its address and the registers it
 * begins with; and by the code of the blocks. A block runs in M, S or U mode,
 * ends by an ecall with a7 = END, and traps in between are noted (cause, tval,
 * pc) and skipped. Then registers, flags and the notes are stored in RESULTS.
 *
 * S and U run with Sv39: the RAM at its own address for S, at USER for U, and at
 * PAGED 64 pages with permissions of all kinds, the same for both.
 *
 * The end is a line on the serial port.
 */
#define RAM 0x80000000
#define CODE_SIZE 0x10000      /* of this program */
#define SAVE 0x80070000        /* registers of the program */
#define BLOCKS 0x80100000      /* the table */
#define RESULTS 0x84000000
#define TABLES 0x80080000      /* root, then for PAGED: middle, leaf */
#define SCRATCH 0x80090000     /* what loads and stores reach */
#define USER 0xc0000000
#define FINISHER 0x100000

/* A block in the table */
#define B_MODE 0
#define B_CODE 8
#define B_X 16                 /* x0..x31, as loaded (x0 ignored) */
#define B_F 272                /* f0..f31 */
#define B_FCSR 528
#define B_SIZE 536

/* A result: x, f, fcsr, then the traps */
#define R_X 0
#define R_F 256
#define R_FCSR 512
#define R_COUNT 520
#define R_CAUSES 528           /* a hash of (cause, pc, tval) of all */
#define R_LAST 536             /* cause, pc, tval of the last */
#define R_STATUS 560
#define R_LOG 576              /* the first 32 traps: cause, pc, tval */
#define LOGGED 32
#define R_SIZE 1344

/* In SAVE, which mscratch points at */
#define S_T0 0
#define S_T1 8
#define S_T2 16
#define S_BLOCK 24
#define S_LEFT 32
#define S_RESULT 40

#define END 0x7e57             /* the block is over */

    .section .text
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la t0, trap
    csrw mtvec, t0
    /* A stray store of a block must not reach this code, not even in M. */
    li t0, (RAM >> 2) | (CODE_SIZE >> 3) - 1
    csrw pmpaddr0, t0
    li t0, -1
    csrw pmpaddr1, t0
    li t0, 0x1f9d              /* 0: locked, NAPOT, R, X; 1: NAPOT, R, W, X */
    csrw pmpcfg0, t0
    li t0, TABLES >> 12 | 8 << 60
    csrw satp, t0
    sfence.vma
    li t0, -1
    csrw mcounteren, t0
    csrw scounteren, t0
    li s0, SAVE
    csrw mscratch, s0

    li s1, BLOCKS
    ld s2, 0(s1)               /* how many */
    addi s1, s1, 8
    li s3, RESULTS
next:
    beqz s2, done
    sd s1, S_BLOCK(s0)
    sd s2, S_LEFT(s0)
    sd s3, S_RESULT(s0)

    /* No traps yet */
    sd zero, R_COUNT(s3)
    sd zero, R_CAUSES(s3)
    sd zero, R_LAST(s3)
    sd zero, R_LAST+8(s3)
    sd zero, R_LAST+16(s3)

    /* A known state of what blocks change */
    csrw sscratch, zero
    csrw sepc, zero
    csrw scause, zero
    csrw stval, zero
    csrw stvec, zero
    csrw mcause, zero
    csrw mtval, zero
    li t0, 0xf0
    csrw menvcfg, t0
    csrw senvcfg, t0

    /* mstatus: FS dirty, MPP the mode, the rest off */
    ld t0, B_MODE(s1)
    slli t0, t0, 11
    li t2, 3 << 13
    or t0, t0, t2
    li t2, 1 << 18             /* SUM: S may reach the pages of U */
    or t0, t0, t2
    csrw mstatus, t0
    ld t0, B_CODE(s1)
    csrw mepc, t0

    ld t0, B_FCSR(s1)
    csrw fcsr, t0
    .altmacro
    .macro load_f n
    fld f\n, B_F+8*\n(s1)
    .endm
    .macro load_x n
    ld x\n, B_X+8*\n(s1)
    .endm
    .set i, 0
    .rept 32
    load_f %i
    .set i, i+1
    .endr
    .set i, 1
    .rept 8
    load_x %i
    .set i, i+1
    .endr
    .set i, 10
    .rept 22
    load_x %i
    .set i, i+1
    .endr
    ld x9, B_X+72(s1)          /* x9 is s1 */
    mret

    .balign 4
trap:
    csrrw s0, mscratch, s0     /* x8 */
    sd t0, S_T0(s0)
    sd t1, S_T1(s0)
    sd t2, S_T2(s0)
    csrr t0, mcause
    addi t0, t0, -8            /* an ecall of some mode? */
    li t1, 3
    bgtu t0, t1, note
    li t1, END
    beq a7, t1, finish
note:
    ld t0, S_RESULT(s0)
    ld t1, R_COUNT(t0)
    addi t1, t1, 1
    sd t1, R_COUNT(t0)
    ld t1, R_CAUSES(t0)
    .macro hash csr, offset
    li t2, 0x100000001b3
    mul t1, t1, t2
    csrr t2, \csr
    sd t2, R_LAST+\offset(t0)
    xor t1, t1, t2
    .endm
    hash mcause, 0
    hash mepc, 8
    hash mtval, 16
    sd t1, R_CAUSES(t0)
    ld t1, R_COUNT(t0)
    addi t1, t1, -1
    li t2, LOGGED
    bgeu t1, t2, skip
    li t2, 24
    mul t1, t1, t2
    add t1, t1, t0
    .macro log csr, offset
    csrr t2, \csr
    sd t2, R_LOG+\offset(t1)
    .endm
    log mcause, 0
    log mepc, 8
    log mtval, 16
skip:

    /* The next instruction. MPRV reads it as the interrupted mode would. */
    csrr t0, mepc
    li t2, 0x40000000          /* USER - RAM */
    li t1, USER
    bltu t0, t1, 1f
    sub t1, t0, t2
    j 2f
1:  mv t1, t0
2:  lbu t1, 0(t1)
    andi t1, t1, 3
    addi t1, t1, -3
    seqz t1, t1                /* 1 for 32 bits */
    slli t1, t1, 1
    addi t1, t1, 2
    add t0, t0, t1
    csrw mepc, t0
    ld t0, S_T0(s0)
    ld t1, S_T1(s0)
    ld t2, S_T2(s0)
    csrrw s0, mscratch, s0
    mret

finish:
    ld t1, S_RESULT(s0)
    csrr t0, mstatus
    sd t0, R_STATUS(t1)
    /* FS may be off now */
    li t0, 3 << 13
    csrs mstatus, t0
    .macro store_x n
    sd x\n, R_X+8*\n(t1)
    .endm
    .macro store_f n
    fsd f\n, R_F+8*\n(t1)
    .endm
    sd zero, R_X(t1)
    .set i, 1
    .rept 31
    store_x %i
    .set i, i+1
    .endr
    .set i, 0
    .rept 32
    store_f %i
    .set i, i+1
    .endr
    /* Those that were in use here */
    ld t0, S_T0(s0)
    sd t0, R_X+8*5(t1)
    ld t0, S_T1(s0)
    sd t0, R_X+8*6(t1)
    ld t0, S_T2(s0)
    sd t0, R_X+8*7(t1)
    csrr t0, mscratch
    sd t0, R_X+8*8(t1)
    csrr t0, fcsr
    sd t0, R_FCSR(t1)

    csrw mscratch, s0
    ld s1, S_BLOCK(s0)
    ld s2, S_LEFT(s0)
    ld s3, S_RESULT(s0)
    addi s2, s2, -1
    addi s1, s1, B_SIZE
    addi s3, s3, R_SIZE
    j next

#include "end.S"
