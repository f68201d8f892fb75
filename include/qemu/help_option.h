/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "help" and "?" as a value on the command line. */
#ifndef QEMU_HELP_OPTION_H
#define QEMU_HELP_OPTION_H

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static inline bool is_help_option(const char *s)
{
    return g_str_equal(s, "help") || g_str_equal(s, "?");
}

/* The length of a request for help that @s starts with, or 0. */
static inline int starts_with_help_option(const char *s)
{
    if (g_str_has_prefix(s, "help")) {
        return strlen("help");
    }
    return *s == '?' ? 1 : 0;
}

#endif
