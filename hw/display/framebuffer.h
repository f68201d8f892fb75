/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For devices whose picture lies in the guest's memory: draws the rows that
 * were written since the last time, as the log of dirty pages (its client for
 * displays) knows them.
 */
#ifndef QEMU_FRAMEBUFFER_H
#define QEMU_FRAMEBUFFER_H

#include "exec/memory.h"
#include "ui/surface.h"

/* Draws @width pixels from @src to @dst, there @dst_pitch bytes apart. */
typedef void (*drawfn)(void *opaque, uint8_t *dst, const uint8_t *src,
                       int width, int dst_pitch);

/*
 * The picture lies at @base of @root from now on: @rows rows, @src_width bytes
 * from row to row. What @mem_section was before (zero at first) is let go.
 * Its mr is NULL afterwards where that is not all RAM of one region.
 */
void framebuffer_update_memory_section(MemoryRegionSection *mem_section,
                                       MemoryRegion *root, hwaddr base,
                                       unsigned rows, unsigned src_width);

/*
 * Calls @fn for each row from *@first_row on that has changed, or for each if
 * @invalidate, to draw @cols pixels. The pitches are the bytes from row to row
 * and from pixel to pixel of the surface, negative when it goes up or to the
 * left. *@first_row and *@last_row become the rows drawn; *@first_row is -1
 * where there were none.
 */
void framebuffer_update_display(DisplaySurface *ds,
                                MemoryRegionSection *mem_section, int cols,
                                int rows, int src_width, int dest_row_pitch,
                                int dest_col_pitch, int invalidate, drawfn fn,
                                void *opaque, int *first_row, int *last_row);

#endif
