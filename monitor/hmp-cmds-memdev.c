/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "info memdev" and "info memory_size_summary".
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-memory-backend.h"
#include "qapi/string-output-visitor.h"

static char *nodes_to_string(uint16List *nodes)
{
    char *text;
    Visitor *v = string_output_visitor_new(false, &text);

    visit_type_uint16List(v, NULL, &nodes, &error_abort);
    visit_complete(v, &text);
    visit_free(v);
    return text;
}

static const char *yes_no(bool value)
{
    return value ? "true" : "false";
}

void hmp_info_memdev(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemdevList *list = qmp_query_memdev(&err);

    for (MemdevList *l = list; l; l = l->next) {
        const Memdev *m = l->value;
        g_autofree char *nodes = nodes_to_string(m->host_nodes);

        monitor_printf(mon, "memory backend: %s\n", m->id);
        monitor_printf(mon, "  size:  %" PRIu64 "\n", m->size);
        monitor_printf(mon, "  merge: %s\n", yes_no(m->merge));
        monitor_printf(mon, "  dump: %s\n", yes_no(m->dump));
        monitor_printf(mon, "  prealloc: %s\n", yes_no(m->prealloc));
        monitor_printf(mon, "  share: %s\n", yes_no(m->share));
        if (m->has_reserve) {
            monitor_printf(mon, "  reserve: %s\n", yes_no(m->reserve));
        }
        monitor_printf(mon, "  policy: %s\n", HostMemPolicy_str(m->policy));
        monitor_printf(mon, "  host nodes: %s\n", nodes);
    }
    monitor_printf(mon, "\n");
    qapi_free_MemdevList(list);
    hmp_handle_error(mon, err);
}

void hmp_info_memory_size_summary(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemoryInfo *info = qmp_query_memory_size_summary(&err);

    if (info) {
        monitor_printf(mon, "base memory: %" PRIu64 "\n", info->base_memory);
        if (info->has_plugged_memory) {
            monitor_printf(mon, "plugged memory: %" PRIu64 "\n",
                           info->plugged_memory);
        }
        qapi_free_MemoryInfo(info);
    }
    hmp_handle_error(mon, err);
}
