/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * null: takes everything, has nothing. So is vc, a console in a window, as
 * long as there are no windows.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

static void null_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                      Error **errp)
{
    *be_opened = false;
}

static void vc_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevVC *vc;

    backend->type = CHARDEV_BACKEND_KIND_VC;
    vc = backend->u.vc.data = g_new0(ChardevVC, 1);
    qemu_chr_parse_common(opts, qapi_ChardevVC_base(vc));
    vc->width = qemu_opt_get_number(opts, "width", 0);
    vc->has_width = vc->width != 0;
    vc->height = qemu_opt_get_number(opts, "height", 0);
    vc->has_height = vc->height != 0;
    vc->cols = qemu_opt_get_number(opts, "cols", 0);
    vc->has_cols = vc->cols != 0;
    vc->rows = qemu_opt_get_number(opts, "rows", 0);
    vc->has_rows = vc->rows != 0;
}

static void char_null_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = null_open;
}

static void char_vc_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->parse = vc_parse;
    CHARDEV_CLASS(oc)->open = null_open;
}

static const TypeInfo char_null_types[] = {
    {
        .name = TYPE_CHARDEV_NULL,
        .parent = TYPE_CHARDEV,
        .class_init = char_null_class_init,
    },
    {
        .name = "chardev-vc",
        .parent = TYPE_CHARDEV,
        .class_init = char_vc_class_init,
    },
};

DEFINE_TYPES(char_null_types)
