/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the source share: migration.c (commands, beginning, end),
 * source-thread.c (its thread), source-rounds.c (RAM, while the guest runs),
 * source-postcopy.c (RAM, when it has left), source-return.c (what the
 * destination answers), source-snapshot.c (the thread where the guest stays).
 */
#ifndef MIGRATION_SOURCE_H
#define MIGRATION_SOURCE_H

#include "migration.h"
#include "savevm.h"

/* The milliseconds of a clock that only advances. */
int64_t migration_now_ms(void);
MigrationStatus migration_status(MigrationState *s);
/* Keeps why it fails, unless it is known. Takes @err. Any thread. */
void migration_set_error(MigrationState *s, Error *err);

/* The main loop shall end it: the thread has nothing more to do. */
void migration_end_soon(MigrationState *s);

/* The stream's two directions, if they are open; not the urgent one. */
void migration_close_files(MigrationState *s);

/* The guest is here to stay: as it was before it was stopped. Main loop. */
void migration_take_guest_back(MigrationState *s);

/* The thread; it ends with migration_end_soon(). */
void *migration_thread(void *opaque);
/* The same with the capability background-snapshot. */
void *migration_snapshot_thread(void *opaque);
/* Keeps when the guest was stopped, and how it had been. With the big lock. */
void source_note_stop(MigrationState *s);
/* The first parts, up to the status ACTIVE. With the big lock; or @errp. */
bool source_begin(MigrationState *s, SaveVM *vm, Error **errp);
/* All is sent: figures, and the last status. */
void source_complete(MigrationState *s);

/*
 * Sends RAM until what is left fits into the downtime; without the big lock.
 * False with @errp.
 */
bool source_run_rounds(MigrationState *s, SaveVM *vm, Error **errp);

/* Intervals, after each of which the rate is known, and begins anew. */
void source_begin_interval(MigrationState *s);
void source_end_interval(MigrationState *s);
/* When it has had its bytes: until its end, or until it is woken. */
void source_wait_for_interval(MigrationState *s);

/*
 * With the big lock: stops the guest and, if a user wants it, waits until it
 * may go on; then the state is "device", and the destination is told. False
 * with @errp.
 */
bool source_begin_switchover(MigrationState *s, Error **errp);

/* The destination shall be ready for postcopy, if that is allowed. */
void source_postcopy_advise(MigrationState *s);
/*
 * The guest leaves, then its memory follows; without the big lock. False with
 * @errp: if @guest_has_left, the guest must never run here again.
 */
bool source_postcopy(MigrationState *s, SaveVM *vm, Error **errp);

/* "migrate" with "resume": connects again. False with @errp. */
bool source_postcopy_connect(MigrationState *s, MigrationAddress *addr,
                             Error **errp);
/* As "migrate-pause"; any thread. False with @errp. */
bool source_postcopy_pause(MigrationState *s, Error **errp);

/* The PING after which the package is loaded, and the guest about to run. */
#define PING_PACKAGE_LOADED 3

/*
 * The way back, if it is wanted: asks for it, and has a thread listen, which
 * ends when the destination says SHUT or nothing more can come. When it ends
 * otherwise than by a SHUT that is good, the stream fails, too, with the reason
 * as the migration's. False with @errp if it is wanted but cannot be.
 */
bool source_return_open(MigrationState *s, Error **errp);
/*
 * Waits for the thread's end. Whether the destination has said that all is
 * well, or there is no way back; else false with @errp. Without the big lock.
 */
bool source_return_wait(MigrationState *s, Error **errp);
/*
 * The whole stream has left: tells the destination that the guest is wanted
 * back, by an end of the stream where it waits for none. It answers that it has
 * the guest already, or closes the connection. False if there is no way back.
 * Any thread.
 */
bool source_ask_back(MigrationState *s);
/* Ends the connection, then waits for the thread's end, if it has not yet. */
void source_return_close(MigrationState *s);

/* Waits until the destination has answered at all; false with @errp. */
bool source_return_wait_pong(MigrationState *s, Error **errp);
/*
 * For postcopy that goes on: over the new connection; an answer that will be
 * waited for, before it is asked for, and the block it is about, if it is about
 * one, whose name stays; and waiting, false with @errp.
 */
void source_return_resume(MigrationState *s);
void source_return_expect(MigrationState *s, enum mig_rp_message_type kind,
                          const char *block);
bool source_return_wait_answer(MigrationState *s, Error **errp);
/*
 * For what is waited for beside answers: wakes who waits, in any thread; sleeps
 * until somebody has, maybe for another reason, false with @errp as soon as the
 * connection has ended. The latter needs a way back.
 */
void source_return_wake(MigrationState *s);
bool source_return_sleep(MigrationState *s, Error **errp);

#endif
