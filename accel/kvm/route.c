/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes: a table, handed to the kernel as a whole, of where each GSI goes.
 * Changes are made in our copy, and are in force after a commit, so that a
 * device with a thousand vectors costs one.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "kvm-internal.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/notify.h"
#include "trace.h"

static NotifierList change_notifiers =
    NOTIFIER_LIST_INITIALIZER(change_notifiers);

int kvm_has_gsi_routing(void)
{
    return kvm_state ? kvm_check_extension(kvm_state, KVM_CAP_IRQ_ROUTING) : 0;
}

void kvm_init_irq_routing(KVMState *s)
{
    int gsis = kvm_check_extension(s, KVM_CAP_IRQ_ROUTING) - 1;

    if (gsis > 0) {
        s->used_gsi_bitmap = bitmap_new(gsis);
        s->gsi_count = gsis;
    }
    s->irq_routes = g_malloc0(sizeof(*s->irq_routes));
    s->nr_allocated_irq_routes = 0;
    kvm_arch_init_irq_routing(s);
}

void kvm_irq_routing_fini(KVMState *s)
{
    g_clear_pointer(&s->irq_routes, g_free);
    g_clear_pointer(&s->used_gsi_bitmap, g_free);
    g_clear_pointer(&s->gsimap, g_hash_table_unref);
    s->gsi_count = 0;
    s->nr_allocated_irq_routes = 0;
}

void kvm_irqchip_commit_routes(KVMState *s)
{
    int ret;

    if (kvm_gsi_direct_mapping() || !kvm_gsi_routing_enabled()) {
        return;
    }
    s->irq_routes->flags = 0;
    ret = kvm_vm_ioctl(s, KVM_SET_GSI_ROUTING, s->irq_routes);
    if (ret < 0) {
        error_report("KVM_SET_GSI_ROUTING of %u routes failed: %s; interrupts "
                     "go where they went before",
                     s->irq_routes->nr, strerror(-ret));
    }
}

/* ---- the table ----------------------------------------------------------- */

void kvm_add_routing_entry(KVMState *s, struct kvm_irq_routing_entry *entry)
{
    if (s->irq_routes->nr == s->nr_allocated_irq_routes) {
        s->nr_allocated_irq_routes = MAX(64, s->nr_allocated_irq_routes * 2);
        s->irq_routes = g_realloc(
            s->irq_routes, sizeof(*s->irq_routes) +
                               s->nr_allocated_irq_routes * sizeof(*entry));
    }
    s->irq_routes->entries[s->irq_routes->nr++] = *entry;
    if (entry->gsi < s->gsi_count) {
        set_bit(entry->gsi, s->used_gsi_bitmap);
    }
}

void kvm_irqchip_add_irq_route(KVMState *s, int gsi, int irqchip, int pin)
{
    struct kvm_irq_routing_entry e = { 0 };

    if (pin >= s->gsi_count) {
        error_report_once("KVM on this host has routes for %d interrupts, "
                          "which are too few: some may go nowhere",
                          s->gsi_count);
        return;
    }
    e.gsi = gsi;
    e.type = KVM_IRQ_ROUTING_IRQCHIP;
    e.u.irqchip.irqchip = irqchip;
    e.u.irqchip.pin = pin;
    kvm_add_routing_entry(s, &e);
}

static struct kvm_irq_routing_entry *find_route(KVMState *s, int gsi)
{
    for (uint32_t i = 0; i < s->irq_routes->nr; i++) {
        if (s->irq_routes->entries[i].gsi == gsi) {
            return &s->irq_routes->entries[i];
        }
    }
    return NULL;
}

void kvm_irqchip_release_virq(KVMState *s, int virq)
{
    struct kvm_irq_routing_entry *e;

    if (kvm_gsi_direct_mapping()) {
        return;
    }
    while ((e = find_route(s, virq))) {
        *e = s->irq_routes->entries[--s->irq_routes->nr];
    }
    if (virq >= 0 && virq < s->gsi_count) {
        clear_bit(virq, s->used_gsi_bitmap);
    }
    kvm_arch_release_virq_post(virq);
    trace_kvm_irqchip_release_virq(virq);
}

int kvm_irqchip_get_virq(KVMState *s)
{
    unsigned long gsi;

    /* Pins of several controllers share a GSI: the table may be full first. */
    if (!s->irq_routes || s->irq_routes->nr >= s->gsi_count) {
        return -ENOSPC;
    }
    gsi = find_first_zero_bit(s->used_gsi_bitmap, s->gsi_count);
    return gsi < s->gsi_count ? (int)gsi : -ENOSPC;
}

/* ---- messages ------------------------------------------------------------ */

static int set_message(struct kvm_irq_routing_entry *e, int virq,
                       MSIMessage msg, PCIDevice *dev)
{
    *e = (struct kvm_irq_routing_entry){
        .gsi = virq,
        .type = KVM_IRQ_ROUTING_MSI,
    };
    e->u.msi.address_lo = msg.address;
    e->u.msi.address_hi = msg.address >> 32;
    e->u.msi.data = le32_to_cpu(msg.data);
    if (dev && kvm_msi_devid_required()) {
        e->flags = KVM_MSI_VALID_DEVID;
        e->u.msi.devid = pci_requester_id(dev);
    }
    return kvm_arch_fixup_msi_route(e, msg.address, msg.data, dev);
}

int kvm_irqchip_add_msi_route(KVMRouteChange *c, int vector, PCIDevice *dev)
{
    struct kvm_irq_routing_entry e;
    MSIMessage msg = { 0 };
    int virq, ret;

    if (dev && vector >= 0) {
        msg = pci_get_msi_message(dev, vector);
    }
    if (kvm_gsi_direct_mapping()) {
        return kvm_arch_msi_data_to_gsi(msg.data);
    }
    if (!kvm_gsi_routing_enabled()) {
        return -ENOSYS;
    }
    virq = kvm_irqchip_get_virq(c->s);
    if (virq < 0) {
        return virq;
    }
    ret = set_message(&e, virq, msg, dev);
    if (ret) {
        return -EINVAL;
    }
    kvm_add_routing_entry(c->s, &e);
    kvm_arch_add_msi_route_post(&e, vector, dev);
    c->changes++;
    trace_kvm_irqchip_add_msi_route(vector, virq);
    return virq;
}

int kvm_irqchip_update_msi_route(KVMState *s, int virq, MSIMessage msg,
                                 PCIDevice *dev)
{
    struct kvm_irq_routing_entry e, *old;

    if (kvm_gsi_direct_mapping()) {
        return 0;
    }
    if (!s->irq_routes || !kvm_gsi_routing_enabled()) {
        return -ENOSYS;
    }
    if (set_message(&e, virq, msg, dev)) {
        return -EINVAL;
    }
    old = find_route(s, virq);
    if (!old) {
        return -ESRCH;
    }
    *old = e;
    trace_kvm_irqchip_update_msi_route(virq);
    return 0;
}

int kvm_irqchip_send_msi(KVMState *s, MSIMessage msg)
{
    struct kvm_msi msi = {
        .address_lo = msg.address,
        .address_hi = msg.address >> 32,
        .data = le32_to_cpu(msg.data),
    };

    return kvm_vm_ioctl(s, KVM_SIGNAL_MSI, &msi);
}

/* ---- who wants to hear --------------------------------------------------- */

void kvm_irqchip_add_change_notifier(Notifier *n)
{
    notifier_list_add(&change_notifiers, n);
}

void kvm_irqchip_remove_change_notifier(Notifier *n)
{
    notifier_remove(n);
}

void kvm_irqchip_change_notify(void)
{
    notifier_list_notify(&change_notifiers, NULL);
}
