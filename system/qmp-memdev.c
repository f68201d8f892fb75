/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-memdev: the memory backends that the user made.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qdict.h"
#include "qom/object.h"
#include "qom/qom-qobject.h"

/* The members of Memdev that are properties of a backend, so named. */
static const char *const members[] = {
    "size",  "merge",   "dump",   "prealloc",
    "share", "reserve", "policy", "host-nodes",
};

typedef struct Walk {
    MemdevList *list;
    Error **errp;
} Walk;

static int add_backend(Object *obj, void *opaque)
{
    Walk *walk = opaque;
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
    if (visit_type_Memdev(v, NULL, &memdev, walk->errp)) {
        QAPI_LIST_PREPEND(walk->list, memdev);
    }
    visit_free(v);
    qobject_unref(dict);
    return memdev ? 0 : -1;
}

MemdevList *qmp_query_memdev(Error **errp)
{
    Walk walk = { .errp = errp };

    if (object_child_foreach(object_get_objects_root(), add_backend, &walk)) {
        qapi_free_MemdevList(walk.list);
        return NULL;
    }
    return walk.list;
}
