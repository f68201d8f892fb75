/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The human monitor's commands about how fast the guest writes. */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-dirty-rate.h"
#include "qobject/qdict.h"

void hmp_calc_dirty_rate(Monitor *mon, const QDict *qdict)
{
    int64_t seconds = qdict_get_try_int(qdict, "second", 0);
    int64_t samples = qdict_get_try_int(qdict, "sample_pages_per_GB", -1);
    bool ring = qdict_get_try_bool(qdict, "dirty_ring", false);
    bool bitmap = qdict_get_try_bool(qdict, "dirty_bitmap", false);
    Error *err = NULL;

    if (!seconds) {
        monitor_printf(mon, "Incorrect period length specified!\n");
        return;
    }
    if (ring && bitmap) {
        monitor_printf(mon, "Either dirty ring or dirty bitmap "
                            "can be specified!\n");
        return;
    }
    qmp_calc_dirty_rate(seconds, false, TIME_UNIT_SECOND, samples != -1,
                        samples, true,
                        ring     ? DIRTY_RATE_MEASURE_MODE_DIRTY_RING
                        : bitmap ? DIRTY_RATE_MEASURE_MODE_DIRTY_BITMAP
                                 : DIRTY_RATE_MEASURE_MODE_PAGE_SAMPLING,
                        &err);
    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon,
                   "Starting dirty rate measurement with period %" PRIi64
                   " seconds\n"
                   "[Please use 'info dirty_rate' to check results]\n",
                   seconds);
}

static void print_rate(Monitor *mon, const DirtyRateInfo *info)
{
    monitor_printf(mon, "%" PRIi64 " (MB/s)\n", info->dirty_rate);
    for (DirtyRateVcpuList *cpu = info->vcpu_dirty_rate; cpu; cpu = cpu->next) {
        monitor_printf(mon,
                       "vcpu[%" PRIi64 "], Dirty rate: %" PRIi64 " (MB/s)\n",
                       cpu->value->id, cpu->value->dirty_rate);
    }
}

void hmp_info_dirty_rate(Monitor *mon, const QDict *qdict)
{
    DirtyRateInfo *info = qmp_query_dirty_rate(false, TIME_UNIT_SECOND, NULL);

    monitor_printf(mon,
                   "Status: %s\n"
                   "Start Time: %" PRIi64 " (ms)\n",
                   DirtyRateStatus_str(info->status), info->start_time);
    if (info->mode == DIRTY_RATE_MEASURE_MODE_PAGE_SAMPLING) {
        monitor_printf(mon, "Sample Pages: %" PRIu64 " (per GB)\n",
                       info->sample_pages);
    }
    monitor_printf(mon,
                   "Period: %" PRIi64 " (sec)\n"
                   "Mode: %s\n"
                   "Dirty rate: ",
                   info->calc_time, DirtyRateMeasureMode_str(info->mode));
    if (info->has_dirty_rate) {
        print_rate(mon, info);
    } else {
        monitor_printf(mon, "(not ready)\n");
    }
    qapi_free_DirtyRateInfo(info);
}
