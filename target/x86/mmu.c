/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables as a debugger walks them (Intel SDM volume 3, chapter 5). */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/memory.h"

static bool read_entry(CPUState *cs, hwaddr addr, int size, uint64_t *entry)
{
    AddressSpace *as = cs->as;
    MemTxResult result;

    *entry =
        size == 8
            ? address_space_ldq_le(as, addr, MEMTXATTRS_UNSPECIFIED, &result)
            : address_space_ldl_le(as, addr, MEMTXATTRS_UNSPECIFIED, &result);
    return result == MEMTX_OK && (*entry & PG_PRESENT_MASK);
}

/* Tables of @bits bits an index, from level @level down to 1. */
static hwaddr walk(CPUState *cs, hwaddr table, vaddr addr, int level, int bits)
{
    int size = bits == 9 ? 8 : 4;
    uint64_t frame = bits == 9 ? PG_ADDRESS_MASK : 0xfffff000;
    uint64_t entry;

    for (;; level--) {
        int shift = 12 + bits * (level - 1);
        uint64_t index = addr >> shift & ((1 << bits) - 1);
        uint64_t low = MAKE_64BIT_MASK(0, shift);

        if (!read_entry(cs, table + index * size, size, &entry)) {
            return -1;
        }
        if (level == 1 || (level <= 3 && (entry & PG_PSE_MASK))) {
            return ((entry & frame & ~low) | (addr & low)) & TARGET_PAGE_MASK;
        }
        table = entry & frame;
    }
}

hwaddr x86_cpu_get_phys_page_attrs_debug(CPUState *cs, vaddr addr,
                                         MemTxAttrs *attrs)
{
    CPUX86State *env = cpu_env(cs);
    uint64_t entry;

    *attrs = MEMTXATTRS_UNSPECIFIED;
    if (!(env->cr[0] & CR0_PG_MASK)) {
        return addr & TARGET_PAGE_MASK;
    }
    if (!(env->cr[4] & CR4_PAE_MASK)) {
        return walk(cs, env->cr[3] & 0xfffff000, (uint32_t)addr, 2, 10);
    }
    if (env->efer & MSR_EFER_LMA) {
        int levels = env->cr[4] & CR4_LA57_MASK ? 5 : 4;
        int64_t sign = (int64_t)addr >> (12 + 9 * levels - 1);

        return sign == 0 || sign == -1
                   ? walk(cs, env->cr[3] & PG_ADDRESS_MASK, addr, levels, 9)
                   : -1;
    }
    addr = (uint32_t)addr;
    if (!read_entry(cs, (env->cr[3] & 0xffffffe0) + (addr >> 30) * 8, 8,
                    &entry)) {
        return -1;
    }
    return walk(cs, entry & PG_ADDRESS_MASK, addr, 2, 9);
}
