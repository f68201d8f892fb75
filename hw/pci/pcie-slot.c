/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slots of ports (PCI Express Base Specification, 6.7): the control and status
 * registers, and devices that come and go. Who is to go is announced by the
 * attention button; software lets it go by switching off power and its
 * indicator.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie_port.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/range.h"
#include "qemu/timer.h"

#define WRITABLE                                                               \
    (PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_AIC | PCI_EXP_SLTCTL_HPIE |           \
     PCI_EXP_SLTCTL_CCIE | PCI_EXP_SLTCTL_PDCE | PCI_EXP_SLTCTL_ABPE)
#define INDICATORS_OFF                                                         \
    (PCI_EXP_SLTCTL_PWR_IND_OFF | PCI_EXP_SLTCTL_ATTN_IND_OFF)
#define EVENTS                                                                 \
    (PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | PCI_EXP_SLTSTA_MRLSC |          \
     PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC)

/* How long software may think before it is asked again. */
#define ASK_AGAIN_MS 5000

static uint8_t *exp_reg(PCIDevice *d, int reg)
{
    return d->config + d->exp.exp_cap + reg;
}

static uint16_t get_control(PCIDevice *d)
{
    return pci_get_word(exp_reg(d, PCI_EXP_SLTCTL));
}

static uint16_t get_status(PCIDevice *d)
{
    return pci_get_word(exp_reg(d, PCI_EXP_SLTSTA));
}

static uint32_t get_capabilities(PCIDevice *d)
{
    return pci_get_long(exp_reg(d, PCI_EXP_SLTCAP));
}

static bool is_off(uint16_t control)
{
    return (control & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_OFF &&
           (control & PCI_EXP_SLTCTL_PIC) == PCI_EXP_SLTCTL_PWR_IND_OFF;
}

static PCIBus *bus_of(PCIDevice *port)
{
    return pci_bridge_get_sec_bus(PCI_BRIDGE(port));
}

/* ---- interrupts (6.7.3.4) ------------------------------------------------ */

static void update_notified(PCIDevice *d)
{
    uint16_t control = get_control(d);

    d->exp.hpev_notified = (control & PCI_EXP_SLTCTL_HPIE) &&
                           (get_status(d) & control & PCI_EXP_HP_EV_SUPPORTED);
}

static void notify(PCIDevice *d)
{
    bool before = d->exp.hpev_notified;

    update_notified(d);
    if (d->exp.hpev_notified == before) {
        return;
    }
    if (msix_enabled(d)) {
        if (d->exp.hpev_notified) {
            msix_notify(d, pcie_cap_flags_get_vector(d));
        }
    } else if (msi_enabled(d)) {
        if (d->exp.hpev_notified) {
            msi_notify(d, pcie_cap_flags_get_vector(d));
        }
    } else if (pci_intx(d) != -1) {
        pci_set_irq(d, d->exp.hpev_notified);
    }
}

static void raise_event(PCIDevice *d, PCIExpressHotPlugEvent event)
{
    uint8_t *status = exp_reg(d, PCI_EXP_SLTSTA);

    if (pci_word_test_and_set_mask(status, event) != event) {
        notify(d);
    }
}

/* After events have been acknowledged. */
static void lower_line(PCIDevice *d)
{
    update_notified(d);
    if (!msix_enabled(d) && !msi_enabled(d) && pci_intx(d) != -1 &&
        !d->exp.hpev_notified) {
        pci_irq_deassert(d);
    }
}

/* ---- power and presence -------------------------------------------------- */

static void power_one(PCIBus *bus, PCIDevice *d, void *opaque)
{
    bool *power = opaque;

    pci_set_power(d, *power);
}

static void update_power(PCIDevice *port)
{
    bool power =
        !(get_capabilities(port) & PCI_EXP_SLTCAP_PCP) ||
        (get_control(port) & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_ON;

    pci_for_each_device_under_bus(bus_of(port), power_one, &power);
}

static bool reports_link(PCIDevice *port)
{
    return pci_get_long(exp_reg(port, PCI_EXP_LNKCAP)) & PCI_EXP_LNKCAP_DLLLARC;
}

static void set_present(PCIDevice *port, bool present)
{
    uint16_t status = get_status(port) & ~PCI_EXP_SLTSTA_PDS;
    uint16_t link = pci_get_word(exp_reg(port, PCI_EXP_LNKSTA));

    pci_set_word(exp_reg(port, PCI_EXP_SLTSTA),
                 status | (present ? PCI_EXP_SLTSTA_PDS : 0));
    if (present &&
        ((port->cap_present & QEMU_PCIE_LNKSTA_DLLLA) || reports_link(port))) {
        link |= PCI_EXP_LNKSTA_DLLLA;
    } else if (!present) {
        link &= ~PCI_EXP_LNKSTA_DLLLA;
    }
    pci_set_word(exp_reg(port, PCI_EXP_LNKSTA), link);
}

static void unplug_one(PCIBus *bus, PCIDevice *d, void *opaque)
{
    HotplugHandler *handler = qdev_get_hotplug_handler(DEVICE(d));

    hotplug_handler_unplug(handler, DEVICE(d), &error_abort);
    object_unparent(OBJECT(d));
}

/* Functions go in falling order, function 0 last. */
static void unplug_all(PCIDevice *port)
{
    pci_for_each_device_under_bus_reverse(bus_of(port), unplug_one, NULL);
    set_present(port, false);
    pci_word_test_and_set_mask(exp_reg(port, PCI_EXP_SLTSTA),
                               PCI_EXP_SLTSTA_PDC);
}

/* ---- the registers ------------------------------------------------------- */

void pcie_cap_slot_init(PCIDevice *d, PCIESlot *s)
{
    uint8_t *wmask = d->wmask + d->exp.exp_cap;
    uint32_t cap = ((uint32_t)s->slot << PCI_EXP_SLTCAP_PSN_SHIFT) |
                   PCI_EXP_SLTCAP_EIP | PCI_EXP_SLTCAP_PIP |
                   PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_ABP;

    pci_word_test_and_set_mask(exp_reg(d, PCI_EXP_FLAGS), PCI_EXP_FLAGS_SLOT);
    if (s->hotplug && (!s->hide_native_hotplug_cap || DEVICE(d)->hotplugged)) {
        cap |= PCI_EXP_SLTCAP_HPS | PCI_EXP_SLTCAP_HPC;
    }
    if (d->cap_present & QEMU_PCIE_SLTCAP_PCP) {
        cap |= PCI_EXP_SLTCAP_PCP;
        pci_word_test_and_set_mask(exp_reg(d, PCI_EXP_SLTCTL),
                                   PCI_EXP_SLTCTL_PCC);
        pci_word_test_and_set_mask(wmask + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PCC);
    }
    pci_set_long(exp_reg(d, PCI_EXP_SLTCAP), cap);
    pci_word_test_and_set_mask(exp_reg(d, PCI_EXP_SLTCTL), INDICATORS_OFF);
    /* The interlock reads as zero; that one was written is seen. */
    pci_word_test_and_set_mask(wmask + PCI_EXP_SLTCTL,
                               WRITABLE | PCI_EXP_SLTCTL_EIC);
    pci_word_test_and_set_mask(d->w1cmask + d->exp.exp_cap + PCI_EXP_SLTSTA,
                               PCI_EXP_HP_EV_SUPPORTED);
    d->exp.hpev_notified = false;
    qbus_set_hotplug_handler(BUS(bus_of(d)), OBJECT(d));
}

void pcie_cap_slot_reset(PCIDevice *d)
{
    bool populated = bus_of(d)->devices[0] != NULL;
    uint16_t control = get_control(d) & ~(WRITABLE | PCI_EXP_SLTCTL_EIC);

    control |= INDICATORS_OFF;
    if (get_capabilities(d) & PCI_EXP_SLTCAP_PCP) {
        /* Firmware that knows nothing of slots finds devices switched on. */
        control &= ~PCI_EXP_SLTCTL_PCC;
        control |= populated ? PCI_EXP_SLTCTL_PWR_ON : PCI_EXP_SLTCTL_PWR_OFF;
    }
    pci_set_word(exp_reg(d, PCI_EXP_SLTCTL), control);
    pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_SLTSTA),
                                 PCI_EXP_SLTSTA_EIS | PCI_EXP_SLTSTA_CC |
                                     PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP);
    update_power(d);
    update_notified(d);
}

void pcie_cap_slot_get(PCIDevice *d, uint16_t *slt_ctl, uint16_t *slt_sta)
{
    *slt_ctl = get_control(d);
    *slt_sta = get_status(d);
}

/*
 * Software that clears all bits, those too that it has not seen, must not lose
 * an event: then none is cleared.
 */
static void status_written(PCIDevice *d, uint16_t old_status, uint32_t addr,
                           uint32_t val, int len)
{
    uint32_t at = d->exp.exp_cap + PCI_EXP_SLTSTA;
    uint16_t written;

    if (!ranges_overlap(addr, len, at, 2)) {
        return;
    }
    written = addr <= at ? val >> (8 * (at - addr)) : val << (8 * (addr - at));
    if (written & ~old_status & EVENTS) {
        pci_set_word(exp_reg(d, PCI_EXP_SLTSTA),
                     (get_status(d) & ~EVENTS) | (old_status & EVENTS));
    }
    lower_line(d);
}

void pcie_cap_slot_write_config(PCIDevice *d, uint16_t old_slt_ctl,
                                uint16_t old_slt_sta, uint32_t addr,
                                uint32_t val, int len)
{
    status_written(d, old_slt_sta, addr, val, len);
    if (!ranges_overlap(addr, len, d->exp.exp_cap + PCI_EXP_SLTCTL, 2)) {
        return;
    }
    if (pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_SLTCTL),
                                     PCI_EXP_SLTCTL_EIC)) {
        pci_set_word(exp_reg(d, PCI_EXP_SLTSTA),
                     get_status(d) ^ PCI_EXP_SLTSTA_EIS);
    }
    /* Writing once more what it was is no wish to let the device go. */
    if ((get_status(d) & PCI_EXP_SLTSTA_PDS) && is_off(get_control(d)) &&
        !is_off(old_slt_ctl)) {
        unplug_all(d);
    }
    update_power(d);
    notify(d);
    /* Commands are done at once (6.7.3.2). */
    raise_event(d, PCI_EXP_HP_EV_CCI);
}

int pcie_cap_slot_post_load(void *opaque, int version_id)
{
    PCIDevice *d = opaque;

    update_notified(d);
    update_power(d);
    return 0;
}

void pcie_cap_slot_push_attention_button(PCIDevice *d)
{
    raise_event(d, PCI_EXP_HP_EV_ABP);
}

void pcie_cap_slot_enable_power(PCIDevice *d)
{
    if (get_capabilities(d) & PCI_EXP_SLTCAP_PCP) {
        pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_SLTCTL),
                                     PCI_EXP_SLTCTL_PCC);
    }
}

/* ---- the hotplug handler ------------------------------------------------- */

static bool check_slot(PCIDevice *port, const char *what, Error **errp)
{
    if (!(get_capabilities(port) & PCI_EXP_SLTCAP_HPC)) {
        error_setg(errp, "%s failed: unsupported by the port device '%s'", what,
                   DEVICE(port)->id ?: "");
        return false;
    }
    return true;
}

static bool check_lock(PCIDevice *port, Error **errp)
{
    if (get_status(port) & PCI_EXP_SLTSTA_EIS) {
        error_setg_errno(errp, EBUSY, "slot is electromechanically locked");
        return false;
    }
    return true;
}

void pcie_cap_slot_pre_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp)
{
    PCIDevice *port = PCI_DEVICE(hotplug_dev);

    if (dev->hotplugged && !check_slot(port, "Hot-plug", errp)) {
        return;
    }
    check_lock(port, errp);
}

void pcie_cap_slot_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp)
{
    PCIDevice *port = PCI_DEVICE(hotplug_dev);

    if (!dev->hotplugged) {
        /* Software finds it there. */
        set_present(port, true);
        return;
    }
    /* A device of several functions is there when function 0 is. */
    if (pci_get_function_0(PCI_DEVICE(dev))) {
        set_present(port, true);
        raise_event(port, PCI_EXP_HP_EV_PDC | PCI_EXP_HP_EV_ABP);
        update_power(port);
    }
}

void pcie_cap_slot_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                             Error **errp)
{
    qdev_unrealize(dev);
}

void pcie_cap_slot_unplug_request_cb(HotplugHandler *hotplug_dev,
                                     DeviceState *dev, Error **errp)
{
    PCIDevice *port = PCI_DEVICE(hotplug_dev);
    PCIDevice *d = PCI_DEVICE(dev);
    PCIBus *bus = pci_get_bus(d);
    uint16_t control = get_control(port);

    if (!check_slot(port, "Hot-unplug", errp) || !check_lock(port, errp)) {
        return;
    }
    if ((control & PCI_EXP_SLTCTL_PIC) == PCI_EXP_SLTCTL_PWR_IND_BLINK) {
        error_setg(errp, "Hot-unplug failed: guest is busy (power indicator "
                         "blinking)");
        return;
    }
    dev->pending_deleted_event = true;
    dev->pending_deleted_expires_ms =
        qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + ASK_AGAIN_MS;
    if (d->devfn && !bus->devices[0]) {
        /* Software has not seen it yet. */
        unplug_one(bus, d, NULL);
    } else if (is_off(control)) {
        /* Nobody uses it. */
        unplug_all(port);
        notify(port);
        pci_word_test_and_clear_mask(exp_reg(port, PCI_EXP_SLTSTA),
                                     PCI_EXP_SLTSTA_ABP);
    } else {
        pcie_cap_slot_push_attention_button(port);
    }
}
