/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel without firmware. An ELF file with a PVH note starts in 32-bit
 * protected mode and gets a hvm_start_info (Xen's docs, "x86/HVM direct boot
 * ABI"); a bzImage starts in long mode and gets boot_params (Linux's
 * Documentation/x86/boot.rst, "64-bit boot protocol").
 *
 * All of it lies below the kernel, in the first 640 KiB.
 */
#include "qemu/osdep.h"
#include "elf.h"
#include "hw/i386/x86.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "target/x86/cpu.h"

#define GDT_ADDR     0x500
#define START_INFO   0x6000 /* PVH: the info, the map, the modules */
#define PVH_MODULES  0x6040
#define PVH_MAP      0x6100
#define ZERO_PAGE    0x7000 /* boot_params */
#define PAGE_TABLES  0x9000 /* 4 GiB as they are: 6 pages */
#define CMDLINE_ADDR 0x20000
#define CMDLINE_MAX  0x10000
#define LOW_END      0x9fc00
#define KERNEL_ADDR  (1 * MiB)

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define PVH_MAGIC                0x336ec578

#define KVM_PAGES     0xfeffc000 /* KVM's own, in the guest's memory */
#define KVM_PAGES_LEN 0x4000

/* ---- the memory map ------------------------------------------------------ */

static void add_range(GArray *map, uint64_t start, uint64_t size, uint32_t type)
{
    X86MemoryRange range = { start, size, type };

    if (size) {
        g_array_append_val(map, range);
    }
}

GArray *x86_memory_map(X86MachineState *x86ms)
{
    GArray *map = g_array_new(false, false, sizeof(X86MemoryRange));
    uint64_t below = x86ms->below_4g_mem_size;

    add_range(map, 0, MIN(below, LOW_END), E820_RAM);
    add_range(map, LOW_END, MiB - LOW_END, E820_RESERVED);
    if (below > MiB) {
        add_range(map, MiB, below - MiB, E820_RAM);
    }
    add_range(map, KVM_PAGES, KVM_PAGES_LEN, E820_RESERVED);
    add_range(map, x86ms->above_4g_mem_start, x86ms->above_4g_mem_size,
              E820_RAM);
    return map;
}

/* ---- what both have ------------------------------------------------------ */

static bool add_cmdline(const char *cmdline, Error **errp)
{
    size_t len = strlen(cmdline) + 1;

    if (len > CMDLINE_MAX) {
        error_setg(errp,
                   "the kernel's command line has %zu bytes; at most %d "
                   "can be passed",
                   len - 1, CMDLINE_MAX - 1);
        return false;
    }
    rom_add_blob_fixed("cmdline", cmdline, len, CMDLINE_ADDR);
    return true;
}

/* At the end of RAM below @limit, on a page. */
static bool add_initrd(X86MachineState *x86ms, uint64_t kernel_end,
                       uint64_t limit, uint64_t *addr, uint64_t *size,
                       Error **errp)
{
    const char *file = MACHINE(x86ms)->initrd_filename;
    uint64_t end = MIN(limit, x86ms->below_4g_mem_size);
    int64_t len;

    *addr = *size = 0;
    if (!file) {
        return true;
    }
    len = get_image_size(file);
    if (len < 0) {
        error_setg(errp, "could not load initrd '%s'", file);
        return false;
    }
    *addr = (end - MIN(len, end)) & TARGET_PAGE_MASK;
    if (*addr < kernel_end) {
        error_setg(errp,
                   "initrd '%s' has %" PRId64 " bytes, and there are %" PRIu64
                   " between the kernel and the end of RAM below 0x%" PRIx64
                   ": give the machine more memory (-m)",
                   file, len, end > kernel_end ? end - kernel_end : 0, end);
        return false;
    }
    *size = len;
    rom_add_file_fixed(file, *addr, -1);
    return true;
}

/* ---- PVH ----------------------------------------------------------------- */

typedef struct PvhNote {
    uint64_t type; /* first: the loader is given a pointer to it */
    uint64_t entry;
} PvhNote;

static PvhNote pvh_note;

/* The note's text follows its header and its name. */
static uint64_t read_pvh_note(void *note, void *align, bool is64)
{
    uint64_t step = is64 ? *(uint64_t *)align : *(uint32_t *)align;
    uint32_t name = ((Elf64_Nhdr *)note)->n_namesz;
    size_t offset = sizeof(Elf64_Nhdr) + ROUND_UP(name, MAX(step, 4));

    pvh_note.entry = ldl_le_p((uint8_t *)note + offset);
    return pvh_note.entry;
}

static void add_start_info(X86MachineState *x86ms, uint64_t initrd,
                           uint64_t initrd_size)
{
    g_autoptr(GArray) map = x86_memory_map(x86ms);
    g_autofree uint8_t *info = g_malloc0(ZERO_PAGE - START_INFO);
    uint8_t *module = info + (PVH_MODULES - START_INFO);
    uint8_t *entry = info + (PVH_MAP - START_INFO);

    stl_le_p(info, PVH_MAGIC);
    stl_le_p(info + 4, 1); /* version */
    stq_le_p(info + 24, CMDLINE_ADDR);
    stq_le_p(info + 32, x86ms->rsdp_addr);
    stq_le_p(info + 40, PVH_MAP);
    stl_le_p(info + 48, map->len);
    if (initrd) {
        stl_le_p(info + 12, 1);
        stq_le_p(info + 16, PVH_MODULES);
        stq_le_p(module, initrd);
        stq_le_p(module + 8, initrd_size);
    }
    for (guint i = 0; i < map->len; i++, entry += 24) {
        X86MemoryRange *r = &g_array_index(map, X86MemoryRange, i);

        stq_le_p(entry, r->start);
        stq_le_p(entry + 8, r->size);
        stl_le_p(entry + 16, r->type);
    }
    rom_add_blob_fixed("pvh-start-info", info, ZERO_PAGE - START_INFO,
                       START_INFO);
}

static bool load_pvh(X86MachineState *x86ms, const char *cmdline, Error **errp)
{
    const char *file = MACHINE(x86ms)->kernel_filename;
    uint64_t low, high, initrd, initrd_size;
    ssize_t ret;

    pvh_note = (PvhNote){ .type = XEN_ELFNOTE_PHYS32_ENTRY };
    ret = load_elf(file, read_pvh_note, NULL, &pvh_note.type, NULL, &low, &high,
                   NULL, ELFDATA2LSB, EM_NONE, 0, 0);
    if (ret < 0) {
        error_setg(errp, "could not load kernel '%s': %s", file,
                   load_elf_strerror(ret));
        return false;
    }
    if (!pvh_note.entry) {
        error_setg(errp, "kernel '%s' has no PVH entry point (CONFIG_PVH)",
                   file);
        return false;
    }
    if (high > x86ms->below_4g_mem_size) {
        error_setg(errp,
                   "kernel '%s' ends at 0x%" PRIx64 ", beyond the machine's "
                   "memory: give it more (-m)",
                   file, high);
        return false;
    }
    if (!add_cmdline(cmdline, errp) ||
        !add_initrd(x86ms, high, 4 * GiB, &initrd, &initrd_size, errp)) {
        return false;
    }
    add_start_info(x86ms, initrd, initrd_size);
    x86ms->boot_kind = X86_BOOT_PVH;
    x86ms->boot_entry = pvh_note.entry;
    x86ms->boot_info = START_INFO;
    return true;
}

/* ---- bzImage ------------------------------------------------------------- */

/* Offsets within boot_params, as in the file. */
enum {
    BP_RSDP = 0x070,
    BP_E820_COUNT = 0x1e8,
    BP_SETUP_SECTS = 0x1f1,
    BP_HEADER = 0x1f1,
    BP_MAGIC = 0x202,
    BP_VERSION = 0x206,
    BP_LOADER = 0x210,
    BP_LOADFLAGS = 0x211,
    BP_RAMDISK = 0x218,
    BP_RAMDISK_SIZE = 0x21c,
    BP_CMDLINE = 0x228,
    BP_INITRD_MAX = 0x22c,
    BP_XLOADFLAGS = 0x236,
    BP_INIT_SIZE = 0x260,
    BP_E820 = 0x2d0,
    BP_SIZE = 0x1000,
};

#define LINUX_MAGIC      0x53726448 /* "HdrS" */
#define XLF_KERNEL_64    1
#define ENTRY_64         0x200
#define LOADER_UNDEFINED 0xff

static void add_page_tables(void)
{
    g_autofree uint8_t *pages = g_malloc0(6 * 4096);

    stq_le_p(pages, (PAGE_TABLES + 0x1000) | PG_PRESENT_MASK | PG_RW_MASK);
    for (int i = 0; i < 4; i++) {
        stq_le_p(pages + 0x1000 + 8 * i, (PAGE_TABLES + 0x2000 + 0x1000 * i) |
                                             PG_PRESENT_MASK | PG_RW_MASK);
    }
    for (uint64_t i = 0; i < 4 * 512; i++) {
        stq_le_p(pages + 0x2000 + 8 * i,
                 i << 21 | PG_PRESENT_MASK | PG_RW_MASK | PG_PSE_MASK);
    }
    rom_add_blob_fixed("boot-page-tables", pages, 6 * 4096, PAGE_TABLES);
}

static void add_gdt(void)
{
    /* Code at 0x10, data at 0x18: the protocol's. */
    uint64_t gdt[4] = { 0, 0, cpu_to_le64(0x00af9a000000ffff),
                        cpu_to_le64(0x00cf92000000ffff) };

    rom_add_blob_fixed("boot-gdt", gdt, sizeof(gdt), GDT_ADDR);
}

static void fill_boot_params(X86MachineState *x86ms, uint8_t *bp,
                             uint64_t initrd, uint64_t initrd_size)
{
    g_autoptr(GArray) map = x86_memory_map(x86ms);

    bp[BP_LOADER] = LOADER_UNDEFINED;
    stq_le_p(bp + BP_RSDP, x86ms->rsdp_addr);
    stl_le_p(bp + BP_CMDLINE, CMDLINE_ADDR);
    stl_le_p(bp + BP_RAMDISK, initrd);
    stl_le_p(bp + BP_RAMDISK_SIZE, initrd_size);
    bp[BP_E820_COUNT] = map->len;
    for (guint i = 0; i < map->len; i++) {
        X86MemoryRange *r = &g_array_index(map, X86MemoryRange, i);

        stq_le_p(bp + BP_E820 + 20 * i, r->start);
        stq_le_p(bp + BP_E820 + 20 * i + 8, r->size);
        stl_le_p(bp + BP_E820 + 20 * i + 16, r->type);
    }
}

static bool check_bzimage(const char *file, const uint8_t *image, gsize size,
                          Error **errp)
{
    if (size < 0x400 || ldl_le_p(image + BP_MAGIC) != LINUX_MAGIC) {
        error_setg(errp,
                   "kernel '%s' is neither an ELF file with a PVH entry point "
                   "nor a bzImage",
                   file);
        return false;
    }
    if (lduw_le_p(image + BP_VERSION) < 0x20c ||
        !(lduw_le_p(image + BP_XLOADFLAGS) & XLF_KERNEL_64)) {
        error_setg(errp,
                   "kernel '%s' has no 64-bit entry point: it is older than "
                   "Linux 3.8, or for 32 bits; start it with firmware (-bios)",
                   file);
        return false;
    }
    return true;
}

static bool load_bzimage(X86MachineState *x86ms, const char *cmdline,
                         Error **errp)
{
    const char *file = MACHINE(x86ms)->kernel_filename;
    g_autofree uint8_t *bp = g_malloc0(BP_SIZE);
    g_autofree char *text = NULL;
    const uint8_t *image;
    uint64_t initrd, initrd_size, end, setup;
    GError *gerr = NULL;
    gsize size;

    if (!g_file_get_contents(file, &text, &size, &gerr)) {
        error_setg(errp, "could not load kernel '%s': %s", file, gerr->message);
        g_error_free(gerr);
        return false;
    }
    image = (uint8_t *)text;
    if (!check_bzimage(file, image, size, errp)) {
        return false;
    }
    setup = ((image[BP_SETUP_SECTS] ?: 4) + 1) * 512;
    if (setup >= size) {
        error_setg(errp,
                   "kernel '%s' is cut off: it has %zu bytes, and its set-up "
                   "code alone %" PRIu64,
                   file, size, setup);
        return false;
    }
    end = KERNEL_ADDR + MAX(ldl_le_p(image + BP_INIT_SIZE), size);
    if (end > x86ms->below_4g_mem_size) {
        error_setg(errp,
                   "kernel '%s' needs memory up to 0x%" PRIx64 ": give the "
                   "machine more (-m)",
                   file, end);
        return false;
    }
    if (!add_cmdline(cmdline, errp) ||
        !add_initrd(x86ms, end, ldl_le_p(image + BP_INITRD_MAX), &initrd,
                    &initrd_size, errp)) {
        return false;
    }
    /* The header ends where the jump at 0x200 leads to. */
    memcpy(bp + BP_HEADER, image + BP_HEADER,
           MIN(0x202 + image[0x201], 0x290) - BP_HEADER);
    fill_boot_params(x86ms, bp, initrd, initrd_size);
    rom_add_blob_fixed("boot-params", bp, BP_SIZE, ZERO_PAGE);
    rom_add_blob_fixed(file, image + setup, size - setup, KERNEL_ADDR);
    add_page_tables();
    add_gdt();
    x86ms->boot_kind = X86_BOOT_LINUX64;
    x86ms->boot_entry = KERNEL_ADDR + ENTRY_64;
    x86ms->boot_info = ZERO_PAGE;
    return true;
}

bool x86_load_kernel(X86MachineState *x86ms, const char *cmdline, Error **errp)
{
    bool is64;
    uint8_t header[sizeof(Elf64_Ehdr)];
    Error *err = NULL;

    load_elf_hdr(MACHINE(x86ms)->kernel_filename, header, &is64, &err);
    if (!err) {
        return load_pvh(x86ms, cmdline, errp);
    }
    error_free(err);
    return load_bzimage(x86ms, cmdline, errp);
}

/* What such a kernel prints. */
bool x86_kernel_has_acpi(const char *filename)
{
    static const char text[] = "ACPI: ";
    GMappedFile *file = g_mapped_file_new(filename, false, NULL);
    const char *bytes;
    gsize len;
    bool found;

    if (!file) {
        return true;
    }
    bytes = g_mapped_file_get_contents(file);
    len = g_mapped_file_get_length(file);
    found = len < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) ||
            memmem(bytes, len, text, strlen(text));
    g_mapped_file_unref(file);
    return found;
}

/* ---- the first CPU ------------------------------------------------------- */

#define FLAT_DATA                                                              \
    (DESC_G_MASK | DESC_B_MASK | DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |     \
     DESC_A_MASK)
#define CODE (DESC_CS_MASK | DESC_R_MASK)

void x86_boot_cpu_registers(X86MachineState *x86ms)
{
    CPUX86State *env = cpu_env(first_cpu);
    bool wide = x86ms->boot_kind == X86_BOOT_LINUX64;
    static const X86Seg data[] = { R_DS, R_ES, R_SS, R_FS, R_GS };

    if (x86ms->boot_kind == X86_BOOT_RESET) {
        return;
    }
    env->cr[0] = CR0_PE_MASK | CR0_ET_MASK;
    if (wide) {
        env->cr[0] |= CR0_PG_MASK;
        env->cr[3] = PAGE_TABLES;
        env->cr[4] = CR4_PAE_MASK;
        env->efer = MSR_EFER_LME | MSR_EFER_LMA;
        env->regs[R_ESI] = x86ms->boot_info;
        env->gdt.base = GDT_ADDR;
        env->gdt.limit = 4 * 8 - 1;
    } else {
        env->regs[R_EBX] = x86ms->boot_info;
    }
    env->eflags = 2;
    env->eip = x86ms->boot_entry;
    for (int i = 0; i < ARRAY_SIZE(data); i++) {
        cpu_x86_load_seg_cache(env, data[i], 0x18, 0, UINT32_MAX, FLAT_DATA);
    }
    cpu_x86_load_seg_cache(
        env, R_CS, 0x10, 0, UINT32_MAX,
        (wide ? (FLAT_DATA & ~DESC_B_MASK) | DESC_L_MASK : FLAT_DATA) | CODE);
    env->tr = (SegmentCache){ 0, 0, 0x67, DESC_P_MASK | 11 << DESC_TYPE_SHIFT };
    x86_update_hflags(env);
}
