/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges: the bus behind one, its windows, its registers. */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/qdev-properties.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "qemu/units.h"

PCIDevice *pci_bridge_get_device(PCIBus *bus)
{
    return bus->parent_dev;
}

PCIBus *pci_bridge_get_sec_bus(PCIBridge *br)
{
    return &br->sec_bus;
}

/* ---- windows ------------------------------------------------------------- */

/* The registers of a window: 16 bits with the low bits left out, and more. */
typedef struct Window {
    uint8_t base, limit;             /* words; of ports bytes */
    uint8_t base_upper, limit_upper; /* 0: none */
    uint8_t low_bits;                /* of the address, that are not there */
} Window;

static const Window io_window = { PCI_IO_BASE, PCI_IO_LIMIT,
                                  PCI_IO_BASE_UPPER16, PCI_IO_LIMIT_UPPER16,
                                  12 };
static const Window mem_window = { PCI_MEMORY_BASE, PCI_MEMORY_LIMIT, 0, 0,
                                   20 };
static const Window pref_window = { PCI_PREF_MEMORY_BASE, PCI_PREF_MEMORY_LIMIT,
                                    PCI_PREF_BASE_UPPER32,
                                    PCI_PREF_LIMIT_UPPER32, 20 };

static const Window *find_window(uint8_t type)
{
    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return &io_window;
    }
    return type & PCI_BASE_ADDRESS_MEM_PREFETCH ? &pref_window : &mem_window;
}

static pcibus_t read_bound(const PCIDevice *d, const Window *w, uint8_t reg,
                           uint8_t upper)
{
    const uint8_t *c = d->config;
    pcibus_t bound;

    if (w == &io_window) {
        bound = (pcibus_t)(c[reg] & PCI_IO_RANGE_MASK & 0xff) << 8;
        if ((c[reg] & PCI_IO_RANGE_TYPE_MASK) == PCI_IO_RANGE_TYPE_32) {
            bound |= (pcibus_t)pci_get_word(c + upper) << 16;
        }
        return bound;
    }
    bound = (pcibus_t)(pci_get_word(c + reg) & PCI_MEMORY_RANGE_MASK & 0xffff)
            << 16;
    return upper ? bound | ((pcibus_t)pci_get_long(c + upper) << 32) : bound;
}

pcibus_t pci_bridge_get_base(const PCIDevice *bridge, uint8_t type)
{
    const Window *w = find_window(type);

    return read_bound(bridge, w, w->base, w->base_upper);
}

pcibus_t pci_bridge_get_limit(const PCIDevice *bridge, uint8_t type)
{
    const Window *w = find_window(type);

    return read_bound(bridge, w, w->limit, w->limit_upper) |
           ((1ull << w->low_bits) - 1);
}

static void open_window(PCIBridge *br, MemoryRegion *alias, const char *name,
                        uint8_t type, bool is_enabled)
{
    PCIDevice *d = PCI_DEVICE(br);
    PCIBus *above = pci_get_bus(d);
    bool is_io = type & PCI_BASE_ADDRESS_SPACE_IO;
    pcibus_t base = pci_bridge_get_base(d, type);
    pcibus_t limit = pci_bridge_get_limit(d, type);
    /* A closed one is empty. */
    uint64_t size = is_enabled && limit >= base ? limit - base + 1 : 0;

    memory_region_init_alias(
        alias, OBJECT(br), name,
        is_io ? &br->address_space_io : &br->address_space_mem, base, size);
    memory_region_add_subregion_overlap(is_io ? above->address_space_io
                                              : above->address_space_mem,
                                        base, alias, 1);
}

static void open_vga(PCIBridge *br, int i, const char *name, hwaddr base,
                     uint64_t size, bool is_enabled)
{
    PCIBus *above = pci_get_bus(PCI_DEVICE(br));
    MemoryRegion *alias = &br->windows.alias_vga[i];
    bool is_io = i != QEMU_PCI_VGA_MEM;

    memory_region_init_alias(
        alias, OBJECT(br), name,
        is_io ? &br->address_space_io : &br->address_space_mem, base, size);
    memory_region_set_enabled(alias, is_enabled);
    memory_region_add_subregion_overlap(is_io ? above->address_space_io
                                              : above->address_space_mem,
                                        base, alias, 1);
}

static void open_windows(PCIBridge *br)
{
    PCIDevice *d = PCI_DEVICE(br);
    uint16_t cmd = pci_get_word(d->config + PCI_COMMAND);
    bool vga =
        pci_get_word(d->config + PCI_BRIDGE_CONTROL) & PCI_BRIDGE_CTL_VGA;
    bool mem = cmd & PCI_COMMAND_MEMORY, io = cmd & PCI_COMMAND_IO;

    open_window(br, &br->windows.alias_pref_mem, "pci_bridge_pref_mem",
                PCI_BASE_ADDRESS_MEM_PREFETCH, mem);
    open_window(br, &br->windows.alias_mem, "pci_bridge_mem",
                PCI_BASE_ADDRESS_SPACE_MEMORY, mem);
    open_window(br, &br->windows.alias_io, "pci_bridge_io",
                PCI_BASE_ADDRESS_SPACE_IO, io);
    open_vga(br, QEMU_PCI_VGA_IO_LO, "pci_bridge_vga_io_lo",
             QEMU_PCI_VGA_IO_LO_BASE, QEMU_PCI_VGA_IO_LO_SIZE, vga && io);
    open_vga(br, QEMU_PCI_VGA_IO_HI, "pci_bridge_vga_io_hi",
             QEMU_PCI_VGA_IO_HI_BASE, QEMU_PCI_VGA_IO_HI_SIZE, vga && io);
    open_vga(br, QEMU_PCI_VGA_MEM, "pci_bridge_vga_mem", QEMU_PCI_VGA_MEM_BASE,
             QEMU_PCI_VGA_MEM_SIZE, vga && mem);
}

static void close_window(MemoryRegion *space, MemoryRegion *alias)
{
    memory_region_del_subregion(space, alias);
    object_unparent(OBJECT(alias));
}

static void close_windows(PCIBridge *br)
{
    PCIBus *above = pci_get_bus(PCI_DEVICE(br));
    MemoryRegion *mem = above->address_space_mem;
    MemoryRegion *io = above->address_space_io;

    close_window(mem, &br->windows.alias_pref_mem);
    close_window(mem, &br->windows.alias_mem);
    close_window(io, &br->windows.alias_io);
    close_window(io, &br->windows.alias_vga[QEMU_PCI_VGA_IO_LO]);
    close_window(io, &br->windows.alias_vga[QEMU_PCI_VGA_IO_HI]);
    close_window(mem, &br->windows.alias_vga[QEMU_PCI_VGA_MEM]);
}

void pci_bridge_update_mappings(PCIBridge *br)
{
    /* Listeners hear of what is different only. */
    memory_region_transaction_begin();
    close_windows(br);
    open_windows(br);
    memory_region_transaction_commit();
}

/* ---- registers ----------------------------------------------------------- */

void pci_bridge_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                             int len)
{
    PCIBridge *br = PCI_BRIDGE(d);
    uint16_t before = pci_get_word(d->config + PCI_BRIDGE_CONTROL);
    uint16_t after;

    pci_default_write_config(d, address, val, len);
    if (ranges_overlap(address, len, PCI_COMMAND, 2) ||
        ranges_overlap(address, len, PCI_IO_BASE, 2) ||
        ranges_overlap(address, len, PCI_MEMORY_BASE, 20) ||
        ranges_overlap(address, len, PCI_BRIDGE_CONTROL, 2)) {
        pci_bridge_update_mappings(br);
    }
    after = pci_get_word(d->config + PCI_BRIDGE_CONTROL);
    if (after & ~before & PCI_BRIDGE_CTL_BUS_RESET) {
        bus_cold_reset(BUS(&br->sec_bus));
    }
}

void pci_bridge_disable_base_limit(PCIDevice *d)
{
    uint8_t *c = d->config;

    pci_byte_test_and_set_mask(c + PCI_IO_BASE, PCI_IO_RANGE_MASK & 0xff);
    pci_byte_test_and_clear_mask(c + PCI_IO_LIMIT, PCI_IO_RANGE_MASK & 0xff);
    pci_word_test_and_set_mask(c + PCI_MEMORY_BASE,
                               PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(c + PCI_MEMORY_LIMIT,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_set_mask(c + PCI_PREF_MEMORY_BASE,
                               PCI_PREF_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(c + PCI_PREF_MEMORY_LIMIT,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_set_long(c + PCI_PREF_BASE_UPPER32, 0);
    pci_set_long(c + PCI_PREF_LIMIT_UPPER32, 0);
}

void pci_bridge_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);
    uint8_t *c = d->config;

    /* Primary, secondary, subordinate, latency */
    pci_set_long(c + PCI_PRIMARY_BUS, 0);
    pci_byte_test_and_clear_mask(c + PCI_IO_BASE, PCI_IO_RANGE_MASK & 0xff);
    pci_byte_test_and_clear_mask(c + PCI_IO_LIMIT, PCI_IO_RANGE_MASK & 0xff);
    pci_word_test_and_clear_mask(c + PCI_MEMORY_BASE,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(c + PCI_MEMORY_LIMIT,
                                 PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(c + PCI_PREF_MEMORY_BASE,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_word_test_and_clear_mask(c + PCI_PREF_MEMORY_LIMIT,
                                 PCI_PREF_RANGE_MASK & 0xffff);
    pci_set_long(c + PCI_PREF_BASE_UPPER32, 0);
    pci_set_long(c + PCI_PREF_LIMIT_UPPER32, 0);
    pci_set_word(c + PCI_BRIDGE_CONTROL, 0);
}

/* ---- realize ------------------------------------------------------------- */

void pci_bridge_map_irq(PCIBridge *br, const char *bus_name,
                        pci_map_irq_fn map_irq)
{
    br->map_irq = map_irq;
    br->bus_name = bus_name;
}

void pci_bridge_initfn(PCIDevice *d, const char *typename)
{
    PCIBridge *br = PCI_BRIDGE(d);
    PCIBus *bus = &br->sec_bus;

    pci_word_test_and_set_mask(d->config + PCI_STATUS,
                               PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    d->config[PCI_HEADER_TYPE] =
        (d->config[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MULTI_FUNCTION) |
        PCI_HEADER_TYPE_BRIDGE;
    pci_set_word(d->config + PCI_SEC_STATUS,
                 PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    if (pci_is_express(d) && !br->pcie_writeable_slt_bug) {
        d->wmask[PCI_SEC_LATENCY_TIMER] = 0;
    }

    qbus_init(bus, sizeof(br->sec_bus), typename, DEVICE(d),
              br->bus_name ?: DEVICE(d)->id);
    bus->parent_dev = d;
    bus->map_irq = br->map_irq ?: pci_swizzle_map_irq_fn;
    bus->address_space_mem = &br->address_space_mem;
    memory_region_init(&br->address_space_mem, OBJECT(br), "pci_bridge_pci",
                       UINT64_MAX);
    address_space_init(&br->as_mem, &br->address_space_mem,
                       "pci_bridge_pci_mem");
    bus->address_space_io = &br->address_space_io;
    memory_region_init(&br->address_space_io, OBJECT(br), "pci_bridge_io",
                       4 * GiB);
    address_space_init(&br->as_io, &br->address_space_io, "pci_bridge_pci_io");
    QLIST_INIT(&bus->child);
    open_windows(br);
}

void pci_bridge_exitfn(PCIDevice *d)
{
    PCIBridge *br = PCI_BRIDGE(d);

    memory_region_transaction_begin();
    close_windows(br);
    memory_region_transaction_commit();
    address_space_destroy(&br->as_mem);
    address_space_destroy(&br->as_io);
}

/* ---- capabilities -------------------------------------------------------- */

int pci_bridge_ssvid_init(PCIDevice *d, uint8_t offset, uint16_t svid,
                          uint16_t ssid, Error **errp)
{
    int pos = pci_add_capability(d, PCI_CAP_ID_SSVID, offset, 8, errp);

    if (pos >= 0) {
        pci_set_word(d->config + pos + PCI_SSVID_VENDOR_ID, svid);
        pci_set_word(d->config + pos + PCI_SSVID_DEVICE_ID, ssid);
    }
    return pos;
}

static bool check_reserve(const PCIResReserve *r, Error **errp)
{
    if (r->mem_pref_32 != UINT64_MAX && r->mem_pref_64 != UINT64_MAX) {
        error_setg(errp,
                   "PCI resource reserve cap: PREF32 and PREF64 conflict");
    } else if (r->mem_non_pref != UINT64_MAX && r->mem_non_pref >= 4 * GiB) {
        error_setg(errp, "PCI resource reserve cap: mem-reserve must be less "
                         "than 4G");
    } else if (r->mem_pref_32 != UINT64_MAX && r->mem_pref_32 >= 4 * GiB) {
        error_setg(errp, "PCI resource reserve cap: pref32-reserve must be "
                         "less than 4G");
    } else {
        return true;
    }
    return false;
}

int pci_bridge_qemu_reserve_cap_init(PCIDevice *d, int cap_offset,
                                     PCIResReserve r, Error **errp)
{
    uint8_t *cap;
    int pos;

    if (!check_reserve(&r, errp)) {
        return -EINVAL;
    }
    if (r.bus == UINT32_MAX && r.io == UINT64_MAX &&
        r.mem_non_pref == UINT64_MAX && r.mem_pref_32 == UINT64_MAX &&
        r.mem_pref_64 == UINT64_MAX) {
        return 0;
    }
    pos = pci_add_capability(d, PCI_CAP_ID_VNDR, cap_offset,
                             REDHAT_PCI_CAP_RES_RESERVE_CAP_SIZE, errp);
    if (pos < 0) {
        return pos;
    }
    cap = d->config + pos;
    cap[PCI_CAP_FLAGS] = REDHAT_PCI_CAP_RES_RESERVE_CAP_SIZE;
    cap[REDHAT_PCI_CAP_TYPE_OFFSET] = REDHAT_PCI_CAP_RESOURCE_RESERVE;
    pci_set_long(cap + REDHAT_PCI_CAP_RES_RESERVE_BUS_RES, r.bus);
    pci_set_quad(cap + REDHAT_PCI_CAP_RES_RESERVE_IO, r.io);
    pci_set_long(cap + REDHAT_PCI_CAP_RES_RESERVE_MEM, r.mem_non_pref);
    pci_set_long(cap + REDHAT_PCI_CAP_RES_RESERVE_PREF_MEM_32, r.mem_pref_32);
    pci_set_quad(cap + REDHAT_PCI_CAP_RES_RESERVE_PREF_MEM_64, r.mem_pref_64);
    return 0;
}

/* ---- the type ------------------------------------------------------------ */

static const Property pci_bridge_properties[] = {
    DEFINE_PROP_BOOL("x-pci-express-writeable-slt-bug", PCIBridge,
                     pcie_writeable_slt_bug, false),
};

static void pci_bridge_class_init(ObjectClass *klass, void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), pci_bridge_properties);
}

static const TypeInfo pci_bridge_types[] = {
    {
        .name = TYPE_PCI_BRIDGE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCIBridge),
        .class_init = pci_bridge_class_init,
        .abstract = true,
    },
};

DEFINE_TYPES(pci_bridge_types)
