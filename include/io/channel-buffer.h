/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelBuffer: a channel into memory.
 *
 * Writes go to the position and make the buffer grow; reads come from the
 * position and end at @usage. One position serves both: rewind with
 * qio_channel_io_seek(), or set @offset.
 */
#ifndef QIO_CHANNEL_BUFFER_H
#define QIO_CHANNEL_BUFFER_H

#include "io/channel.h"
#include "qom/object.h"

#define TYPE_QIO_CHANNEL_BUFFER "qio-channel-buffer"
OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelBuffer, QIO_CHANNEL_BUFFER)

struct QIOChannelBuffer {
    QIOChannel parent;
    size_t capacity; /* bytes allocated */
    size_t usage;    /* bytes of data */
    size_t offset;   /* where the next read or write goes */
    uint8_t *data;
};

/* A new, empty buffer with room for @capacity bytes (0 is fine). */
QIOChannelBuffer *qio_channel_buffer_new(size_t capacity);

#endif
