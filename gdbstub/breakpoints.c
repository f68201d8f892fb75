/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breakpoints and watchpoints: the accelerator has them.
 */
#include "qemu/osdep.h"
#include "internals.h"
#include "system/accel-ops.h"
#include "system/cpus.h"

int gdb_breakpoint_insert(int type, vaddr addr, vaddr len)
{
    const AccelOpsClass *ops = cpus_get_accel();

    if (!ops || !ops->insert_breakpoint) {
        return -ENOSYS;
    }
    return ops->insert_breakpoint(gdb_server.c_cpu, type, addr, len);
}

int gdb_breakpoint_remove(int type, vaddr addr, vaddr len)
{
    const AccelOpsClass *ops = cpus_get_accel();

    if (!ops || !ops->remove_breakpoint) {
        return -ENOSYS;
    }
    return ops->remove_breakpoint(gdb_server.c_cpu, type, addr, len);
}

void gdb_breakpoints_clear(void)
{
    const AccelOpsClass *ops = cpus_get_accel();
    CPUState *cpu;

    if (!ops || !ops->remove_all_breakpoints) {
        return;
    }
    CPU_FOREACH(cpu)
    {
        ops->remove_all_breakpoints(cpu);
    }
}
