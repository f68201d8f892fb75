/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The disassembler: text as GNU objdump has it, with the names of the ABI and
 * the usual pseudo-instructions.
 *
 * Names, patterns and operand fields come from the instruction tables
 * (scripts/decodetable.py --disas). Here are how a format prints its operands,
 * and which operands have an alias. A 16-bit instruction prints as the one that
 * it abbreviates. Extensions that the CPU does not have are known too.
 */
#include "qemu/osdep.h"

#include "accel/soft-state.h"
#include "cpu.h"
#include "disas.h"

/*
 * One pattern: @fields is the format that says where the operands are, @print
 * the one that says how they look.
 */
typedef struct SoftDisas {
    const char *name;
    uint32_t mask;
    uint32_t match;
    uint8_t size;
    uint8_t fields;
    uint8_t print;
} SoftDisas;

#define soft_rd(reg) (reg)
#include "riscv-insns-disas.inc"

/*
 * How operands print. d s t: rd, rs1, rs2 as x registers; D S T R: rd, rs1, rs2
 * and rs3 as f registers; i: imm in decimal; x: in hexadecimal; p: the address
 * pc + imm; u: imm >> 12; c: a CSR; z: the number in rs1; m: a rounding mode
 * unless dynamic; f: a constant of FLI; F: what a fence orders. Anything else
 * prints as it is.
 */
/* clang-format off */
static const char *const operands[] = {
    [SOFT_FORMAT_R] = "d,s,t",
    [SOFT_FORMAT_R2] = "d,s",
    [SOFT_FORMAT_I] = "d,s,i",
    [SOFT_FORMAT_L] = "d,i(s)",
    [SOFT_FORMAT_Sh6] = "d,s,x",
    [SOFT_FORMAT_Sh5] = "d,s,x",
    [SOFT_FORMAT_S] = "t,i(s)",
    [SOFT_FORMAT_B] = "s,t,p",
    [SOFT_FORMAT_U] = "d,u",
    [SOFT_FORMAT_J] = "d,p",
    [SOFT_FORMAT_N] = "",
    [SOFT_FORMAT_Fence] = "F",
    [SOFT_FORMAT_Csr] = "d,c,s",
    [SOFT_FORMAT_Csri] = "d,c,z",
    [SOFT_FORMAT_Vma] = "s,t",
    [SOFT_FORMAT_Cbo] = "(s)",
    [SOFT_FORMAT_Pre] = "i(s)",
    [SOFT_FORMAT_Mop5] = "d,s",
    [SOFT_FORMAT_Mop3] = "d,s,t",
    [SOFT_FORMAT_Lr] = "d,(s)",
    [SOFT_FORMAT_Amo] = "d,t,(s)",
    [SOFT_FORMAT_Fl] = "D,i(s)",
    [SOFT_FORMAT_Fs] = "T,i(s)",
    [SOFT_FORMAT_F3] = "D,S,T",
    [SOFT_FORMAT_F3m] = "D,S,Tm",
    [SOFT_FORMAT_F4m] = "D,S,T,Rm",
    [SOFT_FORMAT_F2] = "D,S",
    [SOFT_FORMAT_F2m] = "D,Sm",
    [SOFT_FORMAT_Fcmp] = "d,S,T",
    [SOFT_FORMAT_F2x] = "d,S",
    [SOFT_FORMAT_F2xm] = "d,Sm",
    [SOFT_FORMAT_X2f] = "D,s",
    [SOFT_FORMAT_X2fm] = "D,sm",
    [SOFT_FORMAT_Fli] = "D,f",
    [SOFT_FORMAT_Cu] = "d,s",
};

/*
 * An instruction with these operands has another name. -1: any register;
 * -2 as rs2: the same as rs1; ANY: any immediate.
 */
#define ANY INT32_MIN
static const struct {
    const char *name;
    int8_t rd, rs1, rs2;
    int32_t imm;
    const char *alias;
    const char *operands;
} aliases[] = {
    { "addi", 0, 0, -1, 0, "nop", "" },
    { "addi", -1, 0, -1, ANY, "li", "d,i" },
    { "addi", -1, -1, -1, 0, "mv", "d,s" },
    { "add", -1, 0, -1, ANY, "mv", "d,t" },
    { "addiw", -1, -1, -1, 0, "sext.w", "d,s" },
    { "xori", -1, -1, -1, -1, "not", "d,s" },
    { "andi", -1, -1, -1, 255, "zext.b", "d,s" },
    { "sltiu", -1, -1, -1, 1, "seqz", "d,s" },
    { "sub", -1, 0, -1, ANY, "neg", "d,t" },
    { "subw", -1, 0, -1, ANY, "negw", "d,t" },
    { "sltu", -1, 0, -1, ANY, "snez", "d,t" },
    { "slt", -1, -1, 0, ANY, "sltz", "d,s" },
    { "slt", -1, 0, -1, ANY, "sgtz", "d,t" },
    { "add.uw", -1, -1, 0, ANY, "zext.w", "d,s" },
    { "beq", -1, -1, 0, ANY, "beqz", "s,p" },
    { "bne", -1, -1, 0, ANY, "bnez", "s,p" },
    { "bge", -1, 0, -1, ANY, "blez", "t,p" },
    { "bge", -1, -1, 0, ANY, "bgez", "s,p" },
    { "blt", -1, -1, 0, ANY, "bltz", "s,p" },
    { "blt", -1, 0, -1, ANY, "bgtz", "t,p" },
    { "jal", 0, -1, -1, ANY, "j", "p" },
    { "jal", 1, -1, -1, ANY, "jal", "p" },
    { "jalr", 0, 1, -1, 0, "ret", "" },
    { "jalr", 0, -1, -1, 0, "jr", "s" },
    { "jalr", 0, -1, -1, ANY, "jr", "i(s)" },
    { "jalr", 1, -1, -1, 0, "jalr", "s" },
    { "jalr", 1, -1, -1, ANY, "jalr", "i(s)" },
    { "jalr", -1, -1, -1, 0, "jalr", "d,s" },
    { "fence", 0, 0, -1, 0x0ff, "fence", "" },
    { "fence", 0, 0, -1, 0x833, "fence.tso", "" },
    { "csrrw", 0, 0, -1, 0xc00, "unimp", "" },
    { "csrrs", -1, 0, -1, 0x001, "frflags", "d" },
    { "csrrs", -1, 0, -1, 0x002, "frrm", "d" },
    { "csrrs", -1, 0, -1, 0x003, "frcsr", "d" },
    { "csrrs", -1, 0, -1, 0xc00, "rdcycle", "d" },
    { "csrrs", -1, 0, -1, 0xc01, "rdtime", "d" },
    { "csrrs", -1, 0, -1, 0xc02, "rdinstret", "d" },
    { "csrrs", -1, 0, -1, ANY, "csrr", "d,c" },
    { "csrrw", 0, -1, -1, 0x001, "fsflags", "s" },
    { "csrrw", 0, -1, -1, 0x002, "fsrm", "s" },
    { "csrrw", 0, -1, -1, 0x003, "fscsr", "s" },
    { "csrrw", -1, -1, -1, 0x001, "fsflags", "d,s" },
    { "csrrw", -1, -1, -1, 0x002, "fsrm", "d,s" },
    { "csrrw", -1, -1, -1, 0x003, "fscsr", "d,s" },
    { "csrrw", 0, -1, -1, ANY, "csrw", "c,s" },
    { "csrrs", 0, -1, -1, ANY, "csrs", "c,s" },
    { "csrrc", 0, -1, -1, ANY, "csrc", "c,s" },
    { "csrrwi", -1, -1, -1, 0x001, "fsflagsi", "d,z" },
    { "csrrwi", -1, -1, -1, 0x002, "fsrmi", "d,z" },
    { "csrrwi", 0, -1, -1, ANY, "csrwi", "c,z" },
    { "csrrsi", 0, -1, -1, ANY, "csrsi", "c,z" },
    { "csrrci", 0, -1, -1, ANY, "csrci", "c,z" },
    { "sfence.vma", -1, 0, 0, ANY, "sfence.vma", "" },
    { "sfence.vma", -1, -1, 0, ANY, "sfence.vma", "s" },
    { "fsgnj.s", -1, -1, -2, ANY, "fmv.s", "D,S" },
    { "fsgnjn.s", -1, -1, -2, ANY, "fneg.s", "D,S" },
    { "fsgnjx.s", -1, -1, -2, ANY, "fabs.s", "D,S" },
    { "fsgnj.d", -1, -1, -2, ANY, "fmv.d", "D,S" },
    { "fsgnjn.d", -1, -1, -2, ANY, "fneg.d", "D,S" },
    { "fsgnjx.d", -1, -1, -2, ANY, "fabs.d", "D,S" },
    { "fsgnj.h", -1, -1, -2, ANY, "fmv.h", "D,S" },
    { "fsgnjn.h", -1, -1, -2, ANY, "fneg.h", "D,S" },
    { "fsgnjx.h", -1, -1, -2, ANY, "fabs.h", "D,S" },
    /* Exact: a rounding mode of 0 is what assemblers write. */
    { "fcvt.d.s", -1, -1, -1, 0, "fcvt.d.s", "D,S" },
    { "fcvt.d.w", -1, -1, -1, 0, "fcvt.d.w", "D,s" },
    { "fcvt.d.wu", -1, -1, -1, 0, "fcvt.d.wu", "D,s" },
    { "fcvt.s.h", -1, -1, -1, 0, "fcvt.s.h", "D,S" },
    { "fcvt.d.h", -1, -1, -1, 0, "fcvt.d.h", "D,S" },
};
/* clang-format on */

static const char *const x_names[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static const char *const f_names[32] = {
    "ft0", "ft1", "ft2",  "ft3",  "ft4", "ft5", "ft6",  "ft7",
    "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
    "fa6", "fa7", "fs2",  "fs3",  "fs4", "fs5", "fs6",  "fs7",
    "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
};

static const char *const fli_names[32] = {
    "-0x1p+0",  "min",      "0x1p-16",  "0x1p-15",  "0x1p-8",   "0x1p-7",
    "0x1p-4",   "0x1p-3",   "0x1p-2",   "0x1.4p-2", "0x1.8p-2", "0x1.cp-2",
    "0x1p-1",   "0x1.4p-1", "0x1.8p-1", "0x1.cp-1", "0x1p+0",   "0x1.4p+0",
    "0x1.8p+0", "0x1.cp+0", "0x1p+1",   "0x1.4p+1", "0x1.8p+1", "0x1p+2",
    "0x1p+3",   "0x1p+4",   "0x1p+7",   "0x1p+8",   "0x1p+15",  "0x1p+16",
    "inf",      "nan",
};

static const char *const rm_names[8] = {
    "rne", "rtz", "rdn", "rup", "rmm", "unknown", "unknown", NULL,
};

/* "iorw" for the four bits of a set of accesses. */
static void put_fence_set(GString *out, unsigned set)
{
    for (int i = 0; i < 4; i++) {
        if (set & (8 >> i)) {
            g_string_append_c(out, "iorw"[i]);
        }
    }
    if (!set) {
        g_string_append(out, "unknown");
    }
}

static void put_csr(GString *out, unsigned csr)
{
    const char *name = csr_ops[csr].name;

    if (name) {
        g_string_append(out, name);
    } else {
        g_string_append_printf(out, "0x%x", csr);
    }
}

static void put_operand(GString *out, char what, const SoftInsn *insn,
                        uint64_t pc)
{
    switch (what) {
    case 'd':
        g_string_append(out, x_names[insn->rd]);
        break;
    case 's':
        g_string_append(out, x_names[insn->rs1]);
        break;
    case 't':
        g_string_append(out, x_names[insn->rs2]);
        break;
    case 'D':
        g_string_append(out, f_names[insn->rd]);
        break;
    case 'S':
        g_string_append(out, f_names[insn->rs1]);
        break;
    case 'T':
        g_string_append(out, f_names[insn->rs2]);
        break;
    case 'R':
        g_string_append(out, f_names[insn->rs3]);
        break;
    case 'i':
        g_string_append_printf(out, "%d", insn->imm);
        break;
    case 'x':
        g_string_append_printf(out, "0x%x", insn->imm);
        break;
    case 'u':
        g_string_append_printf(out, "0x%x", (insn->imm >> 12) & 0xfffff);
        break;
    case 'p':
        g_string_append_printf(out, "0x%" PRIx64, pc + insn->imm);
        break;
    case 'z':
        g_string_append_printf(out, "%d", insn->rs1);
        break;
    case 'c':
        put_csr(out, insn->imm);
        break;
    case 'm':
        if (insn->imm != 7) {
            g_string_append_printf(out, ",%s", rm_names[insn->imm]);
        }
        break;
    case 'f':
        g_string_append(out, fli_names[insn->rs1]);
        break;
    case 'F':
        put_fence_set(out, insn->imm >> 4 & 15);
        g_string_append_c(out, ',');
        put_fence_set(out, insn->imm & 15);
        break;
    default:
        g_string_append_c(out, what);
        break;
    }
}

static bool reg_is(int want, int have)
{
    return want < 0 || want == have;
}

/* The alias of an instruction, or NULL. */
static const char *find_alias(const char *name, const SoftInsn *insn,
                              const char **format)
{
    for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (!strcmp(aliases[i].name, name) && reg_is(aliases[i].rd, insn->rd) &&
            reg_is(aliases[i].rs1, insn->rs1) &&
            reg_is(aliases[i].rs2 == -2 ? insn->rs1 : aliases[i].rs2,
                   insn->rs2) &&
            (aliases[i].imm == ANY || aliases[i].imm == insn->imm)) {
            *format = aliases[i].operands;
            return aliases[i].alias;
        }
    }
    return NULL;
}

static const SoftDisas *find(uint32_t bits, unsigned size)
{
    for (size_t i = 0; i < ARRAY_SIZE(soft_disas_table); i++) {
        const SoftDisas *entry = &soft_disas_table[i];

        if (entry->size == size && (bits & entry->mask) == entry->match) {
            return entry;
        }
    }
    return NULL;
}

unsigned riscv_disas_size(uint16_t first)
{
    return (first & 3) == 3 ? 4 : 2;
}

void riscv_disas(GString *out, uint64_t pc, uint32_t bits)
{
    unsigned size = riscv_disas_size(bits);
    const SoftDisas *entry;
    const char *format, *alias;
    SoftInsn insn = {};

    if (size == 2) {
        bits &= 0xffff;
    }
    entry = find(bits, size);
    if (!entry || g_str_has_suffix(entry->name, ".res")) {
        if (size == 2 && !bits) {
            g_string_append(out, "unimp");
        } else {
            g_string_append_printf(
                out, size == 4 ? ".word\t0x%08x" : ".short\t0x%04x", bits);
        }
        return;
    }
    extract(entry->fields, bits, &insn);
    format = operands[entry->print];
    alias = find_alias(entry->name, &insn, &format);
    g_string_append(out, alias ?: entry->name);
    if (entry->print == SOFT_FORMAT_Lr || entry->print == SOFT_FORMAT_Amo) {
        static const char *const order[] = { "", ".rl", ".aq", ".aqrl" };

        g_string_append(out, order[insn.imm & 3]);
    }
    if (entry->print == SOFT_FORMAT_Mop5 || entry->print == SOFT_FORMAT_Mop3) {
        g_string_truncate(out, out->len - 1);
        g_string_append_printf(out, "%d", insn.imm);
    }
    for (const char *p = format; p && *p; p++) {
        if (p == format) {
            g_string_append_c(out, '\t');
        }
        put_operand(out, *p, &insn, pc);
    }
}

int riscv_print_insn(bfd_vma pc, disassemble_info *info)
{
    g_autoptr(GString) text = g_string_new("");
    uint8_t code[4];
    uint32_t bits;
    unsigned size;
    const char *tab;
    int status;

    status = info->read_memory_func(pc, code, 2, info);
    if (!status) {
        size = riscv_disas_size(lduw_le_p(code));
        if (size == 4) {
            status = info->read_memory_func(pc + 2, code + 2, 2, info);
        }
    }
    if (status) {
        info->memory_error_func(status, pc, info);
        return -1;
    }
    bits = size == 4 ? ldl_le_p(code) : lduw_le_p(code);
    if (info->show_opcodes) {
        info->fprintf_func(info->stream, "%0*x%*s", size * 2, bits,
                           18 - 2 * (int)size, "");
    }
    riscv_disas(text, pc, bits);
    tab = strchr(text->str, '\t');
    if (tab) {
        info->fprintf_func(info->stream, "%-23.*s %s", (int)(tab - text->str),
                           text->str, tab + 1);
    } else {
        info->fprintf_func(info->stream, "%s", text->str);
    }
    return size;
}
