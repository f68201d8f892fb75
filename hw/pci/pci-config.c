/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration space (PCI Local Bus Specification 3.0, chapter 6): bytes
 * with masks, the command register, the list of capabilities, power states.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "pci-internal.h"
#include "qapi/error.h"

/* ---- the header ---------------------------------------------------------- */

static void init_ids(PCIDevice *d, const PCIDeviceClass *pc)
{
    uint8_t *c = d->config;

    pci_config_set_vendor_id(c, pc->vendor_id);
    pci_config_set_device_id(c, pc->device_id);
    pci_config_set_revision(c, pc->revision);
    pci_config_set_class(c, pc->class_id);
    if (pc->class_id == PCI_CLASS_BRIDGE_PCI) {
        /* Where others have these, bridges have windows. */
        assert(!pc->subsystem_vendor_id && !pc->subsystem_id);
    } else if (pc->subsystem_vendor_id || pc->subsystem_id) {
        pci_set_word(c + PCI_SUBSYSTEM_VENDOR_ID, pc->subsystem_vendor_id);
        pci_set_word(c + PCI_SUBSYSTEM_ID, pc->subsystem_id);
    } else {
        pci_set_word(c + PCI_SUBSYSTEM_VENDOR_ID,
                     PCI_SUBVENDOR_ID_REDHAT_QUMRANET);
        pci_set_word(c + PCI_SUBSYSTEM_ID, PCI_SUBDEVICE_ID_QEMU);
    }
}

static void init_masks(PCIDevice *d)
{
    /* What tells one device from another: it cannot be loaded into a third. */
    pci_set_word(d->cmask + PCI_VENDOR_ID, 0xffff);
    pci_set_word(d->cmask + PCI_DEVICE_ID, 0xffff);
    d->cmask[PCI_STATUS] = PCI_STATUS_CAP_LIST;
    d->cmask[PCI_REVISION_ID] = 0xff;
    d->cmask[PCI_CLASS_PROG] = 0xff;
    pci_set_word(d->cmask + PCI_CLASS_DEVICE, 0xffff);
    d->cmask[PCI_HEADER_TYPE] = 0xff;
    d->cmask[PCI_CAPABILITY_LIST] = 0xff;

    d->wmask[PCI_CACHE_LINE_SIZE] = 0xff;
    d->wmask[PCI_INTERRUPT_LINE] = 0xff;
    pci_set_word(d->wmask + PCI_COMMAND,
                 PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
                     PCI_COMMAND_INTX_DISABLE | PCI_COMMAND_SERR);
    /* What devices have of their own, until a capability claims it. */
    memset(d->wmask + PCI_CONFIG_HEADER_SIZE, 0xff,
           pci_config_size(d) - PCI_CONFIG_HEADER_SIZE);

    pci_set_word(d->w1cmask + PCI_STATUS,
                 PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |
                     PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |
                     PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY);
}

/* The registers that bridges have more, and masks of what is different. */
static void init_bridge_masks(PCIDevice *d)
{
    /* Primary, secondary, subordinate bus numbers, and the latency timer */
    memset(d->wmask + PCI_PRIMARY_BUS, 0xff, 4);
    d->wmask[PCI_IO_BASE] = PCI_IO_RANGE_MASK & 0xff;
    d->wmask[PCI_IO_LIMIT] = PCI_IO_RANGE_MASK & 0xff;
    pci_set_word(d->wmask + PCI_MEMORY_BASE, PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_set_word(d->wmask + PCI_MEMORY_LIMIT, PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_set_word(d->wmask + PCI_PREF_MEMORY_BASE, PCI_PREF_RANGE_MASK & 0xffff);
    pci_set_word(d->wmask + PCI_PREF_MEMORY_LIMIT,
                 PCI_PREF_RANGE_MASK & 0xffff);
    memset(d->wmask + PCI_PREF_BASE_UPPER32, 0xff, 8);
    /* Windows of 16-bit ports and of 64-bit addresses */
    d->config[PCI_IO_BASE] |= PCI_IO_RANGE_TYPE_16;
    d->config[PCI_IO_LIMIT] |= PCI_IO_RANGE_TYPE_16;
    pci_set_word(d->config + PCI_PREF_MEMORY_BASE, PCI_PREF_RANGE_TYPE_64);
    pci_set_word(d->config + PCI_PREF_MEMORY_LIMIT, PCI_PREF_RANGE_TYPE_64);
    pci_set_word(d->wmask + PCI_BRIDGE_CONTROL,
                 PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR |
                     PCI_BRIDGE_CTL_ISA | PCI_BRIDGE_CTL_VGA |
                     PCI_BRIDGE_CTL_VGA_16BIT | PCI_BRIDGE_CTL_MASTER_ABORT |
                     PCI_BRIDGE_CTL_BUS_RESET | PCI_BRIDGE_CTL_FAST_BACK |
                     PCI_BRIDGE_CTL_DISCARD | PCI_BRIDGE_CTL_SEC_DISCARD |
                     PCI_BRIDGE_CTL_DISCARD_SERR);
    pci_set_word(d->w1cmask + PCI_BRIDGE_CONTROL,
                 PCI_BRIDGE_CTL_DISCARD_STATUS);
    pci_set_word(d->w1cmask + PCI_SEC_STATUS,
                 pci_get_word(d->w1cmask + PCI_STATUS));
}

void pci_config_init(PCIDevice *d, const PCIDeviceClass *pc)
{
    uint32_t size = pci_config_size(d);

    d->config = g_malloc0(size);
    d->cmask = g_malloc0(size);
    d->wmask = g_malloc0(size);
    d->w1cmask = g_malloc0(size);
    d->used = g_malloc0(size);
    init_ids(d, pc);
    init_masks(d);
    if (pc->class_id == PCI_CLASS_BRIDGE_PCI) {
        init_bridge_masks(d);
    }
    d->config_read = pc->config_read ?: pci_default_read_config;
    d->config_write = pc->config_write ?: pci_default_write_config;
}

void pci_config_free(PCIDevice *d)
{
    g_clear_pointer(&d->config, g_free);
    g_clear_pointer(&d->cmask, g_free);
    g_clear_pointer(&d->wmask, g_free);
    g_clear_pointer(&d->w1cmask, g_free);
    g_clear_pointer(&d->used, g_free);
}

/* ---- what the guest does ------------------------------------------------- */

/* The power state, 0 (D0) to 3. */
static unsigned power_state(const PCIDevice *d)
{
    if (!(d->cap_present & QEMU_PCI_CAP_PM)) {
        return 0;
    }
    return pci_get_word(d->config + d->pm_cap + PCI_PM_CTRL) &
           PCI_PM_CTRL_STATE_MASK;
}

bool pci_config_is_active(const PCIDevice *d)
{
    return d->enabled && power_state(d) == 0;
}

bool pci_config_answers(PCIDevice *d)
{
    /* A hotplugged function is first seen with its function 0. */
    return d->enabled &&
           (!DEVICE(d)->hotplugged || pci_get_function_0(d) != NULL);
}

void pci_config_update_master(PCIDevice *d)
{
    bool on = pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_MASTER;

    memory_region_set_enabled(&d->bus_master_enable_region, on && d->enabled);
}

uint32_t pci_default_read_config(PCIDevice *d, uint32_t address, int len)
{
    uint32_t val = 0;

    assert(address + len <= pci_config_size(d));
    if (pci_is_express_downstream_port(d) &&
        ranges_overlap(address, len, d->exp.exp_cap + PCI_EXP_LNKSTA, 2)) {
        pcie_sync_bridge_lnk(d);
    }
    memcpy(&val, d->config + address, len);
    return le32_to_cpu(val);
}

/*
 * Software may go from D0 to any state, and from any to a deeper one or to D0,
 * with what the device has of D1 and D2 (PCI Power Management, 5.6). What it
 * must not do is as if not done.
 */
static void check_power_state(PCIDevice *d, unsigned old)
{
    uint16_t pmc = pci_get_word(d->config + d->pm_cap + PCI_PM_PMC);
    unsigned new = power_state(d);

    if ((new == 1 && !(pmc & PCI_PM_CAP_D1)) ||
        (new == 2 && !(pmc & PCI_PM_CAP_D2)) || (new &&new < old)) {
        uint8_t *ctrl = d->config + d->pm_cap + PCI_PM_CTRL;

        pci_set_word(ctrl,
                     (pci_get_word(ctrl) & ~PCI_PM_CTRL_STATE_MASK) | old);
    }
}

/* Whether some of these bytes are where regions are placed and enabled. */
static bool moves_regions(PCIDevice *d, uint32_t addr, int len, bool is_bridge)
{
    return ranges_overlap(addr, len, PCI_BASE_ADDRESS_0,
                          is_bridge ? 8
                                    : PCI_CARDBUS_CIS - PCI_BASE_ADDRESS_0) ||
           ranges_overlap(addr, len,
                          is_bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS, 4) ||
           ranges_overlap(addr, len, PCI_COMMAND, 2);
}

void pci_default_write_config(PCIDevice *d, uint32_t addr, uint32_t val_in,
                              int len)
{
    bool was_disabled = pci_irq_disabled(d);
    unsigned old_state = power_state(d);
    bool is_bridge =
        pci_get_word(d->config + PCI_CLASS_DEVICE) == PCI_CLASS_BRIDGE_PCI;

    assert(addr + len <= pci_config_size(d));
    for (int i = 0; i < len; i++) {
        uint8_t val = val_in >> (8 * i);
        uint8_t w = d->wmask[addr + i];

        assert(!(w & d->w1cmask[addr + i]));
        d->config[addr + i] = ((d->config[addr + i] & ~w) | (val & w)) &
                              ~(val & d->w1cmask[addr + i]);
    }
    if (power_state(d) != old_state) {
        check_power_state(d, old_state);
    }
    if (moves_regions(d, addr, len, is_bridge) || power_state(d) != old_state) {
        pci_update_mappings(d);
    }
    if (ranges_overlap(addr, len, PCI_COMMAND, 2)) {
        pci_update_irq_disabled(d, was_disabled);
        pci_config_update_master(d);
    }
    msi_write_config(d, addr, val_in, len);
    msix_write_config(d, addr, val_in, len);
}

/* ---- reset --------------------------------------------------------------- */

/* The bits that the guest can change become zero. */
static void clear_word(PCIDevice *d, int reg)
{
    uint16_t changes =
        pci_get_word(d->wmask + reg) | pci_get_word(d->w1cmask + reg);

    pci_word_test_and_clear_mask(d->config + reg, changes);
}

void pci_config_reset(PCIDevice *d)
{
    if (!d->config) {
        return;
    }
    pci_device_deassert_intx(d);
    assert(d->irq_state == 0);

    clear_word(d, PCI_COMMAND);
    clear_word(d, PCI_STATUS);
    d->config[PCI_CACHE_LINE_SIZE] = 0;
    /* Some models have told the guest a line here that it cannot change. */
    d->config[PCI_INTERRUPT_LINE] &= ~d->wmask[PCI_INTERRUPT_LINE];
    if (d->cap_present & QEMU_PCI_CAP_PM) {
        clear_word(d, d->pm_cap + PCI_PM_CTRL);
    }
    pci_reset_regions(d);
    pci_update_mappings(d);
    pci_config_update_master(d);
    msi_reset(d);
    msix_reset(d);
}

/* ---- capabilities -------------------------------------------------------- */

/* The first free place of @size bytes, at a multiple of 4; 0: none. */
static uint8_t find_room(PCIDevice *d, uint8_t size)
{
    int start = PCI_CONFIG_HEADER_SIZE;

    for (int at = start; at < PCI_CONFIG_SPACE_SIZE; at++) {
        if (d->used[at]) {
            start = QEMU_ALIGN_UP(at + 1, 4);
        } else if (at - start + 1 == size) {
            return start;
        }
    }
    return 0;
}

/* Which capability has the byte at @at; 0: none. */
static uint8_t find_owner(PCIDevice *d, uint8_t at)
{
    uint8_t found = 0;

    if (!(d->config[PCI_STATUS] & PCI_STATUS_CAP_LIST)) {
        return 0;
    }
    for (int next = d->config[PCI_CAPABILITY_LIST]; next;
         next = d->config[next + PCI_CAP_LIST_NEXT]) {
        if (next <= at && next > found) {
            found = next;
        }
    }
    return found;
}

/*
 * Finds the capability; if @link is not NULL, also the byte that points to it.
 */
static uint8_t find_link(PCIDevice *d, uint8_t cap_id, uint8_t *link)
{
    uint8_t from = PCI_CAPABILITY_LIST;

    if (!(d->config[PCI_STATUS] & PCI_STATUS_CAP_LIST)) {
        return 0;
    }
    /* A list of more than 48 is a ring. */
    for (int n = 0; n < 48; n++) {
        uint8_t at = d->config[from] & ~3;

        if (!at) {
            break;
        }
        if (d->config[at + PCI_CAP_LIST_ID] == cap_id) {
            if (link) {
                *link = from;
            }
            return at;
        }
        from = at + PCI_CAP_LIST_NEXT;
    }
    return 0;
}

uint8_t pci_find_capability(PCIDevice *d, uint8_t cap_id)
{
    return find_link(d, cap_id, NULL);
}

int pci_add_capability(PCIDevice *d, uint8_t cap_id, uint8_t offset,
                       uint8_t size, Error **errp)
{
    uint8_t *config;

    if (!offset) {
        offset = find_room(d, size);
        if (!offset) {
            error_setg(errp,
                       "%s has no room for capability 0x%x of %d bytes in its "
                       "configuration space",
                       d->name, cap_id, size);
            return -ENOSPC;
        }
    }
    assert(offset >= PCI_CONFIG_HEADER_SIZE && !(offset & 3) &&
           offset + size <= PCI_CONFIG_SPACE_SIZE);
    for (int i = offset; i < offset + size; i++) {
        if (d->used[i]) {
            uint8_t other = find_owner(d, i);

            error_setg(errp,
                       "%s:%02x:%02x.%x Attempt to add PCI capability %x at "
                       "offset %x overlaps existing capability %x at offset %x",
                       pci_root_bus_path(d), pci_dev_bus_num(d),
                       PCI_SLOT(d->devfn), PCI_FUNC(d->devfn), cap_id, offset,
                       other ? d->config[other] : 0, i);
            return -EINVAL;
        }
    }

    config = d->config + offset;
    config[PCI_CAP_LIST_ID] = cap_id;
    config[PCI_CAP_LIST_NEXT] = d->config[PCI_CAPABILITY_LIST];
    d->config[PCI_CAPABILITY_LIST] = offset;
    pci_word_test_and_set_mask(d->config + PCI_STATUS, PCI_STATUS_CAP_LIST);
    memset(d->used + offset, 0xff, QEMU_ALIGN_UP(size, 4));
    memset(d->wmask + offset, 0, size);
    /* Streams must agree on what the guest has seen. */
    memset(d->cmask + offset, 0xff, size);
    return offset;
}

void pci_del_capability(PCIDevice *d, uint8_t cap_id, uint8_t size)
{
    uint8_t link = 0;
    uint8_t offset = find_link(d, cap_id, &link);

    if (!offset) {
        return;
    }
    d->config[link] = d->config[offset + PCI_CAP_LIST_NEXT];
    memset(d->wmask + offset, 0xff, size);
    memset(d->w1cmask + offset, 0, size);
    memset(d->cmask + offset, 0, size);
    memset(d->used + offset, 0, QEMU_ALIGN_UP(size, 4));
    memset(d->config + offset, 0, size);
    if (!d->config[PCI_CAPABILITY_LIST]) {
        pci_word_test_and_clear_mask(d->config + PCI_STATUS,
                                     PCI_STATUS_CAP_LIST);
    }
}

int pci_pm_init(PCIDevice *d, uint8_t offset, Error **errp)
{
    int cap = pci_add_capability(d, PCI_CAP_ID_PM, offset, PCI_PM_SIZEOF, errp);

    if (cap < 0) {
        return cap;
    }
    d->pm_cap = cap;
    d->cap_present |= QEMU_PCI_CAP_PM;
    pci_set_word(d->wmask + cap + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    return cap;
}
