/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source of a migration: the guest goes before its memory.
 *
 * The state of devices goes in one package, after which the guest runs there.
 * When the last byte of the package has left, nobody here can know whether it
 * does: from then on it never runs here again, and when the connection is lost
 * both sides wait until they have another. The one exception: a destination
 * that could not load the package says so, before it has said that it could.
 */
#include "qemu/osdep.h"
#include "channel.h"
#include "exec/target_page.h"
#include "io/channel-buffer.h"
#include "migration-stats.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"
#include "ram-postcopy.h"
#include "ram-save.h"
#include "source.h"
#include "trace.h"

/* The destination reads no more than this at once either. */
#define MAX_PACKAGE (256 * MiB)

static void put_ping(QEMUFile *f, uint32_t number)
{
    uint32_t data = cpu_to_be32(number);

    savevm_put_command(f, MIG_CMD_PING, sizeof(data), &data);
}

void source_postcopy_advise(MigrationState *s)
{
    uint64_t sizes[2] = { cpu_to_be64(ram_postcopy_page_sizes()),
                          cpu_to_be64(TARGET_PAGE_SIZE) };

    if (migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM)) {
        savevm_put_command(s->to_dst, MIG_CMD_POSTCOPY_ADVISE, sizeof(sizes),
                           sizes);
    }
}

/* ---- the guest leaves ---------------------------------------------------- */

/* The state of devices, and what there is to do before and after it. */
typedef struct Package {
    QIOChannelBuffer *buf;
    QEMUFile *f; /* keeps what is in it */
} Package;

static bool make_package(Package *p, SaveVM *vm, Error **errp)
{
    p->buf = qio_channel_buffer_new(0);
    p->f = qemu_file_new_output(QIO_CHANNEL(p->buf));
    qio_channel_set_name(QIO_CHANNEL(p->buf), "migration-postcopy-buffer");
    savevm_put_command(p->f, MIG_CMD_POSTCOPY_LISTEN, 0, NULL);
    if (!savevm_put_devices(vm, p->f, errp)) {
        return false;
    }
    put_ping(p->f, PING_PACKAGE_LOADED);
    savevm_put_command(p->f, MIG_CMD_POSTCOPY_RUN, 0, NULL);
    if (qemu_file_get_error_obj(p->f, errp)) {
        return false;
    }
    if (p->buf->usage > MAX_PACKAGE) {
        error_setg(errp, "Unreasonably large packaged state: %zu",
                   p->buf->usage);
        return false;
    }
    return true;
}

static void free_package(Package *p)
{
    qemu_fclose(p->f);
    object_unref(OBJECT(p->buf));
}

/*
 * All of it has left when it returns true; else it cannot be loaded. Bytes are
 * counted, since another thread may shut the stream down right behind the last.
 */
static bool put_package(MigrationState *s, const Package *p, Error **errp)
{
    uint32_t size = cpu_to_be32(p->buf->usage);
    uint64_t end;

    savevm_put_command(s->to_dst, MIG_CMD_PACKAGED, sizeof(size), &size);
    end = qemu_file_transferred(s->to_dst) + p->buf->usage;
    qemu_put_buffer(s->to_dst, p->buf->data, p->buf->usage);
    qemu_fflush(s->to_dst);
    return (qemu_file_transferred(s->to_dst) == end &&
            !qemu_file_queued(s->to_dst)) ||
           !qemu_file_get_error_obj(s->to_dst, errp);
}

/* With the big lock. */
static bool stop_and_discard(MigrationState *s, SaveVM *vm, Error **errp)
{
    if (!source_begin_switchover(s, errp) ||
        !savevm_complete_rounds_for_postcopy(vm, errp)) {
        return false;
    }
    ram_postcopy_begin(s->to_dst);
    put_ping(s->to_dst, 2);
    return true;
}

/* With the big lock. */
static bool leave(MigrationState *s, SaveVM *vm, Error **errp)
{
    Package p;
    bool ok;

    if (!stop_and_discard(s, vm, errp)) {
        return false;
    }
    ok =
        make_package(&p, vm, errp) && !qemu_file_get_error_obj(s->to_dst, errp);
    /* Who cancels later than now is told that it is too late. */
    if (ok && !migrate_set_state(&s->status, MIGRATION_STATUS_DEVICE,
                                 MIGRATION_STATUS_POSTCOPY_ACTIVE)) {
        error_setg(errp, "migration was cancelled");
        ok = false;
    }
    ok = ok && put_package(s, &p, errp);
    free_package(&p);
    return ok;
}

/* The guest is there. With the big lock. */
static void has_left(MigrationState *s)
{
    s->guest_has_left = true;
    s->downtime_ms = migration_now_ms() - s->downtime_start_ms;
    migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_DONE, NULL);
    put_ping(s->to_dst, 4);
    migration_rate_set(migrate_parameters()->max_postcopy_bandwidth);
    migration_rate_reset();
}

/* ---- pages that are asked for have a channel of their own ---------------- */

/* Who waits for it has taken it back when the state has another, or none. */
typedef struct UrgentRequest {
    MigrationState *s;
} UrgentRequest;

static void urgent_connected(QIOChannel *ioc, Error *err, void *opaque)
{
    g_autofree UrgentRequest *request = opaque;
    MigrationState *s = request->s;
    Error *local = err ? error_copy(err) : NULL;

    if (ioc) {
        qio_channel_set_blocking(ioc, true, &local);
    }
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        if (s->urgent_request != request) {
            error_free(local);
            return; /* it comes too late, and is closed */
        }
        if (!local) {
            qio_channel_set_name(ioc, "migration-postcopy-preempt");
            s->to_dst_urgent = qemu_file_new_output(ioc);
        }
        s->urgent_request = NULL;
    }
    if (local) {
        migration_set_error(s, local);
    }
    source_return_wake(s);
}

static bool is_urgent_requested(MigrationState *s)
{
    QEMU_LOCK_GUARD(&s->lock);
    return s->urgent_request;
}

static void take_request_back(MigrationState *s)
{
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->urgent_request = NULL;
    }
    migration_channel_outgoing_give_up();
}

/*
 * Whoever cancels, pauses or quits ends the connection, and so this wait for
 * another, which may take for ever to open.
 */
static bool request_urgent(MigrationState *s, Error **errp)
{
    UrgentRequest *request = g_new(UrgentRequest, 1);

    request->s = s;
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->urgent_request = request;
    }
    migration_channel_outgoing_more(urgent_connected, request);
    while (is_urgent_requested(s)) {
        if (!source_return_sleep(s, errp)) {
            take_request_back(s);
            return false;
        }
    }
    return true;
}

static bool open_urgent(MigrationState *s, Error **errp)
{
    if (!migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT)) {
        return true;
    }
    /* The destination knows it as the second, so the first must be there. */
    if (!source_return_wait_pong(s, errp) || !request_urgent(s, errp)) {
        return false;
    }
    if (!s->to_dst_urgent) {
        error_setg(errp, "Failed to establish preempt channel");
        return false;
    }
    ram_postcopy_set_urgent(s->to_dst_urgent);
    return true;
}

static void close_urgent(MigrationState *s)
{
    QEMUFile *f;

    ram_postcopy_set_urgent(NULL);
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        f = g_steal_pointer(&s->to_dst_urgent);
    }
    if (f) {
        qemu_fclose(f);
    }
}

/* ---- pages --------------------------------------------------------------- */

static bool send_pages(MigrationState *s, SaveVM *vm, Error **errp)
{
    bool finished = false;

    source_begin_interval(s);
    while (!finished) {
        if (!savevm_iterate_postcopy(vm, &finished, errp)) {
            return false;
        }
        source_end_interval(s);
        if (!finished) {
            source_wait_for_interval(s);
        }
    }
    ram_postcopy_end_urgent();
    return savevm_complete_postcopy(vm, errp) && source_return_wait(s, errp);
}

/* ---- when the connection is lost ----------------------------------------- */

static void drop_connection(MigrationState *s)
{
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        if (s->to_dst_urgent) {
            qemu_file_shutdown(s->to_dst_urgent);
        }
    }
    source_return_close(s);
    close_urgent(s);
    migration_close_files(s);
}

/* False when the process ends. Takes @err. */
static bool pause_and_wait(MigrationState *s, Error *err)
{
    MigrationStatus status;

    error_report("Detected IO failure for postcopy. Migration paused.");
    if (err) {
        error_report("%s", error_get_pretty(err));
        migration_set_error(s, err);
    }
    status = migration_status(s);
    migrate_set_state(&s->status, status, MIGRATION_STATUS_POSTCOPY_PAUSED);
    while (!qatomic_read(&s->ending)) {
        if (migration_status(s) == MIGRATION_STATUS_POSTCOPY_RECOVER) {
            return true;
        }
        qemu_sem_wait(&s->postcopy_pause_sem);
    }
    return false;
}

/* What has arrived of each block. */
static bool ask_for_bitmaps(MigrationState *s, Error **errp)
{
    GPtrArray *blocks = ram_save_blocks();

    for (guint i = 0; i < blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(blocks, i);
        size_t name = strlen(rb->idstr);
        uint8_t data[256];

        data[0] = name;
        memcpy(data + 1, rb->idstr, name);
        source_return_expect(s, MIG_RP_MSG_RECV_BITMAP, rb->idstr);
        savevm_put_command(s->to_dst, MIG_CMD_RECV_BITMAP, 1 + name, data);
        if (!source_return_wait_answer(s, errp)) {
            return false;
        }
    }
    return true;
}

static bool resume(MigrationState *s, SaveVM *vm, Error **errp)
{
    savevm_set_file(vm, s->to_dst);
    source_return_resume(s);
    if (!ask_for_bitmaps(s, errp) || !open_urgent(s, errp)) {
        return false;
    }
    ram_postcopy_resume(s->to_dst);
    source_return_expect(s, MIG_RP_MSG_RESUME_ACK, NULL);
    savevm_put_command(s->to_dst, MIG_CMD_POSTCOPY_RESUME, 0, NULL);
    if (!source_return_wait_answer(s, errp)) {
        return false;
    }
    if (!migrate_set_state(&s->status, MIGRATION_STATUS_POSTCOPY_RECOVER,
                           MIGRATION_STATUS_POSTCOPY_ACTIVE)) {
        error_setg(errp, "it is paused again");
        return false;
    }
    return true;
}

/* ---- the whole ----------------------------------------------------------- */

bool source_postcopy(MigrationState *s, SaveVM *vm, Error **errp)
{
    Error *err = NULL;
    bool ok = open_urgent(s, errp);

    bql_lock();
    ok = ok && leave(s, vm, errp);
    if (ok) {
        has_left(s);
    }
    bql_unlock();
    if (!ok) {
        close_urgent(s);
        return false;
    }
    ok = send_pages(s, vm, &err);
    while (!ok) {
        /* Only then is all heard that it has said, maybe that it refuses. */
        drop_connection(s);
        if (qatomic_read(&s->package_refused)) {
            break;
        }
        if (!pause_and_wait(s, g_steal_pointer(&err))) {
            error_setg(errp, "the process ends; the guest has left");
            return false;
        }
        ok = resume(s, vm, &err) && send_pages(s, vm, &err);
    }
    close_urgent(s);
    if (!ok) {
        s->guest_has_left = false;
        error_propagate(errp, err);
    }
    return ok;
}
