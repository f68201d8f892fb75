/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One QObject from a string, and back. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/json-parser.h"
#include "qobject/json-writer.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

typedef struct OneValue {
    QObject *value;
    Error *err;
} OneValue;

/* Keeps the only value or the first error. */
static void take_value(void *opaque, QObject *json, Error *err)
{
    OneValue *one = opaque;

    if (one->value) {
        qobject_unref(one->value);
        one->value = NULL;
        error_setg(&one->err, "Expecting at most one JSON value");
    }
    if (one->err) {
        qobject_unref(json);
        error_free(err);
        return;
    }
    one->value = json;
    one->err = err;
}

static QObject *parse(const char *string, va_list *ap, Error **errp)
{
    JSONMessageParser parser;
    OneValue one = { 0 };

    json_message_parser_init(&parser, take_value, &one, ap);
    json_message_parser_feed(&parser, string, strlen(string));
    json_message_parser_flush(&parser);
    json_message_parser_destroy(&parser);

    if (!one.value && !one.err) {
        error_setg(&one.err, "Expecting a JSON value");
    }
    error_propagate(errp, one.err);
    return one.value;
}

QObject *qobject_from_json(const char *string, Error **errp)
{
    return parse(string, NULL, errp);
}

QObject *qobject_from_vjsonf_nofail(const char *string, va_list ap)
{
    QObject *obj;
    va_list copy;

    /* An array type cannot be passed on by address. */
    va_copy(copy, ap);
    obj = parse(string, &copy, &error_abort);
    va_end(copy);
    return obj;
}

QObject *qobject_from_jsonf_nofail(const char *string, ...)
{
    QObject *obj;
    va_list ap;

    va_start(ap, string);
    obj = qobject_from_vjsonf_nofail(string, ap);
    va_end(ap);
    return obj;
}

QDict *qdict_from_vjsonf_nofail(const char *string, va_list ap)
{
    QDict *qdict = qobject_to(QDict, qobject_from_vjsonf_nofail(string, ap));

    assert(qdict);
    return qdict;
}

QDict *qdict_from_jsonf_nofail(const char *string, ...)
{
    QDict *qdict;
    va_list ap;

    va_start(ap, string);
    qdict = qdict_from_vjsonf_nofail(string, ap);
    va_end(ap);
    return qdict;
}

static void write_num(JSONWriter *writer, const char *name, const QNum *qn)
{
    switch (qn->kind) {
    case QNUM_I64:
        json_writer_int64(writer, name, qn->u.i64);
        break;
    case QNUM_U64:
        json_writer_uint64(writer, name, qn->u.u64);
        break;
    case QNUM_DOUBLE:
        json_writer_double(writer, name, qn->u.dbl);
        break;
    }
}

static void write_obj(JSONWriter *writer, const char *name, const QObject *obj);

static void write_dict(JSONWriter *writer, const char *name, const QDict *qdict)
{
    const QDictEntry *e;

    json_writer_start_object(writer, name);
    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        write_obj(writer, qdict_entry_key(e), qdict_entry_value(e));
    }
    json_writer_end_object(writer);
}

static void write_list(JSONWriter *writer, const char *name, const QList *qlist)
{
    const QListEntry *e;

    json_writer_start_array(writer, name);
    QLIST_FOREACH_ENTRY(qlist, e) {
        write_obj(writer, NULL, qlist_entry_obj(e));
    }
    json_writer_end_array(writer);
}

static void write_obj(JSONWriter *writer, const char *name, const QObject *obj)
{
    switch (qobject_type(obj)) {
    case QTYPE_QNULL:
        json_writer_null(writer, name);
        break;
    case QTYPE_QNUM:
        write_num(writer, name, qobject_to(QNum, obj));
        break;
    case QTYPE_QSTRING:
        json_writer_str(writer, name,
                        qstring_get_str(qobject_to(QString, obj)));
        break;
    case QTYPE_QDICT:
        write_dict(writer, name, qobject_to(QDict, obj));
        break;
    case QTYPE_QLIST:
        write_list(writer, name, qobject_to(QList, obj));
        break;
    case QTYPE_QBOOL:
        json_writer_bool(writer, name, qbool_get_bool(qobject_to(QBool, obj)));
        break;
    default:
        g_assert_not_reached();
    }
}

GString *qobject_to_json_pretty(const QObject *obj, bool pretty)
{
    JSONWriter *writer = json_writer_new(pretty);

    write_obj(writer, NULL, obj);
    return json_writer_get_and_free(writer);
}

GString *qobject_to_json(const QObject *obj)
{
    return qobject_to_json_pretty(obj, false);
}
