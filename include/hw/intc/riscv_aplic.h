/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V Advanced Platform-Level Interrupt Controller (AIA 1.0, chapter
 * 4), one interrupt domain of it: "riscv.aplic".
 *
 * A domain is at machine or supervisor level, and delivers either to its harts
 * directly (an interrupt delivery control per hart) or by MSI to their IMSICs;
 * both are fixed by properties. Domains form a tree: lines arrive at the root
 * (unnamed GPIO inputs, 0 is none), which may delegate each source to a child,
 * which may do the same. riscv_aplic_create() connects the unnamed GPIO
 * outputs, one per hart, of a domain with direct delivery.
 */
#ifndef HW_RISCV_APLIC_H
#define HW_RISCV_APLIC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_RISCV_APLIC "riscv.aplic"

typedef struct RISCVAPLICState RISCVAPLICState;
DECLARE_INSTANCE_CHECKER(RISCVAPLICState, RISCV_APLIC, TYPE_RISCV_APLIC)

/* The size of a domain's registers: 16 KiB, and as much as the IDCs take. */
#define APLIC_MIN_SIZE 0x4000
#define APLIC_SIZE_ALIGN(__x)                                             \
    (((__x) + (APLIC_MIN_SIZE - 1)) & ~(APLIC_MIN_SIZE - 1))
#define APLIC_SIZE(__num_harts)                                           \
    (APLIC_MIN_SIZE + APLIC_SIZE_ALIGN(32 * (__num_harts)))

#define QEMU_APLIC_MAX_CHILDREN 16

struct RISCVAPLICState {
    SysBusDevice parent_obj;
    qemu_irq *external_irqs;

    MemoryRegion mmio;
    uint32_t bitfield_words;
    uint32_t domaincfg; /* only IE */
    uint32_t mmsicfgaddr;
    uint32_t mmsicfgaddrH;
    uint32_t smsicfgaddr;
    uint32_t smsicfgaddrH;
    uint32_t genmsi;
    uint32_t *sourcecfg;
    uint32_t *state; /* by source: pending 1, enabled 2, the wire 0x100 */
    uint32_t *target;
    uint32_t *idelivery;
    uint32_t *iforce;
    uint32_t *ithreshold;
    uint64_t *deliveries; /* claims or MSIs, by source */

    /* The tree of domains; riscv_aplic_add_child(). */
    struct RISCVAPLICState *parent;
    struct RISCVAPLICState *children[QEMU_APLIC_MAX_CHILDREN];
    uint16_t num_children;

    /* properties */
    uint32_t aperture_size;
    uint32_t hartid_base;
    uint32_t num_harts;
    uint32_t iprio_mask;
    uint32_t num_irqs; /* with source 0 */
    bool msimode;
    bool mmode;

    /* Where MSIs go when KVM has the IMSICs; in the migration stream. */
    bool kvm_splitmode;
    uint32_t kvm_msicfgaddr;
    uint32_t kvm_msicfgaddrH;
};

/*
 * Makes @child the next child domain of @parent: before @child is realized,
 * both with the same sources, at most QEMU_APLIC_MAX_CHILDREN.
 */
void riscv_aplic_add_child(DeviceState *parent, DeviceState *child);
/* Whether KVM has both the APLIC and the IMSICs: no, here. */
bool riscv_is_kvm_aia_aplic_imsic(bool msimode);
/* Whether an APLIC has registers and sources of its own: always, here. */
bool riscv_use_emulated_aplic(bool msimode);
/* The address of the first IMSIC of KVM's. */
void riscv_aplic_set_kvm_msicfgaddr(RISCVAPLICState *aplic, hwaddr addr);

/*
 * Creates, realizes and maps a domain at @addr, @size bytes (APLIC_SIZE()),
 * for @num_harts harts from @hartid_base on, with @num_sources sources (source
 * 0 does not count) and priorities of @iprio_bits. @mmode: at machine level;
 * @msimode: delivers by MSI; @parent: the domain above it, or NULL. Ends the
 * program with a message when it cannot be realized. The machine owns it.
 */
DeviceState *riscv_aplic_create(hwaddr addr, hwaddr size, uint32_t hartid_base,
                                uint32_t num_harts, uint32_t num_sources,
                                uint32_t iprio_bits, bool msimode, bool mmode,
                                DeviceState *parent);

#endif
