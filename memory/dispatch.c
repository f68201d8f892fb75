/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an access to the callbacks of a region. The access is checked against
 * what the device accepts (ops->valid), brought into the device's byte order,
 * and done with calls of the size that the device implements (ops->impl):
 *
 *   size within impl    one call
 *   larger              several calls, at ascending addresses
 *   smaller             one call of the least size at the same address, of
 *                       which the end that comes first in memory counts
 *
 * As in QEMU, calls are not aligned: who allows unaligned accesses (valid) gets
 * the address as it is.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "memory/access-internal.h"
#include "memory/view.h"
#include "trace.h"

__thread int memory_trace_cpu_index = -1;

/* ---- what a device accepts ----------------------------------------------- */

MemoryRegion io_mem_unassigned = {
    .ops = &unassigned_mem_ops,
    .enabled = true,
    .terminates = true,
};

static G_GNUC_PRINTF(5, 6) bool refuse(MemoryRegion *mr, hwaddr addr,
                                       unsigned size, bool is_write,
                                       const char *fmt, ...)
{
    if (unlikely(qemu_loglevel_mask(LOG_INVALID_MEM))) {
        g_autofree char *why = NULL;
        va_list ap;

        va_start(ap, fmt);
        why = g_strdup_vprintf(fmt, ap);
        va_end(ap);
        qemu_log("Invalid %s at addr 0x%" HWADDR_PRIX
                 ", size %u, region '%s', reason: %s\n",
                 is_write ? "write" : "read", addr, size,
                 memory_region_name(mr) ?: "(null)", why);
    }
    return false;
}

bool memory_region_access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs)
{
    const MemoryRegionOps *ops = mr->ops;
    unsigned min = ops->valid.min_access_size;
    unsigned max = ops->valid.max_access_size;

    if (ops->valid.accepts &&
        !ops->valid.accepts(mr->opaque, addr, size, is_write, attrs)) {
        return refuse(mr, addr, size, is_write, "rejected");
    }
    if ((addr & (size - 1)) && !ops->valid.unaligned) {
        return refuse(mr, addr, size, is_write, "unaligned");
    }
    if (max && (size > max || size < min)) {
        return refuse(mr, addr, size, is_write, "invalid size (min:%u max:%u)",
                      min, max);
    }
    return true;
}

int memory_access_size(MemoryRegion *mr, unsigned l, hwaddr addr)
{
    unsigned max = mr->ops->valid.max_access_size ?: 4;
    hwaddr align = addr & -addr;

    if (!mr->ops->impl.unaligned && align && align < max) {
        max = align;
    }
    return pow2floor(MIN(l, max));
}

/* ---- byte order ---------------------------------------------------------- */

static inline uint64_t swap_value(uint64_t val, unsigned size)
{
    switch (size) {
    case 2:
        return bswap16(val);
    case 4:
        return bswap32(val);
    case 8:
        return bswap64(val);
    default:
        return val;
    }
}

/* @val between the order that @op says and that of the device. */
static inline uint64_t to_device_order(MemoryRegion *mr, uint64_t val, MemOp op)
{
    if ((op & MO_BSWAP) != devend_memop(mr->ops->endianness)) {
        return swap_value(val, memop_size(op));
    }
    return val;
}

/* ---- one call ------------------------------------------------------------ */

/* Where in its address space @addr of @mr seems to be, for traces. */
static hwaddr absolute_addr(MemoryRegion *mr, hwaddr addr)
{
    for (; mr->container; mr = mr->container) {
        addr += mr->addr;
    }
    return addr;
}

static uint64_t call_read_with_attrs(MemoryRegion *mr, hwaddr addr,
                                     unsigned size, MemTxAttrs attrs,
                                     MemTxResult *r)
{
    uint64_t val = 0;

    if (!mr->ops->read_with_attrs) {
        *r |= MEMTX_DECODE_ERROR;
        return 0;
    }
    *r |= mr->ops->read_with_attrs(mr->opaque, addr, &val, size, attrs);
    return val;
}

/* Errors are added to *@r, here and below. */
static inline uint64_t call_read(MemoryRegion *mr, hwaddr addr, unsigned size,
                                 MemTxAttrs attrs, MemTxResult *r)
{
    uint64_t val = likely(mr->ops->read)
                       ? mr->ops->read(mr->opaque, addr, size)
                       : call_read_with_attrs(mr, addr, size, attrs, r);

    if (unlikely(trace_event_get_state(TRACE_MEMORY_REGION_OPS_READ))) {
        trace_memory_region_ops_read(memory_trace_cpu_index, mr,
                                     absolute_addr(mr, addr), val, size,
                                     memory_region_name(mr));
    }
    return val;
}

static inline MemTxResult call_write(MemoryRegion *mr, hwaddr addr,
                                     uint64_t val, unsigned size,
                                     MemTxAttrs attrs)
{
    const MemoryRegionOps *ops = mr->ops;

    if (unlikely(trace_event_get_state(TRACE_MEMORY_REGION_OPS_WRITE))) {
        trace_memory_region_ops_write(memory_trace_cpu_index, mr,
                                      absolute_addr(mr, addr), val, size,
                                      memory_region_name(mr));
    }
    if (ops->write) {
        ops->write(mr->opaque, addr, val, size);
        return MEMTX_OK;
    }
    if (ops->write_with_attrs) {
        return ops->write_with_attrs(mr->opaque, addr, val, size, attrs);
    }
    return MEMTX_DECODE_ERROR;
}

/* ---- as many calls as it takes ------------------------------------------- */

typedef struct Calls {
    unsigned size;   /* of each */
    bool big_endian; /* the first is the most significant */
} Calls;

static inline Calls calls_for(const MemoryRegionOps *ops, unsigned size)
{
    unsigned min = ops->impl.min_access_size ?: 1;
    unsigned max = ops->impl.max_access_size ?: 4;

    return (Calls){
        .size = MAX(MIN(size, max), min),
        .big_endian = devend_memop(ops->endianness) == MO_BE,
    };
}

/*
 * How far the call at @offset of an access of @size stands from the least
 * significant bit of the value. Negative: a call that is larger than the
 * access, of a big-endian device, of which the upper end counts.
 */
static int call_shift(Calls c, unsigned size, unsigned offset)
{
    return 8 *
           (c.big_endian ? (int)size - (int)c.size - (int)offset : (int)offset);
}

static uint64_t shift_by(uint64_t val, int shift)
{
    return shift >= 0 ? val << shift : val >> -shift;
}

static uint64_t split_read(MemoryRegion *mr, hwaddr addr, unsigned size,
                           Calls c, MemTxAttrs attrs, MemTxResult *r)
{
    uint64_t mask = MAKE_64BIT_MASK(0, c.size * 8), val = 0;

    for (unsigned i = 0; i < size; i += c.size) {
        uint64_t part = call_read(mr, addr + i, c.size, attrs, r) & mask;

        val |= shift_by(part, call_shift(c, size, i));
    }
    return val;
}

static MemTxResult split_write(MemoryRegion *mr, hwaddr addr, uint64_t val,
                               unsigned size, Calls c, MemTxAttrs attrs)
{
    uint64_t mask = MAKE_64BIT_MASK(0, c.size * 8);
    MemTxResult r = MEMTX_OK;

    for (unsigned i = 0; i < size; i += c.size) {
        uint64_t part = shift_by(val, -call_shift(c, size, i)) & mask;

        r |= call_write(mr, addr + i, part, c.size, attrs);
    }
    return r;
}

/* ---- re-entrancy --------------------------------------------------------- */

/*
 * A device whose callback causes, by DMA, an access to the device itself is
 * most often not written for that: the inner access is refused. Memory is never
 * a danger, and devices can say that they do not mind.
 */
static inline MemReentrancyGuard *guard_of(const MemoryRegion *mr)
{
    /* Callbacks without the big lock may run in several threads. */
    if (!mr->global_locking || mr->disable_reentrancy_guard || mr->ram ||
        mr->rom_device || mr->readonly) {
        return NULL;
    }
    return mr->guard;
}

static MemTxResult reentered(MemoryRegion *mr, hwaddr addr)
{
    warn_report_once("Blocked re-entrant IO on MemoryRegion: "
                     "%s at addr: 0x%" HWADDR_PRIX,
                     memory_region_name(mr), addr);
    return MEMTX_ACCESS_ERROR;
}

/* ---- the access ---------------------------------------------------------- */

/* Whether nothing but the size and the alignment has to be looked at. */
static inline bool plainly_valid(const MemoryRegionOps *ops, hwaddr addr,
                                 unsigned size)
{
    unsigned max = ops->valid.max_access_size;

    return !ops->valid.accepts && (addr & (size - 1)) == 0 &&
           (!max || (size <= max && size >= ops->valid.min_access_size));
}

static inline bool is_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                            bool is_write, MemTxAttrs attrs)
{
    return likely(plainly_valid(mr->ops, addr, size)) ||
           memory_region_access_valid(mr, addr, size, is_write, attrs);
}

static inline uint64_t dispatch_read(MemoryRegion *mr, hwaddr addr, MemOp op,
                                     MemTxAttrs attrs, MemTxResult *r)
{
    unsigned size = memop_size(op);
    MemReentrancyGuard *guard;
    uint64_t val;
    Calls c;

    if (!is_valid(mr, addr, size, false, attrs)) {
        *r |= MEMTX_DECODE_ERROR;
        return 0;
    }
    guard = guard_of(mr);
    if (guard) {
        if (guard->engaged_in_io) {
            *r |= reentered(mr, addr);
            return 0;
        }
        guard->engaged_in_io = true;
    }
    c = calls_for(mr->ops, size);
    if (likely(c.size == size)) {
        val = call_read(mr, addr, size, attrs, r);
    } else {
        val = split_read(mr, addr, size, c, attrs, r);
    }
    if (guard) {
        guard->engaged_in_io = false;
    }
    val &= MAKE_64BIT_MASK(0, size * 8);
    return to_device_order(mr, val, op);
}

/* For writes that no accelerator has taken: the region's eventfds. */
static bool signal_eventfd(MemoryRegion *mr, hwaddr addr, uint64_t data,
                           MemOp op)
{
    unsigned size = memop_size(op);

    if ((op & MO_BSWAP) != MO_LE) {
        data = swap_value(data, size);
    }
    BQL_LOCK_GUARD();
    return memory_region_signal_eventfd(mr, addr, data, size);
}

static inline MemTxResult dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs)
{
    unsigned size = memop_size(op);
    MemReentrancyGuard *guard;
    MemTxResult r;
    Calls c;

    data &= MAKE_64BIT_MASK(0, size * 8);
    if (!is_valid(mr, addr, size, true, attrs)) {
        return MEMTX_DECODE_ERROR;
    }
    if (unlikely(qatomic_read(&mr->eventfds)) &&
        signal_eventfd(mr, addr, data, op)) {
        return MEMTX_OK;
    }
    data = to_device_order(mr, data, op);
    guard = guard_of(mr);
    if (guard) {
        if (guard->engaged_in_io) {
            return reentered(mr, addr);
        }
        guard->engaged_in_io = true;
    }
    c = calls_for(mr->ops, size);
    if (likely(c.size == size)) {
        r = call_write(mr, addr, data, size, attrs);
    } else {
        r = split_write(mr, addr, data, size, c, attrs);
    }
    if (guard) {
        guard->engaged_in_io = false;
    }
    return r;
}

static MemoryRegion *resolve_alias(MemoryRegion *mr, hwaddr *addr)
{
    for (; mr->alias; mr = mr->alias) {
        *addr += mr->alias_offset;
    }
    return mr;
}

MemTxResult memory_region_dispatch_read(MemoryRegion *mr, hwaddr addr,
                                        uint64_t *pval, MemOp op,
                                        MemTxAttrs attrs)
{
    MemTxResult r = MEMTX_OK;

    mr = resolve_alias(mr, &addr);
    *pval = dispatch_read(mr, addr, op, attrs, &r);
    return r;
}

MemTxResult memory_region_dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs)
{
    mr = resolve_alias(mr, &addr);
    return dispatch_write(mr, addr, data, op, attrs);
}

/* ---- from an address space ----------------------------------------------- */

static void (*flush_coalesced_hook)(void);

void memory_set_flush_coalesced_hook(void (*hook)(void))
{
    flush_coalesced_hook = hook;
}

void qemu_flush_coalesced_mmio_buffer(void)
{
    if (flush_coalesced_hook) {
        flush_coalesced_hook();
    }
}

bool prepare_mmio_access(MemoryRegion *mr)
{
    bool locked = false;

    if (mr->global_locking && !bql_locked()) {
        bql_lock();
        locked = true;
    }
    if (unlikely(mr->flush_coalesced_mmio)) {
        qemu_flush_coalesced_mmio_buffer();
    }
    return locked;
}

/* Who asks for memory does not get a device. */
static bool allowed(MemoryRegion *mr, MemTxAttrs attrs, hwaddr addr, hwaddr len)
{
    if (likely(!attrs.memory) || mr->ram) {
        return true;
    }
    qemu_log_mask(LOG_INVALID_MEM,
                  "Invalid access to non-RAM device at "
                  "addr 0x%" HWADDR_PRIX ", size %" HWADDR_PRIu ", "
                  "region '%s'\n",
                  addr, len, memory_region_name(mr) ?: "(null)");
    return false;
}

uint64_t access_io_read(MemoryRegion *mr, hwaddr xlat, hwaddr addr, MemOp op,
                        MemTxAttrs attrs, MemTxResult *r)
{
    uint64_t val;
    bool unlock;

    if (!allowed(mr, attrs, addr, memop_size(op))) {
        *r |= MEMTX_ACCESS_ERROR;
        return 0;
    }
    unlock = prepare_mmio_access(mr);
    val = dispatch_read(mr, xlat, op, attrs, r);
    if (unlock) {
        bql_unlock();
    }
    return val;
}

MemTxResult access_io_write(MemoryRegion *mr, hwaddr xlat, hwaddr addr,
                            uint64_t val, MemOp op, MemTxAttrs attrs)
{
    MemTxResult r;
    bool unlock;

    if (!allowed(mr, attrs, addr, memop_size(op))) {
        return MEMTX_ACCESS_ERROR;
    }
    unlock = prepare_mmio_access(mr);
    r = dispatch_write(mr, xlat, val, op, attrs);
    if (unlock) {
        bql_unlock();
    }
    return r;
}

/* ---- RAM devices --------------------------------------------------------- */

/*
 * One load or store of just this size, at any address: it may reach the host's
 * hardware.
 */
#define RAM_DEVICE_ACCESS_(bits)                                               \
    typedef uint##bits##_t __attribute__((aligned(1))) device##bits;           \
    static uint64_t ram_device_read##bits(const void *p)                       \
    {                                                                          \
        return *(const volatile device##bits *)p;                              \
    }                                                                          \
    static void ram_device_write##bits(void *p, uint64_t val)                  \
    {                                                                          \
        *(volatile device##bits *)p = val;                                     \
    }

RAM_DEVICE_ACCESS_(8)
RAM_DEVICE_ACCESS_(16)
RAM_DEVICE_ACCESS_(32)
RAM_DEVICE_ACCESS_(64)

static uint64_t ram_device_read(void *opaque, hwaddr addr, unsigned size)
{
    MemoryRegion *mr = opaque;
    const void *p = access_host(mr, addr);
    uint64_t val = size == 1   ? ram_device_read8(p)
                   : size == 2 ? ram_device_read16(p)
                   : size == 4 ? ram_device_read32(p)
                               : ram_device_read64(p);

    trace_memory_region_ram_device_read(memory_trace_cpu_index, mr, addr, val,
                                        size);
    return val;
}

static void ram_device_write(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size)
{
    MemoryRegion *mr = opaque;
    void *p = access_host(mr, addr);

    trace_memory_region_ram_device_write(memory_trace_cpu_index, mr, addr, data,
                                         size);
    if (mr->readonly) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "write to read-only '%s' at 0x%" HWADDR_PRIx
                      " is ignored\n",
                      memory_region_name(mr), addr);
        return;
    }
    switch (size) {
    case 1:
        return ram_device_write8(p, data);
    case 2:
        return ram_device_write16(p, data);
    case 4:
        return ram_device_write32(p, data);
    default:
        return ram_device_write64(p, data);
    }
}

/* A device's callbacks see accesses that only begin in them; memory ends. */
static bool ram_device_accepts(void *opaque, hwaddr addr, unsigned size,
                               bool is_write, MemTxAttrs attrs)
{
    /* The block is rounded up to pages. */
    return addr + size <= memory_region_size(opaque);
}

const MemoryRegionOps ram_device_mem_ops = {
    .read = ram_device_read,
    .write = ram_device_write,
    .endianness = DEVICE_HOST_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
        .accepts = ram_device_accepts,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
    },
};
