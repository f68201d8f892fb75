/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors of buffers, against the same bytes in one piece. */
#include "qemu/osdep.h"
#include "qemu/iov.h"

#define BYTES 400
#define PARTS 12

static uint8_t memory[BYTES];

/* The bytes of memory[] cut into up to PARTS pieces, in order. */
static unsigned int random_iov(struct iovec *iov, size_t *size)
{
    unsigned int n = g_test_rand_int_range(0, PARTS + 1);
    size_t pos = 0;

    for (unsigned int i = 0; i < n; i++) {
        iov[i].iov_base = memory + pos;
        iov[i].iov_len = g_test_rand_int_range(0, BYTES / PARTS);
        pos += iov[i].iov_len;
    }
    *size = pos;
    return n;
}

static void randomize(uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        buf[i] = g_test_rand_int();
    }
}

static void test_copies(void)
{
    for (int round = 0; round < 5000; round++) {
        struct iovec iov[PARTS], view[PARTS];
        uint8_t buf[BYTES], model[BYTES];
        size_t size, offset, bytes, n;
        unsigned int cnt = random_iov(iov, &size), views;

        randomize(memory, BYTES);
        memcpy(model, memory, BYTES);
        randomize(buf, BYTES);
        offset = g_test_rand_int_range(0, size + 1);
        bytes = g_test_rand_int_range(0, BYTES);
        n = MIN(bytes, size - offset);

        g_assert_cmpint(iov_size(iov, cnt), ==, size);
        g_assert_cmpint(iov_from_buf(iov, cnt, offset, buf, bytes), ==, n);
        memcpy(model + offset, buf, n);
        g_assert_cmpint(memcmp(memory, model, BYTES), ==, 0);

        g_assert_cmpint(iov_to_buf(iov, cnt, offset, buf, bytes), ==, n);
        g_assert_cmpint(memcmp(buf, model + offset, n), ==, 0);

        views = iov_copy(view, PARTS, iov, cnt, offset, bytes);
        g_assert_cmpint(iov_size(view, views), ==, n);
        if (n) {
            g_assert_true(iov_to_buf(view, views, 0, buf, 1) == 1 &&
                          buf[0] == model[offset]);
        }

        g_assert_cmpint(iov_memset(iov, cnt, offset, 0x5a, bytes), ==, n);
        memset(model + offset, 0x5a, n);
        g_assert_cmpint(memcmp(memory, model, BYTES), ==, 0);
    }
}

static void test_discard(void)
{
    for (int round = 0; round < 5000; round++) {
        struct iovec iov[PARTS], orig[PARTS], *p = iov;
        size_t size, bytes, cut;
        unsigned int cnt = random_iov(iov, &size), left = cnt;
        bool front = g_test_rand_bit();
        IOVDiscardUndo undo;
        uint8_t buf[BYTES];

        memcpy(orig, iov, sizeof(iov));
        bytes = g_test_rand_int_range(0, size + 20);
        cut = front ? iov_discard_front_undoable(&p, &left, bytes, &undo)
                    : iov_discard_back_undoable(p, &left, bytes, &undo);
        g_assert_cmpint(cut, ==, MIN(bytes, size));
        g_assert_cmpint(iov_to_buf(p, left, 0, buf, BYTES), ==, size - cut);
        g_assert_cmpint(memcmp(buf, memory + (front ? cut : 0), size - cut), ==,
                        0);
        iov_discard_undo(&undo);
        g_assert_cmpint(memcmp(iov, orig, cnt * sizeof(iov[0])), ==, 0);
    }
}

static void test_send_recv(void)
{
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    g_assert_cmpint(fcntl(sv[0], F_SETFL, O_NONBLOCK), ==, 0);
    for (int round = 0; round < 300; round++) {
        struct iovec iov[PARTS];
        uint8_t sent[BYTES];
        size_t size, offset, bytes;
        unsigned int cnt;

        do {
            cnt = random_iov(iov, &size);
        } while (!size);
        offset = g_test_rand_int_range(0, size);
        bytes = g_test_rand_int_range(0, size - offset + 1);
        randomize(memory, BYTES);
        memcpy(sent, memory, BYTES);
        g_assert_cmpint(iov_send(sv[1], iov, cnt, offset, bytes), ==, bytes);
        memset(memory, 0, BYTES);
        g_assert_cmpint(iov_recv(sv[0], iov, cnt, offset, bytes), ==, bytes);
        g_assert_cmpint(memcmp(memory + offset, sent + offset, bytes), ==, 0);
        g_assert_cmpint(iov_recv(sv[0], iov, cnt, 0, 1), ==, -1);
        g_assert_cmpint(errno, ==, EAGAIN);
    }
    close(sv[0]);
    close(sv[1]);
}

/* A vector that grows out of parts of another one holds the same bytes. */
static void test_vector(void)
{
    for (int round = 0; round < 300; round++) {
        struct iovec iov[PARTS];
        uint8_t got[BYTES];
        size_t size, offset, bytes, cut;
        unsigned int cnt = random_iov(iov, &size);
        QEMUIOVector all, part;

        offset = g_test_rand_int_range(0, size + 1);
        bytes = g_test_rand_int_range(0, size - offset + 1);
        randomize(memory, BYTES);
        qemu_iovec_init_external(&all, iov, cnt);
        g_assert_cmpuint(all.size, ==, size);
        qemu_iovec_init(&part, g_test_rand_int_range(0, 3));
        qemu_iovec_concat(&part, &all, offset, bytes);
        g_assert_cmpuint(part.size, ==, bytes);
        g_assert_cmpuint(qemu_iovec_to_buf(&part, 0, got, BYTES), ==, bytes);
        g_assert_cmpint(memcmp(got, memory + offset, bytes), ==, 0);

        cut = g_test_rand_int_range(0, bytes + 1);
        qemu_iovec_discard_back(&part, cut);
        g_assert_cmpuint(part.size, ==, bytes - cut);
        qemu_iovec_memset(&part, 0, 0, bytes - cut);
        g_assert_true(qemu_iovec_is_zero(&part, 0, bytes - cut));
        g_assert_cmpint(
            memcmp(got + bytes - cut, memory + offset + bytes - cut, cut), ==,
            0);
        qemu_iovec_destroy(&part);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iov/vector", test_vector);
    g_test_add_func("/iov/copies", test_copies);
    g_test_add_func("/iov/discard", test_discard);
    g_test_add_func("/iov/send-recv", test_send_recv);
    return g_test_run();
}
