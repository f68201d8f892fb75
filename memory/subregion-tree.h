/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The children of a container that can show something, by address: what
 * subregion_find_top() and subregion_next_start() look into. A child says in
 * its node where it is (start, last) and how it ranks (key); these do not
 * change while it is in the tree, but by subregion_tree_update(). No two
 * children of a container have the same key.
 *
 * All O(log n), under the big lock.
 */
#ifndef MEMORY_SUBREGION_TREE_H
#define MEMORY_SUBREGION_TREE_H

#include "memory/region-index.h"

/* @mr->node is filled. */
void subregion_tree_insert(MemoryRegion *c, MemoryRegion *mr);
void subregion_tree_remove(MemoryRegion *c, MemoryRegion *mr);
/* Moves @mr, which is in the tree, to [@start, @last]. */
void subregion_tree_update(MemoryRegion *c, MemoryRegion *mr, hwaddr start,
                           hwaddr last);
/* Frees what an empty tree keeps. */
void subregion_tree_free(MemoryRegion *c);

/* The least start; false if there is no child. O(1). */
bool subregion_tree_first(const MemoryRegion *c, hwaddr *start);
/* From the least start to the greatest end; false if there is no child. */
bool subregion_tree_hull(const MemoryRegion *c, hwaddr *start, hwaddr *last);

/* For tests: the number of children, having checked that all is in order. */
size_t subregion_tree_check(const MemoryRegion *c);

#endif
