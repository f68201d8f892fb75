#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest is handed over to another process on this host: its RAM is not
copied (cpr-transfer), or stays in a file while nobody runs (cpr-reboot).

    migration_cpr.py EMULATOR
"""
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from migration import BINARY, Machine, TIMEOUT, runs_on  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

SHARED = ["-object", "memory-backend-memfd,id=ram0,size=64M,share=on"]
MACHINE = "virt,aux-ram-share=on,memory-backend=ram0"
MIB = 1 << 20


def socket_channel(kind, path):
    return {"channel-type": kind, "addr": {
        "transport": "socket", "type": "unix", "path": path}}


def wait_for_listener(path):
    """The path is there a little earlier than whoever accepts."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        for line in pathlib.Path("/proc/net/unix").read_text().splitlines():
            fields = line.split()
            if fields[-1] == path and fields[3] == "00010000":
                return
        time.sleep(0.01)
    raise AssertionError(f"nobody listens at {path}")


class Waiting:
    """A destination, which has no monitor before it has the descriptors: so
    it is started in a thread."""

    def __init__(self, tmp, *args, machine=MACHINE, main=None):
        self.cpr = f"{tmp}/cpr{Machine.number}"
        self.main = f"{tmp}/main{Machine.number}"
        self.machine = None
        self.thread = threading.Thread(target=self.start, args=(
            tmp, machine, *args, "-incoming", main or f"unix:{self.main}",
            "-incoming", json.dumps(socket_channel("cpr", self.cpr))),
            daemon=True)
        self.thread.start()
        wait_for_listener(self.cpr)

    def start(self, tmp, machine, *args):
        try:
            self.machine = Machine(tmp, *args, machine=machine)
        except (OSError, EOFError) as error:
            self.error = error

    def channels(self):
        return [socket_channel("main", self.main),
                socket_channel("cpr", self.cpr)]

    def ready(self):
        self.thread.join(TIMEOUT)
        assert self.machine, "the destination does not come up"
        return self.machine


def mode(machine, name="cpr-transfer"):
    machine.command("migrate-set-parameters", mode=name)


def memfds(machine):
    """{name: inode} of the memfds that are mapped."""
    maps = pathlib.Path(f"/proc/{machine.process.pid}/maps").read_text()
    found = {}
    for line in maps.splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5].startswith("/memfd:"):
            found.setdefault(fields[5].split()[0][7:], set()).add(fields[4])
    return found


def hand_over(tmp, source, *args, harts=1, machine=MACHINE):
    target = Waiting(tmp, *args, machine=machine)
    before = memfds(source)
    # Once it is handed over, this process sees the guest going on there.
    count = runs_on(source, 0, harts)
    source.command("cont")
    mode(source)
    source.command("migrate", channels=target.channels())
    info = source.wait_for("completed")
    there = target.ready()
    there.wait_for("completed")
    after = memfds(there)
    for name, inodes in before.items():
        assert after.get(name) == inodes, (name, before, after)
    assert source.status() == "postmigrate"
    source.quit()
    runs_on(there, count, harts)
    there.command("cont")
    return there, info


def test_transfer(tmp):
    """Three processes have the same memory, one after the other."""
    args = [*SHARED, "-smp", "2"]
    machine = Machine(tmp, *args, machine=MACHINE)
    runs_on(machine, 0, 2)
    machine.command("cont")
    sent = 0
    for _ in range(3):
        assert "ram0" in str(memfds(machine)) or memfds(machine), memfds(machine)
        machine, info = hand_over(tmp, machine, *args, harts=2)
        sent = max(sent, info["ram"]["transferred"])
        assert info["ram"]["normal"] == 0 and info["ram"]["duplicate"] == 0
        # 64 MiB would be a lot more.
        assert sent < MIB, info
        assert info["ram"]["total"] == 0, info
    machine.quit()
    return f"{sent} bytes"


def test_kinds_of_memory(tmp):
    """A file that both open, POSIX shared memory, RAM of one process."""
    for backend in (f"memory-backend-file,id=ram0,size=64M,share=on,"
                    f"mem-path={tmp}/ram",
                    "memory-backend-shm,id=ram0,size=64M",
                    "memory-backend-ram,id=ram0,size=64M,share=on"):
        machine = Machine(tmp, "-object", backend, machine=MACHINE)
        runs_on(machine, 0)
        machine.command("cont")
        machine, _ = hand_over(tmp, machine, "-object", backend)
        machine.quit()


def test_default_ram(tmp):
    """As in QEMU, the board's own backend is not shared by aux-ram-share."""
    with Machine(tmp, machine="virt,aux-ram-share=on") as machine:
        assert len(memfds(machine)) >= 3, memfds(machine)
        mode(machine)
        text = machine.refused("migrate", channels=[
            socket_channel("main", f"{tmp}/m"),
            socket_channel("cpr", f"{tmp}/c")])
        assert "riscv_virt_board.ram" in text, text
        machine.quit()


def test_flash(tmp):
    """What is written to flash without a drive goes along."""
    machine = Machine(tmp, *SHARED, machine=MACHINE)
    machine.command("stop")
    # Programs a word of the second bank.
    flash = 0x22000000
    target = Waiting(tmp, *SHARED)
    before = machine.hmp(f"xp /4wx {flash:#x}")
    mode(machine)
    machine.command("migrate", channels=target.channels())
    machine.wait_for("completed")
    there = target.ready()
    there.wait_for("completed")
    assert there.status() == "paused", there.status()
    assert there.hmp(f"xp /4wx {flash:#x}") == before
    machine.quit()
    there.quit()


def test_defer(tmp):
    """The stream waits for migrate-incoming; devices can be plugged first."""
    port = ["-device", "pcie-root-port,id=rp0,addr=4"]
    with Machine(tmp, *SHARED, *port, machine=MACHINE) as source:
        count = runs_on(source, 0)
        source.command("cont")
        source.command("device_add", driver="virtio-rng-pci", bus="rp0",
                       id="rng")
        target = Waiting(tmp, *SHARED, *port, main="defer")
        mode(source)
        source.command("migrate", channels=target.channels())
        there = target.ready()
        assert there.status() == "inmigrate"
        # The guest runs until there is somebody who listens.
        assert source.command("query-migrate")["status"] == "setup"
        assert source.status() == "running"
        there.command("device_add", driver="virtio-rng-pci", bus="rp0",
                      id="rng")
        assert "only one entry" in there.refused(
            "migrate-incoming", channels=target.channels())
        there.command("migrate-incoming", uri=f"unix:{target.main}")
        source.wait_for("completed")
        there.wait_for("completed")
        runs_on(there, count)
        source.quit()
        there.quit()


def test_virtio_mem(tmp):
    """What is plugged is plugged there, at the cost of nothing."""
    def args(first):
        return [*SHARED, "-m", "64M,maxmem=4G", "-object",
                "memory-backend-memfd,id=m0,size=1G,share=on,reserve=off",
                "-device", "virtio-mem-pci,id=v0,memdev=m0,block-size=2M,addr=8"
                + first]
    machine = Machine(tmp, *args(",memaddr=0x100000000"), machine=MACHINE)
    runs_on(machine, 0)
    machine.command("cont")
    before = machine.command("query-memory-devices")
    machine, info = hand_over(tmp, machine, *args(""))
    assert machine.command("query-memory-devices") == before
    assert info["ram"]["transferred"] < MIB
    machine.quit()


def test_other_memory(tmp):
    """A block that is listed but was not handed over is refused by name."""
    file = ["-object", f"memory-backend-file,id=ram0,size=64M,share=on,"
            f"mem-path={tmp}/ram"]
    for here, there in (file, SHARED), (SHARED, file):
        with Machine(tmp, *here, machine=MACHINE) as source:
            runs_on(source, 0)
            source.command("cont")
            source.enable("return-path")
            mode(source)
            target = Waiting(tmp, *there, main="defer")
            source.command("migrate", channels=target.channels())
            with target.ready() as other:
                other.enable("return-path")
                other.command("migrate-incoming", uri=f"unix:{target.main}",
                              **{"exit-on-error": False})
                other.wait_for("failed")
                assert "RAM block 'ram0' is not the source's" in \
                    other.errors(), other.errors()
                other.quit()
            source.wait_for("failed")
            runs_on(source, 0)
            source.quit()


# --- what is refused, and what fails ------------------------------------------

def test_refused(tmp):
    channels = [socket_channel("main", f"{tmp}/m"),
                socket_channel("cpr", f"{tmp}/c")]
    with Machine(tmp) as source:
        # RAM of its own cannot be handed over; it says so beforehand.
        assert "blocked-reasons" not in source.command("query-migrate")
        mode(source)
        reasons = source.command("query-migrate")["blocked-reasons"]
        want = ("Memory region riscv_virt_board.ram is not compatible with "
                "CPR. share=on is required for memory-backend objects, and "
                "aux-ram-share=on is required.")
        assert want in reasons, reasons
        assert "is not compatible with CPR" in source.refused(
            "migrate", channels=channels)
        mode(source, "normal")
        assert "blocked-reasons" not in source.command("query-migrate")
        source.quit()
    with Machine(tmp, *SHARED, machine=MACHINE) as source:
        mode(source)
        assert source.refused("migrate", uri=f"unix:{tmp}/m") == \
            "missing 'cpr' migration channel"
        assert source.refused("migrate", channels=channels[1:]) == \
            "Channel list has no main entry"
        assert source.refused("migrate", channels=channels + channels[:1]) == \
            "Channel list has more than one main entry"
        assert source.refused("migrate", uri=f"file:{tmp}/f") == \
            "Migration requires streamable transport (eg unix)"
        cpr = {"channel-type": "cpr", "addr": {
            "transport": "socket", "type": "inet", "host": "localhost",
            "port": "1"}}
        assert source.refused("migrate", channels=[channels[0], cpr]) == \
            "bad cpr channel address; must be unix"
        source.wait_for("failed")
        # Nobody is there.
        assert "Failed to connect" in source.refused("migrate",
                                                     channels=channels)
        source.wait_for("failed")
        runs_on(source, 0)
        source.quit()


def command(path, *args):
    """A destination that will not come up."""
    return [BINARY, "-M", MACHINE, *SHARED, "-m", "64M", "-nodefaults",
            "-display", "none", *args, "-incoming",
            json.dumps(socket_channel("cpr", path))]


def test_only_cpr(tmp):
    """The channel for descriptors is of no use alone."""
    done = subprocess.run(command(f"{tmp}/c"), stderr=subprocess.PIPE,
                          check=False, text=True, timeout=TIMEOUT)
    assert done.returncode == 1 and "one of the type 'main'" in done.stderr, (
        done)


class Peer:
    """Somebody who is no emulator at the other end."""

    def __init__(self, path, source=False):
        self.listener = None
        if not source:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            self.listener.listen(1)
            self.listener.settimeout(TIMEOUT)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(path)

    def accept(self):
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(TIMEOUT)

    def read_all(self):
        data, fds = b"", []
        while True:
            got, more, _, _ = socket.recv_fds(self.socket, 4096, 64)
            fds += more
            if not got:
                return data, fds
            data += got


def test_destination_goes(tmp):
    """It takes the descriptors and dies: the guest goes on."""
    with Machine(tmp, *SHARED, machine=MACHINE) as source:
        runs_on(source, 0)
        source.command("cont")
        mode(source)
        for _ in range(2):
            path = f"{tmp}/peer{Machine.number}"
            Machine.number += 1
            peer = Peer(path)
            source.command("migrate", channels=[
                socket_channel("main", f"{tmp}/nobody"),
                socket_channel("cpr", path)])
            peer.accept()
            data, fds = peer.read_all()
            assert data[:8] == b"QCPR\0\0\0\1" and b"ram0\0" in data, data
            inodes = {str(os.fstat(fd).st_ino) for fd in fds}
            for fd in fds:
                os.close(fd)
            assert set().union(*memfds(source).values()) <= inodes
            assert source.command("query-migrate")["status"] == "setup"
            peer.socket.close()
            source.wait_for("failed")
            runs_on(source, 0)
            source.command("cont")
        # Then all goes well.
        source, _ = hand_over(tmp, source, *SHARED)
        source.quit()


def test_cancel(tmp):
    """... while it waits for the other side, which never gets ready."""
    with Machine(tmp, *SHARED, machine=MACHINE) as source:
        path = f"{tmp}/peer"
        peer = Peer(path)
        mode(source)
        source.command("migrate", channels=[
            socket_channel("main", f"{tmp}/nobody"),
            socket_channel("cpr", path)])
        peer.accept()
        peer.read_all()
        source.command("migrate_cancel")
        source.wait_for("cancelled")
        runs_on(source, 0)
        source.command("cont")
        source, _ = hand_over(tmp, source, *SHARED)
        source.quit()


def test_stream_fails(tmp):
    """The destination does not take the devices: the source has stopped its
    guest by then, and lets it go on."""
    with Machine(tmp, *SHARED, "-device", "virtio-rng-pci,addr=9",
                 machine=MACHINE) as source:
        target = Waiting(tmp, *SHARED, main="defer")
        mode(source)
        source.enable("return-path")
        source.command("migrate", channels=target.channels())
        there = target.ready()
        there.enable("return-path")
        there.command("migrate-incoming", uri=f"unix:{target.main}",
                      **{"exit-on-error": False})
        source.wait_for("failed")
        there.wait_for("failed")
        assert "0000:00:09.0/" in there.errors(), there.errors()
        there.quit()
        runs_on(source, 0)
        source.quit()


def bad_states():
    """What is no state, and the message."""
    good = b"QCPR\0\0\0\1"

    def fd(name, number=0):
        return (b"\1" + struct.pack(">I", len(name)) + name +
                struct.pack(">i", number))
    yield b"", False, "CPR channel"
    yield b"QEVM\0\0\0\3", False, "bad magic 5145564d"
    yield b"QCPR\0\0\0\2", False, "Unsupported migration stream version 2"
    yield good + b"\1\xff\xff\xff\xff", False, "short name"
    yield good + b"\1\0\0\0\0", False, "short name"
    yield good + fd(b"ram0\0") + b" \0", False, "a descriptor is missing"
    yield good + fd(b"ram0") + b" \0", True, "no name"
    yield good + fd(b"ram0\0"), False, "CPR channel"


def test_bad_state(tmp):
    """Who brings no state is told of and closed; then the source comes."""
    with Machine(tmp, *SHARED, machine=MACHINE) as source:
        count = runs_on(source, 0)
        source.command("cont")
        target = Waiting(tmp, *SHARED)
        for data, has_fd, _ in bad_states():
            peer = Peer(target.cpr, source=True)
            if has_fd:
                peer.socket.sendall(data[:-2])
                with open(f"{tmp}/file", "wb") as file:
                    socket.send_fds(peer.socket, [data[-2:-1]],
                                    [file.fileno()])
                data = data[-1:]
            peer.socket.sendall(data)
            peer.socket.shutdown(socket.SHUT_WR)
            peer.socket.settimeout(TIMEOUT)
            try:
                assert peer.socket.recv(1) == b""
            except ConnectionResetError:
                pass
            peer.socket.close()
        mode(source)
        source.command("migrate", channels=target.channels())
        source.wait_for("completed")
        there = target.ready()
        there.wait_for("completed")
        errors = there.errors()
        for _, _, text in bad_states():
            assert text in errors, (text, errors)
        assert errors.count("is closed:") == len(list(bad_states())), errors
        source.quit()
        runs_on(there, count)
        there.quit()


# --- over a restart -----------------------------------------------------------

def test_reboot(tmp):
    """RAM stays in a file that both know, the rest goes to another file."""
    ram = ["-object", f"memory-backend-file,id=ram0,size=64M,share=on,"
           f"mem-path={tmp}/ram"]
    board = "virt,memory-backend=ram0"
    with Machine(tmp, *ram, machine=board) as source:
        runs_on(source, 0)
        source.command("cont")
        mode(source, "cpr-reboot")
        source.enable("x-ignore-shared")
        source.command("migrate", uri=f"file:{tmp}/state")
        info = source.wait_for("completed")
        count = source.check()
        # Flash, and a bit.
        assert os.path.getsize(f"{tmp}/state") < 4 * MIB, info
        source.quit()
    with Machine(tmp, *ram, "-incoming", "defer", machine=board) as target:
        mode(target, "cpr-reboot")
        target.enable("x-ignore-shared")
        target.command("migrate-incoming", uri=f"file:{tmp}/state")
        target.wait_for("completed")
        runs_on(target, count)
        target.quit()


def test_reboot_copies(tmp):
    """Without that, RAM is copied, once: the guest stops first."""
    with Machine(tmp) as source:
        runs_on(source, 0)
        source.command("cont")
        source.command("migrate-set-parameters", **{
            "max-bandwidth": MIB, "mode": "cpr-reboot"})
        source.command("migrate", uri=f"file:{tmp}/state")
        source.event("STOP")
        count = source.check()
        source.command("migrate-set-parameters", **{"max-bandwidth": 0})
        info = source.wait_for("completed")
        assert info["ram"]["normal"] + info["ram"]["duplicate"] >= 16384
        assert source.check() == count
        source.quit()
    with Machine(tmp, "-incoming", f"file:{tmp}/state") as target:
        target.wait_for("completed")
        runs_on(target, count)
        target.quit()


def test_conflicts(tmp):
    """QEMU's texts."""
    with Machine(tmp, *SHARED, machine=MACHINE) as machine:
        known = {c["capability"] for c in
                 machine.command("query-migrate-capabilities")}
        for cap, what in (("postcopy-ram", "postcopy"),
                          ("background-snapshot", "background snapshot")):
            assert cap in known
            mode(machine, "normal")
            message = {"capabilities": [{"capability": cap, "state": True}]}
            try:
                machine.command("migrate-set-capabilities", **message)
            except Exception:  # pylint: disable=broad-except
                continue
            for name in ("cpr-reboot", "cpr-transfer"):
                mode(machine, name)
                text = machine.refused("migrate", channels=[
                    socket_channel("main", f"{tmp}/m"),
                    socket_channel("cpr", f"{tmp}/c")])
                assert text == f"Cannot use {what} with CPR", text
            message["capabilities"][0]["state"] = False
            machine.command("migrate-set-capabilities", **message)
        os.kill(machine.process.pid, signal.SIGTERM)
        machine.process.wait(TIMEOUT)


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
