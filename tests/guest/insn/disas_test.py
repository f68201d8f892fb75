#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The monitor's disassembler against objdump, on random instructions.

    disas_test.py EMULATOR [ARGUMENT...]

Each line of the instruction tables with random operands, and random words, are
loaded into a stopped machine and printed by `x/i`. PLATEAU_SEED chooses others.
"""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

from insn_test import ARCH, PREFIX, Tap, read_tables, run

BASE = 0x80000000
# CSRs that have one name everywhere, and numbers that have none.
CSRS = [0x001, 0x002, 0x003, 0x105, 0x141, 0x180, 0x300, 0x305, 0x341, 0x342,
        0xc00, 0xc01, 0xc02, 0xf14, 0x7c0, 0x800, 0xfff]
# Binutils 2.40 prints some immediate forms like the register forms.
SHORTENED = re.compile(
    r"^(addi|andi|ori|xori|slli|srli|srai|addiw|slliw|srliw|sraiw|rori|roriw|"
    r"bclri|bexti|binvi|bseti|csrrwi|csrrsi|csrrci|csrwi|csrsi|csrci)\b")


def random_words(rnd, tables):
    for entry in tables:
        if "!" in entry["when"]:
            continue
        for _ in range(12):
            bits = rnd.getrandbits(entry["width"])
            if rnd.randrange(3) == 0:       # zero registers, for aliases
                bits &= rnd.getrandbits(entry["width"])
            bits = bits & ~entry["mask"] | entry["match"]
            if entry["format"].startswith("Csr"):
                bits = bits & 0xfffff | rnd.choice(CSRS) << 20
            yield bits, entry["width"] // 8
    for _ in range(2000):
        bits = rnd.getrandbits(32) | 3
        if bits & 0x1c != 0x1c and bits & 0x7f != 0x73:
            yield bits, 4
        bits = rnd.getrandbits(16)
        if bits & 3 != 3:
            yield bits, 2


def objdump(folder, words):
    """Texts by offset."""
    (folder / "words.bin").write_bytes(b"".join(
        bits.to_bytes(size, "little") for bits, size in words))
    (folder / "words.S").write_text(
        f".text\n.attribute arch, \"{ARCH}\"\n.incbin "
        f"\"{folder / 'words.bin'}\"\n")
    run(PREFIX + "as", "-march=" + ARCH, "-o", folder / "words.o",
        folder / "words.S")
    text = run(PREFIX + "objdump", "-D", "-z", "-w", "-j", ".text",
               folder / "words.o")
    found = {}
    for line in text.splitlines():
        match = re.match(r"\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)", line)
        if match:
            found[int(match[1], 16)] = re.sub(r"\s*[#<].*", "",
                                              match[2]).strip()
    return found


def monitor(command, folder, count):
    """Texts by offset."""
    found = {}
    with subprocess.Popen(
            [*command, "-M", "virt", "-m", "128M", "-bios", "none",
             "-nodefaults", "-display", "none", "-monitor", "stdio", "-S",
             "-device", f"loader,file={folder / 'words.bin'},addr={BASE:#x},"
             "force-raw=on"], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE) as emulator:
        emulator.stdin.write(f"xp/{count}i {BASE:#x}\n")
        emulator.stdin.flush()
        # It may be asked to quit when all has come.
        for line in emulator.stdout:
            match = re.match(r"0x([0-9a-f]+):  ([0-9a-f]+) +(.*)",
                             line.rstrip())
            if match:
                found[int(match[1], 16) - BASE] = match[3]
            if len(found) == count:
                break
        emulator.communicate("quit\n")
    return found


def normal(text, offset):
    """One form for both; targets of jumps relative to the first word."""
    name, _, rest = text.partition(" ") if "\t" not in text else \
        text.partition("\t")
    short = SHORTENED.match(name)
    if short and short[1] == name:
        name = re.sub(r"i(w?)$", r"\1", name)
    rest = rest.strip()
    if re.match(r"(b(eq|ne|lt|ge|gt|le)z?u?|j|jal)$", name):
        operands = rest.split(",")
        operands[-1] = f"{int(operands[-1], 16) & ((1 << 64) - 1):x}"
        rest = ",".join(operands)
    return f"{name} {rest}".strip()


def compare(words, theirs, ours):
    """Lines about differences; how many were compared."""
    lines, compared, offset = [], 0, 0
    for bits, size in words:
        want, have = theirs.get(offset), ours.get(offset)
        here, offset = offset, offset + size
        if want is None:
            continue
        # What this objdump does not know, and hints under names of their own.
        if want.startswith((".4byte", ".2byte", ".word", ".short", "c.")):
            continue
        if have is None:
            lines.append(f"{bits:#x}: nothing, not '{want}'")
            continue
        compared += 1
        have = re.sub(r"\b0x([0-9a-f]{8,16})$", lambda m: hex(
            int(m[1], 16) - BASE & ((1 << 64) - 1)), have)
        if normal(have, here) != normal(want, here) and not (
                # Reserved since: C.ADDI16SP 0; ADD rd, x0, rs is MV.
                bits == 0x6101 or want.startswith("add\t") and
                have.startswith("mv")):
            lines.append(f"{bits:#x}: '{have}', not '{want}'")
    return lines, compared


def main():
    if shutil.which(PREFIX + "objdump") is None:
        print("1..0 # SKIP no binutils-riscv64-linux-gnu")
        return 0
    seed = int(os.environ.get("PLATEAU_SEED", random.getrandbits(32)))
    print(f"# PLATEAU_SEED={seed}")
    tap = Tap(1)
    with tempfile.TemporaryDirectory(prefix="plateau-disas-") as folder:
        folder = pathlib.Path(folder)
        words = list(random_words(random.Random(seed),
                                  read_tables(folder / "tables.json")))
        theirs = objdump(folder, words)
        ours = monitor(sys.argv[1:], folder, len(words))
    lines, compared = compare(words, theirs, ours)
    if compared < len(words) // 2:
        lines.append(f"only {compared} of {len(words)} could be compared")
    tap.result(not lines, f"disassembly ({compared} instructions)", lines[:40])
    return int(tap.failed)


if __name__ == "__main__":
    sys.exit(main())
