/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calling convention's names of registers, as indices of gpr[]. */
#ifndef TARGET_RISCV_CPU_USER_H
#define TARGET_RISCV_CPU_USER_H

#define xRA 1
#define xSP 2
#define xGP 3
#define xTP 4
#define xT0 5
#define xT2 7
#define xA0 10
#define xA1 11
#define xA2 12
#define xA3 13
#define xA4 14
#define xA5 15
#define xA6 16
#define xA7 17

#endif
