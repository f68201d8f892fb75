/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout resolver: what it refuses, layouts that must never change (the
 * manual shows them), and random requests against a resolver that tries every
 * address.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "memory/layout.h"

#define REQ(...)                                                               \
    (LayoutRequest)                                                            \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
#define RESOLVE(...)    resolve(&(LayoutInput){ __VA_ARGS__ })
#define REQUESTS(array) .requests = array, .nr_requests = G_N_ELEMENTS(array)
#define COMPLEXES(array)                                                       \
    .root_complexes = array, .nr_root_complexes = G_N_ELEMENTS(array)

static LayoutRequest reserved(const char *name, hwaddr addr, uint64_t size)
{
    return REQ(.name = name, .place = LAYOUT_RESERVED, .addr = addr,
               .size = size);
}

static LayoutRequest fixed(const char *name, hwaddr addr, uint64_t size)
{
    return REQ(.name = name, .place = LAYOUT_FIXED, .addr = addr, .size = size);
}

static LayoutRequest ram(const char *name, unsigned node, uint64_t size,
                         uint64_t align)
{
    return REQ(.name = name, .place = LAYOUT_RAM, .size = size, .align = align,
               .node = node);
}

static LayoutRequest window(const char *name, LayoutPlace place, uint64_t size,
                            uint64_t align)
{
    return REQ(.name = name, .place = place, .size = size, .align = align);
}

static char *resolve(const LayoutInput *in)
{
    g_autoptr(MemoryLayout) layout = memory_layout_resolve(in, &error_abort);
    g_autoptr(MemoryLayout) again = memory_layout_resolve(in, &error_abort);
    g_autofree char *text = memory_layout_format(again);
    char *first = memory_layout_format(layout);

    g_assert_cmpstr(first, ==, text);
    return first;
}

static void refused(const LayoutInput *in, const char *message)
{
    Error *err = NULL;
    MemoryLayout *layout = memory_layout_resolve(in, &err);

    g_assert_null(layout);
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void refuse_requests(const LayoutRequest *requests, size_t nr,
                            const char *message)
{
    refused(&(LayoutInput){ .requests = requests, .nr_requests = nr }, message);
}

#define REFUSE(message, ...)                                                   \
    do {                                                                       \
        LayoutRequest list_[] = { __VA_ARGS__ };                               \
        refuse_requests(list_, G_N_ELEMENTS(list_), message);                  \
    } while (0)

/* ---- what is refused ----------------------------------------------------- */

static void test_bad_size(void)
{
    REFUSE("memory layout: bad size 0x0 of 'none' (RAM): it must not be 0",
           ram("none", 0, 0, LAYOUT_PAGE));
    REFUSE("memory layout: bad size 0x0 of 'hole' (reserved): it must not be "
           "0",
           reserved("hole", 4096, 0));
    REFUSE("memory layout: bad size 0x1001 of 'odd' (64-bit MMIO): it must be "
           "a multiple of 4 KiB",
           window("odd", LAYOUT_MMIO64, 4097, LAYOUT_PAGE));
    REFUSE("memory layout: bad size 0x1001 of 'wraps' (fixed): from "
           "0xfffffffffffff000, it goes beyond 2^64",
           fixed("wraps", -4096ull, 4097));
    /* A device of eight bytes is no error. */
    g_free(RESOLVE(REQUESTS(((LayoutRequest[]){ fixed("serial", 0x10000000, 8),
                                                fixed("last", -8ull, 8) }))));
}

static void test_bad_align(void)
{
    REFUSE("memory layout: bad alignment 0x0 of 'bars' (32-bit MMIO): it must "
           "be at least 4 KiB",
           window("bars", LAYOUT_MMIO32, 1 * MiB, 0));
    REFUSE("memory layout: bad alignment 0x800 of 'ram' (RAM): it must be at "
           "least 4 KiB",
           ram("ram", 0, 1 * MiB, 2048));
    REFUSE("memory layout: bad alignment 0x3000 of 'bars' (after MMIO): it "
           "must be a power of two",
           window("bars", LAYOUT_AFTER_MMIO, 1 * MiB, 0x3000));
    REFUSE("memory layout: bad alignment 0x1000 of 'rom' (fixed): the address "
           "0x1234 is no multiple of it",
           REQ(.name = "rom", .place = LAYOUT_FIXED, .addr = 0x1234,
               .size = 4096, .align = 4096));
}

static void test_overlap(void)
{
    REFUSE("memory layout: 'b' (fixed) at 0x2000-0x2fff overlaps 'a' (fixed) "
           "at 0x1000-0x2000",
           fixed("a", 0x1000, 0x1001), fixed("b", 0x2000, 0x1000));
    REFUSE("memory layout: 'b' (fixed) at 0x1000-0x3fff overlaps 'a' (fixed) "
           "at 0x2000-0x2000",
           fixed("a", 0x2000, 1), fixed("b", 0x1000, 0x3000));
    REFUSE("memory layout: 'uart' (fixed) at 0x2000-0x2007 overlaps 'hole' "
           "(reserved) at 0x0-0xffff",
           fixed("uart", 0x2000, 8), reserved("hole", 0, 0x10000));
    g_free(RESOLVE(REQUESTS(((LayoutRequest[]){ fixed("a", 0x1000, 0x1000),
                                                fixed("b", 0x2000, 0x1000),
                                                fixed("c", 0, 0x1000) }))));
}

static void test_no_room(void)
{
    REFUSE("memory layout: no room for 'bars' (32-bit MMIO, 0x80000000 bytes, "
           "aligned to 0x80000000) in 0x0-0xffffffff: the largest free range "
           "there is 0x1000-0xfffffffe",
           fixed("low", 0, 0x1000), fixed("high", 0xffffffff, 1),
           window("bars", LAYOUT_MMIO32, 2 * GiB, 2 * GiB));
    REFUSE("memory layout: no room for 'bars' (32-bit MMIO, 0x1000 bytes, "
           "aligned to 0x1000) in 0x0-0xffffffff: nothing is free there",
           fixed("all", 0, 8 * GiB), window("bars", LAYOUT_MMIO32, 4096, 4096));
    REFUSE("memory layout: no room for 0x1000 bytes of 'much' (RAM, "
           "0xfffffffffffff000 bytes, aligned to 0x1000) in "
           "0xffffffffffffffff-0xffffffffffffffff: nothing is free there",
           fixed("rom", 0, 0x2000), ram("much", 0, -4096ull, 4096));
    REFUSE("memory layout: no room for 'wide' (64-bit MMIO, "
           "0x8000000000000000 bytes, aligned to 0x8000000000000000) in "
           "0x100000000-0xffffffffffffffff: the largest free range there is "
           "0x100000000-0xfffffffffffffffe",
           reserved("top", UINT64_MAX, 1),
           window("wide", LAYOUT_MMIO64, 1ull << 63, 1ull << 63));
    REFUSE("memory layout: no room for 'private' (after MMIO, 0x1000 bytes, "
           "aligned to 0x1000) in 0xffffffffffffffff-0xffffffffffffffff: "
           "nothing is free there",
           fixed("top", UINT64_MAX, 1),
           window("private", LAYOUT_AFTER_MMIO, 4096, 4096));
}

static void test_width(void)
{
    LayoutRequest requests[] = {
        ram("ram", 0, 3 * GiB, 2 * MiB),
        window("private", LAYOUT_AFTER_MMIO, 1 * GiB, 1 * GiB),
        reserved("beyond", 1ull << 50, 4096),
    };
    LayoutInput in = { REQUESTS(requests), .address_bits = 32 };

    memory_layout_free(memory_layout_resolve(&in, &error_abort));
    /* What only the host sees counts, too. */
    requests[1].size = 1 * GiB + 4096;
    refused(&in, "memory layout: 'private' (after MMIO) at "
                 "0xc0000000-0x100000fff is beyond 0xffffffff, the last of the "
                 "CPU's 32-bit physical addresses");
    in.address_bits = 33;
    memory_layout_free(memory_layout_resolve(&in, &error_abort));
    in.address_bits = 64;
    memory_layout_free(memory_layout_resolve(&in, &error_abort));
}

/* ---- ECAM ---------------------------------------------------------------- */

static void test_ecam_full(void)
{
    LayoutRootComplex rc[] = {
        { .name = "rc0",
          .first_bus = 0,
          .last_bus = 255,
          .place = LAYOUT_MMIO64 },
    };
    LayoutInput in = { COMPLEXES(rc) };
    g_autoptr(MemoryLayout) layout = memory_layout_resolve(&in, &error_abort);

    g_assert_cmpuint(layout->nr_ranges, ==, 1);
    g_assert_cmphex(layout->ranges[0].start, ==, 4 * GiB);
    g_assert_cmphex(layout->ranges[0].last, ==, 4 * GiB + 256 * MiB - 1);
    g_assert_cmphex(layout->ecam[0].start, ==, 4 * GiB);
    g_assert_cmphex(layout->ecam[0].last, ==, 4 * GiB + 256 * MiB - 1);
}

/* Two root complexes share a window that also spans buses of neither. */
static void test_ecam_shared(void)
{
    LayoutRootComplex rc[] = {
        { .name = "b",
          .segment = 1,
          .first_bus = 0x40,
          .last_bus = 0x7f,
          .place = LAYOUT_MMIO32 },
        { .name = "other",
          .segment = 0,
          .first_bus = 0,
          .last_bus = 0,
          .place = LAYOUT_MMIO32 },
        { .name = "a",
          .segment = 1,
          .first_bus = 0x10,
          .last_bus = 0x1f,
          .place = LAYOUT_MMIO32 },
    };
    LayoutInput in = { COMPLEXES(rc) };
    g_autoptr(MemoryLayout) layout = memory_layout_resolve(&in, &error_abort);

    g_assert_cmpuint(layout->nr_ranges, ==, 2);
    g_assert_cmpuint(layout->nr_ecam, ==, 3);
    /* 0x10 to 0x7f are 112 buses, aligned as 128 are. */
    g_assert_cmphex(layout->ecam[0].window_start, ==, 0xf8000000);
    g_assert_cmphex(layout->ecam[0].window_last, ==, 0xfeffffff);
    g_assert_cmphex(layout->ecam[0].start, ==, 0xfb000000);
    g_assert_cmphex(layout->ecam[0].last, ==, 0xfeffffff);
    g_assert_cmphex(layout->ecam[2].window_start, ==, 0xf8000000);
    g_assert_cmphex(layout->ecam[2].window_last, ==, 0xfeffffff);
    g_assert_cmpuint(layout->ecam[2].window_first_bus, ==, 0x10);
    g_assert_cmpuint(layout->ecam[2].window_last_bus, ==, 0x7f);
    g_assert_cmphex(layout->ecam[2].start, ==, 0xf8000000);
    g_assert_cmphex(layout->ecam[2].last, ==, 0xf8ffffff);
    g_assert_cmphex(layout->ecam[1].start, ==, 0xfff00000);
    g_assert_cmphex(layout->ecam[1].last, ==, 0xffffffff);
    g_assert_cmpuint(layout->ranges[0].request, ==, LAYOUT_NO_REQUEST);
}

static void test_ecam_fixed(void)
{
    LayoutRootComplex rc[] = {
        { .name = "b",
          .first_bus = 0x80,
          .last_bus = 0xff,
          .place = LAYOUT_FIXED,
          .addr = 0x38000000 },
        { .name = "a",
          .first_bus = 0,
          .last_bus = 0x7f,
          .place = LAYOUT_FIXED,
          .addr = 0x30000000 },
    };
    LayoutInput in = { COMPLEXES(rc) };
    g_autoptr(MemoryLayout) layout = memory_layout_resolve(&in, &error_abort);

    g_assert_cmpuint(layout->nr_ranges, ==, 1);
    g_assert_cmphex(layout->ecam[1].window_start, ==, 0x30000000);
    g_assert_cmphex(layout->ecam[0].start, ==, 0x38000000);
    g_assert_cmphex(layout->ecam[0].last, ==, 0x3fffffff);

    rc[0].addr += 1 * MiB;
    refused(&in, "memory layout: root complexes 'b' (bus 128 at 0x38100000) "
                 "and 'a' (bus 0 at 0x30000000) of segment 0 share one ECAM "
                 "window: their addresses must be 1 MiB apart for each bus "
                 "between them");
    rc[0].addr += 1;
    refused(&in, "memory layout: ECAM of root complex 'b' cannot be at "
                 "0x38100001: it needs a multiple of 1 MiB, and 1 MiB per bus "
                 "from there");
    rc[0].addr = -1 * MiB;
    refused(&in, "memory layout: ECAM of root complex 'b' cannot be at "
                 "0xfffffffffff00000: it needs a multiple of 1 MiB, and 1 MiB "
                 "per bus from there");
}

static void test_ecam_refused(void)
{
    LayoutRootComplex rc[] = {
        { .name = "a",
          .first_bus = 0,
          .last_bus = 127,
          .place = LAYOUT_MMIO32 },
        { .name = "b",
          .first_bus = 127,
          .last_bus = 255,
          .place = LAYOUT_MMIO32 },
    };
    LayoutInput in = { COMPLEXES(rc) };

    refused(&in, "memory layout: root complexes 'a' (buses 0 to 127) and 'b' "
                 "(buses 127 to 255) of segment 0 share buses");
    rc[1].first_bus = 128;
    rc[1].place = LAYOUT_MMIO64;
    refused(&in, "memory layout: root complexes 'a' (32-bit MMIO) and 'b' "
                 "(64-bit MMIO) of segment 0 share one ECAM window and cannot "
                 "have it in two places");
    rc[1].place = LAYOUT_RAM;
    refused(&in, "memory layout: the ECAM window of root complex 'b' cannot be "
                 "'RAM': it is 32-bit MMIO, 64-bit MMIO or fixed");
    rc[0].first_bus = 128;
    refused(&in, "memory layout: root complex 'a' begins at bus 128, behind "
                 "its last bus 127");
}

/* ---- layouts that must never change -------------------------------------- */

static char *manual(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("G_TEST_SRCDIR"), "..", "..", "docs", "devel",
                         "layout.rst", NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void golden(char *text, const char *expected)
{
    g_autofree char *resolved = text;
    g_autofree char *page = manual();
    g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
    g_autoptr(GString) block = g_string_new(NULL);

    g_assert_cmpstr(resolved, ==, expected);
    if (!page) {
        g_test_message("no manual to compare with");
        return;
    }
    for (int i = 0; lines[i] && *lines[i]; i++) {
        g_string_append_printf(block, "   %s\n", lines[i]);
    }
    if (!strstr(page, block->str)) {
        g_test_message("docs/devel/layout.rst lacks:\n%s", block->str);
        g_test_fail();
    }
}

static void test_golden_split(void)
{
    LayoutRequest requests[] = {
        fixed("flash", 0xffc00000, 4 * MiB),
        reserved("interrupt controller", 0xfee00000, 1 * MiB),
        window("pci32", LAYOUT_MMIO32, 512 * MiB, 512 * MiB),
        window("devices", LAYOUT_MMIO32, 64 * KiB, 4 * KiB),
        ram("ram", 0, 4 * GiB, 1 * GiB),
        window("pci64", LAYOUT_MMIO64, 32 * GiB, 32 * GiB),
    };

    golden(RESOLVE(REQUESTS(requests)),
           "0000000000000000-00000000bfffffff  RAM          ram (node 0)\n"
           "00000000c0000000-00000000dfffffff  32-bit MMIO  pci32\n"
           "00000000fee00000-00000000feefffff  reserved     "
           "interrupt controller\n"
           "00000000ffbf0000-00000000ffbfffff  32-bit MMIO  devices\n"
           "00000000ffc00000-00000000ffffffff  fixed        flash\n"
           "0000000100000000-000000013fffffff  RAM          ram (node 0)\n"
           "0000000800000000-0000000fffffffff  64-bit MMIO  pci64\n");
}

/* The third node would fit behind the second, below the hole. */
static void test_golden_numa(void)
{
    LayoutRequest requests[] = {
        fixed("hole", 0x50000000, 256 * MiB),
        ram("node0", 0, 1 * GiB, 1 * GiB),
        ram("node1", 1, 1 * GiB, 1 * GiB),
        ram("node2", 2, 128 * MiB, 2 * MiB),
        ram("node0 more", 0, 128 * MiB, 2 * MiB),
    };

    golden(RESOLVE(REQUESTS(requests)),
           "0000000000000000-000000003fffffff  RAM          node0 (node 0)\n"
           "0000000050000000-000000005fffffff  fixed        hole\n"
           "0000000080000000-00000000bfffffff  RAM          node1 (node 1)\n"
           "00000000c0000000-00000000c7ffffff  RAM          node2 (node 2)\n"
           "00000000c8000000-00000000cfffffff  RAM          "
           "node0 more (node 0)\n");
}

static void test_golden_riscv(void)
{
    LayoutRequest requests[] = {
        fixed("boot rom", 0x1000, 60 * KiB),
        fixed("plic", 0xc000000, 6 * MiB),
        fixed("uart", 0x10000000, 8),
        ram("ram", 0, 3 * GiB, 2 * MiB),
        window("virtio-mem slots", LAYOUT_MMIO64, 8 * GiB, 1 * GiB),
        window("pcie64", LAYOUT_MMIO64, 16 * GiB, 16 * GiB),
        window("pcie32", LAYOUT_MMIO32, 1 * GiB, 1 * GiB),
        window("private", LAYOUT_AFTER_MMIO, 2 * MiB, 2 * MiB),
    };
    LayoutRootComplex rc[] = {
        { .name = "pcie.0",
          .first_bus = 0,
          .last_bus = 127,
          .place = LAYOUT_FIXED,
          .addr = 0x30000000 },
        { .name = "pcie.1",
          .first_bus = 128,
          .last_bus = 255,
          .place = LAYOUT_FIXED,
          .addr = 0x38000000 },
    };

    golden(RESOLVE(REQUESTS(requests), COMPLEXES(rc), .ram_base = 0x80000000,
                   .address_bits = 56),
           "0000000000001000-000000000000ffff  fixed        boot rom\n"
           "000000000c000000-000000000c5fffff  fixed        plic\n"
           "0000000010000000-0000000010000007  fixed        uart\n"
           "0000000030000000-000000003fffffff  fixed        "
           "pcie-segment0-ecam\n"
           "0000000080000000-00000000bfffffff  RAM          ram (node 0)\n"
           "00000000c0000000-00000000ffffffff  32-bit MMIO  pcie32\n"
           "0000000100000000-000000017fffffff  RAM          ram (node 0)\n"
           "0000000180000000-000000037fffffff  64-bit MMIO  "
           "virtio-mem slots\n"
           "0000000400000000-00000007ffffffff  64-bit MMIO  pcie64\n"
           "0000000800000000-00000008001fffff  after MMIO   private\n");
}

/* A reservation raises nothing: private memory fits below it. */
static void test_golden_private(void)
{
    LayoutRequest requests[] = {
        reserved("hypertransport", 0xfd00000000, 12 * GiB),
        ram("ram", 0, 2 * GiB, 1 * GiB),
        window("large pages", LAYOUT_AFTER_MMIO, 1 * GiB, 1 * GiB),
        window("small", LAYOUT_AFTER_MMIO, 1 * MiB, 4 * KiB),
        window("large again", LAYOUT_AFTER_MMIO, 1 * GiB, 1 * GiB),
    };

    golden(RESOLVE(REQUESTS(requests)),
           "0000000000000000-000000007fffffff  RAM          ram (node 0)\n"
           "0000000080000000-00000000bfffffff  after MMIO   large pages\n"
           "00000000c0000000-00000000c00fffff  after MMIO   small\n"
           "0000000100000000-000000013fffffff  after MMIO   large again\n"
           "000000fd00000000-000000ffffffffff  reserved     "
           "hypertransport\n");
}

static void test_lasts(void)
{
    LayoutRequest requests[] = {
        reserved("hole", 64 * GiB, 1 * GiB),
        ram("ram", 0, 1 * GiB, 1 * GiB),
        window("private", LAYOUT_AFTER_MMIO, 1 * MiB, 4096),
    };
    LayoutInput in = { REQUESTS(requests) };
    LayoutInput nothing = { 0 };
    g_autoptr(MemoryLayout) layout = memory_layout_resolve(&in, &error_abort);
    g_autoptr(MemoryLayout) none =
        memory_layout_resolve(&nothing, &error_abort);

    g_assert_cmphex(layout->guest_last, ==, 1 * GiB - 1);
    g_assert_cmphex(layout->last, ==, 1 * GiB + 1 * MiB - 1);
    g_assert_cmphex(memory_layout_find(layout, 2)->start, ==, 1 * GiB);
    g_assert_null(memory_layout_find(layout, 3));
    g_assert_cmpuint(none->nr_ranges, ==, 0);
    g_assert_cmphex(none->last, ==, 0);
}

/* ---- against one that tries every address -------------------------------- */

/* Addresses in units of 256 MiB: 4 GiB is at unit 16. */
#define UNIT    (256 * MiB)
#define UNITS   400
#define U4G     16
#define MAX_REQ 12

typedef struct Naive {
    int owner[UNITS]; /* request + 1; 0: free */
    const LayoutRequest *req;
    size_t nr;
} Naive;

static bool naive_free(const Naive *n, unsigned at, unsigned size)
{
    for (unsigned u = at; u < at + size; u++) {
        if (u >= UNITS || n->owner[u]) {
            return false;
        }
    }
    return true;
}

static void naive_take(Naive *n, unsigned i, unsigned at, unsigned size)
{
    for (unsigned u = at; u < at + size; u++) {
        n->owner[u] = i + 1;
    }
}

/* The next of @place: -1 if all are @done. */
static int naive_pick(const Naive *n, LayoutPlace place, const bool *done)
{
    int best = -1;

    for (unsigned i = 0; i < n->nr; i++) {
        const LayoutRequest *a = &n->req[i], *b = &n->req[MAX(best, 0)];

        if (a->place != place || done[i]) {
            continue;
        }
        if (best < 0 || (place != LAYOUT_AFTER_MMIO && place != LAYOUT_RAM &&
                         (a->align > b->align ||
                          (a->align == b->align && a->size > b->size)))) {
            best = i;
        }
    }
    return best;
}

static unsigned naive_top(const Naive *n, unsigned places)
{
    unsigned top = 0;

    for (unsigned u = 0; u < UNITS; u++) {
        if (n->owner[u] && places & 1u << n->req[n->owner[u] - 1].place) {
            top = u + 1;
        }
    }
    return top;
}

static bool naive_window(Naive *n, unsigned i, unsigned floor, bool low)
{
    unsigned size = n->req[i].size / UNIT, align = n->req[i].align / UNIT;

    if (low) {
        for (int at = U4G - size; at >= 0; at--) {
            if (at % align == 0 && naive_free(n, at, size)) {
                naive_take(n, i, at, size);
                return true;
            }
        }
        return false;
    }
    for (unsigned at = floor;; at++) {
        if (at % align == 0 && naive_free(n, at, size)) {
            naive_take(n, i, at, size);
            return true;
        }
        g_assert_cmpuint(at, <, UNITS);
    }
}

/* By the rule: at each multiple take as many whole chunks as are free. */
static unsigned naive_ram(Naive *n, unsigned i, unsigned floor)
{
    unsigned left = n->req[i].size / UNIT, align = n->req[i].align / UNIT;

    for (unsigned at = ROUND_UP(floor, align); left; at += align) {
        unsigned size = MIN(left, align);

        g_assert_cmpuint(at, <, UNITS);
        if (naive_free(n, at, size)) {
            naive_take(n, i, at, size);
            left -= size;
            floor = at + size;
        }
    }
    return floor;
}

static bool naive_resolve(Naive *n, unsigned ram_base)
{
    const unsigned ram_mask = 1u << LAYOUT_RAM;
    const unsigned guest = ram_mask | 1u << LAYOUT_FIXED | 1u << LAYOUT_MMIO32 |
                           1u << LAYOUT_MMIO64;

    for (LayoutPlace place = 0; place < LAYOUT_PLACE__MAX; place++) {
        bool done[MAX_REQ] = { false };
        unsigned floor = place == LAYOUT_RAM ? ram_base
                         : place == LAYOUT_MMIO64
                             ? MAX(U4G, naive_top(n, ram_mask))
                             : naive_top(n, guest);
        int i;

        while ((i = naive_pick(n, place, done)) >= 0) {
            unsigned at = n->req[i].addr / UNIT, size = n->req[i].size / UNIT;

            done[i] = true;
            if (place == LAYOUT_RESERVED || place == LAYOUT_FIXED) {
                if (!naive_free(n, at, size)) {
                    return false;
                }
                naive_take(n, i, at, size);
            } else if (place == LAYOUT_RAM) {
                floor = naive_ram(n, i, floor);
            } else if (!naive_window(n, i, floor, place == LAYOUT_MMIO32)) {
                return false;
            }
            if (place == LAYOUT_AFTER_MMIO) {
                floor = naive_top(n, 1u << LAYOUT_AFTER_MMIO);
            }
        }
    }
    return true;
}

static void random_requests(LayoutRequest *req, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        LayoutPlace place = g_test_rand_int_range(0, LAYOUT_PLACE__MAX);
        bool at = place == LAYOUT_RESERVED || place == LAYOUT_FIXED;
        unsigned most = place == LAYOUT_RAM ? 12 : 5;

        req[i] = REQ(.name = "r", .place = place,
                     .addr = at ? g_test_rand_int_range(0, 40) * UNIT : 0,
                     .size = g_test_rand_int_range(1, most) * UNIT,
                     .align = at ? 0 : UNIT << g_test_rand_int_range(0, 4),
                     .node = g_test_rand_int_range(0, 3));
    }
}

static void compare(const MemoryLayout *layout, const Naive *n)
{
    int owner[UNITS] = { 0 };

    for (size_t i = 0; i < layout->nr_ranges; i++) {
        const LayoutRange *range = &layout->ranges[i];
        const LayoutRequest *req = &n->req[range->request];

        g_assert_cmphex(range->start, <=, range->last);
        g_assert_true(i == 0 || layout->ranges[i - 1].last < range->start);
        g_assert_cmpuint(range->start % UNIT, ==, 0);
        g_assert_cmpint(range->place, ==, req->place);
        g_assert_cmpuint(range->node, ==,
                         req->place == LAYOUT_RAM ? req->node : 0);
        for (unsigned u = range->start / UNIT; u <= range->last / UNIT; u++) {
            owner[u] = range->request + 1;
        }
    }
    for (unsigned u = 0; u < UNITS; u++) {
        g_assert_cmpint(owner[u], ==, n->owner[u]);
    }
}

static void test_random(void)
{
    unsigned resolved = 0;

    for (int round = 0; round < 20000; round++) {
        LayoutRequest req[MAX_REQ];
        size_t nr = g_test_rand_int_range(0, MAX_REQ + 1);
        unsigned ram_base =
            g_test_rand_bit() ? g_test_rand_int_range(0, 20) : 0;
        LayoutInput in = { .requests = req,
                           .nr_requests = nr,
                           .ram_base = ram_base * UNIT };
        Naive naive = { .req = req, .nr = nr };
        MemoryLayout *layout;

        random_requests(req, nr);
        layout = memory_layout_resolve(&in, NULL);
        if (!naive_resolve(&naive, ram_base)) {
            g_assert_null(layout);
            continue;
        }
        g_assert_nonnull(layout);
        compare(layout, &naive);
        memory_layout_free(layout);
        resolved++;
    }
    g_assert_cmpuint(resolved, >, 2000);
}

/* Any sizes at all: what no reference of units reaches. Only rules hold. */
static void test_random_wide(void)
{
    for (int round = 0; round < 20000; round++) {
        LayoutRequest req[MAX_REQ];
        size_t nr = g_test_rand_int_range(1, MAX_REQ + 1);
        LayoutInput in = { .requests = req, .nr_requests = nr };
        g_autoptr(MemoryLayout) layout = NULL;
        uint64_t got[MAX_REQ] = { 0 };

        random_requests(req, nr);
        for (size_t i = 0; i < nr; i++) {
            uint64_t bits =
                (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();

            req[i].size = bits >> g_test_rand_int_range(0, 63);
            req[i].addr = bits << g_test_rand_int_range(0, 63);
            if (req[i].place > LAYOUT_FIXED) {
                req[i].size &= -(uint64_t)LAYOUT_PAGE;
                req[i].align = 1ull << g_test_rand_int_range(12, 64);
            }
        }
        layout = memory_layout_resolve(&in, NULL);
        for (size_t i = 0; layout && i < layout->nr_ranges; i++) {
            const LayoutRange *range = &layout->ranges[i];

            g_assert_cmphex(range->start, <=, range->last);
            g_assert_true(i == 0 || layout->ranges[i - 1].last < range->start);
            g_assert_true(range->place != LAYOUT_MMIO32 ||
                          range->last < 4 * GiB);
            g_assert_true(range->place != LAYOUT_MMIO64 ||
                          range->start >= 4 * GiB);
            if (range->place > LAYOUT_FIXED) {
                g_assert_cmphex(range->start & (req[range->request].align - 1),
                                ==, 0);
            }
            got[range->request] += range->last - range->start + 1;
        }
        for (size_t i = 0; layout && i < nr; i++) {
            g_assert_cmphex(got[i], ==, req[i].size);
        }
    }
}

/* Thousands of slots are placed in a moment. */
static void test_many(void)
{
    enum { N = 4000 };
    g_autofree LayoutRequest *req = g_new0(LayoutRequest, N);
    LayoutInput in = { .requests = req, .nr_requests = N };
    MemoryLayout *layout;

    for (int i = 0; i < N; i++) {
        req[i] = window("slot", i % 2 ? LAYOUT_MMIO32 : LAYOUT_AFTER_MMIO,
                        64 * KiB, 64 * KiB);
    }
    layout = memory_layout_resolve(&in, &error_abort);
    g_assert_cmpuint(layout->nr_ranges, ==, N);
    g_assert_cmphex(memory_layout_find(layout, 1)->last, ==, 0xffffffff);
    g_assert_cmphex(memory_layout_find(layout, 0)->start, ==, 4 * GiB);
    memory_layout_free(layout);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/refused/size", test_bad_size);
    g_test_add_func("/layout/refused/align", test_bad_align);
    g_test_add_func("/layout/refused/overlap", test_overlap);
    g_test_add_func("/layout/refused/no-room", test_no_room);
    g_test_add_func("/layout/refused/width", test_width);
    g_test_add_func("/layout/ecam/full", test_ecam_full);
    g_test_add_func("/layout/ecam/shared", test_ecam_shared);
    g_test_add_func("/layout/ecam/fixed", test_ecam_fixed);
    g_test_add_func("/layout/ecam/refused", test_ecam_refused);
    g_test_add_func("/layout/golden/split", test_golden_split);
    g_test_add_func("/layout/golden/numa", test_golden_numa);
    g_test_add_func("/layout/golden/riscv", test_golden_riscv);
    g_test_add_func("/layout/golden/private", test_golden_private);
    g_test_add_func("/layout/lasts", test_lasts);
    g_test_add_func("/layout/random", test_random);
    g_test_add_func("/layout/random-wide", test_random_wide);
    g_test_add_func("/layout/many", test_many);
    return g_test_run();
}
