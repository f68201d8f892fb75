/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP commands about objects and devices.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/hmp.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-qdev.h"
#include "qapi/qapi-commands-qom.h"
#include "qemu/config-file.h"
#include "qemu/option.h"
#include "qobject/qjson.h"
#include "qom/object_interfaces.h"
#include "qom/qom-monitor.h"
#include "monitor-internal.h"

static void print_text(void *opaque, const char *text)
{
    monitor_puts(opaque, text);
}

void hmp_qom_list(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qom_list_print(qdict_get_try_str(qdict, "path"), print_text, mon, &err);
    hmp_handle_error(mon, err);
}

void hmp_qom_get(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    QObject *value = qmp_qom_get(qdict_get_str(qdict, "path"),
                                 qdict_get_str(qdict, "property"), &err);

    if (!err) {
        g_autoptr(GString) json = qobject_to_json_pretty(value, true);

        monitor_printf(mon, "%s\n", json->str);
    }
    qobject_unref(value);
    hmp_handle_error(mon, err);
}

static void set_from_json(const char *path, const char *property,
                          const char *value, Error **errp)
{
    QObject *obj = qobject_from_json(value, errp);

    if (obj) {
        qmp_qom_set(path, property, obj, errp);
        qobject_unref(obj);
    }
}

static void set_from_text(const char *path, const char *property,
                          const char *value, Error **errp)
{
    Object *obj = object_resolve_path(path, NULL);

    if (obj) {
        object_property_parse(obj, property, value, errp);
    } else {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  path);
    }
}

void hmp_qom_set(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_str(qdict, "path");
    const char *property = qdict_get_str(qdict, "property");
    const char *value = qdict_get_str(qdict, "value");
    Error *err = NULL;

    if (qdict_get_try_bool(qdict, "json", false)) {
        set_from_json(path, property, value, &err);
    } else {
        set_from_text(path, property, value, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_info_qom_tree(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_try_str(qdict, "path");
    bool ambiguous = false;
    Object *obj;

    obj = path ? object_resolve_path(path, &ambiguous) : qdev_get_machine();
    if (ambiguous) {
        monitor_printf(mon, "Warning: Path '%s' is ambiguous.\n", path);
    } else if (!obj) {
        monitor_printf(mon, "Path '%s' could not be resolved.\n",
                       path ? path : "/machine");
    } else {
        qom_tree_print(obj, 0, print_text, mon);
    }
}

void hmp_object_add(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    user_creatable_add_from_str(qdict_get_str(qdict, "object"), &err);
    hmp_handle_error(mon, err);
}

void hmp_object_del(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    user_creatable_del(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

void hmp_device_add(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    QemuOpts *opts;
    DeviceState *dev;

    opts = qemu_opts_from_qdict(qemu_find_opts("device"), qdict, &err);
    if (hmp_handle_error(mon, err)) {
        return;
    }
    if (qdev_device_help(opts)) {
        qemu_opts_del(opts);
        return;
    }
    dev = qdev_device_add(opts, &err);
    if (dev) {
        object_unref(OBJECT(dev));
    } else {
        qemu_opts_del(opts);
    }
    hmp_handle_error(mon, err);
}

void hmp_device_del(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_device_del(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

static void put_tree_text(Monitor *mon, const char *text)
{
    monitor_puts(mon, text);
}

void hmp_info_qtree(Monitor *mon, const QDict *qdict)
{
    qdev_put_tree(mon, !qdict_get_try_bool(qdict, "brief", false),
                  put_tree_text);
}

void hmp_info_qdm(Monitor *mon, const QDict *qdict)
{
    g_autoptr(GString) text = qdev_print_models();

    monitor_puts(mon, text->str);
}
