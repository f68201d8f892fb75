/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP commands that look at guest memory and I/O ports.
 */
#include "qemu/osdep.h"
#include "disas/disas.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/ioport.h"
#include "exec/memory.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-memory-map.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "monitor-internal.h"

/* --- Maps --------------------------------------------------------------- */

static void print_memory_at(Monitor *mon, const char *text, const char *as)
{
    g_autoptr(GString) out = g_string_new(NULL);
    MemoryAtList *list;
    Error *err = NULL;
    uint64_t addr;

    if (qemu_strtou64(text, NULL, 0, &addr) < 0) {
        monitor_printf(mon, "-p needs an address, which '%s' is not\n", text);
        return;
    }
    list = memory_query_at(as, addr, &err);
    if (hmp_handle_error(mon, err)) {
        return;
    }
    memory_at_print(out, list);
    monitor_puts(mon, out->str);
    qapi_free_MemoryAtList(list);
}

void hmp_info_mtree(Monitor *mon, const QDict *qdict)
{
    const char *at = qdict_get_try_str(qdict, "at");
    const char *svg = qdict_get_try_str(qdict, "svg");
    const char *as = qdict_get_try_str(qdict, "as");
    bool disabled = qdict_get_try_bool(qdict, "disabled", false);
    Error *err = NULL;

    if (at) {
        print_memory_at(mon, at, as);
    }
    if (svg) {
        qmp_x_memory_map_svg(svg, as, true, disabled, &err);
        hmp_handle_error(mon, err);
    }
    if (at || svg) {
        return;
    }
    if (as) {
        monitor_printf(mon, "An address space is for -p and -s\n");
        return;
    }
    mtree_info(qdict_get_try_bool(qdict, "flatview", false),
               qdict_get_try_bool(qdict, "dispatch_tree", false),
               qdict_get_try_bool(qdict, "owner", false), disabled);
}

void hmp_info_ramblock(Monitor *mon, const QDict *qdict)
{
    hmp_human_readable_text_helper(mon, qmp_x_query_ramblock);
}

void hmp_dumpdtb(Monitor *mon, const QDict *qdict)
{
    const char *filename = qdict_get_str(qdict, "filename");
    Error *err = NULL;

    qmp_dumpdtb(filename, &err);
    if (!hmp_handle_error(mon, err)) {
        monitor_printf(mon, "DTB dumped to '%s'\n", filename);
    }
}

/* --- Contents ----------------------------------------------------------- */

enum { LINE_MAX_BYTES = 16 };

/* How wide a value of @size bytes is in @format. */
static int dump_digits(int format, int size)
{
    switch (format) {
    case 'o':
        return DIV_ROUND_UP(size * 8, 3);
    case 'u':
    case 'd':
        return DIV_ROUND_UP(size * 8 * 10, 33);
    case 'c':
        return 0;
    default:
        return size * 2;
    }
}

static void dump_value(Monitor *mon, int format, int digits, uint64_t value)
{
    monitor_puts(mon, " ");
    switch (format) {
    case 'o':
        monitor_printf(mon, "%#*" PRIo64, digits, value);
        break;
    case 'x':
        monitor_printf(mon, "0x%0*" PRIx64, digits, value);
        break;
    case 'u':
        monitor_printf(mon, "%*" PRIu64, digits, value);
        break;
    case 'd':
        monitor_printf(mon, "%*" PRId64, digits, value);
        break;
    case 'c':
        monitor_printc(mon, value);
        break;
    }
}

/* Of physical memory, as @cpu sees it if there is one, or of virtual memory. */
static bool dump_read(CPUState *cpu, bool physical, hwaddr addr, uint8_t *buf,
                      int len)
{
    AddressSpace *as = cpu ? cpu->as : &address_space_memory;

    if (!physical) {
        return cpu_memory_rw_debug(cpu, addr, buf, len, false) == 0;
    }
    return address_space_read(as, addr, MEMTXATTRS_UNSPECIFIED, buf, len) ==
           MEMTX_OK;
}

static void memory_dump(Monitor *mon, bool physical, const QDict *qdict)
{
    CPUState *cpu = mon_get_cpu(mon);
    uint64_t count = MAX(qdict_get_int(qdict, "count"), 0);
    int format = qdict_get_int(qdict, "format");
    int size = qdict_get_int(qdict, "size");
    hwaddr addr = qdict_get_int(qdict, "addr");
    int digits = dump_digits(format, size);
    int line = size == 1 ? 8 : LINE_MAX_BYTES;
    uint64_t left = count * size;

    if (!cpu && (format == 'i' || !physical)) {
        monitor_printf(mon, "Can not dump without CPU\n");
        return;
    }
    if (format == 'i') {
        monitor_disas(mon, cpu, addr, MIN(count, INT_MAX), physical);
        return;
    }
    if (format == 'c') {
        size = 1;
    }
    while (left > 0) {
        uint8_t buf[LINE_MAX_BYTES];
        int len = MIN(left, line);

        monitor_printf(mon, HWADDR_FMT_plx ":", addr);
        if (!dump_read(cpu, physical, addr, buf, len)) {
            monitor_printf(mon, " Cannot access memory\n");
            return;
        }
        for (int i = 0; i < len; i += size) {
            dump_value(mon, format, digits, ldn_le_p(buf + i, size));
        }
        monitor_puts(mon, "\n");
        addr += len;
        left -= len;
    }
}

void hmp_physical_memory_dump(Monitor *mon, const QDict *qdict)
{
    memory_dump(mon, true, qdict);
}

void hmp_memory_dump(Monitor *mon, const QDict *qdict)
{
    memory_dump(mon, false, qdict);
}

/*
 * Where the process has the RAM at @addr; NULL when it is something else, and
 * says so. The caller drops section->mr.
 */
static void *find_host_ram(Monitor *mon, hwaddr addr,
                           MemoryRegionSection *section)
{
    *section = memory_region_find(get_system_memory(), addr, 1);
    if (!section->mr) {
        monitor_printf(
            mon, "No memory is mapped at address 0x%" HWADDR_PRIx "\n", addr);
        return NULL;
    }
    if (!memory_region_is_ram(section->mr) &&
        !memory_region_is_romd(section->mr)) {
        monitor_printf(mon, "Memory at address 0x%" HWADDR_PRIx " is not RAM\n",
                       addr);
        memory_region_unref(section->mr);
        return NULL;
    }
    return qemu_map_ram_ptr(section->mr->ram_block,
                            section->offset_within_region);
}

void hmp_gpa2hva(Monitor *mon, const QDict *qdict)
{
    hwaddr addr = qdict_get_int(qdict, "addr");
    MemoryRegionSection section;
    void *host = find_host_ram(mon, addr, &section);

    if (host) {
        monitor_printf(
            mon, "Host virtual address for 0x%" HWADDR_PRIx " (%s) is %p\n",
            addr, memory_region_name(section.mr), host);
        memory_region_unref(section.mr);
    }
}

/* Where the kernel has a page of this process; asks for privileges. */
static bool host_physical_address(void *host, uint64_t *phys, Error **errp)
{
    const uint64_t frame = MAKE_64BIT_MASK(0, 55), present = 1ull << 63;
    const uintptr_t page = qemu_real_host_page_size();
    uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    ssize_t got;

    if (fd < 0) {
        error_setg_errno(errp, errno, "Cannot open /proc/self/pagemap");
        return false;
    }
    *(volatile char *)host; /* so that there is a page */
    got = pread(fd, &entry, sizeof(entry),
                (uintptr_t)host / page * sizeof(entry));
    close(fd);
    if (got != sizeof(entry) || !(entry & present)) {
        error_setg(errp, "Page not present");
        return false;
    }
    *phys = (entry & frame) * page + (uintptr_t)host % page;
    return true;
}

void hmp_gpa2hpa(Monitor *mon, const QDict *qdict)
{
    hwaddr addr = qdict_get_int(qdict, "addr");
    Error *err = NULL;
    MemoryRegionSection section;
    void *host = find_host_ram(mon, addr, &section);
    uint64_t phys = 0;

    if (!host) {
        return;
    }
    if (host_physical_address(host, &phys, &err)) {
        monitor_printf(mon,
                       "Host physical address for 0x%" HWADDR_PRIx
                       " (%s) is 0x%" PRIx64 "\n",
                       addr, memory_region_name(section.mr), phys);
    }
    memory_region_unref(section.mr);
    hmp_handle_error(mon, err);
}

/* The sum that BSD's sum(1) prints. */
void hmp_sum(Monitor *mon, const QDict *qdict)
{
    uint32_t start = qdict_get_int(qdict, "start");
    uint32_t size = qdict_get_int(qdict, "size");
    uint16_t sum = 0;

    for (hwaddr addr = start; addr < (hwaddr)start + size; addr++) {
        uint8_t val = address_space_ldub(&address_space_memory, addr,
                                         MEMTXATTRS_UNSPECIFIED, NULL);

        sum = (sum >> 1 | sum << 15) + val;
    }
    monitor_printf(mon, "%05d\n", sum);
}

void hmp_pmemsave(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    /* The parser's numbers are signed. */
    qmp_pmemsave(qdict_get_int(qdict, "val"),
                 (uint32_t)qdict_get_int(qdict, "size"),
                 qdict_get_str(qdict, "filename"), &err);
    hmp_handle_error(mon, err);
}

/* --- I/O ports ---------------------------------------------------------- */

void hmp_ioport_read(Monitor *mon, const QDict *qdict)
{
    int size = qdict_get_int(qdict, "size");
    uint16_t addr = qdict_get_int(qdict, "addr");
    uint32_t value;
    char suffix;

    if (qdict_haskey(qdict, "index")) {
        cpu_outb(addr++, qdict_get_int(qdict, "index"));
    }
    switch (size) {
    case 2:
        value = cpu_inw(addr);
        suffix = 'w';
        break;
    case 4:
        value = cpu_inl(addr);
        suffix = 'l';
        break;
    default:
        value = cpu_inb(addr);
        suffix = 'b';
        break;
    }
    monitor_printf(mon, "port%c[0x%04x] = 0x%0*x\n", suffix, addr, size * 2,
                   value);
}

void hmp_ioport_write(Monitor *mon, const QDict *qdict)
{
    uint16_t addr = qdict_get_int(qdict, "addr");
    uint32_t value = qdict_get_int(qdict, "val");

    switch (qdict_get_int(qdict, "size")) {
    case 2:
        cpu_outw(addr, value);
        break;
    case 4:
        cpu_outl(addr, value);
        break;
    default:
        cpu_outb(addr, value);
        break;
    }
}
