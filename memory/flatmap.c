/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flat maps: finding ranges and walking along them. Readers of any thread.
 */
#include "qemu/osdep.h"
#include "memory/flatnode.h"

/* The last range that begins at @addr or below it. */
static inline const FlatRange *find_to(const FlatMap *map, hwaddr addr)
{
    const FlatNode *node = map->root;
    const FlatRange *range;
    unsigned rank, guess;

    if (unlikely(!node)) {
        return NULL;
    }
    for (unsigned level = map->height - 1; level; level--) {
        /* A branch, so that the processor goes on before it is sure. */
        guess = flatnode_guess(node, addr);
        if (likely(node->key[guess] <= addr && addr < node->key[guess + 1])) {
            node = node->inner.child[guess];
            continue;
        }
        rank = flat_inner_rank(node, addr);
        /* Keys are exact: this can be at the root only. */
        if (unlikely(!rank)) {
            return NULL;
        }
        node = node->inner.child[rank - 1];
    }
    range = &node->leaf.range[flatnode_guess(node, addr)];
    if (likely(range->start <= addr && addr <= range->last)) {
        return range;
    }
    rank = flat_leaf_rank(node, addr);
    return rank ? &node->leaf.range[rank - 1] : NULL;
}

const FlatRange *flatmap_find_to(const FlatMap *map, hwaddr addr)
{
    return find_to(map, addr);
}

const FlatRange *flatmap_find(const FlatMap *map, hwaddr addr)
{
    const FlatRange *range = find_to(map, addr);

    return range && addr <= range->last ? range : NULL;
}

const FlatRange *flatmap_find_from(const FlatMap *map, hwaddr addr)
{
    const FlatNode *node = map->root, *next = NULL;
    unsigned rank;

    if (!node) {
        return NULL;
    }
    for (unsigned level = map->height - 1; level; level--) {
        rank = flat_inner_rank(node, addr);
        if (rank < node->nr) {
            next = node->inner.child[rank];
        }
        node = node->inner.child[MAX(rank, 1) - 1];
    }
    rank = flat_leaf_rank(node, addr);
    if (rank && addr <= node->leaf.range[rank - 1].last) {
        return &node->leaf.range[rank - 1];
    }
    if (rank < node->nr) {
        return &node->leaf.range[rank];
    }
    /* The first of what lies on the right of the way here. */
    while (next && next->level) {
        next = next->inner.child[0];
    }
    return next ? &next->leaf.range[0] : NULL;
}

static const FlatRange *iter_range(const FlatMapIter *it)
{
    return &it->node[0]->leaf.range[it->index[0]];
}

/* Descends from @level, where the iterator stands, to the first or last. */
static const FlatRange *iter_descend(FlatMapIter *it, unsigned level, bool last)
{
    while (level) {
        const FlatNode *child = it->node[level]->inner.child[it->index[level]];

        level--;
        it->node[level] = child;
        it->index[level] = last ? child->nr - 1 : 0;
    }
    return iter_range(it);
}

const FlatRange *flatmap_iter_to(FlatMapIter *it, const FlatMap *map,
                                 hwaddr addr)
{
    const FlatNode *node = map->root;
    unsigned rank;

    it->map = map;
    if (!node) {
        return NULL;
    }
    for (unsigned level = map->height - 1; level; level--) {
        rank = flat_inner_rank(node, addr);
        if (!rank) {
            return NULL;
        }
        it->node[level] = node;
        it->index[level] = rank - 1;
        node = node->inner.child[rank - 1];
    }
    rank = flat_leaf_rank(node, addr);
    it->node[0] = node;
    it->index[0] = rank - 1;
    return rank ? iter_range(it) : NULL;
}

const FlatRange *flatmap_iter_from(FlatMapIter *it, const FlatMap *map,
                                   hwaddr addr)
{
    const FlatRange *range = flatmap_iter_to(it, map, addr);

    if (range) {
        return addr <= range->last ? range : flatmap_iter_next(it);
    }
    /* The first, if there is one. */
    return map->root ? flatmap_iter_to(it, map, map->root->key[0]) : NULL;
}

const FlatRange *flatmap_iter_next(FlatMapIter *it)
{
    for (unsigned level = 0; level < it->map->height; level++) {
        if (it->index[level] + 1 < it->node[level]->nr) {
            it->index[level]++;
            return iter_descend(it, level, false);
        }
    }
    return NULL;
}

const FlatRange *flatmap_iter_prev(FlatMapIter *it)
{
    for (unsigned level = 0; level < it->map->height; level++) {
        if (it->index[level]) {
            it->index[level]--;
            return iter_descend(it, level, true);
        }
    }
    return NULL;
}

static void add_stats(const FlatNode *node, FlatMapStats *stats)
{
    if (!node->level) {
        stats->leaves++;
        stats->least = MIN(stats->least, node->nr);
        return;
    }
    stats->inner++;
    for (unsigned i = 0; i < node->nr; i++) {
        add_stats(node->inner.child[i], stats);
    }
}

FlatMapStats flatmap_stats(const FlatMap *map)
{
    FlatMapStats stats = { .ranges = map->nr, .height = map->height };

    if (map->root) {
        stats.least = UINT_MAX;
        add_stats(map->root, &stats);
    }
    return stats;
}
