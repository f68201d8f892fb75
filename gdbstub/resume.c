/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going on: all CPUs, some of them, or one by one instruction.
 */
#include "qemu/osdep.h"
#include "internals.h"
#include "qemu/timer.h"
#include "system/runstate.h"

void gdb_steps_clear(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        cpu_single_step(cpu, 0);
    }
}

void gdb_continue(void)
{
    if (!runstate_needs_reset() && !runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        vm_start();
    }
}

void gdb_step(CPUState *cpu)
{
    cpu_single_step(cpu, gdb_server.step_flags);
    gdb_continue();
}

/*
 * What each CPU shall do: 's', 'c' or 0, by its index. An action for a thread
 * goes before one for all, and the first before later ones.
 */
static bool parse_actions(const char *text, GHashTable *wanted)
{
    while (*text == ';') {
        CPUState *cpu = NULL, *other;
        bool every = true;
        uint64_t signal;
        char action = g_ascii_tolower(text[1]);
        bool has_signal = text[1] == 'C' || text[1] == 'S';

        if (action != 'c' && action != 's') {
            return false;
        }
        text += 2;
        if (has_signal && !gdb_parse_number(&text, &signal)) {
            return false;
        }
        if (*text == ':') {
            text++;
            if (!gdb_parse_thread(&text, &cpu, &every)) {
                return false;
            }
        }
        CPU_FOREACH(other)
        {
            if ((every || other == cpu) &&
                !g_hash_table_contains(wanted, other)) {
                g_hash_table_insert(wanted, other, GINT_TO_POINTER(action));
            }
        }
    }
    return *text == '\0';
}

bool gdb_resume_actions(const char *text)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    CPUState *cpu;
    bool all = true;
    int steps = 0;

    if (!parse_actions(text, wanted) || !g_hash_table_size(wanted)) {
        return false;
    }
    CPU_FOREACH(cpu)
    {
        int action = GPOINTER_TO_INT(g_hash_table_lookup(wanted, cpu));

        all &= action != 0;
        if (action == 's') {
            cpu_single_step(cpu, gdb_server.step_flags);
            steps++;
        }
    }
    if (all) {
        gdb_continue();
        return true;
    }
    /* Some stay where they are. */
    if (runstate_needs_reset() || vm_prepare_start(steps > 0)) {
        return true;
    }
    CPU_FOREACH(cpu)
    {
        if (g_hash_table_contains(wanted, cpu)) {
            cpu_resume(cpu);
        }
    }
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    return true;
}
