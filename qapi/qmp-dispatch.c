/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a request to a response.
 */
#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qapi-types-error.h"
#include "qapi/qmp-registry.h"
#include "qobject/qdict.h"
#include "qobject/qstring.h"

static Monitor *(*set_current_monitor)(Monitor *mon);

void qmp_set_current_monitor_hook(Monitor *(*set)(Monitor *mon))
{
    set_current_monitor = set;
}

bool qmp_is_oob(const QDict *dict)
{
    return qdict_haskey(dict, "exec-oob") && !qdict_haskey(dict, "execute");
}

QDict *qmp_error_response(Error *err)
{
    QDict *response = qdict_new();
    QDict *error = qdict_new();

    qdict_put_str(error, "class", QapiErrorClass_str(error_get_class(err)));
    qdict_put_str(error, "desc", error_get_pretty(err));
    qdict_put(response, "error", error);
    error_free(err);
    return response;
}

/* A request that is taken to pieces; everything stays the request's. */
typedef struct Request {
    const char *how; /* "execute" or "exec-oob" */
    const char *name;
    QDict *args; /* NULL: none were given */
} Request;

/* One member of a request. */
static bool take_member(Request *rq, const char *key, QObject *value,
                        bool allow_oob, Error **errp)
{
    if (g_str_equal(key, "execute") ||
        (allow_oob && g_str_equal(key, "exec-oob"))) {
        QString *name = qobject_to(QString, value);

        if (!name) {
            error_setg(errp, "QMP input member '%s' must be a string", key);
            return false;
        }
        if (rq->how) {
            error_setg(errp, "QMP input member '%s' clashes with '%s'", key,
                       rq->how);
            return false;
        }
        rq->how = key;
        rq->name = qstring_get_str(name);
        return true;
    }
    if (g_str_equal(key, "arguments")) {
        rq->args = qobject_to(QDict, value);
        if (!rq->args) {
            error_setg(errp, "QMP input member 'arguments' must be an object");
            return false;
        }
        return true;
    }
    if (g_str_equal(key, "id")) {
        return true;
    }
    error_setg(errp, "QMP input member '%s' is unexpected", key);
    return false;
}

static bool parse_request(Request *rq, const QDict *dict, bool allow_oob,
                          Error **errp)
{
    const QDictEntry *entry;

    for (entry = qdict_first(dict); entry; entry = qdict_next(dict, entry)) {
        if (!take_member(rq, qdict_entry_key(entry), qdict_entry_value(entry),
                         allow_oob, errp)) {
            return false;
        }
    }
    if (!rq->how) {
        error_setg(errp, "QMP input lacks member 'execute'");
        return false;
    }
    return true;
}

/* The command that is asked for, if it may run now and in this way. */
static const QmpCommand *choose_command(const QmpCommandList *cmds,
                                        const Request *rq, Error **errp)
{
    const QmpCommand *cmd = qmp_find_command(cmds, rq->name);

    if (!cmd) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "The command %s has not been found", rq->name);
        return NULL;
    }
    if (!compat_policy_input_ok(cmd->features, &compat_policy,
                                ERROR_CLASS_COMMAND_NOT_FOUND, "command",
                                rq->name, errp)) {
        return NULL;
    }
    if (!cmd->enabled) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "Command %s has been disabled%s%s", rq->name,
                  cmd->disable_reason ? ": " : "",
                  cmd->disable_reason ? cmd->disable_reason : "");
        return NULL;
    }
    if (g_str_equal(rq->how, "exec-oob") && !(cmd->options & QCO_ALLOW_OOB)) {
        error_setg(errp, "The command %s does not support OOB", rq->name);
        return NULL;
    }
    return qmp_command_available(cmd, errp) ? cmd : NULL;
}

/* Calls the marshaller with @mon as the current monitor. */
static QObject *run_command(const QmpCommand *cmd, QDict *args, Monitor *mon,
                            Error **errp)
{
    QDict *none = args ? NULL : qdict_new();
    QObject *ret = NULL;
    Monitor *previous = NULL;
    Error *err = NULL;

    if (set_current_monitor) {
        previous = set_current_monitor(mon);
    }
    cmd->fn(args ? args : none, &ret, &err);
    if (set_current_monitor) {
        set_current_monitor(previous);
    }
    qobject_unref(none);
    if (err) {
        /* A handler may have made a result before it failed. */
        qobject_unref(ret);
        error_propagate(errp, err);
        return NULL;
    }
    return ret ? ret : QOBJECT(qdict_new());
}

QDict *coroutine_mixed_fn qmp_dispatch(const QmpCommandList *cmds,
                                       QObject *request, bool allow_oob,
                                       Monitor *cur_mon)
{
    QDict *dict = qobject_to(QDict, request);
    Request rq = { NULL };
    const QmpCommand *cmd = NULL;
    QObject *ret = NULL;
    QObject *id = dict ? qdict_get(dict, "id") : NULL;
    QDict *response;
    Error *err = NULL;

    if (!dict) {
        error_setg(&err, "QMP input must be a JSON object");
    } else if (parse_request(&rq, dict, allow_oob, &err)) {
        cmd = choose_command(cmds, &rq, &err);
    }
    if (cmd) {
        ret = run_command(cmd, rq.args, cur_mon, &err);
    }
    if (err) {
        response = qmp_error_response(err);
    } else if (!qmp_has_success_response(cmd)) {
        qobject_unref(ret);
        return NULL;
    } else {
        response = qdict_new();
        qdict_put_obj(response, "return", ret);
    }
    if (id) {
        qdict_put_obj(response, "id", qobject_ref(id));
    }
    return response;
}
