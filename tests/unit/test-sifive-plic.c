/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PLIC against a model that has one record per source and context: random
 * lines, registers, claims and completions, saving and loading in between.
 */
#include "qemu/osdep.h"
#include "hw/intc/sifive_plic.h"
#include "intc-fixture.h"

#define BASE       0xc000000
#define PENDING    0x1000
#define ENABLE     0x2000
#define STRIDE     0x80
#define CONTEXT    0x200000
#define CTX_STRIDE 0x1000
#define SOURCES    53 /* no multiple of 32, and with 0 */
#define HARTS      3
#define CONTEXTS   6

/* "MS,USM,M": the number of the mode's line, by context; U has none. */
static const struct {
    unsigned hart;
    int irq;
} context[CONTEXTS] = {
    { 0, IRQ_M_EXT }, { 0, IRQ_S_EXT }, { 1, -1 },
    { 1, IRQ_S_EXT }, { 1, IRQ_M_EXT }, { 2, IRQ_M_EXT },
};

typedef struct Model {
    struct {
        unsigned priority;
        bool pending, claimed, enabled[CONTEXTS];
    } source[64];
    unsigned threshold[CONTEXTS];
    unsigned max_priority;
} Model;

static DeviceState *create(unsigned priorities)
{
    char config[] = "MS,USM,M";

    make_harts(HARTS);
    return sifive_plic_create(BASE, config, HARTS, 0, SOURCES, priorities, 0,
                              PENDING, ENABLE, STRIDE, CONTEXT, CTX_STRIDE,
                              0x600000);
}

static unsigned model_best(const Model *m, unsigned ctx)
{
    unsigned best = 0;

    for (unsigned i = SOURCES - 1; i > 0; i--) {
        unsigned p = m->source[i].priority;

        if (m->source[i].pending && !m->source[i].claimed &&
            m->source[i].enabled[ctx] && p > m->threshold[ctx] &&
            (!best || p >= m->source[best].priority)) {
            best = i;
        }
    }
    return best;
}

/* True if a register of a priority takes the value. */
static bool model_priority(const Model *m, unsigned *value)
{
    if (m->max_priority == 7) {
        *value %= 8;
    }
    return *value <= m->max_priority;
}

static void check_lines(const Model *m)
{
    for (unsigned ctx = 0; ctx < CONTEXTS; ctx++) {
        if (context[ctx].irq >= 0) {
            g_assert_cmpint(hart_has(context[ctx].hart, context[ctx].irq), ==,
                            model_best(m, ctx) != 0);
        }
    }
}

static void check_registers(const Model *m)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        g_assert_cmpuint(reg_read(BASE + i * 4), ==, m->source[i].priority);
    }
    for (unsigned w = 0; w < 2; w++) {
        uint32_t pending = 0;

        for (unsigned i = 0; i < 32; i++) {
            pending |= (uint32_t)m->source[w * 32 + i].pending << i;
        }
        g_assert_cmphex(reg_read(BASE + PENDING + w * 4), ==, pending);
        for (unsigned ctx = 0; ctx < CONTEXTS; ctx++) {
            uint32_t enable = 0;

            for (unsigned i = 0; i < 32; i++) {
                enable |= (uint32_t)m->source[w * 32 + i].enabled[ctx] << i;
            }
            g_assert_cmphex(reg_read(BASE + ENABLE + ctx * STRIDE + w * 4), ==,
                            enable);
        }
    }
    for (unsigned ctx = 0; ctx < CONTEXTS; ctx++) {
        g_assert_cmpuint(reg_read(BASE + CONTEXT + ctx * CTX_STRIDE), ==,
                         m->threshold[ctx]);
    }
}

static void random_step(Model *m, DeviceState *dev)
{
    unsigned i = g_test_rand_int_range(0, SOURCES);
    unsigned ctx = g_test_rand_int_range(0, CONTEXTS);
    unsigned value = g_test_rand_int_range(0, 12), w = i / 32, n;
    uint32_t bits = g_test_rand_int();
    bool level = g_test_rand_bit();

    switch (g_test_rand_int_range(0, 8)) {
    case 0:
    case 1:
        qemu_set_irq(qdev_get_gpio_in(dev, i), level);
        m->source[i].pending |= level;
        break;
    case 2:
        reg_write(BASE + i * 4, value);
        if (i && model_priority(m, &value)) {
            m->source[i].priority = value;
        }
        break;
    case 3:
        reg_write(BASE + ENABLE + ctx * STRIDE + w * 4, bits);
        for (unsigned j = 0; j < 32; j++) {
            m->source[w * 32 + j].enabled[ctx] = bits >> j & 1;
        }
        break;
    case 4:
        value = g_test_rand_bit() ? value : 0;
        reg_write(BASE + CONTEXT + ctx * CTX_STRIDE, value);
        if (model_priority(m, &value)) {
            m->threshold[ctx] = value;
        }
        break;
    case 5:
        n = model_best(m, ctx);
        g_assert_cmpuint(reg_read(BASE + CONTEXT + ctx * CTX_STRIDE + 4), ==,
                         n);
        if (n) {
            m->source[n].pending = false;
            m->source[n].claimed = true;
        }
        break;
    case 6:
        i = g_test_rand_bit() ? i : bits;
        reg_write(BASE + CONTEXT + ctx * CTX_STRIDE + 4, i);
        if (i < SOURCES) {
            m->source[i].claimed = false;
        }
        break;
    default:
        /* What cannot be written. */
        reg_write(BASE + PENDING + w * 4, bits);
        reg_write(BASE + CONTEXT + ctx * CTX_STRIDE + 8, bits);
        reg_write(BASE + ENABLE + ctx * STRIDE + 8, bits);
        break;
    }
}

static void test_random(gconstpointer priorities)
{
    Model m = { .max_priority = GPOINTER_TO_UINT(priorities) };
    DeviceState *dev = create(m.max_priority);

    device_cold_reset(dev);
    for (int round = 0; round < 6000; round++) {
        random_step(&m, dev);
        check_lines(&m);
        if (round % 100 == 0) {
            check_registers(&m);
        }
        if (round % 500 == 499) {
            save_and_load(dev);
            /* The lines are the harts' state. */
            reg_write(BASE, 0);
            for (unsigned ctx = 0; ctx < CONTEXTS; ctx++) {
                reg_write(BASE + CONTEXT + ctx * CTX_STRIDE, m.threshold[ctx]);
            }
            check_registers(&m);
        }
        if (round % 2000 == 1999) {
            device_cold_reset(dev);
            m = (Model){ .max_priority = m.max_priority };
        }
    }
    destroy(dev);
    free_harts();
}

/* One interrupt by hand: raised, taken, claimed, raised again, completed. */
static void test_flow(void)
{
    DeviceState *dev = create(7);
    qemu_irq line = qdev_get_gpio_in(dev, 10);
    g_autofree char *text = NULL;
    uint64_t *counts;
    unsigned n;

    device_cold_reset(dev);
    reg_write(BASE + 40, 1);
    reg_write(BASE + ENABLE + STRIDE, 1 << 10);
    qemu_irq_raise(line);
    g_assert_true(hart_has(0, IRQ_S_EXT));
    g_assert_false(hart_has(0, IRQ_M_EXT));
    g_assert_cmphex(reg_read(BASE + PENDING), ==, 1 << 10);
    g_assert_cmpuint(reg_read(BASE + CONTEXT + CTX_STRIDE + 4), ==, 10);
    g_assert_false(hart_has(0, IRQ_S_EXT));
    g_assert_cmphex(reg_read(BASE + PENDING), ==, 0);
    g_assert_cmpuint(reg_read(BASE + CONTEXT + CTX_STRIDE + 4), ==, 0);

    /* While it is claimed it becomes pending, but does not interrupt. */
    qemu_irq_lower(line);
    qemu_irq_raise(line);
    g_assert_cmphex(reg_read(BASE + PENDING), ==, 1 << 10);
    g_assert_false(hart_has(0, IRQ_S_EXT));
    text = pic_text(dev);
    g_assert_nonnull(strstr(text, "source 10: priority 1 pending claimed\n"));
    g_assert_nonnull(strstr(text, "context 1: hart 0 S threshold 0 enable"
                                  " 00000400 00000000\n"));
    reg_write(BASE + CONTEXT + CTX_STRIDE + 4, 10);
    g_assert_true(hart_has(0, IRQ_S_EXT));

    /* It goes when it is disabled, below the threshold, of no priority. */
    reg_write(BASE + ENABLE + STRIDE, 0);
    g_assert_false(hart_has(0, IRQ_S_EXT));
    reg_write(BASE + ENABLE + STRIDE, 1 << 10);
    g_assert_true(hart_has(0, IRQ_S_EXT));
    reg_write(BASE + CONTEXT + CTX_STRIDE, 1);
    g_assert_false(hart_has(0, IRQ_S_EXT));
    reg_write(BASE + CONTEXT + CTX_STRIDE, 0);
    reg_write(BASE + 40, 0);
    g_assert_false(hart_has(0, IRQ_S_EXT));

    g_assert_true(INTERRUPT_STATS_PROVIDER_GET_CLASS(dev)->get_statistics(
        INTERRUPT_STATS_PROVIDER(dev), &counts, &n));
    g_assert_cmpuint(n, ==, SOURCES);
    g_assert_cmpuint(counts[10], ==, 1);
    destroy(dev);
    free_harts();
}

/* Two contexts see one source; the first to claim has it. */
static void test_race(void)
{
    DeviceState *dev = create(7);

    device_cold_reset(dev);
    reg_write(BASE + 4, 2);
    reg_write(BASE + ENABLE, 2);
    reg_write(BASE + ENABLE + 5 * STRIDE, 2);
    qemu_irq_raise(qdev_get_gpio_in(dev, 1));
    g_assert_true(hart_has(0, IRQ_M_EXT) && hart_has(2, IRQ_M_EXT));
    g_assert_cmpuint(reg_read(BASE + CONTEXT + 5 * CTX_STRIDE + 4), ==, 1);
    g_assert_false(hart_has(0, IRQ_M_EXT) || hart_has(2, IRQ_M_EXT));
    g_assert_cmpuint(reg_read(BASE + CONTEXT + 4), ==, 0);
    destroy(dev);
    free_harts();
}

static void test_accesses(void)
{
    DeviceState *dev = create(7);
    uint8_t buf[8] = { 0xff };

    device_cold_reset(dev);
    g_assert_cmpint(address_space_write(&address_space_memory, BASE + 4,
                                        MEMTXATTRS_UNSPECIFIED, buf, 2),
                    !=, MEMTX_OK);
    g_assert_cmpuint(reg_read(BASE + 4), ==, 0);
    /* A word of pending bits that QEMU has, but no source. */
    g_assert_cmpuint(reg_read(BASE + PENDING + 8), ==, 0);
    random_accesses(BASE, 0x600000, 20000);
    random_accesses(BASE, 0x4000, 20000);
    random_accesses(BASE + CONTEXT, CONTEXTS * CTX_STRIDE, 20000);
    destroy(dev);
    free_harts();
}

static void test_refused(void)
{
#define OTHERS "num-sources=4", "enable-stride=128", "context-stride=4096"
    make_harts(2);
    refused(TYPE_SIFIVE_PLIC,
            "plic: hart-config is missing, for example \"MS,MS\"", OTHERS,
            NULL);
    refused(TYPE_SIFIVE_PLIC, "plic: invalid mode 'H' in config: MS,H", OTHERS,
            "hart-config=MS,H", NULL);
    refused(TYPE_SIFIVE_PLIC, "plic: duplicate mode 'S' in config: MS,SMS",
            OTHERS, "hart-config=MS,SMS", NULL);
    refused(TYPE_SIFIVE_PLIC, "plic: invalid number of interrupt sources",
            "hart-config=MS", "num-sources=0", NULL);
    refused(TYPE_SIFIVE_PLIC, "plic: there is no hart 2", OTHERS,
            "hart-config=MS,MS", "hartid-base=1", NULL);
    test_hart[1]->env.miclaim = 0;
    refused(TYPE_SIFIVE_PLIC,
            "plic: enable-stride 0x30 and context-stride 0x1000 must be powers"
            " of two",
            "hart-config=MS", OTHERS, "enable-stride=48", NULL);
    test_hart[0]->env.miclaim = MIP_SEIP;
    refused(TYPE_SIFIVE_PLIC, "SEIP already claimed", OTHERS, "hart-config=MS",
            NULL);
    free_harts();
}

int main(int argc, char **argv)
{
    intc_test_init(&argc, &argv);
    g_test_add_func("/plic/flow", test_flow);
    g_test_add_func("/plic/race", test_race);
    g_test_add_func("/plic/accesses", test_accesses);
    g_test_add_func("/plic/refused", test_refused);
    g_test_add_data_func("/plic/random/7", GUINT_TO_POINTER(7), test_random);
    g_test_add_data_func("/plic/random/5", GUINT_TO_POINTER(5), test_random);
    return g_test_run();
}
