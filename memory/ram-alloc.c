/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of RAM blocks: making it, advice to the host about it, resizing,
 * writing back, freeing.
 */
#include "qemu/osdep.h"
#include <sys/prctl.h>
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/memfd.h"
#include "qemu/mmap-alloc.h"
#include "qemu/units.h"
#include "ram-index.h"
#include "ramblock-internal.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA           0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static bool advice_merge = true;
static bool advice_dump = true;
static bool default_shared;

void ram_set_default_advice(bool merge, bool dump)
{
    advice_merge = merge;
    advice_dump = dump;
}

void ram_set_default_shared(bool shared)
{
    default_shared = shared;
}

/* ---- advice -------------------------------------------------------------- */

void ramblock_name_mapping(RAMBlock *block)
{
    const char *name =
        block->idstr[0] ? block->idstr : memory_region_name(block->mr);
    g_autofree char *text = NULL;

    if (!block->host || (block->flags & RAM_PREALLOC)) {
        return;
    }
    /* The kernel takes 79 printable characters, but not these. */
    text = g_strdup_printf("ram:%s", name ?: "");
    g_strdelimit(text, "[]\\$`", '_');
    for (char *c = text; *c; c++) {
        if (!g_ascii_isprint(*c)) {
            *c = '_';
        }
    }
    if (strlen(text) > 79) {
        text[79] = '\0';
    }
    prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, block->host, block->max_length,
          text);
}

/* The smallest of any host; what is smaller gains nothing by one. */
#define HUGE_PAGE (2 * MiB)

void ramblock_advise(RAMBlock *block, uint8_t *host, size_t size)
{
    /* Each is a wish: a kernel without the feature does not take it. */
    if (advice_merge && block->fd < 0) {
        qemu_madvise(host, size, QEMU_MADV_MERGEABLE);
    }
    if (!advice_dump) {
        qemu_madvise(host, size, QEMU_MADV_DONTDUMP);
    }
    /* A table that may grow should not take a huge page for its first bytes. */
    if (block->used_length >= HUGE_PAGE) {
        qemu_madvise(host, size, QEMU_MADV_HUGEPAGE);
    }
    qemu_madvise(host, size, QEMU_MADV_DONTFORK);
}

/* ---- making -------------------------------------------------------------- */

/* Whole pages for @size; false if that wraps, or is nothing. */
static bool round_size(const MemoryRegion *mr, ram_addr_t *size, Error **errp)
{
    size_t page = MAX(qemu_real_host_page_size(), (size_t)TARGET_PAGE_SIZE);

    /* Half of the address space is more than any host has. */
    if (*size > RAM_ADDR_MAX / 2) {
        error_setg(errp,
                   "cannot set up guest memory '%s': its size 0x" RAM_ADDR_FMT
                   " is larger than any host's address space",
                   memory_region_name(mr), *size);
        return false;
    }
    *size = ROUND_UP(*size, page);
    return true;
}

/* A block without memory; NULL with @errp. */
static RAMBlock *block_new(MemoryRegion *mr, ram_addr_t size,
                           ram_addr_t max_size, uint32_t flags,
                           qemu_ram_resize_cb resized, Error **errp)
{
    RAMBlock *block;

    if (!round_size(mr, &size, errp) || !round_size(mr, &max_size, errp)) {
        return NULL;
    }
    if (max_size == 0) {
        error_setg(errp, "cannot set up guest memory '%s': its size is zero",
                   memory_region_name(mr));
        return NULL;
    }
    if (size > max_size) {
        error_setg(errp,
                   "cannot set up guest memory '%s': its size 0x" RAM_ADDR_FMT
                   " is larger than the maximum 0x" RAM_ADDR_FMT,
                   memory_region_name(mr), size, max_size);
        return NULL;
    }
    block = g_new0(RAMBlock, 1);
    block->mr = mr;
    block->used_length = size;
    block->max_length = max_size;
    block->flags = flags & ~RAM_PRIVATE;
    block->resized = resized;
    block->fd = -1;
    block->guest_memfd = -1;
    block->page_size = qemu_real_host_page_size();
    return block;
}

/* Frees what only the block has: nobody can see it any more. */
static void block_reclaim(RAMBlock *block)
{
    if (block->flags & RAM_PREALLOC) {
        /* The caller's. */
    } else if (block->fd >= 0) {
        qemu_ram_munmap(block->fd, block->host, block->max_length);
        close(block->fd);
    } else {
        qemu_anon_ram_free(block->host, block->max_length);
    }
    ramblock_private_destroy(block);
    g_free(block);
}

/* The memory is there: the rest. Frees @block if it fails. */
static RAMBlock *block_finish(RAMBlock *block, Error **errp)
{
    if ((block->flags & RAM_GUEST_MEMFD) &&
        !ramblock_private_create(block, errp)) {
        goto fail;
    }
    if (!(block->flags & RAM_PREALLOC)) {
        ramblock_advise(block, block->host, block->max_length);
        ramblock_name_mapping(block);
    }
    if (!ramblock_publish(block, errp)) {
        goto fail;
    }
    if (block->private_map) {
        ramblock_sides_create(block);
    }
    ram_block_notify_add(block->host, block->used_length, block->max_length);
    return block;

fail:
    /* A descriptor stays the caller's. */
    if (block->fd >= 0) {
        qemu_ram_munmap(block->fd, block->host, block->max_length);
        block->fd = -1;
        block->host = NULL;
    }
    block_reclaim(block);
    return NULL;
}

/*
 * Shared memory of no name lies in a memfd, which others can be given. NULL
 * without @errp means that it could not be had, and is not an error yet; what
 * was kept has the guest's data, and nothing can take its place.
 */
static RAMBlock *alloc_memfd(ram_addr_t size, ram_addr_t max_size,
                             qemu_ram_resize_cb resized, MemoryRegion *mr,
                             uint32_t flags, Error **errp)
{
    g_autofree char *name = ramblock_kept_name(mr);
    int fd = ram_take_kept_fd(name);
    bool kept = fd >= 0;
    uint64_t align = mr->align;
    RAMBlock *block;

    if (kept) {
        flags |= RAM_KEPT;
    } else {
        fd = qemu_memfd_create(name, 0, false, 0, 0, NULL);
    }
    if (fd < 0) {
        return NULL;
    }
    mr->align = QEMU_VMALLOC_ALIGN;
    /* What was kept may have become larger in this version. */
    block = qemu_ram_alloc_from_fd(size, max_size, resized, mr, flags, fd, 0,
                                   kept, kept ? errp : NULL);
    if (!block) {
        mr->align = align;
        ram_forget_fd(fd);
        close(fd);
    } else if (!kept) {
        ram_keep_fd(name, fd);
    }
    return block;
}

static RAMBlock *alloc_anonymous(ram_addr_t size, ram_addr_t max_size,
                                 qemu_ram_resize_cb resized, MemoryRegion *mr,
                                 uint32_t flags, Error **errp)
{
    ERRP_GUARD();
    RAMBlock *block;

    if (default_shared && !(flags & (RAM_PRIVATE | RAM_SHARED))) {
        flags |= RAM_SHARED;
    }
    if ((flags & RAM_SHARED) && !(flags & RAM_GUEST_MEMFD)) {
        block = alloc_memfd(size, max_size, resized, mr, flags, errp);
        if (block || *errp) {
            return block;
        }
    }
    block = block_new(mr, size, max_size, flags, resized, errp);
    if (!block) {
        return NULL;
    }
    block->host =
        qemu_anon_ram_alloc(block->max_length, &mr->align, flags & RAM_SHARED,
                            flags & RAM_NORESERVE);
    if (!block->host) {
        error_setg_errno(errp, errno, "cannot set up guest memory '%s'",
                         memory_region_name(mr));
        g_free(block);
        return NULL;
    }
    return block_finish(block, errp);
}

RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags, MemoryRegion *mr,
                         Error **errp)
{
    return alloc_anonymous(size, size, NULL, mr, ram_flags, errp);
}

RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t max_size,
                                    qemu_ram_resize_cb resized,
                                    MemoryRegion *mr, Error **errp)
{
    return alloc_anonymous(size, max_size, resized, mr, RAM_RESIZEABLE, errp);
}

RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host, MemoryRegion *mr,
                                  Error **errp)
{
    RAMBlock *block = block_new(mr, size, size, RAM_PREALLOC, NULL, errp);

    if (!block) {
        return NULL;
    }
    block->host = host;
    return block_finish(block, errp);
}

/* Whether the flags for a file go together. */
static bool check_file_flags(uint32_t flags, Error **errp)
{
    if ((flags & RAM_READONLY_FD) && (flags & RAM_SHARED) &&
        !(flags & RAM_READONLY)) {
        error_setg(errp, "A file that is opened read-only cannot be mapped "
                         "shared and writable: map it privately or as ROM");
        return false;
    }
    if ((flags & RAM_SHARED) && (flags & RAM_PRIVATE)) {
        error_setg(errp, "RAM cannot be both shared and private");
        return false;
    }
    return true;
}

RAMBlock *qemu_ram_alloc_from_fd(ram_addr_t size, ram_addr_t max_size,
                                 qemu_ram_resize_cb resized, MemoryRegion *mr,
                                 uint32_t ram_flags, int fd, off_t offset,
                                 bool grow, Error **errp)
{
    const char *name = memory_region_name(mr);
    uint64_t align = ram_file_align(fd);
    int64_t file_size = ram_file_size(fd);
    RAMBlock *block;
    uint64_t end;

    if (!check_file_flags(ram_flags, errp)) {
        return NULL;
    }
    if (file_size < 0) {
        error_setg_errno(errp, -file_size,
                         "file descriptor %d cannot be the memory of '%s': it "
                         "is not a file",
                         fd, name);
        return NULL;
    }
    block = block_new(mr, size, max_size, ram_flags, resized, errp);
    if (!block) {
        return NULL;
    }
    if (offset < 0 || block->max_length > INT64_MAX - (uint64_t)offset) {
        error_setg(errp,
                   "'offset' 0x%" PRIx64 " and 'size' 0x" RAM_ADDR_FMT " of "
                   "'%s' lie beyond the end of any file",
                   (uint64_t)offset, block->max_length, name);
        goto fail;
    }
    end = offset + block->max_length;
    if (file_size > 0 && file_size < end && !grow) {
        error_setg(errp,
                   "%s backing store size 0x%" PRIx64 " is too small for "
                   "'size' option 0x" RAM_ADDR_FMT
                   " plus 'offset' option 0x%" PRIx64,
                   name, file_size, block->max_length, (uint64_t)offset);
        goto fail;
    }
    if (align > mr->align) {
        error_setg(errp,
                   "backing store align 0x%" PRIx64
                   " is larger than 'align' option 0x%" PRIx64,
                   align, mr->align);
        goto fail;
    }
    if (!ram_file_map(block, fd, offset, file_size < end, errp)) {
        goto fail;
    }
    return block_finish(block, errp);

fail:
    g_free(block);
    return NULL;
}

void qemu_ram_free(RAMBlock *block)
{
    if (!block) {
        return;
    }
    if (block->host) {
        ram_block_notify_remove(block->host, block->used_length,
                                block->max_length);
    }
    ram_forget_fd(block->fd);
    ramblock_withdraw(block);
    call_rcu(block, block_reclaim, rcu);
}

/* ---- resizing ------------------------------------------------------------ */

/* The region has the exact size, the block whole pages. */
static void resized(RAMBlock *block, ram_addr_t size)
{
    memory_region_set_size(block->mr, size);
    if (block->resized) {
        block->resized(block->idstr, size, block->host);
    }
}

int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp)
{
    ram_addr_t size = newsize, old = block->used_length;

    if (!round_size(block->mr, &size, errp)) {
        return -EINVAL;
    }
    if (size == old && newsize == memory_region_size(block->mr)) {
        return 0;
    }
    /* A part of a page is a size like any other: a stream may say so. */
    if (!(block->flags & RAM_RESIZEABLE)) {
        error_setg_errno(errp, EINVAL,
                         "Size mismatch: %s: 0x" RAM_ADDR_FMT
                         " != 0x" RAM_ADDR_FMT,
                         block->idstr, newsize, old);
        return -EINVAL;
    }
    if (size == old) {
        resized(block, newsize);
        return 0;
    }
    if (size > block->max_length) {
        error_setg_errno(errp, EINVAL,
                         "Size too large: %s: 0x" RAM_ADDR_FMT
                         " > 0x" RAM_ADDR_FMT,
                         block->idstr, size, block->max_length);
        return -EINVAL;
    }
    /* Listeners look before the block has changed. */
    if (block->host) {
        ram_block_notify_resize(block->host, old, size);
    }
    cpu_physical_memory_clear_dirty_range(block->offset, old);
    block->used_length = size;
    cpu_physical_memory_set_dirty_range(block->offset, size, DIRTY_CLIENTS_ALL);
    resized(block, newsize);
    return 0;
}

/* ---- content ------------------------------------------------------------- */

void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length)
{
    assert(start <= block->used_length && length <= block->used_length - start);
    if (block->fd < 0 || length == 0) {
        return;
    }
    /* On DAX this flushes the caches, which makes it persistent as well. */
    if (qemu_msync(ramblock_ptr(block, start), length, block->fd) < 0) {
        warn_report("%s: failed to sync memory range: start: " RAM_ADDR_FMT
                    " length: " RAM_ADDR_FMT,
                    __func__, start, length);
    }
}

void qemu_ram_remap(ram_addr_t addr)
{
    RAMBlock *block = ram_index_by_offset(addr);
    size_t page;
    uint64_t offset;
    uint8_t *host;
    uint32_t map;
    int flags, prot;

    if (!block || (block->flags & RAM_PREALLOC)) {
        return;
    }
    page = block->page_size;
    offset = QEMU_ALIGN_DOWN(addr - block->offset, page);
    host = block->host + offset;
    map = ramblock_map_flags(block);
    flags = MAP_FIXED | (map & QEMU_MAP_SHARED ? MAP_SHARED : MAP_PRIVATE) |
            (map & QEMU_MAP_NORESERVE ? MAP_NORESERVE : 0) |
            (block->fd < 0 ? MAP_ANONYMOUS : 0);
    prot = PROT_READ | (map & QEMU_MAP_READONLY ? 0 : PROT_WRITE);

    /* A file's bad page must go, too; a private one falls back on the file. */
    if (block->fd >= 0 && !(block->flags & RAM_READONLY_FD)) {
        ram_block_discard_range(block, offset, page);
    }
    if (mmap(host, page, prot, flags, block->fd,
             block->fd < 0 ? 0 : block->fd_offset + offset) != host) {
        error_report("Could not remap RAM %s:%" PRIx64 "+%" PRIx64 " +%zx",
                     block->idstr, offset, block->fd_offset, page);
        exit(1);
    }
    ramblock_advise(block, host, page);
    ramblock_name_mapping(block);
}
