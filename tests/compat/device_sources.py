#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's device sources that compile against our headers, as they are.

    device_sources.py BUILDDIR COMPILER...             those of the list, a test
    device_sources.py --update BUILDDIR COMPILER...    tries all, writes the list

The list, device-sources.txt, only grows: what compiled once goes on to. What is
missing for others is mostly a bus or a CPU that there is not.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import qemu_devices

LIST = pathlib.Path(__file__).with_name("device-sources.txt")


def compiles(tree, compiler, name):
    """None, or the first error."""
    done = subprocess.run([*compiler, "-fsyntax-only", *tree.flags,
                           tree.qemu / name],
                          capture_output=True, text=True, check=False)
    if not done.returncode:
        return None
    found = re.search(r"error: ([^\n]*)", done.stderr)
    return found.group(1) if found else done.stderr[:200]


def try_all(tree, compiler, names):
    """(name, error or None) of each, in order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from zip(names, pool.map(
            lambda name: compiles(tree, compiler, name), names))


def update(tree, compiler):
    names = sorted(str(f.relative_to(tree.qemu))
                   for kind in qemu_devices.KINDS
                   for f in (tree.qemu / "hw" / kind).glob("*.c"))
    good, missing = [], collections.Counter()
    for name, error in try_all(tree, compiler, names):
        if error is None:
            good.append(name)
        else:
            missing[error] += 1
    LIST.write_text("# SPDX-License-Identifier: GPL-2.0-or-later\n" +
                    "".join(f"{name}\n" for name in good))
    print(f"{len(good)} of {len(names)} compile; what the others lack:")
    for error, count in missing.most_common(30):
        print(f"{count:4} {error}")


def main():
    args = sys.argv[1:]
    all_of_them = args[0] == "--update"
    build, *compiler = args[1:] if all_of_them else args
    build = pathlib.Path(build)
    out = build / "tests/compat/device-sources.p"
    tree = qemu_devices.Tree(qemu_devices.source(), build, out)
    if all_of_them:
        update(tree, compiler)
        return 0
    names = [l for l in LIST.read_text().splitlines()
             if l and not l.startswith("#")]
    print(f"1..{len(names)}")
    failures = 0
    for number, (name, error) in enumerate(
            try_all(tree, compiler, names), 1):
        failures += error is not None
        print(f"{'not ' if error else ''}ok {number} - {name}"
              f"{' # ' + error if error else ''}")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
