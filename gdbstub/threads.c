/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads, which are CPUs: the CPU with index 0 is thread 1 of process 1.
 */
#include "qemu/osdep.h"
#include "internals.h"

int gdb_cpu_number(CPUState *cpu)
{
    return cpu->cpu_index + 1;
}

char *gdb_thread_id(CPUState *cpu)
{
    return g_strdup_printf(gdb_server.multiprocess ? "p01.%02x" : "%02x",
                           gdb_cpu_number(cpu));
}

/* A number, or -1 for all. */
static bool parse_id(const char **text, int64_t *id)
{
    uint64_t value;

    if (g_str_has_prefix(*text, "-1")) {
        *text += 2;
        *id = -1;
        return true;
    }
    if (!gdb_parse_number(text, &value) || value > INT_MAX) {
        return false;
    }
    *id = value;
    return true;
}

bool gdb_parse_thread(const char **text, CPUState **cpu, bool *every)
{
    int64_t process = 1, thread;

    *cpu = NULL;
    *every = false;
    if (**text == 'p') {
        ++*text;
        if (!parse_id(text, &process)) {
            return false;
        }
        thread = -1;
        if (**text == '.') {
            ++*text;
            if (!parse_id(text, &thread)) {
                return false;
            }
        }
    } else if (!parse_id(text, &thread)) {
        return false;
    }
    if (process > 1) {
        return false;
    }
    if (thread <= 0) {
        *every = true;
        return true;
    }
    *cpu = qemu_get_cpu(thread - 1);
    return *cpu != NULL;
}
