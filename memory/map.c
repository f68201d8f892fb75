/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address_space_map(): pointers to guest memory for a while. RAM is mapped as
 * it is; what is not RAM is copied to a bounce buffer and back. Buffers are
 * limited for each address space: who does not get one registers a bottom half
 * that runs when one was freed.
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "memory/access-internal.h"
#include "trace.h"

#define BOUNCE_MAGIC 0xb4017ceb4ffe12ed

typedef struct BounceBuffer {
    uint64_t magic;
    MemoryRegion *mr;
    hwaddr addr, len;
    MemTxAttrs attrs;
    /* As a large allocation would be. */
    uint8_t data[] __attribute__((aligned(16)));
} BounceBuffer;

/* ---- those who wait ------------------------------------------------------ */

static bool may_bounce(AddressSpace *as)
{
    return qatomic_read(&as->bounce_buffer_size) < as->max_bounce_buffer_size;
}

static void wake_clients_locked(AddressSpace *as)
{
    AddressSpaceMapClient *client, *next;

    QLIST_FOREACH_SAFE(client, &as->map_client_list, link, next) {
        QLIST_REMOVE(client, link);
        qemu_bh_schedule(client->bh);
        g_free(client);
    }
}

void address_space_register_map_client(AddressSpace *as, QEMUBH *bh)
{
    AddressSpaceMapClient *client = g_new(AddressSpaceMapClient, 1);

    client->bh = bh;
    QEMU_LOCK_GUARD(&as->map_client_list_lock);
    QLIST_INSERT_HEAD(&as->map_client_list, client, link);
    /* After the insertion: an unmap sees the client, or we the free space. */
    smp_mb();
    if (may_bounce(as)) {
        wake_clients_locked(as);
    }
}

void address_space_unregister_map_client(AddressSpace *as, QEMUBH *bh)
{
    AddressSpaceMapClient *client, *next;

    QEMU_LOCK_GUARD(&as->map_client_list_lock);
    QLIST_FOREACH_SAFE(client, &as->map_client_list, link, next) {
        if (client->bh == bh) {
            QLIST_REMOVE(client, link);
            g_free(client);
            return;
        }
    }
}

/* ---- references ---------------------------------------------------------- */

static void unref_owner(void *opaque)
{
    object_unref(opaque);
}

void access_unref(MemoryRegion *mr)
{
    Object *owner = mr->owner;
    uint32_t ref;

    if (!owner || bql_locked()) {
        memory_region_unref(mr);
        return;
    }
    for (ref = qatomic_read(&owner->ref); ref > 1;) {
        uint32_t old = qatomic_cmpxchg(&owner->ref, ref, ref - 1);

        if (old == ref) {
            return;
        }
        ref = old;
    }
    aio_bh_schedule_oneshot(qemu_get_aio_context(), unref_owner, owner);
}

/* ---- bounce buffers ------------------------------------------------------ */

/* Takes up to @len bytes of what @as may use; how many. */
static size_t bounce_reserve(AddressSpace *as, hwaddr len)
{
    size_t used = qatomic_read(&as->bounce_buffer_size);

    for (;;) {
        size_t max = as->max_bounce_buffer_size;
        size_t n = MIN(len, max - MIN(used, max));
        size_t old = qatomic_cmpxchg(&as->bounce_buffer_size, used, used + n);

        if (old == used) {
            return n;
        }
        used = old;
    }
}

static void *bounce_map(AddressSpace *as, FlatView *fv, hwaddr addr,
                        hwaddr *plen, Target t, bool is_write, MemTxAttrs attrs)
{
    BounceBuffer *b;

    *plen = bounce_reserve(as, t.len);
    if (!*plen) {
        return NULL;
    }
    b = g_malloc0(sizeof(*b) + *plen);
    b->magic = BOUNCE_MAGIC;
    b->mr = t.mr;
    b->addr = addr;
    b->len = *plen;
    b->attrs = attrs;
    memory_region_ref(b->mr);
    if (!is_write) {
        flatview_read(fv, addr, attrs, b->data, *plen);
    }
    return b->data;
}

static void bounce_unmap(AddressSpace *as, void *buffer, bool is_write,
                         hwaddr access_len)
{
    BounceBuffer *b = container_of(buffer, BounceBuffer, data);

    assert(b->magic == BOUNCE_MAGIC && access_len <= b->len);
    if (is_write) {
        address_space_write(as, b->addr, b->attrs, b->data, access_len);
    }
    qatomic_sub(&as->bounce_buffer_size, b->len);
    b->magic = ~BOUNCE_MAGIC;
    access_unref(b->mr);
    g_free(b);

    smp_mb();
    QEMU_LOCK_GUARD(&as->map_client_list_lock);
    wake_clients_locked(as);
}

/* ---- maps ---------------------------------------------------------------- */

void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen,
                        bool is_write, MemTxAttrs attrs)
{
    FlatView *fv;
    Target t;

    trace_address_space_map(as, addr, *plen, is_write, *(uint32_t *)&attrs);
    if (!*plen) {
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    t = access_target(fv, addr, *plen, is_write, attrs);
    if (!t.direct) {
        return bounce_map(as, fv, addr, plen, t, is_write, attrs);
    }
    memory_region_ref(t.mr);
    *plen = access_extend(fv, addr, *plen, t, is_write, attrs);
    fuzz_dma_read_cb(addr, *plen, t.mr);
    return access_host(t.mr, t.xlat);
}

void address_space_unmap(AddressSpace *as, void *buffer, hwaddr len,
                         bool is_write, hwaddr access_len)
{
    ram_addr_t offset;
    MemoryRegion *mr = memory_region_from_host(buffer, &offset);

    if (!mr) {
        bounce_unmap(as, buffer, is_write, access_len);
        return;
    }
    if (is_write && access_len) {
        access_wrote(mr, offset, access_len);
    }
    access_unref(mr);
}
