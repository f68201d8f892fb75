/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing a property as a QObject, and as a value of a C type.
 *
 * All of these go through a QObject and its visitors, which convert where the
 * property's type and the caller's differ (an int property read as uint).
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "qobject/qbool.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qom/internal.h"
#include "qom/qom-qobject.h"

bool object_property_set_qobject(Object *obj, const char *name, QObject *value,
                                 Error **errp)
{
    Visitor *v = qobject_input_visitor_new(value);
    bool ok = object_property_set(obj, name, v, errp);

    visit_free(v);
    return ok;
}

QObject *object_property_get_qobject(Object *obj, const char *name,
                                     Error **errp)
{
    QObject *value = NULL;
    Visitor *v = qobject_output_visitor_new(&value);

    if (object_property_get(obj, name, v, errp)) {
        visit_complete(v, &value);
    }
    visit_free(v);
    return value;
}

/* Writes @value and drops the reference to it. */
static bool set_and_unref(Object *obj, const char *name, QObject *value,
                          Error **errp)
{
    bool ok = object_property_set_qobject(obj, name, value, errp);

    qobject_unref(value);
    return ok;
}

static void wrong_type(Error **errp, const char *name, const char *expected)
{
    error_setg(errp, "Invalid parameter type for '%s', expected: %s", name,
               expected);
}

bool object_property_set_str(Object *obj, const char *name, const char *value,
                             Error **errp)
{
    return set_and_unref(obj, name, QOBJECT(qstring_from_str(value)), errp);
}

char *object_property_get_str(Object *obj, const char *name, Error **errp)
{
    QObject *value = object_property_get_qobject(obj, name, errp);
    QString *string;
    char *result = NULL;

    if (value) {
        string = qobject_to(QString, value);
        if (string) {
            result = g_strdup(qstring_get_str(string));
        } else {
            wrong_type(errp, name, "string");
        }
        qobject_unref(value);
    }
    return result;
}

bool object_property_set_bool(Object *obj, const char *name, bool value,
                              Error **errp)
{
    return set_and_unref(obj, name, QOBJECT(qbool_from_bool(value)), errp);
}

bool object_property_get_bool(Object *obj, const char *name, Error **errp)
{
    QObject *value = object_property_get_qobject(obj, name, errp);
    QBool *qbool;
    bool result = false;

    if (value) {
        qbool = qobject_to(QBool, value);
        if (qbool) {
            result = qbool_get_bool(qbool);
        } else {
            wrong_type(errp, name, "boolean");
        }
        qobject_unref(value);
    }
    return result;
}

bool object_property_set_int(Object *obj, const char *name, int64_t value,
                             Error **errp)
{
    return set_and_unref(obj, name, QOBJECT(qnum_from_int(value)), errp);
}

int64_t object_property_get_int(Object *obj, const char *name, Error **errp)
{
    QObject *value = object_property_get_qobject(obj, name, errp);
    QNum *num;
    int64_t result = -1;

    if (value) {
        num = qobject_to(QNum, value);
        if (!num || !qnum_get_try_int(num, &result)) {
            wrong_type(errp, name, "int");
            result = -1;
        }
        qobject_unref(value);
    }
    return result;
}

bool object_property_set_uint(Object *obj, const char *name, uint64_t value,
                              Error **errp)
{
    return set_and_unref(obj, name, QOBJECT(qnum_from_uint(value)), errp);
}

uint64_t object_property_get_uint(Object *obj, const char *name, Error **errp)
{
    QObject *value = object_property_get_qobject(obj, name, errp);
    QNum *num;
    uint64_t result = 0;

    if (value) {
        num = qobject_to(QNum, value);
        if (!num || !qnum_get_try_uint(num, &result)) {
            wrong_type(errp, name, "uint");
            result = 0;
        }
        qobject_unref(value);
    }
    return result;
}
