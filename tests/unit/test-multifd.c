/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of multifd: bytes by hand, random ones there and back; pages through
 * each codec; a receiver with what is wrong.
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "io/channel-buffer.h"
#include "migration-fixture.h"
#include "qapi/qapi-commands-migration.h"
#include "qemu/bswap.h"
#include "../../migration/multifd-codec.h"
#include "../../migration/multifd.h"
#include "../../migration/options.h"
#include "system/system.h"

#define RAM_PAGES 300

static uint8_t *ram, *model;
static RAMBlock block = { .idstr = "ram" };
static RAMBlock rom = { .idstr = "rom", .flags = RAM_READONLY };
static GHashTable *blocks, *discarded;

static void set_compression(MultiFDCompression compression)
{
    MigrateSetParameters p = {
        .has_multifd_compression = true,
        .multifd_compression = compression,
    };

    qmp_migrate_set_parameters(&p, &error_abort);
}

static bool has(MultiFDCompression compression)
{
    Error *err = NULL;

    multifd_codec(compression, &err);
    error_free(err);
    return !err;
}

/* ---- packets ------------------------------------------------------------- */

static void test_bytes(void)
{
    static const uint8_t init[64] = { 0x11, 0x22, 0x33, 0x44, 0, 0, 0,
                                      1,    0xaa, 0,    0,    0, 0, 0,
                                      0,    0,    0,    0,    0, 0, 0,
                                      0,    0,    0xbb, 5 };
    static const uint8_t head[72] = {
        0x11,       0x22, 0x33, 0x44, 0, 0,
        0,          1,    0,    0,    0, 4, /* zstd */
        0,          0,    0,    128,  0, 0,
        0,          1,    0,    0,    1, 2, /* room, normal, data */
        0,          0,    0,    0,    0, 0,
        0,          7,    0,    0,    0, 1, /* number, zero */
        [64] = 'r', 'a',  'm',
    };
    QemuUUID uuid = { .data = { 0xaa, [15] = 0xbb } };
    MultiFDPages pages = {
        .block = "ram",
        .flags = MULTIFD_FLAG_ZSTD,
        .normal = 1,
        .zero = 1,
        .data_size = 0x102,
        .offset = { 0x1000, 0x123456000 },
    };
    g_autofree MultiFDPacket_t *packet = g_new(MultiFDPacket_t, 1);
    MultiFDInit_t msg;

    multifd_init_fill(&msg, 5, &uuid);
    g_assert_cmpmem(&msg, sizeof(msg), init, sizeof(init));
    multifd_packet_fill(packet, 7, &pages);
    g_assert_cmpint(sizeof(*packet), ==, 320 + 128 * 8);
    g_assert_cmpmem(packet, sizeof(head), head, sizeof(head));
    g_assert_cmphex(ldq_be_p((uint8_t *)packet + 320), ==, 0x1000);
    g_assert_cmphex(ldq_be_p((uint8_t *)packet + 328), ==, 0x123456000);
    g_assert_cmphex(ldq_be_p((uint8_t *)packet + 336), ==, 0);
}

static void test_there_and_back(void)
{
    g_autofree MultiFDPacket_t *packet = g_new(MultiFDPacket_t, 1);
    g_autofree MultiFDPages *in = g_new0(MultiFDPages, 1);
    g_autofree MultiFDPages *out = g_new0(MultiFDPages, 1);

    for (int round = 0; round < 1000; round++) {
        in->normal = g_test_rand_int_range(0, MULTIFD_PAGES + 1);
        in->zero = g_test_rand_int_range(0, MULTIFD_PAGES + 1 - in->normal);
        in->data_size = g_test_rand_int();
        in->flags = g_test_rand_int();
        snprintf(in->block, sizeof(in->block), "block %d", round);
        for (unsigned i = 0; i < in->normal + in->zero; i++) {
            in->offset[i] = (uint64_t)(uint32_t)g_test_rand_int()
                            << TARGET_PAGE_BITS;
        }
        multifd_packet_fill(packet, round, in);
        g_assert_true(multifd_header_check(&packet->hdr, &error_abort));
        g_assert_true(multifd_packet_parse(packet, out, &error_abort));
        g_assert_cmpint(out->normal, ==, in->normal);
        g_assert_cmpint(out->zero, ==, in->zero);
        g_assert_cmpint(out->flags, ==, in->flags);
        g_assert_cmpint(out->data_size, ==, in->data_size);
        if (in->normal + in->zero) {
            g_assert_cmpstr(out->block, ==, in->block);
        }
        g_assert_cmpmem(out->offset, (in->normal + in->zero) * 8, in->offset,
                        (in->normal + in->zero) * 8);
    }
}

/* ---- codecs -------------------------------------------------------------- */

/* Content of every kind: zeros, a few letters, noise. */
static void fill(uint8_t *page)
{
    int kind = g_test_rand_int_range(0, 3);

    for (int i = 0; i < TARGET_PAGE_SIZE; i++) {
        page[i] = kind ? g_test_rand_int() & (kind == 1 ? 3 : 0xff) : 0;
    }
}

static void set_levels(int level)
{
    MigrateSetParameters p = {
        .has_multifd_zlib_level = true,
        .multifd_zlib_level = level,
        .has_multifd_zstd_level = true,
        .multifd_zstd_level = level,
    };

    qmp_migrate_set_parameters(&p, &error_abort);
}

/* Pages that become larger, at each level, in packets that follow another. */
static void test_incompressible(const void *opaque)
{
    MultiFDCompression compression = GPOINTER_TO_INT(opaque);
    const MultiFDCodec *codec;

    if (!has(compression)) {
        g_test_skip("not built in");
        return;
    }
    codec = multifd_codec(compression, &error_abort);
    for (int level = compression == MULTIFD_COMPRESSION_ZLIB ? 0 : 1;
         level <= 9; level++) {
        void *encoder, *decoder;

        set_levels(level);
        encoder = codec->encoder_new(&error_abort);
        decoder = codec->decoder_new(&error_abort);
        for (int round = 0; round < 4; round++) {
            uint8_t *from[MULTIFD_PAGES], *to[MULTIFD_PAGES], *data;
            size_t size;

            for (unsigned i = 0; i < MULTIFD_PAGES; i++) {
                from[i] = model + i * TARGET_PAGE_SIZE;
                to[i] = ram + i * TARGET_PAGE_SIZE;
                for (unsigned k = 0; k < TARGET_PAGE_SIZE; k += 4) {
                    stl_he_p(from[i] + k, g_test_rand_int());
                }
            }
            size = codec->encode(encoder, from, MULTIFD_PAGES, &data,
                                 &error_abort);
            g_assert_cmpint(size, >, MULTIFD_PACKET_SIZE);
            g_assert_cmpint(size, <, MULTIFD_MAX_DATA);
            g_assert_true(codec->decode(decoder, data, size, to, MULTIFD_PAGES,
                                        &error_abort));
            g_assert_cmpmem(ram, MULTIFD_PACKET_SIZE, model,
                            MULTIFD_PACKET_SIZE);
        }
        codec->encoder_free(encoder);
        codec->decoder_free(decoder);
    }
    set_levels(1);
}

static void test_codec(const void *opaque)
{
    MultiFDCompression compression = GPOINTER_TO_INT(opaque);
    const MultiFDCodec *codec;
    uint8_t *from[MULTIFD_PAGES], *to[MULTIFD_PAGES];
    void *encoder, *decoder;

    if (!has(compression)) {
        g_test_skip("not built in");
        return;
    }
    codec = multifd_codec(compression, &error_abort);
    encoder = codec->encoder_new(&error_abort);
    decoder = codec->decoder_new(&error_abort);
    for (int round = 0; round < 60; round++) {
        unsigned n = round % 10 ? g_test_rand_int_range(1, MULTIFD_PAGES + 1)
                                : MULTIFD_PAGES;
        uint8_t *data;
        size_t size;

        for (unsigned i = 0; i < n; i++) {
            from[i] = model + (i * 7 % RAM_PAGES) * TARGET_PAGE_SIZE;
            to[i] = ram + (i * 7 % RAM_PAGES) * TARGET_PAGE_SIZE;
            fill(from[i]);
        }
        size = codec->encode(encoder, from, n, &data, &error_abort);
        g_assert_cmpint(size, >, 0);
        g_assert_cmpint(size, <=, MULTIFD_MAX_DATA);
        g_assert_true(codec->decode(decoder, data, size, to, n, &error_abort));
        for (unsigned i = 0; i < n; i++) {
            g_assert_cmpmem(to[i], TARGET_PAGE_SIZE, from[i], TARGET_PAGE_SIZE);
        }
    }
    codec->decoder_free(decoder);

    /* One page more and one less than there are, and the data cut. */
    for (int change = 0; change < 3; change++) {
        void *fresh = codec->encoder_new(&error_abort);
        unsigned n = change == 0 ? 11 : change == 1 ? 9 : 10;
        Error *err = NULL;
        uint8_t *data;
        size_t size;

        decoder = codec->decoder_new(&error_abort);
        for (unsigned i = 0; i < 10; i++) {
            for (unsigned k = 0; k < TARGET_PAGE_SIZE; k++) {
                from[i][k] = g_test_rand_int();
            }
        }
        size = codec->encode(fresh, from, 10, &data, &error_abort);
        size -= change == 2 ? 40 : 0;
        g_assert_false(codec->decode(decoder, data, size, to, n, &err));
        error_free_or_abort(&err);
        codec->decoder_free(decoder);
        codec->encoder_free(fresh);
    }
    codec->encoder_free(encoder);
}

/* ---- a receiver ---------------------------------------------------------- */

static void add(QIOChannelBuffer *buf, const void *data, size_t size)
{
    qio_channel_write_all(QIO_CHANNEL(buf), data, size, &error_abort);
}

static void add_packet(QIOChannelBuffer *buf, const MultiFDPages *pages)
{
    g_autofree MultiFDPacket_t *packet = g_new(MultiFDPacket_t, 1);

    multifd_packet_fill(packet, 0, pages);
    add(buf, packet, sizeof(*packet));
}

static QIOChannelBuffer *begun(void)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(4096);
    MultiFDPages sync = { .flags = MULTIFD_FLAG_SYNC };
    MultiFDInit_t msg;

    multifd_init_fill(&msg, 1, &qemu_uuid);
    add(buf, &msg, sizeof(msg));
    add_packet(buf, &sync);
    return buf;
}

/* All of @buf is received; frees it. */
static MultiFDReceived receive_all(QIOChannelBuffer *buf, Error **errp)
{
    MultiFDReceiver *r =
        multifd_receiver_new(QIO_CHANNEL(buf), blocks, discarded);
    MultiFDReceived got = MULTIFD_RECEIVED_ERROR;

    qio_channel_io_seek(QIO_CHANNEL(buf), 0, SEEK_SET, &error_abort);
    if (multifd_receiver_begin(r, errp) >= 0) {
        do {
            got = multifd_receiver_packet(r, errp);
        } while (got > MULTIFD_RECEIVED_END);
    }
    multifd_receiver_free(r);
    object_unref(OBJECT(buf));
    return got;
}

static void test_receiver(const void *opaque)
{
    MultiFDCompression compression = GPOINTER_TO_INT(opaque);
    const MultiFDCodec *codec;
    void *encoder = NULL;
    QIOChannelBuffer *buf;

    if (!has(compression)) {
        g_test_skip("not built in");
        return;
    }
    codec = multifd_codec(compression, &error_abort);
    set_compression(compression);
    if (codec) {
        encoder = codec->encoder_new(&error_abort);
    }
    memset(ram, 0x55, RAM_PAGES * TARGET_PAGE_SIZE);
    memset(model, 0x55, RAM_PAGES * TARGET_PAGE_SIZE);
    buf = begun();
    for (int round = 0; round < 30; round++) {
        unsigned normal = g_test_rand_int_range(0, MULTIFD_PAGES + 1);
        unsigned zero = g_test_rand_int_range(!normal, MULTIFD_PAGES + 1 -
                                                           normal + !normal);
        uint8_t *page[MULTIFD_PAGES], *data;
        MultiFDPages pages = { .block = "ram" };
        unsigned first = g_test_rand_int_range(0, RAM_PAGES);

        zero = MIN(zero, MULTIFD_PAGES - normal);
        for (unsigned i = 0; i < normal + zero; i++) {
            pages.offset[i] = (first + i) % RAM_PAGES * TARGET_PAGE_SIZE;
            page[i] = model + pages.offset[i];
            if (i < normal) {
                fill(page[i]);
            } else {
                memset(page[i], 0, TARGET_PAGE_SIZE);
            }
        }
        pages.normal = normal;
        pages.zero = zero;
        pages.flags = codec ? codec->flag : 0;
        if (!codec) {
            pages.data_size = normal * TARGET_PAGE_SIZE;
            add_packet(buf, &pages);
            for (unsigned i = 0; i < normal; i++) {
                add(buf, page[i], TARGET_PAGE_SIZE);
            }
        } else {
            pages.data_size = normal ? codec->encode(encoder, page, normal,
                                                     &data, &error_abort)
                                     : 0;
            add_packet(buf, &pages);
            if (normal) {
                add(buf, data, pages.data_size);
            }
        }
    }
    g_assert_cmpint(receive_all(buf, &error_abort), ==, MULTIFD_RECEIVED_END);
    g_assert_cmpmem(ram, RAM_PAGES * TARGET_PAGE_SIZE, model,
                    RAM_PAGES * TARGET_PAGE_SIZE);
    if (codec) {
        codec->encoder_free(encoder);
    }
    set_compression(MULTIFD_COMPRESSION_NONE);
}

static void refused(MultiFDPages pages, size_t data, const char *why)
{
    QIOChannelBuffer *buf = begun();
    g_autofree uint8_t *bytes = g_malloc0(data + 1);
    Error *err = NULL;

    memset(bytes, 1, data);
    add_packet(buf, &pages);
    add(buf, bytes, data);
    g_assert_cmpint(receive_all(buf, &err), ==, MULTIFD_RECEIVED_ERROR);
    g_test_message("%s", error_get_pretty(err));
    g_assert_nonnull(strstr(error_get_pretty(err), why));
    error_free(err);
}

static void test_refused(void)
{
    static const size_t where[] = {
        offsetof(MultiFDPacket_t, pages_alloc),
        offsetof(MultiFDPacket_t, normal_pages),
        offsetof(MultiFDPacket_t, zero_pages),
    };
    const uint64_t end = RAM_PAGES * TARGET_PAGE_SIZE;
    DECLARE_BITMAP(unplugged, RAM_PAGES) = { 0 };
    MultiFDPages good = { .block = "ram", .normal = 1, .data_size = 4096 };
    MultiFDPages bad;
    QIOChannelBuffer *buf;
    Error *err = NULL;

    bad = good;
    strcpy(bad.block, "ra");
    refused(bad, 4096, "unknown ram block ra");
    bad = good;
    bad.offset[0] = end;
    refused(bad, 4096, "offset too long");
    bad.offset[0] = -(uint64_t)TARGET_PAGE_SIZE;
    refused(bad, 4096, "offset too long");
    bad.offset[0] = 1;
    refused(bad, 4096, "not that of a page");
    bad = good;
    bad.data_size = 4095;
    refused(bad, 4095, "4095 bytes are wrong");
    bad = good;
    bad.flags = MULTIFD_FLAG_ZLIB;
    refused(bad, 4096, "multifd-compression");
    bad.flags = MULTIFD_FLAG_DEVICE_STATE;
    refused(bad, 4096, "unknown flags");
    refused(good, 4000, "end");
    bad.flags = 0;
    bad.offset[0] = 3 * TARGET_PAGE_SIZE;
    set_bit(3, unplugged);
    g_hash_table_insert(discarded, &block, unplugged);
    refused(bad, 4096, "has a page at 0x3000, where nothing is plugged");
    bad.normal = bad.data_size = 0;
    bad.zero = 1;
    refused(bad, 0, "where nothing is plugged");
    g_hash_table_remove(discarded, &block);
    bad = good;
    strcpy(bad.block, "rom");
    refused(bad, 4096, "read-only");
    bad.normal = bad.data_size = 0;
    bad.zero = 1;
    refused(bad, 0, "read-only");

    /* Numbers that fill() would not write. */
    for (int field = 0; field < 3; field++) {
        MultiFDPacket_t packet;

        multifd_packet_fill(&packet, 0, &good);
        stl_be_p((uint8_t *)&packet + where[field],
                 field == 2 ? MULTIFD_PAGES : MULTIFD_PAGES + 1);
        buf = begun();
        add(buf, &packet, sizeof(packet));
        g_assert_cmpint(receive_all(buf, &err), ==, MULTIFD_RECEIVED_ERROR);
        g_assert_nonnull(strstr(error_get_pretty(err), "pages"));
        error_free(g_steal_pointer(&err));
    }
    set_compression(MULTIFD_COMPRESSION_ZLIB);
    bad = good;
    bad.flags = MULTIFD_FLAG_ZLIB;
    refused(bad, 4096, "zlib data");
    bad.data_size = MULTIFD_MAX_DATA + 1;
    refused(bad, MULTIFD_MAX_DATA + 1, "are wrong");
    bad.data_size = 0;
    refused(bad, 0, "are wrong");
    set_compression(MULTIFD_COMPRESSION_NONE);
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "none", "zlib", "zstd" };
    int ret;

    g_test_init(&argc, &argv, NULL);
    fixture_init();
    ram = block.host = g_malloc0(RAM_PAGES * TARGET_PAGE_SIZE);
    model = g_malloc0(RAM_PAGES * TARGET_PAGE_SIZE);
    rom.host = g_malloc(TARGET_PAGE_SIZE);
    memset(rom.host, 2, TARGET_PAGE_SIZE);
    block.used_length = RAM_PAGES * TARGET_PAGE_SIZE;
    rom.used_length = TARGET_PAGE_SIZE;
    blocks = g_hash_table_new(g_str_hash, g_str_equal);
    discarded = g_hash_table_new(NULL, NULL);
    g_hash_table_insert(blocks, block.idstr, &block);
    g_hash_table_insert(blocks, rom.idstr, &rom);
    g_test_add_func("/multifd/bytes", test_bytes);
    g_test_add_func("/multifd/there-and-back", test_there_and_back);
    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        g_autofree char *codec = g_strdup_printf("/multifd/codec/%s", names[i]);
        g_autofree char *path =
            g_strdup_printf("/multifd/receiver/%s", names[i]);

        if (i) {
            g_autofree char *more = g_strconcat(codec, "/incompressible", NULL);

            g_test_add_data_func(codec, GINT_TO_POINTER(i), test_codec);
            g_test_add_data_func(more, GINT_TO_POINTER(i), test_incompressible);
        }
        g_test_add_data_func(path, GINT_TO_POINTER(i), test_receiver);
    }
    g_test_add_func("/multifd/refused", test_refused);
    ret = g_test_run();
    g_hash_table_unref(blocks);
    g_hash_table_unref(discarded);
    g_free(rom.host);
    g_free(model);
    g_free(ram);
    return ret;
}
