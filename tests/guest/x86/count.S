/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel for the board microvm whose CPUs count, each in a word of each
 * of 512 pages of its own, page after page, for ever (migration_hops.py). The
 * pages of the CPU with the local APIC id N begin at 2 MiB + N * 16 MiB.
 *
 * cc -m32 -nostdlib -static -no-pie -Wl,-Ttext=0x100000 -Wl,--build-id=none
 */
    .set APIC, 0xfee00000
    .set AP_CODE, 0x8000
    .set PAGES, 512
    .set COUNTERS, 0x200000

    .section .note.pvh, "a", @note
    .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long start

    .text
    .globl start
start:
    lgdt gdt_ptr
    ljmp $8, $1f
1:  mov $16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    movl $0x1ff, APIC + 0xf0
    mov $ap_start, %esi
    mov $AP_CODE, %edi
    mov $ap_end - ap_start, %ecx
    rep movsb
    movl $0xc4500, APIC + 0x300 /* to all but this one */
    movl $0xc4600 + (AP_CODE >> 12), APIC + 0x300

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

    .code16
ap_start:
    cli
    xor %ax, %ax
    mov %ax, %ds
    lgdtl AP_CODE + ap_gdt_ptr - ap_start
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $8, $count
ap_gdt_ptr:
    .word gdt_end - gdt - 1
    .long gdt
ap_end:

    .data
    .balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_end:
gdt_ptr:
    .word gdt_end - gdt - 1
    .long gdt

    .section .note.GNU-stack, "", @progbits
