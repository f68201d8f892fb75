/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of boards: see hw/machine-options.h. */
#include "qemu/osdep.h"
#include "hw/machine-options.h"
#include "qapi/qapi-visit-common.h"

/* @opaque: the offset of an OnOffAuto. */
static void visit_on_off_auto(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    OnOffAuto *field = (void *)((char *)obj + (uintptr_t)opaque);

    visit_type_OnOffAuto(v, name, field, errp);
}

void machine_add_on_off_auto(ObjectClass *oc, const char *name, size_t offset,
                             const char *description)
{
    object_class_property_add(oc, name, "OnOffAuto", visit_on_off_auto,
                              visit_on_off_auto, NULL, (void *)offset);
    object_class_property_set_description(oc, name, description);
}
