/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Giving memory back: RamDiscardManager (memory/ram-discard.h), who excludes
 * whom, and the discarding itself.
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "memory/ram-discard.h"
#include "memory/ram.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/madvise.h"
#include "qemu/module.h"

/* ---- the interface ------------------------------------------------------- */

uint64_t ram_discard_manager_get_min_granularity(const RamDiscardManager *rdm,
                                                 const MemoryRegion *mr)
{
    return RAM_DISCARD_MANAGER_GET_CLASS(rdm)->get_min_granularity(rdm, mr);
}

bool ram_discard_manager_is_populated(const RamDiscardManager *rdm,
                                      const MemoryRegionSection *section)
{
    return RAM_DISCARD_MANAGER_GET_CLASS(rdm)->is_populated(rdm, section);
}

int ram_discard_manager_replay_populated(const RamDiscardManager *rdm,
                                         MemoryRegionSection *section,
                                         ReplayRamPopulate replay_fn,
                                         void *opaque)
{
    return RAM_DISCARD_MANAGER_GET_CLASS(rdm)->replay_populated(
        rdm, section, replay_fn, opaque);
}

void ram_discard_manager_replay_discarded(const RamDiscardManager *rdm,
                                          MemoryRegionSection *section,
                                          ReplayRamDiscard replay_fn,
                                          void *opaque)
{
    RAM_DISCARD_MANAGER_GET_CLASS(rdm)->replay_discarded(rdm, section,
                                                         replay_fn, opaque);
}

void ram_discard_manager_register_listener(RamDiscardManager *rdm,
                                           RamDiscardListener *rdl,
                                           MemoryRegionSection *section)
{
    RAM_DISCARD_MANAGER_GET_CLASS(rdm)->register_listener(rdm, rdl, section);
}

void ram_discard_manager_unregister_listener(RamDiscardManager *rdm,
                                             RamDiscardListener *rdl)
{
    RAM_DISCARD_MANAGER_GET_CLASS(rdm)->unregister_listener(rdm, rdl);
}

RamDiscardManager *memory_region_get_ram_discard_manager(MemoryRegion *mr)
{
    return memory_region_is_ram(mr) ? mr->rdm : NULL;
}

int memory_region_set_ram_discard_manager(MemoryRegion *mr,
                                          RamDiscardManager *rdm)
{
    assert(memory_region_is_ram(mr) && !memory_region_is_mapped(mr));
    if (mr->rdm && rdm) {
        return -EBUSY;
    }
    mr->rdm = rdm;
    return 0;
}

static const TypeInfo ram_discard_manager_info = {
    .name = TYPE_RAM_DISCARD_MANAGER,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(RamDiscardManagerClass),
};

static void ram_discard_register_types(void)
{
    type_register_static(&ram_discard_manager_info);
}

type_init(ram_discard_register_types)

/* ---- who excludes whom --------------------------------------------------- */

/* Read without the lock by the two questions. */
static struct {
    unsigned disabled, uncoordinated_disabled;
    unsigned required, coordinated_required;
} discard;
static GMutex discard_lock;

/* Takes or gives back one of *@count; not while one of *@a, *@b is taken. */
static int count(unsigned *counter, bool state, const unsigned *a,
                 const unsigned *b)
{
    int ret = 0;

    g_mutex_lock(&discard_lock);
    if (!state) {
        assert(*counter > 0);
        qatomic_set(counter, *counter - 1);
    } else if (*a || (b && *b)) {
        ret = -EBUSY;
    } else {
        qatomic_set(counter, *counter + 1);
    }
    g_mutex_unlock(&discard_lock);
    return ret;
}

int ram_block_discard_disable(bool state)
{
    return count(&discard.disabled, state, &discard.required,
                 &discard.coordinated_required);
}

int ram_block_uncoordinated_discard_disable(bool state)
{
    return count(&discard.uncoordinated_disabled, state, &discard.required,
                 NULL);
}

int ram_block_discard_require(bool state)
{
    return count(&discard.required, state, &discard.disabled,
                 &discard.uncoordinated_disabled);
}

int ram_block_coordinated_discard_require(bool state)
{
    return count(&discard.coordinated_required, state, &discard.disabled, NULL);
}

bool ram_block_discard_is_disabled(void)
{
    return qatomic_read(&discard.disabled) ||
           qatomic_read(&discard.uncoordinated_disabled);
}

bool ram_block_discard_is_required(void)
{
    return qatomic_read(&discard.required) ||
           qatomic_read(&discard.coordinated_required);
}

/* ---- discarding ---------------------------------------------------------- */

/* Punches a hole into the file. */
static int discard_file(RAMBlock *rb, uint64_t start, size_t length)
{
    int ret;

    if (rb->flags & RAM_READONLY_FD) {
        error_report("ram_block_discard_range: Discarding RAM with readonly "
                     "files is not supported");
        return -EROFS;
    }
    if (!qemu_ram_is_shared(rb)) {
        warn_report_once("ram_block_discard_range: Discarding RAM in private "
                         "file mappings is possibly dangerous, because it "
                         "will modify the underlying file and will affect "
                         "other users of the file");
    }
    if (fallocate(rb->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  start + rb->fd_offset, length) == 0) {
        return 0;
    }
    ret = -errno;
    error_report("ram_block_discard_range: Failed to fallocate %s:%" PRIx64
                 "+%" PRIx64 " +%zx (%d)",
                 rb->idstr, start, rb->fd_offset, length, ret);
    return ret;
}

/* Drops the pages of the mapping; of shared anonymous memory, for all. */
static int discard_mapping(RAMBlock *rb, uint64_t start, size_t length)
{
    bool remove = qemu_ram_is_shared(rb) && rb->fd < 0;
    int ret;

    if (qemu_madvise(rb->host + start, length,
                     remove ? QEMU_MADV_REMOVE : QEMU_MADV_DONTNEED) == 0) {
        return 0;
    }
    ret = -errno;
    error_report("ram_block_discard_range: Failed to discard range %s:%" PRIx64
                 " +%zx (%d)",
                 rb->idstr, start, length, ret);
    return ret;
}

int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length)
{
    bool huge = rb->page_size != qemu_real_host_page_size();
    int ret = 0;

    if (!QEMU_PTR_IS_ALIGNED(rb->host + start, rb->page_size)) {
        error_report("ram_block_discard_range: Unaligned start address: %p",
                     rb->host + start);
        return -EINVAL;
    }
    if (start > rb->max_length || length > rb->max_length - start) {
        error_report("ram_block_discard_range: Overrun block '%s' (%" PRIu64
                     "/%zx/" RAM_ADDR_FMT ")",
                     rb->idstr, start, length, rb->max_length);
        return -EINVAL;
    }
    if (!QEMU_IS_ALIGNED(length, rb->page_size)) {
        error_report("ram_block_discard_range: Unaligned length: %zx", length);
        return -EINVAL;
    }
    if (length == 0) {
        return 0;
    }
    if (rb->fd >= 0) {
        ret = discard_file(rb, start, length);
    }
    /*
     * Huge pages go with the hole, but for a private copy. Old kernels refuse
     * DONTNEED for them; then the copy stays, as it does in QEMU.
     */
    if (ret == 0 && !huge) {
        ret = discard_mapping(rb, start, length);
    } else if (ret == 0 && !qemu_ram_is_shared(rb)) {
        qemu_madvise(rb->host + start, length, QEMU_MADV_DONTNEED);
    }
    return ret;
}
