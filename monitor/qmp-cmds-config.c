/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-command-line-options: the option groups and their parameters.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qemu/config-file.h"
#include "qemu/option.h"
#include "monitor-internal.h"

static CommandLineParameterType to_parameter_type(enum QemuOptType type)
{
    switch (type) {
    case QEMU_OPT_BOOL:
        return COMMAND_LINE_PARAMETER_TYPE_BOOLEAN;
    case QEMU_OPT_NUMBER:
        return COMMAND_LINE_PARAMETER_TYPE_NUMBER;
    case QEMU_OPT_SIZE:
        return COMMAND_LINE_PARAMETER_TYPE_SIZE;
    case QEMU_OPT_STRING:
    default:
        return COMMAND_LINE_PARAMETER_TYPE_STRING;
    }
}

static void add_parameters(CommandLineParameterInfoList **params,
                           const QemuOptDesc *desc)
{
    for (; desc->name; desc++) {
        CommandLineParameterInfo *info = g_new0(CommandLineParameterInfo, 1);

        info->name = g_strdup(desc->name);
        info->type = to_parameter_type(desc->type);
        info->help = g_strdup(desc->help);
        info->q_default = g_strdup(desc->def_value_str);
        QAPI_LIST_PREPEND(*params, info);
    }
}

/* What all machines have, since a name does not tell which one is meant. */
static CommandLineParameterInfoList *machine_parameters(void)
{
    CommandLineParameterInfoList *params = NULL;
    ObjectClass *class = object_class_by_name(TYPE_MACHINE);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    CommandLineParameterInfo *info;

    if (class) {
        object_class_property_iter_init(&iter, class);
        while ((prop = object_property_iter_next(&iter))) {
            if (!prop->set) {
                continue;
            }
            info = g_new0(CommandLineParameterInfo, 1);
            info->name = g_strdup(prop->name);
            info->type = !strcmp(prop->type, "bool")
                             ? COMMAND_LINE_PARAMETER_TYPE_BOOLEAN
                             : COMMAND_LINE_PARAMETER_TYPE_STRING;
            info->help = g_strdup(prop->description);
            QAPI_LIST_PREPEND(params, info);
        }
    }
    info = g_new0(CommandLineParameterInfo, 1);
    info->name = g_strdup("type");
    info->type = COMMAND_LINE_PARAMETER_TYPE_STRING;
    info->help = g_strdup("machine type");
    QAPI_LIST_PREPEND(params, info);
    return params;
}

CommandLineOptionInfoList *qmp_query_command_line_options(const char *option,
                                                          Error **errp)
{
    CommandLineOptionInfoList *list = NULL;
    bool machine_seen = false;

    for (int i = 0; vm_config_groups[i]; i++) {
        QemuOptsList *group = vm_config_groups[i];
        bool machine = !strcmp(group->name, "machine");
        CommandLineOptionInfo *info;

        machine_seen |= machine;
        if (option && strcmp(option, group->name)) {
            continue;
        }
        info = g_new0(CommandLineOptionInfo, 1);
        info->option = g_strdup(group->name);
        if (machine) {
            info->parameters = machine_parameters();
        } else {
            add_parameters(&info->parameters, group->desc);
        }
        QAPI_LIST_PREPEND(list, info);
    }
    if (!machine_seen && (!option || !strcmp(option, "machine"))) {
        CommandLineOptionInfo *info = g_new0(CommandLineOptionInfo, 1);

        info->option = g_strdup("machine");
        info->parameters = machine_parameters();
        QAPI_LIST_PREPEND(list, info);
    }
    if (!list) {
        error_setg(errp, "invalid option name: %s", option);
    }
    return list;
}
