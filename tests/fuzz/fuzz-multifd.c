/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a channel of multifd, after its beginning: packets and pages
 * are taken or refused with a reason, and nothing beyond the blocks is
 * touched. The first byte says how the pages are compressed.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ramblock.h"
#include "io/channel-buffer.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qemu/module.h"
#include "system/system.h"
#include "fuzz-input.h"
#include "../../migration/multifd.h"

#define RAM_SIZE (16 * TARGET_PAGE_SIZE)

static GHashTable *blocks, *discarded;
static RAMBlock ram = { .idstr = "ram", .used_length = RAM_SIZE };
static RAMBlock rom = { .idstr = "rom",
                        .used_length = TARGET_PAGE_SIZE,
                        .flags = RAM_READONLY };

static void init(void)
{
    module_call_init(MODULE_INIT_QOM);
    ram.host = g_malloc0(RAM_SIZE);
    rom.host = g_malloc0(TARGET_PAGE_SIZE);
    blocks = g_hash_table_new(g_str_hash, g_str_equal);
    discarded = g_hash_table_new(NULL, NULL);
    g_hash_table_insert(blocks, ram.idstr, &ram);
    g_hash_table_insert(blocks, rom.idstr, &rom);
}

static void add(QIOChannelBuffer *buf, const void *data, size_t size)
{
    qio_channel_write_all(QIO_CHANNEL(buf), data, size, &error_abort);
}

static QIOChannelBuffer *channel_of(const uint8_t *data, size_t size)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(size + 4096);
    MultiFDPages sync = { .flags = MULTIFD_FLAG_SYNC };
    MultiFDPacket_t packet;
    MultiFDInit_t msg;

    multifd_init_fill(&msg, 0, &qemu_uuid);
    multifd_packet_fill(&packet, 0, &sync);
    add(buf, &msg, sizeof(msg));
    add(buf, &packet, sizeof(packet));
    add(buf, data, size);
    qio_channel_io_seek(QIO_CHANNEL(buf), 0, SEEK_SET, &error_abort);
    return buf;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MigrateSetParameters p = { .has_multifd_compression = true };
    QIOChannelBuffer *buf;
    MultiFDReceiver *r;
    MultiFDReceived got;
    Error *err = NULL;

    if (!blocks) {
        init();
    }
    if (!size) {
        return 0;
    }
    p.multifd_compression = data[0] % MULTIFD_COMPRESSION__MAX;
    qmp_migrate_set_parameters(&p, &err);
    if (err) {
        error_free(err); /* not built in */
        return 0;
    }
    buf = channel_of(data + 1, size - 1);
    r = multifd_receiver_new(QIO_CHANNEL(buf), blocks, discarded);
    if (multifd_receiver_begin(r, &error_abort) != 0) {
        abort();
    }
    do {
        got = multifd_receiver_packet(r, &err);
    } while (got > MULTIFD_RECEIVED_END);
    if ((got == MULTIFD_RECEIVED_ERROR) != !!err) {
        abort();
    }
    error_free(err);
    multifd_receiver_free(r);
    object_unref(OBJECT(buf));
    return 0;
}
