/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands `balloon` and `query-balloon`. */
#include "qemu/osdep.h"
#include "system/balloon.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qmp/qerror.h"

static QEMUBalloonEvent *balloon_event;
static QEMUBalloonStatus *balloon_status;
static void *balloon_device;

int qemu_add_balloon_handler(QEMUBalloonEvent *event_func,
                             QEMUBalloonStatus *stat_func, void *opaque)
{
    if (balloon_device) {
        return -1;
    }
    balloon_event = event_func;
    balloon_status = stat_func;
    balloon_device = opaque;
    return 0;
}

void qemu_remove_balloon_handler(void *opaque)
{
    if (balloon_device == opaque) {
        balloon_device = NULL;
    }
}

static bool have_balloon(Error **errp)
{
    if (!balloon_device) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_ACTIVE,
                  "No balloon device has been activated");
    }
    return balloon_device;
}

BalloonInfo *qmp_query_balloon(Error **errp)
{
    BalloonInfo *info;

    if (!have_balloon(errp)) {
        return NULL;
    }
    info = g_new0(BalloonInfo, 1);
    balloon_status(balloon_device, info);
    return info;
}

void qmp_balloon(int64_t value, Error **errp)
{
    if (!have_balloon(errp)) {
        return;
    }
    if (value <= 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "target", "a size");
        return;
    }
    balloon_event(balloon_device, value);
}
