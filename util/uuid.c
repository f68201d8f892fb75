/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UUIDs: see include/qemu/uuid.h. */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/guest-random.h"
#include "qemu/uuid.h"

QEMU_BUILD_BUG_ON(sizeof(QemuUUID) != 16);
QEMU_BUILD_BUG_ON(UUID_STR_LEN != 37);

/* Does a dash come before byte @i in the text? */
static bool dash_before(int i)
{
    return i == 4 || i == 6 || i == 8 || i == 10;
}

void qemu_uuid_generate(QemuUUID *out)
{
    qemu_guest_getrandom_nofail(out->data, sizeof(out->data));
    /* Version 4, and the variant of RFC 4122. */
    out->data[6] = (out->data[6] & 0x0f) | 0x40;
    out->data[8] = (out->data[8] & 0x3f) | 0x80;
}

int qemu_uuid_is_null(const QemuUUID *uu)
{
    static const QemuUUID null_uuid;

    return qemu_uuid_is_equal(uu, &null_uuid);
}

int qemu_uuid_is_equal(const QemuUUID *lhv, const QemuUUID *rhv)
{
    return memcmp(lhv, rhv, sizeof(*lhv)) == 0;
}

void qemu_uuid_unparse(const QemuUUID *uuid, char *out)
{
    for (int i = 0; i < 16; i++) {
        if (dash_before(i)) {
            *out++ = '-';
        }
        *out++ = "0123456789abcdef"[uuid->data[i] >> 4];
        *out++ = "0123456789abcdef"[uuid->data[i] & 15];
    }
    *out = '\0';
}

char *qemu_uuid_unparse_strdup(const QemuUUID *uuid)
{
    char *text = g_malloc(UUID_STR_LEN);

    qemu_uuid_unparse(uuid, text);
    return text;
}

int qemu_uuid_parse(const char *str, QemuUUID *uuid)
{
    QemuUUID parsed;

    for (int i = 0; i < 16; i++, str += 2) {
        if (dash_before(i) && *str++ != '-') {
            return -1;
        }
        if (!g_ascii_isxdigit(str[0]) || !g_ascii_isxdigit(str[1])) {
            return -1;
        }
        parsed.data[i] =
            g_ascii_xdigit_value(str[0]) * 16 + g_ascii_xdigit_value(str[1]);
    }
    if (*str) {
        return -1;
    }
    *uuid = parsed;
    return 0;
}

QemuUUID qemu_uuid_bswap(QemuUUID uuid)
{
    bswap32s(&uuid.fields.time_low);
    bswap16s(&uuid.fields.time_mid);
    bswap16s(&uuid.fields.time_high_and_version);
    return uuid;
}

uint32_t qemu_uuid_hash(const void *uuid)
{
    const QemuUUID *u = uuid;
    uint64_t mixed = ldq_he_p(u->data) * UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ ldq_he_p(u->data + 8) ^ mixed >> 32) *
            UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(mixed >> 32);
}
