#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody who is no source speaks postcopy to a destination: each command at
the wrong moment, of the wrong length, of what there is not. It is refused by
name, at once, at no cost; after the guest has left, it waits for a better one.

    migration_postcopy_hostile.py EMULATOR
"""
import contextlib
import json
import os
import pathlib
import random
import re
import socket
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from migration import TIMEOUT, Machine  # noqa: E402
from migration_postcopy import supported  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

SCRIPT = (pathlib.Path(__file__).resolve().parents[2] / "scripts" /
          "migration-stream")
BLOCK = b"riscv_virt_board.ram"
(OPEN, PING, ADVISE, LISTEN, RUN, DISCARD, PACKAGED, COLO, RESUME,
 BITMAP) = range(1, 11)
PAGE, ZERO, CONTINUE, EOS = 0x08, 0x02, 0x20, 0x10
MAGIC = 1 << 64


def command(number, data=b"", length=None):
    return struct.pack(">BHH", 8, number,
                       len(data) if length is None else length) + data


def package(*parts, size=None):
    data = b"".join(parts)
    size = len(data) if size is None else size
    return command(PACKAGED, struct.pack(">I", size)) + data


def advice(*sizes):
    return command(ADVISE, struct.pack(f">{len(sizes)}Q", *sizes))


def discards(*ranges, name=BLOCK, version=0, nil=0):
    return command(DISCARD, bytes([version, len(name)]) + name + bytes([nil]) +
                   struct.pack(f">{len(ranges)}Q",
                               *(r % MAGIC for r in ranges)))


def bitmap_of(name):
    return command(BITMAP, bytes([len(name)]) + name)


GOOD = advice(4096, 4096)
ANSWER = command(OPEN)


class Stream:
    """The beginning of a true one, to the end of the list of RAM."""

    def __init__(self, tmp):
        path = f"{tmp}/stream"
        with Machine(tmp, "-S") as source:
            source.command("migrate", uri=f"file:{path}")
            source.wait_for("completed")
            source.quit()
        found = json.loads(subprocess.run(
            [sys.executable, SCRIPT, "--json", path], check=True,
            capture_output=True, timeout=TIMEOUT).stdout)
        data = pathlib.Path(path).read_bytes()
        end = 0
        for section in found["sections"]:
            end = section["position"] + section["size"]
            if section["kind"] == "START" and section["name"] == "ram":
                self.ram = section["position"]
                break
        self.before, self.list = data[:self.ram], data[self.ram:end]
        self.number = self.list[1:5]

    def beginning(self):
        return self.before + ANSWER + GOOD + self.list

    def left(self):
        return self.beginning() + package(command(LISTEN), command(RUN))

    def part(self, *pages):
        return b"\2" + self.number + b"".join(pages) + \
            struct.pack(">Q", EOS) + b"\x7e" + self.number


def resident(machine):
    text = pathlib.Path(f"/proc/{machine.process.pid}/status").read_text(
        encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) << 10


@contextlib.contextmanager
def told(tmp, data, closes=True, args=(), capabilities=("postcopy-ram",)):
    """A destination that has been told that."""
    with Machine(tmp, "-S", "-incoming", "defer", *args) as target, \
            socket.socket(socket.AF_UNIX) as s:
        target.enable(*capabilities)
        path = target.base + ".sock"
        target.command("migrate-incoming", uri=f"unix:{path}",
                       **{"exit-on-error": False})
        before = resident(target)
        s.settimeout(TIMEOUT)
        s.connect(path)
        try:
            s.sendall(data)
            if closes:
                s.shutdown(socket.SHUT_WR)
        except OSError:
            pass    # it has heard enough
        yield target, s, before


def refused(tmp, data, text, closes=False):
    with told(tmp, data, closes) as (target, _, before):
        info = target.wait_for("failed", "completed", "postcopy-paused")
        assert info["status"] == "failed", (text, info, target.errors())
        assert text in info["error-desc"], (text, info)
        # The machine's 64 MiB, and what the program itself takes.
        assert resident(target) < before + (100 << 20), text
        assert target.status() in ("inmigrate", "internal-error")
        target.quit()


def test_advise(tmp):
    supported(tmp)
    head = Stream(tmp).before
    for data, text in (
            (command(ADVISE), "enabled but have 0 byte advise"),
            (advice(4096), "length"),
            (advice(4096, 4096, 4096), "length"),
            (advice(8192, 4096), "matching RAM page sizes"),
            (advice(4096, 8192), "matching target page sizes"),
            (GOOD + GOOD, "ADVISE in wrong postcopy state")):
        refused(tmp, head + data, text)


def test_discard(tmp):
    supported(tmp)
    stream = Stream(tmp)
    refused(tmp, stream.before + discards(0, 4096), "wrong postcopy state")
    for data, text in (
            (command(DISCARD), "length"),
            (command(DISCARD, b"\0"), "length"),
            (command(DISCARD, b"\0\xff\0"), "length"),
            (command(DISCARD, b"\0\xff" + bytes(17)), "length"),
            (discards(), "length"),
            (discards(0), "length"),
            (discards(0, 4096, 0), "length"),
            (discards(0, 4096, version=1), "version"),
            (discards(0, 4096, nil=1), "nil"),
            (discards(0, 4096, name=b""), "no RAM block ''"),
            (discards(0, 4096, name=b"x" * 255), "no RAM block 'xxx"),
            (discards(0, 0), "not pages"),
            (discards(1, 4096), "not pages"),
            (discards(0, 4095), "not pages"),
            (discards(0, 4096, 4096, (64 << 20)), "not pages"),
            (discards(64 << 20, 4096), "not pages"),
            (discards(0, -4096), "not pages"),
            (discards(-4096, 8192), "not pages"),
            (discards(-4096, 4096), "not pages")):
        refused(tmp, stream.beginning() + data, text)


def test_packages(tmp):
    supported(tmp)
    stream = Stream(tmp)
    head = stream.beginning()
    listen, run = command(LISTEN), command(RUN)
    for data, text in (
            (listen, "not in a package"),
            (run, "RUN in wrong postcopy state"),
            (package(run), "RUN in wrong postcopy state"),
            (package(listen, listen), "LISTEN in wrong postcopy state"),
            (package(listen, GOOD), "ADVISE in wrong postcopy state"),
            (package(listen, discards(0, 4096)), "wrong postcopy state"),
            (package(listen), "ends before the guest runs"),
            (package(listen, b"\0"), "ends before the guest runs"),
            (package(listen, b"\5"), "section type 5"),
            (package(listen, b"\4\0\0\0\7\4none" + bytes(8)), "none"),
            (package(listen, package(run)), "package is in a package"),
            (package(b"\x08"), "command"),
            (command(PACKAGED, bytes(3)), "length"),
            (package(size=0xffffffff), "Unreasonably large"),
            (package(size=(256 << 20) + 1), "Unreasonably large"),
            (command(RESUME), "nothing to recover"),
            (bitmap_of(BLOCK), "nothing to recover"),
            (command(COLO), "MIG_CMD 0x8 unknown"),
            (command(0x7fff), "MIG_CMD 0x7fff unknown"),
            (command(LISTEN, b"1"), "length")):
        refused(tmp, head + data, text)
    # The largest is not paid for before it has come.
    refused(tmp, head + package(bytes(100), size=256 << 20), "only", True)
    # What must come before.
    for data, text in (
            (ANSWER + stream.list, "LISTEN in wrong postcopy state"),
            (GOOD + stream.list, "no return path"),
            (ANSWER + GOOD, "before the section 'ram'")):
        refused(tmp, stream.before + data + package(listen, run), text)


def test_preempt_never_comes(tmp):
    """It waits for that channel, but no longer than there is a source."""
    supported(tmp)
    capabilities = ("postcopy-ram", "postcopy-preempt")
    data = Stream(tmp).left()
    for closes in True, False:
        with told(tmp, data, closes, (), capabilities) as (target, s, _):
            if closes:
                info = target.wait_for("failed")
                assert "urgent pages has not come" in info["error-desc"], info
            else:
                # It has been read, or is while the process ends.
                target.wait_for("active")
            target.quit()


def paused(tmp, data, text, closes=False):
    with told(tmp, data, closes) as (target, _, before):
        info = target.wait_for("failed", "completed", "postcopy-paused")
        assert info["status"] == "postcopy-paused", (text, info)
        assert text in target.errors(), (text, target.errors())
        assert resident(target) < before + (100 << 20), text
        assert target.status() == "paused", target.status()


def page(at, flags, data=b"", name=BLOCK):
    named = b"" if flags & CONTINUE else bytes([len(name)]) + name
    return struct.pack(">Q", at | flags) + named + data


def test_after_it_has_left(tmp):
    """It cannot fail any more: the guest is here."""
    supported(tmp)
    stream = Stream(tmp)
    for data, text in (
            (b"\0", "a page is missing"),
            (b"\2" + bytes([255] * 4), "but it is not RAM"),
            (b"\1", "section type 1"),
            (b"\4", "section type 4"),
            (stream.part()[:-5] + bytes(5), "footer"),
            (stream.part(page(0, PAGE | CONTINUE)), "none has begun"),
            (stream.part(page(0, ZERO, b"\0", b"none")), "Can't find block"),
            (stream.part(page(0, ZERO, b"\1")), "zero page with value 1"),
            (stream.part(page(64 << 20, ZERO, b"\0")), "Illegal RAM offset"),
            (stream.part(page(MAGIC - 4096, ZERO, b"\0")), "Illegal RAM off"),
            (stream.part(page(0, 0x04)), "Unknown combination"),
            (stream.part(page(0, 0x100)), "Unknown combination"),
            (command(LISTEN), "comes in postcopy"),
            (command(RUN), "comes in postcopy"),
            (GOOD, "comes in postcopy"),
            (discards(0, 4096), "comes in postcopy"),
            (package(b""), "comes in postcopy"),
            (command(RESUME), "illegal resume"),
            (command(BITMAP), "payload length"),
            (command(BITMAP, b"\5ab"), "payload length"),
            (bitmap_of(b""), "block '' not found"),
            (bitmap_of(b"x" * 255), "not found")):
        paused(tmp, stream.left() + data, text)
    paused(tmp, stream.left() + stream.part()[:-1], "paused", True)


def test_words_without_sense(tmp):
    """Commands in any order, of any content."""
    supported(tmp)
    draw = random.Random(int(os.environ.get("PLATEAU_TEST_SEED", "1")))
    stream = Stream(tmp)

    def word():
        return draw.choice([
            lambda: GOOD, lambda: stream.list, lambda: command(LISTEN),
            lambda: command(RUN), lambda: ANSWER, lambda: discards(0, 1 << 20),
            lambda: discards(draw.getrandbits(64), draw.getrandbits(64)),
            lambda: command(PING, draw.randbytes(4)),
            lambda: bitmap_of(BLOCK), lambda: command(RESUME),
            lambda: stream.part(page(draw.randrange(1 << 14) << 12, ZERO,
                                     b"\0")),
            lambda: package(command(LISTEN), *sentence(), command(RUN)),
            lambda: package(*sentence()),
            lambda: command(draw.randrange(16),
                            draw.randbytes(draw.randrange(40))),
            lambda: draw.randbytes(draw.randrange(8)),
        ])()

    def sentence():
        return [word() for _ in range(draw.randrange(4))]

    for _ in range(40):
        start = draw.choice([stream.before, stream.beginning(), stream.left()])
        data = start + b"".join(sentence())
        with told(tmp, data) as (target, _, before):
            info = target.wait_for("failed", "completed", "postcopy-paused")
            assert resident(target) < before + (100 << 20), data
            if info["status"] != "postcopy-paused":
                target.quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
