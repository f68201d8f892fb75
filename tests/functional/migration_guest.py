#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux moves between processes there and back while a program writes and
checks memory, part of which virtio-mem has plugged: nothing is lost, its clock
goes on, the console is alive, virtio-mem can be resized where the guest is.

    migration_guest.py [--hops N] EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...
"""
import pathlib
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, GuestError, deadline, linux, run_tap  # noqa: E402
from memory import GIB, MIB, MemoryGuest, folder  # noqa: E402

ARGS = sys.argv[1:]
HOPS = int(ARGS[1]) if ARGS[0] == "--hops" else 4
COMMAND = ARGS[2:] if ARGS[0] == "--hops" else ARGS
BACKEND = 4 * GIB
VMEM = ["-object", f"memory-backend-ram,id=mem0,size={BACKEND}",
        "-device", "virtio-mem,id=vm0,memdev=mem0"]
PLUGGED = GIB


class Moving(MemoryGuest):
    """A guest, or with `incoming` a process that waits for one."""

    def __init__(self, *args, incoming=False):
        if not incoming:
            super().__init__(COMMAND, *args)
            return
        append = "quiet memhp_default_state=online_movable "
        Guest.__init__(self, COMMAND, *linux(append, folder()),
                       "-m", "512M,maxmem=16G", "-global",
                       "virtio-mmio.force-legacy=off", *args,
                       "-incoming", "defer")

    def ended(self, *wanted):
        """The migration's status, once it is one of these."""
        end = deadline(120)
        while True:
            info = self.command("query-migrate")
            if info.get("status") in wanted:
                return info
            if info.get("status") in ("failed", "completed") or \
                    time.monotonic() > end:
                raise GuestError(f"{info}; {self.tail()}")
            time.sleep(0.02)

    def uptime(self):
        return float(self.shell("cut -d' ' -f1 /proc/uptime"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def check(answer):
    assert answer == {}, answer


def hop(source, args, uri):
    """The guest in a new process; what it cost."""
    target = Moving(*args, incoming=True)
    try:
        size = source.info()["size"]
        check(source.command("migrate-set-parameters",
                             **{"max-bandwidth": 0, "downtime-limit": 1000}))
        for side in (source, target):
            check(side.command("migrate-set-capabilities", capabilities=[
                {"capability": "return-path",
                 "state": not uri.startswith("file:")}]))
        if uri.startswith("file:"):
            check(source.command("migrate", uri=uri))
            info = source.ended("completed")
            check(target.command("migrate-incoming", uri=uri))
        else:
            check(target.command("migrate-incoming", uri=uri))
            check(source.command("migrate", uri=uri))
            info = source.ended("completed")
        target.ended("completed")
        assert target.command("query-status")["status"] == "running"
        assert target.info()["size"] == size, target.info()
        # Unplugged parts cost nothing here, either.
        assert target.resident(BACKEND) <= size, target.resident(BACKEND)
    except Exception:
        target.close()
        raise
    source.close()
    return target, info


def moves(harts):
    args = ["-smp", str(harts), *VMEM]
    worst = sent = 0
    with tempfile.TemporaryDirectory() as tmp:
        guest = Moving(*args)
        try:
            guest.resize(PLUGGED)
            guest.start_load(100000, harts, 1200)
            before = guest.uptime()
            for i in range(HOPS):
                uri = (f"unix:{tmp}/s{i}", f"tcp:127.0.0.1:{free_port()}",
                       f"file:{tmp}/stream")[i % 3]
                guest, info = hop(guest, args, uri)
                worst = max(worst, info["downtime"])
                sent += info["ram"]["transferred"]
                # The console was somebody else's.
                guest.type("\n")
                guest.expect(PROMPT)
                now = guest.uptime()
                assert before < now < before + 3600, (before, now)
                before = now
                assert guest.shell("pidof memload"), guest.tail()
                guest.resize(PLUGGED - (i % 2) * 256 * MIB)
            assert "stall" not in guest.shell("dmesg | grep -i 'stall\\|BUG:'")
        finally:
            guest.close()
    return f"{HOPS} hops, {sent >> 20} MiB, downtime at most {worst} ms"


def one_hart():
    return moves(1)


def two_harts():
    return moves(2)


def load_ends_well():
    """The program that began here says at the destination that all is right."""
    args = ["-smp", "2", *VMEM]
    with tempfile.TemporaryDirectory() as tmp:
        guest = Moving(*args)
        try:
            guest.resize(PLUGGED)
            guest.start_load(20, 7, 1200)
            guest, _ = hop(guest, args, f"unix:{tmp}/s")
            guest.type("\n")
            guest.expect(PROMPT)
            return guest.end_load()
        finally:
            guest.close()


if __name__ == "__main__":
    sys.exit(run_tap([load_ends_well, two_harts] +
                     ([one_hart] if HOPS > 3 else [])))
