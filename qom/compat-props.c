/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Global properties: values that every object of a class gets, from -global,
 * from the accelerator, from the machine type's version, and from old command
 * line switches that became properties.
 *
 * A class whose objects should get them calls object_apply_compat_props() in
 * its instance_post_init.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qom/global-property.h"
#include "qom/internal.h"

/* Applied in this order: a later one wins. */
static GPtrArray *accelerator_props, *machine_props, *sugar_props;

bool object_apply_global_props(Object *obj, const GPtrArray *props,
                               Error **errp)
{
    for (guint i = 0; props && i < props->len; i++) {
        GlobalProperty *p = g_ptr_array_index(props, i);
        Error *err = NULL;

        if (!object_dynamic_cast(obj, p->driver) ||
            (p->optional && !object_property_find(obj, p->property))) {
            continue;
        }
        p->used = true;
        if (object_property_parse(obj, p->property, p->value, &err)) {
            continue;
        }
        error_prepend(&err, "can't apply global %s.%s=%s: ", p->driver,
                      p->property, p->value);
        if (errp) {
            error_propagate(errp, err);
            return false;
        }
        warn_report_err(err);
    }
    return true;
}

void object_set_machine_compat_props(GPtrArray *compat_props)
{
    assert(!machine_props);
    machine_props = compat_props;
}

void object_set_accelerator_compat_props(GPtrArray *compat_props)
{
    assert(!accelerator_props);
    accelerator_props = compat_props;
}

void object_register_sugar_prop(const char *driver, const char *prop,
                                const char *value, bool optional)
{
    GlobalProperty *p = g_new0(GlobalProperty, 1);

    p->driver = g_strdup(driver);
    p->property = g_strdup(prop);
    p->value = g_strdup(value);
    p->optional = optional;
    if (!sugar_props) {
        sugar_props = g_ptr_array_new();
    }
    g_ptr_array_add(sugar_props, p);
}

/* The program's own lists are right; a switch's value is the user's. */
void object_apply_compat_props(Object *obj)
{
    object_apply_global_props(obj, accelerator_props, &error_abort);
    object_apply_global_props(obj, machine_props, &error_abort);
    object_apply_global_props(obj, sugar_props, &error_fatal);
}
