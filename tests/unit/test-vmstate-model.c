/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random descriptions of random structures.
 *
 * A Shape is a struct that is made up at run time: its members, and with them
 * its description. For each there is a writer of our own, which says what the
 * stream is to be, byte for byte. A structure is saved, loaded into another and
 * written again; then streams are cut and damaged, which must end in an error,
 * or in a structure that can be taken apart, whatever came.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/queue.h"
#include "qobject/json-writer.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "vmstate-helpers.h"

#define MAX_COUNT  5
#define MAX_SHAPES 64
#define BITS       150

typedef enum Kind {
    NUMBER, /* one or several */
    BUFFER,
    UNUSED,
    STRUCT,    /* one or several */
    ALLOCATED, /* a count, and numbers that loading allocates */
    ALLOCATED_BYTES,
    TAILQ,
    LIST,
    TREE,
    DIRECT_TREE,
    ELEMENT_KINDS, /* not in elements of lists: nobody would free them */
    STRUCT_POINTER = ELEMENT_KINDS,
    POINTERS, /* to structs; some are NULL */
    COUNTED,  /* a count that is checked, and numbers */
    BITMAP,
    KINDS
} Kind;

typedef struct Shape Shape;

typedef struct Member {
    Kind kind;
    size_t offset, count_offset;
    int number; /* index in numbers[] */
    int count;
    Shape *shape, *key;
    VMStateField field;
} Member;

/* What every struct begins with. */
typedef struct Header {
    uint8_t flags; /* they decide what may be absent */
    void *link[2]; /* of a list */
    Shape *shape;  /* once it is initialized */
} Header;

struct Shape {
    VMStateDescription vmsd;
    VMStateDescription pair[2]; /* in a tree: the value's, the key's */
    Shape *base;                /* of a subsection: whose struct it is in */
    Shape *sub;                 /* a subsection, or NULL */
    const VMStateDescription *subs[2];
    bool in_element;
    size_t size;
    int nmembers;
    Member *members;
    VMStateField *fields;
};

static const struct {
    const VMStateInfo *info;
    size_t size;
} numbers[] = {
    { &vmstate_info_int8, 1 },  { &vmstate_info_uint8, 1 },
    { &vmstate_info_int16, 2 }, { &vmstate_info_uint16, 2 },
    { &vmstate_info_int32, 4 }, { &vmstate_info_uint32, 4 },
    { &vmstate_info_int64, 8 }, { &vmstate_info_uint64, 8 },
    { &vmstate_info_bool, 1 },
};
#define NUMBER_UINT64 7
#define NUMBER_BOOL   8

static int rnd(int low, int high)
{
    return g_test_rand_int_range(low, high);
}

/*** Callbacks. ***/

static bool flag_is_set(void *opaque, int version_id)
{
    return ((Header *)opaque)->flags & 1;
}

static bool sub_is_needed(void *opaque)
{
    return ((Header *)opaque)->flags & 2;
}

static int saving;

static int pre_save(void *opaque)
{
    saving++;
    return 0;
}

static int post_save(void *opaque)
{
    saving--;
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
    PRE_LOAD_1(n##1) PRE_LOAD_1(n##2) PRE_LOAD_1(n##3) PRE_LOAD_1(n##4)        \
        PRE_LOAD_1(n##5) PRE_LOAD_1(n##6) PRE_LOAD_1(n##7)
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

static Shape *new_shape(int depth, bool in_element, Shape *base);

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

static bool has_count(Kind kind)
{
    return kind == ALLOCATED || kind == ALLOCATED_BYTES || kind == COUNTED;
}

static void random_member(Shape *shape, Member *m, int depth)
{
    *m = (Member){ .kind = rnd(0, shape->in_element ? ELEMENT_KINDS : KINDS),
                   .number = rnd(0, ARRAY_SIZE(numbers)),
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

static Shape *new_shape(int depth, bool in_element, Shape *base)
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

static void free_shapes(void)
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

#define AT(obj, off, type) (*(type *)((char *)(obj) + (off)))

static void *struct_at(const Member *m, void *obj, int i)
{
    char *at = (char *)obj + m->offset + i * m->field.size;

    return m->kind == STRUCT ? at : *(void **)at;
}

static void clear_object(const Shape *shape, void *obj);

static void free_object(gpointer obj)
{
    clear_object(((Header *)obj)->shape, obj);
    g_free(obj);
}

static void *new_object(const Shape *shape)
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

/*** Random contents. ***/

static void fill_object(const Shape *shape, void *obj);

static void fill_bytes(void *at, size_t size)
{
    while (size--) {
        ((uint8_t *)at)[size] = rnd(0, 256);
    }
}

static void fill_numbers(const Member *m, void *at, int count)
{
    fill_bytes(at, count * numbers[m->number].size);
    while (m->number == NUMBER_BOOL && count--) {
        ((uint8_t *)at)[count] &= 1;
    }
}

static void fill_container(const Member *m, void *obj)
{
    int i, n = rnd(0, MAX_COUNT);

    for (i = 0; i < n; i++) {
        void *elem = new_object(m->shape), *key;

        fill_object(m->shape, elem);
        if (m->kind == TAILQ) {
            QTAILQ_RAW_INSERT_TAIL((char *)obj + m->offset, elem,
                                   offsetof(Header, link));
        } else if (m->kind == LIST) {
            QLIST_RAW_INSERT_HEAD((char *)obj + m->offset, elem,
                                  offsetof(Header, link));
        } else if (m->kind == TREE) {
            key = new_object(m->key);
            fill_object(m->key, key);
            g_tree_insert(AT(obj, m->offset, GTree *), key, elem);
        } else {
            g_tree_insert(AT(obj, m->offset, GTree *),
                          (void *)(uintptr_t)rnd(0, INT_MAX), elem);
        }
    }
}

static void fill_member(const Member *m, void *obj)
{
    int i, n = rnd(0, MAX_COUNT + 1);
    void **where = &AT(obj, m->offset, void *);

    switch (m->kind) {
    case NUMBER:
        fill_numbers(m, where, m->count);
        break;
    case BUFFER:
        fill_bytes(where, m->field.size);
        break;
    case UNUSED:
        break;
    case POINTERS:
        for (i = 0; i < m->count; i++) {
            where[i] = rnd(0, 3) ? new_object(m->shape) : NULL;
        }
        __attribute__((fallthrough));
    case STRUCT:
    case STRUCT_POINTER:
        for (i = 0; i < m->count; i++) {
            if (struct_at(m, obj, i)) {
                fill_object(m->shape, struct_at(m, obj, i));
            }
        }
        break;
    case ALLOCATED:
        AT(obj, m->count_offset, uint16_t) = n;
        *where = n ? g_malloc0(n * m->field.size) : NULL;
        fill_numbers(m, *where, n);
        break;
    case ALLOCATED_BYTES:
        AT(obj, m->count_offset, uint16_t) = n * 100;
        *where = n ? g_malloc0(n * 100) : NULL;
        fill_bytes(*where, n * 100);
        break;
    case COUNTED:
        AT(obj, m->count_offset, int32_t) = n;
        fill_numbers(m, *where, n);
        break;
    case BITMAP:
        for (i = 0; i < BITS; i++) {
            if (rnd(0, 2)) {
                set_bit(i, *where);
            }
        }
        break;
    default:
        fill_container(m, obj);
        break;
    }
}

static void fill_object(const Shape *shape, void *obj)
{
    int i;

    if (!shape->base) {
        ((Header *)obj)->flags = rnd(0, 256);
    }
    for (i = 0; i < shape->nmembers; i++) {
        fill_member(&shape->members[i], obj);
    }
    if (shape->sub) {
        fill_object(shape->sub, obj);
    }
}

/* Gives @to the pointers that @from has: loading follows what is there. */
static void match_pointers(const Shape *shape, void *to, void *from)
{
    int i, j;

    for (i = 0; i < shape->nmembers; i++) {
        const Member *m = &shape->members[i];

        if (m->kind != STRUCT && m->kind != STRUCT_POINTER &&
            m->kind != POINTERS) {
            continue;
        }
        for (j = 0; j < m->count; j++) {
            if (!struct_at(m, from, j)) {
                continue;
            }
            if (m->kind == POINTERS) {
                (&AT(to, m->offset, void *))[j] = new_object(m->shape);
            }
            match_pointers(m->shape, struct_at(m, to, j),
                           struct_at(m, from, j));
        }
    }
    if (shape->sub) {
        match_pointers(shape->sub, to, from);
    }
}

/*** The writer: what the stream is to be. ***/

static bool has_containers;

static void write_object(GByteArray *w, const Shape *shape, void *obj,
                         int version);

static void write_byte(GByteArray *w, uint8_t byte)
{
    g_byte_array_append(w, &byte, 1);
}

static void write_be(GByteArray *w, uint64_t value, int size)
{
    while (size--) {
        write_byte(w, value >> (8 * size));
    }
}

static void write_numbers(GByteArray *w, const Member *m, void *at, int count)
{
    int i, size = numbers[m->number].size;

    for (i = 0; i < count; i++) {
        uint64_t value = 0;

        memcpy(&value, (char *)at + i * size, size);
        write_be(w, value, size);
    }
}

typedef struct WriteTree {
    GByteArray *w;
    const Member *m;
} WriteTree;

static gboolean write_node(gpointer key, gpointer value, gpointer opaque)
{
    WriteTree *t = opaque;
    int version = t->m->shape->vmsd.version_id;

    write_byte(t->w, 1);
    if (t->m->kind == TREE) {
        write_object(t->w, t->m->key, key, version);
    } else {
        write_be(t->w, (uintptr_t)key, 8);
    }
    write_object(t->w, t->m->shape, value, version);
    return false;
}

static void write_container(GByteArray *w, const Member *m, void *obj)
{
    has_containers = true;
    if (m->kind == TAILQ || m->kind == LIST) {
        Header *elem = AT(obj, m->offset, void *);

        for (; elem; elem = elem->link[0]) {
            write_byte(w, 1);
            write_object(w, m->shape, elem, m->shape->vmsd.version_id);
        }
    } else {
        GTree *tree = AT(obj, m->offset, GTree *);
        WriteTree t = { w, m };

        write_be(w, g_tree_nnodes(tree), 4);
        g_tree_foreach(tree, write_node, &t);
    }
    write_byte(w, 0);
}

static void write_member(GByteArray *w, const Member *m, void *obj)
{
    void **where = &AT(obj, m->offset, void *);
    int i;

    switch (m->kind) {
    case NUMBER:
        write_numbers(w, m, where, m->count);
        break;
    case BUFFER:
        g_byte_array_append(w, (uint8_t *)where, m->field.size);
        break;
    case UNUSED:
        for (i = 0; i < m->field.size; i++) {
            write_byte(w, 0);
        }
        break;
    case STRUCT:
    case STRUCT_POINTER:
    case POINTERS:
        for (i = 0; i < m->count; i++) {
            if (struct_at(m, obj, i)) {
                write_object(w, m->shape, struct_at(m, obj, i),
                             m->shape->vmsd.version_id);
            } else {
                write_byte(w, '0');
            }
        }
        break;
    case ALLOCATED:
        write_numbers(w, m, *where, AT(obj, m->count_offset, uint16_t));
        break;
    case ALLOCATED_BYTES:
        if (*where) {
            g_byte_array_append(w, *where, AT(obj, m->count_offset, uint16_t));
        }
        break;
    case COUNTED:
        write_numbers(w, m, *where, AT(obj, m->count_offset, int32_t));
        break;
    case BITMAP:
        for (i = 0; i < BITS; i += 64) {
            uint64_t word = 0;
            int bit;

            for (bit = i; bit < MIN(i + 64, BITS); bit++) {
                word |= (uint64_t) !!test_bit(bit, *where) << (bit - i);
            }
            write_be(w, word, 8);
        }
        break;
    default:
        write_container(w, m, obj);
        break;
    }
}

static void write_object(GByteArray *w, const Shape *shape, void *obj,
                         int version)
{
    const Header *head = obj;
    int i;

    if (!shape->base) {
        write_byte(w, head->flags);
    }
    for (i = 0; i < shape->nmembers; i++) {
        const Member *m = &shape->members[i];

        if (m->kind == COUNTED) {
            write_be(w, AT(obj, m->count_offset, int32_t), 4);
        } else if (has_count(m->kind)) {
            write_be(w, AT(obj, m->count_offset, uint16_t), 2);
        }
        if (m->field.field_exists ? head->flags & 1
                                  : m->field.version_id <= version) {
            write_member(w, m, obj);
        }
    }
    if (shape->sub && (head->flags & 2)) {
        const char *name = shape->sub->vmsd.name;

        write_byte(w, 5);
        write_byte(w, strlen(name));
        g_byte_array_append(w, (const uint8_t *)name, strlen(name));
        write_be(w, shape->sub->vmsd.version_id, 4);
        write_object(w, shape->sub, obj, shape->sub->vmsd.version_id);
    }
}

/*** Saving and loading. ***/

static GByteArray *save(const Shape *shape, void *obj, int version,
                        JSONWriter *vmdesc)
{
    GByteArray *got;

    g_assert_cmpint(
        save_to_bytes(&shape->vmsd, obj, version, vmdesc, &got, &error_abort),
        ==, 0);
    g_assert_cmpint(saving, ==, 0);
    return got;
}

static int load(const Shape *shape, void *obj, int version,
                const uint8_t *bytes, size_t size)
{
    return load_from_bytes(&shape->vmsd, obj, version, bytes, size);
}

/* The sizes of the fields, as the description of the stream has them. */
static int64_t described_size(QDict *desc)
{
    QList *fields = qdict_get_qlist(desc, "fields");
    const QListEntry *e;
    int64_t sum = 0;

    QLIST_FOREACH_ENTRY(fields, e) {
        QDict *field = qobject_to(QDict, qlist_entry_obj(e));

        sum += qdict_get_int(field, "size") *
               qdict_get_try_int(field, "array_len", 1);
    }
    return sum;
}

static void check_description(const Shape *shape, void *obj, int version,
                              size_t size)
{
    JSONWriter *writer = json_writer_new(false);
    g_autoptr(GByteArray) bytes = NULL;
    g_autoptr(GString) text = NULL;
    QDict *desc;

    json_writer_start_object(writer, NULL);
    bytes = save(shape, obj, version, writer);
    json_writer_end_object(writer);
    text = json_writer_get_and_free(writer);
    g_assert_cmpuint(bytes->len, ==, size);
    /* In lists a name occurs more than once, which the parser refuses. */
    if (!has_containers) {
        desc = qobject_to(QDict, qobject_from_json(text->str, &error_abort));
        g_assert_cmpstr(qdict_get_str(desc, "vmsd_name"), ==, shape->vmsd.name);
        if (!qdict_haskey(desc, "subsections")) {
            g_assert_cmpint(described_size(desc), ==, size);
        }
        qobject_unref(desc);
    }
}

static void damage(const Shape *shape, void *obj, int version,
                   const GByteArray *wire)
{
    g_autofree uint8_t *bytes = g_memdup2(wire->data, wire->len);
    void *to = new_object(shape);
    size_t size = wire->len;
    int i, n = rnd(0, 4);

    match_pointers(shape, to, obj);
    for (i = 0; i < n; i++) {
        bytes[rnd(0, size)] = rnd(0, 3) ? rnd(0, 256) : rnd(0, 6);
    }
    if (!n) {
        /* Without the 0 that ends it, too. */
        size = rnd(0, size);
        g_assert_cmpint(load(shape, to, version, bytes, size), <, 0);
    } else {
        load(shape, to, version, bytes, size);
    }
    free_object(to);
}

static void one_shape(void)
{
    Shape *shape = new_shape(3, false, NULL);
    int i, version = rnd(0, shape->vmsd.version_id + 1);
    g_autoptr(GByteArray) wire = g_byte_array_new();
    g_autoptr(GByteArray) got = NULL, again = g_byte_array_new();
    void *from = new_object(shape), *to = new_object(shape);

    fill_object(shape, from);
    match_pointers(shape, to, from);
    has_containers = false;
    write_object(wire, shape, from, version);

    got = save(shape, from, version, NULL);
    g_assert_cmpmem(got->data, got->len, wire->data, wire->len);
    check_description(shape, from, version, wire->len);

    /* A stream goes on; what comes next is looked at. */
    write_byte(wire, 0);
    g_assert_cmpint(load(shape, to, version, wire->data, wire->len), ==, 0);
    write_object(again, shape, to, version);
    g_assert_cmpmem(again->data, again->len, got->data, got->len);

    for (i = 0; i < 20; i++) {
        damage(shape, from, version, wire);
    }
    free_object(from);
    free_object(to);
    free_shapes();
}

static void test_random(void)
{
    int64_t end = g_get_monotonic_time() + 4 * G_USEC_PER_SEC;
    int i;

    for (i = 0; i < (g_test_thorough() ? 20000 : 400); i++) {
        one_shape();
        if (!g_test_thorough() && g_get_monotonic_time() > end) {
            break;
        }
    }
    g_test_message("%d shapes", i);
}

/* Thousands of messages about bad streams. */
static int swallow(const char *fmt, va_list ap)
{
    return 0;
}

static bool is_active(void)
{
    return true;
}

int main(int argc, char **argv)
{
    error_set_sink(swallow, is_active);
    module_call_init(MODULE_INIT_QOM);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vmstate-model/random", test_random);
    return g_test_run();
}
