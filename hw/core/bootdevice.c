/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices firmware is to boot from, and in what order: the bootindex
 * properties, the geometry of disks, and boards that can be told an order of
 * drive letters at run time.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qom/object.h"
#include "system/system.h"

typedef struct {
    int32_t index;
    DeviceState *dev; /* NULL: the suffix is the whole path */
    char *suffix;
} BootEntry;

typedef struct {
    DeviceState *dev;
    char *suffix;
    uint32_t cylinders, heads, sectors;
} GeometryEntry;

/* By index, the smallest first. */
static GPtrArray *boot_order;
/* As they came. */
static GPtrArray *geometries;

static QEMUBootSetHandler *boot_set_handler;
static void *boot_set_opaque;

static void free_boot_entry(void *opaque)
{
    BootEntry *entry = opaque;

    g_free(entry->suffix);
    g_free(entry);
}

static void free_geometry(void *opaque)
{
    GeometryEntry *entry = opaque;

    g_free(entry->suffix);
    g_free(entry);
}

/* No suffix given stands for every one of the device's. */
static bool same_place(DeviceState *dev, const char *suffix,
                       DeviceState *other_dev, const char *other_suffix)
{
    return dev == other_dev &&
           (!suffix || !other_suffix || g_str_equal(suffix, other_suffix));
}

/*** Drive letters. ***/

void validate_bootdevices(const char *devices, Error **errp)
{
    uint32_t seen = 0;

    for (const char *p = devices; *p; p++) {
        if (*p < 'a' || *p > 'p') {
            error_setg(errp, "Invalid boot device '%c'", *p);
            return;
        }
        if (seen & (1u << (*p - 'a'))) {
            error_setg(errp, "Boot device '%c' was given twice", *p);
            return;
        }
        seen |= 1u << (*p - 'a');
    }
}

void qemu_register_boot_set(QEMUBootSetHandler *func, void *opaque)
{
    boot_set_handler = func;
    boot_set_opaque = opaque;
}

void qemu_boot_set(const char *order, Error **errp)
{
    Error *err = NULL;

    if (!boot_set_handler) {
        error_setg(errp, "no function defined to set boot device list for "
                         "this architecture");
        return;
    }
    validate_bootdevices(order, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    boot_set_handler(boot_set_opaque, order, errp);
}

/*** The list by index. ***/

void check_boot_index(int32_t bootindex, Error **errp)
{
    for (guint i = 0; bootindex >= 0 && boot_order && i < boot_order->len;
         i++) {
        const BootEntry *entry = boot_order->pdata[i];

        if (entry->index == bootindex) {
            error_setg(errp, "The bootindex %d has already been used",
                       bootindex);
            return;
        }
    }
}

void del_boot_device_path(DeviceState *dev, const char *suffix)
{
    for (guint i = 0; dev && boot_order && i < boot_order->len; i++) {
        const BootEntry *entry = boot_order->pdata[i];

        if (same_place(dev, suffix, entry->dev, entry->suffix)) {
            g_ptr_array_remove_index(boot_order, i);
            return;
        }
    }
}

void add_boot_device_path(int32_t bootindex, DeviceState *dev,
                          const char *suffix)
{
    BootEntry *entry;
    guint at = 0;

    del_boot_device_path(dev, suffix);
    if (bootindex < 0) {
        return;
    }
    assert(dev || suffix);
    if (!boot_order) {
        boot_order = g_ptr_array_new_with_free_func(free_boot_entry);
    }
    while (at < boot_order->len &&
           ((BootEntry *)boot_order->pdata[at])->index < bootindex) {
        at++;
    }
    if (at < boot_order->len &&
        ((BootEntry *)boot_order->pdata[at])->index == bootindex) {
        /* Properties ask check_boot_index() first: this is a board's fault. */
        error_report("Two devices with same boot index %d", bootindex);
        exit(1);
    }
    entry = g_new(BootEntry, 1);
    *entry = (BootEntry){ .index = bootindex,
                          .dev = dev,
                          .suffix = g_strdup(suffix) };
    g_ptr_array_insert(boot_order, at, entry);
}

DeviceState *get_boot_device(uint32_t position)
{
    if (!boot_order || position >= boot_order->len) {
        return NULL;
    }
    return ((BootEntry *)boot_order->pdata[position])->dev;
}

/* What somebody above the device says of it replaces the suffix. */
static char *boot_path(DeviceState *dev, const char *suffix, bool bare)
{
    g_autofree char *path = dev ? qdev_get_fw_dev_path(dev) : g_strdup("");
    g_autofree char *own = NULL;

    if (bare) {
        return g_steal_pointer(&path);
    }
    if (dev) {
        own = qdev_get_own_fw_dev_path_from_handler(dev->parent_bus, dev);
    }
    return g_strconcat(path, own ? own : suffix ? suffix : "", NULL);
}

static bool machine_ignores_suffixes(void)
{
    return MACHINE_GET_CLASS(qdev_get_machine())->ignore_boot_device_suffixes;
}

char *get_boot_devices_list(size_t *size)
{
    GString *list = g_string_new(NULL);
    const BootConfiguration *config = &MACHINE(qdev_get_machine())->boot_config;

    for (guint i = 0; boot_order && i < boot_order->len; i++) {
        const BootEntry *entry = boot_order->pdata[i];
        g_autofree char *path =
            boot_path(entry->dev, entry->suffix, machine_ignores_suffixes());

        g_string_append_printf(list, "%s%s", i ? "\n" : "", path);
    }
    if (!list->len) {
        *size = 0;
        g_string_free(list, TRUE);
        return NULL;
    }
    if (config->has_strict && config->strict) {
        g_string_append(list, "\nHALT");
    }
    *size = list->len + 1;
    return g_string_free(list, FALSE);
}

/*** Geometries of disks. ***/

void del_boot_device_lchs(DeviceState *dev, const char *suffix)
{
    for (guint i = 0; dev && geometries && i < geometries->len; i++) {
        const GeometryEntry *entry = geometries->pdata[i];

        if (same_place(dev, suffix, entry->dev, entry->suffix)) {
            g_ptr_array_remove_index(geometries, i);
            return;
        }
    }
}

void add_boot_device_lchs(DeviceState *dev, const char *suffix, uint32_t lcyls,
                          uint32_t lheads, uint32_t lsecs)
{
    GeometryEntry *entry;

    if (!lcyls && !lheads && !lsecs) {
        return;
    }
    assert(dev || suffix);
    if (!geometries) {
        geometries = g_ptr_array_new_with_free_func(free_geometry);
    }
    entry = g_new(GeometryEntry, 1);
    *entry = (GeometryEntry){ .dev = dev,
                              .suffix = g_strdup(suffix),
                              .cylinders = lcyls,
                              .heads = lheads,
                              .sectors = lsecs };
    g_ptr_array_add(geometries, entry);
}

char *get_boot_devices_lchs_list(size_t *size)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; geometries && i < geometries->len; i++) {
        const GeometryEntry *entry = geometries->pdata[i];
        g_autofree char *path =
            boot_path(entry->dev, entry->suffix, machine_ignores_suffixes());

        g_string_append_printf(list, "%s%s %u %u %u", i ? "\n" : "", path,
                               entry->cylinders, entry->heads, entry->sectors);
    }
    if (!list->len) {
        *size = 0;
        g_string_free(list, TRUE);
        return NULL;
    }
    *size = list->len + 1;
    return g_string_free(list, FALSE);
}

/*** The property. ***/

typedef struct {
    int32_t *bootindex;
    const char *suffix;
    DeviceState *dev;
} BootIndexProperty;

static void get_bootindex(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    BootIndexProperty *prop = opaque;

    visit_type_int32(v, name, prop->bootindex, errp);
}

static void set_bootindex(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    BootIndexProperty *prop = opaque;
    int32_t value;
    Error *err = NULL;

    if (!visit_type_int32(v, name, &value, errp)) {
        return;
    }
    check_boot_index(value, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    *prop->bootindex = value;
    add_boot_device_path(value, prop->dev, prop->suffix);
}

static void release_bootindex(Object *obj, const char *name, void *opaque)
{
    BootIndexProperty *prop = opaque;

    del_boot_device_path(prop->dev, prop->suffix);
    g_free(prop);
}

void device_add_bootindex_property(Object *obj, int32_t *bootindex,
                                   const char *name, const char *suffix,
                                   DeviceState *dev)
{
    BootIndexProperty *prop = g_new(BootIndexProperty, 1);

    *prop = (BootIndexProperty){ .bootindex = bootindex,
                                 .suffix = suffix,
                                 .dev = dev };
    *bootindex = -1;
    object_property_add(obj, name, "int32", get_bootindex, set_bootindex,
                        release_bootindex, prop);
}
