/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of boards, as -machine takes them, that are a field of the board's
 * state: a board's class_init adds them. (Ours: QEMU's boards write a getter
 * and a setter for each.)
 */
#ifndef HW_MACHINE_OPTIONS_H
#define HW_MACHINE_OPTIONS_H

#include "qom/object.h"

/*
 * Adds the option @name to @oc, a class of machines: the OnOffAuto at @offset
 * of the state. @name and @description are copied.
 */
void machine_add_on_off_auto(ObjectClass *oc, const char *name, size_t offset,
                             const char *description);

#endif
