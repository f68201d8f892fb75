/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages the guest has written, by rings: each CPU has one, into which the
 * kernel puts slot and page of every first write. We take the entries, hand them
 * back, tell the kernel to watch those pages again, and only then mark them: who
 * has seen a mark may read the page, and hears of what is written after that. A
 * CPU whose ring is full leaves the guest; so that this is rare, a thread
 * empties all rings once a second.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/ram_addr.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "slots.h"
#include "trace.h"

#define REAP_INTERVAL_MS 1000

bool kvm_dirty_ring_init(KVMState *s, Error **errp)
{
    uint32_t entries = s->kvm_dirty_ring_size;
    uint64_t bytes = (uint64_t)entries * sizeof(struct kvm_dirty_gfn);
    int cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL;
    int most = kvm_vm_check_extension(s, cap);
    int ret;

    if (!entries) {
        return true;
    }
    if (most <= 0) {
        /* Strongly ordered hosts do without acquire and release. */
        cap = KVM_CAP_DIRTY_LOG_RING;
        most = kvm_vm_check_extension(s, cap);
    }
    if (most <= 0) {
        warn_report("KVM has no dirty rings on this host, using bitmaps");
        s->kvm_dirty_ring_size = 0;
        return true;
    }
    if (bytes > most) {
        error_setg(errp,
                   "KVM dirty ring size %" PRIu32 " too big (maximum is "
                   "%ld).  Please use a smaller value.",
                   entries, (long)most / (long)sizeof(struct kvm_dirty_gfn));
        return false;
    }
    ret = kvm_vm_enable_cap(s, cap, 0, bytes);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Enabling of KVM dirty ring failed");
        error_append_hint(errp, "The suggested minimum value is 1024.\n");
        return false;
    }
    s->kvm_dirty_ring_bytes = bytes;
    return true;
}

int kvm_dirty_ring_map(KVMState *s, CPUState *cpu, Error **errp)
{
    void *ring;

    if (!s->kvm_dirty_ring_size) {
        return 0;
    }
    ring = mmap(NULL, s->kvm_dirty_ring_bytes, PROT_READ | PROT_WRITE,
                MAP_SHARED, cpu->kvm_fd,
                qemu_real_host_page_size() * KVM_DIRTY_LOG_PAGE_OFFSET);
    if (ring == MAP_FAILED) {
        int err = errno;

        error_setg_errno(errp, err, "cannot map the dirty ring of CPU %lu",
                         kvm_arch_vcpu_id(cpu));
        return -err;
    }
    qatomic_set(&cpu->kvm_dirty_gfns, ring);
    return 0;
}

void kvm_dirty_ring_unmap(KVMState *s, CPUState *cpu)
{
    if (cpu->kvm_dirty_gfns) {
        munmap(cpu->kvm_dirty_gfns, s->kvm_dirty_ring_bytes);
        qatomic_set(&cpu->kvm_dirty_gfns, NULL);
    }
}

/* ---- reaping ------------------------------------------------------------- */

static void mark_page(KVMState *s, uint32_t id, uint64_t page)
{
    KVMMemoryListener *kml = kvm_listener_by_id(s, id >> 16);
    KVMSlot *slot = kml ? kvm_slots_by_id(kml->slots, id & 0xffff) : NULL;
    unsigned shift = ctz64(qemu_real_host_page_size());

    /* A slot that is gone had its pages marked when it went. */
    if (slot && page < slot->size >> shift) {
        cpu_physical_memory_set_dirty_range(slot->ram_addr + (page << shift),
                                            1ull << shift,
                                            DIRTY_CLIENTS_NOCODE);
    }
}

/* Entries go dirty, then reset; the kernel makes them empty again. */
static uint64_t reap_one(KVMState *s, CPUState *cpu)
{
    struct kvm_dirty_gfn *ring = qatomic_read(&cpu->kvm_dirty_gfns);
    uint32_t size = s->kvm_dirty_ring_size, at = cpu->kvm_fetch_index;
    struct kvm_dirty_gfn taken;
    uint64_t count = 0;

    while (ring && count < size) {
        struct kvm_dirty_gfn *entry = &ring[at % size];

        if (qatomic_load_acquire(&entry->flags) != KVM_DIRTY_GFN_F_DIRTY) {
            break;
        }
        taken = (struct kvm_dirty_gfn){
            .slot = entry->slot,
            .offset = entry->offset,
        };
        g_array_append_val(s->reaped, taken);
        qatomic_store_release(&entry->flags, KVM_DIRTY_GFN_F_RESET);
        at++;
        count++;
    }
    cpu->kvm_fetch_index = at;
    cpu->dirty_pages += count;
    return count;
}

/*
 * Pages that the kernel does not watch, since it has failed, are marked each
 * time until it does.
 */
static void watch_reaped(KVMState *s)
{
    int ret = kvm_vm_ioctl(s, KVM_RESET_DIRTY_RINGS, NULL);

    for (guint i = 0; i < s->reaped->len; i++) {
        const struct kvm_dirty_gfn *entry =
            &g_array_index(s->reaped, struct kvm_dirty_gfn, i);

        mark_page(s, entry->slot, entry->offset);
    }
    if (ret < 0) {
        Error *err = NULL;

        error_setg_errno(&err, -ret, "KVM cannot reset the dirty rings");
        memory_dirty_log_failed(err);
    } else {
        g_array_set_size(s->reaped, 0);
    }
}

uint64_t kvm_dirty_ring_reap(KVMState *s, CPUState *cpu)
{
    uint64_t total = 0;

    if (cpu) {
        total = reap_one(s, cpu);
    } else {
        RCU_READ_LOCK_GUARD();
        CPU_FOREACH(cpu)
        {
            total += reap_one(s, cpu);
        }
    }
    if (s->reaped->len) {
        watch_reaped(s);
    }
    trace_kvm_dirty_ring_reap(total);
    return total;
}

/* ---- the reaper ---------------------------------------------------------- */

static void *reaper(void *opaque)
{
    KVMState *s = opaque;
    struct KVMDirtyRingReaper *r = &s->reaper;

    rcu_register_thread();
    qemu_mutex_lock(&r->lock);
    while (!r->quit) {
        qemu_cond_timedwait(&r->wake, &r->lock, REAP_INTERVAL_MS);
        if (r->quit) {
            break;
        }
        qemu_mutex_unlock(&r->lock);
        qemu_mutex_lock(&s->slots_lock);
        kvm_dirty_ring_reap(s, NULL);
        qemu_mutex_unlock(&s->slots_lock);
        qemu_mutex_lock(&r->lock);
    }
    qemu_mutex_unlock(&r->lock);
    rcu_unregister_thread();
    return NULL;
}

void kvm_dirty_ring_start(KVMState *s)
{
    struct KVMDirtyRingReaper *r = &s->reaper;

    if (s->kvm_dirty_ring_size) {
        qemu_mutex_init(&r->lock);
        qemu_cond_init(&r->wake);
        qemu_thread_create(&r->thread, "kvm-reaper", reaper, s,
                           QEMU_THREAD_JOINABLE);
        r->started = true;
    }
}

void kvm_dirty_ring_stop(KVMState *s)
{
    struct KVMDirtyRingReaper *r = &s->reaper;

    if (r->started) {
        qemu_mutex_lock(&r->lock);
        r->quit = true;
        qemu_cond_signal(&r->wake);
        qemu_mutex_unlock(&r->lock);
        qemu_thread_join(&r->thread);
        qemu_cond_destroy(&r->wake);
        qemu_mutex_destroy(&r->lock);
        r->started = false;
    }
}
