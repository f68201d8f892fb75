/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses to the address space that the CPUs see, for code that has none to
 * hand.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "memory/access-internal.h"

void cpu_physical_memory_rw(hwaddr addr, void *buf, hwaddr len, bool is_write)
{
    address_space_rw(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf,
                     len, is_write);
}

void *cpu_physical_memory_map(hwaddr addr, hwaddr *plen, bool is_write)
{
    return address_space_map(&address_space_memory, addr, plen, is_write,
                             MEMTXATTRS_UNSPECIFIED);
}

void cpu_physical_memory_unmap(void *buffer, hwaddr len, bool is_write,
                               hwaddr access_len)
{
    address_space_unmap(&address_space_memory, buffer, len, is_write,
                        access_len);
}

bool cpu_physical_memory_is_io(hwaddr phys_addr)
{
    Target t;

    RCU_READ_LOCK_GUARD();
    t = access_target(address_space_to_flatview(&address_space_memory),
                      phys_addr, 1, false, MEMTXATTRS_UNSPECIFIED);
    return !t.direct && !t.mr->ram;
}

void cpu_flush_icache_range(hwaddr start, hwaddr len)
{
    FlatView *fv;

    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(&address_space_memory);
    while (len) {
        Target t = access_target(fv, start, len, false, MEMTXATTRS_UNSPECIFIED);

        if (t.direct) {
            char *host = (char *)access_host(t.mr, t.xlat);

            __builtin___clear_cache(host, host + t.len);
        } else {
            t.len = MIN(t.len, 8);
        }
        start += t.len;
        len -= t.len;
    }
}
