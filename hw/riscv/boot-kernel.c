/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -kernel and -initrd of RISC-V boards.
 *
 * What a file is, is told by its first bytes. A kernel is entered at its first
 * byte: OpenSBI passes that on, and an ELF entry point may be elsewhere only by
 * accident of linking.
 */
#include "qemu/osdep.h"
#include <libfdt.h>
#include "boot-internal.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "elf.h"
#include "system/device_tree.h"

typedef enum KernelFormat {
    KERNEL_ELF,
    KERNEL_UIMAGE,
    KERNEL_GZIP,
    KERNEL_ZBOOT,
    KERNEL_FLAT,
} KernelFormat;

/* The first bytes of a file; more than any header needs. */
typedef struct FileHead {
    uint8_t bytes[64];
    size_t len;
} FileHead;

static bool read_head(const char *what, const char *file, FileHead *head,
                      Error **errp)
{
    g_autofree char *name = g_strdup(file);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;

    if (fd >= 0) {
        n = read(fd, head->bytes, sizeof(head->bytes));
    }
    if (n < 0) {
        error_setg_errno(errp, errno, "could not load %s '%s'", what, name);
    }
    if (fd >= 0) {
        close(fd);
    }
    head->len = MAX(n, 0);
    return n >= 0;
}

static bool begins_with(const FileHead *head, size_t at, const char *magic,
                        size_t len)
{
    return at + len <= head->len && !memcmp(head->bytes + at, magic, len);
}

static KernelFormat kernel_format(const FileHead *head)
{
    if (begins_with(head, 0, ELFMAG, SELFMAG)) {
        return KERNEL_ELF;
    }
    if (begins_with(head, 0, "\x27\x05\x19\x56", 4)) {
        return KERNEL_UIMAGE;
    }
    if (begins_with(head, 0, "\x1f\x8b", 2)) {
        return KERNEL_GZIP;
    }
    if (begins_with(head, 0, "MZ", 2) && begins_with(head, 4, "zimg", 4)) {
        return KERNEL_ZBOOT;
    }
    return KERNEL_FLAT;
}

/* ---- formats ------------------------------------------------------------- */

/*
 * An Image says how much memory it uses, with what is zeroed, and for which
 * architecture it is. Anything else: just @size bytes.
 */
static bool check_image(const char *file, const uint8_t *image, size_t len,
                        uint64_t size, hwaddr addr, RISCVBootInfo *info,
                        Error **errp)
{
    LinuxImageHeader hdr;
    uint64_t in_memory = size;

    if (linux_image_parse_header(image, len, &hdr)) {
        if (hdr.machine != EM_RISCV) {
            error_setg(errp,
                       "Cannot load kernel '%s': it is for another "
                       "architecture than RISC-V",
                       file);
            return false;
        }
        in_memory = MAX(size, hdr.image_size);
    }
    if (in_memory > riscv_ram_end(addr) - addr) {
        g_autofree char *has = size_to_str(in_memory);
        g_autofree char *room = size_to_str(riscv_ram_end(addr) - addr);

        error_setg(errp,
                   "Cannot load kernel '%s': it needs %s of RAM, and "
                   "from 0x%" HWADDR_PRIx " on there is %s; give the machine "
                   "more by -m",
                   file, has, addr, room);
        return false;
    }
    info->image_low_addr = addr;
    info->image_high_addr = addr + in_memory;
    info->kernel_size = size;
    return true;
}

static bool load_flat(const char *file, const FileHead *head, hwaddr addr,
                      RISCVBootInfo *info, Error **errp)
{
    int64_t size = get_image_size(file);

    if (!check_image(file, head->bytes, head->len, MAX(size, 0), addr, info,
                     errp)) {
        return false;
    }
    return load_image_or_error("kernel", file, addr, riscv_ram_end(addr) - addr,
                               NULL, errp) >= 0;
}

static bool load_packed(const char *file, KernelFormat format, hwaddr addr,
                        RISCVBootInfo *info, Error **errp)
{
    g_autofree uint8_t *data = NULL;
    g_autoptr(GError) err = NULL;
    ssize_t size = -1;
    gsize packed;

    if (format == KERNEL_GZIP) {
        size =
            load_image_gzipped_buffer(file, LOAD_IMAGE_MAX_GUNZIP_BYTES, &data);
    } else if (g_file_get_contents(file, (char **)&data, &packed, &err)) {
        size = packed;
        size = unpack_efi_zboot_image(&data, &size);
    }
    if (size <= 0) {
        error_setg(errp, "Cannot load kernel '%s': it cannot be unpacked%s%s",
                   file, err ? ": " : "", err ? err->message : "");
        return false;
    }
    if (!check_image(file, data, size, size, addr, info, errp)) {
        return false;
    }
    rom_add_blob_fixed(file, data, size, addr);
    return true;
}

static bool load_uimage_kernel(const char *file, hwaddr addr,
                               RISCVBootInfo *info, Error **errp)
{
    hwaddr entry, load = addr;
    ssize_t size = load_uimage_as(file, &entry, &load, NULL, NULL, NULL, NULL);

    if (size < 0) {
        error_setg(errp, "Cannot load kernel '%s': it is no usable uImage",
                   file);
        return false;
    }
    info->image_low_addr = entry;
    info->image_high_addr = load + size;
    info->kernel_size = size;
    return riscv_check_room("kernel", file, load, load + size, errp);
}

static bool load_elf_kernel(const char *file, RISCVBootInfo *info,
                            symbol_fn_t sym_cb, Error **errp)
{
    uint64_t low, high;
    ssize_t size = riscv_load_elf("kernel", file, info->is_32bit, NULL, &low,
                                  &high, sym_cb, errp);

    if (size < 0) {
        return false;
    }
    info->image_low_addr = low;
    /*
     * If it is not all in one piece of RAM, where it ends there is not known;
     * what then overlaps it, is found when the ROMs are checked.
     */
    info->image_high_addr = high <= riscv_ram_end(low) ? high : low;
    info->kernel_size = size;
    return true;
}

static bool load_kernel(const char *file, hwaddr addr, RISCVBootInfo *info,
                        symbol_fn_t sym_cb, Error **errp)
{
    KernelFormat format;
    FileHead head;

    if (!read_head("kernel", file, &head, errp)) {
        return false;
    }
    format = kernel_format(&head);
    switch (format) {
    case KERNEL_ELF:
        return load_elf_kernel(file, info, sym_cb, errp);
    case KERNEL_UIMAGE:
        return load_uimage_kernel(file, addr, info, errp);
    case KERNEL_GZIP:
    case KERNEL_ZBOOT:
        return load_packed(file, format, addr, info, errp);
    default:
        return load_flat(file, &head, addr, info, errp);
    }
}

/* ---- initrd -------------------------------------------------------------- */

/*
 * Behind the middle of RAM, but not further than 512 MiB behind the kernel, so
 * that the kernel has room to unpack itself and still reaches it.
 */
static bool load_initrd(MachineState *ms, RISCVBootInfo *info, Error **errp)
{
    const char *file = ms->initrd_filename;
    hwaddr start = info->image_low_addr + MIN(ms->ram_size / 2, 512 * MiB);
    hwaddr end = riscv_ram_end(start);
    ssize_t size;

    if (start < info->image_high_addr) {
        error_setg(errp,
                   "Cannot load initrd '%s': its place at 0x%" HWADDR_PRIx
                   " is in the kernel, which reaches up to 0x%" HWADDR_PRIx
                   "; give the machine more RAM by -m",
                   file, start, info->image_high_addr - 1);
        return false;
    }
    size = load_ramdisk(file, start, end - start);
    if (size < 0) {
        size =
            load_image_or_error("initrd", file, start, end - start, NULL, errp);
    } else if (!riscv_check_room("initrd", file, start, start + size, errp)) {
        return false;
    }
    if (size < 0) {
        return false;
    }
    info->initrd_start = start;
    info->initrd_size = size;
    return true;
}

/* ---- all of it ----------------------------------------------------------- */

void riscv_boot_info_init(RISCVBootInfo *info, RISCVHartArrayState *harts)
{
    *info = (RISCVBootInfo){ .is_32bit = riscv_is_32bit(harts) };
}

/* Linux wants to begin where a large page does. */
target_ulong riscv_calc_kernel_start_addr(RISCVBootInfo *info,
                                          target_ulong firmware_end_addr)
{
    return QEMU_ALIGN_UP(firmware_end_addr, info->is_32bit ? 4 * MiB : 2 * MiB);
}

static void tell_kernel(MachineState *ms, const RISCVBootInfo *info)
{
    if (!ms->fdt) {
        return;
    }
    qemu_fdt_add_path(ms->fdt, "/chosen"); /* the user's may have none */
    if (info->initrd_size) {
        qemu_fdt_setprop_u64(ms->fdt, "/chosen", "linux,initrd-start",
                             info->initrd_start);
        qemu_fdt_setprop_u64(ms->fdt, "/chosen", "linux,initrd-end",
                             info->initrd_start + info->initrd_size);
    }
    if (ms->kernel_cmdline && *ms->kernel_cmdline) {
        qemu_fdt_setprop_string(ms->fdt, "/chosen", "bootargs",
                                ms->kernel_cmdline);
    }
}

void riscv_load_kernel(MachineState *machine, RISCVBootInfo *info,
                       target_ulong kernel_start_addr, bool load_initrd_too,
                       symbol_fn_t sym_cb)
{
    Error *err = NULL;

    if (!load_kernel(machine->kernel_filename, kernel_start_addr, info, sym_cb,
                     &err) ||
        (load_initrd_too && machine->initrd_filename &&
         !load_initrd(machine, info, &err))) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
    tell_kernel(machine, info);
}
