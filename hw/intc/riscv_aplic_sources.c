/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sources of one interrupt domain of a RISC-V APLIC: AIA 1.0, chapter 4.
 *
 * The root of the tree of domains knows how the wires are. Each domain derives
 * from that what its source modes make of it; pending bits follow the rules of
 * 4.7, "Precise effects on interrupt-pending bits".
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "qemu/log.h"
#include "riscv_aplic-internal.h"

/*** Domains, sources and wires. ***/

/* The next domain down for source @i, or NULL if it is not delegated. */
static RISCVAPLICState *delegate(const RISCVAPLICState *s, uint32_t i)
{
    uint32_t cfg = s->sourcecfg[i];

    return cfg & SOURCECFG_D ? s->children[cfg & SOURCECFG_CHILD] : NULL;
}

const RISCVAPLICState *aplic_root(const RISCVAPLICState *s)
{
    while (s->parent) {
        s = s->parent;
    }
    return s;
}

/* Whether the source has been given to this domain (and maybe passed on). */
static bool is_given(const RISCVAPLICState *s, uint32_t i)
{
    return !s->parent || delegate(s->parent, i) == s;
}

/* A source mode; INACTIVE for a source that is delegated. */
static unsigned source_mode(const RISCVAPLICState *s, uint32_t i)
{
    uint32_t cfg = s->sourcecfg[i];

    return cfg & SOURCECFG_D ? INACTIVE : cfg;
}

static bool is_level(const RISCVAPLICState *s, uint32_t i)
{
    return source_mode(s, i) >= LEVEL1;
}

static bool is_active(const RISCVAPLICState *s, uint32_t i)
{
    return i && i < s->num_irqs && source_mode(s, i) != INACTIVE;
}

/* What the mode makes of a wire: the rectified input value. */
static bool rectified(const RISCVAPLICState *s, uint32_t i, bool wire)
{
    unsigned mode = source_mode(s, i);

    return mode >= EDGE1 && wire != (mode & 1);
}

bool aplic_input(const RISCVAPLICState *s, uint32_t i)
{
    return rectified(s, i, aplic_root(s)->state[i] & STATE_WIRE);
}

/*** Direct delivery: 4.8. ***/

/* The hart to which a source goes, if it is one of ours. */
static uint32_t target_hart(const RISCVAPLICState *s, uint32_t i)
{
    return s->target[i] >> TARGET_HART_SHIFT;
}

/* topi: the smallest priority number that is delivered, and whose it is. */
uint32_t aplic_topi(const RISCVAPLICState *s, uint32_t hart)
{
    uint32_t best = 0, limit = s->ithreshold[hart] ?: UINT32_MAX;

    for (uint32_t i = 1; i < s->num_irqs; i++) {
        uint32_t priority = s->target[i] & s->iprio_mask;

        if ((~s->state[i] & (STATE_PENDING | STATE_ENABLED)) == 0 &&
            target_hart(s, i) == hart && priority < limit) {
            best = i << 16 | priority;
            limit = priority;
        }
    }
    return best;
}

void aplic_update_hart(RISCVAPLICState *s, uint32_t hart)
{
    if (hart < s->num_harts) {
        qemu_set_irq(s->external_irqs[hart],
                     (s->domaincfg & DOMAINCFG_IE) && s->idelivery[hart] &&
                         (s->iforce[hart] || aplic_topi(s, hart)));
    }
}

uint32_t aplic_claimi(RISCVAPLICState *s, uint32_t hart)
{
    uint32_t top = aplic_topi(s, hart);
    uint32_t i = top >> 16;

    if (!top) {
        s->iforce[hart] = 0;
    } else {
        s->deliveries[i]++;
        if (!is_level(s, i)) {
            s->state[i] &= ~STATE_PENDING;
        }
    }
    aplic_update_hart(s, hart);
    return top;
}

/*** MSI delivery: 4.9. ***/

static hwaddr msi_address(const RISCVAPLICState *s, uint32_t hart,
                          uint32_t guest)
{
    const RISCVAPLICState *root = aplic_root(s);
    uint32_t mcfg = root->mmsicfgaddrH;
    uint32_t low = s->mmode ? root->mmsicfgaddr : root->smsicfgaddr;
    uint32_t high = s->mmode ? mcfg : root->smsicfgaddrH;
    uint32_t hhxs = extract32(mcfg, 24, 5), hhxw = extract32(mcfg, 16, 3);
    uint32_t lhxw = extract32(mcfg, 12, 4), lhxs = extract32(high, 20, 3);
    uint64_t g = hart >> lhxw & ((1u << hhxw) - 1);
    uint64_t h = hart & ((1u << lhxw) - 1);
    uint64_t base = (uint64_t)extract32(high, 0, 12) << 32 | low;

    return (base | g << (hhxs + 12) | h << lhxs | guest) << 12;
}

static void send_msi(RISCVAPLICState *s, uint32_t hart, uint32_t guest,
                     uint32_t eiid)
{
    hwaddr addr;
    MemTxResult result;

    if (!aplic_root(s)->mmode) {
        qemu_log_mask(LOG_GUEST_ERROR, "riscv_aplic: no machine-level domain"
                                       " knows where MSIs go\n");
        return;
    }
    addr = msi_address(s, hart, guest);
    address_space_stl_le(&address_space_memory, addr, eiid,
                         MEMTXATTRS_UNSPECIFIED, &result);
    if (result != MEMTX_OK) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "riscv_aplic: MSI write failed for"
                      " hart_index=%u guest_index=%u eiid=%u\n",
                      hart, guest, eiid);
    }
}

/* Pending, enabled: it goes out, and is no longer pending. */
static void forward(RISCVAPLICState *s, uint32_t i)
{
    if (!(s->domaincfg & DOMAINCFG_IE) ||
        (~s->state[i] & (STATE_PENDING | STATE_ENABLED))) {
        return;
    }
    s->state[i] &= ~STATE_PENDING;
    s->deliveries[i]++;
    send_msi(s, target_hart(s, i), extract32(s->target[i], 12, 6),
             s->target[i] & TARGET_EIID);
}

/*** Pending and enable bits. ***/

static void update_source(RISCVAPLICState *s, uint32_t i)
{
    if (s->msimode) {
        forward(s, i);
    } else {
        aplic_update_hart(s, target_hart(s, i));
    }
}

void aplic_update_all(RISCVAPLICState *s)
{
    if (s->msimode) {
        for (uint32_t i = 1; i < s->num_irqs; i++) {
            forward(s, i);
        }
    } else {
        for (uint32_t hart = 0; hart < s->num_harts; hart++) {
            aplic_update_hart(s, hart);
        }
    }
}

static void set_state(RISCVAPLICState *s, uint32_t i, uint32_t bit, bool on)
{
    s->state[i] = on ? s->state[i] | bit : s->state[i] & ~bit;
}

/* Software sets or clears a pending bit, as far as the mode lets it. */
void aplic_write_pending(RISCVAPLICState *s, uint32_t i, bool on)
{
    if (!is_active(s, i)) {
        return;
    }
    if (is_level(s, i) && (!s->msimode || (on && !aplic_input(s, i)))) {
        return;
    }
    set_state(s, i, STATE_PENDING, on);
    update_source(s, i);
}

void aplic_write_enable(RISCVAPLICState *s, uint32_t i, bool on)
{
    if (is_active(s, i)) {
        set_state(s, i, STATE_ENABLED, on);
        update_source(s, i);
    }
}

/* The wire of a source has changed; this is the domain that has the source. */
static void wire_changed(RISCVAPLICState *s, uint32_t i, bool wire)
{
    bool was = rectified(s, i, !wire), is = rectified(s, i, wire);

    if (is && !was) {
        set_state(s, i, STATE_PENDING, true);
    } else if (was && !is && is_level(s, i)) {
        set_state(s, i, STATE_PENDING, false);
    } else {
        return;
    }
    update_source(s, i);
}

void aplic_set_wire(void *opaque, int i, int level)
{
    RISCVAPLICState *s = opaque;

    if (i == 0 || !!level == !!(s->state[i] & STATE_WIRE)) {
        return;
    }
    set_state(s, i, STATE_WIRE, level);
    for (RISCVAPLICState *next; (next = delegate(s, i)); s = next) {
    }
    wire_changed(s, i, level);
}

/*** What software configures. ***/

/* A source that a domain no longer has loses its configuration there. */
static void forget_source(RISCVAPLICState *s, uint32_t i)
{
    RISCVAPLICState *child = delegate(s, i);

    s->sourcecfg[i] = 0;
    s->target[i] = s->msimode ? 0 : 1;
    s->state[i] &= STATE_WIRE;
    if (child) {
        forget_source(child, i);
    }
    if (!s->msimode) {
        aplic_update_all(s);
    }
}

void aplic_write_sourcecfg(RISCVAPLICState *s, uint32_t i, uint32_t value)
{
    uint32_t mode = value & SOURCECFG_SM;
    uint32_t child = value & SOURCECFG_CHILD;

    if (!is_given(s, i)) {
        return;
    }
    if (value & SOURCECFG_D) {
        value = child < s->num_children ? SOURCECFG_D | child : 0;
    } else {
        value = mode == 2 || mode == 3 ? INACTIVE : mode;
    }
    if (value == s->sourcecfg[i] && value & SOURCECFG_D) {
        return;
    }
    if (value == INACTIVE || value & SOURCECFG_D || delegate(s, i)) {
        forget_source(s, i);
    }
    s->sourcecfg[i] = value;
    if (aplic_input(s, i)) {
        set_state(s, i, STATE_PENDING, true);
    } else if (is_level(s, i)) {
        set_state(s, i, STATE_PENDING, false);
    }
    if (is_active(s, i)) {
        update_source(s, i);
    }
}

uint32_t aplic_read_target(const RISCVAPLICState *s, uint32_t i)
{
    return is_active(s, i) ? s->target[i] : 0;
}

void aplic_write_target(RISCVAPLICState *s, uint32_t i, uint32_t value)
{
    uint32_t former = target_hart(s, i);

    if (!is_active(s, i)) {
        return;
    }
    if (s->msimode) {
        value &= TARGET_HART | TARGET_EIID | (s->mmode ? 0 : TARGET_GUEST);
    } else {
        value &= TARGET_HART | s->iprio_mask;
        value |= !(value & s->iprio_mask);
    }
    s->target[i] = value;
    update_source(s, i);
    if (!s->msimode) {
        aplic_update_hart(s, former);
    }
}

/* For an MSI that depends on nothing; it is never busy for long. */
void aplic_write_genmsi(RISCVAPLICState *s, uint32_t value)
{
    if (s->msimode) {
        s->genmsi = value & (TARGET_HART | TARGET_EIID);
        send_msi(s, value >> TARGET_HART_SHIFT, 0, value & TARGET_EIID);
    }
}
