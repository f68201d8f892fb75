/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The private side of RAM blocks: see include/memory/guest-memfd.h. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "memory/guest-memfd.h"
#include "memory/ram-discard.h"
#include "ramblock-internal.h"

static GuestMemfdCreate *create_fd;

void ram_block_set_guest_memfd_create(GuestMemfdCreate *create)
{
    create_fd = create;
}

/* Pages of the bitmap: the target's, whatever the shared side has. */
static long private_pages(const RAMBlock *block)
{
    return block->max_length >> TARGET_PAGE_BITS;
}

bool ramblock_private_create(RAMBlock *block, Error **errp)
{
    ERRP_GUARD();
    const char *name = memory_region_name(block->mr);
    int ret;

    if (!create_fd) {
        error_setg(errp,
                   "cannot set up private guest memory for %s: KVM required",
                   name);
        return false;
    }
    /* Converting a page frees the memory of its other side. */
    ret = ram_block_discard_require(true);
    if (ret < 0) {
        error_setg_errno(errp, -ret,
                         "cannot set up private guest memory: discard "
                         "currently blocked");
        error_append_hint(errp, "Are you using assigned devices?\n");
        return false;
    }
    block->guest_memfd = create_fd(block->max_length, 0, errp);
    if (block->guest_memfd < 0) {
        ram_block_discard_require(false);
        error_prepend(errp,
                      "cannot set up private guest memory for %s: ", name);
        return false;
    }
    /* A confidential guest begins with everything private. */
    block->private_map = bitmap_new(private_pages(block));
    bitmap_set(block->private_map, 0, private_pages(block));
    return true;
}

void ramblock_private_destroy(RAMBlock *block)
{
    if (block->guest_memfd >= 0) {
        close(block->guest_memfd);
        block->guest_memfd = -1;
        g_free(block->private_map);
        g_clear_pointer(&block->sides, object_unref);
        ram_block_discard_require(false);
    }
}

bool memory_region_is_protected(MemoryRegion *mr)
{
    return mr->ram && (mr->ram_block->flags & RAM_PROTECTED);
}

bool memory_region_has_guest_memfd(MemoryRegion *mr)
{
    return mr->ram_block && mr->ram_block->guest_memfd >= 0;
}

int ram_block_discard_guest_memfd_range(RAMBlock *rb, uint64_t start,
                                        size_t length)
{
    int ret = 0;

    /* fd_offset is the shared side's. */
    if (fallocate(rb->guest_memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  start, length) < 0) {
        ret = -errno;
        error_report("%s: Failed to fallocate %s:%" PRIx64 " +%zx (%d)",
                     __func__, rb->idstr, start, length, ret);
    }
    return ret;
}

/* Whether a range is whole pages within @rb, and @rb has two sides. */
static bool valid_range(const RAMBlock *rb, uint64_t start, uint64_t size)
{
    return rb->private_map && start <= rb->max_length && size > 0 &&
           size <= rb->max_length - start &&
           QEMU_IS_ALIGNED(start | size, qemu_real_host_page_size()) &&
           QEMU_IS_ALIGNED(start | size, (uint64_t)TARGET_PAGE_SIZE);
}

int ram_block_convert_range(RAMBlock *rb, uint64_t start, uint64_t size,
                            bool to_private)
{
    long page = start >> TARGET_PAGE_BITS, nr = size >> TARGET_PAGE_BITS;
    int ret;

    if (!valid_range(rb, start, size)) {
        return -EINVAL;
    }
    ret = ramblock_sides_tell(rb, start, size, to_private);
    if (ret < 0) {
        return ret;
    }
    if (!to_private) {
        bitmap_test_and_clear_atomic(rb->private_map, page, nr);
        return ram_block_discard_guest_memfd_range(rb, start, size);
    }
    bitmap_set_atomic(rb->private_map, page, nr);
    /* Huge pages of the shared side were given for good. */
    if (rb->page_size != qemu_real_host_page_size()) {
        return 0;
    }
    return ram_block_discard_range(rb, start, size);
}

bool ram_block_range_is_private(RAMBlock *rb, uint64_t start, uint64_t size)
{
    unsigned long end = (start + size) >> TARGET_PAGE_BITS;

    return valid_range(rb, start, size) &&
           find_next_zero_bit(rb->private_map, end,
                              start >> TARGET_PAGE_BITS) >= end;
}

bool ram_block_range_is_shared(RAMBlock *rb, uint64_t start, uint64_t size)
{
    unsigned long end = (start + size) >> TARGET_PAGE_BITS;

    return valid_range(rb, start, size) &&
           find_next_bit(rb->private_map, end, start >> TARGET_PAGE_BITS) >=
               end;
}
