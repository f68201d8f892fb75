/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making random shapes, and objects of them.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/queue.h"
#include "vmstate-shape.h"

#define MAX_SHAPES 64

const NumberKind numbers[NUMBERS] = {
    { &vmstate_info_int8, 1 },  { &vmstate_info_uint8, 1 },
    { &vmstate_info_int16, 2 }, { &vmstate_info_uint16, 2 },
    { &vmstate_info_int32, 4 }, { &vmstate_info_uint32, 4 },
    { &vmstate_info_int64, 8 }, { &vmstate_info_uint64, 8 },
    { &vmstate_info_bool, 1 },
};

/*** Callbacks. ***/

static bool flag_is_set(void *opaque, int version_id)
{
    return ((Header *)opaque)->flags & 1;
}

static bool sub_is_needed(void *opaque)
{
    return ((Header *)opaque)->flags & 2;
}

int shapes_saving;

static int pre_save(void *opaque)
{
    shapes_saving++;
    return 0;
}

static int post_save(void *opaque)
{
    shapes_saving--;
    return 0;
}

/* Callbacks are not told the description, so each shape has one of its own. */
static Shape *shapes[MAX_SHAPES];
static int nshapes;

static void init_object(const Shape *shape, void *obj);

static int pre_load(int slot, Header *obj)
{
    if (!obj->shape) {
        init_object(shapes[slot], obj);
    }
    return 0;
}

#define PRE_LOAD_1(n)                                                          \
    static int pre_load_##n(void *opaque)                                      \
    {                                                                          \
        return pre_load(0##n, opaque);                                         \
    }
#define PRE_LOAD_8(n)                                                          \
    PRE_LOAD_1(n##0)                                                           \
    PRE_LOAD_1(n##1)                                                           \
    PRE_LOAD_1(n##2)                                                           \
    PRE_LOAD_1(n##3)                                                           \
    PRE_LOAD_1(n##4) PRE_LOAD_1(n##5) PRE_LOAD_1(n##6) PRE_LOAD_1(n##7)
PRE_LOAD_8(0)
PRE_LOAD_8(1)
PRE_LOAD_8(2)
PRE_LOAD_8(3)
PRE_LOAD_8(4)
PRE_LOAD_8(5)
PRE_LOAD_8(6)
PRE_LOAD_8(7)

#define NAMES_8(n)                                                             \
    pre_load_##n##0, pre_load_##n##1, pre_load_##n##2, pre_load_##n##3,        \
        pre_load_##n##4, pre_load_##n##5, pre_load_##n##6, pre_load_##n##7
static int (*const pre_loads[MAX_SHAPES])(void *opaque) = {
    NAMES_8(0), NAMES_8(1), NAMES_8(2), NAMES_8(3),
    NAMES_8(4), NAMES_8(5), NAMES_8(6), NAMES_8(7),
};

/*** Making shapes. ***/

static size_t take(Shape *shape, size_t size)
{
    Shape *whose = shape;
    size_t at;

    while (whose->base) {
        whose = whose->base;
    }
    at = ROUND_UP(whose->size, 8);
    whose->size = at + size;
    return at;
}

/* A count in front of the pointer. */
static void make_counted(Shape *shape, Member *m)
{
    VMStateField *f = &m->field;

    m->count_offset = take(shape, 4);
    m->offset = take(shape, sizeof(void *));
    f->flags = VMS_POINTER;
    if (m->kind == ALLOCATED_BYTES) {
        f->info = &vmstate_info_buffer;
        f->size_offset = m->count_offset;
        f->flags |= VMS_VBUFFER | VMS_ALLOC;
        return;
    }
    f->info = numbers[m->number].info;
    f->size = numbers[m->number].size;
    f->num_offset = m->count_offset;
    f->flags |=
        m->kind == ALLOCATED ? VMS_VARRAY_UINT16 | VMS_ALLOC : VMS_VARRAY_INT32;
}

static void make_container(Shape *shape, Member *m, int depth)
{
    VMStateField *f = &m->field;

    m->shape = new_shape(depth - 1, true, NULL);
    f->vmsd = &m->shape->vmsd;
    f->size = m->shape->size;
    if (m->kind == TAILQ || m->kind == LIST) {
        f->info = m->kind == LIST ? &vmstate_info_qlist : &vmstate_info_qtailq;
        f->start = offsetof(Header, link);
        m->offset = take(shape, sizeof(QTailQLink));
    } else {
        m->key = new_shape(-1, true, NULL);
        m->shape->pair[0] = m->shape->vmsd;
        m->shape->pair[1] = m->key->vmsd;
        /* There is one version for both. */
        m->shape->pair[1].version_id = m->shape->vmsd.version_id;
        f->vmsd = m->shape->pair;
        f->info = &vmstate_info_gtree;
        f->start = m->kind == TREE ? m->key->size : 0;
        m->offset = take(shape, sizeof(GTree *));
    }
    f->version_id = m->shape->vmsd.version_id;
}

static void make_structs(Shape *shape, Member *m, int depth)
{
    VMStateField *f = &m->field;

    m->shape = new_shape(depth - 1, shape->in_element, NULL);
    f->vmsd = &m->shape->vmsd;
    f->num = m->count;
    f->struct_version_id = f->vmsd->version_id;
    if (m->kind == STRUCT) {
        f->size = m->shape->size;
        f->flags = m->count > 1 ? VMS_STRUCT | VMS_ARRAY
                   : rnd(0, 2)  ? VMS_STRUCT
                                : VMS_VSTRUCT;
    } else {
        f->size = sizeof(void *);
        f->flags =
            VMS_STRUCT | (m->kind == POINTERS ? VMS_ARRAY | VMS_ARRAY_OF_POINTER
                                              : VMS_POINTER);
    }
    m->offset = take(shape, f->size * m->count);
}

static void make_member(Shape *shape, Member *m, int depth)
{
    VMStateField *f = &m->field;

    switch (m->kind) {
    case NUMBER:
        f->info = numbers[m->number].info;
        f->size = numbers[m->number].size;
        f->flags = m->count > 1 ? VMS_ARRAY : VMS_SINGLE;
        f->num = m->count;
        m->offset = take(shape, f->size * m->count);
        break;
    case BUFFER:
    case UNUSED:
        f->info = m->kind == BUFFER ? &vmstate_info_buffer
                                    : &vmstate_info_unused_buffer;
        f->size = m->count * 250;
        f->flags = VMS_BUFFER;
        m->offset = m->kind == BUFFER ? take(shape, f->size) : 0;
        break;
    case STRUCT:
    case STRUCT_POINTER:
    case POINTERS:
        make_structs(shape, m, depth);
        break;
    case ALLOCATED:
    case ALLOCATED_BYTES:
    case COUNTED:
        make_counted(shape, m);
        break;
    case BITMAP:
        f->info = &vmstate_info_bitmap;
        f->flags = VMS_VBUFFER | VMS_POINTER;
        f->size_offset = m->count_offset = take(shape, 4);
        m->offset = take(shape, sizeof(void *));
        break;
    default:
        make_container(shape, m, depth);
        break;
    }
    f->offset = m->offset;
}

bool has_count(Kind kind)
{
    return kind == ALLOCATED || kind == ALLOCATED_BYTES || kind == COUNTED;
}

static void random_member(Shape *shape, Member *m, int depth)
{
    *m = (Member){ .kind = rnd(0, shape->in_element ? ELEMENT_KINDS : KINDS),
                   .number = rnd(0, NUMBERS),
                   .count = 1 };
    if (depth < 0) {
        /* A key. */
        m->kind = NUMBER;
        m->number = NUMBER_UINT64;
        make_member(shape, m, depth);
        return;
    }
    if (depth == 0 || nshapes > MAX_SHAPES - 10) {
        m->kind = rnd(0, STRUCT);
    }
    if (m->kind == NUMBER || m->kind == STRUCT || m->kind == POINTERS) {
        m->count = rnd(1, MAX_COUNT);
    }
    make_member(shape, m, depth);
    if (!rnd(0, 4)) {
        m->field.field_exists = flag_is_set;
    } else if (!rnd(0, 4) && !m->field.start && !m->key) {
        m->field.version_id = rnd(0, shape->vmsd.version_id + 2);
    }
}

/* The list of fields: the flags first, counts before what they count. */
static void list_fields(Shape *shape)
{
    VMStateField *f = g_new0(VMStateField, 2 * shape->nmembers + 2);
    int i;

    shape->fields = f;
    if (!shape->base) {
        *f++ = (VMStateField){ .name = "flags",
                               .flags = VMS_SINGLE,
                               .size = 1,
                               .info = &vmstate_info_uint8 };
    }
    for (i = 0; i < shape->nmembers; i++) {
        Member *m = &shape->members[i];

        if (has_count(m->kind)) {
            bool checked = m->kind == COUNTED;

            *f++ = (VMStateField){
                .name = "count",
                .flags = VMS_SINGLE,
                .offset = m->count_offset,
                .size = checked ? 4 : 2,
                .info = checked ? &vmstate_info_int32_le : &vmstate_info_uint16,
            };
        }
        m->field.name = "member";
        *f++ = m->field;
    }
    *f = (VMStateField)VMSTATE_END_OF_LIST();
}

Shape *new_shape(int depth, bool in_element, Shape *base)
{
    Shape *shape = g_new0(Shape, 1);
    int i, slot = nshapes++;

    g_assert_cmpint(slot, <, MAX_SHAPES);
    shapes[slot] = shape;
    shape->base = base;
    shape->in_element = in_element;
    shape->size = sizeof(Header);
    shape->vmsd = (VMStateDescription){
        .name = base ? g_strdup_printf("%s/s%d", base->vmsd.name, slot)
                     : g_strdup_printf("shape%d", slot),
        .version_id = rnd(0, 4),
        .needed = base ? sub_is_needed : NULL,
        .pre_load = base ? NULL : pre_loads[slot],
        .pre_save = pre_save,
        .post_save = post_save,
        .subsections = shape->subs,
    };
    shape->nmembers = depth < 0 ? 1 : rnd(0, 7);
    shape->members = g_new0(Member, shape->nmembers);
    for (i = 0; i < shape->nmembers; i++) {
        random_member(shape, &shape->members[i], depth);
    }
    list_fields(shape);
    shape->vmsd.fields = shape->fields;
    if (depth > 0 && !rnd(0, 3) && nshapes < MAX_SHAPES - 10) {
        shape->sub = new_shape(depth - 1, in_element, shape);
        shape->subs[0] = &shape->sub->vmsd;
    }
    shape->size = ROUND_UP(shape->size, 8);
    return shape;
}

void free_shapes(void)
{
    while (nshapes) {
        Shape *shape = shapes[--nshapes];

        g_free((char *)shape->vmsd.name);
        g_free(shape->members);
        g_free(shape->fields);
        g_free(shape);
    }
}

/*** Objects. ***/

void *struct_at(const Member *m, void *obj, int i)
{
    char *at = (char *)obj + m->offset + i * m->field.size;

    return m->kind == STRUCT ? at : *(void **)at;
}

static void clear_object(const Shape *shape, void *obj);

void free_object(gpointer obj)
{
    clear_object(((Header *)obj)->shape, obj);
    g_free(obj);
}

void *new_object(const Shape *shape)
{
    void *obj = g_malloc0(shape->size);

    init_object(shape, obj);
    return obj;
}

static uint64_t key_of(const Header *key)
{
    const Member *m = &key->shape->members[0];

    return AT(key, m->offset, uint64_t);
}

static gint compare_keys(gconstpointer a, gconstpointer b, gpointer data)
{
    uint64_t ka = key_of(a), kb = key_of(b);

    return ka < kb ? -1 : ka > kb;
}

static gint compare_direct(gconstpointer a, gconstpointer b, gpointer data)
{
    return (uintptr_t)a < (uintptr_t)b ? -1 : (uintptr_t)a > (uintptr_t)b;
}

static void init_member(const Member *m, void *obj)
{
    int i;

    switch (m->kind) {
    case STRUCT:
        for (i = 0; i < m->count; i++) {
            init_object(m->shape, struct_at(m, obj, i));
        }
        break;
    case STRUCT_POINTER:
        AT(obj, m->offset, void *) = new_object(m->shape);
        break;
    case COUNTED:
        AT(obj, m->count_offset, int32_t) = MAX_COUNT;
        AT(obj, m->offset, void *) = g_malloc0(MAX_COUNT * m->field.size);
        break;
    case BITMAP:
        AT(obj, m->count_offset, int32_t) = BITS;
        AT(obj, m->offset, void *) = bitmap_new(BITS);
        break;
    case TAILQ:
        AT(obj, m->offset, QTailQLink).tql_prev =
            &AT(obj, m->offset, QTailQLink);
        break;
    case TREE:
        AT(obj, m->offset, GTree *) =
            g_tree_new_full(compare_keys, NULL, free_object, free_object);
        break;
    case DIRECT_TREE:
        AT(obj, m->offset, GTree *) =
            g_tree_new_full(compare_direct, NULL, NULL, free_object);
        break;
    default:
        break;
    }
}

static void init_object(const Shape *shape, void *obj)
{
    int i;

    if (!shape->base) {
        ((Header *)obj)->shape = (Shape *)shape;
    }
    for (i = 0; i < shape->nmembers; i++) {
        init_member(&shape->members[i], obj);
    }
    if (shape->sub) {
        init_object(shape->sub, obj);
    }
}

static void clear_member(const Member *m, void *obj)
{
    void *elem, *next;
    int i;

    switch (m->kind) {
    case STRUCT:
        for (i = 0; i < m->count; i++) {
            clear_object(m->shape, struct_at(m, obj, i));
        }
        break;
    case STRUCT_POINTER:
    case POINTERS:
        for (i = 0; i < m->count; i++) {
            if (struct_at(m, obj, i)) {
                free_object(struct_at(m, obj, i));
            }
        }
        break;
    case ALLOCATED:
    case ALLOCATED_BYTES:
    case COUNTED:
    case BITMAP:
        g_free(AT(obj, m->offset, void *));
        break;
    case TAILQ:
    case LIST:
        for (elem = AT(obj, m->offset, void *); elem; elem = next) {
            next = ((Header *)elem)->link[0];
            free_object(elem);
        }
        break;
    case TREE:
    case DIRECT_TREE:
        g_tree_unref(AT(obj, m->offset, GTree *));
        break;
    default:
        break;
    }
}

static void clear_object(const Shape *shape, void *obj)
{
    int i;

    for (i = 0; i < shape->nmembers; i++) {
        clear_member(&shape->members[i], obj);
    }
    if (shape->sub) {
        clear_object(shape->sub, obj);
    }
}
