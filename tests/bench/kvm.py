#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""KVM's machine: how long from exec to the guest's first exit and how much
memory that takes; how many reads of a device's register and writes to a port
are answered a second; and what 1 TiB of virtio-mem with 1 GiB plugged costs.

    kvm.py [--runs N] [--cpu MODEL] BINARY [REFERENCE...]

REFERENCE is a command, started in turn with BINARY; without one, QEMU 10.0 for
all but the start (scripts/reference-qemu unpacks it first). The guests are tiny
programs, which tell by bytes to their UART how far they are. The driver of
virtio-mem is this script, over the qtest protocol. Exits with 77 where there is
no KVM.
"""
import argparse
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
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "guest")]
from qmp import Qmp  # noqa: E402
import x86  # noqa: E402

TMP = tempfile.TemporaryDirectory(prefix="plateau-bench-")
GIB = 1 << 30
CPU = "host"
FIRST_EXIT = """
start:
    mov $'A', %al
    mov $0x3f8, %dx
    out %al, %dx
stop:
    cli
    hlt
    jmp stop
"""
# Between A and B: so many reads of a virtio-mmio transport's first register, by
# flat 32-bit segments; between B and C, writes to the UART's scratch register.
EXITS = 20000
STORMS = """
start:
    lgdtl %%cs:gdt_pointer
    mov %%cr0, %%eax
    or $1, %%al
    mov %%eax, %%cr0
    ljmpl $8, $0xf0000 + flat
    .balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word . - gdt - 1
    .long 0xf0000 + gdt
    .code32
flat:
    mov $16, %%eax
    mov %%eax, %%ds
    mov $0x3f8, %%edx
    mov $'A', %%al
    out %%al, %%dx
    mov $%(exits)d, %%ecx
    mov $0xfeb00000, %%ebx
reads:
    mov (%%ebx), %%esi
    dec %%ecx
    jnz reads
    mov $'B', %%al
    out %%al, %%dx
    mov $%(exits)d, %%ecx
    mov $0x3ff, %%edx
writes:
    out %%al, %%dx
    dec %%ecx
    jnz writes
    mov $0x3f8, %%edx
    mov $'C', %%al
    out %%al, %%dx
stop:
    hlt
    jmp stop
    .code16
""" % {"exits": EXITS}


class Machine:
    """A process with sockets for some of its channels."""

    def __init__(self, command, *args, channels, cpu=None):
        pairs = {name: socket.socketpair() for name in channels}
        ends = [theirs.fileno() for _, theirs in pairs.values()]
        text = [str(a) for a in args]
        for name, fd in zip(pairs, ends):
            text += ["-chardev", f"socket,id={name},fd={fd}",
                     *channels[name]]
        self.begin = time.perf_counter()
        self.process = subprocess.Popen(
            [*command, "-M", "microvm", "-accel", "kvm", "-cpu",
             cpu or CPU,
             "-nodefaults", "-display", "none", "-bios", f"{TMP.name}/bios.rom",
             *text], pass_fds=ends, stdin=subprocess.DEVNULL)
        for name, (ours, theirs) in pairs.items():
            ours.settimeout(60)
            theirs.close()
            setattr(self, name, ours)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()


def rss_mib(pid):
    """What is resident; a guest that has touched nothing has a few pages."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


def first_exit(command):
    with Machine(command, "-m", "512M",
                 channels={"uart": ["-serial", "chardev:uart"]}) as machine:
        assert machine.uart.recv(1) == b"A"
        took = (time.perf_counter() - machine.begin) * 1000
        return took, rss_mib(machine.process.pid)


def starts(commands, runs):
    results = {command: [] for command in commands}
    for _ in range(runs):
        for command, list_ in results.items():
            list_.append(first_exit(command))
    for command, list_ in results.items():
        took, rss = (statistics.median(part) for part in zip(*list_))
        print(f"exec to the first exit, 512 MiB: {took:6.1f} ms, "
              f"{rss:5.1f} MiB resident   {pathlib.Path(command[0]).name}")


def storm(command):
    """Reads of the register and writes to the port a second."""
    # A model that QEMU can have where the kernel refuses some MSRs of the host.
    with Machine(command, "-m", "64M", cpu="qemu64,pni=off",
                 channels={"uart": ["-serial", "chardev:uart"]}) as machine:
        times = []
        for expected in b"ABC":
            assert machine.uart.recv(1)[0] == expected
            times.append(time.perf_counter())
        return tuple(EXITS / (end - begin)
                     for begin, end in zip(times, times[1:]))


def exits(commands, runs):
    results = {command: [] for command in commands}
    for _ in range(runs):
        for command, list_ in results.items():
            list_.append(storm(command))
    ours = None
    for command, list_ in results.items():
        rates = [statistics.median(part) for part in zip(*list_)]
        ours = ours or rates
        ratios = "" if rates is ours else "   ours: {:.3f}, {:.3f} of it".format(
            *(mine / theirs for mine, theirs in zip(ours, rates)))
        print(f"exits a second: {rates[0]:6.0f} reads by MMIO, {rates[1]:6.0f} "
              f"writes to a port   {pathlib.Path(command[0]).name}{ratios}")


def reference():
    """The command of QEMU 10.0 as a list; empty if it is out of reach."""
    command = (str(HERE.parents[1] / "scripts/reference-qemu"), "--target",
               "x86_64")
    done = subprocess.run([*command, "--version"], stdout=subprocess.DEVNULL,
                          check=False)
    return [] if done.returncode else [command]


# ---- virtio-mem -------------------------------------------------------------

class Driver:
    """virtio-mem's, in the last virtio-mmio slot; registers by their offset."""
    BASE = 0xfeb00e00
    RING = 0x100000

    def __init__(self, qtest):
        self.io = qtest.makefile("rw", newline="\n")
        assert self.read(0) == 0x74726976 and self.read(8) == 24, "no device"
        assert self.read(4) == 2, "a legacy device"
        for status in (0, 1, 3):
            self.write(0x70, status)
        for word in (0, 1):
            self.write(0x14, word)
            self.write(0x24, word)
            self.write(0x20, self.read(0x10) if word == 0 else 1)
        self.write(0x70, 11)
        self.write(0x30, 0)
        self.write(0x38, 4)
        for register, at in ((0x80, 0), (0x90, 0x1000), (0xa0, 0x2000)):
            self.write(register, self.RING + at)
            self.write(register + 4, 0)
        self.write(0x44, 1)
        self.write(0x70, 15)
        self.turn = 0
        self.block_size = self.config(0)
        self.addr = self.config(16)

    def ask(self, line):
        self.io.write(line + "\n")
        self.io.flush()
        while True:
            answer = self.io.readline().split()
            if answer[0] != "IRQ":
                assert answer[0] == "OK", answer
                return int(answer[1], 0) if len(answer) > 1 else None

    def read(self, register):
        return self.ask(f"readl {self.BASE + register:#x}")

    def write(self, register, value):
        self.ask(f"writel {self.BASE + register:#x} {value:#x}")

    def config(self, at):
        return self.read(0x100 + at) | self.read(0x104 + at) << 32

    def poke(self, at, data):
        self.ask(f"write {self.RING + at:#x} {len(data)} 0x{data.hex()}")

    def plug(self, addr, blocks):
        self.poke(0x3000, struct.pack("<HxxxxxxQHxxxxxx", 0, addr, blocks))
        self.poke(0, struct.pack("<QIHH", self.RING + 0x3000, 24, 1, 1)
                  + struct.pack("<QIHH", self.RING + 0x3100, 16, 2, 0))
        self.poke(0x3100, b"\xff" * 16)
        self.turn += 1
        self.poke(0x1004, bytes(8))
        self.poke(0x1002, struct.pack("<H", self.turn))
        self.write(0x50, 0)
        while self.ask(f"readw {self.RING + 0x2002:#x}") != self.turn:
            pass
        answer = self.ask(f"readw {self.RING + 0x3100:#x}")
        assert answer == 0, f"plug: {answer}"


def kernel_mib():
    text = pathlib.Path("/proc/meminfo").read_text(encoding="ascii")
    return sum(int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1])
               for name in ("Slab", "PageTables", "VmallocUsed",
                            "KernelStack")) / 1024


def slots(qmp):
    text = qmp.hmp("info mtree -f")
    first = text.split("Root memory region: system")[1].split("FlatView")[0]
    return len(re.findall(r" KVM$", first, re.M))


def large_device(command):
    before = kernel_mib()
    with Machine(command, "-m", "512M,maxmem=1025G", "-global",
                 "virtio-mmio.force-legacy=false", "-object",
                 "memory-backend-ram,id=m,size=1T,reserve=off", "-device",
                 "virtio-mem,id=v,memdev=m,dynamic-memslots=on,"
                 "requested-size=1G",
                 channels={"mon": ["-mon", "mon,mode=control"],
                           "test": ["-qtest", "chardev:test", "-qtest-log",
                                    "none"]}) as machine:
        qmp = Qmp(machine.mon.makefile("rwb"))
        driver = Driver(machine.test)
        empty, without = slots(qmp), kernel_mib()
        begin = time.perf_counter()
        count = GIB // driver.block_size
        driver.plug(driver.addr, count)
        took = (time.perf_counter() - begin) * 1000
        full = slots(qmp)
        print(f"virtio-mem of 1 TiB: {empty} slots; with 1 GiB plugged "
              f"({count} blocks, {took:.1f} ms): {full}")
        print(f"kernel memory: {without - before:+.1f} MiB for the machine, "
              f"{kernel_mib() - without:+.1f} MiB for what was plugged; "
              f"resident: {rss_mib(machine.process.pid):.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary")
    parser.add_argument("reference", nargs=argparse.REMAINDER)
    parser.add_argument("--cpu", default="host")
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    reason = x86.missing()
    if reason:
        print(f"KVM: skipped, {reason}")
        sys.exit(77)
    global CPU  # pylint: disable=global-statement
    CPU = args.cpu
    commands = [(args.binary,)]
    others = [tuple(args.reference)] if args.reference else []
    x86.firmware(TMP.name, FIRST_EXIT)
    starts(commands + others, args.runs)
    x86.firmware(TMP.name, STORMS)
    exits(commands + (others or reference()), args.runs)
    x86.firmware(TMP.name, FIRST_EXIT)
    large_device(commands[0])


if __name__ == "__main__":
    main()
