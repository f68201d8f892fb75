/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V Incoming MSI Controller (AIA 1.0, chapter 3) of one hart at one
 * privilege level: "riscv.imsic". It has one interrupt file, or at supervisor
 * level one more for each guest of a hypervisor.
 *
 * A file has a page of memory to which MSIs are written, and registers that
 * the hart reaches through CSRs (mireg, sireg, mtopei, stopei): the hart calls
 * riscv_cpu_set_aia_ireg_rmw_fn()'s callback. riscv_imsic_create() connects
 * unnamed GPIO output 0 to the hart's external interrupt, the others to those
 * of its guests.
 */
#ifndef HW_RISCV_IMSIC_H
#define HW_RISCV_IMSIC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_RISCV_IMSIC "riscv.imsic"

typedef struct RISCVIMSICState RISCVIMSICState;
DECLARE_INSTANCE_CHECKER(RISCVIMSICState, RISCV_IMSIC, TYPE_RISCV_IMSIC)

#define IMSIC_MMIO_PAGE_SHIFT        12
#define IMSIC_MMIO_PAGE_SZ           (1UL << IMSIC_MMIO_PAGE_SHIFT)
#define IMSIC_MMIO_SIZE(__num_pages) ((__num_pages) * IMSIC_MMIO_PAGE_SZ)

#define IMSIC_MMIO_HART_GUEST_MAX_BTIS 6
#define IMSIC_MMIO_GROUP_MIN_SHIFT     24

/*
 * The space of a hart's files when those of guests take @__guest_bits bits of
 * page number, and of a group of harts with numbers of @__hart_bits.
 */
#define IMSIC_HART_NUM_GUESTS(__guest_bits) (1U << (__guest_bits))
#define IMSIC_HART_SIZE(__guest_bits)                                     \
    (IMSIC_HART_NUM_GUESTS(__guest_bits) * IMSIC_MMIO_PAGE_SZ)
#define IMSIC_GROUP_NUM_HARTS(__hart_bits) (1U << (__hart_bits))
#define IMSIC_GROUP_SIZE(__hart_bits, __guest_bits)                       \
    (IMSIC_GROUP_NUM_HARTS(__hart_bits) * IMSIC_HART_SIZE(__guest_bits))

struct RISCVIMSICState {
    SysBusDevice parent_obj;
    qemu_irq *external_irqs;

    MemoryRegion mmio;
    uint32_t num_eistate;
    uint32_t *eidelivery; /* by file */
    uint32_t *eithreshold;
    uint32_t *eistate; /* eip and eie as the migration stream has them */
    uint32_t file_words;
    uint64_t *eip; /* file_words for each file, a bit per identity */
    uint64_t *eie;
    uint64_t *arrivals; /* MSIs to file 0, by identity */

    /* properties */
    bool mmode;
    uint32_t hartid;
    uint32_t num_pages;
    uint32_t num_irqs; /* with identity 0 */
};

/*
 * Creates, realizes and maps an IMSIC at @addr (a page) for hart @hartid, at
 * machine level if @mmode, with @num_pages files and the identities 1 to
 * @num_ids (one less than a multiple of 64, below 2048). Ends the program with
 * a message when it cannot be realized. The machine owns it.
 */
DeviceState *riscv_imsic_create(hwaddr addr, uint32_t hartid, bool mmode,
                                uint32_t num_pages, uint32_t num_ids);

#endif
