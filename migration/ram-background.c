/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM as it was at one moment, while the guest runs on.
 *
 * All pages that are to be sent are write-protected by userfaultfd. Whoever
 * writes to one (a CPU, a device, the kernel for either) waits until this has
 * sent it and taken the protection away; those are served first. What nobody
 * writes to goes in order. Nothing here takes a lock, since whoever waits for a
 * page may hold it.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ramblock.h"
#include "exec/target_page.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qemu/userfaultfd.h"
#include "ram.h"
#include "trace.h"

/* Of newer kernels than some headers. */
#ifndef UFFD_FEATURE_WP_HUGETLBFS_SHMEM
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM (1 << 12)
#endif
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif

/* So much goes between two looks at who waits, and is unprotected at once. */
#define PIECE (256 * 1024)
/* So much memory comes to be between two looks at who cancels. */
#define POPULATE_PIECE (64 * MiB)
/* So long may a round take. */
#define MAX_ROUND_NS (50 * SCALE_MS)

static int uffd = -1; /* while pages are protected */

/* ---- what the host can do ------------------------------------------------ */

static int open_uffd(void)
{
    const uint64_t helpful =
        UFFD_FEATURE_WP_HUGETLBFS_SHMEM | UFFD_FEATURE_WP_UNPOPULATED;
    uint64_t there;
    int ret = uffd_query_features(&there);

    if (ret < 0) {
        return ret;
    }
    if (!(there & UFFD_FEATURE_PAGEFAULT_FLAG_WP)) {
        return -ENOTSUP;
    }
    return uffd_create_fd(UFFD_FEATURE_PAGEFAULT_FLAG_WP | (there & helpful),
                          true);
}

/* Nobody can write to what is mapped read-only. */
static bool is_writable(const RAMBlock *rb)
{
    return !(rb->flags & RAM_READONLY);
}

static int watch(int fd, const RAMBlock *rb)
{
    uint64_t ioctls = 0;
    int ret = uffd_register_memory(fd, rb->host, rb->used_length,
                                   UFFDIO_REGISTER_MODE_WP, &ioctls);

    return !ret && !(ioctls & BIT_ULL(_UFFDIO_WRITEPROTECT)) ? -ENOTSUP : ret;
}

bool ram_background_possible(Error **errp)
{
    bool ok = true;
    int fd = open_uffd();
    RAMBlock *rb;

    if (fd < 0) {
        error_setg(errp, "Background-snapshot is not supported by host kernel");
        if (fd == -EPERM) {
            error_append_hint(errp, "userfaultfd is for the superuser here, "
                                    "unless vm.unprivileged_userfaultfd is 1 "
                                    "or /dev/userfaultfd can be opened.\n");
        }
        return false;
    }
    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (qemu_ram_is_migratable(rb) && is_writable(rb) && watch(fd, rb)) {
            error_setg(errp, "Background-snapshot is not compatible with guest "
                             "memory configuration");
            error_append_hint(
                errp, "RAM block '%s' cannot be write-protected.\n", rb->idstr);
            ok = false;
            break;
        }
    }
    uffd_close_fd(fd);
    return ok;
}

/* ---- before the guest is stopped ----------------------------------------- */

/* Reading does it, without taking memory. */
static void populate(const volatile uint8_t *host, size_t size)
{
    for (size_t at = 0; at < size; at += qemu_real_host_page_size()) {
        (void)host[at];
    }
}

/* What is discarded is not to be sent, and stays as it is. */
static bool populate_block(RAMBlock *rb, bool (*goes_on)(void))
{
    unsigned long count = rb->used_length >> TARGET_PAGE_BITS, first, end;

    for (first = find_first_bit(rb->bmap, count); first < count;
         first = find_next_bit(rb->bmap, count, end)) {
        end = find_next_zero_bit(rb->bmap, count, first);
        end = MIN(end, first + (POPULATE_PIECE >> TARGET_PAGE_BITS));
        populate(rb->host + ((ram_addr_t)first << TARGET_PAGE_BITS),
                 (end - first) << TARGET_PAGE_BITS);
        if (!goes_on()) {
            return false;
        }
    }
    return true;
}

/* Elsewhere reading takes memory, and any page can be protected. */
static bool is_private(RAMBlock *rb)
{
    return rb->fd < 0 && !qemu_ram_is_shared(rb);
}

bool ram_background_prepare(bool (*goes_on)(void))
{
    GPtrArray *blocks = ram_save_blocks();

    for (guint i = 0; i < blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(blocks, i);

        if (is_writable(rb) && is_private(rb) && !populate_block(rb, goes_on)) {
            return false;
        }
    }
    return true;
}

/* ---- protecting ---------------------------------------------------------- */

static int protect_block(RAMBlock *rb)
{
    unsigned long count = rb->used_length >> TARGET_PAGE_BITS, first, end;
    int ret = watch(uffd, rb);

    /* What is discarded is not to be sent, and stays as it is. */
    for (first = find_first_bit(rb->bmap, count); first < count && !ret;
         first = find_next_bit(rb->bmap, count, end)) {
        uint8_t *host = rb->host + ((ram_addr_t)first << TARGET_PAGE_BITS);
        size_t size;

        end = find_next_zero_bit(rb->bmap, count, first);
        size = (end - first) << TARGET_PAGE_BITS;
        ret = uffd_change_protection(uffd, host, size, true, false);
    }
    return ret;
}

bool ram_background_start(Error **errp)
{
    GPtrArray *blocks = ram_save_blocks();

    uffd = open_uffd();
    if (uffd < 0) {
        error_setg_errno(errp, -uffd, "userfaultfd cannot be opened");
        uffd = -1;
        return false;
    }
    for (guint i = 0; i < blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(blocks, i);
        int ret = is_writable(rb) ? protect_block(rb) : 0;

        if (ret) {
            error_setg_errno(errp, -ret,
                             "RAM block '%s' cannot be write-protected",
                             rb->idstr);
            ram_background_stop();
            return false;
        }
    }
    return true;
}

void ram_background_stop(void)
{
    if (uffd >= 0) {
        /* Which ends all protection, and wakes all. */
        uffd_close_fd(uffd);
        uffd = -1;
    }
}

/* ---- sending ------------------------------------------------------------- */

/*
 * Sends what is left of the @size bytes around @offset, of which @taken (or -1)
 * is a page that was taken already, and lets them be written to.
 */
static int send_piece(QEMUFile *f, RAMBlock *rb, ram_addr_t offset,
                      ram_addr_t size, unsigned long taken)
{
    ram_addr_t start = QEMU_ALIGN_DOWN(offset, size);
    ram_addr_t end = MIN(start + size, rb->used_length);
    unsigned long page = start >> TARGET_PAGE_BITS;
    int ret;

    for (; page < end >> TARGET_PAGE_BITS; page++) {
        if (page == taken || ram_save_take_page(rb, page)) {
            ram_save_put_page(f, rb, page);
        }
    }
    ret = ram_save_flush(f);
    if (!ret && uffd >= 0 && is_writable(rb)) {
        ret = uffd_change_protection(uffd, rb->host + start, end - start, false,
                                     false);
        if (ret) {
            Error *err = NULL;

            error_setg_errno(&err, -ret,
                             "RAM block '%s' cannot be made writable again",
                             rb->idstr);
            qemu_file_set_error_obj(f, ret, err);
        }
    }
    return ret;
}

static int serve(QEMUFile *f, uint8_t *address)
{
    GPtrArray *blocks = ram_save_blocks();

    for (guint i = 0; i < blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(blocks, i);

        if (address >= rb->host && address - rb->host < rb->used_length) {
            trace_ram_background_fault(rb->idstr, address - rb->host);
            return send_piece(f, rb, address - rb->host,
                              MAX(rb->page_size, qemu_real_host_page_size()),
                              -1);
        }
    }
    return 0;
}

static int serve_all(QEMUFile *f)
{
    struct uffd_msg msgs[16];
    int count, ret = 0;

    do {
        count = uffd_read_events(uffd, msgs, ARRAY_SIZE(msgs));
        for (int i = 0; i < count && !ret; i++) {
            if (msgs[i].event == UFFD_EVENT_PAGEFAULT) {
                ret =
                    serve(f, (void *)(uintptr_t)msgs[i].arg.pagefault.address);
            }
        }
    } while (count == ARRAY_SIZE(msgs) && !ret);
    if (count < 0) {
        qemu_file_set_error(f, count);
        ret = count;
    }
    return ret;
}

int ram_background_round(QEMUFile *f)
{
    int64_t end = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + MAX_ROUND_NS;
    int ret;

    do {
        unsigned long page;
        RAMBlock *rb;

        ret = uffd >= 0 ? serve_all(f) : 0;
        if (ret) {
            return ret;
        }
        if (!ram_save_next_page(&rb, &page)) {
            return 1;
        }
        ret = send_piece(f, rb, (ram_addr_t)page << TARGET_PAGE_BITS,
                         MAX(rb->page_size, PIECE), page);
    } while (!ret && qemu_clock_get_ns(QEMU_CLOCK_REALTIME) < end);
    return ret;
}
