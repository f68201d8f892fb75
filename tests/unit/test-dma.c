/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA: accesses with a direction, scatter-gather lists.
 */
#include "qemu/osdep.h"
#include "memory-fixture.h"
#include "system/dma.h"

static void test_rw(MemFixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    uint8_t buf[8];

    g_assert_cmpuint(dma_memory_write(as, 0x100, "abcdefgh", 8, NONE), ==, 0);
    g_assert_cmpmem(f->ram_host + 0x100, 8, "abcdefgh", 8);
    g_assert_cmpuint(dma_memory_read(as, 0x101, buf, 4, NONE), ==, 0);
    g_assert_cmpmem(buf, 4, "bcde", 4);
    g_assert_cmpuint(dma_memory_write_relaxed(as, 0x200, "xy", 2), ==, 0);
    g_assert_cmpuint(dma_memory_read_relaxed(as, 0x200, buf, 2), ==, 0);
    g_assert_cmpmem(buf, 2, "xy", 2);
    g_assert_cmpuint(
        dma_memory_rw(as, MEM_HOLE, buf, 4, DMA_DIRECTION_FROM_DEVICE, NONE),
        ==, MEMTX_DECODE_ERROR);
    g_assert_cmpuint(dma_memory_set(as, 0x300, 0x42, 0x1000, NONE), ==, 0);
    g_assert_cmphex(f->ram_host[0x12ff], ==, 0x42);
    g_assert_cmphex(f->ram_host[0x1300], ==, 0);
    g_assert_true(
        dma_memory_valid(as, MEM_ROM, 0x1000, DMA_DIRECTION_TO_DEVICE, NONE));
    g_assert_false(
        dma_memory_valid(as, MEM_ROM, 0x1000, DMA_DIRECTION_FROM_DEVICE, NONE));
}

static void test_values(MemFixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    uint8_t v8;
    uint16_t v16;
    uint32_t v32;
    uint64_t v64;

    stb_dma(as, 0, 0x12, NONE);
    stw_le_dma(as, 2, 0x1234, NONE);
    stw_be_dma(as, 4, 0x1234, NONE);
    stl_le_dma(as, 8, 0x12345678, NONE);
    stl_be_dma(as, 12, 0x12345678, NONE);
    stq_le_dma(as, 16, 0x123456789abcdef0, NONE);
    g_assert_cmpuint(stq_be_dma(as, 24, 0x123456789abcdef0, NONE), ==, 0);
    g_assert_cmpmem(f->ram_host + 2, 4, "\x34\x12\x12\x34", 4);
    g_assert_cmpmem(f->ram_host + 8, 8, "\x78\x56\x34\x12\x12\x34\x56\x78", 8);
    g_assert_cmphex(f->ram_host[16], ==, 0xf0);
    g_assert_cmphex(f->ram_host[24], ==, 0x12);
    ldub_dma(as, 0, &v8, NONE);
    g_assert_cmphex(v8, ==, 0x12);
    lduw_le_dma(as, 2, &v16, NONE);
    g_assert_cmphex(v16, ==, 0x1234);
    lduw_be_dma(as, 4, &v16, NONE);
    g_assert_cmphex(v16, ==, 0x1234);
    ldl_le_dma(as, 8, &v32, NONE);
    g_assert_cmphex(v32, ==, 0x12345678);
    ldl_be_dma(as, 12, &v32, NONE);
    g_assert_cmphex(v32, ==, 0x12345678);
    ldq_le_dma(as, 16, &v64, NONE);
    g_assert_cmphex(v64, ==, 0x123456789abcdef0);
    ldq_be_dma(as, 24, &v64, NONE);
    g_assert_cmphex(v64, ==, 0x123456789abcdef0);
    g_assert_cmpuint(ldl_le_dma(as, MEM_HOLE, &v32, NONE), ==,
                     MEMTX_DECODE_ERROR);
}

static void test_map(MemFixture *f, gconstpointer unused)
{
    dma_addr_t len = 0x100;
    void *p =
        dma_memory_map(&f->as, 0x80, &len, DMA_DIRECTION_FROM_DEVICE, NONE);

    g_assert_true(p == f->ram_host + 0x80);
    g_assert_cmphex(len, ==, 0x100);
    dma_memory_unmap(&f->as, p, len, DMA_DIRECTION_FROM_DEVICE, len);
}

static void test_sglist(MemFixture *f, gconstpointer unused)
{
    DeviceState *dev = (DeviceState *)f->owner;
    g_autofree uint8_t *buf = g_malloc(0x1000);
    dma_addr_t residual = 99;
    QEMUSGList sg;

    for (int i = 0; i < 0x1000; i++) {
        buf[i] = i * 7;
    }
    qemu_sglist_init(&sg, dev, 1, &f->as);
    g_assert_cmpuint(f->owner->ref, ==, f->refs + 1);
    g_assert_cmpuint(dma_buf_read(buf, 10, &residual, &sg, NONE), ==, 0);
    g_assert_cmpuint(residual, ==, 0);
    for (int i = 0; i < 20; i++) {
        qemu_sglist_add(&sg, 0x3000 - i * 0x100, 0x10 + i);
    }
    g_assert_cmpint(sg.nsg, ==, 20);
    g_assert_cmpuint(sg.size, ==, 20 * 0x10 + 190);

    g_assert_cmpuint(dma_buf_read(buf, 0x21, &residual, &sg, NONE), ==, 0);
    g_assert_cmpuint(residual, ==, sg.size - 0x21);
    g_assert_cmpmem(f->ram_host + 0x3000, 0x10, buf, 0x10);
    g_assert_cmpmem(f->ram_host + 0x2f00, 0x11, buf + 0x10, 0x11);
    g_assert_cmphex(f->ram_host[0x2e00], ==, 0);

    g_assert_cmpuint(dma_buf_read(buf, 0x1000, &residual, &sg, NONE), ==, 0);
    g_assert_cmpuint(residual, ==, 0);
    memset(buf, 0, 0x1000);
    g_assert_cmpuint(dma_buf_write(buf, sg.size, NULL, &sg, NONE), ==, 0);
    for (dma_addr_t i = 0; i < sg.size; i++) {
        g_assert_cmphex(buf[i], ==, (uint8_t)(i * 7));
    }
    g_assert_cmphex(buf[sg.size], ==, 0);

    qemu_sglist_add(&sg, MEM_HOLE, 4);
    g_assert_cmpuint(dma_buf_write(buf, sg.size, NULL, &sg, NONE), ==,
                     MEMTX_DECODE_ERROR);
    qemu_sglist_destroy(&sg);
    g_assert_cmpuint(f->owner->ref, ==, f->refs);
    g_assert_null(sg.sg);
}

static void test_pow2_mask(void)
{
    const struct {
        uint64_t start, end;
        int bits;
        uint64_t want;
    } cases[] = {
        { 0, UINT64_MAX, 64, UINT64_MAX },
        { 0, UINT64_MAX, 48, 0xffffffffffff },
        { 0x1000, 0x1fff, 64, 0xfff },
        { 0x1000, 0x3fff, 64, 0xfff },
        { 0x4000, 0x7fff, 64, 0x3fff },
        { 0x4000, 0x7ffe, 64, 0x1fff },
        { 0, 0xfff, 10, 0x3ff },
        { 7, 7, 64, 0 },
        { UINT64_C(1) << 63, UINT64_MAX, 64, INT64_MAX },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_assert_cmphex(
            dma_aligned_pow2_mask(cases[i].start, cases[i].end, cases[i].bits),
            ==, cases[i].want);
    }
}

int main(int argc, char **argv)
{
    mem_fixture_init(&argc, &argv);
    mem_test("/dma/rw", test_rw);
    mem_test("/dma/values", test_values);
    mem_test("/dma/map", test_map);
    mem_test("/dma/sglist", test_sglist);
    g_test_add_func("/dma/pow2-mask", test_pow2_mask);
    return g_test_run();
}
