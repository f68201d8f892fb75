/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that describe the machine, its devices and objects. All but
 * devices end as properties of the machine, in CmdLine.machine.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/target.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/accel.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/units.h"
#include "qobject/qjson.h"
#include "qobject/qstring.h"
#include "qom/object_interfaces.h"
#include "system/cmdline.h"
#include "system/system.h"

static void QEMU_NORETURN print_and_exit(GString *text)
{
    fputs(text->str, stdout);
    g_string_free(text, true);
    exit(EXIT_SUCCESS);
}

/* -machine TYPE,help: what can be set, and what it is. */
static GString *machine_type_help(const char *type)
{
    g_autoptr(Error) err = NULL;
    MachineClass *mc = machine_find_class(type, &err);
    GString *out = g_string_new(NULL);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    GSList *lines = NULL;

    if (!mc) {
        suggest_machine(&err, type);
        cmdline_fail(g_steal_pointer(&err));
    }
    object_class_property_iter_init(&iter, OBJECT_CLASS(mc));
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->set) {
            g_autofree char *head =
                g_strdup_printf("%s=<%s>", prop->name, prop->type);

            lines = g_slist_insert_sorted(
                lines,
                prop->description
                    ? g_strdup_printf("  %-22s - %s\n", head, prop->description)
                    : g_strdup_printf("  %s\n", head),
                (GCompareFunc)strcmp);
        }
    }
    g_string_append_printf(out, "%s options:\n",
                           object_class_get_name(OBJECT_CLASS(mc)));
    for (GSList *l = lines; l; l = l->next) {
        g_string_append(out, l->data);
    }
    g_slist_free_full(lines, g_free);
    return out;
}

void opt_machine(CmdLine *cl, const char *arg, Error **errp)
{
    bool help = false;

    if (is_help_option(arg)) {
        print_and_exit(machine_help());
    }
    if (!keyval_parse_into(cl->machine, arg, "type", &help, errp)) {
        return;
    }
    if (help) {
        const char *type = qdict_get_try_str(cl->machine, "type");

        print_and_exit(type ? machine_type_help(type) : machine_help());
    }
}

void opt_accel(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts;
    const char *name;

    if (is_help_option(arg)) {
        print_and_exit(accel_help());
    }
    opts = qemu_opts_parse(qemu_find_opts("accel"), arg, true, errp);
    if (!opts) {
        return;
    }
    name = qemu_opt_get(opts, "accel");
    if (!name) {
        error_setg(errp, "needs the name of an accelerator first; "
                         "-accel help lists them");
        return;
    }
    if (is_help_option(name)) {
        print_and_exit(accel_help());
    }
}

void opt_enable_kvm(CmdLine *cl, const char *arg, Error **errp)
{
    opt_accel(cl, "kvm", errp);
}

void opt_cpu(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->cpu);
    cl->cpu = g_strdup(arg);
}

/* Stores the options of @list as the machine's properties PREFIX.name. */
static void merge_into_machine(CmdLine *cl, const char *list, const char *arg,
                               const char *prefix, const char *implied,
                               Error **errp)
{
    ERRP_GUARD();
    g_autoptr(QDict) dict = NULL;
    g_autoptr(QDict) outer = NULL;
    const QemuOptsList *known = qemu_find_opts(list);
    bool help = false;
    const QDictEntry *e;

    dict = keyval_parse(arg, implied, &help, errp);
    if (!dict) {
        return;
    }
    if (help) {
        qemu_opts_print_help(qemu_find_opts(list), true);
        exit(EXIT_SUCCESS);
    }
    for (e = qdict_first(dict); e; e = qdict_next(dict, e)) {
        const QemuOptDesc *d = known->desc;

        while (d->name && strcmp(d->name, qdict_entry_key(e))) {
            d++;
        }
        if (!d->name) {
            error_setg(errp, "Invalid parameter '%s'", qdict_entry_key(e));
            suggest_opts(errp, known, arg);
            return;
        }
    }
    outer = qdict_new();
    qdict_put(outer, prefix, g_steal_pointer(&dict));
    keyval_merge(cl->machine, outer, errp);
}

void opt_numa(CmdLine *cl, const char *arg, Error **errp)
{
    qemu_opts_parse(qemu_find_opts("numa"), arg, true, errp);
}

void opt_smp(CmdLine *cl, const char *arg, Error **errp)
{
    merge_into_machine(cl, "smp-opts", arg, "smp", "cpus", errp);
}

void opt_boot(CmdLine *cl, const char *arg, Error **errp)
{
    merge_into_machine(cl, "boot-opts", arg, "boot", "order", errp);
}

/* A size without a suffix is in MiB, as ever for -m. */
void opt_memory(CmdLine *cl, const char *arg, Error **errp)
{
    ERRP_GUARD();
    g_autofree char *text = NULL;
    g_autoptr(QDict) dict = NULL;
    const char *size;
    bool help = false;

    dict = keyval_parse(arg, "size", &help, errp);
    if (!dict) {
        return;
    }
    size = qdict_get_try_str(dict, "size");
    if (size && !help) {
        uint64_t bytes;
        int ret = qemu_strtosz_MiB(size, NULL, &bytes);

        if (ret == -ERANGE && *size != '-') {
            error_setg(errp, "RAM size '%s' is too large", size);
            return;
        }
        if (ret < 0) {
            error_setg(errp,
                       "Parameter 'size' expects a size, as in 512M or "
                       "4G, not '%s'",
                       size);
            return;
        }
        text = g_strdup_printf("%s,size=%" PRIu64 "B", arg, bytes);
        if (!strchr(arg, ',') && !strchr(arg, '=')) {
            g_free(text);
            text = g_strdup_printf("size=%" PRIu64 "B", bytes);
        }
        arg = text;
    }
    merge_into_machine(cl, "memory", arg, "memory", "size", errp);
    if (qdict_haskey(cl->machine, "memory")) {
        QDict *mem = qobject_to(QDict, qdict_get(cl->machine, "memory"));

        if (mem && qdict_haskey(mem, "maxmem") && !*errp) {
            qdict_put_str(mem, "max-size", qdict_get_str(mem, "maxmem"));
            qdict_del(mem, "maxmem");
        }
    }
}

void opt_mem_path(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->mem_path);
    cl->mem_path = g_strdup(arg);
}

void opt_mem_prealloc(CmdLine *cl, const char *arg, Error **errp)
{
    cl->mem_prealloc = true;
}

static void add_dict_option(GPtrArray *array, QDict *dict, const char *arg)
{
    DictOption *o = g_new0(DictOption, 1);

    o->dict = dict;
    o->arg = g_strdup(arg);
    loc_save(&o->loc);
    g_ptr_array_add(array, o);
}

static QDict *parse_json_object(const char *arg, Error **errp)
{
    QObject *obj = qobject_from_json(arg, errp);
    QDict *dict = qobject_to(QDict, obj);

    if (obj && !dict) {
        error_setg(errp, "JSON object expected");
        qobject_unref(obj);
    }
    return dict;
}

void opt_object(CmdLine *cl, const char *arg, Error **errp)
{
    QDict *dict;
    bool help = false;

    if (*arg == '{') {
        dict = parse_json_object(arg, errp);
    } else {
        dict = keyval_parse(arg, "qom-type", &help, errp);
    }
    if (!dict) {
        return;
    }
    if (help || is_help_option(qdict_get_try_str(dict, "qom-type") ?: "")) {
        Error *err = NULL;

        qobject_unref(dict);
        user_creatable_parse_str(arg, &err);
        if (err) {
            error_propagate(errp, err);
            return;
        }
        exit(EXIT_SUCCESS);
    }
    add_dict_option(cl->objects, dict, arg);
}

static void device_help(const char *driver, Error **errp)
{
    ERRP_GUARD();
    GString *text;

    if (!driver || is_help_option(driver)) {
        print_and_exit(qdev_help_devices());
    }
    text = qdev_help_device(driver, errp);
    if (text) {
        print_and_exit(text);
    }
    suggest_type(errp, driver, TYPE_DEVICE);
}

void opt_device(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts;

    if (*arg == '{') {
        QDict *dict = parse_json_object(arg, errp);

        if (!dict) {
            return;
        }
        if (is_help_option(qdict_get_try_str(dict, "driver") ?: "")) {
            device_help(NULL, errp);
        }
        add_dict_option(cl->json_devices, dict, arg);
        return;
    }
    opts = qemu_opts_parse(&qemu_device_opts, arg, true, errp);
    if (!opts) {
        return;
    }
    if (is_help_option(qemu_opt_get(opts, "driver") ?: "") ||
        qemu_opt_has_help_opt(opts)) {
        device_help(qemu_opt_get(opts, "driver"), errp);
    }
}

/* "driver.property=value" or "driver=...,property=...,value=...". */
void opt_global(CmdLine *cl, const char *arg, Error **errp)
{
    ERRP_GUARD();

    if (!qdev_parse_global(arg, errp)) {
        suggest_opts(errp, &qemu_global_opts, arg);
    }
}

/* "group.id.property=value", of an option that stands before it. */
void opt_set(CmdLine *cl, const char *arg, Error **errp)
{
    ERRP_GUARD();
    g_auto(GStrv) parts = g_strsplit(arg, ".", 3);
    char *value = g_strv_length(parts) == 3 ? strchr(parts[2], '=') : NULL;
    QemuOptsList *list;
    QemuOpts *opts;

    if (!value || !*parts[0] || !*parts[1] || value == parts[2]) {
        error_setg(errp, "can't parse: \"%s\"", arg);
        return;
    }
    *value++ = 0;
    list = qemu_find_opts_err(parts[0], errp);
    if (!list) {
        return;
    }
    opts = qemu_opts_find(list, parts[1]);
    if (!opts) {
        error_setg(errp, "there is no %s \"%s\" defined", parts[0], parts[1]);
        return;
    }
    qemu_opt_set(opts, parts[2], value, errp);
}
