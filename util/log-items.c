/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be logged: the items of -d, and the addresses of -dfilter. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/cutils.h"
#include "qemu/log.h"
#include "qemu/range.h"

const QEMULogItem qemu_log_items[] = {
    { CPU_LOG_TB_OUT_ASM, "out_asm",
      "show generated host assembly code for each compiled TB" },
    { CPU_LOG_TB_IN_ASM, "in_asm",
      "show target assembly code for each compiled TB" },
    { CPU_LOG_TB_OP, "op", "show micro ops for each compiled TB" },
    { CPU_LOG_TB_OP_OPT, "op_opt", "show micro ops after optimization" },
    { CPU_LOG_TB_OP_IND, "op_ind", "show micro ops before indirect lowering" },
    { LOG_TB_OP_PLUGIN, "op_plugin", "show micro ops before plugin injection" },
    { CPU_LOG_INT, "int", "show interrupts/exceptions in short format" },
    { CPU_LOG_EXEC, "exec",
      "show trace before each executed TB (lots of logs)" },
    { CPU_LOG_TB_CPU, "cpu",
      "show CPU registers before entering a TB (lots of logs)" },
    { CPU_LOG_TB_FPU, "fpu", "include FPU registers in the 'cpu' logging" },
    { CPU_LOG_MMU, "mmu", "log MMU-related activities" },
    { CPU_LOG_PCALL, "pcall",
      "x86 only: show protected mode far calls/returns/exceptions" },
    { CPU_LOG_RESET, "cpu_reset", "show CPU state before CPU resets" },
    { LOG_UNIMP, "unimp", "log unimplemented functionality" },
    { LOG_GUEST_ERROR, "guest_errors",
      "log when the guest OS does something invalid (eg accessing a\n"
      "non-existent register)" },
    { CPU_LOG_PAGE, "page", "dump pages at beginning of user mode emulation" },
    { CPU_LOG_TB_NOCHAIN, "nochain",
      "do not chain compiled TBs so that \"exec\" and \"cpu\" show\n"
      "complete traces" },
    { CPU_LOG_PLUGIN, "plugin", "output from TCG plugins" },
    { LOG_STRACE, "strace",
      "log every user-mode syscall, its input, and its result" },
    { LOG_PER_THREAD, "tid",
      "open a separate log file per thread; filename must contain '%d'" },
    { CPU_LOG_TB_VPU, "vpu", "include VPU registers in the 'cpu' logging" },
    { LOG_INVALID_MEM, "invalid_mem", "log invalid memory accesses" },
    { 0, NULL, NULL },
};

static void (*enable_trace)(const char *glob);

void qemu_log_set_trace_hook(void (*enable)(const char *glob))
{
    enable_trace = enable;
}

/* The mask of one name; 0 when there is none. */
static int item_mask(const char *name)
{
    const QEMULogItem *item;
    int all = 0;

    for (item = qemu_log_items; item->mask; item++) {
        if (g_str_equal(item->name, name)) {
            return item->mask;
        }
        /* "tid" is where the log goes, not what is in it. */
        all |= item->mask & ~LOG_PER_THREAD;
    }
    if (g_str_equal(name, "all")) {
        return all;
    }
    if (enable_trace && strstart(name, "trace:", &name) && *name) {
        enable_trace(name);
        return LOG_TRACE;
    }
    return 0;
}

int qemu_str_to_log_mask(const char *str)
{
    g_auto(GStrv) names = g_strsplit(str, ",", -1);
    int mask = 0;

    for (int i = 0; names[i]; i++) {
        int item = item_mask(names[i]);

        if (!item) {
            return 0;
        }
        mask |= item;
    }
    return mask;
}

void qemu_print_log_usage(FILE *f)
{
    const QEMULogItem *item;

    fprintf(f, "Log items (comma separated):\n");
    for (item = qemu_log_items; item->mask; item++) {
        fprintf(f, "%-15s %s\n", item->name, item->help);
    }
    if (enable_trace) {
        fprintf(f, "trace:PATTERN   enable trace events\n\n"
                   "Use \"-d trace:help\" to get a list of trace "
                   "events.\n\n");
    }
}

/* --- Addresses ------------------------------------------------------------ */

/*
 * Readers take no lock, so a set is never freed: the one that replaces it
 * holds on to it. It is set once a run, but for tests.
 */
typedef struct AddrFilter {
    struct AddrFilter *replaced;
    unsigned int count;
    Range ranges[];
} AddrFilter;

static AddrFilter *addr_filter;

bool qemu_log_in_addr_range(uint64_t addr)
{
    const AddrFilter *filter = qatomic_rcu_read(&addr_filter);

    for (unsigned int i = 0; filter && i < filter->count; i++) {
        if (range_contains(&filter->ranges[i], addr)) {
            return true;
        }
    }
    return !filter;
}

/* "0x1000+0x100", "0x1000-0x100", "0x1000..0x10ff" */
static bool parse_range(const char *text, Range *range, Error **errp)
{
    static const char *const ops[] = { "-", "+", ".." };
    const char *op = NULL, *end;
    uint64_t left, right, lob, upb;

    for (int i = 0; i < ARRAY_SIZE(ops) && !op; i++) {
        op = strstr(text, ops[i]);
    }
    if (!op) {
        error_setg(errp, "Bad range specifier '%s'", text);
        error_append_hint(errp, "Use START+SIZE, END-SIZE or START..END.\n");
        return false;
    }
    if (qemu_strtou64(text, &end, 0, &left) < 0 || end != op) {
        error_setg(errp, "Invalid number to the left of '%s' in '%s'",
                   *op == '.'   ? ".."
                   : *op == '+' ? "+"
                                : "-",
                   text);
        return false;
    }
    if (qemu_strtou64(op + (*op == '.' ? 2 : 1), NULL, 0, &right) < 0) {
        error_setg(errp, "Invalid number to the right of '%s' in '%s'",
                   *op == '.'   ? ".."
                   : *op == '+' ? "+"
                                : "-",
                   text);
        return false;
    }
    lob = *op == '-' ? left - (right - 1) : left;
    upb = *op == '-' ? left : *op == '+' ? left + (right - 1) : right;
    if (lob > upb || (*op != '.' && right == 0)) {
        error_setg(errp, "Invalid range '%s'", text);
        return false;
    }
    range_set_bounds(range, lob, upb);
    return true;
}

void qemu_set_dfilter_ranges(const char *ranges, Error **errp)
{
    ERRP_GUARD();
    g_auto(GStrv) parts = g_strsplit(ranges, ",", -1);
    unsigned int count = g_strv_length(parts);
    AddrFilter *filter;

    if (count == 0) {
        error_setg(errp, "A range of addresses is missing");
        return;
    }
    filter = g_malloc0(sizeof(*filter) + count * sizeof(filter->ranges[0]));

    for (filter->count = 0; filter->count < count; filter->count++) {
        if (!parse_range(parts[filter->count], &filter->ranges[filter->count],
                         errp)) {
            g_free(filter);
            return;
        }
    }
    filter->replaced = addr_filter;
    qatomic_rcu_set(&addr_filter, filter);
}
