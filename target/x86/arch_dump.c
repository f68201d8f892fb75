/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a core says of an x86 CPU: NT_PRSTATUS as Linux has it, of the kind that
 * the first CPU's mode asks for, and QEMU's own note.
 */
#include "qemu/osdep.h"
#include "arch_dump.h"
#include "cpu.h"
#include "system/dump.h"

#define HEADER                                                                 \
    uint32_t namesz, descsz, type;                                             \
    char name[8]

/* struct elf_prstatus of x86-64. */
typedef struct QEMU_PACKED Note64 {
    HEADER;
    char pad1[32];
    uint32_t pid;
    char pad2[76];
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi,
        rdi, orig_rax, rip, cs, eflags, rsp, ss, fs_base, gs_base, ds, es, fs,
        gs;
    char pad3[8];
} Note64;

/* That of i386, whose segments have 16 bits and 16 of padding. */
typedef struct QEMU_PACKED Note32 {
    HEADER;
    char pad1[24];
    uint32_t pid;
    char pad2[44];
    uint32_t ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs, orig_eax, eip,
        cs, eflags, esp, ss;
    char pad3[4];
} Note32;

typedef struct QemuSegment {
    uint32_t selector, limit, flags, pad;
    uint64_t base;
} QemuSegment;

/* Version 1 of QEMU's note; tools go by the size. */
typedef struct QEMU_PACKED QemuNote {
    HEADER;
    uint32_t version, size;
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
    uint64_t r[8];
    uint64_t rip, rflags;
    QemuSegment cs, ds, es, fs, gs, ss, ldt, tr, gdt, idt;
    uint64_t cr[5];
    uint64_t kernel_gs_base;
} QemuNote;

/* Of the four bytes that follow the name's length. */
#define BEGIN_NOTE(note, kind, text)                                           \
    do {                                                                       \
        (note).namesz = cpu_to_le32(sizeof(text));                             \
        (note).descsz = cpu_to_le32(sizeof(note) - 20);                        \
        (note).type = cpu_to_le32(kind);                                       \
        memcpy((note).name, text, sizeof(text));                               \
    } while (0)

static bool is_long_mode(void)
{
    return X86_CPU(first_cpu)->env.hflags & HF_LMA_MASK;
}

static int write_note64(WriteCoreDumpFunction f, CPUX86State *env, int cpuid,
                        DumpState *s)
{
    Note64 note = { .pid = cpu_to_le32(cpuid) };

    BEGIN_NOTE(note, NT_PRSTATUS, "CORE");
#define SET(name, value) note.name = cpu_to_le64(value)
    SET(r15, env->regs[15]);
    SET(r14, env->regs[14]);
    SET(r13, env->regs[13]);
    SET(r12, env->regs[12]);
    SET(r11, env->regs[11]);
    SET(r10, env->regs[10]);
    SET(r9, env->regs[9]);
    SET(r8, env->regs[8]);
    SET(rbp, env->regs[R_EBP]);
    SET(rsp, env->regs[R_ESP]);
    SET(rdi, env->regs[R_EDI]);
    SET(rsi, env->regs[R_ESI]);
    SET(rdx, env->regs[R_EDX]);
    SET(rcx, env->regs[R_ECX]);
    SET(rbx, env->regs[R_EBX]);
    SET(rax, env->regs[R_EAX]);
    SET(rip, env->eip);
    SET(eflags, env->eflags);
    SET(cs, env->segs[R_CS].selector);
    SET(ss, env->segs[R_SS].selector);
    SET(fs_base, env->segs[R_FS].base);
    SET(gs_base, env->segs[R_GS].base);
    SET(ds, env->segs[R_DS].selector);
    SET(es, env->segs[R_ES].selector);
    SET(fs, env->segs[R_FS].selector);
    SET(gs, env->segs[R_GS].selector);
#undef SET
    return f(&note, sizeof(note), s) < 0 ? -1 : 0;
}

int x86_cpu_write_elf32_note(WriteCoreDumpFunction f, CPUState *cs, int cpuid,
                             DumpState *s)
{
    CPUX86State *env = &X86_CPU(cs)->env;
    Note32 note = { .pid = cpu_to_le32(cpuid) };

    BEGIN_NOTE(note, NT_PRSTATUS, "CORE");
#define SET(name, value) note.name = cpu_to_le32(value)
    SET(ebp, env->regs[R_EBP]);
    SET(esp, env->regs[R_ESP]);
    SET(edi, env->regs[R_EDI]);
    SET(esi, env->regs[R_ESI]);
    SET(edx, env->regs[R_EDX]);
    SET(ecx, env->regs[R_ECX]);
    SET(ebx, env->regs[R_EBX]);
    SET(eax, env->regs[R_EAX]);
    SET(eip, env->eip);
    SET(eflags, env->eflags);
    SET(cs, env->segs[R_CS].selector & 0xffff);
    SET(ss, env->segs[R_SS].selector & 0xffff);
    SET(ds, env->segs[R_DS].selector & 0xffff);
    SET(es, env->segs[R_ES].selector & 0xffff);
    SET(fs, env->segs[R_FS].selector & 0xffff);
    SET(gs, env->segs[R_GS].selector & 0xffff);
#undef SET
    return f(&note, sizeof(note), s) < 0 ? -1 : 0;
}

int x86_cpu_write_elf64_note(WriteCoreDumpFunction f, CPUState *cs, int cpuid,
                             DumpState *s)
{
    return is_long_mode() ? write_note64(f, &X86_CPU(cs)->env, cpuid, s)
                          : x86_cpu_write_elf32_note(f, cs, cpuid, s);
}

static QemuSegment segment_of(const SegmentCache *segment)
{
    return (QemuSegment){
        .selector = cpu_to_le32(segment->selector),
        .limit = cpu_to_le32(segment->limit),
        .flags = cpu_to_le32(segment->flags),
        .base = cpu_to_le64(segment->base),
    };
}

int x86_cpu_write_qemunote(WriteCoreDumpFunction f, CPUState *cs, DumpState *s)
{
    CPUX86State *env = &X86_CPU(cs)->env;
    QemuNote note = { .version = cpu_to_le32(1) };

    BEGIN_NOTE(note, 0, "QEMU");
    note.size = note.descsz;
#define SET(name, value) note.name = cpu_to_le64(value)
    SET(rax, env->regs[R_EAX]);
    SET(rbx, env->regs[R_EBX]);
    SET(rcx, env->regs[R_ECX]);
    SET(rdx, env->regs[R_EDX]);
    SET(rsi, env->regs[R_ESI]);
    SET(rdi, env->regs[R_EDI]);
    SET(rsp, env->regs[R_ESP]);
    SET(rbp, env->regs[R_EBP]);
    for (int i = 0; i < 8; i++) {
        SET(r[i], env->regs[8 + i]);
    }
    SET(rip, env->eip);
    SET(rflags, env->eflags);
    for (int i = 0; i < 5; i++) {
        SET(cr[i], env->cr[i]);
    }
    SET(kernel_gs_base, env->kernelgsbase);
#undef SET
    note.cs = segment_of(&env->segs[R_CS]);
    note.ds = segment_of(&env->segs[R_DS]);
    note.es = segment_of(&env->segs[R_ES]);
    note.fs = segment_of(&env->segs[R_FS]);
    note.gs = segment_of(&env->segs[R_GS]);
    note.ss = segment_of(&env->segs[R_SS]);
    note.ldt = segment_of(&env->ldt);
    note.tr = segment_of(&env->tr);
    note.gdt = segment_of(&env->gdt);
    note.idt = segment_of(&env->idt);
    return f(&note, sizeof(note), s) < 0 ? -1 : 0;
}

void x86_cpu_get_dump_info(CPUState *cs, hwaddr end, ArchDumpInfo *info)
{
    bool wide = is_long_mode();

    info->d_machine = wide ? EM_X86_64 : EM_386;
    /* A 32-bit guest may have more memory than a 32-bit core can. */
    info->d_class = wide || end > UINT32_MAX ? ELFCLASS64 : ELFCLASS32;
    info->d_endian = ELFDATA2LSB;
}
