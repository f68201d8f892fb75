/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base class of character devices: what goes up to the front end, what
 * goes down to the driver, and the log of it.
 */
#include "qemu/osdep.h"
#include "chardev-internal.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/module.h"

Object *get_chardevs_root(void)
{
    return object_get_container("chardevs");
}

bool qemu_chr_has_feature(Chardev *chr, ChardevFeature feature)
{
    return test_bit(feature, chr->features);
}

void qemu_chr_set_feature(Chardev *chr, ChardevFeature feature)
{
    set_bit(feature, chr->features);
}

Chardev *qemu_chr_find(const char *name)
{
    Object *obj = object_resolve_path_component(get_chardevs_root(), name);

    return obj ? CHARDEV(obj) : NULL;
}

bool qemu_chr_is_busy(Chardev *s)
{
    if (CHARDEV_IS_MUX(s)) {
        return MUX_CHARDEV(s)->mux_bitset != 0;
    }
    return s->be != NULL;
}

/* ---- Up ---- */

void qemu_chr_be_event(Chardev *s, QEMUChrEvent event)
{
    if (event == CHR_EVENT_OPENED) {
        s->be_open = 1;
    } else if (event == CHR_EVENT_CLOSED) {
        s->be_open = 0;
    }
    CHARDEV_GET_CLASS(s)->chr_be_event(s, event);
}

/* For a driver that leaves events to the front end: nearly all. */
static void chr_be_event(Chardev *s, QEMUChrEvent event)
{
    CharBackend *be = s->be;

    if (be && be->chr_event) {
        be->chr_event(be->opaque, event);
    }
}

bool qemu_chr_be_busy(Chardev *s)
{
    CharBackend *be = s->be;

    return be && be->chr_busy && be->chr_busy(be->opaque);
}

int qemu_chr_be_can_write(Chardev *s)
{
    CharBackend *be = s->be;

    return be && be->chr_can_read ? be->chr_can_read(be->opaque) : 0;
}

void qemu_chr_be_write_impl(Chardev *s, const uint8_t *buf, int len)
{
    CharBackend *be = s->be;

    if (be && be->chr_read) {
        be->chr_read(be->opaque, buf, len);
    }
}

void qemu_chr_be_write(Chardev *s, const uint8_t *buf, int len)
{
    qemu_chr_be_write_impl(s, buf, len);
}

void qemu_chr_be_update_read_handlers(Chardev *s, GMainContext *context)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);

    assert(qemu_chr_has_feature(s, QEMU_CHAR_FEATURE_GCONTEXT) || !context);
    s->gcontext = context;
    if (cc->chr_update_read_handler) {
        cc->chr_update_read_handler(s);
    }
}

/* ---- Down ---- */

static void chr_log(Chardev *s, const uint8_t *buf, size_t len)
{
    while (s->logfd >= 0 && len) {
        ssize_t ret = write(s->logfd, buf, len);

        if (ret < 0 && errno == EAGAIN) {
            g_usleep(100);
        } else if (ret < 0 && errno != EINTR) {
            /* A full disk must not take the console down. */
            return;
        } else if (ret > 0) {
            buf += ret;
            len -= ret;
        }
    }
}

int qemu_chr_write(Chardev *s, const uint8_t *buf, int len, bool write_all)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);
    int done = 0, res = 0, saved_errno;

    QEMU_LOCK_GUARD(&s->chr_write_lock);
    while (done < len) {
        res = cc->chr_write(s, buf + done, len - done);
        if (res < 0 && errno == EAGAIN && write_all) {
            g_usleep(100);
            continue;
        }
        if (res <= 0) {
            break;
        }
        done += res;
        if (!write_all) {
            break;
        }
    }

    /* What could not be written for good is logged, or it would be lost. */
    saved_errno = errno;
    if (done || (res < 0 && saved_errno != EAGAIN)) {
        chr_log(s, buf, done ? done : len);
    }
    errno = saved_errno;
    return res < 0 ? res : done;
}

static int null_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    return len;
}

int qemu_chr_add_client(Chardev *s, int fd)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(s);

    return cc->chr_add_client ? cc->chr_add_client(s, fd) : -1;
}

int qemu_chr_wait_connected(Chardev *chr, Error **errp)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(chr);

    return cc->chr_wait_connected ? cc->chr_wait_connected(chr, errp) : 0;
}

GSource *qemu_chr_timeout_add_ms(Chardev *chr, guint ms, GSourceFunc func,
                                 void *private)
{
    GSource *source = g_timeout_source_new(ms);

    g_source_set_callback(source, func, private, NULL);
    g_source_attach(source, chr->gcontext);
    return source;
}

/* ---- Birth and death ---- */

static bool chr_open_log(Chardev *chr, ChardevCommon *common, Error **errp)
{
    int flags = O_WRONLY | O_CREAT;

    if (!common || !common->logfile) {
        return true;
    }
    flags |= common->has_logappend && common->logappend ? O_APPEND : O_TRUNC;
    chr->logfd = qemu_open_old(common->logfile, flags, 0666);
    if (chr->logfd < 0) {
        error_setg_errno(errp, errno, "Unable to open logfile %s",
                         common->logfile);
        return false;
    }
    return true;
}

static bool chr_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                     Error **errp)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(chr);
    /* Whatever the kind, its structure begins with the common part. */
    ChardevCommon *common = backend ? backend->u.null.data : NULL;
    Error *err = NULL;

    if (!chr_open_log(chr, common, errp)) {
        return false;
    }
    if (cc->open) {
        cc->open(chr, backend, be_opened, &err);
    }
    if (err) {
        error_propagate(errp, err);
        return false;
    }
    return true;
}

Chardev *chardev_new(const char *id, const char *typename,
                     ChardevBackend *backend, GMainContext *gcontext,
                     Error **errp)
{
    Chardev *chr = CHARDEV(object_new(typename));
    bool be_opened = true;

    chr->label = g_strdup(id);
    chr->gcontext = gcontext;
    if (!chr_open(chr, backend, &be_opened, errp)) {
        object_unref(OBJECT(chr));
        return NULL;
    }
    if (!chr->filename) {
        chr->filename = g_strdup(typename + strlen("chardev-"));
    }
    if (be_opened) {
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
    return chr;
}

static void char_init(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    chr->logfd = -1;
    qemu_mutex_init(&chr->chr_write_lock);
    /* A driver that sets up its sources anew can do so in any context. */
    if (CHARDEV_GET_CLASS(chr)->chr_update_read_handler) {
        qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT);
    }
}

static void char_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    if (chr->be) {
        chr->be->chr = NULL;
    }
    g_free(chr->filename);
    g_free(chr->label);
    if (chr->logfd >= 0) {
        close(chr->logfd);
    }
    qemu_mutex_destroy(&chr->chr_write_lock);
}

static void char_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->chr_write = null_chr_write;
    cc->chr_be_event = chr_be_event;
}

static const TypeInfo char_type_info = {
    .name = TYPE_CHARDEV,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(Chardev),
    .instance_init = char_init,
    .instance_finalize = char_finalize,
    .abstract = true,
    .class_size = sizeof(ChardevClass),
    .class_init = char_class_init,
};

static void register_types(void)
{
    type_register_static(&char_type_info);
}

type_init(register_types);
