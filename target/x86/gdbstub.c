/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers for the debugger, as gdb-xml/i386-64bit.xml numbers them. */
#include "qemu/osdep.h"
#include "cpu.h"

enum {
    GDB_RIP = 16,
    GDB_EFLAGS,
    GDB_SEGS, /* cs ss ds es fs gs */
    GDB_FS_BASE = GDB_SEGS + 6,
    GDB_GS_BASE,
    GDB_KERNEL_GS_BASE,
    GDB_CR0,
    GDB_CR2,
    GDB_CR3,
    GDB_CR4,
    GDB_CR8,
    GDB_EFER,
    GDB_ST,
    GDB_FCTRL = GDB_ST + 8,
    GDB_FSTAT,
    GDB_FTAG,
    GDB_FISEG,
    GDB_FIOFF,
    GDB_FOSEG,
    GDB_FOOFF,
    GDB_FOP,
    GDB_XMM,
    GDB_MXCSR = GDB_XMM + 16,
};

/* gdb's order of the first sixteen. */
static const uint8_t gpr_of[] = { R_EAX, R_EBX, R_ECX, R_EDX, R_ESI, R_EDI,
                                  R_EBP, R_ESP, 8,     9,     10,    11,
                                  12,    13,    14,    15 };
static const uint8_t seg_of[] = { R_CS, R_SS, R_DS, R_ES, R_FS, R_GS };

static int put(GByteArray *buf, uint64_t value, int size)
{
    uint8_t bytes[8];

    stn_le_p(bytes, size, value);
    g_byte_array_append(buf, bytes, size);
    return size;
}

/* Registers of 64 bits that are kept as such; NULL: no such one. */
static uint64_t *wide(CPUX86State *env, int reg)
{
    switch (reg) {
    case 0 ... 15:
        return &env->regs[gpr_of[reg]];
    case GDB_RIP:
        return &env->eip;
    case GDB_FS_BASE:
        return &env->segs[R_FS].base;
    case GDB_GS_BASE:
        return &env->segs[R_GS].base;
    case GDB_KERNEL_GS_BASE:
        return &env->kernelgsbase;
    case GDB_CR0:
        return &env->cr[0];
    case GDB_CR2:
        return &env->cr[2];
    case GDB_CR3:
        return &env->cr[3];
    case GDB_CR4:
        return &env->cr[4];
    case GDB_EFER:
        return &env->efer;
    }
    return NULL;
}

static uint32_t narrow(CPUX86State *env, int reg)
{
    uint32_t tags = 0;

    switch (reg) {
    case GDB_EFLAGS:
        return env->eflags;
    case GDB_SEGS ... GDB_SEGS + 5:
        return env->segs[seg_of[reg - GDB_SEGS]].selector;
    case GDB_FCTRL:
        return env->fpuc;
    case GDB_FSTAT:
        return x86_fpu_status(env);
    case GDB_FTAG:
        /* Two bits each: 3 is empty. */
        for (int i = 0; i < 8; i++) {
            tags |= env->fptags[i] ? 3 << 2 * i : 0;
        }
        return tags;
    case GDB_FIOFF:
        return env->fpip;
    case GDB_FOOFF:
        return env->fpdp;
    case GDB_FOP:
        return env->fpop;
    case GDB_MXCSR:
        return env->mxcsr;
    }
    return 0;
}

int x86_cpu_gdb_read_register(CPUState *cs, GByteArray *buf, int reg)
{
    CPUX86State *env = cpu_env(cs);
    uint64_t *w = wide(env, reg);

    if (w) {
        return put(buf, *w, 8);
    }
    if (reg == GDB_CR8) {
        return put(buf, 0, 8);
    }
    if (reg >= GDB_ST && reg < GDB_ST + 8) {
        /* From the top of the stack on. */
        FPReg *st = &env->fpregs[reg - GDB_ST];

        put(buf, st->low, 8);
        return 8 + put(buf, st->high, 2);
    }
    if (reg >= GDB_XMM && reg < GDB_XMM + 16) {
        put(buf, env->xmm_regs[reg - GDB_XMM].q[0], 8);
        return 8 + put(buf, env->xmm_regs[reg - GDB_XMM].q[1], 8);
    }
    return reg <= GDB_MXCSR ? put(buf, narrow(env, reg), 4) : 0;
}

static void write_narrow(CPUX86State *env, int reg, uint32_t value)
{
    switch (reg) {
    case GDB_EFLAGS:
        env->eflags = value | 2;
        break;
    case GDB_FCTRL:
        env->fpuc = value;
        break;
    case GDB_MXCSR:
        env->mxcsr = value & 0xffff;
        break;
    default: /* segments and the rest are for reading */
        break;
    }
}

int x86_cpu_gdb_write_register(CPUState *cs, uint8_t *buf, int reg)
{
    CPUX86State *env = cpu_env(cs);
    uint64_t *w = wide(env, reg);

    if (w) {
        *w = ldq_le_p(buf);
        return 8;
    }
    if (reg == GDB_CR8) {
        return 8;
    }
    if (reg >= GDB_ST && reg < GDB_ST + 8) {
        env->fpregs[reg - GDB_ST].low = ldq_le_p(buf);
        env->fpregs[reg - GDB_ST].high = lduw_le_p(buf + 8);
        return 10;
    }
    if (reg >= GDB_XMM && reg < GDB_XMM + 16) {
        env->xmm_regs[reg - GDB_XMM].q[0] = ldq_le_p(buf);
        env->xmm_regs[reg - GDB_XMM].q[1] = ldq_le_p(buf + 8);
        return 16;
    }
    if (reg > GDB_MXCSR) {
        return 0;
    }
    write_narrow(env, reg, ldl_le_p(buf));
    return 4;
}
