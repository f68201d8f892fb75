/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plain files, gzip files, and the headers of Linux's images. */
#include "qemu/osdep.h"
#include <zlib.h>
#include "elf.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "hw/loader.h"
#include "qapi/error.h"

/*** Plain files. ***/

int64_t get_image_size(const char *filename)
{
    int fd = open(filename, O_RDONLY | O_CLOEXEC);
    int64_t size;

    if (fd < 0) {
        return -1;
    }
    size = lseek(fd, 0, SEEK_END);
    close(fd);
    return size;
}

/* Up to @size bytes, as many as there are; -1 with errno set. */
static ssize_t read_all(int fd, void *addr, size_t size)
{
    size_t got = 0;

    while (got < size) {
        ssize_t n = read(fd, (char *)addr + got, MIN(size - got, 1 << 30));

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        got += n;
    }
    return got;
}

ssize_t load_image_size(const char *filename, void *addr, size_t size)
{
    int fd = open(filename, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    int saved;

    if (fd < 0) {
        return -1;
    }
    got = read_all(fd, addr, size);
    saved = errno;
    close(fd);
    errno = saved;
    return got;
}

ssize_t load_image_targphys_as(const char *filename, hwaddr addr,
                               uint64_t max_sz, AddressSpace *as)
{
    int64_t size = get_image_size(filename);

    if (size <= 0 || size > max_sz ||
        rom_add_file_fixed_as(filename, addr, -1, as) < 0) {
        return -1;
    }
    return size;
}

ssize_t load_image_targphys(const char *filename, hwaddr addr, uint64_t max_sz)
{
    return load_image_targphys_as(filename, addr, max_sz, NULL);
}

ssize_t load_image_or_error(const char *what, const char *filename, hwaddr addr,
                            uint64_t max_sz, AddressSpace *as, Error **errp)
{
    int64_t size = get_image_size(filename);

    if (g_file_test(filename, G_FILE_TEST_IS_DIR)) {
        errno = EISDIR;
        size = -1;
    }
    if (size < 0) {
        error_setg_errno(errp, errno, "Cannot load %s '%s'", what, filename);
        return -1;
    }
    if (!size) {
        error_setg(errp, "Cannot load %s '%s': it is empty", what, filename);
        return -1;
    }
    if (size > max_sz) {
        g_autofree char *has = size_to_str(size), *room = size_to_str(max_sz);

        error_setg(errp,
                   "Cannot load %s '%s': it has %s (%" PRIi64 " bytes); "
                   "at 0x%" HWADDR_PRIx " there is room for %s (%" PRIu64
                   " bytes)",
                   what, filename, has, size, addr, room, max_sz);
        return -1;
    }
    if (rom_add_file_fixed_as(filename, addr, -1, as) < 0) {
        error_setg(errp, "Cannot load %s '%s'", what, filename);
        return -1;
    }
    return size;
}

ssize_t load_image_mr(const char *filename, MemoryRegion *mr)
{
    int64_t size = get_image_size(filename);

    if (!memory_region_is_ram(mr) || size < 0 ||
        size > memory_region_size(mr) ||
        rom_add_file_mr(filename, mr, -1) < 0) {
        return -1;
    }
    return size;
}

ssize_t read_targphys(const char *name, int fd, hwaddr dst_addr, size_t nbytes)
{
    g_autofree uint8_t *buf = g_try_malloc(MAX(nbytes, 1));
    ssize_t got = buf ? read_all(fd, buf, nbytes) : -1;

    if (got > 0) {
        rom_add_blob_fixed("read", buf, got, dst_addr);
    }
    return got;
}

void pstrcpy_targphys(const char *name, hwaddr dest, int buf_size,
                      const char *source)
{
    g_autofree char *copy = NULL;
    size_t len;

    if (buf_size <= 0) {
        return;
    }
    len = strnlen(source, buf_size - 1);
    copy = g_strndup(source, len);
    rom_add_blob(name, copy, len + 1, buf_size, dest, NULL, NULL, NULL, NULL,
                 true);
}

/*** gzip. ***/

ssize_t gunzip(void *dst, size_t dstlen, uint8_t *src, size_t srclen)
{
    z_stream z = { 0 };
    size_t in = 0, out = 0;
    int ret;

    /* 16: with a gzip header. zlib's counters have 32 bits. */
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        return -1;
    }
    do {
        z.next_in = src + in;
        z.avail_in = MIN(srclen - in, UINT32_MAX);
        z.next_out = (uint8_t *)dst + out;
        z.avail_out = MIN(dstlen - out, UINT32_MAX);
        ret = inflate(&z, Z_NO_FLUSH);
        in = z.next_in - src;
        out = z.next_out - (uint8_t *)dst;
    } while (ret == Z_OK);
    inflateEnd(&z);
    return ret == Z_STREAM_END ? out : -1;
}

/*
 * Into a buffer that grows, so that a small file cannot claim much memory.
 */
static ssize_t gunzip_alloc(const uint8_t *src, size_t len, uint64_t max_sz,
                            uint8_t **buffer)
{
    uint64_t limit = MIN(max_sz, LOAD_IMAGE_MAX_GUNZIP_BYTES);
    size_t room = MIN(limit, MAX(len, 64 * 1024));
    g_autofree uint8_t *out = g_malloc(MAX(room, 1));
    z_stream z = { .next_in = (uint8_t *)src, .avail_in = len };
    size_t have = 0;
    int ret =
        len > UINT32_MAX ? Z_DATA_ERROR : inflateInit2(&z, 16 + MAX_WBITS);

    if (ret != Z_OK) {
        return -1;
    }
    for (;;) {
        z.next_out = out + have;
        z.avail_out = room - have;
        ret = inflate(&z, Z_NO_FLUSH);
        have = z.next_out - out;
        if (ret != Z_OK || (have < room && !z.avail_in) || room == limit) {
            break;
        }
        room = MIN(limit, room * 2);
        out = g_realloc(out, room);
    }
    inflateEnd(&z);
    if (ret != Z_STREAM_END) {
        return -1;
    }
    *buffer = g_realloc(g_steal_pointer(&out), MAX(have, 1));
    return have;
}

ssize_t load_image_gzipped_buffer(const char *filename, uint64_t max_sz,
                                  uint8_t **buffer)
{
    g_autofree uint8_t *data = NULL;
    ssize_t ret;
    gsize len;

    if (!g_file_get_contents(filename, (char **)&data, &len, NULL) || len < 2 ||
        data[0] != 0x1f || data[1] != 0x8b) {
        return -1;
    }
    ret = gunzip_alloc(data, len, max_sz, buffer);
    if (ret < 0) {
        error_report(
            "%s: cannot be unpacked: it is corrupt, or has more than %" PRIu64
            " bytes",
            filename, MIN(max_sz, LOAD_IMAGE_MAX_GUNZIP_BYTES));
    }
    return ret;
}

/*** Linux. ***/

/* Linux's drivers/firmware/efi/libstub/zboot-header.S; little endian. */
enum {
    ZBOOT_MSDOS_MAGIC = 0x00, /* "MZ" */
    ZBOOT_MAGIC = 0x04,       /* "zimg" */
    ZBOOT_PAYLOAD_OFFSET = 0x08,
    ZBOOT_PAYLOAD_SIZE = 0x0c,
    ZBOOT_COMPRESSION = 0x18, /* a string of up to 32 bytes */
    ZBOOT_HEADER_SIZE = 0x40,
};

ssize_t unpack_efi_zboot_image(uint8_t **buffer, ssize_t *size)
{
    uint8_t *image = *buffer, *out = NULL;
    uint32_t offset, len;
    ssize_t ret;

    if (*size < ZBOOT_HEADER_SIZE || memcmp(image, "MZ", 2) ||
        memcmp(image + ZBOOT_MAGIC, "zimg", 4)) {
        return 0;
    }
    if (strncmp((char *)image + ZBOOT_COMPRESSION, "gzip", 32)) {
        error_report("EFI zboot image: it is packed with \"%.31s\", and only "
                     "\"gzip\" can be unpacked",
                     image + ZBOOT_COMPRESSION);
        return -1;
    }
    offset = ldl_le_p(image + ZBOOT_PAYLOAD_OFFSET);
    len = ldl_le_p(image + ZBOOT_PAYLOAD_SIZE);
    if (offset > *size || len > *size - offset) {
        error_report("EFI zboot image: its payload, %u bytes at 0x%x, is not "
                     "within its %zd bytes",
                     len, offset, *size);
        return -1;
    }
    ret = gunzip_alloc(image + offset, len, LOAD_IMAGE_MAX_GUNZIP_BYTES, &out);
    if (ret < 0) {
        error_report("EFI zboot image: its payload cannot be unpacked");
        return -1;
    }
    g_free(image);
    *buffer = out;
    *size = ret;
    return ret;
}

bool linux_image_parse_header(const void *image, size_t len,
                              LinuxImageHeader *hdr)
{
    const uint8_t *p = image;

    if (len < 64) {
        return false;
    }
    if (!memcmp(p + 0x38, "RSC\x05", 4)) {
        hdr->machine = EM_RISCV;
    } else if (!memcmp(p + 0x38, "ARM\x64", 4)) {
        hdr->machine = EM_AARCH64;
    } else {
        return false;
    }
    hdr->text_offset = ldq_le_p(p + 0x08);
    hdr->image_size = ldq_le_p(p + 0x10);
    hdr->flags = ldq_le_p(p + 0x18);
    return true;
}
