#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Command lines that are wrong, and some that are right, one per case.

Each wrong one ends with status 1 and exactly one line on stderr (warnings and
hints aside: what begins with the program's name) that has the text given here; nothing crashes or leaks (the
sanitizer build says so by its exit status).
"""
import itertools
import pathlib
import subprocess
import sys

TIMEOUT = 20  # seconds; a command line that was accepted runs for ever
HERE = pathlib.Path(__file__).resolve().parent


def cases(path):
    """Lines `ARGS => TEXT`, `ARGS =>0 TEXT` (succeeds, stdout has TEXT)."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        args, sep, text = line.partition(" =>")
        if not sep:
            sys.exit(f"{path}:{number}: no '=>'")
        ok = text.startswith("0")
        yield args.split(), ok, text[1:].strip() if ok else text.strip()


def run(binary, args):
    try:
        done = subprocess.run([binary, *args], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True,
                              timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return "none, it runs,", "", ""
    return done.returncode, done.stdout, done.stderr


def check(binary, args, ok, text):
    status, out, err = run(binary, args)
    lines = [l for l in err.splitlines()
             if l.startswith("plateau:") and ": warning: " not in l]
    if ok:
        if status:
            return f"status {status}: {err.strip()[:300]}"
        return None if text in out else f"stdout lacks '{text}'"
    if status != 1:
        return f"status {status} instead of 1: {err.strip()[:300]}"
    if len(lines) != 1:
        return f"{len(lines)} lines instead of one: {err.strip()[:300]}"
    return None if text in lines[0] else f"'{lines[0]}' lacks '{text}'"


def main():
    binary = sys.argv[1]
    table = list(itertools.chain.from_iterable(
        cases(p) for p in sorted(HERE.glob("cmdline*.txt"))))
    failures = 0
    print(f"1..{len(table)}")
    for number, (args, ok, text) in enumerate(table, 1):
        problem = check(binary, args, ok, text)
        failures += problem is not None
        print(f"{'not ' if problem else ''}ok {number} {' '.join(args)}"
              .replace("#", r"\#") + (f" # {problem}" if problem else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
