/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Placing memory devices (hw/mem/place.c), against trying every address. */
#include "qemu/osdep.h"
#include "hw/mem/place.h"
#include "qapi/error.h"
#include "qemu/units.h"

static GArray *placed_new(void)
{
    return g_array_new(false, false, sizeof(MemoryPlaced));
}

static void add(GArray *placed, uint64_t addr, uint64_t size, const char *id)
{
    MemoryPlaced p = { addr, size, id };
    guint i = 0;

    while (i < placed->len &&
           g_array_index(placed, MemoryPlaced, i).addr < addr) {
        i++;
    }
    g_array_insert_val(placed, i, p);
}

static void check_error(const MemoryPlaceRequest *req, const char *expected)
{
    Error *err = NULL;
    uint64_t addr;

    g_assert_false(memory_place(req, &addr, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, expected);
    error_free(err);
}

static void test_fixed(void)
{
    g_autoptr(GArray) placed = placed_new();
    MemoryPlaceRequest req = {
        .base = 4 * GiB,
        .size = 4 * GiB,
        .lowest = 4 * GiB,
        .wanted = 5 * GiB,
        .length = GiB,
        .align = 2 * MiB,
        .placed = placed,
    };
    uint64_t addr;

    g_assert_true(memory_place(&req, &addr, &error_abort));
    g_assert_cmphex(addr, ==, 5 * GiB);
    req.wanted = 5 * GiB + MiB;
    check_error(&req, "address must be aligned to 0x200000 bytes");
    req.wanted = 3 * GiB;
    check_error(&req, "can't add memory device [0xc0000000:0x40000000], usable "
                      "range for memory devices [0x100000000:0x100000000]");
    req.wanted = 8 * GiB - 2 * MiB;
    check_error(&req, "can't add memory device [0x1ffe00000:0x40000000], "
                      "usable range for memory devices "
                      "[0x100000000:0x100000000]");
    req.wanted = -(2 * MiB);
    check_error(&req, "can't add memory device "
                      "[0xffffffffffe00000:0x40000000], usable range for "
                      "memory devices [0x100000000:0x100000000]");
    add(placed, 5 * GiB, 2 * MiB, "dimm1");
    req.wanted = 5 * GiB;
    check_error(&req, "address range conflicts with memory device id='dimm1'");
    add(placed, 7 * GiB - 2 * MiB, 2 * MiB, NULL);
    req.wanted = 6 * GiB;
    check_error(&req, "address range conflicts with memory device "
                      "id='(unnamed)'");
    req.wanted = 5 * GiB + 2 * MiB;
    g_assert_true(memory_place(&req, &addr, &error_abort));
}

static void test_ends(void)
{
    g_autoptr(GArray) placed = placed_new();
    MemoryPlaceRequest req = {
        .base = -(2 * GiB),
        .size = 2 * GiB,
        .lowest = -(2 * GiB),
        .length = GiB,
        .align = GiB,
        .placed = placed,
    };
    uint64_t addr;

    /* The window may end where the address space ends. */
    g_assert_true(memory_place(&req, &addr, &error_abort));
    g_assert_cmphex(addr, ==, -(2 * GiB));
    add(placed, addr, GiB, NULL);
    g_assert_true(memory_place(&req, &addr, &error_abort));
    g_assert_cmphex(addr, ==, -GiB);
    add(placed, addr, GiB, NULL);
    check_error(&req, "could not find position in guest address space for "
                      "memory device - memory fragmented due to alignments");
    req.length = 3 * GiB;
    check_error(&req, "can't add memory device, device too big");
}

static void test_reserved(void)
{
    g_autoptr(GArray) placed = placed_new();
    MemoryPlaceRequest req = {
        .base = 4 * GiB,
        .size = 4 * GiB,
        .lowest = 5 * GiB,
        .length = GiB,
        .align = 2 * MiB,
        .placed = placed,
    };
    uint64_t addr;

    g_assert_true(memory_place(&req, &addr, &error_abort));
    g_assert_cmphex(addr, ==, 5 * GiB);
    /* Who asks for an address may have it. */
    req.wanted = 4 * GiB;
    g_assert_true(memory_place(&req, &addr, &error_abort));
}

/* ---- against trying every address ---------------------------------------- */

/* A window of up to 64 units; addresses are multiples of UNIT. */
#define UNIT MiB

static bool is_free(const MemoryPlaceRequest *req, uint64_t addr)
{
    if (addr < req->base || addr + req->length > req->base + req->size) {
        return false;
    }
    for (guint i = 0; i < req->placed->len; i++) {
        const MemoryPlaced *p = &g_array_index(req->placed, MemoryPlaced, i);

        if (addr < p->addr + p->size && p->addr < addr + req->length) {
            return false;
        }
    }
    return true;
}

static bool brute_force(const MemoryPlaceRequest *req, uint64_t *addr)
{
    uint64_t from = req->wanted ?: req->lowest;
    uint64_t to = req->wanted ?: req->base + req->size;

    for (uint64_t a = from; a <= to; a += UNIT) {
        if (QEMU_IS_ALIGNED(a, req->align) && is_free(req, a)) {
            *addr = a;
            return true;
        }
    }
    return false;
}

static void random_window(GRand *rand)
{
    g_autoptr(GArray) placed = placed_new();
    const uint64_t base = g_rand_int_range(rand, 64, 128) * UNIT;
    const uint64_t units = g_rand_int_range(rand, 1, 64);
    const uint64_t lowest =
        base + g_rand_int_range(rand, 0, MIN(units, 8)) * UNIT;

    for (int step = 0; step < 60; step++) {
        MemoryPlaceRequest req = {
            .base = base,
            .size = units * UNIT,
            .lowest = g_rand_boolean(rand) ? base : lowest,
            .length = g_rand_int_range(rand, 1, 12) * UNIT,
            .align = UNIT << g_rand_int_range(rand, 0, 4),
            .placed = placed,
        };
        uint64_t addr = 0, expected = 0;
        bool there;

        /* The warning about alignments beyond the window's is tried below. */
        while (!QEMU_IS_ALIGNED(base, req.align)) {
            req.align /= 2;
        }
        if (g_rand_int_range(rand, 0, 4) == 0) {
            req.wanted = g_rand_int_range(rand, 60, 200) * UNIT;
        }
        there = brute_force(&req, &expected);
        g_assert_cmpint(memory_place(&req, &addr, NULL), ==, there);
        if (there) {
            g_assert_cmphex(addr, ==, expected);
            add(placed, addr, req.length, NULL);
        }
        if (placed->len && g_rand_int_range(rand, 0, 3) == 0) {
            g_array_remove_index(placed,
                                 g_rand_int_range(rand, 0, placed->len));
        }
    }
}

static void test_random(void)
{
    const char *given = g_getenv("SEED");
    guint32 seed = given ? strtoul(given, NULL, 0) : g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

    g_test_message("SEED=%u", seed);
    for (int i = 0; i < 2000; i++) {
        random_window(rand);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory-place/fixed", test_fixed);
    g_test_add_func("/memory-place/ends", test_ends);
    g_test_add_func("/memory-place/reserved", test_reserved);
    g_test_add_func("/memory-place/random", test_random);
    return g_test_run();
}
