/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to the user: errors, warnings and remarks.
 *
 * A message is one line: "PROGNAME: LOCATION: warning: text". The location is
 * that of the innermost entry of the thread's location stack: a piece of the
 * command line, a line of a configuration file, or none. A message goes to
 * standard error, unless the thread serves a human monitor, which then gets
 * it (without time, program and guest name); the monitor registers itself
 * with error_set_sink(), for this folder does not know it.
 *
 * Messages that a QMP client shall get are Error objects (qapi/error.h).
 */
#ifndef QEMU_ERROR_REPORT_H
#define QEMU_ERROR_REPORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <glib.h>

/*
 * An entry of the location stack, allocated by whoever pushes it and alive
 * until it is popped. Its members are private.
 */
typedef struct Location {
    enum { LOC_NONE, LOC_CMDLINE, LOC_FILE } kind;
    int num;
    const void *ptr;
    struct Location *prev;
} Location;

/* Push: one saved with loc_save(), or one of no place. They return @loc. */
Location *loc_push_restore(Location *loc);
Location *loc_push_none(Location *loc);
/* Pops @loc, which must be on top. */
Location *loc_pop(Location *loc);
/* Copy the top of the stack to @loc, and @loc over the top. */
Location *loc_save(Location *loc);
void loc_restore(Location *loc);

/* Change the top: no place; @cnt words of @argv from @idx; a file's line. */
void loc_set_none(void);
void loc_set_cmdline(char **argv, int idx, int cnt);
/* @fname NULL keeps the name. @lno 0: no line. @fname must stay alive. */
void loc_set_file(const char *fname, int lno);

/* Raw text to where messages go; the number of bytes. */
int error_vprintf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
int error_printf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* One message, a phrase without newline. */
void error_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void warn_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void info_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void error_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void warn_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void info_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* Unless *printed, which they set; true when they printed. */
bool error_report_once_cond(bool *printed, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
bool warn_report_once_cond(bool *printed, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* The first time this line of code is reached. */
#define error_report_once(fmt, ...)                                      \
    ({                                                                   \
        static bool print_once_;                                         \
        error_report_once_cond(&print_once_, fmt, ##__VA_ARGS__);        \
    })
#define warn_report_once(fmt, ...)                                       \
    ({                                                                   \
        static bool print_once_;                                         \
        warn_report_once_cond(&print_once_, fmt, ##__VA_ARGS__);         \
    })

/*
 * Takes the program's name for messages from @argv0 and sends GLib's own
 * warnings here too. Once, first thing in main().
 */
void error_init(const char *argv0);

/* -msg: a time stamp in front, and then the guest's name where it has one. */
extern bool message_with_timestamp;
extern bool error_with_guestname;
extern const char *error_guest_name;

/*
 * Called by the monitor, before other threads start. @vprintf_fn prints to
 * the human monitor that the calling thread serves; @active tells whether it
 * serves one. NULL, NULL: back to standard error alone.
 */
void error_set_sink(int (*vprintf_fn)(const char *fmt, va_list ap),
                    bool (*active)(void));
/* Whether messages of the calling thread go to a human monitor. */
bool error_sink_active(void);

#endif
