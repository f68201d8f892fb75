/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the way back: as QEMU has them, there and back, hostile ones. */
#include "qemu/osdep.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "../../migration/return-path.h"

static GByteArray *bytes_of(const ReturnMessage *m)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(0);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(buf));
    GByteArray *bytes = g_byte_array_new();

    g_assert_cmpint(return_path_put(f, m), ==, 0);
    g_byte_array_append(bytes, buf->data, buf->usage);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return bytes;
}

static bool message_of(const void *data, size_t size, ReturnMessage *m,
                       Error **errp)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(size + 1);
    QEMUFile *f;
    bool ok;

    memcpy(buf->data, data, size);
    buf->usage = size;
    f = qemu_file_new_input(QIO_CHANNEL(buf));
    ok = return_path_get(f, m, errp);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return ok;
}

static void test_format(void)
{
    static const struct {
        ReturnMessage m;
        const char *bytes;
        size_t size;
    } rows[] = {
#define ROW(text, ...) { { __VA_ARGS__ }, text, sizeof(text) - 1 }
        ROW("\0\1\0\4\0\0\0\1", MIG_RP_MSG_SHUT, .value = 1),
        ROW("\0\2\0\4\0\0\0\3", MIG_RP_MSG_PONG, .value = 3),
        ROW("\0\3\0\20\1\2\3\4\5\6\0\0\0\0\20\0\3pc.", MIG_RP_MSG_REQ_PAGES_ID,
            .start = 0x0102030405060000, .length = 4096, .block = "pc."),
        ROW("\0\4\0\14\0\0\0\0\0\1\0\0\0\0\20\0", MIG_RP_MSG_REQ_PAGES,
            .start = 65536, .length = 4096),
        ROW("\0\5\0\4\3ram", MIG_RP_MSG_RECV_BITMAP, .block = "ram"),
        ROW("\0\6\0\4\0\0\0\1", MIG_RP_MSG_RESUME_ACK, .value = 1),
        ROW("\0\7\0\0", MIG_RP_MSG_SWITCHOVER_ACK),
#undef ROW
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_autoptr(GByteArray) bytes = bytes_of(&rows[i].m);
        ReturnMessage m;

        g_assert_cmpmem(bytes->data, bytes->len, rows[i].bytes, rows[i].size);
        g_assert_true(message_of(bytes->data, bytes->len, &m, &error_abort));
        g_assert_cmpmem(&m, sizeof(m), &rows[i].m, sizeof(m));
        for (size_t size = 0; size < bytes->len; size++) {
            Error *err = NULL;

            g_assert_false(message_of(bytes->data, size, &m, &err));
            g_assert_nonnull(strstr(error_get_pretty(err), "does not answer"));
            error_free(err);
        }
    }
}

static void test_hostile(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } rows[] = {
#define ROW(bytes, text) { bytes, sizeof(bytes) - 1, text }
        ROW("\0\0\0\0", "Received invalid message 0x0000 length 0x0000"),
        ROW("\0\10\0\4abcd", "Received invalid message 0x0008 length 0x0004"),
        ROW("\1\1\0\4abcd", "Received invalid message 0x0101"),
        ROW("\0\1\0\3abc", "'SHUT' message (0x0001) with incorrect length 3"),
        ROW("\0\2\377\377abc", "'PONG' message (0x0002) with incorrect"),
        ROW("\0\4\0\15abcdefghabcde", "'REQ_PAGES' message (0x0004)"),
        ROW("\0\3\0\14abcdefghabcd", "'REQ_PAGES_ID' message (0x0003)"),
        ROW("\0\3\0\16abcdefghabcd\2x", "length 14 expecting 15"),
        ROW("\0\3\0\16abcdefghabcd\0x", "length 14 expecting 13"),
        ROW("\0\3\2\0abcdefghabcd\0x", "length 512"),
        ROW("\0\5\0\0", "'RECV_BITMAP' message (0x0005)"),
        ROW("\0\5\0\3\1ab", "length 3 expecting 2"),
        ROW("\0\7\0\1a", "'SWITCHOVER_ACK' message (0x0007)"),
#undef ROW
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        ReturnMessage m;
        Error *err = NULL;

        g_assert_false(message_of(rows[i].bytes, rows[i].size, &m, &err));
        if (!strstr(error_get_pretty(err), rows[i].text)) {
            g_error("%zu: %s", i, error_get_pretty(err));
        }
        error_free(err);
    }
}

/* What is taken from chance is the same when it is written again. */
static void test_random(void)
{
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[40];
        size_t size = g_test_rand_int_range(0, sizeof(bytes));
        ReturnMessage m;
        Error *err = NULL;

        for (size_t j = 0; j < size; j++) {
            bytes[j] = g_test_rand_int();
        }
        if (size >= 4) {
            bytes[0] = bytes[2] = 0;
            bytes[1] %= MIG_RP_MSG_MAX + 1;
            bytes[3] %= 20;
        }
        if (size > 16 && bytes[1] == MIG_RP_MSG_REQ_PAGES_ID) {
            bytes[16] %= 4;
        }
        if (message_of(bytes, size, &m, &err)) {
            g_autoptr(GByteArray) again = NULL;

            /* A name ends with its first zero. */
            if (m.kind != MIG_RP_MSG_RECV_BITMAP &&
                m.kind != MIG_RP_MSG_REQ_PAGES_ID) {
                again = bytes_of(&m);
                g_assert_cmpint(again->len, <=, size);
                g_assert_cmpmem(again->data, again->len, bytes, again->len);
            }
        } else {
            g_assert_nonnull(err);
            error_free(err);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/return-path/format", test_format);
    g_test_add_func("/return-path/hostile", test_hostile);
    g_test_add_func("/return-path/random", test_random);
    return g_test_run();
}
