/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of RAM blocks: adding, removing, names, notifiers, and finding a
 * block by name, by host address or by ram_addr_t.
 *
 * The list that RAMBLOCK_FOREACH() walks is for RCU readers. Lookups use sorted
 * arrays and a hash table beside it, under a small lock of their own: a block
 * that is found there has not begun its grace period when the caller's read
 * section began, so it stays as long as that.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "ramblock-internal.h"

RAMList ram_list = { .blocks = QLIST_HEAD_INITIALIZER(ram_list.blocks) };

/* A block's place in one of the two spaces. */
typedef struct Span {
    uint64_t start, last;
    uint64_t max_last; /* the greatest last up to here in the array */
    RAMBlock *block;
} Span;

static struct {
    QemuMutex lock;
    GArray *by_host;     /* of Span; caller's memory may overlap */
    GArray *by_offset;   /* of Span, disjoint */
    GHashTable *by_name; /* idstr -> block */
} ram_index;

static RamDevPathHook *dev_path_hook;

static void __attribute__((constructor)) ram_list_init(void)
{
    qemu_mutex_init(&ram_list.mutex);
    qemu_mutex_init(&ram_index.lock);
}

void qemu_mutex_lock_ramlist(void)
{
    qemu_mutex_lock(&ram_list.mutex);
}

void qemu_mutex_unlock_ramlist(void)
{
    qemu_mutex_unlock(&ram_list.mutex);
}

/* ---- spans: with ram_index.lock ------------------------------------------ */

static Span *span_at(GArray *spans, size_t i)
{
    return &g_array_index(spans, Span, i);
}

/* How many spans begin at @start or before. */
static size_t spans_up_to(GArray *spans, uint64_t start)
{
    size_t low = 0, high = spans ? spans->len : 0;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (span_at(spans, mid)->start <= start) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* From @i on, as far as something changes. */
static void spans_fix_max(GArray *spans, size_t i)
{
    for (; i < spans->len; i++) {
        Span *span = span_at(spans, i);
        uint64_t max = span->last;

        if (i > 0) {
            max = MAX(max, span_at(spans, i - 1)->max_last);
        }
        span->max_last = max;
    }
}

static void spans_insert(GArray **spans, uint64_t start, uint64_t size,
                         RAMBlock *block)
{
    Span span = { .start = start, .last = start + size - 1, .block = block };
    size_t i = spans_up_to(*spans, start);

    if (!*spans) {
        *spans = g_array_new(false, false, sizeof(Span));
    }
    g_array_insert_val(*spans, i, span);
    spans_fix_max(*spans, i);
}

static void spans_remove(GArray **spans, uint64_t start, RAMBlock *block)
{
    size_t i = spans_up_to(*spans, start);

    do {
        assert(i > 0);
        i--;
    } while (span_at(*spans, i)->block != block);
    g_array_remove_index(*spans, i);
    if ((*spans)->len == 0) {
        g_array_free(*spans, true);
        *spans = NULL;
    } else {
        spans_fix_max(*spans, i);
    }
}

/* A span that covers @at: the one that begins last. */
static RAMBlock *spans_find(GArray *spans, uint64_t at)
{
    for (size_t i = spans_up_to(spans, at); i-- > 0;) {
        Span *span = span_at(spans, i);

        if (at <= span->last) {
            return span->block;
        }
        if (at > span->max_last) {
            break;
        }
    }
    return NULL;
}

/*
 * The smallest gap between blocks that takes @size bytes; blocks begin at
 * multiples of a bitmap word's pages, so that no word has bits of two. False if
 * there is none.
 */
static bool find_offset(uint64_t size, ram_addr_t *offset)
{
    const uint64_t align = (uint64_t)BITS_PER_LONG << TARGET_PAGE_BITS;
    GArray *spans = ram_index.by_offset;
    uint64_t best = 0, start = 0;
    bool found = false;

    for (size_t i = 0; i <= (spans ? spans->len : 0); i++) {
        bool last = !spans || i == spans->len;
        uint64_t end = last ? RAM_ADDR_MAX : span_at(spans, i)->start;

        if (end >= start && end - start >= size &&
            (!found || end - start < best)) {
            best = end - start;
            *offset = start;
            found = true;
        }
        if (!last) {
            end = span_at(spans, i)->last;
            if (end > RAM_ADDR_MAX - align) {
                break;
            }
            start = ROUND_UP(end + 1, align);
        }
    }
    return found;
}

/* ---- coming and going ---------------------------------------------------- */

/* The list is sorted: the largest first, among equals the oldest. */
static void list_insert(RAMBlock *block)
{
    RAMBlock *other, *before = NULL;

    QLIST_FOREACH(other, &ram_list.blocks, next) {
        if (other->max_length < block->max_length) {
            break;
        }
        before = other;
    }
    if (before) {
        QLIST_INSERT_AFTER_RCU(before, block, next);
    } else {
        QLIST_INSERT_HEAD_RCU(&ram_list.blocks, block, next);
    }
}

/* Those who look at the version without the lock see the list before it. */
static void list_changed(void)
{
    smp_wmb();
    ram_list.version++;
}

bool ramblock_publish(RAMBlock *block, Error **errp)
{
    QEMU_LOCK_GUARD(&ram_list.mutex);

    WITH_QEMU_LOCK_GUARD(&ram_index.lock) {
        if (!find_offset(block->max_length, &block->offset)) {
            error_setg(errp,
                       "There is no room for 0x" RAM_ADDR_FMT " bytes of RAM "
                       "('%s') beside the RAM that there is",
                       block->max_length, memory_region_name(block->mr));
            return false;
        }
    }
    dirty_memory_extend(block->offset + block->max_length);
    WITH_QEMU_LOCK_GUARD(&ram_index.lock) {
        spans_insert(&ram_index.by_offset, block->offset, block->max_length,
                     block);
        if (block->host) {
            spans_insert(&ram_index.by_host, (uintptr_t)block->host,
                         block->max_length, block);
        }
    }
    list_insert(block);
    list_changed();
    cpu_physical_memory_set_dirty_range(block->offset, block->used_length,
                                        DIRTY_CLIENTS_ALL);
    return true;
}

void ramblock_withdraw(RAMBlock *block)
{
    qemu_ram_unset_idstr(block);

    QEMU_LOCK_GUARD(&ram_list.mutex);
    QLIST_REMOVE_RCU(block, next);
    list_changed();
    WITH_QEMU_LOCK_GUARD(&ram_index.lock) {
        spans_remove(&ram_index.by_offset, block->offset, block);
        if (block->host) {
            spans_remove(&ram_index.by_host, (uintptr_t)block->host, block);
        }
    }
}

/* ---- finding ------------------------------------------------------------- */

RAMBlock *ramblock_find(ram_addr_t addr)
{
    QEMU_LOCK_GUARD(&ram_index.lock);
    return spans_find(ram_index.by_offset, addr);
}

RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset)
{
    RAMBlock *block;

    WITH_QEMU_LOCK_GUARD(&ram_index.lock) {
        block = spans_find(ram_index.by_host, (uintptr_t)ptr);
    }
    if (block) {
        *offset = (uint8_t *)ptr - block->host;
        if (round_offset) {
            *offset &= TARGET_PAGE_MASK;
        }
    }
    return block;
}

ram_addr_t qemu_ram_addr_from_host(void *ptr)
{
    RAMBlock *block;
    ram_addr_t offset;

    RCU_READ_LOCK_GUARD();
    block = qemu_ram_block_from_host(ptr, false, &offset);
    return block ? block->offset + offset : RAM_ADDR_INVALID;
}

ram_addr_t qemu_ram_addr_from_host_nofail(void *ptr)
{
    ram_addr_t addr = qemu_ram_addr_from_host(ptr);

    if (addr == RAM_ADDR_INVALID) {
        error_report("Bad ram pointer %p", ptr);
        abort();
    }
    return addr;
}

MemoryRegion *memory_region_from_host(void *ptr, ram_addr_t *offset)
{
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    block = qemu_ram_block_from_host(ptr, false, offset);
    return block ? block->mr : NULL;
}

ram_addr_t qemu_ram_block_host_offset(RAMBlock *rb, void *host)
{
    ram_addr_t offset = (uint8_t *)host - rb->host;

    assert((uint8_t *)host >= rb->host && offset < rb->max_length);
    return offset;
}

void *qemu_map_ram_ptr(RAMBlock *ram_block, ram_addr_t addr)
{
    if (!ram_block) {
        ram_block = ramblock_find(addr);
        assert(ram_block);
        addr -= ram_block->offset;
    }
    return ramblock_ptr(ram_block, addr);
}

int qemu_ram_foreach_block(RAMBlockIterFunc func, void *opaque)
{
    RAMBlock *block;
    int ret = 0;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block)
    {
        ret = func(block, opaque);
        if (ret) {
            break;
        }
    }
    return ret;
}

/* ---- names --------------------------------------------------------------- */

RAMBlock *qemu_ram_block_by_name(const char *name)
{
    QEMU_LOCK_GUARD(&ram_index.lock);
    return ram_index.by_name ? g_hash_table_lookup(ram_index.by_name, name)
                             : NULL;
}

void qemu_ram_set_dev_path_hook(RamDevPathHook *hook)
{
    dev_path_hook = hook;
}

bool qemu_ram_try_set_idstr(RAMBlock *block, const char *name,
                            const char *dev_path, Error **errp)
{
    g_autofree char *id =
        dev_path ? g_strconcat(dev_path, "/", name, NULL) : g_strdup(name);

    assert(!block->idstr[0]);
    if (strlen(id) >= sizeof(block->idstr)) {
        error_setg(errp,
                   "The name of RAM block '%s' is longer than the %zu "
                   "characters that migration has for it",
                   id, sizeof(block->idstr) - 1);
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&ram_index.lock) {
        if (!ram_index.by_name) {
            ram_index.by_name = g_hash_table_new(g_str_hash, g_str_equal);
        }
        if (g_hash_table_contains(ram_index.by_name, id)) {
            error_setg(errp,
                       "RAMBlock \"%s\" already registered; the names of RAM "
                       "within one device must differ",
                       id);
            return false;
        }
        pstrcpy(block->idstr, sizeof(block->idstr), id);
        g_hash_table_insert(ram_index.by_name, block->idstr, block);
    }
    ramblock_name_mapping(block);
    return true;
}

void qemu_ram_set_idstr(RAMBlock *block, const char *name, DeviceState *dev)
{
    g_autofree char *path = dev && dev_path_hook ? dev_path_hook(dev) : NULL;
    Error *err = NULL;

    if (!qemu_ram_try_set_idstr(block, name, path, &err)) {
        error_report_err(err);
    }
}

void qemu_ram_unset_idstr(RAMBlock *block)
{
    QEMU_LOCK_GUARD(&ram_index.lock);

    if (!block || !block->idstr[0]) {
        return;
    }
    g_hash_table_remove(ram_index.by_name, block->idstr);
    memset(block->idstr, 0, sizeof(block->idstr));
    if (g_hash_table_size(ram_index.by_name) == 0) {
        g_hash_table_destroy(ram_index.by_name);
        ram_index.by_name = NULL;
    }
}

const char *qemu_ram_get_idstr(RAMBlock *rb)
{
    return rb->idstr;
}

bool memory_region_register_ram(MemoryRegion *mr, DeviceState *dev,
                                Error **errp)
{
    g_autofree char *path = dev && dev_path_hook ? dev_path_hook(dev) : NULL;

    if (!qemu_ram_try_set_idstr(mr->ram_block, memory_region_name(mr), path,
                                errp)) {
        return false;
    }
    qemu_ram_set_migratable(mr->ram_block);
    return true;
}

void vmstate_register_ram(MemoryRegion *mr, DeviceState *dev)
{
    Error *err = NULL;

    if (!memory_region_register_ram(mr, dev, &err)) {
        error_report_err(err);
    }
}

void vmstate_register_ram_global(MemoryRegion *mr)
{
    vmstate_register_ram(mr, NULL);
}

void vmstate_unregister_ram(MemoryRegion *mr, DeviceState *dev)
{
    qemu_ram_unset_idstr(mr->ram_block);
    qemu_ram_unset_migratable(mr->ram_block);
}

/* ---- properties ---------------------------------------------------------- */

void *qemu_ram_get_host_addr(RAMBlock *rb)
{
    return rb->host;
}

ram_addr_t qemu_ram_get_offset(RAMBlock *rb)
{
    return rb->offset;
}

ram_addr_t qemu_ram_get_used_length(RAMBlock *rb)
{
    return rb->used_length;
}

ram_addr_t qemu_ram_get_max_length(RAMBlock *rb)
{
    return rb->max_length;
}

bool qemu_ram_is_shared(RAMBlock *rb)
{
    return rb->flags & RAM_SHARED;
}

bool qemu_ram_is_noreserve(RAMBlock *rb)
{
    return rb->flags & RAM_NORESERVE;
}

bool qemu_ram_is_uf_zeroable(RAMBlock *rb)
{
    return rb->flags & RAM_UF_ZEROPAGE;
}

void qemu_ram_set_uf_zeroable(RAMBlock *rb)
{
    rb->flags |= RAM_UF_ZEROPAGE;
}

bool qemu_ram_is_migratable(RAMBlock *rb)
{
    return rb->flags & RAM_MIGRATABLE;
}

void qemu_ram_set_migratable(RAMBlock *rb)
{
    rb->flags |= RAM_MIGRATABLE;
}

void qemu_ram_unset_migratable(RAMBlock *rb)
{
    rb->flags &= ~RAM_MIGRATABLE;
}

bool qemu_ram_is_named_file(RAMBlock *rb)
{
    return rb->flags & RAM_NAMED_FILE;
}

int qemu_ram_get_fd(RAMBlock *rb)
{
    return rb->fd;
}

size_t qemu_ram_pagesize(RAMBlock *block)
{
    return block->page_size;
}

size_t qemu_ram_pagesize_largest(void)
{
    RAMBlock *block;
    size_t largest = 0;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block)
    {
        largest = MAX(largest, block->page_size);
    }
    return largest;
}

bool ramblock_is_pmem(RAMBlock *rb)
{
    return rb->flags & RAM_PMEM;
}

/* ---- notifiers ----------------------------------------------------------- */

void ram_block_notifier_add(RAMBlockNotifier *n)
{
    RAMBlock *block;

    QLIST_INSERT_HEAD(&ram_list.ramblock_notifiers, n, next);
    if (!n->ram_block_added) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block)
    {
        if (block->host) {
            n->ram_block_added(n, block->host, block->used_length,
                               block->max_length);
        }
    }
}

void ram_block_notifier_remove(RAMBlockNotifier *n)
{
    RAMBlock *block;

    QLIST_REMOVE(n, next);
    if (!n->ram_block_removed) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block)
    {
        if (block->host) {
            n->ram_block_removed(n, block->host, block->used_length,
                                 block->max_length);
        }
    }
}

void ram_block_notify_add(void *host, size_t size, size_t max_size)
{
    RAMBlockNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &ram_list.ramblock_notifiers, next, next) {
        if (n->ram_block_added) {
            n->ram_block_added(n, host, size, max_size);
        }
    }
}

void ram_block_notify_remove(void *host, size_t size, size_t max_size)
{
    RAMBlockNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &ram_list.ramblock_notifiers, next, next) {
        if (n->ram_block_removed) {
            n->ram_block_removed(n, host, size, max_size);
        }
    }
}

void ram_block_notify_resize(void *host, size_t old_size, size_t new_size)
{
    RAMBlockNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &ram_list.ramblock_notifiers, next, next) {
        if (n->ram_block_resized) {
            n->ram_block_resized(n, host, old_size, new_size);
        }
    }
}

/* ---- info ramblock ------------------------------------------------------- */

GString *ram_block_format(void)
{
    GString *buf = g_string_new(NULL);
    RAMBlock *block;

    g_string_append_printf(buf, "%24s %8s  %18s %18s %18s %18s %3s\n",
                           "Block Name", "PSize", "Offset", "Used", "Total",
                           "HVA", "RO");
    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block)
    {
        g_autofree char *page = size_to_str(block->page_size);

        g_string_append_printf(
            buf, "%24s %8s  0x%016zx 0x%016zx 0x%016zx 0x%016zx %3s\n",
            block->idstr, page, block->offset, block->used_length,
            block->max_length, (uintptr_t)block->host,
            block->mr->readonly ? "ro" : "rw");
    }
    return buf;
}
