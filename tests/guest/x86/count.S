/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel for the board microvm whose CPUs count, each in a word of each
 * of 512 pages of its own, page after page, for ever (migration_hops.py). The
 * pages of the CPU with the local APIC id N begin at 2 MiB + N * 16 MiB.
 */
#include "pvh.h"

    .set PAGES, 512
    .set COUNTERS, 0x200000

    .text
    .globl start
start:
    load_flat_segments
    movl $0x1ff, APIC + 0xf0
    copy_ap_code
    start_all_others

count:
    mov $16, %ax
    mov %ax, %ds
    mov APIC + 0x20, %ebx
    and $0xff000000, %ebx
    add $COUNTERS, %ebx
round:
    mov %ebx, %edi
    mov $PAGES, %ecx
page:
    incl (%edi)
    add $0x1000, %edi
    dec %ecx
    jnz page
    jmp round

    ap_code count

    .section .note.GNU-stack, "", @progbits
