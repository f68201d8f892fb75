/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of commands.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp-registry.h"

static bool (*machine_ready)(void);

void qmp_set_machine_ready_hook(bool (*ready)(void))
{
    machine_ready = ready;
}

void qmp_register_command(QmpCommandList *cmds, const char *name,
                          QmpCommandFunc *fn, QmpCommandOptions options,
                          uint64_t features)
{
    QmpCommand *cmd = g_new0(QmpCommand, 1);

    /* What overtakes others cannot also wait for something. */
    assert(!(options & QCO_COROUTINE) || !(options & QCO_ALLOW_OOB));

    cmd->name = name;
    cmd->fn = fn;
    cmd->options = options;
    cmd->features = features;
    cmd->enabled = true;
    QTAILQ_INSERT_TAIL(cmds, cmd, node);
}

static QmpCommand *find(const QmpCommandList *cmds, const char *name)
{
    QmpCommand *cmd;

    QTAILQ_FOREACH(cmd, cmds, node) {
        if (g_str_equal(cmd->name, name)) {
            return cmd;
        }
    }
    return NULL;
}

const QmpCommand *qmp_find_command(const QmpCommandList *cmds, const char *name)
{
    return find(cmds, name);
}

static void set_enabled(QmpCommandList *cmds, const char *name, bool enabled,
                        const char *reason)
{
    QmpCommand *cmd = find(cmds, name);

    if (cmd) {
        cmd->enabled = enabled;
        cmd->disable_reason = reason;
    }
}

void qmp_disable_command(QmpCommandList *cmds, const char *name,
                         const char *err_msg)
{
    set_enabled(cmds, name, false, err_msg);
}

void qmp_enable_command(QmpCommandList *cmds, const char *name)
{
    set_enabled(cmds, name, true, NULL);
}

bool qmp_command_is_enabled(const QmpCommand *cmd)
{
    return cmd->enabled;
}

bool qmp_command_available(const QmpCommand *cmd, Error **errp)
{
    if ((cmd->options & QCO_ALLOW_PRECONFIG) || !machine_ready ||
        machine_ready()) {
        return true;
    }
    error_setg(errp,
               "The command '%s' is permitted only after machine "
               "initialization has completed",
               cmd->name);
    return false;
}

const char *qmp_command_name(const QmpCommand *cmd)
{
    return cmd->name;
}

bool qmp_has_success_response(const QmpCommand *cmd)
{
    return !(cmd->options & QCO_NO_SUCCESS_RESP);
}

void qmp_for_each_command(const QmpCommandList *cmds, qmp_cmd_callback_fn fn,
                          void *opaque)
{
    const QmpCommand *cmd;

    QTAILQ_FOREACH(cmd, cmds, node) {
        fn(cmd, opaque);
    }
}
