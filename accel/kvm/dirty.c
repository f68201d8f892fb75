/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages the guest has written, by slots.
 *
 * With bitmaps, the kernel has one for each slot that logs. Where it can
 * (manual protection), reading it changes nothing: a page is counted as clean,
 * and its next write noted again, when log_clear() says that it is going to be
 * read; older kernels clear what they tell. Clearing goes by 64 pages, and
 * touches only bits that have been told, which the slot remembers.
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "slots.h"
#include "system/accel-blocker.h"

#define CLEAR_ALIGN 64

static uint64_t slot_pages(const KVMSlot *slot)
{
    return slot->size / qemu_real_host_page_size();
}

static uint32_t kernel_id(int as_id, const KVMSlot *slot)
{
    return slot->id | as_id << 16;
}

/* The kernel copies whole words of 64 bits. */
static unsigned long *dirty_bitmap(KVMSlot *slot)
{
    if (!slot->dirty) {
        slot->dirty = bitmap_new(ROUND_UP(slot_pages(slot), CLEAR_ALIGN));
    }
    return slot->dirty;
}

static void mark(KVMSlot *slot)
{
    cpu_physical_memory_set_dirty_lebitmap(slot->dirty, slot->ram_addr,
                                           slot_pages(slot));
}

void kvm_slot_mark_all(KVMSlot *slot)
{
    cpu_physical_memory_set_dirty_range(slot->ram_addr, slot->size,
                                        DIRTY_CLIENTS_NOCODE);
}

/* Whoever tracks all of memory hears of it, or else the user. */
static void failed(const KVMSlot *slot, int ret, const char *what)
{
    Error *err = NULL;

    error_setg_errno(&err, -ret,
                     "KVM cannot %s the dirty log of '%s' at 0x%" HWADDR_PRIx
                     "-0x%" HWADDR_PRIx,
                     what, memory_region_name(slot->mr), slot->start,
                     kvm_slot_last(slot));
    memory_dirty_log_failed(err);
}

int kvm_slot_fetch_dirty(KVMState *s, int as_id, KVMSlot *slot)
{
    struct kvm_dirty_log log = { .slot = kernel_id(as_id, slot) };
    int ret;

    if (slot->blind) {
        kvm_slot_mark_all(slot);
        return 0;
    }
    if (s->kvm_dirty_ring_size) {
        return 0; /* whoever reaped has marked them */
    }
    log.dirty_bitmap = dirty_bitmap(slot);
    ret = kvm_vm_ioctl(s, KVM_GET_DIRTY_LOG, &log);
    if (ret < 0) {
        /* Rather all of it than a page too few. */
        bitmap_set(slot->dirty, 0, slot_pages(slot));
        failed(slot, ret, "read");
    }
    mark(slot);
    return ret;
}

/* Pages [first, first + nr) of a slot: @first is a multiple of 64. */
static int clear_log(KVMState *s, int as_id, KVMSlot *slot, uint64_t first,
                     uint64_t nr, void *bitmap)
{
    struct kvm_clear_dirty_log log = {
        .slot = kernel_id(as_id, slot),
        .first_page = first,
        .num_pages = nr,
        .dirty_bitmap = bitmap,
    };

    return kvm_vm_ioctl(s, KVM_CLEAR_DIRTY_LOG, &log);
}

void kvm_slot_forget_dirty(KVMState *s, int as_id, KVMSlot *slot)
{
    uint64_t pages = slot_pages(slot);

    /* What was told of it in an earlier life does not count. */
    g_clear_pointer(&slot->dirty, g_free);
    if (!(s->manual_dirty_log_protect & KVM_DIRTY_LOG_INITIALLY_SET)) {
        return;
    }
    bitmap_set(dirty_bitmap(slot), 0, pages);
    /* If it fails, more than was written is dirty. */
    clear_log(s, as_id, slot, 0, pages, slot->dirty);
    bitmap_clear(slot->dirty, 0, pages);
}

/* ---- switching ----------------------------------------------------------- */

/* Tells the kernel, unless it knows: 0 or -errno. */
static int set_logging(KVMMemoryListener *kml, KVMSlot *slot, bool on)
{
    struct kvm_userspace_memory_region2 region = {
        .slot = kernel_id(kml->as_id, slot),
        .guest_phys_addr = slot->start,
        .memory_size = slot->size,
        .userspace_addr = (uintptr_t)slot->ram,
        .guest_memfd = slot->guest_memfd,
        .guest_memfd_offset = slot->guest_memfd_offset,
    };
    uint32_t flags = (slot->flags & ~KVM_MEM_LOG_DIRTY_PAGES) |
                     (on ? KVM_MEM_LOG_DIRTY_PAGES : 0);
    int ret;

    slot->blind &= on;
    if (flags == slot->flags || slot->stuck) {
        return 0;
    }
    region.flags = flags;
    ret = kvm_vm_ioctl(kml->s,
                       flags & KVM_MEM_GUEST_MEMFD ? KVM_SET_USER_MEMORY_REGION2
                                                   : KVM_SET_USER_MEMORY_REGION,
                       &region);
    if (ret < 0) {
        return ret;
    }
    slot->flags = flags;
    slot->blind = false;
    if (!on) {
        g_free(slot->dirty);
        slot->dirty = NULL;
    }
    return 0;
}

/* Where nobody can be told: without a log all its pages count as dirty. */
static void switch_logging(KVMMemoryListener *kml, KVMSlot *slot, bool on)
{
    int ret = set_logging(kml, slot, on);

    if (ret == 0) {
        return;
    }
    if (on) {
        slot->blind = kml->any_blind = true;
        failed(slot, ret, "switch on");
    } else {
        warn_report_once("KVM cannot switch off the dirty log of '%s': %s",
                         memory_region_name(slot->mr), strerror(-ret));
    }
}

/* The slots of @section: those that begin in it, since slots are parts. */
#define FOR_SLOTS(slot, it, kml, section)                                      \
    for (KVMSlot *slot = kvm_slots_first(                                      \
             (kml)->slots, &(it), (section)->offset_within_address_space,      \
             section_last(section));                                           \
         slot; slot = kvm_slots_next(&(it)))

static hwaddr section_last(const MemoryRegionSection *section)
{
    return section->offset_within_address_space +
           (int128_get64(int128_sub(section->size, int128_one())));
}

static void switch_section(MemoryListener *listener,
                           MemoryRegionSection *section, bool on)
{
    KVMMemoryListener *kml =
        container_of(listener, KVMMemoryListener, listener);
    KVMSlotIter it;

    qemu_mutex_lock(&kml->s->slots_lock);
    FOR_SLOTS(slot, it, kml, section)
    {
        switch_logging(kml, slot, on);
    }
    qemu_mutex_unlock(&kml->s->slots_lock);
}

#define FOR_ALL_SLOTS(slot, it, kml)                                           \
    for (KVMSlot *slot = kvm_slots_first((kml)->slots, &(it), 0, UINT64_MAX);  \
         slot; slot = kvm_slots_next(&(it)))

/* Before log_start comes, for which there is nothing left to do or to fail. */
static bool kvm_log_global_start(MemoryListener *listener, Error **errp)
{
    KVMMemoryListener *kml =
        container_of(listener, KVMMemoryListener, listener);
    g_autoptr(GPtrArray) done = g_ptr_array_new();
    KVMSlotIter it;
    int ret = 0;

    qemu_mutex_lock(&kml->s->slots_lock);
    FOR_ALL_SLOTS(slot, it, kml)
    {
        if (slot->stuck || slot->flags & KVM_MEM_LOG_DIRTY_PAGES ||
            !memory_region_get_dirty_log_mask(slot->mr)) {
            continue;
        }
        ret = set_logging(kml, slot, true);
        if (ret < 0) {
            error_setg_errno(errp, -ret,
                             "KVM cannot switch on the dirty log of '%s' at "
                             "0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx,
                             memory_region_name(slot->mr), slot->start,
                             kvm_slot_last(slot));
            break;
        }
        g_ptr_array_add(done, slot);
    }
    for (guint i = 0; ret < 0 && i < done->len; i++) {
        switch_logging(kml, g_ptr_array_index(done, i), false);
    }
    qemu_mutex_unlock(&kml->s->slots_lock);
    return ret == 0;
}

/* What is on though log_stop has come, or because log_start does not. */
static void kvm_log_global_stop(MemoryListener *listener)
{
    KVMMemoryListener *kml =
        container_of(listener, KVMMemoryListener, listener);
    KVMSlotIter it;

    qemu_mutex_lock(&kml->s->slots_lock);
    FOR_ALL_SLOTS(slot, it, kml)
    {
        if (!slot->stuck && !memory_region_get_dirty_log_mask(slot->mr)) {
            switch_logging(kml, slot, false);
        }
    }
    qemu_mutex_unlock(&kml->s->slots_lock);
}

static void kvm_log_start(MemoryListener *listener,
                          MemoryRegionSection *section, int old, int new)
{
    if (!old) {
        switch_section(listener, section, true);
    }
}

static void kvm_log_stop(MemoryListener *listener, MemoryRegionSection *section,
                         int old, int new)
{
    if (!new) {
        switch_section(listener, section, false);
    }
}

/* ---- reading and clearing ------------------------------------------------ */

/* A log that could not be switched on: perhaps now. */
static void see_to_blind(KVMMemoryListener *kml, KVMSlot *slot)
{
    if (slot->blind && !slot->stuck) {
        switch_logging(kml, slot, true);
        kvm_slot_mark_all(slot);
    }
}

static void kvm_log_sync(MemoryListener *listener, MemoryRegionSection *section)
{
    KVMMemoryListener *kml =
        container_of(listener, KVMMemoryListener, listener);
    KVMSlotIter it;

    qemu_mutex_lock(&kml->s->slots_lock);
    FOR_SLOTS(slot, it, kml, section)
    {
        see_to_blind(kml, slot);
        if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES && !slot->stuck) {
            kvm_slot_fetch_dirty(kml->s, kml->as_id, slot);
        }
    }
    qemu_mutex_unlock(&kml->s->slots_lock);
}

/*
 * The kernel clears whole groups of 64 pages: of pages outside of [@first,
 * @end) it is given no bits, and keeps what it has.
 */
static int clear_pages(KVMState *s, int as_id, KVMSlot *slot, uint64_t first,
                       uint64_t end)
{
    uint64_t pages = slot_pages(slot);
    uint64_t from = ROUND_DOWN(first, CLEAR_ALIGN);
    uint64_t to = MIN(ROUND_UP(end, CLEAR_ALIGN), pages);
    g_autofree unsigned long *bits = NULL;
    int ret;

    if (!slot->dirty || find_next_bit(slot->dirty, end, first) >= end) {
        return 0; /* nothing has been told */
    }
    bits = bitmap_new(ROUND_UP(to - from, CLEAR_ALIGN));
    bitmap_copy_with_src_offset(bits, slot->dirty, from, to - from);
    bitmap_clear(bits, 0, first - from);
    if (to > end) {
        bitmap_clear(bits, end - from, to - end);
    }
    ret = clear_log(s, as_id, slot, from, to - from, bits);
    if (ret == 0) {
        bitmap_clear(slot->dirty, first, end - first);
    }
    return ret;
}

static void kvm_log_clear(MemoryListener *listener,
                          MemoryRegionSection *section)
{
    KVMMemoryListener *kml =
        container_of(listener, KVMMemoryListener, listener);
    hwaddr start = section->offset_within_address_space;
    hwaddr last = section_last(section);
    uint64_t page = qemu_real_host_page_size();
    KVMSlotIter it;

    if (!kml->s->manual_dirty_log_protect) {
        return; /* cleared as they were told */
    }
    qemu_mutex_lock(&kml->s->slots_lock);
    FOR_SLOTS(slot, it, kml, section)
    {
        hwaddr from = MAX(start, slot->start);
        hwaddr to = MIN(last, kvm_slot_last(slot));
        int ret;

        if (!(slot->flags & KVM_MEM_LOG_DIRTY_PAGES) || slot->stuck) {
            continue;
        }
        ret = clear_pages(kml->s, kml->as_id, slot, (from - slot->start) / page,
                          (to - slot->start) / page + 1);
        if (ret < 0) {
            failed(slot, ret, "clear"); /* its pages stay dirty */
        }
    }
    qemu_mutex_unlock(&kml->s->slots_lock);
}

/* ---- by rings ------------------------------------------------------------ */

static void kvm_log_sync_global(MemoryListener *listener, bool last_stage)
{
    KVMMemoryListener *kml =
        container_of(listener, KVMMemoryListener, listener);
    KVMSlotIter it;

    /* Outside of the guest, a CPU has nothing that is not in its ring. */
    qemu_mutex_lock(&kml->s->slots_lock);
    accel_ioctl_inhibit_begin();
    kvm_dirty_ring_reap(kml->s, NULL);
    accel_ioctl_inhibit_end();
    if (kml->any_blind) {
        kml->any_blind = false;
        FOR_ALL_SLOTS(slot, it, kml)
        {
            see_to_blind(kml, slot);
        }
    }
    qemu_mutex_unlock(&kml->s->slots_lock);
}

void kvm_dirty_init_listener(KVMState *s, MemoryListener *listener)
{
    listener->log_global_start = kvm_log_global_start;
    listener->log_global_stop = kvm_log_global_stop;
    listener->log_start = kvm_log_start;
    listener->log_stop = kvm_log_stop;
    if (s->kvm_dirty_ring_size) {
        listener->log_sync_global = kvm_log_sync_global;
    } else {
        listener->log_sync = kvm_log_sync;
        listener->log_clear = kvm_log_clear;
    }
}

bool kvm_dirty_ring_enabled(void)
{
    return kvm_state && kvm_state->kvm_dirty_ring_size;
}

uint32_t kvm_dirty_ring_size(void)
{
    return kvm_state ? kvm_state->kvm_dirty_ring_size : 0;
}
