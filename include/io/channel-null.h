/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelNull: takes every write and forgets it; every read is at the end
 * of file. Always ready.
 */
#ifndef QIO_CHANNEL_NULL_H
#define QIO_CHANNEL_NULL_H

#include "io/channel.h"
#include "qom/object.h"

#define TYPE_QIO_CHANNEL_NULL "qio-channel-null"
OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelNull, QIO_CHANNEL_NULL)

struct QIOChannelNull {
    QIOChannel parent;
    bool closed;
};

/* A new one. */
QIOChannelNull *qio_channel_null_new(void);

#endif
