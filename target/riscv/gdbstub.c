/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers for the debugger: x0 to x31 and pc as the core, then floating
 * point, the privilege level as "virtual", and the CSRs that the CPU has. The
 * feature names are gdb's.
 */
#include "qemu/osdep.h"

#include "csr.h"

static int put(GByteArray *buf, uint64_t val, int size)
{
    uint8_t bytes[8];

    stn_le_p(bytes, size, val);
    g_byte_array_append(buf, bytes, size);
    return size;
}

int riscv_cpu_gdb_read_register(CPUState *cs, GByteArray *buf, int reg)
{
    CPURISCVState *env = cpu_env(cs);

    if (reg < 32) {
        return put(buf, env->gpr[reg], 8);
    }
    return reg == 32 ? put(buf, env->pc, 8) : 0;
}

int riscv_cpu_gdb_write_register(CPUState *cs, uint8_t *buf, int reg)
{
    CPURISCVState *env = cpu_env(cs);

    if (reg > 32) {
        return 0;
    }
    if (reg == 32) {
        env->pc = ldq_p(buf);
    } else if (reg > 0) {
        env->gpr[reg] = ldq_p(buf);
    }
    return sizeof(target_ulong);
}

static int read_fpu(CPUState *cs, GByteArray *buf, int reg)
{
    CPURISCVState *env = cpu_env(cs);

    if (reg >= 32) {
        return 0;
    }
    if (riscv_has_ext(env, RVD)) {
        return put(buf, env->fpr[reg], 8);
    }
    return put(buf, env->fpr[reg], 4);
}

static int write_fpu(CPUState *cs, uint8_t *buf, int reg)
{
    CPURISCVState *env = cpu_env(cs);

    if (reg >= 32) {
        return 0;
    }
    if (riscv_has_ext(env, RVD)) {
        env->fpr[reg] = ldq_p(buf);
        return sizeof(uint64_t);
    }
    env->fpr[reg] = 0xffffffff00000000ULL | (uint32_t)ldl_p(buf);
    return sizeof(uint32_t);
}

static int read_virtual(CPUState *cs, GByteArray *buf, int reg)
{
    return reg == 0 ? put(buf, cpu_env(cs)->priv, 8) : 0;
}

static int write_virtual(CPUState *cs, uint8_t *buf, int reg)
{
    CPURISCVState *env = cpu_env(cs);
    target_ulong level = ldq_p(buf) & 3;

    if (reg != 0) {
        return 0;
    }
    if (level != PRV_RESERVED) {
        riscv_cpu_set_mode(env, level, false);
    }
    return sizeof(target_ulong);
}

/* The register number is the CSR's. */
static int read_csr(CPUState *cs, GByteArray *buf, int reg)
{
    target_ulong val = 0;

    if (reg >= CSR_TABLE_SIZE ||
        riscv_csrrw_debug(cpu_env(cs), reg, &val, 0, 0) != RISCV_EXCP_NONE) {
        return 0;
    }
    return put(buf, val, 8);
}

static int write_csr(CPUState *cs, uint8_t *buf, int reg)
{
    target_ulong val = ldq_p(buf);

    if (reg >= CSR_TABLE_SIZE ||
        riscv_csrrw_debug(cpu_env(cs), reg, NULL, val, -1) != RISCV_EXCP_NONE) {
        return 0;
    }
    return sizeof(target_ulong);
}

static void describe_csrs(RISCVCPU *cpu, int base_reg)
{
    CPURISCVState *env = &cpu->env;
    GDBFeatureBuilder builder;

    gdb_feature_builder_init(&builder, &cpu->dyn_csr_feature,
                             "org.gnu.gdb.riscv.csr", "riscv-csr.xml",
                             base_reg);
    riscv_debugger = true;
    for (int i = 0; i < CSR_TABLE_SIZE; i++) {
        if (csr_ops[i].predicate && env->priv_ver >= csr_ops[i].min_priv_ver &&
            csr_ops[i].predicate(env, i) == RISCV_EXCP_NONE) {
            gdb_feature_builder_append_reg(&builder, csr_ops[i].name, 64, i,
                                           "int", NULL);
        }
    }
    riscv_debugger = false;
    gdb_feature_builder_end(&builder);
}

void riscv_cpu_register_gdb_regs_for_features(CPUState *cs)
{
    RISCVCPU *cpu = RISCV_CPU(cs);
    CPURISCVState *env = &cpu->env;

    if (riscv_has_ext(env, RVF)) {
        const char *xml = riscv_has_ext(env, RVD) ? "riscv-64bit-fpu.xml"
                                                  : "riscv-32bit-fpu.xml";

        gdb_register_coprocessor(cs, read_fpu, write_fpu,
                                 gdb_find_static_feature(xml), 0);
    }
    gdb_register_coprocessor(cs, read_virtual, write_virtual,
                             gdb_find_static_feature("riscv-64bit-virtual.xml"),
                             0);
    if (cpu->cfg.ext_zicsr) {
        describe_csrs(cpu, cs->gdb_num_regs);
        gdb_register_coprocessor(cs, read_csr, write_csr, &cpu->dyn_csr_feature,
                                 0);
    }
}
