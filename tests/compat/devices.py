#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's device sources in our emulator, in place of ours.

    devices.py BUILDDIR SANITIZERS COMPILER... -- QTEST...

Compiles the sources below as they are, links an emulator that has them and not
our files of the same names, and runs the qtests with it: what holds for our
devices holds for QEMU's, and QEMU's hold on to our core.
"""
import os
import pathlib
import shlex
import subprocess
import sys

import qemu_devices

# In place of ours, and beside ours.
SOURCES = ["hw/misc/unimp.c", "hw/misc/sifive_test.c", "hw/rtc/goldfish_rtc.c",
           "hw/intc/sifive_plic.c", "hw/intc/riscv_aclint.c",
           "hw/char/serial.c", "hw/char/serial-mm.c",
           "hw/char/sifive_uart.c", "hw/gpio/sifive_gpio.c",
           "hw/virtio/virtio-rng.c", "hw/misc/edu.c", "hw/misc/pci-testdev.c"]

# Where theirs are wrong and ours are not: an alarm beyond what a timer can
# hold rings at once in QEMU's goldfish_rtc.c.
LEFT_OUT = {"simple-devices-test": ["-s", "/rtc/far"]}


def compile_all(tree, compiler, sanitizers, out):
    flags = ["-g", "-O1", "-Wall", *tree.flags]
    if sanitizers not in ("", "none"):
        flags.append(f"-fsanitize={sanitizers}")
    objects = []
    for name in SOURCES:
        obj = out / (name.replace("/", "_") + ".o")
        subprocess.run([*compiler, *flags, "-c", tree.qemu / name, "-o", obj],
                       check=True)
        objects.append(obj)
    return objects


def members(build, archive, out):
    """The objects of an archive, as paths; unpacked unless it is a thin one."""
    path = build / archive
    names = subprocess.run(["ar", "t", path], check=True, cwd=build,
                           capture_output=True, text=True).stdout.split()
    if path.read_bytes()[:7] == b"!<thin>":
        return [build / n for n in names]
    into = out / path.name
    into.mkdir(exist_ok=True)
    subprocess.run(["ar", "x", path], check=True, cwd=into)
    return [into / n for n in names]


def link(build, objects, out):
    """As Ninja links the emulator, without what is replaced."""
    command = subprocess.run(
        ["ninja", "-C", build, "-t", "commands", "-s", "system/plateau"],
        check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    replaced = {pathlib.Path(s).name + ".o" for s in SOURCES}
    gone = set()
    args = []
    for arg in shlex.split(command):
        if arg.endswith(".a"):
            inside = members(build, arg, out)
            if replaced & {i.name for i in inside}:
                gone |= replaced & {i.name for i in inside}
                args += [i for i in inside if i.name not in replaced]
                continue
        args.append(arg)
    print(f"# without our {', '.join(sorted(gone))}")
    args[args.index("-o") + 1] = out / "plateau"
    main = next(i for i, a in enumerate(args) if str(a).endswith("main.c.o"))
    args[main:main] = objects
    subprocess.run(args, check=True, cwd=build)
    return out / "plateau"


def main():
    build, sanitizers, *rest = sys.argv[1:]
    build = pathlib.Path(build)
    split = rest.index("--")
    compiler, tests = rest[:split], rest[split + 1:]
    out = build / "tests/compat/devices.p"
    out.mkdir(parents=True, exist_ok=True)
    tree = qemu_devices.Tree(qemu_devices.source(), build, out)
    emulator = link(build, compile_all(tree, compiler, sanitizers, out), out)

    print(f"1..{len(tests)}")
    env = dict(os.environ, PLATEAU_BINARY=str(emulator))
    failures = 0
    for number, test in enumerate(tests, 1):
        name = pathlib.Path(test).name
        done = subprocess.run([test, "--tap", "-k", *LEFT_OUT.get(name, [])],
                              env=env, check=False, stdout=subprocess.PIPE,
                              text=True)
        print("".join(f"#   {line}\n" for line in done.stdout.splitlines()),
              end="")
        failures += done.returncode != 0
        print(f"{'not ' if done.returncode else ''}ok {number} - {name}")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
