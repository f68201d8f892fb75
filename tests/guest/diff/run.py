#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The comparisons with the reference, in turn, in about so many seconds.

    run.py EMULATOR [--seconds N]
"""
import argparse
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIP = 77
# What, its share of the time, and batches that are over in a second
PARTS = {
    "difffuzz.py": (0.4, ["--instructions", "inf", "--blocks", "600"]),
    "walkfuzz.py": (0.25, ["--accesses", "inf", "--ops", "15000"]),
    "floatfuzz.py": (0.15, ["--operations", "inf", "--rows", "300"]),
    "csrsweep.py": (0, ["--cpu", random.choice(("plain", "more", "bare"))]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("emulator")
    parser.add_argument("--seconds", type=float, default=18)
    args = parser.parse_args()
    bad = 0
    for i, (name, (share, more)) in enumerate(PARTS.items()):
        command = [sys.executable, HERE / name, args.emulator, *more]
        if share:
            command += ["--seconds", str(share * args.seconds)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        lines = done.stdout.splitlines() or [""]
        if done.returncode == SKIP:
            print(done.stdout, end="")
            return 0
        if i == 0:
            print(f"1..{len(PARTS)}")
        bad += done.returncode != 0
        for line in lines if done.returncode else ():
            print("# " + line.lstrip("# "))
        last = next((line for line in reversed(lines) if "same" in line), "")
        print(f"{'not ' * (done.returncode != 0)}ok {i + 1} - "
              f"{name.split('.')[0]}"
              + (f" ({last.lstrip('# ')})" if last else ""), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
