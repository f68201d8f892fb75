/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QMP commands that describe machines and the target. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/util.h"

TargetInfo *qmp_query_target(Error **errp)
{
    TargetInfo *info = g_new0(TargetInfo, 1);

    info->arch =
        qapi_enum_parse(&SysEmuTarget_lookup, target_name(), -1, &error_abort);
    return info;
}

static CompatPropertyList *compat_props_of(const MachineClass *mc)
{
    CompatPropertyList *list = NULL;

    for (guint i = mc->compat_props->len; i-- > 0;) {
        const GlobalProperty *p = mc->compat_props->pdata[i];
        CompatProperty *prop = g_new0(CompatProperty, 1);

        prop->qom_type = g_strdup(p->driver);
        prop->property = g_strdup(p->property);
        prop->value = g_strdup(p->value);
        QAPI_LIST_PREPEND(list, prop);
    }
    return list;
}

static MachineInfo *describe_machine(MachineClass *mc, bool with_compat_props)
{
    MachineInfo *info = g_new0(MachineInfo, 1);
    const char *cpu = machine_class_default_cpu_type(mc);

    info->name = g_strdup(mc->name);
    info->alias = g_strdup(mc->alias);
    info->has_is_default = info->is_default = mc->is_default;
    info->cpu_max = mc->max_cpus ?: 1;
    info->hotpluggable_cpus = mc->has_hotpluggable_cpus;
    info->numa_mem_supported = mc->numa_mem_supported;
    info->deprecated = mc->deprecation_reason != NULL;
    info->default_cpu_type = g_strdup(cpu);
    info->default_ram_id = g_strdup(mc->default_ram_id);
    info->acpi = object_class_property_find(OBJECT_CLASS(mc), "acpi") != NULL;
    if (with_compat_props) {
        info->has_compat_props = true;
        info->compat_props = compat_props_of(mc);
    }
    return info;
}

MachineInfoList *qmp_query_machines(bool has_compat_props, bool compat_props,
                                    Error **errp)
{
    g_autoptr(GSList) classes = machine_classes();
    MachineInfoList *list = NULL;

    for (GSList *l = classes; l; l = l->next) {
        QAPI_LIST_PREPEND(
            list, describe_machine(l->data, has_compat_props && compat_props));
    }
    return list;
}
