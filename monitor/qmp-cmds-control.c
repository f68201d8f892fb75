/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands about QMP itself: version, commands, schema.
 */
#include "qemu/osdep.h"
#include "monitor/interface-version.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-introspect.h"
#include "monitor-internal.h"

VersionInfo *qmp_query_version(Error **errp)
{
    VersionInfo *info = g_new0(VersionInfo, 1);

    info->qemu = g_new0(VersionTriple, 1);
    info->qemu->major = INTERFACE_VERSION_MAJOR;
    info->qemu->minor = INTERFACE_VERSION_MINOR;
    info->qemu->micro = INTERFACE_VERSION_MICRO;
    info->package = g_strdup(INTERFACE_PACKAGE);
    return info;
}

static void add_command(const QmpCommand *cmd, void *opaque)
{
    CommandInfoList **list = opaque;
    CommandInfo *info;

    if (!qmp_command_is_enabled(cmd)) {
        return;
    }
    info = g_new0(CommandInfo, 1);
    info->name = g_strdup(qmp_command_name(cmd));
    QAPI_LIST_PREPEND(*list, info);
}

CommandInfoList *qmp_query_commands(Error **errp)
{
    CommandInfoList *list = NULL;

    qmp_for_each_command(monitor_to_qmp(monitor_cur())->commands, add_command,
                         &list);
    return list;
}

void qmp_query_qmp_schema(QDict *args, QObject **ret, Error **errp)
{
    *ret = qobject_from_qlit(&qmp_schema_qlit);
}
