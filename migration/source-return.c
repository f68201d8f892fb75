/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source of a migration: the thread for what the destination answers. It
 * never takes the big lock, so that what the guest waits for there does not
 * wait for anybody here.
 */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "return-path.h"
#include "source.h"
#include "trace.h"

/* What cannot be asked for now. */
static bool out_of_place(const char *name, Error **errp)
{
    error_setg(errp, "the destination sends %s, which nobody waits for", name);
    return false;
}

/* True if more may come. */
static bool handle(MigrationState *s, const ReturnMessage *m, Error **errp)
{
    trace_source_return_path_message(m->kind, m->value, m->start, m->length,
                                     m->block);
    switch (m->kind) {
    case MIG_RP_MSG_SHUT:
        if (m->value) {
            error_setg(errp, "the destination could not load the guest");
        } else {
            qatomic_set(&s->return_ok, true);
        }
        return false;
    case MIG_RP_MSG_PONG:
        return true;
    case MIG_RP_MSG_SWITCHOVER_ACK:
        qatomic_set(&s->switchover_acked, true);
        qemu_sem_post(&s->rate_sem);
        return true;
    case MIG_RP_MSG_REQ_PAGES:
    case MIG_RP_MSG_REQ_PAGES_ID:
        return out_of_place("a request of pages", errp);
    case MIG_RP_MSG_RECV_BITMAP:
        return out_of_place("RECV_BITMAP", errp);
    case MIG_RP_MSG_RESUME_ACK:
        return out_of_place("RESUME_ACK", errp);
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
    qemu_sem_post(&s->rate_sem);
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
    rcu_unregister_thread();
    return NULL;
}

bool source_return_open(MigrationState *s, Error **errp)
{
    QIOChannel *ioc = qemu_file_get_ioc(s->to_dst);
    uint32_t ping = cpu_to_be32(1);

    qatomic_set(&s->return_ok, false);
    qatomic_set(&s->switchover_acked, false);
    if (!migrate_capability(MIGRATION_CAPABILITY_RETURN_PATH)) {
        return true;
    }
    if (!qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SHUTDOWN)) {
        error_setg(errp, "Capability 'return-path' needs a socket");
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->from_dst = qemu_file_get_return_path(s->to_dst);
    }
    savevm_put_command(s->to_dst, MIG_CMD_OPEN_RETURN_PATH, 0, NULL);
    savevm_put_command(s->to_dst, MIG_CMD_PING, sizeof(ping), &ping);
    s->has_return_thread = true;
    qemu_thread_create(&s->return_thread, "mig/src/return", return_thread, s,
                       QEMU_THREAD_JOINABLE);
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
