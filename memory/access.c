/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copying to and from an address space: piece by piece, each either a copy
 * from or to RAM or a call of a device's.
 */
#include "qemu/osdep.h"
#include "memory/access-internal.h"

/* ---- pieces -------------------------------------------------------------- */

/* A device's bytes are in memory order, as if the host had accessed them. */
static MemOp piece_op(const Target *t, hwaddr *len)
{
    *len = memory_access_size(t->mr, MIN(t->len, 8), t->xlat);
    return size_memop(*len) | MO_LE;
}

MemTxResult access_read_piece(Target t, hwaddr addr, MemTxAttrs attrs,
                              void *buf, hwaddr *len)
{
    MemTxResult r = MEMTX_OK;
    uint64_t val;
    MemOp op;

    if (likely(t.direct)) {
        fuzz_dma_read_cb(addr, t.len, t.mr);
        memcpy(buf, access_host(t.mr, t.xlat), t.len);
        *len = t.len;
        return MEMTX_OK;
    }
    op = piece_op(&t, len);
    val = access_io_read(t.mr, t.xlat, addr, op, attrs, &r);
    stn_le_p(buf, *len, val);
    return r;
}

MemTxResult access_write_piece(Target t, hwaddr addr, MemTxAttrs attrs,
                               const void *buf, hwaddr *len)
{
    MemOp op;

    if (likely(t.direct)) {
        memmove(access_host(t.mr, t.xlat), buf, t.len);
        access_wrote(t.mr, t.xlat, t.len);
        *len = t.len;
        return MEMTX_OK;
    }
    op = piece_op(&t, len);
    return access_io_write(t.mr, t.xlat, addr, ldn_le_p(buf, *len), op, attrs);
}

MemTxResult flatview_read(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                          void *buf, hwaddr len)
{
    MemTxResult r = MEMTX_OK;

    while (len) {
        Target t = access_target(fv, addr, len, false, attrs);
        hwaddr done;

        r |= access_read_piece(t, addr, attrs, buf, &done);
        addr += done;
        buf += done;
        len -= done;
    }
    return r;
}

MemTxResult flatview_write(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                           const void *buf, hwaddr len)
{
    MemTxResult r = MEMTX_OK;

    while (len) {
        Target t = access_target(fv, addr, len, true, attrs);
        hwaddr done;

        r |= access_write_piece(t, addr, attrs, buf, &done);
        addr += done;
        buf += done;
        len -= done;
    }
    return r;
}

/* ---- copies -------------------------------------------------------------- */

MemTxResult address_space_read_full(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, void *buf, hwaddr len)
{
    RCU_READ_LOCK_GUARD();
    return flatview_read(address_space_to_flatview(as), addr, attrs, buf, len);
}

MemTxResult address_space_write(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                                const void *buf, hwaddr len)
{
    RCU_READ_LOCK_GUARD();
    return flatview_write(address_space_to_flatview(as), addr, attrs, buf, len);
}

MemTxResult address_space_rw(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                             void *buf, hwaddr len, bool is_write)
{
    return is_write ? address_space_write(as, addr, attrs, buf, len)
                    : address_space_read_full(as, addr, attrs, buf, len);
}

MemTxResult address_space_set(AddressSpace *as, hwaddr addr, uint8_t c,
                              hwaddr len, MemTxAttrs attrs)
{
    uint8_t fill[512];
    MemTxResult r = MEMTX_OK;
    FlatView *fv;

    memset(fill, c, MIN(len, sizeof(fill)));
    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    while (len) {
        Target t = access_target(fv, addr, len, true, attrs);
        hwaddr done = t.len;

        if (t.direct) {
            memset(access_host(t.mr, t.xlat), c, done);
            access_wrote(t.mr, t.xlat, done);
        } else {
            r |= access_write_piece(t, addr, attrs, fill, &done);
        }
        addr += done;
        len -= done;
    }
    return r;
}

/* ---- copies that see only memory ----------------------------------------- */

/* The host's memory behind @t, be it RAM or ROM; or NULL. */
static uint8_t *memory_of(const Target *t)
{
    MemoryRegion *mr = t->mr;

    return memory_region_supports_direct_access(mr) ? access_host(mr, t->xlat)
                                                    : NULL;
}

MemTxResult address_space_write_rom(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, const void *buf,
                                    hwaddr len)
{
    FlatView *fv;

    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    while (len) {
        Target t = access_target(fv, addr, len, true, attrs);
        uint8_t *host = memory_of(&t);

        if (host) {
            memcpy(host, buf, t.len);
            access_wrote(t.mr, t.xlat, t.len);
        } else {
            t.len = memory_access_size(t.mr, MIN(t.len, 8), t.xlat);
        }
        addr += t.len;
        buf += t.len;
        len -= t.len;
    }
    return MEMTX_OK;
}

#ifdef CONFIG_FUZZ
/* A fuzzer that wants to know defines its own. */
void __attribute__((weak))
fuzz_dma_read_cb(size_t addr, size_t len, MemoryRegion *mr)
{
}
#endif
