/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What device-list-properties returns, for those who ask in this program. */
#ifndef HW_CORE_QDEV_LIST_H
#define HW_CORE_QDEV_LIST_H

#include "qapi/qapi-types-qom.h"

/*
 * The properties that a user may set on a device of type @typename, in a new
 * list; NULL with @errp set when there is no such device type.
 */
ObjectPropertyInfoList *qdev_list_properties(const char *typename,
                                             Error **errp);

#endif
