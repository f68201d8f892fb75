/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A measurement has three forms. Page sampling compares hashes of some pages,
 * and needs nothing of the accelerator. The dirty bitmap is that of migration:
 * where none runs, its bits are cleared first; what one that runs takes away is
 * counted in total_dirty_pages. The dirty ring counts pages for each CPU.
 */
#include "qemu/osdep.h"
#include "dirty-rate.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "hw/core/cpu.h"
#include "migration/misc.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-dirty-rate.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "system/kvm.h"
#include "trace.h"

#define MIN_TIME_MS     50
#define MAX_TIME_MS     60000
#define DEFAULT_SAMPLES 512 /* pages of a GiB */
#define MIN_SAMPLES     128
#define MAX_SAMPLES     16384
/* So many are looked up at once, with the big lock. */
#define SAMPLES_PER_LOOK 64
/* What is smaller is not worth a sample. */
#define MIN_BLOCK_SIZE (128 * KiB)

/* A block, as it was at the beginning; it may be another at the end. */
typedef struct Block {
    RAMBlock *rb; /* to compare only, unless it is held */
    uint8_t *host;
    uint64_t pages;
    unsigned nr_samples;
    uint64_t *sample; /* numbers of pages */
    uint64_t *hash;
} Block;

typedef struct Rate {
    /* Chosen by the command; with the big lock while none is measured. */
    DirtyRateMeasureMode mode;
    int64_t wanted_ms;
    uint64_t samples; /* pages of a GiB */

    int status; /* DirtyRateStatus, atomically: MEASURED after all else */
    int64_t start_s, ms;
    int64_t rate; /* MiB/s */
    GArray *cpus; /* DirtyRateVcpu, with the dirty ring */

    QemuThread thread;
    bool has_thread;
    bool quit; /* atomically, then the semaphore */
    QemuSemaphore wake;
} Rate;

static Rate current;

static int64_t now_ms(void)
{
    return qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
}

/* From the beginning at @start_ms on, for as long as was asked for. */
static void wait_for_end(Rate *r, int64_t start_ms)
{
    int64_t left;

    while ((left = start_ms + r->wanted_ms - now_ms()) > 0 &&
           !qatomic_read(&r->quit)) {
        qemu_sem_timedwait(&r->wake, left);
    }
    r->ms = MAX(now_ms() - start_ms, 1);
}

static int64_t mib_per_second(uint64_t pages, int64_t ms)
{
    return (pages * 1000 >> (20 - TARGET_PAGE_BITS)) / ms;
}

/* ---- blocks -------------------------------------------------------------- */

static void block_clear(void *opaque)
{
    Block *b = opaque;

    g_free(b->sample);
    g_free(b->hash);
}

/* Those that there are now. Within an RCU read section. */
static GArray *blocks_now(void)
{
    GArray *blocks = g_array_new(false, false, sizeof(Block));
    RAMBlock *rb;

    g_array_set_clear_func(blocks, block_clear);
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (qemu_ram_is_migratable(rb)) {
            Block b = {
                .rb = rb,
                .host = rb->host,
                .pages = rb->used_length >> TARGET_PAGE_BITS,
            };

            g_array_append_val(blocks, b);
        }
    }
    return blocks;
}

/* The block, if it is as it was. Within an RCU read section. */
static RAMBlock *block_find(const Block *b)
{
    RAMBlock *rb;

    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (rb == b->rb && rb->host == b->host &&
            rb->used_length >> TARGET_PAGE_BITS == b->pages) {
            return rb;
        }
    }
    return NULL;
}

/* ---- page sampling ------------------------------------------------------- */

static uint64_t hash_of(const uint8_t *page)
{
    const uint64_t prime = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t lane[4] = { 1, 2, 3, 4 };
    uint64_t hash = 0;

    for (unsigned i = 0; i < TARGET_PAGE_SIZE; i += sizeof(lane)) {
        for (unsigned j = 0; j < ARRAY_SIZE(lane); j++) {
            uint64_t word = ldq_he_p(page + i + j * sizeof(word));

            lane[j] = (lane[j] ^ word) * prime;
            lane[j] ^= lane[j] >> 29;
        }
    }
    for (unsigned j = 0; j < ARRAY_SIZE(lane); j++) {
        hash = (hash ^ lane[j]) * prime;
        hash ^= hash >> 32;
    }
    return hash;
}

/* Memory that a guest does not have is not read: that would allocate it. */
static bool is_there(RAMBlock *rb, uint64_t page)
{
    RamDiscardManager *rdm = memory_region_get_ram_discard_manager(rb->mr);
    MemoryRegionSection section = {
        .mr = rb->mr,
        .offset_within_region = page << TARGET_PAGE_BITS,
        .size = int128_make64(TARGET_PAGE_SIZE),
    };

    return !rdm || ram_discard_manager_is_populated(rdm, &section);
}

static void choose_samples(Rate *r, Block *b)
{
    if (b->pages << TARGET_PAGE_BITS < MIN_BLOCK_SIZE) {
        return;
    }
    b->nr_samples = (b->pages << TARGET_PAGE_BITS) * r->samples / GiB;
    b->sample = g_new(uint64_t, b->nr_samples);
    for (unsigned i = 0; i < b->nr_samples; i++) {
        b->sample[i] =
            ((uint64_t)g_random_int() << 32 | g_random_int()) % b->pages;
    }
}

/* With the big lock: the block stays until it is let go, if it is there. */
static bool block_hold(const Block *b)
{
    RAMBlock *rb;

    RCU_READ_LOCK_GUARD();
    rb = b->nr_samples ? block_find(b) : NULL;
    if (rb) {
        memory_region_ref(rb->mr);
    }
    return rb;
}

static void block_let_go(const Block *b)
{
    memory_region_unref(b->rb->mr);
}

/*
 * The hashes of a block that is held. Managers of memory that comes and goes
 * are asked with the big lock, which is not kept for what takes long.
 */
static uint64_t *hash_samples(const Rate *r, const Block *b)
{
    uint64_t *hash = g_new0(uint64_t, b->nr_samples);

    for (unsigned i = 0; i < b->nr_samples && !qatomic_read(&r->quit);
         i += SAMPLES_PER_LOOK) {
        unsigned n = MIN(b->nr_samples - i, SAMPLES_PER_LOOK);
        bool there[SAMPLES_PER_LOOK];

        bql_lock();
        for (unsigned j = 0; j < n; j++) {
            there[j] = is_there(b->rb, b->sample[i + j]);
        }
        bql_unlock();
        for (unsigned j = 0; j < n; j++) {
            if (there[j]) {
                hash[i + j] =
                    hash_of(b->host + (b->sample[i + j] << TARGET_PAGE_BITS));
            }
        }
    }
    return hash;
}

/* Without the big lock; NULL if the block is not there any more. */
static uint64_t *hash_block(const Rate *r, const Block *b)
{
    uint64_t *hash;
    bool held;

    bql_lock();
    held = block_hold(b);
    bql_unlock();
    if (!held) {
        return NULL;
    }
    hash = hash_samples(r, b);
    bql_lock();
    block_let_go(b);
    bql_unlock();
    return hash;
}

static bool measure_samples(Rate *r)
{
    uint64_t changed = 0, looked_at = 0, pages = 0;
    int64_t start_ms = now_ms();
    GArray *blocks;

    bql_lock();
    WITH_RCU_READ_LOCK_GUARD() {
        blocks = blocks_now();
    }
    bql_unlock();
    for (guint i = 0; i < blocks->len; i++) {
        Block *b = &g_array_index(blocks, Block, i);

        choose_samples(r, b);
        b->hash = hash_block(r, b);
    }
    wait_for_end(r, start_ms);
    for (guint i = 0; i < blocks->len; i++) {
        Block *b = &g_array_index(blocks, Block, i);
        g_autofree uint64_t *hash = b->hash ? hash_block(r, b) : NULL;

        if (!hash) {
            continue;
        }
        pages += b->pages;
        looked_at += b->nr_samples;
        for (unsigned j = 0; j < b->nr_samples; j++) {
            changed += hash[j] != b->hash[j];
        }
    }
    g_array_unref(blocks);
    r->rate = looked_at
                  ? mib_per_second((double)pages * changed / looked_at, r->ms)
                  : 0;
    return true;
}

/* ---- the dirty bitmap ---------------------------------------------------- */

/* Bits that are set for migration. With the big lock. */
static uint64_t count_bits(RAMBlock *rb)
{
    return cpu_physical_memory_count_dirty(rb->offset, rb->used_length,
                                           DIRTY_MEMORY_MIGRATION);
}

/* What was written before does not count. */
static uint64_t clear_or_count(const GArray *blocks)
{
    uint64_t count = 0;

    for (guint i = 0; i < blocks->len; i++) {
        RAMBlock *rb = g_array_index(blocks, Block, i).rb;

        if (migration_is_running()) {
            count += count_bits(rb);
        } else {
            cpu_physical_memory_test_and_clear_dirty(
                rb->offset, rb->used_length, DIRTY_MEMORY_MIGRATION);
        }
    }
    return count;
}

static uint64_t count_all(const GArray *blocks)
{
    uint64_t count = 0;

    for (guint i = 0; i < blocks->len; i++) {
        RAMBlock *rb = block_find(&g_array_index(blocks, Block, i));

        count += rb ? count_bits(rb) : 0;
    }
    return count;
}

/* The log that is kept meanwhile; false after a message. With the big lock. */
static bool start_log(void)
{
    Error *err = NULL;

    if (!memory_global_dirty_log_start(GLOBAL_DIRTY_DIRTY_RATE, &err)) {
        error_reportf_err(err, "the dirty rate cannot be measured: ");
        return false;
    }
    return true;
}

static bool measure_bitmap(Rate *r)
{
    uint64_t before, after;
    int64_t start_ms;
    GArray *blocks;

    bql_lock();
    if (!start_log()) {
        bql_unlock();
        return false;
    }
    memory_global_dirty_log_sync(false);
    WITH_RCU_READ_LOCK_GUARD() {
        blocks = blocks_now();
        before = clear_or_count(blocks);
    }
    /* What migration takes is counted from now on. */
    total_dirty_pages = 0;
    memory_global_after_dirty_log_sync();
    bql_unlock();

    start_ms = now_ms();
    wait_for_end(r, start_ms);

    bql_lock();
    memory_global_dirty_log_sync(false);
    WITH_RCU_READ_LOCK_GUARD() {
        after = count_all(blocks) + total_dirty_pages;
    }
    memory_global_dirty_log_stop(GLOBAL_DIRTY_DIRTY_RATE);
    bql_unlock();
    g_array_unref(blocks);
    r->rate = mib_per_second(after > before ? after - before : 0, r->ms);
    return true;
}

/* ---- the dirty ring ------------------------------------------------------ */

typedef struct CPUCount {
    int cpu;
    uint64_t pages;
} CPUCount;

static GArray *count_cpus(void)
{
    GArray *counts = g_array_new(false, false, sizeof(CPUCount));
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        CPUCount c = { cpu->cpu_index, cpu->dirty_pages };

        g_array_append_val(counts, c);
    }
    return counts;
}

static void rate_of_cpu(Rate *r, const GArray *before, const CPUCount *now)
{
    for (guint i = 0; i < before->len; i++) {
        const CPUCount *then = &g_array_index(before, CPUCount, i);

        if (then->cpu == now->cpu && then->pages <= now->pages) {
            DirtyRateVcpu rate = {
                .id = now->cpu,
                .dirty_rate = mib_per_second(now->pages - then->pages, r->ms),
            };

            g_array_append_val(r->cpus, rate);
            r->rate += rate.dirty_rate;
        }
    }
}

static bool measure_ring(Rate *r)
{
    g_autoptr(GArray) before = NULL, after = NULL;
    int64_t start_ms;

    bql_lock();
    if (!start_log()) {
        bql_unlock();
        return false;
    }
    before = count_cpus();
    bql_unlock();

    start_ms = now_ms();
    wait_for_end(r, start_ms);

    bql_lock();
    memory_global_dirty_log_sync(false);
    after = count_cpus();
    memory_global_dirty_log_stop(GLOBAL_DIRTY_DIRTY_RATE);
    for (guint i = 0; i < after->len; i++) {
        rate_of_cpu(r, before, &g_array_index(after, CPUCount, i));
    }
    bql_unlock();
    return true;
}

/* ---- the thread, and its end --------------------------------------------- */

static void set_status(Rate *r, DirtyRateStatus status)
{
    trace_dirtyrate_set_state(DirtyRateStatus_str(status));
    qatomic_store_release(&r->status, status);
}

/* False if it could not, after a message. */
static bool measure_by_mode(Rate *r)
{
    switch (r->mode) {
    case DIRTY_RATE_MEASURE_MODE_DIRTY_BITMAP:
        return measure_bitmap(r);
    case DIRTY_RATE_MEASURE_MODE_DIRTY_RING:
        return measure_ring(r);
    default:
        return measure_samples(r);
    }
}

static void *measure(void *opaque)
{
    Rate *r = opaque;

    rcu_register_thread();
    if (measure_by_mode(r)) {
        trace_dirtyrate_calculate(r->rate);
        set_status(r, DIRTY_RATE_STATUS_MEASURED);
    } else {
        set_status(r, DIRTY_RATE_STATUS_UNSTARTED);
    }
    rcu_unregister_thread();
    return NULL;
}

/* That of the last measurement, which is over or ends soon. */
static void join_thread(Rate *r)
{
    if (r->has_thread) {
        bql_unlock();
        qemu_thread_join(&r->thread);
        bql_lock();
        r->has_thread = false;
    }
}

void dirty_rate_shutdown(void)
{
    Rate *r = &current;

    if (r->has_thread) {
        qatomic_set(&r->quit, true);
        qemu_sem_post(&r->wake);
        join_thread(r);
    }
    g_clear_pointer(&r->cpus, g_array_unref);
}

/* ---- commands ------------------------------------------------------------ */

static int64_t per_second(TimeUnit unit)
{
    return unit == TIME_UNIT_MILLISECOND ? 1000 : 1;
}

/* False for what overflows, too. */
static bool time_in_ms(int64_t time, TimeUnit unit, int64_t *ms)
{
    int64_t factor = 1000 / per_second(unit);

    if (time < 0 || time > MAX_TIME_MS) {
        return false;
    }
    *ms = time * factor;
    return *ms >= MIN_TIME_MS && *ms <= MAX_TIME_MS;
}

static bool check_mode(DirtyRateMeasureMode mode, Error **errp)
{
    bool ring = kvm_dirty_ring_enabled();

    if ((mode == DIRTY_RATE_MEASURE_MODE_DIRTY_RING && !ring) ||
        (mode == DIRTY_RATE_MEASURE_MODE_DIRTY_BITMAP && ring)) {
        error_setg(errp, "mode %s is not enabled, use other method instead.",
                   DirtyRateMeasureMode_str(mode));
        return false;
    }
    return true;
}

static bool check_samples(DirtyRateMeasureMode mode, int64_t samples,
                          Error **errp)
{
    if (mode != DIRTY_RATE_MEASURE_MODE_PAGE_SAMPLING) {
        error_setg(errp, "sample-pages is used only in page-sampling mode");
        return false;
    }
    if (samples < MIN_SAMPLES || samples > MAX_SAMPLES) {
        error_setg(errp, "sample-pages is out of range[%d, %d].", MIN_SAMPLES,
                   MAX_SAMPLES);
        return false;
    }
    return true;
}

void qmp_calc_dirty_rate(int64_t calc_time, bool has_calc_time_unit,
                         TimeUnit calc_time_unit, bool has_sample_pages,
                         int64_t sample_pages, bool has_mode,
                         DirtyRateMeasureMode mode, Error **errp)
{
    Rate *r = &current;
    int64_t ms;

    if (qatomic_read(&r->status) == DIRTY_RATE_STATUS_MEASURING) {
        error_setg(errp, "the dirty rate is already being measured.");
        return;
    }
    if (!time_in_ms(calc_time,
                    has_calc_time_unit ? calc_time_unit : TIME_UNIT_SECOND,
                    &ms)) {
        error_setg(errp, "Calculation time is out of range [%dms, %dms].",
                   MIN_TIME_MS, MAX_TIME_MS);
        return;
    }
    mode = has_mode ? mode : DIRTY_RATE_MEASURE_MODE_PAGE_SAMPLING;
    if ((has_sample_pages && !check_samples(mode, sample_pages, errp)) ||
        !check_mode(mode, errp)) {
        return;
    }
    join_thread(r);
    if (!r->cpus) {
        r->cpus = g_array_new(false, false, sizeof(DirtyRateVcpu));
        qemu_sem_init(&r->wake, 0);
    }
    g_array_set_size(r->cpus, 0);
    r->mode = mode;
    r->wanted_ms = r->ms = ms;
    r->samples = has_sample_pages ? sample_pages : DEFAULT_SAMPLES;
    r->rate = 0;
    r->start_s = qemu_clock_get_ms(QEMU_CLOCK_HOST) / 1000;
    set_status(r, DIRTY_RATE_STATUS_MEASURING);
    r->has_thread = true;
    qemu_thread_create(&r->thread, "mig/dirtyrate", measure, r,
                       QEMU_THREAD_JOINABLE);
}

static DirtyRateVcpuList *cpu_list(const Rate *r)
{
    DirtyRateVcpuList *list = NULL, **tail = &list;

    for (guint i = 0; i < r->cpus->len; i++) {
        DirtyRateVcpu *cpu =
            g_memdup2(&g_array_index(r->cpus, DirtyRateVcpu, i), sizeof(*cpu));

        QAPI_LIST_APPEND(tail, cpu);
    }
    return list;
}

DirtyRateInfo *qmp_query_dirty_rate(bool has_calc_time_unit,
                                    TimeUnit calc_time_unit, Error **errp)
{
    const Rate *r = &current;
    TimeUnit unit = has_calc_time_unit ? calc_time_unit : TIME_UNIT_SECOND;
    DirtyRateInfo *info = g_new0(DirtyRateInfo, 1);
    bool done;

    info->status = qatomic_load_acquire(&r->status);
    done = info->status == DIRTY_RATE_STATUS_MEASURED;
    info->start_time = r->start_s;
    info->calc_time = (done ? r->ms : r->wanted_ms) * per_second(unit) / 1000;
    info->calc_time_unit = unit;
    info->mode = r->mode;
    info->sample_pages =
        !done || r->mode == DIRTY_RATE_MEASURE_MODE_PAGE_SAMPLING ? r->samples
                                                                  : 0;
    if (done) {
        info->has_dirty_rate = true;
        info->dirty_rate = r->rate;
        if (r->mode == DIRTY_RATE_MEASURE_MODE_DIRTY_RING) {
            info->has_vcpu_dirty_rate = true;
            info->vcpu_dirty_rate = cpu_list(r);
        }
    }
    return info;
}
