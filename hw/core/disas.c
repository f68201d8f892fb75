/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disassembly of guest code, by the printer of the CPU's class. */
#include "qemu/osdep.h"
#include "disas/disas.h"
#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "qemu/qemu-print.h"

const char *lookup_symbol(uint64_t orig_addr)
{
    return ""; /* we keep no symbols of the guest */
}

static int read_virtual(bfd_vma addr, bfd_byte *buf, int length,
                        disassemble_info *info)
{
    CPUState *cpu = info->application_data;

    return cpu_memory_rw_debug(cpu, addr, buf, length, false) ? EIO : 0;
}

static int read_buffer(bfd_vma addr, bfd_byte *buf, int length,
                       disassemble_info *info)
{
    uint64_t offset = addr - info->buffer_vma;

    if (offset + length > info->buffer_length) {
        return EIO;
    }
    memcpy(buf, info->buffer + offset, length);
    return 0;
}

static int read_physical(bfd_vma addr, bfd_byte *buf, int length,
                         disassemble_info *info)
{
    CPUState *cpu = info->application_data;

    return address_space_read(cpu->as, addr, MEMTXATTRS_UNSPECIFIED, buf,
                              length) == MEMTX_OK
               ? 0
               : EIO;
}

static void say_memory_error(int status, bfd_vma addr, disassemble_info *info)
{
    if (status == EIO) {
        info->fprintf_func(info->stream,
                           "Address 0x%" PRIx64 " is out of bounds.\n", addr);
    } else {
        info->fprintf_func(info->stream, "Unknown error %d\n", status);
    }
}

static void print_address(bfd_vma addr, disassemble_info *info)
{
    info->fprintf_func(info->stream, "0x%" PRIx64, addr);
}

static void init_info(disassemble_info *info, CPUState *cpu, FILE *out,
                      uint64_t pc)
{
    *info = (disassemble_info){
        .fprintf_func = fprintf,
        .stream = out,
        .application_data = cpu,
        .endian = BFD_ENDIAN_LITTLE,
        .read_memory_func = read_virtual,
        .memory_error_func = say_memory_error,
        .print_address_func = print_address,
        .buffer_vma = pc,
        .show_opcodes = true,
    };
    if (cpu->cc->disas_set_info) {
        cpu->cc->disas_set_info(cpu, info);
    }
}

/* One line; the instruction's length, or -1. */
static int print_line(disassemble_info *info, uint64_t pc)
{
    int length;

    fprintf(info->stream, "0x%08" PRIx64 ":  ", pc);
    length = info->print_insn(pc, info);
    fprintf(info->stream, "\n");
    return length;
}

void soft_disas(FILE *out, CPUState *cpu, const void *code, uint64_t pc,
                size_t size)
{
    disassemble_info info;
    uint64_t end = pc + size;

    init_info(&info, cpu, out, pc);
    info.read_memory_func = read_buffer;
    info.buffer = code;
    info.buffer_length = size;
    while (info.print_insn && pc < end) {
        int length = print_line(&info, pc);

        if (length <= 0) {
            break;
        }
        pc += length;
    }
}

void monitor_disas(Monitor *mon, CPUState *cpu, uint64_t pc, int nb_insn,
                   bool is_physical)
{
    disassemble_info info;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    init_info(&info, cpu, out, pc);
    if (is_physical) {
        info.read_memory_func = read_physical;
    }
    if (!info.print_insn) {
        fprintf(out, "0x%08" PRIx64 ": Asm output not supported on this arch\n",
                pc);
        nb_insn = 0;
    }
    while (nb_insn-- > 0) {
        int length = print_line(&info, pc);

        if (length <= 0) {
            break;
        }
        pc += length;
    }
    fclose(out);
    qemu_printf("%s", text); /* goes to the monitor whose command runs */
    free(text);
}
