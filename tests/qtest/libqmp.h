/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small QMP client for tests: starts the emulator, talks to it over a
 * socket, and ends it.
 *
 * The test listens on a socket of its own and the emulator connects to it, so
 * that nothing has to be polled for. All functions abort the test when the
 * connection breaks or nothing comes for 30 seconds.
 */
#ifndef TESTS_QTEST_LIBQMP_H
#define TESTS_QTEST_LIBQMP_H

#include "qobject/qdict.h"

typedef struct QmpClient QmpClient;

/*
 * Starts $PLATEAU_BINARY with @args (a shell-like string) and one QMP monitor,
 * reads the greeting. The caller ends it with qmp_client_quit().
 */
QmpClient *qmp_client_start(const char *args);
/* The same, and capabilities negotiated. */
QmpClient *qmp_client_ready(const char *args);

/* The greeting; belongs to the client. */
const QDict *qmp_client_greeting(QmpClient *c);

/* A second connection: a socket of ours, connected to the server at @path. */
QmpClient *qmp_client_connect(const char *path);

/* Sends text as it is. */
void qmp_client_send(QmpClient *c, const char *text);
void qmp_client_send_bytes(QmpClient *c, const void *buf, size_t len);

/* The next message, event or not; the caller owns it. */
QDict *qmp_client_receive(QmpClient *c);

/*
 * Sends a command (printf-like JSON, see qobject/qjson.h) and returns its
 * response; events that come before it are kept for qmp_client_event().
 */
QDict *qmp_client_command(QmpClient *c, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* The same; checks that it succeeded and returns what it returned. */
QObject *qmp_client_return(QmpClient *c, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* The same; checks that it failed with that class and text in its desc. */
void qmp_client_error(QmpClient *c, const char *class, const char *desc,
                      const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/* Waits for that event and returns it; earlier ones are dropped. */
QDict *qmp_client_event(QmpClient *c, const char *name);

/* HMP: what human-monitor-command prints; the caller frees it. */
char *qmp_client_hmp(QmpClient *c, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Closes the connection; the emulator goes on. */
void qmp_client_close(QmpClient *c);

/* Waits for its end, which is not asked for; what waitpid() says. */
int qmp_client_wait(QmpClient *c);

/* quit, and checks that the emulator ended with status 0. */
void qmp_client_quit(QmpClient *c);

/* The process id of the emulator. */
pid_t qmp_client_pid(QmpClient *c);

#endif
