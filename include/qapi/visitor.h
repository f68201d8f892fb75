/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Visitors: one walk over a value of an interface type, many uses.
 *
 * The generator writes for each type FOO of the schema
 *     bool visit_type_FOO(Visitor *v, const char *name, FOO **obj, Error **);
 * which tells @v, member by member, what FOO consists of. What then happens is
 * the visitor's affair: an input visitor builds *@obj out of something
 * (QObject, string, options), an output visitor writes it as something, the
 * clone visitor copies it, the dealloc visitor frees it.
 *
 * The same walk can be done by hand without any C structure ("virtual"), with
 * NULL for the structure:
 *     visit_start_struct(v, NULL, NULL, 0, errp)
 *       visit_type_int(v, "size", &size, errp)
 *       visit_start_list(v, "list", NULL, 0, errp) ... visit_end_list(v, NULL)
 *       visit_check_struct(v, errp)
 *     visit_end_struct(v, NULL)
 *
 * Everywhere: @name is the member's name inside a structure, NULL inside a
 * list, ignored at the top. Only input visitors fail; then the function
 * returns false, sets @errp and a pointer *@obj to NULL. A visitor serves one
 * visit: create, visit, visit_complete() for output, visit_free() always.
 */
#ifndef QAPI_VISITOR_H
#define QAPI_VISITOR_H

#include "qapi/qapi-builtin-types.h"
#include "qapi/qapi-types-compat.h"

/* What each generated list type looks like. */
typedef struct GenericList {
    struct GenericList *next;
    char padding[];
} GenericList;

/* What each generated alternate type begins with. */
typedef struct GenericAlternate {
    QType type;
    char padding[];
} GenericAlternate;

/*
 * Ends a visit that succeeded, and hands the result over. @opaque is the
 * pointer that an output visitor was created with, NULL for other visitors.
 */
void visit_complete(Visitor *v, void *opaque);

/* Frees @v, whatever became of the visit; NULL is allowed. */
void visit_free(Visitor *v);

/*
 * Structures. An input or clone visitor allocates @size bytes for *@obj. After
 * a successful start the members are visited; visit_check_struct() then fails
 * if the input had more than that. visit_end_struct() with the same @obj
 * always follows a successful start, also when a member failed.
 */
bool visit_start_struct(Visitor *v, const char *name, void **obj,
                        size_t size, Error **errp);
bool visit_check_struct(Visitor *v, Error **errp);
void visit_end_struct(Visitor *v, void **obj);

/*
 * Lists. *@list becomes the first element, of @size bytes, or NULL when the
 * list is empty; visit_next_list() makes or finds the one after @tail, NULL at
 * the end. Each element's value is visited with the name NULL. Check and end
 * as for structures. Some visitors need @list (no virtual walk): they say so.
 */
bool visit_start_list(Visitor *v, const char *name, GenericList **list,
                      size_t size, Error **errp);
GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size);
bool visit_check_list(Visitor *v, Error **errp);
void visit_end_list(Visitor *v, void **list);

/*
 * Alternates. An input visitor allocates *@obj and stores the type of what
 * comes next in it; the caller visits the branch that this selects, under the
 * same name, and ends.
 */
bool visit_start_alternate(Visitor *v, const char *name,
                           GenericAlternate **obj, size_t size,
                           Error **errp);
void visit_end_alternate(Visitor *v, void **obj);

/*
 * Whether the optional member @name is to be visited: an input visitor sets
 * *@present, others leave it. Its value is *@present.
 */
bool visit_optional(Visitor *v, const char *name, bool *present);

/*
 * Deprecated and unstable members: whether policy forbids @name as input
 * (then @errp is set), and whether output leaves it out. @features is a bit
 * set of QapiFeature.
 */
bool visit_policy_reject(Visitor *v, const char *name, uint64_t features,
                         Error **errp);
bool visit_policy_skip(Visitor *v, const char *name, uint64_t features);

/* The policy that the two functions above follow; it is copied. */
void visit_set_policy(Visitor *v, CompatPolicy *policy);

/* An enumeration: text outside, the index into @lookup inside. */
bool visit_type_enum(Visitor *v, const char *name, int *obj,
                     const QEnumLookup *lookup, Error **errp);

/* What kind of visitor @v is. */
bool visit_is_input(Visitor *v);
bool visit_is_dealloc(Visitor *v);

/*
 * Integers. *@obj is set by input visitors, which refuse values that do not
 * fit the type, and read by others.
 */
bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp);
bool visit_type_uint8(Visitor *v, const char *name, uint8_t *obj,
                      Error **errp);
bool visit_type_uint16(Visitor *v, const char *name, uint16_t *obj,
                       Error **errp);
bool visit_type_uint32(Visitor *v, const char *name, uint32_t *obj,
                       Error **errp);
bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                       Error **errp);
bool visit_type_int8(Visitor *v, const char *name, int8_t *obj, Error **errp);
bool visit_type_int16(Visitor *v, const char *name, int16_t *obj,
                      Error **errp);
bool visit_type_int32(Visitor *v, const char *name, int32_t *obj,
                      Error **errp);
bool visit_type_int64(Visitor *v, const char *name, int64_t *obj,
                      Error **errp);
/* A number of bytes: as uint64, but text may have a suffix such as "4G". */
bool visit_type_size(Visitor *v, const char *name, uint64_t *obj,
                     Error **errp);

bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp);

/*
 * A string. Input visitors allocate it, and never make it NULL; output
 * visitors take NULL for "".
 */
bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp);

/* A double. */
bool visit_type_number(Visitor *v, const char *name, double *obj,
                       Error **errp);

/* Any QObject; input visitors give a reference to the caller. */
bool visit_type_any(Visitor *v, const char *name, QObject **obj,
                    Error **errp);

/* JSON's null. */
bool visit_type_null(Visitor *v, const char *name, QNull **obj,
                     Error **errp);

#endif
