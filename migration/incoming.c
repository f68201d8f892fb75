/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The destination of a migration. */
#include "qemu/osdep.h"
#include "block-active.h"
#include "block/aio.h"
#include "channel.h"
#include "cpr-internal.h"
#include "global-state.h"
#include "hw/loader.h"
#include "migration.h"
#include "migration/migration-init.h"
#include "multifd.h"
#include "options.h"
#include "postcopy.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qapi/qapi-visit-migration.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "return-path.h"
#include "savevm.h"
#include "system/runstate.h"
#include "system/system.h"
#include "vmstate/blocker.h"

static MigrationIncomingState incoming;

MigrationIncomingState *migration_incoming_get_current(void)
{
    return &incoming;
}

/* ---- answers ------------------------------------------------------------- */

int migration_incoming_answer(const ReturnMessage *m)
{
    QEMU_LOCK_GUARD(&incoming.answer_lock);
    return incoming.to_src ? return_path_put(incoming.to_src, m) : 0;
}

static void answer(enum mig_rp_message_type kind, uint32_t value)
{
    migration_incoming_answer(&(ReturnMessage){ .kind = kind, .value = value });
}

/* When the connection is lost, another thread ends that. */
static bool has_answers(MigrationIncomingState *mis)
{
    QEMU_LOCK_GUARD(&mis->answer_lock);
    return mis->to_src;
}

/* Devices for which the source must wait: once all have agreed, it is told. */
static bool begin_answers(MigrationIncomingState *mis, QEMUFile *f,
                          Error **errp)
{
    if (has_answers(mis)) {
        error_setg(errp, "CMD_OPEN_RETURN_PATH called when RP already open");
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&mis->answer_lock) {
        mis->to_src = qemu_file_get_return_path(f);
    }
    mis->switchover_ack_pending_num = savevm_switchover_acks();
    if (migrate_capability(MIGRATION_CAPABILITY_SWITCHOVER_ACK) &&
        !mis->switchover_ack_pending_num) {
        answer(MIG_RP_MSG_SWITCHOVER_ACK, 0);
    }
    return true;
}

int qemu_loadvm_approve_switchover(void)
{
    MigrationIncomingState *mis = &incoming;

    if (!mis->switchover_ack_pending_num) {
        return -EINVAL;
    }
    if (--mis->switchover_ack_pending_num) {
        return 0;
    }
    return migration_incoming_answer(
        &(ReturnMessage){ .kind = MIG_RP_MSG_SWITCHOVER_ACK });
}

static bool load_command(LoadVM *l, enum qemu_vm_cmd command, uint16_t len,
                         const uint8_t *data, void *opaque, Error **errp)
{
    MigrationIncomingState *mis = opaque;

    switch (command) {
    case MIG_CMD_OPEN_RETURN_PATH:
        return begin_answers(mis, loadvm_file(l), errp);
    case MIG_CMD_PING:
        /* While a package is loaded, the connection may break: a pause. */
        if (!has_answers(mis) && !postcopy_is_listening()) {
            error_setg(errp, "CMD_PING (0x%x) received with no return path",
                       ldl_be_p(data));
            return false;
        }
        answer(MIG_RP_MSG_PONG, ldl_be_p(data));
        return true;
    default:
        return postcopy_load_command(l, command, len, data, errp);
    }
}

/* ---- the end ------------------------------------------------------------- */

static void join_thread(MigrationIncomingState *mis)
{
    if (mis->has_thread) {
        bql_unlock();
        qemu_thread_join(&mis->thread);
        bql_lock();
        mis->has_thread = false;
    }
    bql_unlock();
    multifd_recv_cleanup();
    bql_lock();
}

static void close_files(MigrationIncomingState *mis)
{
    WITH_QEMU_LOCK_GUARD(&mis->answer_lock) {
        if (mis->to_src) {
            qemu_fclose(g_steal_pointer(&mis->to_src));
        }
    }
    if (mis->from_src) {
        qemu_fclose(g_steal_pointer(&mis->from_src));
    }
}

/* With its disks; if another process still has them, "cont" tries again. */
static void start_guest(MigrationIncomingState *mis)
{
    if (migration_block_activate(&mis->error)) {
        vm_start();
        return;
    }
    error_reportf_err(error_copy(mis->error), "the guest stays paused: ");
    runstate_set(RUN_STATE_PAUSED);
}

/*
 * Goes on as the source was, and as the user wants. Disks become active when
 * the guest runs, not before: that is what late-block-activate asks for.
 */
static void go_on(MigrationIncomingState *mis)
{
    RunState state = global_state_received() ? global_state_get_runstate()
                                             : RUN_STATE_RUNNING;

    rom_set_incoming(false); /* from now on a reset loads what it starts from */
    if (runstate_is_live(state)) {
        if (autostart) {
            start_guest(mis);
        } else {
            runstate_set(RUN_STATE_PAUSED);
        }
    } else {
        /* A debugger is not there to make it go on. */
        runstate_set(state == RUN_STATE_DEBUG ? RUN_STATE_PAUSED : state);
    }
}

static void fail(MigrationIncomingState *mis)
{
    error_prepend(&mis->error, "load of migration failed: ");
    migrate_set_state(&mis->status, qatomic_read(&mis->status),
                      MIGRATION_STATUS_FAILED);
    error_report_err(error_copy(mis->error));
    if (mis->exit_on_error) {
        exit(EXIT_FAILURE);
    }
}

/* The package of postcopy has failed: pages need not come any more. */
static void finish_failed_package(MigrationIncomingState *mis)
{
    answer(MIG_RP_MSG_SHUT, 1);
    postcopy_package_loaded(false);
    postcopy_listen_join();
    /* Nobody waits for pages: the process can end like any other. */
    postcopy_state_set(POSTCOPY_INCOMING_END);
    close_files(mis);
    fail(mis);
}

static void end_postcopy_bh(void *opaque)
{
    MigrationIncomingState *mis = opaque;

    postcopy_listen_join();
    close_files(mis);
    migrate_set_state(&mis->status, MIGRATION_STATUS_POSTCOPY_ACTIVE,
                      MIGRATION_STATUS_COMPLETED);
}

void migration_incoming_end_postcopy(void)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), end_postcopy_bh, &incoming);
}

/*
 * The source has the guest until it is told that it is here, if it wants to be
 * told. It is not here when the source wants it back: then the stream, which
 * is complete, ends. Nor is it when it cannot be told.
 */
static bool take_guest(MigrationIncomingState *mis, Error **errp)
{
    char byte;
    ssize_t len;

    if (!mis->to_src) {
        return true;
    }
    len = qio_channel_read(qemu_file_get_ioc(mis->from_src), &byte, 1, NULL);
    if (len == 0 || len == -1) {
        error_setg(errp, "the source has ended the connection before it could "
                         "be told that the guest is here");
        return false;
    }
    if (migration_incoming_answer(&(ReturnMessage){ .kind = MIG_RP_MSG_SHUT }) <
        0) {
        qemu_file_get_error_obj(mis->to_src, errp);
        error_prepend(errp, "the source cannot be told that the guest is "
                            "here: ");
        return false;
    }
    return true;
}

static void finish_bh(void *opaque)
{
    MigrationIncomingState *mis = opaque;

    join_thread(mis);
    migration_channel_incoming_cancel(); /* what is missing is not needed */
    if (postcopy_is_listening()) {
        if (mis->loaded) {
            go_on(mis);
            postcopy_package_loaded(true);
        } else {
            finish_failed_package(mis);
        }
        return;
    }
    if (mis->loaded) {
        mis->loaded = take_guest(mis, &mis->error);
    }
    if (!mis->loaded) {
        answer(MIG_RP_MSG_SHUT, 1);
    }
    close_files(mis);
    cpr_incoming_done();
    postcopy_memory_free();
    if (!mis->loaded) {
        fail(mis);
        return;
    }
    postcopy_state_set(POSTCOPY_INCOMING_END);
    go_on(mis);
    /* Clients that hear of it expect the guest to be there. */
    migrate_set_state(&mis->status, MIGRATION_STATUS_ACTIVE,
                      MIGRATION_STATUS_COMPLETED);
}

static void *incoming_thread(void *opaque)
{
    MigrationIncomingState *mis = opaque;

    rcu_register_thread();
    bql_lock();
    mis->loaded = loadvm(mis->from_src, load_command, mis, &mis->error);
    aio_bh_schedule_oneshot(qemu_get_aio_context(), finish_bh, mis);
    bql_unlock();
    rcu_unregister_thread();
    return NULL;
}

/* ---- the beginning ------------------------------------------------------- */

static void connected(QIOChannel *ioc, Error *err, void *opaque)
{
    MigrationIncomingState *mis = opaque;
    Error *local = NULL;

    if (err && mis->has_thread) {
        /* Another channel: the thread, which may wait for it, ends with it. */
        qemu_file_set_error_obj(mis->from_src, -EIO, error_copy(err));
        qemu_file_shutdown(mis->from_src);
        multifd_recv_stop();
        return;
    }
    if (err) {
        join_thread(mis);
        error_free(mis->error);
        mis->error = error_copy(err);
        fail(mis);
        return;
    }
    /* So that the lock can be released while it waits. */
    if (qio_channel_set_blocking(ioc, false, &local) < 0) {
        migration_channel_incoming_cancel();
        connected(NULL, local, mis);
        error_free(local);
        return;
    }
    mis->from_src = qemu_file_new_input(ioc);
    multifd_recv_set_main(mis->from_src);
    migrate_set_state(&mis->status, MIGRATION_STATUS_SETUP,
                      MIGRATION_STATUS_ACTIVE);
    mis->has_thread = true;
    qemu_thread_create(&mis->thread, "mig/dst/main", incoming_thread, mis,
                       QEMU_THREAD_JOINABLE);
}

static void urgent_connected(QIOChannel *ioc, Error *err, void *opaque)
{
    if (ioc) {
        postcopy_urgent_channel(ioc);
    }
}

void qmp_migrate_incoming(const char *uri, bool has_channels,
                          MigrationChannelList *channels,
                          bool has_exit_on_error, bool exit_on_error,
                          Error **errp)
{
    MigrationIncomingState *mis = &incoming;
    g_autoptr(MigrationAddress) addr = NULL;

    if (mis->status != MIGRATION_STATUS_NONE) {
        error_setg(errp, "The incoming migration has already been started");
        return;
    }
    if (!runstate_check(RUN_STATE_INMIGRATE)) {
        error_setg(errp, "'-incoming' was not specified on the command line");
        return;
    }
    addr = migration_address(uri, has_channels ? channels : NULL, NULL, errp);
    if (!addr || !migration_channel_check(addr, false, errp)) {
        return;
    }
    mis->exit_on_error = !has_exit_on_error || exit_on_error;
    migration_incoming_expect(MIG_INCOMING_MAIN, 1, connected, mis);
    if (multifd_has_channels()) {
        multifd_recv_expect();
    }
    if (migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT)) {
        migration_incoming_expect(MIG_INCOMING_PREEMPT, 1, urgent_connected,
                                  mis);
    }
    if (!migration_channel_incoming(addr, &mis->listening, errp)) {
        migration_channel_incoming_cancel();
        join_thread(mis);
        return;
    }
    cpr_state_close(); /* the source can connect */
    migrate_set_state(&mis->status, MIGRATION_STATUS_NONE,
                      MIGRATION_STATUS_SETUP);
}

/* JSON or key=value. */
static MigrationChannelList *parse_channel(const char *arg, Error **errp)
{
    MigrationChannelList *list = NULL;
    MigrationChannel *channel = NULL;
    Visitor *v = qobject_input_visitor_new_str(arg, "channel-type", errp);

    if (v && visit_type_MigrationChannel(v, NULL, &channel, errp)) {
        QAPI_LIST_PREPEND(list, channel);
    }
    visit_free(v);
    return list;
}

static bool is_uri(const char *arg)
{
    size_t scheme = strspn(arg, "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return arg[scheme] == ':';
}

bool migration_incoming_is_cpr(const char *arg, Error **errp)
{
    MigrationChannelList *channels = NULL;
    bool cpr;

    if (strcmp(arg, "defer") && !is_uri(arg)) {
        channels = parse_channel(arg, errp);
    }
    cpr =
        channels && channels->value->channel_type == MIGRATION_CHANNEL_TYPE_CPR;
    qapi_free_MigrationChannelList(channels);
    return cpr;
}

void migration_incoming_load_cpr(const char *arg)
{
    MigrationChannelList *channels = parse_channel(arg, &error_abort);
    Error *err = NULL;

    if (cpr_state_load(channels->value, &err)) {
        error_reportf_err(err, "-incoming %s: ", arg);
        exit(EXIT_FAILURE);
    }
    qapi_free_MigrationChannelList(channels);
}

void migration_incoming_start(const char *arg)
{
    MigrationChannelList *channels = NULL;
    Error *err = NULL;

    if (!strcmp(arg, "defer")) {
        return;
    }
    if (!is_uri(arg)) {
        channels = parse_channel(arg, &err);
    }
    if (!err) {
        qmp_migrate_incoming(channels ? NULL : arg, channels != NULL, channels,
                             true, true, &err);
    }
    qapi_free_MigrationChannelList(channels);
    if (err) {
        error_reportf_err(err, "-incoming %s: ", arg);
        exit(EXIT_FAILURE);
    }
}

static bool is_loading(void)
{
    return incoming.has_thread;
}

void migration_incoming_init(void)
{
    migration_incoming_loading_hook = is_loading;
    qemu_mutex_init(&incoming.answer_lock);
    postcopy_incoming_init();
}

void migration_incoming_shutdown(void)
{
    MigrationIncomingState *mis = &incoming;

    migration_channel_incoming_cancel();
    if (postcopy_is_listening()) {
        /*
         * CPUs and devices wait for pages that do not come. To let them go on
         * with zeros, for as long as it takes to stop them, could harm disks.
         */
        error_report("the process ends before the guest's memory has come");
        _exit(EXIT_FAILURE);
    }
    postcopy_package_loaded(false);
    if (mis->from_src) {
        qemu_file_shutdown(mis->from_src);
    }
    multifd_recv_stop();
    join_thread(mis);
    close_files(mis);
    postcopy_memory_free();
    error_free(g_steal_pointer(&mis->error));
    qapi_free_SocketAddressList(g_steal_pointer(&mis->listening));
}
