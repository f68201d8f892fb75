/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gdb asks and sets by name: features, threads, descriptions of registers,
 * commands for the monitor, and QEMU's own switches.
 */
#include "qemu/osdep.h"
#include "internals.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "system/hw_accel.h"

static void supported(const char *args)
{
    gdb_server.multiprocess = strstr(args, "multiprocess+") != NULL;
    gdb_put_format("PacketSize=%x;qXfer:features:read+;vContSupported+;"
                   "QStartNoAckMode+;multiprocess+",
                   GDB_MAX_PACKET);
}

/* "NAME:OFFSET,LENGTH" of a description */
static void read_feature(const char *args)
{
    const char *colon = strchr(args, ':');
    const char *range = colon ? colon + 1 : "";
    g_autofree char *text = NULL;
    g_autofree char *reply = NULL;
    uint64_t offset, len;
    size_t total;

    if (!gdb_parse_number(&range, &offset) || *range++ != ',' ||
        !gdb_parse_number(&range, &len)) {
        gdb_put_text("E22");
        return;
    }
    text = gdb_feature_text(gdb_server.g_cpu, args, colon - args);
    if (!text) {
        gdb_put_text("E00");
        return;
    }
    total = strlen(text);
    if (offset > total) {
        gdb_put_text("E22");
        return;
    }
    len = MIN(len, (GDB_MAX_PACKET - 5) / 2);
    len = MIN(len, total - offset);
    reply = g_strdup_printf("%c%.*s", offset + len < total ? 'm' : 'l',
                            (int)len, text + offset);
    gdb_put_packet(reply, len + 1);
}

static void next_thread(void)
{
    g_autofree char *id = NULL;

    if (!gdb_server.listed) {
        gdb_put_text("l");
        return;
    }
    id = gdb_thread_id(gdb_server.listed);
    gdb_server.listed = CPU_NEXT(gdb_server.listed);
    gdb_put_format("m%s", id);
}

static void put_hex(const char *prefix, const char *text)
{
    GString *out = g_string_new(prefix);

    gdb_append_hex(out, text, strlen(text));
    gdb_put_text(out->str);
    g_string_free(out, true);
}

static void describe_thread(const char *args)
{
    g_autofree char *text = NULL;
    CPUState *cpu;
    bool every;

    if (!gdb_parse_thread(&args, &cpu, &every) || !cpu) {
        gdb_put_text("E22");
        return;
    }
    cpu_synchronize_state(cpu);
    text = g_strdup_printf("CPU#%d [%s]", cpu->cpu_index,
                           cpu->halted ? "halted " : "running");
    put_hex(NULL, text);
}

/* A line for the human monitor, in hex; what it prints goes to gdb's console */
static void monitor_command(const char *args)
{
    size_t len = strlen(args) / 2;
    g_autofree char *line = g_malloc0(len + 1);
    g_autofree char *out = NULL;
    Error *err = NULL;

    if (!gdb_parse_hex(args, len, (uint8_t *)line)) {
        gdb_put_text("E22");
        return;
    }
    out = qmp_human_monitor_command(line, true, gdb_server.g_cpu->cpu_index,
                                    &err);
    if (err) {
        put_hex("O", error_get_pretty(err));
        error_free(err);
    } else {
        /* Not longer than a packet may be */
        for (size_t at = 0, n; at < strlen(out); at += n) {
            g_autofree char *part = NULL;

            n = MIN(strlen(out) - at, GDB_MAX_PACKET / 2 - 8);
            part = g_strndup(out + at, n);
            put_hex("O", part);
        }
    }
    gdb_put_text("OK");
}

void gdb_handle_query(const char *packet)
{
    if (g_str_has_prefix(packet, "qSupported")) {
        supported(packet);
    } else if (g_str_has_prefix(packet, "qXfer:features:read:")) {
        read_feature(packet + strlen("qXfer:features:read:"));
    } else if (g_str_equal(packet, "qfThreadInfo")) {
        gdb_server.listed = first_cpu;
        next_thread();
    } else if (g_str_equal(packet, "qsThreadInfo")) {
        next_thread();
    } else if (g_str_has_prefix(packet, "qThreadExtraInfo,")) {
        describe_thread(packet + strlen("qThreadExtraInfo,"));
    } else if (g_str_equal(packet, "qC")) {
        g_autofree char *id = gdb_thread_id(gdb_server.g_cpu);

        gdb_put_format("QC%s", id);
    } else if (g_str_has_prefix(packet, "qAttached")) {
        gdb_put_text("1");
    } else if (g_str_has_prefix(packet, "qRcmd,")) {
        monitor_command(packet + strlen("qRcmd,"));
    } else if (g_str_equal(packet, "qqemu.sstepbits")) {
        gdb_put_format("ENABLE=%x,NOIRQ=%x,NOTIMER=%x", SSTEP_ENABLE,
                       SSTEP_NOIRQ, SSTEP_NOTIMER);
    } else if (g_str_equal(packet, "qqemu.sstep")) {
        gdb_put_format("0x%x", gdb_server.step_flags);
    } else if (g_str_has_prefix(packet, "qqemu.sstep=")) {
        gdb_handle_set(packet);
    } else if (g_str_equal(packet, "qqemu.PhyMemMode")) {
        gdb_put_format("%d", gdb_server.physical);
    } else if (g_str_equal(packet, "qemu.Supported") ||
               g_str_equal(packet, "qqemu.Supported")) {
        gdb_put_text("sstepbits;sstep;PhyMemMode");
    } else {
        gdb_put_text("");
    }
}

void gdb_handle_set(const char *packet)
{
    const char *args;
    uint64_t value;

    if (g_str_equal(packet, "QStartNoAckMode")) {
        gdb_put_text("OK");
        gdb_server.no_ack = true;
    } else if (g_str_has_prefix(packet, "Qqemu.sstep=") ||
               g_str_has_prefix(packet, "qqemu.sstep=")) {
        args = packet + strlen("Qqemu.sstep=");
        args += g_str_has_prefix(args, "0x") ? 2 : 0;
        if (!gdb_parse_number(&args, &value) ||
            (value & ~(SSTEP_ENABLE | SSTEP_NOIRQ | SSTEP_NOTIMER))) {
            gdb_put_text("E22");
            return;
        }
        gdb_server.step_flags = value;
        gdb_put_text("OK");
    } else if (g_str_has_prefix(packet, "Qqemu.PhyMemMode:")) {
        gdb_server.physical = packet[strlen("Qqemu.PhyMemMode:")] == '1';
        gdb_put_text("OK");
    } else {
        gdb_put_text("");
    }
}
