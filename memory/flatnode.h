/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nodes of a FlatMap, for memory/flat*.c and those who look inside.
 *
 * A leaf has the ranges themselves, an inner node its children; both begin
 * with keys: the start of each range, and of the first range below each child.
 * Unused keys are UINT64_MAX, so that searching needs no count and no branch.
 * The root may have any number of entries but none; a node below it should
 * have FLAT_*_MIN, but may have fewer where a neighbour under the same parent
 * was not there to share with.
 */
#ifndef MEMORY_FLATNODE_H
#define MEMORY_FLATNODE_H

#include "memory/flatmap.h"
#include "qemu/host-utils.h"

/* Both kinds fill a block of 1 KiB. */
#define FLAT_LEAF_MAX  18
#define FLAT_INNER_MAX 62
#define FLAT_LEAF_MIN  (FLAT_LEAF_MAX * 2 / 5)
#define FLAT_INNER_MIN (FLAT_INNER_MAX * 2 / 5)
#define FLAT_NODE_SIZE 1024

struct FlatNode {
    union {
        uint64_t edit;      /* the edit that may change it in place */
        FlatNode *next;     /* free, or garbage */
    };
    uint16_t nr;
    uint8_t level;          /* 0: a leaf */
    uint8_t shift;          /* for flatnode_guess() */
    uint32_t scale;
    union {
        hwaddr key[FLAT_INNER_MAX + 1]; /* of either kind */
        struct {
            hwaddr key[FLAT_LEAF_MAX];
            FlatRange range[FLAT_LEAF_MAX];
        } leaf;
        struct {
            hwaddr key[FLAT_INNER_MAX + 1]; /* one is never used */
            FlatNode *child[FLAT_INNER_MAX];
        } inner;
    };
};

QEMU_BUILD_BUG_ON(sizeof(FlatRange) != 48);
QEMU_BUILD_BUG_ON(sizeof(FlatNode) > FLAT_NODE_SIZE);

/* Sums that do not wait for each other; loops would be vectorized, badly. */
#define KEY_LE(i) ((unsigned)(key[i] <= addr))
#define KEYS_LE_7(i, step)                                                     \
    (((KEY_LE(i) + KEY_LE((i) + (step))) +                                     \
      (KEY_LE((i) + 2 * (step)) + KEY_LE((i) + 3 * (step)))) +                 \
     ((KEY_LE((i) + 4 * (step)) + KEY_LE((i) + 5 * (step))) +                  \
      KEY_LE((i) + 6 * (step))))

/*
 * How many keys are at most @addr. Keys come in groups; the last of each tells
 * which group it is, then the group's others are counted. Unused keys count
 * if @addr is the top, hence the minimum.
 */
static inline unsigned flat_leaf_rank(const FlatNode *node, hwaddr addr)
{
    const hwaddr *key = node->key;
    unsigned rank = (KEY_LE(5) + KEY_LE(11)) * 6;

    key += rank;
    rank += ((KEY_LE(0) + KEY_LE(1)) + (KEY_LE(2) + KEY_LE(3))) +
            (KEY_LE(4) + KEY_LE(5));
    return MIN(rank, node->nr);
}

static inline unsigned flat_inner_rank(const FlatNode *node, hwaddr addr)
{
    const hwaddr *key = node->key;
    unsigned rank = KEYS_LE_7(7, 8) * 8;

    key += rank;
    rank += KEYS_LE_7(0, 1);
    return MIN(rank, node->nr);
}

#undef KEY_LE
#undef KEYS_LE_7

/*
 * Ranges are often of one size and side by side. Then a key is where it would
 * be on the straight line from the first to the last one, which is told faster
 * than by searching. Returns the index of the last key that is at most @addr,
 * if there is one and it is so there.
 */
static inline unsigned flatnode_guess(const FlatNode *node, hwaddr addr)
{
    uint64_t i = (((addr - node->key[0]) >> node->shift) * node->scale) >> 32;

    return MIN(i, node->nr - 1);
}

/* After keys have changed. */
static inline void flatnode_set_scale(FlatNode *node)
{
    uint64_t span = node->key[node->nr - 1] - node->key[0];

    node->shift = span >> 32 ? 32 - clz64(span) : 0;
    /* Rounded up, so that the keys themselves are not taken for too low. */
    node->scale =
        span ? MIN((((uint64_t)node->nr - 1) << 32) / (span >> node->shift),
                   UINT32_MAX - 1) + 1
             : 0;
}

/* ---- memory and garbage (memory/flatnode.c); under the big lock ---------- */

FlatNode *flatnode_alloc(void);
/* No reader may know it any more. */
void flatnode_free(FlatNode *node);
/* How much the pool has taken from the heap, and how much of it is in use. */
void flatnode_usage(size_t *held, size_t *used);

/* What an edit made useless to all but older versions. */
struct FlatGarbage {
    FlatNode *nodes;
    MemoryRegion **regions; /* a reference each */
    size_t nr, size;
    MemoryRegion *few[4];   /* regions, if they are few */
};

void flatgarbage_add_node(FlatGarbage **garbage, FlatNode *node);
void flatgarbage_add_region(FlatGarbage **garbage, MemoryRegion *mr);
/* Frees @garbage, which may be NULL, and what is in it. */
void flatgarbage_free(FlatGarbage *garbage);
/* Frees @garbage only: what is in it is the caller's. */
void flatgarbage_free_shell(FlatGarbage *garbage);

/* All nodes of a map and the references of its ranges. */
void flatmap_free(FlatMap *map);

/* What `info mtree -d` tells. */
typedef struct FlatMapStats {
    size_t leaves, inner;   /* nodes */
    size_t ranges;
    unsigned height;
    unsigned least;         /* ranges in the emptiest leaf */
} FlatMapStats;

FlatMapStats flatmap_stats(const FlatMap *map);

#endif
