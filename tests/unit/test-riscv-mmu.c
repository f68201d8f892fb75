/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page table walk against an oracle with random tables: entries of all
 * kinds in a small pool of pages, so that walks meet loops, large pages at
 * every level, reserved bits and entries that nobody has meant.
 */
#include "qemu/osdep.h"

#include "riscv-fixture.h"
#include "target/riscv/mmu.h"

#define PAGES          16 /* of the pool, from TEST_RAM_BASE on */
#define PAGE_NUMBER(i) ((TEST_RAM_BASE >> 12) + (i))

static uint64_t *pool;

/* What the CPU has, by the property or CSR that says so. */
typedef struct {
    int levels;
    bool svadu, svpbmt, svnapot;
    bool mxr;
    bool pmp_hole; /* page 3 of the pool can be read only, page 5 not at all */
} Setup;

typedef struct {
    int result;
    uint64_t phys;
    int prot;
    uint64_t size;
    /* The entry that has A or D set now, and its value; or NULL. */
    uint64_t *changed, value;
} Answer;

static uint64_t *entry_at(uint64_t phys)
{
    uint64_t offset = phys - TEST_RAM_BASE;

    return offset < PAGES * 4096 ? pool + offset / 8 : NULL;
}

static bool in_page(uint64_t phys, int i)
{
    return phys >> 12 == PAGE_NUMBER(i);
}

/* Leaf permissions as 12.3.1 words them. */
static bool permits(const Setup *s, uint64_t pte, int access, int mmu_idx)
{
    bool user = mmu_idx == MMUIdx_U, upage = pte & PTE_U;
    bool r = (pte & PTE_R) || (s->mxr && (pte & PTE_X));

    if (user != upage &&
        !(mmu_idx == MMUIdx_S_SUM && upage && access != MMU_INST_FETCH)) {
        return false;
    }
    return access == MMU_DATA_LOAD    ? r
           : access == MMU_DATA_STORE ? !!(pte & PTE_W)
                                      : !!(pte & PTE_X);
}

/* 12.3.2, step by step. */
static Answer oracle(const Setup *s, uint64_t satp, uint64_t va, int access,
                     int mmu_idx)
{
    Answer a = { .result = TRANSLATE_FAIL };
    uint64_t table = (satp & SATP64_PPN) << 12, pte = 0, phys = 0;
    int bits = 12 + 9 * s->levels, i;

    for (i = bits; i < 64; i++) {
        if ((va >> i & 1) != (va >> (bits - 1) & 1)) {
            return a;
        }
    }
    for (i = s->levels - 1; i >= 0; i--) {
        phys = table + (va >> (12 + 9 * i) & 511) * 8;
        if (s->pmp_hole && in_page(phys, 5)) {
            a.result = TRANSLATE_PMP_FAIL;
            return a;
        }
        if (!entry_at(phys)) {
            a.result = TRANSLATE_PMA_FAIL;
            return a;
        }
        pte = *entry_at(phys);
        if (!(pte & 1) || (!(pte & PTE_R) && (pte & PTE_W)) ||
            (pte >> 54 & 0x7f) || (pte >> 61 & 3) == 3 ||
            ((pte >> 61 & 3) && !s->svpbmt) || ((pte >> 63) && !s->svnapot)) {
            return a;
        }
        if (pte & (PTE_R | PTE_X)) {
            break;
        }
        if (pte >> 61 || (pte & (PTE_A | PTE_D | PTE_U))) {
            return a;
        }
        table = (pte >> 10 & ((1ULL << 44) - 1)) << 12;
    }
    if (i < 0) {
        return a;
    }

    uint64_t ppn = pte >> 10 & ((1ULL << 44) - 1), pages = 1ULL << (9 * i);
    uint64_t wanted = pte | PTE_A | (access == MMU_DATA_STORE ? PTE_D : 0);

    if (ppn % pages || !permits(s, pte, access, mmu_idx)) {
        return a;
    }
    if (pte >> 63) {
        if (i || (ppn & 15) != 8) {
            return a;
        }
        pages = 16;
        ppn -= 8;
    }
    if (wanted != pte) {
        if (!s->svadu) {
            return a;
        }
        if (s->pmp_hole && in_page(phys, 3)) {
            a.result = TRANSLATE_PMP_FAIL;
            return a;
        }
        a.changed = entry_at(phys);
        a.value = wanted;
    }
    a.result = TRANSLATE_SUCCESS;
    a.phys = (ppn + (va >> 12) % pages) << 12 | (va & 0xfff);
    a.size = pages << 12;
    for (int other = 0; other < 3; other++) {
        bool dirty = other != MMU_DATA_STORE || (wanted & PTE_D);

        if (permits(s, pte, other, mmu_idx) && dirty) {
            a.prot |= other == MMU_DATA_LOAD    ? PAGE_READ
                      : other == MMU_DATA_STORE ? PAGE_WRITE
                                                : PAGE_EXEC;
        }
    }
    return a;
}

/* ---- random tables ------------------------------------------------------- */

static uint64_t random_pte(void)
{
    uint64_t pte = PAGE_NUMBER(g_test_rand_int_range(0, PAGES)) << 10 | PTE_V;
    int kind = g_test_rand_int_range(0, 32);

    if (kind < 14) {
        /* A pointer. */
    } else if (kind < 28) {
        pte |= (uint64_t)g_test_rand_int_range(0, 256);
        pte |= PTE_V;
        if (g_test_rand_bit()) {
            pte |= PTE_A | PTE_D;
        }
        if (g_test_rand_bit()) {
            /* Aligned as a page of some level. */
            pte &=
                ~(uint64_t)MAKE_64BIT_MASK(10, 9 * g_test_rand_int_range(1, 5));
        }
        if (g_test_rand_int_range(0, 8) == 0) {
            pte |= PTE_N;
            pte = deposit64(pte, 10, 4, g_test_rand_bit() ? 8 : pte >> 10);
        }
        if (g_test_rand_int_range(0, 8) == 0) {
            pte |= (uint64_t)g_test_rand_int_range(0, 4) << 61;
        }
    } else if (kind < 31) {
        pte ^= 1ULL << g_test_rand_int_range(0, 64);
    } else {
        pte = test_rand64();
    }
    return pte;
}

static uint64_t random_va(const Setup *s)
{
    int bits = 12 + 9 * s->levels;
    uint64_t va = sextract64(test_rand64(), 0, bits);

    return g_test_rand_int_range(0, 16) ? va : test_rand64();
}

static void fill(void)
{
    for (int i = 0; i < PAGES * 512; i++) {
        pool[i] = random_pte();
    }
}

/* ---- comparing ----------------------------------------------------------- */

static void check_walk(RISCVCPU *cpu, const Setup *s)
{
    static const int indexes[] = { MMUIdx_U, MMUIdx_S, MMUIdx_S_SUM };
    uint64_t va = random_va(s);
    int access = g_test_rand_int_range(0, 3);
    int mmu_idx = indexes[g_test_rand_int_range(0, 3)];
    Answer want = oracle(s, cpu->env.satp, va, access, mmu_idx);
    RISCVWalk walk = { .addr = va, .access = access, .mmu_idx = mmu_idx };
    static uint64_t before[PAGES * 512];

    memcpy(before, pool, sizeof(before));
    g_assert_cmpint(riscv_mmu_walk(&cpu->env, &walk), ==, want.result);
    if (want.changed) {
        g_assert_cmphex(*want.changed, ==, want.value);
        before[want.changed - pool] = want.value;
    }
    g_assert_cmpmem(pool, sizeof(before), before, sizeof(before));
    if (want.result == TRANSLATE_SUCCESS) {
        g_assert_cmphex(walk.phys, ==, want.phys);
        g_assert_cmphex(walk.size, ==, want.size);
        g_assert_cmpint(walk.prot, ==, want.prot);
    }
}

static void protect(CPURISCVState *env, bool hole)
{
    uint64_t napot = (uint64_t)(PMP_AMATCH_NAPOT << 3);

    riscv_csr_write(env, CSR_PMPADDR0, PAGE_NUMBER(3) << 10 | 0x1ff);
    riscv_csr_write(env, CSR_PMPADDR0 + 1, PAGE_NUMBER(5) << 10 | 0x1ff);
    riscv_csr_write(env, CSR_PMPADDR0 + 2, -1);
    riscv_csr_write(env, CSR_PMPCFG0,
                    (hole ? (napot | PMP_READ) | napot << 8 : 0) | (napot | 7)
                                                                       << 16);
}

static void run(Setup s)
{
    g_autofree char *features =
        g_strdup_printf("svadu=%s,svpbmt=%s,svnapot=%s,svade=%s",
                        s.svadu ? "on" : "off", s.svpbmt ? "on" : "off",
                        s.svnapot ? "on" : "off", s.svadu ? "off" : "on");
    RISCVCPU *cpu = test_hart_new("rv64", features);
    CPURISCVState *env = &cpu->env;
    int mode = s.levels - 3 + VM_1_10_SV39;

    protect(env, s.pmp_hole);
    riscv_csr_write(env, CSR_MSTATUS, s.mxr ? MSTATUS_MXR : 0);
    for (int round = 0; round < 20; round++) {
        fill();
        riscv_csr_write(env, CSR_SATP,
                        (uint64_t)mode << 60 |
                            PAGE_NUMBER(g_test_rand_int_range(0, PAGES)));
        g_assert_cmpint(get_field(env->satp, SATP64_MODE), ==, mode);
        for (int i = 0; i < 100; i++) {
            check_walk(cpu, &s);
        }
    }
    object_unref(cpu);
}

static void test_walks(void)
{
    for (int bits = 0; bits < 32; bits++) {
        for (int levels = 3; levels <= 5; levels++) {
            run((Setup){
                .levels = levels,
                .svadu = bits & 1,
                .svpbmt = bits & 2,
                .svnapot = bits & 4,
                .mxr = bits & 8,
                .pmp_hole = bits & 16,
            });
        }
    }
}

/* Level 0 of a small table, by hand. */
static void test_by_hand(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", NULL);
    CPURISCVState *env = &cpu->env;
    uint64_t va = 0xffffffc000201000;
    RISCVWalk walk = { .addr = va + 0x123,
                       .access = MMU_DATA_LOAD,
                       .mmu_idx = MMUIdx_S };

    memset(pool, 0, PAGES * 4096);
    protect(env, false);
    pool[va >> 30 & 511] = PAGE_NUMBER(1) << 10 | PTE_V;
    pool[512 + (va >> 21 & 511)] = PAGE_NUMBER(2) << 10 | PTE_V;
    pool[1024 + (va >> 12 & 511)] = PAGE_NUMBER(7) << 10 | 0xe7;
    riscv_csr_write(env, CSR_SATP, 8ULL << 60 | PAGE_NUMBER(0));
    g_assert_cmpint(riscv_mmu_walk(env, &walk), ==, TRANSLATE_SUCCESS);
    g_assert_cmphex(walk.phys, ==, PAGE_NUMBER(7) << 12 | 0x123);
    g_assert_cmphex(walk.size, ==, 4096);
    env->priv = PRV_S;
    g_assert_cmphex(riscv_cpu_get_phys_page_debug(CPU(cpu), va + 8), ==,
                    PAGE_NUMBER(7) << 12);
    g_assert_cmphex(riscv_cpu_get_phys_page_debug(CPU(cpu), va + 0x1000), ==,
                    UINT64_MAX);
    /* M level is not translated; with MPRV it is. */
    env->priv = PRV_M;
    g_assert_cmphex(riscv_cpu_get_phys_page_debug(CPU(cpu), va), ==, va);
    riscv_csr_write(env, CSR_MSTATUS, MSTATUS_MPRV | PRV_S << 11);
    g_assert_cmphex(riscv_cpu_get_phys_page_debug(CPU(cpu), va), ==,
                    PAGE_NUMBER(7) << 12);
    object_unref(cpu);
}

/* satp.MODE takes only what the CPU has. */
static void test_satp(void)
{
    RISCVCPU *cpu = test_hart_new("rv64", "sv48=off");
    CPURISCVState *env = &cpu->env;

    for (uint64_t mode = 0; mode < 16; mode++) {
        bool ok = mode == VM_1_10_MBARE || mode == VM_1_10_SV39;

        riscv_csr_write(env, CSR_SATP, 0);
        riscv_csr_write(env, CSR_SATP, mode << 60 | 0x123);
        g_assert_cmphex(riscv_csr_read(env, CSR_SATP), ==,
                        ok ? mode << 60 | 0x123 : 0);
    }
    object_unref(cpu);
}

int main(int argc, char **argv)
{
    test_riscv_init(&argc, &argv);
    pool = memory_region_get_ram_ptr(&test_ram);
    /* Outside of the pool nothing answers. */
    g_assert_cmpint(TEST_RAM_SIZE, ==, PAGES * 4096);
    g_test_add_func("/riscv/mmu/by-hand", test_by_hand);
    g_test_add_func("/riscv/mmu/satp", test_satp);
    g_test_add_func("/riscv/mmu/walks", test_walks);
    return g_test_run();
}
