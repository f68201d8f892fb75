/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties as QObject values: what QMP's qom-get and qom-set exchange.
 *
 * The big lock is needed, as for all access to properties.
 */
#ifndef QEMU_QOM_QOBJECT_H
#define QEMU_QOM_QOBJECT_H

/* The value of a property, a new reference; NULL with @errp set. */
struct QObject *object_property_get_qobject(Object *obj, const char *name,
                                            struct Error **errp);

/* Writes @value, whose reference stays the caller's. True on success. */
bool object_property_set_qobject(Object *obj, const char *name,
                                 struct QObject *value, struct Error **errp);

#endif
