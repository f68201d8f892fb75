/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random descriptions of random structures (vmstate-shape.h).
 *
 * For each there is a writer of our own, which says what the stream is to be,
 * byte for byte. A structure is saved, loaded into another and written again;
 * then streams are cut and damaged, which must end in an error, or in a
 * structure that can be taken apart, whatever came.
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
#include "vmstate-shape.h"

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
    g_assert_cmpint(shapes_saving, ==, 0);
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
