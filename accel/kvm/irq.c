/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts on their way to the kernel: its interrupt controller, levels of
 * GSIs, and eventfds that raise them without us.
 *
 * A level interrupt that an eventfd raises needs a word back when the guest has
 * acknowledged it. The kernel's controller gives it; in split mode, where the
 * IOAPIC is ours, that tells kvm_resample_fd_notify().
 */
#include "qemu/osdep.h"
#include "kvm-internal.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/queue.h"

typedef struct Resample {
    int gsi;
    EventNotifier *event;
    QLIST_ENTRY(Resample) next;
} Resample;

static QLIST_HEAD(, Resample) resamples = QLIST_HEAD_INITIALIZER(resamples);

bool kvm_kernel_irqchip_allowed(void)
{
    return kvm_state && kvm_state->kernel_irqchip_allowed;
}

bool kvm_kernel_irqchip_required(void)
{
    return kvm_state && kvm_state->kernel_irqchip_required;
}

bool kvm_kernel_irqchip_split(void)
{
    return kvm_state && kvm_state->kernel_irqchip_split == ON_OFF_AUTO_ON;
}

int kvm_irqchip_create(KVMState *s)
{
    int ret;

    if (!kvm_check_extension(s, KVM_CAP_IRQCHIP)) {
        if (s->kernel_irqchip_required) {
            error_report("KVM has no interrupt controller on this host, which "
                         "kernel-irqchip=on asks for");
            return -ENOTSUP;
        }
        return 0;
    }
    if (!kvm_check_extension(s, KVM_CAP_IRQFD)) {
        error_report("KVM on this host has an interrupt controller, but no "
                     "eventfds that raise its interrupts (KVM_CAP_IRQFD)");
        return -ENOTSUP;
    }
    ret = kvm_arch_irqchip_create(s);
    if (ret == 0) {
        if (s->kernel_irqchip_split == ON_OFF_AUTO_ON) {
            error_report("Split IRQ chip mode not supported.");
            return -ENOTSUP;
        }
        ret = kvm_vm_ioctl(s, KVM_CREATE_IRQCHIP);
    }
    if (ret < 0) {
        error_report("Create kernel irqchip failed: %s", strerror(-ret));
        return ret;
    }
    kvm_kernel_irqchip = true;
    kvm_async_interrupts_allowed = true;
    kvm_halt_in_kernel_allowed = true;
    s->gsimap = g_hash_table_new(g_direct_hash, g_direct_equal);
    kvm_init_irq_routing(s);
    return 0;
}

/* ---- levels -------------------------------------------------------------- */

int kvm_set_irq(KVMState *s, int irq, int level)
{
    struct kvm_irq_level event = { .irq = irq, .level = level };
    int ret;

    assert(kvm_async_interrupts_enabled());
    ret = kvm_vm_ioctl(s, s->irq_set_ioctl, &event);
    if (ret < 0) {
        error_report_once("kvm_set_irq: GSI %d: %s", irq, strerror(-ret));
        return ret;
    }
    return s->irq_set_ioctl == KVM_IRQ_LINE ? 1 : event.status;
}

/* ---- eventfds ------------------------------------------------------------ */

static void resample_add(int gsi, EventNotifier *event)
{
    Resample *r = g_new(Resample, 1);

    *r = (Resample){ .gsi = gsi, .event = event };
    QLIST_INSERT_HEAD(&resamples, r, next);
}

static void resample_remove(int gsi)
{
    Resample *r, *next;

    QLIST_FOREACH_SAFE(r, &resamples, next, next) {
        if (r->gsi == gsi) {
            QLIST_REMOVE(r, next);
            g_free(r);
        }
    }
}

void kvm_resample_fd_notify(int gsi)
{
    Resample *r;

    QLIST_FOREACH(r, &resamples, next) {
        if (r->gsi == gsi) {
            event_notifier_set(r->event);
        }
    }
}

static int set_irqfd(KVMState *s, EventNotifier *n, EventNotifier *rn, int virq,
                     bool assign)
{
    struct kvm_irqfd irqfd = {
        .fd = event_notifier_get_fd(n),
        .gsi = virq,
        .flags = assign ? 0 : KVM_IRQFD_FLAG_DEASSIGN,
    };
    int ret;

    if (!kvm_irqfds_enabled()) {
        return -ENOSYS;
    }
    if (rn && !kvm_irqchip_is_split()) {
        irqfd.flags |= KVM_IRQFD_FLAG_RESAMPLE;
        irqfd.resamplefd = event_notifier_get_fd(rn);
    }
    ret = kvm_vm_ioctl(s, KVM_IRQFD, &irqfd);
    if (ret == 0 && kvm_irqchip_is_split()) {
        if (!assign) {
            resample_remove(virq);
        } else if (rn) {
            resample_add(virq, rn);
        }
    }
    return ret;
}

int kvm_irqchip_add_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                       EventNotifier *rn, int virq)
{
    return set_irqfd(s, n, rn, virq, true);
}

int kvm_irqchip_remove_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                          int virq)
{
    return set_irqfd(s, n, NULL, virq, false);
}

static bool gsi_of(KVMState *s, qemu_irq irq, int *gsi)
{
    gpointer value;

    if (!s->gsimap ||
        !g_hash_table_lookup_extended(s->gsimap, irq, NULL, &value)) {
        return false;
    }
    *gsi = GPOINTER_TO_INT(value);
    return true;
}

int kvm_irqchip_add_irqfd_notifier(KVMState *s, EventNotifier *n,
                                   EventNotifier *rn, qemu_irq irq)
{
    int gsi;

    return gsi_of(s, irq, &gsi)
               ? kvm_irqchip_add_irqfd_notifier_gsi(s, n, rn, gsi)
               : -ENXIO;
}

int kvm_irqchip_remove_irqfd_notifier(KVMState *s, EventNotifier *n,
                                      qemu_irq irq)
{
    int gsi;

    return gsi_of(s, irq, &gsi)
               ? kvm_irqchip_remove_irqfd_notifier_gsi(s, n, gsi)
               : -ENXIO;
}

void kvm_irqchip_set_qemuirq_gsi(KVMState *s, qemu_irq irq, int gsi)
{
    if (s->gsimap) {
        g_hash_table_insert(s->gsimap, irq, GINT_TO_POINTER(gsi));
    }
}
