/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's sockets call the monitor by name, and test-util-sockets.c brings a
 * monitor of its own for that. Ours are told of it.
 */
#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qemu/sockets.h"

static int get_fd(const char *name, Error **errp)
{
    return monitor_get_fd(monitor_cur(), name, errp);
}

static bool have_monitor(void)
{
    return monitor_cur() != NULL;
}

static void __attribute__((constructor)) register_hooks(void)
{
    socket_set_monitor_hooks(get_fd, have_monitor);
}
