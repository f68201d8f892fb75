/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory slots of memory devices.
 *
 * KVM, vhost and their like have a limited number of slots, one for each range
 * of RAM. A device that maps parts of its region on demand was promised more
 * slots than it uses, and that many must stay free: others may only take what
 * is neither in use nor promised.
 */
#include "qemu/osdep.h"
#include "hw/mem/memory-device.h"
#include "memslots.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

static QLIST_HEAD(, MemslotUser) users = QLIST_HEAD_INITIALIZER(users);

void memslot_user_add(MemslotUser *user)
{
    QLIST_INSERT_HEAD(&users, user, next);
}

void memslot_user_remove(MemslotUser *user)
{
    QLIST_REMOVE(user, next);
}

static unsigned int reserved(const MachineState *ms)
{
    const DeviceMemoryState *dms = ms->device_memory;

    /* The warning about more use than promise came when that happened. */
    return dms && dms->used_memslots < dms->required_memslots
               ? dms->required_memslots - dms->used_memslots
               : 0;
}

unsigned int memory_devices_get_reserved_memslots(void)
{
    return reserved(current_machine);
}

bool memory_devices_memslot_auto_decision_active(void)
{
    const DeviceMemoryState *dms = current_machine->device_memory;

    return dms && dms->memslot_auto_decision_active;
}

unsigned int memslots_decision_limit(MachineState *ms, uint64_t size)
{
    const DeviceMemoryState *dms = ms->device_memory;
    const uint64_t total = ms->maxram_size - ms->ram_size;
    unsigned int max = UINT_MAX, free = UINT_MAX, share;
    MemslotUser *user;

    QLIST_FOREACH(user, &users, next) {
        max = MIN(max, user->get_max());
        free = MIN(free, user->get_free());
    }
    if (max < MEMORY_DEVICES_SAFE_MAX_MEMSLOTS || free <= reserved(ms) ||
        dms->required_memslots >= MEMORY_DEVICES_SOFT_MEMSLOT_LIMIT) {
        return 1;
    }
    share = MIN(MEMORY_DEVICES_SOFT_MEMSLOT_LIMIT - dms->required_memslots,
                free - reserved(ms));
    if (size == total || total <= dms->used_region_size) {
        return share;
    }
    share = (double)share * size / (total - dms->used_region_size);
    return MAX(share, 1);
}

bool memslots_check(MachineState *ms, unsigned int required, Error **errp)
{
    MemslotUser *user;

    QLIST_FOREACH(user, &users, next) {
        if (user->get_free() < required + reserved(ms)) {
            error_setg(errp, "%s", user->complaint);
            return false;
        }
    }
    return true;
}

/* ---- what is in use ------------------------------------------------------ */

static void count_section(MemoryListener *listener,
                          const MemoryRegionSection *section, int step)
{
    DeviceMemoryState *dms =
        container_of(listener, DeviceMemoryState, listener);

    if (!memory_region_is_ram(section->mr)) {
        warn_report(
            "Unexpected memory region mapped into device memory region.");
        return;
    }
    dms->used_memslots += step;
    if (dms->used_memslots > dms->required_memslots) {
        warn_report(
            "Memory devices use more memory slots than indicated as required.");
    }
}

static void slot_added(MemoryListener *listener, MemoryRegionSection *section)
{
    count_section(listener, section, 1);
}

static void slot_removed(MemoryListener *listener, MemoryRegionSection *section)
{
    count_section(listener, section, -1);
}

void memslots_track(DeviceMemoryState *dms)
{
    dms->listener.region_add = slot_added;
    dms->listener.region_del = slot_removed;
    memory_listener_register(&dms->listener, &dms->as);
}
