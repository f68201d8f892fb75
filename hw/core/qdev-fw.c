/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The paths by which firmware knows devices (Open Firmware style). */
#include "qemu/osdep.h"
#include "hw/fw-path-provider.h"
#include "hw/qdev-core.h"

char *qdev_get_own_fw_dev_path_from_handler(BusState *bus, DeviceState *dev)
{
    Object *obj = OBJECT(dev);
    char *node = NULL;

    /* The nearest ancestor with an opinion, and the machine, know best. */
    while (!node && (obj = obj->parent)) {
        node = fw_path_provider_try_get_dev_path(obj, bus, dev);
    }
    return node;
}

/* The node of one device, or NULL if its bus has no place for it in paths. */
static char *own_node(DeviceState *dev)
{
    BusState *bus = dev->parent_bus;
    BusClass *bc = BUS_GET_CLASS(bus);
    char *node = qdev_get_own_fw_dev_path_from_handler(bus, dev);

    if (!node && bc->get_fw_dev_path) {
        node = bc->get_fw_dev_path(dev);
    }
    return node;
}

char *qdev_get_fw_dev_path(DeviceState *dev)
{
    GString *path = g_string_new(NULL);

    while (dev && dev->parent_bus) {
        g_autofree char *node = own_node(dev);

        if (node) {
            g_string_prepend(path, node);
            g_string_prepend_c(path, '/');
        }
        dev = dev->parent_bus->parent;
    }
    return g_string_free(path, FALSE);
}
