/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean ...?": the name nearest to one that is wrong.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qom/object.h"
#include "hw/boards.h"
#include "system/cmdline.h"

typedef struct Nearest {
    const char *wrong;
    char *name;
    unsigned distance;
} Nearest;

/*
 * Edits (insert, delete, replace, swap neighbours) from @a to @b. Names are
 * short: one row per character of @a, three rows kept.
 */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    g_autofree unsigned *rows = g_new(unsigned, 3 * (lb + 1));
    unsigned *before = rows, *prev = rows + lb + 1, *cur = prev + lb + 1;

    for (size_t j = 0; j <= lb; j++) {
        prev[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        unsigned *tmp;

        cur[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            unsigned cost = a[i - 1] != b[j - 1];

            cur[j] = MIN(MIN(prev[j] + 1, cur[j - 1] + 1), prev[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                cur[j] = MIN(cur[j], before[j - 2] + 1);
            }
        }
        tmp = before;
        before = prev;
        prev = cur;
        cur = tmp;
    }
    return prev[lb];
}

static void nearest_try(Nearest *n, const char *name)
{
    unsigned d;

    if (g_str_has_prefix(name, n->wrong) && strlen(n->wrong) >= 3) {
        d = 1; /* cut short: as near as one slip of the finger */
    } else {
        d = edit_distance(n->wrong, name);
    }
    if (d < n->distance ||
        (d == n->distance && n->name && strcmp(name, n->name) < 0)) {
        n->distance = d;
        g_free(n->name);
        n->name = g_strdup(name);
    }
}

/* A third of the letters may be wrong, and at least one. */
static Nearest nearest_init(const char *wrong)
{
    return (Nearest){ .wrong = wrong,
                      .distance = MAX(strlen(wrong) / 3, 1) + 1 };
}

static void nearest_report(Nearest *n, Error **errp, const char *prefix)
{
    if (n->name && errp && *errp) {
        g_autofree char *text = g_strdup(error_get_pretty(*errp));

        /* One line: the hint of the error, if any, is left behind. */
        error_free(*errp);
        *errp = NULL;
        error_setg(errp, "%s; did you mean '%s%s'?", text, prefix, n->name);
    }
    g_free(n->name);
    n->name = NULL;
}

void suggest_option(Error **errp, const char *name)
{
    Nearest n = nearest_init(name);

    for (const CmdOption *o = cmdline_options; o->name || o->synopsis; o++) {
        if (o->name) {
            nearest_try(&n, o->name);
        }
        if (o->alias) {
            nearest_try(&n, o->alias);
        }
    }
    nearest_report(&n, errp, "-");
}

void suggest_machine(Error **errp, const char *type)
{
    Nearest n = nearest_init(type);
    GSList *list = object_class_get_list(TYPE_MACHINE, false);

    for (GSList *l = list; l; l = l->next) {
        MachineClass *mc = MACHINE_CLASS(l->data);

        nearest_try(&n, mc->name);
        if (mc->alias) {
            nearest_try(&n, mc->alias);
        }
    }
    g_slist_free(list);
    nearest_report(&n, errp, "");
}

void suggest_type(Error **errp, const char *type, const char *base)
{
    Nearest n = nearest_init(type);
    GSList *list = object_class_get_list(base, false);

    for (GSList *l = list; l; l = l->next) {
        nearest_try(&n, object_class_get_name(l->data));
    }
    g_slist_free(list);
    nearest_report(&n, errp, "");
}

void suggest_property(Error **errp, const char *type, const QDict *props)
{
    ObjectClass *klass = object_class_by_name(type);
    const QDictEntry *e;

    if (!klass || !errp || !*errp ||
        !strstr(error_get_pretty(*errp), "not found")) {
        return;
    }
    for (e = qdict_first(props); e; e = qdict_next(props, e)) {
        const char *key = qdict_entry_key(e);
        ObjectPropertyIterator iter;
        ObjectProperty *prop;
        Nearest n = nearest_init(key);
        g_autofree char *quoted = g_strdup_printf(".%s'", key);

        if (!strstr(error_get_pretty(*errp), quoted)) {
            continue;
        }
        object_class_property_iter_init(&iter, klass);
        while ((prop = object_property_iter_next(&iter))) {
            nearest_try(&n, prop->name);
        }
        nearest_report(&n, errp, "");
        return;
    }
}

void suggest_opts(Error **errp, const QemuOptsList *list, const char *arg)
{
    g_auto(GStrv) parts = g_strsplit(arg, ",", -1);

    if (!errp || !*errp ||
        !strstr(error_get_pretty(*errp), "Invalid parameter")) {
        return;
    }
    for (int i = 0; parts[i]; i++) {
        g_autofree char *quoted = NULL;
        Nearest n;

        parts[i][strcspn(parts[i], "=")] = 0;
        quoted = g_strdup_printf("'%s'", parts[i]);
        if (!strstr(error_get_pretty(*errp), quoted)) {
            continue;
        }
        n = nearest_init(parts[i]);
        for (const QemuOptDesc *d = list->desc; d->name; d++) {
            nearest_try(&n, d->name);
        }
        nearest_report(&n, errp, "");
        return;
    }
}
