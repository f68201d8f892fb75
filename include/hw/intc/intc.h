/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an interrupt controller tells about itself: counts for the monitor's
 * `info irq' and a text for `info pic'. A device implements the interface
 * "intctrl" and the methods that it has something for.
 */
#ifndef INTC_H
#define INTC_H

#include "qom/object.h"

#define TYPE_INTERRUPT_STATS_PROVIDER "intctrl"

typedef struct InterruptStatsProviderClass InterruptStatsProviderClass;
DECLARE_CLASS_CHECKERS(InterruptStatsProviderClass, INTERRUPT_STATS_PROVIDER,
                       TYPE_INTERRUPT_STATS_PROVIDER)
#define INTERRUPT_STATS_PROVIDER(obj)                                     \
    INTERFACE_CHECK(InterruptStatsProvider, (obj),                        \
                    TYPE_INTERRUPT_STATS_PROVIDER)

typedef struct InterruptStatsProvider InterruptStatsProvider;

struct InterruptStatsProviderClass {
    InterfaceClass parent;

    /*
     * How often each interrupt has been delivered: *@irq_counts is an array of
     * *@nb_irqs that stays the device's and is good until the BQL is next
     * released. False if there are no counts. Called with the BQL.
     */
    bool (*get_statistics)(InterruptStatsProvider *obj, uint64_t **irq_counts,
                           unsigned int *nb_irqs);
    /* Appends the device's state in lines of text. Called with the BQL. */
    void (*print_info)(InterruptStatsProvider *obj, GString *buf);
};

#endif
