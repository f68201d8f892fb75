/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMUFile: what goes in comes out, in pieces of any size, and failures. */
#include "qemu/osdep.h"
#include "io/channel-buffer.h"
#include "io/channel-file.h"
#include "io/channel-socket.h"
#include "migration/migration-stats.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/module.h"
#include "qemu/sockets.h"
#include "qemu/units.h"

/*** Over a file in memory. ***/

static int temp_fd(void)
{
    int fd = memfd_create("test-qemu-file", MFD_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    return fd;
}

static QEMUFile *open_fd(int fd, bool write)
{
    int copy = dup(fd);
    QIOChannel *ioc = QIO_CHANNEL(qio_channel_file_new_fd(copy));
    QEMUFile *f;

    g_assert_cmpint(lseek(copy, 0, SEEK_SET), ==, 0);
    f = write ? qemu_file_new_output(ioc) : qemu_file_new_input(ioc);
    object_unref(OBJECT(ioc));
    return f;
}

static void test_numbers(void)
{
    char text[256], longest[256];
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true);
    int8_t s8 = -3;
    int16_t s16 = -30000;
    int32_t s32 = -3;
    int64_t s64 = INT64_MIN;

    memset(longest, 'x', 255);
    longest[255] = 0;
    qemu_put_byte(f, 0x1ff);
    qemu_put_be16(f, 0x12345);
    qemu_put_be32(f, 0x89abcdef);
    qemu_put_be64(f, 0x8123456789abcdefull);
    qemu_put_s8s(f, &s8);
    qemu_put_sbe16s(f, &s16);
    qemu_put_sbe32s(f, &s32);
    qemu_put_sbe64s(f, &s64);
    qemu_put_sbe16(f, -1);
    qemu_put_counted_string(f, "");
    qemu_put_counted_string(f, longest);
    g_assert_cmpuint(qemu_file_transferred(f), ==, 15 + 15 + 2 + 1 + 256);
    g_assert_cmpint(qemu_fclose(f), ==, 0);

    f = open_fd(fd, false);
    g_assert_true(qemu_file_is_seekable(f));
    g_assert_cmphex(qemu_get_byte(f), ==, 0xff);
    g_assert_cmphex(qemu_get_be16(f), ==, 0x2345);
    g_assert_cmphex(qemu_get_be32(f), ==, 0x89abcdef);
    g_assert_cmphex(qemu_get_be64(f), ==, 0x8123456789abcdefull);
    s8 = s16 = s32 = s64 = 0;
    qemu_get_s8s(f, &s8);
    qemu_get_sbe16s(f, &s16);
    qemu_get_sbe32s(f, &s32);
    qemu_get_sbe64s(f, &s64);
    g_assert_cmpint(s8, ==, -3);
    g_assert_cmpint(s16, ==, -30000);
    g_assert_cmpint(s32, ==, -3);
    g_assert_cmpint(s64, ==, INT64_MIN);
    /* The plain form does not extend the sign of 16 bits. */
    g_assert_cmpint(qemu_get_sbe16(f), ==, 0xffff);
    g_assert_cmpuint(qemu_get_counted_string(f, text), ==, 0);
    g_assert_cmpstr(text, ==, "");
    g_assert_cmpuint(qemu_get_counted_string(f, text), ==, 255);
    g_assert_cmpstr(text, ==, longest);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);

    /* The end is a failure, and everything is 0 from then on. */
    g_assert_cmpint(qemu_get_byte(f), ==, 0);
    g_assert_cmpint(qemu_file_get_error(f), ==, -EIO);
    g_assert_cmpuint(qemu_get_be64(f), ==, 0);
    g_assert_cmpuint(qemu_get_counted_string(f, text), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    close(fd);
}

/* A number that is cut off has the bytes that came, and the file failed. */
static void test_cut_number(void)
{
    int fd = temp_fd();
    QEMUFile *f;

    g_assert_cmpint(write(fd, "\x12\x34\x56", 3), ==, 3);
    f = open_fd(fd, false);
    g_assert_cmphex(qemu_get_be32(f), ==, 0x12345600);
    g_assert_cmpint(qemu_file_get_error(f), ==, -EIO);
    qemu_fclose(f);
    close(fd);
}

/*** Random pieces against an array. ***/

static uint8_t pattern(size_t i)
{
    return i * 7 + (i >> 8) * 13 + (i >> 16);
}

static uint8_t *make_pattern(size_t size)
{
    uint8_t *bytes = g_malloc(size);
    size_t i;

    for (i = 0; i < size; i++) {
        bytes[i] = pattern(i);
    }
    return bytes;
}

static size_t random_size(size_t left)
{
    size_t limit[] = { 2, 10, 300, 5000, 33000, 100000 };
    size_t size = g_test_rand_int_range(0, limit[g_test_rand_int_range(0, 6)]);

    return MIN(size, left);
}

static void put_random(QEMUFile *f, const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (at < size) {
        size_t n = random_size(size - at);

        switch (g_test_rand_int_range(0, 8)) {
        case 0:
            qemu_put_buffer_async(f, bytes + at, n, false);
            break;
        case 1:
            n = 1;
            qemu_put_byte(f, bytes[at]);
            break;
        case 2:
            n = 0;
            g_assert_cmpint(qemu_fflush(f), ==, 0);
            break;
        default:
            qemu_put_buffer(f, bytes + at, n);
            break;
        }
        at += n;
        g_assert_cmpuint(qemu_file_transferred(f), ==, at);
    }
}

static void get_random(QEMUFile *f, const uint8_t *bytes, size_t size)
{
    g_autofree uint8_t *out = g_malloc(100000);
    size_t at = 0;

    while (at < size) {
        size_t n = random_size(size - at), ahead;
        uint8_t *where = out;

        switch (g_test_rand_int_range(0, 6)) {
        case 0:
            n = 1;
            g_assert_cmphex(qemu_get_byte(f), ==, bytes[at]);
            break;
        case 1:
            g_assert_cmpuint(qemu_get_buffer_in_place(f, &where, n), ==, n);
            g_assert_true(!memcmp(where, bytes + at, n));
            break;
        case 2:
            ahead = MIN(random_size(30000), size - at);
            n = MIN(MIN(n, 2000), size - at - ahead);
            g_assert_cmpuint(qemu_peek_buffer(f, &where, n, ahead), ==, n);
            g_assert_true(!memcmp(where, bytes + at + ahead, n));
            n = 0;
            break;
        case 3:
            n = MIN(n, 300);
            if (n) {
                g_assert_cmphex(qemu_peek_byte(f, n - 1), ==,
                                bytes[at + n - 1]);
                qemu_file_skip(f, n);
            }
            break;
        default:
            g_assert_cmpuint(qemu_get_buffer(f, out, n), ==, n);
            g_assert_true(!memcmp(out, bytes + at, n));
            break;
        }
        at += n;
        g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    }
}

static void test_random_file(void)
{
    const size_t size = 3 * MiB;
    g_autofree uint8_t *bytes = make_pattern(size);
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true);
    uint64_t before = stat64_get(&mig_stats.qemu_file_transferred);

    put_random(f, bytes, size);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    g_assert_cmpuint(stat64_get(&mig_stats.qemu_file_transferred) - before, ==,
                     size);
    f = open_fd(fd, false);
    get_random(f, bytes, size);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    close(fd);
}

/*** Over sockets. ***/

typedef struct Pair {
    QEMUFile *in, *out;
} Pair;

static QIOChannel *new_socket(int fd)
{
    return QIO_CHANNEL(qio_channel_socket_new_fd(fd, &error_abort));
}

static Pair open_pair(bool block)
{
    QIOChannel *ioc[2];
    Pair p;
    int sv[2], i;

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    for (i = 0; i < 2; i++) {
        ioc[i] = new_socket(sv[i]);
    }
    p.in = qemu_file_new_input(ioc[0]);
    p.out = qemu_file_new_output(ioc[1]);
    for (i = 0; i < 2; i++) {
        object_unref(OBJECT(ioc[i]));
    }
    g_assert_true(qemu_file_set_blocking(p.in, block, &error_abort));
    g_assert_true(qemu_file_set_blocking(p.out, block, &error_abort));
    return p;
}

typedef struct Sender {
    QEMUFile *f;
    const uint8_t *bytes;
    size_t size;
} Sender;

static gpointer send_thread(gpointer opaque)
{
    Sender *s = opaque;
    size_t at;

    for (at = 0; at < s->size; at += 1000) {
        qemu_put_buffer(s->f, s->bytes + at, MIN(1000, s->size - at));
        if (at % 7 == 0) {
            qemu_fflush(s->f);
        }
    }
    qemu_fflush(s->f);
    return NULL;
}

/* Both ends wait for each other, whether their channels block or not. */
static void test_socket(gconstpointer block)
{
    const size_t size = 2 * MiB;
    g_autofree uint8_t *bytes = make_pattern(size);
    Pair p = open_pair(GPOINTER_TO_INT(block));
    Sender s = { p.out, bytes, size };
    GThread *thread = g_thread_new("sender", send_thread, &s);

    g_assert_false(qemu_file_is_seekable(p.in));
    get_random(p.in, bytes, size);
    g_thread_join(thread);
    g_assert_cmpint(qemu_fclose(p.out), ==, 0);
    g_assert_cmpint(qemu_get_byte(p.in), ==, 0);
    g_assert_cmpint(qemu_fclose(p.in), ==, -EIO);
}

static ino_t inode(int fd)
{
    struct stat st;

    g_assert_cmpint(fstat(fd, &st), ==, 0);
    return st.st_ino;
}

static void test_fd(void)
{
    Pair p = open_pair(true);
    int one = temp_fd(), two = temp_fd(), got;

    qemu_put_be32(p.out, 42);
    g_assert_cmpint(qemu_file_put_fd(p.out, one), ==, 0);
    qemu_put_be32(p.out, 43);
    g_assert_cmpint(qemu_file_put_fd(p.out, two), ==, 0);
    g_assert_cmpint(qemu_fflush(p.out), ==, 0);

    g_assert_cmpint(qemu_get_be32(p.in), ==, 42);
    got = qemu_file_get_fd(p.in);
    g_assert_cmpuint(inode(got), ==, inode(one));
    close(got);
    g_assert_cmpint(qemu_get_be32(p.in), ==, 43);
    got = qemu_file_get_fd(p.in);
    g_assert_cmpuint(inode(got), ==, inode(two));
    close(got);
    g_assert_cmpint(qemu_file_get_error(p.in), ==, 0);

    qemu_fclose(p.out);
    g_assert_cmpint(qemu_file_get_fd(p.in), ==, -1);
    qemu_fclose(p.in);
    close(one);
    close(two);
}

static void test_no_fd(void)
{
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true);

    g_assert_cmpint(qemu_file_put_fd(f, fd), ==, -1);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    f = open_fd(fd, false);
    g_assert_cmpint(qemu_file_get_fd(f), ==, -1);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
    close(fd);
}

static gpointer shutdown_thread(gpointer opaque)
{
    g_usleep(20000);
    g_assert_cmpint(qemu_file_shutdown(opaque), ==, 0);
    return NULL;
}

/* One who waits for data wakes up with an error. */
static void test_shutdown(void)
{
    Pair p = open_pair(true);
    GThread *thread = g_thread_new("shutdown", shutdown_thread, p.in);

    g_assert_cmpint(qemu_get_byte(p.in), ==, 0);
    g_assert_cmpint(qemu_file_get_error(p.in), ==, -EIO);
    g_thread_join(thread);
    qemu_fclose(p.in);
    /* The other end notices as well. */
    qemu_put_byte(p.out, 1);
    g_assert_cmpint(qemu_fflush(p.out), ==, -EIO);
    qemu_put_byte(p.out, 1);
    g_assert_cmpint(qemu_fclose(p.out), ==, -EIO);
}

static void test_return_path(void)
{
    Pair p = open_pair(true);
    QEMUFile *out = qemu_file_get_return_path(p.in);
    QEMUFile *in = qemu_file_get_return_path(p.out);

    g_assert_true(qemu_file_get_ioc(out) == qemu_file_get_ioc(p.in));
    qemu_put_be64(out, 5);
    qemu_fflush(out);
    g_assert_cmpint(qemu_get_be64(in), ==, 5);
    qemu_fclose(out);
    qemu_fclose(in);
    qemu_fclose(p.in);
    qemu_fclose(p.out);
}

/*** Positions, and out of the file. ***/

static void test_positions(void)
{
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true);
    uint8_t got[4];

    qemu_put_be32(f, 1);
    g_assert_cmpint(qemu_get_offset(f), ==, 4);
    qemu_put_buffer_at(f, (const uint8_t *)"abcd", 4, 100);
    qemu_put_be32(f, 2);
    qemu_set_offset(f, 50, SEEK_SET);
    qemu_put_be32(f, 3);
    g_assert_cmpint(qemu_fclose(f), ==, 0);

    f = open_fd(fd, false);
    g_assert_cmpint(qemu_get_be32(f), ==, 1);
    g_assert_cmpuint(qemu_get_buffer_at(f, got, 4, 100), ==, 4);
    g_assert_true(!memcmp(got, "abcd", 4));
    g_assert_cmpint(qemu_get_be32(f), ==, 2);
    qemu_set_offset(f, 50, SEEK_SET);
    g_assert_cmpint(qemu_get_be32(f), ==, 3);
    g_assert_cmpuint(qemu_get_buffer_at(f, got, 4, 102), ==, 0);
    g_assert_cmpint(qemu_file_get_error(f), ==, -EIO);
    qemu_fclose(f);
    close(fd);
}

static void test_get_to_fd(void)
{
    g_autofree uint8_t *bytes = make_pattern(100000);
    g_autofree uint8_t *got = g_malloc(100000);
    int from = temp_fd(), to = temp_fd();
    QEMUFile *f;

    g_assert_cmpint(write(from, bytes, 100000), ==, 100000);
    f = open_fd(from, false);
    g_assert_cmpint(qemu_get_byte(f), ==, bytes[0]);
    g_assert_cmpint(qemu_file_get_to_fd(f, to, 99000), ==, 0);
    g_assert_cmpint(pread(to, got, 100000, 0), ==, 99000);
    g_assert_true(!memcmp(got, bytes + 1, 99000));
    g_assert_cmpint(qemu_file_get_to_fd(f, -1, 1), ==, -EBADF);
    g_assert_cmpint(qemu_file_get_to_fd(f, to, 1000), ==, -EIO);
    qemu_fclose(f);
    close(from);
    close(to);
}

/* Pages that were sent are given back when that was asked for. */
static void test_may_free(void)
{
    size_t page = qemu_real_host_page_size();
    uint8_t *ram = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true);

    memset(ram, 5, 4 * page);
    qemu_put_buffer_async(f, ram, page, true);
    qemu_put_buffer_async(f, ram + page, page, false);
    qemu_put_buffer_async(f, ram + 2 * page, page, true);
    g_assert_cmpint(ram[0], ==, 5);
    g_assert_cmpint(qemu_fflush(f), ==, 0);
    g_assert_cmpint(ram[0], ==, 0);
    g_assert_cmpint(ram[page], ==, 5);
    g_assert_cmpint(ram[2 * page], ==, 0);
    g_assert_cmpint(ram[3 * page], ==, 5);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    munmap(ram, 4 * page);
    close(fd);
}

/*** Failures and the rate limit. ***/

static void test_errors(void)
{
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true), *other = open_fd(fd, true);
    Error *err = NULL;

    g_assert_cmpint(qemu_file_get_error_obj(f, &err), ==, 0);
    g_assert_null(err);
    qemu_file_set_error(f, -ENOSPC);
    qemu_file_set_error(f, -EINVAL);
    g_assert_cmpint(qemu_file_get_error_obj_any(NULL, f, &err), ==, -ENOSPC);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Channel error: No space left on device");
    error_free(err);
    err = NULL;

    error_setg(&err, "out of paper");
    qemu_file_set_error_obj(other, -EPERM, err);
    err = NULL;
    g_assert_cmpint(qemu_file_get_error_obj_any(other, f, &err), ==, -EPERM);
    g_assert_cmpstr(error_get_pretty(err), ==, "out of paper");
    error_free(err);

    /* What is put now goes nowhere. */
    qemu_put_be32(f, 7);
    g_assert_cmpint(qemu_fflush(f), ==, -ENOSPC);
    g_assert_cmpint(qemu_fclose(f), ==, -ENOSPC);
    g_assert_cmpint(qemu_fclose(other), ==, -EPERM);
    g_assert_cmpint(lseek(fd, 0, SEEK_END), ==, 0);
    close(fd);
}

static void test_full_disk(void)
{
    QIOChannel *ioc = QIO_CHANNEL(
        qio_channel_file_new_path("/dev/full", O_WRONLY, 0, &error_abort));
    QEMUFile *f = qemu_file_new_output(ioc);
    g_autofree uint8_t *bytes = make_pattern(1000000);
    Error *err = NULL;

    object_unref(OBJECT(ioc));
    qemu_put_buffer(f, bytes, 1000000);
    g_assert_cmpint(qemu_file_get_error_obj(f, &err), ==, -EIO);
    g_assert_nonnull(strstr(error_get_pretty(err), "No space left"));
    error_free(err);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
}

static void test_rate(void)
{
    int fd = temp_fd();
    QEMUFile *f = open_fd(fd, true);
    uint8_t bytes[200] = { 0 };

    g_assert_cmpuint(migration_rate_get(), ==, RATE_LIMIT_DISABLED);
    g_assert_false(migration_rate_exceeded(f));
    migration_rate_set(1000); /* 100 in an interval */
    g_assert_cmpuint(migration_rate_get(), ==, 100);
    migration_rate_reset();
    g_assert_false(migration_rate_exceeded(f));
    qemu_put_buffer(f, bytes, 200);
    qemu_fflush(f);
    g_assert_true(migration_rate_exceeded(f));
    migration_rate_reset();
    g_assert_false(migration_rate_exceeded(f));
    qemu_file_set_error(f, -EIO);
    g_assert_true(migration_rate_exceeded(f));
    migration_rate_set(0);
    qemu_fclose(f);
    close(fd);
}

int main(int argc, char **argv)
{
    module_call_init(MODULE_INIT_QOM);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qemu-file/numbers", test_numbers);
    g_test_add_func("/qemu-file/cut-number", test_cut_number);
    g_test_add_func("/qemu-file/random", test_random_file);
    g_test_add_data_func("/qemu-file/socket/blocking", GINT_TO_POINTER(true),
                         test_socket);
    g_test_add_data_func("/qemu-file/socket/nonblocking",
                         GINT_TO_POINTER(false), test_socket);
    g_test_add_func("/qemu-file/fd", test_fd);
    g_test_add_func("/qemu-file/no-fd", test_no_fd);
    g_test_add_func("/qemu-file/shutdown", test_shutdown);
    g_test_add_func("/qemu-file/return-path", test_return_path);
    g_test_add_func("/qemu-file/positions", test_positions);
    g_test_add_func("/qemu-file/get-to-fd", test_get_to_fd);
    g_test_add_func("/qemu-file/may-free", test_may_free);
    g_test_add_func("/qemu-file/errors", test_errors);
    g_test_add_func("/qemu-file/full-disk", test_full_disk);
    g_test_add_func("/qemu-file/rate", test_rate);
    return g_test_run();
}
