/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What device models there are, and what properties each has. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qapi-types-qom.h"
#include "qapi/util.h"
#include "qemu/help_option.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "qobject/qobject.h"
#include "qdev-list.h"

/*** Models. ***/

static const char *const category_names[DEVICE_CATEGORY_MAX + 1] = {
    [DEVICE_CATEGORY_BRIDGE] = "Controller/Bridge/Hub",
    [DEVICE_CATEGORY_USB] = "USB",
    [DEVICE_CATEGORY_STORAGE] = "Storage",
    [DEVICE_CATEGORY_NETWORK] = "Network",
    [DEVICE_CATEGORY_INPUT] = "Input",
    [DEVICE_CATEGORY_DISPLAY] = "Display",
    [DEVICE_CATEGORY_SOUND] = "Sound",
    [DEVICE_CATEGORY_MISC] = "Misc",
    [DEVICE_CATEGORY_CPU] = "CPU",
    [DEVICE_CATEGORY_WATCHDOG] = "Watchdog",
    [DEVICE_CATEGORY_MAX] = "Uncategorized",
};

static bool in_category(const DeviceClass *dc, int category)
{
    return category == DEVICE_CATEGORY_MAX
               ? bitmap_empty(dc->categories, DEVICE_CATEGORY_MAX)
               : test_bit(category, dc->categories);
}

static void print_model(GString *s, const DeviceClass *dc)
{
    g_string_append_printf(s, "name \"%s\"",
                           object_class_get_name(OBJECT_CLASS(dc)));
    if (dc->bus_type) {
        g_string_append_printf(s, ", bus %s", dc->bus_type);
    }
    if (dc->desc) {
        g_string_append_printf(s, ", desc \"%s\"", dc->desc);
    }
    if (!dc->user_creatable) {
        g_string_append(s, ", no-user");
    }
    g_string_append_c(s, '\n');
}

static GString *print_models(bool only_creatable)
{
    GString *s = g_string_new(NULL);
    GSList *list;

    module_load_qom_all();
    list = object_class_get_list_sorted(TYPE_DEVICE, false);
    for (int category = 0; category <= DEVICE_CATEGORY_MAX; category++) {
        bool headed = false;

        for (GSList *l = list; l; l = l->next) {
            DeviceClass *dc = DEVICE_CLASS(l->data);

            if (!in_category(dc, category) ||
                (only_creatable && !dc->user_creatable)) {
                continue;
            }
            if (!headed) {
                g_string_append_printf(s, "%s%s devices:\n",
                                       category ? "\n" : "",
                                       category_names[category]);
                headed = true;
            }
            print_model(s, dc);
        }
    }
    g_slist_free(list);
    return s;
}

GString *qdev_help_devices(void)
{
    return print_models(true);
}

GString *qdev_print_models(void)
{
    return print_models(false);
}

GSList *qdev_complete_models(const char *prefix)
{
    GSList *classes, *names = NULL;

    module_load_qom_all();
    classes = object_class_get_list_sorted(TYPE_DEVICE, false);

    for (GSList *l = classes; l; l = l->next) {
        const char *name = object_class_get_name(l->data);

        if (DEVICE_CLASS(l->data)->user_creatable &&
            g_str_has_prefix(name, prefix)) {
            names = g_slist_prepend(names, g_strdup(name));
        }
    }
    g_slist_free(classes);
    return g_slist_reverse(names);
}

/*** Properties of a model. ***/

/* What every device has and no user sets. */
static bool is_of_no_interest(const char *name)
{
    return strcmp(name, "type") == 0 || strcmp(name, "realized") == 0 ||
           strcmp(name, "hotpluggable") == 0 ||
           strcmp(name, "hotplugged") == 0 || strcmp(name, "parent_bus") == 0 ||
           g_str_has_prefix(name, "legacy-");
}

ObjectPropertyInfoList *qdev_list_properties(const char *typename, Error **errp)
{
    ERRP_GUARD();
    ObjectClass *oc = module_object_class_find(typename, errp);
    ObjectPropertyInfoList *list = NULL;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj;

    if (*errp) {
        return NULL;
    }
    if (!oc) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  typename);
        return NULL;
    }
    if (!object_class_dynamic_cast(oc, TYPE_DEVICE) ||
        object_class_is_abstract(oc)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "typename",
                   "a non-abstract device type");
        return NULL;
    }

    /* Some properties come with the instance, so one must be made. */
    obj = object_new_with_class(oc);
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        ObjectPropertyInfo *info;

        if (is_of_no_interest(prop->name)) {
            continue;
        }
        info = g_new0(ObjectPropertyInfo, 1);
        info->name = g_strdup(prop->name);
        info->type = g_strdup(prop->type);
        info->description = g_strdup(prop->description);
        info->default_value = qobject_ref(prop->defval);
        QAPI_LIST_PREPEND(list, info);
    }
    object_unref(obj);
    return list;
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GString *qdev_help_device(const char *driver, Error **errp)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    ERRP_GUARD();
    ObjectPropertyInfoList *list = qdev_list_properties(driver, errp);
    GString *s;

    if (*errp) {
        return NULL;
    }
    s = g_string_new(NULL);
    g_string_printf(
        s, list ? "%s options:\n" : "There are no options for %s.\n", driver);
    for (ObjectPropertyInfoList *l = list; l; l = l->next) {
        ObjectPropertyInfo *info = l->value;

        g_ptr_array_add(lines, object_property_help(info->name, info->type,
                                                    info->default_value,
                                                    info->description));
    }
    g_ptr_array_sort(lines, compare_strings);
    for (guint i = 0; i < lines->len; i++) {
        g_string_append_printf(s, "%s\n", (char *)lines->pdata[i]);
    }
    qapi_free_ObjectPropertyInfoList(list);
    return s;
}

int qdev_device_help(QemuOpts *opts)
{
    const char *driver = qemu_opt_get(opts, "driver");
    g_autoptr(GString) text = NULL;
    Error *err = NULL;

    if (driver && is_help_option(driver)) {
        text = qdev_help_devices();
    } else if (driver && qemu_opt_has_help_opt(opts)) {
        text = qdev_help_device(driver, &err);
    } else {
        return 0;
    }
    if (text) {
        qemu_printf("%s", text->str);
    } else {
        error_report_err(err);
    }
    return 1;
}
