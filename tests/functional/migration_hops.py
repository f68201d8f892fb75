#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that only count hop from process to process along the table of ways
(tests/guest/hops.py), and each page is looked at after each hop: a page that
was lost, or came late, or twice, shows as another pattern, for ever.

    migration_hops.py EMULATOR [--hops N] [--ways WORD] [--short] [TEST]...

Without --hops a guest goes each way once; with --short this is so for the first
guest, and the others go every fourth. A way that this
program or this host refuses as not supported is told, and does not count. Under
KVM the guests are of the board microvm, where a 32-bit program counts.
"""
import argparse
import os
import pathlib
import struct
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
import hops  # noqa: E402
import x86  # noqa: E402
from migration import COUNTERS, PAGES, PER_HART, TIMEOUT, Machine  # noqa: E402
from tap import Skip, run_tap  # noqa: E402

X86_COUNTERS = 2 << 20


class Counting(Machine):
    """One that can be asked while it runs, too."""
    base_of_counters = COUNTERS

    def first_count(self, hart):
        path = self.base + ".word"
        self.command("pmemsave", size=8, filename=path,
                     val=self.base_of_counters + hart * PER_HART)
        return struct.unpack("<Q", pathlib.Path(path).read_bytes())[0]

    def counters(self, hart=0):
        path = self.base + ".ram"
        self.command("pmemsave", val=self.base_of_counters + hart * PER_HART,
                     size=PAGES * 4096, filename=path)
        data = pathlib.Path(path).read_bytes()
        os.unlink(path)
        return [struct.unpack_from("<Q", data, page * 4096)[0]
                for page in range(PAGES)]


class CountingX86(Counting):
    base_of_counters = X86_COUNTERS

    @staticmethod
    def boot(program):
        return []    # each test has its kernel


class Journey:
    """One guest, whose RAM is of one kind."""

    def __init__(self, tmp, memory, harts, cls, args=()):
        self.tmp, self.harts, self.cls = tmp, harts, cls
        self.args = [*args, "-smp", str(harts), "-object",
                     hops.ram(memory, tmp, "ram0", "64M")]
        self.kind = {} if cls is Counting else {"machine": "microvm"}
        self.args += ["-machine", "memory-backend=ram0" +
                      (",aux-ram-share=on" if memory == "memfd" else "")]
        self.unsupported = {}
        self.done = 0
        self.least = 0
        self.machine = self.start([])
        self.counts_on(0)

    def start(self, words):
        return self.cls(self.tmp, *self.args, *words, **self.kind)

    def counts_on(self, least):
        """Each CPU has counted beyond that here, and all pages are right."""
        machine, end = self.machine, time.monotonic() + TIMEOUT
        while min(map(machine.first_count, range(self.harts))) <= least + 1:
            assert time.monotonic() < end, (least, machine.errors())
            time.sleep(0.01)
        machine.command("stop")
        self.least = machine.check(self.harts, least)
        machine.command("cont")

    def stopped_at_source(self, source):
        self.least = max(self.least, source.check(self.harts, self.least))

    def hop(self, way):
        source = self.machine
        try:
            self.machine, _ = hops.hop(source, self.start, way, self.tmp,
                                       at_source=self.stopped_at_source)
        except hops.Unsupported as why:
            self.unsupported[way.name] = str(why)
            return False
        except Exception as error:
            raise AssertionError(
                f"hop {self.done}, {way}: {error}; at the source: "
                f"{source.errors()}") from error
        source.quit()
        self.counts_on(self.least)
        self.done += 1
        for path in pathlib.Path(self.tmp).glob("hop*"):
            path.unlink()
        return True

    def run(self, rows, count):
        """`count` hops, or each way once; what is to be remarked."""
        rows = list(rows)
        assert rows
        while rows and (not count or self.done < count):
            for way in list(rows):
                try:
                    went = self.hop(way)
                except Exception:
                    self.machine.__exit__(None, None, None)
                    raise
                if not count or not went:
                    rows.remove(way)
                if count and self.done >= count:
                    break
        self.machine.quit()
        for why in sorted(set(self.unsupported.values())):
            names = [n for n, w in self.unsupported.items() if w == why]
            print(f"# {why}: {', '.join(names)}", flush=True)
        if not self.done:
            raise Skip("unsupported: " + ", ".join(self.unsupported))
        return f"{self.done} hops, {len(self.unsupported)} ways unsupported"


def journey(tmp, memory, harts, cls=Counting, args=()):
    rows = hops.ways(memory, OPTIONS.ways)
    if OPTIONS.short and memory == "any" and (harts, cls) != (1, Counting):
        rows = rows[harts - 1::4]
    if not rows:
        raise Skip(f"no way has '{OPTIONS.ways}' in its name")
    return Journey(tmp, memory, harts, cls, args).run(rows, OPTIONS.hops)


def test_one_hart(tmp):
    return journey(tmp, "any", 1)


def test_four_harts(tmp):
    return journey(tmp, "any", 4)


def test_shared_file(tmp):
    return journey(tmp, "file", 2)


def test_memfd(tmp):
    return journey(tmp, "memfd", 2)


def microvm(tmp, memory, cpus):
    why = x86.missing("cc")
    if why:
        raise Skip(why)
    return journey(tmp, memory, cpus, CountingX86,
                   ["-accel", "kvm", "-cpu", "host", "-kernel",
                    x86.kernel(tmp, "count")])


def test_kvm(tmp):
    return microvm(tmp, "any", 1)


def test_kvm_two_cpus(tmp):
    return microvm(tmp, "any", 2)


def test_kvm_memfd(tmp):
    return microvm(tmp, "memfd", 1)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("emulator")
    parser.add_argument("--hops", type=int, default=0)
    parser.add_argument("--ways", default="")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("tests", nargs="*")
    return parser.parse_intermixed_args()


if __name__ == "__main__":
    OPTIONS = options()
    TESTS = [test_one_hart, test_four_harts, test_shared_file, test_memfd,
             test_kvm, test_kvm_two_cpus, test_kvm_memfd]
    sys.exit(run_tap(TESTS, OPTIONS.tests))
