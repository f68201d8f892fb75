/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A socket: RISC-V harts of one type with consecutive ids.
 *
 * A board embeds one TYPE_RISCV_HART_ARRAY per socket, sets "num-harts",
 * "hartid-base", "cpu-type" and "resetvec", and realizes it, which makes the
 * CPUs as children harts[N]. A property that is left alone keeps the CPU
 * type's own default.
 */
#ifndef HW_RISCV_HART_H
#define HW_RISCV_HART_H

#include "hw/sysbus.h"
#include "target/riscv/cpu.h"
#include "qom/object.h"

#define TYPE_RISCV_HART_ARRAY "riscv.hart_array"

OBJECT_DECLARE_SIMPLE_TYPE(RISCVHartArrayState, RISCV_HART_ARRAY)

struct RISCVHartArrayState {
    /*< private >*/
    SysBusDevice parent_obj;

    /*< public >*/
    uint32_t num_harts;
    uint32_t hartid_base;
    char *cpu_type;
    uint64_t resetvec;          /* where the harts begin after a reset */
    /* Where a resumable NMI, and an exception in it, go: one for each hart */
    uint32_t num_rnmi_irqvec;
    uint64_t *rnmi_irqvec;
    uint32_t num_rnmi_excpvec;
    uint64_t *rnmi_excpvec;
    RISCVCPU *harts;            /* num_harts of them, once realized */
};

#endif
