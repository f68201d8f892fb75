/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The human monitor's commands about migration. */
#include "qemu/osdep.h"
#include "migration/migration-init.h"
#include "migration/misc.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qapi/qapi-visit-migration.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/sockets.h"
#include "qemu/timer.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

/* ---- beginning and ending ------------------------------------------------ */

/* A monitor that waits for the end of a migration. */
typedef struct Waiting {
    Monitor *mon;
    QEMUTimer *timer;
} Waiting;

static void look_again(void *opaque)
{
    Waiting *w = opaque;
    MigrationInfo *info;

    if (migration_is_running()) {
        timer_mod(w->timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + 100);
        return;
    }
    info = qmp_query_migrate(NULL);
    if (info->error_desc) {
        monitor_printf(w->mon, "%s\n", info->error_desc);
    }
    qapi_free_MigrationInfo(info);
    monitor_resume(w->mon);
    timer_free(w->timer);
    g_free(w);
}

void hmp_migrate(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    bool resume = qdict_get_try_bool(qdict, "resume", false);
    Waiting *w;

    qmp_migrate(qdict_get_str(qdict, "uri"), false, NULL, false, false, true,
                resume, &err);
    if (hmp_handle_error(mon, err) ||
        qdict_get_try_bool(qdict, "detach", false)) {
        return;
    }
    if (monitor_suspend(mon) < 0) {
        monitor_printf(mon, "terminal does not allow synchronous migration, "
                            "continuing detached\n");
        return;
    }
    w = g_new0(Waiting, 1);
    w->mon = mon;
    w->timer = timer_new_ms(QEMU_CLOCK_REALTIME, look_again, w);
    timer_mod(w->timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME));
}

void hmp_migrate_cancel(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_migrate_cancel(&err);
    hmp_handle_error(mon, err);
}

void hmp_migrate_continue(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    int state = qapi_enum_parse(&MigrationStatus_lookup,
                                qdict_get_str(qdict, "state"), -1, &err);

    if (state >= 0) {
        qmp_migrate_continue(state, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_migrate_incoming(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_migrate_incoming(qdict_get_str(qdict, "uri"), false, NULL, true, true,
                         &err);
    hmp_handle_error(mon, err);
}

void hmp_migrate_start_postcopy(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_migrate_start_postcopy(&err);
    hmp_handle_error(mon, err);
}

void hmp_migrate_recover(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_migrate_recover(qdict_get_str(qdict, "uri"), &err);
    hmp_handle_error(mon, err);
}

void hmp_migrate_pause(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_migrate_pause(&err);
    hmp_handle_error(mon, err);
}

/* ---- choosing ------------------------------------------------------------ */

void hmp_migrate_set_capability(Monitor *mon, const QDict *qdict)
{
    MigrationCapabilityStatus status = {
        .state = qdict_get_bool(qdict, "state"),
    };
    MigrationCapabilityStatusList list = { .value = &status };
    Error *err = NULL;
    int cap = qapi_enum_parse(&MigrationCapability_lookup,
                              qdict_get_str(qdict, "capability"), -1, &err);

    if (cap >= 0) {
        status.capability = cap;
        qmp_migrate_set_capabilities(&list, &err);
    }
    hmp_handle_error(mon, err);
}

/*
 * A parameter as the visitor reads it: without the suffix of a size. Those of
 * bandwidths are megabytes by default.
 */
static char *parameter_text(MigrationParameter parameter, const char *text,
                            Error **errp)
{
    uint64_t size;
    int ret;

    switch (parameter) {
    case MIGRATION_PARAMETER_MAX_BANDWIDTH:
    case MIGRATION_PARAMETER_AVAIL_SWITCHOVER_BANDWIDTH:
    case MIGRATION_PARAMETER_MAX_POSTCOPY_BANDWIDTH:
        ret = qemu_strtosz_MiB(text, NULL, &size);
        break;
    case MIGRATION_PARAMETER_XBZRLE_CACHE_SIZE:
        ret = qemu_strtosz(text, NULL, &size);
        break;
    default:
        return g_strdup(text);
    }
    if (ret) {
        error_setg(errp, "Invalid size %s", text);
        return NULL;
    }
    return g_strdup_printf("%" PRIu64, size);
}

void hmp_migrate_set_parameter(Monitor *mon, const QDict *qdict)
{
    const char *name = qdict_get_str(qdict, "parameter");
    g_autoptr(QDict) dict = qdict_new();
    g_autofree char *text = NULL;
    MigrateSetParameters *p = NULL;
    Error *err = NULL;
    Visitor *v;
    int parameter = qapi_enum_parse(&MigrationParameter_lookup, name, -1, &err);

    if (parameter == MIGRATION_PARAMETER_BLOCK_BITMAP_MAPPING) {
        error_setg(&err, "The block-bitmap-mapping parameter can only be set "
                         "through QMP");
    } else if (parameter >= 0) {
        text = parameter_text(parameter, qdict_get_str(qdict, "value"), &err);
    }
    if (hmp_handle_error(mon, err)) {
        return;
    }
    qdict_put_str(dict, name, text);
    /* The visitor for texts makes numbers of them where they are wanted. */
    v = qobject_input_visitor_new_keyval(QOBJECT(dict));
    if (visit_type_MigrateSetParameters(v, NULL, &p, &err)) {
        qmp_migrate_set_parameters(p, &err);
    }
    visit_free(v);
    qapi_free_MigrateSetParameters(p);
    hmp_handle_error(mon, err);
}

/* ---- showing ------------------------------------------------------------- */

static void print_ram(Monitor *mon, const MigrationStats *ram)
{
    const struct {
        const char *label;
        uint64_t value;
        const char *unit;
        bool always;
    } rows[] = {
        { "remaining ram", ram->remaining >> 10, " kbytes", true },
        { "total ram", ram->total >> 10, " kbytes", true },
        { "duplicate", ram->duplicate, " pages", true },
        { "normal", ram->normal, " pages", true },
        { "normal bytes", ram->normal_bytes >> 10, " kbytes", true },
        { "dirty sync count", ram->dirty_sync_count, "", true },
        { "page size", ram->page_size >> 10, " kbytes", true },
        { "multifd bytes", ram->multifd_bytes >> 10, " kbytes", true },
        { "pages-per-second", ram->pages_per_second, "", true },
        { "dirty pages rate", ram->dirty_pages_rate, " pages", false },
        { "postcopy request count", ram->postcopy_requests, "", false },
        { "precopy ram", ram->precopy_bytes >> 10, " kbytes", false },
        { "downtime ram", ram->downtime_bytes >> 10, " kbytes", false },
        { "postcopy ram", ram->postcopy_bytes >> 10, " kbytes", false },
        { "Zero-copy-send fallbacks happened", ram->dirty_sync_missed_zero_copy,
          " times", false },
    };

    monitor_printf(mon, "transferred ram: %" PRIu64 " kbytes\n",
                   ram->transferred >> 10);
    monitor_printf(mon, "throughput: %0.2f mbps\n", ram->mbps);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].always || rows[i].value) {
            monitor_printf(mon, "%s: %" PRIu64 "%s\n", rows[i].label,
                           rows[i].value, rows[i].unit);
        }
    }
}

/* What is the same for all migrations; most of it cannot be changed here. */
static void print_globals(Monitor *mon)
{
    monitor_printf(mon,
                   "globals:\n"
                   "store-global-state: on\n"
                   "only-migratable: %s\n"
                   "send-configuration: on\n"
                   "send-section-footer: on\n"
                   "send-switchover-start: on\n"
                   "clear-bitmap-shift: 0\n",
                   only_migratable ? "on" : "off");
}

static void print_status(Monitor *mon, const MigrationInfo *info)
{
    if (!info->has_status) {
        return;
    }
    monitor_printf(mon, "Migration status: %s",
                   MigrationStatus_str(info->status));
    if (info->status == MIGRATION_STATUS_FAILED && info->error_desc) {
        monitor_printf(mon, " (%s)", info->error_desc);
    }
    monitor_printf(mon, "\ntotal time: %" PRId64 " ms\n", info->total_time);
    if (info->has_expected_downtime) {
        monitor_printf(mon, "expected downtime: %" PRId64 " ms\n",
                       info->expected_downtime);
    }
    if (info->has_downtime) {
        monitor_printf(mon, "downtime: %" PRId64 " ms\n", info->downtime);
    }
    if (info->has_setup_time) {
        monitor_printf(mon, "setup: %" PRId64 " ms\n", info->setup_time);
    }
}

void hmp_info_migrate(Monitor *mon, const QDict *qdict)
{
    MigrationInfo *info = qmp_query_migrate(NULL);
    SocketAddressList *addr;
    strList *reason;

    print_globals(mon);
    if (info->blocked_reasons) {
        monitor_printf(mon, "Outgoing migration blocked:\n");
    }
    for (reason = info->blocked_reasons; reason; reason = reason->next) {
        monitor_printf(mon, "  %s\n", reason->value);
    }
    print_status(mon, info);
    if (info->ram) {
        print_ram(mon, info->ram);
    }
    if (info->has_cpu_throttle_percentage) {
        monitor_printf(mon, "cpu throttle percentage: %" PRIu64 "\n",
                       info->cpu_throttle_percentage);
    }
    if (info->has_socket_address) {
        monitor_printf(mon, "socket address: [\n");
        for (addr = info->socket_address; addr; addr = addr->next) {
            g_autofree char *uri = socket_uri(addr->value);

            monitor_printf(mon, "\t%s\n", uri);
        }
        monitor_printf(mon, "]\n");
    }
    qapi_free_MigrationInfo(info);
}

void hmp_info_migrate_capabilities(Monitor *mon, const QDict *qdict)
{
    MigrationCapabilityStatusList *all = qmp_query_migrate_capabilities(NULL);

    for (MigrationCapabilityStatusList *cap = all; cap; cap = cap->next) {
        monitor_printf(mon, "%s: %s\n",
                       MigrationCapability_str(cap->value->capability),
                       cap->value->state ? "on" : "off");
    }
    qapi_free_MigrationCapabilityStatusList(all);
}

static const char *parameter_unit(MigrationParameter parameter)
{
    switch (parameter) {
    case MIGRATION_PARAMETER_ANNOUNCE_INITIAL:
    case MIGRATION_PARAMETER_ANNOUNCE_MAX:
    case MIGRATION_PARAMETER_ANNOUNCE_STEP:
    case MIGRATION_PARAMETER_DOWNTIME_LIMIT:
    case MIGRATION_PARAMETER_X_CHECKPOINT_DELAY:
    case MIGRATION_PARAMETER_X_VCPU_DIRTY_LIMIT_PERIOD:
        return " ms";
    case MIGRATION_PARAMETER_MAX_BANDWIDTH:
    case MIGRATION_PARAMETER_AVAIL_SWITCHOVER_BANDWIDTH:
        return " bytes/second";
    case MIGRATION_PARAMETER_XBZRLE_CACHE_SIZE:
        return " bytes";
    case MIGRATION_PARAMETER_VCPU_DIRTY_LIMIT:
        return " MB/s";
    default:
        return "";
    }
}

static void print_parameter(Monitor *mon, const QDict *all,
                            MigrationParameter parameter)
{
    const char *name = MigrationParameter_str(parameter);
    QObject *value = qdict_get(all, name);
    QBool *flag = qobject_to(QBool, value);
    QString *text = qobject_to(QString, value);
    QNum *number = qobject_to(QNum, value);

    if (flag) {
        monitor_printf(mon, "%s: %s\n", name,
                       qbool_get_bool(flag) ? "on" : "off");
    } else if (text) {
        const char *quote = g_str_has_prefix(name, "tls-") ? "'" : "";

        monitor_printf(mon, "%s: %s%s%s\n", name, quote, qstring_get_str(text),
                       quote);
    } else if (number) {
        monitor_printf(mon, "%s: %" PRIu64 "%s\n", name, qnum_get_uint(number),
                       parameter_unit(parameter));
    }
}

void hmp_info_migrate_parameters(Monitor *mon, const QDict *qdict)
{
    MigrationParameters *p = qmp_query_migrate_parameters(NULL);
    QObject *all = NULL;
    Visitor *v = qobject_output_visitor_new(&all);

    visit_type_MigrationParameters(v, NULL, &p, &error_abort);
    visit_complete(v, &all);
    visit_free(v);
    for (int i = 0; i < MIGRATION_PARAMETER__MAX; i++) {
        print_parameter(mon, qobject_to(QDict, all), i);
    }
    qobject_unref(all);
    qapi_free_MigrationParameters(p);
}
