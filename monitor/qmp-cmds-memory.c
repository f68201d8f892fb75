/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-memdev: the memory backends that the user made.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/qobject-input-visitor.h"
#include "qom/qom-qobject.h"
#include "monitor-internal.h"

/* The members of Memdev that are properties of a backend, so named. */
static const char *const members[] = {
    "size", "merge", "dump", "prealloc", "share", "reserve", "policy",
    "host-nodes",
};

static int add_backend(Object *obj, void *opaque)
{
    MemdevList **list = opaque;
    Memdev *memdev = NULL;
    QDict *dict;
    Visitor *v;

    if (!object_dynamic_cast(obj, "memory-backend")) {
        return 0;
    }
    dict = qdict_new();
    qdict_put_str(dict, "id", object_get_canonical_path_component(obj));
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        QObject *value = object_property_get_qobject(obj, members[i], NULL);

        if (value) {
            qdict_put_obj(dict, members[i], value);
        }
    }
    v = qobject_input_visitor_new(QOBJECT(dict));
    if (visit_type_Memdev(v, NULL, &memdev, NULL)) {
        QAPI_LIST_PREPEND(*list, memdev);
    }
    visit_free(v);
    qobject_unref(dict);
    return 0;
}

MemdevList *qmp_query_memdev(Error **errp)
{
    MemdevList *list = NULL;

    object_child_foreach(object_get_objects_root(), add_backend, &list);
    return list;
}
