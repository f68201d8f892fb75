/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A migration as a process: the source (migration.c), the destination
 * (incoming.c), what is told of both (migration-qmp.c).
 *
 * The source connects in the main loop, then has a thread of its own: it sends
 * the first parts, rounds of RAM until little enough is left, stops the guest
 * and sends the rest. The destination waits in the main loop, then has a
 * thread as well. Both end in the main loop, where the guest goes on: there, or
 * after any failure here.
 */
#ifndef MIGRATION_MIGRATION_H
#define MIGRATION_MIGRATION_H

#include "migration/qemu-file.h"
#include "qapi/qapi-types-migration.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/thread.h"
#include "return-path.h"

struct MigrationState {
    int status; /* MigrationStatus; any thread, atomically */
    /*
     * From the beginning to the very end, which is after the last status; any
     * thread, atomically.
     */
    bool busy;

    QemuMutex lock; /* protects the next three, and that files are there */
    QEMUFile *to_dst;
    QEMUFile *from_dst; /* with return-path */
    Error *error;       /* why it failed */
    QemuThread thread;
    bool has_thread;

    /* The thread's: that of the answers. What they said, atomically. */
    QemuThread return_thread;
    bool has_return_thread;
    bool return_ok;             /* the destination has loaded everything */
    bool return_ended;          /* nothing more comes */
    bool switchover_acked;      /* the guest may be stopped */
    bool pong_seen;             /* the destination is there */
    bool package_loaded;        /* the guest is about to run there */
    bool package_refused;       /* the guest never runs there */
    int expected;               /* the message that is waited for */
    const char *expected_block; /* that it is about; written before */
    QemuSemaphore answer_sem;   /* something has come, or nothing more will */

    /* Postcopy. The thread's, but where something else is said. */
    bool start_postcopy;     /* a user wants it; any thread, atomically */
    bool in_postcopy;        /* instead of the rest with the guest stopped */
    bool guest_has_left;     /* it must not run here; the main loop's as well */
    bool ending;             /* the process does; any thread, atomically */
    QEMUFile *to_dst_urgent; /* with postcopy-preempt; @lock */
    struct UrgentRequest *urgent_request; /* it is to come; @lock */
    QemuSemaphore postcopy_pause_sem;     /* ends a pause */

    QemuSemaphore rate_sem;  /* ends the wait for the next interval */
    QemuSemaphore pause_sem; /* ends that for migrate-continue */
    RunState old_runstate;   /* before the guest was stopped for it */
    bool stopped_guest;
    /*
     * The mark of the stream's end leaves: whether the guest does, is for the
     * destination to say. With the big lock.
     */
    bool end_leaves;

    /*
     * What is known about it; the thread's. Others read it once @status says
     * that it is there; the last three, which change meanwhile, atomically.
     */
    int64_t start_ms, setup_ms, total_ms, downtime_start_ms, downtime_ms;
    int64_t expected_downtime_ms;
    uint64_t bits_per_second, pages_per_second;

    /* The thread's: where the interval of the rate began; what is little. */
    int64_t interval_start_ms;
    uint64_t interval_bytes, interval_pages, interval_normal;
    uint64_t threshold;
};

/* The one that runs, or was the last. */
MigrationState *migrate_get_current(void);
/*
 * source-thread.c: stops it for the migration, which takes it back if it fails.
 * False with @errp. With the big lock.
 */
bool migration_stop_guest(MigrationState *s, Error **errp);
/* Parameters have changed: what runs goes by the new ones. */
void migration_parameters_changed(void);
/* Whether @status is neither the beginning nor an end. */
bool migration_status_is_running(MigrationStatus status);
/* Whether the guest has gone, and its memory follows or waits to. */
bool migration_status_is_postcopy(MigrationStatus status);

struct MigrationIncomingState {
    int status; /* MigrationStatus, atomically */
    QEMUFile *from_src;
    QemuMutex answer_lock; /* one answers at a time */
    QEMUFile *to_src;      /* once the source has asked for answers */
    unsigned switchover_ack_pending_num; /* devices; with the big lock */
    QemuThread thread;
    bool has_thread;
    bool exit_on_error;
    bool loaded;
    Error *error;
    SocketAddressList *listening;
};

MigrationIncomingState *migration_incoming_get_current(void);
void migration_incoming_init(void);
/* All of the memory has come: ends it, in the main loop. Any thread. */
void migration_incoming_end_postcopy(void);
/*
 * Tells the source, if it listens. 0, or a negative errno value. Any thread,
 * with and without the big lock.
 */
int migration_incoming_answer(const ReturnMessage *m);
/* The source of this process went away, or it ends: reads no more. */
void migration_incoming_shutdown(void);

/*
 * Changes *@status from @old_status to @new_status and tells clients, unless it
 * is not @old_status; returns whether it was.
 */
bool migrate_set_state(int *status, MigrationStatus old_status,
                       MigrationStatus new_status);

#endif
