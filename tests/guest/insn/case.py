# SPDX-License-Identifier: GPL-2.0-or-later
"""A case: code, inputs, expected outputs; and what cases are made with.

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


NOWHERE = 0x7f00000000          # not mapped, and no memory
WINDOW_AT = 0x80200fe0          # where insn.ld and harness.S put it
