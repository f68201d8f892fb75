/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qemu_prealloc_mem(): all pages come, and no memory is an error. */
#include "qemu/osdep.h"
#include <sched.h>
#include <sys/mount.h>
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/memfd.h"
#include "qemu/mmap-alloc.h"
#include "qemu/prealloc.h"
#include "qemu/units.h"

static size_t resident(char *area, size_t size)
{
    size_t page = qemu_real_host_page_size(), n = 0;
    g_autofree unsigned char *vec = g_malloc(size / page);

    g_assert_cmpint(mincore(area, size, vec), ==, 0);
    for (size_t i = 0; i < size / page; i++) {
        n += vec[i] & 1;
    }
    return n;
}

/* @data: whether the kernel populates. */
static void test_all_pages(gconstpointer data)
{
    static const size_t sizes[] = { 4 * KiB, 68 * KiB, 200 * MiB };
    size_t page = qemu_real_host_page_size();

    qemu_prealloc_set_populate(data);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        size_t size = sizes[i];
        char *area = qemu_anon_ram_alloc(size, NULL, false, false);

        g_assert_nonnull(area);
        area[size - 1] = 'x';
        g_assert_true(
            qemu_prealloc_mem(-1, area, size, 4, NULL, false, &error_abort));
        g_assert_cmpuint(resident(area, size), ==, size / page);
        g_assert_cmpint(area[size - 1], ==, 'x');
        qemu_anon_ram_free(area, size);
    }
}

static void test_file(gconstpointer data)
{
    size_t size = 1 * MiB;
    int fd = qemu_memfd_create("test", size, false, 0, 0, &error_abort);
    char *area = qemu_ram_mmap(fd, size, 0, QEMU_MAP_SHARED, 0);
    struct stat st;

    qemu_prealloc_set_populate(data);
    g_assert_true(area != MAP_FAILED);
    g_assert_cmpint(pwrite(fd, "hello", 5, 4096), ==, 5);
    g_assert_true(
        qemu_prealloc_mem(fd, area, size, 2, NULL, false, &error_abort));
    g_assert_cmpint(fstat(fd, &st), ==, 0);
    g_assert_cmpint(st.st_blocks * 512, ==, size);
    g_assert_cmpmem(area + 4096, 5, "hello", 5);
    qemu_ram_munmap(fd, area, size);
    close(fd);
}

/* Preallocates @size bytes of @fd; must fail, and leave SIGBUS as it was. */
static void check_fails(int fd, size_t size, int threads)
{
    char *area =
        qemu_ram_mmap(fd, size, 0, QEMU_MAP_SHARED | QEMU_MAP_NORESERVE, 0);
    struct sigaction before, after;
    Error *err = NULL;

    g_assert_true(area != MAP_FAILED);
    sigaction(SIGBUS, NULL, &before);
    g_assert_false(
        qemu_prealloc_mem(fd, area, size, threads, NULL, false, &err));
    g_assert_true(
        g_str_has_prefix(error_get_pretty(err),
                         "qemu_prealloc_mem: preallocating memory failed: "));
    error_free(err);
    sigaction(SIGBUS, NULL, &after);
    g_assert_true(before.sa_sigaction == after.sa_sigaction);
    qemu_ram_munmap(fd, area, size);
}

/* A file that ends before the mapping: SIGBUS, as of a full file system. */
static void test_short_file(gconstpointer data)
{
    int fd = qemu_memfd_create("test", 64 * KiB, false, 0, 0, &error_abort);

    qemu_prealloc_set_populate(data);
    check_fails(fd, 1 * MiB, 1);
    check_fails(fd, 256 * MiB, 4);
    close(fd);
}

/* A tmpfs of 1 MiB, in a mount namespace of a child's. */
static void test_full_tmpfs(gconstpointer data)
{
    g_autofree char *dir = NULL;
    g_autofree char *path = NULL;
    int fd;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 60 * G_USEC_PER_SEC,
                               G_TEST_SUBPROCESS_INHERIT_STDERR);
        if (g_test_trap_has_passed()) {
            return;
        }
        g_test_trap_assert_stdout("*cannot mount*");
        g_test_skip("no mount namespaces here");
        return;
    }
    qemu_prealloc_set_populate(data);
    dir = g_dir_make_tmp("plateau-prealloc-XXXXXX", NULL);
    g_assert_nonnull(dir);
    if ((unshare(CLONE_NEWNS) < 0 &&
         unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", dir, "tmpfs", 0, "size=1m") < 0) {
        rmdir(dir);
        printf("cannot mount: %s\n", strerror(errno));
        fflush(stdout);
        _exit(3);
    }
    path = g_build_filename(dir, "ram", NULL);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, 8 * MiB), ==, 0);
    check_fails(fd, 8 * MiB, 1);
    close(fd);
    g_assert_cmpint(umount2(dir, MNT_DETACH), ==, 0);
    rmdir(dir);
}

/* Huge pages of which not enough are free. */
static void test_hugetlb(gconstpointer data)
{
    g_autofree char *text = NULL;
    int fd;

    if (!g_file_get_contents(
            "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", &text,
            NULL, NULL) ||
        atoi(text) >= 500) {
        g_test_skip("the host has many huge pages, or none of 2 MiB");
        return;
    }
    fd = qemu_memfd_create("huge", 1 * GiB, true, 2 * MiB, 0, NULL);
    if (fd < 0) {
        g_test_skip("no huge pages of 2 MiB");
        return;
    }
    qemu_prealloc_set_populate(data);
    check_fails(fd, 1 * GiB, 1);
    close(fd);
}

/* ---- threads of a context ---- */

static unsigned created;

static void count_create(ThreadContext *tc, QemuThread *thread,
                         const char *name, void *(*start)(void *), void *arg,
                         int mode)
{
    g_assert_true(tc == (ThreadContext *)&created);
    created++;
    qemu_thread_create(thread, name, start, arg, mode);
}

static void test_context(void)
{
    ThreadContext *tc = (ThreadContext *)&created;
    size_t size = 1 * MiB, page = qemu_real_host_page_size();
    char *a = qemu_anon_ram_alloc(size, NULL, false, false);
    char *b = qemu_anon_ram_alloc(size, NULL, false, false);

    qemu_prealloc_set_populate(true);
    qemu_prealloc_set_thread_create(count_create);
    g_assert_true(qemu_prealloc_mem(-1, a, size, 1, tc, false, &error_abort));
    g_assert_cmpuint(created, ==, 1);
    g_assert_cmpuint(resident(a, size), ==, size / page);
    g_assert_true(qemu_prealloc_mem(-1, b, size, 4, tc, true, &error_abort));
    g_assert_cmpuint(created, ==, 2);
    g_assert_true(qemu_finish_async_prealloc_mem(&error_abort));
    g_assert_cmpuint(resident(b, size), ==, size / page);
    g_assert_true(qemu_finish_async_prealloc_mem(&error_abort));
    qemu_anon_ram_free(a, size);
    qemu_anon_ram_free(b, size);
    qemu_prealloc_set_thread_create(NULL);
}

/* An error of an asynchronous one comes when it is finished. */
static void test_async_error(void)
{
    int fd = qemu_memfd_create("test", 4 * KiB, false, 0, 0, &error_abort);
    char *area = qemu_ram_mmap(fd, 1 * MiB, 0, QEMU_MAP_SHARED, 0);
    Error *err = NULL;

    qemu_prealloc_set_populate(true);
    qemu_prealloc_set_thread_create(count_create);
    if (qemu_prealloc_mem(fd, area, 1 * MiB, 1, (ThreadContext *)&created, true,
                          &err)) {
        g_assert_false(qemu_finish_async_prealloc_mem(&err));
    }
    g_assert_nonnull(err);
    error_free(err);
    qemu_ram_munmap(fd, area, 1 * MiB);
    close(fd);
    qemu_prealloc_set_thread_create(NULL);
}

static void add(const char *name, GTestDataFunc func)
{
    g_autofree char *populate = g_strdup_printf("/prealloc/populate/%s", name);
    g_autofree char *touch = g_strdup_printf("/prealloc/touch/%s", name);

    g_test_add_data_func(populate, GINT_TO_POINTER(1), func);
    g_test_add_data_func(touch, NULL, func);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("all-pages", test_all_pages);
    add("file", test_file);
    add("short-file", test_short_file);
    add("full-tmpfs", test_full_tmpfs);
    add("hugetlb", test_hugetlb);
    g_test_add_func("/prealloc/context", test_context);
    g_test_add_func("/prealloc/async-error", test_async_error);
    return g_test_run();
}
