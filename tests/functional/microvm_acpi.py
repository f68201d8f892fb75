#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ACPI tables of the board microvm, as firmware gets them by fw_cfg,
against the reference's: microvm_acpi.py BINARY.

RSDP, the script and all tables are to be the same bytes; where ours has more
(DIMM slots, SRAT), tables are linked here and disassembled by ACPICA's iasl, if
there is one.
"""
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tap import run_tap  # noqa: E402

BINARY = sys.argv[1]
TOP = pathlib.Path(__file__).resolve().parents[2]
QEMU = [TOP / "scripts/reference-qemu", "--target", "x86_64"]
OURS = [BINARY, "-accel", "qtest"]
FILES = ("etc/acpi/rsdp", "etc/acpi/tables", "etc/table-loader")
SELECTOR, DATA, DIRECTORY = 0x510, 0x511, 0x19
CASES = {
    "plain": [],
    "off": ["-M", "acpi=off"],
    "devices": ["-M", "rtc=on", "-serial", "null", "-device",
                "virtio-rng-device", "-device", "virtio-balloon-device"],
    "one_ioapic": ["-M", "ioapic2=off", "-device", "virtio-rng-device"],
    "oem": ["-M", "x-oem-id=ABC,x-oem-table-id=DEFGHIJK,pic=off"],
    "cpus": ["-smp", "3,maxcpus=3,cores=3"],
    "memory": ["-m", "5G"],
}


class Machine:
    """One that does not run, with a qtest connection."""

    def __init__(self, command, args):
        # The reference will not be without firmware; it does not run.
        # pylint: disable=consider-using-with
        self.bios = tempfile.NamedTemporaryFile(suffix=".bin")
        self.bios.truncate(64 << 10)
        self.process = subprocess.Popen(
            [*command, "-M", "microvm", "-S",
             "-nodefaults", "-display", "none", "-qtest", "stdio",
             "-qtest-log", "/dev/null", "-bios", self.bios.name, *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def qtest(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        assert answer and answer[0] == "OK", (line, answer)
        return answer[1:]

    def item(self, key, size):
        self.qtest(f"outw {SELECTOR:#x} {key:#x}")
        return bytes(int(self.qtest(f"inb {DATA:#x}")[0], 0)
                     for _ in range(size))

    def files(self):
        """The bytes of each file of ACPI that there is."""
        count = struct.unpack(">I", self.item(DIRECTORY, 4))[0]
        rows = self.item(DIRECTORY, 4 + 64 * count)[4:]
        found = {}
        for i in range(count):
            size, key, _, name = struct.unpack_from(">IHH56s", rows, 64 * i)
            name = name.rstrip(b"\0").decode()
            if name in FILES:
                found[name] = self.item(key, size)
        return found

    def quit(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.terminate()
        self.process.wait(60)
        self.bios.close()


def files(command, args):
    machine = Machine(command, args)
    try:
        return machine.files()
    finally:
        machine.quit()


def text(raw):
    return raw[:raw.index(b"\0")].decode()


def link(found):
    """Does what the script says: the table file at 0x1000000."""
    blobs = {name: bytearray(found[name]) for name in FILES[:2]}
    where = {FILES[0]: 0xe0000, FILES[1]: 0x1000000}
    script = found[FILES[2]]
    for i in range(0, len(script), 128):
        kind = struct.unpack_from("<I", script, i)[0]
        if kind == 2:
            dest, src = text(script[i + 4:]), text(script[i + 60:])
            at, size = struct.unpack_from("<IB", script, i + 116)
            value = int.from_bytes(blobs[dest][at:at + size], "little")
            blobs[dest][at:at + size] = (value + where[src]).to_bytes(
                size, "little")
        elif kind == 3:
            name = text(script[i + 4:])
            at, start, size = struct.unpack_from("<III", script, i + 60)
            blobs[name][at] = -sum(blobs[name][start:start + size]) & 0xff
    return blobs


def tables(found):
    """By signature, from the XSDT on."""
    blobs = link(found)
    rsdp, blob = blobs[FILES[0]], blobs[FILES[1]]
    assert rsdp[:8] == b"RSD PTR " and sum(rsdp[:20]) & 0xff == 0
    assert sum(rsdp) & 0xff == 0

    def table(addr):
        start = addr - 0x1000000
        size = struct.unpack_from("<I", blob, start + 4)[0]
        assert sum(blob[start:start + size]) & 0xff == 0
        return bytes(blob[start:start + size])

    xsdt = table(struct.unpack_from("<Q", rsdp, 24)[0])
    result = {}
    for (addr,) in struct.iter_unpack("<Q", xsdt[36:]):
        result[table(addr)[:4].decode()] = table(addr)
    fadt = result["FACP"]
    result["DSDT"] = table(struct.unpack_from("<Q", fadt, 140)[0])
    return result


def disassembled(table):
    with tempfile.TemporaryDirectory() as folder:
        name = pathlib.Path(folder, "t.aml")
        name.write_bytes(table)
        subprocess.run(["iasl", "-d", name], cwd=folder, check=True,
                       capture_output=True, timeout=60)
        dsl = name.with_suffix(".dsl").read_text(encoding="utf-8")
        # It compiles, too, without an error.
        subprocess.run(["iasl", "-oa", "-p", "again", name.with_suffix(".dsl")],
                       cwd=folder, check=True, capture_output=True, timeout=60)
        return dsl


def same(name):
    args = CASES[name]
    reference, ours = files(QEMU, args), files(OURS, args)
    assert set(reference) == set(ours), (set(reference), set(ours))
    assert bool(ours) == (name != "off")
    for file, content in reference.items():
        if content != ours[file] and file == FILES[1] and shutil.which("iasl"):
            print("#", disassembled(tables(reference)["DSDT"]))
            print("#", disassembled(tables(ours)["DSDT"]))
        assert content == ours[file], (file, content.hex(), ours[file].hex())


def srat_memory(srat):
    """(start, size, node, flags) of each range."""
    at, ranges = 48, []
    while at < len(srat):
        if srat[at] == 1:
            node, start, size, flags = struct.unpack_from("<IxxQQxxxxI", srat,
                                                          at + 2)
            ranges.append((start, size, node, flags))
        at += srat[at + 1]
    return ranges


def hotplug():
    found = tables(files(OURS, ["-m", "5G,slots=3,maxmem=8G"]))
    assert set(found) == {"FACP", "APIC", "SRAT", "DSDT"}
    gib = 1 << 30
    assert srat_memory(found["SRAT"]) == [
        (0, 3 * gib, 0, 1), (4 * gib, 2 * gib, 0, 1),
        (6 * gib, 6 * gib, 0, 3)], srat_memory(found["SRAT"])
    if shutil.which("iasl"):
        dsl = disassembled(found["DSDT"])
        for part in ("MP02", "Method (MSCN, 0, Serialized)", "0xFEA00100",
                     r"\_SB.MHPC.MSCN ()"):
            assert part in dsl, (part, dsl)
        assert "MP03" not in dsl


def pcie():
    """But for the MCFG all is the same."""
    args = ["-M", "pcie=on", "-cpu", "qemu64,phys-bits=40"]
    reference, ours = tables(files(QEMU, args)), tables(files(OURS, args))
    mcfg = ours.pop("MCFG")
    assert mcfg[44:] == struct.pack("<QHBBI", 0xe0000000, 0, 0, 255, 0), mcfg
    assert set(reference) == set(ours)
    assert reference["APIC"] == ours["APIC"]
    assert reference["DSDT"] == ours["DSDT"], disassembled(ours["DSDT"])


def nodes():
    found = tables(files(OURS, [
        "-m", "4G", "-smp", "2,sockets=2",
        "-object", "memory-backend-ram,id=a,size=1G",
        "-object", "memory-backend-ram,id=b,size=3G",
        "-numa", "node,memdev=a,cpus=0", "-numa", "node,memdev=b,cpus=1",
        "-numa", "dist,src=0,dst=1,val=20"]))
    assert set(found) == {"FACP", "APIC", "SRAT", "SLIT", "DSDT"}
    gib = 1 << 30
    assert srat_memory(found["SRAT"]) == [
        (0, gib, 0, 1), (gib, 2 * gib, 1, 1), (4 * gib, gib, 1, 1)]
    assert found["SLIT"][36:] == bytes([2, 0, 0, 0, 0, 0, 0, 0,
                                        10, 20, 20, 10])
    # Of each CPU: type, length, node, APIC id.
    assert found["SRAT"][48:52] == bytes([0, 16, 0, 0])
    assert found["SRAT"][64:68] == bytes([0, 16, 1, 1])


def case(name):
    def test():
        same(name)
    test.__name__ = "same_" + name
    return test


if __name__ == "__main__":
    if subprocess.run([*QEMU, "--version"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode:
        print("1..0 # SKIP the reference is out of reach")
        sys.exit(0)
    sys.exit(run_tap([case(name) for name in CASES] + [hotplug, pcie, nodes]))
