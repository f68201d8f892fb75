/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I/O ports: single accesses, and lists of ports as regions. */
#include "qemu/osdep.h"
#include "exec/ioport.h"
#include "exec/address-spaces.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "trace.h"

/*** Nobody there. ***/

static uint64_t unassigned_io_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void unassigned_io_write(void *opaque, hwaddr addr, uint64_t data,
                                unsigned size)
{
}

const MemoryRegionOps unassigned_io_ops = {
    .read = unassigned_io_read,
    .write = unassigned_io_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/*** Single accesses. ***/

static void port_out(uint32_t addr, uint32_t val, unsigned size)
{
    uint8_t buf[4];

    trace_cpu_out(addr, "bwwl"[size - 1], val);
    stl_le_p(buf, val);
    address_space_write(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                        size);
}

static uint32_t port_in(uint32_t addr, unsigned size)
{
    uint8_t buf[4] = { 0 };
    uint32_t val;

    address_space_read(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                       size);
    val = ldl_le_p(buf);
    trace_cpu_in(addr, "bwwl"[size - 1], val);
    return val;
}

void cpu_outb(uint32_t addr, uint8_t val)
{
    port_out(addr, val, 1);
}

void cpu_outw(uint32_t addr, uint16_t val)
{
    port_out(addr, val, 2);
}

void cpu_outl(uint32_t addr, uint32_t val)
{
    port_out(addr, val, 4);
}

uint8_t cpu_inb(uint32_t addr)
{
    return port_in(addr, 1);
}

uint16_t cpu_inw(uint32_t addr)
{
    return port_in(addr, 2);
}

uint32_t cpu_inl(uint32_t addr)
{
    return port_in(addr, 4);
}

/*** One region of a list: ports without a gap between them. ***/

#define TYPE_PORTIO_REGION "memory-region-portio-list"
OBJECT_DECLARE_SIMPLE_TYPE(PortioRegion, PORTIO_REGION)

struct PortioRegion {
    Object parent_obj;

    MemoryRegion mr;
    MemoryRegionPortio *ports; /* ours; offsets are relative to mr */
    unsigned nr;
    void *opaque;
};

/* The row that takes an access of @size at @addr, or NULL. */
static const MemoryRegionPortio *find_port(const PortioRegion *r, hwaddr addr,
                                           unsigned size, bool is_write)
{
    for (unsigned i = 0; i < r->nr; i++) {
        const MemoryRegionPortio *p = &r->ports[i];

        if (p->size == size && addr - p->offset < p->len &&
            (is_write ? p->write != NULL : p->read != NULL)) {
            return p;
        }
    }
    return NULL;
}

/*
 * Who has no row for words gets them as bytes, as long as these are ports of
 * one row. Where nothing reads, there are ones.
 */
static const MemoryRegionPortio *find_bytes(const PortioRegion *r, hwaddr addr,
                                            unsigned size, bool is_write)
{
    return size == 2 ? find_port(r, addr, 1, is_write) : NULL;
}

static bool in_row(const MemoryRegionPortio *p, hwaddr addr)
{
    return p && addr - p->offset < p->len;
}

static uint64_t portio_read(void *opaque, hwaddr addr, unsigned size)
{
    const PortioRegion *r = opaque;
    const MemoryRegionPortio *p = find_port(r, addr, size, false);
    uint64_t val = 0;

    if (p) {
        return p->read(r->opaque, r->mr.addr + addr);
    }
    p = find_bytes(r, addr, size, false);
    for (unsigned i = 0; i < size; i++) {
        uint64_t byte = 0xff;

        if (in_row(p, addr + i)) {
            byte = p->read(r->opaque, r->mr.addr + addr + i);
        }
        val |= byte << (8 * i);
    }
    return val;
}

static void portio_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
    const PortioRegion *r = opaque;
    const MemoryRegionPortio *p = find_port(r, addr, size, true);

    if (p) {
        p->write(r->opaque, r->mr.addr + addr, data);
        return;
    }
    p = find_bytes(r, addr, size, true);
    for (unsigned i = 0; i < size && in_row(p, addr + i); i++) {
        p->write(r->opaque, r->mr.addr + addr + i, (uint8_t)(data >> (8 * i)));
    }
}

static const MemoryRegionOps portio_ops = {
    .read = portio_read,
    .write = portio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.unaligned = true,
    .impl.unaligned = true,
};

static Object *portio_parent(PortioList *list)
{
    Object *unattached;

    if (list->owner) {
        return list->owner;
    }
    unattached = object_resolve_path("/machine/unattached", NULL);
    return unattached ?: object_get_root();
}

/* The region is a child of the list's owner and keeps its PortioRegion. */
static MemoryRegion *portio_region_new(PortioList *list,
                                       const MemoryRegionPortio *ports,
                                       unsigned nr, uint32_t size)
{
    PortioRegion *r = PORTIO_REGION(object_new(TYPE_PORTIO_REGION));
    uint32_t first = ports[0].offset;
    g_autofree char *child = NULL;

    r->opaque = list->opaque;
    r->nr = nr;
    r->ports = g_memdup2(ports, nr * sizeof(*ports));
    for (unsigned i = 0; i < nr; i++) {
        r->ports[i].offset -= first;
    }
    /*
     * Whoever sees the region holds its owner; the PortioRegion itself must
     * live as long, so that is the owner, and the device is only the parent.
     * Without a name at first, the region does not become the owner's child.
     */
    memory_region_init_io(&r->mr, OBJECT(r), &portio_ops, r, NULL, size);
    r->mr.name = g_strdup(list->name);
    child = g_strdup_printf("%s[*]", list->name);
    object_property_add_child(portio_parent(list), child, OBJECT(&r->mr));
    if (list->flush_coalesced_mmio) {
        memory_region_set_flush_coalesced(&r->mr);
    }
    return &r->mr;
}

static void portio_region_finalize(Object *obj)
{
    PortioRegion *r = PORTIO_REGION(obj);

    object_unref(OBJECT(&r->mr));
    g_free(r->ports);
}

/*** The list. ***/

void portio_list_init(PortioList *piolist, Object *owner,
                      const MemoryRegionPortio *callbacks, void *opaque,
                      const char *name)
{
    *piolist = (PortioList){
        .ports = callbacks,
        .owner = owner,
        .opaque = opaque,
        .name = name,
    };
}

void portio_list_set_flush_coalesced(PortioList *piolist)
{
    piolist->flush_coalesced_mmio = true;
}

/*
 * How many rows from @ports on make one region, and its size. The last port of
 * a row may be accessed in the row's full width, so the region is that much
 * longer than the row; rows that begin within it or at its end belong to it.
 */
static unsigned group_rows(const MemoryRegionPortio *ports, uint32_t *size)
{
    uint32_t overhang = ports[0].size - 1;
    uint32_t end = ports[0].offset + ports[0].len + overhang;
    unsigned n = 1;

    for (; ports[n].size && ports[n].offset <= end; n++) {
        assert(ports[n].offset >= ports[n - 1].offset);
        if (ports[n].offset + ports[n].len > end) {
            end = ports[n].offset + ports[n].len + overhang;
        }
    }
    *size = end - ports[0].offset;
    return n;
}

void portio_list_add(PortioList *piolist, MemoryRegion *address_space,
                     uint32_t addr)
{
    g_autoptr(GPtrArray) regions = g_ptr_array_new();
    const MemoryRegionPortio *p = piolist->ports;

    assert(!piolist->nr);
    piolist->address_space = address_space;
    piolist->addr = addr;
    memory_region_transaction_begin();
    while (p->size) {
        uint32_t size;
        unsigned n = group_rows(p, &size);
        MemoryRegion *mr = portio_region_new(piolist, p, n, size);

        memory_region_add_subregion(address_space, addr + p->offset, mr);
        g_ptr_array_add(regions, mr);
        p += n;
    }
    memory_region_transaction_commit();
    piolist->nr = regions->len;
    piolist->regions =
        (MemoryRegion **)g_ptr_array_free(g_steal_pointer(&regions), false);
}

void portio_list_set_enabled(PortioList *piolist, bool enabled)
{
    memory_region_transaction_begin();
    for (unsigned i = 0; i < piolist->nr; i++) {
        memory_region_set_enabled(piolist->regions[i], enabled);
    }
    memory_region_transaction_commit();
}

void portio_list_set_address(PortioList *piolist, uint32_t addr)
{
    memory_region_transaction_begin();
    for (unsigned i = 0; i < piolist->nr; i++) {
        MemoryRegion *mr = piolist->regions[i];

        memory_region_set_address(mr, mr->addr - piolist->addr + addr);
    }
    memory_region_transaction_commit();
    piolist->addr = addr;
}

void portio_list_del(PortioList *piolist)
{
    memory_region_transaction_begin();
    for (unsigned i = 0; i < piolist->nr; i++) {
        memory_region_del_subregion(piolist->address_space,
                                    piolist->regions[i]);
    }
    memory_region_transaction_commit();
}

void portio_list_destroy(PortioList *piolist)
{
    for (unsigned i = 0; i < piolist->nr; i++) {
        PortioRegion *r = container_of(piolist->regions[i], PortioRegion, mr);

        object_unparent(OBJECT(&r->mr));
        object_unref(OBJECT(r));
    }
    g_free(piolist->regions);
    piolist->regions = NULL;
    piolist->nr = 0;
}

static const TypeInfo portio_types[] = {
    {
        .name = TYPE_PORTIO_REGION,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(PortioRegion),
        .instance_finalize = portio_region_finalize,
    },
};

DEFINE_TYPES(portio_types)
