/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes over a channel of multifd: an initial packet, then packets, each
 * followed by its pages, in plain or compressed. All numbers are big-endian.
 *
 * A packet always has room for MULTIFD_PAGES offsets: first those of the pages
 * that follow it, then those of pages that are zero.
 */
#ifndef MIGRATION_MULTIFD_PACKET_H
#define MIGRATION_MULTIFD_PACKET_H

#include "exec/target_page.h"
#include "qemu/units.h"
#include "qemu/uuid.h"

#define MULTIFD_MAGIC   0x11223344U
#define MULTIFD_VERSION 1

#define MULTIFD_PACKET_SIZE (512 * KiB) /* of memory */
#define MULTIFD_PAGES       (MULTIFD_PACKET_SIZE / TARGET_PAGE_SIZE)

#define MULTIFD_FLAG_SYNC             (1 << 0)
#define MULTIFD_FLAG_COMPRESSION_MASK (0x1f << 1)
#define MULTIFD_FLAG_NOCOMP           (0 << 1)
#define MULTIFD_FLAG_ZLIB             (1 << 1)
#define MULTIFD_FLAG_ZSTD             (2 << 1)
#define MULTIFD_FLAG_DEVICE_STATE     (32 << 1)

typedef struct QEMU_PACKED MultiFDInit_t {
    uint32_t magic;
    uint32_t version;
    uint8_t uuid[16];
    uint8_t id;
    uint8_t unused1[7];
    uint64_t unused2[4];
} MultiFDInit_t;

typedef struct QEMU_PACKED MultiFDPacketHdr_t {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
} MultiFDPacketHdr_t;

typedef struct QEMU_PACKED MultiFDPacket_t {
    MultiFDPacketHdr_t hdr;
    uint32_t pages_alloc; /* room in the packet */
    uint32_t normal_pages;
    uint32_t next_packet_size; /* bytes that follow */
    uint64_t packet_num;
    uint32_t zero_pages;
    uint32_t unused32[1];
    uint64_t unused64[3];
    char ramblock[256];
    uint64_t offset[MULTIFD_PAGES];
} MultiFDPacket_t;

/* What a packet says. */
typedef struct MultiFDPages {
    char block[256];
    uint32_t flags;
    uint32_t normal;
    uint32_t zero;
    uint32_t data_size;
    uint64_t offset[MULTIFD_PAGES];
} MultiFDPages;

void multifd_init_fill(MultiFDInit_t *msg, uint8_t id, const QemuUUID *uuid);
/*
 * The number of the channel, of @channels, or -1 with @errp: it is of another
 * guest, of another format.
 */
int multifd_init_parse(const MultiFDInit_t *msg, const QemuUUID *uuid,
                       unsigned channels, Error **errp);

void multifd_packet_fill(MultiFDPacket_t *packet, uint64_t number,
                         const MultiFDPages *pages);
/* Of its first bytes: magic and version. False with @errp. */
bool multifd_header_check(const MultiFDPacketHdr_t *hdr, Error **errp);
/*
 * The rest. Numbers of pages are in bounds, offsets are multiples of pages,
 * and the name ends; whether there are such a block and such pages in it, and
 * how much data there may be, the caller says. False with @errp.
 */
bool multifd_packet_parse(const MultiFDPacket_t *packet, MultiFDPages *pages,
                          Error **errp);

#endif
