/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QemuOpts from a string, and as text. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/help_option.h"
#include "opts-internal.h"

/* How a string is parsed. */
typedef struct OptsSyntax {
    const char *firstname; /* the key of a first value without one, or NULL */
    bool warn_on_flag;     /* "flag" for "flag=on" is deprecated */
    bool *help;            /* set when a key asks for help, if not NULL */
} OptsSyntax;

static void warn_about_flag(const char *prefix, const char *name,
                            const char *value)
{
    warn_report("short-form boolean option '%s%s' deprecated", prefix, name);
    if (g_str_equal(name, "delay")) {
        error_printf("Please use nodelay=%s instead\n",
                     prefix[0] ? "on" : "off");
    } else {
        error_printf("Please use %s=%s instead\n", name, value);
    }
}

/*
 * Reads one element at @p. Returns where the next one begins; NULL when it is
 * a request for help, and nothing was read.
 */
static const char *parse_element(const char *p, OptsSyntax *syntax, char **name,
                                 char **value)
{
    size_t len = strcspn(p, "=,");
    const char *prefix = "";

    if (p[len] == '=') {
        *name = g_strndup(p, len);
        p = get_opt_value(p + len + 1, value);
    } else if (syntax->firstname) {
        *name = g_strdup(syntax->firstname);
        p = get_opt_value(p, value);
    } else {
        bool is_help;

        *name = g_strndup(p, len);
        p += len;
        is_help = is_help_option(*name);
        if (is_help && syntax->help) {
            *syntax->help = true;
            g_free(*name);
            return NULL;
        }
        if (g_str_has_prefix(*name, "no")) {
            memmove(*name, *name + 2, strlen(*name + 2) + 1);
            prefix = "no";
        }
        *value = g_strdup(*prefix ? "off" : "on");
        if (syntax->warn_on_flag && !is_help) {
            warn_about_flag(prefix, *name, *value);
        }
    }
    syntax->firstname = NULL;
    return p + (*p == ',');
}

bool has_help_option(const char *param)
{
    bool help = false;
    OptsSyntax syntax = { .help = &help };
    const char *p = param;
    char *name, *value;

    while (p && *p) {
        p = parse_element(p, &syntax, &name, &value);
        if (p) {
            g_free(name);
            g_free(value);
        }
    }
    return help;
}

/* The id that @params gives, which is the first; the caller frees it. */
static char *find_id(const char *params, const char *firstname)
{
    OptsSyntax syntax = { .firstname = firstname };
    const char *p = params;
    char *name, *value;

    while (*p) {
        p = parse_element(p, &syntax, &name, &value);
        if (g_str_equal(name, "id")) {
            g_free(name);
            return value;
        }
        g_free(name);
        g_free(value);
    }
    return NULL;
}

static bool parse_into(QemuOpts *opts, const char *params, OptsSyntax syntax,
                       Error **errp)
{
    const char *p = params;

    while (*p) {
        g_autofree char *name = NULL;
        g_autofree char *value = NULL;

        p = parse_element(p, &syntax, &name, &value);
        if (!p) {
            name = value = NULL;
            return false;
        }
        /* find_id() has seen to the id. */
        if (!g_str_equal(name, "id") &&
            !qemu_opt_set(opts, name, value, errp)) {
            return false;
        }
    }
    return true;
}

bool qemu_opts_do_parse(QemuOpts *opts, const char *params,
                        const char *firstname, Error **errp)
{
    return parse_into(opts, params, (OptsSyntax){ .firstname = firstname },
                      errp);
}

static QemuOpts *parse(QemuOptsList *list, const char *params,
                       OptsSyntax syntax, Error **errp)
{
    g_autofree char *id = find_id(params, syntax.firstname);
    QemuOpts *opts;

    /* Several uses share options only where they are all merged. */
    opts = qemu_opts_create(list, id, !list->merge_lists, errp);
    if (!opts) {
        return NULL;
    }
    if (!parse_into(opts, params, syntax, errp)) {
        qemu_opts_del(opts);
        return NULL;
    }
    return opts;
}

QemuOpts *qemu_opts_parse(QemuOptsList *list, const char *params,
                          bool permit_abbrev, Error **errp)
{
    assert(!permit_abbrev || list->implied_opt_name);
    return parse(list, params,
                 (OptsSyntax){
                     .firstname = permit_abbrev ? list->implied_opt_name : NULL,
                 },
                 errp);
}

QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *params,
                                  bool permit_abbrev)
{
    bool help = false;
    Error *err = NULL;
    QemuOpts *opts;

    assert(!permit_abbrev || list->implied_opt_name);
    opts = parse(list, params,
                 (OptsSyntax){
                     .firstname = permit_abbrev ? list->implied_opt_name : NULL,
                     .warn_on_flag = true,
                     .help = opts_accept_any(list->desc) ? NULL : &help,
                 },
                 &err);
    if (!opts) {
        if (help) {
            qemu_opts_print_help(list, true);
        } else {
            error_report_err(err);
        }
    }
    return opts;
}

static void print_escaped(const char *value)
{
    for (; *value; value++) {
        if (*value == ',') {
            putchar(',');
        }
        putchar(*value);
    }
}

/* Prints @name=@value; numbers as they were understood. */
static void print_opt(const char *name, const char *value, QemuOpt *opt,
                      const QemuOptDesc *desc, const char *sep)
{
    printf("%s%s=", sep, name);
    if (!desc || desc->type == QEMU_OPT_STRING) {
        print_escaped(value);
    } else if (opt &&
               (desc->type == QEMU_OPT_NUMBER || desc->type == QEMU_OPT_SIZE)) {
        printf("%" PRId64, opt->value.uint);
    } else {
        printf("%s", value);
    }
}

void qemu_opts_print(QemuOpts *opts, const char *separator)
{
    const QemuOptDesc *desc;
    const char *sep = "";
    QemuOpt *opt;

    if (opts->id) {
        printf("id=%s", opts->id);
        sep = separator;
    }
    if (opts_accept_any(opts->list->desc)) {
        QTAILQ_FOREACH(opt, &opts->head, next) {
            print_opt(opt->name, opt->str, opt, NULL, sep);
            sep = separator;
        }
        return;
    }
    for (desc = opts->list->desc; desc->name; desc++) {
        const char *value = qemu_opt_get(opts, desc->name);

        if (value) {
            opt = qemu_opt_find(opts, desc->name);
            print_opt(desc->name, value, opt, desc, sep);
            sep = separator;
        }
    }
}

static const char *type_name(enum QemuOptType type)
{
    switch (type) {
    case QEMU_OPT_STRING:
        return "str";
    case QEMU_OPT_BOOL:
        return "bool (on/off)";
    case QEMU_OPT_NUMBER:
        return "num";
    case QEMU_OPT_SIZE:
        return "size";
    }
    g_assert_not_reached();
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *help_line(const QemuOptDesc *desc)
{
    g_autofree char *usage =
        g_strdup_printf("  %s=<%s>", desc->name, type_name(desc->type));

    if (!desc->help) {
        return g_steal_pointer(&usage);
    }
    return g_strdup_printf("%-24s - %s", usage, desc->help);
}

void qemu_opts_print_help(QemuOptsList *list, bool print_caption)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    const QemuOptDesc *desc;
    guint i;

    for (desc = list->desc; desc->name; desc++) {
        g_ptr_array_add(lines, help_line(desc));
    }
    g_ptr_array_sort(lines, compare_lines);
    if (!lines->len && list->name) {
        printf("There are no options for %s.\n", list->name);
    } else if (!lines->len) {
        printf("No options available.\n");
    } else if (print_caption && list->name) {
        printf("%s options:\n", list->name);
    } else if (print_caption) {
        printf("Options:\n");
    }
    for (i = 0; i < lines->len; i++) {
        printf("%s\n", (char *)g_ptr_array_index(lines, i));
    }
}
