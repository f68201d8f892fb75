/* SPDX-License-Identifier: GPL-2.0-or-later */
/* null: takes everything, has nothing. */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "qemu/module.h"

static void null_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                      Error **errp)
{
    *be_opened = false;
}

static void char_null_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = null_open;
}

static const TypeInfo char_null_types[] = {
    {
        .name = TYPE_CHARDEV_NULL,
        .parent = TYPE_CHARDEV,
        .class_init = char_null_class_init,
    },
};

DEFINE_TYPES(char_null_types)
