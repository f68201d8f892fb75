/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of an AioContext, for aio-context.c.
 */
#ifndef UTIL_AIO_HANDLER_H
#define UTIL_AIO_HANDLER_H

#include "block/aio.h"

/* Whether the last poll found something for a handler to do. */
bool aio_handlers_pending(AioContext *ctx);
/* Calls the handlers for what the last poll found; whether there was any. */
bool aio_handlers_dispatch(AioContext *ctx);
/* Polls the notifier and all descriptors for @timeout nanoseconds. */
void aio_handlers_poll(AioContext *ctx, int64_t timeout);
/* Removes all; the context is on its way out. */
void aio_handlers_destroy(AioContext *ctx);

/* Whether there are deleted bottom halves to free; aio-bh.c. */
bool aio_bh_garbage(AioContext *ctx);
/* Frees bottom halves that only their turn would free; aio-bh.c. */
void aio_bh_destroy(AioContext *ctx);

#endif
