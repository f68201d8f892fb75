/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Non-maskable interrupts by the user's command. */
#include "qemu/osdep.h"
#include "hw/nmi.h"
#include "qapi/error.h"
#include "qemu/module.h"

typedef struct NMIWalk {
    int cpu_index;
    bool handled;
    Error *err;
} NMIWalk;

static int nmi_visit(Object *obj, void *opaque)
{
    NMIWalk *walk = opaque;
    NMIState *n = (NMIState *)object_dynamic_cast(obj, TYPE_NMI);

    if (!n) {
        return 0;
    }
    walk->handled = true;
    NMI_GET_CLASS(n)->nmi_monitor_handler(n, walk->cpu_index, &walk->err);
    return walk->err ? -1 : 0;
}

void nmi_monitor_handle(int cpu_index, Error **errp)
{
    NMIWalk walk = { .cpu_index = cpu_index };

    object_child_foreach_recursive(object_get_root(), nmi_visit, &walk);
    if (walk.err) {
        error_propagate(errp, walk.err);
    } else if (!walk.handled) {
        error_setg(errp, "machine does not provide NMIs");
    }
}

static const TypeInfo nmi_types[] = {
    {
        .name = TYPE_NMI,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(NMIClass),
    },
};

DEFINE_TYPES(nmi_types)
