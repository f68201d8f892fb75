/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run state where there is none: in programs that have CPUs but not
 * system/. Linked only where nothing else defines these; the machine runs.
 */
#include "qemu/osdep.h"
#include "system/runstate.h"

bool runstate_is_running(void)
{
    return true;
}

void qemu_system_debug_request(void)
{
}

/* A program may have some of what follows, and then needs the others. */
#define WEAK __attribute__((weak))

WEAK int vm_stop(RunState state)
{
    return 0;
}

WEAK void qemu_system_vmstop_request_prepare(void)
{
}

WEAK void qemu_system_vmstop_request(RunState reason)
{
}

WEAK void qemu_system_reset_request(ShutdownCause reason)
{
}

WEAK void qemu_system_shutdown_request(ShutdownCause reason)
{
}

WEAK void qemu_system_guest_panicked(GuestPanicInformation *info)
{
}
