/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nested dictionaries written flat, with dotted keys, and back.
 *
 * { "a": { "b": 1 }, "l": [ 2, 3 ] } and { "a.b": 1, "l.0": 2, "l.1": 3 } say
 * the same. Option strings arrive flat; the interface schema is nested.
 */
#ifndef BLOCK_QDICT_H
#define BLOCK_QDICT_H

#include "qobject/qdict.h"

/*
 * A new nested value from the flat @src, which stays. A dot separates levels,
 * two dots are a dot in a key; a level whose keys are all 0, 1, ... n-1 is a
 * list. NULL and @errp when keys contradict each other.
 */
QObject *qdict_crumple(const QDict *src, Error **errp);

/* Makes @qdict flat in place. Empty containers stay as they are. */
void qdict_flatten(QDict *qdict);

/* If @dst lacks @key and @src has it, @dst gets a reference to it. */
void qdict_copy_default(QDict *dst, QDict *src, const char *key);
/* If @dst lacks @key, it becomes the string @val. */
void qdict_set_default_str(QDict *dst, const char *key, const char *val);

/*
 * Moves members from @src to @dest; those that @dest has already stay in @src
 * unless @overwrite.
 */
void qdict_join(QDict *dest, QDict *src, bool overwrite);

/*
 * Moves the members whose key begins with @start (which ends in a dot) into
 * the new *@dst, without that beginning. With @dst NULL they are dropped.
 */
void qdict_extract_subqdict(QDict *src, QDict **dst, const char *start);

/*
 * Moves "0", "1", ... or "0.x", "1.y", ... out of @src into the new list *@dst,
 * up to the first index that is missing or is there in both ways.
 */
void qdict_array_split(QDict *src, QList **dst);

/*
 * How many elements the array under the prefix @subqdict ("" or ending in a
 * dot) has; -EINVAL when there are other keys or an index is missing.
 */
int qdict_array_entries(QDict *src, const char *subqdict);

typedef struct QDictRenames {
    const char *from;
    const char *to;
} QDictRenames;

/* Renames keys; @renames ends with {}. Fails when both names are there. */
bool qdict_rename_keys(QDict *qdict, const QDictRenames *renames,
                       Error **errp);

/*
 * A visitor over the flat @qdict whose scalars may be strings or of their
 * right type, as it happens. NULL and @errp when the keys make no sense.
 */
Visitor *qobject_input_visitor_new_flat_confused(QDict *qdict, Error **errp);

#endif
