#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's virtio-mem.c, unmodified, in place of ours, in the test of ours.

    virtio_mem.py BUILDDIR SANITIZERS COMPILER...

The source has x86-64 as its target, which it knows. It is linked with our
virtio core, memory devices and memory core, and driven through real rings by
tests/unit/test-virtio-mem.c.
"""
import pathlib
import shlex
import subprocess
import sys

import qemu_devices
from devices import members

SOURCE = "hw/virtio/virtio-mem.c"


def source():
    done = subprocess.run(
        [qemu_devices.TOP / "scripts/debian-cache", "source", "trixie", "qemu",
         f"*/{SOURCE}", "*/hw/virtio/trace.h"],
        stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == 77:
        print("1..0 # SKIP no mirror: QEMU's source is out of reach")
        sys.exit(0)
    if done.returncode:
        sys.exit("debian-cache failed")
    return pathlib.Path(done.stdout.strip())


def main():
    build, sanitizers, *compiler = sys.argv[1:]
    build = pathlib.Path(build)
    out = build / "tests/compat/virtio-mem.p"
    out.mkdir(parents=True, exist_ok=True)
    (out / "config-devices.h").write_text("")
    glib = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], check=True,
                          capture_output=True, text=True).stdout.split()
    top = qemu_devices.TOP
    flags = [*qemu_devices.FLAGS, "-g", "-O1", "-DTARGET_X86_64",
             "-DQEMU_VIRTIO_MEM",
             *(f"-I{i}" for i in (out, top / "tests/unit", top / "include",
                                  top, build / "include", build,
                                  build / "qapi")), *glib]
    if sanitizers not in ("", "none"):
        flags.append(f"-fsanitize={sanitizers}")
    objects = []
    for name, path in (("device", source() / SOURCE),
                       ("test", top / "tests/unit/test-virtio-mem.c")):
        objects.append(out / f"{name}.o")
        subprocess.run([*compiler, *flags, "-c", path, "-o", objects[-1]],
                       check=True)
    command = subprocess.run(
        ["ninja", "-C", build, "-t", "commands", "-s",
         "tests/unit/test-virtio-mem"],
        check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    args = []
    for arg in shlex.split(command):
        if arg.endswith("test-virtio-mem.c.o"):
            args += objects
        elif arg.endswith("plateau-hwvirtio-mem.a"):
            args += [i for i in members(build, arg, out)
                     if not i.name.startswith("virtio-mem")]
        else:
            args.append(arg)
    program = out / "test-virtio-mem"
    args[args.index("-o") + 1] = program
    subprocess.run(args, check=True, cwd=build)
    return subprocess.run([program, "--tap", "-k"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
