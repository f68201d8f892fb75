#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""multifd: a running guest moves over several channels, in plain or compressed;
what the channels have, read by other code; faults and what does not fit.

    migration_multifd.py EMULATOR [TEST]...
"""
import pathlib
import random
import socket
import struct
import sys
import threading
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from migration import (COUNTERS, PAGES, RAM, TIMEOUT, Machine,  # noqa: E402
                       free_port, runs_on, start)
from tap import run_tap, tests_of  # noqa: E402

MAGIC = 0x11223344
INIT = struct.Struct(">II16sB7s32s")
HEADER = struct.Struct(">IIIIIIQII24s256s")
ROOM = 128
SYNC, ZLIB = 1, 2


def setup(machine, **parameters):
    machine.enable("multifd", *parameters.pop("capabilities", ()))
    machine.command("migrate-set-parameters", **{
        name.replace("_", "-"): value for name, value in parameters.items()})


def move(tmp, source, uri, **parameters):
    """To another process; that, and what was counted."""
    target = Machine(tmp, "-incoming", "defer")
    setup(source, **parameters)
    setup(target, **parameters)
    target.command("migrate-incoming", uri=uri)
    source.command("migrate", uri=uri)
    info = source.wait_for("completed", "failed")
    assert info["status"] == "completed", (info, target.errors())
    target.wait_for("completed")
    count = source.check()
    source.quit()
    runs_on(target, count)
    target.command("cont")
    return target, info["ram"]


# --- it works -----------------------------------------------------------------

def test_ways(tmp):
    machine = start(tmp)
    sent = {}
    for number, (channels, compression, zeros, capabilities) in enumerate((
            (2, "none", "multifd", []), (1, "none", "legacy", []),
            (16, "none", "none", ["return-path"]),
            (3, "zlib", "multifd", []), (4, "zstd", "legacy", []),
            (2, "zstd", "none", ["return-path", "events"]),
            (255, "none", "multifd", []))):
        uri = f"unix:{tmp}/s{number}" if number % 2 else \
            f"tcp:127.0.0.1:{free_port()}"
        machine, ram = move(tmp, machine, uri, multifd_channels=channels,
                            multifd_compression=compression,
                            zero_page_detection=zeros,
                            capabilities=capabilities)
        assert ram["multifd-bytes"] > 64 * channels, ram
        assert ram["multifd-bytes"] < ram["transferred"], ram
        if zeros == "none":
            assert ram["duplicate"] == 0, ram
            sent[compression] = ram["multifd-bytes"]
        else:
            assert ram["duplicate"] > 10000, ram
        assert ram["duplicate"] + ram["normal"] >= ram["total"] // 4096, ram
    assert sent["none"] > 64 << 20 and sent["zstd"] < sent["none"] / 10, sent
    machine.quit()


def test_zlib_levels(tmp):
    machine = start(tmp)
    sent = {}
    for level in 0, 1:
        machine, ram = move(tmp, machine, f"unix:{tmp}/s{level}",
                            multifd_compression="zlib",
                            multifd_zlib_level=level,
                            zero_page_detection="none")
        sent[level] = ram["multifd-bytes"]
    assert sent[1] * 10 < 64 << 20 < sent[0], sent
    machine.quit()


def test_limited(tmp):
    """The limit holds for the channels, too; and it can be cancelled."""
    with start(tmp) as source, Machine(tmp, "-incoming", "defer") as target:
        setup(source, max_bandwidth=1 << 20, zero_page_detection="none")
        setup(target)
        target.command("migrate-incoming", uri=f"unix:{tmp}/s",
                       **{"exit-on-error": False})
        begin = time.monotonic()
        source.command("migrate", uri=f"unix:{tmp}/s")
        while True:
            ram = source.command("query-migrate").get("ram", {})
            if ram.get("multifd-bytes", 0) > 2 << 20:
                break
            assert time.monotonic() < begin + TIMEOUT, ram
        # What is in the queues of the channels may be over it.
        assert ram["multifd-bytes"] < ((time.monotonic() - begin + 1) * 2
                                       + 8) * (1 << 20), ram
        source.command("migrate_cancel")
        source.wait_for("cancelled")
        target.wait_for("failed")
        runs_on(source, 1)
        source.command("cont")
        source.command("migrate-set-parameters", **{"max-bandwidth": 0})
        machine, _ = move(tmp, source, f"unix:{tmp}/s2")
        machine.quit()
        target.quit()


# --- the format, read by other code -------------------------------------------

class Reader:
    """A destination that keeps all that comes: the main stream's bytes, and of
    each channel the packets."""

    def __init__(self, path, channels):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(channels + 1)
        self.main = b""
        self.channels = {}
        self.failures = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.read)
                        for _ in range(channels + 1)]
        for thread in self.threads:
            thread.start()

    def read(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as file:
            first = file.peek(4)[:4]
            if first == b"QEVM":
                self.main = file.read()
                return
            try:
                number, packets = self.read_channel(file)
            except (AssertionError, struct.error) as why:
                self.failures.append(why)
                return
            with self.lock:
                assert number not in self.channels
                self.channels[number] = packets

    @staticmethod
    def read_channel(file):
        magic, version, uuid, number, *_ = INIT.unpack(file.read(INIT.size))
        assert (magic, version, uuid) == (MAGIC, 1, bytes(16)), magic
        inflate = zlib.decompressobj()
        packets = []
        while True:
            header = file.read(HEADER.size)
            if not header:
                return number, packets
            (magic, version, flags, room, normal, size, _, zero, _, _,
             name) = HEADER.unpack(header)
            offsets = struct.unpack(f">{ROOM}Q", file.read(8 * ROOM))
            assert (magic, version) == (MAGIC, 1), magic
            data = file.read(size)
            assert len(data) == size
            if flags & SYNC:
                assert (flags, room, normal, size, zero) == (1, 0, 0, 0, 0)
                packets.append(None)
                continue
            assert room == ROOM and 0 < normal + zero <= ROOM
            assert flags in (0, ZLIB), flags
            if flags == ZLIB and data:
                data = inflate.decompress(data)
            assert len(data) == normal * 4096, (len(data), normal)
            pages = {offset: data[i * 4096:(i + 1) * 4096] for i, offset
                     in enumerate(offsets[:normal])}
            pages.update((offset, bytes(4096)) for offset
                         in offsets[normal:normal + zero])
            assert len(pages) == normal + zero
            packets.append((name.rstrip(b"\0").decode(), pages))

    def wait(self):
        for thread in self.threads:
            thread.join(TIMEOUT)
        self.listener.close()
        assert not self.failures, self.failures

    def memory(self, block):
        """As it is after all rounds; no page may be twice in one."""
        rounds = {number: self.rounds(packets)
                  for number, packets in self.channels.items()}
        counts = {len(r) for r in rounds.values()}
        assert len(counts) == 1, counts
        pages = {}
        for i in range(counts.pop()):
            fresh = {}
            for r in rounds.values():
                for name, some in r[i]:
                    assert i > 0, "pages before the first SYNC"
                    if name == block:
                        assert not fresh.keys() & some.keys()
                        fresh.update(some)
            pages.update(fresh)
        return pages

    @staticmethod
    def rounds(packets):
        found = [[]]
        for packet in packets:
            if packet is None:
                found.append([])
            else:
                found[-1].append(packet)
        assert not found[-1], "pages after the last SYNC"
        return found[:-1]


def test_format(tmp):
    for channels, compression in (1, "none"), (3, "none"), (2, "zlib"):
        path = f"{tmp}/{channels}{compression}"
        with start(tmp) as source:
            reader = Reader(path, channels)
            setup(source, multifd_channels=channels,
                  multifd_compression=compression)
            source.command("migrate", uri=f"unix:{path}")
            source.wait_for("completed")
            reader.wait()
            source.check()
            expected = source.counters()
            source.quit()
        assert sorted(reader.channels) == list(range(channels))
        memory = reader.memory("riscv_virt_board.ram")
        assert len(memory) == (64 << 20) // 4096, len(memory)
        got = [struct.unpack_from("<Q", memory[COUNTERS - RAM + i * 4096])[0]
               for i in range(PAGES)]
        assert got == expected, (got, expected)
        # As often as each channel has a SYNC.
        syncs = sum(packet is None for packet in reader.channels[0])
        flush = struct.pack(">Q", 0x200)
        count = reader.main.count(flush)
        assert count >= syncs >= 2, (count, syncs)


# --- faults -------------------------------------------------------------------

def refuses(tmp, there, here, *wanted, incoming="", uri=None):
    """The guest goes on at the source; both say why it failed."""
    with start(tmp) as source, Machine(tmp, "-incoming", "defer") as target:
        there(target)
        here(source)
        uri = uri or f"unix:{tmp}/s{Machine.number}"
        target.command("migrate-incoming", uri=uri, **{"exit-on-error": False})
        source.command("migrate", uri=uri)
        info = target.wait_for("failed")
        assert incoming in info["error-desc"], info
        info = source.wait_for("failed")
        assert any(w in info["error-desc"] for w in wanted), info
        runs_on(source, 1)
        source.command("cont")
        source.quit()
        target.quit()


def with_return_path(**parameters):
    return lambda machine: setup(machine, capabilities=["return-path"],
                                 **parameters)


def test_both_differ(tmp):
    refuses(tmp, with_return_path(multifd_channels=2),
            with_return_path(multifd_channels=4), "")
    refuses(tmp, with_return_path(multifd_channels=4),
            with_return_path(multifd_channels=2), "",
            incoming="only 2 of 4 channels")
    refuses(tmp, with_return_path(multifd_compression="zstd"),
            with_return_path(), "", incoming="multifd-compression")
    refuses(tmp, with_return_path(),
            with_return_path(multifd_compression="zlib"), "",
            incoming="multifd-compression")
    refuses(tmp, lambda m: m.enable("return-path"), with_return_path(), "")


def test_destination_without_wish(tmp):
    """The main stream alone does, where the channels are not used."""
    with start(tmp) as source, Machine(tmp, "-incoming", "defer") as target:
        setup(target)
        target.command("migrate-incoming", uri=f"unix:{tmp}/s")
        source.command("migrate", uri=f"unix:{tmp}/s")
        source.wait_for("completed")
        target.wait_for("completed")
        runs_on(target, source.check())
        source.quit()
        target.quit()


def test_killed(tmp):
    """Either end goes away in the middle."""
    rng = random.Random(1)
    for number in range(4):
        source, target = start(tmp), Machine(tmp, "-incoming", "defer")
        with source, target:
            setup(source, max_bandwidth=4 << 20, zero_page_detection="none",
                  capabilities=["return-path"] if number % 2 else [])
            setup(target, capabilities=["return-path"] if number % 2 else [])
            target.command("migrate-incoming", uri=f"unix:{tmp}/k{number}",
                           **{"exit-on-error": False})
            source.command("migrate", uri=f"unix:{tmp}/k{number}")
            wanted = rng.randrange(1 << 20)
            while source.command("query-migrate").get("ram", {}).get(
                    "multifd-bytes", 0) < wanted:
                time.sleep(0.01)
            if number < 2:
                target.process.kill()
                info = source.wait_for("failed")
                # Whichever of the channels notices first.
                assert any(word in info["error-desc"] for word in (
                    "multifd", "hannel", "destination", "Broken pipe")), info
                runs_on(source, 1)
                source.quit()
            else:
                source.process.kill()
                target.wait_for("failed")
                target.quit()


def says(machine, text):
    end = time.monotonic() + TIMEOUT
    while text not in machine.errors():
        assert time.monotonic() < end, machine.errors()
        time.sleep(0.01)


def test_strangers(tmp):
    """Who is no source is closed, and the source comes."""
    with start(tmp) as source, Machine(tmp, "-incoming", "defer") as target:
        setup(target)
        setup(source)
        path = f"{tmp}/s"
        target.command("migrate-incoming", uri=f"unix:{path}")

        for data, why in ((b"", "it ended before it said what it is"),
                          (b"GET / HTTP/1.1\r\n", "magic is 0x47455420")):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                s.settimeout(TIMEOUT)
                try:
                    assert s.recv(1) == b""
                except ConnectionResetError:
                    pass
            says(target, why)
        with socket.socket(socket.AF_UNIX) as silent:
            silent.connect(path)
            source.command("migrate", uri=f"unix:{path}")
            source.wait_for("completed")
            target.wait_for("completed")
            silent.settimeout(TIMEOUT)
            assert silent.recv(1) == b""
        runs_on(target, source.check())
        source.quit()
        target.quit()


def test_hostile(tmp):
    """Connections that say they are ours: of another version, or guest."""
    for data, why in (
            (INIT.pack(MAGIC, 2, bytes(16), 0, b"", b""), "version 2"),
            (INIT.pack(MAGIC, 1, b"x" * 16, 0, b"", b""), "uuid"),
            (INIT.pack(MAGIC, 1, bytes(16), 2, b"", b""), "channel id 2"),
            (INIT.pack(MAGIC, 1, bytes(16), 0, b"", b"") +
             HEADER.pack(MAGIC, 1, 0, 128, 1, 4096, 0, 0, 0, b"", b"x") +
             bytes(8 * ROOM) + bytes(4096), "before the first SYNC")):
        with Machine(tmp, "-incoming", "defer") as target:
            setup(target)
            path = f"{tmp}/h{Machine.number}"
            target.command("migrate-incoming", uri=f"unix:{path}",
                           **{"exit-on-error": False})
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                info = target.wait_for("failed")
                assert why in info["error-desc"], (info, data)
            target.quit()


def test_hostile_later(tmp):
    """One that says nothing, when the main channel is there, which then is
    no good itself."""
    with Machine(tmp, "-incoming", "defer") as target:
        setup(target)
        path = f"{tmp}/l{Machine.number}"
        target.command("migrate-incoming", uri=f"unix:{path}",
                       **{"exit-on-error": False})
        with socket.socket(socket.AF_UNIX) as main:
            main.connect(path)
            main.sendall(b"QEVM\0\0\0\3")
            target.wait_for("active")
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(b"QE")
            says(target, "it ended before it said what it is")
            assert target.command("query-migrate")["status"] == "active"
            main.sendall(b"\xff" * 100)
            info = target.wait_for("failed")
            assert "Configuration section" in info["error-desc"], info
        target.quit()


def test_refused(tmp):
    with Machine(tmp) as m:
        def caps(*names):
            return m.refused("migrate-set-capabilities", capabilities=[
                {"capability": n, "state": True} for n in names])
        assert "multifd" in caps("multifd", "postcopy-ram") or \
            "not supported" in caps("multifd", "postcopy-ram")
        assert "'zero-copy-send' is not supported" in \
            caps("multifd", "zero-copy-send")
        m.enable("multifd")
        for uri in ("exec:cat", f"file:{tmp}/f", "fd:3"):
            assert m.refused("migrate", uri=uri) == \
                "Migration requires multi-channel URIs (e.g. tcp)", uri
        m.command("migrate", uri=f"unix:{tmp}/nobody")
        info = m.wait_for("failed")
        assert "nobody" in info["error-desc"], info
        m.quit()
    with Machine(tmp, "-incoming", f"unix:{tmp}/s") as m:
        got = m.refused("migrate-set-capabilities", capabilities=[
            {"capability": "multifd", "state": True}])
        assert got == "Multifd must be set before incoming starts", got
        m.quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
