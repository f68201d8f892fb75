/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A root domain of an APLIC and its child against a model that follows the AIA
 * specification (1.0, chapter 4) source by source: with direct delivery, and
 * with MSIs to a region that notes them.
 */
#include "qemu/osdep.h"
#include "hw/intc/riscv_aplic.h"
#include "intc-fixture.h"

#define M_BASE  0xc000000
#define S_BASE  0xd000000
#define SOURCES 45
#define HARTS   2
#define IPRIO   5 /* bits */
#define NUM     64

#define SOURCECFG(i) ((i)*4)
#define SETIP        0x1c00
#define IN_CLRIP     0x1d00
#define SETIE        0x1e00
#define CLRIE        0x1f00
#define TARGET(i)    (0x3000 + (i)*4)
#define IDC(hart)    (0x4000 + (hart)*32)
#define DELEGATED    0x400

typedef struct Domain {
    bool ie;
    unsigned cfg[NUM];
    bool pending[NUM], enabled[NUM];
    uint32_t target[NUM];
    unsigned idelivery[HARTS], iforce[HARTS], ithreshold[HARTS];
} Domain;

typedef struct Model {
    bool msi;
    bool wire[NUM];
    Domain d[2]; /* machine, supervisor */
    GString *sent;
} Model;

static const hwaddr base[2] = { M_BASE, S_BASE };
static DeviceState *device[2];
static MemoryRegion sink;
static GString *heard;

/*** What the specification says. ***/

static bool active(const Domain *d, unsigned i)
{
    return i > 0 && i <= SOURCES && d->cfg[i] != 0 && d->cfg[i] != DELEGATED;
}

static bool rectified(const Model *m, const Domain *d, unsigned i)
{
    switch (d->cfg[i]) {
    case 4:
    case 6:
        return m->wire[i];
    case 5:
    case 7:
        return !m->wire[i];
    default:
        return false;
    }
}

static bool level(const Domain *d, unsigned i)
{
    return d->cfg[i] == 6 || d->cfg[i] == 7;
}

static bool pending(const Model *m, const Domain *d, unsigned i)
{
    return level(d, i) && !m->msi ? rectified(m, d, i) : d->pending[i];
}

static uint32_t topi(const Model *m, const Domain *d, unsigned hart)
{
    unsigned best = 0, best_prio = 0;

    for (unsigned i = SOURCES; i > 0; i--) {
        unsigned prio = d->target[i] & 0x1f;

        if (pending(m, d, i) && d->enabled[i] && d->target[i] >> 18 == hart &&
            (!d->ithreshold[hart] || prio < d->ithreshold[hart]) &&
            (!best || prio <= best_prio)) {
            best = i;
            best_prio = prio;
        }
    }
    return best << 16 | best_prio;
}

/* Hart index bit 0 in pages (M) or pairs of pages (S), bit 1 in 16 MiB. */
static void model_msi(Model *m, bool supervisor, unsigned hart, unsigned guest,
                      unsigned eiid)
{
    hwaddr addr = supervisor ? 0x28000000 : 0x24000000;

    addr += (hart & 1) << (supervisor ? 13 : 12);
    addr += (hart >> 1 & 1) << 24;
    addr |= guest << 12;
    g_string_append_printf(m->sent, "%" PRIx64 ":%x ", addr, eiid);
}

static void deliver(Model *m)
{
    for (int k = 0; k < 2; k++) {
        Domain *d = &m->d[k];

        for (unsigned i = 1; m->msi && d->ie && i <= SOURCES; i++) {
            if (d->pending[i] && d->enabled[i]) {
                d->pending[i] = false;
                model_msi(m, k, d->target[i] >> 18, d->target[i] >> 12 & 0x3f,
                          d->target[i] & 0x7ff);
            }
        }
    }
}

static void model_wire(Model *m, unsigned i, bool high)
{
    Domain *d = &m->d[m->d[0].cfg[i] == DELEGATED];
    bool was = rectified(m, d, i), is;

    m->wire[i] = high && i;
    is = rectified(m, d, i);
    if (is && !was) {
        d->pending[i] = true;
    } else if (!is && level(d, i)) {
        d->pending[i] = false;
    }
}

static void model_set_pending(Model *m, Domain *d, unsigned i, bool on)
{
    if (!active(d, i) || (level(d, i) && !m->msi)) {
        return;
    }
    if (on && level(d, i) && !rectified(m, d, i)) {
        return;
    }
    d->pending[i] = on;
}

static void model_forget(Model *m, Domain *d, unsigned i)
{
    d->cfg[i] = 0;
    d->pending[i] = d->enabled[i] = false;
    d->target[i] = m->msi ? 0 : 1;
}

static void model_sourcecfg(Model *m, int k, unsigned i, unsigned value)
{
    Domain *d = &m->d[k];
    bool delegation = value & DELEGATED;

    if (k == 1 && m->d[0].cfg[i] != DELEGATED) {
        return;
    }
    if (delegation) {
        value = k == 0 && (value & 0x3ff) == 0 ? DELEGATED : 0;
    } else {
        value = (value & 7) == 2 || (value & 7) == 3 ? 0 : value & 7;
    }
    if (k == 0 && d->cfg[i] == DELEGATED && value != DELEGATED) {
        model_forget(m, &m->d[1], i);
    }
    if (value == 0 || value == DELEGATED) {
        model_forget(m, d, i);
    }
    d->cfg[i] = value;
    if (rectified(m, d, i)) {
        d->pending[i] = true;
    } else if (level(d, i)) {
        d->pending[i] = false;
    }
}

/*** Checks. ***/

static void check_quick(const Model *m)
{
    g_assert_cmpstr(heard->str, ==, m->sent->str);
    for (int k = 0; k < 2 && !m->msi; k++) {
        for (unsigned hart = 0; hart < HARTS; hart++) {
            const Domain *d = &m->d[k];
            uint32_t top = topi(m, d, hart);

            g_assert_cmphex(reg_read(base[k] + IDC(hart) + 0x18), ==, top);
            g_assert_cmpint(hart_has(hart, k ? IRQ_S_EXT : IRQ_M_EXT), ==,
                            d->ie && d->idelivery[hart] &&
                                (d->iforce[hart] || top));
        }
    }
}

static void check_domain(const Model *m, int k)
{
    const Domain *d = &m->d[k];
    hwaddr b = base[k];

    g_assert_cmphex(reg_read(b), ==,
                    0x80000000 | d->ie << 8 | (m->msi ? 4 : 0));
    for (unsigned i = 1; i < NUM; i++) {
        unsigned w = i / 32 * 4, bit = i % 32;

        g_assert_cmphex(reg_read(b + SOURCECFG(i)), ==, d->cfg[i]);
        g_assert_cmphex(reg_read(b + TARGET(i)), ==,
                        active(d, i) ? d->target[i] : 0);
        g_assert_cmpint(reg_read(b + SETIP + w) >> bit & 1, ==,
                        pending(m, d, i));
        g_assert_cmpint(reg_read(b + IN_CLRIP + w) >> bit & 1, ==,
                        rectified(m, d, i));
        g_assert_cmpint(reg_read(b + SETIE + w) >> bit & 1, ==, d->enabled[i]);
    }
    for (unsigned hart = 0; hart < HARTS; hart++) {
        g_assert_cmphex(reg_read(b + IDC(hart)), ==, d->idelivery[hart]);
        g_assert_cmphex(reg_read(b + IDC(hart) + 4), ==, d->iforce[hart]);
        g_assert_cmphex(reg_read(b + IDC(hart) + 8), ==, d->ithreshold[hart]);
    }
    g_assert_cmphex(reg_read(b + CLRIE), ==, 0);
    g_assert_cmphex(reg_read(b + 0x1cdc) | reg_read(b + 0x2000) |
                        reg_read(b + 0x2004),
                    ==, 0);
}

/*** Random steps. ***/

static void bits_step(Model *m, int k, hwaddr reg)
{
    Domain *d = &m->d[k];
    unsigned w = g_test_rand_int_range(0, 2);
    uint32_t bits = g_test_rand_int() & g_test_rand_int();

    reg_write(base[k] + reg + w * 4, bits);
    for (unsigned i = w * 32; i < w * 32 + 32; i++) {
        if (!(bits >> i % 32 & 1)) {
            continue;
        }
        if (reg == SETIP || reg == IN_CLRIP) {
            model_set_pending(m, d, i, reg == SETIP);
        } else {
            d->enabled[i] = reg == SETIE && active(d, i);
        }
    }
}

static void number_step(Model *m, int k, unsigned i)
{
    static const hwaddr regs[] = { 0x1cdc, 0x1ddc, 0x1edc,
                                   0x1fdc, 0x2000, 0x2004 };
    Domain *d = &m->d[k];
    hwaddr reg = regs[g_test_rand_int_range(0, 6)];

    reg_write(base[k] + reg, i);
    if (reg == 0x1cdc || reg == 0x2000 || reg == 0x1ddc) {
        model_set_pending(m, d, i, reg != 0x1ddc);
    } else if (active(d, i) && reg != 0x2004) {
        d->enabled[i] = reg == 0x1edc;
    }
}

static void idc_step(Model *m, int k)
{
    Domain *d = &m->d[k];
    unsigned hart = g_test_rand_int_range(0, HARTS);
    uint32_t value = g_test_rand_int_range(0, 64), top;
    hwaddr idc = base[k] + IDC(hart);

    switch (g_test_rand_int_range(0, 6)) {
    case 0:
        reg_write(idc, value);
        d->idelivery[hart] = m->msi ? 0 : value & 1;
        break;
    case 1:
        reg_write(idc + 4, value);
        d->iforce[hart] = m->msi ? 0 : value & 1;
        break;
    case 2:
        value = g_test_rand_bit() ? value : 0;
        reg_write(idc + 8, value);
        d->ithreshold[hart] = m->msi ? 0 : value & 0x1f;
        break;
    case 3:
        reg_write(idc + 0x18, value);
        reg_write(idc + 0x1c, value);
        reg_write(idc + 0x10, value);
        break;
    default:
        top = m->msi ? 0 : topi(m, d, hart);
        g_assert_cmphex(reg_read(idc + 0x1c), ==, top);
        if (!top) {
            d->iforce[hart] = 0;
        } else if (!level(d, top >> 16)) {
            d->pending[top >> 16] = false;
        }
        break;
    }
}

static void target_step(Model *m, int k, unsigned i)
{
    Domain *d = &m->d[k];
    uint32_t value =
        g_test_rand_int_range(0, 4) << 18 | g_test_rand_int_range(0, 0x40000);

    if (m->msi && k == 1 && g_test_rand_bit()) {
        value &= ~0x3e000; /* a guest number of one bit */
    }
    reg_write(base[k] + TARGET(i), value);
    if (active(d, i)) {
        d->target[i] = value & (!m->msi  ? 0xfffc001f
                                : k == 0 ? 0xfffc07ff
                                         : 0xfffff7ff);
        d->target[i] |= !m->msi && !(value & 0x1f);
    }
}

static void random_step(Model *m)
{
    static const unsigned cfgs[] = { 0, 1, 2,         4,         5,     6,    7,
                                     4, 6, DELEGATED, DELEGATED, 0x401, 0x7ff };
    int k = g_test_rand_bit();
    Domain *d = &m->d[k];
    unsigned i = g_test_rand_int_range(1, SOURCES + 1);
    uint32_t value = g_test_rand_int();
    bool on = g_test_rand_bit();

    switch (g_test_rand_int_range(0, 16)) {
    case 0:
        on |= g_test_rand_bit();
        reg_write(base[k], (value & ~0x100) | on << 8);
        d->ie = on;
        break;
    case 1:
    case 2:
        value = cfgs[g_test_rand_int_range(0, ARRAY_SIZE(cfgs))];
        reg_write(base[k] + SOURCECFG(i), value);
        model_sourcecfg(m, k, i, value);
        break;
    case 3:
        bits_step(m, k, SETIP);
        break;
    case 4:
        bits_step(m, k, IN_CLRIP);
        break;
    case 5:
    case 6:
        bits_step(m, k, SETIE);
        break;
    case 7:
        bits_step(m, k, CLRIE);
        break;
    case 8:
        number_step(m, k, on ? i : value % 80);
        break;
    case 9:
    case 10:
        idc_step(m, k);
        break;
    case 11:
        target_step(m, k, i);
        break;
    case 12:
        reg_write(base[k] + 0x3000, value);
        if (m->msi) {
            model_msi(m, k, value >> 18, 0, value & 0x7ff);
        }
        g_assert_cmphex(reg_read(base[k] + 0x3000), ==,
                        m->msi ? value & 0xfffc07ff : 0);
        break;
    default:
        i = g_test_rand_int_range(0, SOURCES + 1);
        qemu_set_irq(qdev_get_gpio_in(device[0], i), on);
        model_wire(m, i, on);
        break;
    }
}

static uint64_t sink_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void sink_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    g_assert_cmpuint(size, ==, 4);
    g_string_append_printf(heard, "%" PRIx64 ":%" PRIx64 " ", 0x24000000 + addr,
                           value);
}

static const MemoryRegionOps sink_ops = {
    .read = sink_read,
    .write = sink_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void configure_msis(void)
{
    reg_write(M_BASE + 0x1bc0, 0x24000);
    reg_write(M_BASE + 0x1bc8, 0x28000);
    reg_write(M_BASE + 0x1bcc, 1 << 20);           /* LHXS */
    reg_write(M_BASE + 0x1bc4, 1 << 16 | 1 << 12); /* HHXW, LHXW */
}

static void create(Model *m, bool msi)
{
    *m = (Model){ .msi = msi, .sent = g_string_new("") };
    heard = g_string_new("");
    for (unsigned i = 1; i < NUM && !msi; i++) {
        m->d[0].target[i] = m->d[1].target[i] = 1;
    }
    make_harts(HARTS);
    for (int k = 0; k < 2; k++) {
        device[k] =
            riscv_aplic_create(base[k], APLIC_SIZE(HARTS), 0, HARTS, SOURCES,
                               IPRIO, msi, k == 0, k ? device[0] : NULL);
    }
    for (int k = 0; k < 2; k++) {
        device_cold_reset(device[k]);
    }
    configure_msis();
}

static void end(Model *m)
{
    destroy(device[1]);
    destroy(device[0]);
    free_harts();
    g_string_free(m->sent, true);
    g_string_free(heard, true);
}

static void test_random(gconstpointer msi)
{
    Model m;

    create(&m, msi);
    for (int round = 0; round < 6000; round++) {
        random_step(&m);
        deliver(&m);
        check_quick(&m);
        if (round % 50 == 0) {
            check_domain(&m, 0);
            check_domain(&m, 1);
            g_string_truncate(m.sent, 0);
            g_string_truncate(heard, 0);
        }
        if (round % 500 == 499) {
            save_and_load(device[0]);
            save_and_load(device[1]);
            for (int k = 0; k < 2; k++) {
                /* The lines are the harts' state. */
                reg_write(base[k], m.d[k].ie << 8);
                check_domain(&m, k);
            }
        }
        if (round == 3000) {
            for (int k = 0; k < 2; k++) {
                device_cold_reset(device[k]);
                m.d[k] = (Domain){ 0 };
                for (unsigned i = 1; i < NUM && !msi; i++) {
                    m.d[k].target[i] = 1;
                }
            }
            configure_msis();
            check_quick(&m);
        }
    }
    end(&m);
}

/* Where MSIs go is said at the root, until it is locked. */
static void test_msi_address(void)
{
    Model m;

    create(&m, true);
    g_assert_cmphex(reg_read(M_BASE + 0x1bc0), ==, 0x24000);
    g_assert_cmphex(reg_read(S_BASE + 0x1bc0), ==, 0);
    reg_write(S_BASE + 0x1bc0, 0x1234);
    g_assert_cmphex(reg_read(S_BASE + 0x1bc0), ==, 0);

    /* All writable bits; then 44 bits of page number. */
    reg_write(M_BASE + 0x1bc4, 0x7fffffff);
    g_assert_cmphex(reg_read(M_BASE + 0x1bc4), ==, 0x1f77ffff);
    reg_write(M_BASE + 0x1bcc, 0xffffffff);
    g_assert_cmphex(reg_read(M_BASE + 0x1bcc), ==, 0x00700fff);

    reg_write(M_BASE + 0x1bcc, 1 << 20);
    reg_write(M_BASE + 0x1bc4, 0x80000000 | 1 << 16 | 1 << 12);
    reg_write(M_BASE + 0x1bc4, 0);
    reg_write(M_BASE + 0x1bc0, 0);
    reg_write(M_BASE + 0x1bc8, 0);
    g_assert_cmphex(reg_read(M_BASE + 0x1bc4), ==, 0x80011000);
    g_assert_cmphex(reg_read(M_BASE + 0x1bc0), ==, 0x24000);
    g_assert_cmphex(reg_read(M_BASE + 0x1bc8), ==, 0x28000);
    reg_write(S_BASE + 0x3000, 3 << 18 | 77);
    g_assert_cmpstr(heard->str, ==, "29002000:4d ");
    end(&m);
}

static void test_accesses(gconstpointer msi)
{
    Model m;
    uint8_t buf[8] = { 0 };

    create(&m, msi);
    for (unsigned len = 1; len <= 8; len *= 2) {
        g_assert_cmpint(address_space_read(&address_space_memory, M_BASE,
                                           MEMTXATTRS_UNSPECIFIED, buf,
                                           len) == MEMTX_OK,
                        ==, len >= 4);
    }
    random_accesses(M_BASE, APLIC_SIZE(HARTS), 20000);
    random_accesses(S_BASE, APLIC_SIZE(HARTS), 20000);
    random_accesses(M_BASE + 0x4000, 0x80, 10000);
    end(&m);
}

/* A stream that says that a source is delegated to nobody is refused. */
static void test_bad_stream(void)
{
    const VMStateDescription *vmsd;
    GByteArray *bytes;
    Model m;

    create(&m, true);
    vmsd = qdev_get_vmsd(device[1]);
    RISCV_APLIC(device[1])->sourcecfg[3] = DELEGATED;
    save_to_bytes(vmsd, device[1], 2, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    RISCV_APLIC(device[1])->sourcecfg[3] = 0;
    g_assert_cmpint(
        load_from_bytes(vmsd, device[1], 2, bytes->data, bytes->len), ==,
        -EINVAL);
    RISCV_APLIC(device[1])->sourcecfg[3] = 0;
    g_byte_array_unref(bytes);
    end(&m);
}

static void test_show(void)
{
    g_autofree char *text = NULL;
    uint64_t *counts;
    unsigned n;
    Model m;

    create(&m, false);
    reg_write(M_BASE + SOURCECFG(3), 6);
    reg_write(M_BASE + SOURCECFG(4), DELEGATED);
    reg_write(M_BASE + TARGET(3), 1 << 18 | 2);
    reg_write(M_BASE + 0x1edc, 3);
    qemu_irq_raise(qdev_get_gpio_in(device[0], 3));
    text = pic_text(device[0]);
    g_assert_cmpstr(text, ==,
                    "APLIC: machine level, direct, 45 sources\n"
                    "  source 3: level1 target 0x00040002 pending enabled\n"
                    "  source 4: child 0\n"
                    "  hart 0: idelivery 0 iforce 0 ithreshold 0 topi"
                    " 0x00000000\n"
                    "  hart 1: idelivery 0 iforce 0 ithreshold 0 topi"
                    " 0x00030002\n");
    reg_read(M_BASE + IDC(1) + 0x1c);
    g_assert_true(INTERRUPT_STATS_PROVIDER_GET_CLASS(device[0])->get_statistics(
        INTERRUPT_STATS_PROVIDER(device[0]), &counts, &n));
    g_assert_cmpuint(n, ==, SOURCES + 1);
    g_assert_cmpuint(counts[3], ==, 1);
    end(&m);
}

static void test_refused(void)
{
#define OTHERS "num-irqs=9", "iprio-mask=7", "aperture-size=32768"
    make_harts(1);
    refused(TYPE_RISCV_APLIC, "aplic: num-irqs is 1025, must be 2 to 1024",
            OTHERS, "num-irqs=1025", NULL);
    refused(TYPE_RISCV_APLIC, "aplic: iprio-mask is 0x5, must be 1 to 8 ones",
            OTHERS, "iprio-mask=5", NULL);
    refused(TYPE_RISCV_APLIC,
            "aplic: num-harts is 16384, must be less than"
            " 16384",
            OTHERS, "num-harts=16384", NULL);
    refused(TYPE_RISCV_APLIC,
            "aplic: aperture-size is 0x4000, its registers"
            " take 0x4020",
            OTHERS, "num-harts=1", "aperture-size=16384", NULL);
    refused(TYPE_RISCV_APLIC, "aplic: there is no hart 7", OTHERS,
            "num-harts=1", "hartid-base=7", NULL);
    test_hart[0]->env.miclaim = MIP_SEIP;
    refused(TYPE_RISCV_APLIC, "SEIP already claimed", OTHERS, "num-harts=1",
            NULL);
    free_harts();
}

int main(int argc, char **argv)
{
    Object *owner;

    intc_test_init(&argc, &argv);
    owner = object_new(TYPE_CONTAINER);
    memory_region_init_io(&sink, owner, &sink_ops, NULL, "sink", 0x6000000);
    memory_region_add_subregion(get_system_memory(), 0x24000000, &sink);
    g_test_add_func("/aplic/show", test_show);
    g_test_add_func("/aplic/msi-address", test_msi_address);
    g_test_add_func("/aplic/bad-stream", test_bad_stream);
    g_test_add_func("/aplic/refused", test_refused);
    g_test_add_data_func("/aplic/accesses/direct", NULL, test_accesses);
    g_test_add_data_func("/aplic/accesses/msi", "", test_accesses);
    g_test_add_data_func("/aplic/random/direct", NULL, test_random);
    g_test_add_data_func("/aplic/random/msi", "", test_random);
    return g_test_run();
}
