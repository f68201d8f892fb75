/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections that are kept beyond the callback that brought them.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/flatmap.h"

MemoryRegionSection *memory_region_section_new_copy(MemoryRegionSection *s)
{
    MemoryRegionSection *copy = g_memdup2(s, sizeof(*s));

    memory_region_ref(copy->mr);
    if (copy->fv) {
        bool there = flatview_ref(copy->fv);

        assert(there);
    }
    return copy;
}

void memory_region_section_free_copy(MemoryRegionSection *s)
{
    if (s->fv) {
        flatview_unref(s->fv);
    }
    memory_region_unref(s->mr);
    g_free(s);
}
