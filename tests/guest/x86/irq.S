/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel for the board microvm that tries each way an interrupt can take
 * to a CPU, and says so on the serial port:
 *
 *   pic    the timer by the PIC, at the local APIC's LINT0
 *   edge   the timer by the I/O APIC
 *   level  the serial port by the I/O APIC: until its cause is gone, it comes
 *          again after each end
 *   ipi    from the CPU to itself, held back by the task priority
 *   timer  of the local APIC
 *   ap     another CPU, started by INIT and SIPI (if there is one)
 *   done
 */
#include "pvh.h"

    .set IOAPIC, 0xfec00000
    .set AP_FLAG, 0x9000

    .macro gate vector, handler
    mov $\handler, %eax
    mov $idt + 8 * \vector, %edi
    call set_gate
    .endm

    .macro ioapic reg, value
    movl $\reg, IOAPIC
    movl $\value, IOAPIC + 0x10
    .endm

    /* As IRET would, which KVM does not emulate in this mode. */
    .macro leave_handler
    pushl 8(%esp)
    popf
    ret $8
    .endm

    /* Halts until @counter is @count or more. */
    .macro wait_for counter, count
77: cli
    cmpl $\count, \counter
    jae 78f
    sti
    hlt
    jmp 77b
78:
    .endm

    /* The same without a halt: the project's software KVM forgets an end of
     * an interrupt that is to be told to us when a halt comes right after. */
    .macro spin_for counter, count
79: sti
    cmpl $\count, \counter
    jb 79b
    .endm

    .text
    .globl start
start:
    mov $stack_end, %esp
    load_flat_segments
    gate 0x20, on_pic
    gate 0x31, on_edge
    gate 0x34, on_level
    gate 0x35, on_ipi
    gate 0x36, on_timer
    lidt idt_ptr
    movl $0x1ff, APIC + 0xf0
    movl $0, APIC + 0x80

/* The PIC, vectors from 0x20 on, and only the timer: 1000 times a second. */
    movl $0x700, APIC + 0x350
    mov $0x11, %al
    out %al, $0x20
    mov $0x20, %al
    out %al, $0x21
    mov $0x04, %al
    out %al, $0x21
    mov $0x01, %al
    out %al, $0x21
    mov $0xfe, %al
    out %al, $0x21
    mov $0x34, %al
    out %al, $0x43
    mov $0xa9, %al
    out %al, $0x40
    mov $0x04, %al
    out %al, $0x40
    wait_for n_pic, 5
    mov $0xff, %al
    out %al, $0x21
    movl $0x10700, APIC + 0x350
    say s_pic

    ioapic 0x15, 0
    ioapic 0x14, 0x31
    wait_for n_edge, 5
    ioapic 0x14, 0x10031
    say s_edge

/* The transmitter is empty, always. */
    ioapic 0x19, 0
    ioapic 0x18, 0x8034
    mov $0x3f9, %dx
    mov $2, %al
    out %al, %dx
    spin_for n_level, 3
    movl $0, n_level
    mov $0x3f9, %dx
    mov $0, %al
    out %al, %dx
    mov $2, %al
    out %al, %dx
    spin_for n_level, 3
    mov $0x3f9, %dx
    mov $0, %al
    out %al, %dx
    ioapic 0x18, 0x10034
    say s_level

    cli
    movl $0xf0, APIC + 0x80
    movl $0x44035, APIC + 0x300
    sti
    mov $1000, %ecx
1:  dec %ecx
    jnz 1b
    cli
    cmpl $0, n_ipi
    jne bad
    movl $0, APIC + 0x80
    sti
1:  cmpl $1, n_ipi
    jb 1b
    say s_ipi

    movl $0xb, APIC + 0x3e0
    movl $0x36, APIC + 0x320
    movl $100000, APIC + 0x380
1:  cmpl $1, n_timer
    jb 1b
    movl $0x20036, APIC + 0x320 /* and periodic */
    movl $100000, APIC + 0x380
    wait_for n_timer, 5
    movl $0, APIC + 0x380
    say s_timer

    copy_ap_code
    movl $0, AP_FLAG
    start_all_others
    mov $20000000, %ecx
1:  cmpl $0x1234, AP_FLAG
    je 2f
    pause
    dec %ecx
    jnz 1b
    jmp 3f
2:  say s_ap
3:  say s_done
    cli
4:  hlt
    jmp 4b

bad:
    say s_bad
    jmp 3b

/* ---- handlers ------------------------------------------------------------ */

on_pic:
    push %eax
    incl n_pic
    mov $0x20, %al
    out %al, $0x20
    pop %eax
    leave_handler
on_edge:
    incl n_edge
    jmp end_of_interrupt
on_level:
    push %eax
    push %edx
    incl n_level
    cmpl $3, n_level
    jb 1f
    mov $0x3fa, %dx
    in %dx, %al
1:  pop %edx
    pop %eax
    jmp end_of_interrupt
on_ipi:
    incl n_ipi
    jmp end_of_interrupt
on_timer:
    incl n_timer
end_of_interrupt:
    movl $0, APIC + 0xb0
    leave_handler

/* ---- what they need ------------------------------------------------------ */

set_gate:
    mov %ax, (%edi)
    movw $8, 2(%edi)
    movw $0x8e00, 4(%edi)
    shr $16, %eax
    mov %ax, 6(%edi)
    ret

    print_function

    .code16
ap_start:
    xor %ax, %ax
    mov %ax, %ds
    movw $0x1234, AP_FLAG
1:  hlt
    jmp 1b
ap_end:

    .section .rodata
s_pic:   .asciz "pic\n"
s_edge:  .asciz "edge\n"
s_level: .asciz "level\n"
s_ipi:   .asciz "ipi\n"
s_timer: .asciz "timer\n"
s_ap:    .asciz "ap\n"
s_bad:   .asciz "bad\n"
s_done:  .asciz "done\n"

    .data
    .balign 8
idt_ptr:
    .word 256 * 8 - 1
    .long idt
n_pic:   .long 0
n_edge:  .long 0
n_level: .long 0
n_ipi:   .long 0
n_timer: .long 0

    .bss
    .balign 16
idt:
    .skip 256 * 8
stack:
    .skip 4096
stack_end:

    .section .note.GNU-stack, "", @progbits
