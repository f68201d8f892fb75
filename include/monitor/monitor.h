/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor: how the outside world talks to the emulator.
 *
 * A Monitor is one conversation over one character device. There are two
 * kinds: QMP (JSON requests, replies and events, for programs) and HMP (lines
 * of text, for people). Any number of both can exist. Commands of all of them
 * run one at a time in the main loop under the big lock; a QMP client that
 * negotiated "oob" may also run some commands in the monitor thread.
 *
 * Code that runs a command finds the monitor that asked with monitor_cur().
 * Output goes into a buffer of the monitor and leaves it when the character
 * device takes it: printing never blocks, however slowly a client reads.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "qemu/main-loop.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-misc.h"
#include "qemu/coroutine-core.h"
#include "qemu/readline.h"

typedef struct MonitorHMP MonitorHMP;
typedef struct MonitorOptions MonitorOptions;

/* How many requests of one QMP client wait for their turn at most. */
#define QMP_REQ_QUEUE_LEN_MAX 8

/* The options of -mon: id, mode, chardev, pretty (system/ defines it). */
extern QemuOptsList qemu_mon_opts;

/* --- The current monitor ------------------------------------------------ */

/* The monitor whose command this thread is running; NULL outside of one. */
Monitor *monitor_cur(void);

/*
 * Makes @mon the current monitor of this thread and returns the previous one,
 * which the caller puts back afterwards. @co is ignored; it is there since
 * QEMU has one current monitor for each coroutine.
 */
Monitor *monitor_set_cur(Coroutine *co, Monitor *mon);

/* Is there a current monitor, and is it a QMP one? */
bool monitor_cur_is_qmp(void);

/*
 * The CPU that the commands of @mon are about: its number, or
 * UNASSIGNED_CPU_INDEX without CPUs; and choosing it: -1 if there is none with
 * that number. @mon may be NULL: the first CPU.
 */
int monitor_get_cpu_index(Monitor *mon);
int monitor_set_cpu(Monitor *mon, int cpu_index);
/* Ours: the CPU itself, its state fetched, or NULL. */
CPUState *mon_get_cpu(Monitor *mon);

/* --- Creation and removal (big lock held) ------------------------------- */

/*
 * Prepares the monitor subsystem: once, before any of the functions below.
 * monitor_init_globals_core() is what tools without commands need of it.
 */
void monitor_init_globals(void);
void monitor_init_globals_core(void);

/*
 * Which clock measures the periods of limited events, if not that of the host:
 * the virtual one for qtest. Before the first event.
 */
void monitor_set_event_clock(QEMUClockType clock);

/*
 * Starts a QMP monitor on @chr, which it takes over as its front end. With
 * @pretty, replies are indented. Fails if @chr has a front end already.
 */
void monitor_init_qmp(Chardev *chr, bool pretty, Error **errp);

/*
 * Starts an HMP monitor on @chr. With @use_readline it offers line editing;
 * without, each chunk that arrives is one command with a NUL at its end.
 */
void monitor_init_hmp(Chardev *chr, bool use_readline, Error **errp);

/*
 * Starts the monitor that @opts describes. @allow_hmp: may it be an HMP one?
 * Returns 0, or -1 with @errp set.
 */
int monitor_init(MonitorOptions *opts, bool allow_hmp, Error **errp);

/* The same for a parsed "-mon" option. Returns 0, or -1 with @errp set. */
int monitor_init_opts(QemuOpts *opts, Error **errp);

/* Ends all monitors and the monitor thread: at exit, after the main loop. */
void monitor_cleanup(void);

/*
 * Stops reading from a monitor, and continues; the calls nest. Returns 0, or
 * -ENOTTY for an HMP monitor without line editing, which cannot wait. Any
 * thread.
 */
int monitor_suspend(Monitor *mon);
void monitor_resume(Monitor *mon);

/* --- Output (any thread) ------------------------------------------------ */

/*
 * Print to @mon. Nothing happens without a monitor. Printing to a QMP monitor
 * is a mistake of the caller and ignored: they return -1. Otherwise the number
 * of characters (0 for monitor_puts()).
 */
int monitor_puts(Monitor *mon, const char *str);
int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
int monitor_printf(Monitor *mon, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Prints the character @ch as a C character constant: 'a', '\n', '\x7f'. */
void monitor_printc(Monitor *mon, int ch);

/* Hands what is buffered to the character device, as far as it takes it. */
void monitor_flush(Monitor *mon);

/* The same with the monitor's lock held by the caller. */
int monitor_puts_locked(Monitor *mon, const char *str);
void monitor_flush_locked(Monitor *mon);

/*
 * Print to the current monitor, or to stderr outside of a command, but not
 * when the current one is QMP: then they return -1.
 */
int error_vprintf_unless_qmp(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
int error_printf_unless_qmp(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* --- Input of an HMP monitor -------------------------------------------- */

/* Waits for the next command; with @show_prompt the prompt appears first. */
void monitor_read_command(MonitorHMP *mon, int show_prompt);

/*
 * Asks for a password and hands it to @readline_func. Returns 0, or -ENOTTY
 * when the monitor has no line editing.
 */
int monitor_read_password(MonitorHMP *mon, ReadLineFunc *readline_func,
                          void *opaque);

/* --- File descriptors that a client passed (big lock held) -------------- */

/*
 * Takes the descriptor that "getfd" stored as @fdname out of @mon: the caller
 * owns it. Returns -1 with @errp set when there is none.
 */
int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp);

/*
 * The same for a value that may also be a number, then a descriptor that was
 * open when the emulator started. Without @mon only numbers are possible.
 */
int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp);

/*
 * Adds @fd, which it takes over, to the set @fdset_id or, without
 * @has_fdset_id, to a new one. @opaque is the client's note. Returns what
 * "add-fd" answers, or NULL with @errp set.
 */
AddfdInfo *monitor_fdset_add_fd(int fd, bool has_fdset_id, int64_t fdset_id,
                                const char *opaque, Error **errp);

/*
 * Duplicates the descriptor of set @fdset_id whose access mode is that of the
 * open(2) @flags. Returns the copy, or -1 with @errp set (and errno). The set
 * lives until monitor_fdset_dup_fd_remove() has seen every copy.
 */
int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags, Error **errp);
void monitor_fdset_dup_fd_remove(int dup_fd);

/* --- HMP commands that other folders implement -------------------------- */

/*
 * Gives the command @name of HMP's table (of "info"'s with @info) its function,
 * or the QMP command whose text it prints. To be called before the first
 * command runs. A name that is not in the table is a programming error.
 */
void monitor_register_hmp(const char *name, bool info,
                          void (*cmd)(Monitor *mon, const QDict *qdict));
void monitor_register_hmp_info_hrt(const char *name,
                                   HumanReadableText *(*handler)(Error **errp));

/*
 * How "$NAME" in an expression of an HMP command gets its value: @reader
 * stores it and returns true, or returns false for an unknown name. NULL, as
 * at the start, means that there are no registers.
 */
void monitor_set_register_reader(bool (*reader)(Monitor *mon, const char *name,
                                                int64_t *value));

#endif
