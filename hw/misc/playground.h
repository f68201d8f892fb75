/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The playground: regions, address spaces and listeners that a user makes by
 * hand, to see what a tree of overlapping regions comes to.
 *
 *   playground-region     the base: where a region lies, and its attributes
 *   playground-container, -ram, -rom, -alias      hw/misc/playground-region.c
 *   playground-io         registers that tell what was done to them
 *   playground-space      an address space of its own
 *   playground-listener   hears what changes, and can refuse it
 *
 * Setting a property of a region moves or changes it at once; if a listener
 * refuses, the command fails and all is as it was. docs/system/playground.rst
 * is the lesson.
 */
#ifndef HW_MISC_PLAYGROUND_H
#define HW_MISC_PLAYGROUND_H

#include "exec/memory.h"
#include "qom/object.h"

#define TYPE_PLAYGROUND_REGION   "playground-region"
#define TYPE_PLAYGROUND_SPACE    "playground-space"
#define TYPE_PLAYGROUND_LISTENER "playground-listener"

OBJECT_DECLARE_TYPE(PlaygroundRegion, PlaygroundRegionClass, PLAYGROUND_REGION)
OBJECT_DECLARE_SIMPLE_TYPE(PlaygroundSpace, PLAYGROUND_SPACE)

/* A region that another object names: one of ours, or one of the machine's. */
typedef struct RegionRef {
    PlaygroundRegion *obj;  /* NULL: one of the machine's */
    MemoryRegion *mr;       /* that one; NULL with obj NULL: none */
    bool counted;           /* among obj's users, which must not be deleted */
} RegionRef;

/* All that a user can change of a region while it is there. */
typedef struct RegionConfig {
    RegionRef parent;
    RegionRef target;       /* of an alias */
    uint64_t addr;
    uint64_t size;
    uint64_t offset;        /* of an alias, into its target */
    int32_t priority;
    bool enabled;
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
} RegionConfig;

struct PlaygroundRegion {
    Object parent_obj;

    RegionConfig cfg;       /* as it is; before complete(): as wanted */
    MemoryRegion *mr;       /* NULL before complete() */
    char *id;
    unsigned users;         /* that are in it, show it, or begin with it */
};

struct PlaygroundRegionClass {
    ObjectClass parent_class;

    /* Initializes r->mr, which is allocated, as r->cfg says. */
    bool (*make)(PlaygroundRegion *r, Error **errp);
    bool fixed_size;
    bool is_alias;
};

struct PlaygroundSpace {
    Object parent_obj;

    RegionRef root;
    AddressSpace *as;       /* NULL before complete() */
    unsigned users;         /* listeners */
};

/*
 * The region called @name: the id of a playground region, "system" or "io". The
 * result is in use until playground_put(). False with @errp set if @name is not
 * one; @what is the property that asked for it.
 */
bool playground_get(RegionRef *ref, const char *name, const char *what,
                    Error **errp);
void playground_put(RegionRef *ref);
/*
 * The user has been deleted, but views may still show it for a while: the region
 * stays in memory, and may be deleted by its name.
 */
void playground_uncount(RegionRef *ref);
/* Its name, "" if it is none; g_free(). */
char *playground_name(const RegionRef *ref);
MemoryRegion *playground_mr(const RegionRef *ref);

#endif
