/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IMSICs against a model: MSIs by memory writes, the files' registers through
 * the callback that a hart uses for its CSRs, in both widths.
 */
#include "qemu/osdep.h"
#include "hw/intc/riscv_imsic.h"
#include "intc-fixture.h"

#define M_BASE 0x24000000
#define S_BASE 0x28000000
#define IDS    191 /* and 0 */
#define PAGES  3   /* of the S level: one of its own, two of guests */
#define FILES  (1 + PAGES)

typedef struct File {
    unsigned delivery, threshold;
    bool pending[IDS + 1], enabled[IDS + 1];
} File;

/* File 0 is M level's, 1 S level's, the others those of guests. */
static DeviceState *device[2];

static hwaddr page_of(unsigned file)
{
    return file == 0 ? M_BASE : S_BASE + (file - 1) * 0x1000;
}

static int rmw(unsigned file, unsigned isel, unsigned xlen, target_ulong *val,
               target_ulong value, target_ulong mask)
{
    CPURISCVState *env = &test_hart[1]->env;
    int level = file == 0 ? PRV_M : PRV_S;
    unsigned guest = file > 1 ? file - 1 : 0;

    return env->aia_ireg_rmw_fn[level](
        env->aia_ireg_rmw_fn_arg[level],
        AIA_MAKE_IREG(isel, level, guest != 0, guest, xlen), val, value, mask);
}

static target_ulong get(unsigned file, unsigned isel)
{
    target_ulong v;

    g_assert_cmpint(rmw(file, isel, 64, &v, 0, 0), ==, 0);
    return v;
}

static void create(void)
{
    make_harts(2);
    device[0] = riscv_imsic_create(M_BASE, 1, true, 1, IDS);
    device[1] = riscv_imsic_create(S_BASE, 1, false, PAGES, IDS);
    device_cold_reset(device[0]);
    device_cold_reset(device[1]);
}

static void end(void)
{
    destroy(device[0]);
    destroy(device[1]);
    g_assert_null(test_hart[1]->env.aia_ireg_rmw_fn[PRV_M]);
    g_assert_null(test_hart[1]->env.aia_ireg_rmw_fn[PRV_S]);
    free_harts();
}

static unsigned model_top(const File *f)
{
    for (unsigned i = 1; i <= IDS; i++) {
        if (f->pending[i] && f->enabled[i] &&
            (!f->threshold || i < f->threshold)) {
            return i;
        }
    }
    return 0;
}

static bool line(unsigned file)
{
    return file == 0   ? hart_has(1, IRQ_M_EXT)
           : file == 1 ? hart_has(1, IRQ_S_EXT)
                       : test_guest_lines >> (file - 2) & 1;
}

static void check_lines(const File *m)
{
    for (unsigned f = 0; f < FILES; f++) {
        unsigned top = model_top(&m[f]);

        g_assert_cmpint(line(f), ==, m[f].delivery && top);
        g_assert_cmphex(get(f, ISELECT_IMSIC_TOPEI), ==, top << 16 | top);
    }
    g_assert_cmphex(test_hart[0]->env.mip, ==, 0);
}

static void check_file(unsigned file, const File *f)
{
    g_assert_cmphex(get(file, ISELECT_IMSIC_EIDELIVERY), ==, f->delivery);
    g_assert_cmphex(get(file, ISELECT_IMSIC_EITHRESHOLD), ==, f->threshold);
    for (unsigned i = 0; i <= IDS; i++) {
        target_ulong eip32, eie32;

        g_assert_cmpint(get(file, ISELECT_IMSIC_EIP0 + i / 64 * 2) >> i % 64 &
                            1,
                        ==, f->pending[i]);
        g_assert_cmpint(get(file, ISELECT_IMSIC_EIE0 + i / 64 * 2) >> i % 64 &
                            1,
                        ==, f->enabled[i]);
        rmw(file, ISELECT_IMSIC_EIP0 + i / 32, 32, &eip32, 0, 0);
        rmw(file, ISELECT_IMSIC_EIE0 + i / 32, 32, &eie32, 0, 0);
        g_assert_cmpint(eip32 >> i % 32 & 1, ==, f->pending[i]);
        g_assert_cmpint(eie32 >> i % 32 & 1, ==, f->enabled[i]);
        g_assert_cmphex(eip32 >> 32 | eie32 >> 32, ==, 0);
    }
}

static void array_step(unsigned file, bool *array, unsigned isel)
{
    unsigned xlen = g_test_rand_bit() ? 32 : 64;
    unsigned n = g_test_rand_int_range(0, (IDS + 1) / xlen);
    target_ulong value = (uint64_t)g_test_rand_int() << 32 | g_test_rand_int();
    target_ulong mask = (uint64_t)g_test_rand_int() << 32 | g_test_rand_int();
    target_ulong old = 0, was = 0;

    mask = g_test_rand_bit() ? mask : -1;
    mask &= xlen == 32 ? UINT32_MAX : UINT64_MAX;
    for (unsigned i = 0; i < xlen; i++) {
        bool *bit = &array[n * xlen + i];

        was |= (target_ulong)*bit << i;
        if (mask >> i & 1 && n * xlen + i) {
            *bit = value >> i & 1;
        }
    }
    g_assert_cmpint(rmw(file, isel + n * (xlen / 32), xlen,
                        g_test_rand_bit() ? &old : NULL, value, mask),
                    ==, 0);
    g_assert_true(old == 0 || old == was);
}

static void random_step(File *m)
{
    unsigned file = g_test_rand_int_range(0, FILES), top;
    File *f = &m[file];
    uint32_t value = g_test_rand_int();
    unsigned id = g_test_rand_int_range(0, IDS + 10);
    target_ulong old;

    switch (g_test_rand_int_range(0, 9)) {
    case 0:
        rmw(file, ISELECT_IMSIC_EIDELIVERY, 64, NULL, value, -1);
        f->delivery = value & 1;
        break;
    case 1:
        value = g_test_rand_bit() ? id : 0;
        rmw(file, ISELECT_IMSIC_EITHRESHOLD, 64, &old, value, -1);
        g_assert_cmphex(old, ==, f->threshold);
        f->threshold = value;
        break;
    case 2:
        array_step(file, f->pending, ISELECT_IMSIC_EIP0);
        break;
    case 3:
        array_step(file, f->enabled, ISELECT_IMSIC_EIE0);
        break;
    case 4:
    case 5:
        top = model_top(f);
        g_assert_cmpint(rmw(file, ISELECT_IMSIC_TOPEI, 64, &old, value, -1), ==,
                        0);
        g_assert_cmphex(old, ==, top << 16 | top);
        f->pending[top] = false;
        break;
    case 6:
        /* The big-endian port, and what is no port. */
        reg_write(page_of(file) + 4, bswap32(id));
        reg_write(page_of(file) + (value & 0x7f8) + 8, id);
        break;
    default:
        reg_write(page_of(file), id);
        if (id && id <= IDS) {
            f->pending[id] = true;
        }
        g_assert_cmphex(reg_read(page_of(file)), ==, 0);
        break;
    }
}

static void test_random(void)
{
    File m[FILES] = { 0 };

    create();
    for (int round = 0; round < 6000; round++) {
        random_step(m);
        check_lines(m);
        if (round % 200 == 0) {
            for (unsigned f = 0; f < FILES; f++) {
                check_file(f, &m[f]);
            }
        }
        if (round % 500 == 499) {
            save_and_load(device[0]);
            save_and_load(device[1]);
            for (unsigned f = 0; f < FILES; f++) {
                check_file(f, &m[f]);
                /* The lines are the harts' state. */
                rmw(f, ISELECT_IMSIC_EIDELIVERY, 64, NULL, m[f].delivery, 1);
            }
        }
        if (round == 3000) {
            device_cold_reset(device[0]);
            device_cold_reset(device[1]);
            memset(m, 0, sizeof(m));
        }
    }
    end();
}

/* Registers that there are, reserved ones, and none. */
static void test_registers(void)
{
    create();
    for (unsigned isel = 0; isel < 0x300; isel++) {
        bool array = isel >= 0x80 && isel <= 0xff;
        bool there = array ? isel % 2 == 0 && isel % 0x40 < (IDS + 1) / 32
                           : (isel >= 0x70 && isel < 0x80) ||
                                 isel == ISELECT_IMSIC_TOPEI;
        target_ulong v = 1;

        g_assert_cmpint(rmw(0, isel, 64, &v, 0, 0) == 0, ==, there);
        if (there) {
            g_assert_cmphex(v, ==, 0);
        }
        if (isel == 0x71 || (isel > 0x72 && isel < 0x80)) {
            g_assert_cmpint(rmw(0, isel, 64, NULL, -1, -1), ==, 0);
            g_assert_cmphex(get(0, isel), ==, 0);
        }
    }
    g_assert_cmpint(rmw(1 + PAGES, 0x70, 64, NULL, 0, 0), !=, 0);
    /* A file of the other level. */
    g_assert_cmpint(test_hart[1]->env.aia_ireg_rmw_fn[PRV_M](
                        test_hart[1]->env.aia_ireg_rmw_fn_arg[PRV_M],
                        AIA_MAKE_IREG(0x70, PRV_S, 0, 0, 64), NULL, 0, 0),
                    !=, 0);
    g_assert_true(test_hart[1]->cfg.ext_smaia && test_hart[1]->cfg.ext_ssaia);
    g_assert_cmpuint(test_hart[1]->env.geilen, ==, PAGES - 1);
    end();
}

static void test_show(void)
{
    g_autofree char *text = NULL;
    uint64_t *counts;
    unsigned n;

    create();
    reg_write(M_BASE, 70);
    rmw(0, ISELECT_IMSIC_EIDELIVERY, 64, NULL, 1, 1);
    rmw(0, ISELECT_IMSIC_EIE0, 64, NULL, 2, 2);
    text = pic_text(device[0]);
    g_assert_cmpstr(text, ==,
                    "IMSIC: hart 1 M, 191 identities\n"
                    "  file 0: eidelivery 1 eithreshold 0\n"
                    "    identity 1: enabled\n"
                    "    identity 70: pending\n");
    g_assert_true(INTERRUPT_STATS_PROVIDER_GET_CLASS(device[0])->get_statistics(
        INTERRUPT_STATS_PROVIDER(device[0]), &counts, &n));
    g_assert_cmpuint(n, ==, IDS + 1);
    g_assert_cmpuint(counts[70], ==, 1);
    end();
}

static void test_accesses(void)
{
    create();
    random_accesses(M_BASE, 0x1000, 20000);
    random_accesses(S_BASE, PAGES * 0x1000, 20000);
    end();
}

static void test_refused(void)
{
#define OTHERS "num-irqs=64", "num-pages=1"
    make_harts(1);
    refused(TYPE_RISCV_IMSIC, "imsic: there is no hart 5", OTHERS, "hartid=5",
            NULL);
    refused(TYPE_RISCV_IMSIC, "imsic: num-pages is 2, must be 1 to 1", OTHERS,
            "mmode=on", "num-pages=2", NULL);
    refused(TYPE_RISCV_IMSIC, "imsic: num-pages is 65, must be 1 to 64", OTHERS,
            "num-pages=65", NULL);
    refused(TYPE_RISCV_IMSIC,
            "imsic: num-irqs is 65, must be a multiple of 64,"
            " at most 2048",
            OTHERS, "num-irqs=65", NULL);
    test_hart[0]->env.miclaim = MIP_MEIP;
    refused(TYPE_RISCV_IMSIC, "MEIP already claimed", OTHERS, "mmode=on", NULL);
    free_harts();
}

int main(int argc, char **argv)
{
    intc_test_init(&argc, &argv);
    g_test_add_func("/imsic/registers", test_registers);
    g_test_add_func("/imsic/show", test_show);
    g_test_add_func("/imsic/accesses", test_accesses);
    g_test_add_func("/imsic/refused", test_refused);
    g_test_add_func("/imsic/random", test_random);
    return g_test_run();
}
