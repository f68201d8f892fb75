/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version that devices show to guests (in a disk's firmware revision, for
 * example). It is fixed, so that an upgrade does not change the hardware.
 */
#ifndef QEMU_HW_VERSION_H
#define QEMU_HW_VERSION_H

#define QEMU_HW_VERSION "2.5+"

/* For machine types with another; not copied. */
void qemu_set_hw_version(const char *version);
const char *qemu_hw_version(void);

#endif
