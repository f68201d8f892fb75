#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Migration over a unix socket: migration.py EMULATOR [--rounds N] [--size MIB]
[--multifd N] [--ours]

Guests of the riscv64 board virt whose RAM is random, one that idles and one that
writes 16 MiB again and again, with Debian's QEMU 10.0 as the reference, in
turns: MiB/s of one channel (and of so many of multifd), downtime in ms, medians.
Then ours alone, under Linux: 1 GiB plugged of a virtio-mem device of 64 GiB, and
of one of 1 GiB, with 512 MiB in it that are not zero: seconds of one hop of as
many, the median, and the largest memory of both processes.
"""
import argparse
import contextlib
import pathlib
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "guest"))
from guest import Guest, GuestError, linux  # noqa: E402
from memory import GIB, MemoryGuest, folder  # noqa: E402
from qmp import Qmp  # noqa: E402

IDLE = struct.pack("<2I", 0x10500073, 0xffdff06f)    # wfi; j -4
# As in tests/functional/migration_load.py: a page of 16 MiB each 20 us.
BUSY = struct.pack(
    "<17I", 0x00200517, 0x00001e37, 0x00000597, 0x0385e583, 0x00050293,
    0x00001337, 0x001e8e93, 0x01d2b023, 0x01c282b3, 0xc0102f73, 0x00bf0f33,
    0xc0102ff3, 0xffefeee3, 0xfff30313, 0xfe0310e3, 0xfd5ff06f, 200)
MIB = 1 << 20
TIMEOUT = 600


class Process(Qmp):
    def __init__(self, command, tmp, name, *args):
        path = f"{tmp}/{name}.qmp"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(1)
            listener.settimeout(TIMEOUT)
            self.process = subprocess.Popen(
                [*command, "-M", "virt", "-nodefaults", "-display", "none",
                 "-qmp", f"unix:{path}", *args], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL)
            connection, _ = listener.accept()
        pathlib.Path(path).unlink()
        connection.settimeout(TIMEOUT)
        super().__init__(connection.makefile("rwb"))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()


def ended(machine):
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        info = machine.command("query-migrate")
        if info.get("status") in ("completed", "failed"):
            assert info["status"] == "completed", info
            return info
        time.sleep(0.005)
    raise AssertionError(info)


def move(command, tmp, ram, size, program, channels=0):
    """query-migrate when it is done."""
    bios = pathlib.Path(tmp, "program")
    bios.write_bytes(program)
    memory = ["-m", f"{size}M", "-machine", "memory-backend=mem0",
              "-bios", bios, "-object"]
    # The source maps random content, privately; it is in memory already.
    source_ram = f"memory-backend-file,id=mem0,size={size}M,mem-path={ram}," \
        "share=off"
    target_ram = f"memory-backend-ram,id=mem0,size={size}M"
    with Process(command, tmp, "src", *memory, source_ram) as source, \
            Process(command, tmp, "dst", *memory, target_ram,
                    "-incoming", "defer") as target:
        for machine in (source, target):
            if channels:
                machine.command("migrate-set-capabilities", capabilities=[
                    {"capability": "multifd", "state": True}])
                machine.command("migrate-set-parameters",
                                **{"multifd-channels": channels})
        source.command("migrate-set-parameters", **{"max-bandwidth": 0})
        uri = f"unix:{tmp}/migration"
        target.command("migrate-incoming", uri=uri)
        source.command("migrate", uri=uri)
        info = ended(source)
        ended(target)
        return info


def speed(info):
    return info["ram"]["transferred"] / MIB / (info["total-time"] / 1000)


def row(name, unit, ours, theirs, better):
    text = f"  {name:28}{statistics.median(ours):9.0f} {unit}"
    if theirs:
        ratio = statistics.median(ours) / max(statistics.median(theirs), .5)
        text += f"   QEMU {statistics.median(theirs):9.0f}   " \
            f"ratio {ratio:.2f} ({better} is better)"
    print(text, flush=True)


def compare(args):
    """All that both have."""
    commands = [[args.emulator]]
    reference = [ROOT / "scripts/reference-qemu", "--target", "riscv64"]
    if not args.ours and subprocess.run(
            [*reference, "-version"], stdout=subprocess.DEVNULL,
            check=False).returncode == 0:
        commands.append(reference)
    rows = [("one channel", IDLE, 0, speed, "MiB/s", "more"),
            ("downtime, idle", IDLE, 0, lambda i: i["downtime"], "ms", "less"),
            ("downtime, writing", BUSY, 0, lambda i: i["downtime"], "ms",
             "less")]
    if args.multifd:
        rows.append((f"multifd, {args.multifd} channels", IDLE, args.multifd,
                     speed, "MiB/s", "more"))
    with tempfile.TemporaryDirectory(dir="/dev/shm") as tmp:
        ram = pathlib.Path(tmp, "ram")
        with open(ram, "wb") as out, open("/dev/urandom", "rb") as random:
            for _ in range(args.size // 16):
                out.write(random.read(16 * MIB))
        got = {}
        for _ in range(args.rounds):
            for name, program, channels, value, *_ in rows:
                for which, command in enumerate(commands):
                    info = move(command, tmp, ram, args.size, program, channels)
                    got.setdefault((name, which), []).append(value(info))
    for name, _, _, _, unit, better in rows:
        row(name, unit, got[name, 0], got.get((name, 1)), better)


def peak(process):
    """VmHWM in MiB."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text(
        encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) >> 10


class Incoming(MemoryGuest):
    def __init__(self, command, *args):
        # pylint: disable=super-init-not-called,non-parent-init-called
        Guest.__init__(self, command, *linux(
            "quiet memhp_default_state=online_movable ", folder()),
            "-global", "virtio-mmio.force-legacy=off", *args, "-incoming",
            "defer")


def fill(guest):
    """512 MiB of what was plugged, with what is not zero."""
    guest.shell("mount -t tmpfs -o size=600m none /mnt; cd /mnt; "
                "head -c 1048576 /dev/urandom > a; "
                "for i in 1 2 3 4 5 6 7 8 9; do cat a a > b; mv b a; done",
                timeout=300)


def plugged(emulator, size, tmp, rounds):
    """Seconds of one hop, the median; and the peaks of both processes in MiB, in
    the first: 1 GiB of @size GiB, half of it full."""
    args = ["-m", f"512M,maxmem={size + 1}G", "-object",
            f"memory-backend-ram,id=mem0,size={size}G,reserve=off",
            "-device", "virtio-mem,id=vm0,memdev=mem0"]
    times, peaks = [], None
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(MemoryGuest([emulator], *args))
        source.resize(GIB)
        fill(source)
        for i in range(rounds):
            target = stack.enter_context(Incoming([emulator], *args))
            uri = f"unix:{tmp}/vmem{size}-{i}"
            target.command("migrate-incoming", uri=uri)
            source.command("migrate-set-parameters", **{"max-bandwidth": 0})
            source.command("migrate", uri=uri)
            times.append(ended(source)["total-time"] / 1000)
            ended(target)
            peaks = peaks or (peak(source.process), peak(target.process))
            source.close()
            source = target
    return (statistics.median(times), *peaks)


def sparse(emulator, rounds):
    with tempfile.TemporaryDirectory() as tmp:
        try:
            small = plugged(emulator, 1, tmp, rounds)
            large = plugged(emulator, 64, tmp, rounds)
        except GuestError as err:
            print(f"  {err}")
            return
    for i, (name, unit) in enumerate((("time", "s"), ("source", "MiB"),
                                      ("destination", "MiB"))):
        print(f"  1 GiB of 64, {name:15}{large[i]:9.2f} {unit}   of 1 GiB "
              f"{small[i]:9.2f}   ratio {large[i] / small[i]:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("emulator")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--multifd", type=int, default=0)
    parser.add_argument("--ours", action="store_true")
    args = parser.parse_args()
    print(f"migration, {args.size} MiB of random content:", flush=True)
    compare(args)
    sparse(args.emulator, args.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
