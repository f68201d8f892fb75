/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parallel: a parallel port of the host, through the ppdev driver. */
#include "qemu/osdep.h"
#include <linux/parport.h>
#include <linux/ppdev.h>
#include <sys/ioctl.h>
#include "chardev/char-fd.h"
#include "chardev/char-parallel.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

struct ParallelChardev {
    Chardev parent;
    int fd;   /* -1: not open */
    int mode; /* IEEE1284_MODE_*, as set last */
};
typedef struct ParallelChardev ParallelChardev;

DECLARE_INSTANCE_CHECKER(ParallelChardev, PARALLEL_CHARDEV,
                         TYPE_CHARDEV_PARALLEL)

static bool pp_set_mode(ParallelChardev *s, int mode)
{
    if (s->mode != mode) {
        if (ioctl(s->fd, PPSETMODE, &mode) < 0) {
            return false;
        }
        s->mode = mode;
    }
    return true;
}

/* EPP cycles: reads or writes a block to an address or data register. */
static int pp_epp(ParallelChardev *s, int mode, struct ParallelIOArg *arg,
                  bool is_read)
{
    ssize_t n;

    if (!pp_set_mode(s, mode)) {
        return 0;
    }
    n = is_read ? read(s->fd, arg->buffer, arg->count)
                : write(s->fd, arg->buffer, arg->count);
    return n == arg->count ? 0 : -EIO;
}

static int pp_ioctl(Chardev *chr, int cmd, void *arg)
{
    ParallelChardev *s = PARALLEL_CHARDEV(chr);
    const int epp_addr = IEEE1284_MODE_EPP | IEEE1284_ADDR;
    uint8_t b;

    switch (cmd) {
    case CHR_IOCTL_PP_READ_DATA:
        return ioctl(s->fd, PPRDATA, arg) < 0 ? -ENOTSUP : 0;
    case CHR_IOCTL_PP_WRITE_DATA:
        return ioctl(s->fd, PPWDATA, arg) < 0 ? -ENOTSUP : 0;
    case CHR_IOCTL_PP_READ_CONTROL:
        if (ioctl(s->fd, PPRCONTROL, &b) < 0) {
            return -ENOTSUP;
        }
        /* The direction bit is the driver's; guests see it set. */
        *(uint8_t *)arg = b | 0xc0;
        return 0;
    case CHR_IOCTL_PP_WRITE_CONTROL:
        return ioctl(s->fd, PPWCONTROL, arg) < 0 ? -ENOTSUP : 0;
    case CHR_IOCTL_PP_READ_STATUS:
        return ioctl(s->fd, PPRSTATUS, arg) < 0 ? -ENOTSUP : 0;
    case CHR_IOCTL_PP_DATA_DIR:
        return ioctl(s->fd, PPDATADIR, arg) < 0 ? -ENOTSUP : 0;
    case CHR_IOCTL_PP_EPP_READ_ADDR:
        return pp_epp(s, epp_addr, arg, true);
    case CHR_IOCTL_PP_EPP_READ:
        return pp_epp(s, IEEE1284_MODE_EPP, arg, true);
    case CHR_IOCTL_PP_EPP_WRITE_ADDR:
        return pp_epp(s, epp_addr, arg, false);
    case CHR_IOCTL_PP_EPP_WRITE:
        return pp_epp(s, IEEE1284_MODE_EPP, arg, false);
    default:
        return -ENOTSUP;
    }
}

static void parallel_open(Chardev *chr, ChardevBackend *backend,
                          bool *be_opened, Error **errp)
{
    ParallelChardev *s = PARALLEL_CHARDEV(chr);
    int fd = qmp_chardev_open_file_source(backend->u.parallel.data->device,
                                          O_RDWR, errp);

    if (fd < 0) {
        return;
    }
    if (ioctl(fd, PPCLAIM) < 0) {
        error_setg_errno(errp, errno, "not a parallel port");
        close(fd);
        return;
    }
    s->fd = fd;
    s->mode = IEEE1284_MODE_COMPAT;
}

static void parallel_parse(QemuOpts *opts, ChardevBackend *backend,
                           Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    ChardevHostdev *parallel;

    if (!path) {
        error_setg(errp, "chardev: parallel: no device path given");
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_PARALLEL;
    parallel = backend->u.parallel.data = g_new0(ChardevHostdev, 1);
    qemu_chr_parse_common(opts, qapi_ChardevHostdev_base(parallel));
    parallel->device = g_strdup(path);
}

static void char_parallel_init(Object *obj)
{
    PARALLEL_CHARDEV(obj)->fd = -1;
}

static void char_parallel_finalize(Object *obj)
{
    ParallelChardev *s = PARALLEL_CHARDEV(obj);

    if (s->fd >= 0) {
        pp_set_mode(s, IEEE1284_MODE_COMPAT);
        ioctl(s->fd, PPRELEASE);
        close(s->fd);
        qemu_chr_be_event(CHARDEV(obj), CHR_EVENT_CLOSED);
    }
}

static void char_parallel_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = parallel_parse;
    cc->open = parallel_open;
    cc->chr_ioctl = pp_ioctl;
}

static const TypeInfo char_parallel_type_info = {
    .name = TYPE_CHARDEV_PARALLEL,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(ParallelChardev),
    .instance_init = char_parallel_init,
    .instance_finalize = char_parallel_finalize,
    .class_init = char_parallel_class_init,
};

static void register_types(void)
{
    type_register_static(&char_parallel_type_info);
}

type_init(register_types);
