/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands about the machine as a whole, and those that hand something to
 * another part of the program.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "monitor/qmp-helpers.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-misc.h"
#include "qemu/accel.h"
#include "qemu/sockets.h"
#include "qemu/uuid.h"
#include "system/kvm.h"
#include "system/runstate-action.h"
#include "system/block-backend.h"
#include "system/runstate.h"
#include "system/system.h"
#include "monitor-internal.h"

/* --- The run state ------------------------------------------------------ */

void qmp_quit(Error **errp)
{
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_QMP_QUIT);
}

static bool check_dump(Error **errp)
{
    if (qemu_system_dump_in_progress()) {
        error_setg(errp, "There is a dump in process, please wait.");
        return false;
    }
    return true;
}

void qmp_stop(Error **errp)
{
    if (!check_dump(errp)) {
        return;
    }
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        /* Not running yet: do not start when the migration is complete. */
        autostart = 0;
    } else {
        vm_stop(RUN_STATE_PAUSED);
    }
}

void qmp_cont(Error **errp)
{
    BlockBackend *blk = NULL;

    if (!check_dump(errp)) {
        return;
    }
    if (runstate_needs_reset()) {
        error_setg(errp, "Resetting the Virtual Machine is required");
    } else if (runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        error_setg(errp, "Migration is not finalized yet");
    } else if (runstate_check(RUN_STATE_INMIGRATE)) {
        autostart = 1;
    } else if (!runstate_check(RUN_STATE_SUSPENDED)) {
        while ((blk = blk_all_next(blk))) {
            blk_iostatus_reset(blk);
        }
        /* A migration may have given them away. */
        if (bdrv_activate_all(errp)) {
            vm_start();
        }
    }
}

void qmp_system_reset(Error **errp)
{
    qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
}

void qmp_system_powerdown(Error **errp)
{
    qemu_system_powerdown_request();
}

/* --- What it is --------------------------------------------------------- */

NameInfo *qmp_query_name(Error **errp)
{
    NameInfo *info = g_new0(NameInfo, 1);

    info->name = g_strdup(qemu_name);
    return info;
}

UuidInfo *qmp_query_uuid(Error **errp)
{
    UuidInfo *info = g_new0(UuidInfo, 1);

    info->UUID = qemu_uuid_unparse_strdup(&qemu_uuid);
    return info;
}

KvmInfo *qmp_query_kvm(Error **errp)
{
    KvmInfo *info = g_new0(KvmInfo, 1);

    info->present = accel_find("kvm");
    info->enabled = kvm_enabled();
    return info;
}

/* --- add_client --------------------------------------------------------- */

bool qmp_add_client_char(int fd, bool has_skipauth, bool skipauth, bool has_tls,
                         bool tls, const char *protocol, Error **errp)
{
    Chardev *chr = qemu_chr_find(protocol);

    if (!chr) {
        error_setg(errp, "protocol '%s' is invalid", protocol);
        return false;
    }
    if (qemu_chr_add_client(chr, fd) < 0) {
        error_setg(errp, "failed to add client");
        return false;
    }
    return true;
}

void qmp_add_client(const char *protocol, const char *fdname, bool has_skipauth,
                    bool skipauth, bool has_tls, bool tls, Error **errp)
{
    int fd = monitor_get_fd(monitor_cur(), fdname, errp);

    if (fd < 0) {
        return;
    }
    if (!fd_is_socket(fd)) {
        error_setg(errp, "parameter @fdname must name a socket");
        close(fd);
        return;
    }
    if (!qmp_add_client_char(fd, has_skipauth, skipauth, has_tls, tls, protocol,
                             errp)) {
        close(fd);
    }
}
