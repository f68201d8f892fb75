/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every QMP command and every HMP command of the machine `none`, from
 * outside: the right way once, and a table of wrong ways.
 */
#include "qemu/osdep.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"
#include "libqmp.h"

#define NONE "-M none -nodefaults -name guest"

/* In an order in which they make sense; what they return is checked below. */
static const struct {
    const char *name, *arguments;
} right[] = {
    { "query-version", NULL },
    { "query-commands", NULL },
    { "query-qmp-schema", NULL },
    { "query-status", NULL },
    { "query-name", NULL },
    { "query-uuid", NULL },
    { "query-machines", NULL },
    { "query-target", NULL },
    { "query-kvm", NULL },
    { "query-stats", "{'target': 'vm'}" },
    { "query-stats-schemas", NULL },
    { "query-command-line-options", NULL },
    { "query-memdev", NULL },
    { "query-mice", NULL },
    { "query-vnc", NULL },
    { "query-vnc-servers", NULL },
    { "query-display-options", NULL },
    { "send-key", "{'keys': [{'type': 'qcode', 'data': 'ctrl'},"
                  " {'type': 'number', 'data': 30}], 'hold-time': 1}" },
    { "query-block", NULL },
    { "set-action", "{'watchdog': 'reset'}" },
    { "watchdog-set-action", "{'action': 'reset'}" },
    { "query-named-block-nodes", NULL },
    { "blockdev-add", "{'driver': 'null-co', 'node-name': 'n0'}" },
    { "query-named-block-nodes", "{'flat': true}" },
    { "block_resize", "{'node-name': 'n0', 'size': 1048576}" },
    { "query-blockstats", NULL },
    { "query-iothreads", NULL },
    { "query-blockstats", "{'query-nodes': true}" },
    { "blockdev-del", "{'node-name': 'n0'}" },
    { "query-memory-size-summary", NULL },
    { "query-memory-devices", NULL },
    { "x-query-ramblock", NULL },
    { "query-pci", NULL },
    { "x-query-irq", NULL },
    { "x-query-roms", NULL },
    { "x-query-interrupt-controllers", NULL },
    { "query-cpus-fast", NULL },
    { "query-cpu-definitions", NULL },
    { "query-current-machine", NULL },
    { "x-query-numa", NULL },
    { "x-query-memory-at", "{'address': 4096}" },
    { "x-query-memory-at", "{'address': 128, 'address-space': 'I/O'}" },
    { "x-memory-map-svg", "{'filename': '/dev/null'}" },
    { "pmemsave", "{'val': 0, 'size': 4096, 'filename': '/dev/null'}" },
    { "query-chardev", NULL },
    { "query-chardev-backends", NULL },
    { "query-fdsets", NULL },
    { "stop", NULL },
    { "cont", NULL },
    { "system_reset", NULL },
    { "system_powerdown", NULL },
    { "set-action", "{'reboot': 'shutdown', 'panic': 'pause'}" },
    { "qom-list", "{'path': '/'}" },
    { "qom-list-get", "{'paths': ['/machine', '/machine/peripheral']}" },
    { "qom-tree-get", "{'path': '/machine'}" },
    { "qom-get", "{'path': '/machine', 'property': 'type'}" },
    { "qom-set",
      "{'path': '/machine', 'property': 'dump-guest-core', 'value': false}" },
    { "qom-list-types", "{'implements': 'machine', 'abstract': true}" },
    { "qom-list-properties", "{'typename': 'none-machine'}" },
    { "device-list-properties", "{'typename': 'split-irq'}" },
    { "chardev-add",
      "{'id': 'c0', 'backend': {'type': 'ringbuf', 'data': {'size': 64}}}" },
    { "ringbuf-write", "{'device': 'c0', 'data': 'hello'}" },
    { "ringbuf-read", "{'device': 'c0', 'size': 64}" },
    { "chardev-change",
      "{'id': 'c0', 'backend': {'type': 'null', 'data': {}}}" },
    { "chardev-remove", "{'id': 'c0'}" },
    { "trace-event-get-state", "{'name': '*'}" },
    { "trace-event-set-state",
      "{'name': 'no_such_*', 'enable': true, 'ignore-unavailable': true}" },
    { "human-monitor-command", "{'command-line': 'info name'}" },
    { "query-migrate", NULL },
    { "query-migrate-capabilities", NULL },
    { "query-migrate-parameters", NULL },
    { "migrate-set-capabilities",
      "{'capabilities': [{'capability': 'events', 'state': true}]}" },
    { "migrate-set-parameters", "{'max-bandwidth': 0, 'tls-creds': ''}" },
    { "migrate_cancel", NULL },
    { "calc-dirty-rate", "{'calc-time': 50, 'calc-time-unit': 'millisecond'}" },
    { "query-dirty-rate", NULL },
    { "query-dump", NULL },
    { "query-dump-guest-memory-capability", NULL },
    { "blockdev-set-active", "{'active': true}" },
};

static void test_right(void)
{
    QmpClient *c = qmp_client_ready(NONE);

    for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
        g_autofree char *text =
            g_strdup_printf("{'execute': '%s'%s%s}", right[i].name,
                            right[i].arguments ? ", 'arguments': " : "",
                            right[i].arguments ?: "");
        QDict *rsp;

        g_test_message("%s", text);
        qmp_client_send(c, text);
        do {
            rsp = qmp_client_receive(c);
            if (qdict_haskey(rsp, "event")) {
                qobject_unref(rsp);
                rsp = NULL;
            }
        } while (!rsp);
        g_assert_true(qdict_haskey(rsp, "return"));
        if (!strcmp(right[i].name, "ringbuf-read")) {
            g_assert_cmpstr(qdict_get_str(rsp, "return"), ==, "hello");
        }
        qobject_unref(rsp);
    }
    qmp_client_quit(c);
}

#define GENERIC   "GenericError"
#define NOT_FOUND "DeviceNotFound"

static const struct {
    const char *name, *arguments, *class, *desc;
} wrong[] = {
    { "nonsense", "{}", "CommandNotFound", "nonsense" },
    { "x-query-jit", "{}", GENERIC, "accel=tcg" },
    { "x-exit-preconfig", "{}", GENERIC,
      "permitted only before machine initialization" },
    { "set-numa-node", "{'type': 'node'}", GENERIC,
      "permitted only before the machine has been created" },
    { "watchdog-set-action", "{'action': 'bark'}", GENERIC, "'bark'" },
    { "", "{}", "CommandNotFound", "" },
    { "query-status", "{'x': 1}", GENERIC, "'x' is unexpected" },
    { "quit", "{'code': 1}", GENERIC, "'code' is unexpected" },
    { "stop", "{'a': {}}", GENERIC, "'a' is unexpected" },
    { "qom-list", "{}", GENERIC, "'path' is missing" },
    { "qom-list", "{'path': 1}", GENERIC, "'path'" },
    { "qom-list", "{'path': null}", GENERIC, "'path'" },
    { "qom-list", "{'path': '/nowhere'}", NOT_FOUND, "/nowhere" },
    { "qom-list", "{'path': '/machine', 'x': 1}", GENERIC, "'x'" },
    { "qom-list-get", "{}", GENERIC, "'paths' is missing" },
    { "qom-list-get", "{'paths': '/'}", GENERIC, "'paths'" },
    { "qom-list-get", "{'paths': [1]}", GENERIC, "paths[0]" },
    { "qom-list-get", "{'paths': ['/nowhere']}", NOT_FOUND, "/nowhere" },
    { "qom-get", "{'path': '/machine'}", GENERIC, "'property' is missing" },
    { "qom-get", "{'property': 'type'}", GENERIC, "'path' is missing" },
    { "qom-get", "{'path': '/nowhere', 'property': 'type'}", NOT_FOUND,
      "/nowhere" },
    { "qom-get", "{'path': '/machine', 'property': 'nope'}", GENERIC,
      "none-machine.nope' not found" },
    { "qom-set", "{'path': '/machine', 'property': 'usb'}", GENERIC,
      "'value' is missing" },
    { "qom-set", "{'path': '/machine', 'property': 'type', 'value': 'x'}",
      GENERIC, "type" },
    { "qom-set",
      "{'path': '/machine', 'property': 'dump-guest-core', 'value': 7}",
      GENERIC, "boolean" },
    { "qom-set",
      "{'path': '/machine', 'property': 'dump-guest-core', 'value': 'on'}",
      GENERIC, "boolean" },
    { "qom-set", "{'path': '/machine', 'property': 'nope', 'value': 1}",
      GENERIC, "nope" },
    { "qom-list-types", "{'implements': 5}", GENERIC, "'implements'" },
    { "qom-list-types", "{'abstract': 'x'}", GENERIC, "'abstract'" },
    { "qom-list-properties", "{}", GENERIC, "'typename' is missing" },
    { "qom-list-properties", "{'typename': 'nope'}", NOT_FOUND, "nope" },
    { "device-list-properties", "{'typename': 'nope'}", NOT_FOUND, "nope" },
    { "device-list-properties", "{'typename': 'container'}", GENERIC,
      "device" },
    { "device-list-properties", "{'typename': 'device'}", GENERIC, "abstract" },
    { "object-add", "{}", GENERIC, "'qom-type' is missing" },
    { "object-add", "{'qom-type': 'x'}", GENERIC, "'id' is missing" },
    { "object-add", "{'qom-type': 'nope', 'id': 'a'}", GENERIC, "nope" },
    { "object-add", "{'qom-type': 'device', 'id': 'a'}", GENERIC, "device" },
    { "object-add", "{'qom-type': 'container', 'id': 'a'}", GENERIC,
      "container" },
    { "object-add", "{'qom-type': 5, 'id': 'a'}", GENERIC, "'qom-type'" },
    { "object-del", "{}", GENERIC, "'id' is missing" },
    { "object-del", "{'id': 'nope'}", GENERIC, "nope" },
    { "object-del", "{'id': ''}", GENERIC, "" },
    { "device_add", "{}", GENERIC, "'driver' is missing" },
    { "screendump", "{}", GENERIC, "'filename' is missing" },
    { "screendump", "{'filename': '/dev/null'}", GENERIC,
      "There is no console to take a screendump from" },
    { "send-key", "{}", GENERIC, "'keys' is missing" },
    { "send-key", "{'keys': [{'type': 'qcode', 'data': 'nope'}]}", GENERIC,
      "does not accept value 'nope'" },
    { "input-send-event",
      "{'events': [{'type': 'btn', 'data':"
      " {'button': 'left', 'down': true}}]}",
      GENERIC, "Input handler not found for event type btn" },
    { "input-send-event", "{'device': 'nope', 'events': []}", NOT_FOUND,
      "Device 'nope' not found" },
    { "set_password", "{'protocol': 'vnc', 'password': 'x'}", GENERIC,
      "Could not set password" },
    { "set_password",
      "{'protocol': 'vnc', 'password': 'x', 'connected': 'fail'}", GENERIC,
      "parameter 'connected' must be 'keep' when 'protocol' is 'vnc'" },
    { "expire_password", "{'protocol': 'vnc', 'time': 'never'}", GENERIC,
      "Could not set password expire time" },
    { "expire_password", "{'protocol': 'vnc', 'time': 'soon'}", GENERIC,
      "Parameter 'time' doesn't take value 'soon'" },
    { "change-vnc-password", "{'password': 'x'}", GENERIC,
      "Could not set password" },
    { "dumpdtb", "{'filename': '/dev/null'}", GENERIC, "FDT" },
    { "query-acpi-ospm-status", "{}", GENERIC, "missing ACPI device" },
    { "query-balloon", "{}", "DeviceNotActive", "balloon" },
    { "balloon", "{'value': 1048576}", "DeviceNotActive", "balloon" },
    { "blockdev-add", "{}", GENERIC, "'node-name' must be specified" },
    { "blockdev-add", "{'driver': 'qcow2', 'node-name': 'n'}", GENERIC,
      "vhost-user" },
    { "blockdev-add",
      "{'driver': 'raw', 'node-name': 'n', 'file': {'driver': 'nbd'}}", GENERIC,
      "'nbd'" },
    { "blockdev-add", "{'driver': 'raw', 'node-name': 'n', 'file': 'none'}",
      GENERIC, "node-name='none'" },
    { "blockdev-add", "{'driver': 'null-co', 'node-name': '1'}", GENERIC,
      "Invalid node-name" },
    { "blockdev-add", "{'driver': 'null-co', 'node-name': 'n', 'size': -1}",
      GENERIC, "size" },
    { "blockdev-add",
      "{'driver': 'file', 'node-name': 'n', 'filename': '/dev/null'}", GENERIC,
      "a regular file" },
    { "blockdev-add",
      "{'driver': 'file', 'node-name': 'n', 'filename': '/no/such'}", GENERIC,
      "/no/such" },
    { "block_resize", "{'device': 'd', 'size': 0}", GENERIC,
      "Cannot find device='d' nor node-name=''" },
    { "blockdev-del", "{'node-name': 'n9'}", GENERIC,
      "Failed to find node with node-name='n9'" },
    { "device_add", "{'driver': 'nope'}", GENERIC, "nope" },
    { "device_add", "{'driver': 'device'}", GENERIC, "device" },
    { "device_add", "{'driver': 'split-irq'}", GENERIC, "pluggable" },
    { "device_add", "{'driver': 5}", GENERIC, "driver" },
    { "device_add", "{'driver': 'container'}", GENERIC, "container" },
    { "device_del", "{}", GENERIC, "'id' is missing" },
    { "device_del", "{'id': 'nope'}", NOT_FOUND, "nope" },
    { "device_del", "{'id': '/machine'}", GENERIC, "" },
    { "object-add", "{'qom-type': 'memory-backend-ram', 'id': 'a'}", GENERIC,
      "can't create backend with size 0" },
    { "object-add",
      "{'qom-type': 'memory-backend-fd', 'id': 'a', 'size': 4096, 'fd': 'x'}",
      GENERIC, "File descriptor named 'x' has not been found" },
    { "x-memdev-discard", "{}", GENERIC, "'id' is missing" },
    { "x-memdev-discard", "{'id': 'nope'}", GENERIC,
      "Memory backend 'nope' not found" },
    { "x-ram-visibility-set", "{'first': 0, 'last': 1}", GENERIC,
      "'visibility' is missing" },
    { "x-ram-visibility-set",
      "{'first': 0, 'last': 1, 'visibility': 'read-only'}", GENERIC,
      "nothing controls the visibility of RAM" },
    { "x-query-memory-at", "{}", GENERIC, "'address' is missing" },
    { "x-query-memory-at", "{'address': 1, 'address-space': 'nope'}", GENERIC,
      "Address space 'nope' not found" },
    { "x-query-virtio", "{}", GENERIC, "No virtio devices found" },
    { "x-query-virtio-status", "{'path': '/machine'}", GENERIC,
      "Path /machine is not a realized VirtIODevice" },
    { "x-query-virtio-queue-status", "{'path': 'nope', 'queue': 0}", GENERIC,
      "Path nope is not a VirtIODevice" },
    { "x-query-virtio-queue-status", "{'path': 'nope', 'queue': 65536}",
      GENERIC, "queue" },
    { "x-query-virtio-vhost-queue-status", "{'path': 'nope', 'queue': 0}",
      GENERIC, "Path nope is not a VirtIODevice" },
    { "x-query-virtio-queue-element", "{'path': 'nope', 'queue': 0}", GENERIC,
      "Path nope is not a VirtIO device" },
    { "x-memory-map-svg", "{}", GENERIC, "'filename' is missing" },
    { "x-memory-map-svg", "{'filename': '/no/such/dir/f'}", GENERIC,
      "/no/such/dir/f" },
    { "x-memory-map-svg", "{'filename': '/dev/full'}", GENERIC,
      "writing the picture to '/dev/full' failed" },
    { "x-memory-map-svg", "{'filename': '/dev/null', 'address-space': 'x'}",
      GENERIC, "Address space 'x' not found" },
    { "migrate", "{}", GENERIC, "need either 'uri' or 'channels' argument" },
    { "migrate", "{'uri': 'x'}", GENERIC, "unknown migration protocol: x" },
    { "migrate", "{'uri': 'file:/no/such/dir/f'}", GENERIC, "/no/such/dir/f" },
    { "migrate-incoming", "{'uri': 'file:/x'}", GENERIC,
      "'-incoming' was not specified on the command line" },
    { "migrate-continue", "{'state': 'device'}", GENERIC,
      "Migration not in expected state: " },
    { "migrate-start-postcopy", "{}", GENERIC,
      "Enable postcopy with migrate_set_capability before" },
    { "migrate-recover", "{'uri': 'unix:x'}", GENERIC,
      "Migrate recover can only be run when postcopy is paused." },
    { "migrate-pause", "{}", GENERIC,
      "migrate-pause is currently only supported during postcopy-active" },
    { "migrate-set-capabilities",
      "{'capabilities': [{'capability': 'x-colo', 'state': true}]}", GENERIC,
      "Capability 'x-colo' is not supported" },
    { "migrate-set-parameters", "{'downtime-limit': 2000001}", GENERIC,
      "downtime_limit" },
    { "blockdev-set-active", "{'active': true, 'node-name': 'no'}", GENERIC,
      "Failed to find node with node-name='no'" },
    { "dump-guest-memory", "{'paging': false, 'protocol': 'x'}", GENERIC,
      "parameter 'protocol' must start with 'file:' or 'fd:'" },
    { "calc-dirty-rate", "{'calc-time': 61}", GENERIC,
      "Calculation time is out of range [50ms, 60000ms]." },
    { "calc-dirty-rate", "{'calc-time': 1, 'mode': 'dirty-ring'}", GENERIC,
      "mode dirty-ring is not enabled, use other method instead." },
    { "pmemsave", "{'val': 0, 'size': 1}", GENERIC, "'filename' is missing" },
    { "pmemsave", "{'val': 0, 'size': -1, 'filename': '/dev/null'}", GENERIC,
      "no file can have 0xffffffffffffffff bytes" },
    { "pmemsave",
      "{'val': 2, 'size': 18446744073709551615, 'filename': '/dev/null'}",
      GENERIC, "go beyond 2^64" },
    { "pmemsave", "{'val': 0, 'size': 1, 'filename': '/no/such/dir/f'}",
      GENERIC, "/no/such/dir/f" },
    { "pmemsave", "{'val': 0, 'size': 65536, 'filename': '/dev/full'}", GENERIC,
      "writing memory to '/dev/full' failed" },
    { "memsave", "{'val': 0, 'size': 1, 'filename': '/dev/null'}", GENERIC,
      "Parameter 'cpu-index' expects a CPU number" },
    { "memsave", "{'val': 0, 'size': 1}", GENERIC, "'filename' is missing" },
    { "inject-nmi", "{}", GENERIC, "machine does not provide NMIs" },
    { "system_wakeup", "{}", GENERIC,
      "wake-up from suspend is not supported by this guest" },
    { "query-hotpluggable-cpus", "{}", GENERIC,
      "machine does not support hot-plugging CPUs" },
    { "query-cpu-model-expansion", "{'type': 'full', 'model': {'name': 'x'}}",
      GENERIC, "" },
    { "query-cpu-model-expansion", "{'type': 'full'}", GENERIC,
      "'model' is missing" },
    { "chardev-add", "{}", GENERIC, "'id' is missing" },
    { "chardev-add", "{'id': 'a'}", GENERIC, "'backend' is missing" },
    { "chardev-add", "{'id': 'a', 'backend': {}}", GENERIC,
      "'backend.type' is missing" },
    { "chardev-add", "{'id': 'a', 'backend': {'type': 'nope'}}", GENERIC,
      "nope" },
    { "chardev-add", "{'id': 'a', 'backend': {'type': 'file'}}", GENERIC,
      "'backend.data' is missing" },
    { "chardev-add",
      "{'id': 'a', 'backend': {'type': 'file',"
      " 'data': {'out': '/no/such/dir/f'}}}",
      GENERIC, "/no/such/dir/f" },
    { "chardev-add",
      "{'id': 'a', 'backend': {'type': 'ringbuf', 'data': {'size': 3}}}",
      GENERIC, "power of two" },
    { "chardev-add",
      "{'id': 'a', 'backend': {'type': 'ringbuf', 'data': {'size': 'x'}}}",
      GENERIC, "size" },
    { "chardev-add",
      "{'id': 'a', 'backend': {'type': 'ringbuf', 'data': {'x': 1}}}", GENERIC,
      "x" },
    { "chardev-add",
      "{'id': 'a', 'backend': {'type': 'socket', 'data': {'addr':"
      " {'type': 'unix', 'data': {'path': '/no/such/s'}},"
      " 'server': false}}}",
      GENERIC, "/no/such/s" },
    { "chardev-add",
      "{'id': 'a', 'backend': {'type': 'mux', 'data': {'chardev': 'b'}}}",
      GENERIC, "b" },
    { "chardev-remove", "{'id': 'nope'}", GENERIC, "nope" },
    { "chardev-change",
      "{'id': 'nope', 'backend': {'type': 'null', 'data': {}}}", GENERIC,
      "nope" },
    { "chardev-send-break", "{'id': 'nope'}", GENERIC, "nope" },
    { "ringbuf-write", "{'device': 'nope', 'data': 'x'}", GENERIC, "nope" },
    { "ringbuf-read", "{'device': 'nope', 'size': 1}", GENERIC, "nope" },
    { "ringbuf-read", "{'device': 'nope', 'size': 0}", GENERIC, "" },
    { "getfd", "{}", GENERIC, "'fdname' is missing" },
    { "getfd", "{'fdname': 'f'}", GENERIC, "file descriptor" },
    { "getfd", "{'fdname': '1'}", GENERIC, "" },
    { "closefd", "{'fdname': 'f'}", GENERIC, "f" },
    { "add-fd", "{}", GENERIC, "file descriptor" },
    { "add-fd", "{'fdset-id': -1}", GENERIC, "" },
    { "remove-fd", "{'fdset-id': 5}", GENERIC, "5" },
    { "remove-fd", "{}", GENERIC, "'fdset-id' is missing" },
    { "add_client", "{'protocol': 'x'}", GENERIC, "'fdname' is missing" },
    { "add_client", "{'protocol': 'x', 'fdname': 'f'}", GENERIC, "f" },
    { "human-monitor-command", "{}", GENERIC, "'command-line' is missing" },
    { "human-monitor-command", "{'command-line': 5}", GENERIC, "command-line" },
    { "human-monitor-command", "{'command-line': 'help', 'cpu-index': 0}",
      GENERIC, "cpu-index" },
    { "set-action", "{'reboot': 'nope'}", GENERIC, "nope" },
    { "set-action", "{'shutdown': 1}", GENERIC, "shutdown" },
    { "trace-event-get-state", "{}", GENERIC, "'name' is missing" },
    { "trace-event-get-state", "{'name': 'nope'}", GENERIC, "nope" },
    { "trace-event-set-state", "{'name': 'nope', 'enable': true}", GENERIC,
      "nope" },
    { "trace-event-set-state", "{'name': '*'}", GENERIC,
      "'enable' is missing" },
    { "trace-event-set-state", "{'name': '*', 'enable': 1}", GENERIC,
      "enable" },
    { "query-command-line-options", "{'option': 'nope'}", GENERIC, "nope" },
    { "query-command-line-options", "{'option': 1}", GENERIC, "option" },
    { "qmp_capabilities", "{}", "CommandNotFound", "negotiation" },
};

static void test_wrong(void)
{
    QmpClient *c = qmp_client_ready(NONE);
    int failures = 0;

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        g_autofree char *text =
            g_strdup_printf("{'execute': '%s', 'arguments': %s}", wrong[i].name,
                            wrong[i].arguments);
        QDict *rsp, *error;

        qmp_client_send(c, text);
        rsp = qmp_client_receive(c);
        error = qdict_get_qdict(rsp, "error");
        if (!error ||
            g_strcmp0(qdict_get_str(error, "class"), wrong[i].class) ||
            !strstr(qdict_get_str(error, "desc"), wrong[i].desc)) {
            g_autoptr(GString) got = qobject_to_json(QOBJECT(rsp));

            printf("# %s answered %s\n", text, got->str);
            failures++;
        }
        qobject_unref(rsp);
    }
    g_assert_cmpint(failures, ==, 0);
    qmp_client_quit(c);
}

/* What a line of HMP prints holds that text. */
static const struct {
    const char *line, *text;
} hmp[] = {
    { "help", "device_add" },
    { "help info", "info qtree" },
    { "help cont", "resume" },
    { "info", "info version" },
    { "info version", "10.0.0" },
    { "info status", "VM status: running" },
    { "info name", "guest" },
    { "info vnc", "None" },
    { "info mice", "No mouse devices connected" },
    { "info migrate", "globals:" },
    { "info migrate_capabilities", "postcopy-ram: off" },
    { "info migrate_parameters", "max-bandwidth: 134217728 bytes/second" },
    { "calc_dirty_rate 0", "Incorrect period length specified!" },
    { "calc_dirty_rate -r 1", "mode dirty-ring is not enabled" },
    { "calc_dirty_rate 1", "Please use 'info dirty_rate' to check results" },
    { "info dirty_rate", "Dirty rate: " },
    { "info dump", "Status: none" },
    { "dump-guest-memory -z -l x", "only one of '-z|-l|-s|-w' can be set" },
    { "migrate nothing", "unknown migration protocol: nothing" },
    { "migrate_cancel", "" },
    { "migrate_continue device", "Migration not in expected state: none" },
    { "migrate_incoming unix:x", "'-incoming' was not specified" },
    { "migrate_pause", "migrate-pause is currently only supported" },
    { "migrate_recover unix:x", "can only be run when postcopy is paused" },
    { "migrate_set_capability x-colo on", "is not supported" },
    { "migrate_start_postcopy", "Enable postcopy with" },
    { "migrate_set_capability events on", "" },
    { "migrate_set_parameter downtime-limit x", "downtime-limit" },
    { "migrate_set_parameter nothing 1", "nothing" },
    { "migrate_set_parameter tls-creds x", "" },
    { "migrate_set_parameter max-bandwidth 1g", "" },
    { "sendkey ctrl-0x1e-<", "" },
    { "sendkey ctrl-nope", "invalid parameter: nope" },
    { "sendkey 0xzz", "invalid parameter: 0xzz" },
    { "mouse_set 5", "Mouse at index '5' not found" },
    { "mouse_move 1 -1 1", "" },
    { "mouse_button 1", "" },
    { "screendump /dev/null", "There is no console to take a screendump from" },
    { "screendump /dev/null -f gif", "gif" },
    { "set_password vnc x", "Could not set password" },
    { "set_password x11 x", "x11" },
    { "expire_password vnc now", "Could not set password expire time" },
    { "change vnc password x", "Could not set password" },
    { "change vnc :1", "Expected 'password' after 'vnc'" },
    { "change cd0 x", "Device 'cd0' not found" },
    { "info uuid", "00000000-0000-0000-0000-000000000000" },
    { "info qom-tree", "/machine (none-machine)" },
    { "info qtree", "bus: main-system-bus" },
    { "info chardev", "compat_monitor0" },
    { "info block", "" },
    { "info block -n -v", "" },
    { "info blockstats", "" },
    { "info iothreads", "" },
    { "block_resize none 1M", "Error: Cannot find device='none'" },
    { "boot_set c", "no function defined to set boot device list" },
    { "info trace-events", "" },
    { "info mtree", "address-space: I/O\r\n  0000000000000000-" },
    { "info mtree -f", "  No rendered FlatView" },
    { "info mtree -f -d", "B+tree of height 1" },
    { "info mtree -o", "parent:{obj path=/machine/unattached}" },
    { "info mtree -p 0x70", "-> 0000000000000000-000000000000ffff (prio 0" },
    { "info mtree -p 16 memory", "nothing is there" },
    { "info mtree -p 16 nope", "Address space 'nope' not found" },
    { "info mtree -p x", "-p needs an address" },
    { "info mtree -p", "value expected for -p" },
    { "info mtree -s /dev/null", "" },
    { "info mtree -s /no/such/dir/f", "/no/such/dir/f" },
    { "info mtree memory", "An address space is for -p and -s" },
    { "info ramblock", "Block Name    PSize" },
    { "xp /4xb 0", "0000000000000000: Cannot access memory" },
    { "xp /2i 0", "Can not dump without CPU" },
    { "gpa2hva 0", "No memory is mapped at address 0x0" },
    { "gpa2hpa 0", "No memory is mapped at address 0x0" },
    { "sum 0 0", "00000" },
    { "exit_preconfig", "permitted only before machine initialization" },
    { "watchdog_action none", "" },
    { "watchdog_action bark", "invalid parameter value: bark" },
    { "x /2i 0", "Can not dump without CPU" },
    { "x /4xb 0", "Can not dump without CPU" },
    { "x /4xb $pc", "unknown register" },
    { "info cpus", "" },
    { "info registers", "No CPU available" },
    { "info registers -a", "" },
    { "info registers 3", "CPU#3 not available" },
    { "info numa", "0 nodes" },
    { "info jit", "only available with accel=tcg" },
    { "info hotpluggable-cpus",
      "Error: machine does not support hot-plugging CPUs" },
    { "cpu 0", "invalid CPU index" },
    { "gva2gpa 0", "No cpu" },
    { "gdbserver", "meaningless to attach gdb" },
    { "gdbserver none", "Disabled gdbserver" },
    { "memsave 0 16 \"/dev/null\"", "No CPU available" },
    { "nmi", "Error: machine does not provide NMIs" },
    { "system_wakeup",
      "Error: wake-up from suspend is not supported by this guest" },
    { "pcie_aer_inject_error nope DLP", "device 'nope' not found" },
    { "pmemsave 0 16 \"/dev/null\"", "" },
    { "pmemsave 0 16 \"/no/such/dir/f\"", "/no/such/dir/f" },
    { "i /b 0x80", "portb[0x0080] = 0xff" },
    { "i /h 0x80", "portw[0x0080] = 0xffff" },
    { "i /w 0x80", "portl[0x0080] = 0xffffffff" },
    { "i /b 0x80.2", "portb[0x0081] = 0xff" },
    { "o /b 0x80 1", "" },
    { "stop", "" },
    { "info status", "VM status: paused" },
    { "cont", "" },
    { "info status", "VM status: running" },
    { "qom-list /machine", "peripheral (child<container>)" },
    { "qom-list", "/" },
    { "qom-get /machine type", "none-machine" },
    { "qom-set /machine dump-guest-core off", "" },
    { "qom-get /machine dump-guest-core", "false" },
    { "qom-set -j /machine dump-guest-core true", "" },
    { "qom-get /machine dump-guest-core", "true" },
    { "system_reset", "" },
    { "system_powerdown", "" },
    { "log none", "" },
    { "log nope", "Log items" },
    { "logfile /no/such/dir/f", "/no/such/dir/f" },
    { "trace-event no_such_event on", "no_such_event" },
    { "nope", "unknown command: 'nope'" },
    { "info nope", "unknown command" },
    { "device_add", "" },
    { "device_add nope", "nope" },
    { "device_del nope", "Device 'nope' not found" },
    { "object_add nope,id=a", "nope" },
    { "object_add nope", "" },
    { "object_del nope", "nope" },
    { "qom-list /nowhere", "/nowhere" },
    { "qom-get /machine nope", "nope" },
    { "qom-get /machine", "" },
    { "qom-set /machine nope 1", "nope" },
    { "system_reset now", "extraneous" },
};

static void test_hmp(void)
{
    QmpClient *c = qmp_client_ready(NONE);

    for (size_t i = 0; i < ARRAY_SIZE(hmp); i++) {
        g_autofree char *out = qmp_client_hmp(c, "%s", hmp[i].line);

        if (!strstr(out, hmp[i].text)) {
            g_error("'%s' printed '%s', which lacks '%s'", hmp[i].line, out,
                    hmp[i].text);
        }
    }
    qmp_client_quit(c);
}

/* Every command that is listed is called somewhere above. */
static void test_all_listed(void)
{
    static const char *const elsewhere[] = { "quit", "object-add",
                                             "device_add" };
    QmpClient *c = qmp_client_ready(NONE);
    QList *list = qobject_to(
        QList, qmp_client_return(c, "{'execute': 'query-commands'}"));
    const QListEntry *e;

    QLIST_FOREACH_ENTRY(list, e) {
        const char *name =
            qdict_get_str(qobject_to(QDict, qlist_entry_obj(e)), "name");
        bool found = false;

        for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
            found |= !strcmp(right[i].name, name);
        }
        for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
            found |= !strcmp(wrong[i].name, name);
        }
        for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
            found |= !strcmp(elsewhere[i], name);
        }
        if (!found) {
            g_error("no test calls '%s'", name);
        }
    }
    qobject_unref(list);
    qmp_client_quit(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/commands/right", test_right);
    g_test_add_func("/commands/wrong", test_wrong);
    g_test_add_func("/commands/hmp", test_hmp);
    g_test_add_func("/commands/all-listed", test_all_listed);
    return g_test_run();
}
