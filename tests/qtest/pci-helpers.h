/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of PCI devices: a board's configuration space, setting up
 * functions and bridges as firmware does.
 */
#ifndef PCI_HELPERS_H
#define PCI_HELPERS_H

#include "libqtest.h"
#include <linux/pci_regs.h>

/* The board virt's; a test of another one defines its own before. */
#ifndef PCI_ECAM
#define PCI_ECAM   0x30000000ull
#define PCI_MMIO   0x40000000ull
#define PCI_MMIO64 0x400000000ull
#define PCI_PORTS  0x03000000ull
#endif

/* A function: bus 0 to 255, number 0 to 255. */
typedef struct QPci {
    QTestState *qts;
    uint8_t bus;
    uint8_t devfn;
} QPci;

static inline QPci qpci(QTestState *qts, int bus, int slot, int function)
{
    return (QPci){ qts, bus, slot << 3 | function };
}

static inline uint64_t qpci_addr(QPci d, int reg)
{
    return PCI_ECAM + ((uint64_t)d.bus << 20) + (d.devfn << 12) + reg;
}

static inline uint8_t qpci_readb(QPci d, int reg)
{
    return qtest_readb(d.qts, qpci_addr(d, reg));
}

static inline uint16_t qpci_readw(QPci d, int reg)
{
    return qtest_readw(d.qts, qpci_addr(d, reg));
}

static inline uint32_t qpci_readl(QPci d, int reg)
{
    return qtest_readl(d.qts, qpci_addr(d, reg));
}

static inline void qpci_writeb(QPci d, int reg, uint8_t val)
{
    qtest_writeb(d.qts, qpci_addr(d, reg), val);
}

static inline void qpci_writew(QPci d, int reg, uint16_t val)
{
    qtest_writew(d.qts, qpci_addr(d, reg), val);
}

static inline void qpci_writel(QPci d, int reg, uint32_t val)
{
    qtest_writel(d.qts, qpci_addr(d, reg), val);
}

static inline bool qpci_there(QPci d)
{
    return qpci_readl(d, 0) != 0xffffffff;
}

/* The next capability @id after the one at @at (0: the first); 0: no more. */
static inline int qpci_next_cap(QPci d, int id, int at)
{
    for (int i = 0; i < 48; i++) {
        at = qpci_readb(d, at ? at + 1 : PCI_CAPABILITY_LIST);
        if (!at || qpci_readb(d, at) == id) {
            return at;
        }
    }
    return 0;
}

/* Where a capability is; 0: there is none. */
static inline int qpci_find_cap(QPci d, int id)
{
    return qpci_next_cap(d, id, 0);
}

/* The size of register @bar, which keeps what it had. */
static inline uint64_t qpci_bar_size(QPci d, int bar)
{
    int reg = PCI_BASE_ADDRESS_0 + 4 * bar;
    uint32_t before = qpci_readl(d, reg), mask;

    qpci_writel(d, reg, 0xffffffff);
    mask = qpci_readl(d, reg);
    qpci_writel(d, reg, before);
    if (!mask) {
        return 0;
    }
    mask &= mask & 1 ? ~3u : ~15u;
    return (uint32_t)(~mask + 1);
}

static inline void qpci_map(QPci d, int bar, uint32_t addr)
{
    qpci_writel(d, PCI_BASE_ADDRESS_0 + 4 * bar, addr);
}

static inline void qpci_command(QPci d, uint16_t command)
{
    qpci_writew(d, PCI_COMMAND, command);
}

/* A bridge with the bus @num behind it, and a window of memory. */
static inline void qpci_bridge(QPci d, int num, int last, uint32_t base,
                               uint32_t limit)
{
    qpci_writel(d, PCI_PRIMARY_BUS, last << 16 | num << 8 | d.bus);
    qpci_writew(d, PCI_MEMORY_BASE, base >> 16);
    qpci_writew(d, PCI_MEMORY_LIMIT, limit >> 16);
    qpci_command(d, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_IO);
}

#endif
