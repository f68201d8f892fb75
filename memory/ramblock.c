/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of RAM blocks: adding, removing, names, properties, notifiers.
 *
 * The list that RAMBLOCK_FOREACH() walks is for RCU readers; whoever looks for
 * a certain block asks the index (ram-index.h).
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "ram-index.h"
#include "ramblock-internal.h"

RAMList ram_list = { .blocks = QLIST_HEAD_INITIALIZER(ram_list.blocks) };

static RamDevPathHook *dev_path_hook;

static void __attribute__((constructor)) ram_list_init(void)
{
    qemu_mutex_init(&ram_list.mutex);
}

void qemu_mutex_lock_ramlist(void)
{
    qemu_mutex_lock(&ram_list.mutex);
}

void qemu_mutex_unlock_ramlist(void)
{
    qemu_mutex_unlock(&ram_list.mutex);
}

/* ---- coming and going ---------------------------------------------------- */

/* Those who look at the version without the lock see the list before it. */
static void list_changed(void)
{
    smp_wmb();
    ram_list.version++;
}

bool ramblock_publish(RAMBlock *block, Error **errp)
{
    RAMBlock *before;

    QEMU_LOCK_GUARD(&ram_list.mutex);
    if (!ram_index_add(block, &before)) {
        error_setg(errp,
                   "There is no room for 0x" RAM_ADDR_FMT " bytes of RAM "
                   "('%s') beside the RAM that there is",
                   block->max_length, memory_region_name(block->mr));
        return false;
    }
    dirty_memory_extend(block->offset, block->offset + block->used_length,
                        block->offset + block->max_length);
    if (before) {
        QLIST_INSERT_AFTER_RCU(before, block, next);
    } else {
        QLIST_INSERT_HEAD_RCU(&ram_list.blocks, block, next);
    }
    list_changed();
    cpu_physical_memory_set_dirty_range(block->offset, block->used_length,
                                        DIRTY_CLIENTS_ALL);
    return true;
}

void ramblock_withdraw(RAMBlock *block)
{
    QEMU_LOCK_GUARD(&ram_list.mutex);
    ram_index_remove(block);
    QLIST_REMOVE_RCU(block, next);
    list_changed();
}

/* ---- finding ------------------------------------------------------------- */

RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset)
{
    RAMBlock *block = ram_index_by_host(ptr);

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
        ram_block = ram_index_by_offset(addr);
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
    return ram_index_by_name(name);
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
    if (!ram_index_set_name(block, id)) {
        error_setg(errp,
                   "RAMBlock \"%s\" already registered; the names of RAM "
                   "within one device must differ",
                   id);
        return false;
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
    if (block) {
        ram_index_unset_name(block);
    }
}

const char *qemu_ram_get_idstr(RAMBlock *rb)
{
    return rb->idstr;
}

/* Before a block has its name, its region's owner tells several apart. */
char *ramblock_kept_name(const MemoryRegion *mr)
{
    const char *name = memory_region_name(mr) ?: "ram";
    Object *dev = mr->owner ? object_dynamic_cast(mr->owner, "device") : NULL;
    g_autofree char *path =
        dev && dev_path_hook ? dev_path_hook((DeviceState *)dev) : NULL;

    return path ? g_strconcat(path, "/", name, NULL) : g_strdup(name);
}

bool memory_region_register_ram(MemoryRegion *mr, DeviceState *dev,
                                Error **errp)
{
    g_autofree char *path = dev && dev_path_hook ? dev_path_hook(dev) : NULL;

    if (!qemu_ram_try_set_idstr(mr->ram_block, memory_region_name(mr), path,
                                errp)) {
        return false;
    }
    if (!ram_block_check_cpr(mr->ram_block, errp)) {
        qemu_ram_unset_idstr(mr->ram_block);
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
    ram_block_del_cpr_blocker(mr->ram_block);
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
