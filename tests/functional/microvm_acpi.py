#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ACPI tables of the board microvm, as firmware gets them by fw_cfg,
against the reference's: microvm_acpi.py BINARY.

RSDP, the script and all tables are to be the same bytes; where ours has more
(DIMM slots, CPU slots, SRAT), tables are linked here and disassembled by
ACPICA's iasl, if there is one, and acpiexec executes methods.
"""
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tap import Skip, run_tap  # noqa: E402

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


def executed(table, *evaluations, fill=0):
    """By acpiexec, with memory for registers, all of whose bytes are @fill: of
    each evaluation, what it says. One that loops ends after a second."""
    with tempfile.TemporaryDirectory() as folder:
        name = pathlib.Path(folder, "t.aml")
        name.write_bytes(table)
        done = subprocess.run(
            ["acpiexec", "-da", "-di", "-vr", "-to", "1", "-fv", hex(fill),
             "-b", "; ".join("execute " + e for e in evaluations), name],
            check=False, capture_output=True, text=True, timeout=120)
    said = re.split(r"^Evaluating .*$", done.stdout, flags=re.M)[1:]
    assert len(said) == len(evaluations), done.stdout[-2000:]
    return said


def accesses(text, count=None):
    """To the registers of CPU slots, as (R or W, value, offset, bits)."""
    found = re.findall(r"SystemMemory (Read|Write) *: *Val (\w+) Addr (\w+) "
                       r"BitWidth (\w+)", text)
    return [(kind[0], int(value, 16), int(addr, 16) - 0xfea00300, int(bits, 16))
            for kind, value, addr, bits in found[:count]]


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


def madt_cpus(madt):
    """(uid, APIC id, flags) of each CPU."""
    at, found = 44, []
    while at < len(madt):
        if madt[at] == 0:
            found.append(struct.unpack_from("<BBI", madt, at + 2))
        elif madt[at] == 9:
            apic, flags, uid = struct.unpack_from("<III", madt, at + 4)
            found.append((uid, apic, flags))
        at += madt[at + 1]
    return found


def cpu_slots():
    found = tables(files(OURS, ["-smp", "1,sockets=2,cores=3,maxcpus=6",
                                "-device", "qemu64-x86_64-cpu,socket-id=1,"
                                "core-id=2,thread-id=0"]))
    assert set(found) == {"FACP", "APIC", "DSDT"}
    assert madt_cpus(found["APIC"]) == [
        (0, 0, 1), (1, 1, 0), (2, 2, 0), (3, 4, 0), (4, 5, 0), (5, 6, 1)]
    if not shutil.which("iasl"):
        return
    dsl = disassembled(found["DSDT"])
    for part in ("ACPI0010", "C005", "0xFEA00300", r"\_SB.GED.CSCN ()",
                 r"\_SB.CPUS.CSCN ()"):
        assert part in dsl, (part, dsl)
    assert "C006" not in dsl
    # Not of the boot CPU, but of the one that came later.
    assert dsl.count("Method (_EJ0") == 5


def cpu_slots_run():
    """The methods, as a guest's interpreter runs them."""
    if not shutil.which("acpiexec"):
        raise Skip("no acpiexec")
    dsdt = tables(files(OURS, ["-smp", "1,maxcpus=4"]))["DSDT"]
    cpus = r"\_SB.CPUS."
    scan, sta, eject, ost, name, notify, rest = executed(
        dsdt, r"\_SB.GED.CSCN", cpus + "C002._STA", cpus + "C002._EJ0 1",
        cpus + "C003._OST 3 0x84 0", cpus + "C002._MAT",
        cpus + "CTFY 1 3", cpus + "C000._STA")
    assert accesses(sta) == [("W", 2, 0, 32), ("R", 0, 4, 8)], sta
    assert "[Integer] = 0000000000000000" in sta
    assert accesses(eject) == [("W", 2, 0, 32), ("W", 8, 4, 8)], eject
    assert accesses(ost) == [
        ("W", 3, 0, 32), ("W", 1, 5, 8), ("W", 3, 8, 32), ("W", 2, 5, 8),
        ("W", 0x84, 8, 32)], ost
    assert "00 08 02 02 01 00 00 00" in name, name
    # That is printed by another thread.
    assert re.search(r"Notify.*C001.*0x0*3\b", notify + rest), notify
    # Nothing to do.
    assert accesses(scan) == [("W", 0, 0, 32), ("W", 0, 5, 8), ("R", 0, 4, 8),
                              ("R", 0, 4, 8)], scan

    # All are enabled and coming, with registers that nothing clears.
    sta, scan = executed(dsdt, cpus + "C001._STA", r"\_SB.GED.CSCN", fill=3)
    assert "[Integer] = 000000000000000F" in sta, sta
    turn = [("W", 0, 0, 32), ("W", 0, 5, 8), ("R", 3, 4, 8)]
    assert accesses(scan, 5) == turn + [("R", 0x03030303, 8, 32),
                                        ("W", 2, 4, 8)], accesses(scan, 8)
    (scan,) = executed(dsdt, r"\_SB.GED.CSCN", fill=5)
    assert accesses(scan, 6) == [
        ("W", 0, 0, 32), ("W", 0, 5, 8), ("R", 5, 4, 8), ("R", 5, 4, 8),
        ("R", 0x05050505, 8, 32), ("W", 4, 4, 8)], accesses(scan, 8)


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
    sys.exit(run_tap([case(name) for name in CASES] + [
        hotplug, cpu_slots, cpu_slots_run, pcie, nodes]))
