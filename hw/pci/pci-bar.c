/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Base address registers (PCI Local Bus Specification 3.0, 6.2.5) and the
 * expansion ROM: where the guest wants a device's regions, and moving them.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/units.h"

/* ---- registers ----------------------------------------------------------- */

int pci_bar(PCIDevice *d, int reg)
{
    uint8_t header = d->config[PCI_HEADER_TYPE];

    if (reg != PCI_ROM_SLOT) {
        return PCI_BASE_ADDRESS_0 + reg * 4;
    }
    return (header & ~PCI_HEADER_TYPE_MULTI_FUNCTION) == PCI_HEADER_TYPE_BRIDGE
               ? PCI_ROM_ADDRESS1
               : PCI_ROM_ADDRESS;
}

static bool is_64bit(uint8_t type)
{
    return !(type & PCI_BASE_ADDRESS_SPACE_IO) &&
           (type & PCI_BASE_ADDRESS_MEM_TYPE_64);
}

void pci_register_bar(PCIDevice *d, int region_num, uint8_t type,
                      MemoryRegion *memory)
{
    pcibus_t size = memory_region_size(memory);
    PCIIORegion *r = &d->io_regions[region_num];
    int addr = pci_bar(d, region_num);
    bool is_io = type & PCI_BASE_ADDRESS_SPACE_IO;
    uint64_t wmask = ~(size - 1);

    assert(region_num >= 0 && region_num < PCI_NUM_REGIONS);
    assert(is_power_of_2(size) && size >= (is_io ? 4 : 16));
    assert(size <= 0x80000000ULL || is_64bit(type));

    r->addr = PCI_BAR_UNMAPPED;
    r->size = size;
    r->type = type;
    r->memory = memory;
    r->address_space = is_io ? pci_get_bus(d)->address_space_io
                             : pci_get_bus(d)->address_space_mem;
    if (region_num == PCI_ROM_SLOT) {
        wmask |= PCI_ROM_ADDRESS_ENABLE;
    }
    pci_set_long(d->config + addr, type);
    if (is_64bit(type)) {
        pci_set_quad(d->wmask + addr, wmask);
        pci_set_quad(d->cmask + addr, UINT64_MAX);
    } else {
        pci_set_long(d->wmask + addr, wmask);
        pci_set_long(d->cmask + addr, UINT32_MAX);
    }
}

pcibus_t pci_get_bar_addr(PCIDevice *d, int region_num)
{
    return d->io_regions[region_num].addr;
}

void pci_reset_regions(PCIDevice *d)
{
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];

        if (!r->size) {
            continue;
        }
        if (is_64bit(r->type)) {
            pci_set_quad(d->config + pci_bar(d, i), r->type);
        } else {
            pci_set_long(d->config + pci_bar(d, i), r->type);
        }
    }
}

/* ---- where a region is --------------------------------------------------- */

/* Whether a board has something for its devices at address 0. */
static bool address_0_allowed(void)
{
    Object *machine =
        object_resolve_path_component(object_get_root(), "machine");

    return machine && object_dynamic_cast(machine, TYPE_MACHINE) &&
           MACHINE_GET_CLASS(machine)->pci_allow_0_address;
}

/*
 * The registers are written in pieces, and with all ones to learn the size: a
 * place that wraps around, or ends where such a value ends, is none.
 */
static pcibus_t check_place(pcibus_t addr, pcibus_t size, pcibus_t limit)
{
    pcibus_t last = addr + size - 1;

    if (last <= addr || last >= limit || (!addr && !address_0_allowed())) {
        return PCI_BAR_UNMAPPED;
    }
    return addr;
}

pcibus_t pci_bar_address(PCIDevice *d, int reg, uint8_t type, pcibus_t size)
{
    const uint8_t *bar = d->config + pci_bar(d, reg);
    uint16_t cmd = pci_get_word(d->config + PCI_COMMAND);

    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return cmd & PCI_COMMAND_IO
                   ? check_place(pci_get_long(bar) & ~(size - 1), size,
                                 UINT32_MAX)
                   : PCI_BAR_UNMAPPED;
    }
    if (!(cmd & PCI_COMMAND_MEMORY) ||
        (reg == PCI_ROM_SLOT &&
         !(pci_get_long(bar) & PCI_ROM_ADDRESS_ENABLE))) {
        return PCI_BAR_UNMAPPED;
    }
    return type & PCI_BASE_ADDRESS_MEM_TYPE_64
               ? check_place(pci_get_quad(bar) & ~(size - 1), size, HWADDR_MAX)
               : check_place(pci_get_long(bar) & ~(size - 1), size, UINT32_MAX);
}

static void move_region(PCIIORegion *r, pcibus_t addr)
{
    if (r->addr == addr) {
        return;
    }
    if (r->addr != PCI_BAR_UNMAPPED) {
        memory_region_del_subregion(r->address_space, r->memory);
    }
    r->addr = addr;
    if (addr != PCI_BAR_UNMAPPED) {
        /* Over what the bridge has for places without a device. */
        memory_region_add_subregion_overlap(r->address_space, addr, r->memory,
                                            1);
    }
}

void pci_update_mappings(PCIDevice *d)
{
    memory_region_transaction_begin();
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];

        if (r->size) {
            move_region(r, pci_config_is_active(d)
                               ? pci_bar_address(d, i, r->type, r->size)
                               : PCI_BAR_UNMAPPED);
        }
    }
    pci_update_vga(d);
    memory_region_transaction_commit();
}

void pci_unmap_regions(PCIDevice *d)
{
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];

        if (r->size) {
            move_region(r, PCI_BAR_UNMAPPED);
        }
    }
}

/* ---- the places of a VGA ------------------------------------------------- */

static const struct {
    hwaddr base;
    bool is_io;
} vga_places[QEMU_PCI_VGA_NUM_REGIONS] = {
    [QEMU_PCI_VGA_MEM] = { QEMU_PCI_VGA_MEM_BASE, false },
    [QEMU_PCI_VGA_IO_LO] = { QEMU_PCI_VGA_IO_LO_BASE, true },
    [QEMU_PCI_VGA_IO_HI] = { QEMU_PCI_VGA_IO_HI_BASE, true },
};

static MemoryRegion *vga_space(PCIDevice *d, int i)
{
    return vga_places[i].is_io ? pci_get_bus(d)->address_space_io
                               : pci_get_bus(d)->address_space_mem;
}

void pci_update_vga(PCIDevice *d)
{
    uint16_t cmd = pci_get_word(d->config + PCI_COMMAND);

    for (int i = 0; d->has_vga && i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        memory_region_set_enabled(
            d->vga_regions[i],
            pci_config_is_active(d) &&
                (cmd &
                 (vga_places[i].is_io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY)));
    }
}

void pci_register_vga(PCIDevice *d, MemoryRegion *mem, MemoryRegion *io_lo,
                      MemoryRegion *io_hi)
{
    assert(!d->has_vga && memory_region_size(mem) == QEMU_PCI_VGA_MEM_SIZE &&
           memory_region_size(io_lo) == QEMU_PCI_VGA_IO_LO_SIZE &&
           memory_region_size(io_hi) == QEMU_PCI_VGA_IO_HI_SIZE);
    d->vga_regions[QEMU_PCI_VGA_MEM] = mem;
    d->vga_regions[QEMU_PCI_VGA_IO_LO] = io_lo;
    d->vga_regions[QEMU_PCI_VGA_IO_HI] = io_hi;
    for (int i = 0; i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        memory_region_add_subregion_overlap(vga_space(d, i), vga_places[i].base,
                                            d->vga_regions[i], 1);
    }
    d->has_vga = true;
    pci_update_vga(d);
}

void pci_unregister_vga(PCIDevice *d)
{
    for (int i = 0; d->has_vga && i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        memory_region_del_subregion(vga_space(d, i), d->vga_regions[i]);
    }
    d->has_vga = false;
}

/* The regions of the bus. */
MemoryRegion *pci_address_space(PCIDevice *dev)
{
    return pci_get_bus(dev)->address_space_mem;
}

MemoryRegion *pci_address_space_io(PCIDevice *dev)
{
    return pci_get_bus(dev)->address_space_io;
}

/* ---- the expansion ROM --------------------------------------------------- */

/*
 * Such images name the device that they are for. One that comes with the class
 * serves all its variants: its identity becomes that of the device, and the sum
 * of its bytes stays zero (3.0, 6.3.1).
 */
static void set_rom_identity(PCIDevice *d, uint8_t *rom, uint32_t size)
{
    uint32_t pcir;
    const uint8_t *id = d->config + PCI_VENDOR_ID;

    if (size < 0x1a || pci_get_word(rom) != 0xaa55) {
        return;
    }
    pcir = pci_get_word(rom + 0x18);
    if (pcir < 0x1a || pcir + 8 > size || memcmp(rom + pcir, "PCIR", 4)) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        rom[6] += rom[pcir + 4 + i] - id[i];
        rom[pcir + 4 + i] = id[i];
    }
}

/* The size of the register's region; 0 with @errp if there can be none. */
static uint32_t rom_size(PCIDevice *d, int64_t file_size, Error **errp)
{
    if (file_size < 0) {
        error_setg(errp, "failed to find romfile \"%s\"", d->romfile);
    } else if (file_size == 0) {
        error_setg(errp, "romfile \"%s\" is empty", d->romfile);
    } else if (file_size > 2 * GiB) {
        error_setg(errp, "romfile \"%s\" too large (size cannot exceed 2 GiB)",
                   d->romfile);
    } else if (d->romsize == UINT32_MAX) {
        return MAX(pow2ceil(file_size), 2 * KiB);
    } else if (file_size > d->romsize) {
        error_setg(errp,
                   "romfile \"%s\" (%u bytes) is too large for ROM size %u",
                   d->romfile, (uint32_t)file_size, d->romsize);
    } else {
        return d->romsize;
    }
    return 0;
}

void pci_add_rom(PCIDevice *d, bool is_default, Error **errp)
{
    g_autofree char *path = NULL;
    g_autofree char *name = NULL;
    int64_t file_size;
    uint32_t size;
    uint8_t *rom;

    /* rombar: 0 is off, 1 on, -1 whatever is usual. */
    if (!d->romfile || !*d->romfile || d->rom_bar == 0) {
        if (DEVICE(d)->hotplugged && d->romfile && *d->romfile) {
            error_setg(errp, "Hot-plugged device without ROM bar can't have "
                             "an option ROM");
        }
        return;
    }
    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, d->romfile);
    if (!path) {
        path = g_strdup(d->romfile);
    }
    file_size = get_image_size(path);
    size = rom_size(d, file_size, errp);
    if (!size) {
        return;
    }
    name = g_strdup_printf("%s.rom", object_get_typename(OBJECT(d)));
    if (!memory_region_init_rom(&d->rom, OBJECT(d), name, size, errp)) {
        return;
    }
    d->has_rom = true;
    d->romsize = size;
    rom = memory_region_get_ram_ptr(&d->rom);
    if (memory_region_is_kept(&d->rom)) {
        /* The guest may be reading it. */
        pci_register_bar(d, PCI_ROM_SLOT, 0, &d->rom);
        return;
    }
    if (load_image_size(path, rom, size) < 0) {
        error_setg(errp, "failed to load romfile \"%s\"", d->romfile);
        pci_del_rom(d);
        return;
    }
    if (is_default) {
        set_rom_identity(d, rom, size);
    }
    pci_register_bar(d, PCI_ROM_SLOT, 0, &d->rom);
}

void pci_del_rom(PCIDevice *d)
{
    if (!d->has_rom) {
        return;
    }
    d->has_rom = false;
    d->io_regions[PCI_ROM_SLOT].size = 0;
    object_unparent(OBJECT(&d->rom));
}
