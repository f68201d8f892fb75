#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory devices are where they were, whatever the destination would do today:
with another order, another window, none; streams that say nothing of it; what
is plugged afterwards; what cannot be.

    migration_placement.py EMULATOR
"""
import json
import pathlib
import re
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from migration import Machine, TIMEOUT, runs_on  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

MIB = 1 << 20
GIB = 1 << 30
WINDOW = 0xc0000000  # of virt with 64 MiB of RAM, by itself
ROOM = ["-m", "64M,maxmem=4G"]


def ram(name, size="128M"):
    return ["-object", f"memory-backend-ram,id={name},size={size},reserve=off"]


def vmem(number, addr=None):
    """virtio-mem, always in the same slot of PCI."""
    at = f",memaddr={addr:#x}" if addr else ""
    return [*ram(f"m{number}"), "-device",
            f"virtio-mem-pci,id=v{number},memdev=m{number},block-size=2M,"
            f"addr={8 + number}{at}"]


def pmem(number, size="128M"):
    return [*ram(f"p{number}", size), "-device",
            f"virtio-pmem-pci,id=pm{number},memdev=p{number},"
            f"addr={16 + number}"]


def places(machine):
    """{id: address}"""
    found = {}
    for device in machine.command("query-memory-devices"):
        data = device["data"]
        found[data["id"]] = data.get("memaddr", data.get("addr"))
    return found


def window(machine):
    """The window's first and last address, as the memory map has it."""
    got = re.search(r"([0-9a-f]{16})-([0-9a-f]{16}).*: device-memory\b",
                    machine.hmp("info mtree"))
    return (int(got[1], 16), int(got[2], 16)) if got else None


def mapped(machine, addr):
    """The name of the region that the guest finds at an address."""
    views = machine.hmp("info mtree -f").split("FlatView #")
    view = next(v for v in views if 'AS "memory"' in v)
    for line in view.splitlines():
        got = re.match(r"\s+([0-9a-f]{16})-([0-9a-f]{16}) .*?: (\S+)", line)
        if got and int(got[1], 16) <= addr <= int(got[2], 16):
            return got[3]
    return None


def save(tmp, name, *args, machine="virt", do=None):
    """A stream of a guest that runs; its places and its count."""
    path = f"{tmp}/{name}"
    with Machine(tmp, *args, machine=machine) as source:
        if do:
            do(source)
        there = places(source), window(source)
        runs_on(source, 0)
        source.command("cont")
        source.command("migrate", uri=f"file:{path}")
        source.wait_for("completed")
        count = source.check()
        source.quit()
    return path, there, count


def load(tmp, path, *args, machine="virt"):
    """A machine that has tried to load a stream."""
    target = Machine(tmp, *args, "-incoming", "defer", machine=machine)
    target.command("migrate-incoming", uri=f"file:{path}",
                   **{"exit-on-error": False})
    target.wait_for("completed", "failed")
    return target


def loads(tmp, path, there, count, *args, machine="virt"):
    """All is where it was, and the guest goes on."""
    target = load(tmp, path, *args, machine=machine)
    info = target.command("query-migrate")
    assert info["status"] == "completed", (info, target.errors())
    assert (places(target), window(target)) == there, (
        places(target), window(target), there)
    for name, addr in there[0].items():
        assert mapped(target, addr) is not None or name.startswith("v"), name
    runs_on(target, count)
    return target


def test_order(tmp):
    """The destination meets the devices in another order."""
    path, there, count = save(tmp, "s", *ROOM, *vmem(0), *vmem(1), *pmem(0))
    assert there[0] == {"v0": WINDOW, "v1": WINDOW + 128 * MIB,
                        "pm0": WINDOW + 256 * MIB}, there
    with loads(tmp, path, there, count, *ROOM, *pmem(0), *vmem(1),
               *vmem(0)) as target:
        assert mapped(target, there[0]["pm0"]) == "p0"
        target.quit()


def test_window_size(tmp):
    """The window was larger than today's, or smaller."""
    large = "virt,device-memory-size=8G"
    path, there, count = save(tmp, "l", *ROOM, *vmem(0, WINDOW + 6 * GIB),
                              machine=large)
    loads(tmp, path, there, count, *ROOM, *vmem(0)).quit()
    path, there, count = save(tmp, "s", *ROOM, *vmem(0))
    loads(tmp, path, there, count, *ROOM, *vmem(0), machine=large).quit()


def test_no_window_today(tmp):
    """virtio-pmem was in a window; by itself it would go above PCI."""
    path, there, count = save(tmp, "s", *ROOM, *pmem(0))
    assert there[0]["pm0"] == WINDOW
    with Machine(tmp, *pmem(0)) as other:
        assert places(other)["pm0"] > 32 * GIB - 1 and not window(other)
    loads(tmp, path, there, count, *pmem(0)).quit()


def test_no_window_then(tmp):
    """... and the other way round."""
    path, there, count = save(tmp, "s", *pmem(0))
    target = load(tmp, path, *ROOM, *pmem(0))
    assert places(target) == there[0], (places(target), target.errors())
    assert mapped(target, there[0]["pm0"]) == "p0"
    runs_on(target, count)
    target.quit()


def test_plugged_afterwards(tmp):
    """What is plugged after the restore takes what is free there."""
    ports = ["-device", "pcie-root-port,id=rp0,addr=4,chassis=1",
             "-device", "pcie-root-port,id=rp1,addr=5,chassis=2"]
    hole = WINDOW + 128 * MIB
    args = [*ROOM, *ports, *vmem(0, WINDOW), *vmem(1, hole + 128 * MIB)]
    path, there, count = save(tmp, "s", *args)
    here = [*ROOM, *ports, *vmem(0), *vmem(1)]
    with loads(tmp, path, there, count, *here) as target:
        for number, want in ((2, hole), (3, WINDOW + 384 * MIB)):
            target.command("object-add", **{
                "qom-type": "memory-backend-ram", "id": f"m{number}",
                "size": 128 * MIB, "reserve": False})
            target.command("device_add", driver="virtio-mem-pci",
                           id=f"v{number}", memdev=f"m{number}",
                           bus=f"rp{number - 2}", **{"block-size": 2 * MIB})
            assert places(target)[f"v{number}"] == want, places(target)
        target.command("object-add", **{
            "qom-type": "memory-backend-ram", "id": "m4", "size": 128 * MIB})
        target.quit()


def test_content(tmp):
    """A DIMM's content is where the guest knows it, not where it was put."""
    file = pathlib.Path(tmp, "dimm")
    pattern = bytes(range(256)) * 4096
    file.write_bytes(pattern + bytes(128 * MIB - len(pattern)))
    dimm = ["-object", f"memory-backend-file,id=d,size=128M,mem-path={file}",
            "-device", f"pc-dimm,id=d0,memdev=d,addr={WINDOW + GIB:#x}"]
    room = ["-m", "64M,maxmem=4G,slots=1"]
    path, there, count = save(tmp, "s", *room, *vmem(0), *dimm)
    here = [*room, *ram("d"), "-device", "pc-dimm,id=d0,memdev=d", *vmem(0)]
    with loads(tmp, path, there, count, *here) as target:
        out = pathlib.Path(tmp, "out")
        target.command("pmemsave", val=WINDOW + GIB, size=len(pattern),
                       filename=str(out))
        assert out.read_bytes() == pattern
        target.quit()


def device_tree(machine, tmp):
    """Where the reset vector says that it is."""
    out = pathlib.Path(tmp, "out")

    def at(address, size):
        machine.command("pmemsave", val=address, size=size, filename=str(out))
        return out.read_bytes()
    address = struct.unpack("<Q", at(0x1020, 8))[0]
    magic, size = struct.unpack(">II", at(address, 8))
    assert magic == 0xd00dfeed and size < MIB, (hex(address), magic, size)
    return at(address, size)


def test_device_tree(tmp):
    """After a reset the guest finds a DIMM where it is, too."""
    room = [*ROOM[:1], ROOM[1] + ",slots=1", *ram("d"), "-device"]
    dimm = "pc-dimm,id=d0,memdev=d"
    path, there, count = save(tmp, "s", *room,
                              f"{dimm},addr={WINDOW + GIB:#x}")
    with loads(tmp, path, there, count, *room, dimm) as target:
        target.command("system_reset")
        target.event("RESET")
        tree = device_tree(target, tmp)
        assert struct.pack(">QQ", WINDOW + GIB, 128 * MIB) in tree
        assert struct.pack(">QQ", WINDOW, 128 * MIB) not in tree
        target.quit()


# --- streams that were made by others -----------------------------------------

class Section:
    """The section in a stream, whose numbers can be changed."""

    def __init__(self, path):
        self.data = bytearray(pathlib.Path(path).read_bytes())
        name = b"\x10memory-placement"
        # START and FULL come first in a stream, the description last.
        self.start = self.data.index(name) - 5
        self.at = self.start + 5 + len(name) + 8
        assert self.data[self.start] == 4
        self.devices = {}
        at = self.at + 16
        while self.data[at]:
            names = struct.unpack_from(">II", self.data, at + 1)
            text = self.data[at + 9:at + 9 + names[0] - 1].decode()
            at += 9 + sum(names)
            self.devices[text] = at
            at += 16
        self.end = at + 1 + 5

    def set_window(self, base, size):
        struct.pack_into(">QQ", self.data, self.at, base, size)

    def move(self, name, addr):
        struct.pack_into(">Q", self.data, self.devices[name], addr)

    def write(self, path):
        pathlib.Path(path).write_bytes(self.data)
        return path


def test_other_base(tmp):
    """A version that had the window elsewhere saved it."""
    args = [*ROOM, *pmem(0), *pmem(1)]
    path, there, count = save(tmp, "s", *args)
    section = Section(path)
    base = 0x100000000
    section.set_window(base, 4 * GIB)
    section.move("/objects/p0", base + 3 * GIB)
    section.move("/objects/p1", base + GIB)
    there = ({"pm0": base + 3 * GIB, "pm1": base + GIB},
             (base, base + 4 * GIB - 1))
    with loads(tmp, section.write(f"{tmp}/moved"), there, count,
               *args) as target:
        assert mapped(target, base + GIB) == "p1"
        assert mapped(target, WINDOW) is None
        target.quit()
    # ... so far up that today's place for what has no window lies in it.
    base = 0x800000000
    section.set_window(base, 4 * GIB)
    section.move("/objects/p0", base)
    section.move("/objects/p1", base + 3 * GIB)
    there = ({"pm0": base, "pm1": base + 3 * GIB}, (base, base + 4 * GIB - 1))
    ports = ["-device", "pcie-root-port,id=rp0,addr=4,chassis=1"]
    path, _, count = save(tmp, "p", *args, *ports)
    section = Section(path)
    section.set_window(base, 4 * GIB)
    section.move("/objects/p0", base)
    section.move("/objects/p1", base + 3 * GIB)
    with loads(tmp, section.write(f"{tmp}/up"), there, count, "-m",
               "64M,maxmem=384M", *args[2:], *ports) as target:
        target.command("object-add", **{
            "qom-type": "memory-backend-ram", "id": "p2", "size": GIB,
            "reserve": False})
        target.command("device_add", driver="virtio-pmem-pci", id="pm2",
                       memdev="p2", bus="rp0")
        got = places(target)["pm2"]
        assert got >= base + 4 * GIB, hex(got)
        target.quit()


def test_before_there_was_any(tmp):
    """x-memory-placement=off sends what older versions did."""
    args = [*ROOM, *vmem(0), *pmem(0)]
    path, there, count = save(tmp, "s", *args,
                              machine="virt,x-memory-placement=off")
    assert b"memory-placement" not in pathlib.Path(path).read_bytes()
    loads(tmp, path, there, count, *args).quit()
    # ... of which nothing is known when the places differ.
    with load(tmp, path, *ROOM, *pmem(0), *vmem(0)) as target:
        assert "changed from" in target.errors(), target.errors()
        target.quit()
    # Neither does a machine that has none of it.
    path, there, count = save(tmp, "n")
    assert b"memory-placement" not in pathlib.Path(path).read_bytes()
    loads(tmp, path, there, count).quit()


# --- what cannot be -----------------------------------------------------------

def test_impossible(tmp):
    args = [*ROOM, *pmem(0), *pmem(1)]
    path, _, _ = save(tmp, "s", *args)

    def moved(base=WINDOW, size=4 * GIB, **addresses):
        section = Section(path)
        section.set_window(base, size)
        for name, addr in addresses.items():
            section.move(f"/objects/{name}", addr)
        streams.append(f"{tmp}/moved{len(streams)}")
        return section.write(streams[-1])

    streams = []
    for stream, here, texts in (
            (moved(base=0x80000000), args,
             ["window for memory devices was at 0x80000000",
              "'riscv_virt_board.ram' is at 0x80000000"]),
            (moved(size=32 * GIB), args,
             ["window for memory devices", "is at 0x400000000"]),
            (moved(base=WINDOW + 1), args, ["window for memory devices"]),
            (moved(base=(1 << 64) - 4096, size=8192), args, ["window"]),
            (moved(p1=WINDOW + 64 * MIB), args,
             ["'pm1'", "conflicts with memory device id='pm0'"]),
            (moved(p1=WINDOW + 4 * GIB - 2 * MIB), args,
             ["'pm1'", "usable range"]),
            (moved(p0=WINDOW - 2 * MIB), args, ["'pm0'", "only its end"]),
            (moved(p0=0), args, ["'pm0'", "no address"]),
            (moved(p0=WINDOW + 1), args, ["'pm0'", "aligned"]),
            (moved(p0=0x80000000), args,
             ["'pm0'", "'riscv_virt_board.ram' is at"]),
            (path, [*ROOM, *pmem(0)],
             ["virtio-pmem-pci' on '/objects/p1'", "here is none"]),
            (path, [*args, *pmem(2)],
             ["'pm2' on '/objects/p2' is not there at the source"]),
            (path, [*ROOM, *pmem(0), *pmem(1, "256M")],
             ["'pm1' has 0x10000000 bytes here and 0x8000000"]),
            (path, [*ROOM, *pmem(0), *ram("p1"), "-device",
                    "virtio-mem-pci,id=pm1,memdev=p1,addr=17"],
             ["'pm1' is a 'virtio-mem-pci' here"]),
    ):
        with load(tmp, stream, *here) as target:
            before = places(target)
            info = target.command("query-migrate")
            assert info["status"] == "failed", (texts, info)
            for text in texts:
                assert text in target.errors(), (text, target.errors())
            # All is still where the destination had put it.
            with Machine(tmp, *here, "-S") as fresh:
                assert before == places(fresh)
                assert window(target) == window(fresh)
                fresh.quit()
            target.quit()


def test_source_goes_on(tmp):
    """It fails while the guest runs at the source."""
    with Machine(tmp, *ROOM, *pmem(0)) as source, \
            Machine(tmp, *ROOM, *pmem(0, "256M"), "-incoming",
                    f"unix:{tmp}/sock") as target:
        # So slow that RAM cannot have gone before the end is noticed.
        source.command("migrate-set-parameters", **{"max-bandwidth": 65536})
        source.command("migrate", uri=f"unix:{tmp}/sock")
        assert target.process.wait(TIMEOUT) == 1
        assert "'pm0' has 0x10000000 bytes here" in target.errors()
        source.wait_for("failed")
        # It has never been stopped.
        names = [e["event"] for e in source.events]
        assert "STOP" not in names and source.status() == "running", names
        runs_on(source, 0)
        source.quit()


def test_cut_short(tmp):
    """Wherever the section ends, the machine stays as it was."""
    path, _, _ = save(tmp, "s", *ROOM, *vmem(0), *pmem(0))
    section = Section(path)
    end = time.monotonic() + TIMEOUT
    for at in range(section.start + 1, section.end, 19):
        cut = pathlib.Path(tmp, "cut")
        cut.write_bytes(section.data[:at])
        with load(tmp, cut, *ROOM, *pmem(0), *vmem(0)) as target:
            info = target.command("query-migrate")
            assert info["status"] == "failed", (at, info)
            assert json.dumps(places(target)) and time.monotonic() < end
            target.quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
