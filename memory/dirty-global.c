/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracking of all dirty pages, by whoever wants it.
 */
#include "qemu/osdep.h"

extern unsigned int global_dirty_tracking;
unsigned int global_dirty_tracking;
