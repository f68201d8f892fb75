/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as one QMP connection. Whatever they are, each line that comes back
 * is JSON, nothing crashes or leaks, and the connection still answers after
 * them.
 *
 * Commands that reach out of the process (files, sockets) are switched off.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qobject/qjson.h"
#include "monitor/monitor-internal.h"
#include "fuzz-input.h"

#define TYPE_CHARDEV_FUZZ "chardev-fuzz"

static GString *output;

static int fuzz_write(Chardev *chr, const uint8_t *buf, int len)
{
    g_string_append_len(output, (const char *)buf, len);
    return len;
}

static void fuzz_class_init(ObjectClass *class, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(class);

    cc->internal = true;
    cc->chr_write = fuzz_write;
}

static const TypeInfo fuzz_type = {
    .name = TYPE_CHARDEV_FUZZ,
    .parent = TYPE_CHARDEV,
    .class_init = fuzz_class_init,
};

static const char *const forbidden[] = {
    "chardev-add", "chardev-change", "logfile", "device_add",
    "object-add",  "object_add",     "log",     "screendump",
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    type_register_static(&fuzz_type);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_OPTS);
    monitor_init_globals();
    for (int phase = PHASE_MACHINE_CREATED; phase <= PHASE_MACHINE_READY;
         phase++) {
        phase_advance(phase);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++) {
        qmp_disable_command(&qmp_commands, forbidden[i], NULL);
        for (HMPCommand *cmd = hmp_cmds; cmd->name; cmd++) {
            if (hmp_compare_cmd(forbidden[i], cmd->name)) {
                cmd->cmd = NULL;
            }
        }
    }
    output = g_string_new(NULL);
    return 0;
}

static void feed(Chardev *chr, const uint8_t *data, size_t size)
{
    while (size) {
        size_t n = MIN(size, (size_t)qemu_chr_be_can_write(chr));

        if (n) {
            qemu_chr_be_write(chr, (uint8_t *)data, n);
            data += n;
            size -= n;
        }
        while (g_main_context_iteration(NULL, false)) {
        }
    }
    while (g_main_context_iteration(NULL, false)) {
    }
}

static void feed_text(Chardev *chr, const char *text)
{
    feed(chr, (const uint8_t *)text, strlen(text));
}

/* Checks that all lines are JSON. Returns whether one has "id": "last". */
static bool check_output(void)
{
    g_auto(GStrv) lines = g_strsplit(output->str, "\r\n", -1);
    bool found = false;
    int n = g_strv_length(lines);

    g_assert_cmpint(n, >, 0);
    g_assert_cmpstr(lines[n - 1], ==, "");
    for (int i = 0; i < n - 1; i++) {
        QObject *obj = qobject_from_json(lines[i], &error_abort);
        QDict *dict = qobject_to(QDict, obj);

        g_assert_nonnull(dict);
        found |= !g_strcmp0(qdict_get_try_str(dict, "id"), "last");
        qobject_unref(obj);
    }
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Chardev *chr =
        qemu_chardev_new(NULL, TYPE_CHARDEV_FUZZ, NULL, NULL, &error_abort);

    g_string_truncate(output, 0);
    monitor_init_qmp(chr, false, &error_abort);
    feed_text(chr, "{'execute': 'qmp_capabilities'}");
    feed(chr, data, size);
    feed_text(chr, "\xff{'execute': 'query-version', 'id': 'last'}");
    g_assert_true(check_output());
    monitor_destroy(QTAILQ_LAST(&mon_list));
    object_unparent(OBJECT(chr));
    return 0;
}
