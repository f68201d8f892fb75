/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PVH kernel for the board microvm (acpi=on) with slots for CPUs: does by the
 * registers what the tables' AML does, and says so on the serial port.
 *
 *   ready   it looks for events
 *   check   a CPU has come; it is started by INIT and SIPI
 *   up      that CPU runs
 *   eject   it is to go; from the second time on it ejects itself
 *   gone    it is no more there
 */
#include "pvh.h"

    .set EVENTS, 0xfea00000
    .set SLOTS, 0xfea00300
    .set CPU_EVENT, 8

    .text
    .globl start
start:
    mov $stack_end, %esp
    load_flat_segments
    movl $0x1ff, APIC + 0xf0
    copy_ap_code
    say s_ready

wait_for_event:
    pause
    testl $CPU_EVENT, EVENTS
    jz wait_for_event

/* Command 0 finds a slot with an event, command 3 is the id. */
scan:
    movl $0, SLOTS
    movb $0, SLOTS + 5
    mov SLOTS + 8, %ebx
    mov SLOTS + 4, %al
    test $2, %al
    jnz check
    test $4, %al
    jnz remove
    jmp wait_for_event

check:
    movb $2, SLOTS + 4
    say s_check
    movb $3, SLOTS + 5
    mov SLOTS + 8, %eax
    shl $24, %eax
    movl $0, ap_runs
    movl $0, ap_slot
    mov %eax, APIC + 0x310
    movl $0x4500, APIC + 0x300
    mov %eax, APIC + 0x310
    movl $0x4600 + (AP_CODE >> 12), APIC + 0x300
1:  pause
    cmpl $0, ap_runs
    je 1b
    say s_up
    jmp scan

remove:
    movb $4, SLOTS + 4
    say s_eject
    incl removals
    cmpl $1, removals
    jne 1f
    movb $8, SLOTS + 4
    jmp 2f
1:  mov %ebx, ap_slot
2:  pause
    testb $1, SLOTS + 4
    jnz 2b
    say s_gone
    jmp scan

    print_function

/* The slot is selected already. */
ap:
    mov $16, %ax
    mov %ax, %ds
1:  incl ap_runs
    pause
    cmpl $0, ap_slot
    je 1b
    movb $8, SLOTS + 4
2:  incl ap_runs
    jmp 2b

    ap_code ap

    .section .rodata
s_ready: .asciz "ready\n"
s_check: .asciz "check\n"
s_up:    .asciz "up\n"
s_eject: .asciz "eject\n"
s_gone:  .asciz "gone\n"

    .data
    .balign 8
ap_runs:  .long 0
ap_slot:  .long 0
removals: .long 0

    .bss
    .balign 16
stack:
    .skip 4096
stack_end:

    .section .note.GNU-stack, "", @progbits
