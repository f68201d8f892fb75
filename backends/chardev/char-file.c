/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file: output into a file, input, if any, from another (mostly a FIFO). */
#include "qemu/osdep.h"
#include "chardev/char-fd.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

static void file_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                      Error **errp)
{
    ChardevFile *file = backend->u.file.data;
    bool append = file->has_append && file->append;
    int flags = O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC);
    int out = qmp_chardev_open_file_source(file->out, flags, errp);
    int in = -1;

    if (out < 0) {
        return;
    }
    if (file->in) {
        in = qmp_chardev_open_file_source(file->in, O_RDONLY, errp);
        if (in < 0) {
            close(out);
            return;
        }
    }
    qemu_chr_open_fd(chr, in, out);
}

static void file_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    ChardevFile *file;

    if (!path) {
        error_setg(errp, "chardev: file: no filename given");
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_FILE;
    file = backend->u.file.data = g_new0(ChardevFile, 1);
    qemu_chr_parse_common(opts, qapi_ChardevFile_base(file));
    file->out = g_strdup(path);
    file->in = g_strdup(qemu_opt_get(opts, "input-path"));
    file->has_append = true;
    file->append = qemu_opt_get_bool(opts, "append", false);
}

static void char_file_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = file_parse;
    cc->open = file_open;
}

static const TypeInfo char_file_type_info = {
    .name = TYPE_CHARDEV_FILE,
    .parent = TYPE_CHARDEV_FD,
    .class_init = char_file_class_init,
};

static void register_types(void)
{
    type_register_static(&char_file_type_info);
}

type_init(register_types);
