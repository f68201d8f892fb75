/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM of which parts are not there at times (virtio-mem).
 *
 * A RamDiscardManager, an interface of whoever takes parts of a RAM region away
 * and brings them back, tells its listeners before a part is populated and
 * after one was discarded. A listener that maps or pins memory (VFIO, vhost-
 * vdpa) thus only ever has what is populated. Sections are multiples of the
 * manager's granularity, unless they are cut by what the listener registered.
 *
 * Who discards without telling anyone (a balloon, postcopy), and who cannot
 * stand that, exclude each other by the counters at the end.
 */
#ifndef MEMORY_RAM_DISCARD_H
#define MEMORY_RAM_DISCARD_H

#include "memory/section.h"
#include "qemu/queue.h"
#include "qom/object.h"

#define TYPE_RAM_DISCARD_MANAGER "ram-discard-manager"
typedef struct RamDiscardManagerClass RamDiscardManagerClass;
DECLARE_OBJ_CHECKERS(RamDiscardManager, RamDiscardManagerClass,
                     RAM_DISCARD_MANAGER, TYPE_RAM_DISCARD_MANAGER);

typedef struct RamDiscardListener RamDiscardListener;
/* 0, or -errno: the part stays away, who agreed before hears a discard. */
typedef int (*NotifyRamPopulate)(RamDiscardListener *rdl,
                                 MemoryRegionSection *section);
typedef void (*NotifyRamDiscard)(RamDiscardListener *rdl,
                                 MemoryRegionSection *section);

struct RamDiscardListener {
    NotifyRamPopulate notify_populate;
    NotifyRamDiscard notify_discard;
    /* It bears a discard of what is partly discarded already. */
    bool double_discard_supported;

    MemoryRegionSection *section;   /* the manager's: what is registered */
    QLIST_ENTRY(RamDiscardListener) next;
};

static inline void ram_discard_listener_init(RamDiscardListener *rdl,
                                             NotifyRamPopulate populate_fn,
                                             NotifyRamDiscard discard_fn,
                                             bool double_discard_supported)
{
    *rdl = (RamDiscardListener) {
        .notify_populate = populate_fn,
        .notify_discard = discard_fn,
        .double_discard_supported = double_discard_supported,
        .section = rdl->section,
        .next = rdl->next,
    };
}

typedef int (*ReplayRamPopulate)(MemoryRegionSection *section, void *opaque);
typedef void (*ReplayRamDiscard)(MemoryRegionSection *section, void *opaque);

/* All under the big lock. */
struct RamDiscardManagerClass {
    /* private: */
    InterfaceClass parent_class;

    /* public: */
    /* The size to which changes in @mr are aligned: a power of two. */
    uint64_t (*get_min_granularity)(const RamDiscardManager *rdm,
                                    const MemoryRegion *mr);
    /* Whether no part of the section is discarded. Any alignment. */
    bool (*is_populated)(const RamDiscardManager *rdm,
                         const MemoryRegionSection *section);
    /* Calls @replay_fn for each populated part; stops at an error. */
    int (*replay_populated)(const RamDiscardManager *rdm,
                            MemoryRegionSection *section,
                            ReplayRamPopulate replay_fn, void *opaque);
    /* ... for each discarded part. */
    void (*replay_discarded)(const RamDiscardManager *rdm,
                             MemoryRegionSection *section,
                             ReplayRamDiscard replay_fn, void *opaque);
    /* From now on @rdl hears, first of each populated part. */
    void (*register_listener)(RamDiscardManager *rdm, RamDiscardListener *rdl,
                              MemoryRegionSection *section);
    /* It hears of each populated part that it is discarded, then no more. */
    void (*unregister_listener)(RamDiscardManager *rdm,
                                RamDiscardListener *rdl);
};

/* The methods. */
uint64_t ram_discard_manager_get_min_granularity(const RamDiscardManager *rdm,
                                                 const MemoryRegion *mr);
bool ram_discard_manager_is_populated(const RamDiscardManager *rdm,
                                      const MemoryRegionSection *section);
int ram_discard_manager_replay_populated(const RamDiscardManager *rdm,
                                         MemoryRegionSection *section,
                                         ReplayRamPopulate replay_fn,
                                         void *opaque);
void ram_discard_manager_replay_discarded(const RamDiscardManager *rdm,
                                          MemoryRegionSection *section,
                                          ReplayRamDiscard replay_fn,
                                          void *opaque);
void ram_discard_manager_register_listener(RamDiscardManager *rdm,
                                           RamDiscardListener *rdl,
                                           MemoryRegionSection *section);
void ram_discard_manager_unregister_listener(RamDiscardManager *rdm,
                                             RamDiscardListener *rdl);

/* The manager of @mr; NULL for what is not RAM or has none. */
RamDiscardManager *memory_region_get_ram_discard_manager(MemoryRegion *mr);

static inline bool memory_region_has_ram_discard_manager(MemoryRegion *mr)
{
    return memory_region_get_ram_discard_manager(mr) != NULL;
}

/*
 * Sets it, or with NULL takes it away. Only for RAM that is not mapped, nor an
 * alias of it. 0, or -EBUSY if there is one already.
 */
int memory_region_set_ram_discard_manager(MemoryRegion *mr,
                                          RamDiscardManager *rdm);

/*
 * Who excludes whom. Each takes (@state true) or gives back (false) one count;
 * 0, or -EBUSY if the other side has some. Any thread.
 *
 * ram_block_discard_disable(): no discards at all (pinned memory). The
 * uncoordinated form: none but those that a RamDiscardManager announces.
 * ram_block_discard_require(): discards must work (balloon, postcopy). The
 * coordinated form: those that a RamDiscardManager announces.
 */
int ram_block_discard_disable(bool state);
int ram_block_uncoordinated_discard_disable(bool state);
int ram_block_discard_require(bool state);
int ram_block_coordinated_discard_require(bool state);
/* Whether some kind of discard is off; whether some kind must work. */
bool ram_block_discard_is_disabled(void);
bool ram_block_discard_is_required(void);

#endif
