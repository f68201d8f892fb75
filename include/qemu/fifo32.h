/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A queue of 32-bit words with a fixed capacity: a Fifo8 (qemu/fifo8.h), whose
 * rules hold, of which each word takes four bytes, the lowest first.
 */
#ifndef FIFO32_H
#define FIFO32_H

#include "qemu/bswap.h"
#include "qemu/fifo8.h"

typedef struct {
    Fifo8 fifo;
} Fifo32;

static inline void fifo32_create(Fifo32 *fifo, uint32_t capacity)
{
    fifo8_create(&fifo->fifo, 4 * capacity);
}

static inline void fifo32_destroy(Fifo32 *fifo)
{
    fifo8_destroy(&fifo->fifo);
}

static inline void fifo32_reset(Fifo32 *fifo)
{
    fifo8_reset(&fifo->fifo);
}

/* In words. */
static inline uint32_t fifo32_num_free(Fifo32 *fifo)
{
    return fifo8_num_free(&fifo->fifo) / 4;
}

static inline uint32_t fifo32_num_used(Fifo32 *fifo)
{
    return fifo8_num_used(&fifo->fifo) / 4;
}

static inline bool fifo32_is_empty(Fifo32 *fifo)
{
    return fifo8_is_empty(&fifo->fifo);
}

static inline bool fifo32_is_full(Fifo32 *fifo)
{
    return fifo32_num_free(fifo) == 0;
}

/* There must be room; there must be a word. */
static inline void fifo32_push(Fifo32 *fifo, uint32_t data)
{
    uint8_t bytes[4];

    stl_le_p(bytes, data);
    fifo8_push_all(&fifo->fifo, bytes, 4);
}

static inline void fifo32_push_all(Fifo32 *fifo, const uint32_t *data,
                                   uint32_t num)
{
    for (; num; num--) {
        fifo32_push(fifo, *data++);
    }
}

static inline uint32_t fifo32_pop(Fifo32 *fifo)
{
    uint32_t data = 0;

    for (int shift = 0; shift < 32; shift += 8) {
        data |= (uint32_t)fifo8_pop(&fifo->fifo) << shift;
    }
    return data;
}

#define VMSTATE_FIFO32(_field, _state) VMSTATE_FIFO8(_field.fifo, _state)

#endif
