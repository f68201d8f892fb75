/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams of bytes between devices. */
#include "qemu/osdep.h"
#include "hw/stream.h"
#include "qemu/module.h"

size_t stream_push(StreamSink *sink, uint8_t *buf, size_t len, bool eop)
{
    return STREAM_SINK_GET_CLASS(sink)->push(sink, buf, len, eop);
}

bool stream_can_push(StreamSink *sink, StreamCanPushNotifyFn notify,
                     void *notify_opaque)
{
    StreamSinkClass *c = STREAM_SINK_GET_CLASS(sink);

    return !c->can_push || c->can_push(sink, notify, notify_opaque);
}

static const TypeInfo stream_types[] = {
    {
        .name = TYPE_STREAM_SINK,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(StreamSinkClass),
    },
};

DEFINE_TYPES(stream_types)
