/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM with a private side, of which a memfd plays the part. */
#include "qemu/osdep.h"
#include "memory/guest-memfd.h"
#include "memory/ram-discard.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "ram-helpers.h"

static int fake_fd;

static int fake_create(uint64_t size, uint64_t flags, Error **errp)
{
    fake_fd = qemu_memfd_create("private", size, false, 0, 0, errp);
    return fake_fd;
}

static int failing_create(uint64_t size, uint64_t flags, Error **errp)
{
    error_setg(errp, "no such feature");
    return -1;
}

static bool init(MemoryRegion *mr, uint64_t size, Error **errp)
{
    return memory_region_init_ram_guest_memfd(mr, owner, "ram", size, errp);
}

static void test_refused(void)
{
    MemoryRegion *mr = region_new();
    Error *err = NULL;

    ram_block_set_guest_memfd_create(NULL);
    g_assert_false(init(mr, 1 * MiB, &err));
    expect_error(err,
                 "cannot set up private guest memory for ram: KVM required");
    err = NULL;
    ram_block_set_guest_memfd_create(failing_create);
    g_assert_false(init(mr, 1 * MiB, &err));
    expect_error(err, "no such feature");
    err = NULL;
    g_assert_false(ram_block_discard_is_required());

    ram_block_set_guest_memfd_create(fake_create);
    g_assert_cmpint(ram_block_discard_disable(true), ==, 0);
    g_assert_false(init(mr, 1 * MiB, &err));
    expect_error(err, "cannot set up private guest memory: discard currently "
                      "blocked");
    ram_block_discard_disable(false);
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
    g_free(mr);
}

static uint64_t file_bytes(int fd)
{
    struct stat st;

    g_assert_cmpint(fstat(fd, &st), ==, 0);
    return st.st_blocks * 512;
}

static void test_convert(void)
{
    MemoryRegion *mr = region_new();
    uint64_t size = 1 * MiB, page = qemu_real_host_page_size();
    g_autofree char *data = g_malloc0(size);
    RAMBlock *rb;
    int fd;

    ram_block_set_guest_memfd_create(fake_create);
    g_assert_true(init(mr, size, &error_abort));
    g_assert_true(memory_region_has_guest_memfd(mr));
    rb = mr->ram_block;
    fd = rb->guest_memfd;
    g_assert_cmpint(fd, ==, fake_fd);
    g_assert_cmpint(ram_block_discard_disable(true), ==, -EBUSY);
    g_assert_true(ram_block_range_is_private(rb, 0, size));
    g_assert_false(ram_block_range_is_shared(rb, 0, page));

    /* The guest filled the private side; half of it becomes shared. */
    g_assert_cmpint(pwrite(fd, data, size, 0), ==, size);
    g_assert_cmpint(ram_block_convert_range(rb, size / 2, size / 2, false), ==,
                    0);
    g_assert_cmpuint(file_bytes(fd), ==, size / 2);
    g_assert_true(ram_block_range_is_private(rb, 0, size / 2));
    g_assert_true(ram_block_range_is_shared(rb, size / 2, size / 2));
    g_assert_false(ram_block_range_is_private(rb, 0, size));
    g_assert_false(ram_block_range_is_shared(rb, 0, size));

    /* And back: what was in the shared side is gone. */
    memset(rb->host + size / 2, 1, size / 2);
    g_assert_cmpuint(resident_pages(rb->host, size), ==, size / 2 / page);
    g_assert_cmpint(ram_block_convert_range(rb, size / 2, page, true), ==, 0);
    g_assert_true(ram_block_range_is_private(rb, 0, size / 2 + page));
    g_assert_cmpint(rb->host[size / 2], ==, 0);
    g_assert_cmpint(rb->host[size / 2 + page], ==, 1);
    g_assert_cmpint(ram_block_discard_guest_memfd_range(rb, 0, page), ==, 0);
    g_assert_cmpuint(file_bytes(fd), ==, size / 2 - page);

    /* What no guest should ask for. */
    g_assert_cmpint(ram_block_convert_range(rb, 1, page, true), ==, -EINVAL);
    g_assert_cmpint(ram_block_convert_range(rb, 0, 0, true), ==, -EINVAL);
    g_assert_cmpint(ram_block_convert_range(rb, 0, page + 1, true), ==,
                    -EINVAL);
    g_assert_cmpint(ram_block_convert_range(rb, page, size, true), ==, -EINVAL);
    g_assert_cmpint(ram_block_convert_range(rb, -page, 2 * page, true), ==,
                    -EINVAL);

    region_end(mr);
    g_assert_cmpint(fcntl(fd, F_GETFD), <, 0);
    g_assert_false(ram_block_discard_is_required());
}

/* ---- as a RamDiscardManager ---------------------------------------------- */

#define EAR_PAGES 64

typedef struct Ear {
    RamDiscardListener rdl;
    bool has[EAR_PAGES];
    unsigned first, nr; /* what it registered, in pages */
    int refuse;         /* this page; -1: none */
} Ear;

static void hear(Ear *ear, MemoryRegionSection *part, bool populated)
{
    uint64_t page = qemu_real_host_page_size();
    unsigned first = part->offset_within_region / page;
    unsigned nr = int128_get64(part->size) / page;

    g_assert_cmpuint(first, >=, ear->first);
    g_assert_cmpuint(first + nr, <=, ear->first + ear->nr);
    for (unsigned i = first; i < first + nr; i++) {
        g_assert_true(ear->has[i] != populated);
        ear->has[i] = populated;
    }
}

static int ear_populate(RamDiscardListener *rdl, MemoryRegionSection *part)
{
    Ear *ear = container_of(rdl, Ear, rdl);
    uint64_t page = qemu_real_host_page_size();

    if (ear->refuse >= 0 && ear->refuse * page - part->offset_within_region <
                                int128_get64(part->size)) {
        return -ENOMEM;
    }
    hear(ear, part, true);
    return 0;
}

static void ear_discard(RamDiscardListener *rdl, MemoryRegionSection *part)
{
    hear(container_of(rdl, Ear, rdl), part, false);
}

static int count_page(MemoryRegionSection *part, void *opaque)
{
    *(uint64_t *)opaque += int128_get64(part->size);
    return 0;
}

static void count_private(MemoryRegionSection *part, void *opaque)
{
    count_page(part, opaque);
}

static void check_ears(MemoryRegion *mr, Ear *ears, const bool *shared)
{
    RamDiscardManager *rdm = memory_region_get_ram_discard_manager(mr);
    uint64_t page = qemu_real_host_page_size(), there = 0, away = 0, want = 0;
    MemoryRegionSection s = {
        .mr = mr,
        .size = int128_make64(EAR_PAGES * page),
    };

    for (unsigned i = 0; i < EAR_PAGES; i++) {
        MemoryRegionSection one = {
            .mr = mr,
            .offset_within_region = i * page,
            .size = int128_make64(page),
        };

        want += shared[i] * page;
        g_assert_cmpint(ram_discard_manager_is_populated(rdm, &one), ==,
                        shared[i]);
        for (int e = 0; e < 2; e++) {
            bool in = i >= ears[e].first && i < ears[e].first + ears[e].nr;

            g_assert_cmpint(ears[e].has[i], ==, in && shared[i]);
        }
    }
    ram_discard_manager_replay_populated(rdm, &s, count_page, &there);
    ram_discard_manager_replay_discarded(rdm, &s, count_private, &away);
    g_assert_cmpuint(there, ==, want);
    g_assert_cmpuint(away, ==, EAR_PAGES * page - want);
}

static void listen_to(MemoryRegion *mr, Ear *ear)
{
    uint64_t page = qemu_real_host_page_size();
    MemoryRegionSection s = {
        .mr = mr,
        .offset_within_region = ear->first * page,
        .offset_within_address_space = 0x10000000 + ear->first * page,
        .size = int128_make64(ear->nr * page),
    };

    ram_discard_listener_init(&ear->rdl, ear_populate, ear_discard, false);
    ram_discard_manager_register_listener(
        memory_region_get_ram_discard_manager(mr), &ear->rdl, &s);
}

static void test_manager(void)
{
    Ear ears[] = { { .nr = EAR_PAGES, .refuse = -1 },
                   { .first = 10, .nr = 20, .refuse = -1 } };
    uint64_t page = qemu_real_host_page_size();
    MemoryRegion *mr = region_new();
    bool shared[EAR_PAGES] = { 0 };

    ram_block_set_guest_memfd_create(fake_create);
    g_assert_true(init(mr, EAR_PAGES * page, &error_abort));
    g_assert_true(memory_region_has_ram_discard_manager(mr));
    g_assert_cmpint(
        ram_block_convert_range(mr->ram_block, 5 * page, 10 * page, false), ==,
        0);
    memset(shared + 5, true, 10);
    for (int e = 0; e < 2; e++) {
        listen_to(mr, &ears[e]);
    }
    for (int i = 0; i < 500; i++) {
        unsigned first = g_test_rand_int_range(0, EAR_PAGES);
        unsigned nr = g_test_rand_int_range(1, EAR_PAGES - first + 1);
        bool to_private = g_test_rand_int_range(0, 2), refused = false;
        int ret;

        ears[1].refuse = i % 3 ? -1 : g_test_rand_int_range(10, 30);
        if (!to_private && ears[1].refuse >= (int)first &&
            ears[1].refuse < (int)(first + nr)) {
            refused = !shared[ears[1].refuse];
        }
        ret = ram_block_convert_range(mr->ram_block, first * page, nr * page,
                                      to_private);
        g_assert_cmpint(ret, ==, refused ? -ENOMEM : 0);
        if (!refused) {
            memset(shared + first, !to_private, nr);
        }
        check_ears(mr, ears, shared);
    }
    for (int e = 0; e < 2; e++) {
        ram_discard_manager_unregister_listener(
            memory_region_get_ram_discard_manager(mr), &ears[e].rdl);
        for (int i = 0; i < EAR_PAGES; i++) {
            g_assert_false(ears[e].has[i]);
        }
    }
    region_end(mr);
}

/* One that has no room for what is shared already cannot be refused: a word. */
static void test_no_room(void)
{
    Ear ear = { .nr = EAR_PAGES, .refuse = 7 };
    uint64_t page = qemu_real_host_page_size();
    MemoryRegion *mr;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("*what of 'ram' is shared*allocate memory*");
        return;
    }
    mr = region_new();
    ram_block_set_guest_memfd_create(fake_create);
    g_assert_true(init(mr, EAR_PAGES * page, &error_abort));
    g_assert_cmpint(
        ram_block_convert_range(mr->ram_block, 5 * page, 10 * page, false), ==,
        0);
    listen_to(mr, &ear);
    memset(ear.has + 5, true, 10); /* it hears that all of it goes */
    ram_discard_manager_unregister_listener(
        memory_region_get_ram_discard_manager(mr), &ear.rdl);
    region_end(mr);
}

/* Random conversions against an array of bytes. */
static void test_model(void)
{
    enum { PAGES = 333 };
    MemoryRegion *mr = region_new();
    size_t page = qemu_real_host_page_size();
    bool private[PAGES];
    RAMBlock *rb;

    memset(private, true, sizeof(private));
    g_assert_true(init(mr, PAGES * page, &error_abort));
    rb = mr->ram_block;
    for (int step = 0; step < 2000; step++) {
        int start = g_test_rand_int_range(0, PAGES);
        int n = g_test_rand_int_range(1, PAGES - start + 1);
        bool all_private = true, all_shared = true;

        if (g_test_rand_int_range(0, 3) == 0) {
            bool to = g_test_rand_int_range(0, 2);

            g_assert_cmpint(
                ram_block_convert_range(rb, start * page, n * page, to), ==, 0);
            memset(private + start, to, n);
        }
        n = MIN(n, g_test_rand_int_range(1, 9));
        for (int i = start; i < start + n; i++) {
            all_private &= private[i];
            all_shared &= !private[i];
        }
        g_assert_cmpint(ram_block_range_is_private(rb, start * page, n * page),
                        ==, all_private);
        g_assert_cmpint(ram_block_range_is_shared(rb, start * page, n * page),
                        ==, all_shared);
    }
    region_end(mr);
}

/* Ordinary RAM has no private side. */
static void test_plain(void)
{
    MemoryRegion *mr = region_new();

    g_assert_true(
        memory_region_init_ram(mr, owner, "plain", 4096, &error_abort));
    g_assert_false(memory_region_has_guest_memfd(mr));
    g_assert_false(ram_block_range_is_private(mr->ram_block, 0, 4096));
    g_assert_false(ram_block_range_is_shared(mr->ram_block, 0, 4096));
    g_assert_cmpint(ram_block_convert_range(mr->ram_block, 0, 4096, true), ==,
                    -EINVAL);
    region_end(mr);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    g_test_add_func("/guest-memfd/refused", test_refused);
    g_test_add_func("/guest-memfd/convert", test_convert);
    g_test_add_func("/guest-memfd/manager", test_manager);
    g_test_add_func("/guest-memfd/no-room", test_no_room);
    g_test_add_func("/guest-memfd/model", test_model);
    g_test_add_func("/guest-memfd/plain", test_plain);
    return g_test_run();
}
