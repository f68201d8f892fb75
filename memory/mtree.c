/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `info mtree`: trees of regions and flat views, in QEMU's format.
 *
 * Trees may be wide and deep: the walk keeps its own stack, and siblings are
 * sorted once.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/qemu-print.h"
#include "memory/flatnode.h"
#include "memory/inspect.h"
#include "memory/svg-internal.h"
#include "memory/view.h"

/* Deeper lines stay at this level, lest deep trees be mostly blanks. */
#define INDENT_MAX 200

static MemoryDeviceIdHook *device_id_hook;
static MemoryAccelHook *accel_hook;
static MemoryAccelSlotsHook *accel_slots_hook;
static const char *accel_name;

void memory_set_device_id_hook(MemoryDeviceIdHook *hook)
{
    device_id_hook = hook;
}

void memory_set_accel_hook(const char *name, MemoryAccelHook *hook,
                           MemoryAccelSlotsHook *slots)
{
    accel_name = name;
    accel_hook = hook;
    accel_slots_hook = slots;
}

const char *memory_accel_slots(AddressSpace *as, GArray *slots)
{
    if (accel_slots_hook) {
        accel_slots_hook(as, slots);
    }
    return accel_name;
}

const char *memory_region_type_str(const MemoryRegion *mr)
{
    while (mr->alias) {
        mr = mr->alias;
    }
    if (mr->ram_device) {
        return "ramd";
    }
    if (mr->rom_device && mr->romd_mode) {
        return "romd";
    }
    if (mr->ram) {
        return mr->readonly ? "rom" : "ram";
    }
    /* As the reference has it: what no container holds is one itself. */
    return mr->container ? "i/o" : "container";
}

AddressSpace *memory_find_address_space(const char *name, Error **errp)
{
    AddressSpace *as;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (g_str_equal(as->name, name)) {
            return as;
        }
    }
    error_setg(errp, "Address space '%s' not found", name);
    return NULL;
}

/* ---- lines --------------------------------------------------------------- */

static void print_object(GString *out, const char *label, Object *obj)
{
    bool dev = object_dynamic_cast(obj, "device");
    const char *id = dev && device_id_hook ? device_id_hook(obj) : NULL;
    g_autofree char *path = id ? NULL : object_get_canonical_path(obj);

    g_string_append_printf(out, " %s:{%s %s=%s}", label, dev ? "dev" : "obj",
                           id ? "id" : path ? "path" : "type",
                           id ?: path ?: object_get_typename(obj));
}

static void print_owner(GString *out, const MemoryRegion *mr)
{
    Object *parent = OBJECT(mr)->parent;

    if (mr->owner) {
        print_object(out, "owner", mr->owner);
    }
    if (parent && parent != mr->owner) {
        print_object(out, "parent", parent);
    }
    if (!mr->owner && !parent) {
        g_string_append(out, " orphan");
    }
}

static void indent(GString *out, unsigned level)
{
    for (unsigned i = 0; i < MIN(level, INDENT_MAX); i++) {
        g_string_append(out, "  ");
    }
}

/* What follows @start; a region without a size ends where it begins. */
static hwaddr last_from(hwaddr start, const MemoryRegion *mr)
{
    return int128_nz(mr->size) ? start + region_last(mr) : start;
}

static void print_region(GString *out, const MemoryRegion *mr, hwaddr base,
                         unsigned level, MtreeOptions options)
{
    hwaddr start = base + mr->addr;
    hwaddr last = last_from(start, mr);

    if (!mr->enabled && !options.disabled) {
        return;
    }
    if (start < base || last < start) {
        g_string_append(out, "[DETECTED OVERFLOW!] ");
    }
    indent(out, level);
    g_string_append_printf(
        out, HWADDR_FMT_plx "-" HWADDR_FMT_plx " (prio %d, %s%s): ", start,
        last, mr->priority, mr->nonvolatile ? "nv-" : "",
        memory_region_type_str(mr));
    if (mr->alias) {
        g_string_append_printf(
            out, "alias %s @%s " HWADDR_FMT_plx "-" HWADDR_FMT_plx,
            memory_region_name(mr), memory_region_name(mr->alias),
            mr->alias_offset, last_from(mr->alias_offset, mr));
    } else {
        g_string_append_printf(out, "%s", memory_region_name(mr));
    }
    if (!mr->enabled) {
        g_string_append(out, " [disabled]");
    }
    if (options.owner) {
        print_owner(out, mr);
    }
    g_string_append_c(out, '\n');
}

/* ---- trees --------------------------------------------------------------- */

/* One level of the walk: the children of a region that are still to come. */
typedef struct Level {
    const MemoryRegion **children;
    size_t nr, next;
    hwaddr base;
} Level;

/* Regions that are shown through an alias, in the order in which they come. */
typedef struct Targets {
    GPtrArray *list;
    GHashTable *seen;
} Targets;

/* By address; what wins comes first: the higher priority, then the newer. */
static int compare_children(const void *a, const void *b)
{
    const MemoryRegion *ra = *(MemoryRegion *const *)a;
    const MemoryRegion *rb = *(MemoryRegion *const *)b;

    if (ra->addr != rb->addr) {
        return ra->addr < rb->addr ? -1 : 1;
    }
    if (ra->priority != rb->priority) {
        return ra->priority > rb->priority ? -1 : 1;
    }
    return ra->node.key > rb->node.key ? -1 : 1;
}

static void push_children(GArray *stack, const MemoryRegion *mr, hwaddr base)
{
    GPtrArray *children;
    const MemoryRegion *child;
    Level level = { .base = base };

    if (QTAILQ_EMPTY(&mr->subregions)) {
        return;
    }
    children = g_ptr_array_new();
    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        g_ptr_array_add(children, (gpointer)child);
    }
    qsort(children->pdata, children->len, sizeof(gpointer), compare_children);
    level.nr = children->len;
    level.children = (const MemoryRegion **)g_ptr_array_free(children, false);
    g_array_append_val(stack, level);
}

static void note_target(Targets *targets, MemoryRegion *mr)
{
    if (mr && g_hash_table_add(targets->seen, mr)) {
        g_ptr_array_add(targets->list, mr);
    }
}

static void print_tree(GString *out, const MemoryRegion *root,
                       MtreeOptions options, Targets *targets)
{
    g_autoptr(GArray) stack = g_array_new(false, false, sizeof(Level));

    print_region(out, root, 0, 1, options);
    note_target(targets, root->alias);
    push_children(stack, root, root->addr);
    while (stack->len) {
        Level *level = &g_array_index(stack, Level, stack->len - 1);
        const MemoryRegion *mr;

        if (level->next == level->nr) {
            g_free(level->children);
            g_array_set_size(stack, stack->len - 1);
            continue;
        }
        mr = level->children[level->next++];
        print_region(out, mr, level->base, stack->len + 1, options);
        note_target(targets, mr->alias);
        push_children(stack, mr, level->base + mr->addr);
    }
}

static int compare_names(const void *a, const void *b)
{
    const AddressSpace *as = *(AddressSpace *const *)a;
    const AddressSpace *bs = *(AddressSpace *const *)b;

    return strcmp(as->name, bs->name);
}

typedef gconstpointer AddressSpaceKey(AddressSpace *as);

static gconstpointer key_root(AddressSpace *as)
{
    return as->root;
}

/*
 * What one effective root shows is one flat view, though an address space may
 * keep a view of its own for it (memory/commit.c).
 */
static gconstpointer key_view(AddressSpace *as)
{
    return memory_region_effective_root(as->root);
}

/* All address spaces, those with one key together, ordered by the oldest. */
static GPtrArray *group_address_spaces(AddressSpaceKey *key)
{
    GPtrArray *groups =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    AddressSpace *as;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        GPtrArray *group = g_hash_table_lookup(known, key(as));

        if (!group) {
            group = g_ptr_array_new();
            g_hash_table_insert(known, (gpointer)key(as), group);
            g_ptr_array_add(groups, group);
        }
        g_ptr_array_add(group, as);
    }
    return groups;
}

static void print_trees(GString *out, MtreeOptions options)
{
    g_autoptr(GPtrArray) groups = group_address_spaces(key_root);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    Targets targets = { list, seen };

    /* The youngest first. */
    for (unsigned i = groups->len; i-- > 0;) {
        GPtrArray *group = g_ptr_array_index(groups, i);
        AddressSpace *as = g_ptr_array_index(group, 0);
        MemoryRegion *root = as->root;

        qsort(group->pdata, group->len, sizeof(gpointer), compare_names);
        for (unsigned k = 0; k < group->len; k++) {
            as = g_ptr_array_index(group, k);
            g_string_append_printf(out, "address-space: %s\n", as->name);
        }
        print_tree(out, root, options, &targets);
        g_string_append_c(out, '\n');
    }
    /* The list grows while it is printed. */
    for (unsigned i = 0; i < list->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(list, i);

        g_string_append_printf(out, "memory-region: %s\n",
                               memory_region_name(mr));
        print_tree(out, mr, options, &targets);
        g_string_append_c(out, '\n');
    }
}

/* ---- flat views ---------------------------------------------------------- */

static void print_flat_range(GString *out, const FlatRange *range,
                             const GPtrArray *group, MtreeOptions options)
{
    const MemoryRegion *mr = range->mr;

    g_string_append_printf(
        out, "  " HWADDR_FMT_plx "-" HWADDR_FMT_plx " (prio %d, %s%s): %s",
        range->start, range->last, mr->priority,
        range->nonvolatile ? "nv-" : "",
        range->readonly ? "rom" : memory_region_type_str(mr),
        memory_region_name(mr));
    if (range->offset_in_region) {
        g_string_append_printf(out, " @" HWADDR_FMT_plx,
                               range->offset_in_region);
    }
    if (options.owner) {
        print_owner(out, mr);
    }
    for (unsigned i = 0; accel_hook && i < group->len; i++) {
        if (accel_hook(g_ptr_array_index(group, i), range->start,
                       range->last - range->start + 1)) {
            g_string_append_printf(out, " %s", accel_name);
        }
    }
    g_string_append_c(out, '\n');
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* What a lookup in @map goes through. */
static void print_dispatch(GString *out, const FlatMap *map)
{
    FlatMapStats stats = flatmap_stats(map);
    size_t leaves = MAX(stats.leaves, 1);

    g_string_append_printf(out,
                           "  Dispatch\n"
                           "    B+tree of height %u: %zu range%s in %zu "
                           "lea%s, %zu inner node%s, %zu KiB\n"
                           "    Leaves are %zu%% full; the emptiest has %u of "
                           "%u ranges\n",
                           stats.height, stats.ranges, plural(stats.ranges),
                           stats.leaves, stats.leaves == 1 ? "f" : "ves",
                           stats.inner, plural(stats.inner),
                           (stats.leaves + stats.inner) * FLAT_NODE_SIZE / 1024,
                           stats.ranges * 100 / (leaves * FLAT_LEAF_MAX),
                           stats.least, FLAT_LEAF_MAX);
}

static void print_flat_view(GString *out, unsigned number,
                            const GPtrArray *group, MtreeOptions options)
{
    AddressSpace *as = g_ptr_array_index(group, 0);
    FlatView *view = address_space_to_flatview(as);
    MemoryRegion *root = memory_region_effective_root(as->root);
    const FlatRange *range;
    FlatMapIter it;

    g_string_append_printf(out, "FlatView #%u\n", number);
    for (unsigned i = 0; i < group->len; i++) {
        as = g_ptr_array_index(group, i);
        g_string_append_printf(out, " AS \"%s\", root: %s", as->name,
                               memory_region_name(as->root));
        if (as->root->alias) {
            g_string_append_printf(out, ", alias %s",
                                   memory_region_name(as->root->alias));
        }
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out, " Root memory region: %s\n",
                           root ? memory_region_name(root) : "(none)");
    range = flatmap_iter_from(&it, &view->map, 0);
    if (!range) {
        g_string_append(out, "  No rendered FlatView\n\n");
        return;
    }
    for (; range; range = flatmap_iter_next(&it)) {
        print_flat_range(out, range, group, options);
    }
    if (options.dispatch_tree && root) {
        print_dispatch(out, &view->map);
    }
    g_string_append_c(out, '\n');
}

static void print_flat_views(GString *out, MtreeOptions options)
{
    g_autoptr(GPtrArray) groups = group_address_spaces(key_view);

    for (unsigned i = 0; i < groups->len; i++) {
        print_flat_view(out, i, g_ptr_array_index(groups, i), options);
    }
}

void mtree_print(GString *out, MtreeOptions options)
{
    if (options.flatview) {
        print_flat_views(out, options);
    } else {
        print_trees(out, options);
    }
}

void mtree_info(bool flatview, bool dispatch_tree, bool owner, bool disabled)
{
    g_autoptr(GString) out = g_string_new(NULL);

    mtree_print(out,
                (MtreeOptions){ flatview, dispatch_tree, owner, disabled });
    qemu_printf("%s", out->str);
}
