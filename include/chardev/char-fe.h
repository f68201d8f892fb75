/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices, as seen by the front end that uses one.
 *
 * A CharBackend is embedded in the front end. qemu_chr_fe_init() attaches it
 * to a Chardev, qemu_chr_fe_set_handlers() says who hears of input and
 * events, qemu_chr_fe_deinit() ends it. A CharBackend without a Chardev is
 * allowed everywhere: nothing comes, and what is written is lost.
 */
#ifndef QEMU_CHAR_FE_H
#define QEMU_CHAR_FE_H

#include "chardev/char.h"
#include "qemu/main-loop.h"

typedef void IOEventHandler(void *opaque, QEMUChrEvent event);
/* Has the front end more to write about the input it got? See below. */
typedef bool IOBusyHandler(void *opaque);
/* The device below was replaced; negative to refuse that. */
typedef int BackendChangeHandler(void *opaque);

struct CharBackend {
    Chardev *chr;
    IOEventHandler *chr_event;
    IOCanReadHandler *chr_can_read;
    IOReadHandler *chr_read;
    BackendChangeHandler *chr_be_change;
    IOBusyHandler *chr_busy; /* ours; NULL: never */
    void *opaque;
    unsigned int tag; /* the number of this one in a mux */
    bool fe_is_open;
};

/*
 * Attaches @b to @s (NULL: to nothing). False with @errp set when @s has a
 * front end already, or a mux all it can have.
 */
bool qemu_chr_fe_init(CharBackend *b, Chardev *s, Error **errp);

/* Detaches @b, if it is attached; @del deletes the chardev as well. */
void qemu_chr_fe_deinit(CharBackend *b, bool del);

/* The chardev, or NULL. Do not keep it: it can be replaced. */
Chardev *qemu_chr_fe_get_driver(CharBackend *be);

/* Is there a chardev, and is there one that is open? */
bool qemu_chr_fe_backend_connected(CharBackend *be);
bool qemu_chr_fe_backend_open(CharBackend *be);

/*
 * Sets the handlers, all with @opaque: @fd_can_read says how many bytes
 * @fd_read may get, @fd_event hears of QEMUChrEvent, @be_change (NULL: not
 * allowed) of a new chardev. They run in @context (NULL: the main loop). With
 * any handler set, the front end takes the focus of its mux, and is open if
 * @set_open; with none set it is closed. @sync_state sends OPENED at once if
 * the chardev is open; the shorter form always does.
 */
void qemu_chr_fe_set_handlers_full(CharBackend *b,
                                   IOCanReadHandler *fd_can_read,
                                   IOReadHandler *fd_read,
                                   IOEventHandler *fd_event,
                                   BackendChangeHandler *be_change,
                                   void *opaque, GMainContext *context,
                                   bool set_open, bool sync_state);
void qemu_chr_fe_set_handlers(CharBackend *b, IOCanReadHandler *fd_can_read,
                              IOReadHandler *fd_read, IOEventHandler *fd_event,
                              BackendChangeHandler *be_change, void *opaque,
                              GMainContext *context, bool set_open);

/*
 * Ours: has the front end asked, with the opaque of its other handlers and
 * where they run, before an end of file becomes CLOSED. While @busy says true
 * the device stays open for output; qemu_chr_fe_accept_input() has it ask
 * again. After qemu_chr_fe_set_handlers(), which forgets it with the others.
 */
void qemu_chr_fe_set_busy_handler(CharBackend *b, IOBusyHandler *busy);

/* Makes @b the one that the mux feeds. */
void qemu_chr_fe_take_focus(CharBackend *b);

/* Says that there is room again after @fd_can_read returned 0. */
void qemu_chr_fe_accept_input(CharBackend *be);

/* Drops the connection that the chardev has. */
void qemu_chr_fe_disconnect(CharBackend *be);

/* Waits until someone is connected. 0, or -1 with @errp set. */
int qemu_chr_fe_wait_connected(CharBackend *be, Error **errp);

/* Terminal echo, where the chardev is a terminal. */
void qemu_chr_fe_set_echo(CharBackend *be, bool echo);

/* The front end is ready for data, or no longer. */
void qemu_chr_fe_set_open(CharBackend *be, bool is_open);

/* Writes all of the text. Thread-safe. */
void qemu_chr_fe_printf(CharBackend *be, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/*
 * What a watch calls. The first argument means nothing. Returns
 * G_SOURCE_REMOVE or G_SOURCE_CONTINUE.
 */
typedef gboolean (*FEWatchFunc)(void *do_not_use, GIOCondition condition,
                                void *data);

/*
 * Calls @func when @cond (G_IO_OUT, G_IO_HUP) comes true: the way to go on
 * after a write returned EAGAIN. The id of a source in the chardev's context,
 * or 0 when there is nothing to watch. Lost when the context changes.
 */
guint qemu_chr_fe_add_watch(CharBackend *be, GIOCondition cond,
                            FEWatchFunc func, void *user_data);

/*
 * Write @len bytes: the first takes what goes without waiting, the second
 * waits. Both return the bytes taken (0 without a chardev), or -1 with errno.
 * Thread-safe.
 */
int qemu_chr_fe_write(CharBackend *be, const uint8_t *buf, int len);
int qemu_chr_fe_write_all(CharBackend *be, const uint8_t *buf, int len);

/* Reads @len bytes, waiting; the bytes read, or -1. */
int qemu_chr_fe_read_all(CharBackend *be, uint8_t *buf, int len);

/* CHR_IOCTL_* (char-serial.h ...); -ENOTSUP when unknown. */
int qemu_chr_fe_ioctl(CharBackend *be, int cmd, void *arg);

/*
 * The descriptors that came with what was read last: one of them, or up to
 * @num into @fds. -1 when there are none. Each comes once, and is the
 * caller's to close.
 */
int qemu_chr_fe_get_msgfd(CharBackend *be);
int qemu_chr_fe_get_msgfds(CharBackend *be, int *fds, int num);

/*
 * Descriptors to go with the next write; they are copied into a list, not
 * duplicated, and replace those set before. -1 where they cannot travel.
 */
int qemu_chr_fe_set_msgfds(CharBackend *be, int *fds, int num);

#endif
