/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelCommand: a channel to the standard input and output of a program.
 *
 * qio_channel_close() closes both and waits for the program to end by itself.
 * A channel that goes away unclosed does not wait: it asks the program to end
 * (SIGTERM), and then makes it (SIGKILL).
 */
#ifndef QIO_CHANNEL_COMMAND_H
#define QIO_CHANNEL_COMMAND_H

#include "io/channel.h"
#include "qom/object.h"

#define TYPE_QIO_CHANNEL_COMMAND "qio-channel-command"
OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelCommand, QIO_CHANNEL_COMMAND)

struct QIOChannelCommand {
    QIOChannel parent;
    int writefd; /* the program's stdin, or -1 */
    int readfd;  /* the program's stdout, or -1 */
    GPid pid;    /* -1 once it has been waited for */
};

/*
 * Starts @argv (ended by NULL; argv[0] is looked up as it stands, not in
 * $PATH). @flags is O_RDONLY to read what it prints, O_WRONLY to feed it, or
 * O_RDWR; a direction without use is /dev/null. NULL with @errp on failure.
 */
QIOChannelCommand *qio_channel_command_new_spawn(const char *const argv[],
                                                 int flags, Error **errp);

#endif
