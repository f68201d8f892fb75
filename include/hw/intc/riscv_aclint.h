/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V Advanced Core Local Interruptor (ACLINT specification 1.0): a
 * time counter with one comparator per hart (MTIMER, "riscv.aclint.mtimer"),
 * and interrupts between harts at M (MSWI) or S level (SSWI), both
 * "riscv.aclint.swi". A SiFive CLINT is an MSWI at offset 0 and an MTIMER at
 * 0x4000.
 *
 * A board calls the create functions after it has made the harts: they
 * connect unnamed GPIO output n to the hart with the ID hartid_base + n. The
 * counter runs with the virtual clock and is what the harts' `time' CSR shows
 * if provide_rdtime is set.
 */
#ifndef HW_RISCV_ACLINT_H
#define HW_RISCV_ACLINT_H

#include "hw/sysbus.h"

#define TYPE_RISCV_ACLINT_MTIMER "riscv.aclint.mtimer"

#define RISCV_ACLINT_MTIMER(obj) \
    OBJECT_CHECK(RISCVAclintMTimerState, (obj), TYPE_RISCV_ACLINT_MTIMER)

typedef struct RISCVAclintMTimerHart RISCVAclintMTimerHart;

typedef struct RISCVAclintMTimerState {
    SysBusDevice parent_obj;

    uint64_t time_delta; /* the counter minus the clock, in ticks */
    uint64_t *timecmp;
    QEMUTimer **timers;
    RISCVAclintMTimerHart *harts; /* what the timers' callbacks are given */

    MemoryRegion mmio;
    uint32_t hartid_base;
    uint32_t num_harts;
    uint32_t timecmp_base; /* offsets of registers in mmio */
    uint32_t time_base;
    uint32_t aperture_size;
    uint32_t timebase_freq; /* in Hz */
    qemu_irq *timer_irqs;
} RISCVAclintMTimerState;

/*
 * Creates, realizes and maps an MTIMER at @addr, @size bytes, for the harts
 * [@hartid_base, @hartid_base + @num_harts): comparators of 8 bytes each at
 * offset @timecmp_base, the counter of @timebase_freq Hz at @time_base.
 * @provide_rdtime: those harts' `time' CSR is this counter. Ends the program
 * with a message when the device cannot be realized. The machine owns it.
 */
DeviceState *riscv_aclint_mtimer_create(hwaddr addr, hwaddr size,
                                        uint32_t hartid_base,
                                        uint32_t num_harts,
                                        uint32_t timecmp_base,
                                        uint32_t time_base,
                                        uint32_t timebase_freq,
                                        bool provide_rdtime);

#define TYPE_RISCV_ACLINT_SWI "riscv.aclint.swi"

#define RISCV_ACLINT_SWI(obj) \
    OBJECT_CHECK(RISCVAclintSwiState, (obj), TYPE_RISCV_ACLINT_SWI)

typedef struct RISCVAclintSwiState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t hartid_base;
    uint32_t num_harts;
    uint32_t sswi; /* not 0: S level */
    qemu_irq *soft_irqs;
} RISCVAclintSwiState;

/*
 * Creates, realizes and maps an MSWI, or an SSWI if @sswi, at @addr for the
 * harts [@hartid_base, @hartid_base + @num_harts). Errors and ownership are
 * those of riscv_aclint_mtimer_create().
 */
DeviceState *riscv_aclint_swi_create(hwaddr addr, uint32_t hartid_base,
                                     uint32_t num_harts, bool sswi);

enum {
    RISCV_ACLINT_DEFAULT_MTIMECMP = 0x0,
    RISCV_ACLINT_DEFAULT_MTIME = 0x7ff8,
    RISCV_ACLINT_DEFAULT_MTIMER_SIZE = 0x8000,
    RISCV_ACLINT_DEFAULT_TIMEBASE_FREQ = 10000000,
    RISCV_ACLINT_MAX_HARTS = 4095,
    RISCV_ACLINT_SWI_SIZE = 0x4000
};

#endif
