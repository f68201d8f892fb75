#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dump-guest-memory: gdb reads a core; what is in it by its bytes; progress,
failures, what is refused.

    dump.py EMULATOR [TEST]...
"""
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
import sys

from migration import COUNTERS, PROGRAM, RAM, TIMEOUT, Machine, runs_on, start
from tap import Skip, run_tap, tests_of

MIB = 1 << 20


def parse(path):
    """(class, machine, notes, {physical address: bytes})."""
    data = pathlib.Path(path).read_bytes()
    assert data[:4] == b"\x7fELF" and data[5] == 1, data[:8]
    wide = data[4] == 2
    kind, machine = struct.unpack_from("<HH", data, 16)
    assert kind == 4, kind
    if wide:
        phoff, = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
    else:
        phoff, = struct.unpack_from("<I", data, 28)
        size, count = struct.unpack_from("<HH", data, 42)
    notes, memory = [], {}
    for i in range(count):
        at = phoff + i * size
        if wide:
            kind, _, offset, _, physical, length = struct.unpack_from(
                "<IIQQQQ", data, at)
        else:
            kind, offset, _, physical, length = struct.unpack_from(
                "<IIIII", data, at)
        part = data[offset:offset + length]
        assert len(part) == length, (i, length)
        if kind == 1:
            memory[physical] = part
            continue
        assert kind == 4 and i == 0, (kind, i)
        while part:
            namesz, descsz, number = struct.unpack_from("<III", part)
            name = part[12:12 + namesz].rstrip(b"\0").decode()
            begin = 12 + -(-namesz // 4) * 4
            notes.append((name, number, part[begin:begin + descsz]))
            part = part[begin + -(-descsz // 4) * 4:]
    return data[4], machine, notes, memory


def registers(machine, hart=0):
    text = machine.hmp("info registers", **{"cpu-index": hart})
    found = {name: int(value, 16) for name, value in re.findall(
        r"\b(pc|x\d+/\w+)\s+([0-9a-f]{16})", text)}
    return found["pc"], [next(v for k, v in found.items() if k.startswith(
        f"x{i}/")) for i in range(32)]


def dumped(tmp, machine, **arguments):
    path = f"{tmp}/core"
    machine.command("dump-guest-memory", paging=False,
                    protocol=f"file:{path}", **arguments)
    return path


def test_core(tmp):
    """Of a running guest, which goes on."""
    with start(tmp, 2) as machine:
        path = dumped(tmp, machine)
        assert machine.status() == "running"
        runs_on(machine, 0, 2)
        path = dumped(tmp, machine)
        counters = machine.counters()
        elf_class, arch, notes, memory = parse(path)
        assert (elf_class, arch) == (2, 243)
        assert [n[:2] for n in notes] == [("CORE", 1)] * 2, notes
        for hart, note in enumerate(notes):
            assert struct.unpack_from("<I", note[2], 32)[0] == hart + 1
            pc, xs = registers(machine, hart)
            got = struct.unpack_from("<32Q", note[2], 112)
            assert got[0] == pc and list(got[1:]) == xs[1:], (hart, got)
        ram = memory[RAM]
        assert len(ram) == 64 * MIB and ram.startswith(PROGRAM)
        assert counters == [
            struct.unpack_from("<Q", ram, COUNTERS - RAM + i * 4096)[0]
            for i in range(len(counters))]
        info = machine.command("query-dump")
        assert info["status"] == "completed", info
        assert info["total"] == info["completed"] == sum(
            map(len, memory.values())), info
        assert "Status: completed" in machine.hmp("info dump")
        assert machine.command("query-dump-guest-memory-capability") == {
            "formats": ["elf"]}
        machine.quit()


def test_gdb(tmp):
    if not shutil.which("gdb-multiarch"):
        raise Skip("no gdb-multiarch")
    with start(tmp, 2) as machine:
        machine.command("stop")
        path = dumped(tmp, machine)
        pc, xs = registers(machine, 1)
        value = machine.counters()[7]
        machine.quit()
    done = subprocess.run(
        ["gdb-multiarch", "-nx", "-batch", "-ex", "set arch riscv:rv64", "-ex",
         f"core-file {path}", "-ex", "thread 2", "-ex",
         f"printf \"%#lx %#lx %#lx %#lx\\n\", $pc, $t3, $a0, "
         f"*(long *){COUNTERS + 7 * 4096:#x}"],
        capture_output=True, text=True, check=False, timeout=TIMEOUT)
    got = [int(word, 16) for word in done.stdout.split("\n")[-2].split()]
    assert got == [pc, xs[28], xs[10], value], (done, pc, xs, value)


def test_part(tmp):
    with Machine(tmp, "-S") as machine:
        memory = parse(dumped(tmp, machine, begin=RAM + 5, length=1000))[3]
        assert list(memory) == [RAM + 5] and len(memory[RAM + 5]) == 1000
        assert memory[RAM + 5].startswith(PROGRAM[5:])
        assert machine.status() == "prelaunch"
        text = machine.hmp(f"dump-guest-memory {tmp}/part {RAM:#x} 4096")
        assert not text and list(parse(f"{tmp}/part")[3]) == [RAM], text
        kept = pathlib.Path(tmp, "x")
        kept.write_text("what was there")
        for arguments, text in (
                ({"begin": 0}, "'length' is missing"),
                ({"length": 5}, "'begin' is missing"),
                ({"begin": 0, "length": 0}, "expects a non-zero size"),
                ({"begin": 1 << 60, "length": 5}, "no guest memory to dump"),
                ({"format": "kdump-zlib"}, "kdump-zlib is not available now"),
                ({"format": "win-dmp", "begin": 0, "length": 1},
                 "doesn't support paging or filter"),
                ({"protocol": "x:y"}, "must start with 'file:' or 'fd:'"),
                ({"protocol": "fd:none"}, "none"),
                ({"protocol": f"file:{tmp}/no/where"}, "no/where")):
            got = machine.refused("dump-guest-memory", **{
                "paging": False, "protocol": f"file:{tmp}/x", **arguments})
            assert text in got, (arguments, got)
            assert kept.read_text() == "what was there", arguments
        assert "-z|-l|-s|-w" in machine.hmp(
            f"dump-guest-memory -z -l {tmp}/x")
        machine.quit()


def dump_to_pipe(machine):
    """Begins one; the pipe's other end."""
    reader, writer = os.pipe()
    machine.pass_fd(writer, "getfd", fdname="pipe")
    os.close(writer)
    machine.command("dump-guest-memory", paging=False, detach=True,
                    protocol="fd:pipe")
    assert machine.command("query-dump")["status"] == "active"
    return reader


def test_detach(tmp):
    """Progress shows through a pipe that nobody reads yet; nothing else may
    start the guest meanwhile."""
    with start(tmp) as machine:
        reader = dump_to_pipe(machine)
        assert "Finished: 0." in machine.hmp("info dump")
        assert "dump in process" in machine.refused("cont")
        assert "dump in process" in machine.refused("stop")
        assert "dump in process" in machine.refused(
            "dump-guest-memory", paging=False, protocol=f"file:{tmp}/x")
        assert "dump-guest-memory in progress" in machine.refused(
            "migrate", uri=f"file:{tmp}/x")
        done, total = 0, machine.command("query-dump")["total"]
        seen = 0
        while data := os.read(reader, 1 << 20):
            done += len(data)
            if 0 < done < total // 2:
                seen = machine.command("query-dump")["completed"]
                assert seen <= total
        os.close(reader)
        assert done > total and seen > 0, (done, total, seen)
        result = machine.event("DUMP_COMPLETED")
        assert result == {"result": {"status": "completed", "total": total,
                                     "completed": total}}, result
        runs_on(machine, 0)
        machine.quit()


def test_quit(tmp):
    """The process ends while a dump waits for whoever reads it."""
    with start(tmp) as machine:
        reader = dump_to_pipe(machine)
        machine.quit()
        os.close(reader)


def test_full(tmp):
    with start(tmp) as machine:
        resource.prlimit(machine.process.pid, resource.RLIMIT_FSIZE,
                         (10 * MIB, resource.RLIM_INFINITY))
        got = machine.refused("dump-guest-memory", paging=False,
                              protocol=f"file:{tmp}/core")
        assert "failed to save memory: File too large" in got, got
        assert machine.command("query-dump")["status"] == "failed"
        machine.command("dump-guest-memory", paging=False, detach=True,
                        protocol=f"file:{tmp}/core")
        event = machine.event("DUMP_COMPLETED")
        assert event["result"]["status"] == "failed", event
        assert "File too large" in event["error"], event
        runs_on(machine, 0)
        machine.quit()


def test_virtio_mem(tmp):
    """What is not plugged is not in it."""
    with Machine(tmp, "-S", "-m", "64M,maxmem=8G", "-object",
                 "memory-backend-memfd,id=m,size=4G", "-device",
                 "virtio-mem-pci,id=v,memdev=m,requested-size=0") as machine:
        path = dumped(tmp, machine)
        assert os.path.getsize(path) < 256 * MIB, os.path.getsize(path)
        assert len(parse(path)[3][RAM]) == 64 * MIB
        machine.quit()


def test_vmcoreinfo(tmp):
    """The device is there, and the guest has said nothing yet."""
    with Machine(tmp, "-S", "-device", "vmcoreinfo") as machine:
        notes = parse(dumped(tmp, machine))[2]
        assert len(notes) == 1
        assert "guest note is not present" in machine.errors()
        machine.quit()


class X86(Machine):
    @staticmethod
    def boot(program):
        return []


def test_x86(tmp):
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Skip("no KVM")
    firmware = pathlib.Path(tmp, "firmware")
    firmware.write_bytes(b"\xf4" * 65536)
    with X86(tmp, "-S", "-accel", "kvm", "-bios", firmware,
             machine="microvm") as machine:
        elf_class, arch, notes, memory = parse(dumped(tmp, machine))
        # The firmware ends at 4 GiB, so that 32 bits are not enough.
        assert (elf_class, arch) == (2, 3), (elf_class, arch)
        assert [(n[0], len(n[2])) for n in notes] == [
            ("CORE", 144), ("QEMU", 440)], notes
        assert len(memory[0]) >= 640 << 10
        eip, = struct.unpack_from("<I", notes[0][2], 72 + 12 * 4)
        assert eip == 0xfff0, hex(eip)
        machine.quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
