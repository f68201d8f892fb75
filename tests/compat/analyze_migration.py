#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's scripts/analyze-migration.py takes a stream of ours apart: the machine
`virt` with virtio devices, a memory device and two harts.

    analyze_migration.py EMULATOR [QEMU-SOURCE-FOLDER]    (default: Debian's)

Then the same of QEMU's own stream of that machine: but for those that
migration-differences.txt has, sections have the same fields.
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


# QEMU has no virtio-mem for this machine.
BOTH = [w for w in DEVICES if not w.startswith("virtio-mem")]
BOTH.remove("-device")    # the one that was before it, the first


def stream_of(command_line, tmp, devices=DEVICES, capabilities=()):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{tmp}/qmp")
    listener.listen(1)
    listener.settimeout(120)
    with subprocess.Popen([*command_line, *devices, "-qmp",
                           f"unix:{tmp}/qmp"],
                          stdin=subprocess.DEVNULL) as process:
        connection, _ = listener.accept()
        command = Qmp(connection.makefile("rwb")).command
        command("migrate-set-capabilities", capabilities=[
            {"capability": c, "state": True} for c in capabilities])
        command("migrate", uri=f"file:{tmp}/stream")
        while command("query-migrate")["status"] != "completed":
            time.sleep(0.02)
        command("quit")
        assert process.wait(120) == 0
    listener.close()
    pathlib.Path(tmp, "qmp").unlink()
    return f"{tmp}/stream"


def analyze(source, stream, what):
    done = subprocess.run(
        [sys.executable, f"{source}/scripts/analyze-migration.py", "-f",
         stream, "-d", what], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def fields(entry):
    """What is in the stream, by name and size, with what is within."""
    found = []
    for f in entry.get("fields", []):
        inner = fields(f["struct"]) if "struct" in f else f.get("size")
        found.append((f["name"], inner, f.get("array_len")))
    return found + [(s["vmsd_name"], fields(s))
                    for s in entry.get("subsections", [])]


def same_as_reference(source, binary, tmp):
    """The number of sections; None if the reference is out of reach."""
    reference = [TOPDIR / "scripts" / "reference-qemu", "--target", "riscv64"]
    if subprocess.run([*reference, "-version"], capture_output=True,
                      check=False).returncode:
        return None
    ours, theirs = (
        {d["name"]: fields(d) for d in
         analyze(source, stream_of(line, tmp, BOTH), "desc")["devices"]}
        for line in ([binary], reference))
    text = pathlib.Path(__file__).with_name("migration-differences.txt")
    listed = {line.split()[0] for line in text.read_text().splitlines()
              if line and line[0] != "#"}
    differ = {name for name in ours.keys() | theirs.keys()
              if ours.get(name) != theirs.get(name)}
    assert differ == listed, (sorted(differ), sorted(listed))
    return len(ours)


def main():
    source = sys.argv[2] if len(sys.argv) > 2 else qemu_source()
    print("1..4")
    with tempfile.TemporaryDirectory() as tmp:
        stream = stream_of([sys.argv[1]], tmp)
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
        stream = stream_of([sys.argv[1]], tmp, DEVICES, ["x-ignore-shared"])
        assert len(analyze(source, stream, "state")) == len(state)
        print("ok 3 x-ignore-shared", flush=True)
        count = same_as_reference(source, sys.argv[1], tmp)
        print(f"ok 4 reference # {count} sections" if count else
              "ok 4 reference # SKIP it is out of reach", flush=True)


if __name__ == "__main__":
    main()
