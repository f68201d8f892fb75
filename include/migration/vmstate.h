/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptions of a device's migration state.
 *
 * A device names its description in DeviceClass.vmsd; until the description
 * library exists, only the name of the type is here, for those who pass such
 * pointers on.
 */
#ifndef QEMU_VMSTATE_H
#define QEMU_VMSTATE_H

#include "hw/vmstate-if.h"

typedef struct VMStateDescription VMStateDescription;

#endif
