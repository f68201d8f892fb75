/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QemuOpts from and to dictionaries. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "opts-internal.h"

/* The text of a scalar, which the caller frees; NULL for what is none. */
static char *scalar_text(QObject *obj)
{
    switch (qobject_type(obj)) {
    case QTYPE_QSTRING:
        return g_strdup(qstring_get_str(qobject_to(QString, obj)));
    case QTYPE_QNUM:
        return qnum_to_string(qobject_to(QNum, obj));
    case QTYPE_QBOOL:
        return g_strdup(qbool_get_bool(qobject_to(QBool, obj)) ? "on" : "off");
    default:
        return NULL;
    }
}

static bool set_from(QemuOpts *opts, const QDictEntry *e, Error **errp)
{
    const char *key = qdict_entry_key(e);
    g_autofree char *text = scalar_text(qdict_entry_value(e));

    if (!text || g_str_equal(key, "id")) {
        return true;
    }
    return qemu_opt_set(opts, key, text, errp);
}

QemuOpts *qemu_opts_from_qdict(QemuOptsList *list, const QDict *qdict,
                               Error **errp)
{
    const QDictEntry *e;
    QemuOpts *opts;

    opts = qemu_opts_create(list, qdict_get_try_str(qdict, "id"), 1, errp);
    if (!opts) {
        return NULL;
    }
    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        if (!set_from(opts, e, errp)) {
            qemu_opts_del(opts);
            return NULL;
        }
    }
    return opts;
}

bool qemu_opts_absorb_qdict(QemuOpts *opts, QDict *qdict, Error **errp)
{
    const QemuOptDesc *desc = opts->list->desc;
    const QDictEntry *e, *next;

    for (e = qdict_first(qdict); e; e = next) {
        const char *key = qdict_entry_key(e);

        next = qdict_next(qdict, e);
        if (opts_accept_any(desc) || opt_desc_find(desc, key)) {
            if (!set_from(opts, e, errp)) {
                return false;
            }
            qdict_del(qdict, key);
        }
    }
    return true;
}

QDict *qemu_opts_to_qdict_filtered(QemuOpts *opts, QDict *qdict,
                                   QemuOptsList *list, bool del)
{
    QemuOpt *opt, *next;

    if (!qdict) {
        qdict = qdict_new();
    }
    if (opts->id) {
        qdict_put_str(qdict, "id", opts->id);
    }
    QTAILQ_FOREACH_SAFE(opt, &opts->head, next, next) {
        if (!list || opt_desc_find(list->desc, opt->name)) {
            qdict_put_str(qdict, opt->name, opt->str);
            if (del) {
                opt_del(opt);
            }
        }
    }
    return qdict;
}

QDict *qemu_opts_to_qdict(QemuOpts *opts, QDict *qdict)
{
    return qemu_opts_to_qdict_filtered(opts, qdict, NULL, false);
}
