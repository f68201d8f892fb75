/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of multifd: from values to bytes, and back with all doubts. */
#include "qemu/osdep.h"
#include "multifd-packet.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"

QEMU_BUILD_BUG_ON(sizeof(MultiFDInit_t) != 64);
QEMU_BUILD_BUG_ON(offsetof(MultiFDPacket_t, ramblock) != 64);
QEMU_BUILD_BUG_ON(offsetof(MultiFDPacket_t, offset) != 320);

void multifd_init_fill(MultiFDInit_t *msg, uint8_t id, const QemuUUID *uuid)
{
    *msg = (MultiFDInit_t){
        .magic = cpu_to_be32(MULTIFD_MAGIC),
        .version = cpu_to_be32(MULTIFD_VERSION),
        .id = id,
    };
    memcpy(msg->uuid, uuid->data, sizeof(msg->uuid));
}

static bool check_magic(uint32_t magic, uint32_t version, Error **errp)
{
    magic = be32_to_cpu(magic);
    version = be32_to_cpu(version);
    if (magic != MULTIFD_MAGIC) {
        error_setg(errp, "multifd: received packet magic %x, expected %x",
                   magic, MULTIFD_MAGIC);
        return false;
    }
    if (version != MULTIFD_VERSION) {
        error_setg(errp, "multifd: received packet version %u, expected %u",
                   version, MULTIFD_VERSION);
        return false;
    }
    return true;
}

int multifd_init_parse(const MultiFDInit_t *msg, const QemuUUID *uuid,
                       unsigned channels, Error **errp)
{
    if (!check_magic(msg->magic, msg->version, errp)) {
        return -1;
    }
    if (memcmp(msg->uuid, uuid->data, sizeof(msg->uuid))) {
        QemuUUID theirs;
        g_autofree char *here = qemu_uuid_unparse_strdup(uuid);
        g_autofree char *there = NULL;

        memcpy(theirs.data, msg->uuid, sizeof(theirs.data));
        there = qemu_uuid_unparse_strdup(&theirs);
        error_setg(errp,
                   "multifd: received uuid '%s' and expected uuid '%s' for "
                   "channel %u",
                   there, here, msg->id);
        return -1;
    }
    if (msg->id >= channels) {
        error_setg(errp,
                   "multifd: received channel id %u, but there are only %u "
                   "channels (multifd-channels must be the same on both sides)",
                   msg->id, channels);
        return -1;
    }
    return msg->id;
}

void multifd_packet_fill(MultiFDPacket_t *packet, uint64_t number,
                         const MultiFDPages *pages)
{
    unsigned n = pages->normal + pages->zero;

    memset(packet, 0, sizeof(*packet));
    packet->hdr.magic = cpu_to_be32(MULTIFD_MAGIC);
    packet->hdr.version = cpu_to_be32(MULTIFD_VERSION);
    packet->hdr.flags = cpu_to_be32(pages->flags);
    packet->packet_num = cpu_to_be64(number);
    packet->next_packet_size = cpu_to_be32(pages->data_size);
    if (!n) {
        return;
    }
    packet->pages_alloc = cpu_to_be32(MULTIFD_PAGES);
    packet->normal_pages = cpu_to_be32(pages->normal);
    packet->zero_pages = cpu_to_be32(pages->zero);
    pstrcpy(packet->ramblock, sizeof(packet->ramblock), pages->block);
    for (unsigned i = 0; i < n; i++) {
        packet->offset[i] = cpu_to_be64(pages->offset[i]);
    }
}

bool multifd_header_check(const MultiFDPacketHdr_t *hdr, Error **errp)
{
    return check_magic(hdr->magic, hdr->version, errp);
}

bool multifd_packet_parse(const MultiFDPacket_t *packet, MultiFDPages *pages,
                          Error **errp)
{
    uint32_t room = be32_to_cpu(packet->pages_alloc);
    unsigned n;

    pages->flags = be32_to_cpu(packet->hdr.flags);
    pages->normal = be32_to_cpu(packet->normal_pages);
    pages->zero = be32_to_cpu(packet->zero_pages);
    pages->data_size = be32_to_cpu(packet->next_packet_size);
    memcpy(pages->block, packet->ramblock, sizeof(pages->block));
    pages->block[sizeof(pages->block) - 1] = 0;

    if (room > MULTIFD_PAGES) {
        error_setg(errp, "multifd: received packet with %u pages, expected %u",
                   room, (unsigned)MULTIFD_PAGES);
        return false;
    }
    if (pages->normal > room) {
        error_setg(errp,
                   "multifd: received packet with %u non-zero pages, which "
                   "exceeds maximum expected pages %u",
                   pages->normal, room);
        return false;
    }
    if (pages->zero > room - pages->normal) {
        error_setg(errp,
                   "multifd: received packet with %u zero pages, expected "
                   "maximum %u",
                   pages->zero, room - pages->normal);
        return false;
    }
    n = pages->normal + pages->zero;
    for (unsigned i = 0; i < n; i++) {
        pages->offset[i] = be64_to_cpu(packet->offset[i]);
        if (pages->offset[i] & ~TARGET_PAGE_MASK) {
            error_setg(errp,
                       "multifd: offset 0x%" PRIx64 " is not that of a page",
                       pages->offset[i]);
            return false;
        }
    }
    return true;
}
