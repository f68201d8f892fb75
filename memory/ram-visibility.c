/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM of which ranges can be hidden or made read-only.
 */
#include "qemu/osdep.h"
#include "memory/ram-visibility.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qemu/units.h"

/* A part of the RAM. */
typedef struct RamPiece {
    MemoryRegion mr; /* alias */
    RamVisibilityRange range;
    RamVisibility visibility;
    char *name; /* of its property; NULL: cannot be controlled */
} RamPiece;

struct RamVisibilityControl {
    Object parent_obj;

    MemoryRegion container;
    size_t nr;
    RamPiece *pieces; /* in order, without gaps */
};

/* Intel 82441FX (PMC) data sheet, 3.2.17: PAM[6:0]; and the VGA's window. */
static const RamVisibilityRange x86_ranges[] = {
    { 0xa0000, 0xbffff }, { 0xc0000, 0xc3fff }, { 0xc4000, 0xc7fff },
    { 0xc8000, 0xcbfff }, { 0xcc000, 0xcffff }, { 0xd0000, 0xd3fff },
    { 0xd4000, 0xd7fff }, { 0xd8000, 0xdbfff }, { 0xdc000, 0xdffff },
    { 0xe0000, 0xe3fff }, { 0xe4000, 0xe7fff }, { 0xe8000, 0xebfff },
    { 0xec000, 0xeffff }, { 0xf0000, 0xfffff },
};

static void piece_show(RamPiece *piece, RamVisibility visibility)
{
    piece->visibility = visibility;
    memory_region_transaction_begin();
    memory_region_set_readonly(&piece->mr,
                               visibility == RAM_VISIBILITY_READ_ONLY);
    memory_region_set_enabled(&piece->mr,
                              visibility != RAM_VISIBILITY_UNMAPPED);
    memory_region_transaction_commit();
}

/*** Properties. ***/

static RamPiece *piece_by_name(Object *obj, const char *name)
{
    RamVisibilityControl *ctl = RAM_VISIBILITY_CONTROL(obj);

    for (size_t i = 0; i < ctl->nr; i++) {
        if (ctl->pieces[i].name && !strcmp(ctl->pieces[i].name, name)) {
            return &ctl->pieces[i];
        }
    }
    g_assert_not_reached();
}

static void get_visibility(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    int value = piece_by_name(obj, name)->visibility;

    visit_type_enum(v, name, &value, &RamVisibility_lookup, errp);
}

static void set_visibility(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    int value;

    if (visit_type_enum(v, name, &value, &RamVisibility_lookup, errp)) {
        piece_show(piece_by_name(obj, name), value);
    }
}

/*** Making it. ***/

static void add_piece(RamVisibilityControl *ctl, MemoryRegion *ram,
                      hwaddr first, hwaddr last, bool controlled)
{
    RamPiece *piece = &ctl->pieces[ctl->nr++];
    g_autofree char *range =
        g_strdup_printf("0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx, first, last);
    g_autofree char *name =
        g_strdup_printf("%s.%s", memory_region_name(ram), range);

    piece->range = (RamVisibilityRange){ first, last };
    piece->visibility = RAM_VISIBILITY_READ_WRITE;
    memory_region_init_alias(&piece->mr, OBJECT(ctl), name, ram, first,
                             last - first + 1);
    memory_region_add_subregion(&ctl->container, first, &piece->mr);
    if (controlled) {
        ObjectProperty *prop =
            object_property_add(OBJECT(ctl), range, "RamVisibility",
                                get_visibility, set_visibility, NULL, NULL);

        piece->name = g_steal_pointer(&range);
        object_property_set_description(OBJECT(ctl), prop->name,
                                        "What the guest sees there");
    }
}

static bool check_ranges(MemoryRegion *ram, const RamVisibilityRange *ranges,
                         size_t n, Error **errp)
{
    uint64_t size = memory_region_size(ram);

    for (size_t i = 0; i < n; i++) {
        const RamVisibilityRange *r = &ranges[i];

        if (r->first > r->last || r->last >= size) {
            error_setg(errp,
                       "range 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx
                       " is not within '%s' of 0x%" PRIx64 " bytes",
                       r->first, r->last, memory_region_name(ram), size);
            return false;
        }
        if (i && r->first <= r[-1].last) {
            error_setg(errp,
                       "ranges 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx
                       " and 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx
                       " overlap or are not in order",
                       r[-1].first, r[-1].last, r->first, r->last);
            return false;
        }
    }
    return true;
}

RamVisibilityControl *ram_visibility_new(MemoryRegion *ram,
                                         const RamVisibilityRange *ranges,
                                         size_t n, Error **errp)
{
    uint64_t size = memory_region_size(ram);
    RamVisibilityControl *ctl;
    hwaddr next = 0;

    if (!check_ranges(ram, ranges, n, errp)) {
        return NULL;
    }
    ctl = RAM_VISIBILITY_CONTROL(object_new(TYPE_RAM_VISIBILITY_CONTROL));
    memory_region_init(&ctl->container, OBJECT(ctl), "ram-visibility", size);
    ctl->pieces = g_new0(RamPiece, 2 * n + 1);
    memory_region_transaction_begin();
    for (size_t i = 0; i < n; i++) {
        if (next < ranges[i].first) {
            add_piece(ctl, ram, next, ranges[i].first - 1, false);
        }
        add_piece(ctl, ram, ranges[i].first, ranges[i].last, true);
        next = ranges[i].last + 1;
    }
    if (next < size) {
        add_piece(ctl, ram, next, size - 1, false);
    }
    memory_region_transaction_commit();
    return ctl;
}

RamVisibilityControl *ram_visibility_new_x86(MemoryRegion *ram, Error **errp)
{
    if (memory_region_size(ram) < MiB) {
        error_setg(errp,
                   "a PC's low memory needs RAM that starts at 0 and has at "
                   "least 1 MiB, not 0x%" PRIx64 " bytes",
                   memory_region_size(ram));
        return NULL;
    }
    return ram_visibility_new(ram, x86_ranges, ARRAY_SIZE(x86_ranges), errp);
}

MemoryRegion *ram_visibility_get_memory(RamVisibilityControl *ctl)
{
    return &ctl->container;
}

/*** Using it. ***/

static RamPiece *find_piece(RamVisibilityControl *ctl, hwaddr first,
                            hwaddr last, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GString) known = g_string_new(NULL);

    for (size_t i = 0; i < ctl->nr; i++) {
        RamPiece *piece = &ctl->pieces[i];

        if (!piece->name) {
            continue;
        }
        if (piece->range.first == first && piece->range.last == last) {
            return piece;
        }
        g_string_append_printf(known, "%s%s", known->len ? ", " : "",
                               piece->name);
    }
    error_setg(errp,
               "0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx " is not a controllable "
               "range of RAM",
               first, last);
    error_append_hint(errp, "Those that are: %s.\n", known->str);
    return NULL;
}

bool ram_visibility_set(RamVisibilityControl *ctl, hwaddr first, hwaddr last,
                        RamVisibility visibility, Error **errp)
{
    RamPiece *piece = find_piece(ctl, first, last, errp);

    if (piece) {
        piece_show(piece, visibility);
    }
    return piece != NULL;
}

bool ram_visibility_get(RamVisibilityControl *ctl, hwaddr first, hwaddr last,
                        RamVisibility *visibility, Error **errp)
{
    RamPiece *piece = find_piece(ctl, first, last, errp);

    if (piece) {
        *visibility = piece->visibility;
    }
    return piece != NULL;
}

/*** The type. ***/

static void ram_visibility_finalize(Object *obj)
{
    RamVisibilityControl *ctl = RAM_VISIBILITY_CONTROL(obj);

    for (size_t i = 0; i < ctl->nr; i++) {
        g_free(ctl->pieces[i].name);
    }
    g_free(ctl->pieces);
}

/* A child in a container of the same owner keeps that owner alive. */
static void ram_visibility_unparent(Object *obj)
{
    RamVisibilityControl *ctl = RAM_VISIBILITY_CONTROL(obj);

    memory_region_transaction_begin();
    for (size_t i = 0; i < ctl->nr; i++) {
        memory_region_del_subregion(&ctl->container, &ctl->pieces[i].mr);
    }
    memory_region_transaction_commit();
}

static void ram_visibility_class_init(ObjectClass *oc, void *data)
{
    oc->unparent = ram_visibility_unparent;
}

static const TypeInfo ram_visibility_types[] = {
    {
        .name = TYPE_RAM_VISIBILITY_CONTROL,
        .parent = TYPE_OBJECT,
        .class_init = ram_visibility_class_init,
        .instance_size = sizeof(RamVisibilityControl),
        .instance_finalize = ram_visibility_finalize,
    },
};

DEFINE_TYPES(ram_visibility_types)
