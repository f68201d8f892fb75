/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of interrupt controllers that the monitor can show. */
#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "qemu/module.h"

static const TypeInfo intc_types[] = {
    {
        .name = TYPE_INTERRUPT_STATS_PROVIDER,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(InterruptStatsProviderClass),
    },
};

DEFINE_TYPES(intc_types)
