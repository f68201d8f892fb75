#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's own QMP client library drives Plateau.

The library is the Debian package python3-qemu.qmp of sid, taken through apt
into the cache. It connects, negotiates, runs every command that query-commands
lists, and receives events. Skips when the package is out of reach.
"""
import asyncio
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]

# What each command is called with; None for no arguments. A command that is
# not here fails the test, so that a new one cannot be forgotten.
ARGUMENTS = {
    "query-version": None, "query-commands": None, "query-qmp-schema": None,
    "query-status": None, "stop": None, "cont": None, "system_reset": None,
    "system_powerdown": None, "query-name": None, "query-uuid": None,
    "query-machines": None, "query-target": None, "query-kvm": None,
    "query-stats": {"target": "vm"}, "query-stats-schemas": None,
    "query-command-line-options": None, "query-chardev": None,
    "query-chardev-backends": None, "query-memdev": None,
    "query-mice": None, "query-vnc": None, "query-vnc-servers": None,
    "query-display-options": None,
    "send-key": {"keys": [{"type": "qcode", "data": "a"}]},
    "query-block": None, "query-named-block-nodes": None,
    "blockdev-add": {"driver": "null-co", "node-name": "n0"},
    "block_resize": {"node-name": "n0", "size": 1 << 20},
    "query-blockstats": None, "query-iothreads": None,
    "blockdev-del": {"node-name": "n0"},
    "query-fdsets": None, "query-memory-size-summary": None,
    "query-memory-devices": None, "query-pci": None,
    "x-query-irq": None, "x-query-roms": None, "x-query-interrupt-controllers": None,
    "query-cpus-fast": None, "query-cpu-definitions": None,
    "query-current-machine": None, "x-query-numa": None,
    "x-query-ramblock": None, "x-query-memory-at": {"address": 4096},
    "x-memory-map-svg": {"filename": "/dev/null"},
    "pmemsave": {"val": 0, "size": 4096, "filename": "/dev/null"},
    "query-migrate": None, "query-migrate-capabilities": None,
    "query-migrate-parameters": None, "migrate_cancel": None,
    "blockdev-set-active": {"active": True},
    "calc-dirty-rate": {"calc-time": 50, "calc-time-unit": "millisecond"},
    "query-dirty-rate": {"calc-time-unit": "millisecond"},
    "query-dump": None, "query-dump-guest-memory-capability": None,
    "migrate-set-capabilities": {"capabilities": []},
    "migrate-set-parameters": {"downtime-limit": 300},
    "set-action": {"reboot": "reset"},
    "watchdog-set-action": {"action": "none"},
    "qom-list": {"path": "/machine"},
    "qom-list-get": {"paths": ["/machine", "/objects"]},
    "qom-tree-get": {"path": "/machine"},
    "qom-get": {"path": "/machine", "property": "type"},
    "qom-set": {"path": "/machine", "property": "dump-guest-core",
                "value": True},
    "qom-list-types": {"implements": "device"},
    "qom-list-properties": {"typename": "none-machine"},
    "device-list-properties": {"typename": "split-irq"},
    "trace-event-get-state": {"name": "*"},
    "trace-event-set-state": {"name": "no_such_*", "enable": False,
                              "ignore-unavailable": True},
    "human-monitor-command": {"command-line": "info status"},
    "chardev-add": {"id": "c0", "backend": {"type": "ringbuf", "data": {}}},
    "ringbuf-write": {"device": "c0", "data": "hello"},
    "ringbuf-read": {"device": "c0", "size": 16},
    "chardev-change": {"id": "c0", "backend": {"type": "null", "data": {}}},
    "chardev-remove": {"id": "c0"},
}

# Commands that are right to fail here, with the error class they answer.
ERRORS = {
    "x-query-jit": (None, "GenericError"),
    "query-acpi-ospm-status": (None, "GenericError"),
    "x-query-virtio": (None, "GenericError"),
    "x-query-virtio-status": ({"path": "/machine"}, "GenericError"),
    "x-query-virtio-queue-status": ({"path": "/machine", "queue": 0},
                                    "GenericError"),
    "x-query-virtio-vhost-queue-status": ({"path": "/machine", "queue": 0},
                                          "GenericError"),
    "x-query-virtio-queue-element": ({"path": "/machine", "queue": 0},
                                     "GenericError"),
    "query-balloon": (None, "DeviceNotActive"),
    "balloon": ({"value": 1 << 20}, "DeviceNotActive"),
    "dump-guest-memory": ({"paging": False, "protocol": "nowhere:"},
                          "GenericError"),
    "migrate": ({"uri": "nothing"}, "GenericError"),
    "migrate-incoming": ({"uri": "nothing"}, "GenericError"),
    "migrate-continue": ({"state": "device"}, "GenericError"),
    "migrate-start-postcopy": (None, "GenericError"),
    "migrate-recover": ({"uri": "nothing"}, "GenericError"),
    "migrate-pause": (None, "GenericError"),
    "dumpdtb": ({"filename": "/dev/null"}, "GenericError"),
    "query-hotpluggable-cpus": (None, "GenericError"),
    "query-cpu-model-expansion": ({"type": "full", "model": {"name": "none"}},
                                  "GenericError"),
    "memsave": ({"val": 0, "size": 1, "filename": "/dev/null"},
                "GenericError"),
    "inject-nmi": (None, "GenericError"),
    "system_wakeup": (None, "GenericError"),
    "x-exit-preconfig": (None, "GenericError"),
    "set-numa-node": ({"type": "node"}, "GenericError"),
    "object-add": ({"qom-type": "no-such-type", "id": "o0"}, "GenericError"),
    "object-del": ({"id": "o0"}, "GenericError"),
    "x-memdev-discard": ({"id": "m0"}, "GenericError"),
    "x-ram-visibility-set": ({"first": 0, "last": 1,
                              "visibility": "unmapped"}, "GenericError"),
    "device_add": ({"driver": "no-such-device", "id": "d0"}, "GenericError"),
    "device_del": ({"id": "d0"}, "DeviceNotFound"),
    "getfd": ({"fdname": "f"}, "GenericError"),
    "closefd": ({"fdname": "f"}, "GenericError"),
    "add-fd": ({}, "GenericError"),
    "remove-fd": ({"fdset-id": 77}, "GenericError"),
    "add_client": ({"protocol": "nothing", "fdname": "f"}, "GenericError"),
    "chardev-send-break": ({"id": "c9"}, "GenericError"),
    "screendump": ({"filename": "/dev/null"}, "GenericError"),
    "input-send-event": ({"events": [{"type": "btn", "data": {"button": "left", "down": True}}]}, "GenericError"),
    "set_password": ({"protocol": "vnc", "password": "x"}, "GenericError"),
    "expire_password": ({"protocol": "vnc", "time": "now"}, "GenericError"),
    "change-vnc-password": ({"password": "x"}, "GenericError"),
    "qmp_capabilities": (None, "CommandNotFound"),
}
# In an order in which they make sense together.
ORDER = ["blockdev-add", "block_resize", "blockdev-del", "chardev-add", "ringbuf-write", "ringbuf-read", "chardev-change",
         "chardev-remove"]


def client_library():
    done = subprocess.run(
        [TOP / "scripts/debian-cache", "binary", "sid", "python3-qemu.qmp"],
        stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        if done.returncode != 77:
            sys.exit("debian-cache failed")
        print("1..0 # SKIP QEMU's QMP client library is out of reach")
        sys.exit(0)
    return done.stdout.strip() + "/usr/lib/python3/dist-packages"


async def expect_event(events, name):
    while True:
        event = await asyncio.wait_for(events.get(), 10)
        if event["event"] == name:
            return event


async def connect(sock, qmp_package):
    """A negotiated client, once the emulator listens."""
    for _ in range(1500):
        client = qmp_package.QMPClient("plateau")
        try:
            await client.connect(sock)
            return client
        except qmp_package.ConnectError:
            await asyncio.sleep(0.02)
    raise TimeoutError(f"nobody listens on {sock}")


async def start_and_drive(binary, sock, qmp_package):
    process = await asyncio.create_subprocess_exec(
        binary, "-M", "none", "-display", "none", "-nodefaults", "-S",
        "-name", "guest", "-qmp", f"unix:{sock},server=on,wait=off")
    try:
        return await asyncio.wait_for(
            drive(process, sock, qmp_package), timeout=120)
    finally:
        if process.returncode is None:
            process.kill()


async def drive(process, sock, qmp_package):
    client = await connect(sock, qmp_package)
    failures = 0
    listed = {c["name"] for c in await client.execute("query-commands")}
    todo = ORDER + sorted(listed - set(ORDER) - {"quit"})
    print(f"1..{len(todo) + 3}")
    for number, name in enumerate(todo, 1):
        problem = await call(client, qmp_package, listed, name)
        failures += problem is not None
        print(f"{'not ' if problem else ''}ok {number} {name}"
              + (f" # {problem}" if problem else ""))

    with client.listener(("STOP", "RESUME", "RESET", "POWERDOWN",
                          "SHUTDOWN")) as events:
        await client.execute("cont")
        await expect_event(events, "RESUME")
        await client.execute("stop")
        await expect_event(events, "STOP")
        print(f"ok {len(todo) + 1} STOP and RESUME")
        await client.execute("system_powerdown")
        await expect_event(events, "POWERDOWN")
        await client.execute("system_reset")
        event = await expect_event(events, "RESET")
        assert event["data"]["reason"] == "host-qmp-system-reset", event
        print(f"ok {len(todo) + 2} POWERDOWN and RESET")
        await client.execute("quit")
        event = await expect_event(events, "SHUTDOWN")
        assert event["data"]["reason"] == "host-qmp-quit", event
    status = await asyncio.wait_for(process.wait(), 20)
    failures += status != 0
    print(f"{'not ' if status else ''}ok {len(todo) + 3} quit")
    try:
        await client.disconnect()
    except Exception as err:  # the emulator closed the connection first
        print(f"# disconnect: {type(err).__name__}")
    return failures


async def call(client, qmp_package, listed, name):
    """None, or what is wrong."""
    if name not in listed:
        return "query-commands does not list it"
    if name in ERRORS:
        arguments, wanted = ERRORS[name]
        try:
            await client.execute(name, arguments)
        except qmp_package.ExecuteError as err:
            got = err.error_class
            return None if got == wanted else f"{got} instead of {wanted}"
        return "succeeded"
    if name not in ARGUMENTS:
        return "no arguments for it in this test"
    try:
        await client.execute(name, ARGUMENTS[name])
    except qmp_package.ExecuteError as err:
        return str(err)
    return None


def main():
    binary = sys.argv[1]
    sys.path.insert(0, client_library())
    from qemu import qmp  # pylint: disable=import-outside-toplevel
    if not hasattr(qmp, "ExecuteError"):
        from qemu.qmp import qmp_client
        qmp.ExecuteError = qmp_client.ExecuteError
    with tempfile.TemporaryDirectory() as tmp:
        return 1 if asyncio.run(start_and_drive(binary, f"{tmp}/qmp", qmp)) else 0


if __name__ == "__main__":
    sys.exit(main())
