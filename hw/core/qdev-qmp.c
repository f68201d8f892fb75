/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QMP commands and events of devices. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qapi/qapi-commands-qdev.h"
#include "qapi/qapi-events-qdev.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qdev-internal.h"
#include "qdev-list.h"

void qmp_device_add(QDict *qdict, QObject **ret_data, Error **errp)
{
    DeviceState *dev = qdev_device_add_from_qdict(qdict, true, errp);

    if (!dev) {
        /*
         * A device that could not be realized has been on a bus, and is gone
         * (its id, its backends free again) only after a grace period. The
         * client may try again at once.
         */
        drain_call_rcu();
    }
    object_unref(OBJECT(dev));
}

void qmp_device_del(const char *id, Error **errp)
{
    qdev_device_del(id, errp);
}

ObjectPropertyInfoList *qmp_device_list_properties(const char *typename,
                                                   Error **errp)
{
    return qdev_list_properties(typename, errp);
}

/* Without this file nobody hears of it, as in unit tests. */
static void connect_events(void)
{
    qdev_deleted_hook = qapi_event_send_device_deleted;
}

type_init(connect_events)
