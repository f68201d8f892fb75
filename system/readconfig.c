/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -readconfig: sections of a file become options. [device "id"] and the like
 * go to the option groups; [machine], [memory], [smp-opts], [object "id"] to
 * where their options on the command line go.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/keyval.h"
#include "qobject/qstring.h"
#include "system/cmdline.h"

/* "a=1,b=2" of @dict, as the options' handlers take it. */
static char *dict_to_option(const QDict *dict)
{
    GString *s = g_string_new(NULL);
    const QDictEntry *e;

    for (e = qdict_first(dict); e; e = qdict_next(dict, e)) {
        const char *value =
            qstring_get_str(qobject_to(QString, qdict_entry_value(e)));

        g_string_append_printf(s, "%s%s=", s->len ? "," : "",
                               qdict_entry_key(e));
        for (; *value; value++) {
            if (*value == ',') {
                g_string_append_c(s, ',');
            }
            g_string_append_c(s, *value);
        }
    }
    return g_string_free(s, false);
}

/*
 * Sections whose options do more than stand in their group go through the
 * option that they are written for.
 */
static const char *option_of_section(const char *group)
{
    static const struct {
        const char *group, *option;
    } special[] = {
        { "machine", "machine" },
        { "memory", "m" },
        { "smp-opts", "smp" },
        { "object", "object" },
        { "accel", "accel" },
        { "name", "name" },
        { "msg", "msg" },
        { "action", "action" },
        { "overcommit", "overcommit" },
        { "run-with", "run-with" },
        { "trace", "trace" },
        { "global", "global" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(special); i++) {
        if (!strcmp(group, special[i].group)) {
            return special[i].option;
        }
    }
    return NULL;
}

/* What the sections end in; the callback's opaque is the list of groups. */
static CmdLine *reading_into;

static void on_section(const char *group, QDict *dict, void *opaque,
                       Error **errp)
{
    const char *option = option_of_section(group);

    if (option) {
        g_autofree char *arg = dict_to_option(dict);

        cmdline_find_option(option)->handle(reading_into, arg, errp);
    } else {
        qemu_config_do_parse(group, dict, opaque, errp);
    }
}

void cmdline_read_config(CmdLine *cl, const char *path, Error **errp)
{
    ERRP_GUARD();
    int ret;

    reading_into = cl;
    ret = qemu_read_config_file(path, on_section, errp);

    if (ret < 0 && !*errp) {
        error_setg_errno(errp, -ret, "Could not open '%s'", path);
    }
}
