/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP commands about character devices.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/config-file.h"
#include "qemu/option.h"
#include "monitor-internal.h"

void hmp_info_chardev(Monitor *mon, const QDict *qdict)
{
    ChardevInfoList *list = qmp_query_chardev(NULL);

    for (ChardevInfoList *c = list; c; c = c->next) {
        monitor_printf(mon, "%s: filename=%s\n", c->value->label,
                       c->value->filename);
    }
    qapi_free_ChardevInfoList(list);
}

static QemuOpts *parse_opts(const char *args, Error **errp)
{
    QemuOpts *opts =
        qemu_opts_parse_noisily(qemu_find_opts("chardev"), args, true);

    if (!opts) {
        error_setg(errp, "Parsing chardev args failed");
    }
    return opts;
}

void hmp_chardev_add(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    QemuOpts *opts = parse_opts(qdict_get_str(qdict, "args"), &err);

    if (opts) {
        qemu_chr_new_from_opts(opts, NULL, &err);
        qemu_opts_del(opts);
    }
    hmp_handle_error(mon, err);
}

void hmp_chardev_change(Monitor *mon, const QDict *qdict)
{
    ChardevBackend *backend = NULL;
    Error *err = NULL;
    QemuOpts *opts = parse_opts(qdict_get_str(qdict, "args"), &err);

    if (opts && qemu_opts_id(opts)) {
        error_setg(&err, "Unexpected 'id' parameter");
    } else if (opts) {
        backend = qemu_chr_parse_opts(opts, &err);
    }
    if (backend) {
        qapi_free_ChardevReturn(
            qmp_chardev_change(qdict_get_str(qdict, "id"), backend, &err));
        qapi_free_ChardevBackend(backend);
    }
    qemu_opts_del(opts);
    hmp_handle_error(mon, err);
}

void hmp_chardev_remove(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_chardev_remove(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

void hmp_chardev_send_break(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_chardev_send_break(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

void hmp_ringbuf_write(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_ringbuf_write(qdict_get_str(qdict, "device"),
                      qdict_get_str(qdict, "data"), false, 0, &err);
    hmp_handle_error(mon, err);
}

void hmp_ringbuf_read(Monitor *mon, const QDict *qdict)
{
    g_autofree char *data = NULL;
    Error *err = NULL;

    data = qmp_ringbuf_read(qdict_get_str(qdict, "device"),
                            qdict_get_int(qdict, "size"), false, 0, &err);
    if (hmp_handle_error(mon, err)) {
        return;
    }
    for (const char *c = data; *c; c++) {
        unsigned char ch = *c;

        if (ch == '\\') {
            monitor_printf(mon, "\\\\");
        } else if ((ch < 0x20 && ch != '\n' && ch != '\t') || ch == 0x7f) {
            monitor_printf(mon, "\\u%04X", ch);
        } else {
            monitor_printf(mon, "%c", ch);
        }
    }
    monitor_printf(mon, "\n");
}
