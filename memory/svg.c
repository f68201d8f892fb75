/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a tree of regions to a picture: which boxes there are, which rows they
 * lie in, and which of them each piece of the flat view comes from.
 *
 * Addresses go from left to right. A container's children lie below it, and
 * where they overlap, the winner is the lowest: it is next to the plateau, as
 * the flat view at the bottom is called. What an accelerator has as memory slots
 * is drawn under that.
 */
#include "qemu/osdep.h"
#include "memory/flatmap.h"
#include "memory/inspect.h"
#include "memory/region-index.h"
#include "memory/svg-internal.h"

/* More than this nobody can look at. */
enum { BOXES_MAX = 3000, PIECES_MAX = 6000, SLOTS_MAX = 6000, DEPTH_MAX = 40 };

static SvgKind kind_of(const MemoryRegion *mr)
{
    if (mr->is_iommu) {
        return SVG_IOMMU;
    }
    if (mr->ram_device) {
        return SVG_DEVICE_RAM;
    }
    if (mr->ram || mr->rom_device) {
        return mr->readonly || mr->rom_device ? SVG_ROM : SVG_RAM;
    }
    return mr->terminates ? SVG_IO : SVG_CONTAINER;
}

/* ---- boxes --------------------------------------------------------------- */

/* What of @mr, a child of @parent's region, shows there. False: nothing. */
static bool cut_to(const SvgBox *parent, const MemoryRegion *mr, hwaddr *start,
                   hwaddr *last)
{
    /* Relative to the parent's region, of which the box may be a part. */
    hwaddr low = parent->start - parent->base;
    hwaddr high = parent->last - parent->base;
    hwaddr from = MAX(low, mr->addr), to;

    if (!int128_nz(mr->size)) {
        return false;
    }
    to = region_last(mr) > UINT64_MAX - mr->addr ? UINT64_MAX
                                                 : mr->addr + region_last(mr);
    to = MIN(high, to);
    if (from > to) {
        return false;
    }
    *start = parent->base + from;
    *last = parent->base + to;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const MemoryRegion *ra = *(MemoryRegion *const *)a;
    const MemoryRegion *rb = *(MemoryRegion *const *)b;

    return ra->node.key < rb->node.key ? -1 : 1;
}

static GPtrArray *children_of(const MemoryRegion *mr)
{
    GPtrArray *list = g_ptr_array_new();
    const MemoryRegion *child;

    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        g_ptr_array_add(list, (gpointer)child);
    }
    if (list->len) {
        qsort(list->pdata, list->len, sizeof(gpointer), compare_keys);
    }
    return list;
}

/*
 * Follows aliases from @mr to what has no further target: that is what the box
 * is about. Each step may cut the box at the target's end.
 */
static bool resolve_alias(SvgBox *box)
{
    const MemoryRegion *mr = box->mr;

    box->shown = mr;
    while (box->shown->alias) {
        const MemoryRegion *target = box->shown->alias;
        hwaddr offset = box->start - box->base;

        if (!target->enabled || !int128_nz(target->size) ||
            offset > UINT64_MAX - box->shown->alias_offset ||
            offset + box->shown->alias_offset > region_last(target)) {
            return false;
        }
        offset += box->shown->alias_offset;
        box->last =
            MIN(box->last, box->start + MIN(region_last(target) - offset,
                                            UINT64_MAX - box->start));
        box->base = box->start - offset;
        box->shown = target;
    }
    return true;
}

static int add_box(SvgPicture *p, int parent, const MemoryRegion *mr,
                   hwaddr start, hwaddr last, hwaddr base)
{
    SvgBox box = {
        .mr = mr,
        .shown = mr,
        .parent = parent,
        .start = start,
        .last = last,
        .base = base,
        .height = 1,
    };

    if (p->boxes->len == BOXES_MAX) {
        p->truncated = true;
        return -1;
    }
    box.disabled = !mr->enabled;
    box.cut = !resolve_alias(&box) || box.disabled;
    box.kind = kind_of(box.shown);
    g_array_append_val(p->boxes, box);
    return p->boxes->len - 1;
}

/* Puts the box @i, of which the height is known, below @siblings it covers. */
static void stack_box(SvgPicture *p, int i, const GArray *siblings)
{
    SvgBox *box = svg_box(p, i);

    box->row = 1;
    for (unsigned k = 0; k < siblings->len; k++) {
        const SvgBox *other = svg_box(p, g_array_index(siblings, int, k));

        if (other->start <= box->last && box->start <= other->last) {
            box->row = MAX(box->row, other->row + other->height);
        }
    }
}

/* The children of box @i; rows are relative to their parents at first. */
static void add_children(SvgPicture *p, int i, unsigned depth)
{
    g_autoptr(GPtrArray) children = children_of(svg_box(p, i)->shown);
    g_autoptr(GArray) siblings = g_array_new(false, false, sizeof(int));

    if (svg_box(p, i)->cut || (children->len && depth == DEPTH_MAX)) {
        svg_box(p, i)->cut = true;
        return;
    }
    for (unsigned k = 0; k < children->len; k++) {
        const MemoryRegion *mr = g_ptr_array_index(children, k);
        const SvgBox *parent = svg_box(p, i);
        hwaddr start, last;
        int n;

        if ((!mr->enabled && !p->show_disabled) ||
            !cut_to(parent, mr, &start, &last)) {
            continue;
        }
        n = add_box(p, i, mr, start, last, parent->base + mr->addr);
        if (n < 0) {
            return;
        }
        add_children(p, n, depth + 1);
        stack_box(p, n, siblings);
        g_array_append_val(siblings, n);
        svg_box(p, i)->height = MAX(svg_box(p, i)->height,
                                    svg_box(p, n)->row + svg_box(p, n)->height);
    }
}

static void add_boxes(SvgPicture *p, const MemoryRegion *root)
{
    int i;

    if (!root->enabled || !int128_nz(root->size)) {
        return;
    }
    i = add_box(p, -1, root, 0, region_last(root), 0);
    add_children(p, i, 0);
    /* Parents come first, so one pass makes rows absolute. */
    for (unsigned k = 1; k < p->boxes->len; k++) {
        svg_box(p, k)->row += svg_box(p, svg_box(p, k)->parent)->row;
    }
    p->rows = svg_box(p, i)->height;
}

/* ---- pieces -------------------------------------------------------------- */

/* The box at @addr that @piece is of: the one nearest to the plateau. */
static int box_of(const SvgPicture *p, const SvgPiece *piece, hwaddr addr)
{
    int best = -1;

    for (unsigned i = 0; i < p->boxes->len; i++) {
        const SvgBox *box = svg_box(p, i);

        if (box->shown == piece->mr && !box->disabled && box->start <= addr &&
            box->last >= addr && box->base == piece->start - piece->offset &&
            (best < 0 || svg_box(p, best)->row < box->row)) {
            best = i;
        }
    }
    return best;
}

/* A piece may be joined of what is seen by several paths. */
static void add_sources(SvgPicture *p, const SvgPiece *piece)
{
    hwaddr addr = piece->start;

    for (;;) {
        int box = box_of(p, piece, addr);
        SvgSource source = { .start = addr, .last = piece->last, .box = box };

        if (box < 0) {
            return;
        }
        source.last = MIN(source.last, svg_box(p, box)->last);
        g_array_append_val(p->sources, source);
        if (source.last == piece->last) {
            return;
        }
        addr = source.last + 1;
    }
}

static void add_pieces(SvgPicture *p, FlatView *view)
{
    const FlatRange *range;
    FlatMapIter it;

    for (range = flatmap_iter_from(&it, &view->map, 0); range;
         range = flatmap_iter_next(&it)) {
        SvgPiece piece = {
            .start = range->start,
            .last = range->last,
            .mr = range->mr,
            .offset = range->offset_in_region,
            .kind = kind_of(range->mr),
        };

        if (p->pieces->len == PIECES_MAX) {
            p->truncated = true;
            return;
        }
        if (piece.kind == SVG_RAM && range->readonly) {
            piece.kind = SVG_ROM;
        }
        g_array_append_val(p->pieces, piece);
        add_sources(p, &piece);
    }
}

GString *memory_svg(AddressSpace *as, bool disabled)
{
    GString *out = g_string_new(NULL);
    SvgPicture p = {
        .title = as->name,
        .show_disabled = disabled,
        .boxes = g_array_new(false, false, sizeof(SvgBox)),
        .pieces = g_array_new(false, false, sizeof(SvgPiece)),
        .sources = g_array_new(false, false, sizeof(SvgSource)),
        .slots = g_array_new(false, false, sizeof(MemoryAccelSlot)),
    };

    add_boxes(&p, as->root);
    add_pieces(&p, address_space_to_flatview(as));
    p.accel = memory_accel_slots(as, p.slots);
    if (p.slots->len > SLOTS_MAX) {
        g_array_set_size(p.slots, SLOTS_MAX);
        p.truncated = true;
    }
    svg_draw(out, &p);
    g_array_unref(p.boxes);
    g_array_unref(p.pieces);
    g_array_unref(p.sources);
    g_array_unref(p.slots);
    return out;
}
