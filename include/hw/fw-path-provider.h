/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interface for objects (a machine, a controller) that know better than the
 * bus how Open Firmware names a device: see qdev_get_fw_dev_path().
 */
#ifndef FW_PATH_PROVIDER_H
#define FW_PATH_PROVIDER_H

#include "qom/object.h"

#define TYPE_FW_PATH_PROVIDER "fw-path-provider"

typedef struct FWPathProviderClass FWPathProviderClass;
DECLARE_CLASS_CHECKERS(FWPathProviderClass, FW_PATH_PROVIDER,
                       TYPE_FW_PATH_PROVIDER)
#define FW_PATH_PROVIDER(obj) \
    INTERFACE_CHECK(FWPathProvider, (obj), TYPE_FW_PATH_PROVIDER)

typedef struct FWPathProvider FWPathProvider;

struct FWPathProviderClass {
    InterfaceClass parent_class;

    /* The node of @dev on @bus, to be freed; NULL when it has no opinion. */
    char *(*get_dev_path)(FWPathProvider *p, BusState *bus, DeviceState *dev);
};

/* Calls the method of @p. */
char *fw_path_provider_get_dev_path(FWPathProvider *p, BusState *bus,
                                    DeviceState *dev);
/* The same, or NULL when @o is no provider. */
char *fw_path_provider_try_get_dev_path(Object *o, BusState *bus,
                                        DeviceState *dev);

#endif
