/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers as text, in QEMU's form. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "qemu/qemu-print.h"

static void dump_segment_type(FILE *f, CPUX86State *env, uint32_t flags)
{
    static const char *const system[2][16] = {
        { "Reserved", "TSS16-avl", "LDT", "TSS16-busy", "CallGate16",
          "TaskGate", "IntGate16", "TrapGate16", "Reserved", "TSS32-avl",
          "Reserved", "TSS32-busy", "CallGate32", "Reserved", "IntGate32",
          "TrapGate32" },
        { "<hiword>", "Reserved", "LDT", "Reserved", "Reserved", "Reserved",
          "Reserved", "Reserved", "Reserved", "TSS64-avl", "Reserved",
          "TSS64-busy", "CallGate64", "Reserved", "IntGate64", "TrapGate64" },
    };
    bool lma = env->hflags & HF_LMA_MASK;

    qemu_fprintf(f, " DPL=%d ", (flags & DESC_DPL_MASK) >> DESC_DPL_SHIFT);
    if (!(flags & DESC_S_MASK)) {
        qemu_fprintf(f, "%s",
                     system[lma][(flags & DESC_TYPE_MASK) >> DESC_TYPE_SHIFT]);
        return;
    }
    if (flags & DESC_CS_MASK) {
        qemu_fprintf(f, "%s [%c%c",
                     flags & DESC_L_MASK   ? "CS64"
                     : flags & DESC_B_MASK ? "CS32"
                                           : "CS16",
                     flags & DESC_C_MASK ? 'C' : '-',
                     flags & DESC_R_MASK ? 'R' : '-');
    } else {
        qemu_fprintf(
            f, "%s [%c%c", flags & DESC_B_MASK || lma ? "DS  " : "DS16",
            flags & DESC_E_MASK ? 'E' : '-', flags & DESC_W_MASK ? 'W' : '-');
    }
    qemu_fprintf(f, "%c]", flags & DESC_A_MASK ? 'A' : '-');
}

static void dump_segment(FILE *f, CPUX86State *env, const char *name,
                         const SegmentCache *s)
{
    qemu_fprintf(
        f,
        env->hflags & HF_CS64_MASK ? "%-3s=%04x %016" PRIx64 " %08x %08x"
                                   : "%-3s=%04x %08" PRIx64 " %08x %08x",
        name, s->selector, (uint64_t)s->base, s->limit, s->flags & 0x00ffff00);
    if ((env->hflags & HF_PE_MASK) && (s->flags & DESC_P_MASK)) {
        dump_segment_type(f, env, s->flags);
    }
    qemu_fprintf(f, "\n");
}

static void dump_general(CPUState *cs, FILE *f, CPUX86State *env)
{
    static const char *const names[] = {
        "AX", "BX", "CX", "DX", "SI", "DI", "BP", "SP",
    };
    static const uint8_t order[] = { R_EAX, R_EBX, R_ECX, R_EDX,
                                     R_ESI, R_EDI, R_EBP, R_ESP };
    bool wide = env->hflags & HF_CS64_MASK;
    char flags[] = "-------";

    for (int i = 0; i < (wide ? 16 : 8); i++) {
        const char *end = i % 4 == 3 ? "\n" : " ";

        if (i >= 8) {
            qemu_fprintf(f, "R%-2d=%016" PRIx64 "%s", i, env->regs[i], end);
        } else if (wide) {
            qemu_fprintf(f, "R%s=%016" PRIx64 "%s", names[i],
                         env->regs[order[i]], end);
        } else {
            qemu_fprintf(f, "E%s=%08x%s", names[i],
                         (uint32_t)env->regs[order[i]], end);
        }
    }
    for (int i = 0; i < 7; i++) {
        static const uint32_t bits[] = { DF_MASK, CC_O, CC_S, CC_Z,
                                         CC_A,    CC_P, CC_C };

        if (env->eflags & bits[i]) {
            flags[i] = "DOSZAPC"[i];
        }
    }
    qemu_fprintf(f, wide ? "RIP=%016" PRIx64 " RFL=" : "EIP=%08" PRIx64 " EFL=",
                 wide ? env->eip : (uint32_t)env->eip);
    qemu_fprintf(f, "%08x [%s] CPL=%d II=%d A20=%d SMM=%d HLT=%d\n",
                 (uint32_t)env->eflags, flags, x86_cpl(env),
                 env->hflags >> HF_INHIBIT_IRQ_SHIFT & 1,
                 env->a20_mask >> 20 & 1, env->hflags >> HF_SMM_SHIFT & 1,
                 cs->halted);
}

static void dump_control(FILE *f, CPUX86State *env)
{
    bool wide = env->hflags & HF_CS64_MASK;
    const char *table =
        wide ? "%s=     %016" PRIx64 " %08x\n" : "%s=     %08" PRIx64 " %08x\n";

    qemu_fprintf(f, table, "GDT", (uint64_t)env->gdt.base, env->gdt.limit);
    qemu_fprintf(f, table, "IDT", (uint64_t)env->idt.base, env->idt.limit);
    qemu_fprintf(
        f,
        wide ? "CR0=%08x CR2=%016" PRIx64 " CR3=%016" PRIx64 " CR4=%08x\n"
             : "CR0=%08x CR2=%08" PRIx64 " CR3=%08" PRIx64 " CR4=%08x\n",
        (uint32_t)env->cr[0], (uint64_t)env->cr[2], (uint64_t)env->cr[3],
        (uint32_t)env->cr[4]);
    for (int i = 0; i < 4; i++) {
        qemu_fprintf(f, "DR%d=%016" PRIx64 " ", i, (uint64_t)env->dr[i]);
    }
    qemu_fprintf(f, "\nDR6=%016" PRIx64 " DR7=%016" PRIx64 "\n",
                 (uint64_t)env->dr[6], (uint64_t)env->dr[7]);
    qemu_fprintf(f, "EFER=%016" PRIx64 "\n", env->efer);
}

static void dump_fpu(FILE *f, CPUX86State *env)
{
    bool ymm = (env->xcr0 & XSTATE_YMM_MASK) &&
               (env->features[FEAT_1_ECX] & CPUID_EXT_AVX);
    int count = env->hflags & HF_CS64_MASK ? 16 : 8;
    uint8_t tags = 0;

    for (int i = 0; i < 8; i++) {
        tags |= !env->fptags[i] << i;
    }
    qemu_fprintf(f, "FCW=%04x FSW=%04x [ST=%d] FTW=%02x MXCSR=%08x\n",
                 env->fpuc, x86_fpu_status(env), env->fpstt, tags, env->mxcsr);
    for (int i = 0; i < 8; i++) {
        qemu_fprintf(f, "FPR%d=%016" PRIx64 " %04x%s", i, env->fpregs[i].low,
                     env->fpregs[i].high, i % 2 ? "\n" : " ");
    }
    for (int i = 0; i < count; i++) {
        const uint64_t *q = env->xmm_regs[i].q;

        if (ymm) {
            qemu_fprintf(f,
                         "YMM%02d=%016" PRIx64 " %016" PRIx64 " %016" PRIx64
                         " %016" PRIx64 "\n",
                         i, q[3], q[2], q[1], q[0]);
        } else {
            qemu_fprintf(f, "XMM%02d=%016" PRIx64 " %016" PRIx64 "%s", i, q[1],
                         q[0], i % 2 ? "\n" : " ");
        }
    }
}

void x86_cpu_dump_state(CPUState *cs, FILE *f, int flags)
{
    static const char *const names[] = { "ES", "CS", "SS", "DS", "FS", "GS" };
    CPUX86State *env = cpu_env(cs);

    dump_general(cs, f, env);
    for (int i = 0; i < 6; i++) {
        dump_segment(f, env, names[i], &env->segs[i]);
    }
    dump_segment(f, env, "LDT", &env->ldt);
    dump_segment(f, env, "TR", &env->tr);
    dump_control(f, env);
    if (flags & CPU_DUMP_FPU) {
        dump_fpu(f, env);
    }
}
