/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "info jit": what the engine has decoded, and how its TLBs do. The numbers
 * belong to the CPUs' threads and are read while these run.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/type-helpers.h"
#include "soft-internal.h"

static void add(SoftStats *sum, const SoftStats *one)
{
    sum->blocks_made += qatomic_read(&one->blocks_made);
    sum->insns_made += qatomic_read(&one->insns_made);
    sum->code_bytes += qatomic_read(&one->code_bytes);
    sum->flushes += qatomic_read(&one->flushes);
    sum->pages_dropped += qatomic_read(&one->pages_dropped);
    sum->tlb_full_flushes += qatomic_read(&one->tlb_full_flushes);
    sum->tlb_part_flushes += qatomic_read(&one->tlb_part_flushes);
    sum->tlb_elided_flushes += qatomic_read(&one->tlb_elided_flushes);
    sum->tlb_fills += qatomic_read(&one->tlb_fills);
}

static double per(uint64_t a, uint64_t b)
{
    return b ? (double)a / b : 0;
}

HumanReadableText *qmp_x_query_jit(Error **errp)
{
    g_autoptr(GString) text = g_string_new("");
    SoftStats sum = {};
    size_t used = 0, size = 0, blocks = 0;
    CPUState *cpu;

    if (!soft_enabled()) {
        error_setg(errp, "JIT information is only available with accel=tcg");
        return NULL;
    }
    CPU_FOREACH(cpu)
    {
        add(&sum, &cpu->accel->stats);
        used += qatomic_read(&cpu->accel->arena.used);
        blocks += qatomic_read(&cpu->accel->arena.nr);
        size += SOFT_ARENA_SIZE;
    }
    g_string_append_printf(
        text,
        "Decoded code (no host code is generated):\n"
        "code size           %zu/%zu\n"
        "block count         %zu\n"
        "block avg insns     %.1f\n"
        "block avg guest size %.1f bytes\n"
        "host bytes per insn %.1f\n\n",
        used, size, blocks, per(sum.insns_made, sum.blocks_made),
        per(sum.code_bytes, sum.blocks_made),
        per(used, blocks) / MAX(1, per(sum.insns_made, sum.blocks_made)));
    g_string_append_printf(text,
                           "Statistics:\n"
                           "blocks made         %" PRIu64 "\n"
                           "block flush count   %" PRIu64 "\n"
                           "pages invalidated   %" PRIu64 "\n"
                           "TLB fills           %" PRIu64 "\n"
                           "TLB full flushes    %" PRIu64 "\n"
                           "TLB partial flushes %" PRIu64 "\n"
                           "TLB elided flushes  %" PRIu64 "\n",
                           sum.blocks_made, sum.flushes, sum.pages_dropped,
                           sum.tlb_fills, sum.tlb_full_flushes,
                           sum.tlb_part_flushes, sum.tlb_elided_flushes);
    return human_readable_text_from_str(text);
}
