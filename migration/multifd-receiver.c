/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One channel of multifd at the destination: packets, and pages to where they
 * belong. Nothing that comes is believed: blocks are those of the machine,
 * pages lie within them, and no more is allocated than when it began.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "multifd.h"
#include "multifd-codec.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "system/system.h"
#include "trace.h"

struct MultiFDReceiver {
    QIOChannel *ioc;
    GHashTable *blocks, *discarded;
    const MultiFDCodec *codec;
    void *decoder;
    int id;     /* -1: not known yet */
    bool begun; /* the first SYNC has come: pages may */

    MultiFDPacket_t packet;
    MultiFDPages pages;
    RAMBlock *rb;
    uint8_t *page[MULTIFD_PAGES];
    struct iovec iov[MULTIFD_PAGES];
    uint8_t *data;   /* with a codec: what comes */
    uint8_t *bounce; /* of a read-only block: a packet's pages */
};

MultiFDReceiver *multifd_receiver_new(QIOChannel *ioc, GHashTable *blocks,
                                      GHashTable *discarded)
{
    MultiFDReceiver *r = g_new0(MultiFDReceiver, 1);

    r->ioc = QIO_CHANNEL(object_ref(ioc));
    r->blocks = blocks;
    r->discarded = discarded;
    r->id = -1;
    return r;
}

void multifd_receiver_free(MultiFDReceiver *r)
{
    if (r->decoder) {
        r->codec->decoder_free(r->decoder);
    }
    object_unref(OBJECT(r->ioc));
    g_free(r->data);
    g_free(r->bounce);
    g_free(r);
}

int multifd_receiver_begin(MultiFDReceiver *r, Error **errp)
{
    ERRP_GUARD();
    MultiFDInit_t msg;

    if (qio_channel_read_all(r->ioc, (char *)&msg, sizeof(msg), errp) < 0) {
        error_prepend(errp, "multifd: a channel has no initial packet: ");
        return -1;
    }
    r->id = multifd_init_parse(&msg, &qemu_uuid,
                               migrate_parameters()->multifd_channels, errp);
    if (r->id < 0) {
        return -1;
    }
    r->codec = multifd_codec(migrate_parameters()->multifd_compression, errp);
    if (r->codec) {
        r->decoder = r->codec->decoder_new(errp);
        r->data = g_malloc(MULTIFD_MAX_DATA);
    }
    return *errp ? -1 : r->id;
}

/* ---- which pages --------------------------------------------------------- */

static bool find_pages(MultiFDReceiver *r, Error **errp)
{
    const MultiFDPages *pages = &r->pages;
    unsigned n = pages->normal + pages->zero;
    const unsigned long *discarded;

    r->rb = g_hash_table_lookup(r->blocks, pages->block);
    if (!r->rb) {
        error_setg(errp, "multifd: unknown ram block %s", pages->block);
        return false;
    }
    discarded = g_hash_table_lookup(r->discarded, r->rb);
    for (unsigned i = 0; i < n; i++) {
        uint64_t offset = pages->offset[i];

        if (offset >= r->rb->used_length ||
            r->rb->used_length - offset < TARGET_PAGE_SIZE) {
            error_setg(errp,
                       "multifd: offset too long %" PRIu64 " (max " RAM_ADDR_FMT
                       ") in block %s",
                       offset, r->rb->used_length, pages->block);
            return false;
        }
        if (discarded && test_bit(offset >> TARGET_PAGE_BITS, discarded)) {
            error_setg(errp,
                       "multifd: block %s has a page at 0x%" PRIx64
                       ", where nothing is plugged",
                       pages->block, offset);
            return false;
        }
        r->page[i] = r->rb->host + offset;
    }
    return true;
}

static bool check_flags(MultiFDReceiver *r, Error **errp)
{
    uint32_t known = MULTIFD_FLAG_COMPRESSION_MASK | MULTIFD_FLAG_SYNC;
    uint32_t wanted = r->codec ? r->codec->flag : MULTIFD_FLAG_NOCOMP;
    uint32_t flags = r->pages.flags;

    if (flags & ~known) {
        error_setg(errp, "multifd: unknown flags %x", flags & ~known);
        return false;
    }
    /* One that has only a SYNC needs no way to compress. */
    if ((r->pages.normal || r->pages.zero) &&
        (flags & MULTIFD_FLAG_COMPRESSION_MASK) != wanted) {
        error_setg(errp,
                   "multifd %u: flags received %x flags expected %x "
                   "(multifd-compression must be the same on both sides)",
                   r->id, flags & MULTIFD_FLAG_COMPRESSION_MASK, wanted);
        return false;
    }
    return true;
}

static bool check_size(MultiFDReceiver *r, Error **errp)
{
    uint32_t size = r->pages.data_size;
    uint32_t plain = r->pages.normal * TARGET_PAGE_SIZE;

    if (r->codec && r->pages.normal ? size && size <= MULTIFD_MAX_DATA
                                    : size == plain) {
        return true;
    }
    error_setg(errp, "multifd %u: %u bytes are wrong for a packet of %u pages",
               r->id, size, r->pages.normal);
    return false;
}

/* ---- what is in them ----------------------------------------------------- */

static bool is_readonly(MultiFDReceiver *r)
{
    return r->rb->flags & RAM_READONLY;
}

/* What cannot be written must be right already. */
static bool differs(MultiFDReceiver *r, unsigned i, Error **errp)
{
    error_setg(errp,
               "RAM block '%s' is read-only, and differs from that of the "
               "source at 0x%" PRIx64,
               r->rb->idstr, r->pages.offset[i]);
    return false;
}

static bool clear_pages(MultiFDReceiver *r, Error **errp)
{
    unsigned n = r->pages.normal + r->pages.zero;

    for (unsigned i = r->pages.normal; i < n; i++) {
        if (buffer_is_zero(r->page[i], TARGET_PAGE_SIZE)) {
            continue; /* what was never touched stays so */
        }
        if (is_readonly(r)) {
            return differs(r, i, errp);
        }
        memset(r->page[i], 0, TARGET_PAGE_SIZE);
    }
    return true;
}

static bool read_plain(MultiFDReceiver *r, uint8_t *const *page, Error **errp)
{
    unsigned n = 0;

    for (unsigned i = 0; i < r->pages.normal; i++) {
        if (n && (uint8_t *)r->iov[n - 1].iov_base + r->iov[n - 1].iov_len ==
                     page[i]) {
            r->iov[n - 1].iov_len += TARGET_PAGE_SIZE;
        } else {
            r->iov[n++] = (struct iovec){ page[i], TARGET_PAGE_SIZE };
        }
    }
    return qio_channel_readv_all(r->ioc, r->iov, n, errp) == 0;
}

static bool read_to(MultiFDReceiver *r, uint8_t *const *page, Error **errp)
{
    if (!r->codec) {
        return read_plain(r, page, errp);
    }
    return qio_channel_read_all(r->ioc, (char *)r->data, r->pages.data_size,
                                errp) == 0 &&
           r->codec->decode(r->decoder, r->data, r->pages.data_size, page,
                            r->pages.normal, errp);
}

static bool read_and_compare(MultiFDReceiver *r, Error **errp)
{
    uint8_t *page[MULTIFD_PAGES];

    r->bounce = r->bounce ?: g_malloc(MULTIFD_PACKET_SIZE);
    for (unsigned i = 0; i < r->pages.normal; i++) {
        page[i] = r->bounce + i * TARGET_PAGE_SIZE;
    }
    if (!read_to(r, page, errp)) {
        return false;
    }
    for (unsigned i = 0; i < r->pages.normal; i++) {
        if (memcmp(page[i], r->page[i], TARGET_PAGE_SIZE)) {
            return differs(r, i, errp);
        }
    }
    return true;
}

static bool take_pages(MultiFDReceiver *r, Error **errp)
{
    if (!check_flags(r, errp) || !check_size(r, errp)) {
        return false;
    }
    if (!r->pages.normal && !r->pages.zero) {
        return true;
    }
    if (!r->begun) {
        error_setg(errp, "multifd %u: pages come before the first SYNC", r->id);
        return false;
    }
    if (!find_pages(r, errp) || !clear_pages(r, errp)) {
        return false;
    }
    if (!r->pages.normal) {
        return true;
    }
    return is_readonly(r) ? read_and_compare(r, errp)
                          : read_to(r, r->page, errp);
}

/* ---- a packet ------------------------------------------------------------ */

MultiFDReceived multifd_receiver_packet(MultiFDReceiver *r, Error **errp)
{
    struct iovec head = { &r->packet.hdr, sizeof(r->packet.hdr) };
    int ret = qio_channel_readv_all_eof(r->ioc, &head, 1, errp);

    if (ret <= 0) {
        return ret ? MULTIFD_RECEIVED_ERROR : MULTIFD_RECEIVED_END;
    }
    if (!multifd_header_check(&r->packet.hdr, errp) ||
        qio_channel_read_all(r->ioc, (char *)&r->packet + head.iov_len,
                             sizeof(r->packet) - head.iov_len, errp) < 0 ||
        !multifd_packet_parse(&r->packet, &r->pages, errp) ||
        !take_pages(r, errp)) {
        return MULTIFD_RECEIVED_ERROR;
    }
    trace_multifd_receive_pages(r->id, r->pages.flags, r->pages.block,
                                r->pages.normal, r->pages.zero,
                                r->pages.data_size);
    if (r->pages.flags & MULTIFD_FLAG_SYNC) {
        r->begun = true;
        return MULTIFD_RECEIVED_SYNC;
    }
    return MULTIFD_RECEIVED_PAGES;
}
