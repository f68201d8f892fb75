/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of ranges of addresses that are set aside, each with a type. */
#ifndef QEMU_RESERVED_REGION_H
#define QEMU_RESERVED_REGION_H

#include "exec/memory.h"

/*
 * Puts @reg, which g_free() frees, into @list: of ReservedRegion, sorted by
 * address, disjoint. Where it overlaps others it takes their place: they are
 * cut, divided or freed. The new head.
 */
GList *resv_region_list_insert(GList *list, ReservedRegion *reg);

#endif
