/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object tree as text, for the human monitor: "info qom-tree",
 * "qom-list", and their completion.
 *
 * Text comes through a callback, so that the caller decides where it goes.
 * Needs the big lock.
 */
#ifndef QEMU_QOM_MONITOR_H
#define QEMU_QOM_MONITOR_H

#include "qom/object.h"

/*
 * object-add. Its arguments are not in the schema, so that the monitor
 * registers it by hand.
 */
void qmp_object_add(QDict *args, QObject **ret, Error **errp);

/* Takes a piece of text, which may hold several lines or a part of one. */
typedef void QomTextFn(void *opaque, const char *text);

/*
 * Prints @root and all below it, "/name (type)" per line and two more blanks
 * of indentation per level, beginning with @indent. Children are sorted by
 * name.
 */
void qom_tree_print(Object *root, int indent, QomTextFn *print, void *opaque);

/*
 * "info qom-tree [PATH]": the tree below @path, NULL for the machine's, "/"
 * for all. False with @errp set if there is no such object.
 */
bool qom_tree_print_path(const char *path, QomTextFn *print, void *opaque,
                         Error **errp);

/*
 * "qom-list [PATH]": "name (type)" per property, or "/" for NULL. False with
 * @errp set if there is no such object.
 */
bool qom_list_print(const char *path, QomTextFn *print, void *opaque,
                    Error **errp);

/*
 * Calls @add for each path, each property of the object at a path, or each id
 * of a user-made object that begins with @prefix.
 */
void qom_complete_path(const char *prefix, QomTextFn *add, void *opaque);
void qom_complete_property(const char *path, const char *prefix, QomTextFn *add,
                           void *opaque);
void qom_complete_user_object(const char *prefix, QomTextFn *add,
                              void *opaque);
/* The names of types that -object takes and that begin with @prefix. */
void qom_complete_user_type(const char *prefix, QomTextFn *add, void *opaque);

#endif
