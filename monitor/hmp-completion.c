/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What TAB offers in an HMP monitor: commands, and arguments of each kind.
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/qdev.h"
#include "qapi/qapi-commands-char.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/ctype.h"
#include "qom/qom-monitor.h"
#include "trace/control.h"
#include "monitor-internal.h"

/* --- Commands and files ------------------------------------------------- */

static void complete_command(ReadLineState *rs, const HMPCommand *table,
                             const char *str)
{
    readline_set_completion_index(rs, strlen(str));
    for (const HMPCommand *cmd = table; cmd->name; cmd++) {
        g_auto(GStrv) names = NULL;

        if (!hmp_cmd_available(cmd) || (!cmd->cmd && !cmd->cmd_info_hrt)) {
            continue;
        }
        names = g_strsplit(cmd->name, "|", -1);
        for (int i = 0; names[i]; i++) {
            readline_add_completion_of(rs, str, names[i]);
        }
    }
}

static void complete_file(ReadLineState *rs, const char *str)
{
    const char *slash = strrchr(str, '/');
    g_autofree char *dir =
        slash ? g_strndup(str, slash + 1 - str) : g_strdup("");
    const char *prefix = slash ? slash + 1 : str;
    DIR *d = opendir(*dir ? dir : ".");
    struct dirent *e;

    if (!d) {
        return;
    }
    readline_set_completion_index(rs, strlen(str));
    while ((e = readdir(d))) {
        g_autofree char *path = NULL;
        g_autofree char *with_slash = NULL;

        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            strncmp(e->d_name, prefix, strlen(prefix))) {
            continue;
        }
        path = g_strconcat(dir, e->d_name, NULL);
        with_slash = g_strconcat(path, "/", NULL);
        readline_add_completion(
            rs, g_file_test(path, G_FILE_TEST_IS_DIR) ? with_slash : path);
    }
    closedir(d);
}

/* --- Finding out what is wanted ----------------------------------------- */

/* The type letter of argument @n (the first is 1), past flags; 0: none. */
static char argument_type(const char *args_type, char **words, int n)
{
    for (const char *colon = strchr(args_type, ':'); colon;
         colon = strchr(colon + 1, ':')) {
        if (colon[1] == '-') {
            /* A flag takes a word only if one was typed. */
            if (n > 1 && words[1][0] == '-') {
                words++;
                n--;
            }
        } else if (n-- == 1) {
            return colon[1];
        }
    }
    return 0;
}

static void complete_argument(ReadLineState *rs, const HMPCommand *cmd,
                              char **words, int nb_words)
{
    const char *str = words[nb_words - 1];

    if (cmd->command_completion) {
        cmd->command_completion(rs, nb_words, str);
        return;
    }
    switch (argument_type(cmd->args_type, words, nb_words - 1)) {
    case 'F':
        complete_file(rs, str);
        break;
    case 's':
    case 'S':
        if (hmp_compare_cmd("help", cmd->name)) {
            complete_command(rs, hmp_cmds, str);
        }
        break;
    }
}

static void complete_in(ReadLineState *rs, const HMPCommand *table,
                        char **words, int nb_words)
{
    const HMPCommand *cmd;

    for (;;) {
        if (nb_words <= 1) {
            complete_command(rs, table, nb_words ? words[0] : "");
            return;
        }
        cmd = hmp_find_command(table, words[0], strlen(words[0]));
        if (!cmd || !hmp_cmd_available(cmd)) {
            return;
        }
        if (hmp_compare_cmd("help", cmd->name) && nb_words > 2) {
            /* "help info st": as if "help" were not there. */
            table = hmp_cmds;
        } else if (cmd->sub_table) {
            table = cmd->sub_table;
        } else {
            complete_argument(rs, cmd, words, nb_words);
            return;
        }
        words++;
        nb_words--;
    }
}

void monitor_find_completion(void *opaque, const char *cmdline)
{
    MonitorHMP *mon = opaque;
    size_t len = strlen(cmdline);
    g_auto(GStrv) words = NULL;
    int nb_words;

    words = hmp_split_words(cmdline, &nb_words);
    if (!words) {
        return;
    }
    if (len && qemu_isspace(cmdline[len - 1])) {
        /* After a space a new word begins. */
        words = g_renew(char *, words, nb_words + 2);
        words[nb_words++] = g_strdup("");
        words[nb_words] = NULL;
    }
    complete_in(mon->rs, hmp_cmds, words, nb_words);
}

/* --- Objects and devices ------------------------------------------------ */

static void add_text(void *opaque, const char *text)
{
    readline_add_completion(opaque, text);
}

void object_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        readline_set_completion_index(rs, strlen(str));
        qom_complete_user_type(str, add_text, rs);
    }
}

void object_del_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        readline_set_completion_index(rs, strlen(str));
        qom_complete_user_object(str, add_text, rs);
    }
}

/* The word before the last one of what is typed: a path, for a property. */
static char *previous_word(ReadLineState *rs, int nb_args)
{
    g_autofree char *line = g_strndup(rs->cmd_buf, rs->cmd_buf_index);
    g_auto(GStrv) words = NULL;
    int nb_words;

    words = hmp_split_words(line, &nb_words);
    return words && nb_words >= nb_args - 1 ? g_strdup(words[nb_args - 2])
                                            : NULL;
}

void qom_path_completion(ReadLineState *rs, int nb_args, const char *str)
{
    g_autofree char *path = NULL;

    readline_set_completion_index(rs, strlen(str));
    if (nb_args == 2) {
        qom_complete_path(str, add_text, rs);
    } else if (nb_args == 3) {
        path = previous_word(rs, nb_args);
        if (path && path[0] == '-') {
            qom_complete_path(str, add_text, rs);
        } else if (path) {
            qom_complete_property(path, str, add_text, rs);
        }
    }
}

static void add_list(ReadLineState *rs, const char *str, GSList *list)
{
    readline_set_completion_index(rs, strlen(str));
    for (GSList *l = list; l; l = l->next) {
        readline_add_completion_of(rs, str, l->data);
    }
    g_slist_free_full(list, g_free);
}

void device_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        add_list(rs, str, qdev_complete_models(str));
    }
}

void device_del_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        add_list(rs, str, qdev_complete_ids(str));
    }
}

void watchdog_action_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args != 2) {
        return;
    }
    readline_set_completion_index(rs, strlen(str));
    for (int i = 0; i < WATCHDOG_ACTION__MAX; i++) {
        readline_add_completion_of(rs, str, WatchdogAction_str(i));
    }
}

/* --- Character devices -------------------------------------------------- */

void chardev_add_completion(ReadLineState *rs, int nb_args, const char *str)
{
    ChardevBackendInfoList *list;

    if (nb_args != 2) {
        return;
    }
    readline_set_completion_index(rs, strlen(str));
    list = qmp_query_chardev_backends(NULL);
    for (ChardevBackendInfoList *l = list; l; l = l->next) {
        readline_add_completion_of(rs, str, l->value->name);
    }
    qapi_free_ChardevBackendInfoList(list);
}

static void complete_chardev(ReadLineState *rs, const char *str,
                             const char *filename_prefix)
{
    ChardevInfoList *list = qmp_query_chardev(NULL);

    readline_set_completion_index(rs, strlen(str));
    for (ChardevInfoList *l = list; l; l = l->next) {
        if (g_str_has_prefix(l->value->filename, filename_prefix)) {
            readline_add_completion_of(rs, str, l->value->label);
        }
    }
    qapi_free_ChardevInfoList(list);
}

void chardev_remove_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        complete_chardev(rs, str, "");
    }
}

void ringbuf_write_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        complete_chardev(rs, str, "ringbuf");
    }
}

/* --- Trace events ------------------------------------------------------- */

void info_trace_events_completion(ReadLineState *rs, int nb_args,
                                  const char *str)
{
    g_autofree char *pattern = g_strdup_printf("%s*", str);
    TraceEventIter iter;
    TraceEvent *ev;

    if (nb_args != 2) {
        return;
    }
    readline_set_completion_index(rs, strlen(str));
    trace_event_iter_init_pattern(&iter, pattern);
    while ((ev = trace_event_iter_next(&iter))) {
        readline_add_completion(rs, trace_event_get_name(ev));
    }
}

void trace_event_completion(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        info_trace_events_completion(rs, nb_args, str);
    } else if (nb_args == 3) {
        readline_set_completion_index(rs, strlen(str));
        readline_add_completion_of(rs, str, "on");
        readline_add_completion_of(rs, str, "off");
    }
}
