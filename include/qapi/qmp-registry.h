/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands: the table of them, and how a request becomes a response.
 *
 * The generator writes, for each command of the schema, a marshaller that
 * unpacks the arguments, calls the handler qmp_COMMAND() and packs its result;
 * and qmp_init_marshal(), which enters all marshallers into a QmpCommandList.
 * A monitor hands each parsed request to qmp_dispatch(), which checks it,
 * finds the command, obeys the compatibility policy and makes the response.
 * Nothing here does input or output.
 *
 * A list is filled before it is used and then read from any thread. Enabling
 * and disabling commands needs the big lock.
 */
#ifndef QAPI_QMP_DISPATCH_H
#define QAPI_QMP_DISPATCH_H

#include "monitor/monitor.h"
#include "qemu/queue.h"

/* A marshaller: arguments in (never NULL), result out, or @errp. */
typedef void(QmpCommandFunc)(QDict *, QObject **, Error **);

/* Properties of a command, from its definition in the schema. */
typedef enum QmpCommandOptions {
    QCO_NO_SUCCESS_RESP = (1U << 0),    /* 'success-response': false */
    QCO_ALLOW_OOB = (1U << 1),          /* 'allow-oob': true */
    QCO_ALLOW_PRECONFIG = (1U << 2),    /* 'allow-preconfig': true */
    QCO_COROUTINE = (1U << 3),          /* 'coroutine': true; a plain call */
} QmpCommandOptions;

typedef struct QmpCommand {
    const char *name;
    QmpCommandFunc *fn;
    QmpCommandOptions options;
    uint64_t features;          /* a mask of 1 << QAPI_FEATURE */
    QTAILQ_ENTRY(QmpCommand) node;
    bool enabled;
    const char *disable_reason; /* for the error message, or NULL */
} QmpCommand;

typedef QTAILQ_HEAD(QmpCommandList, QmpCommand) QmpCommandList;

/*
 * Enters a command into @cmds. @name must stay valid and must not be in the
 * list already.
 */
void qmp_register_command(QmpCommandList *cmds, const char *name,
                          QmpCommandFunc *fn, QmpCommandOptions options,
                          uint64_t features);

/* The command called @name, or NULL. */
const QmpCommand *qmp_find_command(const QmpCommandList *cmds,
                                   const char *name);

/*
 * Makes a command fail with "CommandNotFound", and lets it work again. A name
 * that is not in the list is ignored. @err_msg, which must stay valid, follows
 * "has been disabled: " in the error; it may be NULL.
 */
void qmp_disable_command(QmpCommandList *cmds, const char *name,
                         const char *err_msg);
void qmp_enable_command(QmpCommandList *cmds, const char *name);

/* Is the command not disabled? */
bool qmp_command_is_enabled(const QmpCommand *cmd);

/*
 * May @cmd run in the phase of start-up that the machine is in? If not,
 * returns false with an error that says so.
 */
bool qmp_command_available(const QmpCommand *cmd, Error **errp);

/* The command's name on the wire. */
const char *qmp_command_name(const QmpCommand *cmd);

/* Does success get a response? */
bool qmp_has_success_response(const QmpCommand *cmd);

/*
 * A response that reports @err, which is consumed:
 * { "error": { "class": ..., "desc": ... } }. The caller owns it.
 */
QDict *qmp_error_response(Error *err);

/*
 * Runs @request, any JSON value, and returns the response, with the request's
 * "id" if it has one. The caller owns it; it is NULL when a command that has
 * no success response succeeded. @allow_oob: may the request say "exec-oob"?
 * @cur_mon is the current monitor while the handler runs; it may be NULL.
 * The request stays the caller's. Needs the big lock unless it is out-of-band.
 */
QDict *coroutine_mixed_fn qmp_dispatch(const QmpCommandList *cmds,
                                       QObject *request, bool allow_oob,
                                       Monitor *cur_mon);

/* Does the request ask for out-of-band execution ("exec-oob")? */
bool qmp_is_oob(const QDict *dict);

/* Calls @fn for each command of the list, in order of registration. */
typedef void (*qmp_cmd_callback_fn)(const QmpCommand *cmd, void *opaque);
void qmp_for_each_command(const QmpCommandList *cmds, qmp_cmd_callback_fn fn,
                          void *opaque);

/*
 * How qmp_command_available() learns the phase of start-up, which is known
 * only above this folder: @ready returns whether the machine has been built.
 * Until this is called, every command is available.
 */
void qmp_set_machine_ready_hook(bool (*ready)(void));

/*
 * How qmp_dispatch() makes @cur_mon the current monitor, which is known only
 * above this folder: @set makes @mon the current one of this thread and
 * returns the previous one. Without a hook there is no current monitor.
 */
void qmp_set_current_monitor_hook(Monitor *(*set)(Monitor *mon));

#endif
