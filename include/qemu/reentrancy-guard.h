/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's mark that one of its callbacks is running, by which the memory
 * core and bottom halves notice that a device's DMA has reached the device.
 */
#ifndef QEMU_REENTRANCY_GUARD_H
#define QEMU_REENTRANCY_GUARD_H

typedef struct {
    bool engaged_in_io;
} MemReentrancyGuard;

#endif
