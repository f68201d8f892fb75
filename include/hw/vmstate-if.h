/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interface for objects with migration state: it names the instance, so
 * that the stream's sections of several devices of one type differ.
 */
#ifndef VMSTATE_IF_H
#define VMSTATE_IF_H

#include "qom/object.h"

#define TYPE_VMSTATE_IF "vmstate-if"

typedef struct VMStateIfClass VMStateIfClass;
DECLARE_CLASS_CHECKERS(VMStateIfClass, VMSTATE_IF, TYPE_VMSTATE_IF)
#define VMSTATE_IF(obj) INTERFACE_CHECK(VMStateIf, (obj), TYPE_VMSTATE_IF)

typedef struct VMStateIf VMStateIf;

struct VMStateIfClass {
    InterfaceClass parent_class;

    char *(*get_id)(VMStateIf *obj);
};

/* The name of @vmif's instance, to be freed; NULL for none or no object. */
static inline char *vmstate_if_get_id(VMStateIf *vmif)
{
    return vmif ? VMSTATE_IF_GET_CLASS(vmif)->get_id(vmif) : NULL;
}

#endif
