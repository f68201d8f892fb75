/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM at the source: what is to be sent is in each block's bmap, which begins
 * with all pages and gets from the dirty log those that were written since.
 */
#include "qemu/osdep.h"
#include "auto-converge.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "mapped-ram.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "migration-stats.h"
#include "multifd.h"
#include "options.h"
#include "qapi/error.h"
#include "qapi/qapi-events-migration.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "ram-postcopy.h"
#include "ram-save.h"
#include "ram.h"
#include "trace.h"
#include "vmstate/blocker.h"

/* So long may a part take before others have their turn. */
#define MAX_PART_NS (50 * SCALE_MS)
/* So many pages go between two looks at the clock. */
#define PAGES_PER_LOOK 64
/* So many pages go into a file in one piece. */
#define MAX_RUN 256

void (*ram_resized_hook)(const char *block);

/* One thread at a time: that of the migration. Others read the counters. */
static struct {
    bool active;
    bool logging;           /* what is written meanwhile is told */
    QEMUFile *file;         /* while it is active */
    GPtrArray *blocks;      /* RAMBlock, each with a reference to its region */
    RAMBlock *last_sent;    /* whose name the stream knows */
    guint block;            /* where the search goes on: in this one */
    unsigned long page;     /* at this page */
    MappedRamPages *mapped; /* with mapped-ram: where pages go */
    struct {
        RAMBlock *rb; /* NULL if it is empty */
        unsigned long first, count;
    } run;                /* neighbours that go there in one piece */
    uint64_t dirty_pages; /* bits in all bmaps */
    bool multifd;         /* pages go over channels of their own */
    bool unsynced;        /* in this round some may have gone */
    int64_t last_sync_ms; /* when the bitmaps were looked at */
    int64_t period_ms;    /* when that for which a rate is known began */
    uint64_t dirty_in_period;
} ram;

static bool is_ignored(RAMBlock *rb)
{
    if (migrate_mode() == MIG_MODE_CPR_TRANSFER) {
        return true;
    }
    return migrate_capability(MIGRATION_CAPABILITY_X_IGNORE_SHARED) &&
           qemu_ram_is_shared(rb) && qemu_ram_is_named_file(rb);
}

/* For those who ask with migrate_ram_is_ignored(). */
static bool ram_is_ignored(RAMBlock *rb)
{
    return !qemu_ram_is_migratable(rb) || is_ignored(rb);
}

static unsigned long pages_of(const RAMBlock *rb)
{
    return rb->used_length >> TARGET_PAGE_BITS;
}

static uint64_t sum_of_blocks(bool with_ignored)
{
    RAMBlock *rb;
    uint64_t sum = 0;

    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (qemu_ram_is_migratable(rb) && (with_ignored || !is_ignored(rb))) {
            sum += rb->used_length;
        }
    }
    return sum;
}

uint64_t ram_bytes_total(void)
{
    return sum_of_blocks(false);
}

uint64_t ram_bytes_remaining(void)
{
    return qatomic_read(&ram.dirty_pages) << TARGET_PAGE_BITS;
}

static void count_dirty(int64_t change)
{
    qatomic_set(&ram.dirty_pages, ram.dirty_pages + change);
}

/* ---- what is dirty ------------------------------------------------------- */

static void forget_range(MemoryRegionSection *section, void *opaque)
{
    RAMBlock *rb = opaque;
    unsigned long first = section->offset_within_region >> TARGET_PAGE_BITS;
    unsigned long end =
        MIN((section->offset_within_region + int128_get64(section->size)) >>
                TARGET_PAGE_BITS,
            pages_of(rb));

    if (end > first) {
        bitmap_clear(rb->bmap, first, end - first);
    }
}

/* Pages that nobody has must not be read: that would allocate them. */
static void forget_discarded(RAMBlock *rb)
{
    RamDiscardManager *rdm = memory_region_get_ram_discard_manager(rb->mr);
    MemoryRegionSection all = {
        .mr = rb->mr,
        .size = int128_make64(rb->used_length),
    };

    if (rdm) {
        ram_discard_manager_replay_discarded(rdm, &all, forget_range, rb);
    }
}

void ram_save_forget_discarded(RAMBlock *rb)
{
    forget_discarded(rb);
}

void ram_save_set_remaining(uint64_t pages)
{
    qatomic_set(&ram.dirty_pages, pages);
}

static void update_rate(uint64_t fresh)
{
    int64_t now = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);

    ram.dirty_in_period += fresh;
    ram.last_sync_ms = now;
    if (!ram.period_ms) {
        ram.period_ms = now;
        ram.dirty_in_period = 0;
    } else if (now > ram.period_ms + 1000) {
        auto_converge_period(ram.dirty_in_period << TARGET_PAGE_BITS);
        stat64_set(&mig_stats.dirty_pages_rate,
                   ram.dirty_in_period * 1000 / (now - ram.period_ms));
        ram.period_ms = now;
        ram.dirty_in_period = 0;
    }
}

/* What is written cannot be told any more: the stream ends with the reason. */
static void check_log(void)
{
    Error *err = NULL;

    if (!memory_global_dirty_log_check(&err)) {
        qemu_file_set_error_obj(ram.file, -EIO, err);
    }
}

/* Brings the bmaps up to date. With the big lock. */
static void sync_bitmaps(bool last_stage)
{
    uint64_t fresh = 0, sum = 0;

    stat64_add(&mig_stats.dirty_sync_count, 1);
    precopy_notify(PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC, NULL);
    memory_global_dirty_log_sync(last_stage);
    WITH_RCU_READ_LOCK_GUARD() {
        for (guint i = 0; i < ram.blocks->len; i++) {
            RAMBlock *rb = g_ptr_array_index(ram.blocks, i);

            fresh +=
                cpu_physical_memory_sync_dirty_bitmap(rb, 0, rb->used_length);
            forget_discarded(rb);
            sum += bitmap_count_one(rb->bmap, pages_of(rb));
        }
    }
    memory_global_after_dirty_log_sync();
    precopy_notify(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC, NULL);
    check_log();

    qatomic_set(&ram.dirty_pages, sum);
    stat64_set(&mig_stats.dirty_bytes_last_sync, sum << TARGET_PAGE_BITS);
    update_rate(fresh);
    trace_migration_bitmap_sync(stat64_get(&mig_stats.dirty_sync_count), fresh,
                                sum);
    if (migrate_capability(MIGRATION_CAPABILITY_EVENTS)) {
        qapi_event_send_migration_pass(stat64_get(&mig_stats.dirty_sync_count));
    }
}

void ram_save_sync_last(void)
{
    sync_bitmaps(true);
}

/* ---- pages --------------------------------------------------------------- */

static void multifd_failed(QEMUFile *f)
{
    qemu_file_set_error_obj(f, -EIO, multifd_send_error());
}

/* So that no page can overtake a newer one, which the next round may have. */
static bool end_round(QEMUFile *f)
{
    if (!ram.multifd || !ram.unsynced) {
        return true;
    }
    ram.unsynced = false;
    if (!multifd_send_sync()) {
        multifd_failed(f);
        return false;
    }
    qemu_put_be64(f, RAM_SAVE_FLAG_MULTIFD_FLUSH);
    /* Until it has had this, the destination takes no more of the channels. */
    return !qemu_fflush(f);
}

bool ram_save_next_page(RAMBlock **block, unsigned long *page)
{
    /* The block in which it begins has two parts. */
    for (guint seen = 0; seen <= ram.blocks->len; seen++) {
        RAMBlock *rb;
        unsigned long nr;

        if (ram.block >= ram.blocks->len) {
            ram.block = 0;
            ram.page = 0;
            if (!ram.blocks->len || !end_round(ram.file)) {
                return false;
            }
        }
        rb = g_ptr_array_index(ram.blocks, ram.block);
        nr = find_next_bit(rb->bmap, pages_of(rb), ram.page);
        if (nr < pages_of(rb)) {
            clear_bit(nr, rb->bmap);
            count_dirty(-1);
            ram.page = nr + 1;
            *block = rb;
            *page = nr;
            return true;
        }
        ram.block++;
        ram.page = 0;
    }
    return false;
}

bool ram_save_take_page(RAMBlock *rb, unsigned long page)
{
    if (!test_bit(page, rb->bmap)) {
        return false;
    }
    clear_bit(page, rb->bmap);
    count_dirty(-1);
    return true;
}

static void put_page_header(QEMUFile *f, RAMBlock *rb, uint64_t offset)
{
    if (rb == ram.last_sent) {
        qemu_put_be64(f, offset | RAM_SAVE_FLAG_CONTINUE);
        return;
    }
    qemu_put_be64(f, offset);
    qemu_put_counted_string(f, rb->idstr);
    ram.last_sent = rb;
}

/* Whether this thread does: those of multifd may do it instead. */
static bool looks_for_zeros(void)
{
    switch (qatomic_read(&migrate_parameters()->zero_page_detection)) {
    case ZERO_PAGE_DETECTION_NONE:
        return false;
    case ZERO_PAGE_DETECTION_MULTIFD:
        return !ram.multifd;
    default:
        return true;
    }
}

/* Writes the pages that wait. Nothing if it has failed already. */
static void flush_run(QEMUFile *f)
{
    RAMBlock *rb = g_steal_pointer(&ram.run.rb);
    Error *err = NULL;

    if (rb && !qemu_file_get_error(f) &&
        !mapped_ram_write(ram.mapped, rb,
                          (ram_addr_t)ram.run.first << TARGET_PAGE_BITS,
                          (size_t)ram.run.count << TARGET_PAGE_BITS, &err)) {
        qemu_file_set_error_obj(f, -EIO, err);
    }
}

static void put_mapped_page(QEMUFile *f, RAMBlock *rb, unsigned long page)
{
    if (looks_for_zeros() &&
        buffer_is_zero(rb->host + ((ram_addr_t)page << TARGET_PAGE_BITS),
                       TARGET_PAGE_SIZE)) {
        clear_bit(page, rb->file_bmap);
        stat64_add(&mig_stats.zero_pages, 1);
        return;
    }
    if (rb != ram.run.rb || page != ram.run.first + ram.run.count ||
        ram.run.count == MAX_RUN) {
        flush_run(f);
        ram.run.rb = rb;
        ram.run.first = page;
        ram.run.count = 0;
    }
    ram.run.count++;
    set_bit(page, rb->file_bmap);
    stat64_add(&mig_stats.normal_pages, 1);
}

void ram_save_put_page(QEMUFile *f, RAMBlock *rb, unsigned long page)
{
    uint64_t offset = (uint64_t)page << TARGET_PAGE_BITS;
    uint8_t *host = rb->host + offset;

    if (ram.mapped) {
        put_mapped_page(f, rb, page);
        return;
    }
    ram.unsynced = true;
    if (looks_for_zeros() && buffer_is_zero(host, TARGET_PAGE_SIZE)) {
        put_page_header(f, rb, offset | RAM_SAVE_FLAG_ZERO);
        qemu_put_byte(f, 0);
        stat64_add(&mig_stats.zero_pages, 1);
        return;
    }
    if (ram.multifd) {
        if (!multifd_send_page(rb, offset)) {
            multifd_failed(f);
        }
        return;
    }
    put_page_header(f, rb, offset | RAM_SAVE_FLAG_PAGE);
    /* What the guest writes meanwhile makes it dirty: it goes once more. */
    qemu_put_buffer_async(f, host, TARGET_PAGE_SIZE, false);
    stat64_add(&mig_stats.normal_pages, 1);
}

int ram_save_flush(QEMUFile *f)
{
    flush_run(f);
    return qemu_fflush(f);
}

GPtrArray *ram_save_blocks(void)
{
    return ram.blocks;
}

/* ---- the parts ----------------------------------------------------------- */

/* A block of the same list must stay: its region is held. */
static void collect_blocks(void)
{
    RAMBlock *rb;

    ram.blocks = g_ptr_array_new();
    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (qemu_ram_is_migratable(rb) && !is_ignored(rb)) {
            memory_region_ref(rb->mr);
            rb->bmap = bitmap_new(rb->max_length >> TARGET_PAGE_BITS);
            bitmap_set(rb->bmap, 0, pages_of(rb));
            if (ram.mapped) {
                rb->file_bmap = bitmap_new(rb->max_length >> TARGET_PAGE_BITS);
            }
            g_ptr_array_add(ram.blocks, rb);
        }
    }
}

static void put_block_list(QEMUFile *f)
{
    RAMBlock *rb;

    qemu_put_be64(f, sum_of_blocks(true) | RAM_SAVE_FLAG_MEM_SIZE);
    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (!qemu_ram_is_migratable(rb)) {
            continue;
        }
        qemu_put_counted_string(f, rb->idstr);
        qemu_put_be64(f, rb->used_length);
        if (migrate_capability(MIGRATION_CAPABILITY_X_IGNORE_SHARED)) {
            qemu_put_be64(f, rb->mr->addr);
        }
        if (ram.mapped) {
            mapped_ram_put_header(f, rb);
        }
    }
}

/* What is not there is not sent; what is written is, if that is wanted. */
static bool begin_tracking(QEMUFile *f, Error **errp)
{
    uint64_t sum = 0;

    ram.logging = !migrate_capability(MIGRATION_CAPABILITY_BACKGROUND_SNAPSHOT);
    if (ram.logging &&
        !memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, errp)) {
        return false;
    }
    ram.file = f;
    qatomic_set(&ram.active, true);
    if (ram.logging) {
        sync_bitmaps(false);
        return true;
    }
    for (guint i = 0; i < ram.blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(ram.blocks, i);

        forget_discarded(rb);
        sum += bitmap_count_one(rb->bmap, pages_of(rb));
    }
    qatomic_set(&ram.dirty_pages, sum);
    return true;
}

static int ram_save_setup(QEMUFile *f, void *opaque, Error **errp)
{
    ram.last_sent = NULL;
    ram.block = 0;
    ram.page = 0;
    ram.period_ms = 0;
    auto_converge_begin();
    if (migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM)) {
        ram.mapped = mapped_ram_pages_new(qemu_file_get_ioc(f), true, errp);
        if (!ram.mapped) {
            return -EINVAL;
        }
    }
    ram.multifd = multifd_has_channels();
    collect_blocks();
    if (!begin_tracking(f, errp)) {
        return -EIO;
    }
    put_block_list(f);
    /* Until it has had the list, the destination must not take pages. */
    ram.unsynced = true;
    end_round(f);
    qemu_put_be64(f, RAM_SAVE_FLAG_EOS);
    return qemu_fflush(f);
}

static int send_round(QEMUFile *f)
{
    int64_t end = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + MAX_PART_NS;
    uint64_t before = migration_transferred_bytes();
    bool finished = false;
    unsigned count = 0;
    int ret;

    if (!ram.logging) {
        ret = ram_background_round(f);
        qemu_put_be64(f, RAM_SAVE_FLAG_EOS);
        return ret < 0 ? ret : qemu_fflush(f) ?: ret;
    }
    if (auto_converge_wants_sync(ram.last_sync_ms)) {
        bql_lock();
        sync_bitmaps(false);
        bql_unlock();
    }
    while (!migration_rate_exceeded(f)) {
        unsigned long page;
        RAMBlock *rb;

        if (!ram_save_next_page(&rb, &page)) {
            finished = true;
            break;
        }
        ram_save_put_page(f, rb, page);
        if (!(++count % PAGES_PER_LOOK) &&
            qemu_clock_get_ns(QEMU_CLOCK_REALTIME) > end) {
            break;
        }
    }
    flush_run(f);
    qemu_put_be64(f, RAM_SAVE_FLAG_EOS);
    ret = qemu_fflush(f);
    stat64_add(&mig_stats.precopy_bytes,
               migration_transferred_bytes() - before);
    return ret ?: finished;
}

static int ram_save_iterate(QEMUFile *f, void *opaque)
{
    if (ram_postcopy_is_active()) {
        return ram_postcopy_iterate(f);
    }
    return send_round(f);
}

static int ram_save_complete(QEMUFile *f, void *opaque)
{
    uint64_t before = migration_transferred_bytes();
    unsigned long page;
    RAMBlock *rb;
    int ret;

    if (ram.logging) {
        sync_bitmaps(true);
    }
    while (!qemu_file_get_error(f) && ram_save_next_page(&rb, &page)) {
        ram_save_put_page(f, rb, page);
    }
    flush_run(f);
    for (guint i = 0; ram.mapped && i < ram.blocks->len; i++) {
        mapped_ram_put_bitmap(f, g_ptr_array_index(ram.blocks, i));
    }
    end_round(f);
    qemu_put_be64(f, RAM_SAVE_FLAG_EOS);
    ret = qemu_fflush(f);
    stat64_add(&mig_stats.downtime_bytes,
               migration_transferred_bytes() - before);
    return ret;
}

static bool ram_has_postcopy(void *opaque)
{
    return migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM);
}

static int ram_save_complete_postcopy(QEMUFile *f, void *opaque)
{
    return ram_postcopy_complete(f);
}

static void add_pending(uint64_t *must_precopy, uint64_t *can_postcopy)
{
    *(ram_has_postcopy(NULL) ? can_postcopy : must_precopy) +=
        ram_bytes_remaining();
}

static void ram_pending_estimate(void *opaque, uint64_t *must_precopy,
                                 uint64_t *can_postcopy)
{
    add_pending(must_precopy, can_postcopy);
}

static void ram_pending_exact(void *opaque, uint64_t *must_precopy,
                              uint64_t *can_postcopy)
{
    bql_lock();
    sync_bitmaps(false);
    bql_unlock();
    add_pending(must_precopy, can_postcopy);
}

static void ram_save_cleanup(void *opaque)
{
    g_clear_pointer(&ram.mapped, mapped_ram_pages_free);
    ram.run.rb = NULL;
    if (!ram.blocks) {
        return;
    }
    ram_postcopy_end();
    if (ram.active) {
        qatomic_set(&ram.active, false);
        ram.file = NULL;
        if (ram.logging) {
            memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
        }
        auto_converge_end();
    }
    for (guint i = 0; i < ram.blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(ram.blocks, i);

        g_clear_pointer(&rb->bmap, g_free);
        g_clear_pointer(&rb->file_bmap, g_free);
        memory_region_unref(rb->mr);
    }
    g_ptr_array_free(g_steal_pointer(&ram.blocks), true);
    qatomic_set(&ram.dirty_pages, 0);
}

/* ---- what happens meanwhile ---------------------------------------------- */

static void block_resized(RAMBlockNotifier *n, void *host, size_t old_size,
                          size_t new_size)
{
    ram_addr_t offset;
    RAMBlock *rb = qemu_ram_block_from_host(host, false, &offset);

    if (rb && qatomic_read(&ram.active) && !ram_is_ignored(rb) &&
        ram_resized_hook) {
        /* The destination was told another size. */
        ram_resized_hook(rb->idstr);
    }
}

static RAMBlockNotifier resize_notifier = {
    .ram_block_resized = block_resized,
};

static const SaveVMHandlers ram_handlers = {
    .save_setup = ram_save_setup,
    .save_live_iterate = ram_save_iterate,
    .save_live_complete_precopy = ram_save_complete,
    .save_live_complete_postcopy = ram_save_complete_postcopy,
    .has_postcopy = ram_has_postcopy,
    .save_cleanup = ram_save_cleanup,
    .state_pending_estimate = ram_pending_estimate,
    .state_pending_exact = ram_pending_exact,
    .load_state = ram_load,
    .load_cleanup = ram_load_cleanup,
};

void ram_mig_init(void)
{
    migration_ram_ignored_hook = ram_is_ignored;
    register_savevm_live("ram", 0, RAM_SAVE_VERSION, &ram_handlers, NULL);
    ram_block_notifier_add(&resize_notifier);
}
