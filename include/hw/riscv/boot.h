/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a RISC-V board starts.
 *
 *   mrom: reset vector          all harts begin here, with a1 = device tree
 *     |
 *   firmware (-bios)            M mode: OpenSBI by default, at the first of RAM
 *     |
 *   kernel (-kernel) or pflash  S mode: Linux, U-Boot; with -initrd
 *
 * A board loads the firmware, then the kernel behind it, then the device tree,
 * and last writes the reset vector. All of it becomes ROMs (hw/loader.h), so
 * that a reset brings it back. A file that cannot be used ends the program
 * with a message that names it; the functions *_or_error() return an Error.
 */
#ifndef RISCV_BOOT_H
#define RISCV_BOOT_H

#include "exec/cpu-defs.h"
#include "hw/loader.h"
#include "hw/riscv/riscv_hart.h"

#define RISCV32_BIOS_BIN    "opensbi-riscv32-generic-fw_dynamic.bin"
#define RISCV64_BIOS_BIN    "opensbi-riscv64-generic-fw_dynamic.bin"

/* Where a kernel and its initrd are. Sizes are 0 if there is none. */
typedef struct RISCVBootInfo {
    ssize_t kernel_size;
    hwaddr image_low_addr;      /* first byte of the kernel, and its entry */
    hwaddr image_high_addr;     /* behind its last one */

    hwaddr initrd_start;
    ssize_t initrd_size;

    bool is_32bit;
} RISCVBootInfo;

bool riscv_is_32bit(RISCVHartArrayState *harts);

/* What a PLIC with @hart_count harts is told: "MS,MS,..."; for g_free(). */
char *riscv_plic_hart_config_string(int hart_count);

void riscv_boot_info_init(RISCVBootInfo *info, RISCVHartArrayState *harts);

/* Where a kernel that can be anywhere goes, behind the firmware. */
target_ulong riscv_calc_kernel_start_addr(RISCVBootInfo *info,
                                          target_ulong firmware_end_addr);

/*
 * Loads what -bios asks for; without it, or with "default", the file called
 * @default_machine_firmware. An ELF file goes where it says, any other to
 * *@firmware_load_addr, which becomes the entry point. Returns the address
 * behind the firmware, or *@firmware_load_addr if there is none.
 */
target_ulong riscv_find_and_load_firmware(MachineState *machine,
                                          const char *default_machine_firmware,
                                          hwaddr *firmware_load_addr,
                                          symbol_fn_t sym_cb);
const char *riscv_default_firmware_name(RISCVHartArrayState *harts);

/*
 * The path of the firmware for -bios @firmware_filename, for g_free(): looked
 * for in the data directories. NULL if it is "none".
 */
char *riscv_find_firmware(const char *firmware_filename,
                          const char *default_machine_firmware);
target_ulong riscv_load_firmware(const char *firmware_filename,
                                 hwaddr *firmware_load_addr,
                                 symbol_fn_t sym_cb);

/*
 * Loads -kernel: an ELF file or a uImage where it says; a flat file, also an
 * Image of Linux, gzipped or in an EFI zboot image, to @kernel_start_addr. And
 * with @load_initrd -initrd behind it. Adds both, and the command line, to
 * the device tree.
 */
void riscv_load_kernel(MachineState *machine,
                       RISCVBootInfo *info,
                       target_ulong kernel_start_addr,
                       bool load_initrd,
                       symbol_fn_t sym_cb);

/*
 * Packs the device tree, and returns where it goes: as high as it fits in RAM,
 * at a multiple of 2 MiB. RAM is from @dram_base, at most @dram_size (0: all)
 * in one piece. Ends the program with a message if there is no room.
 */
uint64_t riscv_compute_fdt_addr(hwaddr dram_base, hwaddr dram_size,
                                MachineState *ms, RISCVBootInfo *info);
/* Makes the packed @fdt a ROM, with new random seeds at every reset. */
void riscv_load_fdt(hwaddr fdt_addr, void *fdt);

/*
 * Makes the reset vector and what the firmware is told a ROM at @rom_base.
 * All harts go to @saddr with the hart id in a0, @fdt_load_addr in a1 and a
 * fw_dynamic_info, which has @kernel_entry, in a2.
 */
void riscv_setup_rom_reset_vec(MachineState *machine, RISCVHartArrayState *harts,
                               hwaddr saddr,
                               hwaddr rom_base, hwaddr rom_size,
                               uint64_t kernel_entry,
                               uint64_t fdt_load_addr);
void riscv_rom_copy_firmware_info(MachineState *machine,
                                  RISCVHartArrayState *harts,
                                  hwaddr rom_base,
                                  hwaddr rom_size,
                                  uint32_t reset_vec_size,
                                  uint64_t kernel_entry);

/* For accelerators that begin in S mode, without firmware. */
void riscv_setup_direct_kernel(hwaddr kernel_addr, hwaddr fdt_addr);

/*
 * For a boot from flash: gives -kernel, -initrd and -append to the firmware
 * there, by the firmware configuration device.
 */
void riscv_setup_firmware_boot(MachineState *machine);

#endif
