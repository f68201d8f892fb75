#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux moves between processes along the table of ways (tests/guest/hops.py)
while a program writes and checks memory, part of which virtio-mem has plugged:
nothing is lost, its clock goes on, the console is alive, virtio-mem can be
resized before and after, and is busy meanwhile.

    migration_guest.py [--hops N] [--smp N] [--machine virt|microvm]
                       [--ways WORD] EMULATOR [TEST]...

Without --hops each way is gone once. A way that is refused as not supported is
told, and does not count. microvm is for KVM: its kernel is that of microvm.py.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
import hops  # noqa: E402
from guest import PROMPT, Guest, GuestError, deadline, linux, run_tap  # noqa: E402
from memory import GIB, MIB, MemoryGuest, folder  # noqa: E402
from tap import Skip  # noqa: E402

BUSY = "virtio_mem_send_response type=2"
WATCHED = ["-trace", "virtio_mem_send_response"]


class Moving(MemoryGuest):
    """On the board virt, with 1 GiB plugged; with `-incoming` among its words a
    process that waits for one."""
    backend = 4 * GIB
    plugged = GIB
    step = 256 * MIB
    more = 128 * MIB
    size = "512M"
    wanted = 0          # that was asked for while it moved
    was_busy = False    # and was refused then

    def __init__(self, harts, memory, tmp, words=()):
        args = ["-smp", str(harts), "-machine", "memory-backend=ram0" +
                (",aux-ram-share=on" if memory == "memfd" else ""),
                "-object", hops.ram(memory, tmp, "ram0", self.size),
                "-object", hops.ram(memory, tmp, "mem0", self.backend),
                "-device", "virtio-mem,id=vm0,memdev=mem0", *WATCHED, *words]
        if words:
            Guest.__init__(self, [OPTIONS.emulator], *self.board(), *args)
            return
        super().__init__([OPTIONS.emulator], *args)

    @staticmethod
    def board():
        append = "quiet memhp_default_state=online_movable "
        return [*linux(append, folder()), "-m", "512M,maxmem=16G", "-global",
                "virtio-mmio.force-legacy=off"]

    def uptime(self):
        return float(self.shell("cut -d' ' -f1 /proc/uptime"))

    def begin_load(self, seed):
        self.start_load(1000000, seed)

    def check_load(self):
        assert self.shell("pidof memload"), self.shell("cat /tmp/load")

    def check_kernel(self):
        assert not self.shell("dmesg | grep -i 'stall\\|BUG:\\|Oops'")


class Plugging(MemoryGuest):
    """With words of its own."""

    def __init__(self, command, *args):
        Guest.__init__(self, command, *args)


class MovingX86(Moving):
    """On microvm under KVM, with x86/init.c as its only program, and no shell.
    A KVM in software runs a kernel slowly: there is little of everything."""
    backend = 512 * MIB
    plugged = 32 * MIB
    step = 4 * MIB
    more = 8 * MIB
    size = "64M"
    files = []
    rounds = 0

    def __init__(self, harts, memory, tmp, words=()):
        super().__init__(harts, memory, tmp, words or ["-no-shutdown"])
        if not words:
            self.expect(PROMPT, 600)

    @classmethod
    def board(cls):
        import microvm
        return [*cls.files, "-M", "microvm,acpi=off", "-accel", "kvm", "-cpu",
                microvm.CPU, "-m", f"{cls.size},maxmem=2G", "-append",
                f"{microvm.APPEND} lpj=1000000 "
                "memhp_default_state=online_movable"]

    @classmethod
    def prepare(cls, tmp):
        import microvm
        program = pathlib.Path(tmp, "init")
        if not shutil.which("cc"):
            raise Skip("no compiler")
        subprocess.run(["cc", *microvm.FREESTANDING, "-o", program,
                        HERE.parent / "guest" / "x86" / "init.c"], check=True)
        cls.files = microvm.prepare(pathlib.Path(tmp), program.read_bytes())

    def uptime(self):
        return float(self.shell("uptime"))

    def begin_load(self, seed):
        """Also in what has been plugged."""
        for _ in range(4):
            assert not self.shell("more", 300)
        self.check_load()

    def check_load(self):
        """It has gone on since it was last looked at."""
        end, before = deadline(120), self.rounds
        while self.rounds <= before:
            text = self.shell("load", 120)
            assert re.fullmatch(r"\d+ rounds", text), text
            self.rounds = int(text.split()[0])
            assert time.monotonic() < end, self.tail()

    def check_kernel(self):
        assert not re.search(rb"stall|BUG:|Oops|Call Trace", self.log), \
            self.tail()


def is_busy(source):
    """What the guest wants to plug while it moves is refused, until later. A
    guest that the host lets not run may come to it only there."""
    before, told = source.info()["size"], source.errors().count(BUSY)
    source.wanted = before + source.more
    source.request(source.wanted)
    end = deadline(120)
    while source.errors().count(BUSY) == told:
        status = source.command("query-migrate")["status"]
        if status != "active":
            return    # it has stopped already
        if time.monotonic() > end:
            raise GuestError(f"{status}, not refused; {source.tail()}")
        time.sleep(0.02)
    assert source.info()["size"] == before, source.info()
    source.was_busy = True


class Journey:
    """One guest, whose RAM is of one kind."""

    def __init__(self, tmp, cls, harts, memory):
        self.tmp, self.cls, self.harts, self.memory = tmp, cls, harts, memory
        self.done = self.shown = self.asked = self.busy = 0
        self.sent = self.worst = 0
        self.unsupported = {}
        self.guest = cls(harts, memory, tmp)
        try:
            self.guest.resize(cls.plugged, timeout=300)
            self.guest.begin_load(harts)
            self.uptime = self.guest.uptime()
        except Exception:
            self.guest.close()
            raise

    def start(self, words):
        return self.cls(self.harts, self.memory, self.tmp, words)

    def move(self, way):
        """False if the way is none."""
        source, size = self.guest, self.guest.info()["size"]
        try:
            self.guest, info = hops.hop(
                source, self.start, way, self.tmp,
                during=is_busy if self.done % 3 == 1 else None)
        except hops.Unsupported as why:
            self.unsupported[way.name] = str(why)
            return False
        except Exception as error:
            raise GuestError(f"hop {self.done}, {way}: {error}; "
                             f"{source.tail()}") from error
        source.close()
        wanted, was_busy = source.wanted, source.was_busy
        self.guest.rounds = getattr(source, "rounds", 0)
        self.asked += wanted != 0
        self.busy += was_busy
        self.worst = max(self.worst, info.get("downtime", 0))
        self.sent += info["ram"]["transferred"]
        if not wanted:
            assert self.guest.info()["size"] == size, self.guest.info()
            if self.memory == "any":
                # Unplugged parts cost nothing here, either.
                resident = self.guest.resident(self.cls.backend)
                assert resident <= size, (resident, size)
        self.check(wanted)
        self.done += 1
        if self.shown:
            print(f"# {self.done} of {self.shown}, {int(self.uptime)} s of the "
                  f"guest: {way}{', busy' if was_busy else ''}, "
                  f"{info.get('downtime', 0)} ms", flush=True)
        return True

    def check(self, wanted):
        """The guest is what it was."""
        guest = self.guest
        guest.type("\n")    # the console was somebody else's
        guest.expect(PROMPT)
        now = guest.uptime()
        assert self.uptime < now < self.uptime + 3600, (self.uptime, now)
        self.uptime = now
        guest.check_load()
        if wanted:
            guest.wait_for(wanted, timeout=300)
        guest.resize(self.cls.plugged - self.done % 2 * self.cls.step,
                     timeout=300)

    def run(self, rows, count):
        rows = list(rows)
        self.shown = count if count >= 10 else 0
        if count and count < len(rows):
            rows = spread(rows, count)
        try:
            while rows and (not count or self.done < count):
                for way in list(rows):
                    went = self.move(way)
                    if not count or not went:
                        rows.remove(way)
                    if count and self.done >= count:
                        break
            self.guest.check_kernel()
            assert self.busy or self.asked < 5, "it was never busy"
        finally:
            self.guest.close()
        for why in sorted(set(self.unsupported.values())):
            names = [n for n, w in self.unsupported.items() if w == why]
            print(f"# {why}: {', '.join(names)}", flush=True)
        if not self.done:
            raise Skip("unsupported: " + ", ".join(self.unsupported))
        return (f"{self.done} hops, {self.busy} times busy, "
                f"{self.sent >> 20} MiB, downtime at most {self.worst} ms")


def spread(rows, count):
    """The rows in another order: `count` from all over the table come first,
    the others stand in for those that are not supported."""
    first = [rows[i * len(rows) // count] for i in range(count)]
    return first + [row for row in rows if row not in first]


def moves(memory, harts, count):
    cls = MovingX86 if OPTIONS.machine == "microvm" else Moving
    rows = hops.ways(memory, OPTIONS.ways)
    if not rows:
        raise Skip(f"no way has '{OPTIONS.ways}' in its name")
    with tempfile.TemporaryDirectory() as tmp:
        return Journey(tmp, cls, harts, memory).run(rows, count)


def hop():
    return moves("any", OPTIONS.smp, OPTIONS.hops)


def hop_with_shared_memory():
    """A few: there are few ways."""
    return moves("file", OPTIONS.smp, OPTIONS.hops and OPTIONS.hops // 5)


def hop_with_passed_memory():
    return moves("memfd", OPTIONS.smp, OPTIONS.hops and OPTIONS.hops // 5)


def load_ends_well():
    """The program that began here says at the destination that all is right,
    also of what has been plugged."""
    ways = [hops.way(""), hops.way("multifd"), hops.way("mapped-ram", "file")]
    with tempfile.TemporaryDirectory() as tmp:
        guest = Moving(2, "any", tmp)
        try:
            guest.resize(GIB)
            guest.start_load(20, 7, 1200)
            for way in ways:
                source = guest
                guest, _ = hops.hop(source, lambda words: Moving(
                    2, "any", tmp, words), way, tmp)
                source.close()
            guest.type("\n")
            guest.expect(PROMPT)
            return guest.end_load()
        finally:
            guest.close()


def no_memory_to_preallocate(tmp):
    """The destination finds that out while the guest runs at the source."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32M", "none", tmp],
                      stderr=subprocess.DEVNULL, check=False).returncode:
        raise Skip("cannot mount a tmpfs")

    def words(where):
        return [*Moving.board(), "-object", "memory-backend-file,id=m0,"
                f"size=1G,share=on,reserve=off,mem-path={where}/m0", "-device",
                "virtio-mem,id=vm0,memdev=m0,prealloc=on"]

    try:
        with tempfile.TemporaryDirectory() as other, \
                Plugging([OPTIONS.emulator], *words(other)) as source, \
                Guest([OPTIONS.emulator], *words(tmp), "-incoming",
                      "defer") as target:
            source.expect(PROMPT)
            source.resize(128 * MIB)
            for side in (source, target):
                hops.prepare(side, hops.way("return-path"), other,
                             "client" if side is source else "server")
            source.command("migrate-set-parameters",
                           **{"max-bandwidth": hops.SLOW})
            target.command("migrate-incoming", uri=f"unix:{other}/s",
                           **{"exit-on-error": False})
            source.qmp.events.clear()
            source.command("migrate", uri=f"unix:{other}/s")
            end = deadline(120)
            while source.command("query-migrate")["status"] != "failed":
                assert time.monotonic() < end, source.tail()
                time.sleep(0.02)
            text = target.errors()
            assert "virtio-mem" in text and "preallocat" in text, text
            assert "STOP" not in str(source.qmp.events), source.qmp.events
            source.type("\n")
            source.expect(PROMPT)
            source.shell("true")
    finally:
        subprocess.run(["umount", tmp], check=True)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("emulator")
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--hops", type=int, default=0)
    parser.add_argument("--smp", type=int, default=2)
    parser.add_argument("--machine", default="virt",
                        choices=("virt", "microvm"))
    parser.add_argument("--ways", default="")
    return parser.parse_intermixed_args()


def main():
    tests = [hop]
    if OPTIONS.hops == 0 or OPTIONS.hops >= 5:
        tests += [hop_with_shared_memory, hop_with_passed_memory]
    if OPTIONS.machine == "virt":
        return run_tap([load_ends_well, no_memory_to_preallocate, *tests],
                       OPTIONS.tests)
    with tempfile.TemporaryDirectory() as tmp:
        MovingX86.prepare(tmp)
        return run_tap(tests, OPTIONS.tests)


if __name__ == "__main__":
    OPTIONS = options()
    sys.exit(main())
