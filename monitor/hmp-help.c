/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "help", made from the tables of commands.
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "qemu/log.h"
#include "monitor-internal.h"

/* One command; @words are those before its own name. */
static void print_help(Monitor *mon, const HMPCommand *cmd, char **words,
                       int nb_words)
{
    if (!hmp_cmd_available(cmd)) {
        return;
    }
    for (int i = 0; i < nb_words; i++) {
        monitor_printf(mon, "%s ", words[i]);
    }
    monitor_printf(mon, "%s %s -- %s\n", cmd->name, cmd->params, cmd->help);
}

static void print_unknown(Monitor *mon, char **words, int nb_words)
{
    monitor_printf(mon, "unknown command: '");
    for (int i = 0; i < nb_words; i++) {
        monitor_printf(mon, "%s%s", i ? " " : "", words[i]);
    }
    monitor_printf(mon, "'\n");
}

static void print_table(Monitor *mon, const HMPCommand *table, char **words,
                        int nb_words)
{
    for (const HMPCommand *cmd = table; cmd->name; cmd++) {
        print_help(mon, cmd, words, nb_words);
    }
}

static void help_on(Monitor *mon, char **words, int nb_words)
{
    const HMPCommand *table = hmp_cmds;

    for (int i = 0; i < nb_words; i++) {
        const HMPCommand *cmd =
            hmp_find_command(table, words[i], strlen(words[i]));

        if (!cmd || !hmp_cmd_available(cmd)) {
            print_unknown(mon, words, i + 1);
            return;
        }
        if (!cmd->sub_table) {
            print_help(mon, cmd, words, i);
            return;
        }
        table = cmd->sub_table;
    }
    print_table(mon, table, words, nb_words);
}

static void print_log_items(Monitor *mon)
{
    monitor_printf(mon, "Log items (comma separated):\n");
    monitor_printf(mon, "%-15s %s\n", "none", "remove all logs");
    for (const QEMULogItem *item = qemu_log_items; item->mask; item++) {
        monitor_printf(mon, "%-15s %s\n", item->name, item->help);
    }
    monitor_printf(mon, "trace:PATTERN   enable trace events\n");
    monitor_printf(mon, "\nUse \"log trace:help\" to get a list of "
                        "trace events.\n\n");
}

void hmp_help_cmd(Monitor *mon, const char *name)
{
    g_auto(GStrv) words = NULL;
    int nb_words = 0;

    if (name && !strcmp(name, "log")) {
        print_log_items(mon);
        return;
    }
    if (name) {
        words = hmp_split_words(name, &nb_words);
        if (!words) {
            return;
        }
    }
    help_on(mon, words, nb_words);
}

void hmp_help(Monitor *mon, const QDict *qdict)
{
    hmp_help_cmd(mon, qdict_get_try_str(qdict, "name"));
}

void hmp_info_help(Monitor *mon, const QDict *qdict)
{
    hmp_help_cmd(mon, "info");
}
