/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file descriptors of an AioContext.
 *
 * The home thread walks the list without a lock, counted in list_lock. Others
 * put new handlers at the head, and never change one that is there: a change
 * is a new handler and the removal of the old one. What is removed during a
 * walk is only marked, and unlinked by the walk that ends last.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/rcu_queue.h"
#include "aio-handler.h"

#define READ_EVENTS  (G_IO_IN | G_IO_HUP | G_IO_ERR)
#define WRITE_EVENTS (G_IO_OUT | G_IO_ERR)

struct AioHandler {
    GPollFD pfd;
    IOHandler *io_read;
    IOHandler *io_write;
    void *opaque;
    bool deleted;
    QLIST_ENTRY(AioHandler) node;
};

static void handler_free(AioHandler *handler)
{
    QLIST_REMOVE_RCU(handler, node);
    g_free(handler);
}

static void walk_begin(AioContext *ctx)
{
    qemu_lockcnt_inc(&ctx->list_lock);
}

static void walk_end(AioContext *ctx)
{
    AioHandler *handler, *next;

    if (!qemu_lockcnt_dec_and_lock(&ctx->list_lock)) {
        return;
    }
    QLIST_FOREACH_SAFE(handler, &ctx->handlers, node, next) {
        if (handler->deleted) {
            handler_free(handler);
        }
    }
    qemu_lockcnt_unlock(&ctx->list_lock);
}

/* The handler of @fd. With the lock. */
static AioHandler *find(AioContext *ctx, int fd)
{
    AioHandler *handler;

    QLIST_FOREACH(handler, &ctx->handlers, node) {
        if (handler->pfd.fd == fd && !handler->deleted) {
            return handler;
        }
    }
    return NULL;
}

/* Takes @handler off. With the lock. */
static void remove_handler(AioContext *ctx, AioHandler *handler)
{
    if (!g_source_is_destroyed(&ctx->source)) {
        g_source_remove_poll(&ctx->source, &handler->pfd);
    }
    if (qemu_lockcnt_count(&ctx->list_lock)) {
        qatomic_set(&handler->deleted, true);
    } else {
        handler_free(handler);
    }
}

void aio_set_fd_handler(AioContext *ctx, int fd, IOHandler *io_read,
                        IOHandler *io_write, AioPollFn *io_poll,
                        IOHandler *io_poll_ready, void *opaque)
{
    AioHandler *old, *new = NULL;

    qemu_lockcnt_lock(&ctx->list_lock);
    old = find(ctx, fd);
    if (io_read || io_write) {
        new = g_new0(AioHandler, 1);
        new->pfd.fd = fd;
        new->pfd.events =
            (io_read ? READ_EVENTS : 0) | (io_write ? WRITE_EVENTS : 0);
        new->io_read = io_read;
        new->io_write = io_write;
        new->opaque = opaque;
        g_source_add_poll(&ctx->source, &new->pfd);
        QLIST_INSERT_HEAD_RCU(&ctx->handlers, new, node);
    }
    if (old) {
        remove_handler(ctx, old);
    }
    qemu_lockcnt_unlock(&ctx->list_lock);

    if (old || new) {
        /* A thread that polls must do it with the new set. */
        aio_notify(ctx);
    }
}

void aio_set_event_notifier(AioContext *ctx, EventNotifier *notifier,
                            EventNotifierHandler *io_read, AioPollFn *io_poll,
                            EventNotifierHandler *io_poll_ready)
{
    aio_set_fd_handler(ctx, event_notifier_get_fd(notifier),
                       (IOHandler *)io_read, NULL, io_poll,
                       (IOHandler *)io_poll_ready, notifier);
}

void aio_set_event_notifier_poll(AioContext *ctx, EventNotifier *notifier,
                                 EventNotifierHandler *io_poll_begin,
                                 EventNotifierHandler *io_poll_end)
{
}

bool aio_handlers_pending(AioContext *ctx)
{
    AioHandler *handler;
    bool pending = false;

    walk_begin(ctx);
    QLIST_FOREACH_RCU(handler, &ctx->handlers, node) {
        if (handler->pfd.revents & handler->pfd.events &&
            !qatomic_read(&handler->deleted)) {
            pending = true;
            break;
        }
    }
    walk_end(ctx);
    return pending;
}

bool aio_handlers_dispatch(AioContext *ctx)
{
    AioHandler *handler;
    bool progress = false;

    walk_begin(ctx);
    QLIST_FOREACH_RCU(handler, &ctx->handlers, node) {
        int revents = handler->pfd.revents & handler->pfd.events;

        /* Cleared first: the callback may turn the loop itself. */
        handler->pfd.revents = 0;
        if (revents & READ_EVENTS && handler->io_read &&
            !qatomic_read(&handler->deleted)) {
            handler->io_read(handler->opaque);
            progress = true;
        }
        if (revents & WRITE_EVENTS && handler->io_write &&
            !qatomic_read(&handler->deleted)) {
            handler->io_write(handler->opaque);
            progress = true;
        }
    }
    walk_end(ctx);
    return progress;
}

/* Adds one to what is polled for. */
static void add_to_poll(AioContext *ctx, size_t i, AioHandler *handler)
{
    if (i >= ctx->poll_size) {
        ctx->poll_size = MAX(16, 2 * ctx->poll_size);
        ctx->poll_fds = g_renew(GPollFD, ctx->poll_fds, ctx->poll_size);
        ctx->poll_handlers =
            g_renew(AioHandler *, ctx->poll_handlers, ctx->poll_size);
    }
    ctx->poll_fds[i] = handler ? handler->pfd : ctx->notifier_pfd;
    ctx->poll_handlers[i] = handler;
}

void aio_handlers_poll(AioContext *ctx, int64_t timeout)
{
    AioHandler *handler;
    size_t n = 0;
    bool ready;

    walk_begin(ctx);
    add_to_poll(ctx, n++, NULL);
    QLIST_FOREACH_RCU(handler, &ctx->handlers, node) {
        if (!qatomic_read(&handler->deleted)) {
            add_to_poll(ctx, n++, handler);
        }
    }
    ready = qemu_poll_ns(ctx->poll_fds, n, timeout) > 0;
    ctx->notifier_pfd.revents = ready ? ctx->poll_fds[0].revents : 0;
    for (size_t i = 1; i < n; i++) {
        ctx->poll_handlers[i]->pfd.revents =
            ready ? ctx->poll_fds[i].revents : 0;
    }
    walk_end(ctx);
}

void aio_handlers_destroy(AioContext *ctx)
{
    AioHandler *handler, *next;

    QLIST_FOREACH_SAFE(handler, &ctx->handlers, node, next) {
        g_free(handler);
    }
    g_free(ctx->poll_fds);
    g_free(ctx->poll_handlers);
}
