#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Descriptions of registers for gdb, as C: feature-to-c.py FILE.xml... > OUT.c

Each becomes an element of gdb_static_features[]: its text, and the names of its
registers by number, from its first register's on.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def registers(root):
    """number: name, relative to the first."""
    names, number, first = {}, 0, None
    for reg in root.iter("reg"):
        number = int(reg.get("regnum", number))
        first = number if first is None else first
        names[number - first] = reg.get("name")
        number += 1
    return names


def main():
    print('#include "qemu/osdep.h"\n#include "exec/gdbstub.h"\n')
    entries = []
    for index, path in enumerate(sys.argv[1:]):
        text = pathlib.Path(path).read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        names = registers(root)
        print(f"static const char *const regs{index}[] = {{")
        for number, name in sorted(names.items()):
            print(f"    [{number}] = {json.dumps(name)},")
        print("};\n")
        lines = "\n        ".join(json.dumps(line) for line in
                                  text.splitlines(keepends=True))
        entries.append(f"""    {{
        .xmlname = {json.dumps(pathlib.Path(path).name)},
        .xml =
        {lines},
        .name = {json.dumps(root.get("name"))},
        .regs = regs{index},
        .num_regs = {max(names) + 1},
    }},""")
    print("const GDBFeature gdb_static_features[] = {")
    print("\n".join(entries))
    print("    { NULL },\n};")


if __name__ == "__main__":
    main()
