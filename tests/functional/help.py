#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`-help` and the manual page name the same options: help.py BINARY.

Where -help shows parameters of an option (`[,maxcpus=N]`), the entry in the
manual has them, too. Prints TAP, one case per option.
"""
import pathlib
import re
import subprocess
import sys

MANUAL = (pathlib.Path(__file__).resolve().parents[2]
          / "docs" / "system" / "plateau.1.rst")


def options_of_help(text):
    """Option -> the line that -help begins with it."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"(-[\w-]+)(?: or (-[\w-]+))?(?= |$)", line)
        for name in match.groups() if match else ():
            if name:
                found[name] = line
    return found


def options_of_manual(text):
    """Option -> its entry: a definition whose term has it in bold."""
    found = {}
    for entry in re.findall(r"^\*\*-.*\n(?:(?: .*)?\n)*", text + "\n", re.M):
        term = entry.partition("\n")[0]
        plain = re.sub(r"\*\*|\*|\\ |\\(?=\|)", "", entry)
        for name in re.findall(r"\*\*(-[\w-]+)", term):
            if name in found:
                sys.exit(f"{MANUAL}: {name} is there twice")
            found[name] = plain
    return found


def difference(name, helped, manual):
    if name not in manual:
        return "not in the manual"
    if name not in helped:
        return "not in -help"
    # The synopsis ends where the text begins, two columns on at least.
    synopsis = helped[name].split("  ")[0]
    keys = re.findall(r"(?<![\w-])([a-z][\w-]*)=", synopsis)
    missing = [k for k in keys
               if not re.search(rf"(?<![\w-]){re.escape(k)}=", manual[name])]
    return f"the manual lacks {', '.join(missing)}" if missing else None


def main():
    text = subprocess.run([sys.argv[1], "-help"], capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, timeout=60,
                          check=True).stdout
    helped = options_of_help(text)
    manual = options_of_manual(MANUAL.read_text(encoding="utf-8"))
    names = sorted(set(helped) | set(manual))
    failures = 0
    print(f"1..{len(names) + 1}")
    # An empty list would hide that a format changed.
    few = [w for w, l in (("-help", helped), ("manual", manual))
           if not {"-machine", "-M", "-help", "-h"} <= l.keys()]
    print(f"{'not ' if few else ''}ok 1 both have lists")
    failures += bool(few)
    for number, name in enumerate(names, 2):
        problem = difference(name, helped, manual)
        failures += problem is not None
        print(f"{'not ' if problem else ''}ok {number} {name}"
              + (f" # {problem}" if problem else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
