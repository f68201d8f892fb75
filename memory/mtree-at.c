/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `info mtree -p`: who lies at an address, from the winner down, and why the
 * others do not answer. The tree is walked as the renderer does it, but for one
 * address and without stopping at the first that answers.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-memory-map.h"
#include "qapi/util.h"
#include "memory/flatmap.h"
#include "memory/inspect.h"
#include "memory/region-index.h"
#include "memory/view.h"

/*
 * Alias graphs can have more paths than anybody reads; what is disabled must
 * not use up all that there is to spend before the winner comes.
 */
enum { PLACES_MAX = 20000, DISABLED_MAX = 2000, FOUND_MAX = 500 };

/* A region as seen along one path. */
typedef struct Place {
    const struct Place *parent; /* what it is seen through; NULL: the root */
    const MemoryRegion *mr;
    hwaddr x;            /* the address, relative to the region */
    hwaddr below, above; /* how far it can be seen to either side */
    bool disabled;
    const MemoryRegion *disabled_by; /* if so */
} Place;

typedef struct Found {
    const Place *place;
    MemoryAtState state;
} Found;

typedef struct Walk {
    GPtrArray *places; /* owns them */
    GArray *stack;     /* of Step */
    GArray *found;     /* of Found */
    const Place *winner;
    unsigned disabled; /* how many places are */
    bool truncated;
} Walk;

/* Something to do: look into @place, or, that done, at what it is itself. */
typedef struct Step {
    Place *place;
    bool self;
} Step;

/* ---- the walk ------------------------------------------------------------ */

static void add_found(Walk *w, const Place *place, MemoryAtState state)
{
    if (place->disabled) {
        state = MEMORY_AT_STATE_DISABLED;
    }
    if (w->found->len >= FOUND_MAX && state != MEMORY_AT_STATE_WINS) {
        w->truncated = true;
        return;
    }
    g_array_append_val(w->found, ((Found){ place, state }));
}

/* @mr as seen through @parent, at @x of it; NULL if it does not reach there. */
static Place *new_place(Walk *w, const Place *parent, const MemoryRegion *mr,
                        hwaddr x)
{
    Place *place;
    bool disabled;

    if (!int128_nz(mr->size) || x > region_last(mr)) {
        return NULL;
    }
    disabled = !mr->enabled || (parent && parent->disabled);
    if (w->places->len == PLACES_MAX ||
        (disabled && w->disabled == DISABLED_MAX)) {
        w->truncated = true;
        return NULL;
    }
    w->disabled += disabled;
    place = g_new0(Place, 1);
    *place = (Place){
        .parent = parent,
        .mr = mr,
        .x = x,
        .below = parent ? MIN(parent->below, x) : x,
        .above = parent ? MIN(parent->above, region_last(mr) - x)
                        : region_last(mr) - x,
        .disabled = disabled,
        .disabled_by = parent && parent->disabled ? parent->disabled_by : mr,
    };
    g_ptr_array_add(w->places, place);
    return place;
}

static void push(Walk *w, Place *place, bool self)
{
    if (place) {
        g_array_append_val(w->stack, ((Step){ place, self }));
    }
}

static int compare_keys(const void *a, const void *b)
{
    const MemoryRegion *ra = *(MemoryRegion *const *)a;
    const MemoryRegion *rb = *(MemoryRegion *const *)b;

    return ra->node.key < rb->node.key ? -1 : 1;
}

/* Children of @place at the address; the one on top is to be visited first. */
static bool push_children(Walk *w, const Place *place)
{
    g_autoptr(GPtrArray) at = g_ptr_array_new();
    const MemoryRegion *child;

    QTAILQ_FOREACH(child, &place->mr->subregions, subregions_link) {
        if (child->addr <= place->x && int128_nz(child->size) &&
            place->x - child->addr <= region_last(child)) {
            g_ptr_array_add(at, (gpointer)child);
        }
    }
    if (at->len) {
        qsort(at->pdata, at->len, sizeof(gpointer), compare_keys);
    }
    for (unsigned i = 0; i < at->len; i++) {
        child = g_ptr_array_index(at, i);
        push(w, new_place(w, place, child, place->x - child->addr), false);
    }
    return at->len > 0;
}

static void visit_alias(Walk *w, const Place *place)
{
    const MemoryRegion *mr = place->mr;
    Place *target = NULL;

    if (place->x <= UINT64_MAX - mr->alias_offset) {
        target = new_place(w, place, mr->alias, place->x + mr->alias_offset);
    }
    if (target) {
        push(w, target, false);
    } else {
        add_found(w, place, MEMORY_AT_STATE_EMPTY);
    }
}

static void visit(Walk *w, Place *place)
{
    unsigned self;

    if (place->mr->alias) {
        visit_alias(w, place);
        return;
    }
    self = w->stack->len;
    push(w, place, true);
    if (!push_children(w, place) && !place->mr->terminates) {
        g_array_set_size(w->stack, self);
        add_found(w, place, MEMORY_AT_STATE_EMPTY);
    }
}

static void visit_self(Walk *w, const Place *place)
{
    if (!place->mr->terminates) {
        return;
    }
    if (!place->disabled && !w->winner) {
        w->winner = place;
        add_found(w, place, MEMORY_AT_STATE_WINS);
    } else {
        add_found(w, place, MEMORY_AT_STATE_HIDDEN);
    }
}

static void walk(Walk *w, const MemoryRegion *root, hwaddr addr)
{
    push(w, new_place(w, NULL, root, addr), false);
    while (w->stack->len) {
        Step step = g_array_index(w->stack, Step, w->stack->len - 1);

        g_array_set_size(w->stack, w->stack->len - 1);
        if (step.self) {
            visit_self(w, step.place);
        } else {
            visit(w, step.place);
        }
    }
}

/* ---- why ----------------------------------------------------------------- */

static const char *name_of(const MemoryRegion *mr)
{
    return memory_region_name(mr) ?: "(anonymous)";
}

/* The steps from the root to @place. */
static GPtrArray *chain(const Place *place)
{
    GPtrArray *steps = g_ptr_array_new();

    for (; place; place = place->parent) {
        g_ptr_array_insert(steps, 0, (gpointer)place);
    }
    return steps;
}

/* Why @loser is not seen, where @winner is. */
static char *why_hidden(const Place *loser, const Place *winner)
{
    g_autoptr(GPtrArray) lost = chain(loser), won = chain(winner);
    const MemoryRegion *l, *w, *in;
    unsigned i = 0;

    while (i < lost->len && i < won->len && lost->pdata[i] == won->pdata[i]) {
        i++;
    }
    if (i == lost->len) {
        w = ((Place *)won->pdata[i])->mr;
        return g_strdup_printf("\"%s\" in it is there", name_of(w));
    }
    /* Two children of one region; the roots are the same. */
    l = ((Place *)lost->pdata[i])->mr;
    w = ((Place *)won->pdata[i])->mr;
    in = ((Place *)lost->pdata[i - 1])->mr;
    if (l->priority != w->priority) {
        return g_strdup_printf("in \"%s\", \"%s\" has priority %d, and \"%s\" "
                               "%d",
                               name_of(in), name_of(l), l->priority, name_of(w),
                               w->priority);
    }
    return g_strdup_printf(
        "in \"%s\", \"%s\" was added later than \"%s\"; both "
        "have priority %d",
        name_of(in), name_of(w), name_of(l), l->priority);
}

static char *why_disabled(const Place *place)
{
    if (place->disabled_by == place->mr) {
        return g_strdup("it is disabled");
    }
    return g_strdup_printf("\"%s\" is disabled", name_of(place->disabled_by));
}

static char *why_not(const Found *found, const Place *winner)
{
    const MemoryRegion *mr = found->place->mr;

    switch (found->state) {
    case MEMORY_AT_STATE_HIDDEN:
        return why_hidden(found->place, winner);
    case MEMORY_AT_STATE_DISABLED:
        return why_disabled(found->place);
    case MEMORY_AT_STATE_EMPTY:
        if (mr->alias) {
            return g_strdup_printf("\"%s\", of which it is an alias, ends "
                                   "before",
                                   name_of(mr->alias));
        }
        return g_strdup("nothing in it is there");
    default:
        return NULL;
    }
}

/* ---- what an access does ------------------------------------------------- */

static char *owner_of(const MemoryRegion *mr)
{
    char *path = mr->owner ? object_get_canonical_path(mr->owner) : NULL;

    return path ?: g_strdup_printf("\"%s\"", name_of(mr));
}

static char *effect_of(const FlatRange *range)
{
    g_autofree char *owner = NULL;
    const MemoryRegion *mr;

    if (!range) {
        return g_strdup("nothing is there: an access is an error");
    }
    mr = range->mr;
    owner = owner_of(mr);
    if (mr->is_iommu) {
        return g_strdup_printf("accesses are translated by %s", owner);
    }
    if (mr->rom_device && range->romd_mode) {
        return g_strdup_printf("reads go to memory, writes to %s", owner);
    }
    if (mr->ram_device) {
        return g_strdup_printf("accesses go to memory of the device %s", owner);
    }
    if (mr->ram) {
        return g_strdup(range->readonly ? "reads go to memory, writes are lost"
                                        : "accesses go to memory");
    }
    return g_strdup_printf("accesses go to %s", owner);
}

/* ---- the answer ---------------------------------------------------------- */

static strList *path_names(const Place *place)
{
    strList *list = NULL;

    for (; place; place = place->parent) {
        QAPI_LIST_PREPEND(list, g_strdup(name_of(place->mr)));
    }
    return list;
}

static MemoryAtRegion *describe(const Found *found, const Place *winner,
                                hwaddr addr)
{
    const Place *place = found->place;
    MemoryAtRegion *region = g_new0(MemoryAtRegion, 1);

    *region = (MemoryAtRegion){
        .region = g_strdup(name_of(place->mr)),
        .type = g_strdup(memory_region_type_str(place->mr)),
        .priority = place->mr->priority,
        .offset = place->x,
        .start = addr - place->below,
        .end = addr + place->above,
        .path = path_names(place),
        .state = found->state,
        .reason = why_not(found, winner),
    };
    return region;
}

static MemoryAt *query(AddressSpace *as, hwaddr addr)
{
    FlatView *view = address_space_to_flatview(as);
    const FlatRange *range = flatmap_find(&view->map, addr);
    MemoryAt *at = g_new0(MemoryAt, 1);
    MemoryAtRegionList **tail = &at->regions;
    Walk w = {
        .places = g_ptr_array_new_with_free_func(g_free),
        .stack = g_array_new(false, false, sizeof(Step)),
        .found = g_array_new(false, false, sizeof(Found)),
    };

    walk(&w, as->root, addr);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < w.found->len; i++) {
            const Found *found = &g_array_index(w.found, Found, i);

            if ((found->state == MEMORY_AT_STATE_WINS) == (pass == 0)) {
                QAPI_LIST_APPEND(tail, describe(found, w.winner, addr));
            }
        }
    }
    at->address = addr;
    at->truncated = w.truncated;
    at->effect = effect_of(range);
    if (range) {
        at->region = g_strdup(name_of(range->mr));
        at->has_offset = at->has_start = at->has_end = true;
        at->offset = addr - range->start + range->offset_in_region;
        at->start = range->start;
        at->end = range->last;
    }
    g_ptr_array_unref(w.places);
    g_array_unref(w.stack);
    g_array_unref(w.found);
    return at;
}

/* Whether @as is the first of those with its root; the rest are with it. */
static bool first_of_root(const AddressSpace *as)
{
    const AddressSpace *other;

    QTAILQ_FOREACH(other, &address_spaces, address_spaces_link) {
        if (other->root == as->root) {
            return other == as;
        }
    }
    return true;
}

static strList *names_with_root(const MemoryRegion *root)
{
    strList *list = NULL, **tail = &list;
    const AddressSpace *as;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (as->root == root) {
            QAPI_LIST_APPEND(tail, g_strdup(as->name));
        }
    }
    return list;
}

MemoryAtList *memory_query_at(const char *name, hwaddr addr, Error **errp)
{
    MemoryAtList *list = NULL, **tail = &list;
    AddressSpace *as;

    if (name) {
        as = memory_find_address_space(name, errp);
        if (!as) {
            return NULL;
        }
        QAPI_LIST_APPEND(tail, query(as, addr));
        list->value->address_spaces = names_with_root(as->root);
        return list;
    }
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (first_of_root(as) && int128_nz(as->root->size) &&
            addr <= region_last(as->root)) {
            MemoryAt *at = query(as, addr);

            at->address_spaces = names_with_root(as->root);
            QAPI_LIST_APPEND(tail, at);
        }
    }
    return list;
}

/* ---- for people ---------------------------------------------------------- */

static void print_names(GString *out, const strList *list, const char *between)
{
    for (; list; list = list->next) {
        g_string_append_printf(out, "%s%s", list->value,
                               list->next ? between : "");
    }
}

static void print_place(GString *out, const MemoryAtRegion *region)
{
    g_string_append_printf(out,
                           "  %s " HWADDR_FMT_plx "-" HWADDR_FMT_plx
                           " (prio %d, %s): %s @%" PRIx64 "\n       ",
                           region->state == MEMORY_AT_STATE_WINS ? "->" : "  ",
                           region->start, region->end, region->priority,
                           region->type, region->region, region->offset);
    print_names(out, region->path, " > ");
    g_string_append_c(out, '\n');
    if (region->reason) {
        g_string_append_printf(out, "       %s: %s\n",
                               MemoryAtState_str(region->state),
                               region->reason);
    }
}

void memory_at_print(GString *out, const MemoryAtList *list)
{
    for (; list; list = list->next) {
        const MemoryAt *at = list->value;

        g_string_append(out, "address-space: ");
        print_names(out, at->address_spaces, ", ");
        g_string_append_printf(out, "\n  " HWADDR_FMT_plx ": ", at->address);
        if (at->region) {
            g_string_append_printf(out, "%s @%" PRIx64 ", ", at->region,
                                   at->offset);
        }
        g_string_append_printf(out, "%s\n", at->effect);
        if (at->regions) {
            g_string_append_c(out, '\n');
        }
        for (MemoryAtRegionList *r = at->regions; r; r = r->next) {
            print_place(out, r->value);
        }
        if (at->truncated) {
            g_string_append(out, "     ... and more\n");
        }
        g_string_append_c(out, '\n');
    }
}
