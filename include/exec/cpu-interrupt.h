/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU is asked for: the bits of cpu_interrupt(). The numbers are part
 * of the migration stream. A target names the ones it uses.
 */
#ifndef CPU_INTERRUPT_H
#define CPU_INTERRUPT_H

/* A device's interrupt is pending. */
#define CPU_INTERRUPT_HARD      0x0002
/* Look again at everything: the memory map or the like changed. */
#define CPU_INTERRUPT_EXITTB    0x0004
/* Halt. */
#define CPU_INTERRUPT_HALT      0x0020
/* Stop for the debugger. */
#define CPU_INTERRUPT_DEBUG     0x0080
#define CPU_INTERRUPT_RESET     0x0400

/* Other external interrupts of a target. */
#define CPU_INTERRUPT_TGT_EXT_0 0x0008
#define CPU_INTERRUPT_TGT_EXT_1 0x0010
#define CPU_INTERRUPT_TGT_EXT_2 0x0040
#define CPU_INTERRUPT_TGT_EXT_3 0x0200
#define CPU_INTERRUPT_TGT_EXT_4 0x1000

/* What an instruction causes on its own CPU: comes even in single steps. */
#define CPU_INTERRUPT_TGT_INT_0 0x0100
#define CPU_INTERRUPT_TGT_INT_1 0x0800
#define CPU_INTERRUPT_TGT_INT_2 0x2000

/* What waits while a debugger steps with SSTEP_NOIRQ. */
#define CPU_INTERRUPT_SSTEP_MASK                                         \
    (CPU_INTERRUPT_HARD | CPU_INTERRUPT_TGT_EXT_0 |                      \
     CPU_INTERRUPT_TGT_EXT_1 | CPU_INTERRUPT_TGT_EXT_2 |                 \
     CPU_INTERRUPT_TGT_EXT_3 | CPU_INTERRUPT_TGT_EXT_4)

#endif
