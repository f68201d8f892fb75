/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option groups that more than one file of system/ refers to by name.
 */
#ifndef SYSTEM_OPTS_H
#define SYSTEM_OPTS_H

#include "monitor/monitor.h"
#include "qemu/option.h"

extern QemuOptsList qemu_device_opts;
extern QemuOptsList qemu_global_opts;
extern QemuOptsList qemu_chardev_opts;

#endif
