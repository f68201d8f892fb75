/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text after an HMP command's name to its arguments, as the command's
 * args_type says (monitor-internal.h describes that little language).
 */
#include "qemu/osdep.h"
#include <math.h>
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "qemu/option.h"
#include "qemu/units.h"
#include "qobject/qnum.h"
#include "monitor-internal.h"

typedef struct ArgParser {
    Monitor *mon;
    const HMPCommand *cmd;
    const char *p;    /* in the text */
    const char *spec; /* in args_type */
    char *key;
    char type;
    QDict *args;
} ArgParser;

/* What print and examine use when they are not told; as in a debugger. */
static char last_format = 'x';
static int last_size = 4;

static void skip_space(const char **pp)
{
    while (qemu_isspace(**pp)) {
        (*pp)++;
    }
}

/* --- Words -------------------------------------------------------------- */

static bool unescape(Monitor *mon, char c, GString *out)
{
    switch (c) {
    case 'n':
        g_string_append_c(out, '\n');
        return true;
    case 'r':
        g_string_append_c(out, '\r');
        return true;
    case '\\':
    case '\'':
    case '"':
        g_string_append_c(out, c);
        return true;
    default:
        monitor_printf(mon, "unsupported escape code: '\\%c'\n", c);
        return false;
    }
}

char *hmp_get_word(Monitor *mon, const char **pp)
{
    g_autoptr(GString) word = g_string_new(NULL);
    const char *p = *pp;

    skip_space(&p);
    if (!*p) {
        *pp = p;
        return NULL;
    }
    if (*p != '"') {
        while (*p && !qemu_isspace(*p)) {
            g_string_append_c(word, *p++);
        }
        *pp = p;
        return g_string_free(g_steal_pointer(&word), false);
    }
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1]) {
            if (!unescape(mon, *++p, word)) {
                return NULL;
            }
        } else {
            g_string_append_c(word, *p);
        }
    }
    if (*p != '"') {
        monitor_printf(mon, "unterminated string\n");
        return NULL;
    }
    *pp = p + 1;
    return g_string_free(g_steal_pointer(&word), false);
}

char **hmp_split_words(const char *line, int *nb_words)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *p = line;

    for (skip_space(&p); *p; skip_space(&p)) {
        char *word = hmp_get_word(NULL, &p);

        if (!word) {
            return NULL;
        }
        g_ptr_array_add(words, word);
    }
    *nb_words = words->len;
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), false);
}

/* --- One type each ------------------------------------------------------ */

static bool parse_string(ArgParser *a)
{
    g_autofree char *word = hmp_get_word(a->mon, &a->p);

    if (!word) {
        monitor_printf(a->mon, "%s: %s expected\n", a->cmd->name,
                       a->type == 'F'   ? "filename"
                       : a->type == 'B' ? "block device name"
                                        : "string");
        return false;
    }
    qdict_put_str(a->args, a->key, word);
    return true;
}

static bool parse_rest(ArgParser *a)
{
    if (!*a->p) {
        monitor_printf(a->mon, "%s: string expected\n", a->cmd->name);
        return false;
    }
    qdict_put_str(a->args, a->key, a->p);
    a->p += strlen(a->p);
    return true;
}

static bool parse_options(ArgParser *a)
{
    QemuOptsList *list = qemu_find_opts(a->key);
    g_autofree char *word = NULL;
    QemuOpts *opts;

    if (!*a->p) {
        return true;
    }
    word = hmp_get_word(a->mon, &a->p);
    if (!list || !word) {
        return false;
    }
    opts = qemu_opts_parse_noisily(list, word, true);
    if (!opts) {
        return false;
    }
    qemu_opts_to_qdict(opts, a->args);
    qemu_opts_del(opts);
    return true;
}

static bool parse_integer(ArgParser *a)
{
    int64_t value;

    if (!hmp_get_expr(a->mon, &a->p, &value)) {
        return false;
    }
    if (a->type == 'i' && (uint64_t)value > UINT32_MAX) {
        monitor_printf(a->mon,
                       "'%s' has failed: integer is for 32-bit "
                       "values\n",
                       a->cmd->name);
        return false;
    }
    if (a->type == 'M') {
        if (value < 0) {
            monitor_printf(a->mon, "enter a positive value\n");
            return false;
        }
        value = (uint64_t)value * MiB;
    }
    qdict_put_int(a->args, a->key, value);
    return true;
}

static bool parse_size(ArgParser *a)
{
    uint64_t value;
    const char *end;

    if (qemu_strtosz_MiB(a->p, &end, &value) < 0 || value > INT64_MAX) {
        monitor_printf(a->mon, "invalid size\n");
        return false;
    }
    a->p = end;
    qdict_put_int(a->args, a->key, value);
    return true;
}

static bool parse_seconds(ArgParser *a)
{
    char *end;
    double value = strtod(a->p, &end);

    if (end == a->p) {
        monitor_printf(a->mon, "Number expected\n");
        return false;
    }
    if (!isfinite(value)) {
        monitor_printf(a->mon, "Bad number\n");
        return false;
    }
    a->p = end;
    if (a->p[0] && a->p[1] == 's') {
        double scale = *a->p == 'm'   ? 1e3
                       : *a->p == 'u' ? 1e6
                       : *a->p == 'n' ? 1e9
                                      : 0;

        if (scale) {
            value /= scale;
            a->p += 2;
        }
    }
    if (*a->p && !qemu_isspace(*a->p)) {
        monitor_printf(a->mon, "Unknown unit suffix\n");
        return false;
    }
    qdict_put(a->args, a->key, qnum_from_double(value));
    return true;
}

static bool parse_switch(ArgParser *a)
{
    const char *start = a->p;
    size_t len;

    while (qemu_isgraph(*a->p)) {
        a->p++;
    }
    len = a->p - start;
    if (len == 2 && !memcmp(start, "on", 2)) {
        qdict_put_bool(a->args, a->key, true);
    } else if (len == 3 && !memcmp(start, "off", 3)) {
        qdict_put_bool(a->args, a->key, false);
    } else {
        monitor_printf(a->mon, "Expected 'on' or 'off'\n");
        return false;
    }
    return true;
}

/* "/COUNT FORMAT SIZE", each part optional, FORMAT and SIZE in any order. */
static bool parse_format(ArgParser *a)
{
    int64_t count = 1;
    char format = 0;
    int size = 0;

    if (*a->p == '/') {
        a->p++;
        if (qemu_isdigit(*a->p)) {
            for (count = 0; qemu_isdigit(*a->p); a->p++) {
                count = MIN(count * 10 + (*a->p - '0'), INT32_MAX);
            }
        }
        for (; *a->p && !qemu_isspace(*a->p); a->p++) {
            if (strchr("oduxic", *a->p)) {
                format = *a->p;
            } else if (strchr("bhwgL", *a->p)) {
                size = *a->p == 'b'   ? 1
                       : *a->p == 'h' ? 2
                       : *a->p == 'w' ? 4
                                      : 8;
            } else {
                monitor_printf(a->mon, "invalid char in format: '%c'\n", *a->p);
                return false;
            }
        }
    }
    last_format = format ? format : last_format;
    if (last_format == 'i') {
        /* Instructions have no size unless one was asked for. */
        size = size ? size : -1;
    } else {
        last_size = size ? size : last_size;
        size = last_size;
    }
    qdict_put_int(a->args, "count", count);
    qdict_put_int(a->args, "format", last_format);
    qdict_put_int(a->args, "size", size);
    return true;
}

/* --- Flags -------------------------------------------------------------- */

/* Moves to the next argument in args_type. False at its end. */
static bool next_arg(ArgParser *a)
{
    const char *colon = strchr(a->spec, ':');

    g_clear_pointer(&a->key, g_free);
    if (*a->spec == ',') {
        a->spec++;
    }
    if (!*a->spec || !colon) {
        return false;
    }
    a->key = g_strndup(a->spec, colon - a->spec);
    a->type = colon[1];
    a->spec = colon + 2;
    return true;
}

/*
 * Is @flag among the flags from this argument on? They stand together in
 * args_type and may be given in any order. *@value: does it have a value?
 */
static char *find_flag(const ArgParser *a, char flag, bool *value)
{
    ArgParser f = { .spec = a->spec, .type = a->type };

    f.key = g_strdup(a->key);
    while (f.key && f.type == '-') {
        *value = f.spec[1] == 's';
        if (*f.spec == flag) {
            return f.key;
        }
        f.spec += *value ? 2 : 1;
        next_arg(&f);
    }
    g_free(f.key);
    return NULL;
}

static bool parse_flags(ArgParser *a)
{
    while (a->p[0] == '-') {
        char flag = a->p[1];
        bool has_value;
        g_autofree char *key = find_flag(a, flag, &has_value);
        g_autofree char *value = NULL;

        if (!key) {
            monitor_printf(a->mon, "%s: unsupported option -%c\n", a->cmd->name,
                           flag ? flag : ' ');
            return false;
        }
        if (qdict_haskey(a->args, key)) {
            break;
        }
        a->p += 2;
        if (!has_value) {
            qdict_put_bool(a->args, key, true);
        } else {
            value = hmp_get_word(a->mon, &a->p);
            if (!value) {
                monitor_printf(a->mon, "%s: value expected for -%c\n",
                               a->cmd->name, flag);
                return false;
            }
            qdict_put_str(a->args, key, value);
        }
        skip_space(&a->p);
    }
    return true;
}

/* --- All of them -------------------------------------------------------- */

/* Is the argument left out, as its type allows? Skips '?' and '.'. */
static bool left_out(ArgParser *a)
{
    switch (*a->spec) {
    case '?':
        a->spec++;
        return !*a->p;
    case '.':
        a->spec++;
        if (*a->p != '.') {
            return true;
        }
        a->p++;
        skip_space(&a->p);
        return false;
    default:
        return false;
    }
}

static bool parse_arg(ArgParser *a)
{
    switch (a->type) {
    case 'F':
    case 'B':
    case 's':
        return left_out(a) || parse_string(a);
    case 'S':
        return left_out(a) || parse_rest(a);
    case 'O':
        return parse_options(a);
    case 'i':
    case 'l':
    case 'M':
        return left_out(a) || parse_integer(a);
    case 'o':
        return left_out(a) || parse_size(a);
    case 'T':
        return left_out(a) || parse_seconds(a);
    case 'b':
        return left_out(a) || parse_switch(a);
    case '/':
        return parse_format(a);
    default:
        monitor_printf(a->mon, "%s: unknown type '%c'\n", a->cmd->name,
                       a->type);
        return false;
    }
}

QDict *hmp_parse_args(Monitor *mon, const HMPCommand *cmd, const char *text)
{
    ArgParser a = {
        .mon = mon,
        .cmd = cmd,
        .p = text,
        .spec = cmd->args_type,
        .args = qdict_new(),
    };
    bool ok = true;
    bool in_flags = false;

    while (ok && next_arg(&a)) {
        skip_space(&a.p);
        if (a.type != '-') {
            in_flags = false;
            ok = parse_arg(&a);
            continue;
        }
        if (!in_flags) {
            in_flags = true;
            ok = parse_flags(&a);
        }
        a.spec += a.spec[1] == 's' ? 2 : 1;
    }
    g_free(a.key);
    skip_space(&a.p);
    if (ok && *a.p) {
        monitor_printf(mon, "%s: extraneous characters at the end of line\n",
                       cmd->name);
        ok = false;
    }
    if (!ok) {
        qobject_unref(a.args);
        return NULL;
    }
    return a.args;
}
