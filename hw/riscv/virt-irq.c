/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt controllers and timers of the board "virt", one set per socket.
 *
 *   aia=none          CLINT (or ACLINT)           PLIC
 *   aia=aplic         CLINT (or ACLINT)           APLIC for M, below it one for S
 *   aia=aplic-imsic   CLINT, with aclint=on only  the same, sending MSIs to
 *                     its timer                   IMSICs of each hart
 */
#include "qemu/osdep.h"
#include "hw/intc/riscv_aclint.h"
#include "hw/intc/riscv_aplic.h"
#include "hw/intc/riscv_imsic.h"
#include "hw/intc/sifive_plic.h"
#include "hw/riscv/boot.h"
#include "hw/riscv/numa.h"
#include "virt-internal.h"

typedef struct Harts {
    int socket, base, count;
} Harts;

uint32_t imsic_num_bits(uint32_t count)
{
    uint32_t bits = 0;

    while (bits < 32 && BIT_ULL(bits) < count) {
        bits++;
    }
    return bits;
}

/* The CLINT of SiFive: software interrupts for M, then the timer. */
static void create_clint(const RISCVVirtState *s, const Harts *h)
{
    hwaddr addr = virt_socket_addr(s, VIRT_CLINT, h->socket);

    riscv_aclint_swi_create(addr, h->base, h->count, false);
    riscv_aclint_mtimer_create(
        addr + RISCV_ACLINT_SWI_SIZE, RISCV_ACLINT_DEFAULT_MTIMER_SIZE, h->base,
        h->count, RISCV_ACLINT_DEFAULT_MTIMECMP, RISCV_ACLINT_DEFAULT_MTIME,
        RISCV_ACLINT_DEFAULT_TIMEBASE_FREQ, true);
}

static void create_timers(const RISCVVirtState *s, const Harts *h)
{
    if (s->have_aclint && s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC) {
        /* Software interrupts are MSIs; the timers lie close together. */
        riscv_aclint_mtimer_create(
            s->memmap[VIRT_CLINT].base +
                h->socket * RISCV_ACLINT_DEFAULT_MTIMER_SIZE,
            RISCV_ACLINT_DEFAULT_MTIMER_SIZE, h->base, h->count,
            RISCV_ACLINT_DEFAULT_MTIMECMP, RISCV_ACLINT_DEFAULT_MTIME,
            RISCV_ACLINT_DEFAULT_TIMEBASE_FREQ, true);
        return;
    }
    create_clint(s, h);
    if (s->have_aclint) {
        riscv_aclint_swi_create(
            virt_socket_addr(s, VIRT_ACLINT_SSWI, h->socket), h->base, h->count,
            true);
    }
}

static DeviceState *create_plic(const RISCVVirtState *s, const Harts *h)
{
    g_autofree char *config = riscv_plic_hart_config_string(h->count);

    return sifive_plic_create(
        virt_socket_addr(s, VIRT_PLIC, h->socket), config, h->count, h->base,
        VIRT_IRQCHIP_NUM_SOURCES, (1U << VIRT_IRQCHIP_NUM_PRIO_BITS) - 1,
        VIRT_PLIC_PRIORITY_BASE, VIRT_PLIC_PENDING_BASE, VIRT_PLIC_ENABLE_BASE,
        VIRT_PLIC_ENABLE_STRIDE, VIRT_PLIC_CONTEXT_BASE,
        VIRT_PLIC_CONTEXT_STRIDE, s->memmap[VIRT_PLIC].size);
}

/* For each hart a file for M, and one for S with those of guests behind it. */
static void create_imsics(const RISCVVirtState *s, const Harts *h)
{
    hwaddr m = virt_socket_addr(s, VIRT_IMSIC_M, h->socket);
    hwaddr sup = virt_socket_addr(s, VIRT_IMSIC_S, h->socket);
    uint32_t guest_bits = imsic_num_bits(s->aia_guests + 1);

    for (int i = 0; i < h->count; i++) {
        riscv_imsic_create(m + i * IMSIC_HART_SIZE(0), h->base + i, true, 1,
                           VIRT_IRQCHIP_NUM_MSIS);
    }
    for (int i = 0; i < h->count; i++) {
        riscv_imsic_create(sup + i * IMSIC_HART_SIZE(guest_bits), h->base + i,
                           false, 1 + s->aia_guests, VIRT_IRQCHIP_NUM_MSIS);
    }
}

/* Devices are connected to the root, which delegates to its child. */
static DeviceState *create_aplics(const RISCVVirtState *s, const Harts *h)
{
    bool msi = s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC;
    int base = msi ? 0 : h->base, count = msi ? 0 : h->count;
    DeviceState *root;

    root = riscv_aplic_create(virt_socket_addr(s, VIRT_APLIC_M, h->socket),
                              s->memmap[VIRT_APLIC_M].size, base, count,
                              VIRT_IRQCHIP_NUM_SOURCES,
                              VIRT_IRQCHIP_NUM_PRIO_BITS, msi, true, NULL);
    riscv_aplic_create(virt_socket_addr(s, VIRT_APLIC_S, h->socket),
                       s->memmap[VIRT_APLIC_S].size, base, count,
                       VIRT_IRQCHIP_NUM_SOURCES, VIRT_IRQCHIP_NUM_PRIO_BITS,
                       msi, false, root);
    return root;
}

void virt_create_socket_irqs(RISCVVirtState *s, int socket)
{
    MachineState *ms = MACHINE(s);
    Harts h = {
        .socket = socket,
        .base = riscv_socket_first_hartid(ms, socket),
        .count = riscv_socket_hart_count(ms, socket),
    };

    create_timers(s, &h);
    if (s->aia_type == VIRT_AIA_TYPE_NONE) {
        s->irqchip[socket] = create_plic(s, &h);
    } else {
        if (s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC) {
            create_imsics(s, &h);
        }
        s->irqchip[socket] = create_aplics(s, &h);
    }
}

int virt_irq_socket(const RISCVVirtState *s, VirtIrqUser user)
{
    return MIN((int)user, riscv_socket_count(MACHINE(s)) - 1);
}

qemu_irq virt_irq(const RISCVVirtState *s, VirtIrqUser user, int source)
{
    return qdev_get_gpio_in(s->irqchip[virt_irq_socket(s, user)], source);
}
