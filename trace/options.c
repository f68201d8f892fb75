/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line's -trace [enable=]PATTERN,events=FILE,file=FILE.
 *
 * It is parsed here and not with QemuOpts, which belong to a layer above.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "trace/control.h"

/* Where the log goes: file=FILE. */
static char *trace_file;

/*
 * Takes one value off *@pos, to the next comma that is not doubled; doubled
 * ones become one. The caller frees it.
 */
static char *take_value(const char **pos)
{
    GString *value = g_string_new(NULL);

    for (; **pos; (*pos)++) {
        if (**pos == ',' && *++*pos != ',') {
            break;
        }
        g_string_append_c(value, **pos);
    }
    return g_string_free(value, FALSE);
}

/* Switches events on and off as the lines of file @name say. */
static void enable_from_file(const char *name)
{
    g_autofree char *line = NULL;
    size_t size = 0;
    int number = 0;
    ssize_t len;
    Location loc;
    FILE *f = fopen(name, "r");

    loc_push_none(&loc);
    loc_set_file(name, 0);
    if (!f) {
        error_report("%s", strerror(errno));
        exit(1);
    }
    while ((len = getline(&line, &size, f)) >= 0) {
        loc_set_file(name, ++number);
        g_strstrip(line);
        if (line[0] && line[0] != '#') {
            trace_enable_events(line);
        }
    }
    if (ferror(f)) {
        loc_set_file(name, 0);
        error_report("%s", strerror(errno));
        exit(1);
    }
    fclose(f);
    loc_pop(&loc);
}

void trace_opt_parse(const char *optstr)
{
    g_autofree char *enable = NULL;
    g_autofree char *events = NULL;
    const char *pos = optstr;
    bool first = true;

    while (*pos) {
        size_t len = strcspn(pos, "=,");
        g_autofree char *key = g_strndup(pos, len);
        char **where;

        if (pos[len] != '=' && !first) {
            error_report("Expected '=' after parameter '%s'", key);
            exit(1);
        }
        if (pos[len] != '=' || !strcmp(key, "enable")) {
            where = &enable;
        } else if (!strcmp(key, "events")) {
            where = &events;
        } else if (!strcmp(key, "file")) {
            where = &trace_file;
        } else {
            error_report("Invalid parameter '%s'; -trace takes enable, events "
                         "and file",
                         key);
            exit(1);
        }
        if (pos[len] == '=') {
            pos += len + 1;
        }
        g_free(*where);
        *where = take_value(&pos);
        first = false;
    }

    if (enable) {
        trace_enable_events(enable);
    }
    if (events) {
        enable_from_file(events);
    }
}

void trace_init_file(void)
{
    if (!trace_file) {
        return;
    }
#ifdef CONFIG_TRACE_LOG
    qemu_set_log_filename(trace_file, &error_fatal);
#else
    error_report("-trace file=...: option not supported by the selected "
                 "tracing backends");
    exit(1);
#endif
}

bool trace_init_backends(void)
{
    return true;
}
