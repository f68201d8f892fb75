/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM on files: opening, sizes, alignments, mapping. */
#include "qemu/osdep.h"
#include <sys/sysmacros.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/mmap-alloc.h"
#include "ramblock-internal.h"

/* A file of sysfs about the character device @st as a number; -1 if none. */
static int64_t chardev_attribute(const struct stat *st, const char *name)
{
    g_autofree char *path = g_strdup_printf(
        "/sys/dev/char/%u:%u/%s", major(st->st_rdev), minor(st->st_rdev), name);
    g_autofree char *text = NULL;
    uint64_t value;

    if (!S_ISCHR(st->st_mode) ||
        !g_file_get_contents(path, &text, NULL, NULL) ||
        qemu_strtou64(g_strchomp(text), NULL, 0, &value) < 0 ||
        value > INT64_MAX) {
        return -1;
    }
    return value;
}

int64_t ram_file_size(int fd)
{
    struct stat st;
    int64_t size;

    if (fstat(fd, &st) < 0) {
        return -errno;
    }
    size = chardev_attribute(&st, "size");
    if (size >= 0) {
        return size;
    }
    /* Special files may be longer than st_size says. */
    size = lseek(fd, 0, SEEK_END);
    return size < 0 ? -errno : size;
}

uint64_t ram_file_align(int fd)
{
    struct stat st;

    if (fstat(fd, &st) < 0) {
        return 0;
    }
    return MAX(chardev_attribute(&st, "device/align"), 0);
}

uint32_t ramblock_map_flags(const RAMBlock *block)
{
    uint32_t flags = 0;

    flags |= block->flags & RAM_READONLY ? QEMU_MAP_READONLY : 0;
    flags |= block->flags & RAM_SHARED ? QEMU_MAP_SHARED : 0;
    flags |= block->flags & RAM_PMEM ? QEMU_MAP_SYNC : 0;
    flags |= block->flags & RAM_NORESERVE ? QEMU_MAP_NORESERVE : 0;
    return flags;
}

/* What stands against mapping at a page of this size; or true. */
static bool check_pages(const RAMBlock *block, uint64_t offset, Error **errp)
{
    uint64_t align = block->mr->align;

    if (align % block->page_size) {
        error_setg(errp,
                   "alignment 0x%" PRIx64 " must be multiples of page size "
                   "0x%zx",
                   align, block->page_size);
    } else if (align && !is_power_of_2(align)) {
        error_setg(errp, "alignment 0x%" PRIx64 " must be a power of two",
                   align);
    } else if (offset % block->page_size) {
        error_setg(errp,
                   "offset 0x%" PRIx64 " must be multiples of page size 0x%zx",
                   offset, block->page_size);
    } else if (block->max_length < block->page_size) {
        error_setg(errp,
                   "memory size 0x" RAM_ADDR_FMT " must be equal to or larger "
                   "than page size 0x%zx",
                   block->max_length, block->page_size);
    } else {
        return true;
    }
    return false;
}

/* How many huge pages of @size are free, or -1 if the host does not say. */
static int64_t free_hugepages(size_t size)
{
    g_autofree char *path = g_strdup_printf(
        "/sys/kernel/mm/hugepages/hugepages-%zukB/free_hugepages", size / 1024);
    g_autofree char *text = NULL;
    int64_t n;

    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        qemu_strtoi64(g_strchomp(text), NULL, 10, &n) < 0) {
        return -1;
    }
    return n;
}

/* Makes @fd @size bytes large, if it is a file of which that can be done. */
static bool extend_file(const RAMBlock *block, int fd, uint64_t size,
                        Error **errp)
{
    struct stat st;

    if (ftruncate(fd, size) == 0) {
        return true;
    }
    /* Devices do not know it, and say EINVAL; so did hugetlbfs of old. */
    if (errno == EINVAL && fstat(fd, &st) == 0 &&
        (!S_ISREG(st.st_mode) ||
         block->page_size != qemu_real_host_page_size())) {
        return true;
    }
    error_setg_errno(errp, errno,
                     "cannot extend the backing store of '%s' to 0x%" PRIx64
                     " bytes",
                     memory_region_name(block->mr), size);
    return false;
}

bool ram_file_map(RAMBlock *block, int fd, off_t offset, bool truncate,
                  Error **errp)
{
    ERRP_GUARD();
    size_t memory, align;
    void *area;

    block->page_size = qemu_fd_getpagesize(fd);
    if (!check_pages(block, offset, errp)) {
        return false;
    }
    block->mr->align = MAX(block->page_size, block->mr->align);
    memory = ROUND_UP(block->max_length, block->page_size);

    if (truncate && !extend_file(block, fd, offset + memory, errp)) {
        return false;
    }
    /* Large ones so that the host can use huge pages. */
    align = MAX(block->mr->align,
                memory >= QEMU_VMALLOC_ALIGN ? QEMU_VMALLOC_ALIGN : 0u);
    area = qemu_ram_mmap(fd, memory, align, ramblock_map_flags(block), offset);
    if (area == MAP_FAILED) {
        int64_t free_pages;

        error_setg_errno(errp, errno,
                         "unable to map backing store for guest RAM");
        free_pages = free_hugepages(block->page_size);
        if (block->page_size != qemu_real_host_page_size() && free_pages >= 0) {
            error_append_hint(errp,
                              "%" PRId64 " huge pages of %zu KiB are free, "
                              "%zu are needed.\n",
                              free_pages, block->page_size / 1024,
                              memory / block->page_size);
        }
        return false;
    }
    block->host = area;
    block->fd = fd;
    block->fd_offset = offset;
    return true;
}

/* ---- opening ------------------------------------------------------------- */

/* A file of no name in the directory @dir; -1 with errno. */
static int open_unlinked(const char *dir, const char *region_name)
{
    g_autofree char *name = g_strdup(region_name);
    g_autofree char *path = NULL;
    int fd;

    g_strdelimit(name, "/", '_');
    path = g_strdup_printf("%s/qemu_back_mem.%s.XXXXXX", dir, name);
    fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) {
        unlink(path);
    }
    return fd;
}

static bool fd_is_directory(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Opens or makes the file @path; -errno. *@created: it is new. */
static int ram_file_open(const char *path, const char *region_name,
                         bool readonly, bool *created)
{
    *created = false;
    for (;;) {
        int fd = open(path, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);

        if (fd >= 0) {
            if (!fd_is_directory(fd)) {
                return fd;
            }
            /* Only for reading can a directory be opened. */
            close(fd);
            return -EISDIR;
        }
        if (errno == ENOENT && !readonly) {
            fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
            if (fd >= 0) {
                *created = true;
                return fd;
            }
        } else if (errno == EISDIR) {
            fd = open_unlinked(path, region_name);
            if (fd >= 0) {
                return fd;
            }
        }
        /* EEXIST: somebody made it between the two. */
        if (errno != EEXIST && errno != EINTR) {
            return -errno;
        }
    }
}

/* @fd is -errno. What can be read only can still become RAM: says how. */
static void set_open_error(const char *path, uint32_t ram_flags, int fd,
                           Error **errp)
{
    ERRP_GUARD();
    bool private = !(ram_flags & (RAM_READONLY_FD | RAM_SHARED));

    error_setg_errno(errp, -fd, "can't open backing store %s for guest RAM",
                     path);
    if (private && fd == -EACCES &&
        faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0) {
        error_append_hint(errp,
                          "Consider opening the backing store read-only "
                          "but still creating writable RAM using '-object "
                          "memory-backend-file,readonly=on,rom=off...' "
                          "(see \"VM templating\" documentation)\n");
    }
}

RAMBlock *qemu_ram_alloc_from_file(ram_addr_t size, MemoryRegion *mr,
                                   uint32_t ram_flags, const char *mem_path,
                                   off_t offset, Error **errp)
{
    bool created;
    int fd = ram_file_open(mem_path, memory_region_name(mr) ?: "",
                           ram_flags & RAM_READONLY_FD, &created);
    RAMBlock *block;

    if (fd < 0) {
        set_open_error(mem_path, ram_flags, fd, errp);
        return NULL;
    }
    block = qemu_ram_alloc_from_fd(size, size, NULL, mr, ram_flags, fd, offset,
                                   false, errp);
    if (block) {
        return block;
    }
    close(fd);
    if (created) {
        unlink(mem_path);
    }
    return NULL;
}
