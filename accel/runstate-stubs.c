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
