/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory core gives to everybody: the system's memory as the CPUs see
 * it, and the way from host pointers to RAM blocks and back. Part of
 * exec/cpu-common.h, which adds the CPUs.
 *
 * A ram_addr_t is an offset into the space of all RAM blocks; it is not a
 * guest physical address (that is hwaddr).
 */
#ifndef EXEC_GUEST_RAM_H
#define EXEC_GUEST_RAM_H

#include "exec/hwaddr.h"
#include "exec/page-protection.h"
#include "exec/vaddr.h"
#include "qemu/typedefs.h"

#define REAL_HOST_PAGE_ALIGN(addr)                                       \
    ROUND_UP((addr), qemu_real_host_page_size())

/* The byte order of a device's registers; native: that of the target's CPUs. */
enum device_endian {
    DEVICE_NATIVE_ENDIAN,
    DEVICE_BIG_ENDIAN,
    DEVICE_LITTLE_ENDIAN,
};

#if HOST_BIG_ENDIAN
#define DEVICE_HOST_ENDIAN DEVICE_BIG_ENDIAN
#else
#define DEVICE_HOST_ENDIAN DEVICE_LITTLE_ENDIAN
#endif

typedef uintptr_t ram_addr_t;
#define RAM_ADDR_MAX UINTPTR_MAX
#define RAM_ADDR_FMT "%" PRIxPTR

/* ---- RAM blocks (memory/ramblock.c) -------------------------------------- */

/* Maps the page at @addr afresh, after a hardware error has poisoned it. */
void qemu_ram_remap(ram_addr_t addr);
/*
 * The ram_addr_t of a host pointer; RAM_ADDR_INVALID if it is not in a block,
 * or in the second form an error and the end of the process.
 */
ram_addr_t qemu_ram_addr_from_host(void *ptr);
ram_addr_t qemu_ram_addr_from_host_nofail(void *ptr);
/* The block with this idstr, or NULL. */
RAMBlock *qemu_ram_block_by_name(const char *name);
/*
 * The block in which @ptr lies, or NULL, and where in it (*@offset, down to a
 * page if @round_offset). The block may go once the caller leaves RCU and the
 * big lock, unless it holds a reference to the block's region.
 */
RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset);
/* Where in @rb the pointer @host is, which lies in it. */
ram_addr_t qemu_ram_block_host_offset(RAMBlock *rb, void *host);
/* The block's name in the migration stream: @dev's path, "/", @name. */
void qemu_ram_set_idstr(RAMBlock *block, const char *name, DeviceState *dev);
void qemu_ram_unset_idstr(RAMBlock *block);
const char *qemu_ram_get_idstr(RAMBlock *rb);
/* A block's host address, ram_addr_t, bytes in use and bytes at most. */
void *qemu_ram_get_host_addr(RAMBlock *rb);
ram_addr_t qemu_ram_get_offset(RAMBlock *rb);
ram_addr_t qemu_ram_get_used_length(RAMBlock *rb);
ram_addr_t qemu_ram_get_max_length(RAMBlock *rb);
/* A block's properties: the RAM_* flags of memory/ram.h. */
bool qemu_ram_is_shared(RAMBlock *rb);
bool qemu_ram_is_noreserve(RAMBlock *rb);
bool qemu_ram_is_uf_zeroable(RAMBlock *rb);
void qemu_ram_set_uf_zeroable(RAMBlock *rb);
bool qemu_ram_is_migratable(RAMBlock *rb);
void qemu_ram_set_migratable(RAMBlock *rb);
void qemu_ram_unset_migratable(RAMBlock *rb);
bool qemu_ram_is_named_file(RAMBlock *rb);
/* The file behind a block, or -1. */
int qemu_ram_get_fd(RAMBlock *rb);
/* The page size of a block's backing, and the largest of all blocks. */
size_t qemu_ram_pagesize(RAMBlock *block);
size_t qemu_ram_pagesize_largest(void);

/* Calls @func for each block until it returns non-zero, and returns that. */
typedef int(RAMBlockIterFunc)(RAMBlock *rb, void *opaque);
int qemu_ram_foreach_block(RAMBlockIterFunc func, void *opaque);
/*
 * Gives the memory of [@start, +@length) back to the host: it reads as zeros,
 * or as the file, from now on. 0 or a negative errno. The second: of the
 * private side of a guest_memfd block.
 */
int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length);
int ram_block_discard_guest_memfd_range(RAMBlock *rb, uint64_t start,
                                        size_t length);

/* ---- the CPUs' address space (memory/access-system.c) -------------------- */

/*
 * Reads or writes address_space_memory, as address_space_rw() and its kin do,
 * without attributes and without a result. Any thread.
 */
void cpu_physical_memory_rw(hwaddr addr, void *buf, hwaddr len, bool is_write);

static inline void cpu_physical_memory_read(hwaddr addr, void *buf, hwaddr len)
{
    cpu_physical_memory_rw(addr, buf, len, false);
}

static inline void cpu_physical_memory_write(hwaddr addr, const void *buf,
                                             hwaddr len)
{
    cpu_physical_memory_rw(addr, (void *)buf, len, true);
}

void *cpu_physical_memory_map(hwaddr addr, hwaddr *plen, bool is_write);
void cpu_physical_memory_unmap(void *buffer, hwaddr len, bool is_write,
                               hwaddr access_len);
/* Whether what answers at @phys_addr is neither RAM nor a readable ROM. */
bool cpu_physical_memory_is_io(hwaddr phys_addr);

/* Runs the accesses that an accelerator has queued (coalesced MMIO). */
void qemu_flush_coalesced_mmio_buffer(void);
/* What was written to guest memory there is code: the host's caches. */
void cpu_flush_icache_range(hwaddr start, hwaddr len);

#endif
