/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From JSON text to QObject and back.
 *
 * The parser is strict (RFC 8259), with three extensions: strings may stand in
 * single quotes, \' is an escape, and the functions whose name has an f in it
 * replace conversions by their arguments, so that a value need not be quoted
 * by hand:
 *
 *   %s        a string              %p        a QObject, which is taken over
 *   %i        a bool (int)          %f        a number (double)
 *   %d %ld %lld, PRId64             a signed integer
 *   %u %lu %llu, PRIu64             an unsigned integer
 *   %%        inside a string, a percent sign
 *
 * They are for constants in the program: an error in the text is a bug, and
 * aborts. For a stream of values see qobject/json-parser.h.
 */
#ifndef QJSON_H
#define QJSON_H

/* The one value that @string holds; NULL and @errp if it is not just that. */
QObject *qobject_from_json(const char *string, Error **errp);

QObject *qobject_from_vjsonf_nofail(const char *string, va_list ap)
    G_GNUC_PRINTF(1, 0);
QObject *qobject_from_jsonf_nofail(const char *string, ...)
    G_GNUC_PRINTF(1, 2);
QDict *qdict_from_vjsonf_nofail(const char *string, va_list ap)
    G_GNUC_PRINTF(1, 0);
QDict *qdict_from_jsonf_nofail(const char *string, ...)
    G_GNUC_PRINTF(1, 2);

/*
 * @obj as JSON text in ASCII, on one line or (@pretty) on many. The caller
 * frees it with g_string_free(). Bytes that are not UTF-8 become U+FFFD.
 */
GString *qobject_to_json(const QObject *obj);
GString *qobject_to_json_pretty(const QObject *obj, bool pretty);

#endif
