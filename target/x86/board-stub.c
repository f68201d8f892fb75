/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a board with x86 CPUs has, for programs without one. */
#include "qemu/osdep.h"
#include "cpu.h"

int cpu_get_pic_interrupt(CPUX86State *env)
{
    return -1;
}
