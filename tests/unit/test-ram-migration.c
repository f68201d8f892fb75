/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM in the stream: random content in blocks of several kinds, written while
 * it is sent, arrives as it was at the end; what is discarded is neither read
 * nor sent; streams that are cut short or changed.
 */
#include "qemu/osdep.h"
#include "migration-fixture.h"
#include "qapi/qapi-commands-dirty-rate.h"
#include "qapi/qapi-commands-migration.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/units.h"
#include "ram-helpers.h"
#include "../../migration/dirty-rate.h"
#include "../../migration/migration-stats.h"
#include "../../migration/options.h"
#include "../../migration/ram.h"

#define PAGE     ((size_t)TARGET_PAGE_SIZE)
#define GRANULE  (64 * KiB)
#define GRANULES 64

enum { PLAIN, SHARED, RESIZEABLE, PARTS, NAMED_FILE, LOCAL, BLOCKS };

static MemoryRegion *regions[BLOCKS];
static const size_t sizes[BLOCKS] = { MiB,       256 * KiB,
                                      512 * KiB, GRANULES *GRANULE,
                                      128 * KiB, 64 * KiB };
static char *file_path, *stream_path;

static uint8_t *host_of(int i)
{
    return regions[i]->ram_block->host;
}

static size_t used(int i)
{
    return regions[i]->ram_block->used_length;
}

/* ---- memory of which parts are there ------------------------------------- */

static bool populated[GRANULES];

static uint64_t parts_granularity(const RamDiscardManager *rdm,
                                  const MemoryRegion *mr)
{
    return GRANULE;
}

static bool parts_is_populated(const RamDiscardManager *rdm,
                               const MemoryRegionSection *section)
{
    hwaddr at = section->offset_within_region;
    hwaddr end = at + int128_get64(section->size);

    for (; at < end; at = (at / GRANULE + 1) * GRANULE) {
        if (!populated[at / GRANULE]) {
            return false;
        }
    }
    return true;
}

static int parts_replay(MemoryRegionSection *section, bool wanted,
                        ReplayRamPopulate populate, ReplayRamDiscard discard,
                        void *opaque)
{
    for (int i = 0; i < GRANULES; i++) {
        MemoryRegionSection part = *section;

        if (populated[i] == wanted) {
            part.offset_within_region = i * GRANULE;
            part.size = int128_make64(GRANULE);
            if (populate) {
                populate(&part, opaque);
            } else {
                discard(&part, opaque);
            }
        }
    }
    return 0;
}

static int parts_replay_populated(const RamDiscardManager *rdm,
                                  MemoryRegionSection *section,
                                  ReplayRamPopulate fn, void *opaque)
{
    return parts_replay(section, true, fn, NULL, opaque);
}

static void parts_replay_discarded(const RamDiscardManager *rdm,
                                   MemoryRegionSection *section,
                                   ReplayRamDiscard fn, void *opaque)
{
    parts_replay(section, false, NULL, fn, opaque);
}

static void parts_class_init(ObjectClass *oc, void *data)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_CLASS(oc);

    rdmc->get_min_granularity = parts_granularity;
    rdmc->is_populated = parts_is_populated;
    rdmc->replay_populated = parts_replay_populated;
    rdmc->replay_discarded = parts_replay_discarded;
}

static const TypeInfo parts_type = {
    .name = "test-parts",
    .parent = TYPE_OBJECT,
    .class_init = parts_class_init,
    .interfaces = (InterfaceInfo[]){ { TYPE_RAM_DISCARD_MANAGER }, {} },
};

/* ---- the blocks ---------------------------------------------------------- */

static void make_blocks(void)
{
    Object *parts;

    for (int i = 0; i < BLOCKS; i++) {
        regions[i] = region_new();
    }
    memory_region_init_ram_nomigrate(regions[PLAIN], owner, "plain",
                                     sizes[PLAIN], &error_abort);
    memory_region_init_ram_flags_nomigrate(regions[SHARED], owner, "shared",
                                           sizes[SHARED], RAM_SHARED,
                                           &error_abort);
    memory_region_init_resizeable_ram(regions[RESIZEABLE], owner, "resizeable",
                                      64 * KiB, sizes[RESIZEABLE], NULL,
                                      &error_abort);
    memory_region_init_ram_nomigrate(regions[PARTS], owner, "parts",
                                     sizes[PARTS], &error_abort);
    file_path = temp_file(sizes[NAMED_FILE], NULL);
    memory_region_init_ram_from_file(
        regions[NAMED_FILE], owner, "named-file", sizes[NAMED_FILE], 0,
        RAM_SHARED | RAM_NAMED_FILE, file_path, 0, &error_abort);
    memory_region_init_ram_nomigrate(regions[LOCAL], owner, "local",
                                     sizes[LOCAL], &error_abort);
    for (int i = 0; i < LOCAL; i++) {
        vmstate_register_ram_global(regions[i]);
    }
    type_register_static(&parts_type);
    parts = object_new("test-parts");
    memory_region_set_ram_discard_manager(regions[PARTS],
                                          RAM_DISCARD_MANAGER(parts));
    /* Residency counts pages. */
    madvise(host_of(PARTS), sizes[PARTS], MADV_NOHUGEPAGE);
}

static int random_between(int low, int high)
{
    return g_test_rand_int_range(low, high + 1);
}

static void write_page(int i, size_t page)
{
    uint8_t *at = host_of(i) + page * PAGE;

    if (i == PARTS && !populated[page * PAGE / GRANULE]) {
        return;
    }
    switch (random_between(0, 3)) {
    case 0:
        memset(at, 0, PAGE);
        break;
    case 1: /* almost zero */
        memset(at, 0, PAGE);
        at[random_between(0, PAGE - 1)] = random_between(1, 255);
        break;
    default:
        memset(at, random_between(1, 255), PAGE);
        *(uint32_t *)at = g_test_rand_int();
    }
    memory_region_set_dirty(regions[i], page * PAGE, PAGE);
}

static void write_some(int count)
{
    while (count--) {
        int i = random_between(0, BLOCKS - 1);

        write_page(i, random_between(0, used(i) / PAGE - 1));
    }
}

static void choose_parts(void)
{
    ram_block_discard_range(regions[PARTS]->ram_block, 0, sizes[PARTS]);
    for (int i = 0; i < GRANULES; i++) {
        populated[i] = random_between(0, 1);
    }
}

/* Pages of unpopulated parts in memory. */
static size_t resident_holes(void)
{
    size_t count = 0;

    for (int i = 0; i < GRANULES; i++) {
        if (!populated[i]) {
            count += resident_pages(host_of(PARTS) + i * GRANULE, GRANULE);
        }
    }
    return count;
}

/* ---- there and back ------------------------------------------------------ */

static GByteArray *send_while_writing(bool slowly)
{
    Saving s;

    if (slowly) {
        migration_rate_set(random_between(1, 64) * 10 * PAGE);
    } else {
        migration_rate_set(RATE_LIMIT_DISABLED);
    }
    migration_rate_reset();
    if (migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM)) {
        saving_begin_file(&s, stream_path);
    } else {
        saving_begin(&s);
    }
    for (int i = random_between(0, 40); i; i--) {
        saving_round(&s);
        if (random_between(0, 3) == 0) {
            uint64_t must, can;

            bql_unlock();
            savevm_pending(true, &must, &can);
            bql_lock();
            g_assert_cmpuint(must, ==, ram_bytes_remaining());
        }
        write_some(random_between(0, 20));
        migration_rate_reset();
    }
    migration_rate_set(RATE_LIMIT_DISABLED);
    return saving_end(&s);
}

static void scribble(bool with_file)
{
    for (int i = 0; i < BLOCKS; i++) {
        for (size_t page = 0; page < used(i) / PAGE; page++) {
            if ((i != NAMED_FILE || with_file) &&
                (i != PARTS || populated[page * PAGE / GRANULE])) {
                memset(host_of(i) + page * PAGE, random_between(0, 1) * 0xee,
                       PAGE);
            }
        }
    }
}

static void there_and_back(bool slowly, bool ignore_shared)
{
    uint8_t *want[BLOCKS];
    size_t want_used[BLOCKS];
    GByteArray *bytes;

    migrate_set_capability(MIGRATION_CAPABILITY_X_IGNORE_SHARED, ignore_shared,
                           &error_abort);
    choose_parts();
    qemu_ram_resize(regions[RESIZEABLE]->ram_block,
                    random_between(1, 128) * PAGE, &error_abort);
    write_some(1000);
    bytes = send_while_writing(slowly);
    g_assert_cmpuint(resident_holes(), ==, 0);
    g_assert_cmpuint(ram_bytes_remaining(), ==, 0);

    for (int i = 0; i < BLOCKS; i++) {
        want_used[i] = used(i);
        want[i] = g_malloc(used(i));
        for (size_t at = 0; at < used(i); at += PAGE) {
            if (i == PARTS && !populated[at / GRANULE]) {
                memset(want[i] + at, 0, PAGE);
            } else {
                memcpy(want[i] + at, host_of(i) + at, PAGE);
            }
        }
    }
    qemu_ram_resize(regions[RESIZEABLE]->ram_block,
                    random_between(1, 128) * PAGE, &error_abort);
    scribble(!ignore_shared);
    if (bytes->len) {
        g_assert_true(load_bytes(bytes->data, bytes->len, &error_abort));
    } else {
        g_assert_true(load_file(stream_path, &error_abort));
    }
    g_assert_cmpuint(resident_holes(), ==, 0);
    for (int i = 0; i < BLOCKS; i++) {
        g_assert_cmpuint(used(i), ==, want_used[i]);
        if (i != LOCAL) {
            for (size_t at = 0; at < used(i); at += PAGE) {
                if ((i != PARTS || populated[at / GRANULE]) &&
                    memcmp(host_of(i) + at, want[i] + at, PAGE)) {
                    g_error("block %d differs at 0x%zx", i, at);
                }
            }
        }
        g_free(want[i]);
    }
    g_byte_array_unref(bytes);
}

static void test_at_once(void)
{
    for (int i = 0; i < 5; i++) {
        there_and_back(false, false);
    }
}

static void test_slowly(void)
{
    for (int i = 0; i < 40; i++) {
        there_and_back(true, false);
    }
}

static void test_ignore_shared(void)
{
    for (int i = 0; i < 5; i++) {
        there_and_back(true, true);
    }
    migrate_options_reset();
}

/* Blocks, a header and a bitmap each, and nothing twice. */
static void check_size_of_file(void)
{
    size_t bound = MiB;
    struct stat st;

    for (int i = 0; i < LOCAL; i++) {
        bound += used(i) + MiB;
    }
    g_assert_cmpint(stat(stream_path, &st), ==, 0);
    g_assert_cmpint(st.st_size, <, bound);
}

static void in_file(bool direct)
{
    MigrateSetParameters p = { .has_direct_io = true, .direct_io = direct };

    migrate_set_capability(MIGRATION_CAPABILITY_MAPPED_RAM, true, &error_abort);
    qmp_migrate_set_parameters(&p, &error_abort);
    for (int i = 0; i < 16; i++) {
        there_and_back(i & 1, i & 2);
        check_size_of_file();
    }
    migrate_options_reset();
}

static void test_mapped(void)
{
    in_file(false);
}

static void test_direct(void)
{
    int fd = open(stream_path, O_RDWR | O_CREAT | O_DIRECT, 0600);

    if (fd < 0) {
        g_test_skip("the file system has no O_DIRECT");
        return;
    }
    close(fd);
    in_file(true);
}

/* Bits for parts that are discarded, and any other damage. */
static void test_mapped_hostile(void)
{
    g_autofree char *good = NULL;
    Error *err = NULL;
    size_t size;

    migrate_set_capability(MIGRATION_CAPABILITY_MAPPED_RAM, true, &error_abort);
    choose_parts();
    write_some(300);
    g_byte_array_unref(send_while_writing(false));
    g_assert_true(g_file_get_contents(stream_path, &good, &size, NULL));
    for (int i = 0; i < 300; i++) {
        /* Headers and bitmaps are at the beginning of each MiB. */
        size_t at = random_between(0, size / MiB) * MiB +
                    random_between(0, i & 1 ? 200 : 8 * KiB);
        FILE *file = fopen(stream_path, "r+");
        char value = g_test_rand_int(), old = at < size ? good[at] : 0;

        g_assert_nonnull(file);
        fseek(file, at, SEEK_SET);
        fwrite(&value, 1, 1, file);
        fclose(file);
        load_file(stream_path, &err);
        error_free(g_steal_pointer(&err));
        g_assert_cmpuint(resident_holes(), ==, 0);
        file = fopen(stream_path, "r+");
        fseek(file, at, SEEK_SET);
        fwrite(&old, 1, 1, file);
        fclose(file);
    }
    g_assert_true(load_file(stream_path, &error_abort));
    for (int i = 0; i < 40; i++) {
        g_assert_cmpint(truncate(stream_path, random_between(0, size - 1)), ==,
                        0);
        g_assert_false(load_file(stream_path, &err));
        error_free(g_steal_pointer(&err));
        g_assert_true(g_file_set_contents(stream_path, good, size, NULL));
    }
    migrate_options_reset();
}

/* What an idle, empty guest costs; the counters. */
static void test_counters(void)
{
    uint64_t pages = 0;
    GByteArray *bytes;

    choose_parts();
    for (int i = 0; i < BLOCKS; i++) {
        memset(host_of(i), 0, used(i));
    }
    memset(populated, 0, sizeof(populated));
    ram_block_discard_range(regions[PARTS]->ram_block, 0, sizes[PARTS]);
    memset(host_of(PLAIN) + 3 * PAGE, 1, 2 * PAGE);
    memset(&mig_stats, 0, sizeof(mig_stats));
    for (int i = 0; i < LOCAL; i++) {
        pages += i == PARTS ? 0 : used(i) / PAGE;
    }
    {
        Saving s;

        saving_begin(&s);
        g_assert_cmpuint(ram_bytes_remaining(), ==, pages * PAGE);
        g_assert_true(saving_round(&s));
        bytes = saving_end(&s);
    }
    g_assert_cmpuint(stat64_get(&mig_stats.normal_pages), ==, 2);
    g_assert_cmpuint(stat64_get(&mig_stats.zero_pages), ==, pages - 2);
    g_assert_cmpuint(migration_transferred_bytes(), ==, bytes->len);
    g_assert_cmpuint(resident_pages(host_of(PARTS), sizes[PARTS]), ==, 0);
    g_byte_array_unref(bytes);
}

/* ---- what must not change, what must not be believed --------------------- */

static char *resized;

static void note_resize(const char *block)
{
    g_free(resized);
    resized = g_strdup(block);
}

static void test_resize_meanwhile(void)
{
    Saving s;

    ram_resized_hook = note_resize;
    saving_begin(&s);
    qemu_ram_resize(regions[RESIZEABLE]->ram_block,
                    used(RESIZEABLE) == PAGE ? 2 * PAGE : PAGE, &error_abort);
    g_assert_cmpstr(resized, ==, "resizeable");
    g_byte_array_unref(saving_end(&s));
    g_clear_pointer(&resized, g_free);
    qemu_ram_resize(regions[RESIZEABLE]->ram_block, 5 * PAGE, &error_abort);
    g_assert_null(resized);
    ram_resized_hook = NULL;
}

static void test_hostile(void)
{
    GByteArray *bytes;
    Error *err = NULL;

    choose_parts();
    write_some(300);
    bytes = send_while_writing(false);
    for (int i = 0; i < 150; i++) {
        g_assert_false(
            load_bytes(bytes->data, random_between(0, bytes->len - 1), &err));
        g_assert_nonnull(err);
        error_free(g_steal_pointer(&err));
    }
    for (int i = 0; i < 400; i++) {
        guint at = random_between(0, i % 2 ? 600 : bytes->len - 1);
        uint8_t old = bytes->data[at];

        bytes->data[at] = g_test_rand_int();
        load_bytes(bytes->data, bytes->len, &err);
        error_free(g_steal_pointer(&err));
        bytes->data[at] = old;
    }
    for (int i = 0; i < BLOCKS; i++) {
        g_assert_cmpuint(used(i), <=, sizes[i]);
    }
    g_assert_true(load_bytes(bytes->data, bytes->len, &error_abort));
    g_byte_array_unref(bytes);
}

/* ---- how fast it is written ---------------------------------------------- */

static bool refuse_log(MemoryListener *listener, Error **errp)
{
    error_setg(errp, "no log");
    return false;
}

static DirtyRateStatus measure(DirtyRateMeasureMode mode, int64_t *rate)
{
    DirtyRateStatus status = DIRTY_RATE_STATUS_MEASURING;

    qmp_calc_dirty_rate(50, true, TIME_UNIT_MILLISECOND, false, 0, true, mode,
                        &error_abort);
    while (status == DIRTY_RATE_STATUS_MEASURING) {
        DirtyRateInfo *info = qmp_query_dirty_rate(false, 0, &error_abort);

        status = info->status;
        *rate = info->has_dirty_rate ? info->dirty_rate : -1;
        qapi_free_DirtyRateInfo(info);
        bql_unlock();
        g_usleep(1000);
        bql_lock();
    }
    return status;
}

/* A log that cannot be kept is not one in which nothing was written. */
static void test_dirty_rate(void)
{
    MemoryListener listener = {
        .name = "refuses",
        .log_global_start = refuse_log,
    };
    static AddressSpace as[1];
    static MemoryRegion root[1];
    int64_t rate;

    choose_parts();
    g_assert_cmpint(measure(DIRTY_RATE_MEASURE_MODE_PAGE_SAMPLING, &rate), ==,
                    DIRTY_RATE_STATUS_MEASURED);
    g_assert_cmpint(rate, ==, 0);
    g_assert_cmpint(measure(DIRTY_RATE_MEASURE_MODE_DIRTY_BITMAP, &rate), ==,
                    DIRTY_RATE_STATUS_MEASURED);
    memory_region_init(root, NULL, "root", UINT64_MAX);
    address_space_init(as, root, "memory");
    memory_listener_register(&listener, as);
    g_assert_cmpint(measure(DIRTY_RATE_MEASURE_MODE_DIRTY_BITMAP, &rate), ==,
                    DIRTY_RATE_STATUS_UNSTARTED);
    g_assert_cmpint(rate, ==, -1);
    memory_listener_unregister(&listener);
    address_space_destroy(as);
    dirty_rate_shutdown();
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    fixture_init();
    bql_unlock();
    ram_helpers_init();
    ram_mig_init();
    make_blocks();
    stream_path = temp_file(0, NULL);
    g_test_add_func("/ram-migration/at-once", test_at_once);
    g_test_add_func("/ram-migration/slowly", test_slowly);
    g_test_add_func("/ram-migration/ignore-shared", test_ignore_shared);
    g_test_add_func("/ram-migration/mapped", test_mapped);
    g_test_add_func("/ram-migration/direct", test_direct);
    g_test_add_func("/ram-migration/mapped-hostile", test_mapped_hostile);
    g_test_add_func("/ram-migration/counters", test_counters);
    g_test_add_func("/ram-migration/resize-meanwhile", test_resize_meanwhile);
    g_test_add_func("/ram-migration/hostile", test_hostile);
    g_test_add_func("/ram-migration/dirty-rate", test_dirty_rate);
    ret = g_test_run();
    unlink(file_path);
    unlink(stream_path);
    return ret;
}
