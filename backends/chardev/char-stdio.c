/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stdio: the terminal that the emulator was started from. It is switched to
 * raw mode while the device exists, and back at exit, however that happens
 * (other than by a signal that nobody handles).
 */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include <termios.h>
#include "chardev/char-fd.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

static bool stdio_forbidden;
static bool stdio_in_use;
static bool stdio_allow_signal;
static bool stdio_echo_state;
static bool stdio_is_tty;
static struct termios stdio_tty;
static int stdio_flags[2]; /* of descriptors 0 and 1; -1: unknown */

void qemu_chr_forbid_stdio(void)
{
    stdio_forbidden = true;
}

static void stdio_restore(void)
{
    if (!stdio_in_use) {
        return;
    }
    if (stdio_is_tty) {
        tcsetattr(0, TCSANOW, &stdio_tty);
    }
    for (int fd = 0; fd < 2; fd++) {
        if (stdio_flags[fd] >= 0) {
            fcntl(fd, F_SETFL, stdio_flags[fd]);
        }
    }
}

static void stdio_set_echo(Chardev *chr, bool echo)
{
    struct termios tty = stdio_tty;

    stdio_echo_state = echo;
    if (!stdio_is_tty) {
        return;
    }
    if (!echo) {
        tty.c_iflag &=
            ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        tty.c_oflag |= OPOST;
        tty.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
        tty.c_cflag &= ~(CSIZE | PARENB);
        tty.c_cflag |= CS8;
        tty.c_cc[VMIN] = 1;
        tty.c_cc[VTIME] = 0;
    }
    if (!stdio_allow_signal) {
        tty.c_lflag &= ~ISIG;
    }
    tcsetattr(0, TCSANOW, &tty);
}

/* The shell had the terminal for a while, and has set it as it likes. */
static void stdio_continued(int signal)
{
    if (stdio_in_use) {
        stdio_set_echo(NULL, stdio_echo_state);
    }
}

static void stdio_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                       Error **errp)
{
    static bool at_exit;
    ChardevStdio *opts = backend->u.stdio.data;
    struct sigaction act = { .sa_handler = stdio_continued,
                             .sa_flags = SA_RESTART };
    int fds[2];

    if (stdio_forbidden) {
        error_setg(errp, "cannot use stdio with -daemonize");
        return;
    }
    if (stdio_in_use) {
        error_setg(errp, "cannot use stdio by multiple character devices");
        return;
    }
    /* Copies, so that the originals outlive the device. */
    for (int i = 0; i < 2; i++) {
        stdio_flags[i] = fcntl(i, F_GETFL);
        fds[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
    }
    if (fds[0] < 0 || fds[1] < 0) {
        error_setg_errno(errp, errno, "Failed to open standard %s",
                         fds[0] < 0 ? "input" : "output");
        for (int i = 0; i < 2; i++) {
            if (fds[i] >= 0) {
                close(fds[i]);
            }
        }
        return;
    }

    stdio_in_use = true;
    stdio_is_tty = tcgetattr(0, &stdio_tty) == 0;
    stdio_allow_signal = !opts->has_signal || opts->signal;
    if (!at_exit) {
        at_exit = true;
        atexit(stdio_restore);
    }
    sigaction(SIGCONT, &act, NULL);
    qemu_chr_open_fd(chr, fds[0], fds[1]);
    stdio_set_echo(chr, false);
}

static void stdio_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevStdio *stdio;

    backend->type = CHARDEV_BACKEND_KIND_STDIO;
    stdio = backend->u.stdio.data = g_new0(ChardevStdio, 1);
    qemu_chr_parse_common(opts, qapi_ChardevStdio_base(stdio));
    stdio->has_signal = true;
    stdio->signal = qemu_opt_get_bool(opts, "signal", true);
}

static void char_stdio_finalize(Object *obj)
{
    /* One that failed to open has nothing to give back. */
    if (FD_CHARDEV(obj)->ioc_in) {
        stdio_restore();
        stdio_in_use = false;
    }
}

static void char_stdio_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = stdio_parse;
    cc->open = stdio_open;
    cc->chr_set_echo = stdio_set_echo;
}

static const TypeInfo char_stdio_type_info = {
    .name = TYPE_CHARDEV_STDIO,
    .parent = TYPE_CHARDEV_FD,
    .instance_finalize = char_stdio_finalize,
    .class_init = char_stdio_class_init,
};

static void register_types(void)
{
    type_register_static(&char_stdio_type_info);
}

type_init(register_types);
