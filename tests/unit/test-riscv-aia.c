/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CSRs of the Advanced Interrupt Architecture: which there are, what the
 * indirect registers reach, the most urgent interrupt, and interrupts that
 * come to S mode by way of M mode.
 */
#include "qemu/osdep.h"

#include "hw/irq.h"
#include "riscv-fixture.h"

#define AIA "smaia=on,ssaia=on"

static RISCVException try_read(CPURISCVState *env, int csrno)
{
    target_ulong v;

    return riscv_csrr(env, csrno, &v);
}

static bool is_there(CPURISCVState *env, int csrno)
{
    return try_read(env, csrno) == RISCV_EXCP_NONE;
}

static target_ulong get(CPURISCVState *env, int csrno)
{
    target_ulong v = 0xdeadbeef;

    g_assert_cmpint(riscv_csrr(env, csrno, &v), ==, RISCV_EXCP_NONE);
    return v;
}

static void set(CPURISCVState *env, int csrno, target_ulong v)
{
    g_assert_cmpint(riscv_csrrw(env, csrno, NULL, v, -1), ==, RISCV_EXCP_NONE);
}

static void test_present(void)
{
    static const int m_csrs[] = { CSR_MISELECT, CSR_MTOPI, CSR_MVIEN,
                                  CSR_MVIP };
    static const int s_csrs[] = { CSR_SISELECT, CSR_STOPI };
    RISCVCPU *plain = test_hart_new("rv64", NULL);
    RISCVCPU *cpu = test_hart_new("rv64", AIA);
    CPURISCVState *env = &cpu->env;

    for (int i = 0; i < ARRAY_SIZE(m_csrs); i++) {
        plain->env.priv = env->priv = PRV_M;
        g_assert_cmpint(try_read(&plain->env, m_csrs[i]), ==,
                        RISCV_EXCP_ILLEGAL_INST);
        get(env, m_csrs[i]);
        env->priv = PRV_S;
        g_assert_cmpint(try_read(env, m_csrs[i]), ==, RISCV_EXCP_ILLEGAL_INST);
    }
    for (int i = 0; i < ARRAY_SIZE(s_csrs); i++) {
        plain->env.priv = env->priv = PRV_S;
        g_assert_cmpint(try_read(&plain->env, s_csrs[i]), ==,
                        RISCV_EXCP_ILLEGAL_INST);
        get(env, s_csrs[i]);
    }
    /* Without an IMSIC there are no files. */
    env->priv = PRV_M;
    g_assert_cmpint(try_read(env, CSR_MTOPEI), ==, RISCV_EXCP_ILLEGAL_INST);
    g_assert_cmpint(try_read(env, CSR_STOPEI), ==, RISCV_EXCP_ILLEGAL_INST);
    set(env, CSR_MISELECT, ISELECT_IMSIC_EIDELIVERY);
    g_assert_cmpint(try_read(env, CSR_MIREG), ==, RISCV_EXCP_ILLEGAL_INST);
    /* What shows the most urgent interrupt cannot be written. */
    g_assert_cmpint(riscv_csrrw(env, CSR_MTOPI, NULL, 1, 1), ==,
                    RISCV_EXCP_ILLEGAL_INST);
    object_unref(plain);
    object_unref(cpu);
}

/* ---- priorities ------------------------------------------------------------ */

static void check_priorities(CPURISCVState *env, int select, int reg,
                             uint64_t settable)
{
    for (int isel = 0; isel < 0x200; isel++) {
        bool even = isel >= 0x30 && isel <= 0x3f && isel % 2 == 0;
        target_ulong expected = 0, at_reset = 0;

        set(env, select, isel);
        g_assert_cmphex(get(env, select), ==, isel);
        g_assert_cmpint(try_read(env, reg), ==,
                        even ? RISCV_EXCP_NONE : RISCV_EXCP_ILLEGAL_INST);
        if (!even) {
            continue;
        }
        for (int i = 0; i < 8; i++) {
            int irq = (isel - 0x30) * 4 + i;

            if (settable >> irq & 1) {
                expected |= 0x1122334455667788 & 0xffULL << i * 8;
                at_reset |= (target_ulong)riscv_cpu_default_priority(irq)
                            << i * 8;
            }
        }
        g_assert_cmphex(get(env, reg), ==, at_reset);
        set(env, reg, 0x1122334455667788);
        g_assert_cmphex(get(env, reg), ==, expected);
        set(env, reg, 0);
    }
    set(env, select, -1);
    g_assert_cmphex(get(env, select), ==, 0x1ff);
}

static void test_priorities(void)
{
    const uint64_t s_ints = MIP_SSIP | MIP_STIP | MIP_LCOFIP | ~0xffffULL;
    RISCVCPU *cpu = test_hart_new("rv64", AIA);

    check_priorities(&cpu->env, CSR_MISELECT, CSR_MIREG,
                     s_ints | MIP_SEIP | MIP_MSIP | MIP_MTIP);
    check_priorities(&cpu->env, CSR_SISELECT, CSR_SIREG, s_ints);
    object_unref(cpu);
}

static void set_priority(CPURISCVState *env, int irq, unsigned priority)
{
    set(env, CSR_MISELECT, 0x30 + irq / 8 * 2);
    g_assert_cmpint(riscv_csrrw(env, CSR_MIREG, NULL,
                                (target_ulong)priority << irq % 8 * 8,
                                0xffULL << irq % 8 * 8),
                    ==, RISCV_EXCP_NONE);
}

static void test_top(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", AIA);
    CPURISCVState *env = &cpu->env;

    memset(env->miprio, 0, sizeof(env->miprio));
    memset(env->siprio, 0, sizeof(env->siprio));
    g_assert_cmphex(get(env, CSR_MTOPI), ==, 0);
    riscv_cpu_update_mip(env, MIP_MTIP | MIP_MSIP | MIP_STIP | MIP_SSIP, -1);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, 0);
    set(env, CSR_MIE, -1);
    /* In the default order, and all below external ones: 255. */
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_M_SOFT << 16 | 255);
    set_priority(env, IRQ_M_TIMER, 7);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_M_TIMER << 16 | 7);
    set_priority(env, IRQ_S_SOFT, 6);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_S_SOFT << 16 | 6);
    set_priority(env, IRQ_M_SOFT, 6);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_M_SOFT << 16 | 6);

    g_assert_cmphex(get(env, CSR_STOPI), ==, 0);
    set(env, CSR_MIDELEG, -1);
    g_assert_cmphex(get(env, CSR_STOPI), ==, IRQ_S_SOFT << 16 | 255);
    set(env, CSR_SIE, MIP_STIP);
    g_assert_cmphex(get(env, CSR_STOPI), ==, IRQ_S_TIMER << 16 | 255);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_M_SOFT << 16 | 6);
    object_unref(cpu);
}

/* ---- the interrupt file ---------------------------------------------------- */

static struct {
    target_ulong reg, new_val, mask, answer;
    int calls, ret;
} file;

static int fake_file(void *arg, target_ulong reg, target_ulong *val,
                     target_ulong new_val, target_ulong mask)
{
    g_assert_true(arg == &file);
    file.reg = reg;
    file.new_val = new_val;
    file.mask = mask;
    file.calls++;
    if (val) {
        *val = file.answer;
    }
    return file.ret;
}

static void check_file(CPURISCVState *env, int level, int select, int reg,
                       int topei)
{
    target_ulong v;

    file.ret = 0;
    file.answer = 0x123456789;
    set(env, select, 0xc2);
    g_assert_cmpint(riscv_csrrw(env, reg, &v, 0xff00, 0x0ff0), ==,
                    RISCV_EXCP_NONE);
    g_assert_cmphex(v, ==, file.answer);
    g_assert_cmphex(file.reg, ==, AIA_MAKE_IREG(0xc2, level, 0, 0, 64));
    g_assert_cmphex(file.new_val & file.mask, ==, 0x0f00);
    g_assert_cmphex(file.mask, ==, 0x0ff0);

    g_assert_cmphex(get(env, topei), ==, file.answer);
    g_assert_cmphex(file.reg, ==,
                    AIA_MAKE_IREG(ISELECT_IMSIC_TOPEI, level, 0, 0, 64));
    g_assert_cmphex(file.mask, ==, 0);
    file.ret = -EINVAL;
    g_assert_cmpint(try_read(env, reg), ==, RISCV_EXCP_ILLEGAL_INST);
    file.ret = 0;
}

static void test_file(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", AIA);
    CPURISCVState *env = &cpu->env;

    riscv_cpu_set_aia_ireg_rmw_fn(env, PRV_M, fake_file, &file);
    riscv_cpu_set_aia_ireg_rmw_fn(env, PRV_S, fake_file, &file);
    check_file(env, PRV_M, CSR_MISELECT, CSR_MIREG, CSR_MTOPEI);
    check_file(env, PRV_S, CSR_SISELECT, CSR_SIREG, CSR_STOPEI);
    env->priv = PRV_S;
    check_file(env, PRV_S, CSR_SISELECT, CSR_SIREG, CSR_STOPEI);

    /* An external interrupt has the priority that the file says, to 255. */
    env->priv = PRV_M;
    file.answer = 33 << 16 | 33;
    riscv_cpu_update_mip(env, MIP_MEIP, -1);
    set(env, CSR_MIE, MIP_MEIP);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_M_EXT << 16 | 33);
    file.answer = 300 << 16 | 300;
    g_assert_cmphex(get(env, CSR_MTOPI), ==, IRQ_M_EXT << 16 | 255);

    /* With mvien.SEI, S mode does not get at its file; M mode does. */
    set(env, CSR_MVIEN, MIP_SEIP);
    get(env, CSR_STOPEI);
    env->priv = PRV_S;
    g_assert_cmpint(try_read(env, CSR_STOPEI), ==, RISCV_EXCP_ILLEGAL_INST);
    set(env, CSR_SISELECT, 0x70);
    g_assert_cmpint(try_read(env, CSR_SIREG), ==, RISCV_EXCP_ILLEGAL_INST);
    set(env, CSR_SISELECT, 0x30);
    get(env, CSR_SIREG);
    object_unref(cpu);
}

static void test_stateen(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", AIA ",smstateen=on");
    CPURISCVState *env = &cpu->env;
    const uint64_t all = SMSTATEEN0_SVSLCT | SMSTATEEN0_AIA | SMSTATEEN0_IMSIC;

    riscv_cpu_set_aia_ireg_rmw_fn(env, PRV_S, fake_file, &file);
    for (int i = 0; i < 8; i++) {
        bool select = i & 1, aia = i & 2, imsic = i & 4;

        env->priv = PRV_M;
        set(env, CSR_MSTATEEN0,
            (select ? SMSTATEEN0_SVSLCT : 0) | (aia ? SMSTATEEN0_AIA : 0) |
                (imsic ? SMSTATEEN0_IMSIC : 0));
        g_assert_cmphex(get(env, CSR_MSTATEEN0) & all, !=, i ? 0 : 1);
        set(env, CSR_SISELECT, 0x30);
        env->priv = PRV_S;
        g_assert_cmpint(is_there(env, CSR_SISELECT), ==, select);
        g_assert_cmpint(is_there(env, CSR_SIREG), ==, select && aia);
        g_assert_cmpint(is_there(env, CSR_STOPI), ==, aia);
        g_assert_cmpint(is_there(env, CSR_STOPEI), ==, imsic);
        env->priv = PRV_M;
        set(env, CSR_SISELECT, 0x70);
        env->priv = PRV_S;
        g_assert_cmpint(is_there(env, CSR_SIREG), ==, select && imsic);
    }
    object_unref(cpu);
}

/* ---- interrupts by way of M mode ------------------------------------------- */

static void test_injected(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", AIA);
    CPURISCVState *env = &cpu->env;
    const target_ulong local = 1ULL << 40;

    set(env, CSR_MVIEN, -1);
    g_assert_cmphex(get(env, CSR_MVIEN), ==, MIP_SSIP | MIP_SEIP | ~0xffffULL);
    set(env, CSR_MVIEN, local);
    set(env, CSR_SIE, -1);
    g_assert_cmphex(get(env, CSR_SIE), ==, local);
    g_assert_cmphex(get(env, CSR_MIE), ==, 0);
    set(env, CSR_MVIP, local);
    g_assert_cmphex(get(env, CSR_SIP), ==, local);
    g_assert_cmphex(get(env, CSR_MIP), ==, 0);
    g_assert_true(riscv_cpu_has_work(CPU(cpu)));
    g_assert_cmphex(get(env, CSR_STOPI) >> 16, ==, 40);
    g_assert_cmphex(get(env, CSR_MTOPI), ==, 0);
    set(env, CSR_SIP, 0);
    g_assert_false(CPU(cpu)->interrupt_request & CPU_INTERRUPT_HARD);
    g_assert_cmphex(get(env, CSR_MVIP), ==, 0);

    /* Enabled after it was raised. */
    set(env, CSR_SIE, 0);
    set(env, CSR_MVIP, local);
    g_assert_false(riscv_cpu_has_work(CPU(cpu)));
    set(env, CSR_SIE, local);
    g_assert_true(riscv_cpu_has_work(CPU(cpu)));
    g_assert_true(CPU(cpu)->interrupt_request & CPU_INTERRUPT_HARD);
    set(env, CSR_MVIP, 0);
    g_assert_false(riscv_cpu_has_work(CPU(cpu)));

    /* While mvien.SSI is clear, mvip.SSIP is mip's; then it is its own. */
    set(env, CSR_MVIP, MIP_SSIP | MIP_STIP);
    g_assert_cmphex(get(env, CSR_MIP), ==, MIP_SSIP | MIP_STIP);
    set(env, CSR_MVIP, 0);
    g_assert_cmphex(get(env, CSR_MIP), ==, 0);
    set(env, CSR_MVIEN, MIP_SSIP);
    set(env, CSR_MVIP, MIP_SSIP);
    g_assert_cmphex(get(env, CSR_MIP), ==, 0);
    g_assert_cmphex(get(env, CSR_SIP), ==, MIP_SSIP);
    set(env, CSR_MVIP, 0);
    object_unref(cpu);
}

/* mip.SEIP is the controller's line, or software's bit, until mvien.SEI. */
static void test_seip(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", AIA);
    CPURISCVState *env = &cpu->env;
    qemu_irq line = qdev_get_gpio_in(DEVICE(cpu), IRQ_S_EXT);

    set(env, CSR_MVIP, MIP_SEIP);
    g_assert_cmphex(get(env, CSR_MIP), ==, MIP_SEIP);
    g_assert_cmphex(get(env, CSR_MVIP), ==, MIP_SEIP);
    qemu_set_irq(line, 1);
    set(env, CSR_MVIP, 0);
    g_assert_cmphex(get(env, CSR_MIP), ==, MIP_SEIP);
    g_assert_cmphex(get(env, CSR_MVIP), ==, 0);
    qemu_set_irq(line, 0);
    g_assert_cmphex(get(env, CSR_MIP), ==, 0);

    /* The bit stays the same when mvien.SEI changes (AIA 5.3). */
    set(env, CSR_MVIP, MIP_SEIP);
    set(env, CSR_MVIEN, MIP_SEIP);
    g_assert_cmphex(get(env, CSR_MVIP), ==, MIP_SEIP);
    g_assert_cmphex(get(env, CSR_MIP), ==, 0);
    g_assert_cmphex(get(env, CSR_SIP), ==, MIP_SEIP);
    set(env, CSR_MIP, 0);
    g_assert_cmphex(get(env, CSR_SIP), ==, MIP_SEIP);
    qemu_set_irq(line, 1);
    g_assert_cmphex(get(env, CSR_MIP), ==, MIP_SEIP);
    qemu_set_irq(line, 0);
    g_assert_cmphex(get(env, CSR_MIP), ==, 0);
    set(env, CSR_MVIEN, 0);
    g_assert_cmphex(get(env, CSR_MIP), ==, MIP_SEIP);
    object_unref(cpu);
}

int main(int argc, char **argv)
{
    test_riscv_init(&argc, &argv);
    g_test_add_func("/riscv/aia/present", test_present);
    g_test_add_func("/riscv/aia/priorities", test_priorities);
    g_test_add_func("/riscv/aia/top", test_top);
    g_test_add_func("/riscv/aia/file", test_file);
    g_test_add_func("/riscv/aia/stateen", test_stateen);
    g_test_add_func("/riscv/aia/injected", test_injected);
    g_test_add_func("/riscv/aia/seip", test_seip);
    return g_test_run();
}
