/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices by the user's word: device_add finds the class and the bus, makes
 * the device, names it and realizes it; device_del asks for its removal.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/sysbus.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/id.h"
#include "qemu/option.h"
#include "qemu/timer.h"
#include "qobject/qdict.h"
#include "qom/object_interfaces.h"
#include "qdev-internal.h"

/*** The class. ***/

static DeviceClass *find_device_class(const char *driver, Error **errp)
{
    ERRP_GUARD();
    ObjectClass *oc = module_object_class_find(driver, errp);
    DeviceClass *dc;

    if (*errp) {
        return NULL;
    }
    if (!oc || !object_class_dynamic_cast(oc, TYPE_DEVICE)) {
        error_setg(errp, "'%s' is not a valid device model name", driver);
        return NULL;
    }
    if (object_class_is_abstract(oc)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a non-abstract device type");
        return NULL;
    }
    dc = DEVICE_CLASS(oc);
    if (!dc->user_creatable) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a pluggable device type");
        return NULL;
    }
    if (object_class_dynamic_cast(oc, TYPE_SYS_BUS_DEVICE) &&
        !device_type_is_dynamic_sysbus(MACHINE_GET_CLASS(qdev_get_machine()),
                                       driver)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a dynamic sysbus device type for the machine");
        return NULL;
    }
    return dc;
}

/*** The bus: by type, by name, or by a path of buses and devices. ***/

/* A bus below @bus (or it) of that name and type; one with room, if any. */
static BusState *find_bus(BusState *bus, const char *name, const char *type)
{
    BusState *full_one = NULL;
    BusChild *kid;

    if ((!name || strcmp(bus->name, name) == 0) &&
        (!type || object_dynamic_cast(OBJECT(bus), type))) {
        if (!qbus_is_full(bus)) {
            return bus;
        }
        full_one = bus;
    }

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        BusState *child;

        QLIST_FOREACH(child, &kid->child->child_bus, sibling) {
            BusState *found = find_bus(child, name, type);

            if (found && !qbus_is_full(found)) {
                return found;
            }
            full_one = full_one ?: found;
        }
    }
    return full_one;
}

/* A device on @bus by id, or else by type. */
static DeviceState *find_on_bus(BusState *bus, const char *name)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (kid->child->id && strcmp(kid->child->id, name) == 0) {
            return kid->child;
        }
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (strcmp(object_get_typename(OBJECT(kid->child)), name) == 0) {
            return kid->child;
        }
    }
    return NULL;
}

static void hint_devices(BusState *bus, Error *const *errp)
{
    const char *sep = " ";
    BusChild *kid;

    error_append_hint(errp, "devices at \"%s\":", bus->name);
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;

        error_append_hint(errp, "%s\"%s\"", sep,
                          object_get_typename(OBJECT(dev)));
        if (dev->id) {
            error_append_hint(errp, "/\"%s\"", dev->id);
        }
        sep = ", ";
    }
    error_append_hint(errp, "\n");
}

static void hint_buses(DeviceState *dev, Error *const *errp)
{
    const char *sep = " ";
    BusState *child;

    error_append_hint(errp, "child buses at \"%s\":",
                      dev->id ?: object_get_typename(OBJECT(dev)));
    QLIST_FOREACH(child, &dev->child_bus, sibling) {
        error_append_hint(errp, "%s\"%s\"", sep, child->name);
        sep = ", ";
    }
    error_append_hint(errp, "\n");
}

/* The bus of a device that a path ends with. */
static BusState *only_bus_of(DeviceState *dev, const char *name, Error **errp)
{
    switch (dev->num_child_bus) {
    case 0:
        error_setg(errp, "Device '%s' has no child bus", name);
        return NULL;
    case 1:
        return QLIST_FIRST(&dev->child_bus);
    default:
        error_setg(errp, "Device '%s' has multiple child buses", name);
        hint_buses(dev, errp);
        return NULL;
    }
}

/*
 * Walks "BUS/DEV/BUS...". A path that begins with a slash starts at the
 * system bus; else the first bus may be anywhere.
 */
static BusState *walk_bus_path(const char *path, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    BusState *bus = sysbus_get_default();
    DeviceState *dev = NULL;

    for (char **p = parts; *p; p++) {
        if (!**p) {
            continue;
        }
        if (p == parts) {
            bus = find_bus(bus, *p, NULL);
            if (!bus) {
                error_setg(errp, "Bus '%s' not found", *p);
                return NULL;
            }
        } else if (!dev) {
            dev = find_on_bus(bus, *p);
            if (!dev) {
                error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                          "Device '%s' not found", *p);
                hint_devices(bus, errp);
                return NULL;
            }
            bus = p[1] && *p[1] ? NULL : only_bus_of(dev, *p, errp);
            if (!p[1] || !*p[1]) {
                return bus;
            }
        } else {
            bus = qdev_get_child_bus(dev, *p);
            if (!bus) {
                error_setg(errp, "Bus '%s' not found", *p);
                hint_buses(dev, errp);
                return NULL;
            }
            dev = NULL;
        }
    }
    return bus;
}

/* Sets @bus to where @dc is to go, NULL for nowhere; false with @errp set. */
static bool choose_bus(DeviceClass *dc, const char *driver, const char *path,
                       BusState **bus, Error **errp)
{
    ERRP_GUARD();

    *bus = NULL;
    if (path) {
        *bus = walk_bus_path(path, errp);
        if (*bus && qbus_is_full(*bus)) {
            error_setg(errp, "Bus '%s' is full", path);
        } else if (*bus && (!dc->bus_type ||
                            !object_dynamic_cast(OBJECT(*bus), dc->bus_type))) {
            error_setg(errp, "Device '%s' can't go on %s bus", driver,
                       object_get_typename(OBJECT(*bus)));
        }
    } else if (dc->bus_type) {
        *bus = find_bus(sysbus_get_default(), NULL, dc->bus_type);
        if (!*bus || qbus_is_full(*bus)) {
            error_setg(errp, "No '%s' bus found for device '%s'", dc->bus_type,
                       driver);
        }
    }
    return !*errp;
}

/*** The device. ***/

const char *qdev_set_id(DeviceState *dev, char *id, Error **errp)
{
    ObjectProperty *prop;

    assert(!dev->id && !dev->realized);

    if (!id) {
        static unsigned next;
        g_autofree char *name = g_strdup_printf("device[%u]", next++);

        prop = object_property_add_child(
            machine_get_container("peripheral-anon"), name, OBJECT(dev));
        return prop->name;
    }

    prop = object_property_try_add_child(machine_get_container("peripheral"),
                                         id, OBJECT(dev), NULL);
    if (!prop) {
        error_setg(errp, "Duplicate device ID '%s'", id);
        g_free(id);
        return NULL;
    }
    dev->id = id;
    return prop->name;
}

static bool set_properties(DeviceState *dev, const QDict *opts, bool from_json,
                           Error **errp)
{
    ERRP_GUARD();
    g_autoptr(QDict) props = qdict_clone_shallow(opts);

    qdict_del(props, "driver");
    qdict_del(props, "bus");
    qdict_del(props, "id");
    object_set_properties_from_keyval(OBJECT(dev), props, from_json, errp);
    return !*errp;
}

static bool may_be_hidden(const QDict *opts, bool from_json, BusState *bus,
                          bool *hidden, Error **errp)
{
    ERRP_GUARD();

    *hidden = qdev_should_hide_device(opts, from_json, errp);
    if (*errp) {
        return false;
    }
    if (*hidden && bus && !qbus_is_hotpluggable(bus)) {
        error_setg(errp, "Bus '%s' does not support hotplugging", bus->name);
        return false;
    }
    return true;
}

/* The string @key of @opts, or NULL; other types are an error. */
static bool get_string(const QDict *opts, const char *key, const char **value,
                       Error **errp)
{
    *value = qdict_get_try_str(opts, key);
    if (!*value && qdict_haskey(opts, key)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: string",
                   key);
        return false;
    }
    return true;
}

DeviceState *qdev_device_add_from_qdict(const QDict *opts, bool from_json,
                                        Error **errp)
{
    const char *driver, *path, *id;
    DeviceClass *dc;
    DeviceState *dev;
    BusState *bus;
    bool hidden;

    if (!get_string(opts, "driver", &driver, errp) ||
        !get_string(opts, "bus", &path, errp) ||
        !get_string(opts, "id", &id, errp)) {
        return NULL;
    }
    if (!driver) {
        error_setg(errp, QERR_MISSING_PARAMETER, "driver");
        return NULL;
    }
    if (id && !id_wellformed(id)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "id", "an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                                "'-', '.', '_', starting with a letter.\n");
        return NULL;
    }

    dc = find_device_class(driver, errp);
    if (!dc || !choose_bus(dc, driver, path, &bus, errp) ||
        !may_be_hidden(opts, from_json, bus, &hidden, errp) || hidden) {
        return NULL;
    }

    dev = qdev_new(driver);
    if ((!phase_check(PHASE_MACHINE_READY) ||
         qdev_hotplug_allowed(dev, bus, errp)) &&
        qdev_set_id(dev, g_strdup(id), errp) &&
        set_properties(dev, opts, from_json, errp) &&
        qdev_realize(dev, bus, errp)) {
        if (dev->hotplugged) {
            qdev_note_hot_added();
        }
        return dev;
    }

    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    return NULL;
}

DeviceState *qdev_device_add(QemuOpts *opts, Error **errp)
{
    g_autoptr(QDict) dict = qemu_opts_to_qdict(opts, NULL);

    return qdev_device_add_from_qdict(dict, false, errp);
}

/*** Removal. ***/

DeviceState *find_device_state(const char *id, bool use_generic_error,
                               Error **errp)
{
    Object *obj =
        object_resolve_path_at(machine_get_container("peripheral"), id);
    DeviceState *dev;

    if (!obj) {
        error_set(errp,
                  use_generic_error ? ERROR_CLASS_GENERIC_ERROR
                                    : ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", id);
        return NULL;
    }
    dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);
    if (!dev) {
        error_setg(errp, "%s is not a device", id);
    }
    return dev;
}

void qdev_device_del(const char *id, Error **errp)
{
    DeviceState *dev = find_device_state(id, false, errp);

    if (!dev) {
        return;
    }
    /* The guest has been asked, and may not have answered in time. */
    if (dev->pending_deleted_event &&
        (dev->pending_deleted_expires_ms == 0 ||
         dev->pending_deleted_expires_ms >
             qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL))) {
        error_setg(errp, "Device %s is already in the process of unplug", id);
        return;
    }
    qdev_unplug(dev, errp);
}

typedef struct IdSearch {
    const char *prefix;
    GSList *ids;
} IdSearch;

static int collect_id(Object *obj, void *opaque)
{
    IdSearch *search = opaque;
    DeviceState *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);

    if (dev && dev->id && g_str_has_prefix(dev->id, search->prefix)) {
        search->ids = g_slist_prepend(search->ids, g_strdup(dev->id));
    }
    return 0;
}

GSList *qdev_complete_ids(const char *prefix)
{
    IdSearch search = { .prefix = prefix };

    object_child_foreach(machine_get_container("peripheral"), collect_id,
                         &search);
    return g_slist_sort(search.ids, (GCompareFunc)strcmp);
}
