/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for the nodes of flat maps, and the garbage that edits leave.
 *
 * Blocks of one size are carved from aligned chunks, so that a block finds its
 * chunk by its address. A chunk's free blocks are used last in, first out; the
 * chunk that got a block back last is the first to give one: what is handed
 * out was in use a moment ago, and is in the cache. Chunks that are free as a
 * whole go back to the heap, but for some in reserve.
 */
#include "qemu/osdep.h"
#include "memory/flatnode.h"
#include "qemu/queue.h"

#define CHUNK_SIZE   (64 * 1024)
#define CHUNK_BLOCKS (CHUNK_SIZE / FLAT_NODE_SIZE - 1)

/* In the place of a chunk's first block. */
typedef struct Chunk {
    QTAILQ_ENTRY(Chunk) link; /* in with_free, if it has free blocks */
    FlatNode *free;
    unsigned used;
    unsigned fresh; /* blocks that were never handed out */
} Chunk;

static unsigned nr_chunks;
static size_t nr_used;

#ifdef QEMU_SANITIZE_ADDRESS

/* The sanitizer's own heap finds more. */
FlatNode *flatnode_alloc(void)
{
    nr_used++;
    return g_malloc(FLAT_NODE_SIZE);
}

void flatnode_free(FlatNode *node)
{
    nr_used--;
    g_free(node);
}

#else

static QTAILQ_HEAD(, Chunk) with_free = QTAILQ_HEAD_INITIALIZER(with_free);
static unsigned nr_empty;

static Chunk *chunk_of(FlatNode *node)
{
    return (Chunk *)((uintptr_t)node & ~(uintptr_t)(CHUNK_SIZE - 1));
}

static Chunk *chunk_new(void)
{
    Chunk *chunk = qemu_memalign(CHUNK_SIZE, CHUNK_SIZE);

    chunk->free = NULL;
    chunk->used = 0;
    chunk->fresh = CHUNK_BLOCKS;
    QTAILQ_INSERT_HEAD(&with_free, chunk, link);
    nr_chunks++;
    nr_empty++;
    return chunk;
}

static void chunk_free(Chunk *chunk)
{
    QTAILQ_REMOVE(&with_free, chunk, link);
    nr_chunks--;
    nr_empty--;
    qemu_vfree(chunk);
}

FlatNode *flatnode_alloc(void)
{
    Chunk *chunk = QTAILQ_FIRST(&with_free);
    FlatNode *node;

    if (!chunk) {
        chunk = chunk_new();
    }
    nr_used++;
    nr_empty -= chunk->used++ == 0;
    node = chunk->free;
    if (node) {
        chunk->free = node->next;
    } else {
        /* The lowest first: pages are touched only when they are needed. */
        node = (FlatNode *)((char *)chunk +
                            FLAT_NODE_SIZE * (CHUNK_BLOCKS + 1 - chunk->fresh));
        chunk->fresh--;
    }
    if (!chunk->free && !chunk->fresh) {
        QTAILQ_REMOVE(&with_free, chunk, link);
    }
    return node;
}

void flatnode_free(FlatNode *node)
{
    Chunk *chunk = chunk_of(node);

    if (chunk->used == CHUNK_BLOCKS) {
        QTAILQ_INSERT_HEAD(&with_free, chunk, link);
    }
    node->next = chunk->free;
    chunk->free = node;
    nr_used--;
    if (--chunk->used == 0) {
        /* Enough that a large change and its opposite need not ask again. */
        if (++nr_empty > 2 + nr_chunks / 4) {
            chunk_free(chunk);
        }
    }
}

#endif

void flatnode_usage(size_t *held, size_t *used)
{
    *held = (size_t)nr_chunks * CHUNK_SIZE;
    *used = nr_used * FLAT_NODE_SIZE;
}

/* ---- garbage ------------------------------------------------------------- */

static FlatGarbage *garbage_get(FlatGarbage **garbage)
{
    FlatGarbage *g = *garbage;

    if (!g) {
        *garbage = g = g_new(FlatGarbage, 1);
        g->nodes = NULL;
        g->regions = g->few;
        g->nr = 0;
        g->size = ARRAY_SIZE(g->few);
    }
    return g;
}

void flatgarbage_add_node(FlatGarbage **garbage, FlatNode *node)
{
    FlatGarbage *g = garbage_get(garbage);

    node->next = g->nodes;
    g->nodes = node;
}

void flatgarbage_add_region(FlatGarbage **garbage, MemoryRegion *mr)
{
    FlatGarbage *g = garbage_get(garbage);

    if (unlikely(g->nr == g->size)) {
        bool few = g->regions == g->few;

        g->size *= 4;
        g->regions = g_renew(MemoryRegion *, few ? NULL : g->regions, g->size);
        if (few) {
            memcpy(g->regions, g->few, sizeof(g->few));
        }
    }
    g->regions[g->nr++] = mr;
}

void flatgarbage_free_shell(FlatGarbage *g)
{
    if (g && g->regions != g->few) {
        g_free(g->regions);
    }
    g_free(g);
}

void flatgarbage_free(FlatGarbage *g)
{
    if (!g) {
        return;
    }
    for (FlatNode *node = g->nodes, *next; node; node = next) {
        next = node->next;
        flatnode_free(node);
    }
    for (size_t i = 0; i < g->nr; i++) {
        memory_region_unref(g->regions[i]);
    }
    flatgarbage_free_shell(g);
}

static void free_tree(FlatNode *node)
{
    for (unsigned i = 0; i < node->nr; i++) {
        if (node->level) {
            free_tree(node->inner.child[i]);
        } else {
            memory_region_unref(node->leaf.range[i].mr);
        }
    }
    flatnode_free(node);
}

void flatmap_free(FlatMap *map)
{
    FlatNode *root = map->root;

    *map = (FlatMap){};
    if (root) {
        free_tree(root);
    }
}
