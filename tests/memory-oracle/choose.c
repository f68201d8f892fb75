/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Choices: what is drawn, so that much is seen and things meet.
 */
#include "qemu/osdep.h"
#include "step.h"

unsigned pick(Model *m, unsigned n)
{
    return m->draw(m) % n;
}

bool one_in(Model *m, unsigned n)
{
    return pick(m, n) == 0;
}

/* Small multiples of a page are likely, so that things meet. */
hwaddr pick_addr(Model *m)
{
    switch (pick(m, 16)) {
    case 0:
        return -(hwaddr)0x1000 * (1 + pick(m, 6));
    case 1:
        return (1ull << 63) - 0x2000 + 0x1000 * pick(m, 5);
    case 2:
        return 0x800 * pick(m, 40) + pick(m, 3);
    case 3:
        return UINT64_MAX - pick(m, 3);
    default:
        return 0x1000 * pick(m, 48);
    }
}

static uint64_t pick_odd_size(Model *m)
{
    switch (pick(m, 6)) {
    case 0:
        return UINT64_MAX;
    case 1:
        return -(hwaddr)0x1000 * (1 + pick(m, 3));
    case 2:
        return pick(m, 4);
    case 3:
        return 1ull << 63;
    default:
        return 0x800 * pick(m, 100) + pick(m, 3);
    }
}

/* Containers are large, mostly, and others not, so that much is seen. */
uint64_t pick_size(Model *m, Kind kind)
{
    if (one_in(m, 8)) {
        return pick_odd_size(m);
    }
    switch (kind) {
    case KIND_CONTAINER:
        return pick(m, 2) ? UINT64_MAX : 0x1000 * (16 + pick(m, 48));
    case KIND_ALIAS:
        return pick(m, 3) ? UINT64_MAX : 0x1000 * (1 + pick(m, 24));
    default:
        return 0x1000 * (1 + pick(m, 6));
    }
}

u128 wide_size(uint64_t size)
{
    return size == UINT64_MAX ? (u128)1 << 64 : size;
}

int pick_region(Model *m, bool (*ok)(Model *m, int r))
{
    int first = pick(m, m->regions);

    for (int i = 0; i < m->regions; i++) {
        int r = (first + i) % m->regions;

        if (m->region[r].used && (!ok || ok(m, r))) {
            return r;
        }
    }
    return -1;
}

bool is_ram(Kind kind)
{
    return kind == KIND_RAM || kind == KIND_ROM || kind == KIND_ROMD ||
           kind == KIND_RAM_DEVICE;
}

bool is_container(Model *m, int r)
{
    return m->region[r].kind == KIND_CONTAINER;
}
