/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log: what -d asks for, written to standard error or to -D's file.
 *
 * Each message belongs to an item: a bit, a name for -d and a help text.
 *   qemu_log_mask(LOG_GUEST_ERROR, "timer: write to read-only %x\n", reg);
 * costs a load and a branch while the item is off. Text that spans several
 * calls and must stay together is written between qemu_log_trylock() and
 * qemu_log_unlock(). With "tid" each thread has a file of its own.
 *
 * Everything here may be called from any thread; setting is serialized.
 */
#ifndef QEMU_LOG_H
#define QEMU_LOG_H

#include <stdint.h>
#include <stdio.h>
#include "qemu/log-for-trace.h"
#include "qemu/typedefs.h"

#define CPU_LOG_TB_OUT_ASM (1 << 0)
#define CPU_LOG_TB_IN_ASM  (1 << 1)
#define CPU_LOG_TB_OP      (1 << 2)
#define CPU_LOG_TB_OP_OPT  (1 << 3)
#define CPU_LOG_INT        (1 << 4)
#define CPU_LOG_EXEC       (1 << 5)
#define CPU_LOG_PCALL      (1 << 6)
#define CPU_LOG_TB_CPU     (1 << 8)
#define CPU_LOG_RESET      (1 << 9)
#define LOG_UNIMP          (1 << 10)
#define LOG_GUEST_ERROR    (1 << 11)
#define CPU_LOG_MMU        (1 << 12)
#define CPU_LOG_TB_NOCHAIN (1 << 13)
#define CPU_LOG_PAGE       (1 << 14)
/* LOG_TRACE, 1 << 15, is in log-for-trace.h. */
#define CPU_LOG_TB_OP_IND  (1 << 16)
#define CPU_LOG_TB_FPU     (1 << 17)
#define CPU_LOG_PLUGIN     (1 << 18)
#define LOG_STRACE         (1 << 19)
#define LOG_PER_THREAD     (1 << 20)
#define CPU_LOG_TB_VPU     (1 << 21)
#define LOG_TB_OP_PLUGIN   (1 << 22)
#define LOG_INVALID_MEM    (1 << 23)

/* Does qemu_log() write anywhere; and to a file rather than stderr? */
bool qemu_log_enabled(void);
bool qemu_log_separate(void);

#define qemu_log_mask(mask, fmt, ...)                                    \
    do {                                                                 \
        if (unlikely(qemu_loglevel_mask(mask))) {                        \
            qemu_log(fmt, ##__VA_ARGS__);                                \
        }                                                                \
    } while (0)
/* Only for addresses that -dfilter lets through. */
#define qemu_log_mask_and_addr(mask, addr, fmt, ...)                     \
    do {                                                                 \
        if (unlikely(qemu_loglevel_mask(mask)) &&                        \
            qemu_log_in_addr_range(addr)) {                              \
            qemu_log(fmt, ##__VA_ARGS__);                                \
        }                                                                \
    } while (0)

/*
 * The stream of the log, locked for this thread; NULL when there is none.
 * It stays valid until it is given back, also when the log is moved.
 */
FILE *qemu_log_trylock(void) G_GNUC_WARN_UNUSED_RESULT;
/* Flushes and unlocks. NULL is allowed. */
void qemu_log_unlock(FILE *fd);

typedef struct QEMULogItem {
    int mask;
    const char *name;
    const char *help;
} QEMULogItem;

/* All items, in the order of the help; mask 0 ends them. */
extern const QEMULogItem qemu_log_items[];

/*
 * Choose the items, the file, or both. The file is opened while any item is
 * on. In its name "%d" stands for the process id, with item "tid" for the
 * thread's; no other '%' is allowed. NULL or "" is standard error. On a
 * failure the log stays as it was, false, @errp set.
 */
bool qemu_set_log(int log_flags, Error **errp);
bool qemu_set_log_filename(const char *filename, Error **errp);
bool qemu_set_log_filename_flags(const char *name, int flags, Error **errp);

/*
 * Addresses to log about: "START+SIZE", "START-SIZE" (SIZE bytes that end
 * there), "START..END", separated by commas. Replaces what was set, unless
 * there is an error.
 */
void qemu_set_dfilter_ranges(const char *ranges, Error **errp);
/* True for every address while no ranges are set. */
bool qemu_log_in_addr_range(uint64_t addr);

/*
 * The mask for a list of item names, "all" or "trace:GLOB" (which turns the
 * trace events on at once); 0 when one of them is unknown.
 */
int qemu_str_to_log_mask(const char *str);
/* The list of items for -d help. */
void qemu_print_log_usage(FILE *f);

/* Called by trace/: how to turn on the events of a "trace:GLOB" item. */
void qemu_log_set_trace_hook(void (*enable)(const char *glob));

#endif
