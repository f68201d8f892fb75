/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V platform-level interrupt controller, as SiFive lays it out
 * ("riscv.sifive.plic"): lines of devices in, one line per context out. A
 * context is a hart in one mode, and has a threshold, a word of enable bits
 * per 32 sources, and a register that claims and completes.
 *
 * Unnamed GPIO inputs are the sources (0 is none). Unnamed GPIO outputs: the
 * harts' S level lines, then their M level lines. sifive_plic_create()
 * connects those to the harts, which must exist.
 */
#ifndef HW_SIFIVE_PLIC_H
#define HW_SIFIVE_PLIC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_SIFIVE_PLIC "riscv.sifive.plic"

typedef struct SiFivePLICState SiFivePLICState;
DECLARE_INSTANCE_CHECKER(SiFivePLICState, SIFIVE_PLIC, TYPE_SIFIVE_PLIC)

typedef enum PLICMode { PLICMode_U, PLICMode_S, PLICMode_M } PLICMode;

/* A context. */
typedef struct PLICAddr {
    uint32_t addrid;
    uint32_t hartid;
    PLICMode mode;
} PLICAddr;

struct SiFivePLICState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t num_addrs; /* contexts */
    uint32_t num_harts;
    uint32_t bitfield_words; /* of a bit per source */
    uint32_t num_enables;
    PLICAddr *addr_config;
    uint32_t *source_priority;
    uint32_t *target_priority; /* thresholds */
    uint32_t *pending;
    uint32_t *claimed;
    uint32_t *enable; /* bitfield_words for each context */
    uint64_t *claims; /* how often, by source */

    /* properties */
    char *hart_config;
    uint32_t hartid_base;
    uint32_t num_sources; /* with source 0 */
    uint32_t num_priorities;
    uint32_t priority_base;
    uint32_t pending_base;
    uint32_t enable_base;
    uint32_t enable_stride;
    uint32_t context_base;
    uint32_t context_stride;
    uint32_t aperture_size;

    qemu_irq *m_external_irqs;
    qemu_irq *s_external_irqs;
};

/*
 * Creates, realizes and maps a PLIC at @addr for @num_harts harts from
 * @hartid_base on. @hart_config has a string of modes for each hart, with
 * commas between: "M,MS,MS" is hart 0 with M level, and two with M and S; the
 * contexts are numbered in that order. The strides (powers of two) are those
 * between contexts. @num_sources counts source 0, priorities go up to
 * @num_priorities. Ends the program with a message when the device cannot be
 * realized. The machine owns it.
 */
DeviceState *sifive_plic_create(hwaddr addr, char *hart_config,
                                uint32_t num_harts, uint32_t hartid_base,
                                uint32_t num_sources, uint32_t num_priorities,
                                uint32_t priority_base, uint32_t pending_base,
                                uint32_t enable_base, uint32_t enable_stride,
                                uint32_t context_base, uint32_t context_stride,
                                uint32_t aperture_size);

#endif
