#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same device source in QEMU 10.0 and here: the same `info mtree -f`.

memory-random.c does random things to trees of regions, the same for one seed,
and prints the flat views after each. The reference is Debian's own QEMU, with
the source preloaded (scripts/reference-qemu). Where that is out of reach, what
it printed for one seed is compared, from memory-random.expected; --record writes
that file.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
SOURCE = HERE / "memory-random.c"
EXPECTED = HERE / "memory-random.expected"
RECORDED = (1, 60)      # seed and steps
ARGS = ["-M", "none", "-display", "none", "-nodefaults"]


def script(seed, steps):
    return ARGS + ["-device", f"memory-script,seed={seed},steps={steps}"]


def reference(seed, steps):
    """What QEMU prints, or None where it is out of reach."""
    done = subprocess.run(
        [TOP / "scripts" / "reference-qemu", "--device", SOURCE,
         *script(seed, steps)], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        return None
    assert done.returncode == 0, (seed, done.returncode, done.stderr)
    return done.stdout


def build_module(args, folder):
    """Our side: a module, as docs/devel/modules.rst has it."""
    cmd = [*shlex.split(args.cc), "-O1", "-g", "-fPIC", "-shared",
           "-std=gnu11", "-D_GNU_SOURCE", "-fno-strict-aliasing",
           f"-I{TOP}/include", f"-I{TOP}", f"-I{args.builddir}",
           f"-I{args.builddir}/qapi", *shlex.split(args.cflags),
           str(SOURCE), "-o", f"{folder}/memory-script.so"]
    subprocess.run(cmd, check=True)
    pathlib.Path(folder, "memory-script.modinfo").write_text(
        "obj memory-script\n")


def ours(args, folder, seed, steps):
    env = dict(os.environ, PLATEAU_MODULE_DIR=folder)
    # The device ends the program from within realize: nothing is freed.
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    done = subprocess.run([args.binary, *script(seed, steps)], env=env,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, (seed, done.returncode, done.stderr)
    return done.stdout


def views(text):
    """Steps, each a sorted list of flat views: their numbers are arbitrary.

    Address spaces that share a view in one and not in the other show the same:
    each stands for itself, and with it what of the tree was rendered. What
    later versions, and we, call a container is "i/o" to QEMU 10.0.
    """
    steps = []
    text = re.sub(r"(\(prio -?\d+, (nv-)?)container\)", r"\1i/o)", text)
    for step in re.split(r"^== ", text, flags=re.M)[1:]:
        title, _, body = step.partition("\n")
        found = []
        for view in re.split(r"^FlatView #\d+\n", body, flags=re.M)[1:]:
            lines = view.strip("\n").split("\n")
            names = [l for l in lines if l.startswith(" AS ")]
            rest = [l for l in lines
                    if not l.startswith((" AS ", " Root memory region"))]
            found += [[name, *rest] for name in names
                      if '"space' in name]
        if not found:   # the trees
            found = [part.split("\n") for part in body.split("\n\n")
                     if part.startswith("address-space: space")]
        steps.append((title, sorted(found)))
    return steps


def difference(theirs, mine):
    """The first step that differs, told; None if none does."""
    a, b = views(theirs), views(mine)
    for (title, want), (_, got) in zip(a, b):
        for w, g in zip(want, got):
            if w != g:
                return "\n".join([f"at {title}", "QEMU:", *w, "ours:", *g])
        if len(want) != len(got):
            return f"at {title}: {len(want)} views and {len(got)}"
    return None if len(a) == len(b) else f"{len(a)} steps and {len(b)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--builddir", required=True)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cflags", default="")
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("binary", nargs="?")
    args = parser.parse_args()

    if args.record:
        EXPECTED.write_text(reference(*RECORDED))
        return 0
    print("TAP version 13")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        build_module(args, folder)
        cases = [(EXPECTED.read_text(), *RECORDED)]
        for seed in range(args.first, args.first + args.seeds):
            text = reference(seed, args.steps)
            if text is None:
                print("# no mirror: the recorded output alone is compared")
                break
            cases.append((text, seed, args.steps))
        print(f"1..{len(cases)}")
        for number, (text, seed, steps) in enumerate(cases, 1):
            found = difference(text, ours(args, folder, seed, steps))
            bad += found is not None
            if found:
                print("\n".join("# " + line for line in found.split("\n")))
            print(f"{'not ' if found else ''}ok {number} seed {seed}, "
                  f"{steps} steps")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
