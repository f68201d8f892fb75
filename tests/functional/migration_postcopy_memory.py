#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Postcopy with kinds of memory: shared, KVM's, virtio-mem's, of which most is
not plugged; and all of RAM is at the destination what it was at the source.

    migration_postcopy_memory.py EMULATOR
"""
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "guest"))
import x86  # noqa: E402
from migration import (PAGES, PER_HART, RAM, Machine,  # noqa: E402
                       runs_on)
from migration_postcopy import (POSTCOPY, PREEMPT, leave,  # noqa: E402
                                recover, supported, wait_for_requests)
from tap import Skip, run_tap, tests_of  # noqa: E402

MIB = 1 << 20
SLOWLY = {"max-bandwidth": 4 * MIB, "max-postcopy-bandwidth": MIB}


def memory(kind, path=None):
    where = f",mem-path={path}" if path else ""
    share = ",aux-ram-share=on" if kind == "memfd" else ""
    return ["-object", f"memory-backend-{kind},id=ram0,size=64M,share=on"
            f"{where}" if kind != "ram" else
            "memory-backend-ram,id=ram0,size=64M",
            "-machine", f"memory-backend=ram0{share}"]


def read(machine, at, size):
    path = machine.base + ".read"
    machine.command("pmemsave", val=at, size=size, filename=path)
    data = pathlib.Path(path).read_bytes()
    os.unlink(path)
    return data


def is_same(a, b):
    """64 MiB are nothing to print."""
    assert len(a) == len(b)
    wrong = [at for at in range(0, len(a), 4096)
             if a[at:at + 4096] != b[at:at + 4096]]
    assert not wrong, (len(wrong), [hex(at) for at in wrong[:16]])


def begin(tmp, source, target, capabilities):
    """The guest has left, and most of its memory has not."""
    for m in (source, target):
        m.enable(*capabilities)
    target.command("migrate-incoming", uri=f"unix:{tmp}/sock",
                   **{"exit-on-error": False})
    source.command("migrate-set-parameters",
                   **{"zero-page-detection": "none", **SLOWLY})
    source.command("migrate", uri=f"unix:{tmp}/sock")
    source.wait_for("active", "failed")
    info = leave(source)
    assert info["status"] == "postcopy-active", info


def end(source, target):
    source.command("migrate-set-parameters", **{"max-postcopy-bandwidth": 0})
    info = source.wait_for("completed", "failed", "postcopy-paused")
    assert info["status"] == "completed", (source.errors(), target.errors())
    target.wait_for("completed")


def quit_both(*machines):
    for m in machines:
        m.quit()


# --- a guest that counts -------------------------------------------------------

def counts(tmp, capabilities, *args, harts=1, cls=Machine, **kwargs):
    args = ["-smp", str(harts), *args]
    with cls(tmp, *args, **kwargs) as source, \
            cls(tmp, "-incoming", "defer", *args, **kwargs) as target:
        runs_on(source, 0, harts)
        source.command("cont")
        begin(tmp, source, target, capabilities)
        wait_for_requests(source)
        end(source, target)
        before = source.check(harts)
        runs_on(target, before, harts)
        quit_both(source, target)


def test_memfd(tmp):
    supported(tmp)
    counts(tmp, POSTCOPY, *memory("memfd"), harts=2)


def test_memfd_preempt(tmp):
    supported(tmp)
    counts(tmp, PREEMPT, *memory("memfd"))


class X86(Machine):
    """Counts where tests/guest/x86/count.S does."""

    @staticmethod
    def boot(program):
        return []

    def counters(self, hart=0):
        data = read(self, 2 * MIB + hart * PER_HART, PAGES * 4096)
        return [int.from_bytes(data[at:at + 8], "little")
                for at in range(0, len(data), 4096)]


def kvm(tmp, capabilities, *args, harts=1):
    supported(tmp)
    why = x86.missing("cc")
    if why:
        raise Skip(why)
    counts(tmp, capabilities, *args, "-accel", "kvm", "-cpu", "host",
           "-kernel", x86.kernel(tmp, "count"), harts=harts, cls=X86,
           machine="microvm")


def test_kvm(tmp):
    kvm(tmp, POSTCOPY, harts=2)


def test_kvm_preempt_memfd(tmp):
    kvm(tmp, PREEMPT, *memory("memfd"))


# --- all of it ----------------------------------------------------------------

def test_stopped(tmp):
    """A guest that never ran: random memory, also over a new connection."""
    supported(tmp)
    draw = random.Random(int(os.environ.get("PLATEAU_TEST_SEED", "1")))
    file = pathlib.Path(tmp, "ram")
    with open(file, "wb") as f:
        f.truncate(64 * MIB)
        for _ in range(2000):
            f.seek(draw.randrange(64 * MIB // 4096) * 4096)
            f.write(draw.randbytes(draw.choice([1, 4096])))
    with Machine(tmp, "-S", *memory("file", file)) as source, \
            Machine(tmp, "-incoming", "defer", *memory("ram")) as target:
        begin(tmp, source, target, draw.choice([POSTCOPY, PREEMPT]))
        target.wait_for("postcopy-active")
        target.command("migrate-pause")
        recover(tmp, source, target, 0)
        source.wait_for("postcopy-active")
        end(source, target)
        assert target.status() == "prelaunch", target.status()
        data = read(source, RAM, 64 * MIB)
        assert 2 * MIB < sum(map(bool, data[::4])) * 4 < 64 * MIB
        is_same(data, read(target, RAM, 64 * MIB))
        quit_both(source, target)


def test_dirty(tmp):
    """What the guest has written after it was sent is sent again."""
    supported(tmp)
    with Machine(tmp, "-smp", "2") as source, \
            Machine(tmp, "-S", "-smp", "2", "-incoming", "defer") as target:
        runs_on(source, 0, 2)
        source.command("cont")
        begin(tmp, source, target, POSTCOPY)
        end(source, target)
        assert target.status() == "paused", target.status()
        is_same(read(source, RAM, 64 * MIB), read(target, RAM, 64 * MIB))
        target.command("cont")
        runs_on(target, source.check(2), 2)
        quit_both(source, target)


# --- virtio-mem ---------------------------------------------------------------

def resident(machine):
    text = pathlib.Path(f"/proc/{machine.process.pid}/status").read_text(
        encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0]) << 10


def virtio_mem(tmp, backend, early):
    """4 GiB of which nothing is plugged: nothing is sent, and who reads it
    while pages are on their way does not wait for the source."""
    supported(tmp)
    args = ["-m", "64M,maxmem=8G", "-object",
            f"{backend},id=m,size=4G,reserve=off", "-device",
            "virtio-mem-pci,id=v,memdev=m,requested-size=0,"
            f"x-early-migration={early}"]
    with Machine(tmp, *args) as source, \
            Machine(tmp, "-incoming", "defer", *args) as target:
        runs_on(source, 0)
        source.command("cont")
        begin(tmp, source, target, POSTCOPY)
        wait_for_requests(source)
        device, = target.command("query-memory-devices")
        at = device["data"]["memaddr"]
        for offset in (0, 2 << 30, (4 << 30) - 8192):
            assert read(target, at + offset, 8192) == bytes(8192)
        end(source, target)
        info = source.command("query-migrate")["ram"]
        assert info["normal"] + info["duplicate"] < 200 * 256, info
        assert resident(target) < 1 << 30, resident(target)
        assert read(target, at + (1 << 30), MIB) == bytes(MIB)
        runs_on(target, source.check())
        quit_both(source, target)


def test_virtio_mem(tmp):
    virtio_mem(tmp, "memory-backend-ram", "on")


def test_virtio_mem_late(tmp):
    virtio_mem(tmp, "memory-backend-ram", "off")


def test_virtio_mem_memfd(tmp):
    virtio_mem(tmp, "memory-backend-memfd,share=on", "on")


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
