/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CSRs: who may read and write which, by a table; fields that keep what they
 * are told and fields that do not; what counters, Sstc and Smstateen open.
 */
#include "qemu/osdep.h"

#include "riscv-fixture.h"
#include "target/riscv/csr.h"
#include "target/riscv/pmu.h"
#include "vmstate-helpers.h"

/* ---- all numbers, by level ----------------------------------------------- */

/* What a plain rv64 has: "first-last" or a number. */
static const uint16_t present[][2] = {
    { CSR_FFLAGS, CSR_FCSR },
    { CSR_CYCLE, CSR_HPMCOUNTER18 },
    { CSR_SSTATUS, CSR_SSTATUS },
    { CSR_SIE, CSR_SCOUNTEREN },
    { CSR_SENVCFG, CSR_SENVCFG },
    { CSR_SSCRATCH, CSR_SIP },
    { CSR_STIMECMP, CSR_STIMECMP },
    { CSR_SATP, CSR_SATP },
    { CSR_MSTATUS, CSR_MCOUNTEREN },
    { CSR_MENVCFG, CSR_MENVCFG },
    { CSR_MCOUNTINHIBIT, CSR_MCOUNTINHIBIT },
    { CSR_MHPMEVENT3, CSR_MHPMEVENT31 },
    { CSR_MSCRATCH, CSR_MIP },
    { CSR_PMPCFG0, CSR_PMPCFG0 },
    { CSR_PMPCFG2, CSR_PMPCFG2 },
    { CSR_PMPADDR0, CSR_PMPADDR15 },
    { CSR_TSELECT, CSR_TINFO },
    { CSR_MCONTEXT, CSR_MCONTEXT },
    { CSR_MCYCLE, CSR_MCYCLE },
    { CSR_MINSTRET, CSR_MHPMCOUNTER18 },
    { CSR_MVENDORID, CSR_MCONFIGPTR },
};

static bool is_present(int csrno)
{
    for (int i = 0; i < ARRAY_SIZE(present); i++) {
        if (csrno >= present[i][0] && csrno <= present[i][1]) {
            return true;
        }
    }
    return false;
}

static uint64_t fake_time(void *opaque)
{
    return *(uint64_t *)opaque;
}

static uint64_t now = 1000;

static RISCVCPU *hart_with_time(const char *features)
{
    RISCVCPU *cpu = test_hart_new("rv64", features);

    riscv_cpu_set_rdtime_fn(&cpu->env, fake_time, &now);
    return cpu;
}

/* Everything that a higher level can open is open. */
static void open_all(CPURISCVState *env)
{
    env->priv = PRV_M;
    riscv_csr_write(env, CSR_MSTATUS, MSTATUS_FS);
    riscv_csr_write(env, CSR_MCOUNTEREN, -1);
    riscv_csr_write(env, CSR_SCOUNTEREN, -1);
    riscv_csr_write(env, CSR_MENVCFG, MENVCFG_STCE);
}

static void test_levels(void)
{
    static const int levels[] = { PRV_U, PRV_S, PRV_M };
    RISCVCPU *cpu = hart_with_time(NULL);
    CPURISCVState *env = &cpu->env;

    for (int csrno = 0; csrno < CSR_TABLE_SIZE; csrno++) {
        for (int l = 0; l < ARRAY_SIZE(levels); l++) {
            bool ok = is_present(csrno) && levels[l] >= (csrno >> 8 & 3);
            bool writable = ok && csrno >> 10 != 3;
            target_ulong val;

            open_all(env);
            env->priv = levels[l];
            g_assert_cmpint(riscv_csrr(env, csrno, &val), ==,
                            ok ? RISCV_EXCP_NONE : RISCV_EXCP_ILLEGAL_INST);
            g_assert_cmpint(riscv_csrrw(env, csrno, &val, 0, 0), ==,
                            writable ? RISCV_EXCP_NONE
                                     : RISCV_EXCP_ILLEGAL_INST);
        }
        /* A debugger is above all levels. */
        env->priv = PRV_U;
        g_assert_cmpint(riscv_csrrw_debug(env, csrno, &(target_ulong){ 0 }, 0,
                                          0) == RISCV_EXCP_NONE,
                        ==, is_present(csrno));
    }
    object_unref(cpu);
}

/* ---- fields -------------------------------------------------------------- */

static const struct {
    int csrno;
    uint64_t write, read;
} fields[] = {
    { CSR_MSTATUS, 0, 0xa00000000 },
    /* MPP 2 is no level: as it was. */
    { CSR_MSTATUS, 0x1000, 0xa00000000 },
    { CSR_MSTATUS, -1ULL, 0x8000000a007e79aa },
    { CSR_SSTATUS, 0, 0x200000000 },
    { CSR_SSTATUS, -1ULL, 0x80000002000c6122 },
    { CSR_MISA, 0, 0x800000000014112d },
    { CSR_MEDELEG, -1ULL, 0xb3ff },
    { CSR_MIDELEG, -1ULL, 0x222 },
    { CSR_MIE, -1ULL, 0xffffffffffff0aaa },
    { CSR_SIE, -1ULL, 0x222 },
    { CSR_MIDELEG, 0, 0 },
    { CSR_SIE, -1ULL, 0 },
    { CSR_MTVEC, 0x80000001, 0x80000001 },
    { CSR_MTVEC, 0x90000002, 0x80000001 },
    { CSR_STVEC, 0x80000003, 0 },
    { CSR_MEPC, -1ULL, -2ULL },
    { CSR_SEPC, 0x1003, 0x1002 },
    { CSR_MCAUSE, -1ULL, -1ULL },
    { CSR_MCOUNTEREN, -1ULL, 0x7ffff },
    { CSR_SCOUNTEREN, -1ULL, 0x7ffff },
    { CSR_MCOUNTINHIBIT, -1ULL, 0x7fffd },
    { CSR_MENVCFG, -1ULL, 0xa0000000000000f1 },
    { CSR_SENVCFG, -1ULL, 0xf1 },
    { CSR_FCSR, -1ULL, 0xff },
    { CSR_FRM, -1ULL, 7 },
    { CSR_FFLAGS, 0x35, 0x15 },
    { CSR_MHPMEVENT3, -1ULL, 0xf3ffffffffffffff },
    { CSR_TSELECT, 1, 1 },
    { CSR_TSELECT, 2, 1 },
    { CSR_TDATA1, 0x2000000000000044, 0x2000000000000044 },
    { CSR_TDATA1, 0x6800000000000047, 0x6000000000000047 },
    { CSR_TDATA1, 0, 0x2000000000000000 },
    { CSR_TDATA2, -1ULL, -1ULL },
    { CSR_TINFO, 0, 0x44 },
    { CSR_MCONTEXT, -1ULL, 0x1fff },
};

static void test_fields(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;

    riscv_csr_write(env, CSR_MSTATUS, MSTATUS_FS);
    for (int i = 0; i < ARRAY_SIZE(fields); i++) {
        uint64_t got;

        if (fields[i].csrno >= CSR_FFLAGS && fields[i].csrno <= CSR_FCSR) {
            riscv_csr_write(env, CSR_MSTATUS, MSTATUS_FS & 0x2000);
        }
        riscv_csr_write(env, fields[i].csrno, fields[i].write);
        got = riscv_csr_read(env, fields[i].csrno);
        if (got != fields[i].read) {
            g_test_message("row %d, CSR 0x%x: 0x%" PRIx64, i, fields[i].csrno,
                           got);
        }
        g_assert_cmphex(got, ==, fields[i].read);
        if (fields[i].csrno >= CSR_FFLAGS && fields[i].csrno <= CSR_FCSR) {
            g_assert_cmphex(env->mstatus & MSTATUS_FS, ==, MSTATUS_FS);
        }
    }
    object_unref(cpu);
}

/* CSRRS and CSRRC: only the bits of the mask. */
static void test_masks(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    target_ulong old;

    riscv_csr_write(env, CSR_MSCRATCH, 0x1234);
    riscv_csrrw(env, CSR_MSCRATCH, &old, -1, 0xf);
    g_assert_cmphex(old, ==, 0x1234);
    riscv_csrrw(env, CSR_MSCRATCH, &old, 0, 0xf0);
    g_assert_cmphex(old, ==, 0x123f);
    g_assert_cmphex(riscv_csr_read(env, CSR_MSCRATCH), ==, 0x120f);
    object_unref(cpu);
}

/* ---- what levels open for lower ones ------------------------------------- */

static bool readable(CPURISCVState *env, int csrno, int level)
{
    target_ulong val;
    bool ok;

    env->priv = level;
    ok = riscv_csrr(env, csrno, &val) == RISCV_EXCP_NONE;
    env->priv = PRV_M;
    return ok;
}

static void test_opened(void)
{
    RISCVCPU *cpu = hart_with_time("smstateen=on");
    CPURISCVState *env = &cpu->env;

    for (int bits = 0; bits < 4; bits++) {
        riscv_csr_write(env, CSR_MCOUNTEREN, bits & 1 ? 7 : 0);
        riscv_csr_write(env, CSR_SCOUNTEREN, bits & 2 ? 7 : 0);
        g_assert_cmpint(readable(env, CSR_TIME, PRV_S), ==, bits & 1);
        g_assert_cmpint(readable(env, CSR_TIME, PRV_U), ==, bits == 3);
        g_assert_cmpint(readable(env, CSR_INSTRET, PRV_U), ==, bits == 3);
        g_assert_true(readable(env, CSR_CYCLE, PRV_M));
        riscv_csr_write(env, CSR_MENVCFG, bits & 2 ? MENVCFG_STCE : 0);
        g_assert_cmpint(readable(env, CSR_STIMECMP, PRV_S), ==, bits == 3);

        riscv_csr_write(env, CSR_MSTATUS, bits & 1 ? MSTATUS_TVM : 0);
        g_assert_cmpint(readable(env, CSR_SATP, PRV_S), ==, !(bits & 1));
        riscv_csr_write(env, CSR_MSTATUS, bits & 1 ? MSTATUS_FS : 0);
        g_assert_cmpint(readable(env, CSR_FCSR, PRV_U), ==, bits & 1);
        g_assert_cmpint(readable(env, CSR_FCSR, PRV_M), ==, bits & 1);

        riscv_csr_write(env, CSR_MSTATEEN0,
                        (bits & 1 ? SMSTATEEN_STATEEN : 0) |
                            (bits & 2 ? SMSTATEEN0_HSENVCFG : 0));
        g_assert_cmpint(readable(env, CSR_SSTATEEN0, PRV_S), ==, bits & 1);
        g_assert_cmpint(readable(env, CSR_SENVCFG, PRV_S), ==, bits >> 1);
    }
    object_unref(cpu);
}

/* ---- counters and the timer ---------------------------------------------- */

static void test_counters(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    uint64_t *insns = &CPU(cpu)->neg.soft.insns;

    riscv_csr_write(env, CSR_MINSTRET, 100);
    *insns += 11; /* the write and ten more */
    g_assert_cmpint(riscv_csr_read(env, CSR_MINSTRET), ==, 110);
    g_assert_cmpint(riscv_csr_read(env, CSR_INSTRET), ==, 110);
    riscv_csr_write(env, CSR_MCOUNTINHIBIT, COUNTEREN_IR);
    *insns += 5;
    g_assert_cmpint(riscv_csr_read(env, CSR_MINSTRET), ==, 110);
    riscv_csr_write(env, CSR_MCOUNTINHIBIT, 0);
    *insns += 7;
    g_assert_cmpint(riscv_csr_read(env, CSR_MINSTRET), ==, 117);

    riscv_csr_write(env, CSR_MHPMCOUNTER3, 5);
    *insns += 9;
    g_assert_cmpint(riscv_csr_read(env, CSR_MHPMCOUNTER3), ==, 5);
    riscv_csr_write(env, CSR_MHPMEVENT3, RISCV_PMU_EVENT_HW_INSTRUCTIONS);
    *insns += 9;
    g_assert_cmpint(riscv_csr_read(env, CSR_MHPMCOUNTER3), ==, 14);
    riscv_csr_write(env, CSR_MHPMEVENT3, RISCV_PMU_EVENT_CACHE_DTLB_WRITE_MISS);
    *insns += 9;
    env->tlb_misses[MMU_DATA_STORE] += 2;
    g_assert_cmpint(riscv_csr_read(env, CSR_MHPMCOUNTER3), ==, 16);
    object_unref(cpu);
}

static void test_timer(void)
{
    RISCVCPU *cpu = hart_with_time(NULL);
    CPURISCVState *env = &cpu->env;

    /* The unrealized hart has no timer yet: only the comparison. */
    env->stimer = timer_new_ns(QEMU_CLOCK_VIRTUAL, NULL, NULL);
    riscv_csr_write(env, CSR_STIMECMP, 0);
    g_assert_cmphex(env->mip, ==, 0);
    riscv_csr_write(env, CSR_MENVCFG, MENVCFG_STCE);
    g_assert_cmphex(env->mip, ==, MIP_STIP);
    riscv_csr_write(env, CSR_MIP, 0);
    g_assert_cmphex(env->mip, ==, MIP_STIP);
    riscv_csr_write(env, CSR_STIMECMP, now + 1);
    g_assert_cmphex(env->mip, ==, 0);
    g_assert_true(timer_pending(env->stimer));
    riscv_csr_write(env, CSR_STIMECMP, UINT64_MAX);
    g_assert_false(timer_pending(env->stimer));
    riscv_csr_write(env, CSR_STIMECMP, now);
    g_assert_cmphex(env->mip, ==, MIP_STIP);
    riscv_csr_write(env, CSR_MENVCFG, 0);
    g_assert_cmphex(env->mip, ==, 0);
    riscv_csr_write(env, CSR_MIP, MIP_STIP);
    g_assert_cmphex(env->mip, ==, MIP_STIP);
    object_unref(cpu);
}

/* ---- anything at all ----------------------------------------------------- */

static void test_random(void)
{
    RISCVCPU *cpu = hart_with_time(
        "smepmp=on,smstateen=on,svpbmt=on,zkr=on,x-misa-w=on,ssaia=on,"
        "smaia=on");
    CPURISCVState *env = &cpu->env;
    static const int levels[] = { PRV_U, PRV_S, PRV_M };

    for (int i = 0; i < 100000; i++) {
        int csrno = g_test_rand_int_range(0, CSR_TABLE_SIZE);
        target_ulong val = 0;

        if (g_test_rand_bit()) {
            val = test_rand64();
        }
        env->priv = levels[MAX(g_test_rand_int_range(-4, 3), 0)];
        env->priv = i & 3 ? PRV_M : env->priv;
        riscv_csrrw(env, csrno, g_test_rand_bit() ? &val : NULL, val,
                    g_test_rand_bit() ? -1 : test_rand64());
    }
    object_unref(cpu);
}

/* ---- saving and loading -------------------------------------------------- */

static GByteArray *saved(RISCVCPU *cpu)
{
    GByteArray *bytes;

    g_assert_cmpint(save_to_bytes(&vmstate_riscv_cpu, cpu,
                                  vmstate_riscv_cpu.version_id, NULL, &bytes,
                                  &error_abort),
                    ==, 0);
    /* No further subsection: the stream goes on with something else. */
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    return bytes;
}

static void scramble(RISCVCPU *cpu)
{
    CPURISCVState *env = &cpu->env;

    for (int i = 1; i < 32; i++) {
        env->gpr[i] = test_rand64();
        env->fpr[i] = test_rand64();
    }
    env->pc = test_rand64();
    riscv_csr_write(env, CSR_MSTATUS, MSTATUS_FS | test_rand64());
    for (int i = 0; i < 500; i++) {
        riscv_csr_write(env, g_test_rand_int_range(0, CSR_TABLE_SIZE),
                        test_rand64());
    }
    riscv_csr_write(env, CSR_MSTATUS, MSTATUS_FS);
}

static void test_vmstate(void)
{
    const char *features = "smepmp=on,smstateen=on";

    for (int round = 0; round < 50; round++) {
        RISCVCPU *from = hart_with_time(features);
        RISCVCPU *to = hart_with_time(features);
        g_autoptr(GByteArray) bytes = NULL, again = NULL;

        scramble(from);
        scramble(to);
        bytes = saved(from);
        g_assert_cmpint(load_from_bytes(&vmstate_riscv_cpu, to,
                                        vmstate_riscv_cpu.version_id,
                                        bytes->data, bytes->len),
                        ==, 0);
        again = saved(to);
        g_assert_cmpmem(bytes->data, bytes->len, again->data, again->len);
        for (int csrno = 0; csrno < CSR_TABLE_SIZE; csrno++) {
            target_ulong a = 0, b = 0;

            g_assert_cmpint(riscv_csrrw_debug(&from->env, csrno, &a, 0, 0), ==,
                            riscv_csrrw_debug(&to->env, csrno, &b, 0, 0));
            if (csrno != CSR_SEED && a != b) {
                g_test_message("CSR 0x%x", csrno);
            }
            g_assert_true(csrno == CSR_SEED || a == b);
        }
        g_assert_cmpmem(&from->env.pmp_state, sizeof(from->env.pmp_state),
                        &to->env.pmp_state, sizeof(to->env.pmp_state));
        object_unref(from);
        object_unref(to);
    }
}

/* A damaged stream is refused or gives a hart that works. */
static void test_vmstate_damaged(void)
{
    RISCVCPU *cpu = hart_with_time(NULL);
    g_autoptr(GByteArray) bytes = saved(cpu);

    for (int i = 0; i < 500; i++) {
        g_autofree uint8_t *bad = g_memdup2(bytes->data, bytes->len);
        RISCVCPU *to = hart_with_time(NULL);

        bad[g_test_rand_int_range(0, bytes->len)] = g_test_rand_int();
        if (load_from_bytes(&vmstate_riscv_cpu, to,
                            vmstate_riscv_cpu.version_id, bad,
                            bytes->len) == 0) {
            riscv_cpu_exec_interrupt(CPU(to), CPU_INTERRUPT_HARD);
            riscv_cpu_get_phys_page_debug(CPU(to), 0x1234567);
        }
        object_unref(to);
    }
    object_unref(cpu);
}

/* ---- the debugger's eyes ------------------------------------------------- */

static gpointer read_as_guest(gpointer env)
{
    target_ulong val;

    return GINT_TO_POINTER(riscv_csrr(env, CSR_MEPC, &val));
}

/* An access of the debugger's, during which the hart makes one. */
static RISCVException meanwhile(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    GThread *hart = g_thread_new("hart", read_as_guest, env);

    *val = GPOINTER_TO_INT(g_thread_join(hart));
    return RISCV_EXCP_NONE;
}

/* "info registers" opens nothing to the guest that runs. */
static void test_debugger(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    riscv_csr_operations old, slow = { "slow", riscv_csr_any, meanwhile };
    target_ulong val = 0;

    riscv_get_csr_ops(CSR_MSCRATCH, &old);
    riscv_set_csr_ops(CSR_MSCRATCH, &slow);
    cpu->env.priv = PRV_U;
    g_assert_cmpint(riscv_csrrw_debug(&cpu->env, CSR_MSCRATCH, &val, 0, 0), ==,
                    RISCV_EXCP_NONE);
    g_assert_cmpint(val, ==, RISCV_EXCP_ILLEGAL_INST);
    riscv_set_csr_ops(CSR_MSCRATCH, &old);
    object_unref(cpu);
}

int main(int argc, char **argv)
{
    test_riscv_init(&argc, &argv);
    g_test_add_func("/riscv/csr/levels", test_levels);
    g_test_add_func("/riscv/csr/fields", test_fields);
    g_test_add_func("/riscv/csr/masks", test_masks);
    g_test_add_func("/riscv/csr/opened", test_opened);
    g_test_add_func("/riscv/csr/counters", test_counters);
    g_test_add_func("/riscv/csr/timer", test_timer);
    g_test_add_func("/riscv/csr/debugger", test_debugger);
    g_test_add_func("/riscv/csr/random", test_random);
    g_test_add_func("/riscv/vmstate/round-trip", test_vmstate);
    g_test_add_func("/riscv/vmstate/damaged", test_vmstate_damaged);
    return g_test_run();
}
