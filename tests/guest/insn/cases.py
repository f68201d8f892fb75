# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases for every instruction: code, inputs, expected outputs.

A case's code runs between a jump to it and a trap, normally the EBREAK that is
added at its end. Values may be numbers or Address objects, which are known
when the code has been linked.
"""
import dataclasses
import random
import zlib

import model as m

M, S, U, SV, UV, UNMAPPED, READ_ONLY = (1 << i for i in range(7))
BARE = M | S | U
ALL = BARE | SV | UV
PAGED = SV | UV

BREAKPOINT, ILLEGAL = 3, 2
LOAD_MISALIGNED, STORE_MISALIGNED = 4, 6
LOAD_PAGE, STORE_PAGE = 13, 15

X = {name: i for i, name in enumerate(
    "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 "
    "s8 s9 s10 s11 t3 t4 t5 t6".split())}
F = {name: 32 + i for i, name in enumerate(
    "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 "
    "fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11".split())}
REGISTERS = X | F | {"sscratch": 64}

WINDOW = 64                     # bytes, half of them on either page
BEFORE = bytes(0x80 + i for i in range(WINDOW))

FLAG_FS_OFF, FLAG_DIRTY, FLAG_ANY_TVAL, FLAG_ANY_FS = 1, 2, 4, 8


def pattern(register):
    """What the harness puts into a register that is no input."""
    return 0 if register == 0 else 0x0123456789abcd00 + register * 0x1001001


@dataclasses.dataclass(frozen=True)
class Address:
    """A label of the case ("start" or "end" or its own), or of the harness."""
    label: str
    offset: int = 0


@dataclasses.dataclass
class Case:
    code: str
    ins: dict
    outs: dict
    modes: int = ALL
    cause: int = BREAKPOINT
    epc: object = Address("end")
    tval: object = None         # None: any; "insn": the bits at epc
    fcsr: tuple = (0, 0)
    window: bytes = None
    flags: int = 0

    def describe(self):
        code = self.code.strip().replace("\n", "; ")
        if len(code) > 100:
            code = code[:40] + " ... " + code[-55:]
        return f"'{code}' {self.ins}"


class Cases:
    def __init__(self, seed):
        self.seed = seed
        self.list = []

    def random(self, name):
        """A source of random numbers that depends on the name only."""
        return random.Random(self.seed ^ zlib.crc32(name.encode()))

    def add(self, code, ins=None, outs=None, **more):
        self.list.append(Case(code, ins or {}, outs or {}, **more))

    def thin(self, count):
        """All but about @count cases of the same code in two modes only."""
        seen = {}
        for case in self.list:
            number = seen[case.code] = seen.get(case.code, 0) + 1
            several = bin(case.modes).count("1") > 2
            if number > count and several:
                others = [bit for bit in (M, S, U, SV, UV)
                          if bit & case.modes]
                case.modes = others[0] | others[1 + number %
                                                (len(others) - 1)]

    def illegal(self, code, modes=ALL, **more):
        self.add(code, cause=ILLEGAL, epc=Address("start"), tval="insn",
                 modes=modes, **more)


EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000,
         0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000,
         0xffffffff80000000, 0xffffffffffffffff, 0xfffffffffffffffe,
         0x0123456789abcdef]


def operands(rnd, count, few=False):
    """Tuples of register values."""
    edges = EDGES[::3] if few else EDGES
    if count == 1:
        yield from ((a,) for a in EDGES)
        for shift in range(0, 64, 7):
            yield (1 << shift,)
    else:
        yield from ((a, b) for a in edges for b in edges)
        for shift in (31, 32, 63):
            yield (rnd.getrandbits(64), shift)
    for _ in range(12):
        yield tuple(rnd.getrandbits(rnd.choice((64, 64, 33, 8)))
                    for _ in range(count))


def word(value):
    return f".4byte {value:#x}"


def r_type(funct7, rs2, rs1, funct3, rd, opcode):
    return word(funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 |
                rd << 7 | opcode)


# What Debian 12's assembler does not know: (funct7, funct3, opcode).
UNKNOWN_R = {"czero.eqz": (7, 5, 0x33), "czero.nez": (7, 7, 0x33)}


def reg_reg(name, rd, rs1, rs2):
    if name in UNKNOWN_R:
        f7, f3, op = UNKNOWN_R[name]
        return r_type(f7, X[rs2], X[rs1], f3, X[rd], op)
    return f"{name} {rd}, {rs1}, {rs2}"


def integer(c):
    for name, function in m.BINARY.items():
        rnd = c.random(name)
        code = reg_reg(name, "a0", "a1", "a2")
        for a, b in operands(rnd, 2):
            c.add(code, {"a1": a, "a2": b}, {"a0": function(a, b)})
        # Other registers: the same ones, x0, the last ones.
        a, b = rnd.getrandbits(64), rnd.getrandbits(64)
        c.add(reg_reg(name, "a1", "a1", "a2"), {"a1": a, "a2": b},
              {"a1": function(a, b)})
        c.add(reg_reg(name, "a2", "a1", "a2"), {"a1": a, "a2": b},
              {"a2": function(a, b)})
        c.add(reg_reg(name, "t6", "t6", "t6"), {"t6": a},
              {"t6": function(a, a)})
        c.add(reg_reg(name, "zero", "a1", "a2"), {"a1": a, "a2": b})
        if name not in ("add.uw", "pack", "packw"):
            c.add(reg_reg(name, "ra", "zero", "sp"), {"sp": b},
                  {"ra": function(0, b)})
            c.add(reg_reg(name, "s11", "s10", "zero"), {"s10": a},
                  {"s11": function(a, 0)})
    for name, function in m.UNARY.items():
        if name in ("zext.b", "zext.w", "not"):
            continue            # assembled as something else
        for (a,) in operands(c.random(name), 1):
            c.add(f"{name} a0, a1", {"a1": a}, {"a0": function(a)})
        c.add(f"{name} a1, a1", {"a1": 0x80f1}, {"a1": function(0x80f1)})
        c.add(f"{name} zero, a1", {"a1": 5})
        c.add(f"{name} t5, t6", {"t6": m.M64}, {"t5": function(m.M64)})
    for name, (base, kind) in m.IMMEDIATE.items():
        function = m.BINARY_IMMEDIATE.get(name) or m.BINARY[base]
        rnd = c.random(name)
        values = [0, 1, -1, 2047, -2048, 255, -256, 0x555] if kind == "i" \
            else [0, 1, 7, 8, 31] + ([32, 33, 63] if kind == 6 else [16])
        for imm in values:
            for (a,) in operands(rnd, 1):
                c.add(f"{name} a0, a1, {imm}", {"a1": a},
                      {"a0": function(a, imm & m.M64)})
        c.add(f"{name} t6, t6, {values[-1]}", {"t6": 0x8000000080000001},
              {"t6": function(0x8000000080000001, values[-1] & m.M64)})
        c.add(f".option norvc\n{name} zero, a1, {values[3]}", {"a1": 77})
    for imm in (0, 1, 0x7ffff, 0x80000, 0xfffff, 0x12345):
        value = m.sx32(imm << 12)
        c.add(f".option norvc\nlui a0, {imm:#x}", {}, {"a0": value})
        c.add(f"auipc a0, {imm:#x}", {}, {"a0": Address("start", value)})
    c.add(".option norvc\nlui zero, 5")
    c.add("auipc zero, 5")


def branches(c):
    for name, taken in m.BRANCH.items():
        for a, b in operands(c.random(name), 2):
            # Forward; an EBREAK stands behind the branch.
            c.add(f"{name} a1, a2, 1f\nebreak\n1:", {"a1": a, "a2": b},
                  epc=Address("end") if taken(a, b) else Address("start", 4))
        for a, b in ((1, 1), (1, 2), (m.M64, 1)):
            c.add(f"j 2f\n1: j 3f\n2: {name} a1, a2, 1b\nno@: ebreak\n"
                  "3:", {"a1": a, "a2": b},
                  epc=Address("end" if taken(a, b) else "no@"))
        c.add(f"{name} zero, zero, 1f\nebreak\n1:",
              epc=Address("end") if taken(0, 0) else Address("start", 4))
        # Far: the target is on another page; not taken goes straight on.
        c.add(f"{name} a1, a2, 1f\nebreak\n.skip 4000\n1:",
              {"a1": 1, "a2": 1},
              epc=Address("end") if taken(1, 1) else Address("start", 4))
    for gap in (0, 64, 3000, 5000, 40000):
        c.add(f".option norvc\njal a0, 1f\nebreak\n.skip {gap}\n1:", {},
              {"a0": Address("start", 4)})
        c.add(f".option norvc\njal zero, 1f\nebreak\n.skip {gap}\n1:")
    c.add("j 2f\n1: j 3f\n2: .option norvc\nb@: jal ra, 1b\nebreak\n3:",
          {}, {"ra": Address("b@", 4)})
    for offset in (0, 4, -4, 2047, -2048):
        c.add(f".option norvc\njalr a0, {offset}(a1)\nebreak",
              {"a1": Address("end", -offset)}, {"a0": Address("start", 4)})
    c.add(".option norvc\njalr a1, 0(a1)\nebreak", {"a1": Address("end")},
          {"a1": Address("start", 4)})
    c.add(".option norvc\njalr zero, 0(a1)\nebreak", {"a1": Address("end")})
    # Bit 0 of the sum is dropped.
    c.add(".option norvc\njalr a0, 1(a1)\nebreak", {"a1": Address("end")},
          {"a0": Address("start", 4)})
    c.add(".option norvc\njalr a0, 0(a1)\nebreak", {"a1": Address("end", 1)},
          {"a0": Address("start", 4)})
    # To where nothing may be executed: the trap is that of the target.
    c.add(".option norvc\njalr a0, 0(a1)", {"a1": 0x4000000000},
          {"a0": Address("start", 4)}, modes=PAGED, cause=12,
          epc=0x4000000000, tval=0x4000000000)
    c.add(".option norvc\njalr a0, 0(a1)", {"a1": 0x8}, {
        "a0": Address("start", 4)}, modes=BARE, cause=1, epc=8, tval=8)


LOADS = {"lb": (1, True), "lh": (2, True), "lw": (4, True), "ld": (8, True),
         "lbu": (1, False), "lhu": (2, False), "lwu": (4, False)}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}


def loaded(offset, size, signed, memory=BEFORE):
    value = int.from_bytes(memory[offset:offset + size], "little")
    return m.sext(value, 8 * size) if signed else value


def stored(offset, size, value, memory=BEFORE):
    data = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    return memory[:offset] + data + memory[offset + size:]


def second_page(offset, size):
    """Where an access touches the second page; None if it does not."""
    if offset + size <= WINDOW // 2:
        return None
    return max(offset, WINDOW // 2)


def access(c, code, offset, size, ok, fault, ins, refused):
    """A case in all modes, with a page fault where the page @refused."""
    at = Address("window", offset)
    ins = {"a1": at} | ins
    c.add(code, ins, **ok)
    where = second_page(offset, size)
    for mode in (UNMAPPED, READ_ONLY):
        if where is None or not refused & mode:
            c.add(code, ins, modes=mode, **ok)
        else:
            c.add(code, ins, modes=mode, cause=fault, epc=Address("start"),
                  tval=Address("window", where))


def memory(c):
    nowhere = NOWHERE
    for name, (size, signed) in LOADS.items():
        for offset in range(0, WINDOW - size + 1):
            access(c, f".option norvc\n{name} a0, 0(a1)", offset, size,
                   {"outs": {"a0": loaded(offset, size, signed)}}, LOAD_PAGE,
                   {}, UNMAPPED)
        for imm in (1, -8, 2047, -2048):
            c.add(f"{name} a0, {imm}(a1)", {"a1": Address("window", 8 - imm)},
                  {"a0": loaded(8, size, signed)})
        c.add(f".option norvc\n{name} a1, 0(a1)", {"a1": Address("window")},
              {"a1": loaded(0, size, signed)})
        c.add(f"{name} zero, 0(a1)", {"a1": Address("window")})
        c.add(f".option norvc\n{name} a0, 8(a1)", {"a1": nowhere - 8},
              modes=PAGED, cause=LOAD_PAGE, epc=Address("start"), tval=nowhere)
        c.add(f".option norvc\n{name} a1, 8(a1)", {"a1": nowhere - 8},
              modes=BARE, cause=5, epc=Address("start"), tval=nowhere)
        # Not canonical: the upper bits are no sign extension.
        c.add(f".option norvc\n{name} a0, 0(a1)", {"a1": 1 << 40},
              modes=PAGED, cause=LOAD_PAGE, epc=Address("start"), tval=1 << 40)
    value = 0x1122334455667788
    for name, size in STORES.items():
        for offset in range(0, WINDOW - size + 1):
            access(c, f".option norvc\n{name} a2, 0(a1)", offset, size,
                   {"window": stored(offset, size, value)}, STORE_PAGE,
                   {"a2": value}, UNMAPPED | READ_ONLY)
        for imm in (1, -8, 2047, -2048):
            c.add(f"{name} a2, {imm}(a1)",
                  {"a1": Address("window", 8 - imm), "a2": value},
                  window=stored(8, size, value))
        c.add(f"{name} zero, 0(a1)", {"a1": Address("window")},
              window=stored(0, size, 0))
        c.add(f".option norvc\n{name} a2, 8(a1)", {"a1": nowhere - 8},
              modes=PAGED, cause=STORE_PAGE, epc=Address("start"),
              tval=nowhere)
        c.add(f".option norvc\n{name} a2, 8(a1)", {"a1": nowhere - 8},
              modes=BARE, cause=7, epc=Address("start"), tval=nowhere)


def amo_word(name, order, rd, rs2, rs1):
    """Zabha and Zacas, which the assembler does not know."""
    operation, size = name.split(".")
    funct5 = {"amoswap": 1, "amoadd": 0, "amoxor": 4, "amoand": 12,
              "amoor": 8, "amomin": 16, "amomax": 20, "amominu": 24,
              "amomaxu": 28, "amocas": 5}[operation]
    bits = {"": 0, ".rl": 1, ".aq": 2, ".aqrl": 3}[order]
    return r_type(funct5 << 2 | bits, X[rs2], X[rs1], "bhwdq".index(size),
                  X[rd], 0x2f)


SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}


def atomics(c):
    for operation, function in m.AMO.items():
        for suffix, size in SIZES.items():
            name = f"{operation}.{suffix}"
            known = suffix in "wd"
            bits = 8 * size

            def signed(x, bits=bits):
                return m.s64(m.sext(x, bits))

            def code(order, rd="a0", rs2="a2", name=name, known=known):
                return f"{name}{order} {rd}, {rs2}, (a1)" if known else \
                    amo_word(name, order, rd, rs2, "a1")
            rnd = c.random(name)
            for offset in (0, 32 - size, 32, 40):
                for b in EDGES + [rnd.getrandbits(64)]:
                    old = loaded(offset, size, False)
                    new = function(old, b & ((1 << bits) - 1), signed)
                    access(c, code(rnd.choice(("", ".aq", ".rl", ".aqrl"))),
                           offset, size,
                           {"outs": {"a0": m.sext(old, bits)},
                            "window": stored(offset, size, new)}, STORE_PAGE,
                           {"a2": b}, UNMAPPED | READ_ONLY)
            old = loaded(0, size, False)
            new = function(old, old, signed)
            c.add(code("", "zero", "zero"), {"a1": Address("window")}, {},
                  window=stored(0, size, function(old, 0, signed)))
            c.add(code("", "a2", "a2"),
                  {"a1": Address("window"), "a2": old},
                  {"a2": m.sext(old, bits)}, window=stored(0, size, new))
            for offset in range(1, size):
                c.add(code(""), {"a1": Address("window", offset), "a2": 1},
                      cause=STORE_MISALIGNED, epc=Address("start"),
                      tval=Address("window", offset))
    for suffix, size in SIZES.items():
        for want in (True, False):
            for offset in (0, 32):
                for rd in ("a0", "zero"):
                    old = loaded(offset, size, False)
                    seen = (old if want else old ^ 1) if rd != "zero" else 0
                    hit = want and rd != "zero"
                    outs = {"a0": m.sext(old, 8 * size)} if rd == "a0" else {}
                    ins = {"a0": seen} if rd == "a0" else {}
                    access(c, amo_word(f"amocas.{suffix}", "", rd, "a2", "a1"),
                           offset, size,
                           {"outs": outs, "window": stored(
                               offset, size, 0x5a5a5a5a5a5a5a5a)
                            if hit else None}, STORE_PAGE,
                           {"a2": 0x5a5a5a5a5a5a5a5a} | ins,
                           UNMAPPED | READ_ONLY)
    for want in (True, False):
        for offset in (0, 16, 32):
            low, high = loaded(offset, 8, False), loaded(offset + 8, 8, False)
            # rd is a0 and a1, rs2 a2 and a3, the address a4.
            c.add(amo_word("amocas.q", "", "a0", "a2", "a4"),
                  {"a0": low, "a1": high if want else 0,
                   "a4": Address("window", offset), "a2": 0x11},
                  {"a0": low, "a1": high},
                  window=stored(offset + 8, 8, pattern(X["a3"]),
                                stored(offset, 8, 0x11)) if want else None)
    c.illegal(amo_word("amocas.q", "", "a1", "a2", "a4"))
    c.illegal(amo_word("amocas.q", "", "a0", "a3", "a4"))
    for suffix in "wd":
        size = SIZES[suffix]
        for offset in (0, 32 - size, 32):
            for order in ("", ".aq", ".aqrl"):
                access(c, f"lr.{suffix}{order} a0, (a1)", offset, size,
                       {"outs": {"a0": loaded(offset, size, True)}},
                       LOAD_PAGE, {}, UNMAPPED)
            c.add(f"lr.{suffix} a0, (a1)\nsc.{suffix}.rl a3, a2, (a1)",
                  {"a1": Address("window", offset), "a2": 0x7777777777777777},
                  {"a0": loaded(offset, size, True), "a3": 0},
                  window=stored(offset, size, 0x7777777777777777))
        # Without a reservation; with one elsewhere; a second time.
        c.add(f"sc.{suffix} a0, a2, (a1)", {"a1": Address("window"), "a2": 3},
              {"a0": 1})
        c.add(f"lr.{suffix} a0, (a1)\naddi a1, a1, 8\n"
              f"sc.{suffix} a3, a2, (a1)", {"a1": Address("window")},
              {"a0": loaded(0, size, True), "a1": Address("window", 8),
               "a3": 1})
        c.add(f"lr.{suffix} a0, (a1)\nsc.{suffix} a0, a2, (a1)\n"
              f"sc.{suffix} a3, a1, (a1)",
              {"a1": Address("window"), "a2": 0x123},
              {"a0": 0, "a3": 1}, window=stored(0, size, 0x123))
        # The value has changed in between.
        c.add(f"lr.{suffix} a0, (a1)\nsw zero, 0(a1)\n"
              f"sc.{suffix} a3, a2, (a1)", {"a1": Address("window"), "a2": 5},
              {"a0": loaded(0, size, True), "a3": 1},
              window=stored(0, 4, 0))
        for offset in range(1, size):
            c.add(f"lr.{suffix} a0, (a1)", {"a1": Address("window", offset)},
                  cause=LOAD_MISALIGNED, epc=Address("start"),
                  tval=Address("window", offset))
            c.add(f"lr.{suffix} a0, (a2)\nsc.{suffix} a0, a2, (a1)",
                  {"a1": Address("window", offset), "a2": Address("window")},
                  {"a0": loaded(0, size, True)}, cause=STORE_MISALIGNED,
                  epc=Address("start", 4), tval=Address("window", offset))
    c.illegal(r_type(2 << 2, 1, 11, 2, 10, 0x2f))       # lr with rs2


def compressed(c):
    """What the 16-bit forms do, on registers of the small set."""
    r1, r2 = 0xfedcba9876543210, 0x00000000f0000001
    for name in ("sub", "xor", "or", "and", "subw", "addw", "add"):
        for a, b in operands(c.random("c." + name), 2, few=True):
            c.add(f"c.{name} s0, a5", {"s0": a, "a5": b},
                  {"s0": m.BINARY[name](a, b)})
        c.add(f"c.{name} a2, a2", {"a2": r1}, {"a2": m.BINARY[name](r1, r1)})
    c.add("c.add t6, ra", {"t6": r1, "ra": r2}, {"t6": r1 + r2})
    c.add(".2byte 0x902e", {"a1": r1})                  # c.add zero, a1
    c.add("c.mv a0, t6", {"t6": r1}, {"a0": r1})
    c.add(".2byte 0x802e", {"a1": r1})                  # c.mv zero, a1
    for imm in (-32, -1, 1, 31):
        c.add(f"c.addi t0, {imm}", {"t0": r1}, {"t0": r1 + imm})
        c.add(f"c.addiw t0, {imm}", {"t0": r1}, {"t0": m.sx32(r1 + imm)})
        c.add(f"c.li t0, {imm}", {}, {"t0": imm})
        c.add(f"c.andi s1, {imm}", {"s1": r1}, {"s1": r1 & imm})
    c.add("c.addiw t0, 0", {"t0": r2}, {"t0": m.sx32(r2)})
    c.add("c.andi s1, 0", {"s1": r1}, {"s1": 0})
    c.add("c.nop")
    c.add(".2byte 0x0005")                              # c.nop 1
    c.add(".2byte 0x4015")                              # c.li zero, 5
    for imm in (1, 31, 0xfffe0, 0xfffff):
        c.add(f"c.lui a0, {imm:#x}", {}, {"a0": m.sx32(imm << 12)})
    c.add(".2byte 0x6005")                              # c.lui zero, 1
    for imm in (-512, -16, 16, 496):
        c.add(f"c.addi16sp sp, {imm}", {"sp": r1}, {"sp": r1 + imm})
    for imm in (4, 8, 16, 64, 1020):
        c.add(f"c.addi4spn a5, sp, {imm}", {"sp": r1}, {"a5": r1 + imm})
    for amount in (1, 31, 32, 63):
        c.add(f"c.slli t6, {amount}", {"t6": r1}, {"t6": r1 << amount})
        c.add(f"c.srli a0, {amount}", {"a0": r1}, {"a0": r1 >> amount})
        c.add(f"c.srai a0, {amount}", {"a0": r1},
              {"a0": m.s64(r1) >> amount})
    c.add(".2byte 0x0006")                              # c.slli zero, 1
    for name, taken in (("beqz", lambda a: a == 0),
                        ("bnez", lambda a: a != 0)):
        for a in (0, 1, 1 << 32, m.M64):
            for gap in (0, 100, 240):
                c.add(f"c.{name} s0, 1f\nebreak\n.skip {gap}\n1:", {"s0": a},
                      epc=Address("end") if taken(a) else Address("start", 2))
        c.add(f"j 2f\n1: j 3f\n2: c.{name} a5, 1b\nno@: ebreak\n3:",
              {"a5": 0}, epc=Address("end" if taken(0) else "no@"))
    for gap in (0, 100, 1000, 2036):
        c.add(f"c.j 1f\nebreak\n.skip {gap}\n1:")
    c.add("c.j 2f\n1: c.j 3f\n2: c.j 1b\nebreak\n3:")
    c.add("c.jr t6\nebreak", {"t6": Address("end")})
    c.add("c.jr t6\nebreak", {"t6": Address("end", 1)})
    c.add("c.jalr t6\nebreak", {"t6": Address("end")},
          {"ra": Address("start", 2)})
    c.add("c.jalr ra\nebreak", {"ra": Address("end")},
          {"ra": Address("start", 2)})
    c.add("c.ebreak", epc=Address("start"))
    for offset in (0, 4, 24, 32, 60):
        at = Address("window", offset)
        c.add("c.lw s0, 0(a5)", {"a5": at}, {"s0": loaded(offset, 4, True)})
        c.add("c.sw s0, 0(a5)", {"a5": at, "s0": r1},
              window=stored(offset, 4, r1))
        c.add("c.lwsp t6, 0(sp)", {"sp": at}, {"t6": loaded(offset, 4, True)})
        c.add("c.swsp t6, 0(sp)", {"sp": at, "t6": r1},
              window=stored(offset, 4, r1))
        if offset % 8:
            continue
        c.add("c.ld s0, 0(a5)", {"a5": at}, {"s0": loaded(offset, 8, True)})
        c.add("c.sd s0, 0(a5)", {"a5": at, "s0": r1},
              window=stored(offset, 8, r1))
        c.add("c.ldsp t6, 0(sp)", {"sp": at}, {"t6": loaded(offset, 8, True)})
        c.add("c.sdsp t6, 0(sp)", {"sp": at, "t6": r1},
              window=stored(offset, 8, r1))
        c.add("c.fld fs0, 0(a5)", {"a5": at},
              {"fs0": loaded(offset, 8, False)}, flags=FLAG_DIRTY)
        c.add("c.fsd fs0, 0(a5)", {"a5": at, "fs0": r1},
              window=stored(offset, 8, r1))
        c.add("c.fldsp ft11, 0(sp)", {"sp": at},
              {"ft11": loaded(offset, 8, False)}, flags=FLAG_DIRTY)
        c.add("c.fsdsp ft11, 0(sp)", {"sp": at, "ft11": r1},
              window=stored(offset, 8, r1))
    for imm in (4, 64, 124):
        c.add(f"c.lw a0, {imm}(a1)", {"a1": Address("window", -imm)},
              {"a0": loaded(0, 4, True)})
        c.add(f"c.sw a0, {imm}(a1)", {"a1": Address("window", -imm), "a0": r1},
              window=stored(0, 4, r1))
    for imm in (8, 64, 128, 248):
        at = Address("window", -imm)
        c.add(f"c.ld a0, {imm}(a1)", {"a1": at}, {"a0": loaded(0, 8, True)})
        c.add(f"c.sd a0, {imm}(a1)", {"a1": at, "a0": r1},
              window=stored(0, 8, r1))
        c.add(f"c.fld fa0, {imm}(a1)", {"a1": at},
              {"fa0": loaded(0, 8, True)}, flags=FLAG_DIRTY)
        c.add(f"c.fsd fa0, {imm}(a1)", {"a1": at, "fa0": r1},
              window=stored(0, 8, r1))
    for imm in (4, 32, 64, 252):
        at = Address("window", -imm)
        c.add(f"c.lwsp a0, {imm}(sp)", {"sp": at}, {"a0": loaded(0, 4, True)})
        c.add(f"c.swsp a0, {imm}(sp)", {"sp": at, "a0": r1},
              window=stored(0, 4, r1))
    for imm in (8, 32, 64, 256, 504):
        at = Address("window", -imm)
        c.add(f"c.ldsp a0, {imm}(sp)", {"sp": at}, {"a0": loaded(0, 8, True)})
        c.add(f"c.sdsp a0, {imm}(sp)", {"sp": at, "a0": r1},
              window=stored(0, 8, r1))
        c.add(f"c.fldsp fa0, {imm}(sp)", {"sp": at},
              {"fa0": loaded(0, 8, True)}, flags=FLAG_DIRTY)
        c.add(f"c.fsdsp fa0, {imm}(sp)", {"sp": at, "fa0": r1},
              window=stored(0, 8, r1))
    # c.addi4spn 0, c.addiw x0, c.addi16sp 0, c.lwsp and c.ldsp x0, c.jr x0, and
    # two holes of the arithmetic group.
    for bits in (0x0000, 0x0008, 0x2001, 0x207d, 0x6101, 0x4002, 0x6002,
                 0x8002, 0x9c7d, 0x9c79):
        c.illegal(f".2byte {bits:#x}")
    # c.lui 0, but for what Zcmop took.
    for rd in (0, 4, 8, 16, 17, 31):
        c.illegal(f".2byte {0x6001 | rd << 7:#x}")
    zcb(c)


def zcb(c):
    def two(base, rd=0, rs2=0):
        return f".2byte {base | rd << 7 | rs2 << 2:#x}"
    a = 0x80f18283848586f7
    s0, a5 = 0, 7
    for base, name in ((0x9c61, "zext.b"), (0x9c65, "sext.b"),
                       (0x9c69, "zext.h"), (0x9c6d, "sext.h"),
                       (0x9c71, "zext.w"), (0x9c75, "not")):
        for value in (0, a, m.M64, 0x7f, 0x8000):
            c.add(two(base, s0), {"s0": value}, {"s0": m.UNARY[name](value)})
            c.add(two(base, a5), {"a5": value}, {"a5": m.UNARY[name](value)})
    c.add(two(0x9c41, s0, a5), {"s0": a, "a5": 0x1234567}, {
        "s0": a * 0x1234567})
    for imm in range(4):
        # c.lbu a5, imm(s0)
        bits = 0x8000 | (imm & 1) << 6 | (imm >> 1) << 5
        c.add(two(bits, s0, a5), {"s0": Address("window", 4)},
              {"a5": loaded(4 + imm, 1, False)})
        bits |= 0x0800
        c.add(two(bits, s0, a5), {"s0": Address("window", 4), "a5": a},
              window=stored(4 + imm, 1, a))
    for imm in (0, 2):
        bits = 0x8400 | (imm >> 1) << 5
        c.add(two(bits, s0, a5), {"s0": Address("window", 4)},
              {"a5": loaded(4 + imm, 2, False)})
        c.add(two(bits | 0x40, s0, a5), {"s0": Address("window", 4)},
              {"a5": loaded(4 + imm, 2, True)})
        c.add(two(bits | 0x0800, s0, a5),
              {"s0": Address("window", 4), "a5": a},
              window=stored(4 + imm, 2, a))
    for rd in range(1, 16, 2):
        c.add(f".2byte {0x6001 | rd << 7:#x}")          # c.mop.n


def system(c):
    for mode, cause in ((M, 11), (S, 9), (SV, 9), (U, 8), (UV, 8)):
        c.add("ecall", cause=cause, epc=Address("start"), tval=0, modes=mode)
    c.add("ebreak", epc=Address("start"))
    c.add(".option norvc\nebreak", epc=Address("start"))
    back = {"a1": Address("end")}
    c.add("csrw mepc, a1\nmret\nebreak", back, modes=M)
    c.add("csrw sepc, a1\nsret\nebreak", back, modes=M | S)
    c.illegal("mret", modes=ALL & ~M)
    c.illegal("sret", modes=U | UV)
    # An interrupt that is enabled and pending ends the wait at once.
    c.add("csrsi mie, 2\ncsrsi mip, 2\nwfi\ncsrci mip, 2\ncsrci mie, 2",
          modes=M)
    c.illegal("wfi", modes=U | UV)
    c.add("wrs.nto")
    c.add("wrs.sto")
    c.add("pause")
    for code in ("sfence.vma", "sfence.vma a1", "sfence.vma zero, a2",
                 "sfence.vma a1, a2", r_type(0x0b, 12, 11, 0, 0, 0x73)):
        c.add(code, {"a1": Address("window")}, modes=ALL & ~(U | UV))
        c.illegal(code, modes=U | UV)
    # The reference allows these two in U mode, the manual does not.
    for code in (r_type(0x0c, 0, 0, 0, 0, 0x73),        # sfence.w.inval
                 r_type(0x0c, 1, 0, 0, 0, 0x73)):       # sfence.inval.ir
        c.add(code, modes=ALL & ~(U | UV))
        c.illegal(code, modes=U | UV)
    for code in ("fence", "fence r, w", "fence iorw, iorw", "fence.tso",
                 "fence.i", word(0x0ff5050f), word(0x1ff5150f)):
        c.add(code)
    for code in ("prefetch.i 0(a1)", "prefetch.r 32(a1)", "prefetch.w -32(a1)"):
        c.add(code, {"a1": Address("window")})
        c.add(code, {"a1": 0x7f00000000})
    # Holes of the major opcodes, and a CSR instruction without a function.
    for bits in (0xffffffff, 0x0000707f, 0x00007003, 0x00002063, 0xf2004033,
                 0x0000001f, 0x0000500f, 0xc0004073):
        c.illegal(word(bits))


def csrs(c):
    a, b = 0x0123456789abcdef, 0xff00ff00ff00ff00
    top = M | S | SV
    for code, ins, outs, after in (
            ("csrrw a0, sscratch, a1", {"a1": b}, {"a0": a}, b),
            ("csrrw a1, sscratch, a1", {"a1": b}, {"a1": a}, b),
            ("csrrw zero, sscratch, a1", {"a1": b}, {}, b),
            ("csrrw a0, sscratch, zero", {}, {"a0": a}, 0),
            ("csrrs a0, sscratch, a1", {"a1": b}, {"a0": a}, a | b),
            ("csrrs a0, sscratch, zero", {}, {"a0": a}, a),
            ("csrrc a0, sscratch, a1", {"a1": b}, {"a0": a}, a & ~b),
            ("csrrc a0, sscratch, zero", {}, {"a0": a}, a),
            ("csrrwi a0, sscratch, 21", {}, {"a0": a}, 21),
            ("csrrwi zero, sscratch, 31", {}, {}, 31),
            ("csrrsi a0, sscratch, 16", {}, {"a0": a}, a | 16),
            ("csrrsi a0, sscratch, 0", {}, {"a0": a}, a),
            ("csrrci a0, sscratch, 15", {}, {"a0": a}, a & ~15),
            ("csrrci zero, sscratch, 0", {}, {}, a)):
        c.add(code, ins | {"sscratch": a}, outs | {"sscratch": after},
              modes=top)
        c.illegal(code, modes=U | UV, ins=ins)
    # mhartid is read-only: what does not write may be done.
    c.add("csrrs a0, mhartid, zero", {}, {"a0": 0}, modes=M)
    c.add("csrrci a0, mhartid, 0", {}, {"a0": 0}, modes=M)
    for code in ("csrrw a0, mhartid, zero", "csrrs a0, mhartid, a1",
                 "csrrci a0, mhartid, 1", "csrrw zero, mhartid, a1",
                 "csrrw a0, 0x7ff, a1", "csrrs a0, 0xcff, zero"):
        c.illegal(code, ins={"a1": 0})
    for code in ("csrrw a0, mscratch, a1", "csrrs a0, mhartid, zero"):
        c.illegal(code, modes=ALL & ~M)
    for old in (0, 0xff, 0x35):
        for code, ins, out, new in (
                ("fscsr a0, a1", {"a1": 0x7f}, old, 0x7f),
                ("fscsr a0, a1", {"a1": 0xffffff00}, old, 0),
                ("frcsr a0", {}, old, old),
                ("frrm a0", {}, old >> 5, old),
                ("fsrm a0, a1", {"a1": 0xfb}, old >> 5, old & 31 | 0x60),
                ("fsrmi a0, 1", {}, old >> 5, old & 31 | 0x20),
                ("frflags a0", {}, old & 31, old),
                ("fsflags a0, a1", {"a1": 0xeb}, old & 31, old & 0xe0 | 0xb),
                ("fsflagsi a0, 17", {}, old & 31, old & 0xe0 | 17)):
            reads = code.startswith("fr")
            c.add(code, ins, {"a0": out}, fcsr=(old, new),
                  flags=0 if reads else FLAG_DIRTY)
    for code in ("frcsr a0", "fsrmi 0", "fsflags a1"):
        c.illegal(code, flags=FLAG_FS_OFF)


def cache_blocks(c):
    for name in ("inval", "clean", "flush"):
        for offset in (0, 5, 31):
            c.add(f"cbo.{name} (a1)", {"a1": Address("window", offset)},
                  modes=ALL | UNMAPPED | READ_ONLY)
        c.add(f"cbo.{name} (a1)", {"a1": Address("window", 32)},
              modes=ALL | READ_ONLY)
        c.add(f"cbo.{name} (a1)", {"a1": Address("window", 32)},
              modes=UNMAPPED, cause=STORE_PAGE, epc=Address("start"),
              tval=Address("window", 32))
    low, high = bytes(32) + BEFORE[32:], BEFORE[:32] + bytes(32)
    for offset in (0, 7, 31):
        c.add("cbo.zero (a1)", {"a1": Address("window", offset)},
              modes=ALL | UNMAPPED | READ_ONLY, window=low)
    for offset in (32, 63):
        c.add("cbo.zero (a1)", {"a1": Address("window", offset)}, window=high)
        c.add("cbo.zero (a1)", {"a1": Address("window", offset)},
              modes=UNMAPPED | READ_ONLY, cause=STORE_PAGE,
              epc=Address("start"))


def may_be(c):
    """Zimop: every encoding writes 0."""
    for n in range(32):
        bits = 0x81c04073 | (n >> 4) << 30 | (n >> 2 & 3) << 26 | \
            (n & 3) << 20 | 11 << 15 | 10 << 7
        c.add(word(bits), {"a1": 5}, {"a0": 0})
    for n in range(8):
        bits = 0x82004073 | (n >> 2) << 30 | (n & 3) << 26 | 12 << 20 | \
            11 << 15 | 10 << 7
        c.add(word(bits), {"a1": 5}, {"a0": 0})
        c.add(word(bits & ~0xf80), {"a1": 5})


# ---- floating point --------------------------------------------------------

MODE_NAMES = ["rne", "rtz", "rdn", "rup", "rmm"]
NUMBERS = {"h": [], "s": [], "d": []}


def numbers(fmt):
    """Operands that are hard: zeros, limits, halves, NaNs."""
    known = NUMBERS[fmt.name]
    if known:
        return known
    one = fmt.bias << fmt.fbits
    half = one - (1 << fmt.fbits)
    positive = [0, 1, (1 << fmt.fbits) - 1, 1 << fmt.fbits,
                (1 << fmt.fbits) + 1, half - 1, half, half + 1, one - 1, one,
                one + 1, one + (1 << fmt.fbits),
                one + (1 << fmt.fbits) + (1 << (fmt.fbits - 1)),
                one + (fmt.fbits << fmt.fbits) - 1, fmt.max - 1, fmt.max,
                fmt.inf]
    known += positive + [x | fmt.sign_bit for x in positive]
    known += [fmt.nan, fmt.inf | 1, fmt.nan | fmt.sign_bit | 5]
    return known


def random_number(rnd, fmt):
    kind = rnd.randrange(4)
    if kind == 0:
        return rnd.choice(numbers(fmt))
    bits = rnd.getrandbits(fmt.width)
    if kind == 1:               # near one
        exponent = fmt.bias + rnd.randint(-3, fmt.fbits + 3)
        exponent = min(exponent, 2 * fmt.bias)
        mask = ((1 << fmt.ebits) - 1) << fmt.fbits
        bits = bits & ~mask | exponent << fmt.fbits
    if rnd.randrange(3) == 0:   # few bits set
        bits &= ~((1 << rnd.randrange(fmt.fbits)) - 1)
    return bits


def f_operands(rnd, fmt, count, pairs):
    known = numbers(fmt)
    if count == 1:
        yield from ((a,) for a in known)
    elif count == 2:
        few = known[::2] + known[-3:]
        yield from ((a, b) for a in few for b in few)
    for _ in range(pairs):
        yield tuple(random_number(rnd, fmt) for _ in range(count))


class Rounding:
    """The rounding mode of a case: in the instruction, or in frm."""

    def __init__(self, rnd):
        self.mode = rnd.choice((0, 0, 1, 2, 3, 4))
        self.static = rnd.randrange(2)
        # What frm has must not matter then, even if it is reserved.
        self.frm = rnd.choice((0, 1, 2, 3, 4, 5, 7)) if self.static else \
            self.mode
        self.before = self.frm << 5 | rnd.choice((0, 0, 31, 4))

    def text(self):
        return ", " + (MODE_NAMES[self.mode] if self.static else "dyn")

    def number(self):
        return self.mode if self.static else 7

    def fcsr(self, flags):
        return self.before, self.before | flags


def fp_word(funct7, rs2, rs1, rm, rd):
    return r_type(funct7, rs2, rs1, rm, rd, 0x53)


def add_fp(c, code, ins, outs, fcsr, flags=FLAG_DIRTY):
    c.add(code, ins, outs, fcsr=fcsr, flags=flags)


def once_per_code(c, first):
    """FS off, and reserved rounding modes, for what was added since @first."""
    seen = set()
    for case in c.list[first:]:
        name = case.code.split()[0]
        if case.code.startswith(".4byte"):
            name = case.code[:11]
        if name in seen:
            continue
        seen.add(name)
        c.illegal(case.code, flags=FLAG_FS_OFF, ins=case.ins, fcsr=(
            case.fcsr[0], case.fcsr[0]))


def arithmetic(c, fmt):
    f, first = fmt.name, len(c.list)
    box = fmt.box
    fa0, fa1, fa2 = 10, 11, 12
    for name, function in (("fadd", m.fadd), ("fsub", m.fsub),
                           ("fmul", m.fmul), ("fdiv", m.fdiv)):
        rnd = c.random(name + f)
        for a, b in f_operands(rnd, fmt, 2, 200):
            mode = Rounding(rnd)
            result, flags = function(fmt, a, b, mode.mode)
            add_fp(c, f"{name}.{f} fa0, fa1, fa2{mode.text()}",
                   {"fa1": box(a), "fa2": box(b)}, {"fa0": box(result)},
                   mode.fcsr(flags))
        for rm in (5, 6):
            funct7 = {"fadd": 0, "fsub": 4, "fmul": 8, "fdiv": 12}[name] | \
                {"s": 0, "d": 1, "h": 2}[f]
            c.illegal(fp_word(funct7, fa2, fa1, rm, fa0))
        for frm in (5, 6, 7):
            c.illegal(f"{name}.{f} fa0, fa1, fa2, dyn",
                      fcsr=(frm << 5, frm << 5))
        # Operands that are not boxed are NaNs.
        if f != "d":
            one = fmt.bias << fmt.fbits
            for a, b in ((one, box(one)), (box(one), one | 5 << 40)):
                add_fp(c, f"{name}.{f} fa0, fa1, fa2, rne",
                       {"fa1": a, "fa2": b}, {"fa0": box(fmt.nan)}, (0, 0))
    rnd = c.random("fsqrt" + f)
    for (a,) in f_operands(rnd, fmt, 1, 150):
        mode = Rounding(rnd)
        result, flags = m.fsqrt(fmt, a, mode.mode)
        add_fp(c, f"fsqrt.{f} ft11, ft0{mode.text()}", {"ft0": box(a)},
               {"ft11": box(result)}, mode.fcsr(flags))
    for name in m.FMA_SIGNS:
        rnd = c.random(name + f)
        cases = list(f_operands(rnd, fmt, 3, 300))
        few = numbers(fmt)[::4] + [fmt.nan, fmt.inf | 1, fmt.inf]
        cases += [(x, y, z) for x in few for y in few[::2] for z in few]
        for a, b, d in cases:
            mode = Rounding(rnd)
            result, flags = m.fused(name, fmt, a, b, d, mode.mode)
            add_fp(c, f"{name}.{f} fa0, fa1, fa2, fa3{mode.text()}",
                   {"fa1": box(a), "fa2": box(b), "fa3": box(d)},
                   {"fa0": box(result)}, mode.fcsr(flags))
        # a * b + c near cancellation
        for _ in range(60):
            a, b = random_number(rnd, fmt), random_number(rnd, fmt)
            if any(fmt.is_nan(x) or fmt.is_inf(x) for x in (a, b)):
                continue
            d = m.fmul(fmt, a, b, rnd.randrange(5))[0] ^ fmt.sign_bit
            mode = Rounding(rnd)
            result, flags = m.fused(name, fmt, a, b, d, mode.mode)
            add_fp(c, f"{name}.{f} fa0, fa1, fa2, fa3{mode.text()}",
                   {"fa1": box(a), "fa2": box(b), "fa3": box(d)},
                   {"fa0": box(result)}, mode.fcsr(flags))
    once_per_code(c, first)


def comparisons(c, fmt):
    f, first = fmt.name, len(c.list)
    box = fmt.box
    for name in ("fmin", "fmax", "fminm", "fmaxm"):
        rnd = c.random(name + f)
        for a, b in f_operands(rnd, fmt, 2, 60):
            result, flags = m.fminmax(name, fmt, a, b)
            code = f"{name}.{f} fa0, fa1, fa2"
            if name.endswith("m"):
                code = fp_word(0x14 | "sdh".index(f), 12, 11,
                               2 + (name == "fmaxm"), 10)
            add_fp(c, code, {"fa1": box(a), "fa2": box(b)},
                   {"fa0": box(result)}, (0, flags))
    for name in ("feq", "flt", "fle", "fleq", "fltq"):
        rnd = c.random(name + f)
        for a, b in f_operands(rnd, fmt, 2, 60):
            result, flags = m.fcompare(name, fmt, a, b)
            code = f"{name}.{f} a0, fa1, fa2"
            if name.endswith("q") and name != "feq":
                code = fp_word(0x50 | "sdh".index(f), 12, 11,
                               4 + (name == "fltq"), 10)
            add_fp(c, code, {"fa1": box(a), "fa2": box(b)}, {"a0": result},
                   (0, flags), FLAG_ANY_FS)
    for name, sign in (("fsgnj", lambda a, b: b), ("fsgnjn", lambda a, b: ~b),
                       ("fsgnjx", lambda a, b: a ^ b)):
        for a, b in f_operands(c.random(name + f), fmt, 2, 30):
            result = fmt.magnitude(a) | sign(a, b) & fmt.sign_bit
            add_fp(c, f"{name}.{f} fa0, fa1, fa2",
                   {"fa1": box(a), "fa2": box(b)}, {"fa0": box(result)},
                   (0, 0))
    for (a,) in f_operands(c.random("fclass" + f), fmt, 1, 40):
        add_fp(c, f"fclass.{f} a0, fa1", {"fa1": box(a)},
               {"a0": m.fclass(fmt, a)}, (0, 0), 0)
    if f != "d":
        add_fp(c, f"fclass.{f} a0, fa1", {"fa1": 0}, {"a0": 1 << 9}, (0, 0), 0)
        add_fp(c, f"fsgnj.{f} fa0, fa1, fa2", {"fa1": 0, "fa2": 0},
               {"fa0": box(fmt.nan)}, (0, 0))
    once_per_code(c, first)


def conversions(c, fmt):
    f, first = fmt.name, len(c.list)
    box = fmt.box
    for kind in ("w", "wu", "l", "lu"):
        rnd = c.random(kind + f)
        values = [a for (a,) in f_operands(rnd, fmt, 1, 60)]
        # Around the limits of the integers.
        for limit in (2**31, 2**32, 2**63, 2**64):
            for sign in (1, -1):
                for delta in (-1.5, -1, -0.5, -0.25, 0, 0.5, 1):
                    near, _ = fmt.round(m.Fraction(sign * limit) +
                                        m.Fraction(delta), m.RNE)
                    values.append(near)
        for delta in (0.25, 0.5, 0.75, 1.5, 2.5, -0.25, -0.5, -1.5, -2.5):
            values.append(fmt.round(m.Fraction(delta), m.RNE)[0])
        for a in values:
            mode = Rounding(rnd)
            result, flags = m.to_integer(kind, fmt, a, mode.mode)
            add_fp(c, f"fcvt.{kind}.{f} a0, fa1{mode.text()}",
                   {"fa1": box(a)}, {"a0": result}, mode.fcsr(flags),
                   FLAG_ANY_FS)
        for (a,) in operands(rnd, 1):
            exact = f == "d" and kind[0] == "w"
            mode = Rounding(rnd)
            result, flags = m.from_integer(kind, fmt, a, mode.mode)
            text = "" if exact else mode.text()
            add_fp(c, f"fcvt.{f}.{kind} fa0, a1{text}", {"a1": a},
                   {"fa0": box(result)}, mode.fcsr(flags))
    for other in m.FORMATS.values():
        if other is fmt:
            continue
        rnd = c.random(f + other.name)
        for (a,) in f_operands(rnd, other, 1, 100):
            mode = Rounding(rnd)
            result, flags = m.convert(fmt, other, a, mode.mode)
            text = mode.text() if fmt.width < other.width else ""
            add_fp(c, f"fcvt.{f}.{other.name} fa0, fa1{text}",
                   {"fa1": other.box(a)}, {"fa0": box(result)},
                   mode.fcsr(flags))
    once_per_code(c, first)


def moves(c, fmt):
    f = fmt.name
    letter = {"h": "h", "s": "w", "d": "d"}[f]
    size = fmt.width // 8
    for (a,) in operands(c.random("fmv" + f), 1):
        add_fp(c, f"fmv.x.{letter} a0, fa1", {"fa1": a},
               {"a0": m.sext(a, fmt.width)}, (0, 0), 0)
        add_fp(c, f"fmv.{letter}.x fa0, a1", {"a1": a},
               {"fa0": fmt.box(a & ((1 << fmt.width) - 1))}, (0, 0))
    value = 0x1122334455667788
    for offset in range(0, WINDOW - size + 1):
        access(c, f".option norvc\nfl{letter} fa0, 0(a1)", offset, size,
               {"outs": {"fa0": fmt.box(loaded(offset, size, False))},
                "flags": FLAG_DIRTY}, LOAD_PAGE, {}, UNMAPPED)
        access(c, f".option norvc\nfs{letter} fa2, 0(a1)", offset, size,
               {"window": stored(offset, size, value)}, STORE_PAGE,
               {"fa2": value}, UNMAPPED | READ_ONLY)
    for imm in (2047, -2048):
        at = Address("window", -imm)
        c.add(f"fl{letter} ft11, {imm}(a1)", {"a1": at},
              {"ft11": fmt.box(loaded(0, size, False))}, flags=FLAG_DIRTY)
        c.add(f"fs{letter} ft11, {imm}(a1)", {"a1": at, "ft11": value},
              window=stored(0, size, value))
    for code in (f".option norvc\nfl{letter} fa0, 0(a1)",
                 f".option norvc\nfs{letter} fa0, 0(a1)"):
        c.illegal(code, flags=FLAG_FS_OFF, ins={"a1": Address("window")})
    for code in (f"fmv.x.{letter} a0, fa1", f"fmv.{letter}.x fa0, a1"):
        c.illegal(code, flags=FLAG_FS_OFF)


def zfa(c, fmt):
    f, first = fmt.name, len(c.list)
    which = "sdh".index(f)
    for index in range(32):
        add_fp(c, fp_word(0x78 | which, 1, index, 0, 10), {},
               {"fa0": fmt.box(m.fli(fmt, index))}, (0, 0))
    rnd = c.random("fround" + f)
    halves = [fmt.round(m.Fraction(n, 4), m.RNE)[0] for n in range(-14, 15)]
    for (a,) in list(f_operands(rnd, fmt, 1, 100)) + [(h,) for h in halves]:
        for rs2, exact in ((4, False), (5, True)):
            mode = Rounding(rnd)
            result, flags = m.fround(fmt, a, mode.mode, exact)
            add_fp(c, fp_word(0x20 | which, rs2, 11, mode.number(), 10),
                   {"fa1": fmt.box(a)}, {"fa0": fmt.box(result)},
                   mode.fcsr(flags))
    if f == "d":
        values = [a for (a,) in f_operands(rnd, fmt, 1, 300)]
        values += [fmt.round(m.Fraction(s * 2**n + d), m.RNE)[0]
                   for n in (31, 32, 33, 52, 53, 63, 83, 84, 85)
                   for s in (1, -1) for d in (-1, m.Fraction(-1, 2), 0, 1)]
        for a in values:
            result, flags = m.fcvtmod(a)
            add_fp(c, fp_word(0x61, 8, 11, 1, 10), {"fa1": a}, {"a0": result},
                   (0, flags), FLAG_ANY_FS)
    once_per_code(c, first)


def floating(c):
    for fmt in m.FORMATS.values():
        arithmetic(c, fmt)
        comparisons(c, fmt)
        conversions(c, fmt)
        moves(c, fmt)
        zfa(c, fmt)


# ---- sequences --------------------------------------------------------------

def exact_traps(c):
    """What stands before a trap has happened, what stands behind has not."""
    for before in (0, 1, 2, 3, 7, 62, 63, 64, 65, 126, 127, 128, 129, 200):
        for after in (0, 3):
            for rvc in ("", ".option norvc\n"):
                size = 2 if not rvc else 4
                code = rvc + "addi a0, a0, 1\n" * before
                tail = "\naddi a0, a0, 1" * after
                at = Address("start", size * before)
                nowhere = NOWHERE
                value = pattern(X["a0"]) + before
                for name, bare, paged in (("ld", 5, 13), ("lb", 5, 13),
                                          ("sd", 7, 15), ("amoadd.d", 7, 15)):
                    insn = f"{name} a2, a2, (a1)" if "amo" in name else \
                        f".option norvc\n{name} a2, 0(a1)"
                    for modes, cause in ((BARE, bare), (PAGED, paged)):
                        c.add(code + insn + tail, {"a1": nowhere},
                              {"a0": value}, modes=modes, cause=cause, epc=at,
                              tval=nowhere)
                c.add(code + ".4byte 0xffffffff" + tail, {}, {"a0": value},
                      cause=ILLEGAL, epc=at, tval="insn")
                c.add(code + "csrrw a0, 0x7ff, a0" + tail, {}, {"a0": value},
                      cause=ILLEGAL, epc=at, tval="insn")
                c.add(code + "fadd.d fa0, fa1, fa2, dyn" + tail, {},
                      {"a0": value}, cause=ILLEGAL, epc=at, tval="insn",
                      fcsr=(0xe0, 0xe0))
    # An instruction that lies on two pages, the second of which may be missing.
    insn, stop = 0x00550513, 0x00100073         # addi a0, a0, 5; ebreak
    data = stored(34, 4, stop, stored(30, 4, insn))
    write = ("sh a2, 30(a1)\nsrli a2, a2, 16\n{}sh a2, 32(a1)\n"
             "sw a3, 34(a1)\n{}fence.i\naddi a1, a1, 30\n"
             ".option norvc\njr a1")
    ins = {"a1": Address("window"), "a2": insn, "a3": stop}
    outs = {"a1": Address("window", 30), "a2": insn >> 16}
    c.add(write.format("", ""), ins, outs | {"a0": pattern(10) + 5},
          epc=Address("window", 34), window=data)
    half = stored(30, 2, insn)
    c.add("sh a2, 30(a1)\nsrli a2, a2, 16\nfence.i\naddi a1, a1, 30\n"
          ".option norvc\njr a1", ins, outs, modes=UNMAPPED, cause=12,
          epc=Address("window", 30), tval=Address("window", 32), window=half)
    # Code that changes itself, and is run before and after.
    c.add("la a3, 1f\nli a4, 3\n2: .option norvc\n1: addi a0, a0, 1\n"
          "lw a5, 0(a3)\nlui a2, 0x100\nadd a5, a5, a2\nsw a5, 0(a3)\n"
          "fence.i\naddi a4, a4, -1\nbnez a4, 2b\n"
          # Back to what it was.
          "li a2, 0x150513\nsw a2, 0(a3)\nfence.i\n"
          "li a2, 0\nli a3, 0\nli a5, 0",
          {"a2": 0, "a3": 0, "a4": 0, "a5": 0},
          {"a0": pattern(10) + 1 + 2 + 3})


def sequences(c):
    """Random programs without jumps, run by the model too."""
    rnd = c.random("sequences")
    names = ["a0", "a1", "a2", "a3"]
    binary = [n for n in m.BINARY if n not in UNKNOWN_R]
    unary = [n for n in m.UNARY if n not in ("zext.b", "zext.w", "not")]
    for _ in range(400):
        values = {n: rnd.choice(EDGES + [rnd.getrandbits(64)] * 6)
                  for n in names}
        ins, memory, code = dict(values), BEFORE, [".option norvc"] * \
            rnd.randrange(2)
        ins["a3"] = values["a3"] = Address("window", 16)
        for _ in range(rnd.randrange(2, 14)):
            kind = rnd.randrange(8)
            rd = rnd.choice(names[:3])
            rs1, rs2 = (rnd.choice(names[:3]) for _ in range(2))
            a, b = values[rs1], values[rs2]
            if kind < 3:
                name = rnd.choice(binary)
                code.append(f"{name} {rd}, {rs1}, {rs2}")
                values[rd] = m.BINARY[name](a, b) & m.M64
            elif kind == 3:
                name = rnd.choice(unary)
                code.append(f"{name} {rd}, {rs1}")
                values[rd] = m.UNARY[name](a) & m.M64
            elif kind < 6:
                name, (base, bits) = rnd.choice(list(m.IMMEDIATE.items()))
                imm = rnd.randrange(-2048, 2048) if bits == "i" else \
                    rnd.randrange(1 << bits)
                function = m.BINARY_IMMEDIATE.get(name) or m.BINARY[base]
                code.append(f"{name} {rd}, {rs1}, {imm}")
                values[rd] = function(a, imm & m.M64) & m.M64
            elif kind == 6:
                name, (size, signed) = rnd.choice(list(LOADS.items()))
                offset = rnd.randrange(0, 41)
                code.append(f"{name} {rd}, {offset - 16}(a3)")
                values[rd] = loaded(offset, size, signed, memory)
            else:
                name, size = rnd.choice(list(STORES.items()))
                offset = rnd.randrange(0, 41)
                code.append(f"{name} {rs1}, {offset - 16}(a3)")
                memory = stored(offset, size, a, memory)
        c.add("\n".join(code), ins,
              {n: values[n] for n in names[:3]}, window=memory)


NOWHERE = 0x7f00000000          # not mapped, and no memory
WINDOW_AT = 0x80200fe0          # where insn.ld and harness.S put it


class Tiny:
    """Runs a few instructions on the model."""

    def __init__(self, registers, memory=BEFORE):
        self.x = {"zero": 0} | registers
        self.memory, self.trap, self.taken = memory, None, False

    def reg(self, name):
        return self.x.get(name, pattern(X[name]))

    def write(self, name, value):
        if name != "zero":
            self.x[name] = value & m.M64

    def address(self, where, store):
        """Where in the window; None, and a trap, if it is not there."""
        where &= m.M64
        if not WINDOW_AT <= where <= WINDOW_AT + WINDOW - 8:
            self.trap = (store, where)
            return None
        return where - WINDOW_AT

    def step(self, name, operands, start=0):
        if name in ("lui", "auipc"):
            value = m.sx32(operands[1] << 12)
            self.write(operands[0], value + (start if name == "auipc" else 0))
        elif name in m.IMMEDIATE:
            base = m.IMMEDIATE[name][0]
            function = m.BINARY_IMMEDIATE.get(name) or m.BINARY[base]
            self.write(operands[0], function(self.reg(operands[1]),
                                             operands[2] & m.M64))
        elif name in m.BINARY:
            self.write(operands[0], m.BINARY[name](self.reg(operands[1]),
                                                   self.reg(operands[2])))
        elif name in m.BRANCH:
            self.taken = m.BRANCH[name](self.reg(operands[0]),
                                        self.reg(operands[1]))
        elif name in LOADS:
            at = self.address(self.reg(operands[2]) + operands[1], False)
            if at is not None:
                self.write(operands[0], loaded(at, *LOADS[name], self.memory))
        else:
            at = self.address(self.reg(operands[2]) + operands[1], True)
            if at is not None:
                self.memory = stored(at, STORES[name], self.reg(operands[0]),
                                     self.memory)


def spell(name, operands):
    if name in LOADS or name in STORES:
        return f"{name} {operands[0]}, {operands[1]}({operands[2]})"
    if name in m.BRANCH:
        return f"{name} {operands[0]}, {operands[1]}, 1f"
    return f"{name} " + ", ".join(str(o) for o in operands)


def immediate(rnd, name):
    kind = m.IMMEDIATE[name][1]
    return rnd.choice((0, 1, -1, 8, 255, -2048, rnd.randrange(-2048, 2048))) \
        if kind == "i" else rnd.choice((0, 1, 3, 31, rnd.randrange(1 << kind)))


def first_of_pair(rnd, name, wanted):
    """Operands that leave @wanted (an address) or anything in a0; registers;
    what a0 must find in the window."""
    source = rnd.choice(("a1", "a1", "a0"))
    if name in ("lui", "auipc"):
        return ("a0", rnd.getrandbits(20)), {}, None
    if name in LOADS:
        offset = rnd.randrange(0, 20)
        regs = {source: WINDOW_AT + rnd.choice((0, 8, 24)) - offset}
        return ("a0", offset, source), regs, wanted
    if name in m.IMMEDIATE:
        imm = immediate(rnd, name)
        value = rnd.choice(EDGES) if wanted is None else wanted - imm
        return ("a0", source, imm), {source: value & m.M64}, None
    b = rnd.choice(EDGES + [rnd.randrange(2048)])
    value = rnd.choice(EDGES) if wanted is None else wanted - b
    return ("a0", source, "a3"), {source: value & m.M64, "a3": b}, None


def second_of_pair(rnd, name):
    rd, other = rnd.choice(("a0", "a4")), rnd.choice(("a2", "a2", "a0", "zero"))
    if name in LOADS:
        return (rd, rnd.choice((0, 8, 16)), "a0")
    if name in STORES:
        return (other, rnd.choice((0, 8, 16)), "a0")
    if name in m.BRANCH:
        return ("a0", other)
    if name in m.IMMEDIATE:
        return (rd, "a0", immediate(rnd, name))
    return (rd, "a0", other)


def fused(c, pairs):
    """Pairs that have one handler, with traps in the first and the second."""
    for one, two in pairs:
        rnd = c.random(one + two)
        address = two in LOADS or two in STORES
        for _ in range(40):
            wanted = None
            if address:
                wanted = rnd.choice((WINDOW_AT, WINDOW_AT + 8, WINDOW_AT + 21,
                                     WINDOW_AT + 32, NOWHERE))
            first, regs, inside = first_of_pair(rnd, one, wanted)
            regs["a2"] = rnd.choice(EDGES)
            second = second_of_pair(rnd, two)
            memory, before = BEFORE, ""
            if inside is not None and LOADS[one][0] == 8:
                # The window must have the pointer: the case stores it.
                at = regs[first[2]] + first[1] - WINDOW_AT
                memory = stored(at, 8, inside)
                before = f"sd a5, {first[1]}({first[2]})\n"
                regs["a5"] = inside
            elif one in LOADS and rnd.randrange(6) == 0:
                regs[first[2]] = NOWHERE
            machine = Tiny(regs, memory)
            at = Address("start", 4 if before else 0)
            if one == "auipc":
                # Only the linker knows the address.
                auipc_pair(c, rnd, two, second)
                continue
            machine.step(one, first)
            if not machine.trap:
                at = Address("start", at.offset + 4)
                machine.step(two, second)
            code = (".option norvc\n" + before + spell(one, first) + "\n" +
                    spell(two, second) +
                    ("\nebreak\n1:" if two in m.BRANCH else ""))
            outs = {r: v for r, v in machine.x.items()
                    if r in ("a0", "a4")}
            if machine.trap:
                store, where = machine.trap
                for modes, cause in ((BARE, 7 if store else 5),
                                     (PAGED, 15 if store else 13)):
                    c.add(code, regs, outs, modes=modes, cause=cause, epc=at,
                          tval=where, window=machine.memory)
            elif two in m.BRANCH and not machine.taken:
                c.add(code, regs, outs, epc=Address("start", at.offset + 4),
                      window=machine.memory)
            else:
                c.add(code, regs, outs, window=machine.memory)


def auipc_pair(c, rnd, two, second):
    offset = rnd.choice((0, 3, 8, 20))
    code = ".option norvc\n1: auipc a0, %pcrel_hi(window + {})\n{}"
    if two == "addi":
        c.add(code.format(offset, "addi a0, a0, %pcrel_lo(1b)"), {},
              {"a0": Address("window", offset)})
        imm = second[2]
        c.add(f".option norvc\nauipc a0, 0x12345\naddi a4, a0, {imm}", {},
              {"a0": Address("start", 0x12345000),
               "a4": Address("start", 0x12345000 + imm)})
        return
    c.add(code.format(offset, f"{two} a0, %pcrel_lo(1b)(a0)"), {},
          {"a0": loaded(offset, *LOADS[two])})
    c.add(f".option norvc\nauipc a0, 0x40000\n{two} a4, 8(a0)", {},
          {"a0": Address("start", 0x40000000)}, cause=5, modes=BARE,
          epc=Address("start", 4), tval=Address("start", 0x40000008))
    c.add(f".option norvc\nauipc a0, 0x40000\n{two} a0, 8(a0)", {},
          {"a0": Address("start", 0x40000000)}, cause=13, modes=PAGED,
          epc=Address("start", 4), tval=Address("start", 0x40000008))


def align4(c):
    """Without 16-bit instructions: jumps to the middle of a word trap."""
    for name, taken in m.BRANCH.items():
        for a, b in ((1, 1), (1, 2), (m.M64, 0)):
            # The branch by 6 of the base format.
            funct3 = {"beq": 0, "bne": 1, "blt": 4, "bge": 5, "bltu": 6,
                      "bgeu": 7}[name]
            bits = 0x63 | funct3 << 12 | 11 << 15 | 12 << 20 | 6 << 7
            if taken(a, b):
                c.add(word(bits), {"a1": a, "a2": b}, cause=0,
                      epc=Address("start"), tval=Address("start", 6))
            else:
                c.add(word(bits), {"a1": a, "a2": b})
            c.add(word(bits & ~(6 << 7) | 8 << 7) + "\nebreak",
                  {"a1": a, "a2": b}, epc=Address("end") if taken(a, b)
                  else Address("start", 4))
    c.add(word(0x0060056f), cause=0, epc=Address("start"),
          tval=Address("start", 6))                     # jal a0, .+6
    c.add(word(0x0080056f) + "\nebreak", {}, {"a0": Address("start", 4)})
    c.add("jalr a0, 0(a1)", {"a1": Address("end", 2)}, cause=0,
          epc=Address("start"), tval=Address("end", 2))
    c.add("jalr a0, 0(a1)\nebreak", {"a1": Address("end", 1)},
          {"a0": Address("start", 4)})
    c.illegal(".2byte 0x4501, 0x4501")
    for name in ("add", "mul", "div"):
        c.add(f"{name} a0, a1, a2", {"a1": 77, "a2": 5},
              {"a0": m.BINARY[name](77, 5)})


def everything(seed, pairs):
    c = Cases(seed)
    fused(c, pairs)
    for part in (integer, branches, memory, atomics, compressed, system, csrs,
                 cache_blocks, may_be, floating, exact_traps, sequences):
        part(c)
    c.thin(5)
    return c.list


def aligned_only(seed):
    c = Cases(seed)
    align4(c)
    return c.list
