#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests in files: mapped-ram, with direct-io and with shared RAM left out;
files that are full, too short, of the wrong kind, or made by somebody hostile.

    migration_file.py EMULATOR [TEST]...
"""
import os
import pathlib
import random
import resource
import struct
import sys
import time

from migration import (
    COUNTERS, PAGES, PROGRAM, RAM, TIMEOUT, Machine, runs_on, start)
from tap import Skip, run_tap, tests_of

MIB = 1 << 20
HEADER = struct.Struct(">IQQQ")


def parse(path, offset=0, ignore_shared=False):
    """Where RAM is in a mapped-ram file: {block: (length, header's position,
    bitmap's, pages', set of pages)}, and the position behind."""
    with open(path, "rb") as file:
        start_of = file.read(offset + 4096).index(b"\3ram", offset) + 4 + 8
        file.seek(start_of)
        total, = struct.unpack(">Q", file.read(8))
        assert total & 0xfff == 4, hex(total)
        total &= ~0xfff
        blocks = {}
        while total:
            name = file.read(file.read(1)[0]).decode()
            length, = struct.unpack(">Q", file.read(8))
            if ignore_shared:
                file.read(8)
            where = file.tell()
            version, page, bitmap_at, pages_at = HEADER.unpack(
                file.read(HEADER.size))
            assert version == 1 and page == 4096
            assert bitmap_at == where + HEADER.size
            size = (length // 4096 + 63) // 64 * 8
            assert pages_at == -(-(bitmap_at + size) // MIB) * MIB
            bitmap = int.from_bytes(file.read(size), "little")
            pages = {i for i in range(length // 4096) if bitmap >> i & 1}
            blocks[name] = (length, where, bitmap_at, pages_at, pages)
            file.seek(pages_at + length)
            total -= length
        assert file.read(8) == struct.pack(">Q", 0x10)
        return blocks, file.tell()


def check_file(path, offset=0):
    blocks, _ = parse(path, offset)
    ram = blocks["riscv_virt_board.ram"]
    assert ram[0] == 64 * MIB
    first = (COUNTERS - RAM) // 4096
    assert set(range(first, first + PAGES)) <= ram[4]
    bound = offset + sum(b[0] + 2 * MIB for b in blocks.values()) + MIB
    assert os.path.getsize(path) < bound, (os.path.getsize(path), bound)
    data = pathlib.Path(path).read_bytes()
    assert data[ram[3]:ram[3] + len(PROGRAM)] == PROGRAM
    return data, ram


def save(source, path, *capabilities, offset=None, **parameters):
    source.enable("mapped-ram", *capabilities)
    source.command("migrate-set-parameters", **parameters)
    source.command("migrate", uri=f"file:{path}" + (
        f",offset={offset}" if offset else ""))
    return source.wait_for("completed")


def load(tmp, path, *capabilities, args=(), uri=None, wanted="completed",
         **parameters):
    target = Machine(tmp, *args, "-incoming", "defer")
    target.enable("mapped-ram", *capabilities)
    target.command("migrate-set-parameters", **parameters)
    target.command("migrate-incoming", uri=uri or f"file:{path}",
                   **{"exit-on-error": False})
    target.wait_for(wanted)
    return target


def test_there(tmp):
    """While the guest counts; what is in the file is what the guest had."""
    path = f"{tmp}/snapshot"
    pathlib.Path(path).write_bytes(b"x" * 10000)
    with start(tmp, 2) as source:
        info = save(source, path, offset=10000)
        count = source.check(2)
        counters = source.counters()
        assert info["ram"]["normal"] >= 2 * PAGES, info
    data, ram = check_file(path, 10000)
    assert data[:10000] == b"x" * 10000
    at = ram[3] + COUNTERS - RAM
    assert counters == [struct.unpack_from("<Q", data, at + page * 4096)[0]
                        for page in range(PAGES)]
    with load(tmp, path, args=["-smp", "2"],
              uri=f"file:{path},offset=10000") as target:
        runs_on(target, count, 2)
        target.quit()


def test_bounded(tmp):
    """Pages that are sent again and again go to the same place."""
    path = f"{tmp}/snapshot"
    with start(tmp) as source:
        source.enable("mapped-ram")
        source.command("migrate-set-parameters", **{
            "max-bandwidth": 8 * MIB, "downtime-limit": 0})
        source.command("migrate", uri=f"file:{path}")
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            info = source.command("query-migrate")
            if (info["status"] == "completed" or
                    info.get("ram", {}).get("dirty-sync-count", 0) > 5):
                break
            time.sleep(0.01)
        source.command("migrate-set-parameters", **{
            "max-bandwidth": 0, "downtime-limit": 2000})
        info = source.wait_for("completed")
        assert info["ram"]["normal"] > 2 * PAGES, info
        count = source.check()
    check_file(path)
    with load(tmp, path) as target:
        runs_on(target, count)
        target.quit()


def test_direct_io(tmp):
    path = f"{tmp}/snapshot"
    try:
        os.close(os.open(tmp, os.O_TMPFILE | os.O_RDWR | os.O_DIRECT))
    except OSError as error:
        raise Skip(f"no O_DIRECT in {tmp}: {error}") from error
    with start(tmp) as source:
        save(source, path, **{"direct-io": True,
                              "zero-page-detection": "none"})
        count = source.check()
    _, ram = check_file(path)
    assert len(ram[4]) == 64 * MIB // 4096
    with load(tmp, path, **{"direct-io": True}) as target:
        runs_on(target, count)
        # And back, by the cache.
        target.command("migrate-set-parameters", **{"direct-io": False})
        save(target, path)
        count = target.check()
    with load(tmp, path) as target:
        assert target.status() == "paused"
        assert target.check() == count
        target.quit()


def test_fdset(tmp):
    """Direct I/O needs a second descriptor in the set."""
    path = f"{tmp}/snapshot"
    with start(tmp) as source:
        source.enable("mapped-ram")
        source.command("migrate-set-parameters", **{"direct-io": True})
        with open(path, "wb") as file:
            fdset = source.pass_fd(file.fileno(), "add-fd")["fdset-id"]
        source.command("migrate", uri=f"file:/dev/fdset/{fdset}")
        info = source.wait_for("failed")
        assert "direct-io" in info["error-desc"], info
        try:
            direct = os.open(path, os.O_WRONLY | os.O_DIRECT)
        except OSError as error:
            raise Skip(f"no O_DIRECT in {tmp}: {error}") from error
        source.pass_fd(direct, "add-fd", **{"fdset-id": fdset})
        os.close(direct)
        runs_on(source, 1)
        source.command("cont")
        source.command("migrate", uri=f"file:/dev/fdset/{fdset}")
        source.wait_for("completed")
        count = source.check()
    check_file(path)
    with load(tmp, path) as target:
        runs_on(target, count)
        target.quit()


def test_fd(tmp):
    """A descriptor of a file will do, a pipe will not; a socket cannot."""
    path = f"{tmp}/snapshot"
    reader, writer = os.pipe()
    with start(tmp) as source, open(path, "w+b") as file:
        source.enable("mapped-ram")
        assert "seekable transport" in source.refused(
            "migrate", uri=f"unix:{tmp}/s")
        source.pass_fd(writer, "getfd", fdname="pipe")
        source.command("migrate", uri="fd:pipe")
        info = source.wait_for("failed")
        assert "seekable transport" in info["error-desc"], info
        source.pass_fd(file.fileno(), "getfd", fdname="file")
        source.command("migrate", uri="fd:file")
        source.wait_for("completed")
        count = source.check()
    check_file(path)
    os.close(writer)
    os.close(reader)
    with Machine(tmp, "-incoming", "defer") as target, open(path, "rb") as file:
        target.enable("mapped-ram")
        assert "seekable transport" in target.refused(
            "migrate-incoming", uri=f"unix:{tmp}/s")
        target.pass_fd(file.fileno(), "getfd", fdname="file")
        target.command("migrate-incoming", uri="fd:file")
        target.wait_for("completed")
        runs_on(target, count)
        target.quit()


def test_shared_ignored(tmp):
    """What is in a file of its own is not in this one."""
    path = f"{tmp}/snapshot"
    memory = ["-m", "64M", "-object",
              f"memory-backend-file,id=m,size=64M,mem-path={tmp}/ram,share=on",
              "-machine", "memory-backend=m"]
    with Machine(tmp, *memory) as source:
        runs_on(source, 0)
        source.command("cont")
        save(source, path, "x-ignore-shared")
        count = source.check()
    blocks, _ = parse(path, ignore_shared=True)
    assert not blocks["m"][4]
    assert os.stat(path).st_blocks * 512 < 8 * MIB
    with load(tmp, path, "x-ignore-shared", args=memory) as target:
        runs_on(target, count)
        target.quit()


def test_virtio_mem(tmp):
    """What is not plugged is neither read nor written."""
    path = f"{tmp}/snapshot"
    args = ["-m", "64M,maxmem=8G", "-object",
            "memory-backend-memfd,id=m,size=4G", "-device",
            "virtio-mem-pci,id=v,memdev=m,requested-size=0"]

    def shared_kib(machine):
        text = pathlib.Path(f"/proc/{machine.process.pid}/status").read_text(
            encoding="utf-8")
        return int(text.split("RssShmem:")[1].split()[0])

    with Machine(tmp, *args) as source:
        runs_on(source, 0)
        source.command("cont")
        info = save(source, path)
        assert info["ram"]["normal"] + info["ram"]["duplicate"] < 200 * 256, (
            info)
        count = source.check()
        assert shared_kib(source) < 1024, shared_kib(source)
    blocks, _ = parse(path)
    memory = blocks["0000:00:01.0/m"]
    assert memory[0] == 4 << 30 and not memory[4]
    with load(tmp, path, args=args) as target:
        runs_on(target, count)
        assert shared_kib(target) < 1024, shared_kib(target)
        target.quit()
    # A page where nothing is plugged.
    with open(path, "r+b") as file:
        file.seek(memory[2] + 5000)
        file.write(b"\x10")
    with load(tmp, path, args=args, wanted="failed") as target:
        assert "where nothing is plugged" in target.errors(), target.errors()


def test_full(tmp):
    """The guest goes on; what has been written before does not matter."""
    path = f"{tmp}/snapshot"
    for limit in (0, 1000, 10 * MIB, 70 * MIB):
        with start(tmp) as source:
            resource.prlimit(source.process.pid, resource.RLIMIT_FSIZE,
                             (limit, resource.RLIM_INFINITY))
            source.enable("mapped-ram")
            source.command("migrate-set-parameters",
                           **{"zero-page-detection": "none"})
            source.command("migrate", uri=f"file:{path}")
            info = source.wait_for("failed")
            assert "File too large" in info["error-desc"], info
            resource.prlimit(source.process.pid, resource.RLIMIT_FSIZE, (
                resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            runs_on(source, 1)
            source.command("cont")
            save(source, path)
            count = source.check()
        with load(tmp, path) as target:
            runs_on(target, count)


def stopped_snapshot(tmp):
    path = f"{tmp}/snapshot"
    with Machine(tmp, "-S") as source:
        save(source, path)
    return pathlib.Path(path)


def fails(tmp, path, *texts):
    with load(tmp, path, args=["-S"], wanted="failed") as target:
        errors = target.errors()
        assert all(text in errors for text in texts), (texts, errors)
        target.quit()


def test_hostile(tmp):
    path = stopped_snapshot(tmp)
    good = path.read_bytes()
    blocks, end = parse(path)
    ram = blocks["riscv_virt_board.ram"]
    where, bitmap, pages = ram[1:4]

    def change(at, data, *texts):
        path.write_bytes(good[:at] + data + good[at + len(data):])
        fails(tmp, path, *texts)

    def header(text, version=1, page=4096, bitmap=bitmap, pages=pages):
        change(where, HEADER.pack(version, page, bitmap, pages),
               "riscv_virt_board.ram", text)

    header("got 2", version=2)
    header("pages of 0 bytes", page=0)
    header("pages of 65536 bytes", page=65536)
    header("not behind its header", bitmap=(1 << 64) - 8)
    header("not behind its header", bitmap=(1 << 63) - 8)
    header("not at whole pages", pages=0)
    header("not at whole pages", pages=bitmap // 4096 * 4096)
    header("not at whole pages", pages=(1 << 64) - 4096)
    header("its bitmap", bitmap=1 << 61, pages=1 << 62)
    path.write_bytes(good[:pages + 4000])
    fails(tmp, path, "the file ends before", "riscv_virt_board.ram")
    path.write_bytes(good[:end - 8])
    fails(tmp, path, "load of migration failed")
    path.write_bytes(good)
    with Machine(tmp, "-incoming", "defer") as target:
        target.command("migrate-incoming", uri=f"file:{path}",
                       **{"exit-on-error": False})
        target.wait_for("failed")
        assert "Capability mapped-ram is off" in target.errors()
    draw = random.Random(3)
    for _ in range(4):
        data = bytearray(good)
        for _ in range(draw.randrange(1, 4)):
            at = draw.choice([where - 30, where, bitmap])
            data[at + draw.randrange(100)] = draw.randrange(256)
        path.write_bytes(data)
        with Machine(tmp, "-S", "-incoming", "defer") as target:
            target.enable("mapped-ram")
            target.command("migrate-incoming", uri=f"file:{path}",
                           **{"exit-on-error": False})
            target.wait_for("failed", "completed")
            target.quit()


def test_refused(tmp):
    with Machine(tmp, machine="none") as m:
        m.enable("mapped-ram")
        for other, text in (("xbzrle", "xbzrle"),
                            ("postcopy-ram", "postcopy")):
            got = m.refused("migrate-set-capabilities", capabilities=[
                {"capability": other, "state": True}])
            assert got == f"Mapped-ram migration is incompatible with {text}" \
                or got.startswith(f"Capability '{other}' is not supported"), got


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
