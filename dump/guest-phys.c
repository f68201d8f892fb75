/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RAM that a guest sees, by the flat view. */
#include "qemu/osdep.h"
#include "dump.h"
#include "exec/address-spaces.h"

static void add_block(GArray *blocks, MemoryRegionSection *section)
{
    GuestPhysBlock block = {
        .start = section->offset_within_address_space,
        .size = int128_get64(section->size),
        .host = (uint8_t *)memory_region_get_ram_ptr(section->mr) +
                section->offset_within_region,
        .mr = section->mr,
    };
    GuestPhysBlock *last =
        blocks->len ? &g_array_index(blocks, GuestPhysBlock, blocks->len - 1)
                    : NULL;

    if (last && last->start + last->size == block.start &&
        last->host + last->size == block.host && last->mr == block.mr) {
        last->size += block.size;
        return;
    }
    memory_region_ref(block.mr);
    g_array_append_val(blocks, block);
}

static int add_populated(MemoryRegionSection *section, void *opaque)
{
    add_block(opaque, section);
    return 0;
}

/* One at a time, with the big lock. */
static GArray *collecting;

static void add_section(MemoryListener *listener, MemoryRegionSection *section)
{
    MemoryRegion *mr = section->mr;
    RamDiscardManager *rdm;

    if (!memory_region_is_ram(mr) || memory_region_is_ram_device(mr) ||
        memory_region_is_nonvolatile(mr)) {
        return;
    }
    rdm = memory_region_get_ram_discard_manager(mr);
    if (rdm) {
        ram_discard_manager_replay_populated(rdm, section, add_populated,
                                             collecting);
    } else {
        add_block(collecting, section);
    }
}

GArray *guest_phys_blocks(void)
{
    MemoryListener listener = {
        .name = "dump",
        .region_add = add_section,
    };
    GArray *blocks = g_array_new(false, false, sizeof(GuestPhysBlock));

    collecting = blocks;
    memory_listener_register(&listener, &address_space_memory);
    memory_listener_unregister(&listener);
    collecting = NULL;
    return blocks;
}

void guest_phys_free(GArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        memory_region_unref(g_array_index(blocks, GuestPhysBlock, i).mr);
    }
    g_array_free(blocks, true);
}

void guest_phys_filter(GArray *blocks, hwaddr begin, uint64_t size)
{
    hwaddr last = size - 1 > UINT64_MAX - begin ? UINT64_MAX : begin + size - 1;

    for (guint i = blocks->len; i--;) {
        GuestPhysBlock *b = &g_array_index(blocks, GuestPhysBlock, i);
        hwaddr block_last = b->start + b->size - 1;
        hwaddr from = MAX(b->start, begin), to = MIN(block_last, last);

        if (from > to) {
            memory_region_unref(b->mr);
            g_array_remove_index(blocks, i);
            continue;
        }
        b->host += from - b->start;
        b->start = from;
        b->size = to - from + 1;
    }
}
