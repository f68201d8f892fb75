#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Streams that were saved by versions of the past load, and the guest in them
is the one that was saved: memory, devices' registers, the state of the run.

    stored_streams.py EMULATOR [TEST]...      each set under tests/data/streams
    stored_streams.py EMULATOR --save VERSION     makes a new set
A set has NAME.gz for each guest and manifest.json: the command line that it was
made with, and what is to be found. Of a version that was released nothing is
changed: what does not load any more is an error in today's code.
"""
import gzip
import json
import pathlib
import re
import shlex
import struct
import sys
import tempfile
import time

from mem_backends import TIMEOUT, Emulator
from migration import Machine, runs_on
from tap import Skip, run_tap

SETS = pathlib.Path(__file__).resolve().parents[1] / "data" / "streams"
RAM = 0x80000000
WINDOW = 0xc0000000
MIB = 1 << 20
PATTERN = bytes(range(1, 252)) * 64


# --- what a driver does, through qtest ----------------------------------------

class Device:
    """A virtio device behind a virtio-mmio transport with one queue."""

    def __init__(self, emulator, base):
        self.emulator = emulator
        self.base = base

    def get(self, offset):
        return self.emulator.load(self.base + offset)

    def set(self, offset, value):
        self.emulator.store(self.base + offset, value)

    def begin(self, queue):
        """Takes all features; the queue is at an address of RAM: descriptors,
        and in the next pages what is available and what was used."""
        for status in (1, 3):
            self.set(0x70, status)
        for word in (0, 1):
            self.set(0x14, word)
            features = self.get(0x10)
            self.set(0x24, word)
            self.set(0x20, features & 1 if word else 0)
        self.set(0x70, 11)
        self.set(0x30, 0)
        self.set(0x38, 8)
        for offset, addr in ((0x80, queue), (0x90, queue + 0x1000),
                             (0xa0, queue + 0x2000)):
            self.set(offset, addr)
            self.set(offset + 4, 0)
        self.set(0x44, 1)
        self.set(0x70, 15)


def write(emulator, addr, data):
    emulator.qtest(f"write {addr:#x} {len(data):#x} 0x{data.hex()}")


def read(emulator, addr, size):
    return bytes.fromhex(emulator.qtest(f"read {addr:#x} {size:#x}")[0][2:])


def plug(emulator, base, queue, requests):
    """Plugs (address, blocks) of a virtio-mem device."""
    device = Device(emulator, base)
    device.begin(queue)
    for number, (addr, blocks) in enumerate(requests):
        at = queue + 0x3000
        write(emulator, at, struct.pack("<HxxxxxxQHxxxxxx", 0, addr, blocks))
        write(emulator, queue, struct.pack(
            "<QIHHQIHH", at, 24, 1, 1, at + 32, 24, 2, 0))
        write(emulator, queue + 0x1000, struct.pack(
            "<HHHHH", 0, number + 1, *[0] * 3))
        device.set(0x50, 0)
        wait(lambda used=number + 1: struct.unpack(
            "<HH", read(emulator, queue + 0x2000, 4))[1] == used)
        assert read(emulator, at + 32, 2) == b"\0\0", "refused"


def wait(condition):
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "nothing has come of it"
        time.sleep(0.01)


# --- guests: what is done before, and what is found then ----------------------

# Addresses of virt, with what is written to registers that keep it.
REGISTERS = {
    0x0c000004: 5, 0x0c000028: 3, 0x0c002000: 0x402, 0x0c200000: 1,
    0x02004000: 0x12345678, 0x02004004: 0x9abcdef0,
    0x30000000 + (1 << 15) + 0x10: 0x40000000, # a BAR
    0x30000000 + (2 << 15) + 0x18: 0x00030201, # numbers of buses
    0x30000000 + (1 << 15) + 0x3c: 0x2a, # a number for the guest's own use
}
UART = {3: 0x1b, 1: 0x05, 7: 0x5a, 4: 0x0b}


def devices_do(e):
    write(e, RAM + 0x100000, PATTERN)
    for addr, value in REGISTERS.items():
        e.store(addr, value)
    for offset, value in UART.items():
        e.qtest(f"writeb {0x10000000 + offset:#x} {value:#x}")
    e.qtest("writew 0x10100008 0x1900") # fw_cfg: the directory of files
    e.qtest("readb 0x10100000")
    device = Device(e, 0x10008000)
    device.begin(RAM + 0x200000)
    # The flash programs a word, and tells its status then.
    e.store(0x22000000, 0x400040)
    e.store(0x22000000, 0x12345678)
    e.store(0x22000000, 0xff00ff)


def devices_are(e):
    found = {f"{addr:#x}": e.load(addr) for addr in REGISTERS}
    found["uart"] = [int(e.qtest(f"readb {0x10000000 + offset:#x}")[0], 16)
                     for offset in UART]
    # Where the selector stands in the item: behind what was read of it.
    found["fw_cfg"] = [int(e.qtest("readb 0x10100000")[0], 16)
                       for _ in range(8)]
    device = Device(e, 0x10008000)
    found["virtio"] = [device.get(offset) for offset in (8, 0x44, 0x70)]
    found["flash"] = e.load(0x22000000)
    found["ram"] = read(e, RAM + 0x100000, len(PATTERN)) == PATTERN
    return found


def memory_do(e):
    plug(e, 0x10008000, RAM + 0x200000, [(WINDOW, 1), (WINDOW + 4 * MIB, 2)])
    for addr in (WINDOW + 4096, WINDOW + 6 * MIB, WINDOW + 16 * MIB):
        write(e, addr, PATTERN)


def memory_are(e):
    devices = e.qmp("query-memory-devices")
    return {
        "devices": sorted([[d["type"], d["data"]["id"], d["data"].get(
            "memaddr", d["data"].get("addr")), d["data"]["size"]]
            for d in devices]),
        "content": [read(e, addr, len(PATTERN)) == PATTERN for addr in (
            WINDOW + 4096, WINDOW + 6 * MIB, WINDOW + 16 * MIB)],
        # Plugged and never written; not plugged.
        "zeros": [read(e, WINDOW + offset, 64) == bytes(64)
                  for offset in (1 * MIB, 2 * MIB, 5 * MIB)],
        "usable": Device(e, 0x10008000).get(0x100 + 32),
        "ram": [e.load(RAM + 0x202000)],
    }


MODERN = ["-global", "virtio-mmio.force-legacy=off", "-bios", "none"]
RANDOM = ["-object", "rng-random,id=r0,filename=/dev/zero"]


def memory_args(more=""):
    return ["-M", "virt", "-m", "16M,maxmem=256M,slots=1", *MODERN,
            "-object", "memory-backend-ram,id=m0,size=16M",
            "-object", "memory-backend-ram,id=m1,size=8M",
            "-device", "virtio-mem,id=vm0,memdev=m0,block-size=2M,"
            f"requested-size=8M,memaddr={WINDOW:#x}{more}",
            "-device", f"pc-dimm,id=d0,memdev=m1,addr={WINDOW + 16 * MIB:#x}"]


# Played through qtest: the command line, what is done, what is found.
PLAYED = {
    "none": (["-M", "none"], lambda e: None, lambda e: {}),
    "virt-devices": (
        ["-M", "virt", "-m", "16M", *MODERN, *RANDOM,
         "-device", "virtio-rng-device,rng=r0",
         "-device", "virtio-balloon-pci,addr=1",
         "-device", "pcie-root-port,id=rp0,chassis=1,addr=2",
         "-device", "virtio-rng-pci,rng=r0,bus=rp0"],
        devices_do, devices_are),
    "virt-memory": (memory_args(), memory_do, memory_are),
    "virt-memory-late": (memory_args(",x-early-migration=off"), memory_do,
                         memory_are),
}

# Real mode: mov $0x1234, %ax; mov %ax, 0x1000; mov $0x3f9, %dx; mov $2, %al;
# out %al, %dx; 1: hlt; jmp 1b
MICROVM = bytes.fromhex("b83412 a30010 baf903 b002 ee f4 ebfd")


def save(machine, path):
    """Into NAME.gz, without the time of day in it."""
    machine.command("migrate", uri=f"exec:gzip -9n > {shlex.quote(str(path))}")
    wait(lambda: machine.command("query-migrate")["status"] == "completed")


def loads(machine, path):
    """A machine that was started with -incoming defer."""
    machine.command("migrate-incoming",
                    uri=f"exec:gzip -dc {shlex.quote(str(path))}",
                    **{"exit-on-error": False})

    def is_done():
        info = machine.command("query-migrate")
        assert info["status"] != "failed", info
        return info["status"] == "completed"
    wait(is_done)


def state(machine):
    return machine.command("query-status")["status"]


class Player(Emulator):
    def command(self, name, /, **arguments):
        return self.monitor.command(name, **arguments)


def play(tmp, args, *more):
    # The machine is the class's own argument.
    assert args[0] == "-M", args
    return Player(tmp, *args[2:], *more, machine=args[1])


def make_played(tmp, path, name):
    args, does, finds = PLAYED[name]
    with play(tmp, args) as e:
        does(e)
        if name == "virt-memory":
            e.command("stop")
        entry = {"args": shlex.join(args), "state": state(e)}
        save(e, path)
        # Reading is a step, too (fw_cfg goes on to the next byte).
        return {**entry, "found": finds(e)}


def check_played(tmp, path, name, entry):
    with play(tmp, shlex.split(entry["args"]), "-incoming", "defer") as e:
        loads(e, path)
        assert state(e) == entry["state"], (state(e), entry)
        found = PLAYED[name][2](e)
        # Newer versions may look for more.
        found = {key: found[key] for key in entry["found"]}
        assert found == entry["found"], (found, entry["found"])


# --- guests with CPUs ----------------------------------------------------------

def make_harts(tmp, path, _name):
    """Two harts count in their memory."""
    args = ["-m", "32M", "-smp", "2"]
    with Machine(tmp, *args) as m:
        # Stopped, so that each page goes once.
        count = runs_on(m, 0, 2)
        entry = {"args": shlex.join(args), "state": state(m),
                 "found": {"count": count}}
        save(m, path)
        m.quit()
    return entry


def check_harts(tmp, path, _name, entry):
    args = shlex.split(entry["args"])
    with Machine(tmp, *args, "-incoming", "defer") as m:
        loads(m, path)
        assert state(m) == entry["state"], (state(m), entry)
        count = entry["found"]["count"]
        assert m.check(2) == count, (m.check(2), count)
        m.command("cont")
        runs_on(m, count, 2)
        m.quit()


class MicroVM(Machine):
    @staticmethod
    def boot(program):
        bios = pathlib.Path(program).with_name("bios")
        bios.write_bytes(MICROVM.ljust(16, b"\x90").rjust(64 << 10, b"\x90"))
        return ["-bios", bios]


def vendor():
    """Of this host's CPU; registers of one are not those of another."""
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"vendor_id\s*: (\S+)", text)
    try:
        with open("/dev/kvm", "r+b"):
            pass
    except OSError as error:
        raise Skip(f"no KVM: {error}") from error
    if not found:
        raise Skip("not an x86 host")
    return found[1]


def microvm_found(m):
    text = m.hmp("info registers")
    m.command("pmemsave", val=0x1000, size=16, filename=m.base + ".ram")
    return {
        "registers": {name: re.search(rf"\b{name} ?=([0-9a-f]+)", text)[1]
                      for name in ("EAX", "EDX", "ESP", "EIP", "EFL", "HLT")},
        "memory": pathlib.Path(m.base + ".ram").read_bytes().hex(),
        "pic": m.hmp("info pic").splitlines()[:3],
    }


def make_microvm(tmp, path, _name):
    made_on = vendor()
    args = ["-m", "16M", "-accel", "kvm", "-cpu", "kvm64"]
    with MicroVM(tmp, *args, machine="microvm") as m:
        wait(lambda: "HLT=1" in m.hmp("info registers"))
        m.command("stop")
        entry = {"args": shlex.join(args), "state": state(m), "vendor": made_on,
                 "found": microvm_found(m)}
        save(m, path)
        m.quit()
    return entry


def check_microvm(tmp, path, _name, entry):
    if vendor() != entry["vendor"]:
        raise Skip(f"made on a host of {entry['vendor']}")
    args = shlex.split(entry["args"])
    with MicroVM(tmp, *args, "-incoming", "defer", machine="microvm") as m:
        loads(m, path)
        assert state(m) == entry["state"], (state(m), entry)
        found = microvm_found(m)
        assert found == entry["found"], (found, entry["found"])
        m.command("cont")
        wait(lambda: "HLT=1" in m.hmp("info registers"))
        m.quit()


GUESTS = {**{name: (make_played, check_played) for name in PLAYED},
          "virt-harts": (make_harts, check_harts),
          "microvm": (make_microvm, check_microvm)}


# --- sets ---------------------------------------------------------------------

def make_set(version):
    folder = SETS / version
    folder.mkdir(parents=True)
    manifest = {}
    for name, (make, _) in GUESTS.items():
        with tempfile.TemporaryDirectory() as tmp:
            manifest[name] = make(tmp, folder / f"{name}.gz", name)
    lines = ",\n\n".join(
        f"{json.dumps(name)}: {json.dumps(entry)}".replace(
            ', "', ',\n "').replace(": {", ": {\n ", 1)
        for name, entry in manifest.items())
    text = "{\n" + lines + "\n}\n"
    assert json.loads(text) == manifest, text
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def test_of(folder, name, entry):
    def test(tmp):
        path = folder / f"{name}.gz"
        GUESTS[name][1](tmp, path, name, entry)
        with gzip.open(path) as stream:
            return f"{len(stream.read())} bytes"
    test.__name__ = f"test_{folder.name}/{name}"
    return test


def test_can_fail(tmp):
    """Another version of a device, another machine: they do not load."""
    folder = max(SETS.iterdir())
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    changed = pathlib.Path(tmp, "changed.gz")
    data = gzip.decompress((folder / "none.gz").read_bytes())
    for old, new in ((b"\x05timer" + bytes(7) + b"\x02",
                      b"\x05timer" + bytes(7) + b"\x03"),
                     (b"\x04none", b"\x04nine"), (b"running", b"rinning")):
        assert old in data, old
        changed.write_bytes(gzip.compress(data.replace(old, new, 1)))
        try:
            check_played(tmp, changed, "none", manifest["none"])
        except AssertionError:
            pass
        else:
            raise AssertionError(f"{new} loads")
        for socket in ("qmp", "qtest"):
            pathlib.Path(tmp, socket).unlink()


def main():
    if sys.argv[2:3] == ["--save"]:
        make_set(sys.argv[3])
        return 0
    tests = [test_can_fail]
    for folder in sorted(SETS.iterdir()):
        text = (folder / "manifest.json").read_text(encoding="utf-8")
        manifest = json.loads(text)
        assert {f"{n}.gz" for n in manifest} == {
            p.name for p in folder.glob("*.gz")}, folder
        tests += [test_of(folder, *item) for item in manifest.items()]
    return run_tap(tests, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
