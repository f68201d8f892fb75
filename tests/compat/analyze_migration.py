#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's scripts/analyze-migration.py takes a stream of ours apart: the machine
`virt` with virtio devices, a memory device and two harts.

    analyze_migration.py EMULATOR [QEMU-SOURCE-FOLDER]    (default: Debian's)
"""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Qmp  # noqa: E402

TOPDIR = pathlib.Path(__file__).resolve().parents[2]

DEVICES = ["-M", "virt", "-smp", "2", "-m", "64M,maxmem=1G", "-nodefaults",
           "-display", "none", "-S", "-bios", "none",
           "-object", "memory-backend-ram,id=m0,size=256M",
           "-object", "rng-random,id=r0,filename=/dev/urandom",
           "-device", "virtio-mem,id=vm0,memdev=m0,requested-size=128M",
           "-device", "virtio-rng-pci,rng=r0", "-device", "virtio-balloon-pci",
           "-device", "pcie-root-port,id=rp0,chassis=1",
           "-device", "virtio-rng-pci,rng=r0,bus=rp0"]


def qemu_source():
    done = subprocess.run(
        [TOPDIR / "scripts" / "debian-cache", "source", "trixie", "qemu",
         "*/scripts/analyze-migration.py"], stdout=subprocess.PIPE, text=True,
        check=False)
    if done.returncode == 77:
        print("1..0 # SKIP no mirror: QEMU's source is out of reach")
        sys.exit(0)  # with TAP a skip is a success
    assert done.returncode == 0, "debian-cache failed"
    return done.stdout.strip()


def stream_of(binary, tmp):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{tmp}/qmp")
    listener.listen(1)
    listener.settimeout(120)
    with subprocess.Popen([binary, *DEVICES, "-qmp", f"unix:{tmp}/qmp"],
                          stdin=subprocess.DEVNULL) as process:
        connection, _ = listener.accept()
        command = Qmp(connection.makefile("rwb")).command
        command("migrate", uri=f"file:{tmp}/stream")
        while command("query-migrate")["status"] != "completed":
            time.sleep(0.02)
        command("quit")
        assert process.wait(120) == 0
    return f"{tmp}/stream"


def analyze(source, stream, what):
    done = subprocess.run(
        [sys.executable, f"{source}/scripts/analyze-migration.py", "-f",
         stream, "-d", what], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def main():
    source = sys.argv[2] if len(sys.argv) > 2 else qemu_source()
    print("1..2")
    with tempfile.TemporaryDirectory() as tmp:
        stream = stream_of(sys.argv[1], tmp)
        desc = analyze(source, stream, "desc")
        assert desc["configuration"]["vmsd_name"] == "configuration"
        assert desc["page_size"] == 4096
        names = [d["name"] for d in desc["devices"]]
        print("ok 1 description", flush=True)
        state = analyze(source, stream, "state")
        sections = [name.rsplit(" (", 1)[0] for name in state]
        # All that is described, and RAM, which comes first but for the early.
        assert sorted(sections) == sorted(names + ["ram"]), (sections, names)
        early = [n for n in names if "virtio-mem-device-early" in n]
        assert early and sections.index("ram") < len(early) + 1, sections
        for name in ("cpu", "cpu_common", "timer", "globalstate"):
            assert name in sections, (name, sections)
        assert sections.count("cpu") == 2, sections
        ram = next(v for k, v in state.items() if k.startswith("ram ("))
        sizes = ram["section sizes"]
        assert sizes["riscv_virt_board.ram"] == "0x0000000004000000", sizes
        assert any(v == "0x0000000010000000" for v in sizes.values()), sizes
        print("ok 2 state", flush=True)


if __name__ == "__main__":
    main()
