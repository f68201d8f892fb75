/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters: cycle, instret, and hpmcounter3 to 31 with their events. A cycle
 * of our harts is an instruction.
 *
 * A counter is not incremented; it remembers how often its event had happened
 * when its value was last fixed, and adds what has come since when it is read.
 */
#ifndef RISCV_PMU_H
#define RISCV_PMU_H

#include "cpu.h"

/* Fixes all values, before the state is saved; goes on, after a load. */
void riscv_pmu_save(CPURISCVState *env);
void riscv_pmu_load(CPURISCVState *env);

/*
 * Describes in the node @pmu_name of a device tree which counters (@cmask)
 * can count which events: riscv,event-to-mhpmcounters of "riscv,pmu".
 */
void riscv_pmu_generate_fdt_node(void *fdt, uint32_t cmask, char *pmu_name);

#endif
