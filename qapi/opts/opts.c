/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QemuOpts: the lists, and single options in them. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qemu/help_option.h"
#include "qemu/id.h"
#include "opts-internal.h"

const QemuOptDesc *opt_desc_find(const QemuOptDesc *desc, const char *name)
{
    for (; desc->name; desc++) {
        if (g_str_equal(desc->name, name)) {
            return desc;
        }
    }
    return NULL;
}

bool opt_parse(QemuOpt *opt, Error **errp)
{
    if (!opt->desc) {
        return true;
    }
    switch (opt->desc->type) {
    case QEMU_OPT_STRING:
        return true;
    case QEMU_OPT_BOOL:
        return qapi_bool_parse(opt->name, opt->str, &opt->value.boolean, errp);
    case QEMU_OPT_NUMBER:
        return parse_option_number(opt->name, opt->str, &opt->value.uint, errp);
    case QEMU_OPT_SIZE:
        return parse_option_size(opt->name, opt->str, &opt->value.uint, errp);
    }
    g_assert_not_reached();
}

static QemuOpt *opt_new(QemuOpts *opts, const char *name, char *value)
{
    QemuOpt *opt = g_new0(QemuOpt, 1);

    opt->name = g_strdup(name);
    opt->str = value;
    opt->opts = opts;
    QTAILQ_INSERT_TAIL(&opts->head, opt, next);
    return opt;
}

void opt_del(QemuOpt *opt)
{
    QTAILQ_REMOVE(&opt->opts->head, opt, next);
    g_free(opt->name);
    g_free(opt->str);
    g_free(opt);
}

static void del_all(QemuOpts *opts, const char *name)
{
    QemuOpt *opt, *next;

    QTAILQ_FOREACH_SAFE(opt, &opts->head, next, next) {
        if (g_str_equal(opt->name, name)) {
            opt_del(opt);
        }
    }
}

QemuOpt *qemu_opt_find(QemuOpts *opts, const char *name)
{
    QemuOpt *opt;

    QTAILQ_FOREACH_REVERSE(opt, &opts->head, next) {
        if (g_str_equal(opt->name, name)) {
            return opt;
        }
    }
    return NULL;
}

static const char *default_of(QemuOpts *opts, const char *name)
{
    const QemuOptDesc *desc = opt_desc_find(opts->list->desc, name);

    return desc ? desc->def_value_str : NULL;
}

const char *qemu_opt_get(QemuOpts *opts, const char *name)
{
    QemuOpt *opt;

    if (!opts) {
        return NULL;
    }
    opt = qemu_opt_find(opts, name);
    return opt ? opt->str : default_of(opts, name);
}

char *qemu_opt_get_del(QemuOpts *opts, const char *name)
{
    char *value = g_strdup(qemu_opt_get(opts, name));

    if (opts) {
        del_all(opts, name);
    }
    return value;
}

static bool parse_bool(const char *name, const char *str, uint64_t *val,
                       Error **errp)
{
    bool b;

    if (!qapi_bool_parse(name, str, &b, errp)) {
        return false;
    }
    *val = b;
    return true;
}

/*
 * The value of @name as @parse has it, its default or @defval. A value was
 * checked when it was set, if it is described; and a default is ours.
 */
static uint64_t get_parsed(QemuOpts *opts, const char *name, uint64_t defval,
                           bool (*parse)(const char *, const char *, uint64_t *,
                                         Error **),
                           bool del)
{
    uint64_t value = defval;
    const char *str;
    QemuOpt *opt;

    if (!opts) {
        return defval;
    }
    opt = qemu_opt_find(opts, name);
    if (!opt) {
        str = default_of(opts, name);
        if (str) {
            parse(name, str, &value, &error_abort);
        }
        return value;
    }
    parse(name, opt->str, &value, NULL);
    if (del) {
        del_all(opts, name);
    }
    return value;
}

bool qemu_opt_get_bool(QemuOpts *opts, const char *name, bool defval)
{
    return get_parsed(opts, name, defval, parse_bool, false);
}

bool qemu_opt_get_bool_del(QemuOpts *opts, const char *name, bool defval)
{
    return get_parsed(opts, name, defval, parse_bool, true);
}

uint64_t qemu_opt_get_number(QemuOpts *opts, const char *name, uint64_t defval)
{
    return get_parsed(opts, name, defval, parse_option_number, false);
}

uint64_t qemu_opt_get_number_del(QemuOpts *opts, const char *name,
                                 uint64_t defval)
{
    return get_parsed(opts, name, defval, parse_option_number, true);
}

uint64_t qemu_opt_get_size(QemuOpts *opts, const char *name, uint64_t defval)
{
    return get_parsed(opts, name, defval, parse_option_size, false);
}

uint64_t qemu_opt_get_size_del(QemuOpts *opts, const char *name,
                               uint64_t defval)
{
    return get_parsed(opts, name, defval, parse_option_size, true);
}

bool qemu_opt_has_help_opt(QemuOpts *opts)
{
    QemuOpt *opt;

    QTAILQ_FOREACH(opt, &opts->head, next) {
        if (is_help_option(opt->name)) {
            return true;
        }
    }
    return false;
}

int qemu_opt_unset(QemuOpts *opts, const char *name)
{
    QemuOpt *opt = qemu_opt_find(opts, name);

    assert(opts_accept_any(opts->list->desc));
    if (!opt) {
        return -1;
    }
    opt_del(opt);
    return 0;
}

/* Adds an option; takes @value over, also on failure. */
static bool set(QemuOpts *opts, const char *name, char *value, Error **errp)
{
    const QemuOptDesc *desc = opt_desc_find(opts->list->desc, name);
    QemuOpt *opt;

    if (!desc && !opts_accept_any(opts->list->desc)) {
        error_setg(errp, "Invalid parameter '%s'", name);
        g_free(value);
        return false;
    }
    opt = opt_new(opts, name, value);
    opt->desc = desc;
    if (!opt_parse(opt, errp)) {
        opt_del(opt);
        return false;
    }
    return true;
}

bool qemu_opt_set(QemuOpts *opts, const char *name, const char *value,
                  Error **errp)
{
    return set(opts, name, g_strdup(value), errp);
}

bool qemu_opt_set_bool(QemuOpts *opts, const char *name, bool val, Error **errp)
{
    return set(opts, name, g_strdup(val ? "on" : "off"), errp);
}

bool qemu_opt_set_number(QemuOpts *opts, const char *name, int64_t val,
                         Error **errp)
{
    return set(opts, name, g_strdup_printf("%" PRId64, val), errp);
}

int qemu_opt_foreach(QemuOpts *opts, qemu_opt_loopfunc func, void *opaque,
                     Error **errp)
{
    QemuOpt *opt;
    int ret;

    QTAILQ_FOREACH(opt, &opts->head, next) {
        ret = func(opaque, opt->name, opt->str, errp);
        if (ret) {
            return ret;
        }
    }
    return 0;
}

void qemu_opt_iter_init(QemuOptsIter *iter, QemuOpts *opts, const char *name)
{
    *iter = (QemuOptsIter){ .opts = opts, .name = name };
}

const char *qemu_opt_iter_next(QemuOptsIter *iter)
{
    QemuOpt *opt = iter->opt ? QTAILQ_NEXT(iter->opt, next)
                             : QTAILQ_FIRST(&iter->opts->head);

    while (opt && iter->name && !g_str_equal(opt->name, iter->name)) {
        opt = QTAILQ_NEXT(opt, next);
    }
    iter->opt = opt;
    return opt ? opt->str : NULL;
}

QemuOpts *qemu_opts_find(QemuOptsList *list, const char *id)
{
    QemuOpts *opts;

    QTAILQ_FOREACH(opts, &list->head, next) {
        if (!g_strcmp0(opts->id, id)) {
            return opts;
        }
    }
    return NULL;
}

/*
 * Whether the options of that id may be new ones of @list; if not, *@existing
 * are those to use instead, or NULL after an error.
 */
static bool may_create(QemuOptsList *list, const char *id, bool fail_if_exists,
                       QemuOpts **existing, Error **errp)
{
    *existing = NULL;
    if (list->merge_lists) {
        if (id) {
            error_setg(errp, "Invalid parameter 'id'");
            return false;
        }
        *existing = qemu_opts_find(list, NULL);
        return !*existing;
    }
    if (!id) {
        return true;
    }
    if (!id_wellformed(id)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "id", "an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                                "'-', '.', '_', starting with a letter.\n");
        return false;
    }
    *existing = qemu_opts_find(list, id);
    if (*existing && fail_if_exists) {
        error_setg(errp, "Duplicate ID '%s' for %s", id, list->name);
        *existing = NULL;
        return false;
    }
    return !*existing;
}

QemuOpts *qemu_opts_create(QemuOptsList *list, const char *id,
                           int fail_if_exists, Error **errp)
{
    QemuOpts *opts;

    if (!may_create(list, id, fail_if_exists, &opts, errp)) {
        return opts;
    }
    opts = g_new0(QemuOpts, 1);
    opts->id = g_strdup(id);
    opts->list = list;
    loc_save(&opts->loc);
    QTAILQ_INIT(&opts->head);
    QTAILQ_INSERT_TAIL(&list->head, opts, next);
    return opts;
}

void qemu_opts_reset(QemuOptsList *list)
{
    QemuOpts *opts, *next;

    QTAILQ_FOREACH_SAFE(opts, &list->head, next, next) {
        qemu_opts_del(opts);
    }
}

void qemu_opts_loc_restore(QemuOpts *opts)
{
    loc_restore(&opts->loc);
}

const char *qemu_opts_id(QemuOpts *opts)
{
    return opts->id;
}

void qemu_opts_set_id(QemuOpts *opts, char *id)
{
    g_free(opts->id);
    opts->id = id;
}

void qemu_opts_del(QemuOpts *opts)
{
    QemuOpt *opt, *next;

    if (!opts) {
        return;
    }
    QTAILQ_FOREACH_SAFE(opt, &opts->head, next, next) {
        opt_del(opt);
    }
    QTAILQ_REMOVE(&opts->list->head, opts, next);
    g_free(opts->id);
    g_free(opts);
}

bool qemu_opts_validate(QemuOpts *opts, const QemuOptDesc *desc, Error **errp)
{
    QemuOpt *opt;

    assert(opts_accept_any(opts->list->desc));
    QTAILQ_FOREACH(opt, &opts->head, next) {
        opt->desc = opt_desc_find(desc, opt->name);
        if (!opt->desc) {
            error_setg(errp, "Invalid parameter '%s'", opt->name);
            return false;
        }
        if (!opt_parse(opt, errp)) {
            return false;
        }
    }
    return true;
}

int qemu_opts_foreach(QemuOptsList *list, qemu_opts_loopfunc func, void *opaque,
                      Error **errp)
{
    QemuOpts *opts, *next;
    Location loc;
    int ret = 0;

    loc_push_none(&loc);
    QTAILQ_FOREACH_SAFE(opts, &list->head, next, next) {
        loc_restore(&opts->loc);
        ret = func(opaque, opts, errp);
        if (ret) {
            break;
        }
    }
    loc_pop(&loc);
    return ret;
}

static size_t count_descs(const QemuOptsList *list)
{
    size_t n = 0;

    while (list && list->desc[n].name) {
        n++;
    }
    return n;
}

void qemu_opts_free(QemuOptsList *list)
{
    g_free(list);
}

QemuOptsList *qemu_opts_append(QemuOptsList *dst, QemuOptsList *list)
{
    size_t n = count_descs(dst), room = n + count_descs(list) + 1;
    bool is_new = !dst;
    const QemuOptDesc *desc;

    /* The head of a list points at itself, so it cannot move with options. */
    assert(is_new || QTAILQ_EMPTY(&dst->head));
    dst = g_realloc(dst, sizeof(*dst) + room * sizeof(dst->desc[0]));
    if (is_new) {
        dst->name = NULL;
        dst->implied_opt_name = NULL;
        dst->merge_lists = false;
        dst->desc[0].name = NULL;
    }
    QTAILQ_INIT(&dst->head);
    for (desc = list ? list->desc : NULL; desc && desc->name; desc++) {
        if (!opt_desc_find(dst->desc, desc->name)) {
            dst->desc[n++] = *desc;
            dst->desc[n].name = NULL;
        }
    }
    return dst;
}
