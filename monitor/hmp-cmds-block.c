/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "info block", "info blockstats", "info iothreads", "block_resize" */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "monitor-internal.h"
#include "qapi/qapi-commands-block-core.h"
#include "qapi/qapi-commands-misc.h"
#include "qemu/cutils.h"
#include "qobject/qdict.h"

static void print_image(Monitor *mon, const ImageInfo *image)
{
    g_autofree char *length = size_to_str(image->virtual_size);
    g_autofree char *taken = image->has_actual_size
                                 ? size_to_str(image->actual_size)
                                 : g_strdup("unavailable");

    monitor_printf(mon,
                   "\nImages:\nimage: %s\nfile format: %s\n"
                   "virtual size: %s (%" PRId64 " bytes)\ndisk size: %s\n",
                   image->filename, image->format, length, image->virtual_size,
                   taken);
}

static void print_node(Monitor *mon, const BlockDeviceInfo *node, bool verbose)
{
    monitor_printf(mon, "    Cache mode:       %s%s%s\n",
                   node->cache->writeback ? "writeback" : "writethrough",
                   node->cache->direct ? ", direct" : "",
                   node->cache->no_flush ? ", ignore flushes" : "");
    if (node->detect_zeroes != BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF) {
        monitor_printf(mon, "    Detect zeroes:    %s\n",
                       BlockdevDetectZeroesOptions_str(node->detect_zeroes));
    }
    if (verbose) {
        print_image(mon, node->image);
    }
}

/* Either of @info and @node can be NULL, but not both. */
static void print_block(Monitor *mon, const BlockInfo *info,
                        const BlockDeviceInfo *node, bool verbose)
{
    const char *node_name = node ? node->node_name : NULL;

    if (info && *info->device) {
        monitor_printf(mon, node_name ? "%s (%s)" : "%s", info->device,
                       node_name);
    } else {
        monitor_puts(mon, node_name            ? node_name
                          : info && info->qdev ? info->qdev
                                               : "<anonymous>");
    }
    if (node) {
        monitor_printf(mon, ": %s (%s%s)\n", node->file, node->drv,
                       node->ro ? ", read-only" : "");
    } else {
        monitor_puts(mon, ": [not inserted]\n");
    }
    if (info && info->qdev) {
        monitor_printf(mon, "    Attached to:      %s\n", info->qdev);
    }
    if (info && info->has_io_status &&
        info->io_status != BLOCK_DEVICE_IO_STATUS_OK) {
        monitor_printf(mon, "    I/O status:       %s\n",
                       BlockDeviceIoStatus_str(info->io_status));
    }
    if (info && info->removable) {
        monitor_printf(mon, "    Removable device: %slocked, tray closed\n",
                       info->locked ? "" : "not ");
    }
    if (node) {
        print_node(mon, node, verbose);
    }
}

/* Whether there was any. */
static bool print_devices(Monitor *mon, const char *name, bool verbose)
{
    g_autoptr(BlockInfoList) list = qmp_query_block(NULL);
    bool any = false;

    for (BlockInfoList *l = list; l; l = l->next) {
        if (!name || !strcmp(name, l->value->device)) {
            monitor_puts(mon, l != list ? "\n" : "");
            print_block(mon, l->value, l->value->inserted, verbose);
            any = true;
        }
    }
    return any;
}

static void print_nodes(Monitor *mon, const char *name, bool verbose)
{
    g_autoptr(BlockDeviceInfoList) list =
        qmp_query_named_block_nodes(false, false, NULL);

    for (BlockDeviceInfoList *l = list; l; l = l->next) {
        if (!name || !strcmp(name, l->value->node_name)) {
            monitor_puts(mon, l != list ? "\n" : "");
            print_block(mon, NULL, l->value, verbose);
        }
    }
}

void hmp_info_block(Monitor *mon, const QDict *qdict)
{
    const char *name = qdict_get_try_str(qdict, "device");
    bool verbose = qdict_get_try_bool(qdict, "verbose", false);
    bool nodes = qdict_get_try_bool(qdict, "nodes", false);

    if (!nodes && (print_devices(mon, name, verbose) || !name)) {
        return;
    }
    print_nodes(mon, name, verbose);
}

void hmp_info_blockstats(Monitor *mon, const QDict *qdict)
{
    g_autoptr(BlockStatsList) list = qmp_query_blockstats(false, false, NULL);

    for (BlockStatsList *l = list; l; l = l->next) {
        const BlockDeviceStats *s = l->value->stats;

        monitor_printf(mon,
                       "%s: rd_bytes=%" PRId64 " wr_bytes=%" PRId64
                       " rd_operations=%" PRId64 " wr_operations=%" PRId64
                       " flush_operations=%" PRId64 " wr_total_time_ns=%" PRId64
                       " rd_total_time_ns=%" PRId64
                       " flush_total_time_ns=%" PRId64 " rd_merged=%" PRId64
                       " wr_merged=%" PRId64 " idle_time_ns=%" PRId64 "\n",
                       l->value->device, s->rd_bytes, s->wr_bytes,
                       s->rd_operations, s->wr_operations, s->flush_operations,
                       s->wr_total_time_ns, s->rd_total_time_ns,
                       s->flush_total_time_ns, s->rd_merged, s->wr_merged,
                       s->idle_time_ns);
    }
}

void hmp_block_resize(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_block_resize(qdict_get_str(qdict, "device"), NULL,
                     qdict_get_int(qdict, "size"), &err);
    hmp_handle_error(mon, err);
}

void hmp_info_iothreads(Monitor *mon, const QDict *qdict)
{
    g_autoptr(IOThreadInfoList) list = qmp_query_iothreads(NULL);

    for (IOThreadInfoList *l = list; l; l = l->next) {
        const IOThreadInfo *t = l->value;

        monitor_printf(mon,
                       "%s:\n  thread_id=%" PRId64 "\n  poll-max-ns=%" PRId64
                       "\n  poll-grow=%" PRId64 "\n  poll-shrink=%" PRId64
                       "\n  aio-max-batch=%" PRId64 "\n",
                       t->id, t->thread_id, t->poll_max_ns, t->poll_grow,
                       t->poll_shrink, t->aio_max_batch);
    }
}
