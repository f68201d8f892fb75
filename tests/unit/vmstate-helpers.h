/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State to bytes and back, for tests. */
#ifndef TESTS_VMSTATE_HELPERS_H
#define TESTS_VMSTATE_HELPERS_H

#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"

/* What @obj is in the stream, in *@bytes (a new array). Returns as saving. */
static inline int save_to_bytes(const VMStateDescription *vmsd, void *obj,
                                int version, JSONWriter *vmdesc,
                                GByteArray **bytes, Error **errp)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(0);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(buf));
    int ret = vmstate_save_state_v(f, vmsd, obj, vmdesc, version, errp);

    g_assert_cmpint(qemu_fflush(f), ==, 0);
    *bytes = g_byte_array_new();
    g_byte_array_append(*bytes, buf->data, buf->usage);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return ret;
}

/*
 * Loads @obj from the bytes. Returns 0, what loading returned, or the error of
 * the stream: it must go on after the state, with a 0.
 */
static inline int load_from_bytes(const VMStateDescription *vmsd, void *obj,
                                  int version, const uint8_t *bytes,
                                  size_t size)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(size + 1);
    QEMUFile *f;
    int ret, error;

    memcpy(buf->data, bytes, size);
    buf->usage = size;
    f = qemu_file_new_input(QIO_CHANNEL(buf));
    ret = vmstate_load_state(f, vmsd, obj, version);
    error = qemu_file_get_error(f);
    g_assert_true(ret >= 0 || error < 0);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return ret ?: error;
}

#endif
