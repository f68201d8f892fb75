/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty: a pseudo terminal that somebody may open and close again at the other
 * end. The host tells us only that it is not open (a hang-up); that it is, we
 * find by looking: when the guest writes, and once a second.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include "chardev/char-io.h"
#include "io/channel-file.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"

struct PtyChardev {
    Chardev parent;
    QIOChannel *ioc;
    int read_bytes; /* what the front end took at last */
    bool connected;
    GSource *timer_src;
    char *path; /* of a link to the terminal, or NULL */
};
typedef struct PtyChardev PtyChardev;

DECLARE_INSTANCE_CHECKER(PtyChardev, PTY_CHARDEV, TYPE_CHARDEV_PTY)

static void pty_set_state(Chardev *chr, bool connected);

static void pty_cancel_timer(PtyChardev *s)
{
    if (s->timer_src) {
        g_source_destroy(s->timer_src);
        g_source_unref(s->timer_src);
        s->timer_src = NULL;
    }
}

/* Finds out whether the other end is open. */
static void pty_update_read_handler(Chardev *chr)
{
    PtyChardev *s = PTY_CHARDEV(chr);
    struct pollfd pfd = { .events = POLLOUT };

    if (!s->ioc) {
        return;
    }
    pfd.fd = QIO_CHANNEL_FILE(s->ioc)->fd;
    if (RETRY_ON_EINTR(poll(&pfd, 1, 0)) < 0) {
        return;
    }
    pty_set_state(chr, !(pfd.revents & POLLHUP));
}

/* The front end's context may be another one now. */
static void pty_handlers_changed(Chardev *chr)
{
    remove_fd_in_watch(chr);
    pty_cancel_timer(PTY_CHARDEV(chr));
    pty_update_read_handler(chr);
}

static gboolean pty_timer(gpointer opaque)
{
    Chardev *chr = CHARDEV(opaque);
    PtyChardev *s = PTY_CHARDEV(opaque);

    pty_cancel_timer(s);
    if (!s->connected) {
        pty_update_read_handler(chr);
    }
    return G_SOURCE_REMOVE;
}

static int pty_read_poll(void *opaque)
{
    PtyChardev *s = PTY_CHARDEV(opaque);

    s->read_bytes = qemu_chr_be_can_write(CHARDEV(opaque));
    return s->read_bytes;
}

static gboolean pty_read(QIOChannel *ioc, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    PtyChardev *s = PTY_CHARDEV(opaque);
    uint8_t buf[CHR_READ_BUF_LEN];
    size_t len = MIN(sizeof(buf), (size_t)MAX(s->read_bytes, 0));
    ssize_t ret;

    if (len == 0) {
        return G_SOURCE_CONTINUE;
    }
    ret = qio_channel_read(s->ioc, (char *)buf, len, NULL);
    if (ret == QIO_CHANNEL_ERR_BLOCK) {
        return G_SOURCE_CONTINUE;
    }
    if (ret <= 0) {
        pty_set_state(chr, false);
        return G_SOURCE_REMOVE;
    }
    pty_set_state(chr, true);
    qemu_chr_be_write(chr, buf, ret);
    return G_SOURCE_CONTINUE;
}

static void pty_set_state(Chardev *chr, bool connected)
{
    PtyChardev *s = PTY_CHARDEV(chr);

    if (!connected) {
        remove_fd_in_watch(chr);
        s->connected = false;
        if (!s->timer_src) {
            g_autofree char *name = g_strdup_printf("pty-timer-%s", chr->label);

            s->timer_src = qemu_chr_timeout_add_ms(chr, 1000, pty_timer, chr);
            g_source_set_name(s->timer_src, name);
        }
        return;
    }
    pty_cancel_timer(s);
    if (!s->connected) {
        s->connected = true;
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
    if (!chr->gsource) {
        chr->gsource = io_add_watch_poll(chr, s->ioc, pty_read_poll, pty_read,
                                         chr, chr->gcontext);
    }
}

static int pty_write(Chardev *chr, const uint8_t *buf, int len)
{
    PtyChardev *s = PTY_CHARDEV(chr);
    struct pollfd pfd = { .fd = QIO_CHANNEL_FILE(s->ioc)->fd,
                          .events = POLLOUT };

    /*
     * Nobody listens: it is lost. The timer, in the right thread, will find
     * out if somebody has come in the meantime; here it is enough to look.
     */
    if (!s->connected &&
        (RETRY_ON_EINTR(poll(&pfd, 1, 0)) <= 0 || (pfd.revents & POLLHUP))) {
        return len;
    }
    return io_channel_send(s->ioc, buf, len);
}

static GSource *pty_add_watch(Chardev *chr, GIOCondition cond)
{
    PtyChardev *s = PTY_CHARDEV(chr);

    return s->connected ? qio_channel_create_watch(s->ioc, cond) : NULL;
}

/* A new terminal in raw mode; the descriptor of our end, or -1 (@errp). */
static int pty_create(char *name, size_t size, Error **errp)
{
    struct termios tty;
    int fd, other;

    if (openpty(&fd, &other, NULL, NULL, NULL) < 0) {
        error_setg_errno(errp, errno, "Failed to create PTY");
        return -1;
    }
    qemu_set_cloexec(fd);
    if (tcgetattr(other, &tty) == 0) {
        cfmakeraw(&tty);
        tcsetattr(other, TCSAFLUSH, &tty);
    }
    if (ttyname_r(other, name, size)) {
        error_setg_errno(errp, errno, "Failed to create PTY");
        close(fd);
        fd = -1;
    }
    close(other);
    return fd;
}

static void pty_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                     Error **errp)
{
    PtyChardev *s = PTY_CHARDEV(chr);
    const char *path = backend->u.pty.data->path;
    char pty_name[PATH_MAX];
    g_autofree char *name = g_strdup_printf("chardev-pty-%s", chr->label);
    int fd = pty_create(pty_name, sizeof(pty_name), errp);

    if (fd < 0) {
        return;
    }
    s->ioc = QIO_CHANNEL(qio_channel_file_new_fd(fd));
    qio_channel_set_name(s->ioc, name);
    if (qio_channel_set_blocking(s->ioc, false, errp) < 0) {
        return;
    }
    chr->filename = g_strdup_printf("pty:%s", pty_name);
    *be_opened = false;
    if (path) {
        if (symlink(pty_name, path) < 0) {
            error_setg_errno(errp, errno, "Failed to create PTY symlink");
            return;
        }
        s->path = g_strdup(path);
    }
    qemu_printf("char device redirected to %s (label %s)\n", pty_name,
                chr->label);
    fflush(stdout);
}

static void pty_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevPty *pty;

    backend->type = CHARDEV_BACKEND_KIND_PTY;
    pty = backend->u.pty.data = g_new0(ChardevPty, 1);
    qemu_chr_parse_common(opts, qapi_ChardevPty_base(pty));
    pty->path = g_strdup(qemu_opt_get(opts, "path"));
}

static void char_pty_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    PtyChardev *s = PTY_CHARDEV(obj);

    remove_fd_in_watch(chr);
    pty_cancel_timer(s);
    object_unref(OBJECT(s->ioc));
    if (s->path) {
        unlink(s->path);
        g_free(s->path);
    }
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static void char_pty_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = pty_parse;
    cc->open = pty_open;
    cc->chr_write = pty_write;
    cc->chr_update_read_handler = pty_handlers_changed;
    cc->chr_add_watch = pty_add_watch;
}

static const TypeInfo char_pty_type_info = {
    .name = TYPE_CHARDEV_PTY,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(PtyChardev),
    .instance_finalize = char_pty_finalize,
    .class_init = char_pty_class_init,
};

static void register_types(void)
{
    type_register_static(&char_pty_type_info);
}

type_init(register_types);
