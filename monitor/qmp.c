/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QMP conversation: greeting, negotiation, requests, replies.
 *
 * Input is parsed in the monitor's context, the monitor thread where the
 * character device allows it. A request waits in its monitor's queue until the
 * dispatcher, a source of the main loop, takes it: one at a time, from the
 * monitors in turn. What cannot be parsed waits in the queue as well, so that
 * replies come in the order of the requests. Only "exec-oob" is run at once,
 * where it was read.
 *
 * Each connection has a number. A reply to a connection that has ended in the
 * meantime is dropped instead of being sent to the next client.
 */
#include "qemu/osdep.h"
#include "monitor/interface-version.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-init-commands.h"
#include "qemu/lockable.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qom/qom-monitor.h"
#include "monitor-internal.h"
#include "trace.h"
#include "qom/qom-monitor.h"

/* Input is parsed in pieces of at most this, to stop soon after a request. */
#define PARSE_SIZE 256

typedef struct QMPRequest {
    QObject *req; /* or, if it is no JSON: */
    Error *err;
    unsigned connection;
    MonitorMsgFds fds; /* descriptors that came with it */
} QMPRequest;

QmpCommandList qmp_commands, qmp_cap_negotiation_commands;

static GSource *dispatcher;

bool qmp_oob_enabled(MonitorQMP *mon)
{
    return qatomic_read(&mon->capab[QMP_CAPABILITY_OOB]);
}

/* --- Replies ------------------------------------------------------------ */

static GString *to_line(const MonitorQMP *mon, const QDict *dict)
{
    GString *json = qobject_to_json_pretty(QOBJECT(dict), mon->pretty);

    g_string_append_c(json, '\n');
    return json;
}

static void put_line(MonitorQMP *mon, const QDict *dict, unsigned connection)
{
    g_autoptr(GString) json = to_line(mon, dict);

    trace_monitor_qmp_respond(mon, json->str);
    QEMU_LOCK_GUARD(&mon->common.mon_lock);
    if (qatomic_read(&mon->connection) == connection) {
        monitor_puts_locked(&mon->common, json->str);
        monitor_flush_locked(&mon->common);
    }
}

void qmp_send_response(MonitorQMP *mon, const QDict *rsp)
{
    put_line(mon, rsp, qatomic_read(&mon->connection));
}

static void send_greeting(MonitorQMP *mon)
{
    QList *capabilities = qlist_new();
    QDict *greeting;

    for (int i = 0; i < QMP_CAPABILITY__MAX; i++) {
        if (mon->capab_offered[i]) {
            qlist_append_str(capabilities, QMPCapability_str(i));
        }
    }
    greeting = qdict_from_jsonf_nofail(
        "{'QMP': {'version': {'qemu': {'major': %d, 'minor': %d,"
        " 'micro': %d}, 'package': %s}, 'capabilities': %p}}",
        INTERFACE_VERSION_MAJOR, INTERFACE_VERSION_MINOR,
        INTERFACE_VERSION_MICRO, INTERFACE_PACKAGE, QOBJECT(capabilities));
    qmp_send_response(mon, greeting);
    qobject_unref(greeting);
}

/* --- Running a request -------------------------------------------------- */

static bool is_command_not_found(const QDict *rsp)
{
    QDict *error = qdict_get_qdict(rsp, "error");
    const char *class = error ? qdict_get_try_str(error, "class") : NULL;

    return class && !strcmp(class, "CommandNotFound");
}

static void run_request(MonitorQMP *mon, QObject *req, unsigned connection)
{
    const QmpCommandList *commands = qatomic_read(&mon->commands);
    QDict *rsp =
        qmp_dispatch(commands, req, qmp_oob_enabled(mon), &mon->common);

    if (!rsp) {
        return;
    }
    if (commands == &qmp_cap_negotiation_commands &&
        is_command_not_found(rsp)) {
        /* The command may well exist: say what is missing instead. */
        qdict_put_str(qdict_get_qdict(rsp, "error"), "desc",
                      "Expecting capabilities negotiation with "
                      "'qmp_capabilities'");
    }
    put_line(mon, rsp, connection);
    qobject_unref(rsp);
}

static void free_request(QMPRequest *r)
{
    qobject_unref(r->req);
    error_free(r->err);
    monitor_msgfds_close(&r->fds);
    g_free(r);
}

/* --- The queue ---------------------------------------------------------- */

bool qmp_has_room(MonitorQMP *mon)
{
    return qatomic_read(&mon->n_requests) < QMP_REQ_QUEUE_LEN_MAX;
}

bool qmp_has_requests(MonitorQMP *mon)
{
    QEMU_LOCK_GUARD(&mon->queue_lock);
    return mon->requests->length || mon->running;
}

/* Called by the JSON parser: one value, or one error. */
static void handle_message(void *opaque, QObject *req, Error *err)
{
    MonitorQMP *mon = opaque;
    QDict *dict = qobject_to(QDict, req);
    QMPRequest *r;

    if (req && trace_event_get_state_backends(TRACE_HANDLE_QMP_COMMAND)) {
        g_autoptr(GString) json = qobject_to_json(req);

        trace_handle_qmp_command(mon, json->str);
    }
    if (dict && qmp_is_oob(dict)) {
        run_request(mon, req, qatomic_read(&mon->connection));
        qobject_unref(req);
        return;
    }
    r = g_new0(QMPRequest, 1);
    r->req = req;
    r->err = err;
    r->connection = qatomic_read(&mon->connection);
    monitor_msgfds_move(&r->fds, &mon->common.new_fds);
    WITH_QEMU_LOCK_GUARD(&mon->queue_lock) {
        g_queue_push_tail(mon->requests, r);
        qatomic_set(&mon->n_requests, mon->requests->length);
    }
    qmp_wake_dispatcher();
}

size_t qmp_consume_input(MonitorQMP *mon, const uint8_t *buf, size_t size)
{
    size_t done = 0;

    while (done < size && monitor_input_allowed(&mon->common)) {
        if (qatomic_read(&mon->reset_pending)) {
            return size;
        }
        size_t len = MIN(size - done, PARSE_SIZE);
        const uint8_t *end = memchr(buf + done, '}', len);

        if (end) {
            len = end + 1 - (buf + done);
        }
        json_message_parser_feed(&mon->parser, (const char *)buf + done, len);
        done += len;
    }
    return done;
}

static QMPRequest *pop_request(MonitorQMP *mon)
{
    QMPRequest *r;

    if (qatomic_read(&mon->common.backlogged)) {
        return NULL;
    }
    QEMU_LOCK_GUARD(&mon->queue_lock);
    r = g_queue_pop_head(mon->requests);
    qatomic_set(&mon->n_requests, mon->requests->length);
    mon->running = r != NULL;
    return r;
}

/* The next request of any monitor. Its monitor goes to the end of the list. */
static QMPRequest *pop_any_request(MonitorQMP **mon)
{
    QMPRequest *r;
    Monitor *m;

    QEMU_LOCK_GUARD(&monitor_lock);
    QTAILQ_FOREACH(m, &mon_list, entry) {
        if (!m->is_qmp) {
            continue;
        }
        r = pop_request(monitor_to_qmp(m));
        if (r) {
            QTAILQ_REMOVE(&mon_list, m, entry);
            QTAILQ_INSERT_TAIL(&mon_list, m, entry);
            *mon = monitor_to_qmp(m);
            return r;
        }
    }
    return NULL;
}

static void handle_request(MonitorQMP *mon, QMPRequest *r)
{
    if (r->connection != qatomic_read(&mon->connection)) {
        return;
    }
    if (r->fds.n) {
        QEMU_LOCK_GUARD(&mon->common.mon_lock);
        monitor_msgfds_move(&mon->common.msgfds, &r->fds);
    }
    if (r->err) {
        QDict *rsp = qmp_error_response(g_steal_pointer(&r->err));

        put_line(mon, rsp, r->connection);
        qobject_unref(rsp);
    } else {
        run_request(mon, r->req, r->connection);
    }
}

static gboolean dispatch_one(GSource *source, GSourceFunc callback,
                             gpointer data)
{
    MonitorQMP *mon;
    QMPRequest *r;

    g_source_set_ready_time(source, -1);
    r = pop_any_request(&mon);
    if (!r) {
        return G_SOURCE_CONTINUE;
    }
    handle_request(mon, r);
    free_request(r);
    WITH_QEMU_LOCK_GUARD(&mon->queue_lock) {
        mon->running = false;
    }
    monitor_kick(&mon->common);
    /* One at a time, so that the rest of the main loop has its turn. */
    qmp_wake_dispatcher();
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs dispatcher_funcs = {
    .dispatch = dispatch_one,
};

void qmp_wake_dispatcher(void)
{
    if (dispatcher) {
        g_source_set_ready_time(dispatcher, 0);
    }
}

static void clear_queue(MonitorQMP *mon)
{
    QMPRequest *r;

    QEMU_LOCK_GUARD(&mon->queue_lock);
    while ((r = g_queue_pop_head(mon->requests))) {
        free_request(r);
    }
    qatomic_set(&mon->n_requests, 0);
}

/* --- The connection ----------------------------------------------------- */

/*
 * Forgets everything about the connection before. Not from inside a write or
 * the parser: a character device says CLOSED from there, too, and from other
 * threads; handle_event() leaves it to the monitor's context then.
 */
static void reset_connection(MonitorQMP *mon)
{
    qatomic_set(&mon->reset_pending, false);
    clear_queue(mon);
    monitor_reset_io(&mon->common);
    json_message_parser_destroy(&mon->parser);
    json_message_parser_init(&mon->parser, handle_message, mon, NULL);
}

/* Back to negotiation: nothing but a greeting is sent before it. */
static void reset_negotiation(MonitorQMP *mon)
{
    qatomic_set(&mon->commands, &qmp_cap_negotiation_commands);
    for (int i = 0; i < QMP_CAPABILITY__MAX; i++) {
        qatomic_set(&mon->capab[i], false);
    }
    mon->capab_offered[QMP_CAPABILITY_OOB] = mon->common.use_io_thread;
}

void qmp_finish_reset(MonitorQMP *mon)
{
    if (!qatomic_read(&mon->reset_pending)) {
        return;
    }
    reset_connection(mon);
    /*
     * With nobody else to come, as on stdio, whoever reads the output still
     * gets events.
     */
    if (qemu_chr_has_feature(mon->common.chr.chr,
                             QEMU_CHAR_FEATURE_RECONNECTABLE)) {
        reset_negotiation(mon);
    }
}

static void handle_event(void *opaque, QEMUChrEvent event)
{
    MonitorQMP *mon = opaque;

    switch (event) {
    case CHR_EVENT_OPENED:
        qatomic_inc(&mon->connection);
        reset_connection(mon);
        reset_negotiation(mon);
        send_greeting(mon);
        break;
    case CHR_EVENT_CLOSED:
        qatomic_inc(&mon->connection);
        qatomic_set(&mon->reset_pending, true);
        monitor_kick(&mon->common);
        break;
    case CHR_EVENT_BREAK:
    case CHR_EVENT_MUX_IN:
    case CHR_EVENT_MUX_OUT:
        break;
    }
}

static void attach(void *opaque)
{
    MonitorQMP *mon = opaque;

    qemu_chr_fe_set_handlers(&mon->common.chr, monitor_can_read, monitor_read,
                             handle_event, NULL, &mon->common,
                             mon->common.context, true);
    qemu_chr_fe_set_busy_handler(&mon->common.chr, monitor_busy);
}

void monitor_init_qmp(Chardev *chr, bool pretty, Error **errp)
{
    MonitorQMP *mon = g_new0(MonitorQMP, 1);

    if (!qemu_chr_fe_init(&mon->common.chr, chr, errp)) {
        g_free(mon);
        return;
    }
    qemu_chr_fe_set_echo(&mon->common.chr, true);
    monitor_data_init(&mon->common, true, false,
                      qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT));
    mon->pretty = pretty;
    qemu_mutex_init(&mon->queue_lock);
    mon->requests = g_queue_new();
    json_message_parser_init(&mon->parser, handle_message, mon, NULL);
    mon->commands = &qmp_cap_negotiation_commands;
    monitor_list_append(&mon->common);

    if (mon->common.use_io_thread) {
        monitor_io_run(attach, mon);
    } else {
        attach(mon);
    }
}

void monitor_data_destroy_qmp(MonitorQMP *mon)
{
    clear_queue(mon);
    g_queue_free(mon->requests);
    json_message_parser_destroy(&mon->parser);
    qemu_mutex_destroy(&mon->queue_lock);
}

/* --- Negotiation -------------------------------------------------------- */

/* Checks all capabilities before it sets any. */
void qmp_qmp_capabilities(bool has_enable, QMPCapabilityList *enable,
                          Error **errp)
{
    MonitorQMP *mon = monitor_to_qmp(monitor_cur());
    g_autoptr(GString) missing = g_string_new(NULL);

    if (qatomic_read(&mon->commands) == &qmp_commands) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "Capabilities negotiation is already complete, command "
                  "ignored");
        return;
    }
    for (QMPCapabilityList *c = enable; c; c = c->next) {
        if (!mon->capab_offered[c->value]) {
            g_string_append_printf(missing, "%s%s", missing->len ? ", " : "",
                                   QMPCapability_str(c->value));
        }
    }
    if (missing->len) {
        error_setg(errp, "Capability %s not available", missing->str);
        return;
    }
    for (QMPCapabilityList *c = enable; c; c = c->next) {
        qatomic_set(&mon->capab[c->value], true);
    }
    qatomic_set(&mon->commands, &qmp_commands);
}

/* --- The command tables ------------------------------------------------- */

static bool machine_is_ready(void)
{
    return phase_check(PHASE_MACHINE_READY);
}

void qmp_init_globals(void)
{
    if (!dispatcher) {
        dispatcher = g_source_new(&dispatcher_funcs, sizeof(GSource));
        g_source_set_name(dispatcher, "qmp-dispatcher");
        g_source_attach(dispatcher, NULL);
    }
    if (!qmp_find_command(&qmp_commands, "qmp_capabilities")) {
        qmp_init_marshal(&qmp_commands);
        /* What the generator leaves out, since its types cannot say it. */
        qmp_register_command(&qmp_commands, "query-qmp-schema",
                             qmp_query_qmp_schema, QCO_ALLOW_PRECONFIG, 0);
        qmp_register_command(&qmp_commands, "device_add", qmp_device_add, 0, 0);
        qmp_register_command(&qmp_commands, "blockdev-add", qmp_blockdev_add,
                             QCO_ALLOW_PRECONFIG, 0);
        qmp_register_command(&qmp_commands, "object-add", qmp_object_add,
                             QCO_ALLOW_PRECONFIG, 0);
        QTAILQ_INIT(&qmp_cap_negotiation_commands);
        qmp_register_command(&qmp_cap_negotiation_commands, "qmp_capabilities",
                             qmp_marshal_qmp_capabilities, QCO_ALLOW_PRECONFIG,
                             0);
        qmp_set_machine_ready_hook(machine_is_ready);
    }
}

void qmp_cleanup_globals(void)
{
    if (dispatcher) {
        g_source_destroy(dispatcher);
        g_source_unref(dispatcher);
        dispatcher = NULL;
    }
}
