/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the protocol, by their first letter. What is not known is
 * answered by an empty packet, as the protocol has it.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "gdbstub/enums.h"
#include "internals.h"
#include "qapi/qapi-commands-control.h"
#include "qemu/error-report.h"
#include "system/hw_accel.h"

#define E_ARGUMENT "E22" /* EINVAL, as a decimal number has it */
#define E_FAULT    "E14" /* EFAULT */

/*** Registers. ***/

static void read_registers(const char *args)
{
    CPUState *cpu = gdb_server.g_cpu;
    g_autoptr(GByteArray) buf = g_byte_array_new();
    GString *out = g_string_new(NULL);

    for (int reg = 0; reg < cpu->gdb_num_g_regs; reg++) {
        gdb_read_register(cpu, buf, reg);
    }
    gdb_append_hex(out, buf->data, buf->len);
    gdb_put_text(out->str);
    g_string_free(out, true);
}

static void write_registers(const char *args)
{
    CPUState *cpu = gdb_server.g_cpu;
    size_t len = strlen(args) / 2;
    g_autofree uint8_t *data = g_malloc0(len + 8);
    size_t at = 0;

    if (!gdb_parse_hex(args, len, data)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    for (int reg = 0; reg < cpu->gdb_num_g_regs && at < len; reg++) {
        at += gdb_write_register(cpu, data + at, reg);
    }
    gdb_put_text("OK");
}

static void read_register(const char *args)
{
    g_autoptr(GByteArray) buf = g_byte_array_new();
    uint64_t reg;
    GString *out;

    if (!gdb_parse_number(&args, &reg) || reg > INT_MAX ||
        !gdb_read_register(gdb_server.g_cpu, buf, reg)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    out = g_string_new(NULL);
    gdb_append_hex(out, buf->data, buf->len);
    gdb_put_text(out->str);
    g_string_free(out, true);
}

static void write_register(const char *args)
{
    uint8_t data[64] = { 0 };
    uint64_t reg;
    size_t len;

    if (!gdb_parse_number(&args, &reg) || reg > INT_MAX || *args++ != '=') {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    len = MIN(strlen(args) / 2, sizeof(data));
    if (!gdb_parse_hex(args, len, data) ||
        !gdb_write_register(gdb_server.g_cpu, data, reg)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    gdb_put_text("OK");
}

/*** Memory. ***/

/* "ADDRESS,LENGTH"; @args moves behind it. */
static bool parse_range(const char **args, uint64_t *addr, uint64_t *len)
{
    if (!gdb_parse_number(args, addr) || **args != ',') {
        return false;
    }
    ++*args;
    return gdb_parse_number(args, len) && *len <= GDB_MAX_PACKET / 2;
}

static bool access_memory(uint64_t addr, void *data, size_t len, bool write)
{
    CPUState *cpu = gdb_server.g_cpu;

    if (gdb_server.physical) {
        return address_space_rw(cpu->as, addr, MEMTXATTRS_UNSPECIFIED, data,
                                len, write) == MEMTX_OK;
    }
    return cpu_memory_rw_debug(cpu, addr, data, len, write) == 0;
}

static void read_memory(const char *args)
{
    uint8_t data[GDB_MAX_PACKET / 2];
    uint64_t addr, len;
    GString *out;

    if (!parse_range(&args, &addr, &len)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    if (!access_memory(addr, data, len, false)) {
        gdb_put_text(E_FAULT);
        return;
    }
    out = g_string_new(NULL);
    gdb_append_hex(out, data, len);
    gdb_put_text(out->str);
    g_string_free(out, true);
}

static void write_memory(const char *args)
{
    uint8_t data[GDB_MAX_PACKET / 2];
    uint64_t addr, len;

    if (!parse_range(&args, &addr, &len) || *args++ != ':' ||
        strlen(args) != 2 * len || !gdb_parse_hex(args, len, data)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    gdb_put_text(access_memory(addr, data, len, true) ? "OK" : E_FAULT);
}

/* The bytes come as they are. */
static void write_memory_binary(const char *args, const char *end)
{
    uint64_t addr, len;

    if (!parse_range(&args, &addr, &len) || *args++ != ':' ||
        (size_t)(end - args) != len) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    gdb_put_text(
        !len || access_memory(addr, (void *)args, len, true) ? "OK" : E_FAULT);
}

/*** Breakpoints. ***/

static void change_breakpoint(const char *args, bool insert)
{
    uint64_t type, addr, len;
    int ret;

    if (!gdb_parse_number(&args, &type) || *args++ != ',' ||
        !gdb_parse_number(&args, &addr) || *args++ != ',' ||
        !gdb_parse_number(&args, &len)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    if (type > GDB_WATCHPOINT_ACCESS) {
        gdb_put_text("");
        return;
    }
    ret = insert ? gdb_breakpoint_insert(type, addr, len)
                 : gdb_breakpoint_remove(type, addr, len);
    gdb_put_text(ret >= 0 ? "OK" : ret == -ENOSYS ? "" : E_ARGUMENT);
}

/*** Going on. ***/

/* "[ADDRESS]" where to go on */
static bool set_pc(const char *args)
{
    uint64_t pc;

    if (!*args) {
        return true;
    }
    if (!gdb_parse_number(&args, &pc)) {
        return false;
    }
    cpu_synchronize_state(gdb_server.c_cpu);
    cpu_set_pc(gdb_server.c_cpu, pc);
    return true;
}

/* "SIGNAL[;ADDRESS]": the signal means nothing to a machine. */
static const char *after_signal(const char *args)
{
    uint64_t signal;

    gdb_parse_number(&args, &signal);
    return *args == ';' ? args + 1 : args;
}

static void go_on(const char *args, bool step)
{
    if (!set_pc(args)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    gdb_server.awaited = true;
    if (step) {
        gdb_step(gdb_server.c_cpu);
    } else {
        gdb_continue();
    }
}

static void handle_v(const char *args)
{
    if (g_str_equal(args, "Cont?")) {
        gdb_put_text("vCont;c;C;s;S");
    } else if (g_str_has_prefix(args, "Cont;")) {
        gdb_server.awaited = true;
        if (!gdb_resume_actions(args + strlen("Cont"))) {
            gdb_server.awaited = false;
            gdb_put_text(E_ARGUMENT);
        }
    } else if (g_str_has_prefix(args, "Kill")) {
        gdb_put_text("OK");
        error_report("QEMU: Terminated via GDBstub");
        qmp_quit(NULL);
    } else {
        gdb_put_text("");
    }
}

static void detach(void)
{
    gdb_breakpoints_clear();
    gdb_steps_clear();
    gdb_server.attached = false;
    gdb_put_text("OK");
    gdb_continue();
}

/*** Threads. ***/

/* "cTHREAD" or "gTHREAD" */
static void choose_thread(const char *args)
{
    const char *id = args + 1;
    CPUState *cpu;
    bool every;

    if ((*args != 'c' && *args != 'g') ||
        !gdb_parse_thread(&id, &cpu, &every)) {
        gdb_put_text(E_ARGUMENT);
        return;
    }
    if (cpu && *args == 'c') {
        gdb_server.c_cpu = cpu;
    } else if (cpu) {
        gdb_server.g_cpu = cpu;
    }
    gdb_put_text("OK");
}

static void thread_alive(const char *args)
{
    CPUState *cpu;
    bool every;

    gdb_put_text(gdb_parse_thread(&args, &cpu, &every) ? "OK" : E_ARGUMENT);
}

static void why_stopped(void)
{
    g_autofree char *id = gdb_thread_id(gdb_server.c_cpu);

    gdb_put_format("T%02xthread:%s;", GDB_SIGNAL_TRAP, id);
    gdb_breakpoints_clear();
}

void gdb_handle_packet(const char *packet, size_t len)
{
    const char *args = packet + 1;

    if (!gdb_server.c_cpu) {
        gdb_put_text("E03"); /* ESRCH: all CPUs were taken away */
        return;
    }
    switch (packet[0]) {
    case '?':
        why_stopped();
        break;
    case 'c':
        go_on(args, false);
        break;
    case 'C':
        go_on(after_signal(args), false);
        break;
    case 's':
        go_on(args, true);
        break;
    case 'S':
        go_on(after_signal(args), true);
        break;
    case 'D':
        detach();
        break;
    case 'g':
        read_registers(args);
        break;
    case 'G':
        write_registers(args);
        break;
    case 'p':
        read_register(args);
        break;
    case 'P':
        write_register(args);
        break;
    case 'm':
        read_memory(args);
        break;
    case 'M':
        write_memory(args);
        break;
    case 'X':
        write_memory_binary(args, packet + len);
        break;
    case 'H':
        choose_thread(args);
        break;
    case 'T':
        thread_alive(args);
        break;
    case 'z':
        change_breakpoint(args, false);
        break;
    case 'Z':
        change_breakpoint(args, true);
        break;
    case 'k':
        error_report("QEMU: Terminated via GDBstub");
        qmp_quit(NULL);
        break;
    case 'q':
        gdb_handle_query(packet);
        break;
    case 'Q':
        gdb_handle_set(packet);
        break;
    case 'v':
        handle_v(args);
        break;
    default:
        gdb_put_text("");
        break;
    }
}
