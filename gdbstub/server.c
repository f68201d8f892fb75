/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection with gdb, and the machine that stops and goes on.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "internals.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/notify.h"
#include "system/runstate.h"
#include "system/system.h"

GdbServer gdb_server;

/*** Sending. ***/

static void send_last(void)
{
    qemu_chr_fe_write_all(&gdb_server.chr, gdb_server.last->data,
                          gdb_server.last->len);
}

void gdb_put_packet(const void *data, size_t len)
{
    g_clear_pointer(&gdb_server.last, g_byte_array_unref);
    gdb_server.last = gdb_frame(data, len);
    send_last();
}

void gdb_put_text(const char *text)
{
    gdb_put_packet(text, strlen(text));
}

void gdb_put_format(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    gdb_put_text(text);
}

/*** Receiving. ***/

static int can_receive(void *opaque)
{
    return GDB_MAX_PACKET;
}

static void send_ack(bool good)
{
    if (!gdb_server.no_ack) {
        qemu_chr_fe_write_all(&gdb_server.chr,
                              (const uint8_t *)(good ? "+" : "-"), 1);
    }
}

static void take(uint8_t byte)
{
    switch (gdb_reader_take(&gdb_server.reader, byte)) {
    case GDB_PACKET:
        /* It may have gone on since the packet began, by another's will. */
        if (runstate_is_running()) {
            gdb_server.awaited = false;
            vm_stop(RUN_STATE_PAUSED);
        }
        send_ack(true);
        gdb_handle_packet((const char *)gdb_server.reader.packet->data,
                          gdb_server.reader.packet->len);
        gdb_reader_begin(&gdb_server.reader);
        break;
    case GDB_BAD:
        send_ack(false);
        break;
    case GDB_NACK:
        if (gdb_server.last && !gdb_server.no_ack) {
            send_last();
        }
        break;
    case GDB_INTERRUPT:
        gdb_server.awaited = true;
        vm_stop(RUN_STATE_PAUSED);
        break;
    case GDB_ACK:
    case GDB_MORE:
        break;
    }
}

static void receive(void *opaque, const uint8_t *buf, int size)
{
    for (int i = 0; i < size; i++) {
        /* While the machine runs, gdb says nothing but to stop it. */
        if (runstate_is_running() && gdb_server.attached && buf[i] == '$') {
            gdb_server.awaited = false;
            vm_stop(RUN_STATE_PAUSED);
        }
        take(buf[i]);
    }
}

static void attach(void)
{
    gdb_server.attached = true;
    gdb_server.no_ack = false;
    gdb_server.multiprocess = false;
    gdb_server.physical = false;
    gdb_server.awaited = false;
    gdb_server.c_cpu = gdb_server.g_cpu = first_cpu;
    gdb_server.step_flags = SSTEP_ENABLE | SSTEP_NOIRQ | SSTEP_NOTIMER;
    gdb_reader_begin(&gdb_server.reader);
    g_clear_pointer(&gdb_server.last, g_byte_array_unref);
    vm_stop(RUN_STATE_PAUSED);
}

static void chr_event(void *opaque, QEMUChrEvent event)
{
    switch (event) {
    case CHR_EVENT_OPENED:
        attach();
        break;
    case CHR_EVENT_CLOSED:
        /* The machine stays as it is, without what would stop it. */
        gdb_server.attached = false;
        gdb_breakpoints_clear();
        gdb_steps_clear();
        break;
    default:
        break;
    }
}

/*** The machine stops. ***/

static int stop_signal(RunState state)
{
    switch (state) {
    case RUN_STATE_DEBUG:
        return GDB_SIGNAL_TRAP;
    case RUN_STATE_PAUSED:
        return GDB_SIGNAL_INT;
    case RUN_STATE_SHUTDOWN:
        return GDB_SIGNAL_QUIT;
    case RUN_STATE_IO_ERROR:
        return GDB_SIGNAL_IO;
    case RUN_STATE_WATCHDOG:
        return GDB_SIGNAL_ALRM;
    case RUN_STATE_INTERNAL_ERROR:
        return GDB_SIGNAL_ABRT;
    case RUN_STATE_FINISH_MIGRATE:
        return GDB_SIGNAL_XCPU;
    case RUN_STATE_SAVE_VM:
    case RUN_STATE_RESTORE_VM:
        return GDB_SIGNAL_0;
    default:
        return GDB_SIGNAL_UNKNOWN;
    }
}

static void report_watchpoint(CPUState *cpu, const char *id)
{
    CPUWatchpoint *wp = cpu->watchpoint_hit;
    const char *kind = "";

    if ((wp->flags & BP_MEM_ACCESS) == BP_MEM_ACCESS) {
        kind = "a";
    } else if (wp->flags & BP_MEM_READ) {
        kind = "r";
    }
    gdb_put_format("T%02xthread:%s;%swatch:%" VADDR_PRIx ";", GDB_SIGNAL_TRAP,
                   id, kind, wp->vaddr);
    cpu->watchpoint_hit = NULL;
}

static void machine_state_changed(void *opaque, bool running, RunState state)
{
    g_autofree char *id = NULL;
    CPUState *cpu = gdb_server.stop_cpu;
    int signal = stop_signal(state);

    if (running || !gdb_server.attached || !gdb_server.awaited ||
        !gdb_server.c_cpu || signal == GDB_SIGNAL_0) {
        return;
    }
    gdb_server.awaited = false;
    gdb_server.stop_cpu = NULL;
    if (state == RUN_STATE_DEBUG && cpu) {
        gdb_server.c_cpu = gdb_server.g_cpu = cpu;
    }
    cpu = gdb_server.c_cpu;
    id = gdb_thread_id(cpu);
    if (state == RUN_STATE_DEBUG && cpu->watchpoint_hit) {
        report_watchpoint(cpu, id);
    } else {
        gdb_put_format("T%02xthread:%s;", signal, id);
    }
    gdb_steps_clear();
}

static void forget(CPUState **which, CPUState *cpu)
{
    if (*which == cpu) {
        *which = first_cpu;
    }
}

void gdb_forget_cpu(CPUState *cpu)
{
    forget(&gdb_server.c_cpu, cpu);
    forget(&gdb_server.g_cpu, cpu);
    if (gdb_server.stop_cpu == cpu) {
        gdb_server.stop_cpu = NULL;
    }
    if (gdb_server.listed == cpu) {
        gdb_server.listed = NULL; /* the end of the list */
    }
}

void gdb_set_stop_cpu(CPUState *cpu)
{
    gdb_server.stop_cpu = cpu;
}

/*** Start. ***/

/* A listening TCP socket needs more said than the user should have to. */
static char *device_options(const char *device)
{
    return g_str_has_prefix(device, "tcp:")
               ? g_strconcat(device, ",wait=off,nodelay=on,server=on", NULL)
               : g_strdup(device);
}

static void stop_server(void)
{
    if (gdb_server.active) {
        qemu_chr_fe_deinit(&gdb_server.chr, true);
        gdb_reader_clear(&gdb_server.reader);
        g_clear_pointer(&gdb_server.last, g_byte_array_unref);
        gdb_server.active = gdb_server.attached = false;
    }
}

static void process_ends(Notifier *notifier, void *data)
{
    gdb_exit(0);
}

bool gdbserver_start(const char *device, Error **errp)
{
    static VMChangeStateEntry *watch;
    static Notifier at_exit = { .notify = process_ends };
    g_autofree char *options = NULL;
    Chardev *chr;

    stop_server();
    if (g_str_equal(device, "none")) {
        return true;
    }
    if (!first_cpu) {
        error_setg(errp, "gdbstub: meaningless to attach gdb to a machine "
                         "without any CPU.");
        return false;
    }
    options = device_options(device);
    chr = qemu_chr_new_noreplay("gdb", options, true, NULL);
    if (!chr) {
        error_setg(errp, "gdbstub: couldn't create chardev");
        return false;
    }
    if (!watch) {
        watch = qemu_add_vm_change_state_handler(machine_state_changed, NULL);
        qemu_add_exit_notifier(&at_exit);
    }
    gdb_reader_init(&gdb_server.reader);
    gdb_server.active = true;
    qemu_chr_fe_init(&gdb_server.chr, chr, &error_abort);
    qemu_chr_fe_set_handlers(&gdb_server.chr, can_receive, receive, chr_event,
                             NULL, NULL, NULL, true);
    return true;
}

void gdb_exit(int code)
{
    if (gdb_server.attached) {
        gdb_put_format("W%02x", (uint8_t)code);
    }
    stop_server();
}
