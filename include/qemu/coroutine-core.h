/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of coroutines, for headers that mention them.
 *
 * Plateau has no coroutines: what would be one runs in a callback, a bottom
 * half or a thread of its own.
 */
#ifndef QEMU_COROUTINE_CORE_H
#define QEMU_COROUTINE_CORE_H

typedef struct Coroutine Coroutine;
typedef struct CoMutex CoMutex;
typedef void coroutine_fn CoroutineEntry(void *opaque);

/* Whether the caller is in a coroutine. */
static inline bool qemu_in_coroutine(void)
{
    return false;
}

#endif
