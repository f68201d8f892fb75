/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt and GPIO lines.
 *
 * A line is seen from its receiving end: a qemu_irq names the handler to call
 * when whoever drives the line sets a level. A NULL qemu_irq is a line that
 * nobody listens to. The line itself remembers no level.
 * Driving a line needs the big lock unless the receiver says otherwise.
 */
#ifndef QEMU_IRQ_H
#define QEMU_IRQ_H

#include "qom/object.h"

#define TYPE_IRQ "irq"
OBJECT_DECLARE_SIMPLE_TYPE(IRQState, IRQ)

struct IRQState {
    Object parent_obj;

    qemu_irq_handler handler;
    void *opaque;
    int n;
};

/* Drives @irq to @level; nothing happens when @irq is NULL. */
void qemu_set_irq(qemu_irq irq, int level);

static inline void qemu_irq_raise(qemu_irq irq)
{
    qemu_set_irq(irq, 1);
}

static inline void qemu_irq_lower(qemu_irq irq)
{
    qemu_set_irq(irq, 0);
}

/* Up and down again, as an edge. */
static inline void qemu_irq_pulse(qemu_irq irq)
{
    qemu_irq_raise(irq);
    qemu_irq_lower(irq);
}

/*
 * Initializes a line that the caller embeds: @handler is called with @opaque,
 * @n and the level. qemu_init_irqs() numbers @count lines from 0.
 */
void qemu_init_irq(IRQState *irq, qemu_irq_handler handler, void *opaque,
                   int n);
void qemu_init_irqs(IRQState irq[], size_t count, qemu_irq_handler handler,
                    void *opaque);

/*
 * Allocates an array of @n lines numbered from 0, or a single line numbered
 * @n. Freed with qemu_free_irqs() and qemu_free_irq().
 */
qemu_irq *qemu_allocate_irqs(qemu_irq_handler handler, void *opaque, int n);
qemu_irq qemu_allocate_irq(qemu_irq_handler handler, void *opaque, int n);

/*
 * Grows the array @old of @n_old lines by @n new ones, numbered on; the old
 * lines stay as they are. @old (may be NULL) is consumed.
 */
qemu_irq *qemu_extend_irqs(qemu_irq *old, int n_old, qemu_irq_handler handler,
                           void *opaque, int n);

void qemu_free_irqs(qemu_irq *s, int n);
void qemu_free_irq(qemu_irq irq);

/* A new line, high when @irq is to be low; driven high at once. */
qemu_irq qemu_irq_invert(qemu_irq irq);

/*
 * Puts @handler in front of the @n lines of @gpio_in; its opaque is a pointer to
 * the qemu_irq of the line's former self, to pass a level on to. For qtest.
 */
void qemu_irq_intercept_in(qemu_irq *gpio_in, qemu_irq_handler handler, int n);

/* Whether somebody listens at the other end. */
static inline bool qemu_irq_is_connected(qemu_irq irq)
{
    return irq != NULL;
}

#endif
