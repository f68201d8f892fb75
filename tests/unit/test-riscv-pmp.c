/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PMP against an oracle that looks at every byte of an access and reads the
 * rules as the specification words them, with random rules and writes to the
 * registers; Smepmp's table from the specification's text.
 */
#include "qemu/osdep.h"

#include "riscv-fixture.h"

/* Small addresses, so that rules and accesses meet often. */
#define SPACE 0x4000

typedef struct {
    uint64_t addr;
    uint8_t cfg;
} Rule;

static Rule rules[MAX_RISCV_PMPS];
static bool mml, mmwp, rlb;

static bool covers(int i, uint64_t byte)
{
    uint64_t word = byte >> 2, ones;

    switch (rules[i].cfg >> 3 & 3) {
    case 1:
        return word >= (i ? rules[i - 1].addr : 0) && word < rules[i].addr;
    case 2:
        return word == rules[i].addr;
    case 3:
        for (ones = 0; rules[i].addr >> ones & 1; ones++) {
        }
        return word >> (ones + 1) == rules[i].addr >> (ones + 1);
    default:
        return false;
    }
}

/* Table 3 of Smepmp: "rwx" for M, then for S and U; by LRWX. */
static const char *const lockdown[16][2] = {
    { "---", "---" }, { "---", "--x" }, { "rw-", "r--" }, { "rw-", "rw-" },
    { "---", "r--" }, { "---", "r-x" }, { "---", "rw-" }, { "---", "rwx" },
    { "---", "---" }, { "--x", "---" }, { "--x", "--x" }, { "r-x", "--x" },
    { "r--", "---" }, { "r-x", "---" }, { "rw-", "---" }, { "r--", "r--" },
};

static bool rule_allows(uint8_t cfg, char what, bool machine)
{
    bool r = cfg & PMP_READ, w = cfg & PMP_WRITE, x = cfg & PMP_EXEC;
    bool locked = cfg & PMP_LOCK;

    if (mml) {
        const char *row =
            lockdown[locked << 3 | r << 2 | w << 1 | x][machine ? 0 : 1];

        return strchr(row, what) != NULL;
    }
    if (machine && !locked) {
        return true;
    }
    return what == 'r' ? r : what == 'w' ? w : x;
}

static bool expect(uint64_t addr, int size, char what, bool machine)
{
    for (int i = 0; i < MAX_RISCV_PMPS; i++) {
        int hit = 0;

        for (int b = 0; b < size; b++) {
            hit += covers(i, addr + b);
        }
        if (hit) {
            return hit == size && rule_allows(rules[i].cfg, what, machine);
        }
    }
    return machine && !mmwp && !(mml && what == 'x');
}

static pmp_priv_t priv_of(char what)
{
    return what == 'r' ? PMP_READ : what == 'w' ? PMP_WRITE : PMP_EXEC;
}

static void check_access(CPURISCVState *env)
{
    static const int sizes[] = { 1, 2, 4, 8 };
    uint64_t addr = g_test_rand_int_range(0, SPACE);
    int size = sizes[g_test_rand_int_range(0, 4)];
    bool machine = g_test_rand_bit();
    target_ulong mode = machine ? PRV_M : g_test_rand_bit() ? PRV_S : PRV_U;

    for (const char *what = "rwx"; *what; what++) {
        pmp_priv_t allowed;
        bool got =
            pmp_hart_has_privs(env, addr, size, priv_of(*what), &allowed, mode);

        g_assert_cmpint(got, ==, expect(addr, size, *what, machine));
        g_assert_cmpint(!!(allowed & priv_of(*what)), ==, got);
    }
}

/* Whether one rule, or none, decides about all of the page. */
static void check_page(CPURISCVState *env)
{
    uint64_t page = g_test_rand_int_range(0, SPACE / TARGET_PAGE_SIZE) *
                    (uint64_t)TARGET_PAGE_SIZE;
    target_ulong want = TARGET_PAGE_SIZE;

    for (int i = 0; i < MAX_RISCV_PMPS; i++) {
        int hit = 0;

        for (int b = 0; b < TARGET_PAGE_SIZE; b += 4) {
            hit += covers(i, page + b);
        }
        if (hit) {
            want = hit == TARGET_PAGE_SIZE / 4 ? TARGET_PAGE_SIZE : 1;
            break;
        }
    }
    g_assert_cmpint(pmp_get_tlb_size(env, page + 8), ==, want);
}

static uint64_t random_pmpaddr(void)
{
    uint64_t addr = g_test_rand_int_range(0, SPACE >> 2);

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        return addr & ~0x3ffULL;
    case 1:
        return addr | ((1 << g_test_rand_int_range(0, 12)) - 1);
    default:
        return addr;
    }
}

/* What the specification says of writes: locked rules stay. */
static bool model_writable(int i)
{
    return !(rules[i].cfg & PMP_LOCK) || rlb;
}

static void write_addr(CPURISCVState *env, int i, uint64_t value)
{
    bool next_tor =
        i + 1 < MAX_RISCV_PMPS && (rules[i + 1].cfg >> 3 & 3) == PMP_AMATCH_TOR;

    if (model_writable(i) && (!next_tor || model_writable(i + 1))) {
        rules[i].addr = value;
    }
    riscv_csr_write(env, CSR_PMPADDR0 + i, value);
    g_assert_cmphex(riscv_csr_read(env, CSR_PMPADDR0 + i), ==, rules[i].addr);
}

static void write_cfg(CPURISCVState *env, int i, uint8_t cfg)
{
    int reg = CSR_PMPCFG0 + i / 8 * 2, shift = i % 8 * 8;
    uint64_t old = riscv_csr_read(env, reg);
    /* L with X, W, WX or RX. */
    bool adds_code =
        mml && !rlb && (cfg & PMP_LOCK) &&
        ((cfg & 7) == 4 || (cfg & 7) == 2 || (cfg & 7) == 6 || (cfg & 7) == 5);

    if (model_writable(i) && !adds_code) {
        rules[i].cfg = cfg;
    }
    riscv_csr_write(env, reg,
                    (old & ~(0xffULL << shift)) | (uint64_t)cfg << shift);
    g_assert_cmphex(extract64(riscv_csr_read(env, reg), shift, 8), ==,
                    rules[i].cfg);
}

static void random_rules(CPURISCVState *env, bool lock)
{
    for (int n = g_test_rand_int_range(0, 24); n > 0; n--) {
        int i = g_test_rand_int_range(0, MAX_RISCV_PMPS);

        write_addr(env, i, random_pmpaddr());
        write_cfg(
            env, i,
            g_test_rand_int_range(0, 32) |
                (lock && g_test_rand_int_range(0, 4) == 0 ? PMP_LOCK : 0));
    }
}

static void run(const char *features, bool smepmp, bool lock)
{
    RISCVCPU *cpu = test_hart_new("rv64", features);
    CPURISCVState *env = &cpu->env;

    for (int round = 0; round < 60; round++) {
        memset(rules, 0, sizeof(rules));
        memset(&env->pmp_state, 0, sizeof(env->pmp_state));
        env->mseccfg = 0;
        mml = smepmp && g_test_rand_bit();
        mmwp = smepmp && g_test_rand_bit();
        rlb = smepmp && g_test_rand_bit();
        device_cold_reset(DEVICE(cpu));
        if (smepmp) {
            riscv_csr_write(env, CSR_MSECCFG, mml | mmwp << 1 | rlb << 2);
        }
        random_rules(env, lock);
        for (int i = 0; i < 200; i++) {
            check_access(env);
        }
        check_page(env);
    }
    object_unref(cpu);
}

static void test_plain(void)
{
    run(NULL, false, false);
}

static void test_locked(void)
{
    run(NULL, false, true);
}

static void test_smepmp(void)
{
    run("smepmp=on", true, true);
}

/* MML and MMWP stay set, RLB cannot be set once a rule is locked. */
static void test_sticky(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", "smepmp=on");
    CPURISCVState *env = &cpu->env;

    riscv_csr_write(env, CSR_MSECCFG, MSECCFG_MML | MSECCFG_MMWP);
    riscv_csr_write(env, CSR_MSECCFG, MSECCFG_RLB);
    g_assert_cmphex(riscv_csr_read(env, CSR_MSECCFG), ==, 7);
    riscv_csr_write(env, CSR_PMPCFG0, PMP_LOCK | PMP_READ);
    riscv_csr_write(env, CSR_MSECCFG, 0);
    riscv_csr_write(env, CSR_MSECCFG, MSECCFG_RLB);
    g_assert_cmphex(riscv_csr_read(env, CSR_MSECCFG), ==, 3);
    object_unref(cpu);
}

/* The whole address space, by the largest region. */
static void test_all(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    pmp_priv_t allowed;

    g_assert_false(
        pmp_hart_has_privs(env, 0x1000, 4, PMP_READ, &allowed, PRV_S));
    riscv_csr_write(env, CSR_PMPADDR0, -1);
    riscv_csr_write(env, CSR_PMPCFG0,
                    PMP_READ | PMP_WRITE | PMP_EXEC | PMP_AMATCH_NAPOT << 3);
    g_assert_true(pmp_hart_has_privs(env, 0xfffffffffff8ULL, 8, PMP_READ,
                                     &allowed, PRV_U));
    g_assert_cmphex(riscv_csr_read(env, CSR_PMPADDR0), ==, UINT64_MAX);
    g_assert_cmpint(pmp_get_num_rules(env), ==, 1);
    object_unref(cpu);

    cpu = test_hart_new("rv64", "pmp=off");
    g_assert_true(
        pmp_hart_has_privs(&cpu->env, 0, 8, PMP_WRITE, &allowed, PRV_U));
    object_unref(cpu);
}

int main(int argc, char **argv)
{
    test_riscv_init(&argc, &argv);
    g_test_add_func("/riscv/pmp/all", test_all);
    g_test_add_func("/riscv/pmp/plain", test_plain);
    g_test_add_func("/riscv/pmp/locked", test_locked);
    g_test_add_func("/riscv/pmp/smepmp", test_smepmp);
    g_test_add_func("/riscv/pmp/sticky", test_sticky);
    return g_test_run();
}
