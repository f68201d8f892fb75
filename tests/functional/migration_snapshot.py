#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Background snapshots: the guest runs on while its RAM is saved as it was at
the beginning. The counting guest shows in its pattern a page of another moment;
a test that writes all RAM meanwhile shows any.

    migration_snapshot.py EMULATOR [TEST]...
"""
import os
import pathlib
import resource
import socket
import sys
import threading
import time

from migration import TIMEOUT, Machine, runs_on, start
from tap import Skip, run_tap, tests_of

MIB = 1 << 20
RAM = 0x80000000


def enable(machine, *others):
    if "not supported by host kernel" in machine.hmp(
            "migrate_set_capability background-snapshot on"):
        raise Skip("the host has no write protection by userfaultfd for us")
    machine.enable("background-snapshot", *others)


def load(tmp, path, *capabilities, args=()):
    target = Machine(tmp, *args, "-incoming", "defer")
    target.enable(*capabilities)
    target.command("migrate-incoming", uri=f"file:{path}")
    target.wait_for("completed")
    return target


def counts_on(source, before, harts=1):
    """It has gone on since then, and does."""
    assert source.status() == "running", source.status()
    count = runs_on(source, before, harts)
    source.command("cont")
    return count


def test_counting(tmp):
    """Several in a row; each is of one moment, and runs."""
    with start(tmp, 2) as source:
        enable(source, "events")
        source.command("migrate-set-parameters",
                       **{"zero-page-detection": "none",
                          "max-bandwidth": 1})
        last = 0
        for i, others in enumerate(((), ("mapped-ram",))):
            path = f"{tmp}/snapshot{i}"
            source.command("migrate-set-capabilities", capabilities=[
                {"capability": "mapped-ram", "state": bool(others)}])
            source.command("migrate", uri=f"file:{path}")
            info = source.wait_for("completed")
            assert info["ram"]["remaining"] == 0, info
            assert info["ram"]["normal"] >= 64 * 256, info
            assert info["ram"]["dirty-sync-count"] == 0, info
            if not others:
                size = os.path.getsize(path)
                assert info["ram"]["transferred"] == size, (info, size)
            here = counts_on(source, last, 2)
            with load(tmp, path, *others,
                      args=["-smp", "2", "-S"]) as target:
                there = target.check(2)
                assert last <= there <= here, (last, there, here)
                target.command("cont")
                runs_on(target, there, 2)
                target.quit()
            last = here
        got = [e["data"]["status"] for e in source.events
               if e["event"] == "MIGRATION"]
        assert got[:3] == ["setup", "active", "completed"], got
        source.quit()


class Qtest:
    """The machine's memory, by the qtest protocol."""

    def __init__(self, listener):
        connection, _ = listener.accept()
        connection.settimeout(TIMEOUT)
        self.file = connection.makefile("rw", encoding="ascii")

    def send(self, line):
        self.file.write(line + "\n")
        self.file.flush()

    def answer(self):
        answer = self.file.readline()
        assert answer.startswith("OK"), answer
        return answer[2:].strip()


def in_test(tmp, *args):
    """A machine without CPUs that run; its memory."""
    listener = socket.socket(socket.AF_UNIX)
    listener.settimeout(TIMEOUT)
    path = f"{tmp}/qtest{Machine.number}"
    listener.bind(path)
    listener.listen(1)
    machine = Machine(tmp, "-accel", "qtest", "-qtest", f"unix:{path}", *args)
    return machine, Qtest(listener)


def receive(listener, path, go):
    """Takes the stream, the most of it when told so."""
    connection, _ = listener.accept()
    with open(path, "wb") as file:
        file.write(connection.recv(1000))
        go.wait(TIMEOUT)
        while data := connection.recv(1 << 20):
            file.write(data)


def all_is(machine, tmp, value, size=64 * MIB):
    path = f"{tmp}/ram"
    machine.command("pmemsave", val=RAM, size=size, filename=path)
    data = pathlib.Path(path).read_bytes()
    wrong = [i for i in range(0, size, 4096)
             if data[i:i + 4096] != bytes([value]) * 4096]
    assert not wrong, (len(wrong), [hex(i) for i in wrong[:5]])


def overwritten(tmp, memory):
    machine, memory_of = in_test(tmp, *memory)
    with machine as source:
        enable(source)
        memory_of.send(f"memset {RAM:#x} {64 * MIB:#x} 0xaa")
        memory_of.answer()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{tmp}/s")
        listener.listen(1)
        go = threading.Event()
        thread = threading.Thread(
            target=receive, args=(listener, f"{tmp}/stream", go))
        thread.start()
        source.command("migrate", uri=f"unix:{tmp}/s")
        source.wait_for("active")
        # The main loop will wait for pages, and they for us.
        end = time.monotonic() + TIMEOUT
        while "RESUME" not in str(source.events):
            assert time.monotonic() < end
            source.status()
        memory_of.send(f"memset {RAM:#x} {64 * MIB:#x} 0xbb")
        go.set()
        memory_of.answer()
        source.wait_for("completed")
        thread.join(TIMEOUT)
        all_is(source, tmp, 0xbb)
        source.quit()
    with load(tmp, f"{tmp}/stream", args=["-S", *memory]) as target:
        all_is(target, tmp, 0xaa)
        target.quit()
    os.unlink(f"{tmp}/s")


def test_overwritten(tmp):
    overwritten(tmp, [])


def test_overwritten_shared(tmp):
    overwritten(tmp, ["-object", "memory-backend-memfd,id=m,size=64M",
                      "-machine", "memory-backend=m"])


def test_stopped(tmp):
    """A guest that does not run stays so."""
    with start(tmp) as source:
        enable(source)
        source.command("stop")
        count = source.check()
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("completed")
        assert source.status() == "paused"
        assert source.check() == count
        source.command("cont")
        counts_on(source, count)
        source.quit()
    with load(tmp, f"{tmp}/stream") as target:
        assert target.status() == "paused"
        assert target.check() == count
        target.quit()


def test_fails(tmp):
    """Disk full, nobody there any more, cancelled: the guest goes on."""
    with start(tmp) as source:
        enable(source)
        source.command("migrate-set-parameters",
                       **{"zero-page-detection": "none"})
        resource.prlimit(source.process.pid, resource.RLIMIT_FSIZE,
                         (10 * MIB, resource.RLIM_INFINITY))
        source.command("migrate", uri=f"file:{tmp}/full")
        info = source.wait_for("failed")
        assert "File too large" in info["error-desc"], info
        count = counts_on(source, 1)
        for i in range(2):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(f"{tmp}/s{i}")
            listener.listen(1)
            source.command("migrate", uri=f"unix:{tmp}/s{i}")
            connection, _ = listener.accept()
            connection.recv(1000)
            if i:
                connection.close()
                source.wait_for("failed")
            else:
                source.wait_for("active")
                source.command("migrate_cancel")
                source.wait_for("cancelled")
            count = counts_on(source, count)
        resource.prlimit(source.process.pid, resource.RLIMIT_FSIZE, (
            resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("completed")
        counts_on(source, count)
    with load(tmp, f"{tmp}/stream") as target:
        runs_on(target, count)


def test_virtio_mem(tmp):
    """What is not plugged is neither protected, read nor sent."""
    args = ["-m", "64M,maxmem=8G", "-object",
            "memory-backend-ram,id=m,size=4G", "-device",
            "virtio-mem-pci,id=v,memdev=m,requested-size=0"]
    with Machine(tmp, *args) as source:
        enable(source)
        runs_on(source, 0)
        source.command("cont")
        source.command("migrate", uri=f"file:{tmp}/stream")
        info = source.wait_for("completed")
        assert info["ram"]["normal"] + info["ram"]["duplicate"] < 200 * 256, (
            info)
        count = counts_on(source, 0)
    with load(tmp, f"{tmp}/stream", args=[*args, "-S"]) as target:
        assert target.check() <= count


def test_refused(tmp):
    with Machine(tmp, machine="none") as m:
        enable(m)
        for other in ("return-path", "validate-uuid", "late-block-activate",
                      "pause-before-switchover", "multifd", "postcopy-ram"):
            got = m.refused("migrate-set-capabilities", capabilities=[
                {"capability": other, "state": True}])
            assert got in (
                f"Background-snapshot is not compatible with {other}",
                f"Capability '{other}' is not supported"), got
        m.quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
