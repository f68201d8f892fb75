/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An HMP conversation: from a line to a command that runs.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/hmp.h"
#include "monitor/interface-version.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qmp/qerror.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "monitor-internal.h"
#include "trace.h"

#define PROMPT "(qemu) "

/* --- Finding the command ------------------------------------------------ */

/* Is the @len bytes long @name one of the alternatives in @list? */
static bool is_alternative(const char *name, size_t len, const char *list)
{
    for (;;) {
        const char *end = strchrnul(list, '|');

        if ((size_t)(end - list) == len && !memcmp(name, list, len)) {
            return true;
        }
        if (!*end) {
            return false;
        }
        list = end + 1;
    }
}

int hmp_compare_cmd(const char *name, const char *list)
{
    return is_alternative(name, strlen(name), list);
}

const HMPCommand *hmp_find_command(const HMPCommand *table, const char *name,
                                   size_t len)
{
    for (const HMPCommand *cmd = table; cmd->name; cmd++) {
        if (is_alternative(name, len, cmd->name)) {
            return cmd;
        }
    }
    return NULL;
}

bool hmp_cmd_available(const HMPCommand *cmd)
{
    return phase_check(PHASE_MACHINE_READY) ||
           (cmd->flags && strchr(cmd->flags, 'p'));
}

/*
 * Finds the command that @line begins with, in sub-tables, too. *@args is what
 * follows its words. Prints what is wrong and returns NULL. A format may follow
 * a name without space: "print/x".
 */
static const HMPCommand *parse_command(Monitor *mon, const char *line,
                                       const char **args)
{
    const HMPCommand *table = hmp_cmds;
    const HMPCommand *cmd;
    const char *p = line;
    const char *start;

    for (;;) {
        while (qemu_isspace(*p)) {
            p++;
        }
        start = p;
        while (*p && *p != '/' && !qemu_isspace(*p)) {
            p++;
        }
        if (p == start && !*p) {
            return NULL;
        }
        cmd = hmp_find_command(table, start, p - start);
        if (!cmd) {
            monitor_printf(mon, "unknown command: '%.*s'\n", (int)(p - line),
                           line);
            return NULL;
        }
        if (!hmp_cmd_available(cmd)) {
            monitor_printf(mon,
                           "Command '%.*s' not available until machine "
                           "initialization has completed.\n",
                           (int)(p - line), line);
            return NULL;
        }
        while (qemu_isspace(*p)) {
            p++;
        }
        *args = p;
        if (!cmd->sub_table || !*p) {
            return cmd;
        }
        table = cmd->sub_table;
    }
}

/* --- Running it --------------------------------------------------------- */

void handle_hmp_command(MonitorHMP *hmp, const char *cmdline)
{
    Monitor *mon = &hmp->common;
    Monitor *old = monitor_set_cur(NULL, mon);
    const char *args;
    const HMPCommand *cmd = parse_command(mon, cmdline, &args);
    QDict *qdict;

    trace_handle_hmp_command(mon, cmdline);
    if (!cmd) {
        goto out;
    }
    if (!cmd->cmd && !cmd->cmd_info_hrt) {
        monitor_printf(mon, "Command \"%.*s\" is not available.\n",
                       (int)(args - cmdline), cmdline);
        goto out;
    }
    qdict = hmp_parse_args(mon, cmd, args);
    if (!qdict) {
        while (args > cmdline && qemu_isspace(args[-1])) {
            args--;
        }
        monitor_printf(mon, "Try \"help %.*s\" for more information\n",
                       (int)(args - cmdline), cmdline);
        goto out;
    }
    if (cmd->cmd_info_hrt) {
        hmp_human_readable_text_helper(mon, cmd->cmd_info_hrt);
    } else {
        cmd->cmd(mon, qdict);
    }
    qobject_unref(qdict);
out:
    monitor_set_cur(NULL, old);
}

void hmp_human_readable_text_helper(Monitor *mon,
                                    HumanReadableText *(*handler)(Error **))
{
    Error *err = NULL;
    HumanReadableText *text = handler(&err);

    if (!hmp_handle_error(mon, err)) {
        monitor_puts(mon, text->human_readable_text);
        qapi_free_HumanReadableText(text);
    }
}

char *qmp_human_monitor_command(const char *command_line, bool has_cpu_index,
                                int64_t cpu_index, Error **errp)
{
    MonitorHMP hmp = {};
    char *output;

    monitor_data_init(&hmp.common, false, true, false);
    if (has_cpu_index && monitor_set_cpu(&hmp.common, cpu_index) < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "cpu-index",
                   "a CPU number");
        monitor_data_destroy(&hmp.common);
        return NULL;
    }
    handle_hmp_command(&hmp, command_line);
    output = monitor_take_output(&hmp.common);
    monitor_data_destroy(&hmp.common);
    return output;
}

static void register_in(HMPCommand *table, const char *name,
                        void (*cmd)(Monitor *mon, const QDict *qdict),
                        HumanReadableText *(*hrt)(Error **errp))
{
    for (; table->name; table++) {
        if (!strcmp(table->name, name)) {
            g_assert(!table->cmd && !table->cmd_info_hrt);
            table->cmd = cmd;
            table->cmd_info_hrt = hrt;
            return;
        }
    }
    g_assert_not_reached();
}

void monitor_register_hmp(const char *name, bool info,
                          void (*cmd)(Monitor *mon, const QDict *qdict))
{
    register_in(info ? hmp_info_cmds : hmp_cmds, name, cmd, NULL);
}

void monitor_register_hmp_info_hrt(const char *name,
                                   HumanReadableText *(*handler)(Error **errp))
{
    register_in(hmp_info_cmds, name, NULL, handler);
}

/* --- Lines -------------------------------------------------------------- */

static void handle_line(void *opaque, const char *line, void *readline_opaque)
{
    MonitorHMP *mon = opaque;

    monitor_suspend(&mon->common);
    handle_hmp_command(mon, line);
    monitor_flush(&mon->common);
    monitor_resume(&mon->common);
}

void monitor_read_command(MonitorHMP *mon, int show_prompt)
{
    if (!mon->rs) {
        return;
    }
    readline_start(mon->rs, PROMPT, 0, handle_line, NULL);
    if (show_prompt) {
        readline_show_prompt(mon->rs);
    }
}

int monitor_read_password(MonitorHMP *mon, ReadLineFunc *readline_func,
                          void *opaque)
{
    if (!mon->rs) {
        monitor_printf(&mon->common,
                       "terminal does not support password prompting\n");
        return -ENOTTY;
    }
    /* The prompt appears when the command that asks has returned. */
    readline_start(mon->rs, "Password: ", 1, readline_func, opaque);
    return 0;
}

size_t hmp_consume_input(MonitorHMP *mon, const uint8_t *buf, size_t size)
{
    size_t done = 0;

    if (mon->common.new_fds.n) {
        monitor_msgfds_move(&mon->common.msgfds, &mon->common.new_fds);
    }
    if (mon->rs) {
        while (done < size && monitor_input_allowed(&mon->common)) {
            readline_handle_byte(mon->rs, buf[done++]);
        }
        return done;
    }
    if (!size || buf[size - 1]) {
        monitor_printf(&mon->common, "corrupted command\n");
    } else {
        handle_hmp_command(mon, (const char *)buf);
    }
    monitor_flush(&mon->common);
    return size;
}

static void G_GNUC_PRINTF(2, 3)
    print_to_terminal(void *opaque, const char *fmt, ...)
{
    MonitorHMP *mon = opaque;
    va_list ap;

    va_start(ap, fmt);
    monitor_vprintf(&mon->common, fmt, ap);
    va_end(ap);
}

static void flush_terminal(void *opaque)
{
    MonitorHMP *mon = opaque;

    monitor_flush(&mon->common);
}

/* --- The connection ----------------------------------------------------- */

static void mux_in(MonitorHMP *mon)
{
    qemu_mutex_lock(&mon->common.mon_lock);
    mon->common.mux_out = 0;
    qemu_mutex_unlock(&mon->common.mon_lock);
    if (mon->common.reset_seen) {
        if (mon->rs) {
            readline_restart(mon->rs);
        }
        monitor_resume(&mon->common);
        monitor_flush(&mon->common);
    } else {
        qatomic_set(&mon->common.suspend_cnt, 0);
    }
}

static void mux_out(MonitorHMP *mon)
{
    if (mon->common.reset_seen) {
        if (!qatomic_read(&mon->common.suspend_cnt)) {
            monitor_printf(&mon->common, "\n");
        }
        monitor_flush(&mon->common);
        monitor_suspend(&mon->common);
    } else {
        qatomic_inc(&mon->common.suspend_cnt);
    }
    qemu_mutex_lock(&mon->common.mon_lock);
    mon->common.mux_out = 1;
    qemu_mutex_unlock(&mon->common.mon_lock);
}

static void handle_event(void *opaque, QEMUChrEvent event)
{
    MonitorHMP *mon = opaque;

    switch (event) {
    case CHR_EVENT_OPENED:
        monitor_reset_io(&mon->common);
        if (mon->rs) {
            readline_restart(mon->rs);
        }
        monitor_printf(&mon->common, "QEMU " INTERFACE_VERSION " monitor - "
                                     "type 'help' for more information\n");
        if (!mon->common.mux_out && mon->rs) {
            readline_show_prompt(mon->rs);
        }
        mon->common.reset_seen = 1;
        break;
    case CHR_EVENT_MUX_IN:
        mux_in(mon);
        break;
    case CHR_EVENT_MUX_OUT:
        mux_out(mon);
        break;
    case CHR_EVENT_CLOSED:
    case CHR_EVENT_BREAK:
        break;
    }
}

void monitor_init_hmp(Chardev *chr, bool use_readline, Error **errp)
{
    MonitorHMP *mon = g_new0(MonitorHMP, 1);

    if (!qemu_chr_fe_init(&mon->common.chr, chr, errp)) {
        g_free(mon);
        return;
    }
    monitor_data_init(&mon->common, false, false, false);
    mon->use_readline = use_readline;
    if (use_readline) {
        mon->rs = readline_init(print_to_terminal, flush_terminal, mon,
                                monitor_find_completion);
        monitor_read_command(mon, 0);
    }
    monitor_list_append(&mon->common);
    qemu_chr_fe_set_handlers(&mon->common.chr, monitor_can_read, monitor_read,
                             handle_event, NULL, &mon->common, NULL, true);
    qemu_chr_fe_set_busy_handler(&mon->common.chr, monitor_busy);
}
