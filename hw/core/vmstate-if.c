/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The type of the interface for objects with migration state. */
#include "qemu/osdep.h"
#include "hw/vmstate-if.h"
#include "qemu/module.h"

static const TypeInfo vmstate_if_types[] = {
    {
        .name = TYPE_VMSTATE_IF,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(VMStateIfClass),
    },
};

DEFINE_TYPES(vmstate_if_types)
