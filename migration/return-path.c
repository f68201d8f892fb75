/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the way back, to bytes and from them. */
#include "qemu/osdep.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "return-path.h"

/* An offset, a length and a name with its length: the longest. */
#define MAX_DATA (8 + 4 + 1 + 255)

/* What the data is; names are as long as they say. */
static const struct {
    const char *name;
    uint8_t fixed; /* bytes before the name */
    bool has_name;
} kinds[MIG_RP_MSG_MAX] = {
    [MIG_RP_MSG_SHUT] = { "SHUT", 4, false },
    [MIG_RP_MSG_PONG] = { "PONG", 4, false },
    [MIG_RP_MSG_REQ_PAGES_ID] = { "REQ_PAGES_ID", 12, true },
    [MIG_RP_MSG_REQ_PAGES] = { "REQ_PAGES", 12, false },
    [MIG_RP_MSG_RECV_BITMAP] = { "RECV_BITMAP", 0, true },
    [MIG_RP_MSG_RESUME_ACK] = { "RESUME_ACK", 4, false },
    [MIG_RP_MSG_SWITCHOVER_ACK] = { "SWITCHOVER_ACK", 0, false },
};

static bool came(QEMUFile *f, const char *what, Error **errp)
{
    Error *err = NULL;

    if (!qemu_file_get_error_obj(f, &err)) {
        return true;
    }
    error_propagate_prepend(errp, err,
                            "the destination does not answer: %s: ", what);
    return false;
}

/* Whether @len is right for @kind, as far as that is known before the data. */
static bool check_header(unsigned kind, unsigned len, Error **errp)
{
    unsigned least;

    if (kind >= MIG_RP_MSG_MAX || !kinds[kind].name) {
        error_setg(errp, "Received invalid message 0x%04x length 0x%04x", kind,
                   len);
        return false;
    }
    least = kinds[kind].fixed + kinds[kind].has_name;
    if (len < least || len > least + (kinds[kind].has_name ? 255 : 0)) {
        error_setg(errp,
                   "Received '%s' message (0x%04x) with incorrect length %u "
                   "expecting %u",
                   kinds[kind].name, kind, len, least);
        return false;
    }
    return true;
}

static void take_fixed(ReturnMessage *m, const uint8_t *data)
{
    if (kinds[m->kind].fixed == 4) {
        m->value = ldl_be_p(data);
    } else if (kinds[m->kind].fixed == 12) {
        m->start = ldq_be_p(data);
        m->length = ldl_be_p(data + 8);
    }
}

static bool take_name(ReturnMessage *m, const uint8_t *data, unsigned len,
                      Error **errp)
{
    unsigned fixed = kinds[m->kind].fixed, name = data[fixed];

    if (len != fixed + 1 + name) {
        error_setg(errp,
                   "Received '%s' message (0x%04x) with incorrect length %u "
                   "expecting %u",
                   kinds[m->kind].name, m->kind, len, fixed + 1 + name);
        return false;
    }
    memcpy(m->block, data + fixed + 1, name);
    m->block[name] = 0;
    return true;
}

bool return_path_get(QEMUFile *f, ReturnMessage *m, Error **errp)
{
    uint8_t data[MAX_DATA] = { 0 };
    unsigned kind = qemu_get_be16(f);
    unsigned len = qemu_get_be16(f);

    *m = (ReturnMessage){ 0 };
    if (!came(f, "a message", errp) || !check_header(kind, len, errp)) {
        return false;
    }
    m->kind = kind;
    qemu_get_buffer(f, data, len);
    if (!came(f, kinds[kind].name, errp)) {
        return false;
    }
    take_fixed(m, data);
    return !kinds[kind].has_name || take_name(m, data, len, errp);
}

int return_path_put(QEMUFile *f, const ReturnMessage *m)
{
    size_t name = kinds[m->kind].has_name ? strlen(m->block) : 0;
    unsigned fixed = kinds[m->kind].fixed;

    qemu_put_be16(f, m->kind);
    qemu_put_be16(f, fixed + kinds[m->kind].has_name + name);
    if (fixed == 4) {
        qemu_put_be32(f, m->value);
    } else if (fixed == 12) {
        qemu_put_be64(f, m->start);
        qemu_put_be32(f, m->length);
    }
    if (kinds[m->kind].has_name) {
        qemu_put_counted_string(f, m->block);
    }
    return qemu_fflush(f);
}
