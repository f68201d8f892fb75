/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hub: one front end on several devices. All of them get all of its output;
 * what comes in from any goes to it.
 *
 * Output that some devices have taken and others not is offered again from
 * where the slowest stands; each remembers how much of it it has already.
 */
#include "qemu/osdep.h"
#include "chardev-internal.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/module.h"
#include "qemu/option.h"

static int hub_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    HubChardev *d = HUB_CHARDEV(chr);
    unsigned int least = len;
    int failed = 0;

    /* Positions from here on are relative to what all of them have. */
    d->be_eagain_ind = -1;
    for (unsigned int i = 0; i < d->be_cnt; i++) {
        unsigned int done = d->be_written[i] - d->be_min_written;
        CharBackend *be = &d->backends[i].be;

        if (!be->chr || !be->chr->be_open) {
            /* What a closed one misses does not hold the others up. */
            d->be_written[i] = d->be_min_written + len;
            continue;
        }
        if (done < len) {
            int ret = qemu_chr_fe_write(be, buf + done, len - done);

            if (ret < 0 && errno == EAGAIN) {
                d->be_eagain_ind = i;
            } else if (ret < 0) {
                failed = errno;
                ret = len - done;
            }
            done += MAX(ret, 0);
            d->be_written[i] = d->be_min_written + done;
        }
        least = MIN(least, done);
    }
    d->be_min_written += least;
    for (unsigned int i = 0; i < d->be_cnt; i++) {
        /* One that was closed may have been put in front of the others. */
        if ((int)(d->be_written[i] - d->be_min_written) < 0) {
            d->be_written[i] = d->be_min_written;
        }
    }
    if (least == 0 && len) {
        errno = d->be_eagain_ind >= 0 ? EAGAIN : failed ? failed : EAGAIN;
        return -1;
    }
    return least;
}

static int hub_chr_can_read(void *opaque)
{
    HubCharBackend *backend = opaque;

    return qemu_chr_be_can_write(CHARDEV(backend->hub));
}

static void hub_chr_read(void *opaque, const uint8_t *buf, int size)
{
    HubCharBackend *backend = opaque;

    qemu_chr_be_write(CHARDEV(backend->hub), buf, size);
}

static bool hub_chr_busy(void *opaque)
{
    HubCharBackend *backend = opaque;

    return qemu_chr_be_busy(CHARDEV(backend->hub));
}

static void hub_chr_event(void *opaque, QEMUChrEvent event)
{
    HubCharBackend *backend = opaque;
    HubChardev *d = backend->hub;

    switch (event) {
    case CHR_EVENT_OPENED:
        /* It begins where the slowest of the others is. */
        d->be_written[backend->be_ind] = d->be_min_written;
        if (d->be_event_opened_cnt++) {
            return;
        }
        break;
    case CHR_EVENT_CLOSED:
        if (!d->be_event_opened_cnt || --d->be_event_opened_cnt) {
            return;
        }
        break;
    default:
        break;
    }
    qemu_chr_be_event(CHARDEV(d), event);
}

static void hub_chr_accept_input(Chardev *chr)
{
    HubChardev *d = HUB_CHARDEV(chr);

    for (unsigned int i = 0; i < d->be_cnt; i++) {
        qemu_chr_fe_accept_input(&d->backends[i].be);
    }
}

/* Only the device that had no room is worth waiting for. */
static GSource *hub_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    HubChardev *d = HUB_CHARDEV(chr);
    Chardev *base;

    if (d->be_eagain_ind < 0) {
        return NULL;
    }
    base = qemu_chr_fe_get_driver(&d->backends[d->be_eagain_ind].be);
    if (!base || !CHARDEV_GET_CLASS(base)->chr_add_watch) {
        return NULL;
    }
    return CHARDEV_GET_CLASS(base)->chr_add_watch(base, cond);
}

static void hub_update_read_handlers(Chardev *chr)
{
    HubChardev *d = HUB_CHARDEV(chr);

    for (unsigned int i = 0; i < d->be_cnt; i++) {
        qemu_chr_fe_set_handlers_full(
            &d->backends[i].be, hub_chr_can_read, hub_chr_read, hub_chr_event,
            NULL, &d->backends[i], chr->gcontext, true, false);
        qemu_chr_fe_set_busy_handler(&d->backends[i].be, hub_chr_busy);
    }
}

static bool hub_attach(HubChardev *d, Chardev *chr, Error **errp)
{
    HubCharBackend *backend = &d->backends[d->be_cnt];

    if (d->be_cnt == MAX_HUB) {
        error_setg(errp,
                   "hub: too many uses of chardevs '%s'"
                   " (maximum is " stringify(MAX_HUB) ")",
                   CHARDEV(d)->label);
        return false;
    }
    if (!qemu_chr_fe_init(&backend->be, chr, errp)) {
        return false;
    }
    backend->hub = d;
    backend->be_ind = d->be_cnt++;
    if (chr->be_open) {
        d->be_event_opened_cnt++;
    }
    return true;
}

static void hub_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                     Error **errp)
{
    HubChardev *d = HUB_CHARDEV(chr);
    strList *list = backend->u.hub.data->chardevs;

    d->be_eagain_ind = -1;
    if (!list) {
        error_setg(errp, "hub: 'chardevs' list is not defined");
        return;
    }
    for (; list; list = list->next) {
        Chardev *s = qemu_chr_find(list->value);

        if (!s) {
            error_setg(errp, "hub: chardev can't be found by id '%s'",
                       list->value);
            return;
        }
        if (CHARDEV_IS_MUX(s) || CHARDEV_IS_HUB(s)) {
            error_setg(errp,
                       "hub: multiplexers and hub devices can't be "
                       "stacked, check chardev '%s', chardev should not "
                       "be a hub device or have 'mux=on' enabled",
                       list->value);
            return;
        }
        if (!hub_attach(d, s, errp)) {
            return;
        }
    }
    *be_opened = d->be_event_opened_cnt != 0;
}

static void hub_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevHub *hub;
    strList **tail;

    backend->type = CHARDEV_BACKEND_KIND_HUB;
    hub = backend->u.hub.data = g_new0(ChardevHub, 1);
    qemu_chr_parse_common(opts, qapi_ChardevHub_base(hub));
    tail = &hub->chardevs;
    for (int i = 0; i < MAX_HUB; i++) {
        g_autofree char *key = g_strdup_printf("chardevs.%d", i);
        const char *id = qemu_opt_get(opts, key);

        if (!id) {
            break;
        }
        QAPI_LIST_APPEND(tail, g_strdup(id));
    }
}

static void char_hub_finalize(Object *obj)
{
    HubChardev *d = HUB_CHARDEV(obj);

    for (unsigned int i = 0; i < d->be_cnt; i++) {
        qemu_chr_fe_deinit(&d->backends[i].be, false);
    }
}

static void char_hub_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = hub_parse;
    cc->open = hub_open;
    cc->chr_write = hub_chr_write;
    cc->chr_add_watch = hub_chr_add_watch;
    cc->chr_accept_input = hub_chr_accept_input;
    cc->chr_update_read_handler = hub_update_read_handlers;
}

static const TypeInfo char_hub_type_info = {
    .name = TYPE_CHARDEV_HUB,
    .parent = TYPE_CHARDEV,
    .class_init = char_hub_class_init,
    .instance_size = sizeof(HubChardev),
    .instance_finalize = char_hub_finalize,
};

static void register_types(void)
{
    type_register_static(&char_hub_type_info);
}

type_init(register_types);
