/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of QEMU's coroutines. Plateau has none: nothing makes one, and
 * code asks whether it runs in one and hears no.
 */
#ifndef QEMU_COROUTINE_CORE_H
#define QEMU_COROUTINE_CORE_H

typedef struct Coroutine Coroutine;

/* The current coroutine: NULL. */
static inline Coroutine *qemu_coroutine_self(void)
{
    return NULL;
}

/* Does the caller run in a coroutine? */
static inline bool qemu_in_coroutine(void)
{
    return false;
}

#endif
