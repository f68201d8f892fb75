/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources of the socket driver share. */
#ifndef CHAR_SOCKET_INTERNAL_H
#define CHAR_SOCKET_INTERNAL_H

#include "chardev/char-socket.h"

/* Where in a telnet command the input stands (do_telnetopt). */
enum {
    TELNET_OFF,
    TELNET_DATA,
    TELNET_IAC,        /* after IAC */
    TELNET_OPTION,     /* after IAC WILL, WONT, DO or DONT */
    TELNET_SUB,        /* in a subnegotiation */
    TELNET_SUB_IAC,    /* after IAC in one */
};

/*
 * Takes telnet's commands out of the @size bytes in @buf. What is left goes
 * to @out, which has room for @size + 1; returns how much that is.
 */
size_t socket_telnet_filter(SocketChardev *s, const uint8_t *buf, size_t size,
                            uint8_t *out);
/* The options that the client is greeted with. */
TCPChardevTelnetInit *socket_telnet_greeting(SocketChardev *s);

/* ChardevClass.parse, and what cannot go together; false with @errp set. */
void socket_chr_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp);
bool socket_chr_validate(ChardevSocket *sock, Error **errp);

/* What "info chardev" shows: without a client, and with one. */
char *socket_chr_idle_filename(SocketChardev *s);
char *socket_chr_connected_filename(SocketChardev *s);

#endif
