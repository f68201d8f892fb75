/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a guest says that it panicked: bits of the pvpanic device's register. */
#ifndef STANDARD_HEADERS_MISC_PVPANIC_H
#define STANDARD_HEADERS_MISC_PVPANIC_H

#define PVPANIC_PANICKED     (1 << 0)
#define PVPANIC_CRASH_LOADED (1 << 1) /* and writes a dump of itself */
#define PVPANIC_SHUTDOWN     (1 << 2)

#endif
