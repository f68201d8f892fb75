/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of breakpoints and watchpoints in the protocol of gdb. */
#ifndef GDBSTUB_ENUMS_H
#define GDBSTUB_ENUMS_H

#define GDB_BREAKPOINT_SW        0
#define GDB_BREAKPOINT_HW        1
#define GDB_WATCHPOINT_WRITE     2
#define GDB_WATCHPOINT_READ      3
#define GDB_WATCHPOINT_ACCESS    4

#endif
