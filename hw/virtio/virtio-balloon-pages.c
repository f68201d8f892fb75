/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the balloon does with memory: pages that the driver gives are
 * discarded, as is what it reports as free (virtio 1.2, sections 5.5.6.1 and
 * 5.5.6.7).
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "hw/virtio/virtio-access.h"
#include "memory/ram-discard.h"
#include "migration/misc.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-balloon-internal.h"

#define BALLOON_PAGE_SIZE (1u << VIRTIO_BALLOON_PFN_SHIFT)
/* 4 GiB of pages in one buffer; Linux has 1 MiB. Not to loop for hours. */
#define PFNS_MAX (1u << 20)

/*
 * Somebody needs the pages where they are. In postcopy, one that is discarded
 * is asked for again, and never comes; a snapshot that is taken while the guest
 * runs would lose what the page was.
 */
static bool is_inhibited(void)
{
    return ram_block_discard_is_disabled() ||
           migration_in_incoming_postcopy() || migration_in_bg_snapshot();
}

/*
 * Where the host's pages are larger than the balloon's (hugetlbfs), one is
 * discarded when all of it has been given: the last one begun is remembered
 * through one buffer.
 */
typedef struct HostPage {
    RAMBlock *block;
    ram_addr_t start;
    size_t size;
    unsigned long *given;
} HostPage;

static void host_page_forget(HostPage *page)
{
    g_clear_pointer(&page->given, g_free);
    page->block = NULL;
}

static bool host_page_is(const HostPage *page, RAMBlock *block,
                         ram_addr_t offset)
{
    return page->given && page->block == block &&
           page->start == QEMU_ALIGN_DOWN(offset, page->size);
}

static void inflate_part(HostPage *page, RAMBlock *block, ram_addr_t offset)
{
    size_t size = qemu_ram_pagesize(block);
    size_t parts = size / BALLOON_PAGE_SIZE;

    warn_report_once("Balloon used with backing page size > 4kiB, "
                     "this may not be reliable");
    if (!host_page_is(page, block, offset)) {
        host_page_forget(page);
        page->block = block;
        page->size = size;
        page->start = QEMU_ALIGN_DOWN(offset, size);
        page->given = bitmap_new(parts);
    }
    set_bit((offset - page->start) / BALLOON_PAGE_SIZE, page->given);
    if (bitmap_full(page->given, parts)) {
        ram_block_discard_range(block, page->start, size);
        host_page_forget(page);
    }
}

static void inflate(HostPage *page, MemoryRegionSection *section)
{
    void *host = (char *)memory_region_get_ram_ptr(section->mr) +
                 section->offset_within_region;
    ram_addr_t offset;
    RAMBlock *block = qemu_ram_block_from_host(host, false, &offset);

    if (qemu_ram_pagesize(block) == BALLOON_PAGE_SIZE) {
        ram_block_discard_range(block, offset, BALLOON_PAGE_SIZE);
    } else {
        inflate_part(page, block, offset);
    }
}

/* The page comes back when it is touched; ask the host to have it soon. */
static void deflate(HostPage *page, MemoryRegionSection *section)
{
    void *host = (char *)memory_region_get_ram_ptr(section->mr) +
                 section->offset_within_region;
    ram_addr_t offset;
    RAMBlock *block = qemu_ram_block_from_host(host, false, &offset);
    size_t size = qemu_ram_pagesize(block);

    if (host_page_is(page, block, offset)) {
        host_page_forget(page);
    }
    if (madvise((void *)QEMU_ALIGN_DOWN((uintptr_t)host, size), size,
                     MADV_WILLNEED)) {
        warn_report_once("Couldn't MADV_WILLNEED on balloon deflate: %s",
                         strerror(errno));
    }
}

static void handle_page(VirtIOBalloon *s, VirtQueue *vq, HostPage *page,
                        hwaddr addr)
{
    MemoryRegionSection section = memory_region_find(get_system_memory(), addr,
                                                     BALLOON_PAGE_SIZE);
    if (!section.mr) {
        trace_virtio_balloon_bad_addr(addr);
        return;
    }
    if (!memory_region_is_ram(section.mr) || memory_region_is_rom(section.mr) ||
        memory_region_is_romd(section.mr) ||
        int128_get64(section.size) != BALLOON_PAGE_SIZE) {
        trace_virtio_balloon_bad_addr(addr);
    } else {
        trace_virtio_balloon_handle_output(memory_region_name(section.mr),
                                           addr);
        if (is_inhibited()) {
            /* It is as if the driver had not given it. */
        } else if (vq == s->ivq) {
            inflate(page, &section);
        } else {
            deflate(page, &section);
        }
    }
    memory_region_unref(section.mr);
}

void virtio_balloon_handle_pages(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        HostPage page = {};
        uint32_t pfn;
        size_t n = 0;

        while (n < PFNS_MAX &&
               iov_to_buf(elem->out_sg, elem->out_num, n * sizeof(pfn), &pfn,
                          sizeof(pfn)) == sizeof(pfn)) {
            handle_page(s, vq, &page,
                        (hwaddr)virtio_ldl_p(vdev, &pfn)
                            << VIRTIO_BALLOON_PFN_SHIFT);
            n++;
        }
        host_page_forget(&page);
        if (n == PFNS_MAX) {
            virtio_error(vdev, "virtio-balloon: more than %u pages in a buffer",
                         PFNS_MAX - 1);
            virtqueue_detach_element(vq, elem, 0);
            g_free(elem);
            return;
        }
        virtqueue_push(vq, elem, 0);
        virtio_notify(vdev, vq);
        g_free(elem);
    }
}

/* One range that the driver does not use and will not until it is told so. */
static void discard_reported(const struct iovec *iov)
{
    ram_addr_t offset;
    RAMBlock *block = qemu_ram_block_from_host(iov->iov_base, false, &offset);

    if (!block ||
        !QEMU_IS_ALIGNED(offset | iov->iov_len, qemu_ram_pagesize(block)) ||
        offset + iov->iov_len > qemu_ram_get_used_length(block)) {
        return;
    }
    ram_block_discard_range(block, offset, iov->iov_len);
}

void virtio_balloon_handle_report(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        /*
         * Discarded memory reads as zero, and a driver that poisons free
         * pages relies on what it has left there.
         */
        if (!is_inhibited() && !s->poison_val) {
            for (unsigned i = 0; i < elem->in_num; i++) {
                discard_reported(&elem->in_sg[i]);
            }
        }
        virtqueue_push(vq, elem, 0);
        virtio_notify(vdev, vq);
        g_free(elem);
    }
}
