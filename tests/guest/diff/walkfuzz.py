#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Address translation and memory protection of two emulators, compared.

    walkfuzz.py EMULATOR [--reference PROGRAM] [--accesses N] [--seconds N]
                [--seed S] [--cpu NAME] [--show N]

Random page tables (Sv39, Sv48, Sv57; large, misaligned and contiguous pages,
memory types, reserved bits, A and D set by hardware or not) under random
physical memory protection, and S and U mode that load, store, and run code
there, by their own instructions and by MPRV; across pages and misaligned; with
entries that change. Every trap (cause, value, place), every value that is
loaded, and at the end memory and page tables must be the same.
"""
import collections
import pathlib
import random
import struct
import sys
import tempfile
import time

import difffuzz

OPS, RESULTS = 0x81000000, 0x84000000
DATA, DATA_PAGES = 0x80200000, 64
TABLES, PER_LEVEL, LEVELS = 0x80900000, 6, 5
OP = struct.Struct("<6Q")
RESULT = struct.Struct("<4Q")
KINDS = ("store_physical satp envcfg pmpaddr pmpcfg go lb lh lw ld sb sh sw sd "
         "amoadd_w amoadd_d lr_d fence zero flush fld").split()
PROBES = KINDS[6:17] + KINDS[18:]
V, R, W, X, U, A, D = 1, 2, 4, 8, 16, 64, 128
FS, MPRV, SUM, MXR = 3 << 13, 1 << 17, 1 << 18, 1 << 19
ADUE, PBMTE = 1 << 61, 1 << 62
# Of the entries of a table, those that are used: a superpage's offset stays
# within 8 MiB, away from this program.
SLOTS = [(0, 1, 2, 3, 511), (0, 1, 2, 3), (2, 3, 256, 511), (0, 1, 256, 511),
         (0, 1, 256, 511)]
MODES = {8: 3, 9: 4, 10: 5}
BREAK = 0x0010007300100073
VALUES = (0, BREAK, 0x9002900290029002)
NOWHERE = (0xC0000000, 1 << 45, (1 << 56) - 4096)

CPUS = {
    "full": difffuzz.CPUS["full"],
    "plain": difffuzz.CPUS["plain"],
    "none": difffuzz.CPUS["plain"].replace("svnapot=on", "svnapot=off")
            .replace("svpbmt=on", "svpbmt=off"),
}

NONE = difffuzz.mask64(-1)
# Of reviewed.txt: whether a pair of results (cause, tval, pc, value) is that.
EXCUSES = {
    "flush": lambda kind, a, b: kind == "flush" and a[0] == 7 and b[0] == NONE,
    "amo": lambda kind, a, b: a[0] == 15 and b[0] == 7
    and a[1:3] == b[1:3],
    "ebreak": lambda kind, a, b: a[0] == b[0] == 3 and a[1] == a[2] == b[2],
}


def excuse(kind, a, b):
    return any(EXCUSES[name](kind, a, b)
               for name, _ in difffuzz.reviewed("page"))


def stub(insn):
    """16 bytes: it with a0 and 0(a1), fence.i, ebreak, ebreak."""
    load = {"lb": 0, "lh": 1, "lw": 2, "ld": 3}
    store = {"sb": 0, "sh": 1, "sw": 2, "sd": 3}
    if insn in load:
        word = 11 << 15 | load[insn] << 12 | 10 << 7 | 0x03
    elif insn in store:
        word = 10 << 20 | 11 << 15 | store[insn] << 12 | 0x23
    else:
        word = 10 << 20 | 11 << 15 | 3 << 12 | 10 << 7 | 0x2F
    return struct.pack("<4I", word, 0x100F, 0x00100073, 0x00100073)


def data_page(rng, amo):
    """Code everywhere; some of it shifted, so that it crosses pages."""
    insns = ("lb", "lh", "lw", "ld", "sb", "sh", "sw", "sd")
    insns += ("amoadd.d",) * amo
    out = b"".join(stub(rng.choice(insns)) for _ in range(257))
    shift = rng.choice((0, 0, 2, 6, 14))
    return out[shift:shift + 4096]


def table_at(level, i):
    return TABLES + (level * PER_LEVEL + i) * 4096


def flags(rng):
    out = V if rng.random() < 0.98 else 0
    out |= rng.choice((R, R | X, R | W, X, W, W | X, *(R | W | X,) * 8))
    out |= U if rng.random() < 0.5 else 0
    out |= A if rng.random() < 0.92 else 0
    out |= D if rng.random() < 0.9 else 0
    return out | rng.randrange(4) << 8


def leaf(rng, level, amo):
    """An entry that ends the walk, as a rule."""
    if level == 0:
        page = (DATA >> 12) + rng.randrange(DATA_PAGES)
    elif level == 1:
        page = (DATA >> 12) + rng.choice((0, 0, 0, 0x200, -0x200))
    else:
        page = 0x80000 if level == 2 else 0
    if level and rng.random() < 0.05:
        page |= 1 << rng.randrange(9 * level)
    if rng.random() < 0.02:
        page = rng.choice(NOWHERE) >> 12
    out = page << 10 | flags(rng)
    kind = rng.random()
    if kind < (0.12 if level == 0 else 0.02):
        out |= 1 << 63
        if rng.random() < 0.8:
            out = out & ~(15 << 10) | 8 << 10
        if level or out >> 10 & 15 != 8:
            out |= A | D       # reviewed.txt, "entry N"
    if 0.2 < kind < 0.3:
        out |= rng.randrange(4) << 61
    if kind > 0.985:
        out |= 1 << rng.randrange(54, 61)
    if amo:                    # reviewed.txt, "entry amo"
        out |= D if out & W else A | D
    return out


def entry(rng, level, amo):
    if level == 0 or rng.random() < (0.2, 0.2, 0.1, 0.05, 0.05)[level]:
        return leaf(rng, level, amo)
    out = table_at(level - 1, rng.randrange(PER_LEVEL)) >> 12 << 10 | V
    kind = rng.random()
    if kind < 0.03:
        out |= rng.choice((A, D, U, A | D | U))
    elif kind < 0.05:
        out |= rng.choice((1 << 63, 1 << 61, 1 << 54, 1 << 62))
    elif kind < 0.06:
        out = rng.choice(NOWHERE) >> 12 << 10 | V
    return out


class Scene:
    """What rules the accesses, and those that follow."""

    def __init__(self, rng, amo):
        self.rng, self.amo = rng, amo
        self.probes = [p for p in PROBES if amo or not p.startswith("amo")]
        self.ops = []
        self.levels = 3

    def op(self, kind, address=0, value=0, other=0, status=0):
        self.ops.append((KINDS.index(kind), address, difffuzz.mask64(value),
                         other, status, 0))

    def address(self, offset=None):
        rng, out = self.rng, 0
        for level in range(self.levels):
            out |= rng.choice(SLOTS[level]) << 12 + 9 * level
        if offset is None:
            offset = rng.choice((0, 8, 4094, 4092, 4088, 4095,
                                 rng.randrange(4096), rng.randrange(512) * 8))
        out |= offset
        bits = 12 + 9 * self.levels
        if out >> bits - 1:
            out |= (1 << 64) - (1 << bits)
        if rng.random() < 0.02:
            out ^= 1 << rng.randrange(bits, 64)
        return out

    def protect(self):
        """Entry 0: this program; 1: devices; the others at random."""
        rng = self.rng
        config = 0x1818
        for i in range(2, 16):
            kind = rng.random()
            if i == 15:
                value, bits = -1, 0x1F if rng.random() < 0.97 else 0x18
            elif kind < 0.75:
                value, bits = 0, 0
            else:
                at = DATA + rng.randrange(DATA_PAGES) * 4096
                if rng.random() < 0.2:
                    at = TABLES + rng.randrange(LEVELS * PER_LEVEL) * 4096
                if rng.random() < 0.15:
                    at += rng.randrange(4096)
                value = at >> 2
                bits = rng.choice((0, 1, 3, 4, 5, 7, 7)) | rng.choice(
                    (8, 16, 24, 24)) if rng.random() < 0.98 else 2
                size = rng.choice((9, 9, 10, 12, 13, 3, 0))
                if bits >> 3 == 2 or bits >> 3 == 3 and size < 4:
                    value &= ~1023     # reviewed.txt, "entry small"
                if bits >> 3 == 3:
                    value = value >> size << size | (1 << size) - 1 >> 1
            self.op("pmpaddr", i, value)
            config |= bits << 8 * i
        self.op("pmpcfg", 0, config & (1 << 64) - 1)
        self.op("pmpcfg", 1, config >> 64)

    def change(self, full):
        """One setting is another."""
        rng = self.rng
        kind = rng.randrange(10)
        if kind == 0:
            self.protect()
        elif kind == 1:
            value = rng.choice((0, ADUE, PBMTE, ADUE | PBMTE))
            self.op("envcfg", 0, value | 0xF0 if full else value & PBMTE | 0xF0)
        elif kind < 6:
            level = rng.randrange(LEVELS) if rng.randrange(2) else 0
            slot = rng.choice(SLOTS[level])
            self.op("store_physical", table_at(
                level, rng.randrange(PER_LEVEL)) + 8 * slot,
                entry(rng, level, self.amo))
        else:
            mode = rng.choice((8, 8, 9, 10))
            self.levels = MODES[mode]
            root = rng.randrange(PER_LEVEL)
            if rng.random() < 0.03:
                mode = rng.choice((0, 1, 11, 15))
                if mode == 0:
                    self.op("satp", 0, 0)
                    return
            self.op("satp", 0, mode << 60 | mode * 16 + root << 44
                    | table_at(self.levels - 1, root) >> 12)

    def probe(self):
        rng = self.rng
        status = FS | rng.choice((0, SUM, SUM, MXR, SUM | MXR)) | (
            rng.randrange(2) << 11)
        kind = rng.random()
        if kind < 0.3:
            # Not what it stores to: there is no fence.i before the next one.
            edge = rng.choice((0, 0, 4094, 4092, 4080, 4082, 4090, 4076))
            middle = 0x200 + rng.randrange(0xC0) * 16
            if rng.getrandbits(1):
                code, data = edge, middle + rng.randrange(16)
            else:
                code, data = middle + rng.choice((0, 0, 2, 10, 4)), rng.choice(
                    (0, 4, 4088, 4089, 4090, 4091, 4092, 4093, 4094, 4095))
            self.op("go", self.address(code), rng.choice(VALUES),
                    self.address(data), status)
        else:
            kind = rng.choice(self.probes)
            value = 0 if kind.startswith("amo") else rng.choice(VALUES)
            address = self.address()
            if kind[:2] in ("am", "lr") and rng.random() < 0.8:
                address &= ~7
            self.op(kind, address, value, 0, status | MPRV)


def image(rng, amo):
    data = b"".join(data_page(rng, amo) for _ in range(DATA_PAGES))
    tables = []
    for level in range(LEVELS):
        for _ in range(PER_LEVEL):
            table = [0] * 512
            for slot in SLOTS[level]:
                table[slot] = entry(rng, level, amo)
            tables.append(struct.pack("<512Q", *table))
    return data, b"".join(tables)


def walk(tables, satp, address):
    """The entries on the way, for the eye."""
    levels = MODES.get(satp >> 60)
    if not levels:
        return []
    at, out = (satp & (1 << 44) - 1) << 12, []
    for level in reversed(range(levels)):
        place = at + (address >> 12 + 9 * level & 511) * 8
        if not 0 <= place - TABLES < len(tables):
            break
        pte = struct.unpack_from("<Q", tables, place - TABLES)[0]
        out.append(f"{place:x}: {pte:016x}")
        if not pte & 1 or pte & 14:
            break
        at = (pte >> 10 & (1 << 44) - 1) << 12
    return out


def explain(ops, i, pair, both):
    kind, address, value, other, status, _ = ops[i]
    state = collections.OrderedDict()
    for k, a, v, *_ in ops[:i]:
        if KINDS[k] in ("satp", "envcfg"):
            if k != 1 or v >> 60 in (0, *MODES):
                state[KINDS[k]] = v
        elif KINDS[k].startswith("pmp"):
            state[f"{KINDS[k]}{a}"] = v
    mode = "US"[status >> 11 & 1]
    text = [f"{i}: {KINDS[kind]} {address:x} in {mode}, status {status:x}, "
            f"value {value:x}, other {other:x}"]
    for name, (cause, tval, pc, got) in zip(("ours", "reference"), pair):
        text.append(f"  {name}: cause {cause:x} tval {tval:x} pc {pc:x} "
                    f"value {got:x}")
    text.append("  " + ", ".join(
        f"{k} {v:x}" for k, v in state.items()
        if not (k.startswith("pmpaddr") and v in (0, difffuzz.mask64(-1)))))
    satp = state.get("satp", 0)
    for what in (address, address + 7, other) if KINDS[kind] == "go" else (
            address, address + 7):
        ways = [", ".join(walk(tables, satp, what)) for tables in both]
        text.append(f"  {what & difffuzz.mask64(-1):x}: " + ways[0]
                    + ("; reference " + ways[1] if ways[0] != ways[1] else ""))
    return "\n".join("# " + line for line in text)


def batch(args, seed, tmp, elf):
    rng = random.Random(seed)
    cpu = args.cpu or rng.choice(list(CPUS))
    amo = rng.random() < 0.5
    data, tables = image(rng, amo)
    scene = Scene(rng, amo)
    scene.op("pmpaddr", 0, 0x80000000 >> 2 | (0x10000 >> 3) - 1)
    scene.op("pmpaddr", 1, (1 << 31 >> 3) - 1)
    scene.protect()
    while len(scene.ops) < args.ops:
        if rng.random() < 0.06:
            scene.change(cpu == "full")
        scene.probe()
    ops = scene.ops
    blobs = []
    for name, content, where in (
            ("ops", struct.pack("<Q", len(ops))
             + b"".join(OP.pack(*op) for op in ops), OPS),
            ("data", data, DATA), ("tables", tables, TABLES)):
        pathlib.Path(tmp, name).write_bytes(content)
        blobs.append((f"{tmp}/{name}", where))
    emulators = [difffuzz.Emulator(c, tmp, n, CPUS[cpu], elf, blobs) for c, n
                 in ((args.emulator, "ours"), (args.reference, "reference"))]
    try:
        done = [e.finish() for e in emulators]
        results = [e.memory(tmp, RESULTS, len(ops) * RESULT.size)
                   for e in emulators]
        memory = [e.memory(tmp, DATA, DATA_PAGES * 4096) for e in emulators]
        after = [e.memory(tmp, TABLES, len(tables)) for e in emulators]
    finally:
        for emulator in emulators:
            emulator.close()
    again = (f"again: {sys.argv[0]} {args.emulator[0]} --seed {seed} "
             f"--ops {args.ops} --accesses 1"
             + (f" --cpu {args.cpu}" if args.cpu else ""))
    found = 0
    for i, op in enumerate(ops):
        pair = [RESULT.unpack_from(r, i * RESULT.size) for r in results]
        if pair[0] != pair[1] and not excuse(KINDS[op[0]], *pair):
            found += 1
            if found <= args.show:
                print(f"# {cpu}\n" + explain(ops, i, pair, after))
    if not all(done) and not found:
        print("# no end in time")
        found = 1
    for what, base, (a, b) in (("memory", DATA, memory),
                               ("page tables", TABLES, after)):
        if a != b:
            at = next(i for i in range(len(a)) if a[i] != b[i]) & ~7
            print(f"# {what} differs at {base + at:x}: "
                  f"{a[at:at + 8].hex()}, reference {b[at:at + 8].hex()}")
            found = found or 1
    if found:
        print(f"{found} of {len(ops)} differ\n{again}")
        return 0
    counts = collections.Counter(
        RESULT.unpack_from(results[0], i * RESULT.size)[0] for i, op in
        enumerate(ops) if op[0] >= 5)
    return counts


def main():
    parser = difffuzz.arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=float("inf"),
                        help="begin no batch after that")
    parser.add_argument("--accesses", type=float, default=1e6)
    parser.add_argument("--ops", type=int, default=100000)
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--cpu", choices=CPUS)
    args = parser.parse_args()
    seed = args.seed
    total, begin = collections.Counter(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="plateau-walk-") as tmp:
        elf = difffuzz.build_harness(tmp, "walk.S")
        difffuzz.need_reference(args.reference)
        while total.total() < args.accesses and (
                time.monotonic() - begin < args.seconds):
            counts = batch(args, seed, tmp, elf)
            if not counts:
                return 1
            total += counts
            seed += 1
            print(f"# {total.total()} accesses the same, "
                  f"{time.monotonic() - begin:.0f} s", flush=True)
    print("# by cause: " + ", ".join(
        f"{'none' if c == difffuzz.mask64(-1) else c} {n}"
        for c, n in sorted(total.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
