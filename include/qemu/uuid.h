/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Universally unique identifiers (RFC 4122), in network byte order in memory.
 */
#ifndef QEMU_UUID_H
#define QEMU_UUID_H

#include <stdint.h>
#include "qemu/compiler.h"

typedef struct {
    union {
        unsigned char data[16];
        struct {
            /* Big-endian in memory; see qemu_uuid_bswap(). */
            uint32_t time_low;
            uint16_t time_mid;
            uint16_t time_high_and_version;
            uint8_t clock_seq_and_reserved;
            uint8_t clock_seq_low;
            uint8_t node[6];
        } fields;
    };
} QemuUUID;

/* Initializers of byte arrays, in network order and as Microsoft has it. */
#define UUID_BYTE_(x, n) (((x) >> (8 * (n))) & 0xff)
#define UUID(time_low, time_mid, time_hi_and_version,                    \
             clock_seq_hi_and_reserved, clock_seq_low, node0, node1,     \
             node2, node3, node4, node5)                                 \
    { UUID_BYTE_(time_low, 3), UUID_BYTE_(time_low, 2),                  \
      UUID_BYTE_(time_low, 1), UUID_BYTE_(time_low, 0),                  \
      UUID_BYTE_(time_mid, 1), UUID_BYTE_(time_mid, 0),                  \
      UUID_BYTE_(time_hi_and_version, 1),                                \
      UUID_BYTE_(time_hi_and_version, 0), (clock_seq_hi_and_reserved),   \
      (clock_seq_low), (node0), (node1), (node2), (node3), (node4),      \
      (node5) }
#define UUID_LE(time_low, time_mid, time_hi_and_version,                 \
                clock_seq_hi_and_reserved, clock_seq_low, node0, node1,  \
                node2, node3, node4, node5)                              \
    { UUID_BYTE_(time_low, 0), UUID_BYTE_(time_low, 1),                  \
      UUID_BYTE_(time_low, 2), UUID_BYTE_(time_low, 3),                  \
      UUID_BYTE_(time_mid, 0), UUID_BYTE_(time_mid, 1),                  \
      UUID_BYTE_(time_hi_and_version, 0),                                \
      UUID_BYTE_(time_hi_and_version, 1), (clock_seq_hi_and_reserved),   \
      (clock_seq_low), (node0), (node1), (node2), (node3), (node4),      \
      (node5) }

/* For printf(), with the sixteen bytes as arguments. */
#define UUID_FMT                                                         \
    "%02hhx%02hhx%02hhx%02hhx-%02hhx%02hhx-%02hhx%02hhx-"                \
    "%02hhx%02hhx-%02hhx%02hhx%02hhx%02hhx%02hhx%02hhx"
#define UUID_NONE    "00000000-0000-0000-0000-000000000000"
/* With the NUL. */
#define UUID_STR_LEN sizeof(UUID_NONE)

/* A random one (version 4). */
void qemu_uuid_generate(QemuUUID *out);
/* 1 or 0. */
int qemu_uuid_is_null(const QemuUUID *uu);
int qemu_uuid_is_equal(const QemuUUID *lhv, const QemuUUID *rhv);
/* Lower-case text, into UUID_STR_LEN bytes or a string to be freed. */
void qemu_uuid_unparse(const QemuUUID *uuid, char *out);
char *qemu_uuid_unparse_strdup(const QemuUUID *uuid);
/* 0, or -1 when @str is not a UUID. Upper case is accepted. */
int qemu_uuid_parse(const char *str, QemuUUID *uuid);
/* The three fields that are wider than a byte, swapped. */
QemuUUID qemu_uuid_bswap(QemuUUID uuid);
/* For GHashTable. */
uint32_t qemu_uuid_hash(const void *uuid);

#endif
