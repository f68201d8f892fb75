/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMUFile: a buffered stream over a QIOChannel, in one direction.
 *
 * What is written is gathered and leaves with one system call when 256 KiB or
 * 512 pieces are there, at qemu_fflush() or when the file is closed. What is
 * read comes in pieces of up to 256 KiB. On a channel that does not block, both
 * wait. How data is put and got, and how failures stick, is in
 * migration/qemu-file-types.h, which this includes.
 *
 * A file is used by one thread at a time, but any may call
 * qemu_file_shutdown(), qemu_file_set_error*() and qemu_file_get_error*().
 */
#ifndef MIGRATION_QEMU_FILE_H
#define MIGRATION_QEMU_FILE_H

#include "io/channel.h"
#include "migration/qemu-file-types.h"

/* A file to read from, or write to, @ioc, which it holds a reference to. */
QEMUFile *qemu_file_new_input(QIOChannel *ioc);
QEMUFile *qemu_file_new_output(QIOChannel *ioc);

/*
 * Sends what is left, closes the channel and frees @f. Returns 0, or the
 * failure of @f or of closing: a negative value. NULL is not allowed.
 */
int qemu_fclose(QEMUFile *f);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QEMUFile, qemu_fclose)

/* Sends what was put so far. Returns 0 or the failure of @f. */
int qemu_fflush(QEMUFile *f);

/*
 * As qemu_put_buffer(), without a copy: @buf must not change until the next
 * qemu_fflush(), which is told with @may_free that nobody needs the pages
 * afterwards, so that it can give them back to the host.
 */
void qemu_put_buffer_async(QEMUFile *f, const uint8_t *buf, size_t size,
                           bool may_free);

/*
 * As qemu_get_buffer(), but *@buf may be made to point into the file's own
 * buffer, until the next read, instead of being filled: when it all is there.
 */
size_t coroutine_mixed_fn qemu_get_buffer_in_place(QEMUFile *f, uint8_t **buf,
                                                   size_t size);

/* Moves @size bytes to @fd. 0, or a negative errno value. */
int qemu_file_get_to_fd(QEMUFile *f, int fd, size_t size);

/*
 * Failures with an explanation. Setting takes @err (may be NULL) over; it is
 * kept with the first failure, and reported when there was one before and
 * that has none. Getting returns as qemu_file_get_error() and, if that is not
 * 0, stores a copy, or a general text; the _any form asks @f1, then @f2 (either
 * may be NULL).
 */
void qemu_file_set_error_obj(QEMUFile *f, int ret, Error *err);
int qemu_file_get_error_obj(QEMUFile *f, Error **errp);
int qemu_file_get_error_obj_any(QEMUFile *f1, QEMUFile *f2, Error **errp);

/*
 * Ends the connection under whoever reads or writes: that fails with -EIO.
 * 0, -ENOSYS if the channel cannot do that (@f has failed nevertheless), -EIO.
 */
int qemu_file_shutdown(QEMUFile *f);

/* A file for the opposite direction of the same channel; to be closed, too. */
QEMUFile *qemu_file_get_return_path(QEMUFile *f);

/*
 * Lets the channel block or not; the file's functions wait either way. False
 * with @errp if it stays as it was.
 */
bool qemu_file_set_blocking(QEMUFile *f, bool block, Error **errp);

/*
 * Positions, for a channel that has them; others fail. Setting sends, or
 * forgets, what is buffered. The _at forms leave the position alone and go
 * past the buffer; reading returns the bytes read, 0 when it failed.
 */
void qemu_set_offset(QEMUFile *f, off_t off, int whence);
off_t qemu_get_offset(QEMUFile *f);
void qemu_put_buffer_at(QEMUFile *f, const uint8_t *buf, size_t buflen,
                        off_t pos);
size_t qemu_get_buffer_at(QEMUFile *f, const uint8_t *buf, size_t buflen,
                          off_t pos);

/* The channel below, without a reference. */
QIOChannel *qemu_file_get_ioc(QEMUFile *file);

/* Bytes that were put and have not left yet; the writer's thread. */
size_t qemu_file_queued(const QEMUFile *f);

#endif
