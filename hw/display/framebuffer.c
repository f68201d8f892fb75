/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures in the guest's memory: see framebuffer.h. */
#include "qemu/osdep.h"
#include "ui/console.h"
#include "framebuffer.h"

static void let_go(MemoryRegionSection *section)
{
    if (section->mr) {
        memory_region_set_log(section->mr, false, DIRTY_MEMORY_VGA);
        memory_region_unref(section->mr);
        section->mr = NULL;
    }
}

void framebuffer_update_memory_section(MemoryRegionSection *mem_section,
                                       MemoryRegion *root, hwaddr base,
                                       unsigned rows, unsigned src_width)
{
    hwaddr size = (hwaddr)rows * src_width;

    let_go(mem_section);
    *mem_section = memory_region_find(root, base, size);
    if (!mem_section->mr) {
        return;
    }
    if (!memory_region_is_ram(mem_section->mr) ||
        int128_get64(mem_section->size) < size) {
        memory_region_unref(mem_section->mr);
        mem_section->mr = NULL;
        return;
    }
    memory_region_set_log(mem_section->mr, true, DIRTY_MEMORY_VGA);
}

void framebuffer_update_display(DisplaySurface *ds,
                                MemoryRegionSection *mem_section, int cols,
                                int rows, int src_width, int dest_row_pitch,
                                int dest_col_pitch, int invalidate, drawfn fn,
                                void *opaque, int *first_row, int *last_row)
{
    MemoryRegion *mr = mem_section->mr;
    int begin = *first_row;
    DirtyBitmapSnapshot *snapshot;
    hwaddr base;
    uint8_t *to;

    *first_row = -1;
    if (!mr || begin < 0 || begin >= rows) {
        return;
    }
    /* Pitches below zero: the first pixel is the last one in memory. */
    to = surface_data(ds);
    to -= MIN(dest_row_pitch, 0) * (ptrdiff_t)(rows - 1);
    to -= MIN(dest_col_pitch, 0) * (ptrdiff_t)(cols - 1);

    base = mem_section->offset_within_region;
    /* Taking it may let in who looks for another section. */
    memory_region_ref(mr);
    snapshot = memory_region_snapshot_and_clear_dirty(
        mr, base + (hwaddr)begin * src_width,
        (hwaddr)(rows - begin) * src_width, DIRTY_MEMORY_VGA);
    for (int row = begin; row < rows; row++) {
        hwaddr at = base + (hwaddr)row * src_width;

        if (invalidate ||
            memory_region_snapshot_get_dirty(mr, snapshot, at, src_width)) {
            const uint8_t *ram = memory_region_get_ram_ptr(mr);

            fn(opaque, to + (ptrdiff_t)row * dest_row_pitch, ram + at, cols,
               dest_col_pitch);
            if (*first_row < 0) {
                *first_row = row;
            }
            *last_row = row;
        }
    }
    g_free(snapshot);
    memory_region_unref(mr);
}
