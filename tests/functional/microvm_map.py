#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is where on the board microvm, against the reference: `info mtree' of
the memory and `info pci', with and without PCI and the second I/O APIC:
microvm_map.py BINARY.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tap import Skip, run_tap  # noqa: E402

BINARY = sys.argv[1]
QEMU = pathlib.Path(__file__).resolve().parents[2] / "scripts/reference-qemu"
COMMANDS = ("info mtree", "info pci")
SKIP = 77


def answers(command, *args):
    """The commands' output, of a machine that does not run."""
    lines = [{"execute": "qmp_capabilities"}] + [
        {"execute": "human-monitor-command", "arguments": {"command-line": c}}
        for c in COMMANDS] + [{"execute": "quit"}]
    done = subprocess.run(
        [*command, *args, "-nodefaults", "-display", "none", "-S", "-m",
         "256M", "-qmp", "stdio"], input="\n".join(map(json.dumps, lines)),
        text=True, capture_output=True, timeout=120, check=False)
    if done.returncode == SKIP:
        raise Skip("no reference")
    assert done.returncode == 0, done.stderr
    found = [m["return"].replace("\r\n", "\n")
             for m in map(json.loads, done.stdout.splitlines())
             if isinstance(m.get("return"), str)]
    assert len(found) == len(COMMANDS), done.stdout
    return found


def memory(mtree):
    """The lines of the system's memory. We call a container so."""
    part = mtree.split("address-space: memory\n", 1)[1].split("\n\n", 1)[0]
    return [line.replace("container", "i/o") for line in part.splitlines()]


def compare(options, *args):
    with tempfile.TemporaryDirectory() as tmp:
        bios = pathlib.Path(tmp, "bios")
        bios.write_bytes(bytes(64 << 10))
        args = ["-M", f"microvm,{options}", "-bios", str(bios), *args]
        ours = answers([BINARY], "-accel", "qtest", *args)
        theirs = answers([str(QEMU), "--target", "x86_64"], "-accel", "tcg",
                         *args)
    assert memory(ours[0]) == memory(theirs[0]), (ours[0], theirs[0])
    assert ours[1] == theirs[1], (ours[1], theirs[1])


def test_pcie():
    compare("pcie=on,ioapic2=on", "-device", "virtio-rng-pci", "-device",
            "pcie-root-port,id=rp", "-device", "virtio-rng-pci,bus=rp",
            "-device", "edu")


def test_one_ioapic():
    compare("pcie=on,ioapic2=off", "-device", "edu")


def test_narrow_cpu():
    compare("pcie=on,ioapic2=on", "-cpu", "qemu64,phys-bits=36")


if __name__ == "__main__":
    sys.exit(run_tap([test_pcie, test_one_ioapic, test_narrow_cpu]))
