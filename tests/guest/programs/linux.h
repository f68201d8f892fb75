/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program for a Linux guest needs when it has no C library, on riscv64
 * and (the calls that are used there) on x86-64:
 * system calls, text on the standard output, numbers from the command line.
 * A program defines start(argc, argv), and ends by exit().
 */
#ifndef GUEST_LINUX_H
#define GUEST_LINUX_H

typedef unsigned long u64;

#ifdef __x86_64__
/* From Linux's asm/unistd_64.h. */
#define NR_read          0
#define NR_write         1
#define NR_poll          7
#define NR_mmap          9
#define NR_munmap        11
#define NR_exit_group    231
#define NR_clock_gettime 228

static inline long syscall6(long nr, long a, long b, long c, long d, long e,
                            long f)
{
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    register long r9 asm("r9") = f;

    asm volatile("syscall"
                 : "+a"(nr)
                 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return nr;
}
#else
/* From Linux's asm-generic/unistd.h, which the cross compiler lacks. */
#define NR_io_setup      0
#define NR_io_submit     2
#define NR_io_getevents  4
#define NR_openat        56
#define NR_close         57
#define NR_pipe2         59
#define NR_lseek         62
#define NR_read          63
#define NR_write         64
#define NR_sync          81
#define NR_exit_group    94
#define NR_kexec_load    104
#define NR_clock_gettime 113
#define NR_reboot        142
#define NR_munmap        215
#define NR_mremap        216
#define NR_mmap          222

static inline long syscall6(long nr, long a, long b, long c, long d, long e,
                            long f)
{
    register long a0 asm("a0") = a;
    register long a1 asm("a1") = b;
    register long a2 asm("a2") = c;
    register long a3 asm("a3") = d;
    register long a4 asm("a4") = e;
    register long a5 asm("a5") = f;
    register long a7 asm("a7") = nr;

    asm volatile("ecall"
                 : "+r"(a0)
                 : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                 : "memory");
    return a0;
}
#endif

#define call1(nr, a)    syscall6(nr, (long)(a), 0, 0, 0, 0, 0)
#define call2(nr, a, b) syscall6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(nr, a, b, c)                                                     \
    syscall6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)

static inline void put(const char *text)
{
    u64 n = 0;

    while (text[n]) {
        n++;
    }
    call3(NR_write, 1, text, n);
}

static inline void put_number(u64 value, unsigned base)
{
    char text[24], *p = text + sizeof(text) - 1;

    *p = 0;
    do {
        *--p = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    put(p);
}

static inline __attribute__((noreturn)) void exit(int status)
{
    call1(NR_exit_group, status);
    __builtin_unreachable();
}

static inline u64 number(const char *text)
{
    u64 value = 0;

    while (*text >= '0' && *text <= '9') {
        value = value * 10 + *text++ - '0';
    }
    return value;
}

void start(u64 argc, char **argv);

#ifdef __x86_64__
asm(".globl _start\n"
    "_start: mov (%rsp), %rdi\n"
    "    lea 8(%rsp), %rsi\n"
    "    and $-16, %rsp\n"
    "    call start\n");
#else
asm(".globl _start\n"
    "_start: ld a0, 0(sp)\n"
    "    addi a1, sp, 8\n"
    "    andi sp, sp, -16\n"
    "    call start\n");
#endif

#endif
