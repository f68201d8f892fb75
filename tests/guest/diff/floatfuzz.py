#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Floating-point instructions on two emulators, compared.

    floatfuzz.py EMULATOR [--reference PROGRAM] [--operations N] [--seconds N]
                 [--rows N] [--seed S] [--only NAME,...]

Every floating-point instruction of our decoder's tables, with each rounding
mode in it (the reserved ones too), runs over rows of operands (float.S):
special and random ones, products that cancel, results near overflow and
underflow, values that are not boxed; and with every fcsr. Results, flags and
traps must be the same.
"""
import math
import pathlib
import random
import struct
import sys
import tempfile
import time

import difffuzz

TABLES = 0x80400000
ROW = struct.Struct("<4Q")
OUT = struct.Struct("<2Q")
ROUNDED = {"F4m", "F3m", "F2m", "F2xm", "X2fm"}
PLAIN = {"F3", "Fcmp", "F2", "F2x", "X2f", "Fli"}
# letter: bits of the exponent, of the fraction, struct's letters
FORMATS = {"h": (5, 10, "<e", "<H"), "s": (8, 23, "<f", "<I"),
           "d": (11, 52, "<d", "<Q")}
INTEGERS = difffuzz.SPECIAL + [
    (1 << n) + d & (1 << 64) - 1 for n in (11, 12, 24, 25, 31, 32, 53, 54, 63)
    for d in (-1, 0, 1)]


class Operands:
    """Values of one format, as they stand in a register."""

    def __init__(self, rng, letter):
        self.rng = rng
        self.exponent, self.fraction, self.number, self.word = FORMATS[letter]
        self.width = 1 + self.exponent + self.fraction
        self.bias = (1 << self.exponent - 1) - 1
        self.top = (1 << self.exponent) - 1

    def box(self, bits):
        return (1 << 64) - (1 << self.width) | bits

    def make(self, exponent, fraction=None):
        exponent = min(max(exponent, 0), self.top)
        if fraction is None:
            fraction = self.some_fraction()
        return (self.rng.getrandbits(1) << self.width - 1
                | exponent << self.fraction | fraction)

    def some_fraction(self):
        """Random, with few bits, or runs of them: what rounds to a tie."""
        rng, n = self.rng, self.fraction
        kind = rng.randrange(5)
        if kind < 2:
            return rng.getrandbits(n)
        if kind == 2:
            return sum({1 << rng.randrange(n) for _ in range(3)})
        if kind == 3:
            return (1 << n) - (1 << rng.randrange(n + 1)) & (1 << n) - 1
        return (1 << rng.randrange(n + 1)) - 1

    def special(self):
        """Zeros, infinities, NaNs, limits; one more or less of each."""
        rng, n = self.rng, self.fraction
        bits = rng.choice((
            0, 1, (1 << n) - 1, 1 << n, self.top << n, self.top << n,
            (self.top << n) - 1, self.top << n | 1 << n - 1,
            self.top << n | 1, self.top << n | rng.getrandbits(n),
            self.bias << n, self.bias + 1 << n, self.bias - 1 << n,
            self.bias + n << n, self.bias + n + 1 << n,
            *(min(self.bias + i, self.top) << n
              for i in (7, 8, 15, 16, 30, 31, 32, 62, 63, 64))))
        if rng.random() < 0.3:
            bits = max(bits + rng.randrange(-3, 4), 0)
        return (bits ^ rng.getrandbits(1) << self.width - 1) \
            & (1 << self.width) - 1

    def any(self):
        rng = self.rng
        kind = rng.randrange(6)
        if kind < 2:
            return self.special()
        if kind == 2:
            return self.make(self.bias + rng.randrange(-3, 4))
        if kind == 3:
            return self.make(self.bias + rng.randrange(-1, 66))
        if kind == 4:
            return self.make(rng.randrange(self.fraction + 2))
        return rng.getrandbits(self.width)

    def product(self, a, b):
        """Some bits near -(a * b)."""
        x, y = (struct.unpack(self.number, struct.pack(self.word, v))[0]
                for v in (a, b))
        try:
            z = struct.unpack(self.word, struct.pack(self.number, -(x * y)))[0]
        except OverflowError:
            z = self.make(self.top - 1)
        if math.isnan(x * y):
            return z
        return max(z + self.rng.randrange(-2, 3), 0) % (1 << self.width)

    def row(self):
        rng = self.rng
        kind = rng.randrange(8)
        a, b, c = self.any(), self.any(), self.any()
        if kind == 0:      # differences of little
            b = (a + rng.randrange(-3, 4)) % (1 << self.width)
            b ^= rng.getrandbits(1) << self.width - 1
        elif kind == 1:
            c = self.product(a, b)
        elif kind in (2, 3):   # products, quotients, roots near the limits
            e = rng.randrange(1, self.top)
            sum_ = rng.choice((self.bias + self.top, self.bias,
                               self.bias - self.fraction)) \
                + rng.randrange(-3, 4)
            a = self.make(e)
            b = self.make(sum_ - e if rng.getrandbits(1)
                          else e - sum_ + 2 * self.bias)
            if kind == 3:
                c = self.product(a, b)
        elif kind == 4:        # sums far apart
            e = rng.randrange(1, self.top)
            a, b = self.make(e), self.make(e - rng.randrange(
                self.fraction + 4))
            c = self.make(2 * e - self.bias - rng.randrange(
                2 * self.fraction + 4))
        row = [self.box(v) for v in (a, b, c)]
        if self.width < 64 and rng.random() < 0.08:
            row[rng.randrange(3)] = rng.getrandbits(64)
        return row


def fcsr(rng):
    mode = rng.randrange(8) if rng.random() < 0.1 else rng.randrange(5)
    return mode << 5 | (rng.getrandbits(5) if rng.random() < 0.2 else 0)


def tables(rng, rows):
    """letter: rows of operands; x has integers."""
    out = {letter: [Operands(rng, letter).row() for _ in range(rows)]
           for letter in FORMATS}
    values = difffuzz.Generator(rng, None, None)
    out["x"] = [[rng.choice(INTEGERS) if rng.random() < 0.3
                 else values.value(), 0, 0] for _ in range(rows)]
    return {letter: [(*row, fcsr(rng)) for row in table]
            for letter, table in out.items()}


def variants(insns):
    """[(name, word, result in f13, table's letter)]"""
    out = []
    for insn in insns:
        kind = insn["format"]
        if kind not in ROUNDED | PLAIN:
            continue
        word = insn["match"] | 13 << 7
        fields = insn["fields"]
        if not insn["mask"] >> 15 & 31 and kind != "Fli":
            word |= 10 << 15
        word |= 11 << 20 if "rs2" in fields else 0
        word |= 12 << 27 if "rs3" in fields else 0
        letter = insn["name"].split(".")[-1]
        if insn["name"].startswith("fmv.x"):
            letter = {"w": "s"}.get(letter, letter)
        letter = letter if letter in FORMATS else "x"
        choices = [(0, 0)]
        if kind in ROUNDED:
            choices = [(12, rm) for rm in range(8)]
        elif kind == "Fli":
            choices = [(15, n) for n in range(32)]
        for place, n in choices:
            out.append((insn["name"] + (f" {n}" if place else ""),
                        word | n << place, "frd" in fields, letter))
    return out


def run(command, name, tmp, elf, blobs, size, more):
    emulator = difffuzz.Emulator(command, tmp, name, difffuzz.CPUS["full"],
                                 elf, blobs, more)
    try:
        if not emulator.finish():
            sys.exit(f"floatfuzz: {name} did not come to the end")
        return emulator.memory(tmp, difffuzz.RESULTS, size)
    finally:
        emulator.close()


def compare(todo, table, results):
    """How many differ; the first of each instruction are shown."""
    ours, theirs = results
    found, shown, at = 0, {}, 0
    for name, word, _, letter in todo:
        size = len(table[letter]) * OUT.size
        if ours[at:at + size] != theirs[at:at + size]:
            for i, row in enumerate(table[letter]):
                a, b = (OUT.unpack_from(r, at + i * OUT.size)
                        for r in results)
                if a == b:
                    continue
                found += 1
                insn = name.split()[0]
                shown[insn] = shown.get(insn, 0) + 1
                if shown[insn] > 3:
                    continue
                print(f"# {name} ({word:08x}) of {row[0]:016x} {row[1]:016x} "
                      f"{row[2]:016x}, fcsr {row[3]:02x}:\n"
                      f"#   {a[0]:016x}, fcsr and cause {a[1]:x}; reference "
                      f"{b[0]:016x} {b[1]:x}")
        at += size
    return found


def batch(args, seed, insns, tmp):
    rng = random.Random(seed)
    todo = variants(insns)
    table = tables(rng, args.rows)
    data, places = b"", {}
    for letter, rows in table.items():
        places[letter] = TABLES + len(data)
        data += b"".join(ROW.pack(*row) for row in rows)
    if TABLES + len(data) > difffuzz.RESULTS:
        sys.exit("floatfuzz: fewer rows, please")
    pathlib.Path(tmp, "tables").write_bytes(data)
    lines = [f"    run {word:#x}, {int(fp)}, {places[letter]:#x}, "
             f"{len(table[letter])}" for _, word, fp, letter in todo]
    elf = difffuzz.build_harness(tmp, "float.S",
                                 "\n".join(lines) + "\n    j done\n")
    size = sum(len(table[letter]) for *_, letter in todo) * OUT.size
    if size > 60 << 20:
        sys.exit("floatfuzz: fewer rows, please")
    found = compare(todo, table, [
        run(c, n, tmp, elf, [(f"{tmp}/tables", TABLES)], size, more)
        for c, n, more in ((args.emulator, "ours", []),
                           (args.reference, "reference",
                            difffuzz.REFERENCE_ARGS["full"]))])
    if found:
        print(f"{found} of {size // OUT.size} operations differ\n"
              f"again: {sys.argv[0]} {args.emulator[0]} --seed {seed} "
              f"--rows {args.rows} --operations 1"
              + (f" --only {','.join(args.only)}" if args.only else ""))
        return 0
    return size // OUT.size


def main():
    parser = difffuzz.arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=float("inf"),
                        help="begin no batch after that")
    parser.add_argument("--operations", type=float, default=1e6)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--only", type=lambda s: s.split(","))
    args = parser.parse_args()
    seed = args.seed
    insns = difffuzz.Insns(args.only).all
    total, begin = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="plateau-float-") as tmp:
        difffuzz.need_reference(args.reference)
        while total < args.operations and (
                time.monotonic() - begin < args.seconds):
            count = batch(args, seed, insns, tmp)
            if not count:
                return 1
            total += count
            seed += 1
            print(f"# {total} operations the same, "
                  f"{time.monotonic() - begin:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
