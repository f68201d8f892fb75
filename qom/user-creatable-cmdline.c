/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -object and its help.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"
#include "qom/internal.h"
#include "qom/object_interfaces.h"

/* Where descriptions begin, if names and types leave room. */
#define DESCRIPTION_COLUMN 24

/* A value as one would write it on the command line. */
static char *value_text(QObject *value)
{
    switch (qobject_type(value)) {
    case QTYPE_QSTRING:
        return g_strdup(qstring_get_str(qobject_to(QString, value)));
    case QTYPE_QBOOL:
        return g_strdup(qbool_get_bool(qobject_to(QBool, value)) ? "on"
                                                                 : "off");
    default:
        return g_string_free(qobject_to_json(value), false);
    }
}

char *object_property_help(const char *name, const char *type, QObject *defval,
                           const char *description)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "  %s=<%s>", name, type);
    if (description || defval) {
        while (text->len < DESCRIPTION_COLUMN) {
            g_string_append_c(text, ' ');
        }
        g_string_append_printf(text, " - %s", description ?: "");
    }
    if (defval) {
        g_autofree char *value = value_text(defval);

        g_string_append_printf(text, " (default: %s)", value);
    }
    return g_string_free(text, false);
}

static void print_types(void)
{
    GSList *list;

    module_load_qom_all();
    list = object_class_get_list_sorted(TYPE_USER_CREATABLE, false);
    qemu_printf("List of user creatable objects:\n");
    for (GSList *e = list; e; e = e->next) {
        qemu_printf("  %s\n", object_class_get_name(e->data));
    }
    g_slist_free(list);
}

bool type_print_class_properties(const char *type)
{
    ObjectClass *klass = object_class_by_name(type);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    if (!klass) {
        return false;
    }
    object_class_property_iter_init(&iter, klass);
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->set) {
            g_ptr_array_add(lines, object_property_help(prop->name, prop->type,
                                                        prop->defval,
                                                        prop->description));
        }
    }
    if (!lines->len) {
        qemu_printf("There are no options for %s.\n", type);
        return true;
    }
    g_ptr_array_sort(lines, (GCompareFunc)qemu_pstrcmp0);
    qemu_printf("%s options:\n", type);
    for (guint i = 0; i < lines->len; i++) {
        qemu_printf("%s\n", (char *)g_ptr_array_index(lines, i));
    }
    return true;
}

bool user_creatable_print_help(const char *type, QemuOpts *opts)
{
    if (is_help_option(type)) {
        print_types();
        return true;
    }
    return qemu_opt_has_help_opt(opts) && type_print_class_properties(type);
}

/* "TYPE,id=ID,...", NULL after help or an error. */
static QDict *parse_keyval(const char *str, Error **errp)
{
    const char *type;
    bool help = false;
    QDict *args = keyval_parse(str, "qom-type", &help, errp);

    if (args && help) {
        type = qdict_get_try_str(args, "qom-type");
        if (!type || !type_print_class_properties(type)) {
            print_types();
        }
        qobject_unref(args);
        return NULL;
    }
    return args;
}

static QDict *parse_json(const char *str, Error **errp)
{
    QObject *value = qobject_from_json(str, errp);
    QDict *args = value ? qobject_to(QDict, value) : NULL;

    if (value && !args) {
        error_setg(errp, "-object expects a JSON object");
        qobject_unref(value);
    }
    return args;
}

ObjectOptions *user_creatable_parse_str(const char *str, Error **errp)
{
    bool json = str[0] == '{';
    QDict *args = json ? parse_json(str, errp) : parse_keyval(str, errp);
    ObjectOptions *options;

    if (!args) {
        return NULL;
    }
    options = g_new0(ObjectOptions, 1);
    options->qom_type = take_string_arg(args, "qom-type", errp);
    options->id = options->qom_type ? take_string_arg(args, "id", errp) : NULL;
    if (!options->id) {
        qapi_free_ObjectOptions(options);
        qobject_unref(args);
        return NULL;
    }
    if (json) {
        options->props = QOBJECT(args);
    } else {
        QList *text = qlist_new();

        qlist_append(text, args);
        options->props = QOBJECT(text);
    }
    return options;
}

bool user_creatable_add_from_str(const char *str, Error **errp)
{
    ObjectOptions *options = user_creatable_parse_str(str, errp);
    Error *err = NULL;

    if (!options) {
        return false;
    }
    user_creatable_add_qapi(options, &err);
    qapi_free_ObjectOptions(options);
    error_propagate(errp, err);
    return !err;
}

void user_creatable_process_cmdline(const char *cmdline)
{
    if (!user_creatable_add_from_str(cmdline, &error_fatal)) {
        exit(EXIT_SUCCESS); /* that was help */
    }
}
