/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discarding RAM: that it frees memory, who forbids it, who announces it. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "ram-helpers.h"

#define SIZE  (256 * KiB)
#define BLOCK (16 * KiB)

/* ---- the memory ---------------------------------------------------------- */

static void check_discard(MemoryRegion *mr)
{
    RAMBlock *rb = mr->ram_block;
    size_t page = qemu_real_host_page_size();

    memset(rb->host, 0x5a, SIZE);
    g_assert_cmpuint(resident_pages(rb->host, SIZE), ==, SIZE / page);
    g_assert_cmpint(ram_block_discard_range(rb, BLOCK, 2 * BLOCK), ==, 0);
    g_assert_cmpuint(resident_pages(rb->host + BLOCK, 2 * BLOCK), ==, 0);
    g_assert_cmpuint(resident_pages(rb->host, SIZE), ==,
                     (SIZE - 2 * BLOCK) / page);
    g_assert_true(buffer_is_zero(rb->host + BLOCK, 2 * BLOCK));
    g_assert_cmpint(rb->host[BLOCK - 1], ==, 0x5a);
    g_assert_cmpint(rb->host[3 * BLOCK], ==, 0x5a);
    g_assert_cmpint(ram_block_discard_range(rb, 0, SIZE), ==, 0);
    g_assert_cmpuint(resident_pages(rb->host, SIZE), ==, 0);
    g_assert_cmpint(ram_block_discard_range(rb, SIZE, 0), ==, 0);
}

static void test_anonymous(void)
{
    MemoryRegion *mr = region_new();

    /* Huge pages would count as resident where only a part was touched. */
    memory_region_init_ram(mr, owner, "ram", SIZE, &error_abort);
    check_discard(mr);
    region_end(mr);
}

static void test_shared(void)
{
    MemoryRegion *mr = region_new();
    struct stat st;

    memory_region_init_ram_flags_nomigrate(mr, owner, "ram", SIZE, RAM_SHARED,
                                           &error_abort);
    check_discard(mr);
    g_assert_cmpint(fstat(mr->ram_block->fd, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, SIZE);
    g_assert_cmpint(st.st_blocks, ==, 0);
    region_end(mr);
}

/* Shared memory without a file: as long as somebody has it. */
static void test_shared_anonymous(void)
{
    MemoryRegion *mr = region_new();
    uint8_t *host = qemu_anon_ram_alloc(SIZE, NULL, true, false);

    memory_region_init_ram_ptr(mr, owner, "ram", SIZE, host);
    mr->ram_block->flags |= RAM_SHARED;
    check_discard(mr);
    region_end(mr);
    qemu_anon_ram_free(host, SIZE);
}

static void test_file_offset(void)
{
    int fd;
    g_autofree char *path = temp_file(SIZE + 64 * KiB, &fd);
    MemoryRegion *mr = region_new();
    char byte;

    g_assert_cmpint(pwrite(fd, "x", 1, 64 * KiB - 1), ==, 1);
    memory_region_init_ram_from_file(mr, owner, "file", SIZE, 0, RAM_SHARED,
                                     path, 64 * KiB, &error_abort);
    memset(mr->ram_block->host, 1, SIZE);
    g_assert_cmpint(ram_block_discard_range(mr->ram_block, 0, BLOCK), ==, 0);
    g_assert_true(buffer_is_zero(mr->ram_block->host, BLOCK));
    g_assert_cmpint(pread(fd, &byte, 1, 64 * KiB - 1), ==, 1);
    g_assert_cmpint(byte, ==, 'x');
    g_assert_cmpint(pread(fd, &byte, 1, 64 * KiB + BLOCK), ==, 1);
    g_assert_cmpint(byte, ==, 1);
    region_end(mr);

    /* What cannot be written cannot be discarded. */
    mr = region_new();
    memory_region_init_ram_from_file(mr, owner, "file", SIZE, 0,
                                     RAM_READONLY_FD, path, 64 * KiB,
                                     &error_abort);
    g_assert_cmpint(ram_block_discard_range(mr->ram_block, 0, BLOCK), ==,
                    -EROFS);
    region_end(mr);
    close(fd);
    unlink(path);
}

static void test_bad_ranges(void)
{
    MemoryRegion *mr = region_new();
    RAMBlock *rb;

    memory_region_init_ram(mr, owner, "ram", SIZE, &error_abort);
    rb = mr->ram_block;
    g_assert_cmpint(ram_block_discard_range(rb, 1, BLOCK), ==, -EINVAL);
    g_assert_cmpint(ram_block_discard_range(rb, 0, BLOCK + 1), ==, -EINVAL);
    g_assert_cmpint(ram_block_discard_range(rb, BLOCK, SIZE), ==, -EINVAL);
    g_assert_cmpint(ram_block_discard_range(rb, SIZE + BLOCK, BLOCK), ==,
                    -EINVAL);
    g_assert_cmpint(ram_block_discard_range(rb, BLOCK, -BLOCK), ==, -EINVAL);
    region_end(mr);
}

/* ---- who excludes whom --------------------------------------------------- */

typedef int Take(bool state);

static void test_exclusion(void)
{
    static Take *const takes[] = {
        ram_block_discard_disable,
        ram_block_uncoordinated_discard_disable,
        ram_block_discard_require,
        ram_block_coordinated_discard_require,
    };
    /* Whether the second can be taken while the first is. */
    static const bool ok[4][4] = {
        { true, true, false, false },
        { true, true, false, true },
        { false, false, true, true },
        { false, true, true, true },
    };

    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            g_assert_cmpint(takes[i](true), ==, 0);
            g_assert_cmpint(ram_block_discard_is_disabled(), ==, i < 2);
            g_assert_cmpint(ram_block_discard_is_required(), ==, i >= 2);
            g_assert_cmpint(takes[j](true), ==, ok[i][j] ? 0 : -EBUSY);
            if (ok[i][j]) {
                g_assert_cmpint(takes[j](false), ==, 0);
            }
            g_assert_cmpint(takes[i](false), ==, 0);
        }
    }
    g_assert_false(ram_block_discard_is_disabled());
    g_assert_false(ram_block_discard_is_required());
}

/* ---- a manager ----------------------------------------------------------- */

#define TYPE_MANAGER "test-ram-manager"
#define NR           (SIZE / BLOCK)

typedef struct Manager {
    Object parent_obj;
    MemoryRegion *mr;
    bool there[NR];
    QLIST_HEAD(, RamDiscardListener) listeners;
} Manager;

DECLARE_INSTANCE_CHECKER(Manager, MANAGER, TYPE_MANAGER)

static MemoryRegionSection part(MemoryRegion *mr, unsigned first, unsigned n)
{
    return (MemoryRegionSection){
        .mr = mr,
        .offset_within_region = first * BLOCK,
        .size = int128_make64(n * BLOCK),
    };
}

static uint64_t get_granularity(const RamDiscardManager *rdm,
                                const MemoryRegion *mr)
{
    return BLOCK;
}

static bool is_populated(const RamDiscardManager *rdm,
                         const MemoryRegionSection *s)
{
    Manager *m = MANAGER((Object *)rdm);
    unsigned first = s->offset_within_region / BLOCK;
    unsigned end =
        DIV_ROUND_UP(s->offset_within_region + int128_get64(s->size), BLOCK);

    return !memchr(m->there + first, false, end - first);
}

/* Runs of blocks of @state within @s. */
static int replay(Manager *m, MemoryRegionSection *s, bool state,
                  ReplayRamPopulate populate, ReplayRamDiscard discard,
                  void *opaque)
{
    unsigned i = s->offset_within_region / BLOCK;
    unsigned end = i + int128_get64(s->size) / BLOCK;

    while (i < end) {
        unsigned from = i;
        MemoryRegionSection run;
        int ret = 0;

        while (i < end && m->there[i] == state) {
            i++;
        }
        if (i == from) {
            i++;
            continue;
        }
        run = part(m->mr, from, i - from);
        if (populate) {
            ret = populate(&run, opaque);
        } else {
            discard(&run, opaque);
        }
        if (ret) {
            return ret;
        }
    }
    return 0;
}

static int replay_populated(const RamDiscardManager *rdm,
                            MemoryRegionSection *s, ReplayRamPopulate fn,
                            void *opaque)
{
    return replay(MANAGER((Object *)rdm), s, true, fn, NULL, opaque);
}

static void replay_discarded(const RamDiscardManager *rdm,
                             MemoryRegionSection *s, ReplayRamDiscard fn,
                             void *opaque)
{
    replay(MANAGER((Object *)rdm), s, false, NULL, fn, opaque);
}

static int tell_populate(MemoryRegionSection *s, void *opaque)
{
    RamDiscardListener *rdl = opaque;

    return rdl->notify_populate(rdl, s);
}

static int tell_discard(MemoryRegionSection *s, void *opaque)
{
    RamDiscardListener *rdl = opaque;

    rdl->notify_discard(rdl, s);
    return 0;
}

static void register_listener(RamDiscardManager *rdm, RamDiscardListener *rdl,
                              MemoryRegionSection *s)
{
    Manager *m = MANAGER((Object *)rdm);

    rdl->section = g_memdup2(s, sizeof(*s));
    QLIST_INSERT_HEAD(&m->listeners, rdl, next);
    replay(m, s, true, tell_populate, NULL, rdl);
}

static void unregister_listener(RamDiscardManager *rdm, RamDiscardListener *rdl)
{
    Manager *m = MANAGER((Object *)rdm);

    replay(m, rdl->section, true, tell_discard, NULL, rdl);
    QLIST_REMOVE(rdl, next);
    g_free(rdl->section);
}

static void manager_class_init(ObjectClass *oc, void *data)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_CLASS(oc);

    rdmc->get_min_granularity = get_granularity;
    rdmc->is_populated = is_populated;
    rdmc->replay_populated = replay_populated;
    rdmc->replay_discarded = replay_discarded;
    rdmc->register_listener = register_listener;
    rdmc->unregister_listener = unregister_listener;
}

static const TypeInfo manager_info = {
    .name = TYPE_MANAGER,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(Manager),
    .class_init = manager_class_init,
    .interfaces = (InterfaceInfo[]){ { TYPE_RAM_DISCARD_MANAGER }, {} },
};

/* Brings [first, first + n) in, or nothing if a listener objects. */
static int plug(Manager *m, unsigned first, unsigned n)
{
    MemoryRegionSection s = part(m->mr, first, n);
    RamDiscardListener *rdl, *other;
    int ret;

    QLIST_FOREACH(rdl, &m->listeners, next) {
        ret = rdl->notify_populate(rdl, &s);
        if (ret) {
            QLIST_FOREACH(other, &m->listeners, next) {
                if (other == rdl) {
                    return ret;
                }
                other->notify_discard(other, &s);
            }
        }
    }
    memset(m->there + first, true, n);
    return 0;
}

static void unplug(Manager *m, unsigned first, unsigned n)
{
    MemoryRegionSection s = part(m->mr, first, n);
    RamDiscardListener *rdl;

    g_assert_cmpint(
        ram_block_discard_range(m->mr->ram_block, first * BLOCK, n * BLOCK), ==,
        0);
    memset(m->there + first, false, n);
    QLIST_FOREACH(rdl, &m->listeners, next) {
        rdl->notify_discard(rdl, &s);
    }
}

/* Keeps what a mapper would have mapped. */
typedef struct Mapper {
    RamDiscardListener rdl;
    bool mapped[NR];
    bool refuse;
    unsigned calls;
} Mapper;

static void mapper_set(Mapper *mapper, MemoryRegionSection *s, bool value)
{
    memset(mapper->mapped + s->offset_within_region / BLOCK, value,
           int128_get64(s->size) / BLOCK);
    mapper->calls++;
}

static int mapper_populate(RamDiscardListener *rdl, MemoryRegionSection *s)
{
    Mapper *mapper = container_of(rdl, Mapper, rdl);

    if (mapper->refuse) {
        return -ENOMEM;
    }
    mapper_set(mapper, s, true);
    return 0;
}

static void mapper_discard(RamDiscardListener *rdl, MemoryRegionSection *s)
{
    mapper_set(container_of(rdl, Mapper, rdl), s, false);
}

static void check_mapper(Mapper *mapper, Manager *m)
{
    g_assert_cmpmem(mapper->mapped, NR, m->there, NR);
}

static int count_part(MemoryRegionSection *s, void *opaque)
{
    int *n = opaque;

    *n += int128_get64(s->size) / BLOCK;
    return *n > 1000 ? -1 : 0;
}

static void count_hole(MemoryRegionSection *s, void *opaque)
{
    count_part(s, opaque);
}

static int stop_at_once(MemoryRegionSection *s, void *opaque)
{
    return -EIO;
}

static void test_manager(void)
{
    Manager *m = MANAGER(object_new(TYPE_MANAGER));
    RamDiscardManager *rdm = RAM_DISCARD_MANAGER(m);
    MemoryRegion *mr = region_new();
    MemoryRegionSection all;
    Mapper a = { 0 }, b = { 0 };
    int n = 0;

    memory_region_init_ram(mr, owner, "ram", SIZE, &error_abort);
    m->mr = mr;
    all = part(mr, 0, NR);
    g_assert_false(memory_region_has_ram_discard_manager(mr));
    g_assert_cmpint(memory_region_set_ram_discard_manager(mr, rdm), ==, 0);
    g_assert_true(memory_region_get_ram_discard_manager(mr) == rdm);
    g_assert_cmpint(memory_region_set_ram_discard_manager(mr, rdm), ==, -EBUSY);
    g_assert_cmpuint(ram_discard_manager_get_min_granularity(rdm, mr), ==,
                     BLOCK);

    ram_discard_listener_init(&a.rdl, mapper_populate, mapper_discard, true);
    ram_discard_listener_init(&b.rdl, mapper_populate, mapper_discard, false);
    g_assert_true(a.rdl.double_discard_supported);
    g_assert_false(b.rdl.double_discard_supported);
    g_assert_cmpint(plug(m, 0, 4), ==, 0);
    ram_discard_manager_register_listener(rdm, &a.rdl, &all);
    ram_discard_manager_register_listener(rdm, &b.rdl, &all);
    check_mapper(&a, m);

    g_assert_cmpint(plug(m, 6, 2), ==, 0);
    check_mapper(&a, m);
    check_mapper(&b, m);
    memset(mr->ram_block->host, 1, 8 * BLOCK);
    unplug(m, 1, 2);
    check_mapper(&a, m);
    check_mapper(&b, m);
    g_assert_cmpuint(resident_pages(mr->ram_block->host + BLOCK, 2 * BLOCK), ==,
                     0);

    /* One objects: the other hears that it is off again. */
    a.refuse = true;
    g_assert_cmpint(plug(m, 10, 1), ==, -ENOMEM);
    check_mapper(&a, m);
    check_mapper(&b, m);
    a.refuse = false;

    g_assert_cmpint(
        ram_discard_manager_replay_populated(rdm, &all, count_part, &n), ==, 0);
    g_assert_cmpint(n, ==, 4);
    n = 0;
    ram_discard_manager_replay_discarded(rdm, &all, count_hole, &n);
    g_assert_cmpint(n, ==, NR - 4);
    g_assert_cmpint(
        ram_discard_manager_replay_populated(rdm, &all, stop_at_once, NULL), ==,
        -EIO);
    all = part(mr, 6, 2);
    g_assert_true(ram_discard_manager_is_populated(rdm, &all));
    all = part(mr, 6, 3);
    g_assert_false(ram_discard_manager_is_populated(rdm, &all));

    ram_discard_manager_unregister_listener(rdm, &a.rdl);
    ram_discard_manager_unregister_listener(rdm, &b.rdl);
    g_assert_null(memchr(a.mapped, true, NR));
    g_assert_null(memchr(b.mapped, true, NR));
    g_assert_cmpint(memory_region_set_ram_discard_manager(mr, NULL), ==, 0);
    g_assert_false(memory_region_has_ram_discard_manager(mr));
    object_unref(OBJECT(m));
    region_end(mr);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    type_register_static(&manager_info);
    g_test_add_func("/ram-discard/anonymous", test_anonymous);
    g_test_add_func("/ram-discard/shared", test_shared);
    g_test_add_func("/ram-discard/shared-anonymous", test_shared_anonymous);
    g_test_add_func("/ram-discard/file-offset", test_file_offset);
    g_test_add_func("/ram-discard/bad-ranges", test_bad_ranges);
    g_test_add_func("/ram-discard/exclusion", test_exclusion);
    g_test_add_func("/ram-discard/manager", test_manager);
    return g_test_run();
}
