/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM at fixed places in a file. */
#include "qemu/osdep.h"
#include "channel.h"
#include "exec/memory.h"
#include "exec/target_page.h"
#include "mapped-ram.h"
#include "migration-stats.h"
#include "migration/misc.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "ram.h"

/* So much is read in one piece. */
#define READ_SIZE 0x100000

/* ---- pages and the file -------------------------------------------------- */

struct MappedRamPages {
    QIOChannel *buffered;
    QIOChannel *direct; /* NULL without direct-io */
    size_t memory_align, file_align;
};

MappedRamPages *mapped_ram_pages_new(QIOChannel *ioc, bool writing,
                                     Error **errp)
{
    MappedRamPages *pages;

    if (!qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SEEKABLE)) {
        error_setg(errp, "Migration requires seekable transport (e.g. file)");
        return NULL;
    }
    pages = g_new0(MappedRamPages, 1);
    pages->buffered = QIO_CHANNEL(object_ref(ioc));
    if (migrate_parameters()->direct_io) {
        pages->direct = migration_channel_direct(
            ioc, writing, &pages->memory_align, &pages->file_align, errp);
        if (!pages->direct) {
            mapped_ram_pages_free(pages);
            return NULL;
        }
    }
    return pages;
}

void mapped_ram_pages_free(MappedRamPages *pages)
{
    if (pages) {
        if (pages->direct) {
            object_unref(OBJECT(pages->direct));
        }
        object_unref(OBJECT(pages->buffered));
        g_free(pages);
    }
}

/*
 * How much of a transfer goes at once, through *@ioc: what is aligned as it
 * must be, or what is in front of that.
 */
static size_t first_piece(MappedRamPages *pages, uintptr_t host, uint64_t pos,
                          size_t size, QIOChannel **ioc)
{
    size_t head, body;

    *ioc = pages->buffered;
    if (!pages->direct) {
        return size;
    }
    head = MIN(ROUND_UP(pos, pages->file_align) - pos, size);
    if (head) {
        return head;
    }
    body = QEMU_ALIGN_DOWN(size, pages->file_align);
    if (!body || !QEMU_IS_ALIGNED(host, pages->memory_align)) {
        return size;
    }
    *ioc = pages->direct;
    return body;
}

bool mapped_ram_write(MappedRamPages *pages, const RAMBlock *rb,
                      ram_addr_t offset, size_t size, Error **errp)
{
    ERRP_GUARD();

    while (size) {
        char *host = (char *)rb->host + offset;
        uint64_t pos = rb->pages_offset + offset;
        QIOChannel *ioc;
        size_t piece = first_piece(pages, (uintptr_t)host, pos, size, &ioc);
        ssize_t done = qio_channel_pwrite(ioc, host, piece, pos, errp);

        if (done <= 0) {
            if (!*errp) {
                error_setg(errp, "the file takes no more");
            }
            error_prepend(errp,
                          "RAM block '%s', 0x%zx bytes at 0x" RAM_ADDR_FMT
                          " to the position 0x%" PRIx64 " of the file: ",
                          rb->idstr, piece, offset, pos);
            return false;
        }
        stat64_add(&mig_stats.qemu_file_transferred, done);
        offset += done;
        size -= done;
    }
    return true;
}

bool mapped_ram_read(MappedRamPages *pages, const RAMBlock *rb, void *host,
                     ram_addr_t offset, size_t size, Error **errp)
{
    ERRP_GUARD();

    while (size) {
        uint64_t pos = rb->pages_offset + offset;
        QIOChannel *ioc;
        size_t piece = first_piece(pages, (uintptr_t)host, pos, size, &ioc);
        ssize_t done = qio_channel_pread(ioc, host, piece, pos, errp);

        if (done <= 0) {
            if (!*errp) {
                error_setg(errp, "the file ends before");
            }
            error_prepend(errp,
                          "RAM block '%s', 0x%zx bytes at 0x" RAM_ADDR_FMT
                          " from the position 0x%" PRIx64 " of the file: ",
                          rb->idstr, piece, offset, pos);
            return false;
        }
        host = (char *)host + done;
        offset += done;
        size -= done;
    }
    return true;
}

/* ---- the source ---------------------------------------------------------- */

static size_t bitmap_bytes(ram_addr_t length)
{
    return DIV_ROUND_UP(length >> TARGET_PAGE_BITS, 64) * sizeof(uint64_t);
}

void mapped_ram_put_header(QEMUFile *f, RAMBlock *rb)
{
    rb->bitmap_offset = qemu_get_offset(f) + MAPPED_RAM_HDR_SIZE;
    rb->pages_offset =
        ROUND_UP(rb->bitmap_offset + bitmap_bytes(rb->used_length),
                 MAPPED_RAM_FILE_OFFSET_ALIGNMENT);
    qemu_put_be32(f, MAPPED_RAM_HDR_VERSION);
    qemu_put_be64(f, TARGET_PAGE_SIZE);
    qemu_put_be64(f, rb->bitmap_offset);
    qemu_put_be64(f, rb->pages_offset);
    qemu_set_offset(f, rb->pages_offset + rb->used_length, SEEK_SET);
}

void mapped_ram_put_bitmap(QEMUFile *f, const RAMBlock *rb)
{
    size_t size = bitmap_bytes(rb->used_length);
    g_autofree unsigned long *le = g_malloc0(size);

    bitmap_to_le(le, rb->file_bmap, rb->used_length >> TARGET_PAGE_BITS);
    qemu_put_buffer_at(f, (uint8_t *)le, size, rb->bitmap_offset);
}

/* ---- the destination: where it is ---------------------------------------- */

static bool load_header(QEMUFile *f, RAMBlock *rb, Error **errp)
{
    uint64_t here = qemu_get_offset(f) + MAPPED_RAM_HDR_SIZE;
    uint32_t version = qemu_get_be32(f);
    uint64_t page_size = qemu_get_be64(f);
    uint64_t bitmap = qemu_get_be64(f);
    uint64_t pages = qemu_get_be64(f);
    size_t size = bitmap_bytes(rb->used_length);

    if (qemu_file_get_error_obj(f, errp)) {
        return false;
    }
    if (version != MAPPED_RAM_HDR_VERSION) {
        error_setg(errp,
                   "Migration mapped-ram capability version not supported "
                   "(expected <= %d, got %" PRIu32 ")",
                   MAPPED_RAM_HDR_VERSION, version);
        return false;
    }
    if (page_size != TARGET_PAGE_SIZE) {
        error_setg(errp, "pages of %" PRIu64 " bytes, which are %u here",
                   page_size, (unsigned)TARGET_PAGE_SIZE);
        return false;
    }
    /* So they overlap nothing: the next entry is behind the pages. */
    if (bitmap < here || bitmap > INT64_MAX - size) {
        error_setg(errp,
                   "its bitmap is at 0x%" PRIx64 ", not behind its header, "
                   "which ends at 0x%" PRIx64,
                   bitmap, here);
        return false;
    }
    if (pages < bitmap + size || !QEMU_IS_ALIGNED(pages, TARGET_PAGE_SIZE) ||
        pages > INT64_MAX - rb->used_length) {
        error_setg(errp,
                   "its pages are at 0x%" PRIx64 ", not at whole pages behind "
                   "its bitmap, which ends at 0x%" PRIx64,
                   pages, bitmap + size);
        return false;
    }
    rb->bitmap_offset = bitmap;
    rb->pages_offset = pages;
    return true;
}

/* The caller frees it. */
static unsigned long *load_bitmap(QEMUFile *f, RAMBlock *rb, Error **errp)
{
    ERRP_GUARD();
    size_t size = bitmap_bytes(rb->used_length);
    g_autofree unsigned long *le = g_malloc0(size);
    unsigned long nbits = rb->used_length >> TARGET_PAGE_BITS;
    unsigned long *bitmap;

    if (qemu_get_buffer_at(f, (uint8_t *)le, size, rb->bitmap_offset) != size) {
        qemu_file_get_error_obj(f, errp);
        error_prepend(errp,
                      "its bitmap, 0x%zx bytes at the position 0x%" PRIx64
                      " of the file: ",
                      size, (uint64_t)rb->bitmap_offset);
        return NULL;
    }
    bitmap = bitmap_new(nbits);
    bitmap_from_le(bitmap, le, nbits);
    return bitmap;
}

/* ---- the destination: pages ---------------------------------------------- */

/* What cannot be written must be right already. */
static bool compare(const RAMBlock *rb, ram_addr_t offset, const void *want,
                    size_t size, Error **errp)
{
    if (!memcmp(rb->host + offset, want, size)) {
        return true;
    }
    error_setg(errp,
               "RAM block '%s' is read-only, and differs from that of the "
               "source at 0x" RAM_ADDR_FMT,
               rb->idstr, offset);
    return false;
}

static bool load_run(MappedRamPages *pages, RAMBlock *rb, ram_addr_t offset,
                     ram_addr_t size, Error **errp)
{
    bool readonly = rb->flags & RAM_READONLY;
    void *buffer = readonly ? qemu_memalign(qemu_real_host_page_size(),
                                            MIN(size, READ_SIZE))
                            : NULL;
    bool ok = true;

    while (size && ok) {
        size_t piece = MIN(size, READ_SIZE);

        ok = mapped_ram_read(pages, rb, buffer ?: rb->host + offset, offset,
                             piece, errp) &&
             (!buffer || compare(rb, offset, buffer, piece, errp));
        offset += piece;
        size -= piece;
    }
    qemu_vfree(buffer);
    return ok;
}

/* Pages that are not in the file. What was never touched stays so. */
static bool load_zeros(RAMBlock *rb, ram_addr_t offset, ram_addr_t size,
                       Error **errp)
{
    for (; size; offset += TARGET_PAGE_SIZE, size -= TARGET_PAGE_SIZE) {
        uint8_t *host = rb->host + offset;

        if (buffer_is_zero(host, TARGET_PAGE_SIZE)) {
            continue;
        }
        if (rb->flags & RAM_READONLY) {
            static const uint8_t zeros[TARGET_PAGE_SIZE];

            return compare(rb, offset, zeros, TARGET_PAGE_SIZE, errp);
        }
        memset(host, 0, TARGET_PAGE_SIZE);
    }
    return true;
}

static bool load_pages(MappedRamPages *pages, RAMBlock *rb,
                       const unsigned long *bitmap,
                       const unsigned long *discarded, Error **errp)
{
    unsigned long count = rb->used_length >> TARGET_PAGE_BITS, first, end;

    for (first = 0; first < count; first = end) {
        bool is_there = test_bit(first, bitmap);
        ram_addr_t offset = (ram_addr_t)first << TARGET_PAGE_BITS, size;

        end = is_there ? find_next_zero_bit(bitmap, count, first)
                       : find_next_bit(bitmap, count, first);
        if (discarded) {
            if (test_bit(first, discarded)) {
                if (is_there) {
                    error_setg(errp,
                               "it has a page at 0x" RAM_ADDR_FMT ", where "
                               "nothing is plugged",
                               offset);
                    return false;
                }
                end = MIN(end, find_next_zero_bit(discarded, count, first));
                continue;
            }
            end = MIN(end, find_next_bit(discarded, count, first));
        }
        size = (ram_addr_t)(end - first) << TARGET_PAGE_BITS;
        if (!(is_there ? load_run(pages, rb, offset, size, errp)
                       : load_zeros(rb, offset, size, errp))) {
            return false;
        }
    }
    return true;
}

bool mapped_ram_load(QEMUFile *f, MappedRamPages *pages, RAMBlock *rb,
                     Error **errp)
{
    ERRP_GUARD();
    g_autofree unsigned long *bitmap = NULL, *discarded = NULL;
    bool ok = load_header(f, rb, errp);

    if (ok && !migrate_ram_is_ignored(rb)) {
        bitmap = load_bitmap(f, rb, errp);
        bql_lock();
        discarded = ram_load_discarded_pages(rb);
        bql_unlock();
        ok = bitmap && load_pages(pages, rb, bitmap, discarded, errp);
    }
    if (ok) {
        qemu_set_offset(f, rb->pages_offset + rb->used_length, SEEK_SET);
    } else {
        error_prepend(errp, "RAM block '%s' of a mapped-ram file: ", rb->idstr);
    }
    return ok;
}
