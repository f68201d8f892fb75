/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a RISC-V board starts: the reset vector, the firmware, the device tree.
 * boot-kernel.c has the kernel.
 */
#include "qemu/osdep.h"
#include <libfdt.h>
#include "boot-internal.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/riscv/boot_opensbi.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "elf.h"
#include "system/device_tree.h"
#include "system/qtest.h"
#include "system/reset.h"

/* Debian's package opensbi. */
#define OPENSBI_DIR "/usr/lib/riscv64-linux-gnu/opensbi/generic/"

static G_NORETURN void fail(Error *err)
{
    error_report_err(err);
    exit(EXIT_FAILURE);
}

bool riscv_is_32bit(RISCVHartArrayState *harts)
{
    return RISCV_CPU_GET_CLASS(&harts->harts[0])->misa_mxl_max == MXL_RV32;
}

char *riscv_plic_hart_config_string(int hart_count)
{
    GString *config = g_string_new(NULL);

    for (int i = 0; i < hart_count; i++) {
        g_string_append(config, i ? ",MS" : "MS");
    }
    return g_string_free(config, false);
}

/* ---- what can be loaded where -------------------------------------------- */

hwaddr riscv_ram_end(hwaddr addr)
{
    for (;;) {
        MemoryRegionSection s =
            memory_region_find(get_system_memory(), addr, UINT64_MAX - addr);
        bool more = s.mr && memory_region_is_ram(s.mr) &&
                    s.offset_within_address_space <= addr;

        if (more) {
            addr = s.offset_within_address_space + int128_get64(s.size);
        }
        if (s.mr) {
            memory_region_unref(s.mr);
        }
        if (!more) {
            return addr;
        }
    }
}

/* Where RAM or flash ends that has a byte at @addr; @addr if there is none. */
static hwaddr loadable_end(hwaddr addr)
{
    MemoryRegionSection s =
        memory_region_find(get_system_memory(), addr, UINT64_MAX - addr);
    hwaddr end = addr;

    if (s.mr) {
        if ((memory_region_is_ram(s.mr) || memory_region_is_romd(s.mr)) &&
            s.offset_within_address_space <= addr) {
            end = s.offset_within_address_space + int128_get64(s.size);
        }
        memory_region_unref(s.mr);
    }
    return end;
}

bool riscv_check_room(const char *what, const char *file, hwaddr low,
                      hwaddr high, Error **errp)
{
    hwaddr end = low;

    while (end < high && loadable_end(end) > end) {
        end = loadable_end(end);
    }
    if (end < high) {
        error_setg(errp,
                   "Cannot load %s '%s' to 0x%" HWADDR_PRIx "-0x%" HWADDR_PRIx
                   ": there is no RAM from 0x%" HWADDR_PRIx " on",
                   what, file, low, high - 1, end);
        return false;
    }
    return true;
}

/* Whether any of [@low, @high) can be loaded to. */
static bool has_room(hwaddr low, hwaddr high)
{
    while (low < high) {
        MemoryRegionSection s =
            memory_region_find(get_system_memory(), low, high - low);
        bool room;

        if (!s.mr) {
            return false;
        }
        room = memory_region_is_ram(s.mr) || memory_region_is_romd(s.mr);
        low = s.offset_within_address_space + int128_get64(s.size);
        memory_region_unref(s.mr);
        if (room) {
            return true;
        }
    }
    return false;
}

ssize_t riscv_load_elf(const char *what, const char *file, bool is_32bit,
                       uint64_t *entry, uint64_t *low, uint64_t *high,
                       symbol_fn_t sym_cb, Error **errp)
{
    uint64_t hdr[8]; /* an Elf64_Ehdr */
    bool is64 = true;
    Error *err = NULL;
    ssize_t size;

    load_elf_hdr(file, hdr, &is64, NULL);
    size = load_elf_ram_sym(file, NULL, NULL, NULL, entry, low, high, NULL,
                            ELFDATA2LSB, EM_RISCV, 1, 0, NULL, true, sym_cb);
    if (size < 0) {
        error_setg(errp, "Cannot load %s '%s': %s", what, file,
                   load_elf_strerror(size));
        return -1;
    }
    if (is64 == is_32bit) {
        error_setg(errp,
                   "Cannot load %s '%s': it is an ELF file for %s, and "
                   "the CPU is %s",
                   what, file, is64 ? "RV64" : "RV32", is64 ? "RV32" : "RV64");
        return -1;
    }
    if (riscv_check_room(what, file, *low, *high, &err)) {
        return size;
    }
    if (!has_room(*low, *high)) {
        error_propagate(errp, err);
        return -1;
    }
    /* Sections for debuggers, or other memories, may be segments, too. */
    warn_report("%s; what of it lies there is left out", error_get_pretty(err));
    error_free(err);
    return size;
}

static bool is_elf(const char *file)
{
    g_autofree char *hdr = g_malloc0(sizeof(Elf64_Ehdr));
    Error *err = NULL;

    load_elf_hdr(file, hdr, NULL, &err);
    if (err) {
        error_free(err);
        return false;
    }
    return true;
}

/* ---- firmware ------------------------------------------------------------ */

const char *riscv_default_firmware_name(RISCVHartArrayState *harts)
{
    return riscv_is_32bit(harts) ? RISCV32_BIOS_BIN : RISCV64_BIOS_BIN;
}

/* The default one is also what the distribution has in a package of its own. */
static char *find_default_firmware(const char *name)
{
    char *path = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);

    if (!path && !strcmp(name, RISCV64_BIOS_BIN) &&
        !access(OPENSBI_DIR "fw_dynamic.bin", R_OK)) {
        path = g_strdup(OPENSBI_DIR "fw_dynamic.bin");
    }
    return path;
}

char *riscv_find_firmware(const char *firmware_filename,
                          const char *default_machine_firmware)
{
    char *path;

    if (firmware_filename && !strcmp(firmware_filename, "none")) {
        return NULL;
    }
    if (firmware_filename && strcmp(firmware_filename, "default")) {
        path = qemu_find_file(QEMU_FILE_TYPE_BIOS, firmware_filename);
        if (!path) {
            error_report("Unable to find the RISC-V BIOS \"%s\"",
                         firmware_filename);
            exit(EXIT_FAILURE);
        }
        return path;
    }
    path = find_default_firmware(default_machine_firmware);
    if (!path && !qtest_enabled()) {
        error_report("Unable to find the RISC-V BIOS \"%s\"",
                     default_machine_firmware);
        error_printf(
            "Install OpenSBI (Debian's package opensbi), name a folder "
            "that has this file by -L, or a firmware by -bios; "
            "-bios none is none\n");
        exit(EXIT_FAILURE);
    }
    return path;
}

target_ulong riscv_load_firmware(const char *firmware_filename,
                                 hwaddr *firmware_load_addr, symbol_fn_t sym_cb)
{
    uint64_t entry, low, high;
    Error *err = NULL;
    ssize_t size;

    if (is_elf(firmware_filename)) {
        size = riscv_load_elf("firmware", firmware_filename, false, &entry,
                              &low, &high, sym_cb, &err);
        if (size >= 0) {
            *firmware_load_addr = entry;
            return high;
        }
    } else {
        size = load_image_or_error(
            "firmware", firmware_filename, *firmware_load_addr,
            riscv_ram_end(*firmware_load_addr) - *firmware_load_addr, NULL,
            &err);
        if (size >= 0) {
            return *firmware_load_addr + size;
        }
    }
    fail(err);
}

target_ulong riscv_find_and_load_firmware(MachineState *machine,
                                          const char *default_machine_firmware,
                                          hwaddr *firmware_load_addr,
                                          symbol_fn_t sym_cb)
{
    g_autofree char *path =
        riscv_find_firmware(machine->firmware, default_machine_firmware);

    return path ? riscv_load_firmware(path, firmware_load_addr, sym_cb)
                : *firmware_load_addr;
}

void riscv_setup_firmware_boot(MachineState *machine)
{
    FWCfgState *fw_cfg = fw_cfg_find();

    if (!machine->kernel_filename || !fw_cfg) {
        return;
    }
    load_image_to_fw_cfg(fw_cfg, FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA,
                         machine->kernel_filename, true);
    load_image_to_fw_cfg(fw_cfg, FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA,
                         machine->initrd_filename, false);
    if (machine->kernel_cmdline) {
        fw_cfg_add_i32(fw_cfg, FW_CFG_CMDLINE_SIZE,
                       strlen(machine->kernel_cmdline) + 1);
        fw_cfg_add_string(fw_cfg, FW_CFG_CMDLINE_DATA, machine->kernel_cmdline);
    }
}

/* ---- the device tree ----------------------------------------------------- */

uint64_t riscv_compute_fdt_addr(hwaddr dram_base, hwaddr dram_size,
                                MachineState *ms, RISCVBootInfo *info)
{
    hwaddr ram = dram_size ? MIN(ms->ram_size, dram_size) : ms->ram_size;
    hwaddr end = dram_base + ram, above = dram_base, addr;
    int size;

    /* RV32's kernels do not map what is higher. */
    if (info->is_32bit && dram_base < 3 * GiB) {
        end = MIN(end, 3 * GiB);
    }
    if (fdt_pack(ms->fdt) < 0) {
        error_report("The device tree is corrupt");
        exit(EXIT_FAILURE);
    }
    size = fdt_totalsize(ms->fdt);
    if (info->kernel_size) {
        above = MAX(above, info->image_high_addr);
    }
    if (info->initrd_size) {
        above = MAX(above, info->initrd_start + info->initrd_size);
    }
    addr = QEMU_ALIGN_DOWN(end - MIN(end, size), 2 * MiB);
    if (addr < above) {
        error_report("There is no room for the device tree (%d bytes, at a "
                     "multiple of 2 MiB) between 0x%" HWADDR_PRIx
                     " and the end of RAM at 0x%" HWADDR_PRIx
                     "; give the machine more RAM by -m",
                     size, above, end);
        exit(EXIT_FAILURE);
    }
    return addr;
}

void riscv_load_fdt(hwaddr fdt_addr, void *fdt)
{
    rom_add_blob_fixed_as("fdt", fdt, fdt_totalsize(fdt), fdt_addr,
                          &address_space_memory);
    qemu_register_reset_nosnapshotload(
        qemu_fdt_randomize_seeds,
        rom_ptr_for_as(&address_space_memory, fdt_addr, fdt_totalsize(fdt)));
}

/* ---- the reset vector ---------------------------------------------------- */

/* Where a fw_dynamic_info lies behind the vector, and the numbers before it. */
enum {
    RESET_VEC_START = 0x18, /* u64: where to go */
    RESET_VEC_FDT = 0x20,   /* u64: where the device tree is */
    RESET_VEC_SIZE = 0x28,
};

void riscv_setup_rom_reset_vec(MachineState *machine,
                               RISCVHartArrayState *harts, hwaddr saddr,
                               hwaddr rom_base, hwaddr rom_size,
                               uint64_t kernel_entry, uint64_t fdt_load_addr)
{
    bool is_32bit = riscv_is_32bit(harts);
    uint32_t code[] = {
        0x00000297,                         /* auipc t0, 0 */
        0x02828613,                         /* addi a2, t0, RESET_VEC_SIZE */
        0xf1402573,                         /* csrr a0, mhartid */
        is_32bit ? 0x0202a583 : 0x0202b583, /* l[wd] a1, RESET_VEC_FDT(t0) */
        is_32bit ? 0x0182a283 : 0x0182b283, /* l[wd] t0, RESET_VEC_START(t0) */
        0x00028067,                         /* jr t0 */
    };
    uint8_t vec[RESET_VEC_SIZE];

    QEMU_BUILD_BUG_ON(sizeof(code) != RESET_VEC_START);
    if (!harts->harts[0].cfg.ext_zicsr) {
        code[2] = 0x00000513; /* li a0, 0 */
    }
    for (size_t i = 0; i < ARRAY_SIZE(code); i++) {
        stl_le_p(vec + 4 * i, code[i]);
    }
    stq_le_p(vec + RESET_VEC_START, saddr);
    stq_le_p(vec + RESET_VEC_FDT, fdt_load_addr);
    rom_add_blob_fixed_as("mrom.reset", vec, sizeof(vec), rom_base,
                          &address_space_memory);
    riscv_rom_copy_firmware_info(machine, harts, rom_base, rom_size,
                                 sizeof(vec), kernel_entry);
}

void riscv_rom_copy_firmware_info(MachineState *machine,
                                  RISCVHartArrayState *harts, hwaddr rom_base,
                                  hwaddr rom_size, uint32_t reset_vec_size,
                                  uint64_t kernel_entry)
{
    const uint64_t fields[] = {
        FW_DYNAMIC_INFO_MAGIC_VALUE,
        FW_DYNAMIC_INFO_VERSION,
        kernel_entry,
        FW_DYNAMIC_INFO_NEXT_MODE_S,
        0, /* options */
        0, /* boot_hart */
    };
    unsigned width = riscv_is_32bit(harts) ? 4 : 8;
    uint8_t info[sizeof(struct fw_dynamic_info)];

    if (rom_size < reset_vec_size + ARRAY_SIZE(fields) * width) {
        error_report("The reset vector's ROM of %" HWADDR_PRIu
                     " bytes has no room for what the firmware is told",
                     rom_size);
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (width == 8) {
            stq_le_p(info + i * 8, fields[i]);
        } else {
            stl_le_p(info + i * 4, fields[i]);
        }
    }
    rom_add_blob_fixed_as("mrom.finfo", info, ARRAY_SIZE(fields) * width,
                          rom_base + reset_vec_size, &address_space_memory);
}

void riscv_setup_direct_kernel(hwaddr kernel_addr, hwaddr fdt_addr)
{
    CPUState *cs;

    CPU_FOREACH(cs)
    {
        RISCVCPU *cpu = RISCV_CPU(cs);

        cpu->env.kernel_addr = kernel_addr;
        cpu->env.fdt_addr = fdt_addr;
    }
}
