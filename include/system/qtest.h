/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qtest: a program outside plays the part of the guest's CPUs.
 *
 * "-accel qtest" runs no CPU and stops the virtual clock, which the test then
 * moves. "-qtest CHARDEV" (or an object of type "qtest") answers a line-based
 * protocol: accesses to memory and ports, interrupt lines, the clock. The two
 * are independent, but for the clock's commands, which need the accelerator.
 *
 * The protocol is described in docs/devel/qtest.rst.
 */
#ifndef QTEST_H
#define QTEST_H

#include "chardev/char.h"

/* Set while the accelerator is qtest. */
extern bool qtest_allowed;

static inline bool qtest_enabled(void)
{
    return qtest_allowed;
}

/* Whether a test is driving the machine: there is a qtest server. */
bool qtest_driver(void);

/*
 * Makes the server for -qtest @qtest_chrdev (a chardev as for -serial) and
 * -qtest-log @qtest_log (a file, "none", or NULL: stderr). It becomes
 * /machine/qtest. Big lock.
 */
void qtest_server_init(const char *qtest_chrdev, const char *qtest_log,
                       Error **errp);

/*
 * A board's own commands: @pc_cb gets the words of each line that is not known
 * here, ended by NULL. It answers with qtest_sendf() and returns true, or
 * returns false. One callback at most.
 */
void qtest_set_command_cb(bool (*pc_cb)(CharBackend *chr, gchar **words));
/* Sends a line, which @fmt ends with "\n". @chr as the callback got it. */
void G_GNUC_PRINTF(2, 3) qtest_sendf(CharBackend *chr, const char *fmt, ...);

/*
 * For a client in the same process, as a fuzzer is: @send gets what the server
 * says instead of the chardev; qtest_server_inproc_recv() gives it lines.
 */
void qtest_server_set_send_handler(void (*send)(void *, const char *),
                                   void *opaque);
void qtest_server_inproc_recv(void *opaque, const char *buf);

#endif
