/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to the user: see include/qemu/error-report.h.
 *
 * A message is put together as one string and printed by one call, so that
 * those of several threads do not mix.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"

typedef enum { REPORT_ERROR, REPORT_WARNING, REPORT_INFO } ReportKind;

bool message_with_timestamp;
bool error_with_guestname;
const char *error_guest_name;

static int (*sink_vprintf)(const char *fmt, va_list ap);
static bool (*sink_active)(void);

/* The bottom of each thread's location stack, and its top. */
static __thread Location bottom_loc;
static __thread Location *top_loc;

void error_set_sink(int (*vprintf_fn)(const char *fmt, va_list ap),
                    bool (*active)(void))
{
    sink_vprintf = vprintf_fn;
    sink_active = active;
}

bool error_sink_active(void)
{
    return sink_vprintf && sink_active && sink_active();
}

int error_vprintf(const char *fmt, va_list ap)
{
    if (error_sink_active()) {
        return sink_vprintf(fmt, ap);
    }
    if (g_test_initialized() && !g_test_subprocess() &&
        g_getenv("QTEST_SILENT_ERRORS")) {
        g_autofree char *text = g_strdup_vprintf(fmt, ap);

        g_test_message("%s", text);
        return strlen(text);
    }
    return vfprintf(stderr, fmt, ap);
}

int error_printf(const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = error_vprintf(fmt, ap);
    va_end(ap);
    return n;
}

/* --- Locations --------------------------------------------------------- */

static Location *current_loc(void)
{
    if (!top_loc) {
        top_loc = &bottom_loc;
    }
    return top_loc;
}

static Location *push_loc(Location *loc)
{
    assert(!loc->prev);
    loc->prev = current_loc();
    top_loc = loc;
    return loc;
}

Location *loc_push_restore(Location *loc)
{
    return push_loc(loc);
}

Location *loc_push_none(Location *loc)
{
    *loc = (Location){ .kind = LOC_NONE };
    return push_loc(loc);
}

Location *loc_pop(Location *loc)
{
    assert(top_loc == loc && loc->prev);
    top_loc = loc->prev;
    loc->prev = NULL;
    return loc;
}

Location *loc_save(Location *loc)
{
    *loc = *current_loc();
    loc->prev = NULL;
    return loc;
}

void loc_restore(Location *loc)
{
    Location *top = current_loc(), *prev = top->prev;

    assert(!loc->prev);
    *top = *loc;
    top->prev = prev;
}

void loc_set_none(void)
{
    current_loc()->kind = LOC_NONE;
}

void loc_set_cmdline(char **argv, int idx, int cnt)
{
    Location *loc = current_loc();

    loc->kind = LOC_CMDLINE;
    loc->ptr = argv + idx;
    loc->num = cnt;
}

void loc_set_file(const char *fname, int lno)
{
    Location *loc = current_loc();

    assert(fname || loc->kind == LOC_FILE);
    loc->kind = LOC_FILE;
    loc->num = lno;
    if (fname) {
        loc->ptr = fname;
    }
}

/* --- Messages ---------------------------------------------------------- */

/* "prog: text", "prog: -device x: text", "prog:file:1: text". */
static void append_location(GString *out, const Location *loc, bool monitor)
{
    const char *name = monitor ? NULL : g_get_prgname();
    const char *const *words = loc->ptr;

    if (name) {
        g_string_append_printf(out, "%s:%s", name,
                               loc->kind == LOC_FILE ? "" : " ");
    }
    if (loc->kind == LOC_CMDLINE) {
        for (int i = 0; i < loc->num; i++) {
            g_string_append_printf(out, "%s%s", i ? " " : "", words[i]);
        }
        g_string_append(out, ": ");
    } else if (loc->kind == LOC_FILE) {
        g_string_append_printf(out, "%s:", (const char *)loc->ptr);
        if (loc->num) {
            g_string_append_printf(out, "%d:", loc->num);
        }
        g_string_append_c(out, ' ');
    }
}

static void G_GNUC_PRINTF(2, 0)
    vreport(ReportKind kind, const char *fmt, va_list ap)
{
    static const char *const label[] = {
        [REPORT_ERROR] = "",
        [REPORT_WARNING] = "warning: ",
        [REPORT_INFO] = "info: ",
    };
    g_autoptr(GString) out = g_string_new(NULL);
    int saved_errno = errno;
    bool monitor = error_sink_active();

    if (message_with_timestamp && !monitor) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *text = g_date_time_format_iso8601(now);

        g_string_append_printf(out, "%s ", text);
    }
    if (error_with_guestname && error_guest_name && !monitor) {
        g_string_append_printf(out, "%s ", error_guest_name);
    }
    append_location(out, current_loc(), monitor);
    g_string_append(out, label[kind]);
    g_string_append_vprintf(out, fmt, ap);
    g_string_append_c(out, '\n');
    error_printf("%s", out->str);
    errno = saved_errno;
}

void error_vreport(const char *fmt, va_list ap)
{
    vreport(REPORT_ERROR, fmt, ap);
}

void warn_vreport(const char *fmt, va_list ap)
{
    vreport(REPORT_WARNING, fmt, ap);
}

void info_vreport(const char *fmt, va_list ap)
{
    vreport(REPORT_INFO, fmt, ap);
}

void error_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vreport(REPORT_ERROR, fmt, ap);
    va_end(ap);
}

void warn_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vreport(REPORT_WARNING, fmt, ap);
    va_end(ap);
}

void info_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vreport(REPORT_INFO, fmt, ap);
    va_end(ap);
}

bool error_report_once_cond(bool *printed, const char *fmt, ...)
{
    va_list ap;

    if (qatomic_xchg(printed, true)) {
        return false;
    }
    va_start(ap, fmt);
    vreport(REPORT_ERROR, fmt, ap);
    va_end(ap);
    return true;
}

bool warn_report_once_cond(bool *printed, const char *fmt, ...)
{
    va_list ap;

    if (qatomic_xchg(printed, true)) {
        return false;
    }
    va_start(ap, fmt);
    vreport(REPORT_WARNING, fmt, ap);
    va_end(ap);
    return true;
}

/* --- GLib's messages --------------------------------------------------- */

/* As GLib's own handler: chatter only for domains that were asked for. */
static bool wants_debug(const char *domain)
{
    const char *list = g_getenv("G_MESSAGES_DEBUG");
    g_auto(GStrv) words = list ? g_strsplit(list, " ", -1) : NULL;

    return words &&
           (g_strv_contains((const char *const *)words, "all") ||
            (domain && g_strv_contains((const char *const *)words, domain)));
}

static void glib_message(const char *domain, GLogLevelFlags level,
                         const char *message, gpointer opaque)
{
    const char *sep = domain ? ": " : "";
    const char *name = domain ? domain : "";

    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) {
        error_report("%s%s%s", name, sep, message);
    } else if (level & G_LOG_LEVEL_WARNING) {
        warn_report("%s%s%s", name, sep, message);
    } else if ((level & G_LOG_LEVEL_MESSAGE) || wants_debug(domain)) {
        info_report("%s%s%s", name, sep, message);
    }
}

void error_init(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');

    g_set_prgname(slash ? slash + 1 : argv0);
    g_log_set_default_handler(glib_message, NULL);
}
