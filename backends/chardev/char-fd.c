/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The base of drivers on plain descriptors. */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include "chardev/char-fd.h"
#include "chardev/char-io.h"
#include "io/channel-file.h"
#include "qapi/error.h"
#include "qemu/module.h"

static int fd_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    FDChardev *s = FD_CHARDEV(chr);

    if (!s->ioc_out) {
        errno = EBADF;
        return -1;
    }
    return io_channel_send(s->ioc_out, buf, len);
}

static void fd_chr_close_input(Chardev *chr)
{
    FD_CHARDEV(chr)->eof = false;
    remove_fd_in_watch(chr);
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static gboolean fd_chr_read(QIOChannel *ioc, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    FDChardev *s = FD_CHARDEV(opaque);
    uint8_t buf[CHR_READ_BUF_LEN];
    size_t len = MIN(sizeof(buf), (size_t)MAX(s->max_size, 0));
    ssize_t ret;

    if (len == 0) {
        return G_SOURCE_CONTINUE;
    }
    ret = qio_channel_read(ioc, (char *)buf, len, NULL);
    if (ret == QIO_CHANNEL_ERR_BLOCK) {
        return G_SOURCE_CONTINUE;
    }
    if (ret == 0 && qemu_chr_be_busy(chr)) {
        s->eof = true;
        return G_SOURCE_CONTINUE;
    }
    if (ret <= 0) {
        fd_chr_close_input(chr);
        return G_SOURCE_REMOVE;
    }
    qemu_chr_be_write(chr, buf, ret);
    return G_SOURCE_CONTINUE;
}

static int fd_chr_read_poll(void *opaque)
{
    FDChardev *s = FD_CHARDEV(opaque);

    if (s->eof) {
        if (!qemu_chr_be_busy(CHARDEV(opaque))) {
            fd_chr_close_input(CHARDEV(opaque));
        }
        return 0;
    }
    s->max_size = qemu_chr_be_can_write(CHARDEV(opaque));
    return s->max_size;
}

static GSource *fd_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    FDChardev *s = FD_CHARDEV(chr);

    return s->ioc_out ? qio_channel_create_watch(s->ioc_out, cond) : NULL;
}

static void fd_chr_update_read_handler(Chardev *chr)
{
    FDChardev *s = FD_CHARDEV(chr);

    remove_fd_in_watch(chr);
    if (s->ioc_in) {
        chr->gsource = io_add_watch_poll(chr, s->ioc_in, fd_chr_read_poll,
                                         fd_chr_read, chr, chr->gcontext);
    }
}

int qmp_chardev_open_file_source(char *src, int flags, Error **errp)
{
    int fd = RETRY_ON_EINTR(qemu_open_old(src, flags, 0666));

    if (fd < 0) {
        error_setg_file_open(errp, errno, src);
    }
    return fd;
}

static QIOChannel *fd_channel(Chardev *chr, int fd, const char *way)
{
    QIOChannel *ioc = QIO_CHANNEL(qio_channel_file_new_fd(fd));
    g_autofree char *name =
        g_strdup_printf("chardev-file-%s%s", way, chr->label);

    qio_channel_set_name(ioc, name);
    /* Fails for nothing that can block. */
    qio_channel_set_blocking(ioc, false, NULL);
    return ioc;
}

void qemu_chr_open_fd(Chardev *chr, int fd_in, int fd_out)
{
    FDChardev *s = FD_CHARDEV(chr);

    if (fd_in >= 0) {
        s->ioc_in = fd_channel(chr, fd_in, fd_in == fd_out ? "" : "in-");
    }
    if (fd_out >= 0 && fd_out == fd_in) {
        s->ioc_out = QIO_CHANNEL(object_ref(OBJECT(s->ioc_in)));
    } else if (fd_out >= 0) {
        s->ioc_out = fd_channel(chr, fd_out, "out-");
    }
}

static void char_fd_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    FDChardev *s = FD_CHARDEV(obj);

    remove_fd_in_watch(chr);
    object_unref(OBJECT(s->ioc_in));
    object_unref(OBJECT(s->ioc_out));
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static void char_fd_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->chr_add_watch = fd_chr_add_watch;
    cc->chr_write = fd_chr_write;
    cc->chr_update_read_handler = fd_chr_update_read_handler;
}

static const TypeInfo char_fd_type_info = {
    .name = TYPE_CHARDEV_FD,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(FDChardev),
    .instance_finalize = char_fd_finalize,
    .class_init = char_fd_class_init,
    .abstract = true,
};

static void register_types(void)
{
    type_register_static(&char_fd_type_info);
}

type_init(register_types);
