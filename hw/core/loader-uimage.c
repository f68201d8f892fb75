/* SPDX-License-Identifier: GPL-2.0-or-later */
/* U-Boot's legacy images (U-Boot, include/image.h): a header, then the data. */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "hw/loader.h"

#define UIMAGE_MAGIC       0x27051956
#define UIMAGE_HEADER_SIZE 64

/* Fields of the header, big endian. */
enum {
    UIMAGE_SIZE = 12,
    UIMAGE_LOAD = 16,
    UIMAGE_EP = 20,
    UIMAGE_OS = 28,
    UIMAGE_TYPE = 30,
    UIMAGE_COMP = 31,
};

enum { OS_LINUX = 5 };
enum { TYPE_KERNEL = 2, TYPE_RAMDISK = 3, TYPE_KERNEL_NOLOAD = 14 };
enum { COMP_NONE = 0, COMP_GZIP = 1 };

typedef struct Uimage {
    const char *filename;
    uint8_t *data;
    size_t len; /* of the data behind the header */
    uint32_t load, ep;
    uint8_t os, type, comp;
} Uimage;

/* False without a message if it is something else. */
static bool uimage_read(Uimage *u, const char *filename)
{
    uint8_t h[UIMAGE_HEADER_SIZE];
    int64_t file = get_image_size(filename);
    g_autofree uint8_t *all = NULL;

    if (load_image_size(filename, h, sizeof(h)) != sizeof(h) ||
        ldl_be_p(h) != UIMAGE_MAGIC) {
        return false;
    }
    u->filename = filename;
    u->len = (uint32_t)ldl_be_p(h + UIMAGE_SIZE);
    u->load = ldl_be_p(h + UIMAGE_LOAD);
    u->ep = ldl_be_p(h + UIMAGE_EP);
    u->os = h[UIMAGE_OS];
    u->type = h[UIMAGE_TYPE];
    u->comp = h[UIMAGE_COMP];
    if (file < UIMAGE_HEADER_SIZE || u->len > file - UIMAGE_HEADER_SIZE) {
        error_report("uImage '%s': it says that it has %zu bytes, and the file "
                     "has only %" PRIi64,
                     filename, u->len, file - UIMAGE_HEADER_SIZE);
        return false;
    }
    all = g_try_malloc(u->len + UIMAGE_HEADER_SIZE);
    if (!all || load_image_size(filename, all, u->len + UIMAGE_HEADER_SIZE) !=
                    u->len + UIMAGE_HEADER_SIZE) {
        error_report("uImage '%s': cannot read it", filename);
        return false;
    }
    u->data = g_memdup2(all + UIMAGE_HEADER_SIZE, u->len);
    return true;
}

/* Replaces the data if they are packed. */
static bool uimage_unpack(Uimage *u)
{
    uint8_t *out;
    ssize_t len;

    if (u->comp == COMP_NONE) {
        return true;
    }
    if (u->comp != COMP_GZIP) {
        error_report("uImage '%s': it has compression type %d, and only gzip "
                     "(%d) can be unpacked",
                     u->filename, u->comp, COMP_GZIP);
        return false;
    }
    out = g_malloc(UBOOT_MAX_GUNZIP_BYTES);
    len = gunzip(out, UBOOT_MAX_GUNZIP_BYTES, u->data, u->len);
    if (len < 0) {
        error_report("uImage '%s': cannot be unpacked: it is corrupt, or has "
                     "more than %d MiB",
                     u->filename, UBOOT_MAX_GUNZIP_BYTES >> 20);
        g_free(out);
        return false;
    }
    g_free(u->data);
    u->data = g_realloc(out, MAX(len, 1));
    u->len = len;
    return true;
}

static ssize_t uimage_put(Uimage *u, hwaddr addr, AddressSpace *as)
{
    rom_add_blob_fixed_as(u->filename, u->data, u->len, addr, as);
    return u->len;
}

static ssize_t put_kernel(Uimage *u, hwaddr *ep, hwaddr *loadaddr,
                          int *is_linux,
                          uint64_t (*translate_fn)(void *, uint64_t),
                          void *translate_opaque, AddressSpace *as)
{
    hwaddr addr = u->load, entry = u->ep;

    if (u->type == TYPE_KERNEL_NOLOAD) {
        if (!loadaddr || *loadaddr == LOAD_UIMAGE_LOADADDR_INVALID) {
            error_report("uImage '%s': it has no load address ('noload'), and "
                         "this machine type has none for it",
                         u->filename);
            return -1;
        }
        /* Addresses count from the header, which is not needed there. */
        addr = (uint32_t)(*loadaddr + UIMAGE_HEADER_SIZE);
        entry = (uint32_t)(entry + addr);
    }
    if (!uimage_unpack(u)) {
        return -1;
    }
    if (loadaddr) {
        *loadaddr = addr;
    }
    if (ep) {
        *ep = entry;
    }
    if (is_linux) {
        *is_linux = u->os == OS_LINUX;
    }
    if (translate_fn) {
        addr = translate_fn(translate_opaque, addr);
    }
    return uimage_put(u, addr, as);
}

static bool expect_type(const Uimage *u, bool right, const char *what)
{
    if (!right) {
        error_report("uImage '%s': it is of type %d, and not a %s", u->filename,
                     u->type, what);
    }
    return right;
}

ssize_t load_uimage_as(const char *filename, hwaddr *ep, hwaddr *loadaddr,
                       int *is_linux,
                       uint64_t (*translate_fn)(void *, uint64_t),
                       void *translate_opaque, AddressSpace *as)
{
    Uimage u = { 0 };
    ssize_t ret = -1;

    if (uimage_read(&u, filename) &&
        expect_type(&u, u.type == TYPE_KERNEL || u.type == TYPE_KERNEL_NOLOAD,
                    "kernel (2 or 14)")) {
        ret = put_kernel(&u, ep, loadaddr, is_linux, translate_fn,
                         translate_opaque, as);
    }
    g_free(u.data);
    return ret;
}

ssize_t load_uimage(const char *filename, hwaddr *ep, hwaddr *loadaddr,
                    int *is_linux, uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque)
{
    return load_uimage_as(filename, ep, loadaddr, is_linux, translate_fn,
                          translate_opaque, NULL);
}

/* A ramdisk stays packed: the guest's kernel unpacks it. */
ssize_t load_ramdisk_as(const char *filename, hwaddr addr, uint64_t max_sz,
                        AddressSpace *as)
{
    Uimage u = { 0 };
    ssize_t ret = -1;

    if (uimage_read(&u, filename) &&
        expect_type(&u, u.type == TYPE_RAMDISK, "ramdisk (3)")) {
        ret = uimage_put(&u, addr, as);
    }
    g_free(u.data);
    return ret;
}

ssize_t load_ramdisk(const char *filename, hwaddr addr, uint64_t max_sz)
{
    return load_ramdisk_as(filename, addr, max_sz, NULL);
}
