/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -blockdev and blockdev-add: nodes by description. */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-block-core.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/util.h"
#include "qobject/qdict.h"
#include "qobject/qstring.h"
#include "system/blockdev.h"

/* The first driver in @dict, or below it, that this program has not. */
static const char *foreign_driver(const QDict *dict)
{
    const QDictEntry *e;

    for (e = qdict_first(dict); e; e = qdict_next(dict, e)) {
        const char *key = qdict_entry_key(e);
        QObject *value = qdict_entry_value(e);
        QString *text = qobject_to(QString, value);
        QDict *inner = qobject_to(QDict, value);
        const char *found = NULL;

        if (inner) {
            found = foreign_driver(inner);
        } else if (text &&
                   (!strcmp(key, "driver") ||
                    g_str_has_suffix(key, ".driver")) &&
                   qapi_enum_parse(&BlockdevDriver_lookup,
                                   qstring_get_str(text), -1, NULL) < 0) {
            found = qstring_get_str(text);
        }
        if (found) {
            return found;
        }
    }
    return NULL;
}

BlockDriverState *blockdev_open_dict(const QDict *dict, bool keyval,
                                     Error **errp)
{
    ERRP_GUARD();
    const char *foreign = foreign_driver(dict);
    BlockdevOptions *options = NULL;
    BlockDriverState *bs = NULL;
    Visitor *v;

    if (foreign) {
        error_setg(errp,
                   "Parameter 'driver' does not accept value '%s': images "
                   "are read as raw files here; qemu-storage-daemon serves "
                   "other formats and protocols, over vhost-user",
                   foreign);
        return NULL;
    }
    v = keyval ? qobject_input_visitor_new_keyval(QOBJECT(dict))
               : qobject_input_visitor_new(QOBJECT(dict));
    if (visit_type_BlockdevOptions(v, NULL, &options, errp)) {
        bs = bdrv_open_options(options, errp);
    }
    visit_free(v);
    qapi_free_BlockdevOptions(options);
    return bs;
}

BlockDriverState *node_from_ref(const BlockdevRef *ref, Error **errp)
{
    BlockDriverState *bs;

    if (ref->type == QTYPE_QDICT) {
        return bdrv_open_options(&ref->u.definition, errp);
    }
    bs = bdrv_find_node(ref->u.reference);
    if (!bs) {
        error_setg(errp, "Cannot find device='' nor node-name='%s'",
                   ref->u.reference);
        return NULL;
    }
    bdrv_ref(bs);
    return bs;
}

bool blockdev_add_dict(const QDict *dict, bool keyval, Error **errp)
{
    BlockDriverState *bs;

    if (!qdict_haskey(dict, "node-name")) {
        error_setg(errp, "'node-name' must be specified for the root node");
        return false;
    }
    bs = blockdev_open_dict(dict, keyval, errp);
    if (!bs) {
        return false;
    }
    bs->monitor_owned = true;
    return true;
}

bool blockdev_del(const char *node_name, Error **errp)
{
    BlockDriverState *bs = bdrv_find_node(node_name);

    if (!bs) {
        error_setg(errp, "Failed to find node with node-name='%s'", node_name);
        return false;
    }
    if (!QTAILQ_EMPTY(&bs->users)) {
        error_setg(errp, "Node %s is in use", node_name);
        return false;
    }
    if (!bs->monitor_owned) {
        error_setg(errp, "Node %s is not owned by the monitor", node_name);
        return false;
    }
    bs->monitor_owned = false;
    bdrv_unref(bs);
    return true;
}
