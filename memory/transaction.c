/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions: changes pile up as marks until the outermost commit. Within an
 * undoable one, the state of each region is noted before its first change, and
 * written back if a listener refuses the result.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/region-link.h"
#include "memory/transaction.h"
#include "memory/view.h"
#include "qemu/main-loop.h"

/* All that a change can change. */
typedef struct Snapshot {
    MemoryRegion *mr;
    MemoryRegion *container;
    hwaddr addr;
    int32_t priority;
    uint64_t key;
    uint32_t next_order;
    Int128 size;
    hwaddr alias_offset;
    bool enabled;
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
    bool romd_mode;
    uint8_t dirty_log_mask;
    uint8_t vga_logging_count;
} Snapshot;

static unsigned depth;
static GPtrArray *snapshots;  /* of Snapshot, in an undoable transaction */
static uint64_t views_before; /* memory_views_serial() when it began */

bool memory_transaction_active(void)
{
    return depth > 0;
}

void memory_region_transaction_begin(void)
{
    GLOBAL_STATE_CODE();
    /* What was written before a change goes to where it was written. */
    qemu_flush_coalesced_mmio_buffer();
    depth++;
}

void memory_region_transaction_commit(void)
{
    GLOBAL_STATE_CODE();
    assert(depth > (snapshots ? 1 : 0));
    if (!--depth) {
        memory_views_commit(false, NULL);
    }
}

/* ---- undoing ---- */

static void snapshot_free(gpointer opaque)
{
    Snapshot *s = opaque;
    Object *owner = s->mr->owner;

    object_unref(OBJECT(s->mr));
    object_unref(owner);
    g_free(s);
}

void memory_transaction_save(MemoryRegion *mr)
{
    Snapshot *s;

    if (!snapshots || mr->saved) {
        return;
    }
    mr->saved = true;
    /* The owner for the memory that it is in, itself for what it is. */
    object_ref(mr->owner);
    object_ref(OBJECT(mr));
    s = g_new(Snapshot, 1);
    *s = (Snapshot){
        .mr = mr,
        .container = mr->container,
        .addr = mr->addr,
        .priority = mr->priority,
        .key = mr->node.key,
        .next_order = mr->next_order,
        .size = mr->size,
        .alias_offset = mr->alias_offset,
        .enabled = mr->enabled,
        .readonly = mr->readonly,
        .nonvolatile = mr->nonvolatile,
        .unmergeable = mr->unmergeable,
        .romd_mode = mr->romd_mode,
        .dirty_log_mask = mr->dirty_log_mask,
        .vga_logging_count = mr->vga_logging_count,
    };
    g_ptr_array_add(snapshots, s);
}

void memory_transaction_forget(const MemoryRegion *mr)
{
    for (guint i = 0; snapshots && i < snapshots->len; i++) {
        Snapshot *s = g_ptr_array_index(snapshots, i);

        if (s->container == mr) {
            s->container = NULL;
        }
    }
}

static void restore_fields(const Snapshot *s)
{
    MemoryRegion *mr = s->mr, *alias;

    mr->addr = s->addr;
    mr->priority = s->priority;
    mr->node.key = s->key;
    mr->next_order = s->next_order;
    mr->size = s->size;
    mr->alias_offset = s->alias_offset;
    mr->enabled = s->enabled;
    mr->readonly = s->readonly;
    mr->nonvolatile = s->nonvolatile;
    mr->unmergeable = s->unmergeable;
    mr->romd_mode = s->romd_mode;
    qatomic_set(&mr->dirty_log_mask, s->dirty_log_mask);
    mr->vga_logging_count = s->vga_logging_count;
    region_update_through(mr);
    QLIST_FOREACH(alias, &mr->live_aliases, alias_link) {
        region_update_through(alias);
    }
    QLIST_FOREACH(alias, &mr->idle_aliases, alias_link) {
        region_update_through(alias);
    }
}

/*
 * First all that changed is taken out, so that it does not matter in which
 * order it is put back: keys tell where each belongs.
 */
static void restore(GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        Snapshot *s = g_ptr_array_index(list, i);

        if (s->mr->container) {
            region_unlink(s->mr);
            memory_region_unref(s->mr);
        }
    }
    for (guint i = 0; i < list->len; i++) {
        restore_fields(g_ptr_array_index(list, i));
    }
    for (guint i = 0; i < list->len; i++) {
        Snapshot *s = g_ptr_array_index(list, i);

        region_reindex(s->mr);
        if (s->container) {
            memory_region_ref(s->mr);
            region_link(s->container, s->mr);
        }
    }
}

void memory_region_transaction_begin_undoable(void)
{
    if (!depth) {
        snapshots = g_ptr_array_new_with_free_func(snapshot_free);
        views_before = memory_views_serial();
    }
    memory_region_transaction_begin();
}

bool memory_region_transaction_commit_undoable(Error **errp)
{
    g_autoptr(GPtrArray) list = NULL;
    bool ok;

    GLOBAL_STATE_CODE();
    assert(depth);
    if (depth > 1) {
        depth--;
        return true;
    }
    assert(snapshots);
    depth = 0;
    list = g_steal_pointer(&snapshots);
    for (guint i = 0; i < list->len; i++) {
        ((Snapshot *)g_ptr_array_index(list, i))->mr->saved = false;
    }
    ok = memory_views_commit(true, errp);
    if (!ok) {
        /* Its own marks are of what is as it was. */
        memory_region_transaction_begin();
        restore(list);
        memory_views_mark_since(views_before);
        memory_region_transaction_commit();
    }
    return ok;
}
