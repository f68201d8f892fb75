/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps: which interrupt is taken, against an oracle with random mip, mie,
 * mideleg and mstatus; where exceptions go and what they leave; returns.
 */
#include "qemu/osdep.h"

#include "hw/irq.h"
#include "riscv-fixture.h"

static const int by_urgency[] = { IRQ_M_EXT, IRQ_M_SOFT, IRQ_M_TIMER,
                                  IRQ_S_EXT, IRQ_S_SOFT, IRQ_S_TIMER };

/* 3.1.9: all of M level before all that is delegated. */
static int oracle(uint64_t pending, uint64_t mideleg, uint64_t mstatus,
                  int level)
{
    bool m = level < PRV_M || (mstatus & MSTATUS_MIE);
    bool s = level < PRV_S || (level == PRV_S && (mstatus & MSTATUS_SIE));

    for (int i = 0; m && i < ARRAY_SIZE(by_urgency); i++) {
        if ((pending & ~mideleg) >> by_urgency[i] & 1) {
            return by_urgency[i];
        }
    }
    for (int i = 0; s && i < ARRAY_SIZE(by_urgency); i++) {
        if ((pending & mideleg) >> by_urgency[i] & 1) {
            return by_urgency[i];
        }
    }
    return 0;
}

static uint64_t random_interrupts(void)
{
    return g_test_rand_int() & (M_MODE_INTERRUPTS | S_MODE_INTERRUPTS);
}

static void check_state(CPURISCVState *env, int level, int from, int irq,
                        uint64_t before)
{
    bool to_s = level == PRV_S;
    uint64_t cause = BIT_ULL(63) | irq;

    g_assert_cmpint(env->priv, ==, level);
    g_assert_cmphex(to_s ? env->scause : env->mcause, ==, cause);
    g_assert_cmphex(to_s ? env->sepc : env->mepc, ==, 0x80001230);
    g_assert_cmphex(to_s ? env->stval : env->mtval, ==, 0);
    g_assert_cmphex(env->pc, ==, (to_s ? 0x90000000 : 0xa0000000 + irq * 4));
    if (to_s) {
        g_assert_cmpint(get_field(env->mstatus, MSTATUS_SPP), ==, from);
        g_assert_cmpint(get_field(env->mstatus, MSTATUS_SPIE), ==,
                        get_field(before, MSTATUS_SIE));
        g_assert_cmpint(get_field(env->mstatus, MSTATUS_SIE), ==, 0);
    } else {
        g_assert_cmpint(get_field(env->mstatus, MSTATUS_MPP), ==, from);
        g_assert_cmpint(get_field(env->mstatus, MSTATUS_MPIE), ==,
                        get_field(before, MSTATUS_MIE));
        g_assert_cmpint(get_field(env->mstatus, MSTATUS_MIE), ==, 0);
    }
}

static void test_interrupts(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    static const int levels[] = { PRV_U, PRV_S, PRV_M };

    riscv_csr_write(env, CSR_STVEC, 0x90000000);
    riscv_csr_write(env, CSR_MTVEC, 0xa0000001);
    for (int i = 0; i < 20000; i++) {
        int level = levels[g_test_rand_int_range(0, 3)], irq;
        uint64_t before;
        bool taken;

        env->priv = level;
        env->pc = 0x80001230;
        env->mip = random_interrupts();
        riscv_csr_write(env, CSR_MIE, random_interrupts());
        riscv_csr_write(env, CSR_MIDELEG, random_interrupts());
        env->priv = PRV_M;
        riscv_csr_write(env, CSR_MIE, random_interrupts());
        riscv_csr_write(env, CSR_MIDELEG, random_interrupts());
        riscv_csr_write(env, CSR_MSTATUS,
                        g_test_rand_int() & (MSTATUS_MIE | MSTATUS_SIE));
        env->priv = level;
        before = env->mstatus;
        irq = oracle(env->mip & env->mie, env->mideleg, before, level);
        g_assert_cmpint(riscv_cpu_has_work(CPU(cpu)), ==,
                        (env->mip & env->mie) != 0);
        taken = riscv_cpu_exec_interrupt(CPU(cpu), CPU_INTERRUPT_HARD);
        g_assert_cmpint(taken, ==, irq != 0);
        if (taken) {
            bool to_s = level != PRV_M && (env->mideleg >> irq & 1);

            check_state(env, to_s ? PRV_S : PRV_M, level, irq, before);
        } else {
            g_assert_cmphex(env->pc, ==, 0x80001230);
        }
    }
    object_unref(cpu);
}

/* ---- exceptions ---------------------------------------------------------- */

/* xtval: 'a' an address, 'i' the instruction, 'p' the pc (here badaddr), '0' */
static const struct {
    int cause;
    char value;
    bool delegable;
} exceptions[] = {
    { RISCV_EXCP_INST_ADDR_MIS, 'a', true },
    { RISCV_EXCP_INST_ACCESS_FAULT, 'a', true },
    { RISCV_EXCP_ILLEGAL_INST, 'i', true },
    { RISCV_EXCP_BREAKPOINT, 'a', true },
    { RISCV_EXCP_LOAD_ADDR_MIS, 'a', true },
    { RISCV_EXCP_LOAD_ACCESS_FAULT, 'a', true },
    { RISCV_EXCP_STORE_AMO_ADDR_MIS, 'a', true },
    { RISCV_EXCP_STORE_AMO_ACCESS_FAULT, 'a', true },
    { RISCV_EXCP_U_ECALL, '0', true },
    { RISCV_EXCP_INST_PAGE_FAULT, 'a', true },
    { RISCV_EXCP_LOAD_PAGE_FAULT, 'a', true },
    { RISCV_EXCP_STORE_PAGE_FAULT, 'a', true },
};

static void check_exception(CPURISCVState *env, int i, int level, bool deleg)
{
    int cause = exceptions[i].cause;
    bool to_s = deleg && level != PRV_M;
    uint64_t value = exceptions[i].value == 'a'   ? 0x1234
                     : exceptions[i].value == 'i' ? 0xdeadbeef
                                                  : 0;

    if (cause == RISCV_EXCP_U_ECALL) {
        cause += level;
    }
    env->priv = PRV_M;
    riscv_csr_write(env, CSR_MEDELEG, deleg ? -1 : 0);
    riscv_csr_write(env, CSR_MTVEC, 0xa0000001);
    env->priv = level;
    env->pc = 0x80000ffe;
    env->badaddr = 0x1234;
    env->bins = 0xdeadbeef;
    env->load_res = 0x80;
    env_cpu(env)->exception_index = exceptions[i].cause;
    riscv_cpu_do_interrupt(env_cpu(env));
    g_assert_cmpint(env->priv, ==, to_s ? PRV_S : PRV_M);
    g_assert_cmphex(to_s ? env->scause : env->mcause, ==, cause);
    g_assert_cmphex(to_s ? env->sepc : env->mepc, ==, 0x80000ffe);
    g_assert_cmphex(to_s ? env->stval : env->mtval, ==, value);
    g_assert_cmphex(env->pc, ==, to_s ? 0x90000000 : 0xa0000000);
    g_assert_cmphex(env->load_res, ==, UINT64_MAX);
}

static void test_exceptions(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    static const int levels[] = { PRV_U, PRV_S, PRV_M };

    riscv_csr_write(env, CSR_STVEC, 0x90000001);
    for (int i = 0; i < ARRAY_SIZE(exceptions); i++) {
        for (int l = 0; l < ARRAY_SIZE(levels); l++) {
            check_exception(env, i, levels[l], false);
            check_exception(env, i, levels[l], true);
        }
    }
    /* Calls from M level cannot be delegated. */
    env->priv = PRV_M;
    g_assert_cmphex(riscv_csr_read(env, CSR_MEDELEG), ==, 0xb3ff);
    object_unref(cpu);
}

/* ---- lines --------------------------------------------------------------- */

/* SEIP has two sources; what software writes does not hide the other's. */
static void test_seip(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    qemu_irq line = qdev_get_gpio_in(DEVICE(cpu), IRQ_S_EXT);

    for (int step = 0; step < 8; step++) {
        bool hard = step & 1, soft = step & 2;

        qemu_set_irq(line, hard);
        riscv_csrrw(env, CSR_MIP, NULL, soft ? MIP_SEIP : 0, MIP_SEIP);
        g_assert_cmpint(!!(riscv_csr_read(env, CSR_MIP) & MIP_SEIP), ==,
                        hard || soft);
        qemu_set_irq(line, false);
        g_assert_cmpint(!!(riscv_csr_read(env, CSR_MIP) & MIP_SEIP), ==, soft);
    }
    qemu_set_irq(qdev_get_gpio_in(DEVICE(cpu), IRQ_M_TIMER), 1);
    riscv_csr_write(env, CSR_MIP, 0);
    g_assert_cmphex(riscv_csr_read(env, CSR_MIP), ==, MIP_MTIP);
    g_assert_true(CPU(cpu)->interrupt_request & CPU_INTERRUPT_HARD);
    qemu_set_irq(qdev_get_gpio_in(DEVICE(cpu), IRQ_M_TIMER), 0);
    g_assert_false(CPU(cpu)->interrupt_request & CPU_INTERRUPT_HARD);
    g_assert_cmpint(riscv_cpu_claim_interrupts(cpu, MIP_MEIP), ==, 0);
    g_assert_cmpint(riscv_cpu_claim_interrupts(cpu, MIP_MEIP), ==, -1);
    object_unref(cpu);
}

/* A line that is up when the hart is reset stays up, and is heard. */
static void test_reset(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    qemu_irq line = qdev_get_gpio_in(DEVICE(cpu), IRQ_M_TIMER);

    qemu_set_irq(line, 1);
    cpu_reset(CPU(cpu));
    g_assert_cmphex(riscv_csr_read(&cpu->env, CSR_MIP), ==, MIP_MTIP);
    g_assert_true(CPU(cpu)->interrupt_request & CPU_INTERRUPT_HARD);
    qemu_set_irq(line, 0);
    g_assert_false(CPU(cpu)->interrupt_request & CPU_INTERRUPT_HARD);
    object_unref(cpu);
}

int main(int argc, char **argv)
{
    test_riscv_init(&argc, &argv);
    g_test_add_func("/riscv/trap/interrupts", test_interrupts);
    g_test_add_func("/riscv/trap/exceptions", test_exceptions);
    g_test_add_func("/riscv/trap/seip", test_seip);
    g_test_add_func("/riscv/trap/reset", test_reset);
    return g_test_run();
}
