/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device tree of the board "virt": QEMU's, without what is not there.
 *
 * Phandles are given in the order in which QEMU gives them, so that two trees
 * can be compared as text: harts from the last to the first, interrupt
 * controllers of sockets likewise, then the test finisher.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "hw/intc/riscv_aclint.h"
#include "hw/riscv/boot.h"
#include "hw/riscv/numa.h"
#include "qemu/guest-random.h"
#include "system/device_tree.h"
#include "target/riscv/pmu.h"
#include "virt-internal.h"

#define IRQ_TYPE_LEVEL_HIGH 0x4 /* Devicetree, interrupts of two cells */

/* What is counted and remembered while the tree grows. */
typedef struct Fdt {
    RISCVVirtState *s;
    void *fdt;
    uint32_t next_phandle;
    uint32_t *intc_phandle; /* of each hart */
    uint32_t imsic_m, imsic_s;
    /* What devices are connected to, by socket. */
    uint32_t irqchip[VIRT_SOCKETS_MAX];
} Fdt;

/* ---- cells --------------------------------------------------------------- */

/* "reg" of one range, or of two. */
static void set_reg(Fdt *f, const char *node, hwaddr addr, uint64_t size)
{
    qemu_fdt_setprop_sized_cells(f->fdt, node, "reg", 2, addr, 2, size);
}

static void set_strings(Fdt *f, const char *node, const char *prop,
                        const char *a, const char *b, const char *c)
{
    char *list[] = { (char *)a, (char *)b, (char *)c };

    qemu_fdt_setprop_string_array(f->fdt, node, prop, list, c ? 3 : 2);
}

static void set_flag(Fdt *f, const char *node, const char *prop)
{
    qemu_fdt_setprop(f->fdt, node, prop, NULL, 0);
}

/* "interrupts-extended": for each hart of the range, all of @irqs. */
static void set_hart_irqs(Fdt *f, const char *node, int base, int count,
                          const uint32_t *irqs, int nr_irqs)
{
    g_autofree uint32_t *cells = g_new(uint32_t, count * nr_irqs * 2);
    uint32_t *cell = cells;

    for (int hart = base; hart < base + count; hart++) {
        for (int i = 0; i < nr_irqs; i++) {
            *cell++ = cpu_to_be32(f->intc_phandle[hart]);
            *cell++ = cpu_to_be32(irqs[i]);
        }
    }
    qemu_fdt_setprop(f->fdt, node, "interrupts-extended", cells,
                     count * nr_irqs * 2 * sizeof(*cells));
}

/* "interrupt-parent" and "interrupts" of a device with one line. */
static void set_irq(Fdt *f, const char *node, VirtIrqUser user, int source)
{
    int socket = virt_irq_socket(f->s, user);

    qemu_fdt_setprop_cell(f->fdt, node, "interrupt-parent", f->irqchip[socket]);
    if (f->s->aia_type == VIRT_AIA_TYPE_NONE) {
        qemu_fdt_setprop_cell(f->fdt, node, "interrupts", source);
    } else {
        qemu_fdt_setprop_cells(f->fdt, node, "interrupts", source,
                               IRQ_TYPE_LEVEL_HIGH);
    }
}

static int socket_base(const Fdt *f, int socket)
{
    return riscv_socket_first_hartid(MACHINE(f->s), socket);
}

static int socket_harts(const Fdt *f, int socket)
{
    return riscv_socket_hart_count(MACHINE(f->s), socket);
}

static void set_socket(Fdt *f, const char *node, int socket)
{
    riscv_socket_fdt_write_id(MACHINE(f->s), node, socket);
}

/* ---- /cpus --------------------------------------------------------------- */

static void set_block_size(Fdt *f, const char *node, const char *prop,
                           bool have, uint32_t size)
{
    if (have) {
        qemu_fdt_setprop_cell(f->fdt, node, prop, size);
    }
}

static void add_isa(Fdt *f, char *node, RISCVCPU *cpu)
{
    const RISCVCPUConfig *cfg = &cpu->cfg;

    if (cfg->satp_mode.supported) {
        bool is_32bit = riscv_is_32bit(&f->s->soc[0]);
        uint8_t max = satp_mode_max_from_map(cfg->satp_mode.map);
        g_autofree char *mmu =
            g_strdup_printf("riscv,%s", satp_mode_str(max, is_32bit));

        qemu_fdt_setprop_string(f->fdt, node, "mmu-type", mmu);
    }
    riscv_isa_write_fdt(cpu, f->fdt, node);
    set_block_size(f, node, "riscv,cbom-block-size", cfg->ext_zicbom,
                   cfg->cbom_blocksize);
    set_block_size(f, node, "riscv,cboz-block-size", cfg->ext_zicboz,
                   cfg->cboz_blocksize);
    set_block_size(f, node, "riscv,cbop-block-size", cfg->ext_zicbop,
                   cfg->cbop_blocksize);
}

static void add_hart(Fdt *f, int socket, int index)
{
    RISCVCPU *cpu = &f->s->soc[socket].harts[index];
    int id = socket_base(f, socket) + index;
    uint32_t phandle = f->next_phandle++;
    g_autofree char *node = g_strdup_printf("/cpus/cpu@%d", id);
    g_autofree char *intc = g_strdup_printf("%s/interrupt-controller", node);
    g_autofree char *core =
        g_strdup_printf("/cpus/cpu-map/cluster%d/core%d", socket, index);

    qemu_fdt_add_subnode(f->fdt, node);
    add_isa(f, node, cpu);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "riscv");
    qemu_fdt_setprop_string(f->fdt, node, "status", "okay");
    qemu_fdt_setprop_cell(f->fdt, node, "reg", id);
    qemu_fdt_setprop_string(f->fdt, node, "device_type", "cpu");
    set_socket(f, node, socket);
    qemu_fdt_setprop_cell(f->fdt, node, "phandle", phandle);

    f->intc_phandle[id] = f->next_phandle++;
    qemu_fdt_add_subnode(f->fdt, intc);
    qemu_fdt_setprop_cell(f->fdt, intc, "phandle", f->intc_phandle[id]);
    qemu_fdt_setprop_string(f->fdt, intc, "compatible", "riscv,cpu-intc");
    set_flag(f, intc, "interrupt-controller");
    qemu_fdt_setprop_cell(f->fdt, intc, "#interrupt-cells", 1);

    qemu_fdt_add_subnode(f->fdt, core);
    qemu_fdt_setprop_cell(f->fdt, core, "cpu", phandle);
}

static void add_cpus(Fdt *f)
{
    uint32_t hz = RISCV_ACLINT_DEFAULT_TIMEBASE_FREQ;

    qemu_fdt_add_subnode(f->fdt, "/cpus");
    qemu_fdt_setprop_cell(f->fdt, "/cpus", "timebase-frequency", hz);
    qemu_fdt_setprop_cell(f->fdt, "/cpus", "#size-cells", 0);
    qemu_fdt_setprop_cell(f->fdt, "/cpus", "#address-cells", 1);
    qemu_fdt_add_subnode(f->fdt, "/cpus/cpu-map");
    for (int socket = riscv_socket_count(MACHINE(f->s)); socket-- > 0;) {
        g_autofree char *cluster =
            g_strdup_printf("/cpus/cpu-map/cluster%d", socket);

        qemu_fdt_add_subnode(f->fdt, cluster);
        for (int i = socket_harts(f, socket); i-- > 0;) {
            add_hart(f, socket, i);
        }
    }
}

static void add_memory(Fdt *f, int socket)
{
    hwaddr addr = f->s->memmap[VIRT_DRAM].base +
                  riscv_socket_mem_offset(MACHINE(f->s), socket);
    g_autofree char *node = g_strdup_printf("/memory@%" HWADDR_PRIx, addr);

    qemu_fdt_add_subnode(f->fdt, node);
    set_reg(f, node, addr, riscv_socket_mem_size(MACHINE(f->s), socket));
    qemu_fdt_setprop_string(f->fdt, node, "device_type", "memory");
    set_socket(f, node, socket);
}

/* ---- timers and interrupt controllers ------------------------------------ */

static void add_clint(Fdt *f, int socket)
{
    const uint32_t irqs[] = { IRQ_M_SOFT, IRQ_M_TIMER };
    hwaddr addr = virt_socket_addr(f->s, VIRT_CLINT, socket);
    g_autofree char *node = g_strdup_printf("/soc/clint@%" HWADDR_PRIx, addr);

    qemu_fdt_add_subnode(f->fdt, node);
    set_strings(f, node, "compatible", "sifive,clint0", "riscv,clint0", NULL);
    set_reg(f, node, addr, f->s->memmap[VIRT_CLINT].size);
    set_hart_irqs(f, node, socket_base(f, socket), socket_harts(f, socket),
                  irqs, ARRAY_SIZE(irqs));
    set_socket(f, node, socket);
}

static void add_swi(Fdt *f, int socket, const char *name, hwaddr addr,
                    uint32_t irq)
{
    g_autofree char *node =
        g_strdup_printf("/soc/%s@%" HWADDR_PRIx, name, addr);
    g_autofree char *compatible = g_strdup_printf("riscv,aclint-%s", name);

    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", compatible);
    set_reg(f, node, addr, RISCV_ACLINT_SWI_SIZE);
    set_hart_irqs(f, node, socket_base(f, socket), socket_harts(f, socket),
                  &irq, 1);
    set_flag(f, node, "interrupt-controller");
    qemu_fdt_setprop_cell(f->fdt, node, "#interrupt-cells", 0);
    set_socket(f, node, socket);
}

/* The counter is the first range, the comparators are the second. */
static void add_mtimer(Fdt *f, int socket, hwaddr addr, uint64_t time_size)
{
    uint32_t irq = IRQ_M_TIMER;
    g_autofree char *node = g_strdup_printf("/soc/mtimer@%" HWADDR_PRIx, addr);

    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "riscv,aclint-mtimer");
    qemu_fdt_setprop_sized_cells(
        f->fdt, node, "reg", 2, addr + RISCV_ACLINT_DEFAULT_MTIME, 2, time_size,
        2, addr + RISCV_ACLINT_DEFAULT_MTIMECMP, 2, RISCV_ACLINT_DEFAULT_MTIME);
    set_hart_irqs(f, node, socket_base(f, socket), socket_harts(f, socket),
                  &irq, 1);
    set_socket(f, node, socket);
}

static void add_aclint(Fdt *f, int socket)
{
    hwaddr addr = virt_socket_addr(f->s, VIRT_CLINT, socket);

    if (f->s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC) {
        addr = f->s->memmap[VIRT_CLINT].base +
               socket * RISCV_ACLINT_DEFAULT_MTIMER_SIZE;
        add_mtimer(f, socket, addr,
                   RISCV_ACLINT_DEFAULT_MTIMER_SIZE -
                       RISCV_ACLINT_DEFAULT_MTIME);
        return;
    }
    add_swi(f, socket, "mswi", addr, IRQ_M_SOFT);
    add_mtimer(f, socket, addr + RISCV_ACLINT_SWI_SIZE,
               f->s->memmap[VIRT_CLINT].size - RISCV_ACLINT_SWI_SIZE -
                   RISCV_ACLINT_DEFAULT_MTIME);
    add_swi(f, socket, "sswi", virt_socket_addr(f->s, VIRT_ACLINT_SSWI, socket),
            IRQ_S_SOFT);
}

static void add_plic(Fdt *f, int socket)
{
    const uint32_t irqs[] = { IRQ_M_EXT, IRQ_S_EXT };
    hwaddr addr = virt_socket_addr(f->s, VIRT_PLIC, socket);
    g_autofree char *node = g_strdup_printf("/soc/plic@%" HWADDR_PRIx, addr);

    f->irqchip[socket] = f->next_phandle++;
    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_cell(f->fdt, node, "#interrupt-cells", FDT_PLIC_INT_CELLS);
    qemu_fdt_setprop_cell(f->fdt, node, "#address-cells", FDT_PLIC_ADDR_CELLS);
    set_strings(f, node, "compatible", "sifive,plic-1.0.0", "riscv,plic0",
                NULL);
    set_flag(f, node, "interrupt-controller");
    set_hart_irqs(f, node, socket_base(f, socket), socket_harts(f, socket),
                  irqs, ARRAY_SIZE(irqs));
    set_reg(f, node, addr, f->s->memmap[VIRT_PLIC].size);
    qemu_fdt_setprop_cell(f->fdt, node, "riscv,ndev",
                          VIRT_IRQCHIP_NUM_SOURCES - 1);
    set_socket(f, node, socket);
    qemu_fdt_setprop_cell(f->fdt, node, "phandle", f->irqchip[socket]);
}

/* All harts' interrupt files of one privilege level; a range per socket. */
static uint32_t add_imsics(Fdt *f, bool m_mode)
{
    MachineState *ms = MACHINE(f->s);
    int sockets = riscv_socket_count(ms), most = 0;
    int place = m_mode ? VIRT_IMSIC_M : VIRT_IMSIC_S;
    uint32_t phandle = f->next_phandle++;
    uint32_t guest_bits = m_mode ? 0 : imsic_num_bits(f->s->aia_guests + 1);
    const uint32_t irq = m_mode ? IRQ_M_EXT : IRQ_S_EXT;
    uint64_t ranges[VIRT_SOCKETS_MAX * 4];
    g_autofree char *node = g_strdup_printf(
        "/soc/interrupt-controller@%" HWADDR_PRIx, f->s->memmap[place].base);

    qemu_fdt_add_subnode(f->fdt, node);
    set_strings(f, node, "compatible", "qemu,imsics", "riscv,imsics", NULL);
    qemu_fdt_setprop_cell(f->fdt, node, "#interrupt-cells",
                          FDT_IMSIC_INT_CELLS);
    set_flag(f, node, "interrupt-controller");
    set_flag(f, node, "msi-controller");
    set_hart_irqs(f, node, 0, ms->smp.cpus, &irq, 1);
    for (int i = 0; i < sockets; i++) {
        uint64_t *r = &ranges[4 * i];

        r[0] = r[2] = 2;
        r[1] = virt_socket_addr(f->s, place, i);
        r[3] = socket_harts(f, i) * IMSIC_HART_SIZE(guest_bits);
        most = MAX(most, socket_harts(f, i));
    }
    qemu_fdt_setprop_sized_cells_from_array(f->fdt, node, "reg", 2 * sockets,
                                            ranges);
    qemu_fdt_setprop_cell(f->fdt, node, "riscv,num-ids", VIRT_IRQCHIP_NUM_MSIS);
    if (guest_bits) {
        qemu_fdt_setprop_cell(f->fdt, node, "riscv,guest-index-bits",
                              guest_bits);
    }
    if (sockets > 1) {
        qemu_fdt_setprop_cell(f->fdt, node, "riscv,hart-index-bits",
                              imsic_num_bits(most));
        qemu_fdt_setprop_cell(f->fdt, node, "riscv,group-index-bits",
                              imsic_num_bits(sockets));
        qemu_fdt_setprop_cell(f->fdt, node, "riscv,group-index-shift",
                              IMSIC_MMIO_GROUP_MIN_SHIFT);
    }
    qemu_fdt_setprop_cell(f->fdt, node, "phandle", phandle);
    return phandle;
}

/* @child: the phandle of the domain that it delegates to, 0 if none. */
static void add_aplic(Fdt *f, int socket, bool m_mode, uint32_t phandle,
                      uint32_t child)
{
    int place = m_mode ? VIRT_APLIC_M : VIRT_APLIC_S;
    const uint32_t irq = m_mode ? IRQ_M_EXT : IRQ_S_EXT;
    hwaddr addr = virt_socket_addr(f->s, place, socket);
    g_autofree char *node =
        g_strdup_printf("/soc/interrupt-controller@%" HWADDR_PRIx, addr);

    qemu_fdt_add_subnode(f->fdt, node);
    set_strings(f, node, "compatible", "qemu,aplic", "riscv,aplic", NULL);
    qemu_fdt_setprop_cell(f->fdt, node, "#address-cells", FDT_APLIC_ADDR_CELLS);
    qemu_fdt_setprop_cell(f->fdt, node, "#interrupt-cells",
                          FDT_APLIC_INT_CELLS);
    set_flag(f, node, "interrupt-controller");
    if (f->s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC) {
        qemu_fdt_setprop_cell(f->fdt, node, "msi-parent",
                              m_mode ? f->imsic_m : f->imsic_s);
    } else {
        set_hart_irqs(f, node, socket_base(f, socket), socket_harts(f, socket),
                      &irq, 1);
    }
    set_reg(f, node, addr, f->s->memmap[place].size);
    qemu_fdt_setprop_cell(f->fdt, node, "riscv,num-sources",
                          VIRT_IRQCHIP_NUM_SOURCES);
    if (child) {
        qemu_fdt_setprop_cell(f->fdt, node, "riscv,children", child);
        qemu_fdt_setprop_cells(f->fdt, node, "riscv,delegation", child, 1,
                               VIRT_IRQCHIP_NUM_SOURCES);
        /* How the binding was called before it was accepted. */
        qemu_fdt_setprop_cells(f->fdt, node, "riscv,delegate", child, 1,
                               VIRT_IRQCHIP_NUM_SOURCES);
    }
    set_socket(f, node, socket);
    qemu_fdt_setprop_cell(f->fdt, node, "phandle", phandle);
}

/* Software that runs in S mode is to use the domain there. */
static void add_aplics(Fdt *f, int socket)
{
    uint32_t m = f->next_phandle++, s = f->next_phandle++;

    add_aplic(f, socket, true, m, s);
    add_aplic(f, socket, false, s, 0);
    f->irqchip[socket] = s;
}

static void add_irq_controllers(Fdt *f)
{
    if (f->s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC) {
        f->imsic_m = add_imsics(f, true);
        f->imsic_s = add_imsics(f, false);
    }
    for (int socket = riscv_socket_count(MACHINE(f->s)); socket-- > 0;) {
        if (f->s->aia_type == VIRT_AIA_TYPE_NONE) {
            add_plic(f, socket);
        } else {
            add_aplics(f, socket);
        }
    }
}

/* ---- devices ------------------------------------------------------------- */

static void add_virtio(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_VIRTIO];

    for (int i = 0; virt_have_virtio_mmio() && i < VIRTIO_COUNT; i++) {
        hwaddr addr = e->base + i * e->size;
        g_autofree char *node =
            g_strdup_printf("/soc/virtio_mmio@%" HWADDR_PRIx, addr);

        qemu_fdt_add_subnode(f->fdt, node);
        qemu_fdt_setprop_string(f->fdt, node, "compatible", "virtio,mmio");
        set_reg(f, node, addr, e->size);
        set_irq(f, node, VIRT_IRQ_VIRTIO, VIRTIO_IRQ + i);
    }
}

/*
 * Which line each of the four pins of a slot has: they rotate, so that the
 * first pins of four slots have a line each. Slots beyond repeat that.
 */
static void set_pci_interrupt_map(Fdt *f, const char *node)
{
    bool plic = f->s->aia_type == VIRT_AIA_TYPE_NONE;
    uint32_t parent = f->irqchip[virt_irq_socket(f->s, VIRT_IRQ_PCI)];
    uint32_t map[4 * 4 * FDT_MAX_INT_MAP_WIDTH], *cell = map;

    for (int slot = 0; slot < 4; slot++) {
        for (int pin = 0; pin < 4; pin++) {
            *cell++ = cpu_to_be32(slot << 11);
            *cell++ = 0;
            *cell++ = 0;
            *cell++ = cpu_to_be32(pin + 1);
            *cell++ = cpu_to_be32(parent);
            *cell++ = cpu_to_be32(PCIE_IRQ + (slot + pin) % 4);
            if (!plic) {
                *cell++ = cpu_to_be32(IRQ_TYPE_LEVEL_HIGH);
            }
        }
    }
    qemu_fdt_setprop(f->fdt, node, "interrupt-map", map,
                     (cell - map) * sizeof(*map));
    qemu_fdt_setprop_cells(f->fdt, node, "interrupt-map-mask", 3 << 11, 0, 0,
                           7);
}

static char *pci_node(const RISCVVirtState *s)
{
    return g_strdup_printf("/soc/pci@%" HWADDR_PRIx,
                           s->memmap[VIRT_PCIE_ECAM].base);
}

static void add_pci(Fdt *f)
{
    const MemMapEntry *map = f->s->memmap;
    const MemMapEntry *ecam = &map[VIRT_PCIE_ECAM], *pio = &map[VIRT_PCIE_PIO],
                      *mmio = &map[VIRT_PCIE_MMIO],
                      *high = &f->s->high_pcie_mmio;
    g_autofree char *node = pci_node(f->s);

    qemu_fdt_setprop_cell(f->fdt, node, "#address-cells", FDT_PCI_ADDR_CELLS);
    qemu_fdt_setprop_cell(f->fdt, node, "#interrupt-cells", FDT_PCI_INT_CELLS);
    qemu_fdt_setprop_cell(f->fdt, node, "#size-cells", 2);
    qemu_fdt_setprop_string(f->fdt, node, "compatible",
                            "pci-host-ecam-generic");
    qemu_fdt_setprop_string(f->fdt, node, "device_type", "pci");
    qemu_fdt_setprop_cell(f->fdt, node, "linux,pci-domain", 0);
    qemu_fdt_setprop_cells(f->fdt, node, "bus-range", 0,
                           ecam->size / 0x100000 - 1);
    set_flag(f, node, "dma-coherent");
    if (f->s->aia_type == VIRT_AIA_TYPE_APLIC_IMSIC) {
        qemu_fdt_setprop_cell(f->fdt, node, "msi-parent", f->imsic_s);
    }
    set_reg(f, node, ecam->base, ecam->size);
    qemu_fdt_setprop_sized_cells(
        f->fdt, node, "ranges", 1, FDT_PCI_RANGE_IOPORT, 2, 0, 2, pio->base, 2,
        pio->size, 1, FDT_PCI_RANGE_MMIO, 2, mmio->base, 2, mmio->base, 2,
        mmio->size, 1, FDT_PCI_RANGE_MMIO_64BIT, 2, high->base, 2, high->base,
        2, high->size);
    set_pci_interrupt_map(f, node);
}

/* The end of the machine is a syscon's register. */
static void add_test(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_TEST];
    uint32_t phandle = f->next_phandle++;
    const struct {
        const char *node, *compatible;
        uint32_t value;
    } ends[] = {
        { "/reboot", "syscon-reboot", 0x7777 },
        { "/poweroff", "syscon-poweroff", 0x5555 },
    };
    g_autofree char *node = g_strdup_printf("/soc/test@%" HWADDR_PRIx, e->base);

    qemu_fdt_add_subnode(f->fdt, node);
    set_strings(f, node, "compatible", "sifive,test1", "sifive,test0",
                "syscon");
    set_reg(f, node, e->base, e->size);
    qemu_fdt_setprop_cell(f->fdt, node, "phandle", phandle);
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        qemu_fdt_add_subnode(f->fdt, ends[i].node);
        qemu_fdt_setprop_string(f->fdt, ends[i].node, "compatible",
                                ends[i].compatible);
        qemu_fdt_setprop_cell(f->fdt, ends[i].node, "regmap", phandle);
        qemu_fdt_setprop_cell(f->fdt, ends[i].node, "offset", 0);
        qemu_fdt_setprop_cell(f->fdt, ends[i].node, "value", ends[i].value);
    }
}

static char *uart_node(const RISCVVirtState *s)
{
    return g_strdup_printf("/soc/serial@%" HWADDR_PRIx,
                           s->memmap[VIRT_UART0].base);
}

static void add_uart(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_UART0];
    g_autofree char *node = uart_node(f->s);

    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "ns16550a");
    set_reg(f, node, e->base, e->size);
    qemu_fdt_setprop_cell(f->fdt, node, "clock-frequency", 3686400);
    set_irq(f, node, VIRT_IRQ_BOARD, UART0_IRQ);
}

static void add_rtc(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_RTC];
    g_autofree char *node = g_strdup_printf("/soc/rtc@%" HWADDR_PRIx, e->base);

    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "google,goldfish-rtc");
    set_reg(f, node, e->base, e->size);
    set_irq(f, node, VIRT_IRQ_BOARD, RTC_IRQ);
}

static void add_platform_bus(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_PLATFORM_BUS];
    g_autofree char *node =
        g_strdup_printf("/platform-bus@%" HWADDR_PRIx, e->base);

    if (!f->s->platform_bus_dev) {
        return;
    }
    qemu_fdt_add_subnode(f->fdt, node);
    set_strings(f, node, "compatible", "qemu,platform", "simple-bus", NULL);
    qemu_fdt_setprop_cell(f->fdt, node, "#size-cells", 1);
    qemu_fdt_setprop_cell(f->fdt, node, "#address-cells", 1);
    qemu_fdt_setprop_cells(f->fdt, node, "ranges", 0, e->base >> 32,
                           (uint32_t)e->base, e->size);
    qemu_fdt_setprop_cell(f->fdt, node, "interrupt-parent", f->irqchip[0]);
}

static void add_flash(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_FLASH];
    uint64_t half = e->size / 2;
    g_autofree char *node = g_strdup_printf("/flash@%" HWADDR_PRIx, e->base);

    if (!f->s->flash[0]) {
        return;
    }
    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "cfi-flash");
    qemu_fdt_setprop_sized_cells(f->fdt, node, "reg", 2, e->base, 2, half, 2,
                                 e->base + half, 2, half);
    qemu_fdt_setprop_cell(f->fdt, node, "bank-width", 4);
}

static void add_fw_cfg(Fdt *f)
{
    const MemMapEntry *e = &f->s->memmap[VIRT_FW_CFG];
    g_autofree char *node = g_strdup_printf("/fw-cfg@%" HWADDR_PRIx, e->base);

    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "qemu,fw-cfg-mmio");
    set_reg(f, node, e->base, e->size);
    set_flag(f, node, "dma-coherent");
}

/* Counters that can be programmed: all harts have the same. */
static void add_pmu(Fdt *f)
{
    char node[] = "/pmu";

    qemu_fdt_add_subnode(f->fdt, node);
    qemu_fdt_setprop_string(f->fdt, node, "compatible", "riscv,pmu");
    riscv_pmu_generate_fdt_node(f->fdt, f->s->soc[0].harts[0].pmu_avail_ctrs,
                                node);
}

/* ---- all of it ----------------------------------------------------------- */

static void add_chosen(Fdt *f)
{
    g_autofree char *uart = uart_node(f->s);
    uint8_t seed[32];

    qemu_fdt_add_subnode(f->fdt, "/chosen");
    qemu_guest_getrandom_nofail(seed, sizeof(seed));
    qemu_fdt_setprop(f->fdt, "/chosen", "rng-seed", seed, sizeof(seed));
    qemu_fdt_setprop_string(f->fdt, "/chosen", "stdout-path", uart);
    qemu_fdt_add_subnode(f->fdt, "/aliases");
    qemu_fdt_setprop_string(f->fdt, "/aliases", "serial0", uart);
}

void virt_fdt_create(RISCVVirtState *s)
{
    Fdt f = { .s = s };
    g_autofree char *pci = pci_node(s);

    f.fdt = MACHINE(s)->fdt = create_device_tree(&s->fdt_size);
    qemu_fdt_setprop_string(f.fdt, "/", "model", "riscv-virtio,qemu");
    qemu_fdt_setprop_string(f.fdt, "/", "compatible", "riscv-virtio");
    qemu_fdt_setprop_cell(f.fdt, "/", "#size-cells", 2);
    qemu_fdt_setprop_cell(f.fdt, "/", "#address-cells", 2);

    qemu_fdt_add_subnode(f.fdt, "/soc");
    set_flag(&f, "/soc", "ranges");
    qemu_fdt_setprop_string(f.fdt, "/soc", "compatible", "simple-bus");
    qemu_fdt_setprop_cell(f.fdt, "/soc", "#size-cells", 2);
    qemu_fdt_setprop_cell(f.fdt, "/soc", "#address-cells", 2);
    qemu_fdt_add_subnode(f.fdt, pci);
    add_chosen(&f);
    add_flash(&f);
    add_fw_cfg(&f);
    add_pmu(&f);
}

void virt_fdt_finish(RISCVVirtState *s)
{
    MachineState *ms = MACHINE(s);
    g_autofree uint32_t *intc_phandle = g_new0(uint32_t, ms->smp.cpus);
    int sockets = riscv_socket_count(ms);
    Fdt f = {
        .s = s,
        .fdt = ms->fdt,
        .next_phandle = 1,
        .intc_phandle = intc_phandle,
    };

    add_cpus(&f);
    for (int i = sockets; i-- > 0;) {
        add_memory(&f, i);
        if (s->have_aclint) {
            add_aclint(&f, i);
        } else {
            add_clint(&f, i);
        }
    }
    add_irq_controllers(&f);
    add_platform_bus(&f);
    riscv_socket_fdt_write_distance_matrix(ms);
    add_virtio(&f);
    add_pci(&f);
    add_test(&f);
    add_uart(&f);
    add_rtc(&f);
    virt_memdev_add_to_fdt(s);
}
