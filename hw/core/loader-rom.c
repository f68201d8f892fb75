/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of ROMs: bytes that are written to guest memory at every reset.
 *
 * The list is ordered by address space and address, so that neighbours in it
 * are those that may overlap.
 */
#include "qemu/osdep.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "system/reset.h"
#include "system/system.h"

typedef struct Rom {
    char *name;
    AddressSpace *as;
    hwaddr addr;
    MemoryRegion *mr; /* NULL: at @addr of @as */
    uint64_t romsize; /* what is behind @datasize is zeroed */
    uint64_t datasize;
    uint8_t *data;       /* NULL once a read-only place has it */
    GMappedFile *mapped; /* where @data lie, or NULL: g_free() */
    int fd;              /* of @mapped, if that must be checked; else -1 */
    bool lent;           /* somebody may have changed @data */
    char *fw_file;       /* DIR/NAME: in the firmware's files */
    bool isrom;          /* the guest cannot change it */
    bool committed;
} Rom;

static GPtrArray *roms; /* of Rom * */
static void rom_reset(void *unused);
static bool in_transaction;
static bool roms_loaded;
static bool incoming; /* memory comes from a migration stream */
static FWCfgState *fw_cfg;
static const RomFirmwareOps *fw_ops;

/*** The list. ***/

static guint rom_count(void)
{
    return roms ? roms->len : 0;
}

static Rom *rom_at(guint i)
{
    return g_ptr_array_index(roms, i);
}

static void drop_data(Rom *rom)
{
    if (rom->mapped) {
        g_mapped_file_unref(rom->mapped);
        rom->mapped = NULL;
        if (rom->fd >= 0) {
            close(rom->fd);
            rom->fd = -1;
        }
    } else {
        g_free(rom->data);
    }
    rom->data = NULL;
}

static void rom_free(gpointer opaque)
{
    Rom *rom = opaque;

    drop_data(rom);
    g_free(rom->name);
    g_free(rom->fw_file);
    g_free(rom);
}

static int rom_compare(const Rom *a, const Rom *b)
{
    if (a->as != b->as) {
        return a->as < b->as ? -1 : 1;
    }
    return a->addr < b->addr ? -1 : a->addr > b->addr;
}

/* Behind those that have the same place. Frees @rom if it cannot be added. */
static bool rom_insert(Rom *rom)
{
    guint i;

    if (roms_loaded) {
        error_report("Cannot load '%s': the machine runs already", rom->name);
        rom_free(rom);
        return false;
    }
    if (!rom->as) {
        rom->as = &address_space_memory;
    }
    if (!rom->mr && !rom->fw_file && rom->romsize &&
        rom->romsize - 1 > HWADDR_MAX - rom->addr) {
        error_report("Cannot load '%s': 0x%" PRIx64 " bytes at 0x%" HWADDR_PRIx
                     " go beyond the end of the address space",
                     rom->name, rom->romsize, rom->addr);
        rom_free(rom);
        return false;
    }
    if (!roms) {
        roms = g_ptr_array_new_with_free_func(rom_free);
    }
    rom->committed = !in_transaction;
    for (i = roms->len; i > 0 && rom_compare(rom_at(i - 1), rom) > 0; i--) {
        continue;
    }
    g_ptr_array_insert(roms, i, rom);
    return true;
}

static Rom *rom_new(const char *name, hwaddr addr, AddressSpace *as)
{
    Rom *rom = g_new0(Rom, 1);

    rom->name = g_strdup(name);
    rom->addr = addr;
    rom->as = as;
    rom->fd = -1;
    return rom;
}

void rom_transaction_begin(void)
{
    in_transaction = true;
}

void rom_transaction_end(bool commit)
{
    in_transaction = false;
    for (guint i = rom_count(); i > 0; i--) {
        Rom *rom = rom_at(i - 1);

        if (rom->committed) {
            continue;
        }
        if (commit) {
            rom->committed = true;
        } else {
            g_ptr_array_remove_index(roms, i - 1);
        }
    }
}

void rom_set_incoming(bool is_incoming)
{
    incoming = is_incoming;
}

void rom_list_clear(void)
{
    if (roms_loaded) {
        qemu_unregister_reset(rom_reset, NULL);
        roms_loaded = false;
    }
    g_clear_pointer(&roms, g_ptr_array_unref);
    in_transaction = false;
    fw_cfg = NULL;
}

/*** Files of the firmware configuration device. ***/

void rom_register_firmware_ops(const RomFirmwareOps *ops)
{
    fw_ops = ops;
}

void rom_set_fw(FWCfgState *f)
{
    fw_cfg = f;
}

void rom_set_order_override(int order)
{
    if (fw_cfg) {
        fw_ops->set_order(fw_cfg, order);
    }
}

void rom_reset_order_override(void)
{
    rom_set_order_override(0);
}

static MachineClass *machine_class(void)
{
    return current_machine ? MACHINE_GET_CLASS(current_machine) : NULL;
}

/* The region is called "/rom@FILE". */
static void fw_resized(const char *id, uint64_t length, void *host)
{
    if (fw_cfg) {
        fw_ops->modify_file(fw_cfg, id + strlen("/rom@"), host, length);
    }
}

/* Moves the bytes to a RAM region of its own, which migrates. */
static void *rom_make_region(Rom *rom, const char *name, bool ro)
{
    void *host;

    rom->mr = g_new0(MemoryRegion, 1);
    memory_region_init_resizeable_ram(rom->mr, OBJECT(fw_cfg), name,
                                      rom->datasize, rom->romsize, fw_resized,
                                      &error_fatal);
    memory_region_set_readonly(rom->mr, ro);
    vmstate_register_ram_global(rom->mr);
    host = memory_region_get_ram_ptr(rom->mr);
    if (!memory_region_is_kept(rom->mr)) {
        memcpy(host, rom->data, rom->datasize);
    }
    return host;
}

static void rom_to_firmware(Rom *rom, FWCfgCallback cb, void *opaque,
                            uint64_t size, bool in_region, bool ro)
{
    g_autofree char *region = g_strdup_printf("/rom@%s", rom->fw_file);
    void *data = in_region ? rom_make_region(rom, region, ro) : rom->data;

    fw_ops->add_file(fw_cfg, rom->fw_file, cb, opaque, data, size, ro);
}

/*** Adding. ***/

/*
 * A kernel or an initrd is mapped instead of read, so that it does not take
 * memory between resets. False: it is to be read.
 */
static bool map_large_file(Rom *rom, const char *path, gsize *size)
{
    int fd = qemu_open_old(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= MiB) {
        /* Private to us: what we write there does not reach the file. */
        rom->mapped = g_mapped_file_new_from_fd(fd, true, NULL);
    }
    if (!rom->mapped) {
        close(fd);
        return false;
    }
    rom->fd = fd;
    rom->data = (uint8_t *)g_mapped_file_get_contents(rom->mapped);
    *size = g_mapped_file_get_length(rom->mapped);
    return true;
}

/* Firmware knows a ROM by its file in fw_cfg, its region or its address. */
static void add_rom_to_boot_order(const Rom *rom, const char *file,
                                  int32_t bootindex)
{
    g_autofree char *where = NULL, *path = NULL;

    if (bootindex < 0) {
        return;
    }
    if (rom->fw_file && fw_cfg) {
        where = g_strdup(rom->fw_file);
    } else if (rom->mr) {
        where = g_strdup(file);
    } else {
        where = g_strdup_printf(HWADDR_FMT_plx, rom->addr);
    }
    path = g_strconcat("/rom@", where, NULL);
    add_boot_device_path(bootindex, NULL, path);
}

ssize_t rom_add_file(const char *file, const char *fw_dir, hwaddr addr,
                     int32_t bootindex, bool option_rom, MemoryRegion *mr,
                     AddressSpace *as)
{
    MachineClass *mc = machine_class();
    g_autofree char *path = qemu_find_file(QEMU_FILE_TYPE_BIOS, file);
    g_autoptr(GError) err = NULL;
    gsize size;
    Rom *rom;

    if (as && mr) {
        error_report("Cannot load '%s': both an address space and a region are "
                     "given",
                     file);
        return -1;
    }
    rom = rom_new(file, addr, as);
    if (!map_large_file(rom, path ?: file, &size) &&
        !g_file_get_contents(path ?: file, (char **)&rom->data, &size, &err)) {
        error_report("Cannot load '%s': %s", file, err->message);
        rom_free(rom);
        return -1;
    }
    rom->romsize = rom->datasize = size;
    rom->mr = mr;
    if (fw_dir) {
        g_autofree char *base = g_path_get_basename(file);

        rom->fw_file = g_strdup_printf("%s/%s", fw_dir, base);
    }
    if (mr && size > memory_region_size(mr)) {
        error_report(
            "Cannot load '%s': it has %zu bytes, and '%s' only %" PRIu64, file,
            size, memory_region_name(mr), memory_region_size(mr));
        rom_free(rom);
        return -1;
    }
    if (!rom_insert(rom)) {
        return -1;
    }
    if (rom->fw_file && fw_cfg) {
        rom_to_firmware(rom, NULL, NULL, rom->romsize,
                        mc && mc->rom_file_has_mr &&
                            (!option_rom || mc->option_rom_has_mr),
                        true);
    }
    add_rom_to_boot_order(rom, file, bootindex);
    return 0;
}

MemoryRegion *rom_add_blob(const char *name, const void *blob, size_t len,
                           size_t max_len, hwaddr addr,
                           const char *fw_file_name, FWCfgCallback fw_callback,
                           void *callback_opaque, AddressSpace *as,
                           bool read_only)
{
    MachineClass *mc = machine_class();
    Rom *rom = rom_new(name, addr, as);

    rom->romsize = MAX(max_len, len);
    rom->datasize = len;
    rom->data = g_memdup2(blob, len);
    if (!fw_file_name || !fw_cfg) {
        rom_insert(rom);
        return NULL;
    }
    rom->fw_file = g_strdup(fw_file_name);
    if (!rom_insert(rom)) {
        return NULL;
    }
    rom_to_firmware(rom, fw_callback, callback_opaque, rom->datasize,
                    mc && mc->rom_file_has_mr, read_only);
    return rom->mr;
}

int rom_add_elf_program(const char *name, GMappedFile *mapped_file, void *data,
                        size_t datasize, size_t romsize, hwaddr addr,
                        AddressSpace *as)
{
    Rom *rom = rom_new(name, addr, as);

    rom->datasize = datasize;
    rom->romsize = romsize;
    rom->data = data;
    if (mapped_file && data) {
        rom->mapped = g_mapped_file_ref(mapped_file);
    }
    return rom_insert(rom) ? 0 : -1;
}

ssize_t rom_add_vga(const char *file)
{
    return rom_add_file(file, "vgaroms", 0, -1, true, NULL, NULL);
}

ssize_t rom_add_option(const char *file, int32_t bootindex)
{
    return rom_add_file(file, "genroms", 0, bootindex, true, NULL, NULL);
}

/*** Writing. ***/

/* Zeros behind @addr may be more than one wants to have in one piece. */
static void write_zeros(AddressSpace *as, hwaddr addr, uint64_t len)
{
    if (len) {
        address_space_set(as, addr, 0, len, MEMTXATTRS_UNSPECIFIED);
    }
}

static void rom_write(Rom *rom)
{
    uint64_t tail = rom->romsize - rom->datasize;

    if (rom->mr) {
        uint8_t *host = memory_region_get_ram_ptr(rom->mr);

        memcpy(host, rom->data, rom->datasize);
        memset(host + rom->datasize, 0, tail);
        memory_region_set_dirty(rom->mr, 0, rom->romsize);
        return;
    }
    address_space_write_rom(rom->as, rom->addr, MEMTXATTRS_UNSPECIFIED,
                            rom->data, rom->datasize);
    write_zeros(rom->as, rom->addr + rom->datasize, tail);
}

/* A file that has become shorter since it was mapped must not be touched. */
static bool rom_intact(const Rom *rom)
{
    struct stat st;

    if (!rom->mapped || rom->fd < 0 ||
        (fstat(rom->fd, &st) == 0 && st.st_size >= rom->datasize)) {
        return true;
    }
    error_report("Cannot load '%s' again: the file has become shorter",
                 rom->name);
    return false;
}

/* What was read from the file need not stay in memory until the next reset. */
static void rom_forget(Rom *rom)
{
    uintptr_t start =
        ROUND_UP((uintptr_t)rom->data, qemu_real_host_page_size());
    uintptr_t end = ROUND_DOWN((uintptr_t)rom->data + rom->datasize,
                               qemu_real_host_page_size());

    if (rom->mapped && !rom->lent && end > start) {
        qemu_madvise((void *)start, end - start, QEMU_MADV_DONTNEED);
    }
}

static void rom_reset(void *unused)
{
    for (guint i = 0; i < rom_count(); i++) {
        Rom *rom = rom_at(i);

        if (rom->fw_file || (!rom->data && rom->datasize)) {
            continue;
        }
        if (!incoming && rom_intact(rom)) {
            rom_write(rom);
        }
        if (rom->isrom) {
            /* The guest cannot change it: this once was enough. */
            drop_data(rom);
        } else {
            rom_forget(rom);
        }
    }
}

static void report_overlap(const Rom *a, const Rom *b)
{
    error_report("Cannot load '%s' and '%s': they overlap (in the %s address "
                 "space)",
                 a->name, b->name, a->as->name);
    error_printf("  %s (addresses 0x" HWADDR_FMT_plx " - 0x" HWADDR_FMT_plx
                 ")\n",
                 a->name, a->addr, a->addr + a->romsize);
    error_printf("  %s (addresses 0x" HWADDR_FMT_plx " - 0x" HWADDR_FMT_plx
                 ")\n",
                 b->name, b->addr, b->addr + b->romsize);
    error_printf("They may be firmware, a kernel, an initial ramdisk, a device "
                 "tree or files of '-device loader'. Leave one out, or move "
                 "one.\n");
}

static bool has_place(const Rom *rom)
{
    return !rom->fw_file && !rom->mr;
}

int rom_check_and_register_reset(void)
{
    const Rom *last = NULL; /* the one that reaches furthest */
    bool bad = false;

    for (guint i = 0; i < rom_count(); i++) {
        Rom *rom = rom_at(i);
        MemoryRegionSection section;

        if (rom->fw_file) {
            continue;
        }
        if (has_place(rom)) {
            if (last && last->as == rom->as && rom->romsize && last->romsize &&
                rom->addr <= last->addr + (last->romsize - 1)) {
                report_overlap(last, rom);
                bad = true;
            }
            if (!last || last->as != rom->as || !last->romsize ||
                rom->addr + rom->romsize > last->addr + last->romsize) {
                last = rom;
            }
        }
        section = memory_region_find(rom->mr ?: rom->as->root, rom->addr, 1);
        rom->isrom =
            int128_nz(section.size) && memory_region_is_rom(section.mr);
        memory_region_unref(section.mr);
    }
    if (bad) {
        return -1;
    }
    qemu_register_reset(rom_reset, NULL);
    roms_loaded = true;
    return 0;
}

/*** Looking. ***/

/* The byte of @rom that [@addr, +@size) begins with. */
static uint8_t *rom_bytes(Rom *rom, hwaddr addr, size_t size)
{
    if (!has_place(rom) || !rom->data || addr < rom->addr ||
        addr - rom->addr > rom->datasize ||
        size > rom->datasize - (addr - rom->addr)) {
        return NULL;
    }
    rom->lent = true;
    return rom->data + (addr - rom->addr);
}

void *rom_ptr(hwaddr addr, size_t size)
{
    for (guint i = 0; i < rom_count(); i++) {
        uint8_t *p = rom_bytes(rom_at(i), addr, size);

        if (p) {
            return p;
        }
    }
    return NULL;
}

void *rom_ptr_for_as(AddressSpace *as, hwaddr addr, size_t size)
{
    hwaddr off, len = size;
    MemoryRegion *mr;

    for (guint i = 0; i < rom_count(); i++) {
        uint8_t *p =
            rom_at(i)->as == as ? rom_bytes(rom_at(i), addr, size) : NULL;

        if (p) {
            return p;
        }
    }
    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(as, addr, &off, &len, false,
                                 MEMTXATTRS_UNSPECIFIED);
    if (len < size || !memory_region_is_ram(mr)) {
        return NULL;
    }
    for (guint i = 0; i < rom_count(); i++) {
        Rom *rom = rom_at(i);
        hwaddr rom_off, rom_len = rom->datasize;

        if (rom->as != as || !has_place(rom) || !rom->data ||
            address_space_translate(as, rom->addr, &rom_off, &rom_len, false,
                                    MEMTXATTRS_UNSPECIFIED) != mr ||
            off < rom_off || off - rom_off > rom_len ||
            size > rom_len - (off - rom_off)) {
            continue;
        }
        rom->lent = true;
        return rom->data + (off - rom_off);
    }
    return NULL;
}

int rom_copy(uint8_t *dest, hwaddr addr, size_t size)
{
    size_t end = 0;

    for (guint i = 0; i < rom_count(); i++) {
        const Rom *rom = rom_at(i);
        uint64_t skip, room, n, at, have;

        if (!has_place(rom) || !rom->data || !rom->romsize || !size ||
            rom->addr > addr + (size - 1) ||
            rom->addr + (rom->romsize - 1) < addr) {
            continue;
        }
        /* From the later of both beginnings on. */
        skip = rom->addr < addr ? addr - rom->addr : 0;
        room = size - (rom->addr + skip - addr);
        n = MIN(room, rom->romsize - skip);
        at = rom->addr + skip - addr;
        have = skip < rom->datasize ? MIN(n, rom->datasize - skip) : 0;
        memcpy(dest + at, rom->data + skip, have);
        memset(dest + at + have, 0, n - have);
        end = at + n;
    }
    return end;
}

RomGap rom_find_largest_gap_between(hwaddr base, size_t size)
{
    g_autoptr(GPtrArray) placed = g_ptr_array_new();
    RomGap best = { base, 0 };
    hwaddr free_from = base, end = base + size;

    /* All address spaces together, by address. */
    for (guint i = 0; i < rom_count(); i++) {
        guint k = placed->len;

        if (!has_place(rom_at(i))) {
            continue;
        }
        while (k > 0 && ((Rom *)placed->pdata[k - 1])->addr > rom_at(i)->addr) {
            k--;
        }
        g_ptr_array_insert(placed, k, rom_at(i));
    }
    for (guint i = 0; i <= placed->len; i++) {
        const Rom *rom = i < placed->len ? placed->pdata[i] : NULL;
        hwaddr stop = rom ? MIN(rom->addr, end) : end;

        if (stop > free_from && stop - free_from > best.size) {
            best = (RomGap){ free_from, stop - free_from };
        }
        if (rom) {
            free_from = MAX(free_from, rom->addr + rom->romsize);
        }
    }
    return best;
}

void rom_list_info(GString *out)
{
    for (guint i = 0; i < rom_count(); i++) {
        const Rom *rom = rom_at(i);

        if (rom->mr) {
            g_string_append_printf(out, "%s", memory_region_name(rom->mr));
        } else if (rom->fw_file) {
            g_string_append_printf(out, "fw=%s", rom->fw_file);
        } else {
            g_string_append_printf(out, "addr=" HWADDR_FMT_plx, rom->addr);
        }
        g_string_append_printf(out, " size=0x%06" PRIx64, rom->romsize);
        if (has_place(rom)) {
            g_string_append_printf(out, " mem=%s", rom->isrom ? "rom" : "ram");
        }
        g_string_append_printf(out, " name=\"%s\"\n", rom->name);
    }
}
