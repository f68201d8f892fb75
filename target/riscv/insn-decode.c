/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handlers of all instructions and the decoder, both made by
 * scripts/decodetable.py from insns/, and what makes blocks with them.
 */
#include "qemu/osdep.h"

#include "insn-decode.h"
#include "insn-ops.h"

/* That the unit is on, is known when a block is made (RISCV_MODE_FP). */
#define FP_BEGIN() ((void)0)

#include "accel/soft-insn.h"

#include "riscv-insns.inc"
#include "riscv-handlers.inc"

/* What of a CPU decides which instructions there are. */
typedef struct DecodeContext {
    const RISCVCPUConfig *cfg;
    uint32_t misa;
} DecodeContext;

#define WHEN_A(ctx)       ((ctx)->misa & RVA)
#define WHEN_D(ctx)       ((ctx)->misa & RVD)
#define WHEN_F(ctx)       ((ctx)->misa & RVF)
#define WHEN_M(ctx)       ((ctx)->misa & RVM)
#define WHEN_Svinval(ctx) ((ctx)->cfg->ext_svinval)
#define WHEN_Zaamo(ctx)   ((ctx)->cfg->ext_zaamo)
#define WHEN_Zabha(ctx)   ((ctx)->cfg->ext_zabha)
#define WHEN_Zacas(ctx)   ((ctx)->cfg->ext_zacas)
#define WHEN_Zalrsc(ctx)  ((ctx)->cfg->ext_zalrsc)
#define WHEN_Zawrs(ctx)   ((ctx)->cfg->ext_zawrs)
#define WHEN_Zba(ctx)     ((ctx)->cfg->ext_zba)
#define WHEN_Zbb(ctx)     ((ctx)->cfg->ext_zbb)
#define WHEN_Zbc(ctx)     ((ctx)->cfg->ext_zbc)
#define WHEN_Zbkb(ctx)    ((ctx)->cfg->ext_zbkb)
#define WHEN_Zbkc(ctx)    ((ctx)->cfg->ext_zbkc)
#define WHEN_Zbkx(ctx)    ((ctx)->cfg->ext_zbkx)
#define WHEN_Zbs(ctx)     ((ctx)->cfg->ext_zbs)
/* misa.C can be switched off. */
#define WHEN_Zca(ctx)         (((ctx)->misa & RVC) && (ctx)->cfg->ext_zca)
#define WHEN_Zcb(ctx)         ((ctx)->cfg->ext_zcb)
#define WHEN_Zcd(ctx)         (((ctx)->misa & RVC) && (ctx)->cfg->ext_zcd)
#define WHEN_Zcmop(ctx)       ((ctx)->cfg->ext_zcmop)
#define WHEN_Zfa(ctx)         ((ctx)->cfg->ext_zfa)
#define WHEN_Zfh(ctx)         ((ctx)->cfg->ext_zfh)
#define WHEN_Zfhmin(ctx)      ((ctx)->cfg->ext_zfhmin)
#define WHEN_Zicbom(ctx)      ((ctx)->cfg->ext_zicbom)
#define WHEN_Zicbop(ctx)      ((ctx)->cfg->ext_zicbop)
#define WHEN_Zicboz(ctx)      ((ctx)->cfg->ext_zicboz)
#define WHEN_Zicond(ctx)      ((ctx)->cfg->ext_zicond)
#define WHEN_Zicsr(ctx)       ((ctx)->cfg->ext_zicsr)
#define WHEN_Zifencei(ctx)    ((ctx)->cfg->ext_zifencei)
#define WHEN_Zihintpause(ctx) ((ctx)->cfg->ext_zihintpause)
#define WHEN_Zimop(ctx)       ((ctx)->cfg->ext_zimop)
#define WHEN_Zmmul(ctx)       ((ctx)->cfg->ext_zmmul)
#define WHEN_Zvfh(ctx)        ((ctx)->cfg->ext_zvfh)

/* What writes x0 writes the sink. */
static inline uint8_t soft_rd(unsigned reg)
{
    return reg ? reg : RISCV_GPR_SINK;
}

#include "riscv-decoder.inc"

/* What is no instruction, ends the block. */
SOFT_OP(op_illegal)
{
    ILLEGAL();
    return NULL;
}

unsigned riscv_insn_size(const uint8_t *code)
{
    return (code[0] & 3) == 3 ? 4 : 2;
}

/* Other harts may be writing there. */
static uint16_t read_half(const uint8_t *code)
{
    return le16_to_cpu(qatomic_read((const uint16_t *)code));
}

/* Decodes @bits at @offset to @insn; its entry in the table, or NULL. */
static const SoftOp *decode_one(const DecodeContext *ctx, uint32_t flags,
                                uint32_t bits, unsigned size, unsigned offset,
                                SoftInsn *insn)
{
    int id = size == 2 ? decode_16(ctx, bits) : decode_32(ctx, bits);
    const SoftOp *op = &soft_ops[id];

    *insn = (SoftInsn){ .fn = op_illegal };
    if (id == SOFT_INSN_none ||
        ((op->flags & SOFT_OP_FP) && !(flags & RISCV_MODE_FP))) {
        return NULL;
    }
    insn->fn = op->fn;
    extract(op->format, bits, insn);
    if (op->flags & SOFT_OP_PCREL) {
        insn->imm += offset;
    }
    if (op->flags & SOFT_OP_AUX_PC) {
        insn->aux = offset;
    } else if (op->flags & SOFT_OP_AUX_NPC) {
        insn->aux = offset + size;
    }
    return op;
}

/* The links of a block that @op, the instruction at @at, ends. */
static void end_block(SoftDecode *d, const SoftOp *op, SoftInsn *insn,
                      unsigned at)
{
    if (op && (op->flags & SOFT_OP_BRANCH)) {
        d->nr_links = 2;
        d->link[0] = d->end;
        d->link[1] = (int32_t)at + insn->imm;
    } else if (op && (op->flags & SOFT_OP_JUMP)) {
        d->nr_links = 1;
        d->link[0] = (int32_t)at + insn->imm;
        if ((uint32_t)d->link[0] >= TARGET_PAGE_SIZE) {
            insn->fn = op->far;
        }
    }
}

#define ENDS (SOFT_OP_ENDS | SOFT_OP_BRANCH | SOFT_OP_JUMP | SOFT_OP_INDIRECT)

void riscv_decode_block(CPUState *cpu, SoftDecode *d)
{
    CPURISCVState *env = cpu_env(cpu);
    DecodeContext ctx = { riscv_cpu_cfg(env), env->misa_ext };
    unsigned at = d->offset;

    d->count = 0;
    d->end = at;
    d->nr_links = 0;
    d->fallthrough = false;
    while (d->count < d->max) {
        const uint8_t *code = d->code + (at - d->offset);
        unsigned left = d->len - (at - d->offset);
        uint32_t bits = left >= 2 ? read_half(code) : 3;
        unsigned size = (bits & 3) == 3 ? 4 : 2;
        SoftInsn *insn = &d->insns[d->count];
        const SoftOp *op;

        if (size > left) {
            break;
        }
        if (size == 4) {
            bits |= (uint32_t)read_half(code + 2) << 16;
        }
        op = decode_one(&ctx, d->flags, bits, size, at, insn);
        d->offsets[d->count++] = at;
        d->end = at + size;
        if (!op || (op->flags & ENDS)) {
            end_block(d, op, insn, at);
            break;
        }
        at += size;
    }
    if (!d->count) {
        return;
    }
    for (unsigned i = 0; i + 1 < d->count; i++) {
        fuse(&d->insns[i], &d->insns[i + 1]);
    }
    if (d->end == at) {
        d->insns[d->count] = (SoftInsn){ .fn = soft_op_end };
        d->fallthrough = true;
        d->nr_links = 1;
        d->link[0] = d->end;
    }
}
