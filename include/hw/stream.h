/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream of bytes from one device to another, as between a DMA engine and a
 * network interface: an interface that the receiving one implements. It takes
 * as much as it can; whoever pushes asks to be told when it can take more.
 */
#ifndef STREAM_H
#define STREAM_H

#include "qom/object.h"

#define TYPE_STREAM_SINK "stream-sink"

typedef struct StreamSinkClass StreamSinkClass;
DECLARE_CLASS_CHECKERS(StreamSinkClass, STREAM_SINK, TYPE_STREAM_SINK)
#define STREAM_SINK(obj) INTERFACE_CHECK(StreamSink, (obj), TYPE_STREAM_SINK)

typedef struct StreamSink StreamSink;

typedef void (*StreamCanPushNotifyFn)(void *opaque);

struct StreamSinkClass {
    InterfaceClass parent;

    /*
     * Can it take a byte? If not, it calls @notify when it can. Without this
     * function it always can.
     */
    bool (*can_push)(StreamSink *obj, StreamCanPushNotifyFn notify,
                     void *notify_opaque);
    /* Takes up to @len bytes; @eop: they end a packet. How many it took. */
    size_t (*push)(StreamSink *obj, unsigned char *buf, size_t len, bool eop);
};

/* Call these two functions of @sink's class. */
size_t stream_push(StreamSink *sink, uint8_t *buf, size_t len, bool eop);
bool stream_can_push(StreamSink *sink, StreamCanPushNotifyFn notify,
                     void *notify_opaque);

#endif
