/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at memory: what the tree of regions is, what became of it, and why.
 *
 *   mtree_info(), mtree_print()     `info mtree`: all trees or all flat views
 *   memory_query_at()               `info mtree -p`: one address, who is there
 *   memory_svg()                    `info mtree -s`: a picture
 *
 * They only read, and print text for whoever asked. All need the big lock.
 */
#ifndef MEMORY_INSPECT_H
#define MEMORY_INSPECT_H

#include "memory/address-space.h"

typedef struct MemoryAtList MemoryAtList;   /* qapi/memory-map.json */

/* What `info mtree` is to show. */
typedef struct MtreeOptions {
    bool flatview;      /* -f: flat views, not trees */
    bool dispatch_tree; /* -d: with -f, what is behind lookups, too */
    bool owner;         /* -o: whose each region is */
    bool disabled;      /* -D: disabled regions, too */
} MtreeOptions;

/* Appends what `info mtree` shows, in QEMU's format. */
void mtree_print(GString *out, MtreeOptions options);

/* The same to the monitor that asks, or standard output. */
void mtree_info(bool flatview, bool dispatch_tree, bool owner, bool disabled);

/* "ram", "rom", "romd", "ramd", "i/o" or "container"; of aliases the target's. */
const char *memory_region_type_str(const MemoryRegion *mr);

/* The oldest address space of that name, or NULL with an error. */
AddressSpace *memory_find_address_space(const char *name, Error **errp);

/*
 * What lies at @addr in the address space @name, or if that is NULL in each
 * that reaches there (those that have one root come as one): who answers, who
 * does not and why.
 * NULL with an error if there is no such address space. The caller frees it
 * with qapi_free_MemoryAtList().
 */
MemoryAtList *memory_query_at(const char *name, hwaddr addr, Error **errp);

/* Appends @list for people. */
void memory_at_print(GString *out, const MemoryAtList *list);

/*
 * An SVG document of what @as is made of and of what it shows. With @disabled,
 * disabled regions are drawn, too.
 */
GString *memory_svg(AddressSpace *as, bool disabled);

/* ---- for the layers above ---- */

/* The id of @owner, which is a device; NULL if it has none. Set once. */
typedef const char *MemoryDeviceIdHook(Object *owner);
void memory_set_device_id_hook(MemoryDeviceIdHook *hook);

/*
 * Whether the accelerator, called @name, itself holds [@start, @start + @size)
 * of @as as memory: `info mtree -f` tells.
 */
typedef bool MemoryAccelHook(AddressSpace *as, hwaddr start, hwaddr size);

/* A range of @as that the accelerator holds as one: pictures show it. */
typedef struct MemoryAccelSlot {
    hwaddr start, last;
    int number; /* by which the accelerator knows it */
    bool readonly;
} MemoryAccelSlot;

/* Appends all that are held of @as to @slots, by address. */
typedef void MemoryAccelSlotsHook(AddressSpace *as, GArray *slots);

/* @name lives on; NULL: there is no such accelerator any more. */
void memory_set_accel_hook(const char *name, MemoryAccelHook *hook,
                           MemoryAccelSlotsHook *slots);

#endif
