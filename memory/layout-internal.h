/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout resolver's parts. */
#ifndef MEMORY_LAYOUT_INTERNAL_H
#define MEMORY_LAYOUT_INTERNAL_H

#include "memory/layout.h"

/* One ECAM window: a request like others, of which @name is the caller's. */
typedef struct EcamWindow {
    uint16_t segment;
    uint8_t first_bus, last_bus;
    LayoutPlace place;
    hwaddr addr;            /* if fixed */
    const LayoutRootComplex *by;    /* the first root complex in it */
} EcamWindow;

/*
 * The windows that the root complexes of @in need, in the order in which their
 * segments first appear; NULL and an error if some contradict each other.
 */
GArray *layout_ecam_windows(const LayoutInput *in, Error **errp);

/* The request that stands for @w. Its name is to be freed. */
LayoutRequest layout_ecam_request(const EcamWindow *w);

/* The part of @rc in the window @w, which lies at @start. */
LayoutEcam layout_ecam_part(const LayoutRootComplex *rc, const EcamWindow *w,
                            hwaddr start);

#endif
