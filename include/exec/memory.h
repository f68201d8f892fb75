/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory API, whole. It comes in parts, in the order in which one needs
 * them; a source may include this header or only the part that it uses.
 *
 *   memory/ops.h            what a device gives: callbacks and their sizes
 *   memory/region.h         MemoryRegion: the tree that devices build
 *   memory/address-space.h  AddressSpace: a root, seen by someone
 *   memory/section.h        pieces of the flat view that comes out
 *   memory/listener.h       who wants to hear how the flat view changes
 *   memory/access.h         loads, stores, copies, maps and caches
 *   memory/iommu.h          regions that translate, and their notifiers
 *   memory/ram.h            RAM behind a region: kinds, dirty pages, discard
 *   memory/ram-discard.h    RAM of which parts are not there at times
 *   memory/inspect.h        looking at all of this
 *
 * docs/devel/memory.rst tells how they work together.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "memory/ops.h"
#include "memory/region.h"
#include "memory/section.h"
#include "memory/address-space.h"
#include "memory/listener.h"
#include "memory/iommu.h"
#include "memory/ram-discard.h"
#include "memory/ram.h"
#include "memory/access.h"
#include "memory/inspect.h"

/*
 * Device sources count on these coming along; nothing above uses them, and
 * the core itself includes the parts that it needs.
 */
#include "exec/cpu-common.h"
#include "hw/qdev-core.h"
#include "qapi/qapi-types-machine.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/bswap.h"
#include "qemu/notify.h"
#include "qemu/range.h"
#include "qemu/thread.h"

#endif
