/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QString: an immutable string as a QObject; see qobject/qobject.h.
 *
 * Modified UTF-8: U+0000 is the two bytes C0 80, so that a NUL always ends it.
 */
#ifndef QSTRING_H
#define QSTRING_H

#include "qobject/qobject.h"

struct QString {
    struct QObjectBase_ base;
    const char *string;
};

/* qobject_unref() as a function, which g_autoptr() needs. */
void qstring_unref(QString *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QString, qstring_unref)

/* A new empty string, or a copy of @str; the caller owns it. */
QString *qstring_new(void);
QString *qstring_from_str(const char *str);
/* A copy of the bytes of @str from @start up to and without @end. */
QString *qstring_from_substr(const char *str, size_t start, size_t end);
/* Takes over @gstr and its text. */
QString *qstring_from_gstring(GString *gstr);

/* The text; it lives as long as @qstring. */
const char *qstring_get_str(const QString *qstring);

#endif
