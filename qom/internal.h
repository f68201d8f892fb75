/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sources of qom/ share, and nobody else sees.
 */
#ifndef QOM_INTERNAL_H
#define QOM_INTERNAL_H

#include "qom/object.h"

/*
 * A registered type. It is linked to its parent and sized at the first use of
 * its name, and gets its class at the first use of that.
 */
typedef struct TypeImpl TypeImpl;
struct TypeImpl {
    TypeInfo info; /* strings and interfaces are ours */
    TypeImpl *next, *bucket_next;

    /* Others than the thread that makes it wait for @class_ready. */
    ObjectClass *class;
    bool class_ready;

    /* Valid once @linked. */
    bool linked;
    unsigned depth;
    TypeImpl *parent;
    TypeImpl **ancestors; /* by depth, the last is the type itself */
    TypeImpl **interfaces; /* what info.interfaces names, NULL at the end */
};

/* The type of a name, linked, or NULL; @load also asks for modules. */
TypeImpl *type_find(const char *name);
TypeImpl *type_find_or_load(const char *name, Error **errp);
/* Makes the class unless it is there. Any thread, as the above. */
ObjectClass *type_class(TypeImpl *type);
/* Both are linked. */
bool type_is_a(const TypeImpl *type, const TypeImpl *ancestor);
/* The roots, which are always there. */
extern TypeImpl *type_object, *type_interface;

/* What a property is, where the rest of qom/ has to know. */
enum {
    PROP_PLAIN,
    PROP_CHILD,
    PROP_LINK,
    PROP_ALIAS,
    PROP_ENUM,
};

/* From the oldest to the newest. */
#define PROPERTY_FOREACH(prop, table)                                         \
    for ((prop) = (table) ? (table)->first : NULL; (prop);                    \
         (prop) = (prop)->next)

/*
 * Properties by name, in the order of their adding. An instance has none
 * until its first property; a class always has one, which leads to that of
 * its parent class.
 */
typedef struct PropertyTable PropertyTable;
struct PropertyTable {
    ObjectProperty *first, *last;
    ObjectProperty **buckets; /* NULL while there are only a few */
    uint32_t count;
    uint32_t mask;
    /* How many have an init, and a release: 0 saves looking. */
    uint32_t with_init;
    uint32_t with_release;
    PropertyTable *parent;
    GHashTable *numberings; /* of "[*]" names, see property-table.c */
};

PropertyTable *property_table_new(PropertyTable *parent);
/* It must be empty. */
void property_table_free(PropertyTable *table);
uint32_t property_hash(const char *name);
/* Looks in @table, not in its parents. NULL is an empty table. */
ObjectProperty *property_table_find(const PropertyTable *table,
                                    const char *name, uint32_t hash);
/* Looks in @table and its parents. */
ObjectProperty *property_table_find_up(const PropertyTable *table,
                                       const char *name, uint32_t hash);
/* The caller knows that the name is free. */
ObjectProperty *property_table_add(PropertyTable *table, const char *name,
                                   const char *type, uint32_t hash);
/* Takes it out and frees it, without calling its release. */
void property_table_remove(PropertyTable *table, ObjectProperty *prop);

/*
 * Numbers for names "BASE[*]" in @obj, the lowest free one first: calls
 * object_property_find() for each candidate. g_free() the name.
 */
char *property_next_name(Object *obj, const char *pattern);

/* Runs the release of a property of the object's own and removes it. */
void object_delete_property(Object *obj, ObjectProperty *prop);
/* All of them, and the releases of class properties. */
void object_delete_all_properties(Object *obj);
/* Gives class properties their default values. */
void object_init_class_properties(Object *obj);
/* Drops the last reference's object; the count is 0. */
void object_finalize(Object *obj);

/* Sets a link to an object, without the way through its path. */
bool object_link_set_target(Object *obj, ObjectProperty *prop, Object *target,
                            Error **errp);

/* Takes a string out of @args, which the caller g_free()s; or NULL, @errp. */
char *take_string_arg(QDict *args, const char *key, Error **errp);

#endif
