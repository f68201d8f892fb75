/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The oracle: who is seen at an address, by the rules and without cleverness.
 *
 * At each place the child with the highest priority that shows something there
 * is seen, among equals the one added last; else the region itself if it
 * answers accesses. Nothing is seen through a disabled region or outside of its
 * size; an alias shows its target from its offset on.
 */
#include "qemu/osdep.h"
#include "memory/flatmap.h"
#include "memory/view.h"
#include "model.h"

/* What lies on the way from the root to what is seen. */
typedef struct Way {
    uint64_t aliases; /* a hash of the numbers of all aliases on it */
    bool readonly, nonvolatile, unmergeable;
} Way;

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0xff51afd7ed558ccdull;
    return hash ^ (hash >> 29);
}

/* Children of @r, the one that is seen first coming first. */
static unsigned children(Model *m, int r, int *out)
{
    unsigned n = 0;

    for (int i = 0; i < MODEL_REGIONS; i++) {
        unsigned at = n;

        if (!m->region[i].used || m->region[i].now.container != r) {
            continue;
        }
        while (at) {
            ModelState *other = &m->region[out[at - 1]].now;

            if (other->priority > m->region[i].now.priority ||
                (other->priority == m->region[i].now.priority &&
                 other->order > m->region[i].now.order)) {
                break;
            }
            out[at] = out[at - 1];
            at--;
        }
        out[at] = i;
        n++;
    }
    return n;
}

static bool answers(const ModelRegion *r)
{
    return r->kind != KIND_CONTAINER && r->kind != KIND_ALIAS;
}

static uint8_t log_mask(Model *m, const ModelRegion *r)
{
    uint8_t mask = r->now.logs ? 1 << DIRTY_MEMORY_VGA : 0;

    if (m->tracking && r->kind == KIND_IOMMU) {
        mask |= 1 << DIRTY_MEMORY_MIGRATION;
    }
    return mask;
}

static bool see(Model *m, int number, i128 x, Way way, ModelRange *out)
{
    ModelRegion *r = &m->region[number];
    int child[MODEL_REGIONS];
    unsigned n;

    if (!r->now.enabled || x < 0 || (u128)x >= r->now.size) {
        return false;
    }
    way.readonly |= r->now.readonly;
    way.nonvolatile |= r->now.nonvolatile;
    way.unmergeable |= r->now.unmergeable;
    if (r->kind == KIND_ALIAS) {
        way.aliases = mix(way.aliases, r->id);
        return see(m, r->alias, x + r->now.alias_offset, way, out);
    }
    n = children(m, number, child);
    for (unsigned i = 0; i < n; i++) {
        if (see(m, child[i], x - m->region[child[i]].now.addr, way, out)) {
            return true;
        }
    }
    if (!answers(r)) {
        return false;
    }
    *out = (ModelRange){
        .region = number,
        .mr = r->mr,
        .offset = x,
        .path = way.unmergeable ? way.aliases : 0,
        .log = log_mask(m, r),
        .romd = r->now.romd,
        .readonly = way.readonly,
        .nonvolatile = way.nonvolatile,
        .unmergeable = way.unmergeable,
    };
    return true;
}

bool oracle_at(Model *m, int root, hwaddr addr, ModelRange *out)
{
    return root >= 0 && see(m, root, addr, (Way){ .aliases = 1 }, out);
}

unsigned oracle_paths(Model *m, int r, unsigned limit)
{
    unsigned n = 1;

    if (m->region[r].kind == KIND_ALIAS) {
        return n + oracle_paths(m, m->region[r].alias, limit);
    }
    for (int i = 0; i < MODEL_REGIONS && n <= limit; i++) {
        if (m->region[i].used && m->region[i].now.container == r) {
            n += oracle_paths(m, i, limit - n);
        }
    }
    return n;
}

/* Where something may begin or end: the edges of all regions by all ways. */
static void edges(Model *m, int number, i128 base, i128 lo, i128 hi,
                  GArray *out)
{
    ModelRegion *r = &m->region[number];

    lo = MAX(lo, base);
    hi = MIN(hi, base + (i128)r->now.size);
    if (lo >= hi || !r->now.enabled) {
        return;
    }
    g_array_append_val(out, lo);
    g_array_append_val(out, hi);
    if (r->kind == KIND_ALIAS) {
        edges(m, r->alias, base - r->now.alias_offset, lo, hi, out);
        return;
    }
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used && m->region[i].now.container == number) {
            edges(m, i, base + m->region[i].now.addr, lo, hi, out);
        }
    }
}

static int compare_edges(const void *a, const void *b)
{
    i128 x = *(const i128 *)a, y = *(const i128 *)b;

    return (x > y) - (x < y);
}

static bool continues(const ModelRange *a, const ModelRange *b)
{
    return a->last + 1 == b->start && a->mr == b->mr &&
           a->offset + (b->start - a->start) == b->offset &&
           a->path == b->path && a->log == b->log && a->romd == b->romd &&
           a->readonly == b->readonly && a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable;
}

void oracle_flatten(Model *m, int root, GArray *out)
{
    static GArray *points;
    i128 top = (i128)1 << 64;

    g_array_set_size(out, 0);
    if (root < 0) {
        return;
    }
    if (!points) {
        points = g_array_new(false, false, sizeof(i128));
    }
    g_array_set_size(points, 0);
    edges(m, root, 0, 0, top, points);
    g_array_sort(points, compare_edges);
    for (guint i = 0; i + 1 < points->len; i++) {
        i128 start = g_array_index(points, i128, i);
        i128 end = g_array_index(points, i128, i + 1);
        ModelRange *before;
        ModelRange range;

        if (start == end || !oracle_at(m, root, start, &range)) {
            continue;
        }
        range.start = start;
        range.last = end - 1;
        before =
            out->len ? &g_array_index(out, ModelRange, out->len - 1) : NULL;
        if (before && continues(before, &range)) {
            before->last = range.last;
        } else {
            g_array_append_val(out, range);
        }
    }
}

/* ---- comparing ----------------------------------------------------------- */

void oracle_print(Model *m, const char *what, const GArray *ranges)
{
    fprintf(stderr, "%s:\n", what);
    for (guint i = 0; i < ranges->len; i++) {
        ModelRange *r = &g_array_index(ranges, ModelRange, i);

        fprintf(stderr,
                "  %016" PRIx64 "-%016" PRIx64 " r%d+%" PRIx64
                " log %x%s%s%s%s path %" PRIx64 "\n",
                r->start, r->last, r->region, r->offset, r->log,
                r->romd ? " romd" : "", r->readonly ? " ro" : "",
                r->nonvolatile ? " nv" : "", r->unmergeable ? " unm" : "",
                r->path);
    }
}

static int region_number(Model *m, const MemoryRegion *mr)
{
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used && m->region[i].mr == mr) {
            return i;
        }
    }
    return -1;
}

static bool same(const ModelRange *a, const FlatRange *b)
{
    return a->start == b->start && a->last == b->last && a->mr == b->mr &&
           a->offset == b->offset_in_region && a->log == b->dirty_log_mask &&
           a->romd == b->romd_mode && a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile && a->unmergeable == b->unmergeable;
}

static void print_flat_range(Model *m, const FlatRange *r)
{
    fprintf(stderr,
            "  %016" PRIx64 "-%016" PRIx64 " r%d+%" PRIx64
            " log %x%s%s%s%s path %" PRIx64 "\n",
            r->start, r->last, region_number(m, r->mr), r->offset_in_region,
            r->dirty_log_mask, r->romd_mode ? " romd" : "",
            r->readonly ? " ro" : "", r->nonvolatile ? " nv" : "",
            r->unmergeable ? " unm" : "", r->path);
}

static void compare(Model *m, ModelSpace *s, const GArray *got,
                    const char *what)
{
    guint i = 0;

    while (i < MIN(got->len, s->next->len) &&
           same(&g_array_index(s->next, ModelRange, i),
                &g_array_index(got, FlatRange, i))) {
        i++;
    }
    if (i == got->len && i == s->next->len) {
        return;
    }
    oracle_print(m, "expected", s->next);
    fprintf(stderr, "%s:\n", what);
    for (guint j = 0; j < got->len; j++) {
        print_flat_range(m, &g_array_index(got, FlatRange, j));
    }
    model_fail(m, "%s of space %d differs at range %u", what,
               (int)(s - m->space), i);
}

/* The cache of lookups and the tree, at the edges and in between. */
static void check_lookups(Model *m, ModelSpace *s)
{
    FlatView *fv = address_space_to_flatview(s->as);
    hwaddr behind = 0;

    for (guint i = 0; i < s->next->len; i++) {
        ModelRange *r = &g_array_index(s->next, ModelRange, i);
        hwaddr at[] = { r->start, r->last,
                        r->start + (r->last - r->start) / 2 };

        for (unsigned j = 0; j < ARRAY_SIZE(at); j++) {
            const FlatRange *found = flatview_lookup(fv, at[j]);

            if (!found || !same(r, found)) {
                model_fail(m, "space %d: lookup of %" PRIx64 " is wrong",
                           (int)(s - m->space), at[j]);
            }
        }
        if (r->start && (!i || behind != r->start) &&
            flatview_lookup(fv, r->start - 1)) {
            model_fail(m, "space %d: something at %" PRIx64,
                       (int)(s - m->space), r->start - 1);
        }
        behind = r->last + 1;
    }
}

/* The region itself says what the model does, and so do its container's. */
static void check_region(Model *m, int i)
{
    ModelRegion *r = &m->region[i];
    MemoryRegion *mr = r->mr, *child;
    CoalescedMemoryRange *c;
    unsigned nr = 0, j = 0;
    uint64_t sum = 0;
    int kids[MODEL_REGIONS];

    if (mr->enabled != r->now.enabled || mr->readonly != r->now.readonly ||
        mr->nonvolatile != r->now.nonvolatile ||
        mr->unmergeable != r->now.unmergeable || mr->romd_mode != r->now.romd ||
        mr->alias_offset != r->now.alias_offset || mr->addr != r->now.addr ||
        mr->priority != r->now.priority ||
        mr->vga_logging_count != r->now.logs ||
        mr->container !=
            (r->now.container < 0 ? NULL : m->region[r->now.container].mr) ||
        (u128)mr->size != r->now.size) {
        model_fail(m, "r%d itself is in another state", i);
    }
    QTAILQ_FOREACH(c, &mr->coalesced, link) {
        j++;
        sum += mix(c->offset, c->size);
    }
    for (unsigned k = 0; k < r->now.nr_coalesced; k++) {
        sum -= mix(r->now.coalesced[k].offset, r->now.coalesced[k].size);
    }
    if (j != r->now.nr_coalesced || sum) {
        model_fail(m, "r%d has other coalesced ranges", i);
    }
    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        if (child->container != mr) {
            model_fail(m, "r%d has a child that is elsewhere", i);
        }
        nr++;
    }
    if (nr != children(m, i, kids)) {
        model_fail(m, "r%d has %u children", i, nr);
    }
}

void oracle_check(Model *m)
{
    static GArray *got;

    if (!got) {
        got = g_array_new(false, false, sizeof(FlatRange));
    }
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used) {
            check_region(m, i);
        }
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        ModelSpace *s = &m->space[i];
        const FlatRange *r;
        FlatMapIter it;
        FlatView *fv;

        if (!s->as) {
            continue;
        }
        rcu_read_lock();
        fv = address_space_to_flatview(s->as);
        g_array_set_size(got, 0);
        for (r = flatmap_iter_from(&it, &fv->map, 0); r;
             r = flatmap_iter_next(&it)) {
            g_array_append_vals(got, r, 1);
        }
        compare(m, s, got, "flat view");
        m->ranges += got->len;
        if (fv->map.nr != s->next->len) {
            model_fail(m, "space %d: ranges are miscounted", i);
        }
        g_array_set_size(got, 0);
        memory_render(s->root < 0 ? NULL : m->region[s->root].mr, 0, UINT64_MAX,
                      got);
        compare(m, s, got, "full render");
        check_lookups(m, s);
        rcu_read_unlock();
    }
}

/* The first space, in order of age, with @root; or NULL. */
static ModelSpace *space_of(Model *m, int root)
{
    ModelSpace *first = NULL;

    for (int i = 0; i < MODEL_SPACES; i++) {
        ModelSpace *s = &m->space[i];

        if (s->as && s->root == root && (!first || s->id < first->id)) {
            first = s;
        }
    }
    return first;
}

static const ModelRange *first_in(const GArray *ranges, u128 from, u128 last)
{
    for (guint i = 0; i < ranges->len; i++) {
        const ModelRange *r = &g_array_index(ranges, ModelRange, i);

        if (r->last >= from && r->start <= last) {
            return r;
        }
    }
    return NULL;
}

void oracle_check_find(Model *m, int r, hwaddr addr, uint64_t size)
{
    const ModelRange *expected = NULL;
    MemoryRegionSection found;
    u128 from = addr, last;
    ModelSpace *space;
    int root = r;

    if (r < 0) {
        return;
    }
    while (m->region[root].now.container >= 0) {
        from += m->region[root].now.addr;
        root = m->region[root].now.container;
    }
    last = from + size - 1;
    if (from > UINT64_MAX) {
        return;
    }
    space = space_of(m, root);
    if (space) {
        expected = first_in(space->next, from, last);
    }
    found = memory_region_find(m->region[r].mr, addr, size);
    if (!expected ? found.mr || int128_nz(found.size)
                  : found.mr != expected->mr) {
        model_fail(m, "r%d: a wrong region is found at %" PRIx64, r, addr);
    }
    if (expected) {
        hwaddr start = MAX((hwaddr)from, expected->start);
        hwaddr end = MIN(last, (u128)expected->last);

        if (found.offset_within_address_space != start ||
            found.offset_within_region !=
                expected->offset + (start - expected->start) ||
            (u128)found.size != (u128)(end - start) + 1 ||
            found.readonly != expected->readonly) {
            model_fail(m, "r%d: a wrong section is found at %" PRIx64, r, addr);
        }
    }
    memory_region_unref(found.mr);
}
