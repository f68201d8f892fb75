/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device memory, mapped by file descriptor into a region and taken out again.
 */
#include "qemu/osdep.h"
#include "memory/device-memory.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include <sys/mman.h>

#define TYPE_DEVICE_MEMORY_MAPPING "device-memory-mapping"
OBJECT_DECLARE_SIMPLE_TYPE(DeviceMemoryMapping, DEVICE_MEMORY_MAPPING)

/* Owns the region, so that readers of it keep the host mapping. */
struct DeviceMemoryMapping {
    Object parent_obj;

    MemoryRegion mr;
    MemoryRegion *region; /* in which it is */
    hwaddr offset;
    void *host;
    uint64_t len;
    QLIST_ENTRY(DeviceMemoryMapping) next;
};

static QLIST_HEAD(, DeviceMemoryMapping) mappings =
    QLIST_HEAD_INITIALIZER(mappings);

/* A mapping in @region that has a byte of [@offset, @offset + @len). */
static DeviceMemoryMapping *find_mapping(const MemoryRegion *region,
                                         hwaddr offset, uint64_t len)
{
    DeviceMemoryMapping *m;

    QLIST_FOREACH(m, &mappings, next) {
        if (m->region == region && offset <= m->offset + (m->len - 1) &&
            m->offset <= offset + (len - 1)) {
            return m;
        }
    }
    return NULL;
}

static bool check_place(const MemoryRegion *region, hwaddr offset,
                        uint64_t fd_offset, uint64_t len, Error **errp)
{
    const size_t page = qemu_real_host_page_size();
    DeviceMemoryMapping *m;

    if (!len || !QEMU_IS_ALIGNED(offset | fd_offset | len, page)) {
        error_setg(errp,
                   "device memory of 0x%" PRIx64 " bytes from 0x%" PRIx64
                   " on, at 0x%" HWADDR_PRIx ", is not of whole pages of 0x%zx",
                   len, fd_offset, offset, page);
        return false;
    }
    if (int128_gt(int128_add(int128_make64(offset), int128_make64(len)),
                  region->size)) {
        error_setg(errp,
                   "device memory of 0x%" PRIx64 " bytes at 0x%" HWADDR_PRIx
                   " is not within '%s'",
                   len, offset, memory_region_name(region));
        return false;
    }
    m = find_mapping(region, offset, len);
    if (m) {
        error_setg(errp,
                   "device memory 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx
                   " overlaps 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx
                   ", which is mapped in '%s' already",
                   offset, offset + (len - 1), m->offset,
                   m->offset + (m->len - 1), memory_region_name(region));
        return false;
    }
    return true;
}

static bool check_fd(int fd, uint64_t fd_offset, uint64_t len, Error **errp)
{
    struct stat st;

    if (fstat(fd, &st) < 0) {
        error_setg_errno(errp, errno, "cannot look at device memory's fd %d",
                         fd);
        return false;
    }
    if (S_ISDIR(st.st_mode) || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) {
        error_setg(errp,
                   "device memory: fd %d is %s; it must be a device or a file "
                   "that can be mapped",
                   fd,
                   S_ISDIR(st.st_mode)    ? "a directory"
                   : S_ISFIFO(st.st_mode) ? "a pipe"
                                          : "a socket");
        return false;
    }
    /* Devices tell no size; mmap() refuses what is beyond. */
    if (S_ISREG(st.st_mode) &&
        (fd_offset > st.st_size || len > st.st_size - fd_offset)) {
        error_setg(errp,
                   "device memory: the file has 0x%" PRIx64 " bytes, too few "
                   "for 0x%" PRIx64 " from 0x%" PRIx64 " on",
                   (uint64_t)st.st_size, len, fd_offset);
        return false;
    }
    return true;
}

bool memory_device_map(MemoryRegion *region, hwaddr offset, int fd,
                       uint64_t fd_offset, uint64_t len, bool writable,
                       Error **errp)
{
    DeviceMemoryMapping *m;
    void *host;

    if (!check_place(region, offset, fd_offset, len, errp) ||
        !check_fd(fd, fd_offset, len, errp)) {
        return false;
    }
    host = mmap(NULL, len, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED,
                fd, fd_offset);
    if (host == MAP_FAILED) {
        error_setg_errno(errp, errno, "cannot map device memory%s",
                         writable ? " for writing" : "");
        return false;
    }
    m = DEVICE_MEMORY_MAPPING(object_new(TYPE_DEVICE_MEMORY_MAPPING));
    m->region = region;
    m->offset = offset;
    m->host = host;
    m->len = len;
    QLIST_INSERT_HEAD(&mappings, m, next);
    memory_region_init_ram_device_ptr(&m->mr, OBJECT(m), "device-memory", len,
                                      host);
    memory_region_set_readonly(&m->mr, !writable);
    memory_region_add_subregion(region, offset, &m->mr);
    return true;
}

bool memory_device_unmap(MemoryRegion *region, hwaddr offset, uint64_t len,
                         Error **errp)
{
    DeviceMemoryMapping *m = len ? find_mapping(region, offset, len) : NULL;

    if (!m || m->offset != offset || m->len != len) {
        error_setg(errp,
                   "no device memory of 0x%" PRIx64 " bytes is mapped at "
                   "0x%" HWADDR_PRIx " of '%s'",
                   len, offset, memory_region_name(region));
        return false;
    }
    QLIST_REMOVE(m, next);
    memory_region_del_subregion(region, &m->mr);
    object_unref(OBJECT(m)); /* readers may have more */
    return true;
}

static void device_memory_mapping_finalize(Object *obj)
{
    DeviceMemoryMapping *m = DEVICE_MEMORY_MAPPING(obj);

    munmap(m->host, m->len);
}

static const TypeInfo device_memory_types[] = {
    {
        .name = TYPE_DEVICE_MEMORY_MAPPING,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(DeviceMemoryMapping),
        .instance_finalize = device_memory_mapping_finalize,
    },
};

DEFINE_TYPES(device_memory_types)
