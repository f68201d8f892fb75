#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every control and status register of two emulators, compared.

    csrsweep.py EMULATOR [--reference PROGRAM] [--seed S] [--cpu NAME]

Each of the 4096 numbers is read, written with ones, zeros and random bits, set,
cleared and restored, in M, S and U mode, under several settings of the
registers that rule the access (sweep.S, PHASES). Whether each access traps,
with what cause and value, and what is read back must be the same, but for
what reviewed.txt has.
"""
import pathlib
import random
import struct
import sys
import tempfile

import difffuzz

# What both have: the fuzzer's, and with what rules or adds registers.
CPUS = {
    "plain": difffuzz.CPUS["plain"],
    "more": difffuzz.CPUS["full"].replace("smaia=off", "smaia=on")
            .replace("ssaia=off", "ssaia=on")
            .replace("smstateen=off", "smstateen=on"),
    "bare": "rv64,h=off,v=off,f=off,d=off,zfa=off,svadu=off,sstc=off,"
            "zicntr=on,zihpm=off,zicbom=off,zicboz=off,smstateen=off,"
            "sscofpmf=off,zfh=off,zfhmin=off,zcd=off",
}

FS, TVM, S, M = 3 << 13, 1 << 20, 1 << 11, 3 << 11
ALL = (1 << 64) - 1
# name: mstatus, mcounteren, mideleg, menvcfg, mstateen0, scounteren
PHASES = {
    "U": (FS, ALL, 0, ALL, ALL, ALL),
    "U, no counters": (FS, 0, 0, 0, 0, ALL),
    "U, none from S": (FS, ALL, 0, 0, 0, 0),
    "U, FS off": (0, ALL, 0, 0, 0, ALL),
    "S": (FS | S, ALL, 0, ALL, ALL, ALL),
    "S, interrupts delegated": (FS | S, ALL, 0x222, 0, ALL, ALL),
    "S, no counters": (FS | S, 0, 0x222, 0, 0, 0),
    "S, TVM": (FS | S | TVM, ALL, 0, ALL, ALL, ALL),
    "S, FS off": (S, ALL, 0, 0, 0, 0),
    "M, FS off": (M, ALL, 0, 0, 0, 0),
    "M": (FS | M, ALL, 0x222, 0, ALL, ALL),
}

# Registers that hold what the accesses below gave; MARK where one trapped.
MARK = -0x7AB
ZERO, ONES, RANDOM, OTHER = 0, 9, 18, 19      # x0, s1, s2, s3
W, SET, CLEAR, WI = 1, 2, 3, 5
# What, operation, operand, where the old value goes
ACCESSES = [
    ("read", SET, ZERO, 10), ("write ones", W, ONES, 11),
    ("read ones", SET, ZERO, 12), ("write zeros", W, ZERO, 13),
    ("read zeros", SET, ZERO, 14), ("write random", W, RANDOM, 15),
    ("read random", SET, ZERO, 16), ("set bits", SET, OTHER, 17),
    ("clear bits", CLEAR, RANDOM, 28), ("write 21", WI, 21, 29),
    ("read 21", SET, ZERO, 30), ("restore", W, 10, 31),
]
ROW = struct.Struct("<16Q")
NAMES = [a[0] for a in ACCESSES] + ["traps"]

PMPCFG, PMPADDR = 0x3A0, 0x3B0

# Written with nothing else: translation would begin under our feet (satp), and
# the reference ends itself when a trigger is given a type it does not know.
ZERO_ONLY = {0x180, 0x7A1, 0x7A2, 0x7A3}

# number: bits that may differ, None for any, "legal" for all
DIFFERENCES = {
    int(number, 0): {"legal": "legal", "value": None}.get(bits)
    if bits in ("legal", "value") else int(bits, 16)
    for number, bits, _ in difffuzz.reviewed("csr")}


def order():
    """Locked entries of the PMP stay locked: addresses first."""
    numbers = [n for n in range(4096) if not PMPCFG <= n < PMPADDR]
    return numbers + list(range(PMPCFG, PMPADDR))


def code():
    """One pass over all registers, 128 bytes of results each."""
    def addi(rd, rs1, imm):
        return (imm & 0xFFF) << 20 | rs1 << 15 | rd << 7 | 0x13

    words = []
    for number in order():
        words.append(addi(20, 0, 0))                           # s4
        for _, op, operand, rd in ACCESSES:
            if number in ZERO_ONLY and operand in (RANDOM, OTHER, ONES):
                operand = ZERO
            words.append(addi(rd, 0, MARK))
            words.append(number << 20 | operand << 15 | op << 12 | rd << 7
                         | 0x73)
        for i, register in enumerate([a[3] for a in ACCESSES] + [20]):
            offset = 8 * i
            words.append(offset >> 5 << 25 | register << 20 | 8 << 15
                         | 3 << 12 | (offset & 31) << 7 | 0x23)
        words.append(addi(8, 8, ROW.size))
    words.append(0x73)
    return struct.pack(f"<{len(words)}I", *words)


def run(command, name, tmp, cpu, elf, blobs, size):
    emulator = difffuzz.Emulator(command, tmp, name, cpu, elf, blobs)
    try:
        if not emulator.finish():
            sys.exit(f"csrsweep: {name} did not come to the end: "
                     + emulator.state())
        return emulator.memory(tmp, difffuzz.RESULTS, size)
    finally:
        emulator.close()


def same(number, a, b):
    bits = DIFFERENCES.get(number, 0)
    mark = MARK & ALL
    if a == b or bits == "legal":
        return True
    if mark in (a, b):
        return False
    return bits is None or not (a ^ b) & ~bits & ALL


def compare(results):
    """How many registers differ."""
    found = 0
    for i, phase in enumerate(PHASES):
        for j, number in enumerate(order()):
            at = (i * 4096 + j) * ROW.size
            ours, theirs = (ROW.unpack_from(r, at) for r in results)
            differ = [k for k in range(len(NAMES))
                      if not same(number, ours[k], theirs[k])]
            if not differ:
                continue
            found += 1
            if found <= 200:
                print(f"# {phase}: {number:#05x}: " + "; ".join(
                    f"{NAMES[k]} {ours[k]:x}, reference {theirs[k]:x}"
                    for k in differ))
    return found


def main():
    parser = difffuzz.arguments(__doc__)
    parser.add_argument("--cpu", choices=CPUS)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="plateau-sweep-") as tmp:
        elf = difffuzz.build_harness(tmp, "sweep.S")
        difffuzz.need_reference(args.reference)
        rows = b"".join(struct.pack("<8Q", *row, rng.getrandbits(64),
                                    rng.getrandbits(64))
                        for row in PHASES.values())
        blobs = []
        for name, data, where in (
                ("phases", struct.pack("<Q", len(PHASES)) + rows,
                 difffuzz.BLOCKS), ("code", code(), difffuzz.CODE)):
            pathlib.Path(tmp, name).write_bytes(data)
            blobs.append((f"{tmp}/{name}", where))
        cpus = {n: c for n, c in CPUS.items() if args.cpu in (None, n)}
        print(f"# seed {args.seed}\n1..{len(cpus)}")
        for i, (name, cpu) in enumerate(cpus.items()):
            size = len(PHASES) * 4096 * ROW.size
            found = compare([run(c, n, tmp, cpu, elf, blobs, size) for c, n in
                             ((args.emulator, "ours"),
                              (args.reference, "reference"))])
            bad += bool(found)
            print(f"{'not ' if found else ''}ok {i + 1} - {name}"
                  + (f" # {found} differ" if found else ""), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
