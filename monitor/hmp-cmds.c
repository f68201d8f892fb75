/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP commands about the machine, the log and the monitor itself.
 */
#include "qemu/osdep.h"
#include "exec/hwaddr.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qapi-commands-run-state.h"
#include "qapi/util.h"
#include "qemu/log.h"
#include "system/system.h"
#include "monitor-internal.h"

bool hmp_handle_error(Monitor *mon, Error *err)
{
    if (!err) {
        return false;
    }
    error_reportf_err(err, "Error: ");
    return true;
}

strList *hmp_split_at_comma(const char *str)
{
    g_auto(GStrv) parts = g_strsplit(str ? str : "", ",", -1);
    strList *list = NULL, **tail = &list;

    for (int i = 0; parts[i]; i++) {
        QAPI_LIST_APPEND(tail, g_strdup(parts[i]));
    }
    return list;
}

/* --- The machine -------------------------------------------------------- */

void hmp_info_version(Monitor *mon, const QDict *qdict)
{
    VersionInfo *info = qmp_query_version(NULL);

    monitor_printf(mon, "%" PRId64 ".%" PRId64 ".%" PRId64 "%s\n",
                   info->qemu->major, info->qemu->minor, info->qemu->micro,
                   info->package);
    qapi_free_VersionInfo(info);
}

void hmp_info_name(Monitor *mon, const QDict *qdict)
{
    NameInfo *info = qmp_query_name(NULL);

    if (info->name) {
        monitor_printf(mon, "%s\n", info->name);
    }
    qapi_free_NameInfo(info);
}

void hmp_info_uuid(Monitor *mon, const QDict *qdict)
{
    UuidInfo *info = qmp_query_uuid(NULL);

    monitor_printf(mon, "%s\n", info->UUID);
    qapi_free_UuidInfo(info);
}

void hmp_info_status(Monitor *mon, const QDict *qdict)
{
    StatusInfo *info = qmp_query_status(NULL);

    monitor_printf(mon, "VM status: %s", info->running ? "running" : "paused");
    if (!info->running && info->status != RUN_STATE_PAUSED) {
        monitor_printf(mon, " (%s)", RunState_str(info->status));
    }
    monitor_printf(mon, "\n");
    qapi_free_StatusInfo(info);
}

void hmp_info_kvm(Monitor *mon, const QDict *qdict)
{
    KvmInfo *info = qmp_query_kvm(NULL);

    monitor_printf(mon, "kvm support: %s\n",
                   !info->present  ? "not compiled"
                   : info->enabled ? "enabled"
                                   : "disabled");
    qapi_free_KvmInfo(info);
}

void hmp_exit_preconfig(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_x_exit_preconfig(&err);
    hmp_handle_error(mon, err);
}

void hmp_watchdog_action(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    int action = qapi_enum_parse(&WatchdogAction_lookup,
                                 qdict_get_str(qdict, "action"), -1, &err);

    if (action >= 0) {
        qmp_watchdog_set_action(action, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_boot_set(Monitor *mon, const QDict *qdict)
{
    const char *order = qdict_get_str(qdict, "bootdevice");
    Error *err = NULL;

    qemu_boot_set(order, &err);
    if (err) {
        hmp_handle_error(mon, err);
    } else {
        monitor_printf(mon, "boot device list now set to %s\n", order);
    }
}

void hmp_quit(Monitor *mon, const QDict *qdict)
{
    monitor_suspend(mon);
    qmp_quit(NULL);
}

void hmp_stop(Monitor *mon, const QDict *qdict)
{
    qmp_stop(NULL);
}

void hmp_cont(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_cont(&err);
    hmp_handle_error(mon, err);
}

void hmp_system_reset(Monitor *mon, const QDict *qdict)
{
    qmp_system_reset(NULL);
}

void hmp_system_powerdown(Monitor *mon, const QDict *qdict)
{
    qmp_system_powerdown(NULL);
}

/* --- The monitor -------------------------------------------------------- */

void hmp_info_history(Monitor *mon, const QDict *qdict)
{
    MonitorHMP *hmp = monitor_to_hmp(mon);
    const char *line;

    if (!hmp->rs) {
        return;
    }
    for (int i = 0; (line = readline_get_history(hmp->rs, i)); i++) {
        monitor_printf(mon, "%d: '%s'\n", i, line);
    }
}

void hmp_print(Monitor *mon, const QDict *qdict)
{
    hwaddr value = qdict_get_int(qdict, "val");

    switch (qdict_get_int(qdict, "format")) {
    case 'o':
        monitor_printf(mon, "%#" HWADDR_PRIo, value);
        break;
    case 'x':
        monitor_printf(mon, "%#" HWADDR_PRIx, value);
        break;
    case 'u':
        monitor_printf(mon, "%" HWADDR_PRIu, value);
        break;
    case 'c':
        monitor_printc(mon, value);
        break;
    default:
        monitor_printf(mon, "%" HWADDR_PRId, value);
        break;
    }
    monitor_printf(mon, "\n");
}

/* --- The log ------------------------------------------------------------ */

void hmp_log(Monitor *mon, const QDict *qdict)
{
    const char *items = qdict_get_str(qdict, "items");
    Error *err = NULL;
    int mask = 0;

    if (strcmp(items, "none")) {
        mask = qemu_str_to_log_mask(items);
        if (!mask) {
            hmp_help_cmd(mon, "log");
            return;
        }
    }
    if (!qemu_set_log(mask, &err)) {
        error_report_err(err);
    }
}

void hmp_logfile(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    if (!qemu_set_log_filename(qdict_get_str(qdict, "filename"), &err)) {
        error_report_err(err);
    }
}
