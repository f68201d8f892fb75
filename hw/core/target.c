/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Targets and machine classes: which of them this process has, and which one
 * a name means.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/target.h"
#include "qapi/error.h"
#include "qapi/util.h"

/* The target that the process was started for, or NULL. */
static const char *fixed_target;

#if defined(__x86_64__)
#define HOST_TARGET "x86_64"
#elif defined(__aarch64__)
#define HOST_TARGET "aarch64"
#elif defined(__riscv) && __riscv_xlen == 64
#define HOST_TARGET "riscv64"
#elif defined(__powerpc64__)
#define HOST_TARGET "ppc64"
#elif defined(__s390x__)
#define HOST_TARGET "s390x"
#elif defined(__loongarch64)
#define HOST_TARGET "loongarch64"
#else
#error "name the host's architecture as QEMU's SysEmuTarget does"
#endif

const char *target_host(void)
{
    return HOST_TARGET;
}

const char *target_from_argv0(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');
    const char *name = slash ? slash + 1 : argv0;
    const char *mark = g_strrstr(name, "-system-");

    if (!mark || !mark[strlen("-system-")]) {
        return NULL;
    }
    return mark + strlen("-system-");
}

bool target_select(const char *name, Error **errp)
{
    int index = qapi_enum_parse(&SysEmuTarget_lookup, name, -1, NULL);

    assert(!fixed_target);
    if (index < 0) {
        g_autoptr(GString) known = g_string_new(NULL);

        for (int i = 0; i < SYS_EMU_TARGET__MAX; i++) {
            g_string_append_printf(known, "%s%s", i ? ", " : "",
                                   SysEmuTarget_str(i));
        }
        error_setg(errp, "unknown target '%s'", name);
        error_append_hint(errp, "Targets are %s.\n", known->str);
        return false;
    }
    fixed_target = SysEmuTarget_str(index);
    return true;
}

const char *target_selected(void)
{
    return fixed_target;
}

const char *target_name(void)
{
    MachineClass *mc;

    if (fixed_target) {
        return fixed_target;
    }
    mc = current_machine ? MACHINE_GET_CLASS(current_machine) : NULL;
    if (mc && mc->targets && mc->targets->len == 1) {
        return mc->targets->pdata[0];
    }
    return HOST_TARGET;
}

void machine_class_set_target(MachineClass *mc, const char *target)
{
    if (!mc->targets) {
        mc->targets = g_ptr_array_new();
    }
    g_ptr_array_add(mc->targets, (void *)target);
}

bool machine_class_has_target(const MachineClass *mc, const char *target)
{
    if (!mc->targets) {
        return true;
    }
    return g_ptr_array_find_with_equal_func(mc->targets, target, g_str_equal,
                                            NULL);
}

void machine_class_set_name(MachineClass *mc, const char *name)
{
    g_free(mc->name);
    mc->name = g_strdup(name);
}

/* The machine classes of this process; the list is the caller's. */
GSList *machine_classes(void)
{
    GSList *all = object_class_get_list(TYPE_MACHINE, false);
    GSList *list = NULL;

    for (GSList *l = all; l; l = l->next) {
        if (!fixed_target || machine_class_has_target(l->data, fixed_target)) {
            list = g_slist_prepend(list, l->data);
        }
    }
    g_slist_free(all);
    return g_slist_reverse(list);
}

static char *describe_targets(const MachineClass *mc)
{
    GString *s = g_string_new(NULL);

    for (guint i = 0; mc->targets && i < mc->targets->len; i++) {
        g_string_append_printf(s, "%s%s", i ? ", " : "",
                               (char *)mc->targets->pdata[i]);
    }
    return g_string_free(s, FALSE);
}

static bool has_name(const MachineClass *mc, const char *name)
{
    return strcmp(mc->name, name) == 0 || g_strcmp0(mc->alias, name) == 0;
}

static void error_ambiguous(Error **errp, const char *name,
                            const MachineClass *a, const MachineClass *b)
{
    g_autofree char *ta = describe_targets(a);
    g_autofree char *tb = describe_targets(b);

    error_setg(errp, "machine type '%s' exists for several targets: %s and %s",
               name, ta, tb);
    error_append_hint(errp, "Start the program under a name that ends in "
                            "-system-TARGET to choose one.\n");
}

MachineClass *machine_find_class(const char *name, Error **errp)
{
    g_autoptr(GSList) list = machine_classes();
    MachineClass *found = NULL;

    for (GSList *l = list; l; l = l->next) {
        MachineClass *mc = l->data;

        if (!has_name(mc, name)) {
            continue;
        }
        if (found) {
            error_ambiguous(errp, name, found, mc);
            return NULL;
        }
        found = mc;
    }
    if (!found) {
        /* A module may have it. */
        g_autofree char *type = g_strconcat(name, TYPE_MACHINE_SUFFIX, NULL);
        ObjectClass *oc = module_object_class_by_name(type);

        found = (MachineClass *)object_class_dynamic_cast(oc, TYPE_MACHINE);
    }
    if (!found) {
        error_setg(errp, "unsupported machine type: \"%s\"", name);
        error_append_hint(errp,
                          "Use -machine help to list supported machines\n");
    }
    return found;
}

MachineClass *machine_find_default(void)
{
    g_autoptr(GSList) list = machine_classes();

    /* Each target has a default; without a target there is none. */
    for (GSList *l = list; fixed_target && l; l = l->next) {
        MachineClass *mc = l->data;

        if (mc->is_default) {
            return mc;
        }
    }
    return NULL;
}

/* By family, each backwards by name; machines without a family at the end. */
static int compare_machines(gconstpointer a, gconstpointer b)
{
    const MachineClass *ma = a, *mb = b;

    if (!ma->family != !mb->family) {
        return ma->family ? -1 : 1;
    }
    if (!ma->family) {
        return strcmp(ma->name, mb->name);
    }
    return strcmp(ma->family, mb->family) ?: strcmp(mb->name, ma->name);
}

GString *machine_help(void)
{
    GSList *list = g_slist_sort(machine_classes(), compare_machines);
    GString *s = g_string_new("Supported machines are:\n");

    for (GSList *l = list; l; l = l->next) {
        MachineClass *mc = l->data;

        if (mc->alias) {
            g_string_append_printf(s, "%-20s %s (alias of %s)\n", mc->alias,
                                   mc->desc ?: "", mc->name);
        }
        g_string_append_printf(s, "%-20s %s%s%s\n", mc->name, mc->desc ?: "",
                               mc->is_default ? " (default)" : "",
                               mc->deprecation_reason ? " (deprecated)" : "");
    }
    g_slist_free(list);
    return s;
}
