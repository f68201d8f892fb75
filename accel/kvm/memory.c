/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From flat ranges to memory slots.
 *
 * A commit is compared with the slots that there are: what is as it should be
 * stays untouched, the rest is a list of slots to make and one of slots that
 * are in their way. Where something is in the way, CPUs are kept out of the
 * kernel while the old are deleted and the new are made, so that none of them
 * sees memory missing that stays mapped. What comes is made in prepare(), where
 * a failure is an error for whoever caused it and nothing has changed yet; what
 * only goes is deleted in commit().
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "exec/ramblock.h"
#include "kvm-internal.h"
#include "memory/address-space.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "slots.h"
#include "system/accel-blocker.h"
#include "system/runstate.h"
#include "trace.h"

/* Less than the kernel's limit of 2^31 - 1 pages, and round. */
static hwaddr max_slot_size = 4ull << 40;

void kvm_set_max_memslot_size(hwaddr size)
{
    assert(QEMU_IS_ALIGNED(size, qemu_real_host_page_size()) && size);
    max_slot_size = size;
}

KVMMemoryListener *kvm_listener_by_id(KVMState *s, int as_id)
{
    return s->as && as_id >= 0 && as_id < s->nr_as ? s->as[as_id].ml : NULL;
}

/* ---- one slot ------------------------------------------------------------ */

/* Tells the kernel of @slot: of @size bytes, or with 0 that it goes. */
static int slot_ioctl(KVMMemoryListener *kml, const KVMSlot *slot,
                      uint64_t size)
{
    struct kvm_userspace_memory_region2 region = {
        .slot = slot->id | kml->as_id << 16,
        .flags = slot->flags,
        .guest_phys_addr = slot->start,
        .memory_size = size,
        .userspace_addr = (uintptr_t)slot->ram,
        .guest_memfd = slot->guest_memfd,
        .guest_memfd_offset = slot->guest_memfd_offset,
    };
    /* The older form is the beginning of the newer one. */
    unsigned long type = slot->flags & KVM_MEM_GUEST_MEMFD
                             ? KVM_SET_USER_MEMORY_REGION2
                             : KVM_SET_USER_MEMORY_REGION;
    int ret = kvm_vm_ioctl(kml->s, type, &region);

    trace_kvm_set_slot(kml->as_id, slot->id, slot->start, size, slot->flags,
                       ret);
    return ret;
}

QEMU_BUILD_BUG_ON(offsetof(struct kvm_userspace_memory_region2,
                           userspace_addr) !=
                  offsetof(struct kvm_userspace_memory_region, userspace_addr));

static bool logs(const KVMSlot *slot)
{
    return slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
}

/* A slot that the kernel keeps against our will may be in the way. */
static bool is_blocked(KVMMemoryListener *kml, const KVMSlot *slot)
{
    KVMSlotIter it;

    return kml->stuck->len &&
           kvm_slots_first(kml->slots, &it, slot->start, kvm_slot_last(slot));
}

static bool slot_create(KVMMemoryListener *kml, KVMSlot *slot, Error **errp)
{
    ERRP_GUARD();
    int ret;

    if (is_blocked(kml, slot)) {
        error_setg(errp, "KVM still maps other memory where '%s' is to be",
                   memory_region_name(slot->mr));
        return false;
    }
    if (!kvm_slots_insert(kml->slots, slot)) {
        error_setg(errp,
                   "KVM has no memory slot left for '%s': all %u are in "
                   "use",
                   memory_region_name(slot->mr), kvm_slots_max(kml->slots));
        error_append_hint(errp, "Fewer, larger memory devices need fewer "
                                "slots.\n");
        return false;
    }
    slot->stuck = false;
    ret = slot_ioctl(kml, slot, slot->size);
    if (ret == 0 && slot->flags & KVM_MEM_GUEST_MEMFD) {
        ret = kvm_slot_set_attributes(slot);
        if (ret < 0) {
            slot_ioctl(kml, slot, 0);
        }
    }
    if (ret < 0) {
        error_setg_errno(
            errp, -ret,
            "KVM cannot map '%s' at 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx,
            memory_region_name(slot->mr), slot->start, kvm_slot_last(slot));
        kvm_slots_remove(kml->slots, slot);
        return false;
    }
    if (logs(slot)) {
        kvm_slot_forget_dirty(kml->s, kml->as_id, slot);
    }
    return true;
}

/* Takes it out of the kernel and of the map; what it logged is not lost. */
static int slot_delete(KVMMemoryListener *kml, KVMSlot *slot)
{
    int ret;

    if ((logs(slot) || slot->blind) && !slot->stuck) {
        kvm_slot_fetch_dirty(kml->s, kml->as_id, slot);
    }
    ret = slot_ioctl(kml, slot, 0);
    if (ret < 0) {
        ret = slot_ioctl(kml, slot, 0); /* the kernel may be out of memory */
    }
    if (ret == 0) {
        kvm_slots_remove(kml->slots, slot);
    }
    return ret;
}

/* ---- what a section asks for --------------------------------------------- */

/*
 * The whole pages of @section as one slot, however large; false if it is
 * nothing that the kernel could map.
 */
static bool section_to_slot(const MemoryRegionSection *section, KVMSlot *slot)
{
    uint64_t page = qemu_real_host_page_size();
    MemoryRegion *mr = section->mr;
    hwaddr start = section->offset_within_address_space;
    uint64_t skip = ROUND_UP(start, page) - start;
    bool readonly = section->readonly || mr->rom_device;
    uint64_t size;

    if (!memory_region_is_ram(mr) && !(mr->rom_device && mr->romd_mode)) {
        return false;
    }
    if (readonly && !kvm_readonly_mem_enabled()) {
        return false; /* the guest could write to it */
    }
    size = int128_get64(int128_min(section->size, int128_make64(UINT64_MAX)));
    if (size <= skip || start + skip < start) {
        return false;
    }
    size = ROUND_DOWN(size - skip, page);
    *slot = (KVMSlot){
        .start = start + skip,
        .size = size,
        .mr = mr,
        .flags = readonly ? KVM_MEM_READONLY : 0,
        .guest_memfd = -1,
        .id = -1,
    };
    slot->ram_addr = section->offset_within_region + skip;
    slot->ram = (uint8_t *)memory_region_get_ram_ptr(mr) + slot->ram_addr;
    if (memory_region_has_guest_memfd(mr)) {
        slot->flags |= KVM_MEM_GUEST_MEMFD;
        slot->guest_memfd = mr->ram_block->guest_memfd;
        slot->guest_memfd_offset = slot->ram_addr;
    }
    slot->ram_addr += memory_region_get_ram_addr(mr);
    if (memory_region_get_dirty_log_mask(mr)) {
        slot->flags |= KVM_MEM_LOG_DIRTY_PAGES;
    }
    return size && QEMU_PTR_IS_ALIGNED(slot->ram, page);
}

/* The part of @whole that is one slot: its first @size bytes are cut off. */
static KVMSlot *cut_slot(KVMSlot *whole, uint64_t size)
{
    KVMSlot *slot = g_new(KVMSlot, 1);

    *slot = *whole;
    slot->size = size;
    whole->start += size;
    whole->size -= size;
    whole->ram += size;
    whole->ram_addr += size;
    whole->guest_memfd_offset += size;
    return slot;
}

/* Whether @old does @new's job; the dirty log is switched elsewhere. */
static bool is_same(const KVMSlot *old, const KVMSlot *new)
{
    return old->start == new->start && old->size == new->size &&
           old->ram == new->ram && old->ram_addr == new->ram_addr &&
           old->flags == new->flags && old->guest_memfd == new->guest_memfd &&
           old->guest_memfd_offset == new->guest_memfd_offset && !old->stuck;
}

/* ---- the plan ------------------------------------------------------------ */

/*
 * Slots that are asked for again or are going to be replaced get the number of
 * the change as their epoch, so that what is deleted later are the others.
 */
static void plan_slot(KVMMemoryListener *kml, KVMSlot *new)
{
    KVMSlotIter it;
    KVMSlot *old =
        kvm_slots_first(kml->slots, &it, new->start, kvm_slot_last(new));

    if (old && is_same(old, new)) {
        old->epoch = kml->epoch;
        old->mr = new->mr;
        kvm_slot_free(new);
        return;
    }
    for (; old; old = kvm_slots_next(&it)) {
        if (old->epoch != kml->epoch) {
            old->epoch = kml->epoch;
            g_ptr_array_add(kml->replaced, old);
        }
    }
    new->epoch = kml->epoch;
    g_ptr_array_add(kml->created, new);
}

static void plan(KVMMemoryListener *kml, const MemoryRegionSection *add,
                 size_t nr_add)
{
    kml->epoch++;
    for (size_t i = 0; i < nr_add; i++) {
        KVMSlot whole;

        if (!section_to_slot(&add[i], &whole)) {
            continue;
        }
        /* More than there can be need not be listed. */
        while (whole.size && kml->created->len <= kvm_slots_max(kml->slots)) {
            /* Pieces end at multiples, so that most of them stay if one end
             * moves. */
            uint64_t size = max_slot_size - whole.start % max_slot_size;

            plan_slot(kml, cut_slot(&whole, MIN(size, whole.size)));
        }
    }
}

/* The slots in @del's ranges that nobody asked for, to @list; any with logs? */
static bool collect_gone(KVMMemoryListener *kml, const MemoryRegionSection *del,
                         size_t nr_del, GPtrArray *list)
{
    bool logged = false;

    for (size_t i = 0; i < nr_del; i++) {
        hwaddr start = del[i].offset_within_address_space;
        hwaddr last = int128_get64(int128_add(
            int128_make64(start), int128_sub(del[i].size, int128_one())));
        KVMSlotIter it;
        KVMSlot *slot = kvm_slots_first(kml->slots, &it, start, last);

        for (; slot; slot = kvm_slots_next(&it)) {
            if (slot->epoch != kml->epoch) {
                slot->epoch = kml->epoch;
                logged |= logs(slot);
                g_ptr_array_add(list, slot);
            }
        }
    }
    return logged;
}

/* What goes makes room first where there are not enough slots for both. */
static void make_room(KVMMemoryListener *kml, const MemoryRegionSection *del,
                      size_t nr_del)
{
    unsigned room = kvm_slots_max(kml->slots) - kvm_slots_used(kml->slots) +
                    kml->replaced->len;

    if (kml->created->len > room) {
        collect_gone(kml, del, nr_del, kml->replaced);
    }
}

/* ---- carrying it out ----------------------------------------------------- */

static void hold(KVMState *s, bool stop_cpus)
{
    qemu_mutex_lock(&s->slots_lock);
    if (stop_cpus) {
        accel_ioctl_inhibit_begin();
        if (s->kvm_dirty_ring_size) {
            kvm_dirty_ring_reap(s, NULL); /* what of these slots is in rings */
        }
    }
}

static void release(KVMState *s, bool stop_cpus)
{
    if (stop_cpus) {
        accel_ioctl_inhibit_end();
    }
    qemu_mutex_unlock(&s->slots_lock);
}

static void drop(KVMSlot *slot, Error *err)
{
    error_append_hint(&err, "The guest's accesses there are emulated.\n");
    warn_report_err(err);
    kvm_slot_free(slot);
}

/* Back from where @nr_created were made and @nr_deleted were deleted. */
static void roll_back(KVMMemoryListener *kml, guint nr_created,
                      guint nr_deleted)
{
    Error *err = NULL;

    for (guint i = nr_created; i-- > 0;) {
        KVMSlot *slot = g_ptr_array_index(kml->created, i);
        int ret = slot_delete(kml, slot);

        if (ret < 0) {
            error_report("KVM cannot unmap '%s' at 0x%" HWADDR_PRIx ": %s",
                         memory_region_name(slot->mr), slot->start,
                         strerror(-ret));
            slot->stuck = true;
            slot->mr = NULL;
            g_ptr_array_add(kml->stuck, slot);
            g_ptr_array_index(kml->created, i) = NULL;
        }
    }
    for (guint i = 0; i < nr_deleted; i++) {
        KVMSlot *slot = g_ptr_array_index(kml->replaced, i);

        if (!slot->mr) {
            g_ptr_array_remove_fast(kml->stuck, slot); /* good riddance */
            kvm_slot_free(slot);
        } else if (!slot_create(kml, slot, &err)) {
            drop(slot, err);
            err = NULL;
        }
    }
    for (guint i = 0; i < kml->created->len; i++) {
        kvm_slot_free(g_ptr_array_index(kml->created, i));
    }
    g_ptr_array_set_size(kml->created, 0);
    g_ptr_array_set_size(kml->replaced, 0);
}

static bool cannot_unmap(const KVMSlot *slot, int ret, Error **errp)
{
    error_setg_errno(errp, -ret,
                     "KVM cannot unmap what is at 0x%" HWADDR_PRIx
                     "-0x%" HWADDR_PRIx,
                     slot->start, kvm_slot_last(slot));
    return false;
}

/*
 * Whether CPUs must be kept out when the first @nr_created of what was made go
 * again: what they write after a log was read would be lost.
 */
static bool any_logs(KVMMemoryListener *kml, guint nr_created)
{
    for (guint i = 0; i < nr_created; i++) {
        if (logs(g_ptr_array_index(kml->created, i))) {
            return true;
        }
    }
    return false;
}

/* All or nothing. */
static bool carry_out(KVMMemoryListener *kml, Error **errp)
{
    bool stop = kml->replaced->len;
    guint created = 0, deleted = 0;
    bool ok = true;

    if (!kml->created->len && !stop) {
        return true;
    }
    hold(kml->s, stop);
    for (; ok && deleted < kml->replaced->len; deleted += ok) {
        KVMSlot *slot = g_ptr_array_index(kml->replaced, deleted);
        int ret = slot_delete(kml, slot);

        ok = ret == 0 || cannot_unmap(slot, ret, errp);
    }
    for (; ok && created < kml->created->len; created += ok) {
        ok = slot_create(kml, g_ptr_array_index(kml->created, created), errp);
    }
    if (!ok && !stop && any_logs(kml, created)) {
        release(kml->s, stop);
        stop = true;
        hold(kml->s, stop);
    }
    if (!ok) {
        roll_back(kml, created, deleted);
    }
    release(kml->s, stop);
    return ok;
}

static void forget_stuck(KVMMemoryListener *kml, KVMSlot *slot)
{
    if (slot->stuck) {
        g_ptr_array_remove_fast(kml->stuck, slot);
    }
}

/* What was replaced is not needed any more. */
static void finish(KVMMemoryListener *kml)
{
    for (guint i = 0; i < kml->replaced->len; i++) {
        KVMSlot *slot = g_ptr_array_index(kml->replaced, i);

        forget_stuck(kml, slot);
        kvm_slot_free(slot);
    }
    g_ptr_array_set_size(kml->replaced, 0);
    g_ptr_array_set_size(kml->created, 0);
}

/* The kernel goes on showing memory that is not there: that is no machine. */
static void cannot_go(KVMMemoryListener *kml, KVMSlot *slot, int ret)
{
    if (!slot->stuck) {
        error_report("KVM cannot unmap memory at 0x%" HWADDR_PRIx
                     "-0x%" HWADDR_PRIx ": %s; the guest is stopped",
                     slot->start, kvm_slot_last(slot), strerror(-ret));
        slot->stuck = true;
        slot->mr = NULL;
        g_ptr_array_add(kml->stuck, slot);
    }
    qemu_system_vmstop_request_prepare();
    qemu_system_vmstop_request(RUN_STATE_INTERNAL_ERROR);
}

/* Deletes @list's slots, which nothing replaces. */
static void delete_gone(KVMMemoryListener *kml, GPtrArray *list, bool logged)
{
    if (!list->len) {
        return;
    }
    /* A page that is written after its log was read would be lost. */
    hold(kml->s, logged);
    for (guint i = 0; i < list->len; i++) {
        KVMSlot *slot = g_ptr_array_index(list, i);
        int ret = slot_delete(kml, slot);

        if (ret < 0) {
            cannot_go(kml, slot, ret);
        } else {
            forget_stuck(kml, slot);
            kvm_slot_free(slot);
        }
    }
    release(kml->s, logged);
    g_ptr_array_set_size(list, 0);
}

/* As much as is possible, when nobody can be told that it is not. */
static void do_what_can_be_done(KVMMemoryListener *kml)
{
    bool stop = kml->replaced->len;
    Error *err = NULL;

    if (!kml->created->len && !stop) {
        return;
    }
    hold(kml->s, stop);
    for (guint i = 0; i < kml->replaced->len; i++) {
        KVMSlot *slot = g_ptr_array_index(kml->replaced, i);
        int ret = slot_delete(kml, slot);

        if (ret < 0) {
            cannot_go(kml, slot, ret);
            g_ptr_array_index(kml->replaced, i) = NULL;
        }
    }
    for (guint i = 0; i < kml->created->len; i++) {
        KVMSlot *slot = g_ptr_array_index(kml->created, i);

        if (!slot_create(kml, slot, &err)) {
            drop(slot, err);
            err = NULL;
        }
    }
    release(kml->s, stop);
    while (g_ptr_array_remove_fast(kml->replaced, NULL)) {
        /* all of them */
    }
    finish(kml);
}

/* ---- the listener -------------------------------------------------------- */

static KVMMemoryListener *kml_of(MemoryListener *listener)
{
    return container_of(listener, KVMMemoryListener, listener);
}

static bool kvm_prepare(MemoryListener *listener,
                        const MemoryRegionSection *add, size_t nr_add,
                        const MemoryRegionSection *del, size_t nr_del,
                        Error **errp)
{
    KVMMemoryListener *kml = kml_of(listener);

    plan(kml, add, nr_add);
    make_room(kml, del, nr_del);
    kml->prepared = carry_out(kml, errp);
    return kml->prepared;
}

static void kvm_cancel(MemoryListener *listener)
{
    KVMMemoryListener *kml = kml_of(listener);
    bool stop = kml->replaced->len || any_logs(kml, kml->created->len);

    hold(kml->s, stop);
    roll_back(kml, kml->created->len, kml->replaced->len);
    release(kml->s, stop);
    kml->prepared = false;
}

static void kvm_region_add(MemoryListener *listener,
                           MemoryRegionSection *section)
{
    KVMMemoryListener *kml = kml_of(listener);

    if (!kml->prepared) {
        g_array_append_val(kml->adds, *section);
    }
}

static void kvm_region_del(MemoryListener *listener,
                           MemoryRegionSection *section)
{
    g_array_append_val(kml_of(listener)->dels, *section);
}

static void kvm_commit(MemoryListener *listener)
{
    KVMMemoryListener *kml = kml_of(listener);
    const MemoryRegionSection *del = (void *)kml->dels->data;
    bool logged = false;

    if (kml->prepared) {
        finish(kml);
    } else {
        plan(kml, (void *)kml->adds->data, kml->adds->len);
        make_room(kml, del, kml->dels->len);
        do_what_can_be_done(kml);
    }
    for (guint i = 0; i < kml->stuck->len; i++) {
        KVMSlot *slot = g_ptr_array_index(kml->stuck, i);

        slot->epoch = kml->epoch;
        logged |= logs(slot);
        g_ptr_array_add(kml->created, slot);
    }
    logged |= collect_gone(kml, del, kml->dels->len, kml->created);
    delete_gone(kml, kml->created, logged);
    g_array_set_size(kml->adds, 0);
    g_array_set_size(kml->dels, 0);
    kml->prepared = false;
}

void kvm_memory_listener_register(KVMState *s, KVMMemoryListener *kml,
                                  AddressSpace *as, int as_id, const char *name)
{
    *kml = (KVMMemoryListener){
        .listener = {
            .name = name,
            .prepare = kvm_prepare,
            .cancel = kvm_cancel,
            .region_add = kvm_region_add,
            .region_del = kvm_region_del,
            .commit = kvm_commit,
            .priority = MEMORY_LISTENER_PRIORITY_ACCEL,
        },
        .s = s,
        .as_id = as_id,
        .slots = kvm_slots_new(s->nr_slots_max),
        .adds = g_array_new(false, false, sizeof(MemoryRegionSection)),
        .dels = g_array_new(false, false, sizeof(MemoryRegionSection)),
        .created = g_ptr_array_new(),
        .replaced = g_ptr_array_new(),
        .stuck = g_ptr_array_new(),
    };
    kvm_dirty_init_listener(s, &kml->listener);
    kvm_ioevent_init_listener(s, &kml->listener);
    assert(as_id < s->nr_as && !s->as[as_id].ml);
    s->as[as_id].ml = kml;
    s->as[as_id].as = as;
    memory_listener_register(&kml->listener, as);
}

void kvm_memory_listener_unregister(KVMState *s, KVMMemoryListener *kml)
{
    if (!kml->slots) {
        return;
    }
    memory_listener_unregister(&kml->listener);
    qemu_mutex_lock(&s->slots_lock);
    s->as[kml->as_id].ml = NULL;
    s->as[kml->as_id].as = NULL;
    qemu_mutex_unlock(&s->slots_lock);
    kvm_slots_free(kml->slots);
    g_array_free(kml->adds, true);
    g_array_free(kml->dels, true);
    g_ptr_array_free(kml->created, true);
    g_ptr_array_free(kml->replaced, true);
    g_ptr_array_free(kml->stuck, true);
    kml->slots = NULL;
}

/* ---- for those who ask --------------------------------------------------- */

unsigned int kvm_get_max_memslots(void)
{
    return kvm_state ? kvm_state->nr_slots_max : UINT_MAX;
}

unsigned int kvm_get_free_memslots(void)
{
    unsigned int least = UINT_MAX;

    for (int i = 0; kvm_state && i < kvm_state->nr_as; i++) {
        KVMMemoryListener *kml = kvm_state->as[i].ml;

        if (kml) {
            least = MIN(least,
                        kvm_slots_max(kml->slots) - kvm_slots_used(kml->slots));
        }
    }
    return least;
}

int kvm_physical_memory_addr_from_host(KVMState *s, void *ram_addr,
                                       hwaddr *phys_addr)
{
    KVMMemoryListener *kml = kvm_listener_by_id(s, 0);
    KVMSlotIter it;
    KVMSlot *slot;
    int ret = 0;

    if (!kml) {
        return 0;
    }
    qemu_mutex_lock(&s->slots_lock);
    for (slot = kvm_slots_first(kml->slots, &it, 0, UINT64_MAX); slot;
         slot = kvm_slots_next(&it)) {
        if ((uint8_t *)ram_addr >= slot->ram &&
            (uint8_t *)ram_addr - slot->ram < slot->size) {
            *phys_addr = slot->start + ((uint8_t *)ram_addr - slot->ram);
            ret = 1;
            break;
        }
    }
    qemu_mutex_unlock(&s->slots_lock);
    return ret;
}
