/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU's address spaces, and its memory as a debugger sees it.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "exec/target_page.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "qapi/error.h"
#include "system/hw_accel.h"

struct CPUAddressSpace {
    AddressSpace *as;
};

void cpu_address_space_init(CPUState *cpu, int asidx, const char *prefix,
                            MemoryRegion *mr)
{
    g_autofree char *name = g_strdup_printf("%s-%d", prefix, cpu->cpu_index);
    AddressSpace *as = g_new0(AddressSpace, 1);

    assert(asidx >= 0 && asidx < cpu->num_ases);
    address_space_init(as, mr, name);
    if (!cpu->cpu_ases) {
        cpu->cpu_ases = g_new0(struct CPUAddressSpace, cpu->num_ases);
    }
    assert(!cpu->cpu_ases[asidx].as);
    cpu->cpu_ases[asidx].as = as;
    if (asidx == 0) {
        cpu->as = as;
    }
}

void cpu_destroy_address_spaces(CPUState *cpu)
{
    for (int i = 0; cpu->cpu_ases && i < cpu->num_ases; i++) {
        AddressSpace *as = cpu->cpu_ases[i].as;

        if (as) {
            address_space_remove_listeners(as);
            address_space_destroy_free(as);
        }
    }
    g_free(cpu->cpu_ases);
    cpu->cpu_ases = NULL;
    cpu->num_ases = 0;
    cpu->as = NULL;
}

AddressSpace *cpu_get_address_space(CPUState *cpu, int asidx)
{
    return cpu->cpu_ases[asidx].as;
}

int cpu_asidx_from_attrs(CPUState *cpu, MemTxAttrs attrs)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;
    int asidx = 0;

    if (ops && ops->asidx_from_attrs) {
        asidx = ops->asidx_from_attrs(cpu, attrs);
        assert(asidx >= 0 && asidx < cpu->num_ases);
    }
    return asidx;
}

hwaddr cpu_get_phys_page_attrs_debug(CPUState *cpu, vaddr addr,
                                     MemTxAttrs *attrs)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    if (ops && ops->get_phys_page_attrs_debug) {
        return ops->get_phys_page_attrs_debug(cpu, addr, attrs);
    }
    *attrs = MEMTXATTRS_UNSPECIFIED;
    if (ops && ops->get_phys_page_debug) {
        return ops->get_phys_page_debug(cpu, addr);
    }
    return addr & TARGET_PAGE_MASK; /* it has no page tables */
}

hwaddr cpu_get_phys_page_debug(CPUState *cpu, vaddr addr)
{
    MemTxAttrs attrs = { 0 };

    return cpu_get_phys_page_attrs_debug(cpu, addr, &attrs);
}

/* Within one page. */
static bool debug_access(CPUState *cpu, vaddr addr, void *buf, size_t len,
                         bool is_write)
{
    MemTxAttrs attrs = { 0 };
    hwaddr page =
        cpu_get_phys_page_attrs_debug(cpu, addr & TARGET_PAGE_MASK, &attrs);
    hwaddr phys = page + (addr & ~TARGET_PAGE_MASK);
    AddressSpace *as;

    if (page == (hwaddr)-1) {
        return false;
    }
    as = cpu_get_address_space(cpu, cpu_asidx_from_attrs(cpu, attrs));
    attrs.debug = 1;
    return (is_write
                ? address_space_write_rom(as, phys, attrs, buf, len)
                : address_space_read(as, phys, attrs, buf, len)) == MEMTX_OK;
}

int cpu_memory_rw_debug(CPUState *cpu, vaddr addr, void *ptr, size_t len,
                        bool is_write)
{
    uint8_t *buf = ptr;

    cpu_synchronize_state(cpu);
    while (len > 0) {
        size_t n = MIN(len, TARGET_PAGE_SIZE - (addr & ~TARGET_PAGE_MASK));

        if (!debug_access(cpu, addr, buf, n, is_write)) {
            return -1;
        }
        len -= n;
        buf += n;
        addr += n;
    }
    return 0;
}

bool cpu_paging_enabled(const CPUState *cpu)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    return ops && ops->get_paging_enabled && ops->get_paging_enabled(cpu);
}

bool cpu_get_memory_mapping(CPUState *cpu, MemoryMappingList *list,
                            Error **errp)
{
    const SysemuCPUOps *ops = cpu->cc->sysemu_ops;

    if (ops && ops->get_memory_mapping) {
        return ops->get_memory_mapping(cpu, list, errp);
    }
    error_setg(errp, "Obtaining memory mappings is unsupported on this CPU.");
    return false;
}
