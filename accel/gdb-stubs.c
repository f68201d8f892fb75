/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No debugger. Linked only where gdbstub/ is not. */
#include "qemu/osdep.h"
#include "exec/gdbstub.h"

void gdb_set_stop_cpu(CPUState *cpu)
{
}
