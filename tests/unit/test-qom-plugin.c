/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module of test-qom-module: a type, and one that derives from it. */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qom/object.h"

static const TypeInfo plugin_types[] = {
    {
        .name = "plugin-child",
        .parent = "plugin-parent",
    },
    {
        .name = "plugin-parent",
        .parent = TYPE_CONTAINER,
    },
};

DEFINE_TYPES(plugin_types)

module_obj("plugin-parent");
module_obj("plugin-child");
