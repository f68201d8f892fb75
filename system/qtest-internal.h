/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qtest, from the inside: system/qtest.c has the connection, the log and the
 * object; system/qtest-commands.c has what the commands do.
 */
#ifndef SYSTEM_QTEST_INTERNAL_H
#define SYSTEM_QTEST_INTERNAL_H

#include "system/qtest.h"

/* More than this in one command is refused; it would have to be in memory. */
#define QTEST_MAX_SIZE (256 * 1024 * 1024)

/* Does what @words (at least one, then NULL) say, and answers. */
void qtest_run_command(CharBackend *chr, char **words);
/* A new connection knows of no line that is high. */
void qtest_forget_levels(void);

/* The callback of qtest_set_command_cb(); false if nobody took the words. */
bool qtest_run_extra_command(CharBackend *chr, char **words);
/* A note in the log only. */
void G_GNUC_PRINTF(1, 2) qtest_log(const char *fmt, ...);

#endif
