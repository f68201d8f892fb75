/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How chardev drivers read from and write to a QIOChannel. */
#ifndef CHAR_IO_H
#define CHAR_IO_H

#include "io/channel.h"
#include "chardev/char.h"
#include "qemu/main-loop.h"

/*
 * A source in @context that calls @fd_read when @ioc has input (or has hung
 * up), but only while @fd_can_read(@user_data) is positive. For reading.
 */
GSource *io_add_watch_poll(Chardev *chr, QIOChannel *ioc,
                           IOCanReadHandler *fd_can_read,
                           QIOChannelFunc fd_read, gpointer user_data,
                           GMainContext *context);

/* Removes the source of @chr->gsource. */
void remove_fd_in_watch(Chardev *chr);

/*
 * Writes what goes without waiting. The bytes written; when there are none,
 * -1 with errno EAGAIN or EINVAL.
 */
int io_channel_send(QIOChannel *ioc, const void *buf, size_t len);
int io_channel_send_full(QIOChannel *ioc, const void *buf, size_t len,
                         int *fds, size_t nfds);

/* Has @chr forget what it listens on (chr_listener_cleanup). */
void remove_listener_fd_in_watch(Chardev *chr);

#endif
