/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of bytes: see include/qemu/fifo8.h. data[head] is the oldest; num
 * bytes follow it, around the end.
 */
#include "qemu/osdep.h"
#include "qemu/fifo8.h"

void fifo8_create(Fifo8 *fifo, uint32_t capacity)
{
    *fifo = (Fifo8){ .data = g_malloc0(capacity), .capacity = capacity };
}

void fifo8_destroy(Fifo8 *fifo)
{
    g_free(g_steal_pointer(&fifo->data));
}

void fifo8_reset(Fifo8 *fifo)
{
    fifo->head = 0;
    fifo->num = 0;
}

bool fifo8_is_empty(Fifo8 *fifo)
{
    return fifo->num == 0;
}

bool fifo8_is_full(Fifo8 *fifo)
{
    return fifo->num == fifo->capacity;
}

uint32_t fifo8_num_free(Fifo8 *fifo)
{
    return fifo->capacity - fifo->num;
}

uint32_t fifo8_num_used(Fifo8 *fifo)
{
    return fifo->num;
}

/* The position @n bytes behind the oldest; @n <= capacity. */
static uint32_t position(Fifo8 *fifo, uint32_t n)
{
    uint32_t to_end = fifo->capacity - fifo->head;

    return n < to_end ? fifo->head + n : n - to_end;
}

void fifo8_push(Fifo8 *fifo, uint8_t data)
{
    assert(!fifo8_is_full(fifo));
    fifo->data[position(fifo, fifo->num)] = data;
    fifo->num++;
}

void fifo8_push_all(Fifo8 *fifo, const uint8_t *data, uint32_t num)
{
    uint32_t start = position(fifo, fifo->num);
    uint32_t first = MIN(num, fifo->capacity - start);

    assert(num <= fifo8_num_free(fifo));
    memcpy(fifo->data + start, data, first);
    memcpy(fifo->data, data + first, num - first);
    fifo->num += num;
}

void fifo8_drop(Fifo8 *fifo, uint32_t len)
{
    assert(len <= fifo->num);
    fifo->head = position(fifo, len);
    fifo->num -= len;
}

uint8_t fifo8_peek(Fifo8 *fifo)
{
    assert(!fifo8_is_empty(fifo));
    return fifo->data[fifo->head];
}

uint8_t fifo8_pop(Fifo8 *fifo)
{
    uint8_t byte = fifo8_peek(fifo);

    fifo8_drop(fifo, 1);
    return byte;
}

uint32_t fifo8_peek_buf(Fifo8 *fifo, uint8_t *dest, uint32_t destlen)
{
    uint32_t len = MIN(destlen, fifo->num);
    uint32_t first = MIN(len, fifo->capacity - fifo->head);

    if (dest && len) {
        memcpy(dest, fifo->data + fifo->head, first);
        memcpy(dest + first, fifo->data, len - first);
    }
    return len;
}

uint32_t fifo8_pop_buf(Fifo8 *fifo, uint8_t *dest, uint32_t destlen)
{
    uint32_t len = fifo8_peek_buf(fifo, dest, destlen);

    fifo8_drop(fifo, len);
    return len;
}

const uint8_t *fifo8_peek_bufptr(Fifo8 *fifo, uint32_t max, uint32_t *numptr)
{
    assert(max > 0 && max <= fifo->num);
    if (numptr) {
        *numptr = MIN(max, fifo->capacity - fifo->head);
    }
    return fifo->data + fifo->head;
}

const uint8_t *fifo8_pop_bufptr(Fifo8 *fifo, uint32_t max, uint32_t *numptr)
{
    uint32_t len;
    const uint8_t *ptr = fifo8_peek_bufptr(fifo, max, &len);

    if (numptr) {
        *numptr = len;
    }
    fifo8_drop(fifo, len);
    return ptr;
}
