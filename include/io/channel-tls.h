/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelTLS: a channel with TLS over another one. It is made by the class
 * of TLS credentials (crypto/tlscreds.h), and has to complete its handshake
 * before it is used. An end of the connection that the other side did not tell
 * is an error.
 *
 * The channel below is never blocking. One lock protects the session, which
 * GnuTLS does not let two threads use at once; nobody waits with it.
 */
#ifndef QIO_CHANNEL_TLS_H
#define QIO_CHANNEL_TLS_H

#include "crypto/tlscreds.h"
#include "io/channel.h"

#define TYPE_QIO_CHANNEL_TLS "qio-channel-tls"

#endif
