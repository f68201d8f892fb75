/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of properties of an object or a class.
 *
 * Most tables are small, so up to eight properties are just a list in which
 * the hashes are compared; beyond that there are buckets, doubled when they
 * fill up. The list keeps the order of adding for everyone who walks, and
 * makes removal O(1). A property and its strings are one piece of memory.
 */
#include "qemu/osdep.h"
#include "qobject/qobject.h"
#include "qom/internal.h"

#define FEW 8

PropertyTable *property_table_new(PropertyTable *parent)
{
    PropertyTable *table = g_new0(PropertyTable, 1);

    table->parent = parent;
    return table;
}

void property_table_free(PropertyTable *table)
{
    assert(!table->first);
    g_free(table->buckets);
    if (table->numberings) {
        g_hash_table_destroy(table->numberings);
    }
    g_free(table);
}

/* FNV-1a, with the high bits folded in since the mask takes the low ones. */
uint32_t property_hash(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++) {
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    }
    return hash ^ hash >> 15;
}

ObjectProperty *property_table_find(const PropertyTable *table,
                                    const char *name, uint32_t hash)
{
    ObjectProperty *prop;

    if (!table) {
        return NULL;
    }
    if (!table->buckets) {
        PROPERTY_FOREACH(prop, table)
        {
            if (prop->hash == hash && !strcmp(prop->name, name)) {
                return prop;
            }
        }
        return NULL;
    }
    for (prop = table->buckets[hash & table->mask]; prop;
         prop = prop->bucket_next) {
        if (prop->hash == hash && !strcmp(prop->name, name)) {
            return prop;
        }
    }
    return NULL;
}

ObjectProperty *property_table_find_up(const PropertyTable *table,
                                       const char *name, uint32_t hash)
{
    for (; table; table = table->parent) {
        ObjectProperty *prop = property_table_find(table, name, hash);

        if (prop) {
            return prop;
        }
    }
    return NULL;
}

static void bucket_insert(PropertyTable *table, ObjectProperty *prop)
{
    ObjectProperty **bucket = &table->buckets[prop->hash & table->mask];

    prop->bucket_next = *bucket;
    *bucket = prop;
}

static void bucket_remove(PropertyTable *table, ObjectProperty *prop)
{
    ObjectProperty **p = &table->buckets[prop->hash & table->mask];

    while (*p != prop) {
        p = &(*p)->bucket_next;
    }
    *p = prop->bucket_next;
}

static void grow_buckets(PropertyTable *table)
{
    uint32_t size = table->buckets ? 2 * (table->mask + 1) : 4 * FEW;
    ObjectProperty *prop;

    g_free(table->buckets);
    table->buckets = g_new0(ObjectProperty *, size);
    table->mask = size - 1;
    PROPERTY_FOREACH(prop, table)
    {
        bucket_insert(table, prop);
    }
}

ObjectProperty *property_table_add(PropertyTable *table, const char *name,
                                   const char *type, uint32_t hash)
{
    size_t name_size = strlen(name) + 1, type_size = strlen(type) + 1;
    ObjectProperty *prop = g_malloc(sizeof(*prop) + name_size + type_size);

    *prop = (ObjectProperty){
        .name = memcpy(prop + 1, name, name_size),
        .type = memcpy((char *)(prop + 1) + name_size, type, type_size),
        .table = table,
        .prev = table->last,
        .hash = hash,
    };
    if (table->last) {
        table->last->next = prop;
    } else {
        table->first = prop;
    }
    table->last = prop;
    table->count++;

    if (table->buckets ? table->count > table->mask : table->count > FEW) {
        grow_buckets(table);
    } else if (table->buckets) {
        bucket_insert(table, prop);
    }
    return prop;
}

static void number_is_free(PropertyTable *table, const char *name);

void property_table_remove(PropertyTable *table, ObjectProperty *prop)
{
    if (table->buckets) {
        bucket_remove(table, prop);
    }
    *(prop->prev ? &prop->prev->next : &table->first) = prop->next;
    *(prop->next ? &prop->next->prev : &table->last) = prop->prev;
    table->count--;
    if (table->numberings) {
        number_is_free(table, prop->name);
    }
    qobject_unref(prop->defval);
    g_free(prop->description);
    g_free(prop);
}

/*
 * Names "BASE[*]". All numbers below @next have been given out or found
 * taken; those that became free since then are in the heap. A number in the
 * heap may have been taken by its full name meanwhile, so that each is
 * checked when it comes out.
 */
typedef struct Numbering {
    unsigned next;
    GArray *heap; /* of unsigned, the least one first */
} Numbering;

static void numbering_free(void *opaque)
{
    Numbering *n = opaque;

    g_array_free(n->heap, true);
    g_free(n);
}

static Numbering *numbering_of(PropertyTable *table, const char *base)
{
    Numbering *n;

    if (!table->numberings) {
        table->numberings = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                  g_free, numbering_free);
    }
    n = g_hash_table_lookup(table->numberings, base);
    if (!n) {
        n = g_new0(Numbering, 1);
        n->heap = g_array_new(false, false, sizeof(unsigned));
        g_hash_table_insert(table->numberings, g_strdup(base), n);
    }
    return n;
}

static void heap_push(GArray *heap, unsigned value)
{
    unsigned *v, i = heap->len;

    g_array_append_val(heap, value);
    v = (unsigned *)(void *)heap->data;
    for (; i && v[(i - 1) / 2] > value; i = (i - 1) / 2) {
        v[i] = v[(i - 1) / 2];
    }
    v[i] = value;
}

static unsigned heap_pop(GArray *heap)
{
    unsigned *v = (unsigned *)(void *)heap->data;
    unsigned least = v[0], n = heap->len - 1, last = v[n], i = 0, child;

    while ((child = 2 * i + 1) < n) {
        if (child + 1 < n && v[child + 1] < v[child]) {
            child++;
        }
        if (v[child] >= last) {
            break;
        }
        v[i] = v[child];
        i = child;
    }
    v[i] = last;
    g_array_set_size(heap, n);
    return least;
}

/* Notes the number of a name "BASE[N]" that goes away, if it is one. */
static void number_is_free(PropertyTable *table, const char *name)
{
    size_t len = strlen(name);
    const char *open;
    g_autofree char *base = NULL;
    Numbering *n;
    unsigned long number;
    char *end;

    if (!len || name[len - 1] != ']' || !(open = strrchr(name, '[')) ||
        !g_ascii_isdigit(open[1]) || (open[1] == '0' && open[2] != ']')) {
        return;
    }
    base = g_strndup(name, open - name);
    n = g_hash_table_lookup(table->numberings, base);
    errno = 0;
    number = strtoul(open + 1, &end, 10);
    if (!n || errno || end != name + len - 1 || number >= n->next) {
        return;
    }
    if (n->heap->len > n->next) {
        /* Full of stale entries: start anew rather than grow. */
        g_array_set_size(n->heap, 0);
        n->next = 0;
    } else {
        heap_push(n->heap, number);
    }
}

/* Most bases are used once: number 0 needs nothing that remembers numbers. */
static char *first_name(Object *obj, const char *base)
{
    GHashTable *numberings = obj->properties->numberings;
    char *name;

    if (numberings && g_hash_table_contains(numberings, base)) {
        return NULL;
    }
    name = g_strconcat(base, "[0]", NULL);
    if (object_property_find(obj, name)) {
        g_free(name);
        return NULL;
    }
    return name;
}

char *property_next_name(Object *obj, const char *pattern)
{
    g_autofree char *base = g_strndup(pattern, strlen(pattern) - 3);
    char *name;
    Numbering *n;

    if (!obj->properties) {
        obj->properties = property_table_new(NULL);
    }
    name = first_name(obj, base);
    if (name) {
        return name;
    }
    n = numbering_of(obj->properties, base);
    for (;;) {
        unsigned i = n->heap->len ? heap_pop(n->heap) : n->next++;

        name = g_strdup_printf("%s[%u]", base, i);
        if (!object_property_find(obj, name)) {
            return name;
        }
        g_free(name);
    }
}
