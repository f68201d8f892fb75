/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of the memory core, to test the real one against.
 *
 * The model keeps plain arrays of regions, address spaces and listeners, does
 * each operation to them, then to the real thing, and compares: the flat view
 * of every address space with what an oracle finds by asking, for every place
 * where anything can change, who is seen there (oracle.c); and what every
 * listener hears (hear.c) with what it should hear, in order (expect.c).
 * model_step() does one operation (step*.c); what it does (choose.c) comes from
 * a source of numbers, a random generator or a fuzzer's bytes.
 *
 * A difference prints what it is and the last operations, and aborts.
 */
#ifndef TESTS_MEMORY_ORACLE_MODEL_H
#define TESTS_MEMORY_ORACLE_MODEL_H

#include "exec/memory.h"
#include "qemu/event_notifier.h"

#define MODEL_REGIONS   48
#define MODEL_SPACES    5
#define MODEL_LISTENERS 7
#define MODEL_NOTIFIERS 4
#define MODEL_FDS       3   /* of a region */
#define MODEL_COALESCED 3
#define MODEL_PATHS     300 /* by which a root's regions are seen, at most */

typedef unsigned __int128 u128;
typedef __int128 i128;

typedef enum {
    KIND_CONTAINER, KIND_IO, KIND_RAM, KIND_ROM, KIND_ROMD, KIND_RAM_DEVICE,
    KIND_ALIAS, KIND_IOMMU, KIND_COUNT
} Kind;

typedef struct ModelFd {
    hwaddr addr;
    unsigned size;
    bool match;
    uint64_t data;
    int e;              /* which notifier */
} ModelFd;

/* Part of a region's state that an undone transaction restores. */
typedef struct ModelState {
    int container;      /* a region's number, or -1 */
    hwaddr addr;
    int priority;
    uint64_t order;     /* of being added: greater is newer */
    u128 size;
    hwaddr alias_offset;
    bool enabled, readonly, nonvolatile, unmergeable, romd;
    unsigned logs;      /* how often memory_region_set_log() is on */
    ModelFd fd[MODEL_FDS];
    unsigned nr_fd;
    struct {
        hwaddr offset;
        uint64_t size;
    } coalesced[MODEL_COALESCED];
    unsigned nr_coalesced;
} ModelState;

typedef struct ModelRegion {
    bool used;
    Kind kind;
    int alias;          /* the region that it shows, or -1 */
    uint64_t id;        /* unique for ever */
    Object *owner;
    MemoryRegion *mr;
    ModelState now;
    ModelState before;  /* when the undoable transaction began */
} ModelRegion;

/* As FlatRange; @paths tells apart what must not merge. */
typedef struct ModelRange {
    hwaddr start, last;
    int region;
    MemoryRegion *mr;
    hwaddr offset;
    uint64_t path;
    uint8_t log;
    bool romd, readonly, nonvolatile, unmergeable;
} ModelRange;

typedef struct ModelSpace {
    AddressSpace *as;   /* NULL: not used */
    int root;           /* a region's number, or -1: none */
    uint64_t id;
    bool fresh;         /* made in this transaction */
    GArray *now;        /* of ModelRange: as listeners know it */
    GArray *next;       /* after the commit that is to come */
} ModelSpace;

typedef struct Model Model;

typedef struct ModelListener {
    MemoryListener real;
    Model *model;
    bool used;
    int space;
    uint64_t id;
    bool in_round;      /* between begin and commit */
    bool heard_fds;     /* in this round: no ranges may come after them */
    bool global;        /* log_global_start was heard */
    GArray *known;      /* of ModelRange: what it thinks is there */
    GArray *rebuilt;    /* with region_nop: since begin */
    GArray *fds;        /* of ModelFd: addresses in the space */
    GArray *coalesced;  /* of ModelRange: start, last, region */
} ModelListener;

typedef enum {
    EV_BEGIN, EV_DEL, EV_ADD, EV_NOP, EV_LOG_START, EV_LOG_STOP, EV_COMMIT,
    EV_PREPARE, EV_CANCEL
} EventType;

typedef struct ModelEvent {
    EventType type;
    int listener;
    ModelRange range;
    int old_log, new_log;
} ModelEvent;

struct Model {
    /* The source: a number of 32 bits, and whether there are more. */
    uint32_t (*draw)(Model *m);
    void *opaque;
    int regions;        /* how many there may be at a time */

    ModelRegion region[MODEL_REGIONS];
    ModelSpace space[MODEL_SPACES];
    ModelListener listener[MODEL_LISTENERS];
    EventNotifier notifier[MODEL_NOTIFIERS];
    unsigned depth;     /* of transactions */
    bool undoable;
    bool tracking;      /* global dirty log */
    uint64_t ids;
    unsigned created, finalized; /* owners */
    unsigned steps, commits, refusals;
    size_t ranges, events;  /* all that were compared */

    GArray *heard;      /* of ModelEvent: since model_expect() */
    GArray *expected;
    GArray *to_ask;     /* of int: the listeners that must prepare, in order */
    /* Which call of prepare refuses, from 1 on; 0: none. */
    unsigned refuse_at, prepares;
    bool refused;
    /* Who, when it hears commit, switches which region on or off; or -1. */
    int meddler, meddled;
    unsigned meddlings; /* changes that a listener made while it heard one */
    bool two_rounds;

    /* If set: space @i has come, or is about to go. */
    void (*on_space)(Model *m, int i, bool comes);

    char *log[64];      /* the last operations, for messages */
};

/* ---- step.c -------------------------------------------------------------- */

void model_init(Model *m, uint32_t (*draw)(Model *m), void *opaque);
void model_step(Model *m);
/* Ends transactions, takes all down, and checks that all is gone. */
void model_fini(Model *m);
void model_note(Model *m, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
G_NORETURN void model_fail(Model *m, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* ---- oracle.c ------------------------------------------------------------ */

/* Replaces what is in @out by what @root (or -1) shows. */
void oracle_flatten(Model *m, int root, GArray *out);
/* What is seen at @addr of @root: fills in all but start and last. */
bool oracle_at(Model *m, int root, hwaddr addr, ModelRange *out);
/* By how many ways regions are seen from @r; not beyond @limit. */
unsigned oracle_paths(Model *m, int r, unsigned limit);
/* Compares all flat views with the expected ones, which become the current. */
void oracle_check(Model *m);
/* What memory_region_find() says of [@addr, +@size) of region @r (or -1). */
void oracle_check_find(Model *m, int r, hwaddr addr, uint64_t size);
void oracle_print(Model *m, const char *what, const GArray *ranges);

/* ---- expect.c ------------------------------------------------------------ */

/* What the commit that is to come should give: call it before. */
void hear_expect(Model *m);
/* Compares with what was heard; call it after, and after oracle_check(). */
void hear_check(Model *m, bool refused);

/* ---- hear.c -------------------------------------------------------------- */

void hear_register(Model *m, int listener, int space);
void hear_unregister(Model *m, int listener);
void hear_init(Model *m, int listener);
void hear_fini(Model *m, int listener);

#endif
