/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of this run of the emulator, set from the command line.
 */
#include "qemu/osdep.h"
#include "system/system.h"

const char *qemu_name;
QemuUUID qemu_uuid;
bool qemu_uuid_set;
int autostart = 1;
MlockState mlock_state = MLOCK_OFF;
bool enable_cpu_pm;
QEMUClockType rtc_clock = QEMU_CLOCK_HOST;

const char *qemu_get_vm_name(void)
{
    return qemu_name;
}

bool should_mlock(MlockState state)
{
    return state == MLOCK_ON || state == MLOCK_ON_FAULT;
}

bool is_mlock_on_fault(MlockState state)
{
    return state == MLOCK_ON_FAULT;
}
