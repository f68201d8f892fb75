/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The human monitor's commands about dumps of memory. */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-dump.h"
#include "qobject/qdict.h"

static DumpGuestMemoryFormat format_of(const QDict *qdict, Error **errp)
{
    const struct {
        const char *option;
        DumpGuestMemoryFormat flat, raw;
    } rows[] = {
        { "zlib", DUMP_GUEST_MEMORY_FORMAT_KDUMP_ZLIB,
          DUMP_GUEST_MEMORY_FORMAT_KDUMP_RAW_ZLIB },
        { "lzo", DUMP_GUEST_MEMORY_FORMAT_KDUMP_LZO,
          DUMP_GUEST_MEMORY_FORMAT_KDUMP_RAW_LZO },
        { "snappy", DUMP_GUEST_MEMORY_FORMAT_KDUMP_SNAPPY,
          DUMP_GUEST_MEMORY_FORMAT_KDUMP_RAW_SNAPPY },
        { "windmp", DUMP_GUEST_MEMORY_FORMAT_WIN_DMP,
          DUMP_GUEST_MEMORY_FORMAT_WIN_DMP },
    };
    DumpGuestMemoryFormat format = DUMP_GUEST_MEMORY_FORMAT_ELF;
    int count = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (qdict_get_try_bool(qdict, rows[i].option, false)) {
            format = qdict_get_try_bool(qdict, "raw", false) ? rows[i].raw
                                                             : rows[i].flat;
            count++;
        }
    }
    if (count > 1) {
        error_setg(errp, "only one of '-z|-l|-s|-w' can be set");
    }
    return format;
}

void hmp_dump_guest_memory(Monitor *mon, const QDict *qdict)
{
    g_autofree char *protocol =
        g_strconcat("file:", qdict_get_str(qdict, "filename"), NULL);
    Error *err = NULL;
    DumpGuestMemoryFormat format = format_of(qdict, &err);

    if (!err) {
        qmp_dump_guest_memory(
            qdict_get_try_bool(qdict, "paging", false), protocol, true,
            qdict_get_try_bool(qdict, "detach", false),
            qdict_haskey(qdict, "begin"), qdict_get_try_int(qdict, "begin", 0),
            qdict_haskey(qdict, "length"),
            qdict_get_try_int(qdict, "length", 0), true, format, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_info_dump(Monitor *mon, const QDict *qdict)
{
    g_autoptr(DumpQueryResult) result = qmp_query_dump(NULL);

    monitor_printf(mon, "Status: %s\n", DumpStatus_str(result->status));
    if (result->status == DUMP_STATUS_ACTIVE && result->total) {
        monitor_printf(mon, "Finished: %.2f %%\n",
                       100.0 * result->completed / result->total);
    }
}
