/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The human monitor's "balloon" and "info balloon". */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qobject/qdict.h"

void hmp_balloon(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_balloon(qdict_get_int(qdict, "value"), &err);
    hmp_handle_error(mon, err);
}

void hmp_info_balloon(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    BalloonInfo *info = qmp_query_balloon(&err);

    if (!hmp_handle_error(mon, err)) {
        monitor_printf(mon, "balloon: actual=%" PRId64 "\n",
                       info->actual >> 20);
    }
    qapi_free_BalloonInfo(info);
}
