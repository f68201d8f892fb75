/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, locks, memory and small tools of the host. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qemu/bcd.h"
#include "qemu/crc32c.h"
#include "qemu/cutils.h"
#include "qemu/guest-random.h"
#include "qemu/id.h"
#include "qemu/madvise.h"
#include "qemu/mprotect.h"
#include "qemu/uuid.h"

static char *dir;

static void expect_error(Error **errp, const char *part)
{
    g_assert_nonnull(*errp);
    g_assert_nonnull(strstr(error_get_pretty(*errp), part));
    error_free_or_abort(errp);
}

static void test_open(void)
{
    g_autofree char *path = g_build_filename(dir, "file", NULL);
    Error *err = NULL;
    char buf[8];
    int fd, copy;

    g_assert_cmpint(qemu_open(path, O_RDONLY, &err), ==, -1);
    g_assert_cmpint(errno, ==, ENOENT);
    expect_error(&err, "Could not open '");

    fd = qemu_create(path, O_RDWR | O_EXCL, 0600, &error_abort);
    g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    g_assert_cmpint(qemu_create(path, O_RDWR | O_EXCL, 0600, &err), ==, -1);
    expect_error(&err, "Could not create '");
    g_assert_cmpint(qemu_write_full(fd, "abcdef", 6), ==, 6);
    g_assert_cmpint(pread(fd, buf, 8, 0), ==, 6);

    copy = qemu_dup_flags(fd, O_RDWR | O_NONBLOCK);
    g_assert_cmpint(copy, >=, 0);
    g_assert_cmpint(fcntl(copy, F_GETFL) & O_NONBLOCK, !=, 0);
    close(copy);
    g_assert_cmpint(qemu_dup_flags(fd, O_RDWR | O_CREAT | O_EXCL), ==, -1);
    g_assert_cmpint(errno, ==, EEXIST);
    qemu_close(fd);
    g_assert_cmpint(qemu_open_old(path, O_RDONLY | O_DIRECTORY), ==, -1);
    g_assert_cmpint(qemu_unlink(path), ==, 0);
}

static int last_set = -1, removed = -1;

static int dup_add(int64_t fdset_id, int flags, Error **errp)
{
    last_set = fdset_id;
    if (fdset_id != 3) {
        error_setg(errp, "no set %d", last_set);
        errno = ENOENT;
        return -1;
    }
    return dup(0);
}

static void dup_remove(int fd)
{
    removed = fd;
}

static void test_fdset(void)
{
    Error *err = NULL;
    int fd;

    g_assert_cmpint(qemu_open("/dev/fdset/3", O_RDONLY, &err), ==, -1);
    expect_error(&err, "/dev/fdset/3");
    qemu_set_fdset_hooks(dup_add, dup_remove);
    g_assert_cmpint(qemu_open("/dev/fdset/x", O_RDONLY, &err), ==, -1);
    expect_error(&err, "Could not parse fdset /dev/fdset/x");
    g_assert_cmpint(qemu_open("/dev/fdset/4", O_RDONLY, &err), ==, -1);
    expect_error(&err, "no set 4");
    fd = qemu_open("/dev/fdset/3", O_RDONLY, &error_abort);
    g_assert_cmpint(last_set, ==, 3);
    qemu_close(fd);
    g_assert_cmpint(removed, ==, fd);
    qemu_set_fdset_hooks(NULL, NULL);
}

static void test_locks(void)
{
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    int a = qemu_create(path, O_RDWR, 0600, &error_abort);
    int b = qemu_open(path, O_RDWR, &error_abort);

    g_assert_cmpint(qemu_lock_fd(a, 0, 10, true), ==, 0);
    g_assert_cmpint(qemu_lock_fd(b, 5, 10, false), ==, -EAGAIN);
    g_assert_cmpint(qemu_lock_fd_test(b, 5, 10, false), ==, -EAGAIN);
    g_assert_cmpint(qemu_lock_fd(b, 10, 10, true), ==, 0);
    g_assert_cmpint(qemu_unlock_fd(a, 0, 10), ==, 0);
    g_assert_cmpint(qemu_lock_fd_test(b, 0, 10, true), ==, 0);
    close(a);
    close(b);
    g_unlink(path);
}

static void test_pidfile(void)
{
    g_autofree char *path = g_build_filename(dir, "pid", NULL);
    g_autofree char *want = g_strdup_printf("%d\n", (int)getpid());
    g_autofree char *text = NULL;
    Error *err = NULL;

    g_assert_true(qemu_write_pidfile(path, &error_abort));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, want);
    if (g_test_subprocess()) {
        return;
    }
    g_assert_false(qemu_write_pidfile("/no/such/dir/pid", &err));
    expect_error(&err, "/no/such/dir/pid");
    g_unlink(path);
}

static void test_memory(void)
{
    size_t page = qemu_real_host_page_size();
    uint64_t align = 0;
    uint8_t *p = qemu_anon_ram_alloc(5 * page, &align, false, true);

    g_assert_cmpuint(align, ==, QEMU_VMALLOC_ALIGN);
    g_assert_true(QEMU_PTR_IS_ALIGNED(p, align));
    memset(p, 1, 5 * page);
    g_assert_cmpint(qemu_madvise(p, page, QEMU_MADV_DONTNEED), ==, 0);
    g_assert_cmpint(p[0], ==, 0);
    g_assert_cmpint(p[page], ==, 1);
    g_assert_cmpint(qemu_madvise(p, page, QEMU_MADV_INVALID), ==, -1);
    g_assert_cmpint(qemu_mprotect_none(p, page), ==, 0);
    g_assert_cmpint(qemu_mprotect_rw(p, page), ==, 0);
    p[0] = 1;
    qemu_anon_ram_free(p, 5 * page);
    g_assert_null(qemu_anon_ram_alloc(SIZE_MAX - page, NULL, false, false));

    for (size_t a = 1; a <= 65536; a *= 4) {
        QEMU_AUTO_VFREE uint8_t *q = qemu_memalign(a, a + 3);

        g_assert_true(QEMU_PTR_IS_ALIGNED(q, a));
        q[a + 2] = 1;
    }
    g_assert_cmpuint(qemu_get_host_physmem(), >, 0);
}

static void test_shm(void)
{
    int fd = qemu_shm_alloc(12345, &error_abort);
    struct stat st;

    g_assert_cmpint(fstat(fd, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 12345);
    g_assert_cmpint(st.st_nlink, ==, 0);
    close(fd);
}

static void test_flags(void)
{
    int fds[2], keep[2];

    g_assert_cmpint(qemu_pipe(fds), ==, 0);
    g_assert_true(qemu_set_blocking(fds[0], false, &error_abort));
    g_assert_cmpint(fcntl(fds[0], F_GETFL) & O_NONBLOCK, !=, 0);
    qemu_set_block(fds[0]);
    g_assert_cmpint(fcntl(fds[0], F_GETFL) & O_NONBLOCK, ==, 0);
    close(fds[0]);
    close(fds[1]);

    if (g_test_subprocess()) {
        for (int i = 0; i < 2; i++) {
            keep[i] = 50 + 3 * i;
            g_assert_cmpint(dup2(0, keep[i]), ==, keep[i]);
            g_assert_cmpint(dup2(0, keep[i] + 1), ==, keep[i] + 1);
        }
        qemu_close_all_open_fd(keep, 2);
        for (int fd = 45; fd < 60; fd++) {
            g_assert_cmpint(fcntl(fd, F_GETFD) >= 0, ==, fd == 50 || fd == 53);
        }
        exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

static void test_ids(void)
{
    g_autofree char *a = id_generate(ID_BLOCK), *b = id_generate(ID_BLOCK);

    g_assert_true(g_str_has_prefix(a, "#block"));
    g_assert_cmpstr(a, !=, b);
    g_assert_false(id_wellformed(a));
    g_assert_true(id_wellformed("a-B.c_9"));
    g_assert_false(id_wellformed("9a"));
    g_assert_false(id_wellformed(""));
    g_assert_false(id_wellformed("a b"));
    g_assert_null(id_generate(ID_MAX));
}

static void test_random(void)
{
    uint8_t a[37], b[37];
    Error *err = NULL;
    QemuUUID uuid;
    g_autofree char *text = NULL;

    g_assert_cmpint(qemu_guest_random_seed_main("x", &err), ==, -1);
    expect_error(&err, "'x'");
    qemu_guest_getrandom_nofail(a, sizeof(a));
    qemu_guest_getrandom_nofail(b, sizeof(b));
    g_assert_cmpint(memcmp(a, b, sizeof(a)), !=, 0);
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(qemu_guest_random_seed_main("42", &error_abort), ==, 0);
        qemu_guest_getrandom_nofail(i ? b : a, sizeof(a));
    }
    g_assert_cmpmem(a, sizeof(a), b, sizeof(b));

    qemu_uuid_generate(&uuid);
    text = qemu_uuid_unparse_strdup(&uuid);
    g_assert_cmpint(text[14], ==, '4');
    g_assert_cmpint(qemu_uuid_parse(text, &uuid), ==, 0);
}

static void test_sums(void)
{
    struct iovec iov[2] = { { (char *)"1234", 4 }, { (char *)"56789", 5 } };

    /* The check value of CRC-32C. */
    g_assert_cmphex(crc32c(0xffffffff, (const uint8_t *)"123456789", 9), ==,
                    0xe3069283);
    g_assert_cmphex(iov_crc32c(0xffffffff, iov, 2), ==, 0xe3069283);
    for (int i = 0; i < 100; i++) {
        g_assert_cmpint(from_bcd(to_bcd(i)), ==, i);
    }
    g_assert_cmphex(to_bcd(59), ==, 0x59);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("plateau-osdep-XXXXXX", NULL);
    g_test_add_func("/osdep/open", test_open);
    g_test_add_func("/osdep/fdset", test_fdset);
    g_test_add_func("/osdep/locks", test_locks);
    g_test_add_func("/osdep/pidfile", test_pidfile);
    g_test_add_func("/osdep/flags", test_flags);
    g_test_add_func("/oslib/memory", test_memory);
    g_test_add_func("/oslib/shm", test_shm);
    g_test_add_func("/id", test_ids);
    g_test_add_func("/random", test_random);
    g_test_add_func("/sums", test_sums);
    ret = g_test_run();
    g_rmdir(dir);
    g_free(dir);
    return ret;
}
