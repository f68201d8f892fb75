/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the PVH kernels here have in common: how they are entered, at `start`,
 * flat segments, and other CPUs. Made by kernel() of tests/guest/x86.py.
 */
    .set APIC, 0xfee00000
    .set AP_CODE, 0x8000

    .section .note.pvh, "a", @note
    .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long start

    .data
    .balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_end:
gdt_ptr:
    .word gdt_end - gdt - 1
    .long gdt

    .macro load_flat_segments
    lgdt gdt_ptr
    ljmp $8, $1f
1:  mov $16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    .endm

    /* What is between ap_start and ap_end, to where SIPIs shall go. */
    .macro copy_ap_code
    mov $ap_start, %esi
    mov $AP_CODE, %edi
    mov $ap_end - ap_start, %ecx
    rep movsb
    .endm

    .macro start_all_others
    movl $0xc4500, APIC + 0x300
    movl $0xc4600 + (AP_CODE >> 12), APIC + 0x300
    .endm

    /* That of CPUs that go on at @entry, in 32 bits, without a stack. */
    .macro ap_code entry
    .code16
ap_start:
    cli
    xor %ax, %ax
    mov %ax, %ds
    lgdtl AP_CODE + ap_gdt_ptr - ap_start
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $8, $\entry
ap_gdt_ptr:
    .word gdt_end - gdt - 1
    .long gdt
ap_end:
    .endm

    /* On the serial port; the zero at %esi ends it. */
    .macro say text
    mov $\text, %esi
    call print
    .endm

    .macro print_function
print:
    mov $0x3f8, %dx
1:  lodsb
    test %al, %al
    jz 2f
    out %al, %dx
    jmp 1b
2:  ret
    .endm
