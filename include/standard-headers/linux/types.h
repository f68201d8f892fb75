/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The integer types of these headers come from qemu/osdep.h. */
