/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two halves of an APLIC's domain: what its sources make of the wires and
 * where that goes (riscv_aplic_sources.c), and the registers and the device
 * around it (riscv_aplic.c). All functions need the BQL.
 */
#ifndef HW_RISCV_APLIC_INTERNAL_H
#define HW_RISCV_APLIC_INTERNAL_H

#include "hw/intc/riscv_aplic.h"
#include "qemu/bitops.h"

/* Registers' fields. */
#define DOMAINCFG_FIXED 0x80000000u
#define DOMAINCFG_IE    BIT(8)
#define DOMAINCFG_DM    BIT(2)

#define SOURCECFG_D       BIT(10)
#define SOURCECFG_CHILD   0x3ff
#define SOURCECFG_SM      7
#define MSIADDRCFGH_L     BIT(31)
#define MMSIADDRCFGH_MASK 0x9f77ffffu
#define SMSIADDRCFGH_MASK 0x00700fffu
#define TARGET_HART_SHIFT 18
#define TARGET_HART       0xfffc0000u
#define TARGET_GUEST      0x0003f000u
#define TARGET_EIID       0x000007ffu

/* Source modes. */
enum { INACTIVE, DETACHED, EDGE1 = 4, EDGE0, LEVEL1, LEVEL0 };

/* Of RISCVAPLICState.state: in the migration stream, too. */
#define STATE_PENDING BIT(0)
#define STATE_ENABLED BIT(1)
#define STATE_WIRE    BIT(8)

/* The root of the tree of domains. */
const RISCVAPLICState *aplic_root(const RISCVAPLICState *s);
/* The rectified input value of a source. */
bool aplic_input(const RISCVAPLICState *s, uint32_t i);
/* GPIO input @i of the root, @opaque, has changed. */
void aplic_set_wire(void *opaque, int i, int level);

/* topi and claimi of a hart; its line, after a change of what makes it. */
uint32_t aplic_topi(const RISCVAPLICState *s, uint32_t hart);
uint32_t aplic_claimi(RISCVAPLICState *s, uint32_t hart);
void aplic_update_hart(RISCVAPLICState *s, uint32_t hart);
/* Sets all lines, or sends all MSIs that are due. */
void aplic_update_all(RISCVAPLICState *s);

/*
 * Software sets or clears the pending or the enable bit of a source, as far as
 * its mode lets it. Any @i: what is no active source is left alone.
 */
void aplic_write_pending(RISCVAPLICState *s, uint32_t i, bool on);
void aplic_write_enable(RISCVAPLICState *s, uint32_t i, bool on);

/* Registers of a source that there is, and genmsi. */
void aplic_write_sourcecfg(RISCVAPLICState *s, uint32_t i, uint32_t value);
uint32_t aplic_read_target(const RISCVAPLICState *s, uint32_t i);
void aplic_write_target(RISCVAPLICState *s, uint32_t i, uint32_t value);
void aplic_write_genmsi(RISCVAPLICState *s, uint32_t value);

#endif
