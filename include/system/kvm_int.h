/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM from the inside: the virtual machine, and what keeps its memory slots in
 * step with a flat view. For accel/kvm and the architecture's part of it; not
 * for devices.
 *
 * A KVMMemoryListener belongs to one of the guest's address spaces in the
 * kernel (as_id; x86 has a second one for SMM). Its slots are in an ordered map
 * of our own (accel/kvm/slots.h).
 */
#ifndef QEMU_KVM_INT_H
#define QEMU_KVM_INT_H

#include "exec/memory.h"
#include "hw/boards.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/accel.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "system/kvm.h"
#include "system/kvm_abi.h"

typedef struct KVMSlots KVMSlots;

typedef struct KVMMemoryListener {
    MemoryListener listener;
    KVMState *s;
    int as_id;
    KVMSlots *slots;
    unsigned epoch;      /* counts changes */
    /* The commit in progress. */
    GArray *adds, *dels; /* of MemoryRegionSection */
    bool prepared;       /* what comes is mapped already */
    GPtrArray *created;  /* by it, for cancel() */
    GPtrArray *replaced;
    GPtrArray *stuck;    /* slots that the kernel would not delete */
    bool any_blind;      /* slots whose log could not be switched on */
} KVMMemoryListener;

/* A thread that empties dirty rings now and then. */
struct KVMDirtyRingReaper {
    QemuThread thread;
    QemuMutex lock; /* of quit */
    QemuCond wake;
    bool started, quit;
};

typedef struct KVMParkedVcpu {
    unsigned long vcpu_id;
    int kvm_fd;
    uint32_t fetch_index; /* of its dirty ring, which goes on */
    QLIST_ENTRY(KVMParkedVcpu) node;
} KVMParkedVcpu;

struct KVMState {
    AccelState parent_obj;

    int nr_slots_max; /* of each address space */
    int fd;           /* /dev/kvm */
    int vmfd;         /* the machine */

    /* Rings that the kernel queues writes in: page offsets in kvm_run, or 0. */
    int coalesced_mmio;
    int coalesced_pio;
    struct kvm_coalesced_mmio_ring *coalesced_mmio_ring;
    bool coalesced_flush_in_progress;

    int vcpu_events;
    int robust_singlestep;
    int debugregs;
    QTAILQ_HEAD(, kvm_sw_breakpoint) kvm_sw_breakpoints;
    int max_nested_state_len;
    bool has_stats; /* KVM_GET_STATS_FD */
    bool sync_mmu;
    bool guest_state_protected;

    /* Properties. */
    int64_t kvm_shadow_mem; /* bytes, or -1 */
    bool kernel_irqchip_allowed;
    bool kernel_irqchip_required;
    OnOffAuto kernel_irqchip_split;
    char *device;                  /* NULL: /dev/kvm */
    uint32_t kvm_dirty_ring_size;  /* entries of each CPU's; 0: bitmaps */
    uint64_t kvm_dirty_ring_bytes; /* the same in bytes */
    uint64_t kvm_eager_split_size;
    NotifyVmexitOption notify_vmexit;
    uint32_t notify_window;
    uint32_t xen_version;
    uint32_t xen_caps;
    uint16_t xen_gnttab_max_frames;
    uint16_t xen_evtchn_max_pirq;

    uint64_t manual_dirty_log_protect; /* flags that were enabled */
    bool kvm_dirty_ring_with_bitmap;
    struct KVMDirtyRingReaper reaper;
    /* Held where rings are emptied, after the BQL, and where slots change. */
    QemuMutex slots_lock;
    GArray *reaped; /* entries of rings whose pages are not watched yet */

    unsigned int sigmask_len;
    unsigned long irq_set_ioctl; /* KVM_IRQ_LINE or KVM_IRQ_LINE_STATUS */

    /* Routes; nr is what entries there are, of nr_allocated. */
    struct kvm_irq_routing *irq_routes;
    int nr_allocated_irq_routes;
    unsigned long *used_gsi_bitmap;
    unsigned int gsi_count;
    GHashTable *gsimap; /* qemu_irq to GSI */

    KVMMemoryListener memory_listener;
    bool memory_connected; /* the hooks and listeners of all of memory */
    QLIST_HEAD(, KVMParkedVcpu) kvm_parked_vcpus;

    /* Who has what of the guest's memory: one for each as_id. */
    int nr_as;
    struct KVMAs {
        KVMMemoryListener *ml;
        AddressSpace *as;
    } *as;

    /* What the host can do, asked once. */
    bool has_guest_memfd;              /* slots may have private sides */
    bool has_user_memory2;
    uint64_t supported_memory_attributes;
};

/*
 * @kml keeps the slots of address space @as_id in step with @as, under that
 * name. As many as KVM_CAP_MULTI_ADDRESS_SPACE says. It must stay. BQL.
 */
void kvm_memory_listener_register(KVMState *s, KVMMemoryListener *kml,
                                  AddressSpace *as, int as_id,
                                  const char *name);
/* Ours: the reverse; its slots are deleted. */
void kvm_memory_listener_unregister(KVMState *s, KVMMemoryListener *kml);

/* Larger ranges become several slots: a multiple of the page size. */
void kvm_set_max_memslot_size(hwaddr max_slot_size);

/* A page of guest RAM is poisoned: it is replaced at the next reset. */
void kvm_hwpoison_page_add(ram_addr_t ram_addr);

#endif
