/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What generated interface code and those who use it have in common: enum
 * tables, names, and the building of lists.
 *
 * The schema (the .json files of qapi/) is compiled into C types. An enum of
 * the schema comes with a QEnumLookup that maps its constants to the names on
 * the wire; a list type FOOList is a singly linked list with members 'next'
 * and 'value', which the QAPI_LIST_* macros put together and count.
 *
 * Nothing here keeps state: all of it may be called from any thread.
 */
#ifndef QAPI_UTIL_H
#define QAPI_UTIL_H

/* The features that the generated code itself acts on: bit numbers. */
typedef enum {
    QAPI_DEPRECATED,    /* will go away: subject to -compat deprecated-* */
    QAPI_UNSTABLE,      /* may change: subject to -compat unstable-* */
} QapiSpecialFeature;

/* The names of an enum type's constants 0 ... size - 1. */
typedef struct QEnumLookup {
    const char *const *array;       /* names; NULL marks a missing value */
    const uint64_t *const features; /* a mask for each value, or NULL */
    const int size;
} QEnumLookup;

/* The name of @val, which must be one of @lookup's values. Never NULL. */
const char *qapi_enum_lookup(const QEnumLookup *lookup, int val);

/*
 * The value whose name is @buf. Without @buf, or when no value has this name,
 * returns @def; in the latter case @errp is set too. Callers for which @def is
 * no valid value (say -1) thus need not look at the error.
 */
int qapi_enum_parse(const QEnumLookup *lookup, const char *buf, int def,
                    Error **errp);

/*
 * Understands "on", "yes", "true", "y" as true and "off", "no", "false", "n"
 * as false, in this case only. Stores it in @obj and returns true; otherwise
 * returns false with an error that names the parameter @name.
 */
bool qapi_bool_parse(const char *name, const char *value, bool *obj,
                     Error **errp);

/*
 * Length of the schema name at the start of @name: a letter, then letters,
 * digits, '-' and '_', all of it perhaps after a downstream prefix such as
 * "__com.example_". With @complete nothing may follow it. Returns -1 if there
 * is no such name.
 */
int parse_qapi_name(const char *name, bool complete);

/* Makes @element the first of @list (a variable). */
#define QAPI_LIST_PREPEND(list, element)                                \
    do {                                                                \
        typeof(list) node_ = g_malloc0(sizeof(*node_));                 \
                                                                        \
        node_->next = (list);                                           \
        node_->value = (element);                                       \
        (list) = node_;                                                 \
    } while (0)

/*
 * Adds @element at the end of a list. @tail is a variable that points at the
 * list's head at first, and at the last link from then on.
 */
#define QAPI_LIST_APPEND(tail, element)                                 \
    do {                                                                \
        typeof(*(tail)) node_ = g_malloc0(sizeof(*node_));              \
                                                                        \
        node_->value = (element);                                       \
        *(tail) = node_;                                                \
        (tail) = &node_->next;                                          \
    } while (0)

/* How many elements @list has. */
#define QAPI_LIST_LENGTH(list)                                          \
    ({                                                                  \
        size_t count_ = 0;                                              \
                                                                        \
        for (const typeof(*(list)) *at_ = (list); at_; at_ = at_->next) { \
            count_++;                                                   \
        }                                                               \
        count_;                                                         \
    })

#endif
