# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of 16-bit instructions."""
import model as m
from case import (Address, FLAG_DIRTY, loaded, operands, stored)


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
