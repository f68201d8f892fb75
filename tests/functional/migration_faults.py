#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A migration goes wrong: an end is killed, the connection is closed or stalls
after so many bytes, the disk is full, the destination is another machine. The
guest goes on at the source, and the message names what and why; after postcopy
has begun it waits, and recovers.

    migration_faults.py EMULATOR [--offsets N] [--early BELOW] [--seed N]
                        [TEST]...
"""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
import hops  # noqa: E402
from migration import TIMEOUT, Machine, runs_on  # noqa: E402
from proxy import Proxy  # noqa: E402
from qmp import Failed  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

MIB = 1 << 20
# A part of the stream by its name: 'ram', "device 'serial'", the description.
NAMED = re.compile(r"'[\w./@-]+'|magic number|configuration|section|command|"
                   r"description|version|channel")


class Faulty(Machine):
    def is_alive(self, least=0):
        """It runs here, and goes on running."""
        count = runs_on(self, least)
        self.command("cont")
        return count

    def why(self):
        return self.command("query-migrate").get("error-desc", "")


def listening(tmp, way, args=()):
    target = Faulty(tmp, *args, "-incoming", "defer")
    hops.prepare(target, way, tmp, "server")
    path = f"{tmp}/there{Machine.number}"
    target.command("migrate-incoming", uri=f"unix:{path}",
                   **{"exit-on-error": False})
    return target, path


def named(text):
    assert NAMED.search(text), text


# --- at random offsets --------------------------------------------------------

# A destination that has everything goes on by itself: only the way back tells
# the source that it has.
KINDS = [hops.way(words, **parameters) for words, parameters in (
    ("return-path", {}), ("return-path multifd", {}),
    ("return-path multifd", {"multifd_compression": "zlib"}),
    ("return-path zero-blocks", {"zero_page_detection": "none"}))]


class Line:
    """A guest, which faults do not take away from us for long."""

    def __init__(self, tmp):
        self.tmp = tmp
        self.source = self.way = None
        self.count = 0
        self.restart()

    def restart(self):
        if self.source:
            self.source.__exit__(None, None, None)
        self.source = Faulty(self.tmp)
        self.count = self.source.is_alive()

    def usable(self, kinds):
        found = []
        for way in kinds:
            try:
                hops.prepare(self.source, way, self.tmp, "client")
                found.append(way)
            except hops.Unsupported as why:
                print(f"# {way}: {why}", flush=True)
        return found

    def attempt(self, way, limit, fault):
        """One migration; "completed", or what the fault has been."""
        self.way = way
        hops.prepare(self.source, way, self.tmp, "client")
        target, there = listening(self.tmp, way)
        here = f"{self.tmp}/here{Machine.number}"
        with target, Proxy(here, there, limit) as proxy:
            self.source.command("migrate", uri=f"unix:{here}")
            if not self.reaches(proxy):
                size = proxy.passed
                target.wait_for("completed")
                self.source.quit()
                target.is_alive(self.count)
                self.restart()
                return "completed", size
            fault(self, target, proxy)
            return fault.__name__, limit

    def reaches(self, proxy):
        """Whether the fault's moment comes."""
        end = time.monotonic() + TIMEOUT
        while not proxy.reached.wait(0.01):
            info = self.source.command("query-migrate")
            if info["status"] == "completed":
                return False
            assert info["status"] != "failed", info
            assert time.monotonic() < end, info
        return True

    def goes_on(self, status="failed"):
        info = self.source.wait_for(status)
        self.count = self.source.is_alive(self.count)
        return info.get("error-desc", "")


MAGIC = 4       # bytes, by which one of several channels says what it is


def hears_of_it(line, target, proxy):
    """It fails. Where there may be several channels, and none has said what it
    is, they were nobody's: it says so, and waits on for who is right. Whether
    it fails."""
    if "multifd" not in line.way.capabilities or proxy.most >= MAGIC:
        target.wait_for("failed")
        return True
    end = time.monotonic() + TIMEOUT
    while "it ended before it said what it is" not in target.errors():
        assert time.monotonic() < end, target.errors()
        time.sleep(0.01)
    assert target.command("query-migrate")["status"] == "setup"
    return False


def source_killed(line, target, proxy):
    line.source.process.kill()
    line.source.process.wait()
    proxy.close()
    if hears_of_it(line, target, proxy):
        named(target.why())
    assert target.status() in ("inmigrate", "internal-error"), target.status()
    target.quit()
    line.restart()


def destination_killed(line, target, proxy):
    target.process.kill()
    target.process.wait()
    proxy.close()
    assert line.goes_on()


def connection_closed(line, target, proxy):
    proxy.close()
    assert line.goes_on()
    if hears_of_it(line, target, proxy):
        named(target.why())
    target.quit()


def stalled_and_cancelled(line, target, proxy):
    line.source.command("migrate_cancel")
    if line.source.status() != "running":
        # If all has left, the guest may be there, until that end has gone.
        proxy.close()
    line.goes_on("cancelled")
    proxy.close()
    hears_of_it(line, target, proxy)
    target.quit()


FAULTS = [source_killed, destination_killed, connection_closed,
          stalled_and_cancelled]


def pick(draw, size):
    """An offset: at the beginning, where devices are, or anywhere."""
    kind = draw.random()
    if kind < .2 or OPTIONS.early:
        return draw.randrange(OPTIONS.early or 400)
    if kind < .6:
        return max(0, size - draw.randrange(30000))
    return draw.randrange(size)


def test_offsets(tmp):
    draw = random.Random(OPTIONS.seed)
    print(f"# --seed {OPTIONS.seed}", flush=True)
    line, sizes, done = Line(tmp), {}, {}
    with_faults = line.usable(KINDS)
    for way in with_faults[:2]:
        _, sizes[way.name] = line.attempt(way, None, None)
    for number in range(OPTIONS.offsets):
        way = with_faults[number % len(with_faults)]
        fault = FAULTS[(number + number // 4) % len(FAULTS)]
        limit = pick(draw, sizes.get(way.name, max(sizes.values())))
        try:
            what, size = line.attempt(way, limit, fault)
        except BaseException as error:
            raise AssertionError(f"{fault.__name__} after {limit} bytes, "
                                 f"{way}: {error!r}") from error
        if what == "completed":
            sizes[way.name] = size
        done[what] = done.get(what, 0) + 1
    line.attempt(with_faults[0], None, None)
    line.source.quit()
    return ", ".join(f"{count} {what}" for what, count in done.items())


# --- postcopy -----------------------------------------------------------------

def is_paused(source, target):
    for machine in (source, target):
        end = time.monotonic() + TIMEOUT
        while True:
            status = machine.command("query-migrate")["status"]
            if status == "postcopy-paused":
                break
            assert status in ("postcopy-active", "postcopy-recover",
                              "postcopy-recover-setup"), (
                                  status, source.errors(), target.errors())
            assert time.monotonic() < end, status
            time.sleep(0.01)


def interrupted_postcopy(tmp, words, draw):
    way = hops.way(words, downtime_limit=0)
    with Faulty(tmp) as source:
        try:
            hops.prepare(source, way, tmp, "client")
        except hops.Unsupported as why:
            raise Skip(str(why)) from why
        count = source.is_alive()
        target, there = listening(tmp, way)
        here = f"{tmp}/here{Machine.number}"
        with target, Proxy(here, there) as proxy:
            # What is left when the guest changes over takes its time.
            source.command("migrate-set-parameters", **{
                "zero-page-detection": "none", "max-bandwidth": 4 * MIB,
                "max-postcopy-bandwidth": 4 * MIB})
            source.command("migrate", uri=f"unix:{here}")
            source.wait_for("active")
            source.command("migrate-start-postcopy")
            source.wait_for("postcopy-active")
            proxy.limit = proxy.passed + draw.randrange(4 * MIB)
            assert proxy.reached.wait(TIMEOUT), "nothing is sent"
            proxy.close()
            is_paused(source, target)
            assert source.status() in ("finish-migrate", "postmigrate",
                                       "paused"), source.status()
            again = f"{tmp}/again{Machine.number}"
            target.command("migrate-recover", uri=f"unix:{again}")
            source.command("migrate-set-parameters",
                           **{"max-postcopy-bandwidth": 0})
            source.command("migrate", uri=f"unix:{again}", resume=True)
            source.wait_for("completed")
            target.wait_for("completed")
            runs_on(target, count)
            target.quit()
            source.quit()


def test_postcopy(tmp):
    draw = random.Random(OPTIONS.seed)
    for _ in range(max(1, OPTIONS.offsets // 10)):
        interrupted_postcopy(tmp, "postcopy-ram return-path", draw)


def test_postcopy_preempt(tmp):
    draw = random.Random(OPTIONS.seed + 1)
    for _ in range(max(1, OPTIONS.offsets // 10)):
        interrupted_postcopy(
            tmp, "postcopy-ram return-path postcopy-preempt", draw)


# --- disk full ----------------------------------------------------------------

def fails_with(source, uri, text, count):
    source.command("migrate", uri=uri)
    info = source.wait_for("failed")
    assert text in info["error-desc"], info
    return source.is_alive(count)


def test_disk_full(tmp):
    with Faulty(tmp) as source:
        count = source.is_alive()
        count = fails_with(source, "file:/dev/full",
                           "No space left on device", count)
        count = fails_with(source, "exec:head -c 100000 > /dev/null",
                           "Broken pipe", count)
        mount = f"{tmp}/mount"
        os.mkdir(mount)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none",
                               mount], stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            return "no tmpfs"
        try:
            for way in (hops.way("", "file"), hops.way("mapped-ram", "file"),
                        hops.way("mapped-ram multifd", "file")):
                try:
                    hops.prepare(source, way, tmp, "client")
                except hops.Unsupported as why:
                    print(f"# {way}: {why}")
                    continue
                # mapped-ram makes holes, which take nothing.
                source.command("migrate-set-parameters",
                               **{"zero-page-detection": "none"})
                count = fails_with(source, f"file:{mount}/stream",
                                   "No space left on device", count)
                os.unlink(f"{mount}/stream")
        finally:
            subprocess.run(["umount", mount], check=True)
        hops.prepare(source, hops.way("", "file"), tmp, "client")
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("completed")
        source.quit()
        return None


# --- another destination ------------------------------------------------------

def mem(size="256M", ident="m0", **properties):
    props = "".join(f",{k.replace('_', '-')}={v}"
                    for k, v in properties.items())
    return ["-object", f"memory-backend-ram,id={ident},size={size}", "-device",
            f"virtio-mem,id=v{ident},memdev={ident}{props}"]


BIG = ["-m", "64M,maxmem=2G", "-global", "virtio-mmio.force-legacy=off"]
UNPLACED = ["-machine", "x-memory-placement=off"]
RNG = ["-device", "virtio-rng-device"]
BALLOON = ["-device", "virtio-balloon-device"]
RNG_PCI = ["-device", "virtio-rng-pci,addr=3"]

# Words of the source, words of the destination; what one of them says.
OTHERS = {
    "machine": ([], ["-M", "none"], r"Machine type received is 'virt' and "
                r"local is 'none'"),
    "less memory": ([], ["-m", "32M"], r"riscv_virt_board\.ram.*\n?.*'ram'"),
    "more CPUs there": (["-smp", "2"], [],
                        r"savevm section or instance '[\w/]+' 1"),
    "no device": (RNG, [], r"savevm section or instance '[^']*virtio-rng"),
    "another device": (RNG, BALLOON,
                       r"section or instance '[^']*virtio-rng"),
    "no PCI device": (RNG_PCI, [], r"section or instance '[^']*03.0/virtio-rng"),
    "another PCI device": (RNG_PCI, ["-device", "virtio-balloon-pci,addr=3"],
                           r"section or instance '[^']*03.0/virtio-rng"),
    "another slot": (RNG_PCI, ["-device", "virtio-rng-pci,addr=4"],
                     r"section or instance '[^']*03.0/virtio-rng"),
    "another order": ([*BIG, *mem(ident="m0"), *mem("512M", "m1")],
                      [*BIG, *mem("512M", "m1"), *mem(ident="m0")],
                      r'Unknown ramblock "virtio-mmio@[0-9a-f]+/m1"'),
    "block size": ([*BIG, *mem(block_size="2M", requested_size="64M")],
                   [*BIG, *mem(block_size="4M", requested_size="64M")],
                   r"virtio-mem"),
    "backend size": ([*BIG, *mem("256M")], [*BIG, *mem("512M")],
                     r"'vm0' has 0x20000000 bytes here and 0x10000000 at the source"),
    # With its placement it would be put where it was.
    "address": ([*BIG, *UNPLACED, *mem(memaddr="0xc0000000")],
                [*BIG, *UNPLACED, *mem(memaddr="0xd0000000")], r"virtio-mem"),
    "no early state": ([*BIG, *mem()], [*BIG, *mem(x_early_migration="off")],
                       r"virtio-mem"),
}


def differs(tmp, source_words, words, pattern):
    """The destination says why; the source is told, and goes on."""
    with Faulty(tmp, *source_words) as source:
        way = hops.way("return-path")
        count = source.is_alive()
        hops.prepare(source, way, tmp, "client")
        target, there = listening(tmp, way, words)
        with target:
            source.command("migrate", uri=f"unix:{there}")
            target.wait_for("failed")
            text = target.errors()
            assert re.search(pattern, text), (pattern, text)
            named(target.why())
            target.quit()
            source.wait_for("failed")
            assert source.why()
            source.is_alive(count)
        source.quit()


def test_others(tmp):
    wrong = []
    for name, row in OTHERS.items():
        try:
            differs(tmp, *row)
        except (AssertionError, Failed, EOFError) as error:
            said = pathlib.Path(f"{tmp}/{Machine.number}.err").read_text(
                encoding="utf-8")
            wrong.append(f"{name}: {error!r}; {said}")
    assert not wrong, "\n".join(wrong)
    return f"{len(OTHERS)} destinations"


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("emulator")
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--offsets", type=int, default=8)
    parser.add_argument("--early", type=int, default=0)
    parser.add_argument("--seed", type=int,
                        default=random.randrange(1 << 31))
    return parser.parse_intermixed_args()


if __name__ == "__main__":
    OPTIONS = options()
    sys.exit(run_tap(tests_of(globals()), OPTIONS.tests))
