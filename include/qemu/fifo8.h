/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A queue of bytes of fixed capacity, such as a serial port has.
 *
 * The caller looks whether there is room or data: pushing onto a full queue
 * and popping from an empty one are bugs (assertions). No lock.
 */
#ifndef QEMU_FIFO8_H
#define QEMU_FIFO8_H

#include <stdbool.h>
#include <stdint.h>
#include "qemu/typedefs.h"

/* Private; named as the migration stream has them. */
typedef struct {
    uint8_t *data;
    uint32_t capacity;
    uint32_t head;
    uint32_t num;
} Fifo8;

/* @capacity > 0. */
void fifo8_create(Fifo8 *fifo, uint32_t capacity);
void fifo8_destroy(Fifo8 *fifo);
/* Forgets what is in it. */
void fifo8_reset(Fifo8 *fifo);

bool fifo8_is_empty(Fifo8 *fifo);
bool fifo8_is_full(Fifo8 *fifo);
uint32_t fifo8_num_free(Fifo8 *fifo);
uint32_t fifo8_num_used(Fifo8 *fifo);

/* One byte, or @num of them: there must be room. */
void fifo8_push(Fifo8 *fifo, uint8_t data);
void fifo8_push_all(Fifo8 *fifo, const uint8_t *data, uint32_t num);

/* The oldest byte, taken out or not: there must be one. */
uint8_t fifo8_pop(Fifo8 *fifo);
uint8_t fifo8_peek(Fifo8 *fifo);

/*
 * Up to @destlen of the oldest bytes to @dest (pop: NULL drops them); how
 * many there were.
 */
uint32_t fifo8_pop_buf(Fifo8 *fifo, uint8_t *dest, uint32_t destlen);
uint32_t fifo8_peek_buf(Fifo8 *fifo, uint8_t *dest, uint32_t destlen);

/*
 * Where the oldest bytes are: at most @max, and only up to the end of the
 * ring, so perhaps fewer than there are; *numptr (may be NULL) is how many.
 * @max is
 * 1 .. fifo8_num_used(). The pointer is valid until the next push.
 */
const uint8_t *fifo8_pop_bufptr(Fifo8 *fifo, uint32_t max, uint32_t *numptr);
const uint8_t *fifo8_peek_bufptr(Fifo8 *fifo, uint32_t max, uint32_t *numptr);

/* Throws the @len oldest bytes away: there must be as many. */
void fifo8_drop(Fifo8 *fifo, uint32_t len);

/* Its migration state, which migration/vmstate has. */
extern const VMStateDescription vmstate_fifo8;

#define VMSTATE_FIFO8_TEST(_field, _state, _test)                        \
    {                                                                    \
        .name = (stringify(_field)), .field_exists = (_test),            \
        .size = sizeof(Fifo8), .vmsd = &vmstate_fifo8,                   \
        .flags = VMS_STRUCT,                                             \
        .offset = vmstate_offset_value(_state, _field, Fifo8),           \
    }
#define VMSTATE_FIFO8(_field, _state) VMSTATE_FIFO8_TEST(_field, _state, NULL)

#endif
