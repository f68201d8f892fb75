/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of values that are neither numbers nor containers: bytes, bitmaps,
 * descriptors, timers, NULL, and what a temporary computes.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/fifo8.h"
#include "qemu/timer.h"
#include "internal.h"

/*** Bytes. ***/

static int get_buffer(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    qemu_get_buffer(f, pv, size);
    return 0;
}

static int put_buffer(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_buffer(f, pv, size);
    return 0;
}

const VMStateInfo vmstate_info_buffer = {
    .name = "buffer",
    .get = get_buffer,
    .put = put_buffer,
};

/* @pv is not the field's: there is none. */
static int get_unused(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    uint8_t waste[512];

    while (size && !qemu_file_get_error(f)) {
        size -= qemu_get_buffer(f, waste, MIN(size, sizeof(waste)));
    }
    return 0;
}

static int put_unused(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    static const uint8_t zero[512];
    size_t part;

    for (; size; size -= part) {
        part = MIN(size, sizeof(zero));
        qemu_put_buffer(f, zero, part);
    }
    return 0;
}

const VMStateInfo vmstate_info_unused_buffer = {
    .name = "unused_buffer",
    .get = get_unused,
    .put = put_unused,
};

static const VMStateField fifo8_fields[] = {
    VMSTATE_VBUFFER_UINT32(data, Fifo8, 1, NULL, capacity),
    VMSTATE_UINT32(head, Fifo8),
    VMSTATE_UINT32(num, Fifo8),
    VMSTATE_END_OF_LIST(),
};

/* Indexes that point outside would be used without a check. */
static int fifo8_post_load(void *opaque, int version_id)
{
    const Fifo8 *fifo = opaque;

    if (fifo->num > fifo->capacity ||
        (fifo->capacity && fifo->head >= fifo->capacity)) {
        error_report("Fifo8: head %" PRIu32 " or number of bytes %" PRIu32
                     " is beyond the capacity %" PRIu32,
                     fifo->head, fifo->num, fifo->capacity);
        return -EINVAL;
    }
    return 0;
}

const VMStateDescription vmstate_fifo8 = {
    .name = "Fifo8",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = fifo8_post_load,
    .fields = fifo8_fields,
};

/*** Bitmaps: 64 bits at a time, the lowest numbered in the lowest bits. ***/

#define LONGS_PER_WORD (64 / BITS_PER_LONG)

static int get_bitmap(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    size_t i, j, longs = BITS_TO_LONGS(size);
    unsigned long *map = pv;

    for (i = 0; i < longs; i += LONGS_PER_WORD) {
        uint64_t word = qemu_get_be64(f);

        for (j = i; j < MIN(longs, i + LONGS_PER_WORD); j++) {
            map[j] = word >> ((j - i) * BITS_PER_LONG);
        }
    }
    return 0;
}

static int put_bitmap(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    size_t i, j, longs = BITS_TO_LONGS(size);
    const unsigned long *map = pv;

    for (i = 0; i < longs; i += LONGS_PER_WORD) {
        uint64_t word = 0;

        for (j = i; j < MIN(longs, i + LONGS_PER_WORD); j++) {
            word |= (uint64_t)map[j] << ((j - i) * BITS_PER_LONG);
        }
        qemu_put_be64(f, word);
    }
    return 0;
}

const VMStateInfo vmstate_info_bitmap = {
    .name = "bitmap",
    .get = get_bitmap,
    .put = put_bitmap,
};

/*** Descriptors. ***/

static int get_fd(QEMUFile *f, void *pv, size_t size, const VMStateField *field)
{
    *(int32_t *)pv = qemu_file_get_fd(f);
    return 0;
}

static int put_fd(QEMUFile *f, void *pv, size_t size, const VMStateField *field,
                  JSONWriter *vmdesc)
{
    return qemu_file_put_fd(f, *(const int32_t *)pv);
}

const VMStateInfo vmstate_info_fd = {
    .name = "fd",
    .get = get_fd,
    .put = put_fd,
};

/*** Timers: when they expire in ns, or -1. ***/

void timer_put(QEMUFile *f, QEMUTimer *ts)
{
    qemu_put_be64(f, timer_expire_time_ns(ts));
}

void timer_get(QEMUFile *f, QEMUTimer *ts)
{
    int64_t expire = qemu_get_be64(f);

    if (qemu_file_get_error(f)) {
        return;
    }
    if (expire == -1) {
        timer_del(ts);
    } else {
        timer_mod_ns(ts, expire);
    }
}

static int get_timer(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field)
{
    timer_get(f, pv);
    return 0;
}

static int put_timer(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    timer_put(f, pv);
    return 0;
}

const VMStateInfo vmstate_info_timer = {
    .name = "timer",
    .get = get_timer,
    .put = put_timer,
};

/*** NULL in an array of pointers. ***/

static int get_nullptr(QEMUFile *f, void *pv, size_t size,
                       const VMStateField *field)
{
    if (qemu_get_byte(f) == VMS_NULLPTR_MARKER || qemu_file_get_error(f)) {
        return 0;
    }
    error_report("vmstate: get_nullptr expected VMS_NULLPTR_MARKER");
    return -EINVAL;
}

static int put_nullptr(QEMUFile *f, void *pv, size_t size,
                       const VMStateField *field, JSONWriter *vmdesc)
{
    assert(!pv);
    qemu_put_byte(f, VMS_NULLPTR_MARKER);
    return 0;
}

const VMStateInfo vmstate_info_nullptr = {
    .name = "nullptr",
    .get = get_nullptr,
    .put = put_nullptr,
};

/*** Temporaries; they begin with a pointer to the struct. ***/

static int get_tmp(QEMUFile *f, void *pv, size_t size,
                   const VMStateField *field)
{
    g_autofree void *tmp = g_malloc0(size);
    int ret;

    *(void **)tmp = pv;
    ret = vmstate_load_body(f, field->vmsd, tmp, field->version_id);
    if (ret) {
        vmstate_discard(field->vmsd, tmp);
        return ret;
    }
    return vmstate_load_finish(f, field->vmsd, tmp, field->version_id);
}

static int put_tmp(QEMUFile *f, void *pv, size_t size,
                   const VMStateField *field, JSONWriter *vmdesc)
{
    g_autofree void *tmp = g_malloc0(size);

    *(void **)tmp = pv;
    return vmstate_save_state(f, field->vmsd, tmp, vmdesc);
}

const VMStateInfo vmstate_info_tmp = {
    .name = "tmp",
    .get = get_tmp,
    .put = put_tmp,
};
