/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Global properties: the user's defaults for all devices of a class. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "system/system.h"

static GPtrArray *global_props(void)
{
    static GPtrArray *props;

    if (!props) {
        props = g_ptr_array_new();
    }
    return props;
}

void qdev_prop_register_global(GlobalProperty *prop)
{
    g_ptr_array_add(global_props(), prop);
}

const GlobalProperty *qdev_find_global_prop(Object *obj, const char *name)
{
    GPtrArray *props = global_props();

    for (guint i = props->len; i-- > 0;) {
        const GlobalProperty *p = props->pdata[i];

        if (strcmp(p->property, name) == 0 &&
            object_dynamic_cast(obj, p->driver)) {
            return p;
        }
    }
    return NULL;
}

void qdev_prop_set_globals(DeviceState *dev)
{
    /*
     * The user asked for it at start; a device that is plugged in later is no
     * reason to end the machine.
     */
    object_apply_global_props(OBJECT(dev), global_props(),
                              dev->hotplugged ? NULL : &error_fatal);
}

/* Warns if @prop cannot have been meant for anything; whether it did. */
static bool check_global(const GlobalProperty *prop)
{
    ObjectClass *oc;

    if (prop->used) {
        return false;
    }
    oc = object_class_by_name(prop->driver);
    oc = oc ? object_class_dynamic_cast(oc, TYPE_DEVICE) : NULL;
    if (!oc) {
        warn_report("global %s.%s has invalid class name", prop->driver,
                    prop->property);
        return true;
    }
    if (!DEVICE_CLASS(oc)->hotpluggable) {
        warn_report("global %s.%s=%s not used", prop->driver, prop->property,
                    prop->value);
        return true;
    }
    return false;
}

int qdev_prop_check_globals(void)
{
    GPtrArray *props = global_props();
    int ret = 0;

    for (guint i = 0; i < props->len; i++) {
        ret |= check_global(props->pdata[i]);
    }
    return ret;
}

QemuOptsList qemu_global_opts = {
    .name = "global",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_global_opts.head),
    .desc = { { .name = "driver", .type = QEMU_OPT_STRING },
              { .name = "property", .type = QEMU_OPT_STRING },
              { .name = "value", .type = QEMU_OPT_STRING },
              {} },
};

bool qdev_parse_global(const char *arg, Error **errp)
{
    size_t driver_len = strcspn(arg, ".=");
    const char *property = arg + driver_len + 1;
    GlobalProperty *g;
    QemuOpts *opts;

    if (driver_len && arg[driver_len] == '.') {
        size_t len = strcspn(property, "=");

        if (len && property[len] == '=') {
            g = g_new0(GlobalProperty, 1);
            g->driver = g_strndup(arg, driver_len);
            g->property = g_strndup(property, len);
            g->value = g_strdup(property + len + 1);
            qdev_prop_register_global(g);
            return true;
        }
    }

    opts = qemu_opts_parse(&qemu_global_opts, arg, false, errp);
    if (!opts) {
        return false;
    }
    if (!qemu_opt_get(opts, "driver") || !qemu_opt_get(opts, "property") ||
        !qemu_opt_get(opts, "value")) {
        error_setg(errp, "expects DRIVER.PROPERTY=VALUE, not '%s'", arg);
        qemu_opts_del(opts);
        return false;
    }
    g = g_new0(GlobalProperty, 1);
    g->driver = g_strdup(qemu_opt_get(opts, "driver"));
    g->property = g_strdup(qemu_opt_get(opts, "property"));
    g->value = g_strdup(qemu_opt_get(opts, "value"));
    qdev_prop_register_global(g);
    qemu_opts_del(opts);
    return true;
}
