/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device does that can go on no more, through a fault of its own. */
#ifndef QEMU_HW_H
#define QEMU_HW_H

/*
 * Prints the message and aborts the program. For states that cannot be, not
 * for what a guest or a user did.
 */
G_NORETURN void hw_error(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

#endif
