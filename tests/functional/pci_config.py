#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuration spaces of PCI functions against the reference's, register by
register: what is there, what of it can be written, what a write of ones clears:
pci_config.py BINARY.

info pci and query-pci likewise, before and after the guest has set up buses.
"""
import pathlib
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Qmp  # noqa: E402

BINARY = sys.argv[1]
TOP = pathlib.Path(__file__).resolve().parents[2]
QEMU = TOP / "scripts/reference-qemu"
SKIP = 77
ECAM = 0x30000000
TIMEOUT = 120

ROOT_PORT = "pcie-root-port,id=rp,chassis=1,slot=3,port=2,addr=4.0"
# name: devices, the functions (bus, slot, function) that are compared
CASES = {
    "root": ([], [(0, 0, 0)]),
    "edu": (["edu,addr=1"], [(0, 1, 0)]),
    "testdev": (["pci-testdev,addr=2,membar=64K"], [(0, 2, 0)]),
    "port": ([ROOT_PORT], [(0, 4, 0)]),
    "port_slow": ([ROOT_PORT + ",x-speed=5,x-width=4"], [(0, 4, 0)]),
    "port_plain": (
        [ROOT_PORT + ",hotplug=off,disable-acs=on,power_controller_present=off"
                     ",aer_log_max=0,x-speed=2_5,x-width=1"], [(0, 4, 0)]),
    "port_reserve": (
        [ROOT_PORT + ",io-reserve=0,mem-reserve=2M,pref64-reserve=1G"
                     ",bus-reserve=3"], [(0, 4, 0)]),
    "port_populated": ([ROOT_PORT, "edu,bus=rp"], [(0, 4, 0), (1, 0, 0)]),
    "several": (["edu,addr=5.0,multifunction=on", "edu,addr=5.3"],
                [(0, 5, 0), (0, 5, 3), (0, 5, 1)]),
    "virtio": (["virtio-rng-pci,addr=1"], [(0, 1, 0)]),
    "virtio_modern": (
        ["virtio-rng-pci,addr=1,disable-legacy=on,page-per-vq=on,vectors=0"],
        [(0, 1, 0)]),
    "virtio_legacy": (["virtio-rng-pci,addr=1,disable-modern=on"], [(0, 1, 0)]),
    "virtio_names": (
        ["virtio-rng-pci-transitional,addr=1,modern-pio-notify=on",
         "virtio-rng-pci-non-transitional,addr=2"], [(0, 1, 0), (0, 2, 0)]),
    "virtio_express": ([ROOT_PORT, "virtio-rng-pci,bus=rp,aer=on,ats=on"],
                       [(0, 4, 0), (1, 0, 0)]),
    "switch": ([ROOT_PORT, "x3130-upstream,bus=rp,id=up",
                "xio3130-downstream,bus=up,id=d0,chassis=2,slot=1,port=1",
                "xio3130-downstream,bus=up,id=d1,chassis=2,slot=2,port=2,addr=3",
                "edu,bus=d1"],
               [(0, 4, 0), (1, 0, 0), (2, 0, 0), (2, 3, 0), (4, 0, 0)]),
}


class Machine:
    """One that does not run, with a qtest connection and QMP."""

    def __init__(self, binary, devices, folder):
        path = pathlib.Path(folder) / "qmp"
        path.unlink(missing_ok=True)
        args = [binary, "-M", "virt", "-bios", "none", "-nodefaults",
                "-display", "none", "-S", "-qtest", "stdio", "-qtest-log", "/dev/null",
                "-qmp", f"unix:{path},server=on,wait=off"]
        for device in devices:
            args += ["-device", device]
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.qtest("read 0x0 0x1")
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(path))
        self.monitor = Qmp(self.sock.makefile("rwb"))

    def qtest(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        assert answer and answer[0] == "OK", (line, answer)
        return answer[1:]

    def qmp(self, command, **arguments):
        return self.monitor.command(command, **arguments)

    def hmp(self, line):
        return self.monitor.hmp(line)

    def read(self, at, reg, size="l"):
        return int(self.qtest(f"read{size} {self.address(at, reg):#x}")[0], 0)

    def write(self, at, reg, value, size="l"):
        self.qtest(f"write{size} {self.address(at, reg):#x} {value:#x}")

    @staticmethod
    def address(at, reg):
        bus, slot, function = at
        return ECAM + (bus << 20) + (slot << 15) + (function << 12) + reg

    def quit(self):
        self.sock.close()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.terminate()
        self.process.wait(TIMEOUT)


def number_buses(machine, functions):
    """As firmware would: a bus number for each bridge on the way."""
    last = 0
    for at in functions:
        header = machine.read(at, 0x0c) >> 16 & 0x7f
        if header == 1 and machine.read(at, 0) != 0xffffffff:
            last += 1
            machine.write(at, 0x18, 0xff << 16 | last << 8 | at[0])


def space(machine, at):
    return [machine.read(at, reg) for reg in range(0, 0x1000, 4)]


def probe(machine, at):
    """What bits there are, one word after the other; each is put back."""
    seen = []
    for reg in range(0, 0x1000, 4):
        # Bus numbers stay; the slot's control would let its device go; a link
        # and a function would be reset.
        before = machine.read(at, reg)
        if reg == 0x18:
            continue
        machine.write(at, reg, 0xffffffff)
        ones = machine.read(at, reg)
        machine.write(at, reg, 0)
        zeros = machine.read(at, reg)
        machine.write(at, reg, before)
        seen.append((reg, before, ones, zeros))
    return seen


def observe(binary, devices, functions, folder):
    machine = Machine(binary, devices, folder)
    try:
        out = {"fresh": machine.hmp("info pci"),
               "query": machine.qmp("query-pci")}
        number_buses(machine, functions)
        out["numbered"] = machine.hmp("info pci")
        for at in functions:
            out[f"space {at}"] = space(machine, at)
        for at in functions:
            # Writing to the control of a slot would let its device go.
            if not any("bus=" in d for d in devices) or at == functions[-1]:
                out[f"probe {at}"] = probe(machine, at)
        machine.qmp("system_reset")
        out["reset"] = machine.hmp("info pci")
        for at in functions:
            out[f"space after reset {at}"] = space(machine, at)
        return out
    finally:
        machine.quit()


def differences(ours, theirs):
    for key, theirs_value in theirs.items():
        ours_value = ours[key]
        if ours_value == theirs_value:
            continue
        if key.startswith("space"):
            for i, (a, b) in enumerate(zip(ours_value, theirs_value)):
                if a != b:
                    yield f"{key}: register {4 * i:#x} is {a:#010x}, not {b:#010x}"
        elif key.startswith("probe"):
            for a, b in zip(ours_value, theirs_value):
                if a != b:
                    yield (f"{key}: register {a[0]:#x} (before, after ones, after "
                           "zeros) is " + " ".join(f"{x:#010x}" for x in a[1:])
                           + ", not " + " ".join(f"{x:#010x}" for x in b[1:]))
        else:
            yield f"{key}: {ours_value}\nis not\n{theirs_value}"


def main():
    done = subprocess.run([QEMU, "--version"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        print("1..0 # SKIP no reference QEMU")
        return SKIP
    names = sys.argv[2:] or list(CASES)
    print(f"1..{len(names)}")
    status = 0
    for number, name in enumerate(names, 1):
        devices, functions = CASES[name]
        with tempfile.TemporaryDirectory() as folder:
            theirs = observe(QEMU, devices, functions, folder)
            ours = observe(BINARY, devices, functions, folder)
        wrong = list(differences(ours, theirs))
        for line in wrong:
            print("# " + line.replace("\n", "\n# "))
        print(("not ok" if wrong else "ok"), number, name, flush=True)
        status |= bool(wrong)
    return status


if __name__ == "__main__":
    sys.exit(main())
