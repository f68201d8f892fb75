/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version of the interface: which QEMU's commands, options and semantics
 * a client may expect here. It is what "query-version", the QMP greeting, the
 * HMP banner and "-version" report; the project's own version is the package.
 */
#ifndef MONITOR_INTERFACE_VERSION_H
#define MONITOR_INTERFACE_VERSION_H

#include "config-host.h"

#define INTERFACE_VERSION_MAJOR 10
#define INTERFACE_VERSION_MINOR 0
#define INTERFACE_VERSION_MICRO 0
#define INTERFACE_VERSION       "10.0.0"
#define INTERFACE_PACKAGE       " (Plateau " PLATEAU_VERSION ")"

#endif
