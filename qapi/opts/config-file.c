/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program's option lists by name, and configuration files. */
#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

/* The last place of each is the NULL at the end. */
#define VM_GROUPS    96
#define DRIVE_GROUPS 8

QemuOptsList *vm_config_groups[VM_GROUPS];
QemuOptsList *drive_config_groups[DRIVE_GROUPS];

static void add_list(QemuOptsList **lists, size_t room, QemuOptsList *list)
{
    size_t i;

    for (i = 0; lists[i]; i++) {
        assert(i + 2 < room);
    }
    lists[i] = list;
}

void qemu_add_opts(QemuOptsList *list)
{
    add_list(vm_config_groups, VM_GROUPS, list);
}

void qemu_add_drive_opts(QemuOptsList *list)
{
    add_list(drive_config_groups, DRIVE_GROUPS, list);
}

void qemu_load_module_for_opts(const char *group)
{
}

static QemuOptsList *find_list(QemuOptsList **lists, const char *group,
                               Error **errp)
{
    qemu_load_module_for_opts(group);
    for (; *lists; lists++) {
        if (g_str_equal((*lists)->name, group)) {
            return *lists;
        }
    }
    error_setg(errp, "There is no option group '%s'", group);
    return NULL;
}

QemuOptsList *qemu_find_opts_err(const char *group, Error **errp)
{
    return find_list(vm_config_groups, group, errp);
}

QemuOptsList *qemu_find_opts(const char *group)
{
    Error *err = NULL;
    QemuOptsList *list = qemu_find_opts_err(group, &err);

    if (!list) {
        error_report_err(err);
    }
    return list;
}

QemuOpts *qemu_find_opts_singleton(const char *group)
{
    QemuOptsList *list = qemu_find_opts(group);
    QemuOpts *opts;

    assert(list);
    opts = qemu_opts_find(list, NULL);
    return opts ?: qemu_opts_create(list, NULL, 0, &error_abort);
}

/* Longer ones are refused: whoever wrote it did not mean it. */
#define MAX_LINE 65536

/* A file that is being read. */
typedef struct ConfigReader {
    const char *fname;
    int line;
    QEMUConfigCB *cb;
    void *opaque;
    int groups;
    char *group; /* the one that we are in, or NULL */
    int group_line;
    QDict *qdict; /* its settings */
} ConfigReader;

/* Nothing but white space, or a comment. */
static bool is_rest(const char *p)
{
    p += strspn(p, " \t\r\n");
    return !*p || *p == '#';
}

/* Reads "text" at *@p, moving it; NULL if there is none. */
static char *quoted(const char **p)
{
    const char *end;
    char *text;

    *p += strspn(*p, " \t");
    if (**p != '"') {
        return NULL;
    }
    end = strchr(*p + 1, '"');
    if (!end) {
        return NULL;
    }
    text = g_strndup(*p + 1, end - *p - 1);
    *p = end + 1;
    return text;
}

/* Hands the group that ends here over. */
static bool end_group(ConfigReader *r, Error **errp)
{
    ERRP_GUARD();

    if (r->group) {
        loc_set_file(r->fname, r->group_line);
        r->cb(r->group, r->qdict, r->opaque, errp);
        if (*errp) {
            error_prepend(errp, "%s:%d: ", r->fname, r->group_line);
            return false;
        }
        g_clear_pointer(&r->group, g_free);
        qobject_unref(r->qdict);
        r->qdict = NULL;
    }
    return true;
}

static bool syntax_error(ConfigReader *r, const char *what, Error **errp)
{
    error_setg(errp, "%s:%d: %s", r->fname, r->line, what);
    return false;
}

/* [group] or [group "id"]; @p is after the bracket. */
static bool begin_group(ConfigReader *r, const char *p, Error **errp)
{
    g_autofree char *id = NULL;
    size_t len = strcspn(p, " \t\"]");
    g_autofree char *group = g_strndup(p, len);

    p += len;
    id = quoted(&p);
    p += strspn(p, " \t");
    if (!len || *p != ']' || !is_rest(p + 1)) {
        return syntax_error(r,
                            "parse error, expected [group] or "
                            "[group \"id\"]",
                            errp);
    }
    if (!end_group(r, errp)) {
        return false;
    }
    r->group = g_steal_pointer(&group);
    r->group_line = r->line;
    r->qdict = qdict_new();
    r->groups++;
    if (id) {
        qdict_put_str(r->qdict, "id", id);
    }
    return true;
}

/* key = "value" */
static bool read_setting(ConfigReader *r, const char *p, Error **errp)
{
    g_autofree char *value = NULL;
    size_t len = strcspn(p, " \t=\r\n");
    g_autofree char *key = g_strndup(p, len);

    p += len;
    p += strspn(p, " \t");
    if (len && *p == '=') {
        p++;
        value = quoted(&p);
    }
    if (!value || !is_rest(p)) {
        return syntax_error(r, "parse error, expected key = \"value\"", errp);
    }
    if (!r->group) {
        return syntax_error(r, "no group defined", errp);
    }
    qdict_put_str(r->qdict, key, value);
    return true;
}

static bool read_line(ConfigReader *r, const char *line, Error **errp)
{
    const char *p = line + strspn(line, " \t");

    r->line++;
    if (is_rest(p)) {
        return true;
    }
    return *p == '[' ? begin_group(r, p + 1, errp) : read_setting(r, p, errp);
}

/*
 * The next line into @line. False at the end, or with @errp when it is too
 * long to be one of a configuration file.
 */
static bool next_line(FILE *fp, ConfigReader *r, char *line, Error **errp)
{
    size_t len = 0;
    int c = 0;

    while (len < MAX_LINE - 1 && c != '\n') {
        c = getc(fp);
        if (c == EOF) {
            break;
        }
        if (c == '\0') {
            error_setg(errp, "%s:%d: not a text file: it has a NUL byte",
                       r->fname, r->line + 1);
            return false;
        }
        line[len++] = c;
    }
    line[len] = '\0';
    if (len == MAX_LINE - 1 && c != '\n') {
        error_setg(errp, "%s:%d: the line is longer than %d bytes", r->fname,
                   r->line + 1, MAX_LINE - 2);
        return false;
    }
    return len > 0;
}

static int read_file(FILE *fp, QEMUConfigCB *cb, void *opaque,
                     const char *fname, Error **errp)
{
    ERRP_GUARD();
    ConfigReader r = { .fname = fname, .cb = cb, .opaque = opaque };
    g_autofree char *line = g_malloc(MAX_LINE);
    Location loc;
    bool ok = true;
    int ret;

    loc_push_none(&loc);
    while (ok && next_line(fp, &r, line, errp)) {
        ok = read_line(&r, line, errp);
    }
    ok = ok && !*errp;
    if (ok && ferror(fp)) {
        ret = -EIO;
        error_setg_errno(errp, errno, "Cannot read config file '%s'", fname);
    } else {
        ret = ok && end_group(&r, errp) ? r.groups : -EINVAL;
    }
    loc_pop(&loc);
    g_free(r.group);
    qobject_unref(r.qdict);
    return ret;
}

void qemu_config_do_parse(const char *group, QDict *qdict, void *opaque,
                          Error **errp)
{
    QemuOptsList *list = find_list(opaque, group, errp);

    if (list) {
        qemu_opts_from_qdict(list, qdict, errp);
    }
}

int qemu_config_parse(FILE *fp, QemuOptsList **lists, const char *fname,
                      Error **errp)
{
    return read_file(fp, qemu_config_do_parse, lists, fname, errp);
}

int qemu_read_config_file(const char *filename, QEMUConfigCB *cb, Error **errp)
{
    FILE *fp = fopen(filename, "r");
    int ret;

    if (!fp) {
        ret = -errno;
        error_setg_file_open(errp, errno, filename);
        return ret;
    }
    ret = read_file(fp, cb, vm_config_groups, filename, errp);
    fclose(fp);
    return ret;
}

/* One section of @list from @section, all of which it must know. */
static bool absorb_section(QemuOptsList *list, QDict *section, Error **errp)
{
    QemuOpts *opts = qemu_opts_create(list, NULL, 0, errp);

    if (!opts || !qemu_opts_absorb_qdict(opts, section, errp)) {
        qemu_opts_del(opts);
        return false;
    }
    if (qdict_size(section)) {
        error_setg(errp, "[%s] section doesn't support the option '%s'",
                   list->name, qdict_entry_key(qdict_first(section)));
        qemu_opts_del(opts);
        return false;
    }
    return true;
}

static bool absorb_sections(QDict *sub, QemuOptsList *list, Error **errp)
{
    g_autoptr(QList) sections = NULL;
    const QListEntry *e;
    unsigned i = 0;

    qdict_array_split(sub, &sections);
    QLIST_FOREACH_ENTRY(sections, e) {
        QDict *section = qobject_to(QDict, qlist_entry_obj(e));

        if (!section) {
            error_setg(errp, "[%s] section (index %u) does not consist of keys",
                       list->name, i);
            return false;
        }
        if (!absorb_section(list, section, errp)) {
            return false;
        }
        i++;
    }
    if (qdict_size(sub)) {
        error_setg(errp, "Unused option '%s' for [%s]",
                   qdict_entry_key(qdict_first(sub)), list->name);
        return false;
    }
    return true;
}

bool qemu_config_parse_qdict(QDict *options, QemuOptsList **lists, Error **errp)
{
    for (; *lists; lists++) {
        g_autofree char *prefix = g_strdup_printf("%s.", (*lists)->name);
        g_autoptr(QDict) sub = NULL;
        QemuOpts *opts;

        qdict_extract_subqdict(options, &sub, prefix);
        if (!qdict_size(sub)) {
            continue;
        }
        opts = qemu_opts_create(*lists, NULL, 0, errp);
        if (!opts) {
            return false;
        }
        if (!qemu_opts_absorb_qdict(opts, sub, errp)) {
            qemu_opts_del(opts);
            return false;
        }
        if (!absorb_sections(sub, *lists, errp)) {
            return false;
        }
    }
    return true;
}
