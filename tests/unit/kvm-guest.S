/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that does what a list says (kvm-guest.h), in 64-bit
 * mode, in the kernel's ring or the user's. It runs wherever it is copied to.
 * rdi and rsi point at the list. An entry has four words:
 *
 *   what, address or port, value, result or rounds
 */
    .section .rodata
    .globl kvm_guest_start, kvm_guest_end
    .code64
kvm_guest_start:
next:
    mov (%rdi), %rax
    mov 8(%rdi), %rdx
    mov 16(%rdi), %rcx
    cmp $0, %eax
    je end
    cmp $1, %eax
    je store8
    cmp $2, %eax
    je store16
    cmp $3, %eax
    je store32
    cmp $4, %eax
    je store64
    cmp $5, %eax
    je load32
    cmp $6, %eax
    je port_out
    cmp $7, %eax
    je port_in
    cmp $8, %eax
    je sweep
    cmp $9, %eax
    je storm
    jmp end
done:
    add $32, %rdi
    jmp next

store8:
    mov %cl, (%rdx)
    jmp done
store16:
    mov %cx, (%rdx)
    jmp done
store32:
    mov %ecx, (%rdx)
    jmp done
store64:
    mov %rcx, (%rdx)
    jmp done
load32:
    mov (%rdx), %eax
    mov %rax, 24(%rdi)
    jmp done
port_out:
    mov %ecx, %eax
    out %eax, %dx
    jmp done
port_in:
    in %dx, %eax
    mov %rax, 24(%rdi)
    jmp done

/* Adds one to a word of each of rcx pages from rdx on, again and again. */
sweep:
    mov 24(%rdi), %r8
again:
    mov %rdx, %r9
    mov %rcx, %r10
page:
    incq (%r9)
    add $0x1000, %r9
    dec %r10
    jnz page
    dec %r8
    jnz again
    jmp done

/* Writes ecx to one place, again and again. */
storm:
    mov 24(%rdi), %r8
write:
    mov %ecx, (%rdx)
    dec %r8
    jnz write
    jmp done

end:
    mov $0xf4, %edx
    out %al, %dx
    mov %rsi, %rdi
    jmp next
kvm_guest_end:

    .section .note.GNU-stack, "", @progbits
