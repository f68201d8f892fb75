/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy at the destination: the threads that read what follows the package.
 * One reads the stream to its end; when the connection is lost, it waits for
 * another and goes on. With postcopy-preempt, another reads the pages that
 * somebody waits for.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include "channel.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "postcopy-load.h"
#include "postcopy.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "trace.h"

static struct {
    QemuThread thread;
    bool has_thread; /* the big lock */
    uint32_t ram;    /* the number of RAM's section */
    PostcopyChannel channel;

    QemuEvent loaded;   /* the package, or it never will be */
    QemuSemaphore wake; /* there is a connection, or it is to end */
    QemuSemaphore urgent_came;
    bool cut;     /* nothing more comes, nor has it come; the big lock */
    bool give_up; /* atomically */

    QemuMutex lock; /* the next, and the incoming state's files */
    QEMUFile *urgent;
    bool urgent_running;
    bool urgent_failed;
    QemuThread urgent_thread;
} in;

static void __attribute__((constructor)) init_locks(void)
{
    qemu_mutex_init(&in.lock);
    qemu_sem_init(&in.wake, 0);
    qemu_sem_init(&in.urgent_came, 0);
    qemu_event_init(&in.loaded, false);
}

bool postcopy_is_given_up(void)
{
    return qatomic_read(&in.give_up);
}

/* ---- pages that somebody waits for --------------------------------------- */

static void shut_down(QEMUFile *f)
{
    if (f) {
        qemu_file_shutdown(f);
    }
}

/* Its failure is the other's, which does what is to be done. */
static void *urgent_thread(void *opaque)
{
    PostcopyChannel c;
    Error *err = NULL;

    rcu_register_thread();
    postcopy_channel_init(&c);
    if (!postcopy_load_pages(&c, in.urgent, &err)) {
        error_reportf_err(err, "channel of urgent pages: ");
        QEMU_LOCK_GUARD(&in.lock);
        in.urgent_failed = true;
        shut_down(migration_incoming_get_current()->from_src);
    }
    postcopy_channel_free(&c);
    rcu_unregister_thread();
    return NULL;
}

/* With the lock. */
static void start_urgent(void)
{
    if (in.urgent && !in.urgent_running &&
        postcopy_state_get() >= POSTCOPY_INCOMING_LISTENING) {
        in.urgent_running = true;
        in.urgent_failed = false;
        qemu_thread_create(&in.urgent_thread, "mig/dst/preempt", urgent_thread,
                           NULL, QEMU_THREAD_JOINABLE);
    }
}

void postcopy_urgent_channel(QIOChannel *ioc)
{
    Error *err = NULL;

    if (qio_channel_set_blocking(ioc, true, &err) < 0) {
        error_reportf_err(err, "the channel of urgent pages is closed: ");
        return;
    }
    WITH_QEMU_LOCK_GUARD(&in.lock) {
        if (in.urgent) {
            warn_report("a second channel of urgent pages is closed");
            return;
        }
        in.urgent = qemu_file_new_input(ioc);
        start_urgent();
    }
    qemu_sem_post(&in.urgent_came);
}

static gboolean is_cut(QIOChannel *ioc, GIOCondition condition, gpointer opaque)
{
    in.cut = true;
    qemu_sem_post(&in.urgent_came);
    return G_SOURCE_REMOVE;
}

/*
 * Of the main channel, which nobody reads meanwhile. The main loop looks. For
 * GLib's poll(), too, a socket's end is no G_IO_HUP.
 */
static GSource *watch_for_cut(void)
{
    QIOChannel *ioc =
        qemu_file_get_ioc(migration_incoming_get_current()->from_src);
    GSource *source =
        qio_channel_create_watch(ioc, (GIOCondition)(G_IO_HUP | POLLRDHUP));

    in.cut = false;
    g_source_set_callback(source, G_SOURCE_FUNC(is_cut), NULL, NULL);
    g_source_attach(source, NULL);
    return source;
}

static bool has_urgent(void)
{
    QEMU_LOCK_GUARD(&in.lock);
    return in.urgent;
}

bool postcopy_wait_for_urgent(Error **errp)
{
    GSource *source;

    if (!migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT)) {
        return true;
    }
    source = watch_for_cut();
    while (!has_urgent() && !in.cut && !postcopy_is_given_up()) {
        bql_unlock();
        qemu_sem_wait(&in.urgent_came);
        bql_lock();
    }
    g_source_destroy(source);
    g_source_unref(source);
    if (!has_urgent()) {
        error_setg(errp, "the channel for urgent pages has not come");
        return false;
    }
    return true;
}

/* At its end, or after it is made to. Whether all has come. */
static bool join_urgent(bool now)
{
    bool ok;

    QEMUFile *f;
    bool running;

    WITH_QEMU_LOCK_GUARD(&in.lock) {
        if (now) {
            shut_down(in.urgent);
        }
        running = in.urgent_running;
        in.urgent_running = false;
    }
    if (running) {
        qemu_thread_join(&in.urgent_thread);
    }
    WITH_QEMU_LOCK_GUARD(&in.lock) {
        f = g_steal_pointer(&in.urgent);
        ok = !in.urgent_failed;
    }
    if (f) {
        qemu_fclose(f);
    }
    return ok;
}

/* ---- the stream ---------------------------------------------------------- */

static bool is_complete(QEMUFile *f, Error **errp)
{
    return !qemu_file_get_error_obj(f, errp);
}

static bool load_part(QEMUFile *f, Error **errp)
{
    uint32_t number = qemu_get_be32(f), again;
    int kind;

    if (!is_complete(f, errp)) {
        return false;
    }
    if (number != in.ram) {
        error_setg(errp, "section %u comes in postcopy, but it is not RAM",
                   number);
        return false;
    }
    if (!postcopy_load_pages(&in.channel, f, errp)) {
        return false;
    }
    kind = qemu_get_byte(f);
    again = qemu_get_be32(f);
    if (!is_complete(f, errp)) {
        return false;
    }
    if (kind != QEMU_VM_SECTION_FOOTER || again != number) {
        error_setg(errp, "Missing section footer for ram");
        return false;
    }
    return true;
}

/* The source asks what has come, of a block. */
static bool put_bitmap(uint16_t len, const uint8_t *data, Error **errp)
{
    MigrationIncomingState *mis = migration_incoming_get_current();
    ReturnMessage m = { .kind = MIG_RP_MSG_RECV_BITMAP };

    if (!len || len != 1 + data[0]) {
        error_setg(errp, "RECV_BITMAP: invalid payload length (%d)", len);
        return false;
    }
    memcpy(m.block, data + 1, data[0]);
    if (!postcopy_block(m.block)) {
        error_setg(errp, "RECV_BITMAP: block '%s' not found", m.block);
        return false;
    }
    /* No other message may come between. */
    QEMU_LOCK_GUARD(&mis->answer_lock);
    if (mis->to_src) {
        return_path_put(mis->to_src, &m);
        postcopy_memory_put_received(m.block, mis->to_src);
    }
    return true;
}

static bool resume(MigrationIncomingState *mis, Error **errp)
{
    if (!migrate_set_state(&mis->status, MIGRATION_STATUS_POSTCOPY_RECOVER,
                           MIGRATION_STATUS_POSTCOPY_ACTIVE)) {
        error_setg(errp, "illegal resume received");
        return false;
    }
    migration_incoming_answer(&(ReturnMessage){
        .kind = MIG_RP_MSG_RESUME_ACK,
        .value = MIG_RESUME_ACK_VALUE,
    });
    postcopy_memory_serve(true);
    return true;
}

static bool load_command(QEMUFile *f, Error **errp)
{
    MigrationIncomingState *mis = migration_incoming_get_current();
    g_autofree uint8_t *data = NULL;
    enum qemu_vm_cmd command;
    uint16_t len;

    if (!loadvm_get_command(f, &command, &len, &data, errp)) {
        return false;
    }
    switch (command) {
    case MIG_CMD_PING:
        migration_incoming_answer(&(ReturnMessage){
            .kind = MIG_RP_MSG_PONG,
            .value = ldl_be_p(data),
        });
        return true;
    case MIG_CMD_RECV_BITMAP:
        return put_bitmap(len, data, errp);
    case MIG_CMD_POSTCOPY_RESUME:
        return resume(mis, errp);
    default:
        error_setg(errp, "MIG_CMD 0x%x comes in postcopy", command);
        return false;
    }
}

/* Until its end. */
static bool load_stream(QEMUFile *f, Error **errp)
{
    for (;;) {
        int kind = qemu_get_byte(f);
        bool ok;

        if (!is_complete(f, errp)) {
            return false;
        }
        switch (kind) {
        case QEMU_VM_SECTION_PART:
        case QEMU_VM_SECTION_END:
            ok = load_part(f, errp);
            break;
        case QEMU_VM_COMMAND:
            ok = load_command(f, errp);
            break;
        case QEMU_VM_EOF:
            return true;
        default:
            error_setg(errp, "section type %d comes in postcopy", kind);
            ok = false;
        }
        if (!ok) {
            return false;
        }
    }
}

/* ---- when the connection is lost ----------------------------------------- */

static void drop_connection(MigrationIncomingState *mis)
{
    QEMUFile *from_src, *to_src;

    /* Whoever is about to ask is thrown out first. */
    WITH_QEMU_LOCK_GUARD(&in.lock) {
        shut_down(mis->from_src);
    }
    postcopy_memory_serve(false);
    join_urgent(true);
    WITH_QEMU_LOCK_GUARD(&in.lock) {
        from_src = g_steal_pointer(&mis->from_src);
    }
    WITH_QEMU_LOCK_GUARD(&mis->answer_lock) {
        to_src = g_steal_pointer(&mis->to_src);
    }
    if (to_src) {
        qemu_fclose(to_src);
    }
    if (from_src) {
        qemu_fclose(from_src);
    }
}

/* False if it is to end. Takes @err. */
static bool pause_and_wait(MigrationIncomingState *mis, Error *err)
{
    MigrationStatus status;

    if (qatomic_read(&in.give_up)) {
        error_free(err);
        return false;
    }
    drop_connection(mis);
    postcopy_channel_free(&in.channel);
    postcopy_channel_init(&in.channel);
    status = qatomic_read(&mis->status);
    migrate_set_state(&mis->status, status, MIGRATION_STATUS_POSTCOPY_PAUSED);
    error_report("Detected IO failure for postcopy. Migration paused.");
    error_report_err(err);
    while (!qatomic_read(&in.give_up)) {
        if (qatomic_read(&mis->status) == MIGRATION_STATUS_POSTCOPY_RECOVER) {
            return true;
        }
        qemu_sem_wait(&in.wake);
    }
    return false;
}

bool postcopy_reconnected(QIOChannel *ioc)
{
    MigrationIncomingState *mis = migration_incoming_get_current();
    Error *err = NULL;

    if (qatomic_read(&mis->status) != MIGRATION_STATUS_POSTCOPY_PAUSED) {
        return false;
    }
    if (qio_channel_set_blocking(ioc, true, &err) < 0) {
        error_reportf_err(err, "migration cannot go on: ");
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&in.lock) {
        mis->from_src = qemu_file_new_input(ioc);
    }
    WITH_QEMU_LOCK_GUARD(&mis->answer_lock) {
        mis->to_src = qemu_file_get_return_path(mis->from_src);
    }
    migrate_set_state(&mis->status, MIGRATION_STATUS_POSTCOPY_PAUSED,
                      MIGRATION_STATUS_POSTCOPY_RECOVER);
    qemu_sem_post(&in.wake);
    return true;
}

bool postcopy_incoming_pause(Error **errp)
{
    MigrationIncomingState *mis = migration_incoming_get_current();

    QEMU_LOCK_GUARD(&in.lock);
    if (mis->from_src && qemu_file_shutdown(mis->from_src)) {
        error_setg(errp, "Failed to pause destination migration");
        return false;
    }
    return true;
}

/* All is said to have come. */
static bool has_all(Error **errp)
{
    if (!join_urgent(false)) {
        error_setg(errp, "the channel of urgent pages ended too soon");
        return false;
    }
    return !postcopy_memory_lacks_page(errp);
}

/* ---- the thread ---------------------------------------------------------- */

static void *listen_thread(void *opaque)
{
    MigrationIncomingState *mis = opaque;
    Error *err = NULL;
    bool ok;

    rcu_register_thread();
    if (!qemu_file_set_blocking(mis->from_src, true, &err)) {
        warn_report_err(g_steal_pointer(&err)); /* then it waits itself */
    }
    do {
        ok = load_stream(mis->from_src, &err) && has_all(&err);
    } while (!ok && pause_and_wait(mis, g_steal_pointer(&err)));
    join_urgent(true);
    postcopy_recover_stop();
    qemu_event_wait(&in.loaded);
    postcopy_memory_unwatch();
    if (ok && !qatomic_read(&in.give_up)) {
        postcopy_state_set(POSTCOPY_INCOMING_END);
        migration_incoming_answer(&(ReturnMessage){ .kind = MIG_RP_MSG_SHUT });
        migration_incoming_end_postcopy();
    }
    rcu_unregister_thread();
    return NULL;
}

void postcopy_listen_start(uint32_t ram)
{
    MigrationIncomingState *mis = migration_incoming_get_current();

    in.ram = ram;
    postcopy_recover_prepare();
    postcopy_channel_init(&in.channel);
    migrate_set_state(&mis->status, MIGRATION_STATUS_ACTIVE,
                      MIGRATION_STATUS_POSTCOPY_ACTIVE);
    WITH_QEMU_LOCK_GUARD(&in.lock) {
        start_urgent();
    }
    in.has_thread = true;
    qemu_thread_create(&in.thread, "mig/dst/listen", listen_thread, mis,
                       QEMU_THREAD_JOINABLE);
}

void postcopy_package_loaded(bool ok)
{
    MigrationIncomingState *mis = migration_incoming_get_current();

    if (!ok) {
        qatomic_set(&in.give_up, true);
        QEMU_LOCK_GUARD(&in.lock);
        shut_down(mis->from_src);
        shut_down(in.urgent);
        qemu_sem_post(&in.wake);
    }
    qemu_event_set(&in.loaded);
    qemu_sem_post(&in.urgent_came);
}

void postcopy_listen_join(void)
{
    if (in.has_thread) {
        bql_unlock();
        qemu_thread_join(&in.thread);
        bql_lock();
        in.has_thread = false;
        postcopy_channel_free(&in.channel);
    }
    join_urgent(true);
    postcopy_memory_free();
}
