/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where RAM comes from: mappings, memfds, files; and what cannot be had. */
#include "qemu/osdep.h"
#include "qemu/memfd.h"
#include "qemu/mmap-alloc.h"
#include "qemu/units.h"
#include "ram-helpers.h"

/* ---- mappings ------------------------------------------------------------ */

static void test_mmap_align(void)
{
    static const size_t aligns[] = { 0, 4 * KiB, 64 * KiB, 2 * MiB, 1 * GiB };
    size_t page = qemu_real_host_page_size();

    for (size_t i = 0; i < ARRAY_SIZE(aligns); i++) {
        for (size_t size = page; size <= 8 * MiB; size *= 8) {
            uint8_t *p = qemu_ram_mmap(-1, size, aligns[i], 0, 0);

            g_assert_true(p != MAP_FAILED);
            g_assert_true(QEMU_PTR_IS_ALIGNED(p, MAX(aligns[i], page)));
            p[0] = p[size - 1] = 1;
            /* The guard is there, and cannot be read. */
            g_assert_true(is_mapped(p + size));
            g_assert_cmpint(madvise(p + size, page, MADV_POPULATE_READ), <, 0);
            qemu_ram_munmap(-1, p, size);
            g_assert_false(is_mapped(p));
            g_assert_false(is_mapped(p + size));
        }
    }
}

static void test_mmap_bad(void)
{
    int fds[2];

    g_assert_true(qemu_ram_mmap(-1, 0, 0, 0, 0) == MAP_FAILED);
    g_assert_cmpint(errno, ==, EINVAL);
    g_assert_true(qemu_ram_mmap(-1, SIZE_MAX, 0, 0, 0) == MAP_FAILED);
    g_assert_cmpint(errno, ==, ENOMEM);
    g_assert_true(qemu_ram_mmap(-1, SIZE_MAX - 64 * KiB, 2 * MiB, 0, 0) ==
                  MAP_FAILED);
    g_assert_cmpint(errno, ==, ENOMEM);
    g_assert_cmpint(pipe(fds), ==, 0);
    g_assert_true(qemu_ram_mmap(fds[0], 4096, 0, 0, 0) == MAP_FAILED);
    g_assert_true(qemu_ram_mmap(1000, 4096, 0, 0, 0) == MAP_FAILED);
    close(fds[0]);
    close(fds[1]);
    g_assert_null(qemu_anon_ram_alloc(SIZE_MAX - 100, NULL, false, false));
}

static void test_mmap_flags(void)
{
    int fd = qemu_memfd_create("test", 64 * KiB, false, 0, 0, &error_abort);
    uint8_t *a = qemu_ram_mmap(fd, 64 * KiB, 0, QEMU_MAP_SHARED, 0);
    uint8_t *b = qemu_ram_mmap(fd, 4 * KiB, 0, QEMU_MAP_READONLY, 8 * KiB);
    uint8_t *c = qemu_ram_mmap(fd, 64 * KiB, 0, QEMU_MAP_NORESERVE, 0);
    uint8_t *d =
        qemu_ram_mmap(fd, 4 * KiB, 0, QEMU_MAP_SHARED | QEMU_MAP_SYNC, 0);

    a[8 * KiB] = 7;
    g_assert_cmpint(b[0], ==, 7);
    g_assert_cmpint(c[8 * KiB], ==, 7);
    c[8 * KiB] = 8;
    g_assert_cmpint(a[8 * KiB], ==, 7);
    g_assert_cmpint(madvise(b, 4096, MADV_POPULATE_WRITE), <, 0);
    d[0] = 9;
    g_assert_cmpint(a[0], ==, 9);
    qemu_ram_munmap(fd, a, 64 * KiB);
    qemu_ram_munmap(fd, b, 4 * KiB);
    qemu_ram_munmap(fd, c, 64 * KiB);
    qemu_ram_munmap(fd, d, 4 * KiB);
    close(fd);
    qemu_ram_munmap(-1, NULL, 4096);
}

static void test_page_size(void)
{
    int fd = qemu_memfd_create("test", 4096, false, 0, 0, &error_abort);
    int huge = qemu_memfd_create("test", 0, true, 2 * MiB, 0, NULL);

    g_assert_cmpuint(qemu_fd_getpagesize(-1), ==, qemu_real_host_page_size());
    g_assert_cmpuint(qemu_fd_getpagesize(fd), ==, qemu_real_host_page_size());
    g_assert_cmpint(qemu_fd_getfs(fd), ==, QEMU_FS_TYPE_TMPFS);
    g_assert_cmpint(qemu_fd_getfs(-1), ==, QEMU_FS_TYPE_UNKNOWN);
    if (huge >= 0) {
        g_assert_cmpuint(qemu_fd_getpagesize(huge), ==, 2 * MiB);
        g_assert_cmpint(qemu_fd_getfs(huge), ==, QEMU_FS_TYPE_HUGETLBFS);
        close(huge);
    }
    close(fd);
}

/* ---- memfd --------------------------------------------------------------- */

static void test_memfd(void)
{
    unsigned seals = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    int fd = qemu_memfd_create("sealed", 8192, false, 0, seals, &error_abort);
    struct stat st;
    Error *err = NULL;
    uint8_t *p;

    g_assert_cmpint(fcntl(fd, F_GET_SEALS), ==, seals);
    g_assert_cmpint(fstat(fd, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 8192);
    g_assert_cmpint(ftruncate(fd, 4096), <, 0);
    g_assert_cmpint(ftruncate(fd, 16384), <, 0);
    close(fd);

    g_assert_cmpint(qemu_memfd_create("x", 4096, true, 3000, 0, &err), ==, -1);
    expect_error(err, "Hugepage size must be a power of 2");
    err = NULL;
    /* No host has pages of this size. */
    g_assert_cmpint(qemu_memfd_create("x", 4096, true, 32 * KiB, 0, &err), ==,
                    -1);
    expect_error(err, "failed to create memfd with flags 0x");
    err = NULL;
    g_assert_cmpint(qemu_memfd_create("x", SIZE_MAX, false, 0, 0, &err), ==,
                    -1);
    expect_error(err, "failed to resize memfd to 18446744073709551615");

    g_assert_true(qemu_memfd_alloc_check());
    g_assert_true(qemu_memfd_check(0));
    g_assert_true(qemu_memfd_check(MFD_ALLOW_SEALING));
    p = qemu_memfd_alloc("mem", 4096, F_SEAL_SHRINK, &fd, &error_abort);
    g_assert_nonnull(p);
    p[4095] = 1;
    g_assert_cmpint(fcntl(fd, F_GET_SEALS), ==, F_SEAL_SHRINK);
    qemu_memfd_free(p, 4096, fd);
    qemu_memfd_free(NULL, 0, -1);
}

/* ---- sizes --------------------------------------------------------------- */

static void test_sizes(void)
{
    MemoryRegion *mr = region_new();
    Error *err = NULL;

    g_assert_false(memory_region_init_ram(mr, owner, "zero", 0, &err));
    expect_error(err, "cannot set up guest memory 'zero': its size is zero");
    err = NULL;
    g_assert_false(memory_region_init_ram(mr, owner, "wrap", UINT64_MAX, &err));
    expect_error(err, "cannot set up guest memory 'wrap'");
    err = NULL;
    g_assert_false(
        memory_region_init_ram(mr, owner, "wrap", UINT64_MAX - 4095, &err));
    expect_error(err, "cannot set up guest memory 'wrap'");
    err = NULL;
    /* Less than half of the space, and still more than a process has. */
    g_assert_false(
        memory_region_init_ram(mr, owner, "huge", UINT64_C(1) << 61, &err));
    expect_error(err, "cannot set up guest memory 'huge': Cannot allocate");
    err = NULL;
    g_assert_false(memory_region_init_resizeable_ram(mr, owner, "res", 8192,
                                                     4096, NULL, &err));
    expect_error(err, "'res': its size 0x2000 is larger than the maximum "
                      "0x1000");
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
    g_free(mr);
}

/* ---- files --------------------------------------------------------------- */

static bool init_file(MemoryRegion *mr, const char *path, uint64_t size,
                      uint64_t align, uint32_t flags, uint64_t offset,
                      Error **errp)
{
    return memory_region_init_ram_from_file(mr, owner, "file", size, align,
                                            flags, path, offset, errp);
}

static void check_file_error(const char *path, uint64_t size, uint64_t align,
                             uint32_t flags, uint64_t offset, const char *text)
{
    MemoryRegion *mr = region_new();
    Error *err = NULL;

    g_assert_false(init_file(mr, path, size, align, flags, offset, &err));
    expect_error(err, text);
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
    g_free(mr);
}

static void test_file_bad(void)
{
    int fd;
    g_autofree char *path = temp_file(64 * KiB, &fd);
    g_autofree char *small = g_strdup_printf(
        "file backing store size 0x10000 is too small for 'size' option "
        "0x20000 plus 'offset' option 0x0");
    g_autofree char *missing = g_strconcat(path, "/x/y", NULL);
    g_autofree char *none = g_strconcat(path, "-none", NULL);

    check_file_error(path, 128 * KiB, 0, RAM_SHARED, 0, small);
    check_file_error(path, 128 * KiB, 0, 0, 0, small);
    check_file_error(path, 64 * KiB, 0, RAM_SHARED, 4096,
                     "plus 'offset' option 0x1000");
    check_file_error(path, 4 * KiB, 0, RAM_SHARED, 100,
                     "offset 0x64 must be multiples of page size 0x1000");
    check_file_error(path, 4 * KiB, 3000, RAM_SHARED, 0,
                     "alignment 0xbb8 must be multiples of page size 0x1000");
    check_file_error(path, 4 * KiB, 12 * KiB, RAM_SHARED, 0,
                     "alignment 0x3000 must be a power of two");
    check_file_error(path, 0, 0, RAM_SHARED, 0, "its size is zero");
    check_file_error(path, UINT64_MAX, 0, RAM_SHARED, 0, "is larger than");
    check_file_error(path, 4 * KiB, 0, RAM_SHARED, INT64_MAX - 4095,
                     "beyond the end of any file");
    check_file_error(path, 4 * KiB, 0, RAM_SHARED, UINT64_MAX - 4095,
                     "beyond the end of any file");
    check_file_error(path, 4 * KiB, 0, RAM_SHARED | RAM_READONLY_FD, 0,
                     "map it privately or as ROM");
    check_file_error(missing, 4 * KiB, 0, RAM_SHARED, 0,
                     "can't open backing store");
    check_file_error(none, 4 * KiB, 0, RAM_READONLY_FD, 0,
                     "for guest RAM: No such file or directory");
    g_assert_false(g_file_test(none, G_FILE_TEST_EXISTS));
    check_file_error(g_get_tmp_dir(), 4 * KiB, 0, RAM_READONLY_FD, 0,
                     "for guest RAM: Is a directory");
    check_file_error("/dev/null", 4 * KiB, 0, RAM_SHARED, 0,
                     "unable to map backing store for guest RAM");
    /* Empty, and it cannot be extended. */
    g_assert_cmpint(ftruncate(fd, 0), ==, 0);
    check_file_error(path, 4 * KiB, 0, RAM_READONLY_FD | RAM_READONLY, 0,
                     "cannot extend the backing store of 'file'");
    close(fd);
    unlink(path);
}

/* Root can read everything: as nobody, then. */
static void test_file_unreadable(void)
{
    g_autofree char *path = temp_file(64 * KiB, NULL);
    MemoryRegion *mr = region_new();
    bool root = geteuid() == 0;
    Error *err = NULL;

    g_assert_cmpint(chmod(path, root ? 0444 : 0400), ==, 0);
    g_assert_cmpint(root ? seteuid(65534) : 0, ==, 0);
    g_assert_false(init_file(mr, path, 4 * KiB, 0, RAM_PRIVATE, 0, &err));
    g_assert_nonnull(
        strstr(error_get_pretty(err), "for guest RAM: Permission denied"));
    error_free(err);
    err = NULL;
    /* What the error advises works. */
    g_assert_true(
        init_file(mr, path, 4 * KiB, 0, RAM_READONLY_FD, 0, &error_abort));
    region_end(mr);

    mr = region_new();
    g_assert_cmpint(root ? seteuid(0) : 0, ==, 0);
    g_assert_cmpint(chmod(path, 0), ==, 0);
    g_assert_cmpint(root ? seteuid(65534) : 0, ==, 0);
    g_assert_false(init_file(mr, path, 4 * KiB, 0, RAM_READONLY_FD, 0, &err));
    expect_error(err, "for guest RAM: Permission denied");
    g_assert_cmpint(root ? seteuid(0) : 0, ==, 0);
    g_free(mr);
    unlink(path);
}

static void test_file_good(void)
{
    int fd;
    g_autofree char *path = temp_file(0, &fd);
    g_autofree char *fresh = g_strconcat(path, "-new", NULL);
    MemoryRegion *mr = region_new();
    uint8_t *host, byte;
    struct stat st;

    /* Empty: extended. Shared: the file gets what is written. */
    g_assert_true(init_file(mr, path, 64 * KiB, 2 * MiB, RAM_SHARED, 8 * KiB,
                            &error_abort));
    g_assert_cmpint(fstat(fd, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 72 * KiB);
    host = memory_region_get_ram_ptr(mr);
    g_assert_true(QEMU_PTR_IS_ALIGNED(host, 2 * MiB));
    g_assert_cmpuint(memory_region_get_alignment(mr), ==, 2 * MiB);
    g_assert_cmpint(memory_region_get_fd(mr), >=, 0);
    host[1] = 42;
    memory_region_msync(mr, 0, 4096);
    g_assert_cmpint(pread(fd, &byte, 1, 8 * KiB + 1), ==, 1);
    g_assert_cmpint(byte, ==, 42);
    region_end(mr);
    g_assert_false(is_mapped(host));

    /* Private: a copy. */
    mr = region_new();
    g_assert_true(init_file(mr, path, 64 * KiB, 0, RAM_READONLY_FD, 8 * KiB,
                            &error_abort));
    g_assert_false(memory_region_is_rom(mr));
    host = memory_region_get_ram_ptr(mr);
    g_assert_cmpint(host[1], ==, 42);
    host[1] = 43;
    g_assert_cmpint(pread(fd, &byte, 1, 8 * KiB + 1), ==, 1);
    g_assert_cmpint(byte, ==, 42);
    region_end(mr);

    /* ROM. */
    mr = region_new();
    g_assert_true(init_file(mr, path, 64 * KiB, 0,
                            RAM_READONLY | RAM_READONLY_FD | RAM_SHARED, 0,
                            &error_abort));
    g_assert_true(memory_region_is_rom(mr));
    host = memory_region_get_ram_ptr(mr);
    g_assert_cmpint(madvise(host, 4096, MADV_POPULATE_WRITE), <, 0);
    region_end(mr);

    /* What is not there is made, but goes again if it fails. */
    check_file_error(fresh, 4 * KiB, 12 * KiB, RAM_SHARED, 0, "alignment");
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));
    mr = region_new();
    g_assert_true(
        init_file(mr, fresh, 4 * KiB, 0, RAM_SHARED, 0, &error_abort));
    region_end(mr);
    g_assert_cmpint(stat(fresh, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 4 * KiB);
    unlink(fresh);

    close(fd);
    unlink(path);
}

/* A directory: a file of no name in it. */
static void test_file_directory(void)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-ram-XXXXXX", NULL);
    MemoryRegion *mr = region_new();
    uint8_t *host;

    g_assert_true(init_file(mr, dir, 64 * KiB, 0, RAM_SHARED, 0, &error_abort));
    host = memory_region_get_ram_ptr(mr);
    host[0] = 1;
    g_assert_cmpint(rmdir(dir), ==, 0);
    region_end(mr);
}

/* ---- descriptors --------------------------------------------------------- */

static void check_fd_error(int fd, uint64_t size, uint32_t flags,
                           const char *text)
{
    MemoryRegion *mr = region_new();
    Error *err = NULL;

    g_assert_false(memory_region_init_ram_from_fd(mr, owner, "fd", size, flags,
                                                  fd, 0, &err));
    expect_error(err, text);
    g_free(mr);
}

static void test_fd(void)
{
    int fds[2], fd, ro;
    MemoryRegion *mr = region_new();
    g_autofree char *path = temp_file(16 * KiB, &fd);

    g_assert_cmpint(pipe(fds), ==, 0);
    check_fd_error(fds[0], 4096, RAM_SHARED, "it is not a file");
    check_fd_error(1000, 4096, RAM_SHARED, "it is not a file");
    check_fd_error(-1, 4096, RAM_SHARED, "it is not a file");
    close(fds[0]);
    close(fds[1]);
    check_fd_error(fd, 32 * KiB, RAM_SHARED, "is too small");
    ro = open(path, O_RDONLY | O_CLOEXEC);
    check_fd_error(ro, 16 * KiB, RAM_SHARED,
                   "unable to map backing store for guest RAM: Permission");
    check_fd_error(fd, 16 * KiB, RAM_SHARED | RAM_PRIVATE,
                   "both shared and private");
    /* After failures the descriptors are still ours. */
    g_assert_cmpint(close(ro), ==, 0);
    g_assert_true(memory_region_init_ram_from_fd(
        mr, owner, "fd", 16 * KiB, RAM_SHARED, fd, 0, &error_abort));
    g_assert_cmpint(memory_region_get_fd(mr), ==, fd);
    region_end(mr);
    /* It was taken over. */
    g_assert_cmpint(fcntl(fd, F_GETFD), <, 0);
    unlink(path);
}

static void test_memfd_seals_block(void)
{
    int fd =
        qemu_memfd_create("sealed", 0, false, 0, F_SEAL_GROW, &error_abort);

    check_fd_error(fd, 4096, RAM_SHARED,
                   "cannot extend the backing store of 'fd' to 0x1000 bytes");
    close(fd);
}

/* ---- huge pages ---------------------------------------------------------- */

#define HUGE_2M "/sys/kernel/mm/hugepages/hugepages-2048kB/"

static int read_number(const char *path)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? atoi(text) : -1;
}

static void test_hugetlb_none(void)
{
    int fd = qemu_memfd_create("huge", 1 * GiB, true, 2 * MiB, 0, NULL);

    if (fd < 0 || read_number(HUGE_2M "free_hugepages") >= 500) {
        g_test_skip("the host has many huge pages, or none of 2 MiB");
    } else {
        check_fd_error(fd, 1 * GiB, RAM_SHARED,
                       "unable to map backing store for guest RAM: Cannot "
                       "allocate memory");
        check_fd_error(fd, 1 * MiB, RAM_SHARED,
                       "memory size 0x100000 must be equal to or larger than "
                       "page size 0x200000");
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void test_hugetlb(void)
{
    g_autofree char *want = NULL;
    int before = read_number(HUGE_2M "nr_hugepages"), fd;
    MemoryRegion *mr;
    uint8_t *host;

    want = g_strdup_printf("%d", before + 4);
    if (before < 0 ||
        !g_file_set_contents_full(HUGE_2M "nr_hugepages", want, -1,
                                  G_FILE_SET_CONTENTS_NONE, 0644, NULL) ||
        read_number(HUGE_2M "free_hugepages") < 4) {
        g_test_skip("no huge pages can be had here");
        return;
    }
    fd = qemu_memfd_create("huge", 8 * MiB, true, 2 * MiB, 0, &error_abort);
    mr = region_new();
    g_assert_true(memory_region_init_ram_from_fd(
        mr, owner, "huge", 8 * MiB, RAM_SHARED, fd, 0, &error_abort));
    host = memory_region_get_ram_ptr(mr);
    g_assert_true(QEMU_PTR_IS_ALIGNED(host, 2 * MiB));
    g_assert_cmpuint(qemu_ram_pagesize(mr->ram_block), ==, 2 * MiB);
    g_assert_cmpuint(qemu_ram_pagesize_largest(), ==, 2 * MiB);
    host[2 * MiB] = 5;
    g_assert_cmpint(ram_block_discard_range(mr->ram_block, 2 * MiB, 2 * MiB),
                    ==, 0);
    g_assert_cmpint(host[2 * MiB], ==, 0);
    g_assert_cmpint(ram_block_discard_range(mr->ram_block, 2 * MiB, 4 * KiB),
                    ==, -EINVAL);
    region_end(mr);
    g_free(want);
    want = g_strdup_printf("%d", before);
    g_file_set_contents_full(HUGE_2M "nr_hugepages", want, -1,
                             G_FILE_SET_CONTENTS_NONE, 0644, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    g_test_add_func("/ram-alloc/mmap/align", test_mmap_align);
    g_test_add_func("/ram-alloc/mmap/bad", test_mmap_bad);
    g_test_add_func("/ram-alloc/mmap/flags", test_mmap_flags);
    g_test_add_func("/ram-alloc/page-size", test_page_size);
    g_test_add_func("/ram-alloc/memfd", test_memfd);
    g_test_add_func("/ram-alloc/sizes", test_sizes);
    g_test_add_func("/ram-alloc/file/bad", test_file_bad);
    g_test_add_func("/ram-alloc/file/unreadable", test_file_unreadable);
    g_test_add_func("/ram-alloc/file/good", test_file_good);
    g_test_add_func("/ram-alloc/file/directory", test_file_directory);
    g_test_add_func("/ram-alloc/fd", test_fd);
    g_test_add_func("/ram-alloc/memfd-seals", test_memfd_seals_block);
    g_test_add_func("/ram-alloc/hugetlb/none", test_hugetlb_none);
    g_test_add_func("/ram-alloc/hugetlb/some", test_hugetlb);
    return g_test_run();
}
