/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a file of every format that loaders know: it is loaded or
 * refused. What is in the list of ROMs then lies within an address space.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "elf.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "fuzz-input.h"

static uint64_t on_note(void *note, void *align, bool is64)
{
    return *(uint32_t *)note + *(uint64_t *)align;
}

static void on_symbol(const char *name, int info, uint64_t value, uint64_t size)
{
    if (strlen(name) > 1 << 30) {
        abort();
    }
}

static void load_everything(const char *path)
{
    uint64_t type = 18, entry, low, high;
    hwaddr ep, addr = 0x1000;
    uint8_t *buffer = NULL;
    uint32_t flags;
    int is_linux;

    if (load_elf_ram_sym(path, on_note, NULL, &type, &entry, &low, &high,
                         &flags, ELFDATANONE, EM_NONE, 0, 1, NULL, true,
                         on_symbol) > INT_MAX) {
        abort();
    }
    load_elf_hdr(path, NULL, NULL, NULL);
    load_uimage(path, &ep, &addr, &is_linux, NULL, NULL);
    load_ramdisk(path, 0, 0);
    load_targphys_hex_as(path, &ep, NULL);
    if (load_image_gzipped_buffer(path, 1 << 20, &buffer) >= 0) {
        g_free(buffer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *image = g_malloc0(MAX(size, 1));
    g_autofree char *path = NULL;
    ssize_t image_size = size;
    LinuxImageHeader hdr;
    int fd = memfd_create("fuzz-loader", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != size) {
        abort();
    }
    path = g_strdup_printf("/proc/self/fd/%d", fd);
    if (size) {
        memcpy(image, data, size);
    }
    load_everything(path);
    close(fd);
    rom_list_clear();

    unpack_efi_zboot_image(&image, &image_size);
    linux_image_parse_header(image, image_size, &hdr);
    return 0;
}
