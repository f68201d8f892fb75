/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of resettable objects that is itself resettable: a reset of the
 * container takes all of them through each phase together, in the order in
 * which they were added. It holds no references; whoever adds an object
 * removes it before the object dies.
 */
#ifndef HW_RESETCONTAINER_H
#define HW_RESETCONTAINER_H

#include "qom/object.h"

#define TYPE_RESETTABLE_CONTAINER "resettable-container"
OBJECT_DECLARE_TYPE(ResettableContainer, ResettableContainerClass,
                    RESETTABLE_CONTAINER)

/* Appends @obj, which must implement the resettable interface. */
void resettable_container_add(ResettableContainer *rc, Object *obj);

/* Takes out @obj, which must be in @rc. Not during a reset of @rc. */
void resettable_container_remove(ResettableContainer *rc, Object *obj);

#endif
