/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QemuOpts: command line options as lists of key=value pairs.
 *
 * A QemuOptsList is one kind of option ("device"): static, with a description
 * of the keys it knows (none: any key). Each use of the option adds a QemuOpts
 * to it, with an id perhaps, and a QemuOpt for each key. The same key may occur
 * several times: the last counts, but all can be walked. Values are checked
 * against the description when they are set.
 *
 * New options should rather be read with qemu/keyval.h and a generated type.
 */
#ifndef QEMU_OPTION_H
#define QEMU_OPTION_H

#include "qemu/queue.h"

/*
 * Reads a value up to a comma or the end into a new string *@value; two commas
 * are one comma. Returns where it stopped: at the comma or the end.
 */
const char *get_opt_value(const char *p, char **value);

/* Parses @value as a size with suffix, "1.5G"; @name is for the error. */
bool parse_option_size(const char *name, const char *value, uint64_t *ret,
                       Error **errp);

/* Whether "a,b=c,help" has an element that asks for help. */
bool has_help_option(const char *param);

enum QemuOptType {
    QEMU_OPT_STRING = 0, /* as it is */
    QEMU_OPT_BOOL,       /* on or off, also yes/no, true/false, y/n */
    QEMU_OPT_NUMBER,     /* an unsigned number in any base */
    QEMU_OPT_SIZE,       /* a number with a suffix K, M, G, T, P, E */
};

typedef struct QemuOpt QemuOpt;

typedef struct QemuOptDesc {
    const char *name;
    enum QemuOptType type;
    const char *help;
    const char *def_value_str; /* what the getters return when it is not set */
} QemuOptDesc;

struct QemuOptsList {
    const char *name;
    const char *implied_opt_name; /* the key of a first value without one */
    bool merge_lists;             /* all uses without id are one QemuOpts */
    QTAILQ_HEAD(, QemuOpts) head;
    QemuOptDesc desc[];           /* ends with { } */
};

/*
 * Getters: the last value of @name, else the default of its description, else
 * @defval. The _del forms remove all occurrences as well. A string belongs to
 * @opts; with _del it is the caller's, who frees it with g_free().
 */
const char *qemu_opt_get(QemuOpts *opts, const char *name);
char *qemu_opt_get_del(QemuOpts *opts, const char *name);
bool qemu_opt_get_bool(QemuOpts *opts, const char *name, bool defval);
uint64_t qemu_opt_get_number(QemuOpts *opts, const char *name,
                             uint64_t defval);
uint64_t qemu_opt_get_size(QemuOpts *opts, const char *name, uint64_t defval);
bool qemu_opt_get_bool_del(QemuOpts *opts, const char *name, bool defval);
uint64_t qemu_opt_get_number_del(QemuOpts *opts, const char *name,
                                 uint64_t defval);
uint64_t qemu_opt_get_size_del(QemuOpts *opts, const char *name,
                               uint64_t defval);

/* Whether one of the keys is a request for help. */
bool qemu_opt_has_help_opt(QemuOpts *opts);
/* The last QemuOpt of that name, or NULL. */
QemuOpt *qemu_opt_find(QemuOpts *opts, const char *name);

/*
 * Removes the last occurrence; -1 if there is none, else 0. Only for lists
 * that accept any key.
 */
int qemu_opt_unset(QemuOpts *opts, const char *name);

/* Adds a value; false and @errp when the key or its value is wrong. */
bool qemu_opt_set(QemuOpts *opts, const char *name, const char *value,
                  Error **errp);
bool qemu_opt_set_bool(QemuOpts *opts, const char *name, bool val,
                       Error **errp);
bool qemu_opt_set_number(QemuOpts *opts, const char *name, int64_t val,
                         Error **errp);

/* Calls @func for each until it returns non-zero, which is then returned. */
typedef int (*qemu_opt_loopfunc)(void *opaque, const char *name,
                                 const char *value, Error **errp);
int qemu_opt_foreach(QemuOpts *opts, qemu_opt_loopfunc func, void *opaque,
                     Error **errp);

typedef struct {
    QemuOpts *opts;
    QemuOpt *opt;
    const char *name;
} QemuOptsIter;

/* Walks the values of @name (NULL: of all) from first to last; NULL ends. */
void qemu_opt_iter_init(QemuOptsIter *iter, QemuOpts *opts, const char *name);
const char *qemu_opt_iter_next(QemuOptsIter *iter);

/* The options with that id (NULL: the first without one), or NULL. */
QemuOpts *qemu_opts_find(QemuOptsList *list, const char *id);

/*
 * New options in @list. The id must be well formed; if it is there already,
 * that is an error with @fail_if_exists, else those are returned.
 */
QemuOpts *qemu_opts_create(QemuOptsList *list, const char *id,
                           int fail_if_exists, Error **errp);

/* Deletes all options of @list. */
void qemu_opts_reset(QemuOptsList *list);
/* Makes error reports speak of the place where @opts was given. */
void qemu_opts_loc_restore(QemuOpts *opts);
/* The id, or NULL. */
const char *qemu_opts_id(QemuOpts *opts);
/* Sets the id; takes @id, from malloc(), over. */
void qemu_opts_set_id(QemuOpts *opts, char *id);
/* Takes @opts out of its list and frees it; NULL is allowed. */
void qemu_opts_del(QemuOpts *opts);

/* Checks what a list that accepts any key took against @desc. */
bool qemu_opts_validate(QemuOpts *opts, const QemuOptDesc *desc,
                        Error **errp);

/*
 * Parses "key=value,flag,noflag,..." into @opts; a first value without key is
 * that of @firstname, if not NULL.
 */
bool qemu_opts_do_parse(QemuOpts *opts, const char *params,
                        const char *firstname, Error **errp);

/*
 * The same into new options of @list. With @permit_abbrev the implied key of
 * @list may be left out. The noisy form reports errors and prints help itself.
 */
QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *params,
                                  bool permit_abbrev);
QemuOpts *qemu_opts_parse(QemuOptsList *list, const char *params,
                          bool permit_abbrev, Error **errp);

/* New options of the scalars in @qdict, whose "id" is the id. */
QemuOpts *qemu_opts_from_qdict(QemuOptsList *list, const QDict *qdict,
                               Error **errp);

/*
 * Puts options into @qdict (NULL: a new one) as strings, with the id. Filtered:
 * only those that @list, if not NULL, describes; @del removes them from @opts.
 */
QDict *qemu_opts_to_qdict_filtered(QemuOpts *opts, QDict *qdict,
                                   QemuOptsList *list, bool del);
QDict *qemu_opts_to_qdict(QemuOpts *opts, QDict *qdict);

/* Moves the members of @qdict that @opts describes into @opts. */
bool qemu_opts_absorb_qdict(QemuOpts *opts, QDict *qdict, Error **errp);

/* Calls @func for each until it returns non-zero, which is then returned. */
typedef int (*qemu_opts_loopfunc)(void *opaque, QemuOpts *opts, Error **errp);
int qemu_opts_foreach(QemuOptsList *list, qemu_opts_loopfunc func,
                      void *opaque, Error **errp);

/* Prints what is set or has a default as key=value, with @sep between. */
void qemu_opts_print(QemuOpts *opts, const char *sep);
/* Prints the keys and what they mean. */
void qemu_opts_print_help(QemuOptsList *list, bool print_caption);

/* Frees a list that qemu_opts_append() made. */
void qemu_opts_free(QemuOptsList *list);
/*
 * Adds the descriptions of @list that @dst lacks to @dst, which was made by
 * this function or is NULL. Returns the new @dst.
 */
QemuOptsList *qemu_opts_append(QemuOptsList *dst, QemuOptsList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuOpts, qemu_opts_del)

#endif
