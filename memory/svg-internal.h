/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The picture of an address space, before it is drawn: boxes for the regions of
 * the tree, as they are seen from the root, pieces of the flat view, and the
 * slots of an accelerator.
 * memory/svg.c makes it, memory/svg-draw.c draws it.
 */
#ifndef MEMORY_SVG_INTERNAL_H
#define MEMORY_SVG_INTERNAL_H

#include "memory/inspect.h"

/* What a colour stands for. */
typedef enum SvgKind {
    SVG_RAM,
    SVG_ROM,
    SVG_DEVICE_RAM,
    SVG_IO,
    SVG_IOMMU,
    SVG_CONTAINER,
    SVG_KIND__MAX,
} SvgKind;

/* A region as seen along one path. */
typedef struct SvgBox {
    const MemoryRegion *mr;
    const MemoryRegion *shown;  /* for aliases: what they lead to in the end */
    int parent;                 /* index; -1: it is the root */
    hwaddr start, last;         /* in the address space, as far as it shows */
    hwaddr base;                /* where @shown's offset 0 is; may wrap */
    unsigned row;               /* of the picture, 0 is the root's */
    unsigned height;            /* in rows, with all that is below it */
    SvgKind kind;
    bool disabled;              /* shows nothing, nor do its children */
    bool cut;                   /* its children are left out */
} SvgBox;

/* [start, last] of the flat view. */
typedef struct SvgPiece {
    hwaddr start, last;
    const MemoryRegion *mr;
    hwaddr offset;
    SvgKind kind;
} SvgPiece;

/* In [start, last], the flat view shows the box. */
typedef struct SvgSource {
    hwaddr start, last;
    int box;
} SvgSource;

typedef struct SvgPicture {
    const char *title;
    GArray *boxes;      /* of SvgBox; parents before children */
    GArray *pieces;     /* of SvgPiece, by address */
    GArray *sources;    /* of SvgSource, by address */
    GArray *slots;      /* of MemoryAccelSlot, by address; mostly none */
    const char *accel;  /* whose they are */
    unsigned rows;
    bool show_disabled;
    bool truncated;
} SvgPicture;

static inline SvgBox *svg_box(const SvgPicture *p, unsigned i)
{
    return &g_array_index(p->boxes, SvgBox, i);
}

static inline SvgPiece *svg_piece(const SvgPicture *p, unsigned i)
{
    return &g_array_index(p->pieces, SvgPiece, i);
}

static inline SvgSource *svg_source(const SvgPicture *p, unsigned i)
{
    return &g_array_index(p->sources, SvgSource, i);
}

static inline MemoryAccelSlot *svg_slot(const SvgPicture *p, unsigned i)
{
    return &g_array_index(p->slots, MemoryAccelSlot, i);
}

/* What the accelerator, whose name is returned, holds of @as, if it tells. */
const char *memory_accel_slots(AddressSpace *as, GArray *slots);

void svg_draw(GString *out, const SvgPicture *p);

#endif
