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

static void on_section(const char *group, QDict *dict, void *opaque,
                       Error **errp)
{
    static const struct {
        const char *group;
        void (*handle)(CmdLine *cl, const char *arg, Error **errp);
    } special[] = {
        { "machine", opt_machine }, { "memory", opt_memory },
        { "smp-opts", opt_smp },    { "object", opt_object },
        { "accel", opt_accel },
    };

    for (size_t i = 0; i < ARRAY_SIZE(special); i++) {
        if (!strcmp(group, special[i].group)) {
            g_autofree char *arg = dict_to_option(dict);

            special[i].handle(opaque, arg, errp);
            return;
        }
    }
    qemu_config_do_parse(group, dict, NULL, errp);
}

void cmdline_read_config(CmdLine *cl, const char *path, Error **errp)
{
    ERRP_GUARD();
    int ret = qemu_read_config_file(path, on_section, errp);

    if (ret < 0 && !*errp) {
        error_setg_errno(errp, -ret, "Could not open '%s'", path);
    }
}
