#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compile and run one of QEMU's own unit tests against Plateau's libraries.

The source comes from Debian's qemu package (suite trixie, QEMU 10.0), through
apt into a cache; nothing of it is in this tree. The test file is compiled as
it is, with our include/ and the generated headers, and linked with the
libraries that Meson built. Skips, with the reason, when the mirror cannot be
reached.
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys

PATTERNS = ["*/tests/unit/*", "*/tests/qapi-schema/*", "*/tests/qtest/*",
            "*/include/qemu/sockets.h", "*/qapi/*", "*/python/qemu/*",
            "*/scripts/qmp/*"]


def qemu_source(topdir):
    done = subprocess.run(
        [topdir / "scripts" / "debian-cache", "source", "trixie", "qemu",
         *PATTERNS], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        if done.returncode != 77:
            sys.exit("debian-cache failed")
        print("1..0 # SKIP no mirror: QEMU's source is out of reach")
        sys.exit(0)  # with TAP a skip is a success
    return pathlib.Path(done.stdout.strip())


def run(cmd, **kwargs):
    done = subprocess.run(cmd, check=False, **kwargs)
    if done.returncode:
        print("# failed: " + " ".join(shlex.quote(str(c)) for c in cmd))
        print("Bail out! see above")
        sys.exit(1)


def generate_schema(args, source, out):
    """The code of QEMU's test schema, made by our generator."""
    out.mkdir(parents=True, exist_ok=True)
    run([sys.executable, args.topdir / "qapi" / "gen" / "main.py", "-o", out,
         "-p", "test-", source / "tests/qapi-schema/qapi-schema-test.json"])
    return sorted(out.rglob("test-qapi-*.c"))


def wanted(generated, kinds):
    """The generated files of those kinds: types, visit, introspect..."""
    return [g for g in generated
            if any(g.name.startswith(f"test-qapi-{k}") for k in kinds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--topdir", type=pathlib.Path, required=True)
    parser.add_argument("--builddir", type=pathlib.Path, required=True)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cflags", default="")
    parser.add_argument("--libs", default="")
    parser.add_argument("--whole", nargs="*", default=[],
                        help="our libraries, linked whole")
    parser.add_argument("--sanitize", default="none")
    parser.add_argument("--schema", default="",
                        help="generated files of QEMU's test schema to link")
    parser.add_argument("--extra", nargs="*", default=[],
                        help="more sources: QEMU's in tests/unit, or "
                             "ours, by their whole path")
    parser.add_argument("name")
    args = parser.parse_args()

    source = qemu_source(args.topdir)
    unit = source / "tests" / "unit"
    out = args.builddir / "tests" / "compat" / (args.name + ".p")
    out.mkdir(parents=True, exist_ok=True)

    files = [unit / (args.name + ".c")]
    files += [unit / e for e in args.extra]
    includes = [unit, args.topdir / "include", args.topdir,
                args.builddir / "include", args.builddir,
                args.builddir / "qapi"]
    if args.schema:
        generated = generate_schema(args, source, out / "gen" / "tests")
        # The tests include "tests/test-qapi-types.h" as well as
        # "test-qapi-commands.h".
        includes += [out / "gen", out / "gen" / "tests"]
        files += wanted(generated, args.schema.split(","))

    flags = ["-std=gnu11", "-g", "-O1", "-D_GNU_SOURCE",
             "-D_FILE_OFFSET_BITS=64", "-fno-strict-aliasing", "-fwrapv",
             "-fno-common", "-Werror=implicit-function-declaration",
             "-Werror=incompatible-pointer-types", "-Werror=int-conversion"]
    if args.sanitize != "none":
        flags.append("-fsanitize=" + args.sanitize)
    flags += [f"-I{i}" for i in includes] + shlex.split(args.cflags)

    objects = []
    for f in files:
        base = next((b for b in (source, out) if f.is_relative_to(b)),
                    f.parent)
        obj = out / (str(f.relative_to(base)).replace("/", "_") + ".o")
        run([*shlex.split(args.cc), *flags, "-c", f, "-o", obj])
        objects.append(obj)
    exe = out / args.name
    run([*shlex.split(args.cc), *flags, *objects, "-o", exe,
         "-Wl,--whole-archive", *args.whole, "-Wl,--no-whole-archive",
         *shlex.split(args.libs), "-lm", "-lpthread", "-ldl"])

    env = dict(os.environ, G_TEST_SRCDIR=str(unit), G_TEST_BUILDDIR=str(out))
    os.execve(exe, [str(exe), "--tap", "-k"], env)


if __name__ == "__main__":
    main()
