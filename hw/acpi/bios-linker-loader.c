/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script with which firmware puts tables into memory. */
#include "qemu/osdep.h"
#include "hw/acpi/bios-linker-loader.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"

#define NAME_SIZE 56 /* with its NUL, of a file of fw_cfg */

enum {
    COMMAND_ALLOCATE = 1,
    COMMAND_ADD_POINTER,
    COMMAND_ADD_CHECKSUM,
    COMMAND_WRITE_POINTER,
};

enum {
    ZONE_HIGH = 1,
    ZONE_FSEG,
};

/* An entry, in little endian. */
typedef struct QEMU_PACKED Command {
    uint32_t command;
    union {
        struct QEMU_PACKED {
            char file[NAME_SIZE];
            uint32_t align;
            uint8_t zone;
        } alloc;
        struct QEMU_PACKED {
            char dest[NAME_SIZE];
            char src[NAME_SIZE];
            uint32_t offset;
            uint8_t size;
        } pointer;
        struct QEMU_PACKED {
            char file[NAME_SIZE];
            uint32_t offset;
            uint32_t start;
            uint32_t length;
        } checksum;
        struct QEMU_PACKED {
            char dest[NAME_SIZE];
            char src[NAME_SIZE];
            uint32_t dst_offset;
            uint32_t src_offset;
            uint8_t size;
        } write;
        uint8_t all[124];
    };
} Command;

QEMU_BUILD_BUG_ON(sizeof(Command) != 128);

typedef struct File {
    char *name;
    GArray *blob;
    hwaddr addr; /* where _run() has placed it */
} File;

static void clear_file(void *file)
{
    g_free(((File *)file)->name);
}

BIOSLinker *bios_linker_loader_init(void)
{
    BIOSLinker *linker = g_new(BIOSLinker, 1);

    linker->cmd_blob = g_array_new(false, true, 1);
    linker->file_list = g_array_new(false, true, sizeof(File));
    g_array_set_clear_func(linker->file_list, clear_file);
    return linker;
}

void bios_linker_loader_cleanup(BIOSLinker *linker)
{
    if (linker->cmd_blob) {
        g_array_free(linker->cmd_blob, false);
    }
    g_array_free(linker->file_list, true);
    g_free(linker);
}

static File *find_file(const BIOSLinker *linker, const char *name)
{
    for (guint i = 0; i < linker->file_list->len; i++) {
        File *file = &g_array_index(linker->file_list, File, i);

        if (!strcmp(file->name, name)) {
            return file;
        }
    }
    return NULL;
}

/* One that was allocated. */
static File *known_file(const BIOSLinker *linker, const char *name)
{
    File *file = find_file(linker, name);

    assert(file);
    return file;
}

static void add_command(BIOSLinker *linker, const Command *c)
{
    g_array_append_vals(linker->cmd_blob, c, sizeof(*c));
}

bool bios_linker_loader_can_write_pointer(void)
{
    FWCfgState *fw_cfg = fw_cfg_find();

    return fw_cfg && fw_cfg_dma_enabled(fw_cfg);
}

void bios_linker_loader_alloc(BIOSLinker *linker, const char *file_name,
                              GArray *file_blob, uint32_t alloc_align,
                              bool alloc_fseg)
{
    Command c = { cpu_to_le32(COMMAND_ALLOCATE) };
    File file = { g_strdup(file_name), file_blob };

    assert(is_power_of_2(alloc_align));
    assert(!find_file(linker, file_name));
    g_array_append_val(linker->file_list, file);
    pstrcpy(c.alloc.file, NAME_SIZE, file_name);
    c.alloc.align = cpu_to_le32(alloc_align);
    c.alloc.zone = alloc_fseg ? ZONE_FSEG : ZONE_HIGH;
    /* Before what refers to it. */
    g_array_prepend_vals(linker->cmd_blob, &c, sizeof(c));
}

void bios_linker_loader_add_checksum(BIOSLinker *linker, const char *file,
                                     unsigned start_offset, unsigned size,
                                     unsigned checksum_offset)
{
    Command c = { cpu_to_le32(COMMAND_ADD_CHECKSUM) };
    const GArray *blob = known_file(linker, file)->blob;

    assert(start_offset + size <= blob->len);
    assert(checksum_offset >= start_offset &&
           checksum_offset < start_offset + size);
    assert(!blob->data[checksum_offset]);
    pstrcpy(c.checksum.file, NAME_SIZE, file);
    c.checksum.offset = cpu_to_le32(checksum_offset);
    c.checksum.start = cpu_to_le32(start_offset);
    c.checksum.length = cpu_to_le32(size);
    add_command(linker, &c);
}

/* The firmware adds the address of the file to what is in the bytes. */
void bios_linker_loader_add_pointer(BIOSLinker *linker, const char *dest_file,
                                    uint32_t dst_patched_offset,
                                    uint8_t dst_patched_size,
                                    const char *src_file, uint32_t src_offset)
{
    Command c = { cpu_to_le32(COMMAND_ADD_POINTER) };
    const GArray *dest = known_file(linker, dest_file)->blob;

    assert(is_power_of_2(dst_patched_size) && dst_patched_size <= 8);
    assert(dst_patched_offset + dst_patched_size <= dest->len);
    assert(src_offset < known_file(linker, src_file)->blob->len);
    stn_le_p(dest->data + dst_patched_offset, dst_patched_size, src_offset);
    pstrcpy(c.pointer.dest, NAME_SIZE, dest_file);
    pstrcpy(c.pointer.src, NAME_SIZE, src_file);
    c.pointer.offset = cpu_to_le32(dst_patched_offset);
    c.pointer.size = dst_patched_size;
    add_command(linker, &c);
}

void bios_linker_loader_write_pointer(BIOSLinker *linker, const char *dest_file,
                                      uint32_t dst_patched_offset,
                                      uint8_t dst_patched_size,
                                      const char *src_file, uint32_t src_offset)
{
    Command c = { cpu_to_le32(COMMAND_WRITE_POINTER) };

    assert(is_power_of_2(dst_patched_size) && dst_patched_size <= 8);
    assert(src_offset < known_file(linker, src_file)->blob->len);
    pstrcpy(c.write.dest, NAME_SIZE, dest_file);
    pstrcpy(c.write.src, NAME_SIZE, src_file);
    c.write.dst_offset = cpu_to_le32(dst_patched_offset);
    c.write.src_offset = cpu_to_le32(src_offset);
    c.write.size = dst_patched_size;
    add_command(linker, &c);
}

/* ---- without firmware ---------------------------------------------------- */

static bool place(BIOSLinker *linker, const Command *c, hwaddr *addr,
                  hwaddr end, Error **errp)
{
    File *file = known_file(linker, c->alloc.file);

    file->addr = ROUND_UP(*addr, le32_to_cpu(c->alloc.align));
    if (file->addr + file->blob->len > end) {
        error_setg(errp,
                   "'%s' has %u bytes; there are %" PRIu64 " for it below "
                   "0x%" HWADDR_PRIx ": use fewer memory slots or CPUs, or "
                   "acpi=off",
                   file->name, file->blob->len, end - MIN(*addr, end), end);
        return false;
    }
    *addr = file->addr + file->blob->len;
    return true;
}

static void patch(BIOSLinker *linker, const Command *c)
{
    uint8_t *at = (uint8_t *)known_file(linker, c->pointer.dest)->blob->data +
                  le32_to_cpu(c->pointer.offset);

    stn_le_p(at, c->pointer.size,
             ldn_le_p(at, c->pointer.size) +
                 known_file(linker, c->pointer.src)->addr);
}

static void sum(BIOSLinker *linker, const Command *c)
{
    GArray *blob = known_file(linker, c->checksum.file)->blob;
    uint32_t start = le32_to_cpu(c->checksum.start);
    uint8_t total = 0;

    for (uint32_t i = 0; i < le32_to_cpu(c->checksum.length); i++) {
        total += (uint8_t)blob->data[start + i];
    }
    blob->data[le32_to_cpu(c->checksum.offset)] -= total;
}

bool bios_linker_loader_run(BIOSLinker *linker, hwaddr addr, hwaddr end,
                            Error **errp)
{
    const Command *c = (Command *)linker->cmd_blob->data;
    const Command *last = c + linker->cmd_blob->len / sizeof(*c);

    for (; c < last; c++) {
        switch (le32_to_cpu(c->command)) {
        case COMMAND_ALLOCATE:
            if (!place(linker, c, &addr, end, errp)) {
                return false;
            }
            break;
        case COMMAND_ADD_POINTER:
            patch(linker, c);
            break;
        case COMMAND_ADD_CHECKSUM:
            sum(linker, c);
            break;
        }
    }
    return true;
}

hwaddr bios_linker_loader_file(BIOSLinker *linker, const char *file,
                               GArray **blob)
{
    const File *f = known_file(linker, file);

    *blob = f->blob;
    return f->addr;
}
