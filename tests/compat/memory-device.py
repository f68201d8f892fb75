#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One device source, the same calls of the memory API, in QEMU and here.

    memory-device.py BUILDDIR SANITIZERS COMPILER...     compares, as a test
    memory-device.py --record                            asks QEMU 10.0 again

memory-device.c is compiled unchanged as a module of BUILDDIR's program, and
what it prints is compared with memory-device.expected, which is what QEMU 10.0
printed (scripts/reference-qemu; Debian trixie's). Before that, what neither of
them promises is taken away: the order and the numbers of views, and the
machine's own address spaces. Since version 11 QEMU calls a container so, which
10.0 calls i/o; we do as the later one.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
SOURCE = TOP / "tests/compat/memory-device.c"
EXPECTED = TOP / "tests/compat/memory-device.expected"
DEVICE = ["-M", "none", "-display", "none", "-nodefaults", "-device",
          "memory-compat"]
MACHINES = ("memory", "I/O")


def normal_flat(block):
    """A view, without its number and the machine's address spaces."""
    spaces = sorted(l for l in block if l.startswith(" AS ")
                    and l.split('"')[1] not in MACHINES)
    rest = [l for l in block[1:] if not l.startswith(" AS ")]
    return ["FlatView", *spaces, *rest] if spaces else []


def normal_tree(block):
    names = [l for l in block if l.startswith("address-space: ")]
    if not names:
        return block
    names = [n for n in names if n[len("address-space: "):] not in MACHINES]
    rest = [l for l in block if not l.startswith("address-space: ")]
    return sorted(names) + rest if names else []


def normal_section(title, lines):
    """Blocks between empty lines, each in its normal form, in order."""
    if not title.startswith(("-- tree", "-- flat")):
        return lines
    normal = normal_tree if title == "-- tree" else normal_flat
    blocks, block = [], []
    for line in lines + [""]:
        if line:
            block.append(line)
        elif block:
            blocks.append(normal(block))
            block = []
    return [line for b in sorted(b for b in blocks if b) for line in b]


def normalize(text):
    out, title, section = [], "", []
    text = re.sub(r"\(prio (-?\d+), container\)", r"(prio \1, i/o)", text)
    for line in text.splitlines() + ["==== end"]:
        if line.startswith(("==== ", "-- ")):
            out += [*([title] if title else []),
                    *normal_section(title, section)]
            title, section = line, []
        elif title:
            section.append(line)
    return "\n".join(out) + "\n"


def run(command, env=None):
    """stdout up to the last stage."""
    lines = []
    with subprocess.Popen(["timeout", "-k", "1", "300", *command, *DEVICE],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True, env=env) as process:
        for line in process.stdout:
            lines.append(line)
            if line == "==== done\n":
                break
        try:
            status = process.wait(20)
        except subprocess.TimeoutExpired:
            process.terminate()     # QEMU's end can wait for its CPU threads
            status = None
    return "".join(lines), status


def record():
    text, _ = run([TOP / "scripts/reference-qemu", "--device", SOURCE])
    if not text.endswith("==== done\n"):
        sys.exit("QEMU did not come to the end")
    EXPECTED.write_text(normalize(text), encoding="utf-8")
    return 0


def build_module(build, sanitizers, compiler, out):
    glib = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], check=True,
                          capture_output=True, text=True).stdout.split()
    flags = ["-g", "-O1", "-std=gnu11", "-fPIC", "-shared", "-D_GNU_SOURCE",
             "-D_FILE_OFFSET_BITS=64", "-fno-strict-aliasing", "-fwrapv",
             "-fno-common", "-Wall", "-Werror", *glib]
    if sanitizers not in ("", "none"):
        flags.append(f"-fsanitize={sanitizers}")
    flags += [f"-I{i}" for i in (TOP / "include", build / "include", build,
                                 build / "qapi")]
    subprocess.run([*compiler, *flags, SOURCE, "-o",
                    out / "memory-compat.so"], check=True)
    (out / "memory-compat.modinfo").write_text("obj memory-compat\n")


def main():
    if sys.argv[1:] == ["--record"]:
        return record()
    build, sanitizers, *compiler = sys.argv[1:]
    build = pathlib.Path(build)
    with tempfile.TemporaryDirectory() as tmp:
        build_module(build, sanitizers, compiler, pathlib.Path(tmp))
        text, status = run([build / "system/plateau"],
                           dict(os.environ, PLATEAU_MODULE_DIR=tmp))
    ours = normalize(text)
    expected = EXPECTED.read_text(encoding="utf-8")
    print("1..2")
    print(f"{'ok' if status == 0 else 'not ok'} 1 - it ends, status {status}")
    same = ours == expected
    print(f"{'ok' if same else 'not ok'} 2 - the same as in QEMU 10.0")
    if not same:
        diff = difflib.unified_diff(expected.splitlines(), ours.splitlines(),
                                    "QEMU", "Plateau", lineterm="", n=12)
        for _, line in zip(range(400), diff):
            print("# " + line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
