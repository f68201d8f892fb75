/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM at the destination. Pages are read without the big lock, right to where
 * they belong; the block that is being filled is held by its region.
 */
#include "qemu/osdep.h"
#include "cpr-internal.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "mapped-ram.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "multifd.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qom/object.h"
#include "ram.h"
#include "vmstate/registry.h"

/* The block of the last record; one stream is loaded at a time. */
static RAMBlock *current;
/* With mapped-ram: where pages come from. */
static MappedRamPages *mapped;

static void set_current(RAMBlock *rb)
{
    if (rb) {
        memory_region_ref(rb->mr);
    }
    if (current) {
        memory_region_unref(current->mr);
    }
    current = rb;
}

int ram_load_cleanup(void *opaque)
{
    set_current(NULL);
    g_clear_pointer(&mapped, mapped_ram_pages_free);
    return 0;
}

/* ---- the list of blocks -------------------------------------------------- */

/* With the big lock, which is released while bytes are awaited. */
static int check_block(QEMUFile *f, RAMBlock *rb, uint64_t length)
{
    const char *name = rb->idstr;
    Error *err = NULL;

    if (!qemu_ram_is_migratable(rb)) {
        error_report("block %s should not be migrated !", name);
        return -EINVAL;
    }
    if (migrate_mode() == MIG_MODE_CPR_TRANSFER && !cpr_has_block(rb)) {
        error_report("RAM block '%s' is not the source's: its memory was not "
                     "handed over, or is not shared here",
                     name);
        return -EINVAL;
    }
    if (length != rb->used_length && qemu_ram_resize(rb, length, &err)) {
        error_reportf_err(err,
                          "RAM block '%s' has 0x%" PRIx64 " bytes at the "
                          "source and 0x" RAM_ADDR_FMT " here: ",
                          name, length, rb->used_length);
        return -EINVAL;
    }
    if (migrate_capability(MIGRATION_CAPABILITY_X_IGNORE_SHARED)) {
        uint64_t addr = qemu_get_be64(f);

        if (migrate_ram_is_ignored(rb) && rb->mr->addr != addr &&
            !qemu_file_get_error(f)) {
            error_report("Mismatched GPAs for block %s 0x%" PRIx64
                         " != 0x%" PRIx64,
                         name, addr, (uint64_t)rb->mr->addr);
            return -EINVAL;
        }
    }
    return 0;
}

/* The block's pages, which follow it in a file. */
static int load_mapped(QEMUFile *f)
{
    Error *err = NULL;
    bool ok;

    bql_unlock();
    if (!mapped) {
        mapped = mapped_ram_pages_new(qemu_file_get_ioc(f), false, &err);
    }
    ok = mapped && mapped_ram_load(f, mapped, current, &err);
    bql_lock();
    if (!ok) {
        error_report_err(err);
    }
    return ok ? 0 : -EINVAL;
}

/* The named one, which stays until the next. */
static int load_block(QEMUFile *f, const char *name, uint64_t length)
{
    RAMBlock *rb = qemu_ram_block_by_name(name);
    int ret;

    if (!rb) {
        error_report("Unknown ramblock \"%s\", cannot accept migration", name);
        return -EINVAL;
    }
    set_current(rb);
    ret = check_block(f, rb, length);
    if (!ret && migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM)) {
        ret = load_mapped(f);
    }
    set_current(NULL);
    return ret;
}

static int load_block_list(QEMUFile *f, uint64_t total)
{
    if (multifd_recv_has_begun()) {
        error_report("the list of RAM blocks comes after pages");
        return -EINVAL;
    }
    while (total) {
        char name[256];
        uint64_t length;
        int ret;

        qemu_get_counted_string(f, name);
        length = qemu_get_be64(f);
        ret = qemu_file_get_error(f);
        if (ret) {
            return ret;
        }
        if (!length || length > total) {
            error_report("RAM block '%s' has 0x%" PRIx64 " bytes, of 0x%" PRIx64
                         " that are left",
                         name, length, total);
            return -EINVAL;
        }
        ret = load_block(f, name, length);
        if (ret) {
            return ret;
        }
        total -= length;
    }
    return 0;
}

/* ---- what is discarded --------------------------------------------------- */

static void note_discarded(MemoryRegionSection *section, void *opaque)
{
    unsigned long first = section->offset_within_region >> TARGET_PAGE_BITS;
    unsigned long size = int128_get64(section->size) >> TARGET_PAGE_BITS;

    bitmap_set(opaque, first, size);
}

unsigned long *ram_load_discarded_pages(RAMBlock *rb)
{
    RamDiscardManager *rdm;
    unsigned long *bitmap = NULL;

    rdm = memory_region_get_ram_discard_manager(rb->mr);
    if (rdm && savevm_early_state_is_known(OBJECT(rdm))) {
        MemoryRegionSection all = {
            .mr = rb->mr,
            .size = int128_make64(rb->used_length),
        };

        bitmap = bitmap_new(rb->used_length >> TARGET_PAGE_BITS);
        ram_discard_manager_replay_discarded(rdm, &all, note_discarded, bitmap);
    }
    return bitmap;
}

/* ---- pages --------------------------------------------------------------- */

static int find_block(QEMUFile *f, unsigned flags)
{
    char name[256];
    RAMBlock *rb;
    int ret = 0;

    if (flags & RAM_SAVE_FLAG_CONTINUE) {
        if (!current) {
            error_report("a page goes on with a block, but none has begun");
            return -EINVAL;
        }
        return 0;
    }
    if (!qemu_get_counted_string(f, name)) {
        error_report("the name of a RAM block cannot be read");
        return -EINVAL;
    }
    bql_lock();
    rb = qemu_ram_block_by_name(name);
    if (!rb) {
        error_report("Can't find block %s", name);
        ret = -EINVAL;
    } else if (migrate_ram_is_ignored(rb)) {
        error_report("block %s should not be migrated !", name);
        ret = -EINVAL;
    } else {
        set_current(rb);
    }
    bql_unlock();
    return ret;
}

/*
 * What cannot be written here must be right already. The buffer is given by
 * the caller.
 */
static int compare_page(const uint8_t *host, const uint8_t *page,
                        uint64_t offset)
{
    if (!memcmp(host, page, TARGET_PAGE_SIZE)) {
        return 0;
    }
    error_report("RAM block '%s' is read-only, and differs from that of the "
                 "source at 0x%" PRIx64,
                 current->idstr, offset);
    return -EINVAL;
}

static int load_page(QEMUFile *f, uint64_t offset, unsigned flags)
{
    static const uint8_t zeros[TARGET_PAGE_SIZE];
    bool readonly;
    uint8_t *host;
    int ret = find_block(f, flags);

    if (ret) {
        return ret;
    }
    if (!offset_in_ramblock(current, offset) ||
        current->used_length - offset < TARGET_PAGE_SIZE) {
        error_report("Illegal RAM offset 0x%" PRIx64 " in block '%s'", offset,
                     current->idstr);
        return -EINVAL;
    }
    host = current->host + offset;
    readonly = current->flags & RAM_READONLY;
    if (current->receivedmap) {
        /* For postcopy, which knows it by now, or throws it away. */
        set_bit(offset >> TARGET_PAGE_BITS, current->receivedmap);
    }

    if (flags & RAM_SAVE_FLAG_ZERO) {
        int value = qemu_get_byte(f);

        if (value) {
            error_report("Found a zero page with value %d", value);
            return -EINVAL;
        }
        if (buffer_is_zero(host, TARGET_PAGE_SIZE)) {
            return 0; /* what was never touched stays so */
        }
        if (readonly) {
            return compare_page(host, zeros, offset);
        }
        memset(host, 0, TARGET_PAGE_SIZE);
        return 0;
    }
    if (readonly) {
        g_autofree uint8_t *page = g_malloc0(TARGET_PAGE_SIZE);

        qemu_get_buffer(f, page, TARGET_PAGE_SIZE);
        return qemu_file_get_error(f) ?: compare_page(host, page, offset);
    }
    qemu_get_buffer(f, host, TARGET_PAGE_SIZE);
    return 0;
}

/* ---- a part -------------------------------------------------------------- */

static int flush_multifd(QEMUFile *f)
{
    Error *err = NULL;

    if (!multifd_recv_sync(&err)) {
        qemu_file_set_error_obj(f, -EIO, err);
    }
    return qemu_file_get_error(f);
}

/* One record. 1 at the end of the part, 0, or a negative errno value. */
static int load_record(QEMUFile *f)
{
    uint64_t addr = qemu_get_be64(f);
    unsigned flags = addr & ~TARGET_PAGE_MASK;
    int ret = qemu_file_get_error(f);

    addr &= TARGET_PAGE_MASK;
    if (ret) {
        error_report("Getting RAM address failed");
        return ret;
    }
    switch (flags & ~RAM_SAVE_FLAG_CONTINUE) {
    case RAM_SAVE_FLAG_MEM_SIZE:
        bql_lock();
        ret = load_block_list(f, addr);
        bql_unlock();
        break;
    case RAM_SAVE_FLAG_ZERO:
    case RAM_SAVE_FLAG_PAGE:
        ret = load_page(f, addr, flags);
        break;
    case RAM_SAVE_FLAG_MULTIFD_FLUSH:
        ret = flush_multifd(f);
        break;
    case RAM_SAVE_FLAG_EOS:
        return 1;
    default:
        error_report("Unknown combination of migration flags: 0x%x", flags);
        return -EINVAL;
    }
    return ret ?: qemu_file_get_error(f);
}

int ram_load(QEMUFile *f, void *opaque, int version_id)
{
    int ret;

    if (version_id != RAM_SAVE_VERSION) {
        error_report("RAM comes in version %d; known is %d", version_id,
                     RAM_SAVE_VERSION);
        return -EINVAL;
    }
    bql_unlock();
    do {
        ret = load_record(f);
    } while (!ret);
    bql_lock();
    return MIN(ret, 0);
}
