/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a core says of a RISC-V CPU: NT_PRSTATUS as Linux has it. */
#include "qemu/osdep.h"
#include "arch_dump.h"
#include "cpu.h"
#include "system/dump.h"

/* struct elf_prstatus of a 64-bit Linux: pc and x1 to x31 are its pr_reg. */
typedef struct QEMU_PACKED RiscvNote {
    uint32_t namesz, descsz, type;
    char name[8];
    char pad1[32];
    uint32_t pid;
    char pad2[76];
    uint64_t regs[32];
    char pad3[8];
} RiscvNote;

int riscv_cpu_write_elf64_note(WriteCoreDumpFunction f, CPUState *cs, int cpuid,
                               DumpState *s)
{
    CPURISCVState *env = &RISCV_CPU(cs)->env;
    RiscvNote note = {
        .namesz = cpu_to_dump32(s, sizeof("CORE")),
        .descsz = cpu_to_dump32(s, sizeof(note) - offsetof(RiscvNote, pad1)),
        .type = cpu_to_dump32(s, NT_PRSTATUS),
        .name = "CORE",
        .pid = cpu_to_dump32(s, cpuid),
    };

    note.regs[0] = cpu_to_dump64(s, env->pc);
    for (int i = 1; i < 32; i++) {
        note.regs[i] = cpu_to_dump64(s, env->gpr[i]);
    }
    return f(&note, sizeof(note), s) < 0 ? -1 : 0;
}

void riscv_cpu_get_dump_info(CPUState *cs, hwaddr end, ArchDumpInfo *info)
{
    info->d_machine = EM_RISCV;
    info->d_class = ELFCLASS64;
    info->d_endian = ELFDATA2LSB;
}
