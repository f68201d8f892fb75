/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that wait for the end of a batch: qemu/defer-call.h. */
#include "qemu/osdep.h"
#include "qemu/defer-call.h"

typedef struct {
    void (*fn)(void *opaque);
    void *opaque;
} DeferredCall;

/* How deep the batches nest, and what the outermost end has to call. */
static __thread unsigned nesting;
static __thread DeferredCall *calls;
static __thread size_t num_calls, room;

void defer_call_begin(void)
{
    nesting++;
}

static bool noted(void (*fn)(void *), void *opaque)
{
    for (size_t i = 0; i < num_calls; i++) {
        if (calls[i].fn == fn && calls[i].opaque == opaque) {
            return true;
        }
    }
    return false;
}

void defer_call(void (*fn)(void *), void *opaque)
{
    if (!nesting) {
        fn(opaque);
    } else if (!noted(fn, opaque)) {
        if (num_calls == room) {
            room = MAX(4, 2 * room);
            calls = g_renew(DeferredCall, calls, room);
        }
        calls[num_calls++] = (DeferredCall){ .fn = fn, .opaque = opaque };
    }
}

void defer_call_end(void)
{
    DeferredCall *taken = calls;
    size_t n = num_calls;

    assert(nesting);
    if (--nesting || !n) {
        return;
    }
    /* A call may begin batches of its own. */
    calls = NULL;
    num_calls = room = 0;
    for (size_t i = 0; i < n; i++) {
        taken[i].fn(taken[i].opaque);
    }
    g_free(taken);
}
