#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A running guest moves between processes, over each transport and with each
capability; what is refused; streams that are cut short or changed.

The guest counts in a word of each of 512 pages, page after page, on each hart.
Wherever it is stopped, the first pages have one more than the others: a page
that was lost or came late shows as another pattern, for ever.

    migration.py EMULATOR
"""
import json
import os
import pathlib
import random
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed, Qmp  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

BINARY = sys.argv[1]
TIMEOUT = 120
PAGES = 512
RAM = 0x80000000
COUNTERS = 0x80200000
PER_HART = 1 << 24

# auipc a0, 0x200; csrr t4, mhartid; slli t4, t4, 24; add a0, a0, t4
# lui t3, 1
# loop:  mv t0, a0; li t1, 512
# inner: ld t2, 0(t0); addi t2, t2, 1; sd t2, 0(t0); add t0, t0, t3
#        addi t1, t1, -1; bnez t1, inner; j loop
PROGRAM = struct.pack(
    "<14I", 0x00200517, 0xf1402ef3, 0x018e9e93, 0x01d50533, 0x00001e37,
    0x00050293, 0x20000313, 0x0002b383, 0x00138393, 0x0072b023, 0x01c282b3,
    0xfff30313, 0xfe0316e3, 0xfe1ff06f)


class Machine(Qmp):
    """An emulator with a QMP connection."""
    number = 0

    @staticmethod
    def boot(program):
        return ["-bios", program]

    def __init__(self, tmp, *args, machine="virt", **kwargs):
        Machine.number += 1
        self.base = f"{tmp}/{Machine.number}"
        program = pathlib.Path(tmp, "program")
        program.write_bytes(PROGRAM)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.base + ".qmp")
        listener.listen(1)
        listener.settimeout(TIMEOUT)
        self.stderr = open(self.base + ".err", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [BINARY, "-M", machine, "-m", "64M", *self.boot(program),
             "-nodefaults", "-display", "none", "-qmp",
             f"unix:{self.base}.qmp", *args], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self.stderr, **kwargs)
        connection, _ = listener.accept()
        connection.settimeout(TIMEOUT)
        self.connection = connection
        super().__init__(connection.makefile("rwb"))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        errors = self.errors()
        self.stderr.close()
        # One that is killed has no status to tell by.
        assert exc[0] or "Sanitizer: " not in errors, errors

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read()

    def status(self):
        return self.command("query-status")["status"]

    def wait_for(self, *wanted):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            info = self.command("query-migrate")
            if info.get("status") in wanted:
                return info
            time.sleep(0.01)
        raise AssertionError(f"{info}; {self.errors()}")

    def pass_fd(self, fd, name, /, **arguments):
        """A command that comes with a descriptor."""
        message = {"execute": name, "arguments": arguments}
        socket.send_fds(self.connection, [json.dumps(message).encode()], [fd])
        return self.result()

    def enable(self, *capabilities):
        self.command("migrate-set-capabilities", capabilities=[
            {"capability": c, "state": True} for c in capabilities])

    def counters(self, hart=0):
        path = self.base + ".ram"
        self.command("pmemsave", val=COUNTERS + hart * PER_HART,
                     size=PAGES * 4096, filename=path)
        data = pathlib.Path(path).read_bytes()
        return [struct.unpack_from("<Q", data, page * 4096)[0]
                for page in range(PAGES)]

    def check(self, harts=1, least=0):
        """Stopped: the pattern is right. The smallest count."""
        found = []
        for hart in range(harts):
            got = self.counters(hart)
            first = got[-1]
            changes = [a - b for a, b in zip(got, got[1:]) if a != b]
            assert changes in ([], [1]) and got[0] - first in (0, 1), (
                hart, got)
            found.append(first)
        assert min(found) >= least, (found, least)
        return min(found)

    def quit(self):
        self.command("quit")
        # The sanitizer's own look for leaks crashes once in thousands of
        # times, in a thread that is just ending.
        assert self.process.wait(TIMEOUT) == 0 or \
            "LeakSanitizer has encountered a fatal error" in self.errors(), \
            self.errors()


def runs_on(machine, before, harts=1):
    """The guest counts here; stops it; its count."""
    end = time.monotonic() + TIMEOUT
    assert machine.status() == "running", machine.status()
    while True:
        time.sleep(0.02)
        machine.command("stop")
        count = machine.check(harts, before)
        if count > before:
            return count
        assert time.monotonic() < end, (count, before)
        machine.command("cont")


# --- transports ---------------------------------------------------------------

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def hop(tmp, source, uri, incoming=None, harts=1, capabilities=(), **kwargs):
    """Migrates the running guest; the machine where it is."""
    first = uri.startswith(("unix:", "tcp:", "fd:"))
    args = ["-smp", str(harts)]
    if not first:
        source.command("migrate", uri=uri)
        source.wait_for("completed")
        count = source.check(harts)
    target = Machine(tmp, *args, "-incoming", "defer", **kwargs)
    if capabilities:
        target.enable(*capabilities)
    target.command("migrate-incoming", uri=incoming or uri)
    if first:
        assert target.status() == "inmigrate"
        source.command("migrate", uri=uri)
        source.wait_for("completed")
        count = source.check(harts)
    target.wait_for("completed")
    assert source.status() == "postmigrate", source.status()
    assert "previous migration" in source.refused("migrate", uri="file:/no")
    source.quit()
    runs_on(target, count, harts)
    target.command("cont")
    return target


def start(tmp, harts=1):
    machine = Machine(tmp, "-smp", str(harts))
    runs_on(machine, 0, harts)
    machine.command("cont")
    return machine


def transports(tmp, harts):
    machine = start(tmp, harts)
    machine = hop(tmp, machine, f"unix:{tmp}/sock", harts=harts)
    port = free_port()
    machine = hop(tmp, machine, f"tcp:127.0.0.1:{port}", harts=harts)
    machine = hop(tmp, machine, f"file:{tmp}/stream", harts=harts)
    machine = hop(tmp, machine, f"exec:cat > {tmp}/stream2",
                  f"exec:cat {tmp}/stream2", harts=harts)
    machine.quit()


def test_reset_afterwards(tmp):
    """A reset loads what the machine starts from: not before the guest is
    there, and then as if it had always been there."""
    image, at = pathlib.Path(tmp, "image"), 0x83000000
    image.write_bytes(b"as at the start!")
    loader = ["-device", f"loader,file={image},addr={at:#x},force-raw=on"]

    def found(machine):
        machine.command("pmemsave", val=at, size=16, filename=f"{tmp}/found")
        return pathlib.Path(tmp, "found").read_bytes()
    source = start(tmp)
    source.command("migrate", uri=f"file:{tmp}/stream")
    source.wait_for("completed")
    source.quit()
    with Machine(tmp, *loader, "-S", "-incoming", "defer") as target:
        target.command("migrate-incoming", uri=f"file:{tmp}/stream")
        target.wait_for("completed")
        assert found(target) == bytes(16), found(target)
        target.command("system_reset")
        target.event("RESET")
        assert found(target) == image.read_bytes(), found(target)
        target.quit()


def test_transports(tmp):
    transports(tmp, 1)


def test_two_harts(tmp):
    transports(tmp, 2)


def test_there_and_back(tmp):
    machine = start(tmp, 2)
    for i in range(6):
        machine = hop(tmp, machine, f"unix:{tmp}/sock{i}", harts=2)
    machine.quit()


def test_file_offset(tmp):
    """What is before the offset stays; channels in place of a URI."""
    path = f"{tmp}/stream"
    pathlib.Path(path).write_bytes(b"x" * 100000)
    with start(tmp) as source:
        source.command("migrate", uri=f"file:{path},offset=4k")
        source.wait_for("completed")
        count = source.check()
        source.quit()
    data = pathlib.Path(path).read_bytes()
    assert data[:4096] == b"x" * 4096 and data[4096:4104] == b"QEVM\0\0\0\3"
    channel = {"channel-type": "main", "addr": {
        "transport": "file", "filename": path, "offset": 4096}}
    with Machine(tmp, "-incoming", json.dumps(channel)) as target:
        target.wait_for("completed")
        runs_on(target, count)
        target.quit()


def test_fd(tmp):
    """A descriptor that came with getfd, one that was inherited, a set."""
    a, b = socket.socketpair()
    with Machine(tmp) as source, \
            Machine(tmp, "-incoming", f"fd:{b.fileno()}",
                    pass_fds=[b.fileno()]) as target:
        source.pass_fd(a.fileno(), "getfd", fdname="there")
        a.close()
        b.close()
        source.command("migrate", uri="fd:there")
        source.wait_for("completed")
        target.wait_for("completed")
        runs_on(target, source.check())
        source.quit()
        with open(f"{tmp}/stream", "wb") as file:
            fdset = target.pass_fd(file.fileno(), "add-fd")["fdset-id"]
        target.command("migrate", uri=f"file:/dev/fdset/{fdset}")
        target.wait_for("completed")
        target.quit()
    status, errors = load(tmp, pathlib.Path(tmp, "stream").read_bytes())
    assert status == "completed", errors


# --- capabilities and parameters ----------------------------------------------

def test_events(tmp):
    with start(tmp) as source:
        source.enable("events", "pause-before-switchover")
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("pre-switchover")
        assert source.status() == "finish-migrate"
        assert "not finalized" in source.refused("cont")
        assert "expected state" in source.refused("migrate-continue",
                                                  state="device")
        source.command("migrate-continue", state="pre-switchover")
        source.wait_for("completed")
        while "completed" not in str(source.events):
            source.status()
        got = [e["data"]["status"] for e in source.events
               if e["event"] == "MIGRATION"]
        assert got == ["setup", "active", "pre-switchover", "device",
                       "completed"], got
        passes = [e["data"]["pass"] for e in source.events
                  if e["event"] == "MIGRATION_PASS"]
        assert passes == list(range(1, len(passes) + 1)) and passes, passes
        info = source.command("query-migrate")
        assert info["ram"]["dirty-sync-count"] == len(passes), info
        assert info["ram"]["total"] >= 64 << 20, info
        assert info["ram"]["remaining"] == 0, info
        size = os.path.getsize(f"{tmp}/stream")
        assert info["ram"]["transferred"] == size, (info, size)
        text = source.hmp("info migrate")
        assert "Migration status: completed" in text, text
        source.quit()


def test_return_path(tmp):
    with start(tmp) as source:
        source.enable("return-path")
        target = hop(tmp, source, f"unix:{tmp}/sock",
                     capabilities=["return-path"])
        target.quit()
    with start(tmp) as source:
        source.enable("return-path")
        source.command("migrate", uri=f"file:{tmp}/stream")
        info = source.wait_for("failed")
        assert "needs a socket" in info["error-desc"], info
        runs_on(source, 1)
        source.quit()


def test_return_path_tells_of_failure(tmp):
    """The guest goes on where it was when the other side could not load it."""
    with start(tmp) as source, Machine(
            tmp, "-incoming", "defer", "-m", "32M") as target:
        source.enable("return-path")
        target.command("migrate-incoming", uri=f"unix:{tmp}/sock",
                       **{"exit-on-error": False})
        source.command("migrate", uri=f"unix:{tmp}/sock")
        info = target.wait_for("failed")
        assert "load of migration failed" in info["error-desc"], info
        assert "'ram'" in info["error-desc"], info
        assert "riscv_virt_board.ram" in target.errors(), target.errors()
        source.wait_for("failed")
        runs_on(source, 1)
        source.quit()
        target.quit()


def test_validate_uuid(tmp):
    mine, other = "0" * 7 + "1", "0" * 7 + "2"
    rest = "-0000-0000-0000-000000000000"
    for uuid, fits in ((mine, True), (other, False)):
        with Machine(tmp, "-uuid", mine + rest) as source, Machine(
                tmp, "-uuid", uuid + rest, "-incoming", "defer") as target:
            source.enable("validate-uuid")
            target.enable("validate-uuid")
            target.command("migrate-incoming", uri=f"unix:{tmp}/s{uuid}",
                           **{"exit-on-error": False})
            source.command("migrate", uri=f"unix:{tmp}/s{uuid}")
            target.wait_for("completed" if fits else "failed")
            assert fits or "UUID received is" in target.errors()


def test_ignore_shared(tmp):
    """RAM in a file is not in the stream."""
    memory = ["-m", "64M", "-object",
              f"memory-backend-file,id=m,size=64M,mem-path={tmp}/ram,share=on",
              "-machine", "memory-backend=m"]
    with Machine(tmp, *memory) as source:
        source.enable("x-ignore-shared")
        runs_on(source, 0)
        source.command("cont")
        source.command("migrate", uri=f"file:{tmp}/stream")
        info = source.wait_for("completed")
        assert info["ram"]["normal"] < 200, info
        count = source.check()
        with Machine(tmp, *memory, "-incoming", "defer") as target:
            # Both sides must know.
            target.command("migrate-incoming", uri=f"file:{tmp}/stream",
                           **{"exit-on-error": False})
            target.wait_for("failed")
            assert "Capability x-ignore-shared is off, but received " \
                "capability is on" in target.errors(), target.errors()
        with Machine(tmp, *memory, "-incoming", "defer") as target:
            target.enable("x-ignore-shared")
            target.command("migrate-incoming", uri=f"file:{tmp}/stream")
            target.wait_for("completed")
            runs_on(target, count)


def test_refused_options(tmp):
    supported = {"events", "return-path", "pause-before-switchover",
                 "x-ignore-shared", "validate-uuid", "zero-blocks",
                 "late-block-activate", "mapped-ram",
                 "auto-converge", "release-ram", "multifd"}
    refused = {"xbzrle", "rdma-pin-all", "x-colo", "dirty-bitmaps",
               "dirty-limit", "zero-copy-send"}
    with Machine(tmp, machine="none") as m:
        for entry in m.command("query-migrate-capabilities"):
            name = entry["capability"]
            assert entry["state"] is False
            change = {"capabilities": [
                {"capability": "events", "state": False},
                {"capability": name, "state": True}]}
            if name in supported:
                m.command("migrate-set-capabilities", **change)
            elif name in refused:
                assert m.refused("migrate-set-capabilities", **change
                                 ).startswith(f"Capability '{name}' is not "
                                              "supported: ")
        defaults = m.command("query-migrate-parameters")
        assert defaults["max-bandwidth"] == 128 << 20
        assert defaults["downtime-limit"] == 300
        m.command("migrate-set-parameters", **{"downtime-limit": 7})
        assert "downtime-limit: 7 ms" in m.hmp("info migrate_parameters")
        assert not m.hmp("migrate_set_parameter max-bandwidth 2M")
        assert not m.hmp("migrate_set_parameter downtime-limit 8")
        assert not m.hmp("migrate_set_parameter xbzrle-cache-size 1M")
        assert not m.hmp("migrate_set_parameter tls-hostname 5")
        assert "Invalid size" in m.hmp("migrate_set_parameter max-bandwidth x")
        got = m.command("query-migrate-parameters")
        assert got["max-bandwidth"] == 2 << 20 and got["downtime-limit"] == 8
        assert got["xbzrle-cache-size"] == 1 << 20 and \
            got["tls-hostname"] == "5"
        for name, value, text in (
                ("downtime-limit", 2000001, "downtime_limit"),
                ("multifd-channels", 0, "multifd_channels"),
                ("xbzrle-cache-size", 5000, "power of two"),
                ("max-cpu-throttle", 10, "cpu_throttle_initial"),
                ("cpu-throttle-initial", 100, "range of 1 to 99"),
                ("cpu-throttle-increment", 0, "range of 1 to 99"),
                ("throttle-trigger-threshold", 101, "range of 1 to 100"),
                ("announce-initial", 100001, "between 0 and 100000"),
                ("announce-max", 100001, "between 0 and 100000"),
                ("announce-rounds", 1001, "between 0 and 1000"),
                ("announce-step", 0, "between 0 and 10000"),
                ("multifd-zlib-level", 10, "between 0 and 9"),
                ("multifd-zstd-level", 21, "between 0 and 20"),
                ("multifd-qatzip-level", 0, "between 1 and 9"),
                ("x-vcpu-dirty-limit-period", 1001, "between 1 and 1000"),
                ("vcpu-dirty-limit", 0, "greater than 1 MB/s"),
                ("tls-authz", "c", "'tls-authz' must be empty"),
                ("multifd-compression", "qatzip", "'qatzip'"),
                ("block-bitmap-mapping", [], "not supported")):
            got = m.refused("migrate-set-parameters", **{name: value})
            assert text in got, (name, got)
        assert "on" in m.hmp("info migrate_capabilities")
        m.quit()


def test_refused_uris(tmp):
    main = {"channel-type": "main", "addr": {
        "transport": "file", "filename": f"{tmp}/a", "offset": 0}}
    with Machine(tmp) as m:
        for arguments, text in (
                ({}, "need either 'uri' or 'channels'"),
                ({"uri": "x:y"}, "unknown migration protocol: x:y"),
                ({"uri": "rdma:h:1"}, "RDMA is not supported"),
                ({"uri": f"file:{tmp}/a,offset=x"}, "bad offset x"),
                ({"uri": f"file:{tmp}/none/a"}, "none/a"),
                ({"uri": "fd:nope"}, "nope"),
                ({"uri": f"file:{tmp}/a", "resume": True},
                 "no paused migration"),
                ({"uri": "x:y", "channels": [main]},
                 "need either 'uri' or 'channels'"),
                ({"channels": []}, "need either 'uri' or 'channels'"),
                ({"channels": [main, main]}, "more than one main entry"),
                ({"channels": [{**main, "channel-type": "cpr"}]},
                 "no main entry"),
                ({"channels": [{**main, "addr": {
                    "transport": "rdma", "host": "h", "port": "1"}}]},
                 "RDMA is not supported"),
                ({"channels": [{**main, "addr": {
                    "transport": "exec", "args": []}}]},
                 "at least its path")):
            assert text in m.refused("migrate", **arguments), arguments
        assert "'-incoming' was not specified" in m.refused(
            "migrate-incoming", uri=f"unix:{tmp}/s")
        # Nobody listens: it fails later, and the guest goes on.
        m.command("migrate", uri=f"unix:{tmp}/nobody")
        info = m.wait_for("failed")
        assert "nobody" in info["error-desc"], info
        runs_on(m, 0)
        m.quit()
    with Machine(tmp, "-incoming", "defer") as m:
        assert "waiting for an incoming" in m.refused(
            "migrate", uri=f"file:{tmp}/a")
        m.command("migrate-incoming", uri=f"tcp:127.0.0.1:{free_port()}")
        assert "already been started" in m.refused(
            "migrate-incoming", uri=f"unix:{tmp}/s")
        assert m.command("query-migrate")["socket-address"][0]["host"] == \
            "127.0.0.1"
        m.quit()
    done = subprocess.run(
        [BINARY, "-M", "none", "-nodefaults", "-display", "none", "-incoming",
         "x:y"], capture_output=True, text=True, check=False, timeout=TIMEOUT)
    assert done.returncode == 1 and "unknown migration protocol: x:y" in \
        done.stderr, done


def test_terminal(tmp):
    """Without -d, "migrate" in a terminal waits, and says what went wrong."""
    with Machine(tmp, "-monitor", f"unix:{tmp}/hmp,server=on,wait=off") \
            as source, socket.socket(socket.AF_UNIX) as terminal:
        source.command("migrate-set-parameters",
                       **{"max-bandwidth": 4 << 20,
                          "zero-page-detection": "none"})
        terminal.settimeout(TIMEOUT)
        terminal.connect(f"{tmp}/hmp")
        terminal.sendall(f"migrate unix:{tmp}/nobody\n"
                         f"migrate file:{tmp}/stream\n"
                         "info migrate\n".encode())
        source.wait_for("active")
        time.sleep(1)
        source.command("migrate-set-parameters", **{"max-bandwidth": 0})
        text = b""
        while b"setup: " not in text:
            text += terminal.recv(4096)
        assert b"nobody': No such file" in text, text
        assert b"Migration status: completed" in text, text
        source.quit()


# --- the source goes on -------------------------------------------------------

def test_cancel(tmp):
    """Given up at several moments; then it works after all."""
    with start(tmp) as source:
        source.enable("pause-before-switchover")
        for i in range(3):
            source.command("migrate-set-parameters",
                           **{"max-bandwidth": 100000 if i < 2 else 0})
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(f"{tmp}/s{i}")
            listener.listen(1)
            source.command("migrate", uri=f"unix:{tmp}/s{i}")
            connection, _ = listener.accept()
            if i == 1:
                source.wait_for("active")
            elif i == 2:
                drain(connection, source)
            assert "in progress" in source.refused("migrate", uri="file:/x")
            source.command("migrate_cancel")
            source.wait_for("cancelled")
            connection.close()
            runs_on(source, 1)
            source.command("cont")
        source.command("migrate-set-capabilities", capabilities=[
            {"capability": "pause-before-switchover", "state": False}])
        hop(tmp, source, f"unix:{tmp}/again").quit()


def test_cancel_debugged(tmp):
    """The debugger had stopped it: it stays stopped, and can go on."""
    with Machine(tmp, "-gdb", f"unix:{tmp}/gdb,server=on,wait=off") as source:
        source.enable("pause-before-switchover")
        with socket.socket(socket.AF_UNIX) as gdb:
            gdb.connect(f"{tmp}/gdb")
            gdb.sendall(b"$s#73")
            while source.status() != "debug":
                time.sleep(0.01)
            source.command("migrate", uri=f"file:{tmp}/stream")
            source.wait_for("pre-switchover")
            source.command("migrate_cancel")
            source.wait_for("cancelled")
            assert source.status() == "paused", source.status()
        source.command("cont")
        runs_on(source, 0)
        source.quit()


# The first time that it is flushed, this disk cannot be.
BAD_DISK = json.dumps({
    "driver": "blkdebug", "node-name": "disk",
    "image": {"driver": "null-co", "size": 1 << 20},
    "inject-error": [{"event": "flush_to_disk", "iotype": "flush",
                      "once": True}]})


def fails_to_leave(tmp, source):
    source.command("migrate", uri=f"file:{tmp}/stream")
    info = source.wait_for("completed", "failed")
    assert info["status"] == "failed", info
    assert "cannot be flushed: Input/output" in info["error-desc"], info


def test_flush_fails(tmp):
    """What the guest has written is not on its disk: it must not leave."""
    with Machine(tmp, "-blockdev", BAD_DISK) as source:
        fails_to_leave(tmp, source)
        runs_on(source, 0)
        source.command("cont")
        hop(tmp, source, f"file:{tmp}/stream2").quit()
    with Machine(tmp, "-S", "-blockdev", BAD_DISK) as source:
        fails_to_leave(tmp, source)
        assert source.status() == "prelaunch", source.status()
        source.command("migrate", uri=f"file:{tmp}/stream3")
        source.wait_for("completed")


def drain(connection, source):
    """Reads until the source waits before the switchover."""
    connection.setblocking(False)
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        try:
            connection.recv(1 << 20)
        except BlockingIOError:
            if source.command("query-migrate")["status"] == "pre-switchover":
                return
            time.sleep(0.01)
    raise AssertionError("no switchover")


def test_connection_lost(tmp):
    """The other side goes away after so many bytes."""
    draw = random.Random(1)
    with start(tmp) as source:
        for i in range(12):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(f"{tmp}/s{i}")
            listener.listen(1)
            source.command("migrate", uri=f"unix:{tmp}/s{i}")
            connection, _ = listener.accept()
            left = draw.choice([0, 1, 50, 1000, 100000, 2000000])
            while left:
                left -= len(connection.recv(min(left, 65536)))
            connection.close()
            listener.close()
            source.wait_for("failed")
            runs_on(source, 1)
            source.command("cont")
        source.quit()


def test_bandwidth(tmp):
    """No faster than allowed; changed meanwhile."""
    with Machine(tmp, "-smp", "1") as source:
        source.command("migrate-set-parameters",
                       **{"max-bandwidth": 1 << 20,
                          "zero-page-detection": "none"})
        source.command("migrate", uri=f"file:{tmp}/stream")
        time.sleep(1)
        sent = source.command("query-migrate")["ram"]["transferred"]
        assert sent < 6 << 20, sent
        assert source.status() == "running"
        source.command("migrate-set-parameters", **{"max-bandwidth": 0})
        source.wait_for("completed")
        assert os.path.getsize(f"{tmp}/stream") > 64 << 20
        source.quit()


def test_device_add_refused(tmp):
    with Machine(tmp, "-device", "pcie-root-port,id=rp0,chassis=1", "-device",
                 "pcie-root-port,id=rp1,chassis=2", "-device",
                 "virtio-rng-pci,id=r0,bus=rp0") as source:
        source.command("migrate-set-parameters", **{"max-bandwidth": 1000})
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("active")
        got = source.refused("device_add", driver="virtio-rng-pci", id="r",
                             bus="rp1")
        assert "device_add not allowed while migrating" in got, got
        got = source.refused("device_del", id="r0")
        assert "device_del not allowed while migrating" in got, got
        assert "in progress" in source.refused(
            "migrate-set-capabilities", capabilities=[])
        source.quit()


def test_device_add_refused_there(tmp):
    """While it is loaded, which waits for more; not before, nor afterwards."""
    devices = ["-device", "pcie-root-port,id=rp0,chassis=1", "-device",
               "pcie-root-port,id=rp1,chassis=2", "-device",
               "virtio-rng-pci,id=r0,bus=rp0"]
    rng = {"driver": "virtio-rng-pci", "id": "r1", "bus": "rp1"}
    with Machine(tmp, *devices, "-incoming", "defer") as target, \
            socket.socket(socket.AF_UNIX) as stream:
        target.command("migrate-incoming", uri=f"unix:{tmp}/s",
                       **{"exit-on-error": False})
        stream.connect(f"{tmp}/s")
        target.wait_for("active")
        assert "device_add not allowed while migrating" in target.refused(
            "device_add", **rng)
        assert "device_del not allowed while migrating" in target.refused(
            "device_del", id="r0")
        stream.close()
        target.wait_for("failed")
        target.command("device_add", **rng)
        target.quit()


def test_states(tmp):
    """A guest that was stopped arrives stopped; -S stops it there."""
    for stopped, args, wanted in ((True, [], "paused"),
                                  (False, ["-S"], "paused"),
                                  (False, [], "running")):
        path = f"{tmp}/{stopped}{len(args)}"
        with start(tmp) as source:
            if stopped:
                source.command("stop")
            source.command("migrate", uri=f"file:{path}")
            source.wait_for("completed")
            count = source.check()
        with Machine(tmp, *args, "-incoming", f"file:{path}") as target:
            target.wait_for("completed")
            assert target.status() == wanted, (target.status(), wanted)
            if wanted == "paused":
                target.check(least=count)
                target.command("cont")
            runs_on(target, count)
            target.quit()


# --- hostile streams ----------------------------------------------------------

def load(tmp, data):
    """Tries to load a stream: "completed" or "failed", and the messages."""
    path = pathlib.Path(tmp, "hostile")
    path.write_bytes(data)
    with Machine(tmp, "-S", "-incoming", "defer") as target:
        target.command("migrate-incoming", uri=f"file:{path}",
                       **{"exit-on-error": False})
        status = target.wait_for("completed", "failed")["status"]
        target.quit()
        return status, target.errors()


# Commands, which may stand behind the configuration.
OPEN_RETURN_PATH = b"\x08\0\1\0\0"
PING = b"\x08\0\2\0\4\0\0\0\1"


def small_stream(tmp):
    with Machine(tmp, "-S") as source:
        source.command("migrate", uri=f"file:{tmp}/small")
        source.wait_for("completed")
    return pathlib.Path(tmp, "small").read_bytes()


def test_bad_streams(tmp):
    good = small_stream(tmp)
    for data, text in (
            (b"", "cannot be read"),
            (b"QEVX" + good[4:], "Not a migration stream"),
            (good[:7] + b"\2" + good[8:], "obsolete"),
            (good[:7] + b"\4" + good[8:], "Unsupported migration stream"),
            (good[:8] + b"\1" + good[9:], "Configuration section missing"),
            (good.replace(b"\4virt", b"\4spik", 1),
             "Machine type received is 'spik' and local is 'virt'"),
            (good.replace(b"\3ram", b"\3rim", 1),
             "Unknown savevm section or instance 'rim' 0"),
            (good.replace(b"riscv_virt_board.ram", b"riscv_virt_board.rum", 1),
             'Unknown ramblock "riscv_virt_board.rum"'),
            (good[:len(good) // 3], "error while loading state"),
            (good[:len(good) - 5], "the description cannot be read"),
            (good[:25], "cannot be read"),
            (good[:17] + PING, "CMD_PING (0x1) received with no return path"),
            (good[:17] + 2 * OPEN_RETURN_PATH, "RP already open")):
        status, errors = load(tmp, data)
        assert status == "failed" and text in errors, (status, text, errors)
        assert "load of migration failed" in errors, errors


def test_mutated_streams(tmp):
    """An error or a machine, but no crash. Short: the unit test has more."""
    good = small_stream(tmp)
    ends = random.Random(2)
    state = good.rfind(b'{"configuration"')
    for _ in range(12):
        data = bytearray(good)
        for _ in range(ends.randrange(1, 4)):
            where = (ends.randrange(max(0, state - 3000), state)
                     if ends.random() < .8 else ends.randrange(len(data)))
            data[where] = ends.randrange(256)
        load(tmp, bytes(data))


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
