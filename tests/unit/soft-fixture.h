/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board with harts that run little programs under the engine, for tests of
 * accel/soft: the board `virt` with RAM at 0x80000000 and a register at
 * REPORT, a store to which says that the hart is done.
 *
 * Programs are written with the functions below, in memory like everything
 * that a device would write there.
 */
#ifndef TESTS_SOFT_FIXTURE_H
#define TESTS_SOFT_FIXTURE_H

#include "accel/soft/soft-internal.h"
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "system/system.h"
#include "target/riscv/cpu.h"

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE (64 * MiB)
#define REPORT   UINT64_C(0x50000000)
#define IDLE     (RAM_BASE + RAM_SIZE - 0x1000)

enum { zero, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5 };

/* ---- an assembler -------------------------------------------------------- */

typedef struct Code {
    hwaddr at;
} Code;

static inline void put16(Code *c, uint16_t half)
{
    address_space_stw_le(&address_space_memory, c->at, half,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    c->at += 2;
}

static inline void put32(Code *c, uint32_t word)
{
    put16(c, word);
    put16(c, word >> 16);
}

static inline uint32_t enc_i(int op, int f3, int rd, int rs1, int imm)
{
    return (uint32_t)imm << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}

static inline uint32_t enc_s(int op, int f3, int rs1, int rs2, int imm)
{
    return (uint32_t)(imm >> 5 & 0x7f) << 25 | rs2 << 20 | rs1 << 15 |
           f3 << 12 | (imm & 31) << 7 | op;
}

static inline uint32_t enc_b(int f3, int rs1, int rs2, int offset)
{
    return (uint32_t)(offset >> 12 & 1) << 31 |
           (uint32_t)(offset >> 5 & 63) << 25 | rs2 << 20 | rs1 << 15 |
           f3 << 12 | (offset >> 1 & 15) << 8 | (offset >> 11 & 1) << 7 | 0x63;
}

static inline uint32_t enc_j(int rd, int offset)
{
    return (uint32_t)(offset >> 20 & 1) << 31 |
           (uint32_t)(offset >> 1 & 0x3ff) << 21 |
           (uint32_t)(offset >> 11 & 1) << 20 |
           (uint32_t)(offset >> 12 & 0xff) << 12 | rd << 7 | 0x6f;
}

#define ADDI(rd, rs, imm)   enc_i(0x13, 0, rd, rs, imm)
#define SLLI(rd, rs, n)     enc_i(0x13, 1, rd, rs, n)
#define SRLI(rd, rs, n)     enc_i(0x13, 5, rd, rs, n)
#define ADD(rd, a, b)       enc_i(0x33, 0, rd, a, b)
#define LB(rd, rs, imm)     enc_i(0x03, 0, rd, rs, imm)
#define LW(rd, rs, imm)     enc_i(0x03, 2, rd, rs, imm)
#define LD(rd, rs, imm)     enc_i(0x03, 3, rd, rs, imm)
#define SB(b, a, imm)       enc_s(0x23, 0, a, b, imm)
#define SH(b, a, imm)       enc_s(0x23, 1, a, b, imm)
#define SW(b, a, imm)       enc_s(0x23, 2, a, b, imm)
#define SD(b, a, imm)       enc_s(0x23, 3, a, b, imm)
#define BEQ(a, b, offset)   enc_b(0, a, b, offset)
#define BNE(a, b, offset)   enc_b(1, a, b, offset)
#define BLTU(a, b, offset)  enc_b(6, a, b, offset)
#define JAL(rd, offset)     enc_j(rd, offset)
#define JALR(rd, rs, imm)   enc_i(0x67, 0, rd, rs, imm)
#define LUI(rd, imm)        ((uint32_t)(imm) << 12 | (rd) << 7 | 0x37)
#define FENCE_I             0x0000100fu
#define FENCE               0x0330000fu
#define WFI                 0x10500073u
#define MRET                0x30200073u
#define SRET                0x10200073u
#define CSRR(rd, csr)       enc_i(0x73, 2, rd, 0, csr)
#define CSRW(csr, rs)       enc_i(0x73, 1, 0, rs, csr)
#define CSRRW(rd, csr, rs)  enc_i(0x73, 1, rd, rs, csr)
#define AMOADD_D(rd, v, a)  enc_i(0x2f, 3, rd, a, 0x000 | (v))
#define AMOSWAP_W(rd, v, a) enc_i(0x2f, 2, rd, a, 0x080 | (v))
#define LR_D(rd, a)         enc_i(0x2f, 3, rd, a, 0x100)
#define SC_D(rd, v, a)      enc_i(0x2f, 3, rd, a, 0x180 | (v))
#define C_NOP               0x0001
#define CSR_MINSTRET        0xb02

/* Any 64-bit constant, in eight instructions. */
static inline void put_li(Code *c, int rd, uint64_t value)
{
    put32(c, ADDI(rd, zero, value >> 55 & 0x1ff));
    for (int shift = 44; shift >= 0; shift -= 11) {
        put32(c, SLLI(rd, rd, 11));
        put32(c, ADDI(rd, rd, value >> shift & 0x7ff));
    }
}

/* Says that the hart is done, and waits. Uses t2. */
static inline void put_report(Code *c, int value)
{
    put32(c, LUI(t2, REPORT >> 12));
    put32(c, SD(value, t2, 0));
    put32(c, WFI);
    put32(c, JAL(zero, -4));
}

/* ---- the machine --------------------------------------------------------- */

static unsigned reports;
static uint64_t last_report;
static MemoryRegion report_mr;

static uint64_t report_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0x1122334455667788 >> addr * 8;
}

static void report_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
    last_report = value;
    qatomic_inc(&reports);
}

static const MemoryRegionOps report_ops = {
    .read = report_read,
    .write = report_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

static inline CPUState *hart_cpu(unsigned hart)
{
    return qemu_get_cpu(hart);
}

static inline CPURISCVState *hart_env(unsigned hart)
{
    return cpu_env(hart_cpu(hart));
}

/* The machine must be stopped. */
static inline void hart_start_at(unsigned hart, uint64_t pc)
{
    CPURISCVState *env = hart_env(hart);
    CPUState *cpu = hart_cpu(hart);

    memset(env->gpr, 0, sizeof(env->gpr));
    env->pc = pc;
    env->priv = PRV_M;
    env->mie = 0;
    env->mstatus &= ~(uint64_t)MSTATUS_MIE;
    env->mtvec = IDLE;
    cpu->halted = 0;
    cpu->exception_index = -1;
}

static inline void idle_harts(void)
{
    CPUState *cpu;
    Code c = { IDLE };

    put32(&c, WFI);
    put32(&c, JAL(zero, -4));
    CPU_FOREACH(cpu) {
        hart_start_at(cpu->cpu_index, IDLE);
    }
}

static inline void wait_reports(unsigned count)
{
    int64_t deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    while (qatomic_read(&reports) < count) {
        g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        bql_unlock();
        g_usleep(100);
        bql_lock();
    }
}

/* Runs until @count stores to REPORT have come. */
static inline void run_until(unsigned count)
{
    qatomic_set(&reports, 0);
    vm_start();
    wait_reports(count);
    vm_stop(RUN_STATE_PAUSED);
}

/* Runs hart 0 from @pc on; what it reports. */
static inline uint64_t run_at(uint64_t pc)
{
    idle_harts();
    hart_start_at(0, pc);
    run_until(1);
    return last_report;
}

/* Runs until hart 0 stops for the debugger. */
static inline void run_until_debug(void)
{
    int64_t deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    vm_start();
    while (!hart_cpu(0)->stopped) {
        g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        bql_unlock();
        g_usleep(100);
        bql_lock();
    }
    vm_stop(RUN_STATE_DEBUG);
}

static inline uint64_t peek(hwaddr addr)
{
    return address_space_ldq_le(&address_space_memory, addr,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static inline void poke(hwaddr addr, uint64_t value)
{
    address_space_stq_le(&address_space_memory, addr, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static inline void machine_start_as(const char *machine, const char *harts)
{
    const char *argv[] = { "test", "-M",          machine, "-accel", "soft",
                           "-smp", harts,         "-m",    "64M",    "-bios",
                           "none", "-nodefaults", "-display", "none", "-S" };

    qemu_init(ARRAY_SIZE(argv), (char **)argv);
    memory_region_init_io(&report_mr, NULL, &report_ops, NULL, "report",
                          0x1000);
    memory_region_add_subregion_overlap(get_system_memory(), REPORT,
                                        &report_mr, 10);
}

static inline void machine_start(const char *harts)
{
    machine_start_as("virt", harts);
}

static inline void machine_end(void)
{
    memory_region_del_subregion(get_system_memory(), &report_mr);
    object_unparent(OBJECT(&report_mr));
    qemu_cleanup(0);
}

#endif
