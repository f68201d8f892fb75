/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models of CPUs: their names, -cpu, and the list of them.
 *
 * A family is an abstract type right below TYPE_CPU ("riscv-cpu"); a model
 * "rv64" of it is the type "rv64-riscv-cpu". The family of this process is that
 * of the machine's default CPU, if it has one, else all are.
 */
#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "exec/cpu-common.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/qemu-print.h"

/* The family that a CPU class belongs to; NULL: TYPE_CPU itself. */
static ObjectClass *family_of(ObjectClass *oc)
{
    ObjectClass *parent;

    while ((parent = object_class_get_parent(oc))) {
        if (!strcmp(object_class_get_name(parent), TYPE_CPU)) {
            return oc;
        }
        oc = parent;
    }
    return NULL;
}

static ObjectClass *process_family(void)
{
    MachineClass *mc =
        current_machine ? MACHINE_GET_CLASS(current_machine) : NULL;
    const char *type = mc ? machine_class_default_cpu_type(mc) : NULL;
    ObjectClass *oc = type ? object_class_by_name(type) : NULL;

    return oc && object_class_dynamic_cast(oc, TYPE_CPU) ? family_of(oc) : NULL;
}

ObjectClass *cpu_class_by_name(const char *typename, const char *cpu_model)
{
    ObjectClass *family = object_class_by_name(typename), *oc = NULL;
    CPUClass *cc = family ? CPU_CLASS(family) : NULL;

    assert(cpu_model);
    if (cc && cc->class_by_name) {
        oc = cc->class_by_name(cpu_model);
    }
    if (!oc || !object_class_dynamic_cast(oc, typename) ||
        object_class_is_abstract(oc)) {
        return NULL;
    }
    return oc;
}

char *cpu_model_from_type(const char *typename)
{
    ObjectClass *oc = object_class_by_name(typename), *family;
    g_autofree char *suffix = NULL;

    if (!oc || !object_class_dynamic_cast(oc, TYPE_CPU)) {
        return NULL;
    }
    family = family_of(oc);
    if (!family) {
        return NULL;
    }
    suffix = g_strdup_printf("-%s", object_class_get_name(family));
    if (!g_str_has_suffix(typename, suffix)) {
        return g_strdup(typename);
    }
    return g_strndup(typename, strlen(typename) - strlen(suffix));
}

ObjectClass *cpu_model_class(const char *model)
{
    ObjectClass *family = process_family(), *oc = NULL;
    g_autoptr(GSList) classes = NULL;

    if (family) {
        return cpu_class_by_name(object_class_get_name(family), model);
    }
    classes = object_class_get_list(TYPE_CPU, true);
    for (GSList *l = classes; l && !oc; l = l->next) {
        if (family_of(l->data) == l->data) {
            oc = cpu_class_by_name(object_class_get_name(l->data), model);
        }
    }
    return oc;
}

void cpu_common_parse_features(const char *typename, char *features,
                               Error **errp)
{
    g_auto(GStrv) parts = features ? g_strsplit(features, ",", -1) : NULL;

    for (char **p = parts; p && *p; p++) {
        char *eq = strchr(*p, '=');
        GlobalProperty *prop;

        if (!**p) {
            continue;
        }
        if (!eq) {
            error_setg(errp, "Expected key=value format, found %s.", *p);
            return;
        }
        *eq = 0;
        /* Globals live as long as the program. */
        prop = g_new0(GlobalProperty, 1);
        prop->driver = typename;
        prop->property = g_strdup(*p);
        prop->value = g_strdup(eq + 1);
        qdev_prop_register_global(prop);
    }
}

const char *parse_cpu_option(const char *cpu_option)
{
    g_auto(GStrv) parts = g_strsplit(cpu_option, ",", 2);
    ObjectClass *oc;
    const char *type;

    if (!parts[0]) {
        error_report("-cpu option cannot be empty");
        exit(EXIT_FAILURE);
    }
    oc = cpu_model_class(parts[0]);
    if (!oc) {
        error_report("unable to find CPU model '%s'", parts[0]);
        exit(EXIT_FAILURE);
    }
    type = object_class_get_name(oc);
    CPU_CLASS(oc)->parse_features(type, parts[1], &error_fatal);
    return type;
}

CPUState *cpu_create(const char *typename)
{
    Error *err = NULL;
    CPUState *cpu = CPU(object_new(typename));

    if (!qdev_realize(DEVICE(cpu), NULL, &err)) {
        error_report_err(err);
        object_unref(OBJECT(cpu));
        return NULL;
    }
    return cpu;
}

GSList *cpu_models(void)
{
    ObjectClass *family = process_family();

    return object_class_get_list_sorted(
        family ? object_class_get_name(family) : TYPE_CPU, false);
}

static void list_family(const char *family)
{
    g_autoptr(GSList) classes = object_class_get_list_sorted(family, false);

    for (GSList *l = classes; l; l = l->next) {
        CPUClass *cc = CPU_CLASS(l->data);
        g_autofree char *model =
            cpu_model_from_type(object_class_get_name(l->data));

        qemu_printf("  %s%s\n", model,
                    cc->deprecation_note ? " (deprecated)" : "");
    }
}

void list_cpus(void)
{
    ObjectClass *family = process_family();
    g_autoptr(GSList) classes = NULL;

    if (family) {
        qemu_printf("Available CPUs:\n");
        list_family(object_class_get_name(family));
        return;
    }
    classes = object_class_get_list_sorted(TYPE_CPU, true);
    for (GSList *l = classes; l; l = l->next) {
        const char *name = object_class_get_name(l->data);

        if (family_of(l->data) == l->data &&
            object_class_is_abstract(l->data)) {
            qemu_printf("Available CPUs, of '%s':\n", name);
            list_family(name);
        }
    }
}
