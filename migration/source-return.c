/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source of a migration: the thread for what the destination answers. It
 * never takes the big lock, so that what the guest waits for there does not
 * wait for anybody here.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "ram-postcopy.h"
#include "return-path.h"
#include "source.h"
#include "trace.h"

/* What the state of the migration does not allow to be asked for. */
static bool out_of_place(const char *name, Error **errp)
{
    error_setg(errp, "the destination sends %s, which nobody waits for", name);
    return false;
}

void source_return_wake(MigrationState *s)
{
    qemu_sem_post(&s->answer_sem);
}

static void wake(MigrationState *s)
{
    qemu_sem_post(&s->rate_sem);
    source_return_wake(s);
}

/* The last message. */
static void shut(MigrationState *s, uint32_t failed, Error **errp)
{
    if (!failed) {
        qatomic_set(&s->return_ok, true);
        return;
    }
    error_setg(errp, "the destination could not load the guest");
    /* It never ran there, nor will it. */
    if (!qatomic_read(&s->package_loaded)) {
        qatomic_set(&s->package_refused, true);
    }
}

static void pong(MigrationState *s, uint32_t number)
{
    qatomic_set(&s->pong_seen, true);
    if (number == PING_PACKAGE_LOADED) {
        qatomic_set(&s->package_loaded, true);
    }
    wake(s);
}

/* An answer that is waited for has come. */
static void answered(MigrationState *s)
{
    qatomic_store_release(&s->expected, MIG_RP_MSG_INVALID);
    wake(s);
}

static bool request(MigrationState *s, const ReturnMessage *m, Error **errp)
{
    if (!ram_postcopy_is_active()) {
        return out_of_place("a request of pages", errp);
    }
    if (!ram_postcopy_request(m->block, m->start, m->length, errp)) {
        return false;
    }
    qemu_sem_post(&s->rate_sem);
    return true;
}

static bool resume_ack(MigrationState *s, uint32_t value, Error **errp)
{
    if (value != MIG_RESUME_ACK_VALUE) {
        error_setg(errp, "illegal resume_ack value %" PRIu32, value);
        return false;
    }
    answered(s);
    return true;
}

/* What has come of a block. */
static bool recv_bitmap(MigrationState *s, const char *block, Error **errp)
{
    if (qatomic_load_acquire(&s->expected) != MIG_RP_MSG_RECV_BITMAP) {
        return out_of_place("RECV_BITMAP", errp);
    }
    if (strcmp(block, s->expected_block)) {
        error_setg(errp,
                   "the destination sends RECV_BITMAP of block '%s', where "
                   "'%s' was asked for",
                   block, s->expected_block);
        return false;
    }
    if (!ram_postcopy_reload(s->from_dst, block, errp)) {
        return false;
    }
    answered(s);
    return true;
}

/* True if more may come. */
static bool handle(MigrationState *s, const ReturnMessage *m, Error **errp)
{
    trace_source_return_path_message(m->kind, m->value, m->start, m->length,
                                     m->block);
    switch (m->kind) {
    case MIG_RP_MSG_SHUT:
        shut(s, m->value, errp);
        return false;
    case MIG_RP_MSG_PONG:
        pong(s, m->value);
        return true;
    case MIG_RP_MSG_SWITCHOVER_ACK:
        qatomic_set(&s->switchover_acked, true);
        wake(s);
        return true;
    case MIG_RP_MSG_REQ_PAGES:
    case MIG_RP_MSG_REQ_PAGES_ID:
        return request(s, m, errp);
    case MIG_RP_MSG_RECV_BITMAP:
        return recv_bitmap(s, m->block, errp);
    case MIG_RP_MSG_RESUME_ACK:
        if (qatomic_read(&s->expected) != m->kind) {
            return out_of_place("RESUME_ACK", errp);
        }
        return resume_ack(s, m->value, errp);
    default:
        g_assert_not_reached();
    }
}

/* Nothing will come any more: who sends, or waits, must know. Takes @err. */
static void fail(MigrationState *s, Error *err)
{
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        if (s->to_dst && !qemu_file_get_error(s->to_dst)) {
            qemu_file_set_error_obj(s->to_dst, -EIO, g_steal_pointer(&err));
            qemu_file_shutdown(s->to_dst);
        }
    }
    error_free(err);
    qemu_sem_post(&s->pause_sem);
}

static void *return_thread(void *opaque)
{
    MigrationState *s = opaque;
    ReturnMessage m;
    Error *err = NULL;

    rcu_register_thread();
    while (return_path_get(s->from_dst, &m, &err) && handle(s, &m, &err)) {
    }
    if (err) {
        /* What it says counts more than that it has gone. */
        if (!qemu_file_get_error(s->from_dst)) {
            migration_set_error(s, error_copy(err));
        }
        fail(s, err);
    }
    qatomic_set(&s->return_ended, true);
    wake(s);
    rcu_unregister_thread();
    return NULL;
}

static void begin_listening(MigrationState *s)
{
    qatomic_set(&s->return_ok, false);
    qatomic_set(&s->return_ended, false);
    qatomic_set(&s->expected, MIG_RP_MSG_INVALID);
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->from_dst = qemu_file_get_return_path(s->to_dst);
    }
    s->has_return_thread = true;
    qemu_thread_create(&s->return_thread, "mig/src/return", return_thread, s,
                       QEMU_THREAD_JOINABLE);
}

bool source_return_open(MigrationState *s, Error **errp)
{
    QIOChannel *ioc = qemu_file_get_ioc(s->to_dst);
    uint32_t ping = cpu_to_be32(1);

    qatomic_set(&s->switchover_acked, false);
    qatomic_set(&s->pong_seen, false);
    qatomic_set(&s->package_loaded, false);
    qatomic_set(&s->package_refused, false);
    if (!migrate_capability(MIGRATION_CAPABILITY_RETURN_PATH) &&
        !migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM)) {
        return true;
    }
    if (!qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SHUTDOWN)) {
        error_setg(errp, "Capability 'return-path' needs a socket");
        return false;
    }
    savevm_put_command(s->to_dst, MIG_CMD_OPEN_RETURN_PATH, 0, NULL);
    savevm_put_command(s->to_dst, MIG_CMD_PING, sizeof(ping), &ping);
    begin_listening(s);
    return true;
}

void source_return_resume(MigrationState *s)
{
    begin_listening(s);
}

bool source_ask_back(MigrationState *s)
{
    QEMU_LOCK_GUARD(&s->lock);
    if (!s->from_dst) {
        return false;
    }
    /* Its answer can still be read. */
    qio_channel_shutdown(qemu_file_get_ioc(s->to_dst),
                         QIO_CHANNEL_SHUTDOWN_WRITE, NULL);
    return true;
}

static void join(MigrationState *s)
{
    qemu_thread_join(&s->return_thread);
    s->has_return_thread = false;
}

bool source_return_wait(MigrationState *s, Error **errp)
{
    if (!s->has_return_thread) {
        return true;
    }
    join(s);
    if (!qatomic_read(&s->return_ok)) {
        qemu_file_get_error_obj(s->to_dst, errp);
        return false;
    }
    return true;
}

void source_return_close(MigrationState *s)
{
    if (s->has_return_thread) {
        /* It still reads what was sent, maybe the reason. */
        qemu_file_shutdown(s->to_dst);
        join(s);
    }
}

bool source_return_sleep(MigrationState *s, Error **errp)
{
    if (qatomic_read(&s->return_ended)) {
        if (!qemu_file_get_error_obj(s->to_dst, errp)) {
            error_setg(errp, "the destination does not answer");
        }
        return false;
    }
    qemu_sem_wait(&s->answer_sem);
    return true;
}

bool source_return_wait_pong(MigrationState *s, Error **errp)
{
    while (!qatomic_read(&s->pong_seen)) {
        if (!source_return_sleep(s, errp)) {
            return false;
        }
    }
    return true;
}

void source_return_expect(MigrationState *s, enum mig_rp_message_type kind,
                          const char *block)
{
    s->expected_block = block;
    qatomic_store_release(&s->expected, kind);
}

bool source_return_wait_answer(MigrationState *s, Error **errp)
{
    while (qatomic_load_acquire(&s->expected) != MIG_RP_MSG_INVALID) {
        if (!source_return_sleep(s, errp)) {
            return false;
        }
    }
    return true;
}
