/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a spin loop tells the host CPU.
 */
#ifndef QEMU_PROCESSOR_H
#define QEMU_PROCESSOR_H

/* One turn of a loop that waits for another CPU. */
#if defined(__x86_64__) || defined(__i386__)
#define cpu_relax() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define cpu_relax() __asm__ __volatile__("yield" ::: "memory")
#else
#define cpu_relax() __asm__ __volatile__("" ::: "memory")
#endif

#endif
