/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of a device that another process or the kernel has, mapped by file
 * descriptor into a region at run time, and taken out again: a BAR of an
 * assigned device, a window that a vhost-user device offers.
 *
 * Each mapping is a RAM device subregion: the guest accesses it directly, and
 * the emulator by loads and stores of the access's size. The host mapping goes
 * when no reader can see it any more. All under the big lock.
 */
#ifndef MEMORY_DEVICE_MEMORY_H
#define MEMORY_DEVICE_MEMORY_H

#include "exec/memory.h"

/*
 * Maps @len bytes of @fd, from @fd_offset on, at @offset of @region, a
 * container; without @writable, the guest's writes are ignored. All are
 * multiples of the page size. @fd stays the caller's and may be closed.
 *
 * Fails if that is not within @region or @fd, if @fd cannot be mapped so, and
 * where something is mapped already, which the error names.
 */
bool memory_device_map(MemoryRegion *region, hwaddr offset, int fd,
                       uint64_t fd_offset, uint64_t len, bool writable,
                       Error **errp);

/*
 * Takes out what memory_device_map() has mapped there, which is exactly that:
 * not a part, nor two of them. All of it must be taken out before @region
 * goes.
 */
bool memory_device_unmap(MemoryRegion *region, hwaddr offset, uint64_t len,
                         Error **errp);

#endif
