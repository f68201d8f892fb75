/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes that the kernel takes without waking us: an eventfd is signalled, or
 * the write is queued in a ring that all CPUs share. Where the kernel will not,
 * the write comes to us as any other, and the region's callbacks do the same.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/guest-ram.h"
#include "kvm-internal.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "trace.h"

/* What <linux/kvm.h> calls it. */
#ifndef PAGE_SIZE
#define PAGE_SIZE qemu_real_host_page_size()
#endif

/* ---- eventfds ------------------------------------------------------------ */

static void set_ioeventfd(KVMState *s, bool pio, MemoryRegionSection *section,
                          bool match_data, uint64_t data, EventNotifier *e,
                          bool assign)
{
    struct kvm_ioeventfd event = {
        .datamatch = match_data ? data : 0,
        .addr = section->offset_within_address_space,
        .len = int128_get64(section->size),
        .fd = event_notifier_get_fd(e),
        .flags = (match_data ? KVM_IOEVENTFD_FLAG_DATAMATCH : 0) |
                 (pio ? KVM_IOEVENTFD_FLAG_PIO : 0) |
                 (assign ? 0 : KVM_IOEVENTFD_FLAG_DEASSIGN),
    };
    int ret = kvm_vm_ioctl(s, KVM_IOEVENTFD, &event);

    trace_kvm_set_ioeventfd(pio ? "pio" : "mmio", event.fd, event.addr, data,
                            assign, event.len, match_data, ret);
    /* What could not be added cannot be removed. */
    if (ret < 0 && (assign || ret != -ENOENT)) {
        warn_report_once("KVM cannot %s an eventfd at 0x%" PRIx64 ": %s",
                         assign ? "add" : "remove", (uint64_t)event.addr,
                         strerror(-ret));
    }
}

static KVMState *state_of(MemoryListener *listener)
{
    return container_of(listener, KVMMemoryListener, listener)->s;
}

static void mem_eventfd_add(MemoryListener *listener,
                            MemoryRegionSection *section, bool match_data,
                            uint64_t data, EventNotifier *e)
{
    set_ioeventfd(state_of(listener), false, section, match_data, data, e,
                  true);
}

static void mem_eventfd_del(MemoryListener *listener,
                            MemoryRegionSection *section, bool match_data,
                            uint64_t data, EventNotifier *e)
{
    set_ioeventfd(state_of(listener), false, section, match_data, data, e,
                  false);
}

static void io_eventfd_add(MemoryListener *listener,
                           MemoryRegionSection *section, bool match_data,
                           uint64_t data, EventNotifier *e)
{
    set_ioeventfd(kvm_state, true, section, match_data, data, e, true);
}

static void io_eventfd_del(MemoryListener *listener,
                           MemoryRegionSection *section, bool match_data,
                           uint64_t data, EventNotifier *e)
{
    set_ioeventfd(kvm_state, true, section, match_data, data, e, false);
}

/* ---- queued writes ------------------------------------------------------- */

static void set_coalesced(KVMState *s, bool pio, hwaddr start, hwaddr size,
                          bool add)
{
    struct kvm_coalesced_mmio_zone zone = {
        .addr = start,
        .size = size,
        .pio = pio,
    };

    if (pio ? s->coalesced_pio : s->coalesced_mmio) {
        /* If it fails, each write is an exit. */
        kvm_vm_ioctl(s,
                     add ? KVM_REGISTER_COALESCED_MMIO
                         : KVM_UNREGISTER_COALESCED_MMIO,
                     &zone);
    }
}

static void mem_coalesced_add(MemoryListener *listener,
                              MemoryRegionSection *section, hwaddr start,
                              hwaddr size)
{
    set_coalesced(state_of(listener), false, start, size, true);
}

static void mem_coalesced_del(MemoryListener *listener,
                              MemoryRegionSection *section, hwaddr start,
                              hwaddr size)
{
    set_coalesced(state_of(listener), false, start, size, false);
}

static void io_coalesced_add(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr start,
                             hwaddr size)
{
    set_coalesced(kvm_state, true, start, size, true);
}

static void io_coalesced_del(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr start,
                             hwaddr size)
{
    set_coalesced(kvm_state, true, start, size, false);
}

void kvm_flush_coalesced_mmio_buffer(void)
{
    KVMState *s = kvm_state;
    struct kvm_coalesced_mmio_ring *ring;

    if (!s || !s->coalesced_mmio_ring || s->coalesced_flush_in_progress) {
        return; /* the writes below come here again */
    }
    s->coalesced_flush_in_progress = true;
    ring = s->coalesced_mmio_ring;
    while (ring->first != qatomic_load_acquire(&ring->last)) {
        /* The ring is the guest's to overflow, not to redirect. */
        struct kvm_coalesced_mmio e =
            ring->coalesced_mmio[ring->first % KVM_COALESCED_MMIO_MAX];

        qatomic_store_release(&ring->first,
                              (ring->first + 1) % KVM_COALESCED_MMIO_MAX);
        address_space_rw(e.pio ? &address_space_io : &address_space_memory,
                         e.phys_addr, MEMTXATTRS_UNSPECIFIED, e.data,
                         MIN(e.len, sizeof(e.data)), true);
    }
    s->coalesced_flush_in_progress = false;
}

/* ---- registration -------------------------------------------------------- */

void kvm_ioevent_init_listener(KVMState *s, MemoryListener *listener)
{
    listener->eventfd_add = mem_eventfd_add;
    listener->eventfd_del = mem_eventfd_del;
    listener->coalesced_io_add = mem_coalesced_add;
    listener->coalesced_io_del = mem_coalesced_del;
}

static MemoryListener port_listener = {
    .name = "kvm-io",
    .eventfd_add = io_eventfd_add,
    .eventfd_del = io_eventfd_del,
    .coalesced_io_add = io_coalesced_add,
    .coalesced_io_del = io_coalesced_del,
    .priority = MEMORY_LISTENER_PRIORITY_DEV_BACKEND,
};

void kvm_ioevent_register_ports(KVMState *s)
{
    memory_listener_register(&port_listener, &address_space_io);
}

void kvm_ioevent_unregister_ports(KVMState *s)
{
    memory_listener_unregister(&port_listener);
}
