/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface for objects that know the firmware names of devices. */
#include "qemu/osdep.h"
#include "hw/fw-path-provider.h"
#include "qemu/module.h"

char *fw_path_provider_get_dev_path(FWPathProvider *p, BusState *bus,
                                    DeviceState *dev)
{
    return FW_PATH_PROVIDER_GET_CLASS(p)->get_dev_path(p, bus, dev);
}

char *fw_path_provider_try_get_dev_path(Object *o, BusState *bus,
                                        DeviceState *dev)
{
    FWPathProvider *p =
        (FWPathProvider *)object_dynamic_cast(o, TYPE_FW_PATH_PROVIDER);

    return p ? fw_path_provider_get_dev_path(p, bus, dev) : NULL;
}

static const TypeInfo fw_path_provider_types[] = {
    {
        .name = TYPE_FW_PATH_PROVIDER,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(FWPathProviderClass),
    },
};

DEFINE_TYPES(fw_path_provider_types)
