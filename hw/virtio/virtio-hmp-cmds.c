/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HMP's info virtio and its relatives. */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-virtio.h"
#include "qobject/qdict.h"

/* Each on a line, and a line's end even when there is none. */
static void print_list(Monitor *mon, const strList *list)
{
    for (; list; list = list->next) {
        monitor_printf(mon, "\t%s%s", list->value, list->next ? ",\n" : "");
    }
    monitor_printf(mon, "\n");
}

static void print_status(Monitor *mon, const VirtioDeviceStatus *s)
{
    print_list(mon, s->statuses);
    if (s->has_unknown_statuses) {
        monitor_printf(mon, "  unknown-statuses(0x%016" PRIx32 ")\n",
                       s->unknown_statuses);
    }
}

static void print_features(Monitor *mon, const char *title,
                           const VirtioDeviceFeatures *f)
{
    monitor_printf(mon, "  %s features:\n", title);
    print_list(mon, f->transports);
    if (f->dev_features) {
        print_list(mon, f->dev_features);
    }
    if (f->has_unknown_dev_features) {
        monitor_printf(mon, "  unknown-features(0x%016" PRIx64 ")\n",
                       f->unknown_dev_features);
    }
}

void hmp_virtio_query(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    VirtioInfoList *list = qmp_x_query_virtio(&err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    for (VirtioInfoList *i = list; i; i = i->next) {
        monitor_printf(mon, "%s [%s]\n", i->value->path, i->value->name);
    }
    qapi_free_VirtioInfoList(list);
}

static void print_bool(Monitor *mon, const char *name, bool value)
{
    g_autofree char *label = g_strdup_printf("%s:", name);

    monitor_printf(mon, "  %-24s %s\n", label, value ? "true" : "false");
}

void hmp_virtio_status(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_try_str(qdict, "path");
    Error *err = NULL;
    VirtioStatus *s = qmp_x_query_virtio_status(path, &err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    monitor_printf(mon, "  device_name:             %s %s\n", s->name,
                   s->vhost_dev ? "(vhost)" : "");
    monitor_printf(mon, "  device_id:               %d\n", s->device_id);
    print_bool(mon, "vhost_started", s->vhost_started);
    monitor_printf(mon, "  bus_name:                %s\n",
                   s->bus_name ?: "(null)");
    print_bool(mon, "broken", s->broken);
    print_bool(mon, "disabled", s->disabled);
    print_bool(mon, "disable_legacy_check", s->disable_legacy_check);
    print_bool(mon, "started", s->started);
    print_bool(mon, "use_started", s->use_started);
    print_bool(mon, "start_on_kick", s->start_on_kick);
    print_bool(mon, "use_guest_notifier_mask", s->use_guest_notifier_mask);
    print_bool(mon, "vm_running", s->vm_running);
    monitor_printf(mon, "  num_vqs:                 %" PRId64 "\n", s->num_vqs);
    monitor_printf(mon, "  queue_sel:               %d\n", s->queue_sel);
    monitor_printf(mon, "  isr:                     %d\n", s->isr);
    monitor_printf(mon, "  endianness:              %s\n", s->device_endian);
    monitor_printf(mon, "  status:\n");
    print_status(mon, s->status);
    print_features(mon, "Guest", s->guest_features);
    print_features(mon, "Host", s->host_features);
    print_features(mon, "Backend", s->backend_features);
    qapi_free_VirtioStatus(s);
}

void hmp_vhost_queue_status(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_try_str(qdict, "path");
    Error *err = NULL;
    VirtVhostQueueStatus *s = qmp_x_query_virtio_vhost_queue_status(
        path, qdict_get_int(qdict, "queue"), &err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    monitor_printf(mon, "  device_name:          %s (vhost)\n", s->name);
    monitor_printf(mon, "  kick:                 %" PRId64 "\n", s->kick);
    monitor_printf(mon, "  call:                 %" PRId64 "\n", s->call);
    monitor_printf(mon, "  VRing:\n");
    monitor_printf(mon, "    num:         %" PRId64 "\n", s->num);
    monitor_printf(mon, "    desc:        0x%016" PRIx64 "\n", s->desc);
    monitor_printf(mon, "    desc_phys:   0x%016" PRIx64 "\n", s->desc_phys);
    monitor_printf(mon, "    desc_size:   %" PRId32 "\n", s->desc_size);
    monitor_printf(mon, "    avail:       0x%016" PRIx64 "\n", s->avail);
    monitor_printf(mon, "    avail_phys:  0x%016" PRIx64 "\n", s->avail_phys);
    monitor_printf(mon, "    avail_size:  %" PRId32 "\n", s->avail_size);
    monitor_printf(mon, "    used:        0x%016" PRIx64 "\n", s->used);
    monitor_printf(mon, "    used_phys:   0x%016" PRIx64 "\n", s->used_phys);
    monitor_printf(mon, "    used_size:   %" PRId32 "\n", s->used_size);
    qapi_free_VirtVhostQueueStatus(s);
}

void hmp_virtio_queue_status(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_try_str(qdict, "path");
    Error *err = NULL;
    VirtQueueStatus *s = qmp_x_query_virtio_queue_status(
        path, qdict_get_int(qdict, "queue"), &err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    monitor_printf(mon, "  device_name:          %s\n", s->name);
    monitor_printf(mon, "  queue_index:          %d\n", s->queue_index);
    monitor_printf(mon, "  inuse:                %d\n", s->inuse);
    monitor_printf(mon, "  used_idx:             %d\n", s->used_idx);
    monitor_printf(mon, "  signalled_used:       %d\n", s->signalled_used);
    monitor_printf(mon, "  signalled_used_valid: %s\n",
                   s->signalled_used_valid ? "true" : "false");
    if (s->has_last_avail_idx) {
        monitor_printf(mon, "  last_avail_idx:       %d\n", s->last_avail_idx);
    }
    if (s->has_shadow_avail_idx) {
        monitor_printf(mon, "  shadow_avail_idx:     %d\n",
                       s->shadow_avail_idx);
    }
    monitor_printf(mon, "  VRing:\n");
    monitor_printf(mon, "    num:          %" PRId32 "\n", s->vring_num);
    monitor_printf(mon, "    num_default:  %" PRId32 "\n",
                   s->vring_num_default);
    monitor_printf(mon, "    align:        %" PRId32 "\n", s->vring_align);
    monitor_printf(mon, "    desc:         0x%016" PRIx64 "\n", s->vring_desc);
    monitor_printf(mon, "    avail:        0x%016" PRIx64 "\n", s->vring_avail);
    monitor_printf(mon, "    used:         0x%016" PRIx64 "\n", s->vring_used);
    qapi_free_VirtQueueStatus(s);
}

static void print_desc(Monitor *mon, const VirtioRingDesc *d, bool more)
{
    monitor_printf(mon, "        addr 0x%" PRIx64 " len %d", d->addr, d->len);
    if (d->flags) {
        monitor_printf(mon, " (");
        for (strList *flag = d->flags; flag; flag = flag->next) {
            monitor_printf(mon, "%s%s", flag->value, flag->next ? ", " : "");
        }
        monitor_printf(mon, ")");
    }
    monitor_printf(mon, more ? ",\n" : "\n");
}

void hmp_virtio_queue_element(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_try_str(qdict, "path");
    int64_t index = qdict_get_try_int(qdict, "index", -1);
    Error *err = NULL;
    VirtioQueueElement *e = qmp_x_query_virtio_queue_element(
        path, qdict_get_int(qdict, "queue"), index != -1, index, &err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "%s:\n", path);
    monitor_printf(mon, "  device_name: %s\n", e->name);
    monitor_printf(mon, "  index:   %d\n", e->index);
    monitor_printf(mon, "  desc:\n");
    monitor_printf(mon, "    descs:\n");
    for (VirtioRingDescList *d = e->descs; d; d = d->next) {
        print_desc(mon, d->value, d->next);
    }
    monitor_printf(mon, "  avail:\n");
    monitor_printf(mon, "    flags: %d\n", e->avail->flags);
    monitor_printf(mon, "    idx:   %d\n", e->avail->idx);
    monitor_printf(mon, "    ring:  %d\n", e->avail->ring);
    monitor_printf(mon, "  used:\n");
    monitor_printf(mon, "    flags: %d\n", e->used->flags);
    monitor_printf(mon, "    idx:   %d\n", e->used->idx);
    qapi_free_VirtioQueueElement(e);
}
