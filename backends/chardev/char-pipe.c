/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pipe: two FIFOs, PATH.in and PATH.out, or one for both ways, PATH. */
#include "qemu/osdep.h"
#include "chardev/char-fd.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

/*
 * O_RDWR: opening a FIFO for one way would wait for the other end, and lose
 * it whenever that one goes away.
 */
static int pipe_open_end(const char *path)
{
    return RETRY_ON_EINTR(qemu_open_old(path, O_RDWR));
}

static void pipe_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                      Error **errp)
{
    const char *path = backend->u.pipe.data->device;
    g_autofree char *path_in = g_strdup_printf("%s.in", path);
    g_autofree char *path_out = g_strdup_printf("%s.out", path);
    int in = pipe_open_end(path_in);
    int out = pipe_open_end(path_out);

    if (in < 0 || out < 0) {
        if (in >= 0) {
            close(in);
        }
        if (out >= 0) {
            close(out);
        }
        in = out = pipe_open_end(path);
        if (in < 0) {
            error_setg_file_open(errp, errno, path);
            return;
        }
    }
    qemu_chr_open_fd(chr, in, out);
}

static void pipe_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    ChardevHostdev *dev;

    if (!path) {
        error_setg(errp, "chardev: pipe: no device path given");
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_PIPE;
    dev = backend->u.pipe.data = g_new0(ChardevHostdev, 1);
    qemu_chr_parse_common(opts, qapi_ChardevHostdev_base(dev));
    dev->device = g_strdup(path);
}

static void char_pipe_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = pipe_parse;
    cc->open = pipe_open;
}

static const TypeInfo char_pipe_type_info = {
    .name = TYPE_CHARDEV_PIPE,
    .parent = TYPE_CHARDEV_FD,
    .class_init = char_pipe_class_init,
};

static void register_types(void)
{
    type_register_static(&char_pipe_type_info);
}

type_init(register_types);
