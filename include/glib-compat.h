/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GLib under the name that QEMU's sources include it by. GLib is at least
 * 2.74 here, so that nothing has to be made up for.
 */
#ifndef QEMU_GLIB_COMPAT_H
#define QEMU_GLIB_COMPAT_H

#include <glib.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/types.h>
#include <pwd.h>

/* Tests that take long run when asked for with -m slow. */
static inline bool qemu_g_test_slow(void)
{
    static int cached = -1;

    if (cached < 0) {
        cached = g_test_slow() || g_getenv("G_TEST_SLOW") != NULL;
    }
    return cached;
}
#undef g_test_slow
#undef g_test_thorough
#undef g_test_quick
#define g_test_slow()     qemu_g_test_slow()
#define g_test_thorough() qemu_g_test_slow()
#define g_test_quick()    (!qemu_g_test_slow())

#endif
