/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt and GPIO lines as objects. */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "qemu/module.h"

void qemu_set_irq(qemu_irq irq, int level)
{
    if (irq) {
        irq->handler(irq->opaque, irq->n, level);
    }
}

static void irq_set_up(IRQState *irq, qemu_irq_handler handler, void *opaque,
                       int n)
{
    irq->handler = handler;
    irq->opaque = opaque;
    irq->n = n;
}

void qemu_init_irq(IRQState *irq, qemu_irq_handler handler, void *opaque, int n)
{
    object_initialize(irq, sizeof(*irq), TYPE_IRQ);
    irq_set_up(irq, handler, opaque, n);
}

void qemu_init_irqs(IRQState irq[], size_t count, qemu_irq_handler handler,
                    void *opaque)
{
    for (size_t i = 0; i < count; i++) {
        qemu_init_irq(&irq[i], handler, opaque, i);
    }
}

qemu_irq qemu_allocate_irq(qemu_irq_handler handler, void *opaque, int n)
{
    IRQState *irq = IRQ(object_new(TYPE_IRQ));

    irq_set_up(irq, handler, opaque, n);
    return irq;
}

qemu_irq *qemu_extend_irqs(qemu_irq *old, int n_old, qemu_irq_handler handler,
                           void *opaque, int n)
{
    int total = (old ? n_old : 0) + n;
    qemu_irq *lines = g_renew(qemu_irq, old, total);

    for (int i = total - n; i < total; i++) {
        lines[i] = qemu_allocate_irq(handler, opaque, i);
    }
    return lines;
}

qemu_irq *qemu_allocate_irqs(qemu_irq_handler handler, void *opaque, int n)
{
    return qemu_extend_irqs(NULL, 0, handler, opaque, n);
}

void qemu_free_irq(qemu_irq irq)
{
    object_unref(OBJECT(irq));
}

void qemu_free_irqs(qemu_irq *s, int n)
{
    for (int i = 0; i < n; i++) {
        qemu_free_irq(s[i]);
    }
    g_free(s);
}

static void irq_drive_inverted(void *opaque, int n, int level)
{
    qemu_set_irq(opaque, !level);
}

qemu_irq qemu_irq_invert(qemu_irq irq)
{
    /* The new line is taken to be low, so the other end must be high. */
    qemu_irq_raise(irq);
    return qemu_allocate_irq(irq_drive_inverted, irq, 0);
}

void qemu_irq_intercept_in(qemu_irq *gpio_in, qemu_irq_handler handler, int n)
{
    /*
     * Whoever is connected has pointers to the lines themselves, so these
     * change their handlers, and copies get the old ones.
     */
    qemu_irq *former = qemu_allocate_irqs(NULL, NULL, n);

    for (int i = 0; i < n; i++) {
        irq_set_up(former[i], gpio_in[i]->handler, gpio_in[i]->opaque,
                   gpio_in[i]->n);
        gpio_in[i]->handler = handler;
        gpio_in[i]->opaque = &former[i];
    }
}

static const TypeInfo irq_types[] = {
    {
        .name = TYPE_IRQ,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(IRQState),
    },
};

DEFINE_TYPES(irq_types)
